"""Where a goal stands: its figures in order, which way they go, and the documents' own judgement."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.lists.draft import Cell
from ingest.documents import Passage
from ingest.facts.types import Figure, GoalFact, Stretch
from ingest.facts.vocabulary import expression

Direction = Literal["reached", "right", "wrong", "unchanged", "unknown", "unmeasured"]


_CODE = 5
"""Characters under which a goal's title is a code ("M5")."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a goal stands: the latest figure of each year, oldest first, and which way it goes from the first to the
    last. `judged` is the documents' own judgement, with its stretch.
    """

    goal: GoalFact
    outcomes: tuple[Figure, ...]
    direction: Direction
    judged: tuple[str, Stretch] | None


def number(written: str) -> float | None:
    """The number in a figure as written: "12,0", "71 940", "högst 6 %". None where it has none."""
    found = re.search(r"\d{1,3}(?:[ \u00a0.]\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?", written)
    if found is None:
        return None
    plain = re.sub(r"[ \u00a0]|\.(?=\d{3}\b)", "", found[0])
    sign = -1.0 if re.search(r"(?:^|\s)[−-]$", written[: found.start()]) else 1.0
    return sign * float(plain.replace(",", "."))


def standing(goal: GoalFact, passages: Mapping[str, Passage]) -> Standing:
    """Where a goal stands by its figures; a later figure of a year corrects an earlier one."""
    latest: dict[int | None, Figure] = {}
    for figure in goal.outcomes:
        latest.pop(figure.year, None)
        latest[figure.year] = figure
    outcomes = tuple(sorted(latest.values(), key=lambda figure: figure.year or 0))
    judged = next((told for figure in reversed(outcomes) if (told := _judged(figure.proof, passages))), None)
    return Standing(goal, outcomes, _direction(goal, outcomes), judged)


def _judged(proof: Stretch, passages: Mapping[str, Passage]) -> tuple[str, Stretch] | None:
    found = expression("cues", "judged").search(passages[proof.passage_id].text, proof.start, proof.end)
    return (" ".join(found[0].split()), proof) if found else None


def _direction(goal: GoalFact, outcomes: Sequence[Figure]) -> Direction:
    """Which way the last outcome lies from the base (else the first outcome), seen from the target."""
    if not outcomes:
        return "unmeasured"
    last = number(outcomes[-1].value)
    target = number(goal.target.value) if goal.target else None
    first_figure = goal.base or (outcomes[0] if len(outcomes) > 1 else None)
    first = number(first_figure.value) if first_figure else None
    if last is None or target is None or first is None or first == target:
        return "unknown"
    if (last >= target) if target > first else (last <= target):
        return "reached"
    if abs(last - first) < 0.02 * abs(target - first):
        return "unchanged"
    return "right" if (last > first) == (target > first) else "wrong"


def name_of(goal: GoalFact) -> str:
    """What a goal is called: its title, with its indicator where the title is a mere code."""
    return f"{goal.title} {goal.indicator}" if len(goal.title) < _CODE and goal.indicator else goal.title


def cells_of(told: Standing) -> tuple[Cell, ...]:
    """Base, outcomes from the last, target, direction and judgement, each with its proof."""
    goal = told.goal
    cells = [Cell("base", figure_said(goal.base, goal), goal.base.proof)] if goal.base else []
    cells += [Cell("outcome", figure_said(figure, goal), figure.proof) for figure in reversed(told.outcomes)]
    cells += [Cell("target", figure_said(goal.target, goal), goal.target.proof)] if goal.target else []
    proof = told.outcomes[-1].proof if told.outcomes else goal.proof
    cells.append(Cell("direction", f"goal.way_{told.direction}", proof, worded=True))
    cells += [Cell("judgement", *told.judged)] if told.judged else []
    return tuple(cells)


def gap(told: Standing) -> str:
    """How far the last outcome is from the target, as it would be written: "3,9"; a dash where that is not known."""
    target = told.goal.target
    last = number(told.outcomes[-1].value) if told.outcomes else None
    wanted = number(target.value) if target else None
    if last is None or wanted is None:
        return "–"
    far = round(abs(wanted - last), 2)
    return (f"{far:,.0f}" if far == int(far) else f"{far:,}").replace(",", " ").replace(".", ",")


def figure_said(figure: Figure, goal: GoalFact) -> str:
    """A figure with its unit and year: "8,1 per 1 000 invånare (2024)"."""
    unit = goal.unit if goal.unit and goal.unit not in figure.value and len(goal.unit) <= 20 else ""
    return " ".join(part for part in (figure.value, unit, f"({figure.year})" if figure.year else "") if part)
