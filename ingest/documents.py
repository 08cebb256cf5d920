"""The central types of reading: documents, pages, blocks and passages. Plain data, no behaviour beyond naming.

Offsets count characters of the cleaned page text, 0-based and half-open. Pages are numbered from 1 as the PDF file
counts them; a web page is one page whose number is None. Boxes are PDF points with the origin bottom left.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

CLEANING_VERSION = 17
"""Raised whenever reading or cutting changes, so that an index of older text is rebuilt and never mixed."""


class BlockKind(StrEnum):
    """What a piece of a page is. Contents and furniture are kept for the reading view, never for answers."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE = "table"
    CAPTION = "caption"
    FOOTNOTE = "footnote"
    CONTENTS = "contents"
    FURNITURE = "furniture"


class PassageKind(StrEnum):
    """The kinds that a stored passage can have (the contract's words)."""

    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"
    FOOTNOTE = "footnote"


@dataclass(frozen=True, slots=True)
class Document:
    """One document as the reader of an answer knows it.

    `year` is the year of publication, `valid_from` and `valid_to` are ISO dates or years, both ends included.
    `media_type` is "pdf", "html", "docx", "pptx", "xlsx", "rtf", "eml", "csv", "markdown", "text", or for files that
    LibreOffice converted "doc", "xls", "ppt", "odt", "ods" or "odp".
    """

    id: str
    title: str
    sha256: str
    media_type: str
    path: str | None = None
    url: str | None = None
    publisher: str | None = None
    year: int | None = None
    kind: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    supersedes: str | None = None
    page_count: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """The cleaned text of one page, its printed number as `label`, and where each character stands.

    `boxes` is float32 (len(text), 4) with x0, y0, x1, y1 in PDF points (NaN for characters that the cleaning put in),
    or None for documents without pages. `ocr_confidence` is 0 to 1 where the page was read by character recognition.
    """

    number: int | None
    text: str
    label: str | None = None
    width: float = 0.0
    height: float = 0.0
    boxes: NDArray[np.float32] | None = None
    ocr_confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A run of one page's text inside a block or passage: text[offset:offset + end - start] == page.text[start:end]."""

    page: int | None
    start: int
    end: int
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph, list item, table or footnote in reading order. `level` is 1 to 6 for headings, else 0."""

    kind: BlockKind
    text: str
    spans: tuple[Span, ...]
    level: int = 0


@dataclass(frozen=True, slots=True)
class ReadingReport:
    """What reading found and what it could not read, for people who decide whether to trust it."""

    pages: int = 0
    pages_without_text: tuple[int, ...] = ()
    pages_by_ocr: tuple[int, ...] = ()
    headings: int = 0
    repaired_words: int = 0
    furniture_removed: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a file is read and how far.

    `url` and `encoding` are those of a fetched web page, as the server stated them. `ocr` says whether pages without
    text may be read by character recognition; none is begun once the file has taken `ocr_seconds`. `libreoffice` is the
    program that converts old Office formats, None where they are not read.
    """

    password: str | None = None
    ocr: bool = True
    ocr_seconds: float = 600.0
    maximum_pages: int = 20_000
    maximum_bytes: int = 200_000_000
    maximum_unpacked_bytes: int = 500_000_000
    url: str | None = None
    encoding: str | None = None
    libreoffice: str | None = None


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """What a reader returns: pages, blocks in reading order, and what the file says of itself (dates are ISO dates).

    `attachments` are the files inside the file that are still to be read, as (name, content).
    """

    pages: tuple[Page, ...]
    blocks: tuple[Block, ...]
    report: ReadingReport
    title: str | None = None
    published: str | None = None
    updated: str | None = None
    attachments: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one section that search finds and a citation opens.

    `section` is the heading path, outermost first. `spans` name the pages; on a single page the invariant
    `page.text[start:end] == text` holds. `sentences` are (start, end) offsets into `text`. `head` is the head row of
    the table that the passage carries on, empty where the passage begins with it.
    """

    id: str
    document_id: str
    title: str
    section: tuple[str, ...]
    kind: PassageKind
    text: str
    spans: tuple[Span, ...]
    sentences: tuple[tuple[int, int], ...]
    ocr: bool = False
    head: str = ""

    @property
    def headed_text(self) -> str:
        """The document's title, the headings, the table's head row and the text, each on a line."""
        return "\n".join((self.title, *self.section, *filter(None, (self.head,)), self.text))

    @property
    def head_row(self) -> str:
        """The row that names the columns of a table: its head, else the first row of its text."""
        return self.head or self.text.partition("\n")[0]

    @property
    def chapter(self) -> str:
        """The outermost heading that is not the document's title, "" where there is none."""
        return next((one for one in self.section if one.casefold() != self.title.casefold()), "")

    def within(self, parts: frozenset[str]) -> bool:
        """Whether one of these holds the passage: ids of documents, or of chapters as "ID#Heading". All where empty."""
        return not parts or self.document_id in parts or f"{self.document_id}#{self.chapter}" in parts

    @property
    def page(self) -> int | None:
        """First physical page, None for web pages."""
        return self.spans[0].page

    @property
    def page_end(self) -> int | None:
        """Last physical page, None for web pages."""
        return self.spans[-1].page

    @property
    def start(self) -> int:
        """Offset in the first page's text."""
        return self.spans[0].start

    @property
    def end(self) -> int:
        """Offset in the last page's text."""
        return self.spans[-1].end


def passage_id(document_id: str, section: tuple[str, ...], text: str, occurrence: int) -> str:
    """A name made from content, so that the same text gets the same id in every run and on every machine.

    `occurrence` (0, 1, …) tells equal texts of one section apart.
    """
    raw = "\x1f".join((document_id, *section, text, str(occurrence)))
    return hashlib.sha256(raw.encode()).hexdigest()[:16]
