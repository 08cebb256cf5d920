"""Cards: frames in which one line of cells holds a name and its status, and the next the figures and the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import zip_longest

from ingest.facts.figures import PERIOD, SUM
from ingest.facts.table_heads import is_status
from ingest.facts.table_rows import LONGEST_NAME, Cell, Row
from ingest.facts.types import Attribute
from ingest.facts.vocabulary import funds

_LONGEST_LINE = 160
"""Characters of a cell that holds the figures of a card; a longer one is its text."""


def carded(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, every card of two lines as one row with its name, status and figures."""
    lines = list(rows)
    below: Row | None = None
    for row, after in zip_longest(lines, lines[1:]):
        if row is below:
            continue
        if after is not None and _titles(row) and _goes_under(row, after):
            below = after
            name, *others = row.cells
            marks = (replace(cell, meaning=Attribute.STATUS) if is_status(cell.text) else cell for cell in others)
            cells = (replace(name, meaning="name"), *marks, *(part for cell in after.cells for part in _parts(cell)))
            yield replace(row, cells=cells, end=after.end)
        else:
            yield row


def _titles(row: Row) -> bool:
    """Whether a line is a name and a status, without heads."""
    name = row.cells[0].text
    named = name[:1].isupper() and len(name) <= LONGEST_NAME and not is_status(name)
    return len(row.cells) > 1 and _bare(row) and named and is_status(row.cells[-1].text)


def _goes_under(row: Row, after: Row) -> bool:
    """Whether a line is the second of the card that the line above it opens."""
    return row.passage is after.passage and after.start == row.end + 1 and _bare(after) and not _titles(after)


def _bare(row: Row) -> bool:
    return not any(cell.header for cell in row.cells)


def _parts(cell: Cell) -> Iterator[Cell]:
    """The figures of a cell by their form, a cell of text as it is."""
    if len(cell.text) > _LONGEST_LINE:
        yield cell
        return
    for meaning, form in (("period", PERIOD), (Attribute.SUM, SUM), (Attribute.FUNDER, funds())):
        if found := form.search(cell.text):
            yield cell.part(*found.span(), meaning, cell.header)
