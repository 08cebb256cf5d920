"""The child process that reads and cuts files one by one, under limits. reader_pool.py is the parent's side."""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, TypedDict

import numpy as np
from pydantic import TypeAdapter

from ingest.build.cutting import CutDocument, cut_reading
from ingest.build.processes import end_with_parent
from ingest.build.relations import sketch
from ingest.documents import ReadDocument, ReadOptions
from ingest.errors import LimitExceeded, UnreadableDocument
from ingest.store.readings import write_reading


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may cost. `memory_bytes` is address space, where the system can limit it."""

    memory_bytes: int = 2 << 30
    seconds: float = 60.0
    characters: int = 20_000_000


class Reply(TypedDict):
    """What a child answers: an error's class and sentence, or neither; to a job of cutting a CutDocument as JSON."""

    error: str | None
    message: str | None
    cut: str | None


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


def _serve() -> None:
    """The child's loop: one job a line on standard input, until the parent ends.

    A lack of memory ends the child, and so does an error that no reader foresaw: the parent takes the reason from its
    last words.
    """
    # libraries that print must not disturb the replies
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    end_with_parent(lines.put)
    start = json.loads(lines.get())
    limits = Limits(**start["limits"])
    module = import_module(start["reader"])
    _limit_process(limits)
    _reply(replies)
    while True:
        job = json.loads(lines.get())
        _end_orphan_after(limits.seconds)
        try:
            if "cut" in job:
                done = cut_reading(Path(job["cut"]), job["document_id"], job["title"], job["otherwise"])
                _reply(replies, cut=TypeAdapter(CutDocument).dump_json(done).decode())
            else:
                read: ReadDocument = module.read(Path(job["path"]), ReadOptions(**job["options"]))
                _keep(read, Path(job["path"]), Path(job["folder"]), limits)
                _reply(replies)
        except UnreadableDocument as error:
            _reply(replies, type(error).__name__, error.message)
        _end_orphan_after(0)


def _keep(read: ReadDocument, path: Path, folder: Path, limits: Limits) -> None:
    characters = sum(len(page.text) for page in read.pages)
    if characters > limits.characters:
        raise LimitExceeded(
            f"{path.name} har mer text ({characters} tecken) än gränsen på {limits.characters} tecken. "
            "Dela filen och läs in den igen."
        )
    write_reading(folder, read)
    np.save(folder / "sketch.npy", sketch(page.text for page in read.pages))


def _reply(replies: IO[bytes], error: str | None = None, message: str | None = None, cut: str | None = None) -> None:
    replies.write(json.dumps(Reply(error=error, message=message, cut=cut)).encode() + b"\n")
    replies.flush()


if __name__ == "__main__":
    _serve()
