"""How goals went: rows and sentences of follow-ups, joined to the goal by its number, its figures or its words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.documents import PassageKind
from ingest.facts.figures import YEAR_ALONE, Number, first_amount, is_share, last_year, numbers, set_right
from ingest.facts.goals import Goal, figure, meaning_stems, year_beside
from ingest.facts.table_rows import Cell, Row
from ingest.facts.types import Figure
from ingest.facts.units import Unit
from ingest.facts.vocabulary import expression

_NUMBERED = re.compile(r"(\d{1,2}\.\d{1,2}|[A-ZÅÄÖ]\d{1,2})\b")
_PART = re.compile(r"geografi|område|kommun|grupp|kön", re.IGNORECASE)
_WHOLE = re.compile(r"länet|hela|region|totalt|samtliga|alla", re.IGNORECASE)
_TO = re.compile(r"\btill\s*\Z")
_SINCE = re.compile(r"\b(?:sedan|jämfört med|än|mot|förhållande till|basår\w*)(?: år)? \Z")
_USUAL = re.compile(
    r"\bavser (?:siffrorna|uppgifterna|värdena|talen)(?: år)? ((?:19|20)\d\d)|(?:siffrorna|uppgifterna|värdena|"
    r"talen|senaste värdet?|utfallet) avser(?: år)? ((?:19|20)\d\d)",
    re.IGNORECASE,
)
_TELLING = 2
"""Words of a row's label from which they alone tell which goal it is of."""
_DIGIT = re.compile(r"\d")
_CLAUSE = re.compile(r",(?!\d)\s+|;\s+|\s(?:och|samt)\s(?=(?:de|den|det|antalet|andelen|hushållens|folkmängden)\b)|\. ")


@dataclass(frozen=True, slots=True)
class _Goals:
    """The goals with what finds them: by their words, the rarer the weightier.

    `dates` are when documents speak; `replaced` when the goals of a document are followed up no longer; `usual` the
    years that documents say their figures are for.
    """

    goals: Sequence[Goal]
    weights: Mapping[str, float]
    index: Mapping[str, Sequence[int]]
    totals: Sequence[float]
    dates: Mapping[str, str]
    replaced: Mapping[str, str]
    usual: Mapping[str, int]

    @classmethod
    def of(cls, goals: Sequence[Goal], dates: Mapping[str, str], usual: Mapping[str, int]) -> _Goals:
        index: dict[str, list[int]] = defaultdict(list)
        for number, goal in enumerate(goals):
            for one in goal.stems:
                index[one].append(number)
        weights = {one: 1.0 / len(owners) for one, owners in index.items()}
        totals = [sum(weights[one] for one in goal.stems) or 1.0 for goal in goals]
        return cls(goals, weights, index, totals, dates, _replaced(goals, dates), usual)

    def nearest(self, text: str, floor: float) -> list[tuple[float, Goal]]:
        """Goals by the share (0 to 1) of their words' weight that the text holds, best first."""
        said = meaning_stems(text)
        scores: dict[int, float] = defaultdict(float)
        for one in said:
            for number in self.index.get(one, ()):
                scores[number] += self.weights[one]
        theirs = sum(self.weights.get(one, 0.5) for one in said) or 1.0
        shares = {
            number: max(score / self.totals[number], 0.9 * score / theirs if len(said) < 12 else 0.0)
            for number, score in scores.items()
        }
        found = [(share, self.goals[number]) for number, share in shares.items() if share >= floor]
        return sorted(found, key=lambda item: -item[0])

    def date(self, document_id: str) -> str:
        """When a document speaks, empty where that is not known."""
        return self.dates.get(document_id, "")

    def is_open(self, goal: Goal, date: str) -> bool:
        """Whether a goal is still followed up at a date."""
        return date <= self.replaced.get(goal.passage.document_id, "9999")


def follow_up(goals: Sequence[Goal], units: Sequence[Unit], rows: Sequence[Row], dates: Mapping[str, str]) -> None:
    """Adds to each goal the outcomes that rows and sentences state."""
    usual = _usual_years(units)
    known = _Goals.of(goals, dates, usual)
    for row in rows:
        _of_row(row, known)
    for unit, told in _told_years(units, usual):
        if unit.passage.kind is not PassageKind.TABLE and unit.figures:
            _of_sentence(unit, told, known)


