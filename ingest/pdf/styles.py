"""How text looks: size, weight, slant, colour, font, asked once for each text object; and what tags call headings."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Mapping
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
_HEADING = re.compile(r"H([1-6])")
_MAXIMUM_ELEMENTS = 50_000


@dataclass(frozen=True, slots=True)
class Style:
    """How a stretch of text looks: size in points, weight, slant, fill colour 0xRRGGBB, font without subset tag.

    `heading` is the level, 1 to 6, where a tagged file calls the text a heading, else 0. `drawn` is False for text that
    the file says not to draw, `alpha` its opacity (0 to 255), `tilted` whether it runs askew over the page.
    """

    size: float
    bold: bool
    italic: bool
    colour: int
    font: str
    heading: int = 0
    drawn: bool = True
    alpha: int = 255
    tilted: bool = False


def read_styles(
    text_page: pypdfium2.PdfTextPage, handle: int, count: int, tags: Mapping[int, int]
) -> tuple[NDArray[np.int32], tuple[Style, ...], NDArray[np.int8]]:
    """Style number of each character, the styles, and each character's direction in page space in quarter turns.

    A text object has one style, so each is asked once; characters that pdfium generated take their neighbour's.
    `tags` are the heading levels of the page's marked contents.
    """
    find = pdfium.text_object_of
    objects = np.fromiter((find(handle, index) or 0 for index in range(count)), dtype=np.uint64, count=count)
    known = np.flatnonzero(objects)
    if not len(known):
        return np.full(count, -1, dtype=np.int32), (), np.zeros(count, dtype=np.int8)
    _, first, owner = np.unique(objects[known], return_index=True, return_inverse=True)
    table: dict[tuple[_Look, int, int], int] = {}
    fonts: dict[int, _Font] = {}
    styles: list[Style] = []
    numbers = []
    looks = _read_looks(handle, known[first], objects)
    for index, look in zip(known[first].tolist(), looks, strict=True):
        font = pdfium.font_of(int(objects[index])) or 0
        heading = tags.get(pdfium.marked_content_of(int(objects[index])), 0) if tags else 0
        number = table.setdefault((look, font, heading), len(table))
        if number == len(styles):
            if font not in fonts:
                fonts[font] = _read_font(text_page, index)
            name, bold, italic = fonts[font]
            styles.append(Style(look[0], bold, italic, look[1], name, heading, *look[3:]))
        numbers.append(number)
    nearest = owner[np.maximum(np.searchsorted(known, np.arange(count), side="right") - 1, 0)]
    angles = np.array([quarter for _, _, quarter, *_ in looks], dtype=np.int8)
    return np.array(numbers, dtype=np.int32)[nearest], tuple(styles), angles[nearest]


_Font = tuple[str, bool, bool]
"""Name without subset tag, bold, italic."""
_Look = tuple[float, int, int, bool, int, bool]
"""Size in points, colour 0xRRGGBB, clockwise quarter turns, drawn, opacity, tilted."""


def _read_font(text_page: pypdfium2.PdfTextPage, index: int) -> _Font:
    flags = ctypes.c_int()
    buffer = ctypes.create_string_buffer(200)
    raw.FPDFText_GetFontInfo(text_page, index, buffer, 200, flags)
    name = buffer.value.decode("utf-8", errors="replace").split("+")[-1]
    weight = raw.FPDFText_GetFontWeight(text_page, index)
    bold = bool(_BOLD_NAME.search(name)) or weight >= _BOLD_WEIGHT or bool(flags.value & _FORCE_BOLD_FLAG)
    return name, bold, bool(_ITALIC_NAME.search(name)) or bool(flags.value & _ITALIC_FLAG)


def _read_looks(handle: int, indexes: NDArray[np.intp], objects: NDArray[np.uint64]) -> list[_Look]:
    """The look of the characters with these indexes; `objects` are the text objects of all characters."""
    matrix, colour = np.zeros(6, dtype=np.float32), np.zeros(4, dtype=np.uint32)
    matrix_address = matrix.ctypes.data
    colour_addresses = [colour.ctypes.data + 4 * part for part in range(4)]
    looks = []
    for index in indexes.tolist():
        pdfium.matrix_of(handle, index, matrix_address)
        pdfium.colour_of(handle, index, *colour_addresses)
        a, b, c, d, _, _ = matrix.tolist()
        red, green, blue, alpha = colour.tolist()
        size = pdfium.font_size_of(handle, index) * (math.hypot(c, d) or 1.0)
        turns = math.atan2(-b, a) / (math.pi / 2)
        drawn = pdfium.render_mode_of(int(objects[index])) not in _NOT_DRAWN
        tilted = abs(turns - round(turns)) > _TILTED_TURNS
        looks.append((round(size, 1), (red << 16) | (green << 8) | blue, round(turns) % 4, drawn, alpha, tilted))
    return looks


def heading_tags(page: pypdfium2.PdfPage) -> dict[int, int]:
    """Heading level, 1 to 6, by number of marked content; empty for a page without tags. The caller holds the lock."""
    tree = raw.FPDF_StructTree_GetForPage(page)
    if not tree:
        return {}
    levels: dict[int, int] = {}
    try:
        roots = (raw.FPDF_StructTree_GetChildAtIndex(tree, i) for i in range(raw.FPDF_StructTree_CountChildren(tree)))
        waiting = [(element, 0) for element in roots if element]
        for _ in range(_MAXIMUM_ELEMENTS):
            if not waiting:
                break
            element, level = waiting.pop()
            level = level or _level_of(element)
            for index in range(raw.FPDF_StructElement_CountChildren(element)):
                child = raw.FPDF_StructElement_GetChildAtIndex(element, index)
                if child:
                    waiting.append((child, level))
                elif level:
                    levels[raw.FPDF_StructElement_GetChildMarkedContentID(element, index)] = level
    finally:
        raw.FPDF_StructTree_Close(tree)
    return levels


def _level_of(element: object) -> int:
    buffer = ctypes.create_string_buffer(64)
    length = raw.FPDF_StructElement_GetType(element, buffer, len(buffer))
    match = _HEADING.fullmatch(buffer.raw[: max(length - 2, 0)].decode("utf-16-le", errors="replace"))
    return int(match[1]) if match else 0
