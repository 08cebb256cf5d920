"""Tables: found by their rules, and read row by row as "cell | cell"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from ingest.pdf.lines import Line, join, rows_of

CELL_SEPARATOR = " | "
_SLACK = 2.0
_RULE_POINTS = 3.0
_MINIMUM_RULE_POINTS = 15.0
_SAME_RULE_POINTS = 6.0
_MARGIN = 0.05
_ROW_PITCH_EM = 1.45
_NEAR_RULE_EM = 2.5
_SAME_EDGE_POINTS = 3.0
_CELLS_SHARE = 0.6
"""Share of a table's columns in which a row outside its rules must have a cell."""
_WALL_SHARE = 0.5
"""Share of a table's height that an upright rule must have, in one piece or several, to part columns."""
_PROSE_ROWS = 3
_PROSE_SHARE = 0.6
"""Text between two rules is no row where it runs over so many lines, each one piece, the widest this share of both."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled area of a page, in points of the frame; `ys` are the heights of its horizontal rules from the top."""

    left: float
    right: float
    ys: tuple[float, ...]
    walls: tuple[tuple[float, float, float], ...] = ()
    """Upright rules inside, as (x, top, bottom)."""

    def edges(self, pieces: Sequence[Line]) -> list[float]:
        """Left edges of the columns: by the upright rules, or by the gaps between pieces where there are none."""
        xs = sorted({round(x) for x, _, _ in self.walls})
        inner = [x for index, x in enumerate(xs) if not index or x - xs[index - 1] > _SAME_RULE_POINTS]
        if not inner:
            return column_edges(pieces)
        return [self.left, *inner]

    def width_of(self, piece: Line, edges: Sequence[float]) -> int:
        """How many columns a piece's cell takes: those up to the next upright rule at its height, 1 without rules."""
        if not self.walls:
            return 1
        stops = [x for x, top, bottom in self.walls if x > piece.x0 and top <= piece.middle <= bottom]
        stop = min(stops, default=self.right)
        column = _column_of(piece, edges)
        return max(1, sum(piece.x0 < edge < stop - _SLACK for edge in edges[column + 1 :]) + 1)

    def holds(self, piece: Line) -> bool:
        """Whether a piece of text stands inside."""
        inside = self.left - _SLACK <= piece.x0 and piece.x1 <= self.right + _SLACK
        return inside and self.ys[0] <= piece.middle <= self.ys[-1]


