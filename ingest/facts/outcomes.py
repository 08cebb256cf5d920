"""How goals went: rows and sentences of follow-ups, joined to the goal by its number, its figures or its words; and
what later documents decide and set right: targets moved and put off, figures corrected.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.documents import PassageKind
from ingest.facts.figures import YEAR_ALONE, Number, first_amount, is_share, last_year, numbers, set_right
from ingest.facts.goals import Goal, figure, meaning_stems
from ingest.facts.rows import Cell, Row
from ingest.facts.types import Figure, Stretch
from ingest.facts.units import Unit
from ingest.facts.vocabulary import expression

_NUMBERED = re.compile(r"(\d{1,2}\.\d{1,2}|[A-ZÅÄÖ]\d{1,2})\b")
_BY_NUMBER = re.compile(r"\b[Mm]ål (\d{1,2}(?:\.\d{1,2})?[a-z]?|[A-ZÅÄÖ]\d{1,2})\b(?!,\d| procent)")
_TO = re.compile(r"\btill\s*\Z")
_USUAL = re.compile(
    r"(?:\bavser (?:siffrorna|uppgifterna|värdena|talen)"
    r"|(?:siffrorna|uppgifterna|värdena|talen|senaste värdet?|utfallet) avser)(?: år)? ((?:19|20)\d\d)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r",(?!\d)\s+|;\s+|\s(?:och|samt)\s(?=(?:de|den|det|antalet|andelen|hushållens|folkmängden)\b)|\. ")
_YEAR_MOVED = re.compile(
    r"\b(?:[Mm]ål|[Ss]lut)år\w*[^.;]{0,60}?(?:(?:från (?P<old>20\d\d) )?till (?P<new>20\d\d)"
    r"|(?P<instead>20\d\d) i ?stället för (?P<before>20\d\d))"
)
_FROM_TO = re.compile(r"\bfrån ([^.;]*?\d[^.;]*?) till ([^.;]+)")
_NEAR, _NEAREST, _SAME = 0.25, 0.3, 0.6
"""Shares of a goal's words from which a row, and a clause, may be of it beside its figures, and without them."""
_TELLING = 2
"""Words of a row's label from which they alone tell which goal it is of."""
_FEWEST_GOALS = 4


@dataclass(frozen=True, slots=True)
class _Goals:
    """The goals and what tells them apart: the weight of each stem, the rarer the more. `dates` are when documents
    speak, `replaced` when the goals of a document are followed up no longer, `usual` the years that documents say their
    figures are for.
    """

    goals: Sequence[Goal]
    weights: Mapping[str, float]
    dates: Mapping[str, str]
    replaced: Mapping[str, str]
    usual: Mapping[str, int]

    def nearest(self, text: str, floor: float) -> list[tuple[float, Goal]]:
        """Goals by the share (0 to 1) of their words' weight that the text holds, best first; a short text may also be
        held by the goal.
        """
        said = meaning_stems(text)
        theirs = sum(self.weights.get(one, 0.5) for one in said) or 1.0
        found = []
        for goal in self.goals:
            shared = sum(self.weights[one] for one in goal.stems & said)
            whole = sum(self.weights[one] for one in goal.stems) or 1.0
            found.append((max(shared / whole, 0.9 * shared / theirs if len(said) < 12 else 0.0), goal))
        return sorted((one for one in found if one[0] >= floor), key=lambda one: -one[0])

    def is_open(self, goal: Goal, document: str) -> bool:
        """Whether a goal is still followed up when a document speaks."""
        return self.dates.get(document, "") <= self.replaced.get(goal.passage.document_id, "9999")


def follow_up(goals: Sequence[Goal], units: Sequence[Unit], rows: Sequence[Row], dates: Mapping[str, str]) -> None:
    """Adds to each goal the outcomes that rows and sentences state; `dates` are when documents speak."""
    told = ((unit.passage.document_id, _USUAL.search(unit.text)) for unit in units if unit.figures)
    usual = {document: int(match[1]) for document, match in told if match}
    times = Counter(stem for goal in goals for stem in goal.stems)
    weights = {stem: 1.0 / owners for stem, owners in times.items()}
    known = _Goals(goals, weights, dates, _replaced(goals, dates), usual)
    for row in rows:
        _of_row(row, known)
    for unit, year in _told_years(units, usual):
        if unit.passage.kind is not PassageKind.TABLE and unit.figures and set_right(unit.text) is None:
            for clause in () if _of_number(unit, year, known) else _clauses(unit.text):
                _of_clause(unit, clause, year, known)


