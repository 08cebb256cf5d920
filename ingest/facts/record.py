"""The facts as plain JSON records, for the generation's file and for `rus register --json`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from ingest.documents import Passage
from ingest.facts.types import Attribute, Entity, Fact, FactBase, Figure, GoalFact, Stretch


def to_record(facts: FactBase) -> dict[str, object]:
    """Plain lists and objects, ready for `json.dumps`."""
    return asdict(facts)


def from_record(record: Mapping[str, Any]) -> FactBase:
    """What `to_record` gave, also after a round through JSON. A missing or unknown field raises TypeError or
    KeyError.
    """
    return FactBase(
        entities=_entities(record["entities"]),
        goals=tuple(_goal(goal) for goal in record["goals"]),
        challenges=_entities(record["challenges"]),
        focus_areas=_entities(record["focus_areas"]),
        priorities=_entities(record["priorities"]),
        areas=_entities(record["areas"]),
    )


def _entities(records: Iterable[Mapping[str, Any]]) -> tuple[Entity, ...]:
    return tuple(
        Entity(
            **{
                **record,
                "aliases": tuple(record["aliases"]),
                "section": tuple(record["section"]),
                "mentions": tuple(Stretch(**stretch) for stretch in record["mentions"]),
                "about": tuple(Stretch(**stretch) for stretch in record["about"]),
                "facts": tuple(_fact(fact) for fact in record["facts"]),
            }
        )
        for record in records
    )


def _fact(record: Mapping[str, Any]) -> Fact:
    return Fact(**{**record, "attribute": Attribute(record["attribute"]), "proof": Stretch(**record["proof"])})


def _figure(record: Mapping[str, Any] | None) -> Figure | None:
    return None if record is None else Figure(**{**record, "proof": Stretch(**record["proof"])})


def _goal(record: Mapping[str, Any]) -> GoalFact:
    outcomes = tuple(figure for one in record["outcomes"] if (figure := _figure(one)))
    own = {"base": _figure(record["base"]), "target": _figure(record["target"]), "outcomes": outcomes}
    return GoalFact(**{**record, **own, "section": tuple(record["section"]), "proof": Stretch(**record["proof"])})


def register_record(facts: FactBase, passages: Iterable[Passage]) -> dict[str, object]:
    """What `rus register --json` prints: every value with the quote that proves it, its document and page."""
    by_id = {passage.id: passage for passage in passages}
    bodies = ("organisation", "municipality")
    return {
        "initiatives": [_initiative(one, by_id) for one in facts.entities if one.kind not in bodies],
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


def _initiative(entity: Entity, by_id: Mapping[str, Passage]) -> dict[str, object]:
    """Of attributes with one value the last fact, which holds; of the others each value once."""

    def last(attribute: Attribute) -> dict[str, object] | None:
        own = [fact for fact in entity.facts if fact.attribute is attribute]
        return _value(own[-1], by_id) if own else None

    def all_of(attribute: Attribute) -> list[dict[str, object]]:
        own = {fact.value.lower(): fact for fact in reversed(entity.facts) if fact.attribute is attribute}
        return [_value(fact, by_id) for fact in reversed(own.values())]

    status = last(Attribute.STATUS)
    lasting = status is not None and status["value"] == "permanent"
    return _named(entity, by_id) | {
        "owner": last(Attribute.OWNER),
        "participants": all_of(Attribute.PARTICIPANT),
        "funders": all_of(Attribute.FUNDER),
        "sums": all_of(Attribute.SUM),
        "years": [last(Attribute.START), None if lasting else last(Attribute.END)],
        "status": status,
        "results": all_of(Attribute.RESULT),
        "priorities": all_of(Attribute.PRIORITY),
    }


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
