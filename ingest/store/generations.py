"""Generations of the index on disk: which one serves, how it is switched, who may write, what is swept.

    INDEX/CURRENT                names the generation that serves; replaced by one atomic rename
    INDEX/manifest.json          a copy of the manifest written last, from which a damaged index is rebuilt
    INDEX/generations/<id>/      complete, never changed: manifest.json (documents), passages.txt (keys of its rows in
                                 Chroma), lexical/ (BM25), facts.json, checksums.json (of all these)
    INDEX/generations/<id>.new/  being written, or left by a killed run: the next one sweeps it
    INDEX/read/                  what was read of each file: see readings.py
    INDEX/chroma/                the vectors, unless they lie on a server: see chroma.py
    INDEX/lock, lock.txt         held by the one writer; who it is

A reader opens the generation that CURRENT names. The generation before it stays until the next build, so that a reader
that is just opening it, or has not looked at CURRENT yet, finds its files.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter

from ingest.documents import CLEANING_VERSION
from ingest.errors import IndexLocked, IndexMismatch, IndexMissing, IndexUnusable, damaged
from ingest.store.chroma import Stores
from ingest.store.readings import file_sha256, sweep_folder, sync, sync_tree
from ingest.store.records import DocumentRecord, Manifest

_UNFINISHED = ".new"
_CHECKSUMS = "checksums.json"
_MANIFEST = TypeAdapter(Manifest)
_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST)


def now() -> str:
    """The time in UTC, ISO 8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def generation_folder(index: Path, generation_id: str) -> Path:
    """Where a finished generation lies."""
    return index / "generations" / generation_id


def current_id(index: Path) -> str | None:
    """The generation that serves, None where there is no index. Raises IndexDamaged where its name has been lost."""
    named = _named(index)
    while named is not None and named not in finished(index):
        # swept since its name was read? then CURRENT names another one now
        if (again := _named(index)) == named:
            raise damaged(str(index), "filen CURRENT anger en generation som inte finns")
        named = again
    if named is None and (finished(index) or (index / "manifest.json").exists()):
        raise damaged(str(index), "filen CURRENT saknas")
    return named


def _named(index: Path) -> str | None:
    try:
        return (index / "CURRENT").read_text(encoding="ascii", errors="replace").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None


def finished(index: Path) -> set[str]:
    """The generations that were written to their end."""
    folder = index / "generations"
    return {one.name for one in folder.iterdir() if one.suffix != _UNFINISHED} if folder.is_dir() else set()


def load_manifest(index: Path, generation_id: str) -> Manifest:
    """Read a generation's manifest, when all its files are what was written.

    Raises FileNotFoundError where it is not there, IndexMismatch where it has another form, IndexDamaged.
    """
    folder = generation_folder(index, generation_id)
    try:
        expected = dict(json.loads((folder / _CHECKSUMS).read_bytes()))
        wrong = [name for name, digest in expected.items() if file_sha256(index / name) != digest]
    except FileNotFoundError as error:
        if not folder.exists():
            raise
        raise damaged(str(index), f"filen {Path(error.filename).name} saknas") from error
    except (OSError, ValueError, TypeError) as error:
        raise damaged(str(index), f"filen {_CHECKSUMS} går inte att läsa") from error
    if wrong:
        raise damaged(str(index), f"filen {Path(wrong[0]).name} är ändrad")
    try:
        return _MANIFEST.validate_json((folder / "manifest.json").read_bytes())
    except ValueError as error:
        raise IndexMismatch(
            f"Indexet i {index} är skrivet av en annan version av programmet. Bygg om det: rus ingest --rebuild"
        ) from error


def check_manifest(directory: Path, manifest: Manifest, embedder_name: str | None, stores: Stores) -> None:
    """Raise IndexMismatch, with the command that mends it, when the index cannot be used with this program."""
    if embedder_name is not None and manifest.embedder != embedder_name:
        raise IndexMismatch(
            f"Indexet i {directory} är byggt med språkmodellen {manifest.embedder}, men inställningen är "
            f"{embedder_name}. Bygg om det: rus ingest --rebuild, eller ställ tillbaka modellen."
        )
    if manifest.cleaning_version != CLEANING_VERSION:
        raise IndexMismatch(
            f"Indexet i {directory} är läst med en annan version av textläsningen "
            f"({manifest.cleaning_version}, nu {CLEANING_VERSION}). Bygg om det: rus ingest --rebuild"
        )
    if manifest.store_kind != stores.kind:
        where = {"folder": "i indexets mapp", "server": "på en Chroma-server"}
        raise IndexMismatch(
            f"Indexet i {directory} har sina vektorer {where[manifest.store_kind]}, men inställningen "
            f"RUS_CHROMA_URL säger {where[stores.kind]}. Ändra den, eller bygg om: rus ingest --rebuild"
        )


