"""Ruled tables: found by their rules, parted from the text around them, and read row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from ingest.pdf.cells import ROW_PITCH_EM, as_cells, beside_others, column_edges, column_of, columns_of, open_groups
from ingest.pdf.lines import Line, rows_of, walls_of

_SLACK = 2.0
_RULE_POINTS = 3.0
_MINIMUM_RULE_POINTS = 15.0
_SAME_RULE_POINTS = 6.0
_MARGIN = 0.05
_NEAR_RULE_EM = 2.5
_SAME_EDGE_POINTS = 3.0
_CELLS_SHARE = 0.6
"""Share of a table's columns in which a row outside its rules must have a cell."""
_PROSE_ROWS = 3
_PROSE_SHARE = 0.6
"""Text between two rules is no row where it runs over so many lines, each one piece, the widest this share of both."""
_BETWEEN_SHARE, _BETWEEN_EM = 0.4, 0.8
"""Nor where it is so wide, and stands in so much more room than the rows do, in font sizes."""
_LARGER = 1.15
"""So much larger than the table's text is a heading."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled area of a page, in points of the frame; `ys` are the heights of its horizontal rules from the top."""

    left: float
    right: float
    ys: tuple[float, ...]
    walls: tuple[tuple[float, float, float], ...] = ()
    """Upright rules inside, as (x, top, bottom)."""
    steps: tuple[tuple[float, float, float], ...] = ()
    """Horizontal rules that part rows in some of the columns only, as (x0, x1, y)."""

    def edges(self, pieces: Sequence[Line]) -> list[float]:
        """Left edges of the columns: by the upright rules, or by the gaps between pieces where there are none."""
        xs = sorted({round(x) for x, _, _ in self.walls})
        inner = [x for index, x in enumerate(xs) if not index or x - xs[index - 1] > _SAME_RULE_POINTS]
        return [self.left, *inner] if inner else column_edges(beside_others(pieces))

    def holds(self, piece: Line) -> bool:
        """Whether a piece of text stands inside."""
        inside = self.left - _SLACK <= piece.x0 and piece.x1 <= self.right + _SLACK
        return inside and self.ys[0] <= piece.middle <= self.ys[-1]


Rules = Sequence[tuple[float, float, float]]
"""Horizontal rules as (x0, x1, y), in points from the top left, uppermost first."""


def rules_of(shapes: NDArray[np.float32], height: float) -> Rules:
    """Horizontal lines, and the upper and lower edges of rectangles, those that meet joined; those in the margins of a
    page of this height are left out. `shapes` (n, 4) are x0, top, x1, bottom.
    """
    if not len(shapes):
        return ()
    wide = shapes[(shapes[:, 2] - shapes[:, 0]) > _MINIMUM_RULE_POINTS]
    thin = (wide[:, 3] - wide[:, 1]) < _RULE_POINTS
    edges = np.concatenate([wide[:, [0, 2, 1]], wide[~thin][:, [0, 2, 3]]]).astype(np.float32)
    joined: list[tuple[float, float, float]] = []
    for x0, x1, y in sorted(map(tuple, edges.tolist()), key=lambda rule: (round(rule[2] / 2), rule[0])):
        if not _MARGIN * height < y < (1 - _MARGIN) * height:
            continue
        last = joined[-1] if joined else None
        if last is not None and abs(last[2] - y) < 2 and x0 - last[1] < _RULE_POINTS:
            joined[-1] = (last[0], max(last[1], x1), last[2])
        else:
            joined.append((x0, x1, y))
    return sorted([*joined, *_closing(joined, walls_of(shapes))], key=lambda rule: rule[2])


def _closing(rules: Rules, walls: NDArray[np.float32]) -> Iterator[tuple[float, float, float]]:
    """The rules that a table lacks at its upper and lower end, where upright ones (n, 3) x, top, bottom of one height
    cross a rule and tell how far it reaches.
    """
    for top, bottom in sorted({(top, bottom) for _, top, bottom in walls.tolist()}):
        xs = [x for x, one, other in walls.tolist() if (one, other) == (top, bottom)]
        if max(xs) - min(xs) < _SAME_RULE_POINTS:
            continue
        crossed = [r for r in rules if r[0] < min(xs) and max(xs) < r[1] and top - _SLACK < r[2] < bottom + _SLACK]
        for end in (top, bottom) if crossed else ():
            if all(abs(y - end) > _SAME_RULE_POINTS for _, _, y in crossed):
                yield *crossed[0][:2], end


def grids_of(rules: Rules) -> list[Grid]:
    """Areas with at least three horizontal rules of one extent."""
    grids: list[tuple[float, float, list[float]]] = []
    for x0, x1, y in rules:
        for left, right, ys in grids:
            if abs(left - x0) < 4 and abs(right - x1) < 4:
                if y - ys[-1] > _SAME_RULE_POINTS:
                    ys.append(y)
                break
        else:
            grids.append((x0, x1, [y]))
    return [
        Grid(left, right, tuple(ys), steps=tuple(rule for rule in rules if _is_step(rule, left, right, ys)))
        for left, right, ys in grids
        if len(ys) >= 3
    ]


