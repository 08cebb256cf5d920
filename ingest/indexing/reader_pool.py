"""Reads and cuts each file in a child process of its own, so that a bomb, a crash or a hang costs that file alone.

Parent and child exchange a line of JSON each and nothing else (a pickle from a child that a hostile file has taken over
would hand over the parent too); what was read goes to a folder on disk, so that the parent's memory does not grow with
the file. The child is this module in a plain `python -m`, not a fork: no locks, threads or open files go along.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from subprocess import PIPE, Popen

from pydantic import TypeAdapter

from ingest import errors
from ingest.documents import Document, Passage, ReadDocument, ReadingReport, ReadOptions
from ingest.environment import child_environment, limit_process, lines_until_the_parent_ends
from ingest.errors import DamagedFile, LimitExceeded, UnreadableDocument
from ingest.passages import cut
from ingest.store.readings import load_reading, write_reading
from ingest.titles import Stated, stated

_START_SECONDS = 60.0
"""Time for a child to start and import the reader."""
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

    limits: Limits
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
        self._running: set[Popen[bytes]] = set()
        self._closed = False

    def __enter__(self) -> ReaderPool:
        return self

    def __exit__(self, *_: object) -> None:
        self._closed = True
        for process in tuple(self._running):
            process.kill()
        self.threads.shutdown(cancel_futures=True)
        shutil.rmtree(self._scratch, ignore_errors=True)

    def read(
        self, path: Path, options: ReadOptions, folder: Path, document: Document, title: str | None
    ) -> CutDocument:
        """Read `path`, write what was read into `folder`, and cut it (see `cut`). Raises UnreadableDocument."""
        # the rest of the time is for the page in hand and for what follows
        timed = replace(options, ocr_seconds=min(options.ocr_seconds, _OCR_SHARE * self._limits.seconds))
        return self._ask(_Job(self._limits, folder, document, title, path, timed), path.name)

    def cut(self, folder: Path, document: Document, title: str | None) -> CutDocument:
        """Cut what was read into `folder` before. Raises UnreadableDocument.

        The passages belong to `document`, under `title`, else the reading's own title, else that of `document`.
        """
        return self._ask(_Job(self._limits, folder, document, title), document.title)

    def _ask(self, job: _Job, name: str) -> CutDocument:
        command = [sys.executable, "-P", "-m", "ingest.indexing.reader_pool", self._reader]
        environment = child_environment(TMPDIR=str(self._scratch))
        with (
            tempfile.TemporaryFile() as said,
            Popen(command, stdin=PIPE, stdout=PIPE, stderr=said, env=environment, bufsize=0) as process,
        ):
            assert process.stdin is not None and process.stdout is not None
            self._running.add(process)
            # the child ends itself in time, unless a hostile file has taken it over
            backstop = threading.Timer(self._limits.seconds + _START_SECONDS, process.kill)
            backstop.start()
            if self._closed:  # closed while the child started
                process.kill()
            with suppress(BrokenPipeError):  # it has ended early, and says why
                process.stdin.write(TypeAdapter(_Job).dump_json(job) + b"\n")
            answer = process.stdout.read()
            backstop.cancel()
            code = process.wait()
            self._running.discard(process)
            said.seek(0)
            lines = [line.strip() for line in said.read().decode(errors="replace").split("\n")]
        last = next((line[:200] for line in reversed(lines) if line), "okänt fel")
        if not answer.startswith(_READY) and not self._closed:
            raise RuntimeError(f"the reading process did not start: {last}")
        if not answer.endswith(b"}\n"):
            raise _ended(name, self._limits, code, last)
        return _understood(answer.removeprefix(_READY), name)


def _understood(line: bytes, name: str) -> CutDocument:
    try:
        reply = TypeAdapter(_Reply).validate_json(line)
    except ValueError as error:  # from a child that a hostile file has taken over
        raise DamagedFile(f"{name} gav ett svar som inte går att använda; filen läses inte.") from error
    if reply.cut is not None:
        return reply.cut
    kind = getattr(errors, reply.error, None)
    known = isinstance(kind, type) and issubclass(kind, UnreadableDocument)
    raise kind(reply.message) if known and kind else DamagedFile(reply.message)


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


def _answer(reader: str) -> None:
    """In the child: one job. A lack of memory ends it, and so does an error that no reader foresaw."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # libraries that print must not disturb the reply
    read = import_module(reader).read
    lines = lines_until_the_parent_ends()
    replies.write(_READY)
    replies.flush()
    job = TypeAdapter(_Job).validate_json(lines.get())
    limit_process(job.limits.memory_bytes, job.limits.seconds)
    try:
        reply = _Reply(_done(job, read(job.path, job.options) if job.path else None))
    except UnreadableDocument as error:
        reply = _Reply(error=type(error).__name__, message=error.message)
    replies.write(TypeAdapter(_Reply).dump_json(reply) + b"\n")
    replies.flush()
    os._exit(0)  # the thread that waits for the parent holds standard input


def _done(job: _Job, read: ReadDocument | None) -> CutDocument:
    if read is not None:
        characters = sum(len(page.text) for page in read.pages)
        if characters > job.limits.characters:
            raise LimitExceeded(
                f"{job.path.name if job.path else ''} har mer text ({characters} tecken) än gränsen på "
                f"{job.limits.characters} tecken. Dela filen och läs in den igen."
            )
        write_reading(job.folder, read)
    read = load_reading(job.folder, with_boxes=False)
    title = job.title or read.title or job.document.title
    passages = cut(replace(job.document, title=title), read)
    pages = len(read.pages) if any(page.number is not None for page in read.pages) else None
    return CutDocument(title, passages, stated(title, passages), read.report, pages, read.published, read.updated)


if __name__ == "__main__":
    _answer(sys.argv[1])
