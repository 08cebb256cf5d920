"""How text looks, asked once for each text object, and which text nobody sees.

Undrawn text is the text layer of a scan and stays, unless it lies on other text and would be read twice. White and
covered text is judged by what the drawn page shows in its place.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pypdfium2
import pypdfium2.raw as raw
from numpy.typing import NDArray

from ingest.pdf import pdfium

_BOLD_NAME = re.compile(r"bold|black|heavy|demi|fett", re.IGNORECASE)
_ITALIC_NAME = re.compile(r"italic|oblique|kursiv", re.IGNORECASE)
_BOLD_WEIGHT = 600
_FORCE_BOLD_FLAG = 1 << 18
_ITALIC_FLAG = 1 << 6
_NOT_DRAWN = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)
_TILTED_TURNS = 0.1
"""Nine degrees: a scan's text layer may lie that much askew."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a stretch of text looks: size in points, weight, slant, fill colour 0xRRGGBB, font without subset tag.

    `drawn` is False for text that the file says not to draw, `alpha` its opacity (0 to 255), `tilted` whether it runs
    askew over the page.
    """

    size: float
    bold: bool
    italic: bool
    colour: int
    font: str
    drawn: bool = True
    alpha: int = 255
    tilted: bool = False


def read_styles(
    text_page: pypdfium2.PdfTextPage, handle: int, count: int
) -> tuple[NDArray[np.int32], tuple[Style, ...], NDArray[np.int8]]:
    """Style number of each character, the styles, and each character's direction in page space in quarter turns.

    A text object has one style, so each is asked once; characters that pdfium generated take their neighbour's.
    """
    objects = _objects_of(handle, count)
    known = np.flatnonzero(objects)
    if not len(known):
        return np.full(count, -1, dtype=np.int32), (), np.zeros(count, dtype=np.int8)
    _, first, owner = np.unique(objects[known], return_index=True, return_inverse=True)
    fonts: dict[int, tuple[str, bool, bool]] = {}
    table: dict[tuple[Style, int], int] = {}
    numbers, turns = np.zeros(len(first), np.int32), np.zeros(len(first), np.int8)
    for place in np.argsort(first).tolist():  # in the order of the text, since addresses differ from run to run
        index = int(known[first[place]])
        font = pdfium.font_of(int(objects[index])) or 0
        if font not in fonts:
            fonts[font] = _read_font(text_page, index)
        style, turn = _read_look(handle, index, int(objects[index]), fonts[font])
        numbers[place], turns[place] = table.setdefault((style, font), len(table)), turn
    nearest = owner[np.maximum(np.searchsorted(known, np.arange(count), side="right") - 1, 0)]
    styles = tuple(style for style, _ in table)
    return numbers[nearest], styles, turns[nearest]


def _objects_of(handle: int, count: int) -> NDArray[np.uint64]:
    """The address of each character's text object, 0 for those that pdfium generated."""
    find = pdfium.text_object_of
    return np.fromiter((find(handle, index) or 0 for index in range(count)), dtype=np.uint64, count=count)


def _read_font(text_page: pypdfium2.PdfTextPage, index: int) -> tuple[str, bool, bool]:
    """Name without subset tag, bold, italic."""
    flags = ctypes.c_int()
    buffer = ctypes.create_string_buffer(200)
    raw.FPDFText_GetFontInfo(text_page, index, buffer, 200, flags)
    name = buffer.value.decode("utf-8", errors="replace").split("+")[-1]
    weight = raw.FPDFText_GetFontWeight(text_page, index)
    bold = bool(_BOLD_NAME.search(name)) or weight >= _BOLD_WEIGHT or bool(flags.value & _FORCE_BOLD_FLAG)
    return name, bold, bool(_ITALIC_NAME.search(name)) or bool(flags.value & _ITALIC_FLAG)