def _replaced(goals: Sequence[Goal], dates: Mapping[str, str]) -> dict[str, str]:
    """For each document that sets goals, the date of the one that sets several for later years: its goals are followed
    up no longer.
    """
    own: dict[str, list[int]] = {}
    for goal in goals:
        year = (goal.target and goal.target.year) or last_year(goal.passage.title)
        own.setdefault(goal.passage.document_id, []).append(year)
    several = {name: max(years) for name, years in own.items() if len(years) >= _FEWEST_GOALS}
    setting = sorted((year, dates.get(name, ""), name) for name, year in several.items())
    return {old: date for (_, _, old), (_, date, _) in pairwise(setting)}


def _of_row(row: Row, known: _Goals) -> None:
    outcomes = [cell for cell in row.all("outcome") if cell is not row.cells[0]]
    document = row.passage.document_id
    goal = _goal_of_row(row, known) if outcomes else None
    if goal is None or not known.is_open(goal, document):
        return
    for cell in outcomes:
        header_year = YEAR_ALONE.search(cell.header)
        year = int(header_year[1]) if header_year else known.usual.get(document)
        for number in numbers(cell.text):
            outcome = figure(number, row.proof(cell), year)
            based = goal.base and (_amount(goal.base), goal.base.year) == (number.amount, number.year or year)
            if outcome and not based:
                _add(goal, outcome, known.dates.get(document, ""), 0)


def _goal_of_row(row: Row, known: _Goals) -> Goal | None:
    """The goal of a row: the one of its number, else one whose figures it repeats, else the one that its words name."""
    label = (row.worded("indicator") or row.worded("goal") or row.cells[0]).text
    near = known.nearest(label, _NEAR)
    number = _NUMBERED.match(label) or _NUMBERED.match(row.cells[0].text)
    if same := [goal for goal in known.goals if number and goal.number == number[1]]:
        return _worded(same, near)
    if (base := _first_of(row.first("base"))) is not None:
        counted = [goal for goal in known.goals if goal.number == row.cells[0].text]
        return next((one for one in (*counted, *(goal for _, goal in near)) if _amount(one.base) == base), None)
    if (wanted := _first_of(row.first("target"))) is not None:
        aimed = [goal for goal in known.goals if _amount(goal.target) == wanted]
        began = [goal for goal in aimed if goal.base and _amount(goal.base) == _first_of(row.first("outcome"))]
        if began:
            return _worded(began, near)
        if told := next((goal for _, goal in near if goal in aimed), None):
            return told
    alike = (one for share, one in near if share >= _SAME and ("per " not in label or not is_share(one.unit)))
    return next(alike, None) if len(meaning_stems(label)) >= _TELLING else None


def _worded(goals: Sequence[Goal], near: Sequence[tuple[float, Goal]]) -> Goal:
    return max(goals, key=lambda goal: sum(share for share, one in near if one is goal))


def _first_of(cell: Cell | None) -> float | None:
    return first_amount(cell.text) if cell else None


def _amount(one: Figure | None) -> float | None:
    return first_amount(one.value) if one else None


def _told_years(units: Sequence[Unit], usual: Mapping[str, int]) -> Iterator[tuple[Unit, int | None]]:
    """Each unit with the year that its figures are for where they do not say: the last one named in its passage, or the
    one that the document says its figures are for.
    """
    place, last = "", None
    for unit in units:
        years = YEAR_ALONE.findall(unit.text) if unit.figures else []
        last = int(years[-1]) if years else last if unit.passage.id == place else None
        place = unit.passage.id
        told = usual.get(unit.passage.document_id) or (None if years else last)
        yield unit, int(years[0]) if len(set(years)) == 1 else told


