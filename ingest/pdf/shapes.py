"""What is drawn around text: boxes, and bar charts, which are read as rows "label | figure"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ingest.pdf.cells import CELL_SEPARATOR
from ingest.pdf.lines import Line, join, rows_of

_SLACK = 2.0


@dataclass(slots=True)
class Item:
    """A fragment, or a text box or ruled table that is placed as one piece."""

    line: Line
    inside: list[Line] = field(default_factory=list)
    is_table: bool = False


def boxed(fragments: Sequence[Line], shapes: NDArray[np.float32], width: float, height: float) -> list[Item]:
    """Puts the text inside drawn boxes together.

    A box with one row of text, with nearly the whole page, or with free text beside it (a side column, a shaded
    table) is no text box.
    """
    size = shapes[:, 2:] - shapes[:, :2]
    wanted = (size[:, 0] > 30) & (size[:, 1] > 15) & (size.prod(axis=1) < 0.6 * width * height)
    boxes = shapes[wanted][np.argsort(size[wanted].prod(axis=1), kind="stable")]
    left = list(fragments)
    found: list[tuple[NDArray[np.float32], list[Line]]] = []
    for box in boxes:
        inside = [piece for piece in left if _holds(box, piece)]
        if len(rows_of(inside)) >= 2 and len(inside) < len(fragments):
            left = [piece for piece in left if not _holds(box, piece)]
            found.append((box, inside))
    items = []
    for box, inside in found:
        if any(box[1] < piece.middle < box[3] for piece in left):
            items += [Item(piece) for piece in inside]
            continue
        frame = replace(inside[0], x0=float(box[0]), top=float(box[1]), x1=float(box[2]), bottom=float(box[3]))
        items.append(Item(frame, inside))
    return items + [Item(fragment) for fragment in left]


def _holds(box: NDArray[np.float32], piece: Line) -> bool:
    return bool(box[0] - _SLACK <= piece.x0 and piece.x1 <= box[2] + _SLACK and box[1] <= piece.middle <= box[3])


_FIGURE = re.compile(r"[–-]?\d[\d \u00a0.,]*\s*(?:%|‰|[a-zåäö]{1,5})?\W?")
_LEAST_BARS, _LEAST_LYING, _MOST_BARS = 2, 3, 400
_LEAST_BAR_POINTS = 4.0
_BAR_SHARE = 0.45
"""A bar takes at most this share of its line."""
_TOUCH_POINTS = 2.5
_NEAR_EM = 2.5
_TITLE_EM = 6.0
_PITCH_EM = 1.5


def charts_of(fragments: Sequence[Line], shapes: NDArray[np.float32]) -> list[Item]:
    """The charts of a page as tables: the title above, a row for each bar, and the notes close below.

    `shapes` (n, 4) x0, top, x1, bottom of drawn lines and rectangles.
    """
    sizes = shapes[:, 2:] - shapes[:, :2]
    upright = shapes[(sizes[:, 1] > _LEAST_BAR_POINTS) & (sizes[:, 0] > _LEAST_BAR_POINTS)]
    if len(upright) < _LEAST_BARS or len(shapes) > _MOST_BARS:
        return []
    thin = shapes[(shapes[:, 3] - shapes[:, 1] < 3) & (shapes[:, 2] - shapes[:, 0] > 60)]
    charts = list(_lying_charts(fragments, shapes[sizes[:, 1] > _LEAST_BAR_POINTS]))
    for line in thin.tolist():
        bars = _bars_on(line, upright)
        pairs = [pair for bar in bars if (pair := _pair_of(bar, line[3], fragments)) is not None]
        if len(pairs) >= _LEAST_BARS and len(pairs) == len(bars):
            charts.append(_chart(line, pairs, fragments))
    return charts


def _lying_charts(fragments: Sequence[Line], shapes: NDArray[np.float32]) -> Iterator[Item]:
    """The charts whose bars begin at one upright place, each between its label and its figure."""
    for start in np.unique(shapes[:, 0].round()):
        bars = shapes[np.abs(shapes[:, 0] - start) < 1]
        pairs = []
        for bar in bars[np.argsort(bars[:, 1], kind="stable")].tolist():
            beside = [piece for piece in fragments if bar[1] - _SLACK < piece.middle < bar[3] + _SLACK]
            label = max((p for p in beside if p.x1 < bar[0] + _SLACK), key=lambda piece: piece.x1, default=None)
            after = [p for p in beside if bar[2] - _SLACK < p.x0 < bar[2] + _NEAR_EM * p.size]
            figure = min(after, key=lambda piece: piece.x0, default=None)
            empty = not any(piece.x0 < bar[2] - _SLACK and piece.x1 > bar[0] + _SLACK for piece in beside)
            if not empty or label is None or figure is None or not _FIGURE.fullmatch(figure.text.strip()):
                break
            pairs.append((label, figure))
        labels = {id(label) for label, _ in pairs}
        long = len(bars) and float((bars[:, 2] - bars[:, 0]).max()) > _LEAST_BAR_POINTS
        if long and len(pairs) == len(bars) == len(labels) and len(pairs) >= _LEAST_LYING:
            rows = [join(pair, CELL_SEPARATOR) for pair in pairs]
            frame = replace(rows[0], x1=max(row.x1 for row in rows), bottom=rows[-1].bottom)
            yield Item(frame, rows, is_table=True)


def _bars_on(line: Sequence[float], shapes: NDArray[np.float32]) -> list[list[float]]:
    """The upright rectangles, from left to right, whose foot is on the line."""
    wide = shapes[:, 2] - shapes[:, 0]
    on = (np.abs(shapes[:, 3] - line[3]) < _TOUCH_POINTS) & (shapes[:, 3] - shapes[:, 1] > 3)
    on &= (shapes[:, 0] > line[0] - _TOUCH_POINTS) & (shapes[:, 2] < line[2] + _TOUCH_POINTS)
    on &= (wide > 4) & (wide < _BAR_SHARE * (line[2] - line[0]))
    return sorted(np.unique(shapes[on], axis=0).tolist())


def _pair_of(bar: Sequence[float], foot: float, fragments: Sequence[Line]) -> tuple[Line, Line] | None:
    """The label under a bar and the figure above it."""
    middle = (bar[0] + bar[2]) / 2
    centred = [
        piece for piece in fragments if piece.x0 < middle < piece.x1 and piece.x1 - piece.x0 < 3 * (bar[2] - bar[0])
    ]
    above = [p for p in centred if 0 < bar[1] - p.middle < _NEAR_EM * p.size and _FIGURE.fullmatch(p.text.strip())]
    below = [p for p in centred if 0 < p.middle - foot < _NEAR_EM * p.size]
    if not above or not below:
        return None
    return min(below, key=lambda piece: piece.top), max(above, key=lambda piece: piece.top)


def _chart(line: Sequence[float], pairs: Sequence[tuple[Line, Line]], fragments: Sequence[Line]) -> Item:
    rows = [join(pair, CELL_SEPARATOR) for pair in pairs]
    used = {id(piece) for pair in pairs for piece in pair}
    beside = [p for p in fragments if id(p) not in used and line[0] - 5 <= p.x0 and p.x1 <= line[2] + 40]
    top = min(figure.top for _, figure in pairs)
    titles: list[Line] = []
    for piece in sorted((p for p in beside if p.bottom < top), key=lambda piece: -piece.top):
        reach = _TITLE_EM if not titles else _PITCH_EM
        near = abs(piece.x0 - line[0]) < _NEAR_EM * piece.size and not _FIGURE.fullmatch(piece.text.strip())
        if (titles[0].top if titles else top) - piece.top > reach * piece.size or (
            titles and piece.style != titles[0].style
        ):
            break
        titles = [piece, *titles] if near else titles
    notes: list[Line] = []
    end = max(label.bottom for label, _ in pairs)
    for piece in sorted((p for p in beside if p.top > end), key=lambda piece: piece.top):
        if piece.top - end > _NEAR_EM * piece.size:
            break
        notes.append(piece)
        end = piece.bottom
    inside = [*titles, *rows, *notes]
    frame = join(inside)
    frame.x0, frame.top, frame.x1 = line[0], min(piece.top for piece in inside), line[2]
    frame.bottom = max(piece.bottom for piece in inside)
    return Item(frame, inside, is_table=True)


def without_charts(fragments: Sequence[Line], charts: Sequence[Item]) -> list[Line]:
    """The fragments that no chart has read, by the characters that they are made of."""
    read = {index for chart in charts for piece in chart.inside for index in piece.source if index >= 0}
    return [piece for piece in fragments if not read & set(piece.source)]
