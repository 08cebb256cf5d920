"""What an index says of itself, of its documents and of its passages. Plain data, no files.

A passage is one row in Chroma, and so is each of its sentences, under keys made from content. A row never changes: a
passage that has moved on its page is another row, so that a generation that lists a row always reads what it was
written with. Its vector is the same and is taken over by the passage's id.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.documents import Document, Passage, PassageKind, ReadingReport, Span
from ingest.errors import UnreadableDocument

Metadata = Mapping[str, str | int]
Vector = NDArray[np.float32]


class DocumentStatus(StrEnum):
    """Whether a document can be answered from."""

    READ = "read"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One document that is to be in the index: where its bytes lie and what its owner says of it.

    `id` stays the same from run to run. `path` is the file to read, for an address the fetched copy, whose character
    set the server may have stated (`encoding`); `failure` is set instead where fetching failed. Without `title` the
    document's own is taken. `password` is not kept.
    """

    id: str
    path: Path | None = None
    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    year: int | None = None
    kind: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    encoding: str | None = None
    password: str | None = None
    failure: UnreadableDocument | None = None


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """One document of the index, readable or not.

    `reason` says in Swedish why it is unreadable, or why an older reading of it is still in use; `error` names the
    class of that error. `reading` is the folder of the store with what was read and the copy of the file. `listed`
    documents come from the list of sources and leave with it. `description`: see planning.py. `digest` names the rows
    of its passages, None where it has not been cut. `succeeds` are the words in which the document names what it
    replaces.
    """

    document: Document
    status: DocumentStatus = DocumentStatus.READ
    passages: int = 0
    report: ReadingReport = field(default_factory=ReadingReport)
    reason: str | None = None
    error: str | None = None
    reading: str | None = None
    digest: str | None = None
    listed: bool = False
    description: str = ""
    encoding: str | None = None
    succeeds: str = ""
    published: str | None = None
    updated: str | None = None
    read_at: str | None = None


def as_listed(one: Incoming, document: Document) -> Incoming:
    """What comes in, with what the list of sources has said of the document."""
    said = ("id", "title", "publisher", "year", "kind", "valid_from", "valid_to")
    return replace(one, **{name: getattr(document, name) for name in said})


@dataclass(frozen=True, slots=True)
class Manifest:
    """The head of a generation. `dimension` is that of its vectors, which lie in `store` (see chroma.py)."""

    id: str
    embedder: str
    dimension: int
    cleaning_version: int
    records: tuple[DocumentRecord, ...]
    store: str = ""
    store_kind: str = "folder"

    def record(self, document_id: str) -> DocumentRecord | None:
        """The record with this id, None where there is none."""
        return next((record for record in self.records if record.document.id == document_id), None)


class Rows(NamedTuple):
    """Rows of one collection. `vectors` is float32 (rows, dimension); a sentence has neither text nor metadata."""

    keys: list[str]
    vectors: Vector
    texts: list[str] | None = None
    metadatas: list[Metadata] | None = None


def embedding_text(passage: Passage) -> str:
    """What is embedded for a passage: its last two headings, its table's head row and its text, each on a line."""
    return "\n".join((*passage.section[-2:], *filter(None, (passage.head,)), passage.text))


def sentence_texts(passage: Passage) -> list[str]:
    """What is embedded for each sentence of a passage: its last heading in front."""
    return ["\n".join((*passage.section[-1:], passage.text[start:end])) for start, end in passage.sentences]


def passage_key(passage: Passage) -> str:
    """The passage's row: its id and a digest of its place."""
    return f"{passage.id}-{hashlib.sha256(_place(passage).encode()).hexdigest()[:8]}"


def sentence_keys(passage: Passage) -> list[str]:
    """The rows of the passage's sentences, in order."""
    return [f"{passage.id}-{start}-{end}" for start, end in passage.sentences]


def metadata(passage: Passage) -> Metadata:
    """All that a passage is besides its text: flat fields for other programs, and `place`. Web pages have no pages."""
    pages = {"page": passage.page, "page_end": passage.page_end}
    about = {"document_id": passage.document_id, "kind": passage.kind.value, "place": _place(passage)}
    return about | {name: page for name, page in pages.items() if page is not None}


def _place(passage: Passage) -> str:
    spans = [(span.page, span.start, span.end, span.offset) for span in passage.spans]
    return json.dumps([passage.section, spans, passage.sentences, passage.ocr, passage.head], ensure_ascii=False)


def passage_of(key: str, text: str, about: Metadata, titles: Mapping[str, str]) -> Passage:
    """The passage again; `titles` are those of the documents by id. Raises KeyError, ValueError on a foreign row."""
    section, spans, sentences, ocr, head = json.loads(str(about["place"]))
    document_id = str(about["document_id"])
    return Passage(
        id=key.partition("-")[0],
        document_id=document_id,
        title=titles[document_id],
        section=tuple(section),
        kind=PassageKind(str(about["kind"])),
        text=text,
        spans=tuple(Span(*span) for span in spans),
        sentences=tuple((start, end) for start, end in sentences),
        ocr=ocr,
        head=head,
    )
