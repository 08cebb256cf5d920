"""Reading order: columns, text boxes and tables of one page, from fragments that stand anywhere.

A gutter is an x that many lines keep free. What crosses it splits the page into zones; inside a zone the left side is
read before the right, unless the two sides pair up as the rows of a table. The same is done again inside each side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from statistics import median

import numpy as np
from numpy.typing import NDArray

from ingest.lines import Line, join, rows_of

_SLACK = 2.0
_MINIMUM_SIDE_LINES = 3
_PROSE_CHARS = 20
_PROSE_FILL = 0.7
_CELL_SEPARATOR = " | "
_RULE_POINTS = 3.0


@dataclass(slots=True)
class Flow:
    """Lines that are read one after the other in one column. `role` is "text", "table" or "box"."""

    lines: list[Line]
    left: float
    right: float
    role: str = "text"


@dataclass(slots=True)
class _Item:
    """A fragment, or a text box that is placed as one piece."""

    line: Line
    inside: list[Line] = field(default_factory=list)


def arrange(fragments: Sequence[Line], shapes: NDArray[np.float32], width: float, height: float) -> list[Flow]:
    """The flows of one page in reading order. `shapes` (n, 4) x0, top, x1, bottom of drawn lines and rectangles."""
    if not fragments:
        return []
    items = _boxed(fragments, shapes, width, height)
    rules = rules_of(shapes)
    return _order(items, rules, "text")


def rules_of(shapes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Horizontal lines, and the upper and lower edges of rectangles, as (n, 3) x0, x1, y."""
    if not len(shapes):
        return np.zeros((0, 3), dtype=np.float32)
    wide = shapes[(shapes[:, 2] - shapes[:, 0]) > 15]
    thin = (wide[:, 3] - wide[:, 1]) < _RULE_POINTS
    edges = [wide[:, [0, 2, 1]], wide[~thin][:, [0, 2, 3]]]
    return np.concatenate(edges).astype(np.float32)


def _boxed(fragments: Sequence[Line], shapes: NDArray[np.float32], width: float, height: float) -> list[_Item]:
    """Puts the text inside drawn boxes together; a box with one row of text, or nearly the page, is no text box."""
    if not len(shapes):
        return [_Item(fragment) for fragment in fragments]
    size = shapes[:, 2:] - shapes[:, :2]
    wanted = (size[:, 0] > 30) & (size[:, 1] > 15) & (size.prod(axis=1) < 0.6 * width * height)
    boxes = shapes[wanted][np.argsort(size[wanted].prod(axis=1), kind="stable")]
    left = list(fragments)
    items = []
    for box in boxes:
        inside = [piece for piece in left if _holds(box, piece)]
        if len(rows_of(inside)) < 2 or len(inside) == len(fragments):
            continue
        left = [piece for piece in left if not _holds(box, piece)]
        frame = replace(inside[0], x0=float(box[0]), top=float(box[1]), x1=float(box[2]), bottom=float(box[3]))
        items.append(_Item(frame, inside))
    return items + [_Item(fragment) for fragment in left]


def _holds(box: NDArray[np.float32], piece: Line) -> bool:
    return bool(box[0] - _SLACK <= piece.x0 and piece.x1 <= box[2] + _SLACK and box[1] <= piece.middle <= box[3])


def _order(items: list[_Item], rules: NDArray[np.float32], role: str) -> list[Flow]:
    left = min(item.line.x0 for item in items)
    right = max(item.line.x1 for item in items)
    gutter = _best_gutter(items)
    if gutter is None:
        return _single(items, rules, left, right, role)
    zones = [(zone, _sides(zone, gutter)) for zone in _zones(items, gutter)]
    shapes = [_judge(*sides, rules, gutter) if sides else "through" for _, sides in zones]
    prose_rows, table_rows = (
        sum(len(zone) for (zone, _), shape in zip(zones, shapes, strict=True) if shape == kind)
        for kind in ("columns", "table")
    )
    flows: list[Flow] = []
    pending: list[_Item] = []
    for (zone, sides), shape in zip(zones, shapes, strict=True):
        if sides is None or shape == "through" and prose_rows <= table_rows:
            pending += zone
            continue
        if pending:
            flows += _single(pending, rules, left, right, role)
            pending = []
        if shape == "ruled" or (shape == "table" and prose_rows <= table_rows):
            flows.append(_table(zone, rules, left, right))
        else:
            flows += _order(sides[0], rules, role) + _order(sides[1], rules, role)
    if pending:
        flows += _single(pending, rules, left, right, role)
    return flows


