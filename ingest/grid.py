"""Tables with merged cells as lines of text: each cell's words stand in every row and column that the cell covers.

Shared by all readers whose files say which cells are merged: web pages, Word, PowerPoint, Excel, OpenDocument.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.documents import BlockKind
from ingest.plain import Line

_MAXIMUM_SPAN = 100
_HEAD_CHARS = 60


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
    """The table as one block, a row to a line, cells divided by " | ", empty rows left out.

    Rows of one cell above the head are its captions, a head of several rows is read as one, and a table of a single
    column is no table but paragraphs.
    """
    grid = spread(rows)
    if not grid or len(grid[0]) < 2:
        yield from (Line(BlockKind.PARAGRAPH, row[0]) for row in grid if row and row[0])
        return
    top = 0
    while top + 1 < len(grid) and sum(map(bool, grid[top])) < 2 and (grid[top][0] or not any(grid[top])):
        if grid[top][0]:
            yield Line(BlockKind.CAPTION, grid[top][0])
        top += 1
    depth = _head_depth(rows[top:])
    head = [" ".join(dict.fromkeys(filter(None, column))) for column in zip(*grid[top : top + depth], strict=True)]
    head[0] = head[0] or ("–" if any(head) else "")  # the line must not begin with a divider
    filled = [row for row in (head, *grid[top + depth :]) if any(row)]
    if filled:
        yield Line(BlockKind.TABLE, "\n".join(" | ".join(row).rstrip(" |") for row in filled))


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


def _head_depth(rows: Sequence[Sequence[Cell]]) -> int:
    """How many of the first rows are one head: more than one where a cell of the first stands over several columns."""
    if len(rows) < 3 or len(rows[0]) < 2 or all(cell.across == 1 for cell in rows[0]):
        return 1
    depth = max(2, *(cell.down for cell in rows[0]))
    under = [cell.text for row in rows[1:depth] for cell in row]
    short = all(0 < len(text) <= _HEAD_CHARS for text in under)
    return depth if short and depth < len(rows) else 1