def _read_look(handle: int, index: int, drawn: int, font: tuple[str, bool, bool]) -> tuple[Style, int]:
    """The style of a character of the text object `drawn`, and its direction in clockwise quarter turns."""
    matrix, colour = (ctypes.c_float * 6)(), (ctypes.c_uint * 4)()
    at = ctypes.addressof(colour)
    pdfium.matrix_of(handle, index, ctypes.addressof(matrix))
    pdfium.colour_of(handle, index, at, at + 4, at + 8, at + 12)
    a, b, c, d, _, _ = matrix
    red, green, blue, alpha = colour
    size = pdfium.font_size_of(handle, index) * (math.hypot(c, d) or 1.0)
    turns = math.atan2(-b, a) / (math.pi / 2)
    name, bold, italic = font
    shown = pdfium.render_mode_of(drawn) not in _NOT_DRAWN
    tilted = abs(turns - round(turns)) > _TILTED_TURNS
    colour_number = (red << 16) | (green << 8) | blue
    return Style(round(size, 1), bold, italic, colour_number, name, shown, alpha, tilted), round(turns) % 4


_PALE = 0xE6
"""Each of red, green and blue at least so much is nearly white."""
_FAINT_ALPHA = 26
_LARGE, _LARGE_TILTED = 40.0, 24.0
"""Points from which level and tilted words may be a watermark."""
_THIN_ALPHA, _LIGHT = 200, 150
"""Watermarks are less opaque than this, or lighter in every colour."""
_SCALE = 2.0
_LEAST_CONTRAST = 25
"""Of 255 grey levels between the darkest and the lightest point where a letter is said to stand."""
_MOSTLY = 0.5
_LEAST_COVER = 20.0
"""Square points below which nothing drawn hides a word."""

