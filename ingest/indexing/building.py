"""Builds the index: reads what is new, cuts, embeds, stores, and switches to the new generation.

A build never changes the generation that serves. It writes a new one beside it and switches with one rename, so that
a killed build costs nothing but its own time, and not all of that: what it read and embedded is found by the next.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from ingest.documents import Document, PagesTold
from ingest.embedding.embedder import Embedder
from ingest.errors import IndexDamaged, IndexMismatch, RusError, UnreadableDocument
from ingest.indexing.planning import (
    Action,
    BuildOptions,
    Outcome,
    Task,
    drop_replaced,
    make_plan,
    removed,
    settle_cut,
    settle_failure,
)
from ingest.indexing.reader_pool import ReaderPool
from ingest.indexing.reader_process import CutDocument
from ingest.indexing.relations import relate
from ingest.indexing.storing import Earlier, NewGeneration, Passages, made_with, read_passages, rewrite, write_rows
from ingest.read import media_type_of
from ingest.store.chroma import ChromaServer, Stores, stores_of
from ingest.store.generations import current_id, finished, last_manifest, load_manifest, no_index, sweep, writer_lock
from ingest.store.passage_index import check_manifest
from ingest.store.readings import ReadStore, file_sha256
from ingest.store.records import DocumentRecord, DocumentStatus, Incoming
from ingest.titles import told_apart


class Step(StrEnum):
    """The steps of a build, in order."""

    READING = "reading"
    EMBEDDING = "embedding"
    STORING = "storing"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a build stands: `done` of `total` documents or passages of the step, a document in hand by the share of its
    pages. `name` is the title or file in hand, `pages` and `passages` what has been read so far.
    """

    step: Step
    name: str = ""
    done: float = 0
    total: int = 1
    pages: int = 0
    passages: int = 0


Tell = Callable[[Progress], None]
_PAUSE_SECONDS = 0.3
"""Between two tellings of the pages of a file in hand."""


