"""Lines to blocks: paragraphs, list items, tables, captions and footnotes, joined again over columns and pages."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile
from statistics import median

from ingest.documents import BlockKind
from ingest.pdf.cleaning import starts_with_bullet
from ingest.pdf.layout import Flow
from ingest.pdf.lines import Line
from ingest.plain import NO_CELL

_ITEM_NUMBER = re.compile(r"^(?:\(?\d{1,2}[.)]|\(?[a-zåäö][.)]|[IVX]{1,4}\.)\s+\S")
_NUMBERED_SENTENCES = re.compile(r"^\(?\d{1,2}[.)]\s+.*\w[.!?:]\s+\S")
"""An item with more than one sentence on its first line, which no heading has."""
_NUMBERED_HEADING = re.compile(r"^\d{1,2}(?:\.\d{1,2})*\.?\s+[A-ZÅÄÖ]")
_GREEK = re.compile(r"[α-ω][-–\s]")
_CAPTION = re.compile(
    r"^(?:tabell|figur|diagram|karta|bild|table|figure|fig\.|tab\.)\s*\d+(?:\.\d+)*\w?(?:\s*$|\s*[.:–-]|\s+(?-i:[A-ZÅÄÖ]))",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^[A-ZÅÄÖ][^\W\d][\w/-]*(?: [a-zåäö][\w/-]*){0,2}: ?\S")
"""A labelled value, which is a line of its own in a box: "Ägare: Norrby kommun"."""
_LIST_NUMBER = re.compile(r"(\d{1,3})[.)]\s")
_FOOTNOTE = re.compile(r"^(?:\[?\d{1,3}(?![\d,:%])\]?|\*{1,3}|[†‡])[.)]?\s*\S")
_LOOK_BACK = 12
_LARGER = 1.08
_SAME_TABLE_POINTS = 4.0
_ENOUGH_PROSE_CHARS = 200
_GOING_ON = (",", ";", "·", "•", "|")
_TERMINAL = (".", "!", "?", ":", "…", '."', ".”", ".)", "?”")


@dataclass(slots=True)
class Draft:
    """A block that is still made of lines. `left` and `right` are the bounds of its column in points."""

    kind: BlockKind
    lines: list[Line]
    left: float = 0.0
    right: float = 0.0
    role: str = "text"
    level: int = 0
    begins_flow: bool = False
    ends_flow: bool = False
    broken_rows: tuple[int, ...] = ()
    """Indexes of the pages that begin with the rest of a table row of the page before."""

    def breaks_row(self, page: int) -> bool:
        """Whether the block's part on this page begins inside a table row."""
        return page in self.broken_rows

    @property
    def text(self) -> str:
        """The lines' text with single spaces, for looking at (not the clean text)."""
        return " ".join(line.text.strip() for line in self.lines)

    @property
    def page(self) -> int:
        """Index of the page where the block begins."""
        return self.lines[0].page


@dataclass(frozen=True, slots=True)
class Body:
    """How the document's running text looks: font size in points, boldness, colour, and line pitch per font size."""

    size: float
    bold: bool
    colour: int
    pitch: float


def body_of(flows: Sequence[Flow]) -> Body:
    """The style that most of the document's characters outside tables have."""
    weights: Counter[tuple[float, bool, int]] = Counter()
    pitches = []
    prose = [flow for flow in flows if flow.role != "table"]
    if sum(len(line.text) for flow in prose for line in flow.lines) < _ENOUGH_PROSE_CHARS:
        prose = list(flows)
    for flow in prose:
        for line in flow.lines:
            weights[round(line.size * 2) / 2, line.style.bold, line.style.colour] += len(line.text)
        for above, line in pairwise(flow.lines):
            pitch = (line.top - above.top) / max(line.size, 1.0)
            if above.size == line.size and 0.8 < pitch < 2.2:
                pitches.append(round(pitch, 2))
    size, bold, colour = max(weights, key=lambda look: weights[look], default=(10.0, False, 0))
    return Body(size, bold, colour, float(median(pitches)) if pitches else 1.2)


