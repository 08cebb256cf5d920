"""Columns and cells of a table: where columns begin, which pieces are one row, and a row as "cell | cell"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from ingest.pdf.lines import Line, join, rows_of
from ingest.plain import NO_CELL

CELL_SEPARATOR = " | "
ROW_PITCH_EM = 1.45
"""How far apart the lines of one row stand at most, in font sizes."""
_OVERLAP_EM = 0.9
"""Lines nearer than this lie over each other, in font sizes."""
_SLACK = 2.0


def column_of(piece: Line, edges: Sequence[float]) -> int:
    """The number of the column that a piece begins in."""
    return max((index for index, edge in enumerate(edges) if piece.x0 >= edge - _SLACK), default=0)


def open_rows(pieces: Sequence[Line]) -> list[Line]:
    """The rows of a table without rules; a line that carries on the cells above joins their row."""
    edges = column_edges(pieces)
    return [as_cells(row, edges) for row in open_groups(pieces, edges)]


def open_groups(pieces: Sequence[Line], edges: Sequence[float]) -> list[list[Line]]:
    """The pieces of each row of a table without rules between its rows."""
    lines = rows_of(pieces)
    pitch = ROW_PITCH_EM * median(piece.size for piece in pieces)
    if len(edges) == 2:  # terms and their definitions, which are set with the space of their lines
        pitch = max(pitch, 1.15 * min((b[0].middle - a[0].middle for a, b in pairwise(lines)), default=0.0))
    rows: list[list[Line]] = []
    previous = None
    for row in lines:
        row.sort(key=lambda piece: piece.x0)
        if previous is not None and (_carries_on(previous, row, edges, pitch) or _beside(previous, row, edges)):
            rows[-1] += row
        else:
            rows.append(list(row))
        previous = row
    return rows


def column_edges(pieces: Sequence[Line]) -> list[float]:
    """Left edges of the columns: where a gap in the pieces' joint extent ends."""
    edges: list[float] = []
    reach = -1e9
    for piece in sorted(pieces, key=lambda piece: piece.x0):
        if piece.x0 > reach + _SLACK:
            edges.append(piece.x0)
        reach = max(reach, piece.x1)
    return edges


def beside_others(pieces: Sequence[Line]) -> Sequence[Line]:
    """The pieces that stand beside another one; all where none does. A line that stands alone may reach over columns:
    it heads a group of rows, or goes on about the row above."""
    return [piece for row in rows_of(pieces) if len(row) > 1 for piece in row] or pieces


def columns_of(pieces: Sequence[Line]) -> tuple[tuple[float, float], ...]:
    """Left and right ends of the columns that the pieces stand in."""
    pieces = beside_others(pieces)
    edges = column_edges(pieces)
    ends = list(edges)
    for piece in pieces:
        column = column_of(piece, edges)
        ends[column] = max(ends[column], piece.x1)
    return tuple(zip(edges, ends, strict=True))


def _carries_on(previous: Sequence[Line], row: Sequence[Line], edges: Sequence[float], pitch: float) -> bool:
    """Whether a row stands close below and only carries on cells: the first is empty, in lower case or in brackets."""
    first_empty = len(edges) > 1 and row[0].x0 >= edges[1] - _SLACK
    goes_on = first_empty or row[0].text[:1].islower() or row[0].text[:1] == "("
    if len(row) > 2 and len(row) >= len(previous) and not first_empty:
        return False  # as many cells: a row of its own
    return row[0].middle - previous[0].middle < pitch and goes_on


def _beside(previous: Sequence[Line], row: Sequence[Line], edges: Sequence[float]) -> bool:
    """Whether two lines are too near to be two rows: cells of other columns, each set in the middle of its row."""
    columns = {column_of(piece, edges) for piece in previous}.isdisjoint(column_of(piece, edges) for piece in row)
    return columns and row[0].middle - previous[0].middle < _OVERLAP_EM * row[0].size


def as_cells(row: Sequence[Line], edges: Sequence[float]) -> Line:
    """The row as one line; a cell without text keeps its place, but for those after the last one with text."""
    cells: list[list[Line]] = [[] for _ in edges]
    for piece in row:
        cells[column_of(piece, edges)].append(piece)
    blank = replace(row[0], text="", source=[], raised=())
    first = replace(blank, text=NO_CELL, source=[-1])
    last = max(index for index, cell in enumerate(cells) if cell)
    filled = [_joined(cell) if cell else blank if index else first for index, cell in enumerate(cells[: last + 1])]
    return join(filled, CELL_SEPARATOR)


def _joined(cell: Sequence[Line]) -> Line:
    """The pieces of a cell, words broken at line ends made whole; "vård- och" keeps its hyphen."""
    whole = cell[0]
    for piece in cell[1:]:
        broken = whole.text[-2:-1].isalpha() and whole.text.endswith("-") and piece.top > whole.middle
        if broken and piece.text[:1].islower() and piece.text.split()[0] not in ("och", "eller", "samt"):
            whole = join([replace(whole, text=whole.text[:-1], source=whole.source[:-1]), piece], "")
        else:
            whole = join([whole, piece])
    return whole
