"""From bytes to clean text, from typed text to paragraphs, and from lines of text to a page.

What all readers but the PDF reader share: documents without pages become one page whose number is None. Tables with
merged cells become lines of text: each cell's words stand in every row and column that the cell covers.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from ingest.documents import Block, BlockKind, Page, ReadDocument, ReadingReport, Span

if TYPE_CHECKING:
    from lxml.etree import _Element

BULLETS = "•●○◦▪▫■□◆◇➢➤►▶▸›❯✓✔❖‣⁃∙·"
"""Signs that begin the items of lists; dashes, stars and letters do so too."""
_BULLET = re.compile(rf"\s*(?:[{BULLETS}–—*-]|\d{{1,3}}[.)]|[a-z]\))\s+(?=\S)")
_SIGN = re.compile(rf"^[{BULLETS}–—*-]\s+")
_DIVIDED = re.compile(r"[^\W\d_][-\u2010]$")
_STATED_CHARSET = re.compile(rb"(?i)<(?:meta|\?xml)[^>]{0,200}(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)")
_WINDOWS_1252 = ("utf-8", "iso8859-1", "ascii")
"""Encodings that a page which is not UTF-8 states and does not have."""
_CHARSET_WITHIN_BYTES = 4096
_HEADING_CHARS = 90
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_REMOVED = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0e-\x1e\x7f]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")

SYMBOL_FONT = 0xF000
"""Where fonts without a Unicode encoding, such as Symbol, have their codes."""
_LETTERS = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖαβχδεφγηιϕκλμνοπθρστυϖωξψζ",
        strict=True,
    )
)
_SIGNS = dict(zip("\xa3\xb0\xb1\xb3\xb4\xb9\xbb", "≤°±≥×≠≈", strict=True))
_MONTHS = "jan feb mar apr maj jun jul aug sep okt nov dec may oct".split(" ")
_MONTH_NUMBERS = {name: min(number, 12) for number, name in enumerate(_MONTHS, 1)} | {"may": 5, "oct": 10}
_ISO = re.compile(r"\b((?:19|20)\d\d)-(\d\d)-(\d\d)")
_WRITTEN = re.compile(r"\b(\d{1,2})(?::?e)?[. ]+([a-zåäö]{3,9})\.?,?\s+((?:19|20)\d\d)\b", re.IGNORECASE)

Unread = Counter[tuple[str, str]]
"""What a file holds and its reader leaves out: the name of one and of several such parts, with their number."""


@dataclass(frozen=True, slots=True)
class Line:
    """One block before it is placed: its text on one line (a table: a line for each row). `level` is for headings."""

    kind: BlockKind
    text: str
    level: int = 0


def decode(data: bytes, stated: str | None = None) -> str:
    """The bytes of a page as text.

    A byte order mark decides; then UTF-8 if most of the bytes are, since other encodings hardly ever are by chance;
    then what the server or the page states; last Windows-1252, which is also what browsers take ISO-8859-1 for.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    text = data.decode("utf-8-sig", errors="replace")
    wrong = text.count("\ufffd")
    if wrong == 0 or wrong < sum(letter > "\x7f" for letter in text) - wrong:
        return text
    in_page = _STATED_CHARSET.search(data[:_CHARSET_WITHIN_BYTES])
    for name in (stated, in_page[1].decode("ascii") if in_page else None):
        try:
            known = codecs.lookup((name or "").strip()).name
            return data.decode("cp1252" if known in _WINDOWS_1252 else known, errors="replace")
        except LookupError:  # no name of an encoding, or none of text
            continue
    return data.decode("cp1252", errors="replace")


