"""What a fact is: an entity, one of its attributes, a value, and the stretch of a passage that says so.

Plain data, extracted once at ingest. Every value is copied from the stretch that proves it; nothing is inferred.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

EntityKind = Literal[
    "project", "programme", "network", "strategy", "plan", "tool", "service", "organisation", "municipality", "other"
]
BODIES: tuple[EntityKind, ...] = ("organisation", "municipality")
"""Kinds of entities that act, apart from what is done."""


class Attribute(StrEnum):
    """What can be said of an initiative. One value a fact; several facts may share an attribute."""

    OWNER = "owner"
    PARTICIPANT = "participant"
    FUNDER = "funder"
    SUM = "sum"
    START = "start"
    END = "end"
    STATUS = "status"
    RESULT = "result"
    PRIORITY = "priority"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Stretch:
    """text[start:end] of one passage: a sentence, list item or table row that names or proves something."""

    passage_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Fact:
    """One attribute of one entity. `value` is as written ("11,8 mkr", "avslutat", "Forsby kommun").

    `unit` and `year` are what the value is counted in and the year it holds for, None where nothing is said.
    """

    attribute: Attribute
    value: str
    proof: Stretch
    unit: str | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """A named effort or body, joined over all documents under one name.

    `mentions` are all stretches that name it, in document order; `introduced` is the position of the one that says what
    it is. `section` is the heading path of that one. `kind_word` is what the texts call it, as the vocabulary's head
    ("arena", "inkubator"), empty where they do not. Facts of one attribute stand oldest first: the last one holds.
    `about` are the stretches that go on about it without naming it.
    """

    name: str
    aliases: tuple[str, ...]
    kind: EntityKind
    section: tuple[str, ...]
    mentions: tuple[Stretch, ...]
    introduced: int
    facts: tuple[Fact, ...]
    kind_word: str = ""
    about: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured or wanted value of a goal's indicator: "12,3", for a year, said by a document on some stretch."""

    value: str
    year: int | None
    proof: Stretch


@dataclass(frozen=True, slots=True)
class GoalFact:
    """A goal with its indicator and figures, joined over the documents that set it and those that follow it up.

    `number` is the goal's own number ("1.2"), None where it has none. `outcomes` come oldest first; a correction stands
    after what it corrects. `title` is as written where the goal is set (`proof`). `postponed` is the year that a later
    document moves the target to, as a figure of its own, None where none does.
    """

    title: str
    number: str | None
    indicator: str | None
    unit: str | None
    base: Figure | None
    target: Figure | None
    outcomes: tuple[Figure, ...]
    section: tuple[str, ...]
    proof: Stretch
    postponed: Figure | None = None


@dataclass(frozen=True, slots=True)
class FactBase:
    """All typed facts of one index. `challenges`, `focus_areas`, `priorities`, `areas` are headings or items
    that name one; `actions` are what rows of tables tell of that is no initiative ("Anlita en entreprenör"), with the
    head of its column as `kind_word`. `abbreviations` are those that the documents spell out, None in an index of an
    earlier form.
    """

    entities: tuple[Entity, ...]
    goals: tuple[GoalFact, ...]
    challenges: tuple[Entity, ...] = ()
    focus_areas: tuple[Entity, ...] = ()
    priorities: tuple[Entity, ...] = ()
    areas: tuple[Entity, ...] = ()
    actions: tuple[Entity, ...] = ()
    abbreviations: Mapping[str, str] | None = None

    @property
    def efforts(self) -> tuple[Entity, ...]:
        """What is done, apart from the bodies that do it."""
        return tuple(entity for entity in self.entities if entity.kind not in BODIES)


def within(facts: FactBase, passages: Collection[str]) -> FactBase:
    """The facts that these passages (by id) prove; entities that they do not name are left out."""
    return FactBase(
        entities=_named_within(facts.entities, passages),
        goals=tuple(_goal_within(goal, passages) for goal in facts.goals if goal.proof.passage_id in passages),
        challenges=_named_within(facts.challenges, passages),
        focus_areas=_named_within(facts.focus_areas, passages),
        priorities=_named_within(facts.priorities, passages),
        areas=_named_within(facts.areas, passages),
        actions=_named_within(facts.actions, passages),
    )


def _named_within(entities: tuple[Entity, ...], passages: Collection[str]) -> tuple[Entity, ...]:
    kept = []
    for entity in entities:
        mentions = tuple(one for one in entity.mentions if one.passage_id in passages)
        if mentions:
            introducing = entity.mentions[entity.introduced]
            place = mentions.index(introducing) if introducing in mentions else 0
            proved = tuple(fact for fact in entity.facts if fact.proof.passage_id in passages)
            about = tuple(one for one in entity.about if one.passage_id in passages)
            kept.append(replace(entity, mentions=mentions, introduced=place, facts=proved, about=about))
    return tuple(kept)


def _goal_within(goal: GoalFact, passages: Collection[str]) -> GoalFact:
    def kept(figure: Figure | None) -> Figure | None:
        return figure if figure and figure.proof.passage_id in passages else None

    outcomes = tuple(one for one in goal.outcomes if one.proof.passage_id in passages)
    return replace(
        goal, base=kept(goal.base), target=kept(goal.target), outcomes=outcomes, postponed=kept(goal.postponed)
    )
