"""Pages as images, where a quote's boxes lie on them, and the frame in which a reader sees a page."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ingest.errors import RusError
from ingest.pdf.pdfium import PDFIUM, opened

Crop = tuple[float, float, float, float]
"""The visible box of a page in its own points: left, bottom, right, top."""
Affine = tuple[float, float, float, float, float, float]
"""a, b, c, d, e, f: the point (x, y) comes to a·x + c·y + e, b·x + d·y + f."""
Box = tuple[float, float, float, float]
Real = TypeVar("Real", bound=np.floating)


def affine(crop: Crop, turn: int, scale: float) -> Affine:
    """The map from page points to pixels for a visible box, `turn` clockwise quarter turns and a scale."""
    left, bottom, right, top = crop
    maps = {
        0: (scale, 0.0, 0.0, -scale, -left * scale, top * scale),
        1: (0.0, scale, scale, 0.0, -bottom * scale, -left * scale),
        2: (-scale, 0.0, 0.0, scale, right * scale, -bottom * scale),
        3: (0.0, -scale, -scale, 0.0, top * scale, right * scale),
    }
    return maps[turn % 4]


def mapped(boxes: NDArray[Real], matrix: Affine) -> NDArray[Real]:
    """Boxes (n, 4) x0, y0, x1, y1 where a map by quarter turns puts them, low before high."""
    a, b, c, d, e, f = matrix
    x, y = boxes[:, [0, 2]], boxes[:, [1, 3]]
    across, along = a * x + c * y + e, b * x + d * y + f
    left, right = (0, 1) if a + c > 0 else (1, 0)
    top, bottom = (0, 1) if b + d > 0 else (1, 0)
    return np.stack([across[:, left], along[:, top], across[:, right], along[:, bottom]], axis=1)


def to_frame(boxes: NDArray[np.float32], crop: Crop, turn: int) -> NDArray[np.float32]:
    """Boxes (n, 4) x0, y0, x1, y1 in page points as x0, top, x1, bottom of the shown page, turned by `turn`."""
    return mapped(boxes, affine(crop, turn, 1.0))


def from_frame(frame: NDArray[np.float32], crop: Crop, turn: int) -> NDArray[np.float32]:
    """The way back from `to_frame`: boxes of the shown page (n, 4) x0, top, x1, bottom as page points."""
    a, b, c, d, e, f = affine(crop, turn, 1.0)
    return mapped(frame, (a, c, b, d, -a * e - b * f, -c * e - d * f))


def upright(frame: NDArray[np.float32], direction: int, width: float, height: float) -> NDArray[np.float32]:
    """The frame turned back by `direction` (1 to 3) quarter turns, so that its text runs from left to right."""
    turns: tuple[Affine, ...] = ((0, -1, 1, 0, 0, width), (-1, 0, 0, -1, width, height), (0, 1, -1, 0, height, 0))
    return mapped(frame, turns[direction - 1])


MAXIMUM_PIXELS = 12_000_000
_QUALITY = 75


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


def mark_boxes(rendered: RenderedPage, boxes: Iterable[Box]) -> tuple[tuple[int, int, int, int], ...]:
    """Boxes in page points as pixel rectangles (left, top, width, height), cut off at the image's edges.

    Boxes with NaN are left out; neighbours on one line of the image become one rectangle.
    """
    merged: list[list[float]] = []
    placed = np.array(list(boxes), dtype=np.float64).reshape(-1, 4)
    for x0, y0, x1, y1 in mapped(placed[~np.isnan(placed).any(axis=1)], rendered.points_to_pixels).tolist():
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
