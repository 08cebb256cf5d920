"""Reads and cuts each file in a child process, so that a bomb, a crash or a hang costs that file alone.

A few children get one file after the other; one that ends is replaced. Parent and child exchange a line of JSON a file
and nothing else (a pickle from a child that a hostile file has taken over would hand over the parent too); what was
read goes to a folder on disk, so that the parent's memory does not grow with the file. The child is this module in a
plain `python -m`, not a fork: no locks, threads or open files go along.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from queue import Empty, SimpleQueue
from subprocess import PIPE, Popen

from pydantic import TypeAdapter

from ingest import errors
from ingest.documents import Document, Passage, ReadDocument, ReadingReport, ReadOptions
from ingest.environment import child_environment, end_after, limit_memory, lines_until_the_parent_ends
from ingest.errors import DamagedFile, LimitExceeded, UnreadableDocument
from ingest.passages import cut
from ingest.store.readings import load_reading, write_reading
from ingest.titles import Stated, stated

_BACKSTOP_SECONDS = 10.0
_OCR_SHARE = 0.5
"""Of a file's time: how much may pass before no further page is read by character recognition."""
_READY = b"ready\n"


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


@dataclass(frozen=True, slots=True)
class _Job:
    """Read `path`, if there is one, into `folder`, and cut what lies there: see ReaderPool.cut."""

    folder: Path
    document: Document
    title: str | None
    path: Path | None = None
    options: ReadOptions | None = None


@dataclass(frozen=True, slots=True)
class _Reply:
    """What became of a job, or an error's class and sentence."""

    cut: CutDocument | None = None
    error: str = ""
    message: str = ""


class ReaderPool:
    """Reads files in child processes. Leaving the context ends those under way and `threads`, one for each worker.

    `scratch` is an empty folder for the temporary files of the children, which a child that is ended leaves behind; it
    goes with the pool. `reader` names the module whose `read(path, options)` they call.
    """

    def __init__(self, workers: int, limits: Limits, scratch: Path, reader: str = "ingest.read") -> None:
        self._limits, self._scratch, self._reader = limits, scratch, reader
        self.threads = ThreadPoolExecutor(workers, thread_name_prefix="reader")
        self._children: set[Popen[bytes]] = set()
        self._idle: SimpleQueue[tuple[Popen[bytes], Path]] = SimpleQueue()
        self._closed = False

    def __enter__(self) -> ReaderPool:
        return self

    def __exit__(self, *_: object) -> None:
        self._closed = True
        for process in tuple(self._children):
            process.kill()
        self.threads.shutdown(cancel_futures=True)
        for process in self._children:
            with suppress(BrokenPipeError), process:  # closes its pipes
                process.kill()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def read(
        self, path: Path, options: ReadOptions, folder: Path, document: Document, title: str | None
    ) -> CutDocument:
        """Read `path`, write what was read into `folder`, and cut it (see `cut`). Raises UnreadableDocument."""
        # the rest of the time is for the page in hand and for what follows
        timed = replace(options, ocr_seconds=min(options.ocr_seconds, _OCR_SHARE * self._limits.seconds))
        return self._ask(_Job(folder, document, title, path, timed), path.name)

    def cut(self, folder: Path, document: Document, title: str | None) -> CutDocument:
        """Cut what was read into `folder` before. Raises UnreadableDocument.

        The passages belong to `document`, under `title`, else the reading's own title, else that of `document`.
        """
        return self._ask(_Job(folder, document, title), document.title)

    def _ask(self, job: _Job, name: str) -> CutDocument:
        try:
            process, said = self._idle.get_nowait()
        except Empty:
            process, said = self._started()
        assert process.stdin is not None and process.stdout is not None
        # the child ends itself in time, unless a hostile file has taken it over
        backstop = threading.Timer(self._limits.seconds + _BACKSTOP_SECONDS, process.kill)
        backstop.start()
        with suppress(BrokenPipeError):  # it has ended early, and says why
            process.stdin.write(TypeAdapter(_Job).dump_json(job) + b"\n")
            process.stdin.flush()
        line = process.stdout.readline()
        backstop.cancel()
        if not line.endswith(b"\n"):
            raise _ended(name, self._limits, process.wait(), _last_words(said))
        try:
            reply = TypeAdapter(_Reply).validate_json(line)
        except ValueError as error:  # from a child that a hostile file has taken over
            process.kill()
            raise DamagedFile(f"{name} gav ett svar som inte går att använda; filen läses inte.") from error
        self._idle.put((process, said))
        if reply.cut is not None:
            return reply.cut
        kind = getattr(errors, reply.error, None)
        known = isinstance(kind, type) and issubclass(kind, UnreadableDocument)
        raise kind(reply.message) if known and kind else DamagedFile(reply.message)

    def _started(self) -> tuple[Popen[bytes], Path]:
        """A new child that is ready, and the file of what it says."""
        said = self._scratch / f"said-{secrets.token_hex(4)}"
        command = [sys.executable, "-P", "-m", "ingest.indexing.reader_pool", self._reader]
        with said.open("wb") as file:
            environment = child_environment(TMPDIR=str(self._scratch))
            process = Popen(command, stdin=PIPE, stdout=PIPE, stderr=file, env=environment)
        assert process.stdin is not None and process.stdout is not None
        self._children.add(process)
        if self._closed:  # closed while the child started
            process.kill()
        with suppress(BrokenPipeError):  # it could not start, and says why
            process.stdin.write(TypeAdapter(Limits).dump_json(self._limits) + b"\n")
            process.stdin.flush()
        if process.stdout.readline() != _READY and not self._closed:
            raise RuntimeError(f"the reading process did not start: {_last_words(said)}")
        return process, said


