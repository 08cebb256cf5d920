"""Builds the index: reads what is new, cuts, embeds, stores, and switches to the new generation.

A build never changes the generation that serves. It writes a new one beside it and switches with one rename, so that
a killed build costs nothing but its own time, and not all of that: what it read and embedded is found by the next.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from ingest.documents import CLEANING_VERSION, Document
from ingest.embedder import Embedder
from ingest.errors import IndexDamaged, IndexMismatch, RusError, UnreadableDocument
from ingest.indexing import planning, storing
from ingest.indexing.planning import Action, BuildOptions, Outcome, Task
from ingest.indexing.reader_pool import CutDocument, ReaderPool
from ingest.indexing.storing import Passages
from ingest.read import media_type_of
from ingest.store import generations
from ingest.store.chroma import ChromaServer, Stores
from ingest.store.readings import ReadStore, file_sha256
from ingest.store.records import DocumentRecord, DocumentStatus, Incoming, Manifest
from ingest.titles import relate, told_apart


class Step(StrEnum):
    """The steps of a build, in order."""

    READING = "reading"
    EMBEDDING = "embedding"
    STORING = "storing"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a build stands: `done` of `total` documents or passages of the step. `name` is the title or file in hand,
    `pages` and `passages` what has been read so far.
    """

    step: Step
    name: str = ""
    done: int = 0
    total: int = 1
    pages: int = 0
    passages: int = 0


