"""Turns what became of a document into its record and the lines of its passages."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from ingest.documents import Document, ReadDocument
from ingest.errors import UnreadableDocument
from ingest.index.generations import generation_folder, now
from ingest.index.planning import BuildOptions, Task, conditions, description, is_gone
from ingest.index.progress import Action, DocumentRow
from ingest.index.records import DocumentRecord, DocumentStatus, Incoming, Manifest, passage_to_json
from ingest.index.storage import ReadStore, load_reading
from ingest.passages import cut
from ingest.read import READABLE_SUFFIXES, media_type_of


@dataclass(frozen=True, slots=True)
class Settled:
    """A document's record in the new generation, its passages as lines of JSON, and what was done."""

    record: DocumentRecord
    lines: bytes
    action: Action

    @property
    def row(self) -> DocumentRow:
        """The line of the build's report."""
        record, document = self.record, self.record.document
        return DocumentRow(
            document.id, document.title, self.action, record.report.pages, record.passages, record.reason
        )


class OldLines:
    """The passages of an earlier generation as they stand in its file, by document."""

    def __init__(self, index: Path, manifest: Manifest | None) -> None:
        self._places: dict[str, tuple[int, int]] = {}
        if manifest is None:
            return
        self._path = generation_folder(index, manifest.id) / "passages.jsonl"
        with self._path.open("rb") as file:
            for record in manifest.records:
                begin = file.tell()
                for _ in range(record.passages):
                    file.readline()
                self._places[record.document.id] = (begin, file.tell())

    def of(self, document_id: str) -> bytes:
        """All lines of one document."""
        begin, end = self._places[document_id]
        with self._path.open("rb") as file:
            file.seek(begin)
            return file.read(end - begin)


def drop_replaced(
    folder: Path, settled: Sequence[Settled], tasks: Sequence[Task]
) -> tuple[list[Settled], list[DocumentRow]]:
    """Take out the documents that others replace, now that those have been read, with their lines in `folder`.

    Returns those that stay, and a line for the report for each that does not.
    """
    replacing = {task.id: task.incoming.replaces for task in tasks if task.incoming and task.incoming.replaces}
    titles = {one.record.document.id: one.record.document.title for one in settled if one.record.passages}
    replaced = {old: titles[new] for new, old in replacing.items() if new in titles}
    if not any(one.record.document.id in replaced for one in settled):
        return list(settled), []
    path, shorter = folder / "passages.jsonl", folder / "passages.new"
    with path.open("rb") as lines, shorter.open("wb") as kept:
        for one in settled:
            own = islice(lines, one.record.passages)
            if one.record.document.id in replaced:
                deque(own, maxlen=0)
            else:
                kept.writelines(own)
    shorter.replace(path)
    rows = [
        replace(one.row, action=Action.REMOVED, reason=f"Ersatt av {replaced[one.record.document.id]}.")
        for one in settled
        if one.record.document.id in replaced
    ]
    return [one for one in settled if one.record.document.id not in replaced], rows


def settle_kept(record: DocumentRecord, lines: bytes = b"") -> Settled:
    """A document that stays as it is."""
    unreadable = record.status is DocumentStatus.UNREADABLE
    return Settled(record, lines, Action.UNREADABLE if unreadable else Action.UNCHANGED)


def settle_cut(task: Task, reading: str, store: ReadStore, options: BuildOptions) -> Settled:
    """Cut what was read into passages and describe the document."""
    folder = store.folder(reading)
    read = load_reading(folder, with_boxes=False)
    if task.incoming is None:
        assert task.old is not None
        record = replace(task.old, report=read.report, reading=reading, status=DocumentStatus.READ)
        if task.old.status is DocumentStatus.GONE:
            record = replace(record, status=DocumentStatus.GONE)
    else:
        record = _describe(task, task.incoming, read, reading, store, options)
    passages = cut(record.document, read, options.maximum_chars)
    record = replace(record, passages=len(passages), sentences=sum(len(p.sentences) for p in passages))
    lines = "".join(passage_to_json(passage) + "\n" for passage in passages).encode()
    return Settled(record, lines, Action.ADDED if task.old is None else Action.UPDATED)


