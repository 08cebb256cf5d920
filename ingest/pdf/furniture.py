"""What belongs to no page's text: running headers and footers, page numbers, and the site around a printed web page.

The words that give a site away (cookies, sharing, feedback, related links, page foot) are those of the web reader. What
the markup told there is told by position here: a side column, text above the title, the rest after the page's end.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence, Set
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ingest.documents import BlockKind
from ingest.pdf.drafts import Draft
from ingest.pdf.grids import Grid, grids_of, rules_of
from ingest.pdf.headings import key_of
from ingest.pdf.lines import Line, rows_of
from ingest.pdf.sheets import Sheet

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
    ruled (`grids` per page) and reaches out of the bands, or not. Small numbers left of all text count its lines.
    """
    cells = [
        {id(line) for line in page if any(grid.holds(line) and _leaves_bands(grid, height) for grid in own)}
        for page, own, height in zip(pages, grids, heights, strict=True)
    ]
    pages_with = Counter(text for page in pages for text in {line.text for line in page})
    cells = [own | _open_rows(page, pages_with) for page, own in zip(pages, cells, strict=True)]
    free = [[line for line in page if id(line) not in own] for page, own in zip(pages, cells, strict=True)]
    large = _LARGER * _body_size(pages)
    running = _running_places(free, heights, large)
    slots = _running_slots(free, heights)
    bodies, removed = [], []
    for page, height, everything in zip(free, heights, pages, strict=True):
        chosen = [
            line
            for line in page
            if _in_band(line, page, height)
            and (
                any((_name(line, large), *place) in running for place in _heights(line))
                or _is_page_number(line, page, height)
                or (_is_short(line) and _slot(line) in slots)
            )
        ]
        chosen += [line for line in _line_numbers(everything, large) if line not in chosen]
        if len(chosen) == len(everything) and len(pages) > 1 and not all(_is_short(line) for line in chosen):
            chosen = []
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
    return {place for place, numbers in places.items() if _longest_run(numbers) >= _needed(len(pages))}


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
    """Numbers in the margin that rise down the page, smaller than the text and left of all of it."""
    numbers = [line for line in page if line.text.strip().isdigit() and line.size < _SMALL * large / _LARGER]
    left = min((line.x0 for line in page if not line.text.strip().isdigit()), default=0.0)
    found = sorted((line for line in numbers if line.x1 < left), key=lambda line: line.top)
    rising = all(int(before.text) < int(after.text) for before, after in pairwise(found))
    return found if len(found) >= _LEAST_NUMBERS and rising else []


def _leaves_bands(grid: Grid, height: float) -> bool:
    return grid.ys[-1] > _BAND * height and grid.ys[0] < (1 - _BAND) * height


def printed_number(removed: Sequence[Line]) -> str | None:
    """The page number that stands in a page's furniture, where there is just one."""
    numbers = [_DIGITS.findall(line.text)[0] for line in removed if _PAGE_NUMBER.match(_DIGITS.sub("#", line.text))]
    return numbers[0] if len(numbers) == 1 else None


def _in_band(line: Line, page: Sequence[Line], height: float) -> bool:
    """Whether a line stands in the upper or lower band, or is a page number below all other text."""
    if line.middle < _BAND * height or line.middle > (1 - _BAND) * height:
        return True
    return bool(_PAGE_NUMBER.match(_mask(line.text))) and line.middle >= max(other.middle for other in page)


def _needed(pages: int) -> int:
    return 2 if pages <= 4 else 3


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


