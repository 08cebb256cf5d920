"""What belongs to no page's text: running headers and footers, page numbers, line numbers and text in the margin."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence, Set
from itertools import pairwise

from ingest.pdf.grids import Grid
from ingest.pdf.lines import Line, rows_of

_BAND = 0.14
_LARGER = 1.15
_BESIDE_EM = 3.0
_NEXT_ROW_EM, _SAME_COLUMN_POINTS = 2.2, 2.0
_TURNED_SHARE = 0.25
_SMALL = 0.9
_LEAST_NUMBERS = 3
_SPREAD = 2
"""Pages from one running header of a spread to the next."""
_DIGITS = re.compile(r"\d+")
_ROMAN = re.compile(r"^[ivxlc]{1,6}$", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"^\W*(?:(?:sida|sid|page|s)\.?\s*)?#(?:\s*(?:av|of|/|\(|–|-)\s*#\s*\)?)?\W*$", re.IGNORECASE)


def split_furniture(
    pages: Sequence[Sequence[Line]], heights: Sequence[float], grids: Sequence[Sequence[Grid]]
) -> tuple[list[list[Line]], list[list[Line]]]:
    """Per page the fragments of the body and the fragments that are furniture.

    A fragment in the upper or lower band of the page is furniture when the same text, numbers aside, stands at the
    same height on enough pages in a row, or when it is a page number. The cells of a table are none, whether it is
    ruled (`grids` per page) and leaves the bands, or not. Small numbers beside all text count its lines.
    """
    pages_with = Counter(text for page in pages for text in {line.text for line in page})
    free = []
    for page, own, height in zip(pages, grids, heights, strict=True):
        rows = _open_rows(page, pages_with)
        tables = [grid for grid in own if grid.ys[-1] > _BAND * height and grid.ys[0] < (1 - _BAND) * height]
        free.append([line for line in page if id(line) not in rows and not any(grid.holds(line) for grid in tables)])
    large = _LARGER * _body_size(pages)
    running = _running_places(free, heights, large)
    bodies, removed = [], []
    for page, height, everything in zip(free, heights, pages, strict=True):
        chosen = [
            line
            for line in page
            if _in_band(line, page, height)
            and (
                any((_name(line, large), *place) in running for place in _heights(line))
                or _is_page_number(line, page, height)
            )
        ]
        chosen += [line for line in _line_numbers(everything, large) if line not in chosen]
        chosen = _outside_text(chosen, page, everything, height)
        marks = {id(line) for line in chosen}
        bodies.append([line for line in everything if id(line) not in marks])
        removed.append(chosen)
    return bodies, removed


def _running_places(
    pages: Sequence[Sequence[Line]], heights: Sequence[float], large: float
) -> set[tuple[str, int, int]]:
    """Text and height of what stands in the bands of enough pages in a row."""
    places: dict[tuple[str, int, int], list[int]] = defaultdict(list)
    for number, (page, height) in enumerate(zip(pages, heights, strict=True)):
        banded = [line for line in page if _in_band(line, page, height)]
        for place in {(_name(line, large), *place) for line in banded for place in _heights(line)}:
            places[place].append(number)
    needed = 2 if len(pages) <= 4 else 3
    return {place for place, numbers in places.items() if _longest_run(numbers) >= needed}


def _outside_text(
    chosen: Sequence[Line], page: Sequence[Line], everything: Sequence[Line], height: float
) -> list[Line]:
    """The chosen lines without numbers that lead a text beside them, and without those that stand among the text."""
    marks = {id(line) for line in chosen}
    marks -= {id(line) for line in chosen if any(id(o) not in marks and _leads(line, o) for o in page)}
    return [line for line in chosen if id(line) in marks and not _inside_text(line, everything, marks, height)]


def _open_rows(page: Sequence[Line], pages_with: Counter[str]) -> set[int]:
    """The ids of lines in rows of a table without rules: beside cells that no other page has, over or under others.

    A running header has but its page number of its own.
    """
    found: set[int] = set()
    rows = rows_of(page)
    for row, *beside in zip(rows, [[], *rows], [*rows[1:], []], strict=False):
        own = sum(pages_with[line.text] == 1 for line in row)
        near = [o for other in beside for o in other if abs(o.middle - row[0].middle) < _NEXT_ROW_EM * row[0].size]
        columns = sum(any(abs(line.x0 - other.x0) < _SAME_COLUMN_POINTS for other in near) for line in row)
        if own > 1 < columns and len(row) > 2:
            found |= {id(line) for line in row}
    return found


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
    if not _PAGE_NUMBER.match(_mask(line.text)):
        return False
    return 0 < other.x0 - line.x1 < _BESIDE_EM * line.size and abs(other.middle - line.middle) < 0.3 * line.size


def _line_numbers(page: Sequence[Line], large: float) -> list[Line]:
    """Numbers in a margin that rise down the page, smaller than the running text and left or right of all of it."""
    numbers = [line for line in page if line.text.strip().isdigit() and line.size < _SMALL * large / _LARGER]
    text = [line for line in page if line.size >= _SMALL * large / _LARGER and not line.text.strip().isdigit()]
    left, right = min((line.x0 for line in text), default=0.0), max((line.x1 for line in text), default=float("inf"))
    for beside in ([line for line in numbers if line.x1 < left], [line for line in numbers if line.x0 > right]):
        found = sorted(beside, key=lambda line: line.top)
        rising = all(int(before.text) < int(after.text) for before, after in pairwise(found))
        if len(found) >= _LEAST_NUMBERS and rising:
            return found
    return []


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


def _name(line: Line, large: float) -> str:
    """What a repeated line is known by: large text by every digit (Kapitel 1, Kapitel 2), other text by its words."""
    return " ".join(line.text.split()) if line.size > large else _mask(line.text)


def _body_size(pages: Sequence[Sequence[Line]]) -> float:
    """The font size of most characters."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _heights(line: Line) -> tuple[tuple[int, int], ...]:
    """The line's height in steps of four points, in two grids so that neighbours across a step meet."""
    return (0, int(line.middle // 4)), (1, int((line.middle + 2) // 4))


def _longest_run(numbers: Sequence[int]) -> int:
    """The most pages in a row, or on one side of a spread; a heading that comes back far apart is no running header."""
    longest = run = 1
    for before, number in pairwise(numbers):
        run = run + 1 if number - before <= _SPREAD else 1
        longest = max(longest, run)
    return longest


def _is_page_number(line: Line, page: Sequence[Line], height: float) -> bool:
    """A lone number outside all other text of the page."""
    if not _PAGE_NUMBER.match(_mask(line.text)) or len(page) < 2:
        return False
    others = [other.middle for other in page if other is not line]
    below = line.middle > max(others) + line.size and line.middle > (1 - _BAND / 2) * height
    above = line.middle < min(others) - line.size and line.middle < _BAND / 2 * height
    return below or above
