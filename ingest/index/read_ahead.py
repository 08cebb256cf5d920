"""Keeps the reading processes busy: files are handed to them a little before their turn, results come in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from ingest.index.isolation import ReaderPool
from ingest.index.planning import BuildOptions, Task
from ingest.index.storage import ReadStore, file_sha256

_LOOKAHEAD = 4
"""Files handed to each reading process before their turn."""


class Reading(NamedTuple):
    """A file being read into a folder of the store that has no name yet. `outcome` raises the errors of reading."""

    folder: Path
    sha256: str
    outcome: Future[None]


def read_ahead(
    tasks: Sequence[Task], store: ReadStore, pool: ReaderPool, options: BuildOptions
) -> Iterator[tuple[Task, Reading | None]]:
    """The tasks in order, each that is to be read with its reading under way; None where the file has vanished."""
    window: deque[tuple[Task, Reading | None]] = deque()
    for task in tasks:
        settled = task.keep or task.failure or task.reading
        window.append((task, None if settled else _begin(task, store, pool, options)))
        if len(window) > _LOOKAHEAD * options.workers:
            yield window.popleft()
    yield from window


def _begin(task: Task, store: ReadStore, pool: ReaderPool, options: BuildOptions) -> Reading | None:
    url = encoding = password = None
    if task.incoming is not None:
        path = task.incoming.path
        url, encoding, password = task.incoming.url, task.incoming.encoding, task.incoming.password
    else:
        assert task.old is not None and task.old.reading is not None
        path = store.original(task.old.reading)
        url, encoding = task.old.document.url, task.old.encoding
    if path is None:
        return None
    try:
        folder, copy = store.begin(path)
    except FileNotFoundError:
        return None
    reading = replace(options.reading, url=url, encoding=encoding, password=password or options.reading.password)
    # the copy's own hash: the file may have changed since the plan was made
    return Reading(folder, file_sha256(copy), pool.read(copy, reading, folder))
