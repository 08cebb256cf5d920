"""Pages as images, where a quote's boxes lie on them, and the frame in which a reader sees a page."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.errors import RusError
from ingest.pdf.pdfium import PDFIUM, opened

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


MAXIMUM_PIXELS = 12_000_000
_QUALITY = 75

Affine = tuple[float, float, float, float, float, float]
"""a, b, c, d, e, f: pixel x = a·x + c·y + e, pixel y = b·x + d·y + f, for a point (x, y) of the page."""
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """A page as a WebP image, and the map from page points (origin bottom left) to pixels (origin top left)."""

    image: bytes
    width_px: int
    height_px: int
    points_to_pixels: Affine


def render_page(path: Path, page: int, scale: float, password: str | None = None) -> RenderedPage:
    """Page number `page` (from 1) at `scale` pixels per point, made smaller where it would pass the pixel limit.

    Raises the errors of reading, and `RusError` where the document has no such page.
    """
    with opened(path, password) as file, PDFIUM:
        document = file.document
        if not 1 <= page <= len(document):
            raise RusError(f"{path.name} har ingen sida {page}; dokumentet har {len(document)} sidor.")
        sheet = document[page - 1]
        width, height = sheet.get_size()
        scale = capped_scale(width, height, scale, MAXIMUM_PIXELS)
        bitmap = sheet.render(scale=scale)
        picture = bitmap.to_pil().convert("RGB")
        points_to_pixels = affine(sheet.get_bbox(), sheet.get_rotation() // 90, scale)
        bitmap.close()
        sheet.close()
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=_QUALITY)
    return RenderedPage(buffer.getvalue(), picture.width, picture.height, points_to_pixels)


def capped_scale(width: float, height: float, scale: float, maximum_pixels: int) -> float:
    """`scale` (pixels per point), smaller where a page of this size in points would pass `maximum_pixels`."""
    area = max(width * height, 1.0)
    return min(scale, math.sqrt(maximum_pixels / area))


def affine(crop: tuple[float, float, float, float], turn: int, scale: float) -> Affine:
    """The map from page points to pixels for a visible box, `turn` clockwise quarter turns and a scale."""
    left, bottom, right, top = crop
    maps = {
        0: (scale, 0.0, 0.0, -scale, -left * scale, top * scale),
        1: (0.0, scale, scale, 0.0, -bottom * scale, -left * scale),
        2: (-scale, 0.0, 0.0, scale, right * scale, -bottom * scale),
        3: (0.0, -scale, -scale, 0.0, top * scale, right * scale),
    }
    return maps[turn % 4]


def mark_boxes(rendered: RenderedPage, boxes: Iterable[Box]) -> tuple[tuple[int, int, int, int], ...]:
    """Boxes in page points as pixel rectangles (left, top, width, height), cut off at the image's edges.

    Boxes with NaN are left out; neighbours on one line of the image become one rectangle.
    """
    merged: list[list[float]] = []
    for box in boxes:
        if any(value != value for value in box):
            continue
        x0, y0, x1, y1 = _to_pixels(rendered.points_to_pixels, box)
        last = merged[-1] if merged else None
        if last is not None and _same_line(last, (x0, y0, x1, y1)):
            merged[-1] = [min(last[0], x0), min(last[1], y0), max(last[2], x1), max(last[3], y1)]
        else:
            merged.append([x0, y0, x1, y1])
    rectangles = []
    for x0, y0, x1, y1 in merged:
        left, top = max(0, int(x0)), max(0, int(y0))
        right, bottom = min(rendered.width_px, int(x1 + 1)), min(rendered.height_px, int(y1 + 1))
        if right > left and bottom > top:
            rectangles.append((left, top, right - left, bottom - top))
    return tuple(rectangles)


def _same_line(last: list[float], box: Box) -> bool:
    """Whether two pixel boxes stand side by side with less than a line's height between them."""
    height = max(last[3] - last[1], box[3] - box[1])
    overlap = min(last[3], box[3]) - max(last[1], box[1])
    return overlap > 0.5 * min(last[3] - last[1], box[3] - box[1]) and -height < box[0] - last[2] < height


def _to_pixels(matrix: Affine, box: Box) -> Box:
    a, b, c, d, e, f = matrix
    xs = [a * x + c * y + e for x in (box[0], box[2]) for y in (box[1], box[3])]
    ys = [b * x + d * y + f for x in (box[0], box[2]) for y in (box[1], box[3])]
    return min(xs), min(ys), max(xs), max(ys)
