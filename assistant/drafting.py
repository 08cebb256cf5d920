"""From quotes to the text of an answer: quotes cut out of the index, lines, marks and citations as Markdown."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.answers import Box, Citation
from ingest.documents import Document, Page, Passage, PassageKind
from ingest.passages import heads_table
from ingest.plain import BULLETS
from ingest.swedish import split_sentences

PageLookup = Callable[[str, int | None], Page]
_Stretch = tuple[Page, int, int]
"""page.text from the first offset to the second."""
_Frame = tuple[float, float, float, float]
"""x0, y0, x1, y1 in PDF points, origin bottom left."""

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~]|&(?=#?\w+;)|^[-+](?=[\s-]|$))")
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_BULLET = re.compile(rf"^\s*(?:[{BULLETS}–*-]|\d{{1,2}}[.)])\s+")
_LINE_GAP = 0.6
"""Share of a character's height by which two characters may differ and still stand on one line."""
_UNNAMED = re.compile(
    r"^\W*(?:(?:Den|Denna|Detta|Dessa|De|Det(?! (?:gäller|blir|verkar|återstår|går)\b))"
    r"|(?:Satsning|Modell|Insats|Metod|Tjänst|Förstudi|Rapport|Kartläggning|Samverkan|Utvärdering|Överenskommelse)e?n"
    r"|(?:Projekt|Arbet|Program|Nätverk|Verktyg|Stöd|Uppdrag|Initiativ|Samarbet)e?t)"
    r" (?:(?!här\b|där\b)[a-zåäöé]+(?:r|[adegktv]s)|ska|skulle|hade|fick|blev|gick|kom|kunde|gav|drev|startade"
    r"|kostade|pågick)\b"
)
_FOLLOWS = re.compile(
    r"^\W*(?:de[nt]?|detta|denna|dessa|här|där|då|samma|båda|därför|därmed|samtidigt|dock)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of a passage that is to be quoted: passage.text[start:end].

    `heading` is the one of the passage's headings that is to be quoted with it, because it names what is answered.
    """

    passage: Passage
    start: int
    end: int
    heading: str = ""

    @property
    def text(self) -> str:
        """The quote as it stands in the passage."""
        return self.passage.text[self.start : self.end]


Entries = tuple[tuple[str, tuple[Quote, ...]], ...]
"""What one cell of a row holds: its values as plain text, each with the quotes that prove it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an answer: text that is already Markdown, the quotes that prove it, and whether it is a list item.

    A line without quotes states nothing by itself (a lead-in, a refusal). A row of a table has the names of its
    `columns`, as Markdown too, and its cells as text, parted by " | "; or `cells`, each with its own proof. `verified`:
    what the line says has been compared with its quotes already, so that only the quotes themselves are checked.
    """

    text: str
    quotes: tuple[Quote, ...] = ()
    bullet: bool = False
    columns: tuple[str, ...] = ()
    cells: tuple[Entries, ...] = ()
    verified: bool = False

    @property
    def all_quotes(self) -> tuple[Quote, ...]:
        """The line's quotes and those of its cells."""
        return (*self.quotes, *(quote for cell in self.cells for _, quotes in cell for quote in quotes))


def points_back(sentence: str) -> bool:
    """Whether the sentence needs the one before it to be understood."""
    return _FOLLOWS.search(sentence) is not None or _UNNAMED.search(sentence) is not None


def escape(text: str) -> str:
    """Text of a document as Markdown that shows exactly this text: nothing in it is markup, link or image."""
    return _NUMBERED.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", text))


def quoted(quote: Quote) -> tuple[Line, ...]:
    """A quote as lines: a paragraph is one line, each item of a list or row of a table one of its own.

    A paragraph that begins with "Den" or "Satsningen" gets its heading in brackets, as what it lacks out of context.
    """
    if quote.passage.kind is PassageKind.TABLE and (rows := _rows(quote)):
        return rows
    if quote.passage.kind in (PassageKind.LIST, PassageKind.TABLE):
        return tuple(_item(line, quote) for line in quote.text.splitlines() if line.strip())
    text = " ".join(quote.text.split())
    return (Line(escape(_addition(quote, text) + text), (quote,)),)


def _rows(quote: Quote) -> tuple[Line, ...]:
    """The quoted rows of a table under its column names, empty ones where it has none; () where a line is no row."""
    lines = (quote.passage.head, *quote.passage.text.splitlines())
    first = next((line for line in lines if " | " in line), "")
    head = _cells(first)
    rows = [_cells(line) for line in quote.text.splitlines() if line.strip()]
    if any(len(row) != len(head) for row in rows):
        return ()
    if not heads_table(first, quote.passage.text.split("\n")):
        return tuple(Line(" | ".join(row), (quote,), columns=("",) * len(row)) for row in rows)
    return tuple(Line(" | ".join(row), (quote,), columns=head) for row in rows if row != head)


def _cells(line: str) -> tuple[str, ...]:
    return tuple(escape(" ".join(cell.split())) for cell in line.split(" | "))


def _addition(quote: Quote, text: str) -> str:
    """What the quote is about, in brackets: its nearest heading, where its first sentence does not name its subject."""
    heading = quote.passage.section[-1] if quote.passage.section else ""
    lacks = heading and _UNNAMED.search(text) and heading.casefold() not in text.casefold()
    return f"[{heading}] " if lacks and len(split_sentences(heading)) == 1 else ""


def _item(line: str, quote: Quote) -> Line:
    bullet = _BULLET.match(line)
    text = escape(" ".join(line[bullet.end() if bullet else 0 :].split()))
    return Line(text, (quote,), bullet=bullet is not None or quote.passage.kind is PassageKind.TABLE)


class Marks:
    """Hands out citation marks while an answer is written; the same quote always gets the same marks."""

    def __init__(self, documents: Mapping[str, Document], page_of: PageLookup) -> None:
        self._documents = documents
        self._page_of = page_of
        self._by_quote: dict[Quote, tuple[int, ...]] = {}
        self.citations: list[Citation] = []

    def of(self, quotes: Sequence[Quote]) -> tuple[int, ...]:
        """The marks of these quotes, new ones where needed."""
        for quote in quotes:
            if quote not in self._by_quote:
                document = self._documents[quote.passage.document_id]
                made = cite(quote, len(self.citations) + 1, document, self._page_of)
                self._by_quote[quote] = tuple(citation.mark for citation in made)
                self.citations.extend(made)
        return tuple(dict.fromkeys(mark for quote in quotes for mark in self._by_quote[quote]))


def write(lines: Sequence[Line], marks: Marks) -> str:
    """The lines as Markdown, each run of text from one place with its marks at its end."""
    text = ""
    previous = Line("")
    for line in lines:
        together = (previous.bullet, previous.columns) == (line.bullet, line.columns) != (False, ())
        if line.columns:
            piece = f"| {_row_text(line, marks)} |"
            if not together:
                head = f"| {' | '.join(line.columns)} |"
                piece = "\n".join((head, "|" + " --- |" * len(line.columns), piece))
        else:
            piece = f"{line.text} {mark_text(marks.of(line.quotes))}".rstrip()
            piece = f"- {piece}" if line.bullet else piece
        text += ("\n" if together else "\n\n") + piece if text else piece
        previous = line
    return text


def _row_text(line: Line, marks: Marks) -> str:
    if not line.cells:
        return f"{line.text} {mark_text(marks.of(line.quotes))}"
    return " | ".join(_cell_text(cell, marks) for cell in line.cells)


def _cell_text(cell: Entries, marks: Marks) -> str:
    """The values of a cell, those that follow each other from one place with its marks after the last of them."""
    proved = groupby(cell, key=lambda value: marks.of(value[1]))
    return "; ".join(
        f"{'; '.join(escape(value) for value, _ in values)} {mark_text(own)}".rstrip() for own, values in proved
    )


def mark_text(marks: Sequence[int]) -> str:
    """Marks as they stand in the text: [1][2]."""
    return "".join(f"[{mark}]" for mark in marks)


def cite(quote: Quote, first_mark: int, document: Document, page_of: PageLookup) -> tuple[Citation, ...]:
    """The citations of one quote, one for each page it stands on, numbered from `first_mark`."""
    stretches = [
        (page, first, last)
        for page, first, last in _under_heading(quote, list(_on_pages(quote, page_of)), page_of)
        if page.text[first:last].strip()
    ]
    return tuple(
        Citation(
            mark=mark,
            document_id=document.id,
            title=document.title,
            page=page.number,
            section=quote.passage.section,
            quote=page.text[first:last].strip(),
            url=document.url,
            passage_id=quote.passage.id,
            boxes=_line_boxes(page, first, last),
            ocr=quote.passage.ocr,
            page_label=page.label,
        )
        for mark, (page, first, last) in enumerate(stretches, first_mark)
    )


def _on_pages(quote: Quote, page_of: PageLookup) -> Iterator[_Stretch]:
    for span in quote.passage.spans:
        start, end = max(quote.start, span.offset), min(quote.end, span.offset + span.end - span.start)
        if start < end:
            page = page_of(quote.passage.document_id, span.page)
            yield page, span.start + start - span.offset, span.start + end - span.offset


def _under_heading(quote: Quote, stretches: list[_Stretch], page_of: PageLookup) -> list[_Stretch]:
    """The stretches from the quote's heading on, or the heading alone where other text stands between.

    The heading is looked for on the page and on the one before it, and left out where it is on neither.
    """
    if not quote.heading or not stretches:
        return stretches
    page, first, last = stretches[0]
    at = page.text.rfind(quote.heading, 0, first)
    if at < 0:
        before = page_of(quote.passage.document_id, page.number - 1) if page.number and page.number > 1 else None
        at = before.text.rfind(quote.heading) if before else -1
        return [(before, at, at + len(quote.heading))] if before and at >= 0 else stretches
    between = page.text[at:first]
    for heading in quote.passage.section:
        between = between.replace(heading, "")
    return [(page, at, at + len(quote.heading))] if between.strip() else [(page, at, last), *stretches[1:]]


def _line_boxes(page: Page, start: int, end: int) -> tuple[Box, ...]:
    """One box for each line that the characters page.text[start:end] stand on."""
    if page.boxes is None or page.number is None:
        return ()
    lines: list[_Frame] = []
    # Plain numbers: arrays of four cost ten times as much, one character at a time.
    for x0, y0, x1, y1 in page.boxes[start:end].tolist():
        if math.isnan(x0 + y0 + x1 + y1):
            continue
        if lines and _same_line(lines[-1], (x0, y0, x1, y1)):
            left, bottom, right, top = lines[-1]
            lines[-1] = (min(left, x0), min(bottom, y0), max(right, x1), max(top, y1))
        else:
            lines.append((x0, y0, x1, y1))
    return tuple((page.number, round(x0, 2), round(y0, 2), round(x1, 2), round(y1, 2)) for x0, y0, x1, y1 in lines)


def _same_line(line: _Frame, box: _Frame) -> bool:
    middle = (box[1] + box[3]) / 2
    height = max(line[3] - line[1], box[3] - box[1])
    return abs(middle - (line[1] + line[3]) / 2) <= _LINE_GAP * height and box[0] >= line[0] - height
