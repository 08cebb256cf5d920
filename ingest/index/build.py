"""Builds the index: reads what is new, cuts, embeds, stores, and switches to the new generation.

A build never changes the generation that serves. It writes a new one beside it and switches with one rename, so that
a killed build costs nothing but its own time, and not all of that: what it read and embedded is found by the next.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.documents import CLEANING_VERSION
from ingest.errors import IndexMismatch, RusError, UnreadableDocument
from ingest.facts.extract import extract_facts
from ingest.facts.record import to_record
from ingest.index.collection import write_apart
from ingest.index.generations import (
    current_id,
    finish,
    finished,
    generation_folder,
    load_manifest,
    new_generation_id,
    no_index,
    now,
    start,
    sweep,
    writer_lock,
)
from ingest.index.isolation import ReaderPool
from ingest.index.lexical import LexicalIndex
from ingest.index.parts import PartStore, read_passages
from ingest.index.passage_index import check_manifest
from ingest.index.planning import BuildOptions, Task, make_plan
from ingest.index.progress import Action, BuildReport, Outcome, Step, Tell, Teller
from ingest.index.read_ahead import Reading, read_ahead
from ingest.index.records import DocumentRecord, DocumentStatus, Incoming, Manifest
from ingest.index.relations import relate
from ingest.index.settling import drop_replaced, removed, settle_cut, settle_failure
from ingest.index.storage import ReadStore
from ingest.register.extract import extract_register

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

    Raises IndexLocked while another process writes, IndexMismatch when the index was made with another embedder or
    cleaning version and `options.rebuild` is not set, ValueError when an id comes in twice.
    """
    chosen = options or BuildOptions()
    begun = time.monotonic()
    with writer_lock(index_directory):
        work = _Work(index_directory, embedder.name, embedder.dimension, Teller(progress))
        previous, records = _previous(index_directory, embedder.name, chosen.rebuild)
        plan = make_plan(records, incoming, work.reads, chosen)
        outcomes = drop_replaced(work.settle(plan.tasks, chosen), plan.tasks)
        new_records = relate([one.record for one in outcomes if one.action is not Action.REMOVED], work.reads)
        concerned = {one.id for one in incoming} | {task.id for task in plan.tasks if not task.keep}
        told = tuple(one for one in outcomes if one.record.document.id in concerned or one.action is Action.REMOVED)
        told += tuple(map(removed, plan.removed))
        if previous is not None and new_records == previous.records:
            sweep(index_directory, finished(index_directory))
            return BuildReport(previous.id, False, told, time.monotonic() - begun)
        work.embed(new_records, embedder)
        same_embedder = previous is not None and previous.embedder == embedder.name
        generation_id = work.store(new_records, previous.id if previous and same_embedder else None)
        sweep(index_directory, {generation_id, previous.id if previous else generation_id})
    return BuildReport(generation_id, True, told, time.monotonic() - begun)


def forget(document_id: str, index_directory: Path) -> BuildReport:
    """Remove a document and erase all that was kept of it from the disk, the generations before included.

    Raises IndexMissing, IndexLocked, IndexMismatch, and RusError where there is no such document.
    """
    begun = time.monotonic()
    with writer_lock(index_directory):
        generation_id = current_id(index_directory)
        if generation_id is None:
            raise no_index(index_directory)
        manifest = load_manifest(index_directory, generation_id)
        check_manifest(index_directory, manifest, None)
        leaving = manifest.record(document_id)
        if leaving is None:
            raise RusError(
                f"Det finns inget dokument med beteckningen {document_id}. Se vilka som finns: rus documents"
            )
        work = _Work(index_directory, manifest.embedder, manifest.dimension, Teller(None))
        generation_id = work.store(relate([r for r in manifest.records if r is not leaving], work.reads), None)
        sweep(index_directory, {generation_id})
    return BuildReport(generation_id, True, (removed(leaving),), time.monotonic() - begun)


