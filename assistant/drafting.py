"""From quotes to the text of an answer: lines, marks and citations. Writes Markdown; knows nothing of search."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.answers import Citation
from assistant.pointing import lacks_subject
from assistant.proof import PageLookup, Quote, cite
from ingest.documents import Document, PassageKind
from ingest.passages import heads_table
from ingest.plain import BULLETS
from ingest.swedish import split_sentences

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~]|&(?=#?\w+;)|^[-+](?=[\s-]|$))")
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_BULLET = re.compile(rf"^\s*(?:[{BULLETS}–*-]|\d{{1,2}}[.)])\s+")


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell of a row: its values as plain text, each with the quotes that prove it."""

    values: tuple[tuple[str, tuple[Quote, ...]], ...]


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
    cells: tuple[TableCell, ...] = ()
    verified: bool = False

    @property
    def all_quotes(self) -> tuple[Quote, ...]:
        """The line's quotes and those of its cells."""
        return (*self.quotes, *(quote for cell in self.cells for _, quotes in cell.values for quote in quotes))


@dataclass(frozen=True, slots=True)
class Written:
    """An answer's Markdown and its citations, numbered from 1 in order of their first mark."""

    text: str
    citations: tuple[Citation, ...]


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
    """The quoted rows of a table under its column names, which are empty where it has none.

    None where a line is no row of as many cells.
    """
    lines = (quote.passage.head, *quote.passage.text.splitlines())
    first = next((line for line in lines if len(_cells(line)) > 1), "")
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
    lacks = heading and lacks_subject(text) and heading.casefold() not in text.casefold()
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
        self._by_quote: dict[Quote, tuple[Citation, ...]] = {}
        self.citations: list[Citation] = []

    def of(self, quotes: Sequence[Quote]) -> tuple[int, ...]:
        """The marks of these quotes, new ones where needed."""
        marks: list[int] = []
        for quote in quotes:
            if quote not in self._by_quote:
                document = self._documents[quote.passage.document_id]
                made = cite(quote, len(self.citations) + 1, document, self._page_of)
                self._by_quote[quote] = made
                self.citations.extend(made)
            marks.extend(citation.mark for citation in self._by_quote[quote])
        return tuple(dict.fromkeys(marks))


def write(lines: Sequence[Line], marks: Marks) -> Written:
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
    return Written(text, tuple(marks.citations))


def _row_text(line: Line, marks: Marks) -> str:
    if not line.cells:
        return f"{line.text} {mark_text(marks.of(line.quotes))}"
    return " | ".join(_cell_text(cell, marks) for cell in line.cells)


def _cell_text(cell: TableCell, marks: Marks) -> str:
    """The values of a cell, those that follow each other from one place with its marks after the last of them."""
    proved = groupby(cell.values, key=lambda value: marks.of(value[1]))
    return "; ".join(
        f"{'; '.join(escape(value) for value, _ in values)} {mark_text(own)}".rstrip() for own, values in proved
    )


def mark_text(marks: Sequence[int]) -> str:
    """Marks as they stand in the text: [1][2]."""
    return "".join(f"[{mark}]" for mark in marks)
