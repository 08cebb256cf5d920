"""What a build has to do with each document, told by hashes before anything is read, and what became of it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from ingest.documents import Document, ReadOptions
from ingest.errors import UnreadableDocument
from ingest.indexing.reader_pool import CutDocument, Limits
from ingest.read import READABLE_SUFFIXES, media_type_of
from ingest.store.chroma import ChromaServer
from ingest.store.generations import now
from ingest.store.readings import ReadStore, file_sha256
from ingest.store.records import DocumentRecord, DocumentStatus, Incoming, passage_key


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How documents are read.

    `full`: what comes in is the whole list of sources, and listed documents that are not in it leave the index.
    `rebuild`: read everything anew, also documents that do not come in, from the stored copies, and embed it anew.
    `server`: where the vectors are kept, None for the index's own folder.
    """

    full: bool = False
    rebuild: bool = False
    workers: int = field(default_factory=lambda: os.cpu_count() or 1)
    reading: ReadOptions = field(default_factory=ReadOptions)
    limits: Limits = field(default_factory=Limits)
    server: ChromaServer | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One document of the coming generation. `incoming` is None for one that nobody mentioned, which stays.

    `old` is its record so far, which stays as it is where `keep`. Else the document is listed with its `failure`, or
    cut anew from what was read before (`reading`), or read.
    """

    id: str
    incoming: Incoming | None = None
    old: DocumentRecord | None = None
    sha256: str = ""
    keep: bool = False
    failure: UnreadableDocument | None = None
    reading: str | None = None

    @property
    def document(self) -> Document:
        """What is known of it before it is read. An address has no path: the fetched copy is not there any more."""
        incoming = self.incoming
        if incoming is None:
            assert self.old is not None
            return self.old.document
        path = None if incoming.url else incoming.path
        suffix = incoming.path.suffix.casefold() if incoming.path else ""
        said = ("id", "url", "publisher", "year", "kind", "valid_from", "valid_to")
        return Document(
            title=incoming.title or (path.stem if path else incoming.url or incoming.id),
            sha256=self.sha256,
            media_type=READABLE_SUFFIXES.get(suffix, "html" if incoming.url else "text"),
            path=str(path.resolve()) if path else None,
            **{name: getattr(incoming, name) for name in said},
        )


class Action(StrEnum):
    """What a build did with a document. `kept`: it cannot be had or read now, the older reading stays in use."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    REMOVED = "removed"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done with a document, and its record: that of the new generation, or its last one if it was removed."""

    record: DocumentRecord
    action: Action


def make_plan(
    records: Sequence[DocumentRecord], incoming: Sequence[Incoming], store: ReadStore, options: BuildOptions
) -> tuple[list[Task], list[Outcome]]:
    """What is to be done, sorted by id so that an index does not depend on its history, and what leaves.

    Raises ValueError when two documents come in under one id.
    """
    wanted = {one.id: one for one in incoming}
    if len(wanted) < len(incoming):
        raise ValueError("two documents have the same id")
    old = {record.document.id: record for record in records}
    rest = [record for name, record in old.items() if name not in wanted]
    leaving = [record for record in rest if options.full and record.listed]
    tasks = [_task_for(one, old.get(one.id), store, options) for one in wanted.values()]
    for record in rest:
        if record not in leaving:  # nobody mentioned it: it stays, or is read anew from the stored copy
            keep = not (options.rebuild and record.reading)
            tasks.append(Task(record.document.id, None, record, record.document.sha256, keep))
    return sorted(tasks, key=lambda task: task.id), [Outcome(record, Action.REMOVED) for record in leaving]


def _task_for(incoming: Incoming, old: DocumentRecord | None, store: ReadStore, options: BuildOptions) -> Task:
    task = Task(incoming.id, incoming, old)
    if incoming.failure is not None or incoming.path is None:
        return replace(task, failure=incoming.failure or _not_found(incoming.id, "ingen sökväg"))
    try:
        task = replace(task, sha256=file_sha256(incoming.path))
    except OSError as error:
        return replace(task, failure=_not_found(incoming.path.name, error.strerror or str(error)))
    if options.rebuild:
        return task
    same = old is not None and old.document.sha256 == task.sha256 and old.error is None
    if old and same and old.description == _description(incoming) and (old.listed or not options.full):
        return replace(task, keep=True)
    return replace(task, reading=store.find(task.sha256))


def _not_found(name: str, cause: str) -> UnreadableDocument:
    return UnreadableDocument(f"{name} kan inte öppnas ({cause}); kontrollera sökvägen och rättigheterna.")


def _description(incoming: Incoming) -> str:
    """A digest of what the owner says of a document. The path of a fetched copy says nothing."""
    said = replace(incoming, path=None if incoming.url else incoming.path, password=None, failure=None)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def settle_cut(task: Task, cut: CutDocument, reading: str, original: Path | None, options: BuildOptions) -> Outcome:
    """The record of a document that was cut. `original` is the copy of its file."""
    if task.incoming is None:
        assert task.old is not None
        record = replace(task.old, status=DocumentStatus.READ)
    else:
        record = _as_read(_unread(task, options), cut, original)
    digest = hashlib.sha256(" ".join(map(passage_key, cut.passages)).encode()).hexdigest()[:16]
    record = replace(record, report=cut.report, reading=reading, digest=digest, passages=len(cut.passages))
    return Outcome(record, Action.ADDED if task.old is None else Action.UPDATED)


def _as_read(record: DocumentRecord, cut: CutDocument, original: Path | None) -> DocumentRecord:
    """The record with what is known of the document now that it has been read.

    The owner's word counts first, then what the text states of itself, then the file's own dates, often a copy's.
    """
    said, document = cut.stated, record.document
    is_a_copy = said.year is not None and cut.published is not None and int(cut.published[:4]) != said.year
    made = cut.published or cut.updated
    document = replace(
        document,
        title=cut.title,
        media_type=media_type_of(original) if original else "text",
        page_count=cut.page_count,
        year=document.year or said.year or (int(made[:4]) if made else None),
        valid_from=document.valid_from or said.valid_from,
        valid_to=document.valid_to or said.valid_to,
    )
    return replace(
        record,
        document=document,
        published=said.adopted or (None if is_a_copy else cut.published),
        updated=cut.updated,
        succeeds=said.replaces,
        read_at=now(),
    )


def settle_failure(task: Task, failure: UnreadableDocument, options: BuildOptions) -> Outcome:
    """A document that cannot be had or read. An older reading of it stays in use, with the reason beside it.

    A reading of another cleaning version is not used, but stays in the store with the copy of the file.
    """
    error, old = type(failure).__name__, task.old
    if old is not None and old.digest is not None:
        reason = f"{failure.message} Den tidigare lästa versionen används så länge."
        return Outcome(replace(old, error=error, reason=reason), Action.KEPT)
    record = replace(_unread(task, options), reading=old.reading if old else None)
    record = replace(record, status=DocumentStatus.UNREADABLE, reason=failure.message, error=error)
    return Outcome(record, Action.UNREADABLE)


def _unread(task: Task, options: BuildOptions) -> DocumentRecord:
    """The record of a document before it is read."""
    incoming, listed = task.incoming, task.old is not None and task.old.listed
    record = DocumentRecord(task.document, listed=listed)
    if incoming is None:
        return record
    said = _description(incoming)
    return replace(record, listed=options.full or listed, description=said, encoding=incoming.encoding)
