"""Builds the index: reads what is new, cuts, embeds, stores, and switches to the new generation.

A build never changes the generation that serves. It writes a new one beside it and switches with one rename, so that
a killed build costs nothing but its own time, and not all of that: what it read and embedded is found by the next.
"""

from __future__ import annotations

import json
import shutil
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ingest.collection import write_collection
from ingest.documents import CLEANING_VERSION
from ingest.errors import IndexMismatch, RusError, UnreadableDocument
from ingest.generations import (
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
from ingest.index import check_manifest
from ingest.isolation import ReaderPool
from ingest.lexical import LexicalIndex
from ingest.planning import BuildOptions, Plan, Task, Todo, make_plan
from ingest.progress import Action, BuildReport, DocumentRow, Step, Tell, Teller
from ingest.read import ReadOptions
from ingest.records import DocumentRecord, Incoming, Manifest
from ingest.register import extract_register
from ingest.relations import near_duplicates, versions
from ingest.settling import OldLines, Settled, drop_replaced, settle_cut, settle_failure, settle_kept
from ingest.storage import ReadStore
from ingest.vectors import Embed, Head, StoredVectors, count_done, embedding_text, stream_passages, write_vectors

if TYPE_CHECKING:
    from ingest.embedding import Embedder

_LOOKAHEAD = 4
"""Files handed to each reading process before their turn, so that none waits for work."""


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
        settled = drop_replaced(folder, self._read_and_cut(plan, folder), plan.tasks)
        records = self._relate([one.record for one in settled])
        concerned = asked | {task.id for task in plan.tasks if task.todo is not Todo.KEEP}
        rows = [one.row for one in settled if one.record.document.id in concerned]
        if self.trusted and self.previous is not None and records == self.previous.records:
            return self._unchanged(rows)
        manifest = self._manifest(generation_id, records)
        self._embed(folder, manifest, embed, leftovers)
        self._store(folder, manifest)
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
            for task, reading in self._readings(plan.tasks, pool):
                self._say.reading(_name_of(task))
                one = self._settle(task, reading, old_lines)
                file.write(one.lines)
                settled.append(replace(one, lines=b""))
                self._say.settled(one.record.report.pages, one.record.passages)
        return settled

    def _readings(self, tasks: Sequence[Task], pool: ReaderPool) -> Iterator[tuple[Task, _Reading | None]]:
        """The tasks in order; those that need it with their reading under way, a few files ahead."""
        window: deque[tuple[Task, _Reading | None]] = deque()
        for task in tasks:
            window.append((task, self._begin(task, pool) if task.todo is Todo.READ else None))
            if len(window) > _LOOKAHEAD * self.options.workers:
                yield window.popleft()
        yield from window

    def _begin(self, task: Task, pool: ReaderPool) -> _Reading | None:
        """Hand a file to the pool; None when it has vanished meanwhile."""
        path = self.store.original(task.reading) if task.incoming is None and task.reading else None
        if task.incoming is not None:
            path = task.incoming.path
        if path is None:
            return None
        try:
            folder = self.store.begin(path)
        except OSError:
            return None
        return _Reading(
            folder, pool.read(folder / "original" / path.name, _reading_options(task, self.options), folder)
        )

    def _settle(self, task: Task, reading: _Reading | None, old_lines: OldLines) -> Settled:
        if task.todo is Todo.KEEP and task.old is not None:
            return settle_kept(task.old, old_lines.of(task.id))
        if task.todo is Todo.CUT and task.reading is not None:
            return settle_cut(task, task.reading, self.store, self.options)
        try:
            if task.failure is not None:
                raise task.failure
            if reading is None:
                raise UnreadableDocument(f"{task.id} försvann under läsningen; kontrollera filen och läs in den igen.")
            reading.outcome.result()
        except UnreadableDocument as failure:
            if reading is not None:
                self.store.discard(reading.folder)
            return settle_failure(task, failure, old_lines, self.options, self.trusted)
        return settle_cut(task, self.store.commit(reading.folder, task.sha256), self.store, self.options)

    def _relate(self, records: Sequence[DocumentRecord]) -> tuple[DocumentRecord, ...]:
        """Link near-duplicates and versions."""
        stated = [r.document if r.supersedes_stated else replace(r.document, supersedes=None) for r in records]
        earlier = versions([document for document, r in zip(stated, records, strict=True) if r.passages])
        sketches = {r.document.id: np.load(self.store.folder(r.reading) / "sketch.npy") for r in records if r.reading}
        near = near_duplicates(sketches)
        return tuple(
            replace(
                record,
                document=replace(document, supersedes=earlier.get(document.id, document.supersedes)),
                near_duplicates=near.get(document.id, ()),
            )
            for document, record in zip(stated, records, strict=True)
        )

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

    def _store(self, folder: Path, manifest: Manifest) -> None:
        self._say.begin(Step.STORING, 1)
        vectors = np.load(folder / "passages.npy", mmap_mode="r" if manifest.passages else None)
        write_collection(folder / "chroma", stream_passages(folder), vectors)
        LexicalIndex.build([embedding_text(passage) for passage in stream_passages(folder)]).save(folder / "lexical")
        register = extract_register(tuple(stream_passages(folder)))
        (folder / "register.json").write_text(json.dumps(register.to_record(), ensure_ascii=False), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class _Reading:
    """A file being read: where to, and its outcome to come."""

    folder: Path
    outcome: Future[None]


def _name_of(task: Task) -> str:
    if task.incoming is not None:
        return task.incoming.title or task.id
    return task.old.document.title if task.old else task.id


def _head_of(manifest: Manifest) -> Head:
    return Head(manifest.embedder, manifest.dimension, manifest.recipe)


def _reading_options(task: Task, options: BuildOptions) -> ReadOptions:
    if task.incoming is not None:
        url, encoding, password = task.incoming.url, task.incoming.encoding, task.incoming.password
    else:
        assert task.old is not None
        url, encoding, password = task.old.document.url, task.old.encoding, None
    return replace(options.reading, url=url, encoding=encoding, password=password or options.reading.password)


def _removed_row(record: DocumentRecord) -> DocumentRow:
    document = record.document
    return DocumentRow(document.id, document.title, Action.REMOVED, record.report.pages, record.passages)
