"""What belongs to no page's text: running headers and footers, page numbers, text in the margin, contents pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ingest.pdf.grids import Grid
from ingest.pdf.layout import Flow
from ingest.pdf.lines import Line

_BAND = 0.14
_LARGER = 1.15
_TURNED_SHARE = 0.25
_BESIDE_EM = 3.0
_HEIGHT_POINTS = 4
_DIGITS = re.compile(r"\d+")
_ROMAN = re.compile(r"^[ivxlc]{1,6}$", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"^\W*(?:(?:sida|sid|page|s)\.?\s*)?#(?:\s*(?:av|of|/|\(|–|-)\s*#\s*\)?)?\W*$", re.IGNORECASE)
_LEADERS = re.compile(r"\s*(?:[.…_·]\s?){4,}\s*")
_TO_PAGE = re.compile(_LEADERS.pattern + r"(?:\d{1,4}|[ivxlc]{1,6})?\s*$")
_NUMBERED = re.compile(r"^.*[^\W\d_].*?\s+(\d{1,3})$")
_TITLE = re.compile(r"^(innehåll|innehållsförteckning|contents|table of contents)$", re.IGNORECASE)
_UNCOUNTED_PAGES = 20
"""A page may have a printed number so much higher than the file has pages."""
_RISING_SHARE = 0.9
_MINIMUM_ENTRIES, _ENTRY_SHARE = 3, 0.5


def split_furniture(
    pages: Sequence[Sequence[Line]], heights: Sequence[float], grids: Sequence[Sequence[Grid]]
) -> tuple[list[list[Line]], list[list[Line]]]:
    """Per page the fragments of the body and the fragments that are furniture.

    A fragment in the upper or lower band of the page is furniture when the same text, numbers aside, stands at the
    same height on enough pages, or when it is a page number. The cells of a ruled table (`grids` per page) that leaves
    the bands are none.
    """
    free = []
    for page, own, height in zip(pages, grids, heights, strict=True):
        tables = [grid for grid in own if grid.ys[-1] > _BAND * height and grid.ys[0] < (1 - _BAND) * height]
        free.append([line for line in page if not any(grid.holds(line) for grid in tables)])
    large = _LARGER * _body_size(pages)
    running = _running_places(free, heights, large)
    bodies, removed = [], []
    for page, height, everything in zip(free, heights, pages, strict=True):
        banded = [line for line in page if _in_band(line, page, height)]
        chosen = [
            line
            for line in banded
            if not running.isdisjoint(_places(line, large)) or _is_page_number(line, page, height)
        ]
        marks = {id(line) for line in chosen}
        chosen = [line for line in chosen if not any(id(o) not in marks and _leads(line, o) for o in page)]
        marks = {id(line) for line in chosen}
        chosen = [line for line in chosen if not _inside_text(line, everything, marks, height)]
        marks = {id(line) for line in chosen}
        bodies.append([line for line in everything if id(line) not in marks])
        removed.append(chosen)
    return bodies, removed


def _running_places(
    pages: Sequence[Sequence[Line]], heights: Sequence[float], large: float
) -> set[tuple[str, int, int]]:
    """Text and height of what stands in the bands of enough pages."""
    places: Counter[tuple[str, int, int]] = Counter()
    for page, height in zip(pages, heights, strict=True):
        places.update({place for line in page if _in_band(line, page, height) for place in _places(line, large)})
    needed = 2 if len(pages) <= 4 else 3
    return {place for place, count in places.items() if count >= needed}


def _places(line: Line, large: float) -> list[tuple[str, int, int]]:
    """The line's text and height, in two grids so that neighbours across a step meet.

    Large text is known by every digit (Kapitel 1, Kapitel 2), other text by its words.
    """
    name = " ".join(line.text.split()) if line.size > large else _mask(line.text)
    return [(name, half, int((line.middle + half) // _HEIGHT_POINTS)) for half in (0, _HEIGHT_POINTS // 2)]


def split_margins(pages: Sequence[Sequence[Line]], upright: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Per page the turned text (in its own frame) that is furniture: the same on several
    pages, or little and smaller than the upright text.
    """
    small = _body_size(upright)
    repeated = Counter(text for page in pages for text in {_mask(line.text) for line in page})
    removed = []
    for page, texts in zip(pages, upright, strict=True):
        much = sum(len(line.text) for line in page) > _TURNED_SHARE * sum(len(line.text) for line in texts)
        marginal = [line for line in page if repeated[_mask(line.text)] > 1 or (not much and line.size < small)]
        removed.append(marginal if texts else [])
    return removed


def _inside_text(line: Line, page: Sequence[Line], marks: Set[int], height: float) -> bool:
    """Whether text of the page stands above a line of the upper band, or below one of the lower."""
    if _PAGE_NUMBER.match(_mask(line.text)):
        return False
    upper = line.middle < _BAND * height
    lower = line.middle > (1 - _BAND) * height
    beyond = line.size
    return any(
        (upper and other.middle < line.middle - beyond) or (lower and other.middle > line.middle + beyond)
        for other in page
        if id(other) not in marks
    )


def _leads(line: Line, other: Line) -> bool:
    """Whether the other line goes on right beside this one: the number of a paragraph of law, not of a page."""
    beside = 0 < other.x0 - line.x1 < _BESIDE_EM * line.size and abs(other.middle - line.middle) < 0.3 * line.size
    return beside and _PAGE_NUMBER.match(_mask(line.text)) is not None


def printed_number(removed: Sequence[Line]) -> str | None:
    """The page number that stands in a page's furniture, where there is just one."""
    numbers = [_DIGITS.findall(line.text)[0] for line in removed if _PAGE_NUMBER.match(_DIGITS.sub("#", line.text))]
    return numbers[0] if len(numbers) == 1 else None