def rules_of(shapes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Horizontal lines, and the upper and lower edges of rectangles, as (n, 3) x0, x1, y."""
    if not len(shapes):
        return np.zeros((0, 3), dtype=np.float32)
    wide = shapes[(shapes[:, 2] - shapes[:, 0]) > _MINIMUM_RULE_POINTS]
    thin = (wide[:, 3] - wide[:, 1]) < _RULE_POINTS
    edges = [wide[:, [0, 2, 1]], wide[~thin][:, [0, 2, 3]]]
    return np.concatenate(edges).astype(np.float32)


def grids_of(rules: NDArray[np.float32], height: float) -> list[Grid]:
    """Areas with at least three horizontal rules of one extent; rules in the page's margins are left out."""
    spans: list[tuple[float, float, float]] = []
    for x0, x1, y in sorted(map(tuple, rules.tolist()), key=lambda rule: (round(rule[2] / 2), rule[0])):
        if not _MARGIN * height < y < (1 - _MARGIN) * height:
            continue
        last = spans[-1] if spans else None
        if last is not None and abs(last[2] - y) < 2 and x0 - last[1] < _RULE_POINTS:
            spans[-1] = (last[0], max(last[1], x1), last[2])
        else:
            spans.append((x0, x1, y))
    grids: list[tuple[float, float, list[float]]] = []
    for x0, x1, y in sorted(spans, key=lambda span: span[2]):
        for left, right, ys in grids:
            if abs(left - x0) < 4 and abs(right - x1) < 4:
                if y - ys[-1] > _SAME_RULE_POINTS:
                    ys.append(y)
                break
        else:
            grids.append((x0, x1, [y]))
    return [Grid(left, right, tuple(ys)) for left, right, ys in grids if len(ys) >= 3]


def with_walls(grid: Grid, walls: NDArray[np.float32]) -> Grid:
    """The grid with the upright rules (n, 3) x, top, bottom that part its cells, where they are for more than a row."""
    inside = [
        (x, top, bottom)
        for x, top, bottom in walls.tolist()
        if grid.left + _SAME_RULE_POINTS < x < grid.right - _SAME_RULE_POINTS
        and top < grid.ys[-1] - _SLACK
        and bottom > grid.ys[0] + _SLACK
    ]
    heights: Counter[int] = Counter()
    for x, top, bottom in inside:
        heights[round(x)] += round(bottom - top)
    enough = _WALL_SHARE * (grid.ys[-1] - grid.ys[0])
    return replace(grid, walls=tuple(wall for wall in inside if _height_near(heights, wall[0]) >= enough))


def _height_near(heights: Counter[int], x: float) -> int:
    return sum(heights[round(x) + step] for step in (-1, 0, 1))


def without_prose(grid: Grid, pieces: Sequence[Line]) -> list[Grid]:
    """The parts of a ruled area that are not running text: a table and a box may be ruled to the same width."""
    parts = [[grid.ys[0]]]
    for top, bottom in pairwise(grid.ys):
        rows = rows_of([piece for piece in pieces if top <= piece.middle < bottom])
        single = len(rows) >= _PROSE_ROWS and all(len(row) == 1 for row in rows)
        if single and max(row[0].x1 - row[0].x0 for row in rows) > _PROSE_SHARE * (grid.right - grid.left):
            parts.append([bottom])
        else:
            parts[-1].append(bottom)
    return [replace(grid, ys=tuple(ys)) for ys in parts if len(ys) >= 3]


def with_outer_rows(grid: Grid, pieces: Sequence[Line]) -> Grid:
    """The grid with the head above its first rule and the last row below its last one, where these are not ruled off.

    Such a row stands close to the rule and its cells begin where the columns do.
    """
    edges = column_edges([piece for piece in pieces if grid.holds(piece)])
    beside = [p for p in pieces if grid.left - _SLACK <= p.x0 and p.x1 <= grid.right + _SLACK]
    above = rows_of([piece for piece in beside if piece.middle < grid.ys[0]])[::-1]
    below = rows_of([piece for piece in beside if piece.middle > grid.ys[-1]])
    head = _outer_row(above, grid.ys[0], edges)
    foot = _outer_row(below, grid.ys[-1], edges) if head or len(grid.ys) > 3 else []
    ys = grid.ys
    if head:
        ys = (min(piece.top for piece in head) - _SLACK, *ys)
    if foot:
        ys = (*ys, max(piece.bottom for piece in foot) + _SLACK)
    return replace(grid, ys=ys)


def _outer_row(rows: Sequence[Sequence[Line]], rule: float, edges: Sequence[float]) -> list[Line]:
    """The pieces of the row next to a rule, with the lines that its cells run over; none where it is no row."""
    found: list[Line] = []
    before = rule
    for row in rows:
        reach = _NEAR_RULE_EM if not found else _ROW_PITCH_EM
        begun = sum(any(abs(piece.x0 - edge) < _SAME_EDGE_POINTS for edge in edges) for piece in row)
        if abs(row[0].middle - before) > reach * row[0].size or begun < len(row):
            break
        found += row
        before = row[0].middle
    cells = sum(any(abs(piece.x0 - edge) < _SAME_EDGE_POINTS for piece in found) for edge in edges)
    return found if cells >= max(2, _CELLS_SHARE * len(edges)) else []


def is_table(grid: Grid, pieces: Sequence[Line]) -> bool:
    """Whether the text inside a grid stands in at least two rows, one of them with several cells."""
    rows = rows_of(pieces)
    return len(rows) >= 2 and any(len(row) > 1 for row in rows)


def grid_rows(grid: Grid, pieces: Sequence[Line]) -> list[Line]:
    """The rows of a ruled table: between each two rules one row, unless only head and body are ruled."""
    edges = grid.edges(pieces)
    pieces = _spread_heads(grid, pieces, edges)
    rows: list[Line] = []
    ruled = len(grid.ys) > 3
    for top, bottom in zip(grid.ys, grid.ys[1:], strict=False):
        between = [piece for piece in pieces if top <= piece.middle < bottom]
        if not between:
            continue
        if ruled:
            ordered = [piece for row in rows_of(between) for piece in sorted(row, key=lambda piece: piece.x0)]
            rows.append(_as_cells(ordered, edges))
        else:
            rows += open_rows(between, edges)
    return rows


def _spread_heads(grid: Grid, pieces: Sequence[Line], edges: Sequence[float]) -> Sequence[Line]:
    """The pieces with each head that spans columns put into the heads below it, and the head in one row."""
    bands = [[p for p in pieces if top <= p.middle < bottom] for top, bottom in pairwise(grid.ys)]
    bands = [band for band in bands if band]
    if not grid.walls or len(bands) < 2:
        return pieces
    head = bands[0] if len(rows_of(bands[0])) > 1 else [*bands[0], *bands[1]]
    spread: list[Line] = []
    for piece in head:
        column = _column_of(piece, edges)
        beside = [_column_of(p, edges) for p in rows_of([piece, *head])[0] if p.x0 > piece.x1]
        columns = range(column, min([column + grid.width_of(piece, edges), *beside]))
        under = [p for p in head if p.top > piece.bottom - _SLACK and _column_of(p, edges) in columns]
        spans = len({_column_of(p, edges) for p in under}) > 1 and (column > 0 or len(rows_of(head)[0]) > 1)
        spread += [replace(piece, x0=p.x0, x1=p.x0 - p.size) for p in under] if spans else [piece]
    if len(spread) == len(head):
        return pieces
    low = max(head, key=lambda piece: piece.top)
    spread.sort(key=lambda piece: piece.top)
    one_row = [replace(piece, top=low.top, bottom=low.bottom) for piece in spread]
    kept = {id(piece) for piece in head}
    return [*one_row, *(piece for piece in pieces if id(piece) not in kept)]


def _column_of(piece: Line, edges: Sequence[float]) -> int:
    return max((index for index, edge in enumerate(edges) if piece.x0 >= edge - _SLACK), default=0)


def open_rows(pieces: Sequence[Line], edges: Sequence[float] | None = None) -> list[Line]:
    """The rows of a table without rules; a line that carries on the cells above joins their row."""
    edges = column_edges(pieces) if edges is None else edges
    pitch = _ROW_PITCH_EM * median(piece.size for piece in pieces)
    rows: list[list[Line]] = []
    previous = None
    for row in rows_of(pieces):
        row.sort(key=lambda piece: piece.x0)
        if previous is not None and _carries_on(previous, row, edges, pitch):
            rows[-1] += row
        else:
            rows.append(list(row))
        previous = row
    return [_as_cells(row, edges) for row in rows]


def column_edges(pieces: Sequence[Line]) -> list[float]:
    """Left edges of the columns: where a gap in the pieces' joint extent ends."""
    edges: list[float] = []
    reach = -1e9
    for piece in sorted(pieces, key=lambda piece: piece.x0):
        if piece.x0 > reach + _SLACK:
            edges.append(piece.x0)
        reach = max(reach, piece.x1)
    return edges


def _carries_on(previous: Sequence[Line], row: Sequence[Line], edges: Sequence[float], pitch: float) -> bool:
    """Whether a row stands close below and only carries on cells: the first is empty, in lower case or in brackets."""
    first_empty = len(edges) > 1 and row[0].x0 >= edges[1] - _SLACK
    goes_on = first_empty or row[0].text[:1].islower() or row[0].text[:1] == "("
    return row[0].middle - previous[0].middle < pitch and goes_on


def _as_cells(row: Sequence[Line], edges: Sequence[float]) -> Line:
    """The row as one line; a cell without text keeps its place, but for those after the last one with text."""
    cells: list[list[Line]] = [[] for _ in edges]
    for piece in row:
        cells[_column_of(piece, edges)].append(piece)
    blank = replace(row[0], text="", source=[], raised=())
    last = max(index for index, cell in enumerate(cells) if cell)
    return join([_joined(cell) if cell else blank for cell in cells[: last + 1]], CELL_SEPARATOR)


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
