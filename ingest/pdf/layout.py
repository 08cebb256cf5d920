"""Reading order: columns, text boxes and tables of one page, from fragments that stand anywhere.

A gutter is an x that many lines keep free. What crosses it splits the page into zones; inside a zone the left side is
read before the right, unless the two sides pair up as the rows of a table. The same is done again inside each side.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from ingest.pdf.cells import open_rows
from ingest.pdf.grids import grid_rows, grids_of, rules_of, with_outer_rows, with_walls, without_gaps, without_prose
from ingest.pdf.lines import Line, join, rows_of, walls_of
from ingest.pdf.shapes import Item, boxed, charts_of, without_charts

_SLACK = 2.0
_MINIMUM_SIDE_LINES = 3
_MINIMUM_INNER_LINES = 6
"""Inside a column that a gutter made, where set text has more chance gaps."""
_PROSE_CHARS = 20
_PROSE_FILL = 0.7
_WHOLE_SHARE = 0.5
"""Of a column's rows so many are in one piece where it holds running text; cells stand apart."""
_LABEL_SHARE = 0.6
_CLOSED_SHARE = 0.75
_PITCH_EM = 1.45
_LARGER = 1.15
_ITEM_OF_MINUTES = re.compile(r"§+\s*\d")
_NOTE_CHARS = 40


@dataclass(slots=True)
class Flow:
    """Lines that are read one after the other in one column. `role` is "text", "table" or "box"."""

    lines: list[Line]
    left: float
    right: float
    role: str = "text"


def arrange(fragments: Sequence[Line], shapes: NDArray[np.float32], width: float, height: float) -> list[Flow]:
    """The flows of one page in reading order. `shapes` (n, 4) x0, top, x1, bottom of drawn lines and rectangles."""
    if not fragments:
        return []
    tables = charts_of(fragments, shapes)
    fragments = without_charts(fragments, tables)
    walls = walls_of(shapes)
    rules = rules_of(shapes, height)
    ruled = [with_walls(part, walls) for grid in grids_of(rules) for part in without_gaps(grid, walls)]
    for grid in [part for area in ruled for part in without_prose(area, list(filter(area.holds, fragments)))]:
        grid = with_outer_rows(grid, fragments, rules)
        inside = [fragment for fragment in fragments if grid.holds(fragment)]
        rows = rows_of(inside)
        if len(rows) >= 2 and any(len(row) > 1 for row in rows):
            fragments = [fragment for fragment in fragments if not grid.holds(fragment)]
            frame = replace(inside[0], x0=grid.left, top=grid.ys[0], x1=grid.right, bottom=grid.ys[-1])
            tables.append(Item(frame, grid_rows(grid, inside), True))
    return _order(tables + boxed(fragments, shapes, width, height), "text")


def _order(items: list[Item], role: str, needed: int = _MINIMUM_SIDE_LINES) -> list[Flow]:
    left = min(item.line.x0 for item in items)
    right = max(item.line.x1 for item in items)
    gutter = _best_gutter(items, needed)
    if gutter is None:
        return _single(items, left, right, role)
    zones = [(zone, _sides(zone, gutter)) for zone in _zones(items, gutter)]
    shapes = [_judge(*sides, gutter) if sides else "through" for _, sides in zones]
    prose_rows, table_rows = (
        sum(len(zone) for (zone, _), shape in zip(zones, shapes, strict=True) if shape == kind)
        for kind in ("columns", "table")
    )
    flows: list[Flow] = []
    pending: list[Item] = []
    for (zone, sides), shape in zip(zones, shapes, strict=True):
        if sides is None or (shape == "through" and prose_rows <= table_rows):
            pending += zone
            continue
        if pending:
            flows += _single(pending, left, right, role)
            pending = []
        if shape == "table" and prose_rows <= table_rows:
            before, table, after = _trimmed(zone, gutter)
            if before:
                flows += _single(before, left, right, role)
            flows += _open_tables([item.line for item in table], left, right)
            pending += after
        else:
            for side in sides:
                flows += _order(side, role, _MINIMUM_INNER_LINES)
    if pending:
        flows += _single(pending, left, right, role)
    return flows


def _open_tables(pieces: Sequence[Line], left: float, right: float) -> list[Flow]:
    """A table without rules, or several under headings that are larger than their text."""
    usual = median(piece.size for piece in pieces)
    flows: list[Flow] = []
    table: list[Line] = []
    for row in [*rows_of(pieces), []]:
        heads = len(row) == 1 and row[0].size > _LARGER * usual
        if table and (heads or not row):
            flows.append(Flow(open_rows(table), left, right, "table"))
            table = []
        if heads:
            flows.append(Flow(row, left, right))
        else:
            table += row
    return flows


