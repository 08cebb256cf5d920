"""Keeps the reading processes busy: files are handed to them a little before their turn, results come in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.errors import UnreadableDocument
from ingest.index.isolation import ReaderPool
from ingest.index.planning import BuildOptions, Task, Todo
from ingest.index.storage import ReadStore, file_sha256
from ingest.read import ReadOptions

_LOOKAHEAD = 4
"""Files handed to each reading process before their turn."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A file being read into a folder of the store that has no name yet."""

    store: ReadStore
    folder: Path
    sha256: str
    outcome: Future[None]

    def finish(self) -> str:
        """Wait until it is read and keep it; returns its name in the store.

        Raises the errors of reading, after which nothing is left of it.
        """
        try:
            self.outcome.result()
        except UnreadableDocument:
            self.store.discard(self.folder)
            raise
        return self.store.commit(self.folder, self.sha256)


def read_ahead(
    tasks: Sequence[Task], store: ReadStore, pool: ReaderPool, options: BuildOptions
) -> Iterator[tuple[Task, Reading | None]]:
    """The tasks in order, each Todo.READ with its reading under way; None where the file has vanished."""
    window: deque[tuple[Task, Reading | None]] = deque()
    for task in tasks:
        window.append((task, _begin(task, store, pool, options) if task.todo is Todo.READ else None))
        if len(window) > _LOOKAHEAD * options.workers:
            yield window.popleft()
    yield from window


def _begin(task: Task, store: ReadStore, pool: ReaderPool, options: BuildOptions) -> Reading | None:
    stored = store.original(task.reading) if task.reading else None
    path = stored if task.incoming is None else task.incoming.path
    if path is None:
        return None
    try:
        folder, copy = store.begin(path)
    except FileNotFoundError:
        return None
    # the copy's own hash: the file may have changed since the plan was made
    return Reading(store, folder, file_sha256(copy), pool.read(copy, _options(task, options), folder))


def _options(task: Task, options: BuildOptions) -> ReadOptions:
    url = encoding = password = None
    if task.incoming is not None:
        url, encoding, password = task.incoming.url, task.incoming.encoding, task.incoming.password
    elif task.old is not None:
        url, encoding = task.old.document.url, task.old.encoding
    return replace(options.reading, url=url, encoding=encoding, password=password or options.reading.password)