def draft_blocks(flow: Flow, body: Body) -> list[Draft]:
    """The blocks of one flow of one page, footnotes not yet told apart."""
    if flow.role == "table":
        return [Draft(BlockKind.TABLE, flow.lines, flow.left, flow.right, "table")]
    drafts: list[Draft] = []
    for line in flow.lines:
        begins = not drafts or _begins_block(drafts[-1], line, flow, body)
        item = starts_with_bullet(line.text) or _begins_numbered(line, None if begins else drafts[-1], flow)
        if begins or item:
            kind = BlockKind.LIST_ITEM if item else BlockKind.PARAGRAPH
            if not item and _CAPTION.match(line.text) and len(line.text) < 200:
                kind = BlockKind.CAPTION
            drafts.append(Draft(kind, [], flow.left, flow.right, flow.role))
        drafts[-1].lines.append(line)
    if drafts:
        drafts[0].begins_flow = drafts[-1].ends_flow = True
    return drafts


def _begins_numbered(line: Line, before: Draft | None, flow: Flow) -> bool:
    """Whether a line begins with an item's number, and not with the rest of a reference such as "(s.\n12. Se"."""
    if not _ITEM_NUMBER.match(line.text):
        return False
    if before is None or (before.kind is BlockKind.LIST_ITEM and abs(before.lines[0].x0 - line.x0) < 0.3 * line.size):
        return True
    last = before.lines[-1]
    return _ended(last, line, flow) or last.text.rstrip().endswith((",", ";", " och", " eller", " samt"))


def _begins_block(draft: Draft, line: Line, flow: Flow, body: Body) -> bool:
    """Whether `line` starts anew after the lines of `draft`, by spacing, style, indent or an early line end."""
    last = draft.lines[-1]
    size = max(line.size, last.size, 1.0)
    apart = not 0.3 * size <= line.top - last.top <= (body.pitch + 0.3) * size
    numbered = line.size > _LARGER * body.size and bool(_NUMBERED_HEADING.match(line.text))
    bolder = line.style.bold != last.style.bold and not (_hangs(draft, line) or _mid_sentence(last, line, flow))
    slanted = line.style.italic != last.style.italic and last.x1 < flow.right - 4 * size and line.text[:1].isupper()
    if apart or numbered or abs(line.size - last.size) > 0.6 or bolder or slanted:
        return True
    if draft.kind is BlockKind.LIST_ITEM:
        if last.text.rstrip().endswith(_TERMINAL) and line.text[:1].isupper() and _broke_early(last, line, flow):
            return True
        flush = line.x0 > draft.lines[0].x0 - 0.3 * size
        if flush and line.text[:1].islower() and not last.text.rstrip().endswith(_TERMINAL):
            return False
        return line.x0 < draft.lines[0].x0 + 0.3 * size and _ended(last, line, flow)
    beside = flow.role == "box" or _LABEL.match(draft.lines[0].text) is not None
    if beside and _LABEL.match(line.text) and not last.text.rstrip().endswith(_GOING_ON):
        return True
    if flow.role == "box":
        return False
    if _centred(draft, line):
        return False
    indented = line.x0 > last.x0 + 0.8 * size and last.x0 < flow.left + 0.5 * size
    return (indented and _ended(last, line, flow)) or _broke_early(last, line, flow)


def _hangs(draft: Draft, line: Line) -> bool:
    """Whether a line stands indented under the text of an item, which may begin with a bold sentence."""
    first = draft.lines[0]
    item = starts_with_bullet(first.text) or _NUMBERED_SENTENCES.match(first.text) is not None
    return item and line.x0 > first.x0 + 0.5 * first.size


def _mid_sentence(last: Line, line: Line, flow: Flow) -> bool:
    full = last.x1 > flow.right - 3 * last.size or not _would_fit(last, line, flow)
    return full and line.text[:1].islower() and not last.text.rstrip().endswith(_TERMINAL)


def _ended(last: Line, line: Line, flow: Flow) -> bool:
    return last.text.rstrip().endswith(_TERMINAL) or last.x1 < flow.right - 2 * line.size


