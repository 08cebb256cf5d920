"""What is drawn around and beside text: boxes whose text belongs together, and bullets that are dots and squares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ingest.pdf.lines import Line, rows_of

_SLACK = 2.0
_BULLET_POINTS = (1.5, 6.5)


@dataclass(slots=True)
class Item:
    """A fragment, or a text box or ruled table that is placed as one piece."""

    line: Line
    inside: list[Line] = field(default_factory=list)
    is_table: bool = False


def bullets_of(shapes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Dots and small squares, (n, 2) right edge and height, as browsers draw list bullets."""
    if not len(shapes):
        return np.zeros((0, 2), dtype=np.float32)
    size = shapes[:, 2:] - shapes[:, :2]
    small = (size > _BULLET_POINTS[0]).all(axis=1) & (size < _BULLET_POINTS[1]).all(axis=1)
    small &= np.abs(size[:, 0] - size[:, 1]) < 0.5
    dots = shapes[small]
    return np.stack([dots[:, 2], (dots[:, 1] + dots[:, 3]) / 2], axis=1)


def with_drawn_bullet(line: Line, bullets: NDArray[np.float32]) -> Line:
    """The line with a bullet in front where one is drawn before it."""
    if not len(bullets):
        return line
    gap = line.x0 - bullets[:, 0]
    near = (gap > 0) & (gap < 2.5 * line.size) & (np.abs(bullets[:, 1] - line.middle) < 0.45 * line.size)
    if not near.any():
        return line
    return replace(line, text=f"• {line.text}", source=[-1, -1, *line.source], x0=float(bullets[near, 0].min()))


def boxed(fragments: Sequence[Line], shapes: NDArray[np.float32], width: float, height: float) -> list[Item]:
    """Puts the text inside drawn boxes together.

    A box with one row of text, with nearly the whole page, or with free text beside it (a side column, a shaded
    table) is no text box.
    """
    if not len(shapes) or not fragments:
        return [Item(fragment) for fragment in fragments]
    size = shapes[:, 2:] - shapes[:, :2]
    wanted = (size[:, 0] > 30) & (size[:, 1] > 15) & (size.prod(axis=1) < 0.6 * width * height)
    boxes = shapes[wanted][np.argsort(size[wanted].prod(axis=1), kind="stable")]
    boxes = [box for box in boxes if not _is_stacked(box, boxes)]
    left = list(fragments)
    found: list[tuple[NDArray[np.float32], list[Line]]] = []
    for box in boxes:
        inside = [piece for piece in left if _holds(box, piece)]
        several = len(rows_of(inside)) >= 2 or (inside and any(_beside(box, other) for other, _ in found))
        if several and len(inside) < len(fragments):
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


def _is_stacked(box: NDArray[np.float32], boxes: Sequence[NDArray[np.float32]]) -> bool:
    """Whether another box of the same width touches this one from above or below, as table cells do."""
    return any(
        bool(np.abs(box[[0, 2]] - other[[0, 2]]).max() < _SLACK)
        and bool(np.abs(box[[3, 1]] - other[[1, 3]]).min() < _SLACK)
        for other in boxes
    )


def _beside(box: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    """Whether two boxes of about one height stand side by side."""
    return bool(np.abs(box[[1, 3]] - other[[1, 3]]).max() < 5)


def _holds(box: NDArray[np.float32], piece: Line) -> bool:
    return bool(box[0] - _SLACK <= piece.x0 and piece.x1 <= box[2] + _SLACK and box[1] <= piece.middle <= box[3])
