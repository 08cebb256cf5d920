"""What an index says of itself and of its documents, and the JSON that it is written in. Plain data, no files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter

from ingest.documents import Document, Passage, PassageKind, ReadingReport, Span
from ingest.errors import UnreadableDocument


class DocumentStatus(StrEnum):
    """`gone` is a document whose address answers 404 or 410: withdrawn by its owner, our reading of it is kept."""

    READ = "read"
    UNREADABLE = "unreadable"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One document that is to be in the index: where its bytes lie and what its owner says of it.

    `id` is chosen by the caller and stays the same from run to run. `path` is the file to read, for an address the
    fetched copy, whose character set the server may have stated (`encoding`). `title` None means: take the document's
    own. `password` opens a protected file and is not kept. `failure` is set instead of `path` where fetching failed;
    `optional` then means that this is noted only of a document that has been read before. The document whose id is
    `replaces` gives way once this one has been read. `etag` and `last_modified` are what the server said of the copy.
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
    supersedes: str | None = None
    encoding: str | None = None
    password: str | None = None
    failure: UnreadableDocument | None = None
    optional: bool = False
    replaces: str | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """One document of the index, readable or not.

    `reason` is a Swedish sentence: why it is unreadable or gone, or why an older reading of it is still in use.
    `error` names the class of that error. `reading` is the folder of the store that holds what was read and the copy of
    the file; for an unreadable document None, or what an earlier cleaning version could read. `listed` documents come
    from the list of sources and leave with it. `near_duplicates` are the ids of documents with nearly the same text.
    `description` is a digest of what the owner said of the document, by which a change of title or dates is seen,
    `conditions` what reading was tried with (see planning.py). `part` names what was made of it (see parts.py), None
    where nothing was. `supersedes_stated` tells an owner's word on `document.supersedes` from our own finding;
    `succeeds` holds the words in which the document names what it replaces. `etag` and `last_modified` go with the next
    request for it.
    """

    document: Document
    status: DocumentStatus = DocumentStatus.READ
    passages: int = 0
    sentences: int = 0
    report: ReadingReport = field(default_factory=ReadingReport)
    reason: str | None = None
    error: str | None = None
    reading: str | None = None
    part: str | None = None
    listed: bool = False
    description: str = ""
    conditions: str = ""
    encoding: str | None = None
    supersedes_stated: bool = False
    succeeds: str = ""
    published: str | None = None
    updated: str | None = None
    read_at: str | None = None
    near_duplicates: tuple[str, ...] = ()
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """The head of a generation. `dimension` counts the columns of the two vector matrices, `created` is UTC."""

    id: str
    embedder: str
    dimension: int
    cleaning_version: int
    created: str
    records: tuple[DocumentRecord, ...]

    def record(self, document_id: str) -> DocumentRecord | None:
        """The record with this id, None where there is none."""
        return next((record for record in self.records if record.document.id == document_id), None)


def manifest_to_json(manifest: Manifest) -> bytes:
    """The manifest as indented JSON, made to be read by people too."""
    return TypeAdapter(Manifest).dump_json(manifest, indent=1)


def manifest_from_json(text: bytes) -> Manifest:
    """Read what `manifest_to_json` wrote. Raises ValueError on anything else."""
    return TypeAdapter(Manifest).validate_json(text)


def passage_to_json(passage: Passage) -> str:
    """A passage without its title. Spans are (page, start, end, offset), sentences (start, end)."""
    raw = {
        "id": passage.id,
        "document_id": passage.document_id,
        "section": passage.section,
        "kind": passage.kind,
        "spans": [(span.page, span.start, span.end, span.offset) for span in passage.spans],
        "sentences": passage.sentences,
        "ocr": passage.ocr,
        "head": passage.head,
        "text": passage.text,
    }
    return json.dumps(raw, ensure_ascii=False)


def passage_from_json(line: str | bytes, titles: Mapping[str, str]) -> Passage:
    """Read what `passage_to_json` wrote; `titles` are those of the documents by id."""
    raw = json.loads(line)
    return Passage(
        id=raw["id"],
        document_id=raw["document_id"],
        title=titles[raw["document_id"]],
        section=tuple(raw["section"]),
        kind=PassageKind(raw["kind"]),
        text=raw["text"],
        spans=tuple(Span(*span) for span in raw["spans"]),
        sentences=tuple((start, end) for start, end in raw["sentences"]),
        ocr=raw["ocr"],
        head=raw.get("head", ""),
    )