def _of_row(row: Row, known: _Goals) -> None:
    outcomes, label = row.all("outcome"), row.worded("indicator") or row.worded("goal") or row.cells[0]
    if not outcomes or any(_PART.match(cell.header) and not _WHOLE.match(cell.text) for cell in row.cells):
        return
    date = known.date(row.passage.document_id)
    goal = _goal_of_row(row, label.text, known)
    if goal is None or not known.is_open(goal, date):
        return
    for cell in outcomes:
        if cell is row.cells[0]:
            continue
        for number, year in _dated(row, cell, known):
            if not _is_base(number.amount, year, goal):
                _add(goal, figure(number, row.line_of(cell), year), date, 0, row.first("direction") is not None)


def _dated(row: Row, cell: Cell, known: _Goals) -> Iterator[tuple[Number, int | None]]:
    """The figures of an outcome's cell, each with the year it holds for."""
    header_year = YEAR_ALONE.search(cell.header)
    alone = cell == row.first("outcome") or row.first("outcome year") is not None
    beside = year_beside(row, "outcome") if alone else known.usual.get(row.passage.document_id)
    for number in numbers(cell.text):
        yield number, number.year or (int(header_year[1]) if header_year else beside)


def _is_base(amount: float, year: int | None, goal: Goal) -> bool:
    return goal.base is not None and (amount, year) == (_amount(goal.base), goal.base.year)


def _goal_of_row(row: Row, label: str, known: _Goals) -> Goal | None:
    numbered = _NUMBERED.match(label) or _NUMBERED.match(row.cells[0].text)
    near = known.nearest(label, 0.25)
    same = [goal for goal in known.goals if numbered and goal.number == numbered[1]]
    if same:
        return max(same, key=lambda goal: sum(share for share, one in near if one is goal))
    base = row.first("base")
    first = next(numbers(base.text), None) if base else None
    if first is not None:
        counted = [goal for goal in known.goals if goal.number == row.cells[0].text]
        like = (*counted, *(goal for _, goal in near))
        return next((goal for goal in like if goal.base and _amount(goal.base) == first.amount), None)
    aimed = row.first("target")
    wanted = next(numbers(aimed.text), None) if aimed else None
    first = next(numbers(row.all("outcome")[0].text), None)
    if wanted is not None and first is not None:
        both = [one for one in known.goals if one.target and _amount(one.target) == wanted.amount]
        if alike := [one for one in both if one.base and _amount(one.base) == first.amount]:
            return max(alike, key=lambda goal: sum(share for share, one in near if one is goal))
    if wanted is not None and (same := [one for _, one in near if one.target and _amount(one.target) == wanted.amount]):
        return same[0]
    series = [(number.amount, year) for cell in row.all("outcome") for number, year in _dated(row, cell, known)]
    if began := next((goal for _, goal in near if any(_is_base(*one, goal) for one in series)), None):
        return began
    by_share = "procent" in label or "%" in label or "per " not in label
    if len(meaning_stems(label)) < _TELLING:
        return None
    return next((goal for share, goal in near if share >= 0.6 and (by_share or not is_share(goal.unit))), None)


def _amount(one: Figure) -> float | None:
    return first_amount(one.value)


def _of_sentence(unit: Unit, told: int | None, known: _Goals) -> None:
    """One clause after another; a goal's own base or target beside another figure is as good as its words."""
    text, document = unit.text, unit.passage.document_id
    if expression("cues", "corrects").search(text) or set_right(text):
        return
    for clause in _clauses(text):
        found = [] if expression("cues", "changes").search(clause) else list(numbers(clause))
        near = known.nearest(clause, 0.3) if found else []
        for share, goal in near:
            told_by_row = any(rank == 0 for _, rank, _ in goal.outcomes)
            if unit.passage.id != goal.passage.id and goal.may_be_told_by(document, known.dates) and not told_by_row:
                outcome = _stated(clause, found, share, goal, told, known.date(document), known)
                if outcome is not None:
                    _add(goal, replace(outcome, proof=unit.stretch), known.date(document), 1)
                    break