def _previous(index: Path, embedder_name: str, rebuild: bool) -> tuple[Manifest | None, Sequence[DocumentRecord]]:
    """The generation that serves, and its records, without their parts where those cannot be used any more.

    Raises IndexMismatch when it cannot be used and is not to be rebuilt.
    """
    generation_id, manifest = current_id(index), None
    if generation_id is None:
        return None, ()
    try:
        manifest = load_manifest(index, generation_id)
        check_manifest(index, manifest, embedder_name)
    except IndexMismatch:
        if not rebuild:
            raise
        return manifest, [replace(record, part=None) for record in manifest.records] if manifest else ()
    return manifest, manifest.records


class _Work:
    """One run of a build under the lock."""

    def __init__(self, index: Path, embedder: str, dimension: int, say: Teller) -> None:
        self.index, self.embedder, self.dimension, self._say = index, embedder, dimension, say
        self.reads, self.parts = ReadStore(index / "read"), PartStore(index / "parts", embedder, dimension)

    def settle(self, tasks: Sequence[Task], options: BuildOptions) -> list[Outcome]:
        """Read and cut what is to be read and cut. Only records stay in memory."""
        outcomes: list[Outcome] = []
        self._say.begin(Step.READING, len(tasks))
        with ReaderPool(options.workers, options.limits) as pool:
            for task, reading in read_ahead(tasks, self.reads, pool, options):
                self._say.reading(_name_of(task))
                one = self._settle(task, reading, options)
                outcomes.append(one)
                self._say.settled(one.record.report.pages, one.record.passages)
        return outcomes

    def _settle(self, task: Task, reading: Reading | None, options: BuildOptions) -> Outcome:
        if task.keep and task.old is not None:
            unreadable = task.old.status is DocumentStatus.UNREADABLE
            return Outcome(task.old, Action.UNREADABLE if unreadable else Action.UNCHANGED)
        if task.reading is not None:
            return settle_cut(task, task.reading, self.reads, self.parts, options)
        try:
            if task.failure is not None:
                raise task.failure
            if reading is None:
                raise UnreadableDocument(f"{task.id} försvann under läsningen; kontrollera filen och läs in den igen.")
            reading.outcome.result()
        except UnreadableDocument as failure:
            if reading is not None:
                shutil.rmtree(reading.folder)
            return settle_failure(task, failure, options)
        name = self.reads.commit(reading.folder, reading.sha256)
        return settle_cut(replace(task, sha256=reading.sha256), name, self.reads, self.parts, options)

    def embed(self, records: Sequence[DocumentRecord], embedder: Embedder) -> None:
        """Make the vectors that are missing."""
        self._say.begin(Step.EMBEDDING, sum(record.passages for record in records))
        for ready in self.parts.embed([record for record in records if record.part], embedder.embed_passages):
            self._say.embedded(ready)

    def store(self, records: tuple[DocumentRecord, ...], previous_id: str | None) -> str:
        """Write a generation of documents whose vectors are there, and let it serve; returns its name."""
        self._say.begin(Step.STORING, 1)
        manifest = Manifest(new_generation_id(), self.embedder, self.dimension, CLEANING_VERSION, now(), records)
        kept = [record for record in records if record.part]
        folder = start(self.index, manifest.id)
        self.parts.put_together(kept, folder)
        previous = generation_folder(self.index, previous_id) if previous_id else None
        with ThreadPoolExecutor(1) as beside:
            collection = beside.submit(write_apart, folder, previous)
            titles = {record.document.id: record.document.title for record in kept}
            passages = tuple(read_passages(folder, titles))
            LexicalIndex.build(passage.headed_text for passage in passages).save(folder / "lexical")
            publishers = {record.document.publisher for record in kept if record.document.publisher}
            initiatives = [one for record in kept for one in self.parts.initiatives(record)]
            register = extract_register(passages, publishers, initiatives).to_record()
            (folder / "register.json").write_text(json.dumps(register, ensure_ascii=False), encoding="utf-8")
            facts = to_record(extract_facts(passages, [record.document for record in kept]))
            (folder / "facts.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
            collection.result()
        finish(self.index, folder, manifest)
        return manifest.id


def _name_of(task: Task) -> str:
    if task.incoming is not None:
        return task.incoming.title or task.id
    return task.old.document.title if task.old else task.id