def _single(items: list[Item], left: float, right: float, role: str) -> list[Flow]:
    """One column from the top down; text boxes are read whole where they stand."""
    flows: list[Flow] = []
    lines: list[Line] = []
    boxes = {id(item.line): item for item in items if item.inside}
    for row in _rows(items):
        row.sort(key=lambda piece: piece.x0)
        text = [piece for piece in row if id(piece) not in boxes]
        if text and len(text) > 1 and _ITEM_OF_MINUTES.match(text[0].text) and text[0].style.bold > text[1].style.bold:
            lines += [text[0], join(text[1:])]
        elif text:
            lines.append(join(text))
        for piece in row:
            if id(piece) in boxes:
                if lines:
                    flows.append(Flow(lines, left, right, role))
                    lines = []
                box = boxes[id(piece)]
                if box.is_table:
                    flows.append(Flow(box.inside, piece.x0, piece.x1, "table"))
                else:
                    flows += _order([Item(fragment) for fragment in box.inside], "box")
    if lines:
        flows.append(Flow(lines, left, right, role))
    return flows


def _best_gutter(items: list[Item], needed: int) -> float | None:
    """The x that splits the most lines into two sides, or None where the text runs in one column."""
    rows = [row for row in _rows(items) if len(row) > 1]
    starts = sorted(piece.x0 for row in rows for piece in sorted(row, key=lambda piece: piece.x0)[1:])
    if len(rows) < needed:
        starts = _beside_starts([item.line for item in items])
    if len(starts) < needed:
        return None
    candidates = [x for index, x in enumerate(starts) if not index or x - starts[index - 1] > _SLACK]
    best, best_score = None, 0.0
    for x in candidates:
        score = 0.0
        for zone in _zones(items, x):
            sides = _sides(zone, x)
            if sides and _keeps_free(*sides, x, needed):
                score += min(map(len, sides))
        if score > best_score:
            best, best_score = x, score
    return best


def _beside_starts(lines: Sequence[Line]) -> list[float]:
    """Where several lines begin that have another to their left, at whatever height: two columns may each keep lines of
    their own.
    """
    ends = np.array([(line.x0, line.x1, line.top, line.bottom) for line in lines])
    left = ends[:, None, 0] >= ends[None, :, 1]
    level = (ends[:, None, 2] < ends[None, :, 3]) & (ends[:, None, 3] > ends[None, :, 2])
    starts = ends[(left & level).any(axis=1), 0]
    together = np.abs(starts[:, None] - starts[None, :]) < _SLACK
    return sorted(starts[together.sum(axis=1) >= _MINIMUM_INNER_LINES].tolist())


def _keeps_free(left: list[Item], right: list[Item], x: float, needed: int) -> bool:
    """Whether the gutter of a zone is meant: lines start at it or it is wide, unlike the chance gaps of set text."""
    if min(len(left), len(right)) < needed:
        return False
    gap = min(item.line.x0 for item in right) - max(item.line.x1 for item in left)
    em = median(item.line.size for item in (*left, *right))
    firsts = [min(row, key=lambda piece: piece.x0) for row in _rows(right)]
    aligned = sum(abs(piece.x0 - x) < 3 for piece in firsts) >= 0.5 * len(firsts)
    numbers = sum(piece.text[-1:].isdigit() and len(piece.text) < 16 for piece in firsts) >= 0.6 * len(firsts)
    enough = 0.5 if len(firsts) > 3 else 1.2
    return gap > enough * em and (aligned or numbers or (gap > 1.5 * em and len(firsts) > 2))


def _rows(items: Sequence[Item]) -> list[list[Line]]:
    return rows_of([item.line for item in items])


def _crosses(line: Line, x: float) -> bool:
    return line.x0 < x - _SLACK and line.x1 > x - 0.2 * line.size


def _zones(items: list[Item], x: float) -> list[list[Item]]:
    """Runs of items from the top down that keep the gutter free, and between them the items that cross it."""
    zones: list[list[Item]] = []
    free_before: bool | None = None
    crossing: Line | None = None
    for item in sorted(items, key=lambda item: (item.line.middle, item.line.x0)):
        free = not _crosses(item.line, x) and not (crossing is not None and _ends_paragraph(crossing, item.line, items))
        crossing = None if free else item.line
        if free != free_before:
            zones.append([])
        zones[-1].append(item)
        free_before = free
    return zones


