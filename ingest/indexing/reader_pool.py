"""Reads and cuts each file in a child process, so that a bomb, a crash or a hang costs that file alone.

A pool keeps a few children and gives them one file after the other; a child that dies is replaced. Parent and child
exchange one line of JSON per file, the child also some on its pages, and nothing else (a pickle from a child that a
hostile file has taken over would hand over the parent too); what was read goes to a folder on disk, so that the
parent's memory does not grow with the file.
The child is a plain `python -m ingest.indexing.reader_process`, not a fork: no locks, threads or open files go along.
"""

from __future__ import annotations

import json
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO

from pydantic import TypeAdapter

from ingest import errors
from ingest.documents import Document, PagesTold, ReadOptions, nobody_told
from ingest.environment import child_environment
from ingest.errors import DamagedFile, LimitExceeded, UnreadableDocument
from ingest.indexing.reader_process import CutDocument, Job, Limits, Reply

_START_SECONDS = 60.0
"""Time for a child to start and import the readers, which is not counted against a file."""
_LAST_WORDS_SECONDS = 5.0
_OCR_SHARE = 0.5
"""Of a file's time: how much may pass before no further page is read by character recognition."""


class ReaderPool:
    """Child processes that read files, one for each call under way. Leaving the context ends them and `threads`.

    `scratch` is an empty folder for the temporary files of the children, which a child that is ended leaves behind; it
    goes with the pool. `reader` names the module whose `read(path, options, told)` they call. `threads` has a thread
    for each worker.
    """

    def __init__(self, workers: int, limits: Limits, scratch: Path, reader: str = "ingest.read") -> None:
        self._limits, self._scratch, self._reader = limits, scratch, reader
        self.threads = ThreadPoolExecutor(workers, thread_name_prefix="reader")
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
        self,
        path: Path,
        options: ReadOptions,
        folder: Path,
        document: Document,
        title: str | None,
        told: PagesTold = nobody_told,
    ) -> CutDocument:
        """Read `path`, write what was read into `folder`, and cut it (see `cut`). Raises UnreadableDocument.

        `told` hears of the pages in the thread that reads.
        """
        # the rest of the time is for the page in hand and for what follows
        timed = replace(options, ocr_seconds=min(options.ocr_seconds, _OCR_SHARE * self._limits.seconds))
        return self._cut_by_child(_job(folder, document, title, (path, timed)), path.name, told)

    def cut(self, folder: Path, document: Document, title: str | None) -> CutDocument:
        """Cut what was read into `folder` before. Raises UnreadableDocument.

        The passages belong to `document`, under `title`, else the reading's own title, else that of `document`.
        """
        return self._cut_by_child(_job(folder, document, title, None), document.title)

    def _cut_by_child(self, job: Job, name: str, told: PagesTold = nobody_told) -> CutDocument:
        try:
            return TypeAdapter(CutDocument).validate_json(self._ask(job, name, told)["cut"] or "")
        except ValueError as error:  # from a child that a hostile file has taken over
            raise DamagedFile(f"{name} gav ett svar som inte går att använda; filen läses inte.") from error

    def _ask(self, job: Job, name: str, told: PagesTold) -> Reply:
        """The reply to a job on the file called `name`. Raises UnreadableDocument."""
        child = self._take()
        reply = child.ask(job, self._limits.seconds, told)
        if reply is None:
            child.end()
            failure = child.explain(name, self._limits)
            self._children.discard(child)
            child.close()
            raise failure
        self._idle.put(child)
        if reply["error"]:
            raise _error(reply["error"], reply["message"] or "")
        return reply

    def _take(self) -> _Child:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            child = _Child(self._limits, self._reader, self._scratch)
            self._children.add(child)
            if self._closed:  # closed while the child started
                child.kill()
            return child


def _job(folder: Path, document: Document, title: str | None, read: tuple[Path, ReadOptions] | None) -> Job:
    return Job(
        path=str(read[0]) if read else None,
        options=asdict(read[1]) if read else {},
        folder=str(folder),
        document_id=document.id,
        title=title,
        otherwise=document.title,
    )


def _error(name: str, message: str) -> UnreadableDocument:
    """The child's error again. A child that a hostile file has taken over can name no other class."""
    kind = getattr(errors, name, None)
    if isinstance(kind, type) and issubclass(kind, UnreadableDocument):
        return kind(message)
    return DamagedFile(message)


class _Child:
    """The parent's end of one child process."""

    def __init__(self, limits: Limits, reader: str, scratch: Path) -> None:
        self._said: IO[bytes] = tempfile.TemporaryFile("a+b")  # noqa: SIM115 - lives as long as the child
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "ingest.indexing.reader_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env=child_environment(TMPDIR=str(scratch)),
        )
        self._late = False
        if self.ask({"limits": asdict(limits), "reader": reader}, _START_SECONDS) is None:
            self.end()
            cause = self._last_line()
            self.close()
            raise RuntimeError(f"the reading process did not start: {cause}")

    def ask(self, job: Mapping[str, object], seconds: float, told: PagesTold = nobody_told) -> Reply | None:
        """Send one job and wait for the reply; None when the child died or was ended after `seconds`."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._said.truncate(0)
        timer = threading.Timer(seconds, self._end_late)
        timer.start()
        try:
            self._process.stdin.write(json.dumps(job).encode() + b"\n")
            self._process.stdin.flush()
            while (line := self._process.stdout.readline()).startswith(b"["):
                told(*TypeAdapter(tuple[float, int]).validate_json(line))
        except BrokenPipeError:
            line = b""
        finally:
            timer.cancel()
        reply: Reply | None = json.loads(line) if line.endswith(b"\n") else None
        return reply

    def kill(self) -> None:
        """End the child at once."""
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        """Let a child that has closed its output end by itself: its code and its last words tell why."""
        try:
            self._process.wait(_LAST_WORDS_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def close(self) -> None:
        """Free the pipes of a child that has ended."""
        for end in (self._process.stdin, self._process.stdout, self._said):
            if end is not None:
                with suppress(BrokenPipeError):
                    end.close()

    def explain(self, name: str, limits: Limits) -> UnreadableDocument:
        """Why the child died while it read the file called `name`."""
        code, last = self._process.wait(), self._last_line()
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

    def _last_line(self) -> str:
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").split("\n")
        return next((line.strip()[:200] for line in reversed(lines) if line.strip()), "okänt fel")