def _of_number(unit: Unit, told: int | None, known: _Goals) -> bool:
    """The outcomes, year by year, of the one goal that a sentence names by its number: "Resandet, mål 3.1, var 10,4
    procent 2023 och 11,2 procent 2024." False where it states none.
    """
    document, named = unit.passage.document_id, {match[1] for match in _BY_NUMBER.finditer(unit.text)}
    meant = [goal for goal in known.goals if goal.number in named and goal.may_be_told_by(document, known.dates)]
    if len(named) != 1 or not meant or expression("cues", "changes").search(unit.text):
        return False
    goal, date = _worded(meant, known.nearest(unit.text, 0.0)), known.dates.get(document, "")
    own, since = {_amount(goal.base), _amount(goal.target)}, (goal.base and goal.base.year) or 0
    found, by_year = list(numbers(unit.text)), dict[int, Number]()
    for number, following in zip(found, [*found[1:], None], strict=True):
        after = unit.text[number.end : following.start if following else None]
        own_year = YEAR_ALONE.search(after) if len(found) > 1 else None
        year = number.year or (int(own_year[1]) if own_year else _year_near(unit.text, number) or told)
        fits = number.amount not in own and is_share(number.unit) == is_share(goal.unit) and _plausible(number, goal)
        if fits and year and since <= year <= int(date[:4] or 0):
            by_year.setdefault(year, number)
    for year, number in by_year.items():
        _add(goal, Figure(number.value, year, unit.stretch), date, 1)
    return bool(by_year)


def _clauses(text: str) -> Iterator[str]:
    start = 0
    for match in _CLAUSE.finditer(text):
        if re.search(r"\d", text[start : match.start()]):
            yield text[start : match.start()]
            start = match.end()
    yield text[start:]


def _of_clause(unit: Unit, clause: str, told: int | None, known: _Goals) -> None:
    """The outcome that a clause states of the goal that it is nearest to."""
    document = unit.passage.document_id
    found = list(numbers(clause))
    for share, goal in known.nearest(clause, _NEAREST) if found else ():
        told_by_row = any(rank == 0 for _, rank, _ in goal.outcomes)
        if unit.passage.id != goal.passage.id and goal.may_be_told_by(document, known.dates) and not told_by_row:
            own = {_amount(goal.base), _amount(goal.target)}
            held = any(number.amount in own for number in found)
            if held or (share >= _SAME and known.is_open(goal, document)):
                date, outcome = known.dates.get(document, ""), _outcome(clause, found, own, goal)
                year = (outcome.year or _year_near(clause, outcome) or told) if outcome else None
                since = (goal.base and goal.base.year) or 0
                if outcome and year and since <= year <= int(date[:4] or 0) and _plausible(outcome, goal):
                    _add(goal, Figure(outcome.value, year, unit.stretch), date, 1)
                    return


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


def _year_near(clause: str, outcome: Number) -> int | None:
    """The last year before a figure in its clause, else the first after it."""
    before = YEAR_ALONE.findall(clause[: outcome.start])
    after = YEAR_ALONE.findall(clause[outcome.end :])
    return int(before[-1]) if before else int(after[0]) if after else None


def _plausible(outcome: Number, goal: Goal) -> bool:
    """Whether a figure can be of the goal's indicator: it is no more than 2.5 times what is known, and no less."""
    known = [abs(amount) for one in (goal.base, goal.target) if (amount := _amount(one)) is not None]
    return any(amount / 2.5 <= abs(outcome.amount) <= amount * 2.5 for amount in known)


def _add(goal: Goal, outcome: Figure, date: str, rank: int) -> None:
    """Adds an outcome that is not there yet; that of a sentence not even for another year."""
    if not any(_amount(one) == _amount(outcome) and (one.year == outcome.year or rank) for _, _, one in goal.outcomes):
        goal.outcomes.append((date, rank, outcome))


