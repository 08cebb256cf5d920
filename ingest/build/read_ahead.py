"""Keeps the reading processes busy: files are handed to them a little before their turn, results come in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from ingest.build.cutting import CutDocument
from ingest.build.planning import BuildOptions, Task, document_of
from ingest.build.reader_pool import ReaderPool
from ingest.store.readings import ReadStore, file_sha256

_LOOKAHEAD = 4
"""Files handed to each reading process before their turn."""


class Reading(NamedTuple):
    """A document being read and cut. `outcome` raises the errors of reading.

    `new` is the folder that a file is read into, which has no name yet, None for one that was read before.
    """

    outcome: Future[CutDocument]
    new: Path | None = None
    sha256: str = ""


def read_ahead(
    tasks: Sequence[Task], store: ReadStore, pool: ReaderPool, options: BuildOptions
) -> Iterator[tuple[Task, Reading | None]]:
    """The tasks in order, each that is to be read or cut with that under way; None where the file has vanished."""
    window: deque[tuple[Task, Reading | None]] = deque()
    for task in tasks:
        window.append((task, None if task.keep or task.failure else _begin(task, store, pool, options)))
        if len(window) > _LOOKAHEAD * options.workers:
            yield window.popleft()
    yield from window


def _begin(task: Task, store: ReadStore, pool: ReaderPool, options: BuildOptions) -> Reading | None:
    document = document_of(task)
    title = task.incoming.title if task.incoming else document.title
    if task.reading is not None:
        return Reading(pool.cut(store.folder(task.reading), document, title, None))
    url, encoding, password = document.url, None, None
    if task.incoming is not None:
        path, encoding, password = task.incoming.path, task.incoming.encoding, task.incoming.password
    else:
        assert task.old is not None and task.old.reading is not None
        path, encoding = store.original(task.old.reading), task.old.encoding
    if path is None:
        return None
    try:
        folder, copy = store.begin(path)
    except FileNotFoundError:
        return None
    reading = replace(options.reading, url=url, encoding=encoding, password=password or options.reading.password)
    read = pool.read(copy, reading, folder)
    # the copy's own hash: the file may have changed since the plan was made
    return Reading(pool.cut(folder, document, title, read), folder, file_sha256(copy))
