"""What later documents decide and set right about goals: targets moved and put off, figures corrected."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from ingest.facts.figures import Number, first_amount, is_share, numbers, set_right
from ingest.facts.goals import Goal, meaning_stems
from ingest.facts.table_rows import Row
from ingest.facts.types import Figure, Stretch
from ingest.facts.units import Unit
from ingest.facts.vocabulary import expression

_YEAR_MOVED = re.compile(
    r"\b(?:[Mm]ål|[Ss]lut)år\w*[^.;]{0,60}?(?:(?:från (?P<old>20\d\d) )?till (?P<new>20\d\d)"
    r"|(?P<instead>20\d\d) i ?stället för (?P<before>20\d\d))"
)
_FROM_TO = re.compile(r"\bfrån ([^.;]*?\d[^.;]*?) till ([^.;]+)")


def revise(goals: Sequence[Goal], units: Sequence[Unit], rows: Sequence[Row], dates: Mapping[str, str]) -> None:
    """Puts into the goals what sentences and tables set right, then what sentences decide anew; `dates` are when
    documents speak.
    """
    _correct(goals, units, dates)
    _correct_by_rows(goals, rows, dates)
    for unit in units:
        if unit.figures and expression("cues", "changes").search(unit.text):
            _move(unit, goals, dates)
        if unit.figures:
            _postpone(unit, goals, dates)


def _move(unit: Unit, goals: Sequence[Goal], dates: Mapping[str, str]) -> None:
    """ "Målet för solel (5.3) höjs från 90 till 180 MW" in a later document: the goal that has 90 gets that target."""
    change = None if _proposes(unit) else _FROM_TO.search(unit.text)
    old, new = (next(numbers(part), None) for part in change.groups()) if change else (None, None)
    if old is None or new is None:
        return
    held = [one for one in goals if one.target and first_amount(one.target.value) == old.amount]
    goal = _meant(unit, held, dates)
    if goal is not None and goal.target is not None:
        goal.target = Figure(new.value, new.year or goal.target.year, unit.stretch)


def _postpone(unit: Unit, goals: Sequence[Goal], dates: Mapping[str, str]) -> None:
    """ "Målåret för bredband flyttas från 2025 till 2027" in a later document: the goal's target is for that year."""
    change = None if _proposes(unit) else _YEAR_MOVED.search(unit.text)
    if change is None:
        return
    old, new = change["old"] or change["before"], int(change["new"] or change["instead"])
    held = [one for one in goals if one.target and one.target.year and one.target.year != new]
    goal = _meant(unit, [one for one in held if one.target and (not old or one.target.year == int(old))], dates)
    if goal is not None:
        goal.postponed = Figure(str(new), new, unit.stretch)


def _proposes(unit: Unit) -> bool:
    """Whether a sentence, or the heading over it, proposes and decides nothing."""
    return expression("cues", "proposes").search(" ".join((unit.text, *unit.passage.section[-1:]))) is not None


def _meant(unit: Unit, goals: Sequence[Goal], dates: Mapping[str, str]) -> Goal | None:
    """The one of some goals that a sentence of a later document means by number or words, None where it means none."""
    stems = meaning_stems(f"{unit.text} {' '.join(unit.passage.section[-2:])}")
    told = [goal for goal in goals if goal.may_be_told_by(unit.passage.document_id, dates)]
    goal = max(told, key=lambda one: _nearness(one, unit.text, stems), default=None)
    return goal if goal and _nearness(goal, unit.text, stems) else None


def _nearness(goal: Goal, text: str, stems: frozenset[str]) -> int:
    """How much a text speaks of a goal: the words of it that are among `stems`, and its number as three."""
    numbered = goal.number is not None and re.search(rf"\b{re.escape(goal.number)}\b", text) is not None
    return 3 * numbered + len(goal.stems & stems)


def _correct(goals: Sequence[Goal], units: Sequence[Unit], dates: Mapping[str, str]) -> None:
    """ "I uppföljningen anges 93,4 procent. Rätt uppgift är 91,9 procent." corrects the goal that has 93,4."""
    for number, unit in enumerate(units):
        if not unit.figures:
            continue
        match, told = expression("cues", "corrects").search(unit.text), set_right(unit.text)
        right = told[0] if told else next(numbers(unit.text[match.end() :]), None) if match else None
        if right is None:
            continue
        document = unit.passage.document_id
        near = [one for one in units[max(0, number - 4) : number + 1] if one.passage is unit.passage]
        text = " ".join(one.text for one in near)
        wrong = {told[1].amount} if told else {one.amount for one in numbers(text)} - {right.amount}
        _correct_one(goals, text, wrong, right, unit.stretch, dates.get(document, ""))


def _correct_by_rows(goals: Sequence[Goal], rows: Sequence[Row], dates: Mapping[str, str]) -> None:
    """Rows of tables that set what was said beside what is right: "Det stod | Det rätta är"."""
    for row in rows:
        cells = row.first("misstated"), row.first("corrected")
        wrong, right = (next(numbers(cell.text), None) if cell else None for cell in cells)
        if wrong and right:
            proof, date = Stretch(row.passage.id, row.start, row.end), dates.get(row.passage.document_id, "")
            _correct_one(goals, row.passage.text[row.start : row.end], {wrong.amount}, right, proof, date)


def _correct_one(
    goals: Sequence[Goal], text: str, wrong: Collection[float], right: Number, proof: Stretch, date: str
) -> None:
    """Corrects the figure that the text's words or its goal's number tell: an outcome gets a later one, a base
    is replaced.
    """
    said = meaning_stems(text)
    held: list[tuple[int, Goal, Figure]] = []
    for goal in goals:
        figures = [one for _, _, one in goal.outcomes] + ([goal.base] if goal.base else [])
        like = goal.unit is None or right.unit is None or is_share(goal.unit) == is_share(right.unit)
        held += [
            (_nearness(goal, text, said), goal, one) for one in figures if like and first_amount(one.value) in wrong
        ]
    if not held or max(worth for worth, _, _ in held) < 1:
        return
    _, goal, corrected = max(held, key=lambda item: item[0])
    new = Figure(right.value, corrected.year, proof)
    if corrected is goal.base:
        goal.base = new
    else:
        goal.outcomes.append((date, 2, new))
