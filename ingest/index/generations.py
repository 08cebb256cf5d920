"""Generations of the index on disk: which one serves, how it is switched, who may write, what is swept.

    INDEX/CURRENT                names the generation that serves; replaced by one atomic rename
    INDEX/generations/<id>/      complete, never changed
    INDEX/generations/<id>.new/  being written, or left by a killed run: the next one sweeps it
    INDEX/read/, INDEX/parts/    what was read of each file and made of it: see storage.py and parts.py
    INDEX/lock, lock.json        held by the one writer; who it is

A reader opens the generation that CURRENT names. The generation before it stays until the next build, so that a reader
that is just opening it, or has not looked at CURRENT yet, finds its files.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import socket
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from ingest.errors import IndexLocked, IndexMismatch, IndexMissing, IndexUnusable
from ingest.index.records import Manifest, manifest_from_json, manifest_to_json
from ingest.index.storage import sweep_folder, sync, sync_tree

UNFINISHED = ".new"
_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST)


def now() -> str:
    """The time in UTC, ISO 8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def new_generation_id() -> str:
    """A name that sorts by time and is never used twice."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"


def generation_folder(index: Path, generation_id: str) -> Path:
    """Where a finished generation lies."""
    return index / "generations" / generation_id


def current_id(index: Path) -> str | None:
    """The generation that serves, None where there is no index."""
    try:
        return (index / "CURRENT").read_text(encoding="ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None


def load_manifest(index: Path, generation_id: str) -> Manifest:
    """Read a generation's manifest. Raises FileNotFoundError, and IndexMismatch where it has another form."""
    text = (generation_folder(index, generation_id) / "manifest.json").read_bytes()
    try:
        return manifest_from_json(text)
    except ValueError as error:
        raise IndexMismatch(
            f"Indexet i {index} är skrivet av en annan version av programmet. Bygg om det: rus ingest --rebuild"
        ) from error


def no_index(index: Path) -> IndexMissing:
    """The error for a folder without an index."""
    return IndexMissing(f"Det finns inget index i {index}. Skapa ett: rus ingest")


def finish(index: Path, unfinished: Path, manifest: Manifest) -> None:
    """Make a written generation the one that serves. All its files reach the disk before its name does."""
    (unfinished / "manifest.json").write_bytes(manifest_to_json(manifest))
    sync_tree(unfinished)
    unfinished.rename(generation_folder(index, manifest.id))
    sync(unfinished.parent)
    pointer = index / "CURRENT.new"
    pointer.write_text(manifest.id + "\n", encoding="ascii")
    sync(pointer)
    os.replace(pointer, index / "CURRENT")
    sync(index)


def start(index: Path, generation_id: str) -> Path:
    """A new folder to write a generation into."""
    folder = index / "generations" / f"{generation_id}{UNFINISHED}"
    folder.mkdir()
    return folder


def finished(index: Path) -> set[str]:
    """The generations that were written to their end."""
    return {folder.name for folder in (index / "generations").iterdir() if folder.suffix != UNFINISHED}


def sweep(index: Path, keep: Collection[str]) -> None:
    """Remove every generation that is not in `keep`, and all that no kept generation refers to."""
    sweep_folder(index / "generations", keep)
    records = [record for name in finished(index) for record in load_manifest(index, name).records]
    sweep_folder(index / "read", {record.reading for record in records if record.reading})
    sweep_folder(index / "parts", {record.part for record in records if record.part})


@contextmanager
def writer_lock(index: Path) -> Iterator[None]:
    """Hold the index for writing. The system frees the lock when the process ends, however it ends.

    Raises IndexLocked, naming the process that holds it, and IndexUnusable where the disk is full or not to be written.
    """
    try:
        with _lock(index):
            yield
    except OSError as error:
        if error.errno not in _DISK_ERRORS:
            raise
        raise IndexUnusable(
            f"Indexet i {index} kan inte skrivas ({error.strerror}). Kontrollera rättigheter och ledigt utrymme "
            "och kör rus ingest igen."
        ) from error


@contextmanager
def _lock(index: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    (index / "generations").mkdir(parents=True, exist_ok=True)
    lock, holder = FileLock(index / "lock"), index / "lock.json"
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise IndexLocked(_locked_sentence(index, holder)) from error
    try:
        holder.write_text(json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": now()}))
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _locked_sentence(index: Path, holder: Path) -> str:
    try:
        raw = json.loads(holder.read_text())
        who = f"process {raw['pid']} på {raw['host']} sedan {raw['since']}"
    except (OSError, ValueError, KeyError):  # the holder is just writing its name
        who = "en annan process"
    return f"Indexet i {index} skrivs av {who}. Vänta tills den är klar och försök igen."