def _stated(
    clause: str, found: Sequence[Number], share: float, goal: Goal, told: int | None, date: str, known: _Goals
) -> Figure | None:
    """The outcome that a clause states of a goal, None for one without a year or that cannot be."""
    own = {_amount(one) for one in (goal.base, goal.target) if one is not None}
    held = any(number.amount in own for number in found)
    if not held and (share < 0.62 or not known.is_open(goal, date)):
        return None
    outcome = _outcome(clause, found, own, goal)
    year = (outcome.year or _year_near(clause, outcome) or told) if outcome is not None else None
    since = goal.base.year if goal.base is not None else None
    if outcome is None or not year or (since is not None and year < since):
        return None
    fits = str(year) <= date[:4] and _plausible(outcome, goal)
    return Figure(outcome.value, year, goal.proof) if fits else None


def _clauses(text: str) -> Iterator[str]:
    start = 0
    for match in _CLAUSE.finditer(text):
        if _DIGIT.search(text, start, match.start()):
            yield text[start : match.start()]
            start = match.end()
    yield text[start:]


def _year_near(clause: str, outcome: Number) -> int | None:
    """The last year before a figure in its clause, else the first after it."""
    before = [
        match for match in YEAR_ALONE.finditer(clause, 0, outcome.start) if not _SINCE.search(clause[: match.start()])
    ]
    after = [match for match in YEAR_ALONE.finditer(clause, outcome.end) if not _SINCE.search(clause[: match.start()])]
    return int(before[-1][1]) if before else int(after[0][1]) if after else None


def _plausible(outcome: Number, goal: Goal) -> bool:
    """Whether a figure can be of the goal's indicator: shares differ by less than 40 points, others by a
    factor of 2.5.
    """
    known = [amount for one in (goal.base, goal.target) if one is not None and (amount := _amount(one)) is not None]
    if is_share(goal.unit):
        return any(abs(outcome.amount - amount) < 40 for amount in known)
    return any(abs(amount) / 2.5 <= abs(outcome.amount) <= abs(amount) * 2.5 for amount in known)


def _replaced(goals: Sequence[Goal], dates: Mapping[str, str]) -> dict[str, str]:
    """For each document that sets goals, the date of the one that sets several for later years: its goals are followed
    up no longer.
    """
    own: dict[str, list[int]] = defaultdict(list)
    for goal in goals:
        own[goal.passage.document_id].append((goal.target and goal.target.year) or last_year(goal.passage.title))
    setting = sorted((max(years), dates.get(name, ""), name) for name, years in own.items() if len(years) >= 4)
    return {old: date for (_, _, old), (_, date, _) in pairwise(setting)}


def _usual_years(units: Sequence[Unit]) -> dict[str, int]:
    """The years that documents say their figures are for."""
    usual: dict[str, int] = {}
    for unit in units:
        match = _USUAL.search(unit.text) if unit.figures else None
        if match:
            usual[unit.passage.document_id] = int(match[1] or match[2])
    return usual


def _told_years(units: Sequence[Unit], usual: Mapping[str, int]) -> Iterator[tuple[Unit, int | None]]:
    """Each unit with the year that its figures are for where they do not say: the last one named in its passage, or the
    one that the document says its figures are for.
    """
    place, last = "", None
    for unit in units:
        if unit.passage.id != place:
            place, last = unit.passage.id, None
        years = YEAR_ALONE.findall(unit.text) if unit.figures else []
        last = int(years[-1]) if years else last
        yield (
            unit,
            int(years[0]) if len(set(years)) == 1 else usual.get(unit.passage.document_id) or (None if years else last),
        )


def _outcome(clause: str, found: Sequence[Number], own: set[float | None], goal: Goal) -> Number | None:
    """The figure of a clause that is the outcome: of the goal's unit, neither base nor target, after "till" if any."""
    share = is_share(goal.unit)
    fit = [
        number
        for number in found
        if number.amount not in own
        and (is_share(number.unit) == share or (number.unit is None and len(found) > 1))
        and not expression("cues", "aims").search(clause[: number.start])
    ]
    if not fit or not (expression("cues", "states").search(clause) or _NUMBERED.match(clause)):
        return None
    return next((number for number in fit if _TO.search(clause[: number.start])), fit[0])


def _add(goal: Goal, outcome: Figure | None, date: str, rank: int, judged: bool = False) -> None:
    """Adds an outcome that is not there yet; a row that judges it too takes the place of one that does not."""
    if outcome is None:
        return
    for number, (_, _, one) in enumerate(goal.outcomes):
        same = _amount(one) == _amount(outcome)
        if same and one.year == outcome.year and judged:
            goal.outcomes[number] = (date, rank, outcome)
        if same and (one.year == outcome.year or rank):
            return
    goal.outcomes.append((date, rank, outcome))