def clean(text: str) -> str:
    """Composed letters, plain spaces, no soft hyphens, ligatures, direction marks or control characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_LIGATURES)
    return unicodedata.normalize("NFC", _SPACES.sub(" ", _REMOVED.sub("", text)))


def symbol(code: int) -> str | None:
    """What a code of the Symbol font stands for, with or without `SYMBOL_FONT`; None for one not told here."""
    plain = chr(code - SYMBOL_FONT if code >= SYMBOL_FONT else code)
    return _LETTERS.get(plain) or _SIGNS.get(plain)


def parse_date(text: str) -> str | None:
    """The first date in `text` as an ISO date: "2023-03-14" or "14 mars 2023"; None without one that exists."""
    if found := _ISO.search(text):
        return _iso(int(found[1]), int(found[2]), int(found[3]))
    if found := _WRITTEN.search(text):
        month = _MONTH_NUMBERS.get(found[2].casefold()[:3])
        return _iso(int(found[3]), month, int(found[1])) if month else None
    return None


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def xml_root(data: bytes) -> _Element:
    """The parsed XML of a file's part; nothing outside of it is looked up."""
    from lxml import etree

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def paragraphs_of(text: str) -> Iterator[Line]:
    """Paragraphs divided by blank lines, with their lines joined; lines that open with a bullet become list items.

    A short line of its own that begins like a title, does not end like a sentence and has text after it is a heading.
    """
    blocks = [lines for block in re.split(r"\n[ \t]*\n", text) if (lines := list(filter(str.strip, block.split("\n"))))]
    for lines, following in zip(blocks, [*blocks[1:], []], strict=True):
        if _is_heading(lines, following):
            yield Line(BlockKind.HEADING, join_lines(lines), 1)
            continue
        item: list[str] = []
        listed = False
        for line in lines:
            if _BULLET.match(line) and (listed or not item or item[-1].rstrip().endswith((":", "."))):
                yield from _paragraph(item, listed)
                item, listed = [], True
            item.append(line)
        yield from _paragraph(item, listed)


def _is_heading(lines: list[str], following: list[str]) -> bool:
    line = lines[0].strip()
    if len(lines) > 1 or len(line) > _HEADING_CHARS or (line[-1] in ".,:;!?" and not line.endswith("m.m.")):
        return False
    if not (line[0].isupper() or re.match(r"\d+(?:\.\d+)*\.?\s|\d+ kap\.", line)) or _BULLET.match(line):
        return False
    return len(" ".join(following)) > 2 * len(line)


def _paragraph(lines: list[str], listed: bool) -> Iterator[Line]:
    if lines:
        text = join_lines(lines)
        yield Line(BlockKind.LIST_ITEM, _SIGN.sub("• ", text)) if listed else Line(BlockKind.PARAGRAPH, text)


def join_lines(lines: list[str]) -> str:
    """One line of the given ones; a word that was divided at a line's end is made whole."""
    joined = ""
    for line in (" ".join(line.split()) for line in lines):
        # A hyphen may stand for a part left out, as in "studie- och yrkesval".
        divided = _DIVIDED.search(joined) and line[:1].islower() and not re.match(r"(?:och|eller|samt)\b", line)
        joined = joined[:-1] + line if divided else f"{joined} {line}".strip()
    return joined


def lay_out(lines: Iterable[Line]) -> ReadDocument:
    """A document whose only page holds the lines one below the other."""
    texts: list[str] = []
    blocks: list[Block] = []
    position = 0
    for line in lines:
        text = clean(line.text).strip()
        if text:
            blocks.append(Block(line.kind, text, (Span(None, position, position + len(text)),), line.level))
            texts.append(text)
            position += len(text) + 1
    headings = sum(block.kind is BlockKind.HEADING for block in blocks)
    return ReadDocument((Page(None, "\n".join(texts)),), tuple(blocks), ReadingReport(pages=1, headings=headings))


def after_heading(lines: list[Line], facts: Iterable[Line]) -> list[Line]:
    """The lines with `facts` about the document set under the heading that it begins with, else before all."""
    place = 1 if lines and lines[0].kind is BlockKind.HEADING else 0
    return [*lines[:place], *facts, *lines[place:]]


