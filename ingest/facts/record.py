"""The facts as plain JSON records, for the generation's file and for `rus register --json`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cache

from pydantic import TypeAdapter

from ingest.documents import Passage
from ingest.facts.types import Attribute, Entity, Fact, FactBase, Figure, GoalFact, Stretch
from ingest.facts.vocabulary import terms

_NUMBERING = re.compile(r"^\d+(?:\.\d+)*\.?\s+(?=\w)")
_PART = re.compile(r"\b\w{3,} (?P<number>\d{1,2}|[A-Z])\b[:.]?")
_LETTER = 3
"""Characters under which a priority is but its number or letter."""


def to_record(facts: FactBase) -> dict[str, object]:
    """Plain lists and objects, ready for `json.dumps`."""
    record: dict[str, object] = _facts().dump_python(facts)
    return record


@cache
def _facts() -> TypeAdapter[FactBase]:
    return TypeAdapter(FactBase)


def from_record(record: Mapping[str, object]) -> FactBase:
    """What `to_record` gave, also after a round through JSON. A missing field raises pydantic's ValidationError."""
    return _facts().validate_python(record)


def register_record(facts: FactBase, passages: Iterable[Passage]) -> dict[str, object]:
    """What `rus register --json` prints: every value with the quote that proves it, its document and page."""
    by_id = {passage.id: passage for passage in passages}
    known = {one.name.casefold() for one in (*facts.priorities, *facts.areas, *facts.focus_areas)}
    return {
        "initiatives": [_initiative(one, by_id, known) for one in facts.efforts],
        "goals": [_printed_goal(goal, by_id) for goal in facts.goals],
        "challenges": [_named(one, by_id) for one in facts.challenges],
        "focus_areas": [_named(one, by_id) for one in facts.focus_areas],
        "priorities": [_named(one, by_id) for one in facts.priorities],
        "areas": [_named(one, by_id) for one in facts.areas],
        "bodies": [_named(one, by_id) for one in facts.entities if one.kind == "organisation"],
        "municipalities": [_named(one, by_id) for one in facts.entities if one.kind == "municipality"],
    }


def _quoted(proof: Stretch, by_id: Mapping[str, Passage]) -> dict[str, object]:
    passage = by_id[proof.passage_id]
    return {
        "document_id": passage.document_id,
        "page": page_at(passage, proof.start),
        "quote": passage.text[proof.start : proof.end],
        "passage_id": passage.id,
    }


def page_at(passage: Passage, offset: int) -> int | None:
    """The page on which a character of a passage stands, None for documents without pages."""
    return next((span.page for span in reversed(passage.spans) if span.offset <= offset), None)


def _named(entity: Entity, by_id: Mapping[str, Passage]) -> dict[str, object]:
    return {
        "name": entity.name,
        "aliases": list(entity.aliases),
        "kind": entity.kind,
        "kind_word": entity.kind_word,
        "section": list(entity.section),
        "mentions": [_quoted(mention, by_id) for mention in entity.mentions],
    }


def _initiative(entity: Entity, by_id: Mapping[str, Passage], known: Collection[str]) -> dict[str, object]:
    """Of attributes with one value the last fact, which holds; of the others each value once."""

    def last(attribute: Attribute) -> dict[str, object] | None:
        own = [fact for fact in entity.facts if fact.attribute is attribute]
        return _value(own[-1], by_id) if own else None

    def all_of(attribute: Attribute) -> list[dict[str, object]]:
        own = {fact.value.lower(): fact for fact in reversed(entity.facts) if fact.attribute is attribute}
        return [_value(fact, by_id) for fact in reversed(own.values())]

    status = last(Attribute.STATUS)
    lasting = status is not None and status["value"] == "permanent"
    if status is not None and str(status["unit"]).lower() in terms("status_shown", "words"):
        status["value"] = str(status["unit"]).lower()
    return _named(entity, by_id) | {
        "owner": last(Attribute.OWNER),
        "participants": all_of(Attribute.PARTICIPANT),
        "funders": all_of(Attribute.FUNDER),
        "sums": all_of(Attribute.SUM),
        "years": [last(Attribute.START), None if lasting else last(Attribute.END)],
        "status": status,
        "results": all_of(Attribute.RESULT),
        "priorities": [_value(fact, by_id) for fact in _parts(entity, known)],
    }


def _parts(entity: Entity, known: Collection[str]) -> list[Fact]:
    """The parts of the strategy that an initiative belongs to, each once: of those of one number or letter the one
    whose title is known for a part's, else the one with the longest.
    """
    kept: dict[str, tuple[str, Fact]] = {}

    def rank(title: str) -> tuple[bool, int]:
        return title.casefold() in known, len(title)

    for fact in entity.facts:
        if fact.attribute is Attribute.PRIORITY:
            plain = _NUMBERING.sub("", fact.value)
            part = _PART.search(plain)
            title = plain[part.end() :].strip(" .:") if part else plain
            key = part["number"] if part else plain if len(plain) < _LETTER else title.casefold()
            if key not in kept or rank(title) > rank(kept[key][0]):
                kept[key] = (title, replace(fact, value=plain))
    titles = {title.casefold(): key for key, (title, _) in kept.items()}
    return [fact for key, (title, fact) in kept.items() if titles[title.casefold()] == key]


def _value(fact: Fact, by_id: Mapping[str, Passage]) -> dict[str, object]:
    return {"value": fact.value, "unit": fact.unit, "year": fact.year, **_quoted(fact.proof, by_id)}


def _printed_goal(goal: GoalFact, by_id: Mapping[str, Passage]) -> dict[str, object]:
    def figure(one: Figure | None) -> dict[str, object] | None:
        return None if one is None else {"value": one.value, "year": one.year, **_quoted(one.proof, by_id)}

    return {
        "name": goal.title,
        "number": goal.number,
        "indicator": goal.indicator,
        "unit": goal.unit,
        "base": figure(goal.base),
        "target": figure(goal.target),
        "outcomes": [figure(one) for one in goal.outcomes],
        "section": list(goal.section),
        **_quoted(goal.proof, by_id),
    }
