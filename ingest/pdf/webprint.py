"""Web pages printed to PDF from a browser: what belongs to the site and not to the page is set aside.

The words that give a site away (cookies, sharing, feedback, related links, page foot) are those of the web reader. What
the markup told there is told by position here: a side column, text above the title, the rest after the page's end.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ingest.documents import BlockKind
from ingest.pdf.blocks import Draft
from ingest.pdf.headings import key_of
from ingest.pdf.lines import Line
from ingest.pdf.sheets import Sheet
from ingest.pdf.tables import grids_of, rules_of

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
    from ingest.web.sitewords import begins_page_foot, is_site_text

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