def known_records(index: Path) -> tuple[DocumentRecord, ...]:
    """What the newest manifest that can be read knows of the documents, however damaged the index is otherwise."""
    named = _named(index)
    names = sorted(finished(index), key=lambda name: (name == named, name), reverse=True)
    for folder in (*(generation_folder(index, name) for name in names), index):
        with suppress(OSError, ValueError):  # that one is lost as well: the next may not be
            return _MANIFEST.validate_json((folder / "manifest.json").read_bytes()).records
    return ()


def no_index(index: Path) -> IndexMissing:
    """The error for a folder without an index."""
    return IndexMissing(f"Det finns inget index i {index}. Skapa ett: rus ingest")


def start(index: Path) -> tuple[str, Path]:
    """The name of a new generation, which sorts by time and is never used twice, and a folder to write it into."""
    generation_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{secrets.token_hex(3)}"
    folder = index / "generations" / f"{generation_id}{_UNFINISHED}"
    folder.mkdir()
    return generation_id, folder


def finish(index: Path, unfinished: Path, manifest: Manifest) -> None:
    """Make a written generation the one that serves. All its files reach the disk before its name does."""
    text = _MANIFEST.dump_json(manifest, indent=1)  # made to be read by people too
    (unfinished / "manifest.json").write_bytes(text)
    place = generation_folder(index, manifest.id)
    files = {place / path.relative_to(unfinished): path for path in unfinished.rglob("*") if path.is_file()}
    if manifest.store_kind == "folder":
        # Chroma itself changes its database when it is opened, and tells when it is damaged; of its graph it does not
        graphs = (index / "chroma" / manifest.store).rglob("*")
        files |= {path: path for path in graphs if path.suffix in (".bin", ".pickle")}
    checksums = {
        name.relative_to(index).as_posix(): file_sha256(path) for name, path in files.items() if path.is_file()
    }
    (unfinished / _CHECKSUMS).write_text(json.dumps(checksums, indent=1))
    sync_tree(unfinished)
    unfinished.rename(place)
    sync(place.parent)
    _write_whole(index / "manifest.json", text)
    _write_whole(index / "CURRENT", f"{manifest.id}\n".encode())


def _write_whole(path: Path, data: bytes) -> None:
    """Write a file that appears whole or not at all, and is on the disk when it does."""
    fresh = path.with_suffix(".new")
    fresh.write_bytes(data)
    sync(fresh)
    fresh.replace(path)
    sync(path.parent)


def sweep(index: Path, keep: set[str]) -> set[str]:
    """Remove every generation that is not in `keep`, and readings that no kept one has; returns the stores in use."""
    sweep_folder(index / "generations", keep)
    kept = [load_manifest(index, name) for name in finished(index)]
    sweep_folder(index / "read", {one.reading for manifest in kept for one in manifest.records if one.reading})
    return {manifest.store for manifest in kept}


@contextmanager
def _locked(index: Path, name: str) -> Iterator[None]:
    """Hold one of the index's locks. The system frees it when the process ends, however it ends. Raises IndexLocked."""
    from filelock import FileLock, Timeout

    lock, holder = FileLock(index / name), index / f"{name}.txt"
    try:
        if not index.exists():
            index.mkdir(mode=0o700, parents=True)  # others may not read the copies
        with lock.acquire(timeout=0):
            holder.write_text(f"process {os.getpid()} på {socket.gethostname()} sedan {now()}", encoding="utf-8")
            yield
            holder.unlink(missing_ok=True)
    except Timeout as error:
        who = holder.read_text(encoding="utf-8") if holder.exists() else ""  # it is just writing its name
        raise IndexLocked(
            f"Indexet i {index} skrivs av {who or 'en annan process'}. Vänta tills den är klar och försök igen."
        ) from error
    except OSError as error:
        if error.errno not in _DISK_ERRORS:
            raise
        raise IndexUnusable(
            f"Indexet i {index} kan inte skrivas ({error.strerror}). Kontrollera rättigheter och ledigt utrymme "
            "och försök igen."
        ) from error


@contextmanager
def writer_lock(index: Path) -> Iterator[None]:
    """Hold the index for writing.

    Raises IndexLocked, naming the process that holds it, and IndexUnusable where the disk is full or not to be written.
    """
    with _locked(index, "lock"):
        (index / "generations").mkdir(exist_ok=True)
        yield


@contextmanager
def fetched_folder(index: Path) -> Iterator[Path]:
    """A folder of the index for what is fetched, until it is read. What a killed process has left is removed.

    Raises IndexLocked where another process fetches, IndexUnusable where the disk is full or not to be written.
    """
    folder = index / "fetched"
    with _locked(index, "fetching"):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder)
