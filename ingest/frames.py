"""The two frames of a page: its own points, and the page as a reader sees it.

Boxes are in the page's own points (origin bottom left, before rotation and cropping), which is what citations carry.
Layout works in the frame that a reader sees: origin top left, y downwards, rotation and cropping applied.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Crop = tuple[float, float, float, float]
"""The visible box of a page in its own points: left, bottom, right, top."""


def to_frame(boxes: NDArray[np.float32], crop: Crop, turn: int) -> NDArray[np.float32]:
    """Boxes (n, 4) x0, y0, x1, y1 in page points as x0, top, x1, bottom of the shown page.

    `crop` is the visible box in page points; `turn` the page's clockwise rotation in quarter turns.
    """
    left, bottom, right, top = crop
    x0, y0, x1, y1 = boxes.T
    sides = {
        0: (x0 - left, top - y1, x1 - left, top - y0),
        1: (y0 - bottom, x0 - left, y1 - bottom, x1 - left),
        2: (right - x1, y0 - bottom, right - x0, y1 - bottom),
        3: (top - y1, right - x1, top - y0, right - x0),
    }[turn % 4]
    return np.stack(sides, axis=1).astype(np.float32) if len(boxes) else np.zeros((0, 4), dtype=np.float32)


def from_frame(frame: NDArray[np.float32], crop: Crop, turn: int) -> NDArray[np.float32]:
    """The way back from `to_frame`: boxes of the shown page (n, 4) x0, top, x1, bottom as page points."""
    left, bottom, right, top = crop
    x0, y0, x1, y1 = frame.T
    sides = {
        0: (x0 + left, top - y1, x1 + left, top - y0),
        1: (y0 + left, x0 + bottom, y1 + left, x1 + bottom),
        2: (right - x1, y0 + bottom, right - x0, y1 + bottom),
        3: (right - y1, top - x1, right - y0, top - x0),
    }[turn % 4]
    return np.stack(sides, axis=1).astype(np.float32) if len(frame) else np.zeros((0, 4), dtype=np.float32)


def upright(frame: NDArray[np.float32], direction: int, width: float, height: float) -> NDArray[np.float32]:
    """The frame turned back by `direction` clockwise quarter turns, so that its text runs from left to right."""
    x0, top, x1, bottom = frame.T
    if direction == 1:
        sides = (top, width - x1, bottom, width - x0)
    elif direction == 2:
        sides = (width - x1, height - bottom, width - x0, height - top)
    else:
        sides = (height - bottom, x0, height - top, x1)
    return np.stack(sides, axis=1)
