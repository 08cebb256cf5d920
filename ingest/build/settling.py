"""Turns what became of a document into its record in the new generation."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ingest.build.cutting import CutDocument
from ingest.build.planning import BuildOptions, Task, conditions, description, document_of
from ingest.build.progress import Action, Outcome
from ingest.build.stated import with_stated
from ingest.documents import Passage
from ingest.errors import DocumentGone, UnreadableDocument
from ingest.read import media_type_of
from ingest.store.generations import now
from ingest.store.records import DocumentRecord, DocumentStatus, Incoming
from ingest.store.rows import passage_key


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


def digest_of(passages: Sequence[Passage]) -> str:
    """What tells these passages from all others, their places included."""
    return hashlib.sha256(" ".join(map(passage_key, passages)).encode()).hexdigest()[:16]


def settle_cut(task: Task, cut: CutDocument, reading: str, original: Path | None, options: BuildOptions) -> Outcome:
    """The record of a document that was cut. `original` is the copy of its file."""
    if task.incoming is not None:
        record = _with_stated(_as_read(_record(task, options), task.incoming, cut, original), cut)
    else:
        assert task.old is not None
        gone = task.old.status is DocumentStatus.GONE
        record = replace(task.old, status=DocumentStatus.GONE if gone else DocumentStatus.READ)
    record = replace(
        record,
        report=cut.report,
        reading=reading,
        digest=digest_of(cut.passages),
        passages=len(cut.passages),
        sentences=sum(len(passage.sentences) for passage in cut.passages),
    )
    return Outcome(record, Action.ADDED if task.old is None else Action.UPDATED)


def _with_stated(record: DocumentRecord, cut: CutDocument) -> DocumentRecord:
    """What the text states of itself counts after the owner's word and before the file's own dates, often a copy's."""
    said = cut.stated
    document, made = with_stated(record.document, said), cut.published or cut.updated
    year = document.year or (int(made[:4]) if made else None)
    is_a_copy = said.year is not None and cut.published is not None and int(cut.published[:4]) != said.year
    published = said.adopted or (None if is_a_copy else cut.published)
    return replace(record, document=replace(document, year=year), published=published, succeeds=said.replaces)


def _as_read(record: DocumentRecord, incoming: Incoming, cut: CutDocument, original: Path | None) -> DocumentRecord:
    """The record with what the file says of itself where the document's owner says nothing."""
    document = replace(
        record.document,
        title=cut.title,
        media_type=media_type_of(original) if original else "text",
        page_count=cut.page_count,
    )
    return replace(
        record,
        document=document,
        etag=incoming.etag,
        last_modified=incoming.last_modified,
        supersedes_stated=incoming.supersedes is not None,
        updated=cut.updated,
        read_at=now(),
    )


def settle_failure(task: Task, failure: UnreadableDocument, options: BuildOptions) -> Outcome:
    """A document that cannot be had or read. An older reading of it stays in use, with the reason beside it.

    A reading of another cleaning version is not used, but stays in the store with the copy of the file.
    """
    gone, error, old = isinstance(failure, DocumentGone), type(failure).__name__, task.old
    if old is not None and old.digest is not None:
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
        return DocumentRecord(
            document_of(task), listed=old is not None and old.listed, conditions=conditions(options, None)
        )
    return DocumentRecord(
        document_of(task),
        listed=options.full or (old is not None and old.listed),
        description=description(incoming),
        conditions=conditions(options, incoming),
        encoding=incoming.encoding,
    )