def _slot(line: Line) -> tuple[int, float]:
    return int(line.middle // 2), line.size


def _running_slots(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> set[tuple[int, float]]:
    """Places of headers that change with the chapter: the page's outermost line, in one style, on most pages."""
    slots: dict[tuple[int, float], list[str]] = defaultdict(list)
    for page, height in zip(pages, heights, strict=True):
        highest = min((line.middle for line in page), default=0.0)
        for line in page:
            if line.middle <= highest + 1 and line.middle < _BAND * height and _is_short(line):
                slots[_slot(line)].append(_mask(line.text))
    return {
        place
        for place, texts in slots.items()
        if len(texts) >= max(5, 0.6 * len(pages)) and len(set(texts)) <= 0.5 * len(texts)
    }


def _is_short(line: Line) -> bool:
    return len(line.text) < 100 and not line.text.rstrip().endswith((".", ",", "-"))


_PROGRAMS = re.compile(r"mozilla|firefox|chrom|safari|skia/pdf|wkhtmltopdf|qt \d|edge/", re.IGNORECASE)
_WRITERS = re.compile(r"google docs", re.IGNORECASE)
_MARGIN = 0.045
_STAMP = re.compile(
    r"(?:https?|file)://\S+|about:blank|\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? \d{1,2}[:.]\d{2}.*|\d+ ?/ ?\d+"
)
_RUNNING_TEXT_CHARS = 120
_SIDE_SHARE = 0.35
"""A column with less than this share of the main column's text at its fullest is a side column."""
_SIDE_OVERLAP = 0.2
"""A piece of a side column may reach into the main column by this share of its width."""
_UNTAGGED = 6
_PAGE_SHARE = 0.6
"""A title is where the page begins when at least this share of the text follows it."""


def is_web_print(programs: Sequence[str]) -> bool:
    """Whether the programs that a PDF file names as its makers are a browser."""
    named = " ".join(programs)
    return bool(_PROGRAMS.search(named)) and not _WRITERS.search(named)


def set_aside_site(pages: Sequence[list[Line]], sheets: Sequence[Sheet], title: str | None) -> None:
    """Moves what the place alone gives away from the pages' pieces to the sheets' furniture, in place.

    That is what the browser prints in the margins, what hangs over every page (a cookie banner), and side columns.
    """
    places = Counter(_place(piece) for page in pages for piece in page)
    main = _main_columns(pages, max(sheet.characters.width for sheet in sheets))
    for page, sheet in zip(pages, sheets, strict=True):
        height = sheet.characters.height
        grids = grids_of(rules_of(sheet.characters.shapes), height)
        tables = [grid for grid in grids if not _is_beside(main, grid.left, grid.right)]
        kept: list[Line] = []
        for piece in page:
            hangs = len(piece.text) > 3 and places[_place(piece)] >= max(2, 0.8 * len(pages))
            # A number alone at the edge is the page of an entry in a table of contents.
            alone = piece.text.strip().isdigit() or any(table.holds(piece) for table in tables)
            beside = _is_beside(main, piece.x0, piece.x1) and not alone
            site = hangs or beside or _is_browser_stamp(piece, height, title)
            (sheet.removed if site else kept).append(piece)
        page[:] = kept


def _place(piece: Line) -> tuple[str, int, int]:
    return piece.text, round(piece.x0), round(piece.middle)


def _extent(left: float, right: float) -> slice:
    return slice(max(int(left), 0), max(int(right), int(left) + 1, 1))


def _is_beside(main: NDArray[np.bool_], left: float, right: float) -> bool:
    """Whether what stands from `left` to `right` is outside the main columns, but for a little."""
    covered = main[_extent(left, right)]
    return not len(covered) or float(covered.mean()) < _SIDE_OVERLAP


def _main_columns(pages: Sequence[Sequence[Line]], width: float) -> NDArray[np.bool_]:
    """For each point of the pages' width, whether a column of the document's running text covers it."""
    cover = np.zeros(int(width) + 2)
    for page in pages:
        for piece in page:
            cover[_extent(piece.x0, piece.x1)] += len(piece.text)
    enough: NDArray[np.bool_] = cover >= _SIDE_SHARE * cover.max()
    return enough


def _is_browser_stamp(line: Line, height: float, title: str | None) -> bool:
    """Whether a line in the page's margin is what browsers print there: date, title, address or page number."""
    if _MARGIN * height < line.middle < (1 - _MARGIN) * height:
        return False
    return bool(_STAMP.fullmatch(line.text.strip())) or key_of(line.text) == key_of(title or "")


def split_site(drafts: Sequence[Draft], title: str | None) -> tuple[list[Draft], list[Draft]]:
    """The blocks of the page itself, and those of the site above and below it."""
    from ingest.web.boilerplate import begins_page_foot, is_site_text

    begin = _title_place(drafts, title)
    end = len(drafts)
    for index in range(len(drafts) - 1, begin, -1):
        text = drafts[index].text
        if begins_page_foot(text):
            end = index
        elif _is_running_text(text) and not is_site_text(text):
            break
    kept: list[Draft] = []
    removed: list[Draft] = []
    for index, draft in enumerate(drafts):
        above = index < begin and not _is_running_text(draft.text)
        (removed if above or index >= end or is_site_text(draft.text) else kept).append(draft)
    return kept, removed


def _is_running_text(text: str) -> bool:
    return len(text) >= _RUNNING_TEXT_CHARS and text.rstrip().endswith((".", "!", "?"))


def _title_place(drafts: Sequence[Draft], title: str | None) -> int:
    """Index of the page's title: the heading that the file's title begins with, else the first of the highest level."""
    stated = key_of(title or "")

    def rank(index: int) -> tuple[bool, int, int]:
        draft = drafts[index]
        return not stated.startswith(key_of(draft.text)), draft.lines[0].style.heading or _UNTAGGED + draft.level, index

    first = min((index for index, draft in enumerate(drafts) if draft.kind is BlockKind.HEADING), key=rank, default=0)
    after = sum(len(draft.text) for draft in drafts[first:])
    return first if after >= _PAGE_SHARE * sum(len(draft.text) for draft in drafts) else 0