def _silent(progress: Progress) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did, one outcome a document that it was asked about. `index_id` is the serving generation."""

    index_id: str
    changed: bool
    outcomes: tuple[Outcome, ...]

    @property
    def all_read(self) -> bool:
        """Whether every document that was asked for could be read."""
        return all(one.action not in (Action.UNREADABLE, Action.KEPT, Action.GONE) for one in self.outcomes)


def build(
    incoming: Sequence[Incoming],
    index_directory: Path,
    embedder: Embedder,
    options: BuildOptions | None = None,
    tell: Tell = _silent,
) -> BuildReport:
    """Bring the index up to date with `incoming` and switch to the new generation.

    Documents are added and updated; with `options.full` listed documents that do not come in are removed. Unchanged
    ones are not opened. Unreadable ones are noted with their reason and stop nothing.

    Raises IndexLocked while another process writes; IndexMismatch when the index was made with another embedder or
    cleaning version and IndexDamaged when something of it is lost, unless `options.rebuild` is set; StoreUnreachable;
    ValueError when an id comes in twice.
    """
    chosen = options or BuildOptions()
    with writer_lock(index_directory):
        work = _Work(index_directory, stores_of(index_directory, chosen.server))
        earlier = work.rebuilt_from(incoming) if chosen.rebuild else work.continued(embedder.name)
        tasks, leaving = make_plan(earlier.records, incoming, work.reads, chosen)
        outcomes = drop_replaced(work.settle(tasks, chosen, tell), tasks)
        records = relate([one.record for one in outcomes if one.action is not Action.REMOVED])
        concerned = {one.id for one in incoming} | {task.id for task in tasks if not task.keep}
        told = [one for one in outcomes if one.record.document.id in concerned or one.action is Action.REMOVED]
        told += map(removed, leaving)
        if earlier.manifest is not None and records == earlier.manifest.records and not chosen.rebuild:
            work.sweep(finished(index_directory))
            return BuildReport(earlier.manifest.id, False, tuple(told))
        generation_id = work.store(records, earlier, embedder, chosen.rebuild, tell)
        work.sweep({generation_id, earlier.manifest.id if earlier.manifest else generation_id})
    return BuildReport(generation_id, True, tuple(told))


def forget(document_id: str, index_directory: Path, server: ChromaServer | None = None) -> None:
    """Remove a document and erase all that was kept of it from the disk, the generations before included.

    What a Chroma server keeps of deleted rows is its own affair. Raises IndexMissing, IndexLocked, IndexDamaged,
    IndexMismatch, and RusError where there is no such document.
    """
    if current_id(index_directory) is None:
        raise no_index(index_directory)
    with writer_lock(index_directory):
        work = _Work(index_directory, stores_of(index_directory, server))
        earlier = work.continued(None)
        manifest = earlier.manifest
        if manifest is None or manifest.record(document_id) is None:
            raise RusError(
                f"Det finns inget dokument med beteckningen {document_id}. Se vilka som finns: rus documents"
            )
        staying = earlier.without(document_id)
        with closing(work.stores.open(manifest.store)) as old:
            passages = read_passages(staying, old)
            store = rewrite(index_directory, server, made_with(manifest.embedder), old, passages)
        records = relate(staying.records)
        new = NewGeneration(manifest.embedder, manifest.dimension, records, passages, store)
        work.sweep({new.publish(index_directory, work.stores)})


class _Reading(NamedTuple):
    """A document that was cut. `new` is the folder that its file was read into, None for one that was read before."""

    cut: CutDocument
    new: Path | None = None
    sha256: str = ""


@dataclass(slots=True)
class _InHand:
    """How far a file has been read, told by the thread that reads it."""

    done: float = 0.0
    count: int = 0

    def told(self, done: float, count: int) -> None:
        """So many of its pages."""
        self.done, self.count = done, count


def _reading_progress(title: str, done: int, outcomes: Sequence[Outcome], in_hand: Sequence[_InHand]) -> Progress:
    """`done` documents are settled; of the others some pages are read."""
    left = [one for one in in_hand[done:] if one.count]
    return Progress(
        Step.READING,
        title,
        done + sum(one.done / one.count for one in left),
        len(in_hand),
        sum(one.record.report.pages for one in outcomes) + int(sum(one.done for one in left)),
        sum(one.record.passages for one in outcomes),
    )


class _Work:
    """One run of a build under the lock."""

    def __init__(self, index: Path, stores: Stores) -> None:
        self.index, self.stores = index, stores
        self.reads = ReadStore(index / "read")
        self._cut: Passages = {}

    def continued(self, embedder_name: str | None) -> Earlier:
        """The generation that serves. Raises IndexMismatch, IndexDamaged when it cannot be used."""
        if (generation_id := current_id(self.index)) is None:
            return Earlier()
        manifest = load_manifest(self.index, generation_id)
        check_manifest(self.index, manifest, embedder_name, self.stores)
        return Earlier.of(manifest, self.index)

    def rebuilt_from(self, incoming: Sequence[Incoming]) -> Earlier:
        """What can still be known of the documents, with the passages of the generation that serves if it is sound."""
        try:
            earlier = self.continued(None)
            if earlier.manifest is None:
                return earlier
            with closing(self.stores.open(earlier.manifest.store)) as store:
                return replace(earlier, passages=read_passages(earlier, store))
        except (IndexMismatch, IndexDamaged):
            manifest = last_manifest(self.index)
            records = manifest.records if manifest else self._records_of_readings(incoming)
            return Earlier(records=[replace(record, digest=None) for record in records])

    def _records_of_readings(self, incoming: Sequence[Incoming]) -> list[DocumentRecord]:
        """The documents of an index that has lost every manifest, out of the copies of their files."""
        coming = {one.id for one in incoming}
        copies = ((folder.name, self.reads.original(folder.name)) for folder in self.reads.directory.glob("*"))
        return [
            DocumentRecord(Document(path.stem, path.stem, name[:64], media_type_of(path)), reading=name)
            for name, path in copies
            if path is not None and path.stem not in coming
        ]

    def settle(self, tasks: Sequence[Task], options: BuildOptions, tell: Tell) -> list[Outcome]:
        """Read and cut what is to be read and cut, side by side; what became of each, in order."""
        outcomes: list[Outcome] = []
        with ReaderPool(options.workers, options.limits, self.reads.new_folder()) as pool:
            in_hand = [_InHand() for _ in tasks]
            readings = [
                None if task.keep or task.failure else pool.threads.submit(self._read, task, pool, options, pages.told)
                for task, pages in zip(tasks, in_hand, strict=True)
            ]
            for done, (task, reading) in enumerate(zip(tasks, readings, strict=True)):
                while True:
                    tell(_reading_progress(task.document.title, done, outcomes, in_hand))
                    if reading is None or wait((reading,), _PAUSE_SECONDS).done:
                        break
                outcomes.append(self._settle(task, reading, options))
        return outcomes

    def _read(self, task: Task, pool: ReaderPool, options: BuildOptions, told: PagesTold) -> _Reading:
        """In a thread of the pool. Raises UnreadableDocument."""
        title = task.incoming.title if task.incoming else task.document.title
        if task.reading is not None:
            return _Reading(pool.cut(self.reads.folder(task.reading), task.document, title))
        coming, old = task.incoming, task.old
        path = coming.path if coming else self._kept(old) if old else None
        encoding = coming.encoding if coming else old.encoding if old else None
        password = (coming and coming.password) or options.reading.password
        try:
            if path is None:
                raise FileNotFoundError
            folder, copy = self.reads.begin(path)
        except FileNotFoundError as error:
            message = f"{task.id} försvann under läsningen; kontrollera filen och läs in den igen."
            raise UnreadableDocument(message) from error
        how = replace(options.reading, url=task.document.url, encoding=encoding, password=password)
        try:
            # the copy's own hash: the file may have changed since the plan was made
            return _Reading(pool.read(copy, how, folder, task.document, title, told), folder, file_sha256(copy))
        except UnreadableDocument:
            shutil.rmtree(folder)
            raise

    def _kept(self, old: DocumentRecord) -> Path | None:
        """The copy of a document's file, or if that is lost the file where it was read."""
        where = Path(old.document.path) if old.document.path else None
        return self.reads.original(old.reading or "") or where

    def _settle(self, task: Task, reading: Future[_Reading] | None, options: BuildOptions) -> Outcome:
        if task.keep and task.old is not None:
            unreadable = task.old.status is DocumentStatus.UNREADABLE
            return Outcome(task.old, Action.UNREADABLE if unreadable else Action.UNCHANGED)
        try:
            if reading is None:
                raise task.failure or UnreadableDocument(f"{task.id} kan inte läsas; läs in det igen.")
            read = reading.result()
        except UnreadableDocument as failure:
            return settle_failure(task, failure, options)
        name = task.reading or ""
        if read.new is not None:
            name = self.reads.commit(read.new, read.sha256)
            task = replace(task, sha256=read.sha256)
        self._cut[task.id] = read.cut.passages
        return settle_cut(task, read.cut, name, self.reads.original(name), options)

    def store(
        self, records: tuple[DocumentRecord, ...], earlier: Earlier, embedder: Embedder, anew: bool, tell: Tell
    ) -> str:
        """Write a generation of documents and let it serve; returns its name. Equal titles are told apart."""
        titles = told_apart([record.document for record in records])
        records = tuple(replace(r, document=replace(r.document, title=titles[r.document.id])) for r in records)
        vectors, cut = made_with(embedder.name), [one for one in records if one.digest]
        rows = (sum(one.passages for one in cut), sum(one.sentences for one in cut))
        store = self.stores.begin_empty(vectors, *rows) if anew else self.stores.begin(earlier.store, vectors)
        with closing(store):
            before = earlier.passages if anew else read_passages(earlier, store)
            read = before | self._cut
            kept = ((one.document.id, one.document.title) for one in cut)
            passages = {name: tuple(replace(p, title=title) for p in read[name]) for name, title in kept}
            for done, total in write_rows(store, passages, {} if anew else before, embedder):
                tell(Progress(Step.EMBEDDING, done=done, total=total))
            tell(Progress(Step.STORING))
            settled = self.stores.settle(store)
        new = NewGeneration(embedder.name, embedder.dimension, records, passages, settled)
        return new.publish(self.index, self.stores)

    def sweep(self, generations: set[str]) -> None:
        """Remove all that none of these generations has."""
        self.stores.sweep(sweep(self.index, generations))
