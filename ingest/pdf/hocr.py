"""What Tesseract reads: its lines and letters, and the signs (%, §, @) that its Swedish model lacks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import mean, median, median_low

import lxml.html
import numpy as np
from lxml.html import HtmlElement
from numpy.typing import NDArray

_LINES = "//*[@class='ocr_line' or @class='ocr_header' or @class='ocr_textfloat' or @class='ocr_caption']"
_WORDS = ".//*[@class='ocrx_word']"
_CHARACTERS = ".//*[@class='ocrx_cinfo']"
_TALL = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZbdfhkl0123456789")
_LOW = frozenset("acemnorsuvwxz")
_TALL_OVER_LOW = 1.4
_LOW_OVER_LINE = 0.57
"""Height of a capital over that of a small letter, and of that over the line's from descender to ascender (x_size)."""
_WAVER = 0.2
"""Letters whose height is further from the usual are not of the line's type: raised, spoilt, run together."""
_MINIMUM_CONFIDENCE, _MINIMUM_SIGN_CONFIDENCE = 0.15, 0.6
"""Specks and frame lines are taken for signs, seldom with confidence; words are kept unless Tesseract is at a loss."""
_MISREAD_BULLETS = frozenset("e«»©®¢*°¤")
"""What a bullet at the beginning of a line is taken for; none of these begins a line of Swedish or English alone."""
_RAISED_FOOT, _RAISED_HEIGHT = 0.35, 0.65
"""Over the height of a small letter: how high a footnote mark stands, and how tall it is, unlike a quotation mark."""

Box = tuple[float, float, float, float]
"""x0, top, x1, bottom in pixels."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """A recognised character, its box, and whether it stands small above the baseline, as a footnote mark does."""

    character: str
    box: Box
    raised: bool


@dataclass(frozen=True, slots=True)
class Word:
    """A recognised word with its confidence from 0 to 1."""

    glyphs: tuple[Glyph, ...]
    confidence: float

    @property
    def text(self) -> str:
        """The word's characters."""
        return "".join(glyph.character for glyph in self.glyphs)


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A recognised line. The baseline is at height `base` where the line begins and falls by `slope` per pixel.

    `letter` is the height of small letters in pixels.
    """

    words: tuple[Word, ...]
    box: Box
    base: float
    slope: float
    letter: float

    @property
    def text(self) -> str:
        """The words with single spaces between them."""
        return " ".join(word.text for word in self.words)


def read_hocr(markup: bytes) -> list[ReadLine]:
    """The lines of one page that hold any word, in Tesseract's order."""
    if not markup.strip():
        return []
    found = (_line(element) for element in lxml.html.fromstring(markup).xpath(_LINES))
    return [line for line in found if line.words]


def _line(element: HtmlElement) -> ReadLine:
    title = element.get("title", "")
    box = _box(title, "bbox")
    slope = (_numbers(title, "baseline") or [0.0])[0]
    drawn = [[(text, _box(t, "x_bboxes")) for text, t in _titles(word)] for word in element.xpath(_WORDS)]
    pairs = [pair for word in drawn for pair in word]
    letter = _letter_height(pairs) or _LOW_OVER_LINE * _numbers(title, "x_size")[0]
    feet = [place[3] - slope * (place[0] - box[0]) for text, place in pairs if text in _LOW or text in _TALL]
    base = median_low(feet) if feet else box[3]
    words = []
    for position, (word, pairs) in enumerate(zip(element.xpath(_WORDS), drawn, strict=True)):
        confidence = _numbers(word.get("title", ""), "x_wconf")[0] / 100
        if position == 0 and len(drawn) > 1 and len(pairs) == 1 and pairs[0][0] in _MISREAD_BULLETS:
            pairs, confidence = [("•", pairs[0][1])], 1.0
        foot = base + slope * (pairs[0][1][0] - box[0]) if pairs else base
        glyphs = tuple(glyph for pair in pairs for glyph in _glyphs(*pair, foot, letter))
        is_word = any(glyph.character.isalnum() for glyph in glyphs)
        if glyphs and confidence >= (_MINIMUM_CONFIDENCE if is_word else _MINIMUM_SIGN_CONFIDENCE):
            words.append(Word(glyphs, confidence))
    return ReadLine(tuple(words), box, base, slope, letter)


def _glyphs(text: str, box: Box, base: float, letter: float) -> Iterator[Glyph]:
    """The characters of one box. A raised mark that was not read as a digit or letter says nothing and goes."""
    raised = base - box[3] > _RAISED_FOOT * letter and box[3] - box[1] > _RAISED_HEIGHT * letter
    for character in text:
        if not raised or character.isalnum() or character in "*•":
            yield Glyph(character, box, raised and character != "•")


def _titles(word: HtmlElement) -> Iterator[tuple[str, str]]:
    for character in word.xpath(_CHARACTERS):
        yield (character.text or "").strip(), character.get("title", "")


def _letter_height(pairs: list[tuple[str, Box]]) -> float:
    """Height of the line's small letters, estimated from its tall ones where it has none; or 0."""
    low, tall = ([box[3] - box[1] for text, box in pairs if text in letters] for letters in (_LOW, _TALL))
    if not low:
        return median(tall) / _TALL_OVER_LOW if tall else 0.0
    middle = median_low(low)
    return mean(height for height in low if abs(height - middle) <= _WAVER * middle)


def _box(title: str, name: str) -> Box:
    x0, top, x1, bottom = _numbers(title, name)
    return x0, top, x1, bottom


def _numbers(title: str, name: str) -> list[float]:
    """The numbers after `name` in an hOCR title attribute."""
    match = re.search(rf"\b{name}((?:\s+-?[\d.]+)+)", title)
    return [float(number) for number in match[1].split()] if match else []


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