Boxes = NDArray[np.float32]
Mask = NDArray[np.bool_]
Bounds = tuple[float, ...]
"""x0, y0, x1, y1 in page points."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """Which characters are not to be read: bool (n,) each."""

    hidden: Mask
    watermark: Mask


def find_unseen(
    page: pypdfium2.PdfPage,
    handle: int,
    solid: Mask,
    styles: NDArray[np.int32],
    table: Sequence[Style],
    boxes: Boxes,
    seen: Boxes,
) -> Unseen:
    """The characters of a page that are not to be read; the caller holds the pdfium lock.

    `handle` is the text page's address, `solid` marks what is no white space, `styles` are numbers in `table` (-1 where
    unknown), `boxes` float32 (n, 4) in page points and `seen` the same as x0, top, x1, bottom of the shown page.
    """
    watermark = _watermarks(styles, table, boxes, solid)
    undrawn = _of_styles(styles, [not style.drawn or style.alpha < _FAINT_ALPHA for style in table]) & solid
    white = _of_styles(styles, [_lightest(style) >= _PALE for style in table]) & solid
    order, covers = _order(page)
    if not covers and not (undrawn | white).any():
        return Unseen(undrawn, watermark)
    objects = _objects_of(handle, len(boxes))
    covered = _covered(order, covers, objects, boxes) & solid
    suspect = (undrawn | white | covered) & ~watermark
    if not suspect.any():
        return Unseen(suspect, watermark)
    white &= suspect & ~undrawn & ~covered
    inked = _has_ink(page, seen, suspect & ~undrawn)
    plain = (solid & ~suspect & ~watermark) | (white & inked)
    twice = _stand_on(boxes, objects, suspect & ~white, plain, undrawn & ~watermark)
    return Unseen(twice | (suspect & ~undrawn & ~inked), watermark)


def _of_styles(styles: NDArray[np.int32], chosen: Sequence[bool]) -> Mask:
    mask: Mask = np.array([*chosen, False])[styles]
    return mask


def _lightest(style: Style) -> int:
    """The darkest of the three colours, 0 to 255."""
    return min(style.colour >> 16, style.colour >> 8 & 0xFF, style.colour & 0xFF)


def _watermarks(styles: NDArray[np.int32], table: Sequence[Style], boxes: Boxes, solid: Mask) -> Mask:
    """Large tilted words, and large pale ones with other text on them."""
    tilted = _of_styles(styles, [style.tilted and style.size >= _LARGE_TILTED for style in table])
    pale = [style.size >= _LARGE and (style.alpha < _THIN_ALPHA or _lightest(style) >= _LIGHT) for style in table]
    level = _of_styles(styles, pale) & solid
    if level.any():
        others = boxes[solid & ~level]
        middles = (others[:, :2] + others[:, 2:]) / 2
        number = styles[level]
        for one in np.unique(number):
            own = boxes[level & (styles == one)]
            if not _within(middles, own).any():
                level &= styles != one
    return tilted | level


def _within(points: NDArray[np.floating], boxes: Boxes) -> Mask:
    """Which points lie in any of the boxes."""
    inside: Mask = np.zeros(len(points), dtype=bool)
    for x0, y0, x1, y1 in boxes:
        inside |= (points[:, 0] > x0) & (points[:, 0] < x1) & (points[:, 1] > y0) & (points[:, 1] < y1)
    return inside


def _order(page: pypdfium2.PdfPage) -> tuple[dict[int, int], list[tuple[int, Bounds]]]:
    """The place of each text object in the drawing order, and place and bounds of what is drawn over text."""
    order: dict[int, int] = {}
    covers: list[tuple[int, Bounds]] = []
    for index in range(raw.FPDFPage_CountObjects(page)):
        drawn = raw.FPDFPage_GetObject(page, index)
        kind = raw.FPDFPageObj_GetType(drawn)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            order[pdfium.address_of(drawn)] = index
        elif order and (kind == raw.FPDF_PAGEOBJ_IMAGE or (kind == raw.FPDF_PAGEOBJ_PATH and _is_filled(drawn))):
            bounds = _bounds(drawn)
            if (bounds[2] - bounds[0]) * (bounds[3] - bounds[1]) >= _LEAST_COVER:
                covers.append((index, bounds))
    return order, covers


def _covered(
    order: dict[int, int], covers: Sequence[tuple[int, Bounds]], objects: NDArray[np.uint64], boxes: Boxes
) -> Mask:
    """Which characters something opaque is drawn over afterwards; `objects` are their text objects."""
    covered: Mask = np.zeros(len(boxes), dtype=bool)
    place = np.array([order.get(one, 1 << 30) for one in objects.tolist()])
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    for index, bounds in covers:
        covered |= (place < index) & _within(middles, np.array([bounds], dtype=np.float32))
    return covered


def _is_filled(path: object) -> bool:
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    return bool(
        raw.FPDFPath_GetDrawMode(path, mode, stroke)
        and mode.value
        and raw.FPDFPageObj_GetFillColor(path, red, green, blue, alpha)
        and alpha.value >= _THIN_ALPHA
    )


def _bounds(drawn: object) -> Bounds:
    sides = [ctypes.c_float() for _ in range(4)]
    if not raw.FPDFPageObj_GetBounds(drawn, *sides):
        return (0.0, 0.0, 0.0, 0.0)
    return tuple(side.value for side in sides)


def _stand_on(boxes: Boxes, objects: NDArray[np.uint64], suspect: Mask, plain: Mask, undrawn: Mask) -> Mask:
    """Which suspect characters belong to words that lie on plainly drawn text, or on a text layer before them."""
    twice: Mask = np.zeros(len(boxes), dtype=bool)
    taken = plain.copy()
    _, first = np.unique(objects[suspect], return_index=True)
    for one in objects[suspect][np.sort(first)]:
        own = suspect & (objects == one)
        middles = (boxes[own, :2] + boxes[own, 2:]) / 2
        if _within(middles, boxes[taken]).mean() > _MOSTLY:
            twice |= own
        else:
            taken |= own & undrawn
    return twice


def _has_ink(page: pypdfium2.PdfPage, seen: Boxes, doubtful: Mask) -> Mask:
    """For which of the doubtful characters the drawn page shows anything where they stand."""
    shown: Mask = np.zeros(len(seen), dtype=bool)
    if not doubtful.any():
        return shown
    width, height = page.get_size()
    scale = min(_SCALE, (6_000_000 / max(width * height, 1.0)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    pixels = bitmap.to_numpy().reshape(bitmap.height, bitmap.width, -1)[:, :, 0].copy()
    bitmap.close()
    for index in np.flatnonzero(doubtful):
        x0, top, x1, bottom = (seen[index] * scale).tolist()
        area = pixels[max(0, int(top)) : int(bottom) + 1, max(0, int(x0)) : int(x1) + 1]
        shown[index] = area.size > 0 and int(area.max()) - int(area.min()) >= _LEAST_CONTRAST
    return shown
