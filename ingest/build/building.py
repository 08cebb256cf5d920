"""Builds the index: reads what is new, cuts, embeds, stores, and switches to the new generation.

A build never changes the generation that serves. It writes a new one beside it and switches with one rename, so that
a killed build costs nothing but its own time, and not all of that: what it read and embedded is found by the next.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.build.planning import BuildOptions, Task, make_plan
from ingest.build.progress import Action, BuildReport, Outcome, Step, Tell, Teller
from ingest.build.read_ahead import Reading, read_ahead
from ingest.build.reader_pool import ReaderPool
from ingest.build.relations import relate
from ingest.build.rewriting import rewrite
from ingest.build.settling import drop_replaced, removed, settle_cut, settle_failure
from ingest.build.storing import (
    Earlier,
    NewGeneration,
    Passages,
    keep_listed,
    keys_by_document,
    keys_of,
    made_with,
    read_passages,
    write_vectors,
)
from ingest.documents import Document
from ingest.errors import IndexDamaged, IndexMismatch, RusError, UnreadableDocument
from ingest.read import media_type_of
from ingest.store.generations import (
    current_id,
    finished,
    last_manifest,
    load_manifest,
    no_index,
    sweep,
    writer_lock,
)
from ingest.store.passage_index import check_manifest
from ingest.store.readings import ReadStore
from ingest.store.records import DocumentRecord, DocumentStatus, Incoming
from ingest.store.stores import ChromaServer, Stores, stores_of

if TYPE_CHECKING:
    from ingest.embedding.embedder import Embedder


def build(
    incoming: Sequence[Incoming],
    index_directory: Path,
    embedder: Embedder,
    options: BuildOptions | None = None,
    progress: Tell | None = None,
) -> BuildReport:
    """Bring the index up to date with `incoming` and switch to the new generation.

    Documents are added and updated; with `options.full` listed documents that do not come in are removed. Unchanged
    ones are not opened. Unreadable ones are noted with their reason and stop nothing.

    Raises IndexLocked while another process writes; IndexMismatch when the index was made with another embedder or
    cleaning version and IndexDamaged when something of it is lost, unless `options.rebuild` is set; StoreUnreachable;
    ValueError when an id comes in twice.
    """
    chosen = options or BuildOptions()
    begun = time.monotonic()
    with writer_lock(index_directory):
        work = _Work(index_directory, stores_of(index_directory, chosen.server), Teller(progress))
        earlier = work.rebuilt_from(incoming) if chosen.rebuild else work.continued(embedder.name)
        plan = make_plan(earlier.records, incoming, work.reads, chosen)
        outcomes = drop_replaced(work.settle(plan.tasks, chosen), plan.tasks)
        records = relate([one.record for one in outcomes if one.action is not Action.REMOVED], work.reads)
        concerned = {one.id for one in incoming} | {task.id for task in plan.tasks if not task.keep}
        told = tuple(one for one in outcomes if one.record.document.id in concerned or one.action is Action.REMOVED)
        told += tuple(map(removed, plan.removed))
        changed = chosen.rebuild or earlier.manifest is None or records != earlier.manifest.records
        if not changed and earlier.manifest is not None:
            generation_id = earlier.manifest.id
            work.sweep(finished(index_directory))
        else:
            generation_id = work.store(records, earlier, embedder, chosen.rebuild)
            work.sweep({generation_id, earlier.manifest.id if earlier.manifest else generation_id})
    return BuildReport(generation_id, changed, told, time.monotonic() - begun)


def forget(document_id: str, index_directory: Path, server: ChromaServer | None = None) -> BuildReport:
    """Remove a document and erase all that was kept of it from the disk, the generations before included.

    What a Chroma server keeps of deleted rows is its own affair. Raises IndexMissing, IndexLocked, IndexDamaged,
    IndexMismatch, and RusError where there is no such document.
    """
    begun = time.monotonic()
    if current_id(index_directory) is None:
        raise no_index(index_directory)
    with writer_lock(index_directory):
        work = _Work(index_directory, stores_of(index_directory, server), Teller(None))
        manifest = work.continued(None).manifest
        leaving = manifest.record(document_id) if manifest else None
        if manifest is None or leaving is None:
            raise RusError(
                f"Det finns inget dokument med beteckningen {document_id}. Se vilka som finns: rus documents"
            )
        keys = keys_by_document(keys_of(index_directory, manifest), manifest.records)
        kept = [record for record in manifest.records if record is not leaving]
        staying = Earlier(manifest, kept, [key for record in kept for key in keys[record.document.id]])
        with closing(work.stores.open(manifest.store)) as old:
            passages = read_passages(staying, old)
            rows = [passage for own in passages.values() for passage in own]
            name = rewrite(index_directory, server, made_with(manifest.embedder), old, rows)
        records = relate(kept, work.reads)
        new = NewGeneration(manifest.embedder, manifest.dimension, records, passages, name)
        generation_id = new.publish(index_directory, work.stores)
        work.sweep({generation_id})
    return BuildReport(generation_id, True, (removed(leaving),), time.monotonic() - begun)


class _Work:
    """One run of a build under the lock."""

    def __init__(self, index: Path, stores: Stores, say: Teller) -> None:
        self.index, self.stores, self._say = index, stores, say
        self.reads = ReadStore(index / "read")
        self._cut: Passages = {}

    def continued(self, embedder_name: str | None) -> Earlier:
        """The generation that serves. Raises IndexMismatch, IndexDamaged when it cannot be used."""
        if (generation_id := current_id(self.index)) is None:
            return Earlier()
        manifest = load_manifest(self.index, generation_id)
        check_manifest(self.index, manifest, embedder_name, self.stores)
        return Earlier(manifest, manifest.records, keys_of(self.index, manifest))

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

    def settle(self, tasks: Sequence[Task], options: BuildOptions) -> list[Outcome]:
        """Read and cut what is to be read and cut."""
        outcomes: list[Outcome] = []
        self._say.begin(Step.READING, sum(not task.keep for task in tasks))
        with ReaderPool(options.workers, options.limits) as pool:
            for task, reading in read_ahead(tasks, self.reads, pool, options):
                if not task.keep:
                    self._say.reading(_name_of(task))
                one = self._settle(task, reading, options)
                outcomes.append(one)
                if not task.keep:
                    self._say.settled(one.record.report.pages, one.record.passages)
        return outcomes

    def _settle(self, task: Task, reading: Reading | None, options: BuildOptions) -> Outcome:
        if task.keep and task.old is not None:
            unreadable = task.old.status is DocumentStatus.UNREADABLE
            return Outcome(task.old, Action.UNREADABLE if unreadable else Action.UNCHANGED)
        try:
            if task.failure is not None:
                raise task.failure
            if reading is None:
                raise UnreadableDocument(f"{task.id} försvann under läsningen; kontrollera filen och läs in den igen.")
            cut = reading.outcome.result()
        except UnreadableDocument as failure:
            if reading is not None and reading.new is not None:
                shutil.rmtree(reading.new)
            return settle_failure(task, failure, options)
        if reading.new is not None:
            name = self.reads.commit(reading.new, reading.sha256)
            task = replace(task, sha256=reading.sha256, reading=name)
        assert task.reading is not None
        self._cut[task.id] = cut.passages
        return settle_cut(task, cut, task.reading, self.reads.original(task.reading), options)

    def store(self, records: tuple[DocumentRecord, ...], earlier: Earlier, embedder: Embedder, anew: bool) -> str:
        """Write a generation of documents and let it serve; returns its name."""
        vectors = made_with(embedder.name)
        store = self.stores.begin_empty(vectors) if anew else self.stores.begin(earlier.store, vectors)
        with closing(store):
            before = earlier.passages if anew else read_passages(earlier, store)
            passages: Passages = before | self._cut
            wanted = {one.document.id: passages[one.document.id] for one in records if one.digest}
            titled = {
                one.document.id: tuple(replace(p, title=one.document.title) for p in wanted[one.document.id])
                for one in records
                if one.digest
            }
            everything = [passage for own in titled.values() for passage in own]
            self._say.begin(Step.EMBEDDING, len(everything))
            for ready in write_vectors(store, everything, embedder.embed_passages):
                self._say.embedded(ready)
            self._say.begin(Step.STORING, 1)
            keep_listed(store, everything, [] if anew else [passage for own in before.values() for passage in own])
            settled = self.stores.settle(store)
        new = NewGeneration(embedder.name, embedder.dimension, records, titled, settled)
        return new.publish(self.index, self.stores)

    def sweep(self, generations: set[str]) -> None:
        """Remove all that none of these generations has."""
        self.stores.sweep(sweep(self.index, generations))


def _name_of(task: Task) -> str:
    if task.incoming is not None:
        return task.incoming.title or task.id
    return task.old.document.title if task.old else task.id
