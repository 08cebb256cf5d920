"""The facts as plain JSON records, for the generation's file and for `rus register --json`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from ingest.facts.types import Attribute, Entity, Fact, FactBase, Figure, GoalFact, Stretch


def to_record(facts: FactBase) -> dict[str, object]:
    """Plain lists and objects, ready for `json.dumps`."""
    return asdict(facts)


def from_record(record: Mapping[str, Any]) -> FactBase:
    """What `to_record` gave, also after a round through JSON. A missing or unknown field raises TypeError or KeyError."""
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