def _centred(draft: Draft, line: Line) -> bool:
    return (
        all(abs((a.x0 + a.x1) - (line.x0 + line.x1)) < 4 for a in draft.lines) and abs(draft.lines[-1].x0 - line.x0) > 2
    )


def _broke_early(last: Line, line: Line, flow: Flow) -> bool:
    """Whether the next line's first word would have fitted on the last line, so that the break was meant."""
    first_of = unicodedata.category(line.text[:1])
    new = line.text[:1].isupper() or first_of == "Co" or _GREEK.match(line.text) is not None
    return _would_fit(last, line, flow) and (last.text.rstrip().endswith(_TERMINAL) or new)


def _would_fit(last: Line, line: Line, flow: Flow) -> bool:
    """Whether the first word of a line had room at the end of the one before."""
    first = line.text.split(" ", 1)[0]
    average = (line.x1 - line.x0) / max(len(line.text), 1)
    return last.x1 + (len(first) + 3) * average < flow.right


def split_footnotes(flows: Sequence[Flow], body: Body, height: float) -> list[Draft]:
    """Takes the footnotes of one page out of its flows, in place, and returns them in order.

    They are the last lines of a column, in the lower part of the page, begin with a mark, and are smaller than the
    body or begin with a raised mark.
    """
    found: list[Draft] = []
    raised = {line.text[a:b].strip() for flow in flows for line in flow.lines for a, b in line.raised if a}
    for flow in flows:
        start = _footnotes_start(flow, body, height, raised) if flow.role == "text" else len(flow.lines)
        notes, flow.lines = flow.lines[start:], flow.lines[:start]
        for number, line in enumerate(notes):
            if not number or _begins_note(line, body, raised):
                found.append(Draft(BlockKind.FOOTNOTE, [], flow.left, flow.right))
            found[-1].lines.append(line)
    return found


def _footnotes_start(flow: Flow, body: Body, height: float, raised: Set[str]) -> int:
    start = len(flow.lines)
    for index, line in reversed(list(enumerate(flow.lines))):
        if _begins_note(line, body, raised) and line.middle >= 0.4 * height:
            start = index
        elif line.size > 0.93 * body.size or line.middle < 0.4 * height:
            break
    return start


def _begins_note(line: Line, body: Body, raised: Set[str]) -> bool:
    """`raised` are the marks in the page's text: small items of a list begin with a number and a stop as well."""
    if not _FOOTNOTE.match(line.text):
        return False
    if line.raised and line.raised[0][0] == 0:
        return True
    number = _LIST_NUMBER.match(line.text)
    return line.size <= 0.93 * body.size and (number is None or number[1] in raised)


def place_footnotes(drafts: list[Draft], notes: Sequence[Draft]) -> list[Draft]:
    """Puts each footnote at the end of the section whose text carries its mark, so that it interrupts nothing."""
    placed = list(drafts)
    for note in reversed(notes):
        mark = note_mark(note)
        carrier = next((i for i, draft in enumerate(placed) if _carries(draft, mark, note.page)), None)
        if carrier is None:
            on_page = [
                i
                for i, draft in enumerate(placed)
                if draft.kind is not BlockKind.FOOTNOTE and any(line.page == note.page for line in draft.lines)
            ]
            place = on_page[-1] + 1 if on_page else len(placed)
        else:
            place = carrier + 1
            while place < len(placed) and placed[place].kind not in (BlockKind.HEADING, BlockKind.FOOTNOTE):
                place += 1
        placed.insert(place, note)
    return placed


def note_mark(note: Draft) -> str:
    """The number or sign that a footnote begins with."""
    text = note.lines[0].text.lstrip(" [(")
    return "".join(takewhile(lambda character: character.isdigit() or character in "*†‡", text))


def _carries(draft: Draft, mark: str, page: int) -> bool:
    return bool(mark) and any(
        line.page == page and mark in (line.text[start:end].strip() for start, end in line.raised)
        for line in draft.lines
        if draft.kind is not BlockKind.FOOTNOTE
    )


