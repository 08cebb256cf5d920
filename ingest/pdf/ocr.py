"""Character recognition through Tesseract, for pages without readable text."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from statistics import median

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image

from ingest.pdf.appearance import Style
from ingest.pdf.characters import SPACE, Characters
from ingest.pdf.hocr import ReadLine, read_hocr, with_unknown_signs
from ingest.pdf.pdfium import PDFIUM
from ingest.pdf.render import capped_scale, from_frame

_DARK = 160
_THIN_POINTS, _FREE_POINTS = 2.4, 1.2
_LEADER_POINTS = 60.0
_LEAST_INK, _MOST_INK = 0.15, 0.85
"""A leader is at least so long, and between these shares of its length are ink: a rule has more."""


def without_leaders(pixels: NDArray[np.uint8], scale: float) -> tuple[NDArray[np.uint8], int]:
    """The page, uint8 (height, width), without long rows of dots or dashes, which recognition takes for words.

    Also tells how many lines had one.
    `scale` is pixels per point. Ink is thin where there is none right above and below it.
    """
    dark = pixels < _DARK
    core, reach = int(_THIN_POINTS * scale) | 1, max(1, int(_FREE_POINTS * scale))
    ink = _sums_above_and_below(dark, core)
    around = _sums_above_and_below(dark, core + 2 * reach)
    thin = dark & (ink == around)
    cleaned = pixels.copy()
    rows: list[int] = []
    shortest = _LEADER_POINTS * scale
    for row in np.flatnonzero(thin.sum(axis=1) > _LEAST_INK * shortest):
        # Stretches of the row without anything but thin ink.
        edges = np.flatnonzero(np.concatenate([[True], ink[row] != around[row], [True]]))
        long = np.flatnonzero(np.diff(edges) > shortest)
        for start, end in zip(edges[long], edges[long + 1] - 1, strict=True):
            # Thin ink at either end belongs to the letter there.
            free = np.flatnonzero(~thin[row, start:end])
            if len(free) < 2:
                continue
            first, last = start + free[0], start + free[-1]
            if last - first > shortest and _LEAST_INK < thin[row, first:last].mean() < _MOST_INK:
                cleaned[row - reach : row + reach + 1, first:last] = 255
                rows.append(int(row))
    return cleaned, int((np.diff(rows, prepend=-core) >= core).sum())


def _sums_above_and_below(dark: NDArray[np.bool_], side: int) -> NDArray[np.int16]:
    """For each pixel the number of dark ones within `side` (odd) pixels of its column around it."""
    sums = np.cumsum(np.pad(dark, ((side // 2 + 1, side // 2), (0, 0))), axis=0, dtype=np.int16)
    return sums[side:] - sums[:-side]


LANGUAGES = ("swe", "eng")
_DOTS_PER_INCH = 300
_MAXIMUM_PIXELS = 16_000_000
_SECONDS_PER_PAGE = 120
_SWEDISH_LETTERS_SHARE = 0.01
"""Of a text's letters å, ä and ö are 0.04 in Swedish, none in English."""
_LETTER_OVER_SIZE, _BELOW_OVER_SIZE, _ABOVE_OVER_SIZE = 0.5, 0.3, 0.9
"""Over the font size: height of small letters, and how far a line of text reaches below and above its baseline."""
_SAME_SIZE = 0.045
_RAISED_SIZE = 0.6
_CONTENTS_LEADERS = 3
_BOLD_STROKE = 1.28


@cache
def available_languages() -> tuple[str, ...]:
    """Those of `LANGUAGES` that an installed Tesseract can read; empty where there is none."""
    program = shutil.which("tesseract")
    if program is None:
        return ()
    listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=30, check=False)
    known = set((listed.stdout + listed.stderr).split())
    return tuple(language for language in LANGUAGES if language in known)


def recognise(page: pypdfium2.PdfPage, languages: tuple[str, ...]) -> tuple[Characters, float]:
    """The page's characters as Tesseract reads them from its image, and its mean confidence from 0 to 1.

    A page that takes too long gives no characters. Frames are level where the scan is askew; boxes lie on the image.
    """
    with PDFIUM:
        width, height = page.get_size()
        scale = capped_scale(width, height, _DOTS_PER_INCH / 72, _MAXIMUM_PIXELS)
        bitmap = page.render(scale=scale, grayscale=True)
        pixels = np.asarray(bitmap.to_pil().convert("L"))
        crop, turn = page.get_cropbox(), page.get_rotation() // 90
    cleaned, leaders = without_leaders(pixels, scale)
    lines = _surest(cleaned, languages, round(scale * 72), leaders >= _CONTENTS_LEADERS)
    codes, boxes, level, numbers, table = _glyph_arrays(lines, pixels, scale)
    characters = Characters(
        codes=codes,
        boxes=from_frame(boxes, crop, turn),
        frame=level,
        size=np.array([style.size for style in table] or [0.0], dtype=np.float32)[numbers],
        group=np.zeros(len(codes), dtype=np.int8),
        styles=numbers,
        style_table=table,
        width=width,
        height=height,
        shapes=np.zeros((0, 4), dtype=np.float32),
    )
    return characters, _confidence(lines)


