"""Signs that Tesseract's Swedish model lacks (%, §, @): it reads "9 %" as "9264", which the English model mends."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ingest.pdf.hocr import Box, Glyph, ReadLine, Word

_SUSPECT = re.compile(r"\d|\w\.\w\w")
"""Figures, and what looks like an address."""
_UNKNOWN_SIGNS = frozenset("%§@_#*±°")
_MARGIN_PIXELS, _GAP_PIXELS = 8, 30

Stretch = tuple[int, int, int]
"""Number of a line, and its words from the one to before the other."""


def with_unknown_signs(
    lines: Sequence[ReadLine], pixels: NDArray[np.uint8], read: Callable[[NDArray[np.uint8]], list[ReadLine]]
) -> list[ReadLine]:
    """The lines with those stretches of suspect words replaced in which `read` finds a sign that was out of reach.

    `pixels` is the page, uint8 (height, width); the stretches are put one below the other on a sheet of their own.
    """
    mended = list(lines)
    stretches = list(_suspect_stretches(lines))
    boxes = [_bounds(lines[number].words[start:stop]) for number, start, stop in stretches]
    if not boxes:
        return mended
    sheet, tops = _sheet(pixels, boxes)
    found: dict[int, list[Word]] = defaultdict(list)
    for line in read(sheet):
        found[bisect_right(tops, int(line.box[1] + line.box[3]) // 2) - 1] += line.words
    # From the last stretch of a line to the first, so that the numbers of its words still hold.
    for index in sorted(found, reverse=True):
        number, start, stop = stretches[max(index, 0)]
        if any(glyph.character in _UNKNOWN_SIGNS for word in found[index] for glyph in word.glyphs):
            across = boxes[index][0] - _MARGIN_PIXELS
            down = boxes[index][1] - _MARGIN_PIXELS - tops[index]
            words = mended[number].words
            moved = tuple(_moved(word, across, down) for word in found[index])
            mended[number] = replace(mended[number], words=words[:start] + moved + words[stop:])
    return mended


def _suspect_stretches(lines: Sequence[ReadLine]) -> Iterator[Stretch]:
    for number, line in enumerate(lines):
        start = None
        for position, word in enumerate((*line.words, None)):
            if word is not None and _SUSPECT.search(word.text):
                start = position if start is None else start
            elif start is not None:
                yield number, start, position
                start = None


def _bounds(words: Sequence[Word]) -> tuple[int, int, int, int]:
    boxes = np.array([glyph.box for word in words for glyph in word.glyphs])
    x0, top = boxes[:, :2].min(axis=0)
    x1, bottom = boxes[:, 2:].max(axis=0)
    return int(x0), int(top), int(x1), int(bottom)


def _sheet(
    pixels: NDArray[np.uint8], boxes: Sequence[tuple[int, int, int, int]]
) -> tuple[NDArray[np.uint8], list[int]]:
    """The cut-out boxes one below the other on white, and the height at which each begins."""
    cuts = [
        pixels[
            max(top - _MARGIN_PIXELS, 0) : bottom + _MARGIN_PIXELS, max(x0 - _MARGIN_PIXELS, 0) : x1 + _MARGIN_PIXELS
        ]
        for x0, top, x1, bottom in boxes
    ]
    sheet = np.full((sum(len(cut) + _GAP_PIXELS for cut in cuts), max(cut.shape[1] for cut in cuts)), 255, np.uint8)
    tops = [0]
    for cut in cuts:
        sheet[tops[-1] : tops[-1] + len(cut), : cut.shape[1]] = cut
        tops.append(tops[-1] + len(cut) + _GAP_PIXELS)
    return sheet, tops[:-1]


def _moved(word: Word, across: float, down: float) -> Word:
    def shifted(box: Box) -> Box:
        return box[0] + across, box[1] + down, box[2] + across, box[3] + down

    return Word(tuple(Glyph(g.character, shifted(g.box), g.raised) for g in word.glyphs), word.confidence)