def _last_words(said: Path) -> str:
    lines = [line.strip() for line in said.read_text(errors="replace").split("\n")] if said.exists() else []
    return next((line[:200] for line in reversed(lines) if line), "okänt fel")


def _ended(name: str, limits: Limits, code: int, last: str) -> UnreadableDocument:
    """Why the child has ended without a reply: its code and last words tell."""
    again = "och läs in den igen."
    if code == -signal.SIGALRM:
        cause = f"avbröts efter {limits.seconds:.0f} sekunder. Dela filen eller höj tidsgränsen"
        return LimitExceeded(f"Läsningen av {name} {cause} {again}")
    if code == -signal.SIGKILL or "MemoryError" in last:
        cause = f"krävde mer än {limits.memory_bytes >> 20} MB minne. Dela filen eller höj minnesgränsen"
        return LimitExceeded(f"Läsningen av {name} {cause} {again}")
    cause = f"signal {-code}" if code < 0 else last
    said = f"Läsaren klarade inte {name} ({cause}), troligen för att filen är skadad."
    return DamagedFile(f"{said} Spara om den från originalet {again}")


def _serve(reader: str) -> None:
    """In the child: one job a line. A lack of memory ends it, and so does an error that no reader foresaw."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # libraries that print must not disturb the replies
    read = import_module(reader).read
    lines = lines_until_the_parent_ends()
    limits = TypeAdapter(Limits).validate_json(lines.get())
    limit_memory(limits.memory_bytes)
    answer = _READY
    while True:
        replies.write(answer)
        replies.flush()
        job = TypeAdapter(_Job).validate_json(lines.get())
        end_after(limits.seconds)
        try:
            reply = _Reply(_done(job, read(job.path, job.options) if job.path else None, limits.characters))
        except UnreadableDocument as error:
            reply = _Reply(error=type(error).__name__, message=error.message)
        end_after(0)
        answer = TypeAdapter(_Reply).dump_json(reply) + b"\n"


def _done(job: _Job, read: ReadDocument | None, most_characters: int) -> CutDocument:
    if read is not None:
        characters = sum(len(page.text) for page in read.pages)
        if characters > most_characters:
            raise LimitExceeded(
                f"{job.path.name if job.path else ''} har mer text ({characters} tecken) än gränsen på "
                f"{most_characters} tecken. Dela filen och läs in den igen."
            )
        write_reading(job.folder, read)
    read = load_reading(job.folder, with_boxes=False)
    title = job.title or read.title or job.document.title
    passages = cut(replace(job.document, title=title), read)
    pages = len(read.pages) if any(page.number is not None for page in read.pages) else None
    return CutDocument(title, passages, stated(title, passages), read.report, pages, read.published, read.updated)


if __name__ == "__main__":
    _serve(sys.argv[1])