def _surest(pixels: NDArray[np.uint8], languages: Sequence[str], dots_per_inch: int, one_block: bool) -> list[ReadLine]:
    """The lines as read in the first language, unless its letters hardly occur and another reads with more confidence.

    One language at a time: both together make Tesseract read some Swedish lines without their dots and rings.
    """
    best: list[ReadLine] = []
    for language in languages:
        lines = read_hocr(_tesseract(pixels, language, dots_per_inch, one_block))
        if _confidence(lines) >= _confidence(best):
            best = lines
        letters = [letter for line in best for letter in line.text.casefold() if letter.isalpha()]
        if sum(letter in "åäö" for letter in letters) < _SWEDISH_LETTERS_SHARE * len(letters):
            continue
        if len(languages) > 1:
            return with_unknown_signs(
                best, pixels, lambda sheet: read_hocr(_tesseract(sheet, languages[1], dots_per_inch, one_block=True))
            )
        break
    return best


def _confidence(lines: Sequence[ReadLine]) -> float:
    weights = [(len(word.glyphs), word.confidence) for line in lines for word in line.words]
    return sum(count * sure for count, sure in weights) / max(sum(count for count, _ in weights), 1)


def _tesseract(pixels: NDArray[np.uint8], language: str, dots_per_inch: int, one_block: bool) -> bytes:
    """The hOCR of a page or a piece of one. The page numbers of a contents page are lost unless it is `one_block`."""
    image = io.BytesIO()
    Image.fromarray(pixels).save(image, "PNG", compress_level=1)
    command = ["tesseract", "stdin", "stdout", "-l", language, "--dpi", str(dots_per_inch)]
    command += ["--psm", "6" if one_block else "3", "-c", "hocr_char_boxes=1", "hocr"]
    try:
        done = subprocess.run(
            command,
            input=image.getvalue(),
            capture_output=True,
            timeout=_SECONDS_PER_PAGE,
            check=False,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except subprocess.TimeoutExpired:
        return b""
    return done.stdout if done.returncode == 0 else b""


def _glyph_arrays(
    lines: Sequence[ReadLine], pixels: NDArray[np.uint8], scale: float
) -> tuple[NDArray[np.uint32], NDArray[np.float32], NDArray[np.float32], NDArray[np.int32], tuple[Style, ...]]:
    """Codes, boxes on the image and level frames in points, style numbers, and the styles."""
    codes: list[int] = []
    boxes: list[tuple[float, float, float, float]] = []
    numbers: list[int] = []
    table: dict[Style, int] = {}
    for line, style in zip(lines, _styles(lines, pixels, scale), strict=True):
        reach = style.size * scale
        for word in line.words:
            ends = [following.box[0] for following in word.glyphs[1:]] + [word.glyphs[-1].box[2]]
            for glyph, end in zip(word.glyphs, ends, strict=True):
                # Up to the next letter, so that no gap inside a word looks like a space.
                x0, top, x1, bottom = glyph.box[0], glyph.box[1], max(end, glyph.box[0]), glyph.box[3]
                own = style
                if glyph.raised:
                    own = replace(style, size=style.size * _RAISED_SIZE)
                else:
                    base = line.base + line.slope * (x0 - line.box[0])
                    top, bottom = base - _ABOVE_OVER_SIZE * reach, base + _BELOW_OVER_SIZE * reach
                codes.append(ord(glyph.character))
                boxes.append((x0, top, x1, bottom))
                numbers.append(table.setdefault(own, len(table)))
            codes.append(SPACE)
            boxes.append((boxes[-1][2], *boxes[-1][1:]))
            numbers.append(numbers[-1])
    placed = np.array(boxes, dtype=np.float32).reshape(-1, 4)
    slope = _slope(lines)
    level = placed.copy()
    level[:, [1, 3]] -= slope * (placed[:, [0]] - pixels.shape[1] / 2)
    level[:, [0, 2]] += slope * (placed[:, [3]] - pixels.shape[0] / 2)
    return (
        np.array(codes, dtype=np.uint32),
        placed / np.float32(scale),
        (level / scale).astype(np.float32),
        np.array(numbers, dtype=np.int32),
        tuple(table),
    )


def _slope(lines: Sequence[ReadLine]) -> float:
    """How far the text falls per pixel to the right, where the page lay askew."""
    return median([line.slope for line in lines for _ in line.words] or [0.0])


def _styles(lines: Sequence[ReadLine], pixels: NDArray[np.uint8], scale: float) -> list[Style]:
    """Each line's font size in points, bold where its strokes are thick for its size."""
    dark = [pixels[int(y0) : int(y1), int(x0) : int(x1)] < 128 for x0, y0, x1, y1 in (line.box for line in lines)]
    strokes = [_stroke(area) / line.letter for area, line in zip(dark, lines, strict=True)]
    usual = median([s for s, line in zip(strokes, lines, strict=True) for _ in line.text] or [1.0])
    heights = Counter[float]()
    for line in lines:
        heights[line.letter] += len(line.text)
    sizes: list[float] = []
    for height, _ in heights.most_common():
        # Pixels make a size waver: what nearly has a commoner size has that size.
        if all(abs(height - size) > _SAME_SIZE * size for size in sizes):
            sizes.append(height)
    return [
        Style(
            size=round(min(sizes, key=lambda size: abs(size - line.letter)) / scale / _LETTER_OVER_SIZE * 2) / 2,
            bold=stroke > _BOLD_STROKE * usual,
            italic=False,
            colour=0,
            font="ocr",
        )
        for line, stroke in zip(lines, strokes, strict=True)
    ]


def _stroke(dark: NDArray[np.bool_]) -> float:
    """Mean length of the dark runs in the rows of an image, in pixels: the thickness of upright strokes."""
    starts = dark[:, 1:] & ~dark[:, :-1]
    return float(dark.sum() / max(int(starts.sum()) + int(dark[:, :1].sum()), 1))