def revise(goals: Sequence[Goal], units: Sequence[Unit], rows: Sequence[Row], dates: Mapping[str, str]) -> None:
    """Puts into the goals what sentences and tables set right, then what sentences decide anew."""
    for number, unit in enumerate(units):
        if unit.figures:
            _correct_by_sentence(goals, unit, units[max(0, number - 4) : number], dates)
    for row in rows:
        wrong, right = (next(numbers(cell.text), None) if cell else None for cell in map(row.first, _CORRECTING))
        if wrong and right:
            text, proof = row.passage.text[row.start : row.end], Stretch(row.passage.id, row.start, row.end)
            _correct(goals, text, {wrong.amount}, right, proof, dates.get(row.passage.document_id, ""))
    for unit in units:
        proposes = expression("cues", "proposes").search(" ".join((unit.text, *unit.passage.section[-1:])))
        if unit.figures and not proposes:
            _move(unit, goals, dates)


_CORRECTING = ("misstated", "corrected")
"""What columns of a table of corrections hold: "Det stod | Det rätta är"."""


def _correct_by_sentence(goals: Sequence[Goal], unit: Unit, before: Sequence[Unit], dates: Mapping[str, str]) -> None:
    """ "I uppföljningen anges 93,4 procent. Rätt uppgift är 91,9 procent." corrects the goal that has 93,4."""
    match, told = expression("cues", "corrects").search(unit.text), set_right(unit.text)
    right = told[0] if told else next(numbers(unit.text[match.end() :]), None) if match else None
    if right is not None:
        text = " ".join(one.text for one in (*before, unit) if one.passage is unit.passage)
        wrong = {told[1].amount} if told else {one.amount for one in numbers(text)} - {right.amount}
        _correct(goals, text, wrong, right, unit.stretch, dates.get(unit.passage.document_id, ""))


def _correct(goals: Sequence[Goal], text: str, wrong: set[float], right: Number, proof: Stretch, date: str) -> None:
    """Corrects the figure of the goal that a text speaks of: an outcome gets a later one, a base is replaced."""
    held = [
        (_nearness(goal, text), goal, one)
        for goal in goals
        for one in (*(outcome for _, _, outcome in goal.outcomes), goal.base)
        if one is not None and _amount(one) in wrong
    ]
    worth, goal, corrected = max(held, key=lambda item: item[0], default=(0, None, None))
    if goal is None or corrected is None or not worth:
        return
    new = Figure(right.value, corrected.year, proof)
    if corrected is goal.base:
        goal.base = new
    else:
        goal.outcomes.append((date, 2, new))


def _move(unit: Unit, goals: Sequence[Goal], dates: Mapping[str, str]) -> None:
    """ "Målet för solel (5.3) höjs från 90 till 180 MW" gives the goal that has 90 that target, "Målåret för bredband
    flyttas från 2025 till 2027" a later year; both in a later document.
    """
    aimed = [one for one in goals if one.target and one.may_be_told_by(unit.passage.document_id, dates)]
    change = _FROM_TO.search(unit.text) if expression("cues", "changes").search(unit.text) else None
    was, new = (next(numbers(part), None) for part in change.groups()) if change else (None, None)
    goal = _meant(unit, [one for one in aimed if was and _amount(one.target) == was.amount])
    if goal and goal.target and new:
        goal.target = Figure(new.value, new.year or goal.target.year, unit.stretch)
    if moved := _YEAR_MOVED.search(unit.text):
        old, year = moved["old"] or moved["before"], int(moved["new"] or moved["instead"])
        dated = [one for one in aimed if one.target and one.target.year not in (None, year)]
        if goal := _meant(unit, [one for one in dated if not old or (one.target and one.target.year == int(old))]):
            goal.postponed = Figure(str(year), year, unit.stretch)


def _meant(unit: Unit, goals: Sequence[Goal]) -> Goal | None:
    """The one of some goals that a sentence means by number or words, None where it means none."""
    text = f"{unit.text} {' '.join(unit.passage.section[-2:])}"
    goal = max(goals, key=lambda one: _nearness(one, text), default=None)
    return goal if goal and _nearness(goal, text) else None


def _nearness(goal: Goal, text: str) -> int:
    """How much a text speaks of a goal: by its words, and by its number as by three."""
    numbered = goal.number is not None and re.search(rf"\b{re.escape(goal.number)}\b", text) is not None
    return 3 * numbered + len(goal.stems & meaning_stems(text))
