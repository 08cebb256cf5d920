"""What the PDF file states about itself, as pypdf reads it: title, dates, outline, page labels, fields, attachments."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import Destination

from ingest.pdf.headings import OutlineEntry
from ingest.titles import is_sensible_title

_MAXIMUM_OUTLINE, _OUTLINE_LEVELS = 5_000, 8
_NO_COMMENTS = {"/Link", "/Popup"}
_MALFORMED = (PyPdfError, KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)
"""What pypdf raises on files that break the rules of the format."""

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Title (None where the stated one is a file name), ISO dates, outline, a printed label for each page.

    `fields` and `comments` count the filled form fields and the reviewers' comments of each page index. `attachments`
    are files by name. `unread` names, in Swedish, what of all this the file gives in a form that cannot be read.
    """

    title: str | None = None
    published: str | None = None
    updated: str | None = None
    outline: tuple[OutlineEntry, ...] = ()
    labels: tuple[str, ...] = ()
    fields: Mapping[int, int] = field(default_factory=dict)
    comments: Mapping[int, int] = field(default_factory=dict)
    attachments: tuple[tuple[str, bytes], ...] = ()
    unread: tuple[str, ...] = ()

    def label(self, index: int) -> str | None:
        """The printed number of the page with this index, where the file tells it."""
        return self.labels[index] if index < len(self.labels) else None


def read_facts(file: Path | io.BytesIO, password: str | None) -> FileFacts:
    """The facts of a file that pdfium has opened. What pypdf cannot read of it is named, and raises nothing."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it cannot read is told in the reading report
    unread: list[str] = []

    def part(name: str, read: Callable[[], Part], otherwise: Part) -> Part:
        try:
            return read()
        except _MALFORMED:
            unread.append(name)
            return otherwise

    reader = part("uppgifter om sig själv", lambda: PdfReader(file, strict=False, password=password), None)
    if reader is None:
        return FileFacts(unread=tuple(unread))
    empty: dict[str, str] = {}
    stated = part("uppgifter om sig själv", lambda: _metadata(reader), empty)
    none: Counter[int] = Counter()
    fields, comments = part("anteckningar och fält", lambda: _annotations(reader), (none, none))
    title = " ".join(stated.get("/Title", "").split())
    return FileFacts(
        title if is_sensible_title(title) else None,
        iso_date(stated.get("/CreationDate", "")),
        iso_date(stated.get("/ModDate", "")),
        part("innehållsöversikt", lambda: tuple(islice(_outline(reader, reader.outline), _MAXIMUM_OUTLINE)), ()),
        part("sidnumrering", lambda: _labels(reader), ()),
        fields,
        comments,
        part("bilagor", lambda: tuple((name, own) for name, files in reader.attachments.items() for own in files), ()),
        tuple(unread),
    )


def _metadata(reader: PdfReader) -> dict[str, str]:
    return {key: str(value).replace("\x00", "") for key, value in (reader.metadata or {}).items()}


def _labels(reader: PdfReader) -> tuple[str, ...]:
    """Only where the file states labels: pypdf counts from 1 by itself elsewhere."""
    return tuple(reader.page_labels) if "/PageLabels" in reader.root_object else ()


def _outline(reader: PdfReader, entries: Iterable[Any], level: int = 1) -> Iterator[OutlineEntry]:
    """The bookmarks in order; pypdf holds each bookmark's children as a list behind it."""
    for entry in entries:
        if isinstance(entry, Destination):
            yield OutlineEntry(level, str(entry.title or "").strip(), reader.get_destination_page_number(entry))
        elif level < _OUTLINE_LEVELS:
            yield from _outline(reader, entry, level + 1)


def _annotations(reader: PdfReader) -> tuple[Counter[int], Counter[int]]:
    """How many filled fields and how many comments each page has."""
    fields: Counter[int] = Counter()
    comments: Counter[int] = Counter()
    for number, page in enumerate(reader.pages):
        for reference in page.get("/Annots") or ():
            annotation = reference.get_object()
            kind = annotation.get("/Subtype")
            if kind == "/Widget":
                value = annotation.get("/V") or (annotation.get("/Parent") or {}).get("/V")
                if value not in (None, "", "/Off"):
                    fields[number] += 1
            elif kind == "/FreeText" and "/AP" in annotation:
                fields[number] += 0  # written on the page: it becomes part of it as a field does
            elif kind not in _NO_COMMENTS and str(annotation.get("/Contents") or "").strip():
                comments[number] += 1
    return fields, comments


def stands_in(title: str, text: str) -> bool:
    """Whether a word of the title stands in the text; a template's title has none with the document that it became."""
    words = [word[:6] for word in re.findall(r"\w{4,}", title.casefold())]
    return not words or any(word in text.casefold() for word in words)


def iso_date(stated: str) -> str | None:
    """A PDF date (D:20230615091200+02'00') as an ISO date, None where it is no date."""
    match = re.match(r"(?:D:)?(\d{4})(\d{2})?(\d{2})?", stated)
    if match is None:
        return None
    try:
        return datetime(int(match[1]), int(match[2] or 1), int(match[3] or 1)).date().isoformat()
    except ValueError:
        return None


def told_of(facts: FileFacts) -> tuple[str, ...]:
    """One Swedish sentence for each part of the file that is read in its own way, or not at all."""
    told = []
    if count := sum(facts.fields.values()):
        told.append(f"{_count(count, 'ifyllt formulärfält', 'ifyllda formulärfält')} lästes som text på sin plats.")
    if facts.comments:
        count = sum(facts.comments.values())
        told.append(f"{_count(count, 'kommentar', 'kommentarer')} i filen lästes inte.")
    told += [f"Filens {name} gick inte att läsa." for name in dict.fromkeys(facts.unread)]
    return tuple(told)


def _count(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