def _ends_paragraph(above: Line, line: Line, items: Sequence[Item]) -> bool:
    """Whether a line alone at its height is the last one of the paragraph above, in the same style and close below."""
    near = abs(line.x0 - above.x0) < _SLACK and 0 < line.middle - above.middle < _PITCH_EM * line.size
    same = line.style == above.style and not above.text.rstrip().endswith((".", ":", "!", "?"))
    return near and same and all(one.line is line or abs(one.line.middle - line.middle) > line.size for one in items)


def _sides(zone: list[Item], x: float) -> tuple[list[Item], list[Item]] | None:
    left = [item for item in zone if item.line.x0 < x - _SLACK]
    right = [item for item in zone if item.line.x0 >= x - _SLACK]
    if not left or not right:
        return None
    lowest_top = max(min(item.line.top for item in side) for side in (left, right))
    highest_bottom = min(max(item.line.bottom for item in side) for side in (left, right))
    return (left, right) if lowest_top < highest_bottom else None


def _judge(left: list[Item], right: list[Item], x: float) -> str:
    """What a zone is: "columns", "table" or "through", part of the text around it."""
    lines = [item.line for item in (*left, *right)]
    if any(item.inside for item in (*left, *right)):
        return "columns"
    rows = rows_of(lines)
    if len(rows) < 2:
        return "through"
    paired = sum(_is_paired(row, x) for row in rows)
    prose = _is_prose(left), _is_prose(right)
    if _is_marginal(left, right, x):
        return "through"
    share = paired / len(_rows(left))
    few = share >= 0.9 and len(left) <= _LABEL_SHARE * len(right)
    if not prose[0] and prose[1] and (few or (share >= 0.5 and _closes_before_labels(left, right))):
        return "table"
    return "columns" if any(prose) or paired < 0.5 * len(rows) else "table"


def _is_marginal(left: list[Item], right: list[Item], x: float) -> bool:
    """Whether the right side is but a few short notes, each at the height of a line of running text."""
    notes = _rows(right)
    paired = sum(_is_paired(row, x) for row in _rows([*left, *right]))
    short = all(len(row) == 1 and len(row[0].text) < _NOTE_CHARS for row in notes)
    return short and paired == len(notes) and 3 * len(notes) <= len(_rows(left))


def _closes_before_labels(left: list[Item], right: list[Item]) -> bool:
    """Whether the text beside each label is over before the next label, as definitions are and columns are not."""
    text = _rows(right)
    labels = [row[0] for row in _rows(left)]
    begun = [
        label
        for above, label in pairwise(labels)
        if not label.text[:1].islower() or label.middle - above.middle > _PITCH_EM * label.size
    ]
    ends = [
        above[-1].text.rstrip().endswith((".", ")", ";", ":"))
        for above, row in pairwise(text)
        if any(abs(label.middle - row[0].middle) < 0.15 * row[0].size for label in begun)
    ]
    return len(ends) > 1 and sum(ends) >= _CLOSED_SHARE * len(ends)


def _trimmed(zone: list[Item], x: float) -> tuple[list[Item], list[Item], list[Item]]:
    """The zone's items before, inside and after the table: it begins and ends with text on both sides, and what
    stands close below its last row carries that row on."""
    paired = [row[0] for row in _rows(zone) if _is_paired(row, x)]
    first, last = paired[0], paired[-1]
    end = last.middle
    for row in _rows(zone):
        if end < row[0].middle < end + _PITCH_EM * last.size:
            end = row[0].middle
    before = [item for item in zone if item.line.middle < first.middle - 0.5 * first.size]
    after = [item for item in zone if item.line.middle > end + 0.5 * last.size]
    kept = {id(item) for item in (*before, *after)}
    return before, [item for item in zone if id(item) not in kept], after


def _is_paired(row: Sequence[Line], x: float) -> bool:
    """Whether a row has text on both sides of the gutter at the same height, as cells have, whatever their sizes."""
    before = [piece.middle for piece in row if piece.x0 < x - _SLACK]
    after = [piece.middle for piece in row if piece.x0 >= x - _SLACK]
    largest = max(piece.size for piece in row)
    return any(abs(one - other) < 0.15 * largest for one in before for other in after)


def _is_prose(side: list[Item]) -> bool:
    """Whether lines fill their column as running text does."""
    rows = _rows(side)
    width = max(item.line.x1 for item in side) - min(item.line.x0 for item in side)
    extents = [max(piece.x1 for piece in row) - min(piece.x0 for piece in row) for row in rows]
    lengths = [sum(len(piece.text) for piece in row) for row in rows]
    whole = sum(len(row) == 1 for row in rows) >= _WHOLE_SHARE * len(rows)
    return whole and median(extents) / max(width, 1.0) >= _PROSE_FILL and median(lengths) >= _PROSE_CHARS
