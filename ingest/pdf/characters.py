"""The characters of one PDF page as arrays: code points, boxes and styles."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, replace

import numpy as np
import pypdfium2
import pypdfium2.raw as raw
from numpy.typing import NDArray

from ingest.pdf import pdfium
from ingest.pdf.appearance import Style, find_unseen, read_styles
from ingest.pdf.render import to_frame, upright

SPACE = 32
"""The code that stands for every kind of white space."""
_WHITE = (0, 9, 10, 13, 32, 0xA0)
_HYPHEN = 0x2D
_PDFIUM_LINE_HYPHEN = 2
"""pdfium's own code for a hyphen at the end of a line."""


_RAISED_HEIGHT, _RAISED_FOOT = 0.42, 0.4
"""Of a line's height: a full digit is about 0.6 high and stands 0.2 above the line's lower edge."""
_RAISED_SIZE = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Characters:
    """One page's characters in the order in which the file draws them; line breaks left out.

    `codes` is uint32 (n,), `boxes` float32 (n, 4) x0, y0, x1, y1 in page points, `frame` float32 (n, 4) x0, top, x1,
    bottom as the reader sees the page (turned so that this text runs from left to right), `size` float32 (n,) in
    points, `group` int8 (n,) the text's direction in quarter turns, 0 for upright. `styles` is
    the number of each character's style in `style_table`, int32 (n,), -1 where unknown. `shapes` are the bounds of
    drawn lines and rectangles, float32 (m, 4), in the frame. `unseen` counts the characters that nobody sees on the
    page, and `watermark` tells of words across it; both are left out.
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
    unseen: int = 0
    watermark: bool = False

    @property
    def text(self) -> str:
        """All characters in drawing order."""
        return self.codes.astype("<u4").tobytes().decode("utf-32-le", errors="replace")

    @property
    def solid_count(self) -> int:
        """How many characters are not white space."""
        return int(np.count_nonzero(self.codes != SPACE))

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
        return self.only(np.array([style.font not in fonts for style in self.style_table] + [True])[self.styles])

    def only(self, wanted: NDArray[np.bool_]) -> Characters:
        """The page with none but the wanted characters, bool (n,)."""
        arrays = ("codes", "boxes", "frame", "size", "group", "styles")
        return replace(self, **{name: getattr(self, name)[wanted] for name in arrays})

    def style_of_members(self, members: NDArray[np.intp]) -> Style:
        """The commonest style among the characters with these indexes."""
        known = self.styles[members]
        known = known[known >= 0]
        if not len(known):
            return Style(float(np.median(self.size[members])), False, False, 0, "")
        if (known == known[0]).all():
            return self.style_table[int(known[0])]
        return self.style_table[int(np.bincount(known).argmax())]


def no_characters(width: float, height: float) -> Characters:
    """A page of this size in points without text."""
    boxes, numbers = np.zeros((0, 4), np.float32), np.zeros(0, np.int32)
    arrays = numbers.astype(np.uint32), boxes, boxes, numbers.astype(np.float32), numbers.astype(np.int8), numbers
    return Characters(*arrays, (), width, height, boxes)


def has_image(page: pypdfium2.PdfPage) -> bool:
    """Whether an image is drawn on the page, directly or inside a form. The caller holds the pdfium lock."""
    return any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4))


def read_characters(page: pypdfium2.PdfPage) -> Characters:
    """All characters of the page. The caller holds the pdfium lock."""
    text_page = page.get_textpage()
    turn, crop, (width, height) = page.get_rotation() // 90, page.get_bbox(), page.get_size()
    try:
        handle, count = pdfium.address_of(text_page.raw), text_page.count_chars()
        codes, loose = _read_codes(handle, count)
        solid = ~np.isin(codes, _WHITE)
        raised = _raise_small_digits(handle, codes, loose)
        styles, table, angles = read_styles(text_page, handle, count)
        boxes = _in_order(loose)
        seen = to_frame(boxes, crop, turn)
        unseen = find_unseen(page, handle, solid, styles, table, boxes, seen)
    finally:
        text_page.close()
    codes[codes == _PDFIUM_LINE_HYPHEN] = _HYPHEN
    outside = (seen[:, 2] < 0) | (seen[:, 0] > width) | (seen[:, 3] < 0) | (seen[:, 1] > height)
    keep = ~np.isin(codes, (0, 10, 13)) & ~(outside & solid) & ~(unseen.hidden | unseen.watermark)
    codes[~solid] = SPACE
    sizes = np.array([style.size for style in table] + [0.0], dtype=np.float32)[styles]
    sizes[raised] *= _RAISED_SIZE
    group = ((angles + turn) % 4).astype(np.int8)
    keep &= ~_drawn_twice(codes, boxes, sizes, styles, solid & keep)
    for direction in (1, 2, 3):
        chosen = group == direction
        if chosen.any():
            seen[chosen] = upright(seen[chosen], direction, width, height)
    shapes = to_frame(_read_shapes(page), crop, turn)
    told = int(unseen.hidden.sum()), bool(unseen.watermark.any())
    return Characters(codes, boxes, seen, sizes, group, styles, table, width, height, shapes, *told).only(keep)


def _read_codes(handle: int, count: int) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """Code points, uint32 (n,), and boxes as pdfium gives them, float32 (n, 4) left, top, right, bottom."""
    codes = np.fromiter((pdfium.unicode_of(handle, i) for i in range(count)), dtype=np.uint32, count=count)
    loose = np.zeros((count, 4), dtype=np.float32)
    address, read_box = loose.ctypes.data, pdfium.loose_box_of
    for index in range(count):
        read_box(handle, index, address + 16 * index)
    return codes, loose


def _in_order(loose: NDArray[np.float32]) -> NDArray[np.float32]:
    """Left, top, right, bottom in any order as x0 ≤ x1, y0 ≤ y1."""
    low, high = np.minimum(loose[:, [0, 1]], loose[:, [2, 3]]), np.maximum(loose[:, [0, 1]], loose[:, [2, 3]])
    return np.concatenate([low, high], axis=1)


def _raise_small_digits(handle: int, codes: NDArray[np.uint32], loose: NDArray[np.float32]) -> NDArray[np.intp]:
    """Finds digits that a font draws raised at full size (footnote marks) and puts their drawn box into `loose`.

    Returns their indexes. Only digits next to another character are asked about, since a mark stands beside a word.
    """
    digit = (codes >= ord("0")) & (codes <= ord("9"))
    touching = np.zeros(len(codes), dtype=bool)
    solid = ~np.isin(codes, _WHITE) & ~digit
    touching[1:] |= solid[:-1] | digit[:-1]
    touching[:-1] |= solid[1:] | digit[1:]
    raised = []
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    addresses = [ctypes.addressof(value) for value in (left, right, bottom, top)]
    for index in np.flatnonzero(digit & touching):
        height = abs(float(loose[index, 1] - loose[index, 3]))
        if not height or not pdfium.drawn_box_of(handle, int(index), *addresses):
            continue
        foot = min(float(loose[index, 1]), float(loose[index, 3]))
        if top.value - bottom.value < _RAISED_HEIGHT * height and bottom.value - foot > _RAISED_FOOT * height:
            loose[index] = (left.value, top.value, right.value, bottom.value)
            raised.append(index)
    return np.array(raised, dtype=np.intp)


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