def _in_band(line: Line, page: Sequence[Line], height: float) -> bool:
    """Whether a line stands in the upper or lower band, or is a page number below all other text."""
    if line.middle < _BAND * height or line.middle > (1 - _BAND) * height:
        return True
    return bool(_PAGE_NUMBER.match(_mask(line.text))) and line.middle >= max(other.middle for other in page)


def _mask(text: str) -> str:
    text = " ".join(text.split())
    return "#" if _ROMAN.match(text) else _DIGITS.sub("#", text)


def _body_size(pages: Sequence[Sequence[Line]]) -> float:
    """The font size of most characters."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _is_page_number(line: Line, page: Sequence[Line], height: float) -> bool:
    """A lone number outside all other text of the page."""
    if not _PAGE_NUMBER.match(_mask(line.text)) or len(page) < 2:
        return False
    others = [other.middle for other in page if other is not line]
    below = line.middle > max(others) + line.size and line.middle > (1 - _BAND / 2) * height
    above = line.middle < min(others) - line.size and line.middle < _BAND / 2 * height
    return below or above


def is_contents(lines: Sequence[Line], pages: int) -> bool:
    """Whether the lines with dot leaders, if any, lead to pages: under a contents title or to rising numbers.

    Other leaders lead to prices and figures.
    """
    led = [line for line in sorted(lines, key=lambda line: line.top) if _LEADERS.search(line.text)]
    values = [value for line in led if (value := _LEADERS.split(line.text)[-1] or _beside(line, lines))]
    if not values or any(map(_is_title, lines)):
        return True
    numbers = [int(value) for value in values if value.isdigit() and int(value) <= pages + _UNCOUNTED_PAGES]
    rising = [before <= after for before, after in pairwise(numbers)]
    return len(numbers) >= _RISING_SHARE * len(values) and sum(rising) >= _RISING_SHARE * len(rising)


def _beside(line: Line, lines: Sequence[Line]) -> str:
    """What stands next to the end of a leader, at its height; "" where nothing does."""
    right = [other for other in lines if other.x0 >= line.x1 and abs(other.middle - line.middle) < 0.3 * line.size]
    return min(right, key=lambda other: other.x0).text.strip() if right else ""


def without_leaders(lines: Sequence[Line], frame: NDArray[np.float32]) -> Iterator[Line]:
    """The lines with dot leaders taken out, so that what stands before and after one are cells of one row.

    `frame` (n, 4) x0, top, x1, bottom are the places of the page's characters.
    """
    for line in lines:
        leaders = [match.span() for match in _LEADERS.finditer(line.text)]
        ends = [(0, 0), *leaders, (len(line.text), len(line.text))]
        for (_, start), (end, _) in pairwise(ends):
            drawn = [index for index in line.source[start:end] if index >= 0]
            if not leaders:
                yield line
            elif line.text[start:end].strip() and drawn:
                x0, x1 = float(frame[drawn[0], 0]), float(frame[drawn[-1], 2])
                yield replace(line, text=line.text[start:end], source=line.source[start:end], x0=x0, x1=x1, raised=())


def split_contents(flows: Sequence[Flow], goes_on: bool) -> tuple[list[Flow], list[Line]]:
    """One page's flows without its contents lines, and those lines in order.

    `goes_on` says that the page before held contents lines.
    """
    taken: list[Line] = []
    kept: list[Flow] = []
    for flow in flows:
        above = kept[-1].lines if kept else []
        begin = next((index for index, line in enumerate(above) if _is_title(line)), len(above))
        marked = _marked(flow.lines, bool(taken), goes_on or begin < len(above))
        if not any(marked):
            kept.append(flow)
            continue
        taken += above[begin:]
        del above[begin:]
        taken += [line for line, contents in zip(flow.lines, marked, strict=True) if contents]
        rest = [line for line, contents in zip(flow.lines, marked, strict=True) if not contents]
        if rest:
            kept.append(Flow(rest, flow.left, flow.right, flow.role))
    return kept, taken


def _is_title(line: Line) -> bool:
    return bool(_TITLE.match(line.text.strip()))


def _marked(lines: Sequence[Line], before: bool, titled: bool) -> list[bool]:
    """Which lines of a flow belong to a table of contents; `titled` says that a contents title stands right above."""
    titles = [_is_title(line) for line in lines]
    leaders = [bool(_TO_PAGE.search(line.text)) for line in lines]
    if sum(leaders) < _MINIMUM_ENTRIES and not (before and any(leaders)):
        leaders = _by_page_numbers(lines, 0 if titled else titles.index(True) + 1) if titled or any(titles) else leaders
    entries = [index for index, leader in enumerate(leaders) if leader]
    if not entries or (sum(leaders) < _MINIMUM_ENTRIES and not before):
        return [False] * len(lines)
    first = entries[0]
    while first > 0 and titles[first - 1]:
        first -= 1
    return [first <= index <= entries[-1] for index in range(len(lines))]


def _by_page_numbers(lines: Sequence[Line], start: int) -> list[bool]:
    """Entries without leaders: lines after a contents title that end with rising page numbers."""
    marked = [False] * len(lines)
    numbers: list[int] = []
    for index in range(start, len(lines)):
        match = _NUMBERED.match(lines[index].text.replace(" | ", " ").strip())
        if match and (not numbers or int(match[1]) >= numbers[-1]):
            numbers.append(int(match[1]))
            marked[index] = True
    enough = max(_MINIMUM_ENTRIES, _ENTRY_SHARE * (len(lines) - start))
    return marked if len(numbers) >= enough else [False] * len(lines)
