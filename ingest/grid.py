"""Tables with merged cells as lines of text: each cell's words stand in every row and column that the cell covers.

Shared by all readers whose files say which cells are merged: web pages, Word, PowerPoint, Excel, OpenDocument.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.documents import BlockKind
from ingest.plain import Line

_MAXIMUM_SPAN = 100
_HEAD_CHARS = 60
NO_CELL = "–"
"""Stands for an empty cell that begins a row: a line does not begin with a divider."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as the file has it, with how many columns and rows it covers (at least 1)."""

    text: str
    across: int = 1
    down: int = 1


def cells_of(texts: Iterable[str]) -> list[Cell]:
    """A row of cells of which none is merged."""
    return [Cell(text) for text in texts]


def table_lines(rows: Sequence[Sequence[Cell]]) -> Iterator[Line]:
    """The tables as one block each, a row to a line, cells divided by " | ", empty rows left out.

    Rows of one cell above the head are its captions, a head of several rows is read as one, and a table of a single
    column is no table but paragraphs. A head or caption after an empty row begins another table.
    """
    grid = spread(rows)
    if not grid or len(grid[0]) < 2:
        yield from (Line(BlockKind.PARAGRAPH, row[0]) for row in grid if row and row[0])
        return
    begins = [0, *(number for number in range(1, len(grid)) if _begins_table(grid, number)), len(grid)]
    for start, end in pairwise(begins):
        yield from _one_table(rows[start:end], grid[start:end])


def _begins_table(grid: Sequence[Sequence[str]], number: int) -> bool:
    """Whether a row after an empty one is a caption or a head: several words and no figure, with more rows below."""
    row = [cell for cell in grid[number] if cell]
    if not row or any(grid[number - 1]) or number + 1 == len(grid) or not any(grid[number + 1]):
        return False
    return len(row) == 1 or not any(letter.isdigit() for cell in row for letter in cell)


def _one_table(rows: Sequence[Sequence[Cell]], grid: Sequence[list[str]]) -> Iterator[Line]:
    top = 0
    while top + 1 < len(grid) and sum(map(bool, grid[top])) < 2 and (grid[top][0] or not any(grid[top])):
        if grid[top][0]:
            yield Line(BlockKind.CAPTION, grid[top][0])
        top += 1
    depth = _head_depth(rows[top:], grid[top:])
    head = [" ".join(dict.fromkeys(filter(None, column))) for column in zip(*grid[top : top + depth], strict=True)]
    filled = [row for row in (head, *grid[top + depth :]) if any(row)]
    if filled:
        lines = (" | ".join((row[0] or NO_CELL, *row[1:])).rstrip(" |") for row in filled)
        yield Line(BlockKind.TABLE, "\n".join(lines))


def spread(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    """Rows of equal length; a cell that covers a whole row of several columns is written once, in the first."""
    placed: dict[tuple[int, int], str] = {}
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            while (number, column) in placed:
                column += 1
            across, down = min(cell.across, _MAXIMUM_SPAN), min(cell.down, _MAXIMUM_SPAN, len(rows) - number)
            once = column == 0 and sum(bool(other.text) for other in row) == 1
            for below in range(down):
                for beside in range(across):
                    placed[number + below, column + beside] = "" if once and beside else cell.text
            column += across
    width = max((column for _, column in placed), default=-1) + 1
    return [[placed.get((number, column), "") for column in range(width)] for number in range(len(rows))]


def _head_depth(rows: Sequence[Sequence[Cell]], grid: Sequence[Sequence[str]]) -> int:
    """How many of the first rows are one head: more than one where a cell of the first stands over several columns.

    Below the head's other cells nothing new may stand: there the data begin.
    """
    if len(rows) < 3 or len(rows[0]) < 2 or all(cell.across == 1 for cell in rows[0]):
        return 1
    depth = max(2, *(cell.down for cell in rows[0]))
    if depth >= len(rows):
        return 1
    column = 0
    for cell in rows[0]:
        under = [row[place] for row in grid[1:depth] for place in range(column, column + cell.across)]
        spans = cell.across > 1 and all(0 < len(text) <= _HEAD_CHARS for text in under)
        if not spans and any(text not in ("", cell.text) for text in under):
            return 1
        column += cell.across
    return depth