def _is_step(span: tuple[float, float, float], left: float, right: float, ys: Sequence[float]) -> bool:
    x0, x1, y = span
    inside = left - _SLACK <= x0 and x1 <= right + _SLACK and x1 - x0 < right - left - _SAME_RULE_POINTS
    return inside and ys[0] < y < ys[-1] and min(abs(y - other) for other in ys) > _SAME_RULE_POINTS


def without_gaps(grid: Grid, walls: NDArray[np.float32]) -> list[Grid]:
    """The grid's parts between which no upright rule (n, 3) x, top, bottom stands, and those without one beside them:
    tables of one width.
    """
    own = walls[(grid.left - _SLACK <= walls[:, 0]) & (walls[:, 0] <= grid.right + _SLACK)]
    bands = [bool(((own[:, 1] < (a + b) / 2) & ((a + b) / 2 < own[:, 2])).any()) for a, b in pairwise(grid.ys)]
    if not any(bands):
        return [grid]
    return [*_parts(grid, bands), *_parts(grid, [not walled for walled in bands])]


def _parts(grid: Grid, joined: Sequence[bool]) -> list[Grid]:
    """The grid cut where two rules that follow each other are not joined; a part has three rules or more."""
    parts = [[grid.ys[0]]]
    for y, goes_on in zip(grid.ys[1:], joined, strict=True):
        if goes_on:
            parts[-1].append(y)
        else:
            parts.append([y])
    return [replace(grid, ys=tuple(ys)) for ys in parts if len(ys) >= 3]


def with_walls(grid: Grid, walls: NDArray[np.float32]) -> Grid:
    """The grid with the upright rules (n, 3) x, top, bottom that part its cells."""
    inside = (
        (x, top, bottom)
        for x, top, bottom in walls.tolist()
        if grid.left + _SAME_RULE_POINTS < x < grid.right - _SAME_RULE_POINTS
        and top < grid.ys[-1] - _SLACK
        and bottom > grid.ys[0] + _SLACK
    )
    return replace(grid, walls=tuple(inside))


def without_prose(grid: Grid, pieces: Sequence[Line]) -> list[Grid]:
    """The parts of a ruled area that are not running text: a table and a box may be ruled to the same width, and two
    tables with what stands under the one and over the other, such as a heading and a head.
    """
    bands = [rows_of([p for p in pieces if top <= p.middle < bottom]) for top, bottom in pairwise(grid.ys)]
    spare = [_spare(rows, bottom - top) for rows, (top, bottom) in zip(bands, pairwise(grid.ys), strict=True)]
    usual = median(spare)
    size = median(piece.size for rows in bands for row in rows for piece in row) if any(bands) else 0.0
    joined = []
    for rows, free in zip(bands, spare, strict=True):
        single = bool(rows) and all(len(row) == 1 for row in rows)
        widest = max((row[0].x1 - row[0].x0 for row in rows), default=0.0) / (grid.right - grid.left)
        prose = len(rows) >= _PROSE_ROWS and widest > _PROSE_SHARE
        between = widest > _BETWEEN_SHARE and free > usual + _BETWEEN_EM * rows[0][0].size
        headed = any(len(row) == 1 and row[0].size > _LARGER * size for row in rows) and not single
        joined.append(not (headed or (single and (prose or between))))
    return _parts(grid, joined)


def _spare(rows: Sequence[Sequence[Line]], height: float) -> float:
    """How much higher a band is than its lines, in points."""
    return height - sum(ROW_PITCH_EM * row[0].size for row in rows)


def with_outer_rows(grid: Grid, pieces: Sequence[Line], rules: Rules) -> Grid:
    """The grid with the head above its first rule and the last row below its last one, where these are not ruled off.

    Such a row stands close to the rule and its cells begin where the columns do, or end there. `rules` are all of the
    page: shorter ones part the rows of a head, but for those that begin where the table does, as under a heading.
    """
    columns = columns_of([piece for piece in pieces if grid.holds(piece)])
    beside = [p for p in pieces if grid.left - _SLACK <= p.x0 and p.x1 <= grid.right + _SLACK]
    above = rows_of([piece for piece in beside if piece.middle < grid.ys[0]])[::-1]
    below = rows_of([piece for piece in beside if piece.middle > grid.ys[-1]])
    shorter = [
        (x0, x1, y)
        for x0, x1, y in rules
        if grid.left + _SAME_RULE_POINTS < x0 and x1 <= grid.right + _SLACK and y < grid.ys[0] - _SAME_RULE_POINTS
    ]
    head = _outer_row(above, grid.ys[0], columns, [y for _, _, y in shorter])
    foot = _outer_row(below, grid.ys[-1], columns) if head or len(grid.ys) > 3 else []
    ys = grid.ys
    if head:
        ys = (min(piece.top for piece in head) - _SLACK, *ys)
    if foot:
        ys = (*ys, max(piece.bottom for piece in foot) + _SLACK)
    return replace(grid, ys=ys, steps=(*(step for step in shorter if step[2] > ys[0]), *grid.steps))


