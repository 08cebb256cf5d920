"""Decides, before anything is read, what a build has to do with each document. Looks at hashes, never into files."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ingest.build.reader_process import Limits
from ingest.documents import Document, ReadOptions
from ingest.errors import UnreadableDocument
from ingest.read import READABLE_SUFFIXES
from ingest.store.readings import ReadStore, file_sha256
from ingest.store.records import DocumentRecord, DocumentStatus, Incoming
from ingest.store.stores import ChromaServer

_ALWAYS_TRIED_AGAIN = ("PasswordNeeded", "FetchFailed", "DocumentGone")
"""Errors whose cause lies outside the file, so that the same bytes may be readable the next time."""


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


@dataclass(frozen=True, slots=True)
class Plan:
    """All tasks, sorted by document id so that an index does not depend on its history, and what leaves."""

    tasks: tuple[Task, ...]
    removed: tuple[DocumentRecord, ...]


def make_plan(
    records: Sequence[DocumentRecord], incoming: Sequence[Incoming], store: ReadStore, options: BuildOptions
) -> Plan:
    """Compare what comes in with what the index has. Raises ValueError when two documents come in under one id."""
    wanted = {one.id: one for one in incoming}
    if len(wanted) < len(incoming):
        raise ValueError("two documents have the same id")
    old = {record.document.id: record for record in records}
    read_before = {name for name, record in old.items() if record.passages}
    for one in incoming:
        if one.optional and one.failure and one.id not in read_before:
            del wanted[one.id]
        elif one.replaces and one.id in read_before:
            wanted.pop(one.replaces, None)
    removed = {name for name, record in old.items() if options.full and record.listed and name not in wanted}
    tasks = [_task_for(wanted[name], old.get(name), store, options) for name in wanted]
    tasks += [_task_for_rest(old[name], options) for name in old.keys() - wanted.keys() - removed]
    return Plan(tuple(sorted(tasks, key=lambda task: task.id)), tuple(old[name] for name in sorted(removed)))


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
    if old is not None and old.document.sha256 == task.sha256:
        if _is_settled(old, incoming, options):
            return replace(task, keep=True)
        if old.conditions != conditions(options, incoming):
            return task
    return replace(task, reading=store.find(task.sha256))


def _task_for_rest(old: DocumentRecord, options: BuildOptions) -> Task:
    """A document that nobody mentioned: stays, or with `rebuild` is read anew from the stored copy."""
    read_anew = options.rebuild and old.reading is not None
    return Task(old.document.id, None, old, old.document.sha256, keep=not read_anew)


def _is_settled(old: DocumentRecord, incoming: Incoming, options: BuildOptions) -> bool:
    """Whether reading and cutting the same bytes again would give the same record."""
    is_whole = old.status is DocumentStatus.READ and not old.report.pages_without_text
    return (
        old.error not in _ALWAYS_TRIED_AGAIN
        and old.description == description(incoming)
        and old.listed == (old.listed or options.full)
        and (old.conditions == conditions(options, incoming) or is_whole)
    )


def description(incoming: Incoming) -> str:
    """A digest of what the owner says of a document. A fetched copy's path and its server's marks say nothing."""
    path = None if incoming.url else incoming.path
    said = replace(incoming, path=path, password=None, failure=None, etag=None, last_modified=None)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def conditions(options: BuildOptions, incoming: Incoming | None) -> str:
    """What an unreadable file was tried with: when it changes, trying again is worth while."""
    ocr = options.reading.ocr and shutil.which("tesseract") is not None
    password = bool(options.reading.password or (incoming and incoming.password))
    limits = options.limits
    return f"ocr {ocr}, password {password}, {limits.seconds:.0f} s, {limits.memory_bytes >> 20} MiB"


def _not_found(name: str, cause: str) -> UnreadableDocument:
    return UnreadableDocument(f"{name} kan inte öppnas ({cause}); kontrollera sökvägen och rättigheterna.")


def document_of(task: Task) -> Document:
    """What is known of a document before it is read. An address has no path: the fetched copy is not there any more."""
    incoming = task.incoming
    if incoming is None:
        assert task.old is not None
        return task.old.document
    path = None if incoming.url else incoming.path
    suffix = incoming.path.suffix.casefold() if incoming.path else ""
    return Document(
        id=incoming.id,
        title=incoming.title or (path.stem if path else incoming.url or incoming.id),
        sha256=task.sha256,
        media_type=READABLE_SUFFIXES.get(suffix, "html" if incoming.url else "text"),
        path=str(path.resolve()) if path else None,
        url=incoming.url,
        publisher=incoming.publisher,
        year=incoming.year,
        kind=incoming.kind,
        valid_from=incoming.valid_from,
        valid_to=incoming.valid_to,
        supersedes=incoming.supersedes,
    )
