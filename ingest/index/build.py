"""Builds the index: reads what is new, cuts, embeds, stores, and switches to the new generation.

A build never changes the generation that serves. It writes a new one beside it and switches with one rename, so that
a killed build costs nothing but its own time, and not all of that: what it read and embedded is found by the next.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ingest.documents import CLEANING_VERSION
from ingest.errors import IndexMismatch, RusError, UnreadableDocument
from ingest.index.collection import CollectionProcess
from ingest.index.generations import (
    current_id,
    finish,
    generation_folder,
    is_finished,
    load_manifest,
    new_generation_id,
    no_index,
    now,
    other_folders,
    start,
    sweep,
    writer_lock,
)
from ingest.index.isolation import ReaderPool
from ingest.index.lexical import LexicalIndex
from ingest.index.passage_index import check_manifest
from ingest.index.planning import BuildOptions, Plan, Task, Todo, make_plan
from ingest.index.progress import Action, BuildReport, DocumentRow, Step, Tell, Teller
from ingest.index.read_ahead import Reading, read_ahead
from ingest.index.records import DocumentRecord, Incoming, Manifest
from ingest.index.relations import relate
from ingest.index.settling import OldLines, Settled, drop_replaced, settle_cut, settle_failure, settle_kept
from ingest.index.storage import ReadStore
from ingest.index.vectors import Embed, Head, StoredVectors, count_done, stream_passages, write_vectors
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
        head = Head(embedder.name, embedder.dimension, chosen.recipe)
        work = _Work(index_directory, head, chosen, progress)
        work.load_previous()
        plan = make_plan(work.previous, incoming, work.store, chosen, work.trusted)
        asked = {one.id for one in incoming}
        report = work.run(plan, embedder.embed_passages, asked)
    return replace(report, seconds=time.monotonic() - begun)


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
        work = _Work(index_directory, _head_of(manifest), BuildOptions(), None)
        work.previous, work.trusted = manifest, True
        rest = [record for record in manifest.records if record is not leaving]
        tasks = tuple(
            Task(record.document.id, Todo.KEEP, None, record, record.document.sha256, record.reading) for record in rest
        )
        report = work.run(Plan(tasks, (leaving,)), _nothing_to_embed, set())
        sweep(index_directory, {report.index_id})
    return replace(report, seconds=time.monotonic() - begun)


def _nothing_to_embed(texts: Sequence[str]) -> NDArray[np.float32]:
    raise IndexMismatch("Indexets vektorer är ofullständiga. Bygg om det: rus ingest --rebuild")


class _Work:
    """One run of a build under the lock: the previous generation, the folder being written, and the progress.

    `trusted`: the previous generation's passages and vectors are of the present recipe and can be taken over.
    """

    def __init__(self, index: Path, head: Head, options: BuildOptions, tell: Tell | None) -> None:
        self.index, self.head, self.options = index, head, options
        self.store = ReadStore(index / "read")
        self.previous: Manifest | None = None
        self.trusted = False
        self._say = Teller(tell)

    def load_previous(self) -> None:
        """Find the generation that serves. Raises IndexMismatch unless all is to be built anew."""
        generation_id = current_id(self.index)
        if generation_id is None:
            return
        try:
            self.previous = load_manifest(self.index, generation_id)
            check_manifest(self.index, self.previous, self.head.embedder)
        except IndexMismatch:
            if not self.options.rebuild:
                raise
        self.trusted = self.previous is not None and _head_of(self.previous) == self.head

    def run(self, plan: Plan, embed: Embed, asked: set[str]) -> BuildReport:
        """Carry out the plan. Reports on the documents in `asked` and on all that changed."""
        if plan.nothing_to_do and self.trusted:
            return self._unchanged([settle_kept(t.old).row for t in plan.tasks if t.old and t.id in asked])
        leftovers = self._leftovers()
        generation_id = new_generation_id()
        folder = start(self.index, generation_id)
        settled, replaced = drop_replaced(folder, self._read_and_cut(plan, folder), plan.tasks)
        records = relate([one.record for one in settled], self.store)
        concerned = asked | {task.id for task in plan.tasks if task.todo is not Todo.KEEP}
        rows = [one.row for one in settled if one.record.document.id in concerned] + replaced
        if self.trusted and self.previous is not None and records == self.previous.records:
            return self._unchanged(rows)
        manifest = self._manifest(generation_id, records)
        self._embed(folder, manifest, embed, leftovers)
        self._store(folder, {record.document.publisher for record in records if record.document.publisher})
        finish(self.index, folder, manifest)
        sweep(self.index, {generation_id, self.previous.id if self.previous else generation_id})
        rows += [_removed_row(record) for record in plan.removed]
        return BuildReport(generation_id, True, tuple(rows), 0.0)

    def _unchanged(self, rows: Sequence[DocumentRow]) -> BuildReport:
        assert self.previous is not None
        sweep(self.index, {folder.name for folder in other_folders(self.index, None) if is_finished(folder)})
        return BuildReport(self.previous.id, False, tuple(rows), 0.0)

    def _leftovers(self) -> list[Path]:
        """Folders to take vectors from: the generation that serves, and the fullest that a killed run left."""
        if self.options.rebuild:
            return []
        others = other_folders(self.index, self.previous.id if self.previous else None)
        unfinished = sorted((folder for folder in others if not is_finished(folder)), key=count_done)
        for folder in unfinished[:-1]:
            shutil.rmtree(folder)
        current = [generation_folder(self.index, self.previous.id)] if self.previous else []
        return [*current, *(folder for folder in others if is_finished(folder)), *unfinished[-1:]]

    def _read_and_cut(self, plan: Plan, folder: Path) -> list[Settled]:
        """Settle all tasks in order, writing the passages' lines as they come. Only records stay in memory."""
        old_lines = OldLines(self.index, self.previous)
        settled: list[Settled] = []
        with (
            (folder / "passages.jsonl").open("wb") as file,
            ReaderPool(self.options.workers, self.options.limits) as pool,
        ):
            self._say.begin(Step.READING, len(plan.tasks))
            for task, reading in read_ahead(plan.tasks, self.store, pool, self.options):
                self._say.reading(_name_of(task))
                one = self._settle(task, reading, old_lines)
                file.write(one.lines)
                settled.append(replace(one, lines=b""))
                self._say.settled(one.record.report.pages, one.record.passages)
        return settled

    def _settle(self, task: Task, reading: Reading | None, old_lines: OldLines) -> Settled:
        if task.todo is Todo.KEEP and task.old is not None:
            return settle_kept(task.old, old_lines.of(task.id))
        if task.todo is Todo.CUT and task.reading is not None:
            return settle_cut(task, task.reading, self.store, self.options)
        try:
            if task.failure is not None:
                raise task.failure
            if reading is None:
                raise UnreadableDocument(f"{task.id} försvann under läsningen; kontrollera filen och läs in den igen.")
            name = reading.finish()
        except UnreadableDocument as failure:
            return settle_failure(task, failure, old_lines, self.options, self.trusted)
        return settle_cut(replace(task, sha256=reading.sha256), name, self.store, self.options)

    def _manifest(self, generation_id: str, records: tuple[DocumentRecord, ...]) -> Manifest:
        return Manifest(
            id=generation_id,
            embedder=self.head.embedder,
            dimension=self.head.dimension,
            recipe=self.head.recipe,
            cleaning_version=CLEANING_VERSION,
            created=now(),
            passages=sum(record.passages for record in records),
            sentences=sum(record.sentences for record in records),
            records=records,
        )

    def _embed(self, folder: Path, manifest: Manifest, embed: Embed, leftovers: Sequence[Path]) -> None:
        self._say.begin(Step.EMBEDDING, manifest.passages)
        sources = [stored for path in leftovers if (stored := StoredVectors.open(path, self.head))]
        shape = (manifest.passages, manifest.sentences)
        write_vectors(folder, self.head, shape, embed, sources, self.options.sentence_headings, self._say.embedded)

    def _store(self, folder: Path, publishers: Collection[str]) -> None:
        self._say.begin(Step.STORING, 1)
        with CollectionProcess(folder) as collection:
            passages = tuple(stream_passages(folder))
            LexicalIndex.build([passage.headed_text for passage in passages]).save(folder / "lexical")
            register = json.dumps(extract_register(passages, publishers).to_record(), ensure_ascii=False)
            (folder / "register.json").write_text(register, encoding="utf-8")
            collection.wait()


def _name_of(task: Task) -> str:
    if task.incoming is not None:
        return task.incoming.title or task.id
    return task.old.document.title if task.old else task.id


def _head_of(manifest: Manifest) -> Head:
    return Head(manifest.embedder, manifest.dimension, manifest.recipe)


def _removed_row(record: DocumentRecord) -> DocumentRow:
    document = record.document
    return DocumentRow(document.id, document.title, Action.REMOVED, record.report.pages, record.passages)