def whole_grids(rules: Rules, pieces: Sequence[Line]) -> list[Grid]:
    """The ruled areas of a page, each with the rows that it does not rule off. `pieces` are all of the page."""
    return [with_outer_rows(grid, pieces, rules) for grid in grids_of(rules)]


def _outer_row(
    rows: Sequence[Sequence[Line]], rule: float, columns: Sequence[tuple[float, float]], shorter: Sequence[float] = ()
) -> list[Line]:
    """The pieces of the row next to a rule, with the lines that its cells run over and those that stand on one of the
    `shorter` rules; none where it is no row.
    """

    def over(piece: Line, edge: float, end: float) -> bool:
        return abs(piece.x0 - edge) < _SAME_EDGE_POINTS or abs(piece.x1 - end) < _SAME_EDGE_POINTS

    found: list[Line] = []
    before = rule
    for row in rows:
        reach = _NEAR_RULE_EM if not found else ROW_PITCH_EM
        begun = sum(any(over(piece, *column) for column in columns) for piece in row)
        near = abs(row[0].middle - before) <= reach * row[0].size
        near = near or any(0 < y - row[0].middle < _NEAR_RULE_EM * row[0].size for y in shorter)
        if not near or begun < len(row):
            break
        found += row
        before = row[0].middle
    cells = len({next(n for n, column in enumerate(columns) if over(piece, *column)) for piece in found})
    return found if cells >= max(2, _CELLS_SHARE * len(columns)) else []


def grid_rows(grid: Grid, pieces: Sequence[Line]) -> list[Line]:
    """The rows of a ruled table: between each two rules one row, unless only head and body are ruled."""
    edges = grid.edges(pieces)
    pieces = _spread_heads(grid, pieces, edges)
    rows: list[list[Line]] = []
    for top, bottom in pairwise(grid.ys):
        between = [piece for piece in pieces if top <= piece.middle < bottom]
        for part in _stepped(grid, between, edges, top, bottom) if between else ():
            if len(grid.ys) > 3:
                rows.append([piece for row in rows_of(part) for piece in sorted(row, key=lambda piece: piece.x0)])
            else:
                rows += open_groups(part, edges)
    return [as_cells(row, edges) for row in rows]


def _stepped(
    grid: Grid, pieces: Sequence[Line], edges: Sequence[float], top: float, bottom: float
) -> list[Sequence[Line]]:
    """The pieces between two rules by row where shorter rules part them; a cell beside those belongs to each row."""
    steps = [step for step in grid.steps if top < step[2] < bottom]
    if not steps or top == grid.ys[0]:
        return [pieces]
    crossed = [n for n, edge in enumerate(edges) if any(x0 - _SLACK <= edge < x1 - _SLACK for x0, x1, _ in steps)]
    borders = sorted({top, bottom, *(y for _, _, y in steps)})
    parts = [
        [piece for piece in pieces if column_of(piece, edges) not in crossed or low <= piece.middle < high]
        for low, high in pairwise(borders)
        if high - low > _SAME_RULE_POINTS
    ]
    return [part for part in parts if any(column_of(piece, edges) in crossed for piece in part)]


def _spread_heads(grid: Grid, pieces: Sequence[Line], edges: Sequence[float]) -> Sequence[Line]:
    """The pieces with each head that spans columns put into the heads below it, and the head in one row."""
    bands = [[p for p in pieces if top <= p.middle < bottom] for top, bottom in pairwise(grid.ys)]
    bands = [band for band in bands if band]
    if not (grid.walls or grid.steps) or len(bands) < 2:
        return pieces
    head = bands[0] if len(rows_of(bands[0])) > 1 else [*bands[0], *bands[1]]
    spread: list[Line] = []
    for piece in head:
        column = column_of(piece, edges)
        beside = [column_of(p, edges) for p in rows_of([piece, *head])[0] if p.x0 > piece.x1]
        columns = range(column, min([len(edges), *beside]))
        under = [p for p in head if p.top > piece.bottom - _SLACK and column_of(p, edges) in columns]
        spans = len({column_of(p, edges) for p in under}) > 1 and (column > 0 or len(rows_of(head)[0]) > 1)
        spread += [replace(piece, x0=p.x0, x1=p.x0 - p.size) for p in under] if spans else [piece]
    if len(spread) == len(head):
        return pieces
    low = max(head, key=lambda piece: piece.top)
    spread.sort(key=lambda piece: piece.top)
    one_row = [replace(piece, top=low.top, bottom=low.bottom) for piece in spread]
    kept = {id(piece) for piece in head}
    return [*one_row, *(piece for piece in pieces if id(piece) not in kept)]
