"""The characters of one PDF page as arrays: code points, boxes, and the style where it is asked for.

Two frames are in use. Boxes are in the page's own points (origin bottom left, before rotation and cropping), which is
what citations carry. Layout works in the frame that a reader sees: origin top left, y downwards, rotation applied.
"""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass, replace

import numpy as np
import pypdfium2
import pypdfium2.raw as raw
from numpy.typing import NDArray

from ingest import pdfium

_BOLD_NAME = re.compile(r"bold|black|heavy|demi|fett", re.IGNORECASE)
_ITALIC_NAME = re.compile(r"italic|oblique|kursiv", re.IGNORECASE)
_BOLD_WEIGHT = 600
_FORCE_BOLD_FLAG = 1 << 18
_ITALIC_FLAG = 1 << 6
_WHITE = (0, 9, 10, 13, 32, 0xA0)
_HYPHEN = 0x2D
_PDFIUM_LINE_HYPHEN = 2
"""pdfium's own code for a hyphen at the end of a line."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a stretch of text looks: size in points, weight, slant, fill colour 0xRRGGBB, font name without subset tag."""

    size: float
    bold: bool
    italic: bool
    colour: int
    font: str


@dataclass(frozen=True, slots=True, eq=False)
class Characters:
    """One page's characters in the order in which the file draws them; line breaks left out.

    `codes` is uint32 (n,), `boxes` float32 (n, 4) x0, y0, x1, y1 in page points, `frame` float32 (n, 4) x0, top, x1,
    bottom as the reader sees the page (turned so that this text runs from left to right), `size` float32 (n,) in
    points, `group` int8 (n,) the text's direction in quarter turns, 0 for upright. `styles` is
    the number of each character's style in `style_table`, int32 (n,), -1 where unknown. `shapes` are the bounds of
    drawn lines and rectangles, float32 (m, 4), in the frame.
    """

    codes: NDArray[np.uint32]
    boxes: NDArray[np.float32]
    frame: NDArray[np.float32]
    size: NDArray[np.float32]
    group: NDArray[np.int8]
    styles: NDArray[np.int32]
    style_table: tuple[Style, ...]
    width: float
    height: float
    shapes: NDArray[np.float32]

    @property
    def text(self) -> str:
        """All characters in drawing order."""
        return self.codes.astype("<u4").tobytes().decode("utf-32-le", errors="replace")

    @property
    def solid_count(self) -> int:
        """How many characters are not white space."""
        return int(np.count_nonzero(~np.isin(self.codes, _WHITE)))

    def text_by_font(self) -> dict[str, str]:
        """The text in drawing order of each font on the page."""
        fonts = sorted({style.font for style in self.style_table})
        number = {font: index for index, font in enumerate(fonts)}
        owner = np.array([number[style.font] for style in self.style_table] + [-1], dtype=np.int32)[self.styles]
        codes = self.codes.astype("<u4")
        return {
            font: codes[owner == index].tobytes().decode("utf-32-le", errors="replace")
            for index, font in enumerate(fonts)
        }

    def without_fonts(self, fonts: frozenset[str]) -> Characters:
        """The page without the characters that are set in these fonts."""
        wanted = np.array([style.font not in fonts for style in self.style_table] + [True])[self.styles]
        return replace(
            self,
            codes=self.codes[wanted],
            boxes=self.boxes[wanted],
            frame=self.frame[wanted],
            size=self.size[wanted],
            group=self.group[wanted],
            styles=self.styles[wanted],
        )

    def style_of_members(self, members: NDArray[np.intp]) -> Style:
        """The commonest style among the characters with these indexes."""
        known = self.styles[members]
        known = known[known >= 0]
        if not len(known):
            return Style(float(np.median(self.size[members])), False, False, 0, "")
        return self.style_table[int(np.bincount(known).argmax())]


