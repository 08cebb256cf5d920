"""Turns what became of a document into its record in the new generation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ingest.documents import Document, ReadDocument
from ingest.errors import DocumentGone, UnreadableDocument
from ingest.index.generations import now
from ingest.index.parts import PartStore
from ingest.index.planning import BuildOptions, Task, conditions, description
from ingest.index.progress import Action, Outcome
from ingest.index.records import DocumentRecord, DocumentStatus, Incoming
from ingest.index.stated import Stated, stated, with_stated
from ingest.index.storage import ReadStore, load_reading
from ingest.passages import cut
from ingest.read import READABLE_SUFFIXES, media_type_of


def drop_replaced(outcomes: Sequence[Outcome], tasks: Sequence[Task]) -> list[Outcome]:
    """The outcomes with those documents removed that others replace, now that those have been read."""
    replacing = {task.incoming.replaces: task.id for task in tasks if task.incoming and task.incoming.replaces}
    titles = {one.record.document.id: one.record.document.title for one in outcomes if one.record.passages}
    replaced = {old: titles[new] for old, new in replacing.items() if new in titles}
    named = ((one, one.record.document.id) for one in outcomes)
    return [removed(one.record, f"Ersatt av {replaced[name]}.") if name in replaced else one for one, name in named]


def removed(record: DocumentRecord, reason: str | None = None) -> Outcome:
    """The outcome for a document that has left the index."""
    return Outcome(replace(record, reason=reason), Action.REMOVED)


def settle_cut(task: Task, reading: str, store: ReadStore, parts: PartStore, options: BuildOptions) -> Outcome:
    """Cut what was read into passages and describe the document."""
    read = load_reading(store.folder(reading), with_boxes=False)
    if task.incoming is not None:
        record = _as_read(_record(task, options), task.incoming, read, store.original(reading))
    else:
        assert task.old is not None
        gone = task.old.status is DocumentStatus.GONE
        record = replace(task.old, status=DocumentStatus.GONE if gone else DocumentStatus.READ)
    passages = cut(record.document, read)
    if task.incoming is not None:
        record = _with_stated(record, stated(record.document.title, passages), read)
    record = replace(
        record,
        report=read.report,
        reading=reading,
        part=parts.add(passages),
        passages=len(passages),
        sentences=sum(len(passage.sentences) for passage in passages),
    )
    return Outcome(record, Action.ADDED if task.old is None else Action.UPDATED)


def _with_stated(record: DocumentRecord, said: Stated, read: ReadDocument) -> DocumentRecord:
    """What the text states of itself counts after the owner's word and before the file's own dates, often a copy's."""
    document, made = with_stated(record.document, said), read.published or read.updated
    year = document.year or (int(made[:4]) if made else None)
    is_a_copy = said.year is not None and read.published is not None and int(read.published[:4]) != said.year
    published = said.adopted or (None if is_a_copy else read.published)
    return replace(record, document=replace(document, year=year), published=published, succeeds=said.replaces)


def _as_read(record: DocumentRecord, incoming: Incoming, read: ReadDocument, original: Path | None) -> DocumentRecord:
    """The record with what the file says of itself where the document's owner says nothing."""
    document = replace(
        record.document,
        title=incoming.title or read.title or record.document.title,
        media_type=media_type_of(original) if original else "text",
        page_count=len(read.pages) if any(page.number is not None for page in read.pages) else None,
    )
    return replace(
        record,
        document=document,
        etag=incoming.etag,
        last_modified=incoming.last_modified,
        supersedes_stated=incoming.supersedes is not None,
        updated=read.updated,
        read_at=now(),
    )


def settle_failure(task: Task, failure: UnreadableDocument, options: BuildOptions) -> Outcome:
    """A document that cannot be had or read. An older reading of it stays in use, with the reason beside it.

    A reading of another cleaning version is not used, but stays in the store with the copy of the file.
    """
    gone, error, old = isinstance(failure, DocumentGone), type(failure).__name__, task.old
    if old is not None and old.part is not None:
        used = (
            "Den senast lästa versionen finns kvar i indexet."
            if gone
            else "Den tidigare lästa versionen används så länge."
        )
        status = DocumentStatus.GONE if gone else DocumentStatus.READ
        record = replace(old, status=status, error=error, reason=f"{failure.message} {used}")
        return Outcome(record, Action.GONE if gone else Action.KEPT)
    record = replace(
        _record(task, options),
        status=DocumentStatus.GONE if gone else DocumentStatus.UNREADABLE,
        reason=failure.message,
        error=error,
        reading=old.reading if old else None,
    )
    return Outcome(record, Action.GONE if gone else Action.UNREADABLE)


def _record(task: Task, options: BuildOptions) -> DocumentRecord:
    """What is known of a document before it is read."""
    incoming, old = task.incoming, task.old
    if incoming is None:
        assert old is not None
        return DocumentRecord(old.document, listed=old.listed, conditions=conditions(options, None))
    return DocumentRecord(
        _document(task, incoming),
        listed=options.full or (old is not None and old.listed),
        description=description(incoming),
        conditions=conditions(options, incoming),
        encoding=incoming.encoding,
    )


def _document(task: Task, incoming: Incoming) -> Document:
    """What the owner says of a document. An address has no path: the fetched copy is not there any more."""
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
