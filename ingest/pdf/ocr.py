"""Character recognition through Tesseract, for pages that hold no readable text."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from functools import cache
from statistics import median

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image

from ingest.frames import from_frame
from ingest.pdf.characters import SPACE, Characters
from ingest.pdf.drawn import drawn_shapes, without_leaders
from ingest.pdf.hocr import ReadLine, read_hocr
from ingest.pdf.pdfium import PDFIUM
from ingest.pdf.render import capped_scale
from ingest.pdf.signs import with_unknown_signs
from ingest.pdf.styles import Style

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
_SLANT = 0.2
"""Italic type leans by about this much of its height."""


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
        picture = bitmap.to_pil().convert("L")
        crop, turn = page.get_cropbox(), page.get_rotation() // 90
    pixels = np.asarray(picture)
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
        shapes=drawn_shapes(np.asarray(picture.rotate(np.degrees(_slope(lines)), fillcolor=255)), scale),
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
                    own = Style(style.size * _RAISED_SIZE, style.bold, style.italic, 0, style.font)
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
    """Each line's font size in points, bold where its strokes are thick for its size, italic where they lean."""
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
            italic=_leans(area),
            colour=0,
            font="ocr",
        )
        for line, stroke, area in zip(lines, strokes, dark, strict=True)
    ]


def _stroke(dark: NDArray[np.bool_]) -> float:
    """Mean length of the dark runs in the rows of an image, in pixels: the thickness of upright strokes."""
    starts = dark[:, 1:] & ~dark[:, :-1]
    return float(dark.sum() / max(int(starts.sum()) + int(dark[:, :1].sum()), 1))


def _leans(dark: NDArray[np.bool_]) -> bool:
    """Whether strokes stand upright, which makes the columns of the image differ most, only once it is sheared."""
    rows = np.arange(len(dark))[::-1]
    sheared = np.zeros((len(dark), dark.shape[1] + len(dark)), dtype=np.int32)
    for row, shift in zip(rows, (len(dark) - rows * _SLANT).astype(int), strict=True):
        sheared[row, shift : shift + dark.shape[1]] = dark[len(dark) - 1 - row]
    upright, leaning = (np.diff(area.sum(axis=0, dtype=np.int64)) for area in (dark, sheared))
    return bool((leaning**2).sum() > (upright**2).sum())
