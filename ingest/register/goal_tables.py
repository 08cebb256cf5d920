"""Goals that stand in tables: a header such as "Mål | Mått | Målvärde | År | Utfall", one goal a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.documents import Passage, PassageKind
from ingest.register.table_cells import Table, TableRow, read_table

_NUMBER_HEAD = r"(?:(?:nr|nummer|id)\.? )?"
_GOAL = _NUMBER_HEAD + r"(?:del|effekt|huvud)?(?:mål|målsättning)(?:en)?\b(?! ?(?:värde|nivå|\d))"
_GOAL_AREA = r"målområde"
_INDICATOR = r"(?:mått|indikator|nyckeltal|mäts|mätetal)"
_TARGET = r"(?:mål(?:värde|nivå| ?(?:19|20)\d\d)|nivå|riktning|ska (?:nå|bli)|önskat värde)"
_YEAR = r"(?:mål)?år(?:tal)?\b|(?:senast\b|till och med|slutår)"
_BASE = r"(?:basvärde|basår|utgångs(?:läge|värde)|startvärde)"
_OUTCOME = r"(?:utfall|resultat|nuläge|senaste|uppnått|läge)"
_LABEL = re.compile(r"^[A-ZÅÄÖ]{0,2}\d{1,2}(?:\.\d{1,2})*\.? (?=[^\W\d])")
"""The number that a goal goes by, before its name."""
_FIGURE = re.compile(r"\d")
_ANY_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class GoalRow:
    """One goal of a table: passage.text[start:end] is its row. `outcome` is the cell that tells how it went.

    `target` joins the cells that say what should be reached and when, so that figures and years are read from it.
    """

    passage: Passage
    start: int
    end: int
    title: str
    indicator: str
    target: str
    outcome: str


def goal_rows(passages: Sequence[Passage]) -> Iterator[GoalRow]:
    """The rows of all tables whose header says that they hold goals."""
    for passage in passages:
        if passage.kind is not PassageKind.TABLE:
            continue
        table = read_table(passage)
        if table is not None and holds_goals(table):
            yield from (found for row in table.rows if (found := _goal_row(passage, table, row)))


def outcome_cell(passage: Passage, start: int) -> str | None:
    """What the outcome column says in the row that begins at `start`; None for a passage that is no such table."""
    table = read_table(passage)
    row = next((row for row in table.rows if row.start == start), None) if table else None
    return row.cell(table.column(_OUTCOME)) or None if table and row else None


def holds_goals(table: Table) -> bool:
    """Whether a table is one of goals: it has columns of two of the three, goals, indicators and targets."""
    return sum(column is not None for column in (_goal(table), table.column(_INDICATOR), _target(table))) >= 2


def _target(table: Table) -> int | None:
    """The column of targets; also a second "Mål" whose every cell has a figure, or else the last bare year."""
    goals = [number for number, text in enumerate(table.header) if re.match(_GOAL, text, re.IGNORECASE)]
    figures = (n for n in goals[1:] if table.rows and all(_FIGURE.search(row.cell(n)) for row in table.rows))
    named = next(figures, table.column(_TARGET))
    years = [number for number, text in enumerate(table.header) if _ANY_YEAR.fullmatch(text)]
    return years[-1] if named is None and years else named


def _goal(table: Table) -> int | None:
    named = table.column(_GOAL)
    return table.column(_GOAL_AREA) if named is None else named


def _goal_row(passage: Passage, table: Table, row: TableRow) -> GoalRow | None:
    goal, indicator = _goal(table), table.column(_INDICATOR)
    target, year = _target(table), table.column(_YEAR)
    title = _LABEL.sub("", row.cell(goal) or row.cell(indicator))
    if len(title) < 3 or _FIGURE.fullmatch(title):
        return None
    dated = _ANY_YEAR.search(table.header[target]) if target is not None else None
    parts = [row.cell(indicator), row.cell(target), row.cell(year) or (dated.group() if dated else "")]
    base = table.column(_BASE)
    outcome = table.column(_OUTCOME)
    return GoalRow(
        passage,
        row.start,
        row.end,
        title,
        row.cell(indicator) or title,
        ": ".join(filter(None, (parts[0], " ".join(filter(None, parts[1:]))))),
        row.cell(outcome) if outcome != base else "",
    )