def with_unread(read: ReadDocument, unread: Unread) -> ReadDocument:
    """The document with a warning for each kind of part that was not read."""
    told = tuple(
        f"{count} {one if count == 1 else many} lästes inte." for (one, many), count in unread.items() if count
    )
    return replace(read, report=replace(read.report, warnings=(*read.report.warnings, *told)))


_MAXIMUM_SPAN = 100
NO_CELL = "–"
"""Stands for an empty cell that begins a row: a line does not begin with a divider."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as the file has it, with how many columns and rows it covers (at least 1)."""

    text: str
    across: int = 1
    down: int = 1


def cells_of(texts: Iterable[str]) -> list[Cell]:
    """A row of cells of which none is merged."""
    return [Cell(text) for text in texts]


def table_lines(rows: Sequence[Sequence[Cell]]) -> Iterator[Line]:
    """The tables as one block each, a row to a line, cells divided by " | ", empty rows left out.

    Rows of one cell above the head are its captions, a head of several rows is read as one, and a table of a single
    column is no table but paragraphs. A head or caption after an empty row begins another table.
    """
    grid = spread(rows)
    if not grid or len(grid[0]) < 2:
        yield from (Line(BlockKind.PARAGRAPH, row[0]) for row in grid if row and row[0])
        return
    begins = [0, *(number for number in range(1, len(grid)) if _begins_table(grid, number)), len(grid)]
    for start, end in pairwise(begins):
        yield from _one_table(rows[start:end], grid[start:end])


def _begins_table(grid: Sequence[Sequence[str]], number: int) -> bool:
    """Whether a row after an empty one is a caption or a head: several words and no figure, with more rows below."""
    row = [cell for cell in grid[number] if cell]
    if not row or any(grid[number - 1]) or number + 1 == len(grid) or not any(grid[number + 1]):
        return False
    return len(row) == 1 or not any(letter.isdigit() for cell in row for letter in cell)


def _one_table(rows: Sequence[Sequence[Cell]], grid: Sequence[list[str]]) -> Iterator[Line]:
    top = 0
    while top + 1 < len(grid) and sum(map(bool, grid[top])) < 2 and (grid[top][0] or not any(grid[top])):
        if grid[top][0]:
            yield Line(BlockKind.CAPTION, grid[top][0])
        top += 1
    depth = _head_depth(rows[top:], grid[top:])
    head = [" ".join(dict.fromkeys(filter(None, column))) for column in zip(*grid[top : top + depth], strict=True)]
    filled = [row for row in (head, *grid[top + depth :]) if any(row)]
    if filled:
        yield Line(BlockKind.TABLE, "\n".join(" | ".join((row[0] or NO_CELL, *row[1:])).rstrip(" |") for row in filled))


def spread(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    """Rows of equal length; a cell that covers a whole row of several columns is written once, in the first."""
    placed: dict[tuple[int, int], str] = {}
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            while (number, column) in placed:
                column += 1
            across, down = min(cell.across, _MAXIMUM_SPAN), min(cell.down, _MAXIMUM_SPAN, len(rows) - number)
            once = column == 0 and sum(bool(other.text) for other in row) == 1
            for below in range(down):
                for beside in range(across):
                    placed[number + below, column + beside] = "" if once and beside else cell.text
            column += across
    width = max((column for _, column in placed), default=-1) + 1
    return [[placed.get((number, column), "") for column in range(width)] for number in range(len(rows))]


def _head_depth(rows: Sequence[Sequence[Cell]], grid: Sequence[Sequence[str]]) -> int:
    """How many of the first rows are one head: more than one where a cell of the first stands over several columns.

    Below the head's other cells nothing new may stand: there the data begin.
    """
    depth = max(2, *(cell.down for cell in rows[0]))
    if depth >= len(rows) or all(cell.across == 1 for cell in rows[0]):
        return 1
    for column, text in enumerate(grid[0]):
        if grid[0].count(text) == 1 and any(row[column] not in ("", text) for row in grid[1:depth]):
            return 1
    return depth