def _single(items: list[_Item], rules: NDArray[np.float32], left: float, right: float, role: str) -> list[Flow]:
    """One column from the top down; text boxes are read whole where they stand."""
    flows: list[Flow] = []
    lines: list[Line] = []
    boxes = {id(item.line): item.inside for item in items if item.inside}
    for row in rows_of([item.line for item in items]):
        row.sort(key=lambda piece: piece.x0)
        text = [piece for piece in row if id(piece) not in boxes]
        if text:
            lines.append(join(text))
        for piece in row:
            if id(piece) in boxes:
                if lines:
                    flows.append(Flow(lines, left, right, role))
                    lines = []
                inside = [_Item(fragment) for fragment in boxes[id(piece)]]
                flows += _order(inside, rules, "box")
    if lines:
        flows.append(Flow(lines, left, right, role))
    return flows


def _best_gutter(items: list[_Item]) -> float | None:
    """The x that splits the most lines into two sides, or None where the text runs in one column."""
    rows = [row for row in rows_of([item.line for item in items]) if len(row) > 1]
    if len(rows) < _MINIMUM_SIDE_LINES:
        return None
    starts = sorted(piece.x0 for row in rows for piece in sorted(row, key=lambda piece: piece.x0)[1:])
    candidates = [x for index, x in enumerate(starts) if not index or x - starts[index - 1] > _SLACK]
    best, best_score = None, 0.0
    for x in candidates:
        score = 0.0
        for zone in _zones(items, x):
            sides = _sides(zone, x)
            if sides and _keeps_free(*sides, x):
                score += min(map(len, sides))
        if score > best_score:
            best, best_score = x, score
    return best


def _keeps_free(left: list[_Item], right: list[_Item], x: float) -> bool:
    """Whether the gutter of a zone is meant: lines start at it or it is wide, unlike the chance gaps of set text."""
    if min(len(left), len(right)) < _MINIMUM_SIDE_LINES:
        return False
    gap = min(item.line.x0 for item in right) - max(item.line.x1 for item in left)
    em = median(item.line.size for item in (*left, *right))
    firsts = [min(row, key=lambda piece: piece.x0) for row in rows_of([item.line for item in right])]
    aligned = sum(abs(piece.x0 - x) < 3 for piece in firsts) >= 0.5 * len(firsts)
    numbers = sum(piece.text[-1:].isdigit() and len(piece.text) < 16 for piece in firsts) >= 0.6 * len(firsts)
    enough = 0.5 if len(firsts) > 3 else 1.2
    return gap > enough * em and (aligned or numbers or (gap > 1.5 * em and len(firsts) > 2))


def _crosses(line: Line, x: float) -> bool:
    return line.x0 < x - _SLACK and line.x1 > x - 0.2 * line.size


def _zones(items: list[_Item], x: float) -> list[list[_Item]]:
    """Runs of items from the top down that keep the gutter free, and between them the items that cross it."""
    zones: list[list[_Item]] = []
    free_before: bool | None = None
    for item in sorted(items, key=lambda item: (item.line.middle, item.line.x0)):
        free = not _crosses(item.line, x)
        if free != free_before:
            zones.append([])
        zones[-1].append(item)
        free_before = free
    return zones


def _sides(zone: list[_Item], x: float) -> tuple[list[_Item], list[_Item]] | None:
    if _crosses(zone[0].line, x):
        return None
    left = [item for item in zone if item.line.x0 < x - _SLACK]
    right = [item for item in zone if item.line.x0 >= x - _SLACK]
    if not left or not right:
        return None
    lowest_top = max(min(item.line.top for item in side) for side in (left, right))
    highest_bottom = min(max(item.line.bottom for item in side) for side in (left, right))
    return (left, right) if lowest_top < highest_bottom else None