def no_characters(width: float, height: float) -> Characters:
    """A page of this size in points without text."""
    boxes = np.zeros((0, 4), dtype=np.float32)
    whole, table = np.zeros(0, dtype=np.int32), ()
    return Characters(
        whole.astype(np.uint32),
        boxes,
        boxes,
        whole.astype(np.float32),
        whole.astype(np.int8),
        whole,
        table,
        width,
        height,
        boxes,
    )


def has_image(page: pypdfium2.PdfPage) -> bool:
    """Whether an image is drawn on the page, directly or inside a form. The caller holds the pdfium lock."""
    return any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4))


def read_characters(page: pypdfium2.PdfPage) -> Characters:
    """All characters of the page. The caller holds the pdfium lock."""
    text_page = page.get_textpage()
    try:
        handle = pdfium.address_of(text_page.raw)
        count = text_page.count_chars()
        codes = np.fromiter((pdfium.unicode_of(handle, i) for i in range(count)), dtype=np.uint32, count=count)
        loose = np.zeros((count, 4), dtype=np.float32)
        address, read_box = loose.ctypes.data, pdfium.loose_box_of
        for index in range(count):
            read_box(handle, index, address + 16 * index)
        solid = ~np.isin(codes, _WHITE)
        styles, table, angles = _read_styles(text_page, handle, count)
    finally:
        text_page.close()
    codes[codes == _PDFIUM_LINE_HYPHEN] = _HYPHEN
    keep = ~np.isin(codes, (0, 10, 13))
    turn = page.get_rotation() // 90
    width, height = page.get_size()
    crop = page.get_cropbox()
    sizes = np.array([style.size for style in table] + [0.0], dtype=np.float32)[styles]
    boxes = loose[:, [0, 3, 2, 1]]
    boxes = np.stack(
        [
            np.minimum(boxes[:, 0], boxes[:, 2]),
            np.minimum(boxes[:, 1], boxes[:, 3]),
            np.maximum(boxes[:, 0], boxes[:, 2]),
            np.maximum(boxes[:, 1], boxes[:, 3]),
        ],
        axis=1,
    )
    group = ((angles + turn) % 4).astype(np.int8)
    seen = to_frame(boxes, crop, turn)
    outside = (seen[:, 2] < 0) | (seen[:, 0] > width) | (seen[:, 3] < 0) | (seen[:, 1] > height)
    keep &= ~(outside & solid)
    keep &= ~_drawn_twice(codes, boxes, sizes, styles, solid)
    for direction in (1, 2, 3):
        chosen = group == direction
        if chosen.any():
            seen[chosen] = _upright(seen[chosen], direction, width, height)
    shapes = to_frame(_read_shapes(page), crop, turn)
    return Characters(
        codes[keep], boxes[keep], seen[keep], sizes[keep], group[keep], styles[keep], table, width, height, shapes
    )


def to_frame(boxes: NDArray[np.float32], crop: tuple[float, float, float, float], turn: int) -> NDArray[np.float32]:
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


def from_frame(frame: NDArray[np.float32], crop: tuple[float, float, float, float], turn: int) -> NDArray[np.float32]:
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


def _upright(frame: NDArray[np.float32], direction: int, width: float, height: float) -> NDArray[np.float32]:
    """The frame turned back by `direction` clockwise quarter turns, so that its text runs from left to right."""
    x0, top, x1, bottom = frame.T
    if direction == 1:
        sides = (top, width - x1, bottom, width - x0)
    elif direction == 2:
        sides = (width - x1, height - bottom, width - x0, height - top)
    else:
        sides = (height - bottom, x0, height - top, x1)
    return np.stack(sides, axis=1)


