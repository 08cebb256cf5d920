"""The child process that reads and cuts files one by one, under limits. reader_pool.py is the parent's side."""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, TypedDict

from pydantic import TypeAdapter

from ingest.documents import Document, Passage, ReadDocument, ReadingReport, ReadOptions
from ingest.errors import LimitExceeded, UnreadableDocument
from ingest.indexing.relations import Stated, stated
from ingest.passages import cut
from ingest.store.readings import load_reading, write_reading

_PAUSE_SECONDS = 0.2
"""At least so long between two tellings of pages."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may cost. `memory_bytes` is address space, where the system can limit it."""

    memory_bytes: int = 2 << 30
    seconds: float = 60.0
    characters: int = 20_000_000


@dataclass(frozen=True, slots=True)
class CutDocument:
    """The passages of one reading, under the title that the document goes by. Dates are ISO dates."""

    title: str
    passages: tuple[Passage, ...]
    stated: Stated
    report: ReadingReport
    page_count: int | None
    published: str | None
    updated: str | None


class Job(TypedDict):
    """One line to a child: read `path`, if there is one, into `folder`, and cut what lies there.

    The passages belong to `document_id`, under `title`, else the reading's own title, else `otherwise`.
    """

    path: str | None
    options: dict[str, object]
    folder: str
    document_id: str
    title: str | None
    otherwise: str


class Reply(TypedDict):
    """What a child answers: an error's class and sentence, or a CutDocument as JSON."""

    error: str | None
    message: str | None
    cut: str | None


def _serve() -> None:
    """The child's loop: one job a line on standard input, until the parent ends; its pages are told, then the reply.

    A lack of memory ends the child, and so does an error that no reader foresaw: the parent takes the reason from its
    last words.
    """
    # libraries that print must not disturb the replies
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    lines = lines_until_the_parent_ends()
    start = json.loads(lines.get())
    limits, read = Limits(**start["limits"]), import_module(start["reader"]).read
    _limit_process(limits)
    _reply(replies)
    told = _Teller(replies)
    while True:
        job: Job = json.loads(lines.get())
        _end_orphan_after(limits.seconds)
        try:
            if job["path"] is not None:
                options = ReadOptions(**job["options"])  # type: ignore[arg-type]
                _keep(read(Path(job["path"]), options, told), job, limits)
            _reply(replies, cut=TypeAdapter(CutDocument).dump_json(_cut(job)).decode())
        except UnreadableDocument as error:
            _reply(replies, type(error).__name__, error.message)
        _end_orphan_after(0)


class _Teller:
    """Tells the parent of the pages, as lines [done, count], no oftener than people can follow."""

    def __init__(self, replies: IO[bytes]) -> None:
        self._replies, self._last = replies, 0.0

    def __call__(self, done: float, count: int) -> None:
        if time.monotonic() - self._last > _PAUSE_SECONDS:
            self._last = time.monotonic()
            self._replies.write(json.dumps((done, count)).encode() + b"\n")
            self._replies.flush()


def lines_until_the_parent_ends() -> queue.SimpleQueue[bytes]:
    """The lines of standard input. When it closes this process ends at once, as the parent has, however it ended."""
    taken: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    # not sys.stdin, which the interpreter wants to close while the thread still waits for it
    lines = os.fdopen(os.dup(0), "rb")

    def watch() -> None:
        for line in lines:
            taken.put(line)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    return taken


def _limit_process(limits: Limits) -> None:
    """Limit this process's memory, and let a crash leave no core file."""
    try:
        import resource
    except ImportError:  # not a Unix system: the time limit alone holds
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform.startswith("linux"):  # macOS refuses a limit on address space
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        allowed = limits.memory_bytes if hard == resource.RLIM_INFINITY else min(hard, limits.memory_bytes)
        resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))


def _end_orphan_after(seconds: float) -> None:
    """Let the system end this process if its parent is gone and the file in hand lets no other thread run."""
    if hasattr(signal, "alarm"):
        signal.alarm(int(seconds) + 5 if seconds else 0)


def _keep(read: ReadDocument, job: Job, limits: Limits) -> None:
    characters = sum(len(page.text) for page in read.pages)
    if characters > limits.characters:
        raise LimitExceeded(
            f"{Path(job['path'] or '').name} har mer text ({characters} tecken) än gränsen på {limits.characters} "
            "tecken. Dela filen och läs in den igen."
        )
    folder = Path(job["folder"])
    write_reading(folder, read)


def _cut(job: Job) -> CutDocument:
    read = load_reading(Path(job["folder"]), with_boxes=False)
    title = job["title"] or read.title or job["otherwise"]
    passages = cut(Document(job["document_id"], title, "", ""), read)
    return CutDocument(
        title=title,
        passages=passages,
        stated=stated(title, passages),
        report=read.report,
        page_count=len(read.pages) if any(page.number is not None for page in read.pages) else None,
        published=read.published,
        updated=read.updated,
    )


def _reply(replies: IO[bytes], error: str | None = None, message: str | None = None, cut: str | None = None) -> None:
    replies.write(json.dumps(Reply(error=error, message=message, cut=cut)).encode() + b"\n")
    replies.flush()


if __name__ == "__main__":
    _serve()
