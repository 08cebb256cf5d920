"""Reads and cuts each file in a child process, so that a bomb, a crash or a hang costs that file alone.

A pool keeps a few children and gives them one file after the other; a child that dies is replaced. Parent and child
exchange one line of JSON per file, the child also some on its pages, and nothing else (a pickle from a child that a
hostile file has taken over would hand over the parent too); what was read goes to a folder on disk, so that the
parent's memory does not grow with the file. The child is this module in a plain `python -m`, not a fork: no locks,
threads or open files go along.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import IO

from pydantic import TypeAdapter

from ingest import errors
from ingest.documents import Document, PagesTold, Passage, ReadDocument, ReadingReport, ReadOptions, nobody_told
from ingest.environment import child_environment, end_orphan_after, limit_memory, lines_until_the_parent_ends
from ingest.errors import DamagedFile, LimitExceeded, UnreadableDocument
from ingest.indexing.versions import Stated, stated
from ingest.passages import cut
from ingest.store.readings import load_reading, write_reading

_START_SECONDS = 60.0
"""Time for a child to start and import the readers, which is not counted against a file."""
_LAST_WORDS_SECONDS = 5.0
_OCR_SHARE = 0.5
"""Of a file's time: how much may pass before no further page is read by character recognition."""
_PAUSE_SECONDS = 0.2


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
    """Child processes that read files, one for each call under way. Leaving the context ends them and `threads`.

    `scratch` is an empty folder for the temporary files of the children, which a child that is ended leaves behind; it
    goes with the pool. `reader` names the module whose `read(path, options, told)` they call. `threads` has a thread
    for each worker, and `pages` by document id how many pages of a file have been read, and of how many.
    """

    def __init__(self, workers: int, limits: Limits, scratch: Path, reader: str = "ingest.read") -> None:
        self._limits, self._scratch, self._reader = limits, scratch, reader
        self.threads = ThreadPoolExecutor(workers, thread_name_prefix="reader")
        self.pages: dict[str, tuple[float, int]] = {}
        self._idle: queue.SimpleQueue[_Child] = queue.SimpleQueue()
        self._children: set[_Child] = set()
        self._closed = False

    def __enter__(self) -> ReaderPool:
        return self

    def __exit__(self, *_: object) -> None:
        self._closed = True
        for child in tuple(self._children):
            child.kill()
        self.threads.shutdown(cancel_futures=True)
        for child in self._children:
            child.close()
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
        def told(done: float, count: int) -> None:
            self.pages[job.document.id] = done, count

        child = self._take()
        try:
            line = child.ask(TypeAdapter(_Job).dump_json(job), self._limits.seconds, told)
            reply = TypeAdapter(_Reply).validate_json(line) if line else None
        except ValueError as error:  # from a child that a hostile file has taken over
            raise DamagedFile(f"{name} gav ett svar som inte går att använda; filen läses inte.") from error
        if reply is None:
            self._children.discard(child)
            raise child.ended(name, self._limits)
        self._idle.put(child)
        if reply.cut is not None:
            return reply.cut
        # one that a hostile file has taken over can name no other class
        kind = getattr(errors, reply.error, None)
        known = isinstance(kind, type) and issubclass(kind, UnreadableDocument)
        raise kind(reply.message) if known and kind else DamagedFile(reply.message)

    def _take(self) -> _Child:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            child = _Child(self._limits, self._reader, self._scratch)
            self._children.add(child)
            if self._closed:  # closed while the child started
                child.kill()
            return child


