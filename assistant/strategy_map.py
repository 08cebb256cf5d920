"""The strategy as a tree: vision, areas, priorities, focus areas, goals and initiatives, each where it is said.

What belongs to what is read from headings: a part stands under the heading that names the part above it, or a fact of
an initiative names it, or a goal's number begins with its number. An initiative that nothing places is in no tree.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ingest.documents import Document, Passage
from ingest.facts.types import Attribute, Entity, GoalFact, Stretch
from ingest.store.passage_index import PassageIndex

Level = Literal["area", "priority", "focus_area", "goal", "initiative", "challenge"]
_ABOVE: dict[Level, tuple[Level, ...]] = {
    "area": (),
    "priority": ("area",),
    "focus_area": ("priority", "area"),
    "goal": ("focus_area", "priority", "area"),
    "initiative": ("focus_area", "priority", "area"),
}
"""The levels that a part may hang under, the nearest first."""
_VISION = re.compile(
    r"[\d. ]*(?:(?:vår|länets|regionens|our|the) )?(?:vision(?:en)?|målbild(?:en)?)\b.{0,20}", re.IGNORECASE
)

_NUMBERED = re.compile(r"[\d. ]*\w+ (\d+|[A-ZÅÄÖ])[.:] ")
"""A heading such as "4.1 Prioritering 1: …" or "Målområde A. …"."""


@dataclass(frozen=True, slots=True)
class StrategyPart:
    """One part as its document names it. `headings` lead to it, the surest last; `number` is its own ("3", "A")."""

    level: Level
    name: str
    proof: Stretch
    document_id: str
    headings: tuple[str, ...] = ()
    number: str = ""
    goal: GoalFact | None = None
    parts: tuple[StrategyPart, ...] = ()


@dataclass(frozen=True, slots=True)
class StrategyMap:
    """The tree of one document. `vision` is the sentence that its section on the vision begins with."""

    document: Document
    vision: Stretch | None
    parts: tuple[StrategyPart, ...]


def strategy_parts(index: PassageIndex) -> tuple[StrategyPart, ...]:
    """All parts that the facts know, level by level, none of them under another yet."""
    facts = index.facts
    named: tuple[tuple[Level, Sequence[Entity]], ...] = (
        ("area", facts.areas),
        ("priority", facts.priorities),
        ("focus_area", facts.focus_areas),
        ("challenge", facts.challenges),
        ("initiative", facts.efforts),
    )
    document_of = {passage.id: passage.document_id for passage in index.passages}
    entities = [_of_entity(level, one) for level, some in named for one in some]
    goals = [StrategyPart("goal", one.title, one.proof, "", one.section, one.number or "", one) for one in facts.goals]
    return tuple(
        replace(part, document_id=document_of[part.proof.passage_id])
        for part in (*entities, *goals)
        if part.proof.passage_id in document_of
    )


def _of_entity(level: Level, entity: Entity) -> StrategyPart:
    named = tuple(fact.value for fact in entity.facts if fact.attribute is Attribute.PRIORITY)
    numbered = _NUMBERED.match(entity.section[-1]) if entity.section and level in ("area", "priority") else None
    proof, number = entity.mentions[entity.introduced], numbered[1] if numbered else ""
    return StrategyPart(level, entity.name, proof, "", (*entity.section, *named), number)


def strategy_maps(index: PassageIndex) -> tuple[StrategyMap, ...]:
    """A tree for each document that sets at least two areas or priorities, else goals; the newest first."""
    parts = strategy_parts(index)
    years = sorted(index.documents, key=lambda one: -(one.year or 0))
    setting = [
        document
        for levels in (("area", "priority"), ("goal",))
        for document in years
        if sum(part.level in levels and part.document_id == document.id for part in parts) > 1
    ]
    maps = [_map(document, parts, index.passages) for document in dict.fromkeys(setting)]
    return tuple(one for one in maps if one.parts)


def _map(document: Document, parts: Sequence[StrategyPart], passages: Sequence[Passage]) -> StrategyMap:
    own = [one for one in parts if one.document_id == document.id]
    setting = [one for one in own if one.level in ("area", "priority")]
    beside = [one for one in parts if one.level in ("focus_area", "initiative") or (one.level == "goal" and one in own)]
    below: dict[StrategyPart | None, list[StrategyPart]] = {}
    for part in (*setting, *beside):
        above = _above(part, (*setting, *(one for one in beside if one.level == "focus_area")))
        if above is not None or part in setting or part.level == "goal":
            below.setdefault(above, []).append(part)

    def grown(part: StrategyPart) -> StrategyPart:
        return replace(part, parts=tuple(map(grown, below.get(part, ()))))

    return StrategyMap(document, _vision(document, passages), tuple(map(grown, below.get(None, ()))))


def _above(part: StrategyPart, others: Sequence[StrategyPart]) -> StrategyPart | None:
    """The part that this one belongs to: named by its last heading that names one, else by its number."""
    for level in _ABOVE[part.level]:
        there = [one for one in others if one.level == level and one is not part]
        for heading in reversed(part.headings):
            if found := next((one for one in there if _names(heading, one, there)), None):
                return found
    lead = re.match(r"[A-ZÅÄÖ](?=\d)|\d+(?=\.)", part.number)
    nearest = [one for one in others if lead and one.number == lead[0] and one.document_id == part.document_id]
    return nearest[0] if part.level == "goal" and nearest else None


def _names(heading: str, part: StrategyPart, siblings: Sequence[StrategyPart]) -> bool:
    """Whether a heading ends with the part's name, or is the heading of that part alone."""
    if re.search(rf"(?<!\w){re.escape(part.name)}\W*$", heading, re.IGNORECASE):
        return True
    own = part.headings[-1:]
    return own == (heading,) and sum(one.headings[-1:] == own for one in siblings) == 1


def _vision(document: Document, passages: Sequence[Passage]) -> Stretch | None:
    own = (one for one in passages if one.document_id == document.id and one.sentences and one.section)
    found = next((one for one in own if _VISION.fullmatch(one.section[-1])), None)
    return Stretch(found.id, *found.sentences[0]) if found else None