def _describe(
    task: Task, incoming: Incoming, read: ReadDocument, reading: str, store: ReadStore, options: BuildOptions
) -> DocumentRecord:
    original = store.original(reading)
    published = read.published or read.updated
    document = Document(
        id=incoming.id,
        title=incoming.title or read.title or _name(incoming),
        sha256=task.sha256,
        media_type=media_type_of(original) if original else "text",
        path=_path(incoming),
        url=incoming.url,
        publisher=incoming.publisher,
        year=incoming.year or (int(published[:4]) if published else None),
        kind=incoming.kind,
        valid_from=incoming.valid_from,
        valid_to=incoming.valid_to,
        supersedes=incoming.supersedes,
        page_count=len(read.pages) if any(page.number is not None for page in read.pages) else None,
    )
    return DocumentRecord(
        document=document,
        status=DocumentStatus.READ,
        report=read.report,
        reading=reading,
        listed=options.full or (task.old is not None and task.old.listed),
        description=description(incoming),
        conditions=conditions(options, incoming),
        encoding=incoming.encoding,
        etag=incoming.etag,
        last_modified=incoming.last_modified,
        supersedes_stated=incoming.supersedes is not None,
        published=read.published,
        updated=read.updated,
        read_at=now(),
    )


def settle_failure(
    task: Task, failure: UnreadableDocument, old_lines: OldLines, options: BuildOptions, trusted: bool
) -> Settled:
    """A document that cannot be had or read. An older reading of it stays in use, with the reason beside it.

    A reading that is not of the present recipe is not used, but stays in the store with the copy of the file.
    """
    status = DocumentStatus.GONE if is_gone(failure) else DocumentStatus.UNREADABLE
    action = Action.GONE if is_gone(failure) else Action.UNREADABLE
    error, old = type(failure).__name__, task.old
    if old is not None and old.reading is not None and trusted:
        kept = DocumentStatus.GONE if is_gone(failure) else DocumentStatus.READ
        record = replace(old, status=kept, error=error, reason=_kept_reason(failure))
        return Settled(record, old_lines.of(task.id), Action.GONE if is_gone(failure) else Action.KEPT)
    document = old.document if task.incoming is None and old else _unread(task)
    incoming = task.incoming
    record = DocumentRecord(
        document=document,
        status=status,
        reason=failure.message,
        error=error,
        listed=options.full or (old is not None and old.listed),
        description=description(incoming) if incoming else "",
        conditions=conditions(options, incoming),
        encoding=incoming.encoding if incoming else None,
        reading=old.reading if old else None,
    )
    return Settled(record, b"", action)


def _kept_reason(failure: UnreadableDocument) -> str:
    if is_gone(failure):
        return f"{failure.message} Den senast lästa versionen finns kvar i indexet."
    return f"{failure.message} Den tidigare lästa versionen används så länge."


def _unread(task: Task) -> Document:
    incoming = task.incoming
    assert incoming is not None
    suffix = incoming.path.suffix.casefold() if incoming.path else ""
    return Document(
        id=incoming.id,
        title=incoming.title or _name(incoming),
        sha256=task.sha256,
        media_type=READABLE_SUFFIXES.get(suffix, "html" if incoming.url else "text"),
        path=_path(incoming),
        url=incoming.url,
        publisher=incoming.publisher,
        year=incoming.year,
        kind=incoming.kind,
        valid_from=incoming.valid_from,
        valid_to=incoming.valid_to,
        supersedes=incoming.supersedes,
    )


def _path(incoming: Incoming) -> str | None:
    """Where the file lies, None for an address: the fetched copy is not there any more."""
    return None if incoming.url or incoming.path is None else str(incoming.path.resolve())


def _name(incoming: Incoming) -> str:
    if incoming.url or incoming.path is None:
        return incoming.url or incoming.id
    return incoming.path.stem