class _Child:
    """The parent's end of one child process."""

    def __init__(self, limits: Limits, reader: str, scratch: Path) -> None:
        self._said: IO[bytes] = tempfile.TemporaryFile("a+b")  # noqa: SIM115 - lives as long as the child
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "ingest.indexing.reader_pool", reader],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env=child_environment(TMPDIR=str(scratch)),
        )
        self._late = False
        if not self.ask(TypeAdapter(Limits).dump_json(limits), _START_SECONDS, nobody_told):
            raise RuntimeError(f"the reading process did not start: {self.ended(reader, limits).message}")

    def ask(self, job: bytes, seconds: float, told: PagesTold) -> bytes:
        """Send one line and wait for the reply; empty when the child died or was ended after `seconds`."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._said.truncate(0)
        timer = threading.Timer(seconds, self._end_late)
        timer.start()
        try:
            self._process.stdin.write(job + b"\n")
            self._process.stdin.flush()
            while (line := self._process.stdout.readline()).startswith(b"["):
                told(*TypeAdapter(tuple[float, int]).validate_json(line))
        except BrokenPipeError:
            return b""
        finally:
            timer.cancel()
        return line if line.endswith(b"\n") else b""

    def kill(self) -> None:
        """End the child at once."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Free the pipes of a child that has ended."""
        for end in (self._process.stdin, self._process.stdout, self._said):
            if end is not None:
                with suppress(BrokenPipeError):
                    end.close()

    def ended(self, name: str, limits: Limits) -> UnreadableDocument:
        """Why the child has closed its output while it read the file called `name`: its code and last words tell."""
        try:
            code = self._process.wait(_LAST_WORDS_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            code = self._process.wait()
        self._said.seek(0)
        lines = [line.strip() for line in self._said.read().decode(errors="replace").split("\n")]
        last = next((line[:200] for line in reversed(lines) if line), "okänt fel")
        self.close()
        again = "och läs in den igen."
        if self._late:
            cause = f"avbröts efter {limits.seconds:.0f} sekunder. Dela filen eller höj tidsgränsen"
            return LimitExceeded(f"Läsningen av {name} {cause} {again}")
        if code == -signal.SIGKILL or "MemoryError" in last:
            cause = f"krävde mer än {limits.memory_bytes >> 20} MB minne. Dela filen eller höj minnesgränsen"
            return LimitExceeded(f"Läsningen av {name} {cause} {again}")
        cause = f"signal {-code}" if code < 0 else last
        said = f"Läsaren klarade inte {name} ({cause}), troligen för att filen är skadad."
        return DamagedFile(f"{said} Spara om den från originalet {again}")

    def _end_late(self) -> None:
        self._late = True
        self._process.kill()


class _Server:
    """The child: one job a line on standard input, until the parent ends; its pages are told, then the reply.

    A lack of memory ends it, and so does an error that no reader foresaw: the parent takes the reason from its last
    words.
    """

    def __init__(self, reader: str) -> None:
        # libraries that print must not disturb the replies
        self._replies = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)
        self._told_at = 0.0
        self._lines = lines_until_the_parent_ends()
        self._read = import_module(reader).read
        self._limits = TypeAdapter(Limits).validate_json(self._lines.get())
        limit_memory(self._limits.memory_bytes)

    def serve(self) -> None:
        """Answer for ever."""
        reply = _Reply()
        while True:
            self._say(TypeAdapter(_Reply).dump_json(reply))
            job = TypeAdapter(_Job).validate_json(self._lines.get())
            end_orphan_after(self._limits.seconds)
            try:
                reply = _Reply(self._done(job))
            except UnreadableDocument as error:
                reply = _Reply(error=type(error).__name__, message=error.message)
            end_orphan_after(0)

    def _done(self, job: _Job) -> CutDocument:
        if job.path is not None:
            read: ReadDocument = self._read(job.path, job.options, self._tell)
            characters = sum(len(page.text) for page in read.pages)
            if characters > self._limits.characters:
                raise LimitExceeded(
                    f"{job.path.name} har mer text ({characters} tecken) än gränsen på {self._limits.characters} "
                    "tecken. Dela filen och läs in den igen."
                )
            write_reading(job.folder, read)
        read = load_reading(job.folder, with_boxes=False)
        title = job.title or read.title or job.document.title
        passages = cut(replace(job.document, title=title), read)
        pages = len(read.pages) if any(page.number is not None for page in read.pages) else None
        found = stated(title, passages)
        return CutDocument(title, passages, found, read.report, pages, read.published, read.updated)

    def _tell(self, done: float, count: int) -> None:
        """The pages, no oftener than people can follow."""
        if time.monotonic() - self._told_at > _PAUSE_SECONDS:
            self._told_at = time.monotonic()
            self._say(json.dumps((done, count)).encode())

    def _say(self, line: bytes) -> None:
        self._replies.write(line + b"\n")
        self._replies.flush()


if __name__ == "__main__":
    _Server(sys.argv[1]).serve()