Tell = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did, one outcome a document that it was asked about. `index_id` is the serving generation."""

    index_id: str
    changed: bool
    outcomes: tuple[Outcome, ...]

    @property
    def all_read(self) -> bool:
        """Whether every document that was asked for could be read."""
        return all(one.action not in (Action.UNREADABLE, Action.KEPT) for one in self.outcomes)


def build(
    incoming: Sequence[Incoming],
    index_directory: Path,
    embedder: Embedder,
    options: BuildOptions | None = None,
    tell: Tell = lambda _: None,
) -> BuildReport:
    """Bring the index up to date with `incoming` and switch to the new generation.

    Documents are added and updated; with `options.full` listed documents that do not come in are removed. Unchanged
    ones are not opened. Unreadable ones are noted with their reason and stop nothing.

    Raises IndexLocked while another process writes; IndexMismatch when the index was made with another embedder or
    cleaning version and IndexDamaged when something of it is lost, unless `options.rebuild` is set; StoreUnreachable;
    ValueError when an id comes in twice.
    """
    chosen = options or BuildOptions()
    with generations.writer_lock(index_directory):
        work = _Work(index_directory, chosen, tell)
        before = work.rebuilt_from(incoming) if chosen.rebuild else work.continued(embedder.name)
        tasks, leaving = planning.make_plan(before.records, incoming, work.reads, chosen)
        outcomes = work.settle(tasks)
        records = relate([one.record for one in outcomes])
        concerned = {one.id for one in incoming} | {task.id for task in tasks if not task.keep}
        told = [one for one in outcomes if one.record.document.id in concerned]
        serving = before.manifest.id if before.manifest else ""
        if before.manifest is not None and records == before.manifest.records and not chosen.rebuild:
            work.sweep(generations.finished(index_directory))
            return BuildReport(serving, False, (*told, *leaving))
        generation_id = work.store(records, before, embedder)
        work.sweep({generation_id, serving})
    return BuildReport(generation_id, True, (*told, *leaving))


def forget(document_id: str, index_directory: Path, server: ChromaServer | None = None) -> None:
    """Remove a document and erase all that was kept of it from the disk, the generations before included.

    What a Chroma server keeps of deleted rows is its own affair. Raises IndexMissing, IndexLocked, IndexDamaged,
    IndexMismatch, and RusError where there is no such document.
    """
    if generations.current_id(index_directory) is None:
        raise generations.no_index(index_directory)
    with generations.writer_lock(index_directory):
        work = _Work(index_directory, BuildOptions(server=server))
        manifest = work.continued(None).manifest
        if manifest is None or manifest.record(document_id) is None:
            raise RusError(
                f"Det finns inget dokument med beteckningen {document_id}. Se vilka som finns: rus documents"
            )
        with closing(work.stores.open(manifest.store)) as old:
            passages = storing.read_passages(index_directory, manifest, old)
            del passages[document_id]
            store = storing.rewrite(index_directory, server, storing.made_with(manifest.embedder), old, passages)
        records = relate([record for record in manifest.records if record.document.id != document_id])
        after = replace(manifest, records=records, store=store)
        work.sweep({storing.publish(index_directory, after, passages)})


class _Before(NamedTuple):
    """The generation before: its documents, and what of it is sound: its manifest, and for a rebuild its passages."""

    manifest: Manifest | None = None
    records: Sequence[DocumentRecord] = ()
    passages: Passages = {}  # noqa: RUF012 - never written to


class _Reading(NamedTuple):
    """A document that was cut. `new` is the folder that its file was read into, None for one that was read before."""

    cut: CutDocument
    new: Path | None = None
    sha256: str = ""


class _Work:
    """One run of a build under the lock."""

    def __init__(self, index: Path, options: BuildOptions, tell: Tell = lambda _: None) -> None:
        self.index, self.options, self.tell = index, options, tell
        self.stores = Stores(index, options.server)
        self.reads = ReadStore(index / "read")
        self._cut: Passages = {}

    def continued(self, embedder_name: str | None) -> _Before:
        """The generation that serves. Raises IndexMismatch, IndexDamaged when it cannot be used."""
        if (generation_id := generations.current_id(self.index)) is None:
            return _Before()
        manifest = generations.load_manifest(self.index, generation_id)
        generations.check_manifest(self.index, manifest, embedder_name, self.stores)
        return _Before(manifest, manifest.records)

    def rebuilt_from(self, incoming: Sequence[Incoming]) -> _Before:
        """What can still be known of the documents, with the passages of the generation that serves if it is sound."""
        try:
            before = self.continued(None)
            if before.manifest is None:
                return before
            with closing(self.stores.open(before.manifest.store)) as store:
                return before._replace(passages=storing.read_passages(self.index, before.manifest, store))
        except (IndexMismatch, IndexDamaged):
            records = generations.known_records(self.index) or self._records_of_copies({one.id for one in incoming})
            return _Before(records=[replace(record, digest=None) for record in records])

    def _records_of_copies(self, coming: set[str]) -> Sequence[DocumentRecord]:
        """The documents of an index that has lost every manifest, but for those that come in."""
        copies = ((folder.name, self.reads.original(folder.name)) for folder in self.reads.directory.glob("*"))
        return [
            DocumentRecord(Document(path.stem, path.stem, name[:64], media_type_of(path)), reading=name)
            for name, path in copies
            if path is not None and path.stem not in coming
        ]

    def settle(self, tasks: Sequence[Task]) -> list[Outcome]:
        """Read and cut what is to be read and cut, side by side; what became of each, in order."""
        outcomes: list[Outcome] = []
        with ReaderPool(self.options.workers, self.options.limits, self.reads.new_folder()) as pool:
            readings = [
                None if task.keep or task.failure else pool.threads.submit(self._read, task, pool) for task in tasks
            ]
            for task, reading in zip(tasks, readings, strict=True):
                pages = sum(one.record.report.pages for one in outcomes)
                passages = sum(one.record.passages for one in outcomes)
                name = task.document.title
                self.tell(Progress(Step.READING, name, len(outcomes), len(tasks), pages, passages))
                outcomes.append(self._settle(task, reading))
        return outcomes

    def _read(self, task: Task, pool: ReaderPool) -> _Reading:
        """In a thread of the pool. Raises UnreadableDocument."""
        coming, old, options = task.incoming, task.old, self.options.reading
        title = coming.title if coming else task.document.title
        if task.reading is not None:
            return _Reading(pool.cut(self.reads.directory / task.reading, task.document, title))
        encoding, path = old.encoding if old else None, Path(task.document.path or "")
        if coming:
            path, encoding = coming.path or path, coming.encoding
        elif old:  # the copy of the document's file, or if that is lost the file where it was read
            path = self.reads.original(old.reading or "") or path
        password = (coming and coming.password) or options.password
        try:
            folder, copy = self.reads.begin(path)
        except FileNotFoundError as error:
            message = f"{task.id} försvann under läsningen; kontrollera filen och läs in den igen."
            raise UnreadableDocument(message) from error
        how = replace(options, url=task.document.url, encoding=encoding, password=password)
        try:
            # the copy's own hash: the file may have changed since the plan was made
            return _Reading(pool.read(copy, how, folder, task.document, title), folder, file_sha256(copy))
        except UnreadableDocument:
            shutil.rmtree(folder)
            raise

    def _settle(self, task: Task, reading: Future[_Reading] | None) -> Outcome:
        if task.keep and task.old is not None:
            unreadable = task.old.status is DocumentStatus.UNREADABLE
            return Outcome(task.old, Action.UNREADABLE if unreadable else Action.UNCHANGED)
        try:
            if reading is None:
                raise task.failure or UnreadableDocument(f"{task.id} kan inte läsas; läs in det igen.")
            read = reading.result()
        except UnreadableDocument as failure:
            return planning.settle_failure(task, failure, self.options)
        name = task.reading or ""
        if read.new is not None:
            name = self.reads.commit(read.new, read.sha256)
            task = replace(task, sha256=read.sha256)
        self._cut[task.id] = read.cut.passages
        return planning.settle_cut(task, read.cut, name, self.reads.original(name), self.options)

    def store(self, records: tuple[DocumentRecord, ...], before: _Before, embedder: Embedder) -> str:
        """Write a generation of documents and let it serve; returns its name. Equal titles are told apart."""
        titles, anew = told_apart([record.document for record in records]), self.options.rebuild
        records = tuple(replace(r, document=replace(r.document, title=titles[r.document.id])) for r in records)
        previous = before.manifest.store if before.manifest else None
        with closing(self.stores.begin(storing.made_with(embedder.name), previous, anew)) as store:
            known = before.passages
            if before.manifest is not None and not anew:
                known = storing.read_passages(self.index, before.manifest, store)
            read = known | self._cut
            passages = {
                (name := record.document.id): tuple(replace(one, title=titles[name]) for one in read[name])
                for record in records
                if record.digest
            }
            for done, total in storing.write_rows(store, passages, {} if anew else known, embedder):
                self.tell(Progress(Step.EMBEDDING, done=done, total=total))
            self.tell(Progress(Step.STORING))
            settled = self.stores.settle(store)
        made = ("", embedder.name, embedder.dimension, CLEANING_VERSION, records, settled, self.stores.kind)
        return storing.publish(self.index, Manifest(*made), passages)

    def sweep(self, keep: set[str]) -> None:
        """Remove all that none of these generations has."""
        self.stores.sweep(generations.sweep(self.index, keep))
