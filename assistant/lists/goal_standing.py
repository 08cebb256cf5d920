"""Where a goal stands by its figures: the latest of each year, which way it goes, what the documents say of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.lists.draft import Cell
from ingest.documents import Passage, PassageKind
from ingest.facts.figures import first_amount
from ingest.facts.types import Figure, GoalFact, Stretch
from ingest.facts.vocabulary import expression, meaning_of

Direction = Literal["reached", "right", "wrong", "unchanged", "unknown", "unmeasured"]
_WORDED = re.compile(r"[^\W\d]{3}")
_JUDGEMENT = re.compile(r"[^\W\d]+(?: [^\W\d]+){0,3}")
_CODE = 5
"""Characters under which a goal's title is a code ("M5")."""


@dataclass(frozen=True, slots=True)
class GoalStanding:
    """Where a goal stands: the latest figure of each year, oldest first, which way it goes from the first to the last,
    the documents' own judgement with its stretch, and what the row of its last outcome calls it, where that is
    another name.
    """

    goal: GoalFact
    outcomes: tuple[Figure, ...]
    direction: Direction
    judged: tuple[str, Stretch] | None
    followed: tuple[str, Stretch] | None


def standing(goal: GoalFact, passages: Mapping[str, Passage]) -> GoalStanding:
    """Where a goal stands by its figures; a later figure of a year corrects an earlier one."""
    latest: dict[int | None, Figure] = {}
    for figure in goal.outcomes:
        latest.pop(figure.year, None)
        latest[figure.year] = figure
    outcomes = tuple(sorted(latest.values(), key=lambda figure: figure.year or 0))
    judged = next((told for figure in reversed(outcomes) if (told := _judged(figure.proof, passages))), None)
    return GoalStanding(goal, outcomes, _direction(goal, outcomes), judged, _followed(goal, outcomes, passages))


def _followed(
    goal: GoalFact, outcomes: Sequence[Figure], passages: Mapping[str, Passage]
) -> tuple[str, Stretch] | None:
    """What a follow-up calls a goal, with the row that does: its first cell of words, where the title is another."""
    if not outcomes or passages[outcomes[-1].proof.passage_id].kind is not PassageKind.TABLE:
        return None
    proof = outcomes[-1].proof
    cells = text_at(proof, passages).split(" | ")
    label = next((cell for cell in cells if _WORDED.search(cell)), "") if len(cells) > 1 else ""
    return (label, proof) if label and goal.title.lower() not in label.lower() else None


def _judged(proof: Stretch, passages: Mapping[str, Passage]) -> tuple[str, Stretch] | None:
    """The documents' own judgement in a stretch: in known words, or in a last cell that other rows end with too
    or whose head says that it judges."""
    passage = passages[proof.passage_id]
    found = expression("cues", "judged").search(passage.text, proof.start, proof.end)
    if found:
        return " ".join(found[0].split()), proof
    last = text_at(proof, passages).rpartition(" | ")[2]
    head = passage.head_row.rpartition(" | ")[2]
    ends = passage.text.count(f" | {last}\n") + passage.text.endswith(f" | {last}")
    judges = ends > 1 or meaning_of(head) == "direction"
    return (last, proof) if judges and _JUDGEMENT.fullmatch(last) else None


def _direction(goal: GoalFact, outcomes: Sequence[Figure]) -> Direction:
    """Which way the last outcome lies from the base (else the first outcome), seen from the target."""
    if not outcomes:
        return "unmeasured"
    last = first_amount(outcomes[-1].value)
    target = first_amount(goal.target.value) if goal.target else None
    first_figure = goal.base or (outcomes[0] if len(outcomes) > 1 else None)
    first = first_amount(first_figure.value) if first_figure else None
    if last is None or target is None or first is None or first == target:
        return "unknown"
    if (last >= target) if target > first else (last <= target):
        return "reached"
    if abs(last - first) < 0.02 * abs(target - first):
        return "unchanged"
    return "right" if (last > first) == (target > first) else "wrong"


def name_of(goal: GoalFact) -> str:
    """What a goal is called: its number and title, with its indicator where the title is a mere code."""
    title = f"{goal.title} {goal.indicator}" if len(goal.title) < _CODE and goal.indicator else goal.title
    return f"{goal.number} {title}" if goal.number else title


def cells_of(told: GoalStanding) -> tuple[Cell, ...]:
    """Base, outcomes from the last, target, direction and judgement, each with its proof."""
    goal = told.goal
    cells = [Cell("base", figure_said(goal.base, goal), goal.base.proof)] if goal.base else []
    cells += [Cell("outcome", figure_said(figure, goal), figure.proof) for figure in reversed(told.outcomes)]
    cells += [Cell("target", figure_said(goal.target, goal), goal.target.proof)] if goal.target else []
    cells += [Cell("postponed", goal.postponed.value, goal.postponed.proof)] if goal.postponed else []
    proof = told.outcomes[-1].proof if told.outcomes else goal.proof
    cells.append(Cell("direction", f"goal.way_{told.direction}", proof, worded=True))
    cells += [Cell("judgement", *told.judged)] if told.judged else []
    cells += [Cell("followed", *told.followed)] if told.followed else []
    return tuple(cells)


def gap(told: GoalStanding) -> str:
    """How far the last outcome is from the target, as it would be written: "3,9"; a dash where that is not known."""
    target = told.goal.target
    last = first_amount(told.outcomes[-1].value) if told.outcomes else None
    wanted = first_amount(target.value) if target else None
    if last is None or wanted is None:
        return "–"
    far = round(abs(wanted - last), 2)
    return (f"{far:,.0f}" if far == int(far) else f"{far:,}").replace(",", " ").replace(".", ",")


def figure_said(figure: Figure, goal: GoalFact) -> str:
    """A figure with its unit and year: "8,1 per 1 000 invånare (2024)"."""
    unit = goal.unit if goal.unit and goal.unit not in figure.value and len(goal.unit) <= 20 else ""
    return " ".join(part for part in (figure.value, unit, f"({figure.year})" if figure.year else "") if part)


def text_at(at: Stretch, passages: Mapping[str, Passage]) -> str:
    """The text of a stretch with white space folded."""
    return " ".join(passages[at.passage_id].text[at.start : at.end].split())
