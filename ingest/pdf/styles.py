"""How text looks: size, weight, slant, colour, font and heading tag, asked of pdfium once for each text object."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

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


@dataclass(frozen=True, slots=True)
class Style:
    """How a stretch of text looks: size in points, weight, slant, fill colour 0xRRGGBB, font without subset tag.

    `heading` is the level, 1 to 6, where a tagged file calls the text a heading, else 0.
    """

    size: float
    bold: bool
    italic: bool
    colour: int
    font: str
    heading: int = 0


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
    table: dict[Style, int] = {}
    fonts: dict[int, _Font] = {}
    numbers, angles = [], []
    for index in known[first]:
        font = pdfium.font_of(int(objects[index])) or 0
        if font not in fonts:
            fonts[font] = _read_font(text_page, int(index))
        style, quarter = _read_style(text_page, int(index), fonts[font])
        if tags:
            style = replace(style, heading=tags.get(pdfium.marked_content_of(int(objects[index])), 0))
        numbers.append(table.setdefault(style, len(table)))
        angles.append(quarter)
    nearest = owner[np.maximum(np.searchsorted(known, np.arange(count), side="right") - 1, 0)]
    return np.array(numbers, dtype=np.int32)[nearest], tuple(table), np.array(angles, dtype=np.int8)[nearest]


_Font = tuple[str, bool, bool]
"""Name without subset tag, bold, italic."""


def _read_font(text_page: pypdfium2.PdfTextPage, index: int) -> _Font:
    flags = ctypes.c_int()
    buffer = ctypes.create_string_buffer(200)
    raw.FPDFText_GetFontInfo(text_page, index, buffer, 200, flags)
    name = buffer.value.decode("utf-8", errors="replace").split("+")[-1]
    weight = raw.FPDFText_GetFontWeight(text_page, index)
    bold = bool(_BOLD_NAME.search(name)) or weight >= _BOLD_WEIGHT or bool(flags.value & _FORCE_BOLD_FLAG)
    return name, bold, bool(_ITALIC_NAME.search(name)) or bool(flags.value & _ITALIC_FLAG)


def _read_style(text_page: pypdfium2.PdfTextPage, index: int, font: _Font) -> tuple[Style, int]:
    """The style of the character with this index, and its text's direction in clockwise quarter turns."""
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(text_page, index, matrix)
    scale = math.hypot(matrix.c, matrix.d) or 1.0
    quarter = round(math.atan2(-matrix.b, matrix.a) / (math.pi / 2)) % 4
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    raw.FPDFText_GetFillColor(text_page, index, red, green, blue, alpha)
    size = round(raw.FPDFText_GetFontSize(text_page, index) * scale, 1)
    name, bold, italic = font
    return Style(size, bold, italic, (red.value << 16) | (green.value << 8) | blue.value, name), quarter
