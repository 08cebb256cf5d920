"""Character recognition through Tesseract, for pages that hold no readable text."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
from functools import cache

import lxml.html
import numpy as np
import pypdfium2
from numpy.typing import NDArray

from ingest.frames import from_frame
from ingest.pdf.characters import Characters
from ingest.pdf.pdfium import PDFIUM
from ingest.pdf.render import capped_scale
from ingest.pdf.styles import Style

LANGUAGES = ("swe", "eng")
_DOTS_PER_INCH = 300
_MAXIMUM_PIXELS = 16_000_000
_SECONDS_PER_PAGE = 120
_LINES = "//*[@class='ocr_line' or @class='ocr_header' or @class='ocr_textfloat' or @class='ocr_caption']"
_BOLD_INK = 1.3
_BODY_SHARE_OF_LINE = 0.8
"""Font size over the height from descender to ascender that Tesseract reports as x_size."""


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

    The boxes of a word's characters share its width evenly. A page that takes too long gives no characters.
    """
    with PDFIUM:
        width, height = page.get_size()
        scale = capped_scale(width, height, _DOTS_PER_INCH / 72, _MAXIMUM_PIXELS)
        bitmap = page.render(scale=scale, grayscale=True)
        picture = bitmap.to_pil().convert("L")
        crop, turn = page.get_cropbox(), page.get_rotation() // 90
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=1)
    markup = _tesseract(buffer.getvalue(), languages, round(scale * 72))
    words = _words(markup, np.asarray(picture)) if markup.strip() else []
    return _as_characters(words, scale, crop, turn, width, height)


def _tesseract(image: bytes, languages: tuple[str, ...], dots_per_inch: int) -> bytes:
    command = ["tesseract", "stdin", "stdout", "-l", "+".join(languages), "--dpi", str(dots_per_inch), "hocr"]
    try:
        done = subprocess.run(
            command,
            input=image,
            capture_output=True,
            timeout=_SECONDS_PER_PAGE,
            check=False,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except subprocess.TimeoutExpired:
        return b""
    return done.stdout if done.returncode == 0 else b""


_MINIMUM_CONFIDENCE, _MINIMUM_SIGN_CONFIDENCE = 0.15, 0.6
"""Specks and frame lines are taken for signs, seldom with confidence; words are kept unless Tesseract is at a loss."""
_MISREAD_BULLETS = ("e", "«", "»", "©", "®", "¢", "*", "°", "¤")
"""What a bullet at the beginning of a line is taken for; none of these begins a line of Swedish or English alone."""
Word = tuple[str, float, float, float, float, float, float, bool]
"""Text, x0, top, x1, bottom and line height in pixels, confidence from 0 to 1, bold."""


def _words(markup: bytes, pixels: NDArray[np.uint8]) -> list[Word]:
    found: list[tuple[str, float, float, float, float, float, float, float]] = []
    for line in lxml.html.fromstring(markup).xpath(_LINES):
        title = line.get("title", "")
        box, size = _numbers(title, "bbox"), _numbers(title, "x_size")
        slope, offset = [*_numbers(title, "baseline"), 0.0, 0.0][:2]
        descent = (_numbers(title, "x_descenders") or [0.0])[0]
        if len(box) < 4 or not size:
            continue
        ink = _ink(pixels, box, size[0])
        members = line.xpath(".//*[@class='ocrx_word']")
        for position, word in enumerate(members):
            text = "".join(word.itertext()).strip()
            if position == 0 and len(members) > 1 and text in _MISREAD_BULLETS:
                text = "•"
            x0, _, x1, _ = _numbers(word.get("title", ""), "bbox")
            confidence = (_numbers(word.get("title", ""), "x_wconf") or [0.0])[0] / 100
            if not text or confidence < (
                _MINIMUM_CONFIDENCE if any(c.isalnum() for c in text) else _MINIMUM_SIGN_CONFIDENCE
            ):
                continue
            bottom = box[3] + offset + slope * ((x0 + x1) / 2 - box[0]) + descent
            found.append((text, x0, bottom - size[0], x1, bottom, size[0], confidence, ink))
    usual = float(np.median([word[7] for word in found for _ in word[0]])) if found else 0.0
    return [(*word[:7], word[7] > _BOLD_INK * usual) for word in found]


def _numbers(title: str, name: str) -> list[float]:
    """The numbers after `name` in an hOCR title attribute."""
    match = re.search(rf"\b{name}((?:\s+-?[\d.]+)+)", title)
    return [float(number) for number in match[1].split()] if match else []


def _ink(pixels: NDArray[np.uint8], box: list[float], size: float) -> float:
    """Share of dark pixels among those of the line that lie in a letter's body: higher in bold type."""
    x0, top, x1, bottom = (int(value) for value in box[:4])
    area = pixels[top:bottom, x0:x1]
    return float((area < 128).sum() / max((x1 - x0) * size, 1.0))


def _as_characters(
    words: list[Word], scale: float, crop: tuple[float, float, float, float], turn: int, width: float, height: float
) -> tuple[Characters, float]:
    codes: list[int] = []
    frames: list[tuple[float, float, float, float]] = []
    numbers: list[int] = []
    table: dict[Style, int] = {}
    weight = total = 0.0
    for text, x0, top, x1, bottom, size, confidence, bold in words:
        style = Style(round(size / scale * _BODY_SHARE_OF_LINE * 2) / 2, bold, False, 0, "ocr")
        number = table.setdefault(style, len(table))
        step = (x1 - x0) / len(text)
        for index, character in enumerate(text):
            codes.append(ord(character))
            frames.append((x0 + index * step, top, x0 + (index + 1) * step, bottom))
            numbers.append(number)
        codes.append(32)
        frames.append((x1, top, x1, bottom))
        numbers.append(number)
        weight += confidence * len(text)
        total += len(text)
    frame = (np.array(frames, dtype=np.float32).reshape(-1, 4) / scale).astype(np.float32)
    styles = np.array(numbers, dtype=np.int32)
    sizes = np.array([style.size for style in table], dtype=np.float32)
    characters = Characters(
        codes=np.array(codes, dtype=np.uint32),
        boxes=from_frame(frame, crop, turn),
        frame=frame,
        size=sizes[styles] if len(styles) else np.zeros(0, dtype=np.float32),
        group=np.zeros(len(codes), dtype=np.int8),
        styles=styles,
        style_table=tuple(table),
        width=width,
        height=height,
        shapes=np.zeros((0, 4), dtype=np.float32),
    )
    return characters, weight / total if total else 0.0