def join_across(drafts: list[Draft]) -> list[Draft]:
    """Joins paragraphs and list items that a column or page end broke, past what floats or stands between."""
    joined: list[Draft] = []
    for draft in drafts:
        if joined and _carries_table_on(joined[-1], draft):
            _add_rows(joined[-1], draft)
            continue
        before = _unfinished(joined, draft)
        if before is None:
            joined.append(draft)
        else:
            before.lines += draft.lines
            before.left, before.right, before.ends_flow = draft.left, draft.right, draft.ends_flow
    return joined


def _carries_table_on(table: Draft, draft: Draft) -> bool:
    """Whether a page begins with more rows of the table that ends the page before: as wide, in as many columns.

    The pages of a table without rules may differ in width; there the figures stand in the same columns.
    """
    if not table.kind is draft.kind is BlockKind.TABLE or draft.page != table.lines[-1].page + 1:
        return False
    if abs(table.left - draft.left) > _SAME_TABLE_POINTS:
        return False
    columns = [max(line.text.count(" | ") for line in part.lines) for part in (table, draft)]
    rows = (table.lines[-1].text, draft.lines[0].text)
    figures = [[any(map(str.isdigit, cell)) for cell in row.split(" | ")] for row in rows]
    alike = any(figures[0]) and figures[0] == figures[1]
    return columns[0] == columns[1] and (alike or abs(table.right - draft.right) < _SAME_TABLE_POINTS)


def _add_rows(table: Draft, draft: Draft) -> None:
    """Adds the next page's rows to a table; the first may go on with a row that the page's end broke."""
    first = draft.lines[0]
    empty = len(first.text) - len(first.text.lstrip(f"{NO_CELL} |"))
    columns = max(line.text.count(" | ") for line in table.lines)
    fewer = first.text[empty : empty + 1].islower() and first.text[empty:].count(" | ") < columns
    if fewer or _ends_cells(table, first):
        table.broken_rows += (draft.page,)
        first = replace(first, text=first.text[empty:], source=first.source[empty:])
    table.lines += [first, *draft.lines[1:]]


def _ends_cells(table: Draft, row: Line) -> bool:
    """Whether a row only goes on with all the cells of the one before: each in lower case or a figure, where every row
    of the table begins with a capital.
    """
    cells = row.text.split(" | ")
    goes_on = cells[0][:1].islower() and all(cell[:1].islower() or cell[:1].isdigit() for cell in cells)
    return goes_on and len(table.lines) > 2 and all(line.text[:1].isupper() for line in table.lines)


def _unfinished(joined: Sequence[Draft], draft: Draft) -> Draft | None:
    """The block that `draft` carries on: the last one of running text, or an earlier one that a side column hides."""
    if draft.kind is not BlockKind.PARAGRAPH or draft.role != "text":
        return None
    texts = [
        other
        for other in joined[-_LOOK_BACK:]
        if other.kind in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM) and other.role == "text"
    ]
    if texts and _goes_on(texts[-1], draft):
        return texts[-1]
    if not (draft.begins_flow and draft.text[:1].islower()):
        return None
    for other in reversed(texts):
        overlap = min(other.right, draft.right) - max(other.left, draft.left)
        if other.ends_flow and other.lines[-1].page < draft.page and overlap > 0 and _goes_on(other, draft):
            return other
    return None


def _goes_on(before: Draft, after: Draft) -> bool:
    last, line = before.lines[-1], after.lines[0]
    same_place = last.page == line.page and abs(before.left - after.left) < 2 and line.top >= last.top
    if same_place and line.top - last.top < 4 * line.size:
        return False
    if abs(last.size - line.size) > 0.6 or last.style.bold != line.style.bold:
        return False
    ending = last.text.rstrip()
    if ending.endswith(("-", "\u2010", "\u00ad")):
        return True
    if ending.endswith(_TERMINAL):
        return False
    return line.text[:1].islower() or last.x1 > before.right - 4 * last.size