def _judge(left: list[_Item], right: list[_Item], rules: NDArray[np.float32], x: float) -> str:
    """ "columns", "table", "ruled" (a table for certain), or "through" for a zone whose sides belong to the lines around it."""
    lines = [item.line for item in (*left, *right)]
    if any(item.inside for item in (*left, *right)):
        return "columns"
    top, bottom = min(line.top for line in lines), max(line.bottom for line in lines)
    crossing = rules[(rules[:, 0] < x - 5) & (rules[:, 1] > x + 5) & (rules[:, 2] > top) & (rules[:, 2] < bottom)]
    if len(np.unique(np.round(crossing[:, 2] / 4))) >= 2:
        return "ruled"
    rows = rows_of(lines)
    paired = sum(any(a.x0 < x - _SLACK for a in row) and any(a.x0 >= x - _SLACK for a in row) for row in rows)
    if len(rows) < 2:
        return "through"
    prose = _is_prose(left), _is_prose(right)
    if all(prose) or paired < 0.5 * len(rows):
        return "columns"
    return "table" if len(rows) > 2 or not any(prose) else "columns"


def _is_prose(side: list[_Item]) -> bool:
    """Whether lines fill their column as running text does."""
    rows = rows_of([item.line for item in side])
    width = max(item.line.x1 for item in side) - min(item.line.x0 for item in side)
    extents = [max(piece.x1 for piece in row) - min(piece.x0 for piece in row) for row in rows]
    lengths = [sum(len(piece.text) for piece in row) for row in rows]
    return median(extents) / max(width, 1.0) >= _PROSE_FILL and median(lengths) >= _PROSE_CHARS


def _table(zone: list[_Item], rules: NDArray[np.float32], left: float, right: float) -> Flow:
    """The zone's fragments as rows of cells; lines of one cell are joined where no new row begins between them."""
    pieces = [item.line for item in zone]
    edges = _column_edges(pieces)
    rows: list[list[Line]] = []
    pitch = _row_pitch(pieces)
    previous: list[Line] | None = None
    for row in rows_of(pieces):
        row.sort(key=lambda piece: piece.x0)
        if previous is not None and _continues(previous, row, rules, edges, pitch):
            rows[-1] += row
        else:
            rows.append(list(row))
        previous = row
    return Flow([_as_cells(row, edges) for row in rows], left, right, "table")


def _column_edges(pieces: Sequence[Line]) -> list[float]:
    """Left edges of the columns: where a gap in the pieces' joint extent ends."""
    edges: list[float] = []
    reach = -1e9
    for piece in sorted(pieces, key=lambda piece: piece.x0):
        if piece.x0 > reach + _SLACK:
            edges.append(piece.x0)
        reach = max(reach, piece.x1)
    return edges


def _row_pitch(pieces: Sequence[Line]) -> float:
    return 1.45 * median(piece.size for piece in pieces)


def _continues(
    previous: list[Line], row: list[Line], rules: NDArray[np.float32], edges: list[float], pitch: float
) -> bool:
    """Whether a row only carries on cells of the row above: no rule between, close, and its first cell empty."""
    upper, lower = previous[0].middle, row[0].middle
    between = rules[
        (rules[:, 2] > upper) & (rules[:, 2] < lower) & (rules[:, 0] < row[0].x1) & (rules[:, 1] > row[0].x0)
    ]
    if len(between):
        return False
    first_empty = len(edges) > 1 and row[0].x0 >= edges[1] - _SLACK
    return lower - upper < pitch and (first_empty or row[0].text[:1].islower())


def _as_cells(row: list[Line], edges: list[float]) -> Line:
    cells: list[list[Line]] = [[] for _ in edges]
    for piece in row:
        column = max(index for index, edge in enumerate(edges) if piece.x0 >= edge - _SLACK)
        cells[column].append(piece)
    return join([join(cell) for cell in cells if cell], _CELL_SEPARATOR)