def _drawn_twice(
    codes: NDArray[np.uint32],
    boxes: NDArray[np.float32],
    sizes: NDArray[np.float32],
    styles: NDArray[np.int32],
    solid: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Which characters repeat an earlier one on the same spot (shadows, false bold); a ligature's letters do not."""
    twice = np.zeros(len(codes), dtype=bool)
    index = np.flatnonzero(solid)
    if len(index) < 2:
        return twice
    order = index[np.lexsort((index, np.round(boxes[index, 0] / 2), np.round(boxes[index, 1] / 2), codes[index]))]
    for step in (1, 2):
        if len(order) <= step:
            break
        first, second = order[:-step], order[step:]
        near = np.abs(boxes[first, :2] - boxes[second, :2]).max(axis=1) < np.maximum(0.12 * sizes[first], 0.3)
        same = (codes[first] == codes[second]) & near & (second > first)
        same &= ~((second - first == 1) & (np.abs(boxes[first] - boxes[second]).max(axis=1) < 0.01))
        twice[second[same]] = True
    return twice


def _read_styles(
    text_page: pypdfium2.PdfTextPage, handle: int, count: int
) -> tuple[NDArray[np.int32], tuple[Style, ...], NDArray[np.int8]]:
    """Style number of each character, the styles, and each character's direction in page space in quarter turns.

    A text object has one style, so each is asked once; characters that pdfium generated take their neighbour's.
    """
    find = pdfium.text_object_of
    objects = np.fromiter((find(handle, index) or 0 for index in range(count)), dtype=np.uint64, count=count)
    known = np.flatnonzero(objects)
    if not len(known):
        return np.full(count, -1, dtype=np.int32), (), np.zeros(count, dtype=np.int8)
    _, first, owner = np.unique(objects[known], return_index=True, return_inverse=True)
    table: dict[Style, int] = {}
    numbers, angles = [], []
    for index in known[first]:
        style, quarter = _read_style(text_page, int(index))
        numbers.append(table.setdefault(style, len(table)))
        angles.append(quarter)
    nearest = owner[np.maximum(np.searchsorted(known, np.arange(count), side="right") - 1, 0)]
    return np.array(numbers, dtype=np.int32)[nearest], tuple(table), np.array(angles, dtype=np.int8)[nearest]


def _read_style(text_page: pypdfium2.PdfTextPage, index: int) -> tuple[Style, int]:
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text_page, index, matrix)
    scale = float(np.hypot(matrix.c, matrix.d)) or 1.0
    angle = raw.FPDFText_GetCharAngle(text_page, index)
    quarter = round(angle / (np.pi / 2)) % 4 if angle >= 0 else 0
    flags = ctypes.c_int()
    buffer = ctypes.create_string_buffer(200)
    raw.FPDFText_GetFontInfo(text_page, index, buffer, 200, flags)
    font = buffer.value.decode("utf-8", errors="replace").split("+")[-1]
    weight = raw.FPDFText_GetFontWeight(text_page, index)
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    raw.FPDFText_GetFillColor(text_page, index, red, green, blue, alpha)
    bold = bool(_BOLD_NAME.search(font)) or weight >= _BOLD_WEIGHT or bool(flags.value & _FORCE_BOLD_FLAG)
    italic = bool(_ITALIC_NAME.search(font)) or bool(flags.value & _ITALIC_FLAG)
    size = round(raw.FPDFText_GetFontSize(text_page, index) * scale, 1)
    return Style(size, bold, italic, (red.value << 16) | (green.value << 8) | blue.value, font), quarter


def _read_shapes(page: pypdfium2.PdfPage) -> NDArray[np.float32]:
    """Bounds of the drawn lines and rectangles, float32 (n, 4) x0, y0, x1, y1 in page points."""
    found = []
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for index in range(raw.FPDFPage_CountObjects(page)):
        drawn = raw.FPDFPage_GetObject(page, index)
        if raw.FPDFPageObj_GetType(drawn) != raw.FPDF_PAGEOBJ_PATH:
            continue
        if raw.FPDFPageObj_GetBounds(drawn, left, bottom, right, top):
            found.append((left.value, bottom.value, right.value, top.value))
    return np.array(found, dtype=np.float32).reshape(-1, 4)
