"""What the register holds: initiatives, goals, challenges, focus areas, priorities and strategic areas.

Plain data. Every entry keeps where it is mentioned, so that each row of a list answer can be proved.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

Kind = Literal["project", "programme", "network", "strategy", "plan", "tool", "service", "organisation", "other"]


@dataclass(frozen=True, slots=True)
class Mention:
    """The sentence text[start:end] of a passage, in which an entry is named."""

    passage_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Initiative:
    """A project, programme, network, strategy, tool or other named effort.

    `section` is the heading path where it is introduced. `years`, `actors` and `sums` stand in the sentences that name
    it, as written there. `mentions` are in reading order; `best` is the position of the one that introduces it.
    """

    name: str
    aliases: tuple[str, ...]
    kind: Kind
    section: tuple[str, ...]
    years: tuple[str, ...]
    actors: tuple[str, ...]
    sums: tuple[str, ...]
    mentions: tuple[Mention, ...]
    best: int = 0


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal: its title, the indicator that measures it (the subject of its target), and the target as written.

    `value` and `unit` are the target figure ("80", "%"), None where the goal has none; `year` is when it should be
    reached, `base_year` from when it is counted. `outcome` is a sentence that tells how it went, where one does.
    """

    title: str
    indicator: str
    target: str
    value: str | None
    unit: str | None
    year: int | None
    base_year: int | None
    section: tuple[str, ...]
    mention: Mention
    outcome: Mention | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A challenge, focus area, priority or strategic area: its text, the heading path it stands under, and its label.

    `label` is what the document calls it ("Prioritering 1", "Insatsområden", "Utmaningar"). `mentions` prove it, one
    for each place that states it: an item of a list is its own proof, a heading is proved by what stands under it.
    """

    text: str
    label: str
    section: tuple[str, ...]
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """Everything the register holds, in reading order."""

    initiatives: tuple[Initiative, ...] = ()
    goals: tuple[Goal, ...] = ()
    challenges: tuple[Point, ...] = ()
    focus_areas: tuple[Point, ...] = ()
    priorities: tuple[Point, ...] = ()
    areas: tuple[Point, ...] = ()

    def within(self, passage_ids: Collection[str]) -> Register:
        """What of the register these passages prove by themselves."""
        return Register(
            initiatives=tuple(kept for entry in self.initiatives if (kept := _mentioned(entry, passage_ids))),
            goals=tuple(
                replace(goal, outcome=goal.outcome if goal.outcome and goal.outcome.passage_id in passage_ids else None)
                for goal in self.goals
                if goal.mention.passage_id in passage_ids
            ),
            challenges=_points(self.challenges, passage_ids),
            focus_areas=_points(self.focus_areas, passage_ids),
            priorities=_points(self.priorities, passage_ids),
            areas=_points(self.areas, passage_ids),
        )

    def to_record(self) -> dict[str, object]:
        """Plain lists and objects, ready for `json.dumps`."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Register:
        """What `to_record` gave, also after a round through JSON. A missing or unknown field raises TypeError or
        KeyError.
        """
        return cls(
            initiatives=tuple(_initiative(entry) for entry in record["initiatives"]),
            goals=tuple(_goal(entry) for entry in record["goals"]),
            challenges=tuple(_point(entry) for entry in record["challenges"]),
            focus_areas=tuple(_point(entry) for entry in record["focus_areas"]),
            priorities=tuple(_point(entry) for entry in record["priorities"]),
            areas=tuple(_point(entry) for entry in record["areas"]),
        )


def _within(mentions: Sequence[Mention], passage_ids: Collection[str]) -> tuple[Mention, ...]:
    return tuple(mention for mention in mentions if mention.passage_id in passage_ids)


def _points(entries: Sequence[Point], passage_ids: Collection[str]) -> tuple[Point, ...]:
    kept = ((entry, _within(entry.mentions, passage_ids)) for entry in entries)
    return tuple(replace(entry, mentions=mentions) for entry, mentions in kept if mentions)


def _mentioned(entry: Initiative, passage_ids: Collection[str]) -> Initiative | None:
    kept = _within(entry.mentions, passage_ids)
    best = entry.mentions[entry.best]
    return replace(entry, mentions=kept, best=kept.index(best) if best in kept else 0) if kept else None


def _initiative(entry: Mapping[str, Any]) -> Initiative:
    lists = {field: tuple(entry[field]) for field in ("aliases", "section", "years", "actors", "sums")}
    mentions = tuple(Mention(**mention) for mention in entry["mentions"])
    return Initiative(**{**entry, **lists, "mentions": mentions})


def _goal(entry: Mapping[str, Any]) -> Goal:
    outcome = Mention(**entry["outcome"]) if entry["outcome"] else None
    return Goal(
        **{**entry, "section": tuple(entry["section"]), "mention": Mention(**entry["mention"]), "outcome": outcome}
    )


def _point(entry: Mapping[str, Any]) -> Point:
    mentions = tuple(Mention(**mention) for mention in entry["mentions"])
    return Point(**{**entry, "section": tuple(entry["section"]), "mentions": mentions})
