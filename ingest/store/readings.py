"""The store of what was read: one folder for each reading of a file, shared by the generations that refer to it.

    INDEX/read/<sha256>-<cleaning version>/
        reading.json.gz   blocks, report, what the document says of itself
        pages.npz         for each page JSON (text, label, size) and an int32 array (characters, 4) of boxes in
                          fiftieths of a point, so that a page is had without the others
        original/<name>   a copy of the file, from which page images are drawn

A folder is written under a temporary name and renamed, and never changed afterwards: reading the same file again gives
a new folder (`….2`), so that a generation in use never sees another reading than its own.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from ingest.documents import CLEANING_VERSION, Block, Page, ReadDocument, ReadingReport

_STEPS_PER_POINT = 50
"""Boxes are kept to 0.02 points, far below what can be seen, because whole numbers compress to a third."""
_NO_BOX = np.iinfo(np.int32).min


def file_sha256(path: Path) -> str:
    """SHA-256 of the file's bytes in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_reading(folder: Path, read: ReadDocument) -> None:
    """Write pages, blocks and report into `folder`, which exists."""
    raw = asdict(replace(read, pages=(), attachments=()))
    # mtime 0: the same reading gives the same bytes
    with gzip.GzipFile(folder / "reading.json.gz", "wb", compresslevel=5, mtime=0) as file:
        file.write(json.dumps(raw, ensure_ascii=False).encode())
    arrays: dict[str, NDArray[Any]] = {}
    for row, page in enumerate(read.pages):
        plain = asdict(replace(page, boxes=None))
        arrays[f"page {row} {page.number}"] = np.frombuffer(json.dumps(plain, ensure_ascii=False).encode(), np.uint8)
        if page.boxes is not None:
            steps = np.nan_to_num(page.boxes.astype(np.float64) * _STEPS_PER_POINT, nan=_NO_BOX)
            whole = np.clip(np.rint(steps), _NO_BOX, np.iinfo(np.int32).max).astype(np.int32)
            arrays[f"boxes {row} {page.number}"] = whole
    np.savez_compressed(folder / "pages.npz", **arrays)  # type: ignore[arg-type]


def load_reading(folder: Path, with_boxes: bool = True) -> ReadDocument:
    """Read a folder of the store. Without boxes every page's `boxes` is None, which is much quicker."""
    raw = json.loads(gzip.decompress((folder / "reading.json.gz").read_bytes()))
    with np.load(folder / "pages.npz", allow_pickle=False) as stored:
        pages = tuple(_page(stored, name, with_boxes) for name in stored.files if name.startswith("page "))
    blocks = TypeAdapter(tuple[Block, ...]).validate_python(raw["blocks"])
    report = TypeAdapter(ReadingReport).validate_python(raw["report"])
    return ReadDocument(pages, blocks, report, raw["title"], raw["published"], raw["updated"])


def load_page(folder: Path, number: int | None) -> Page | None:
    """The first page with this number, with its boxes; nothing else of the reading is loaded."""
    with np.load(folder / "pages.npz", allow_pickle=False) as stored:
        name = next((name for name in stored.files if name.startswith("page ") and name.endswith(f" {number}")), None)
        return None if name is None else _page(stored, name, with_boxes=True)


def _page(stored: Mapping[str, NDArray[Any]], name: str, with_boxes: bool) -> Page:
    page, boxes = Page(**json.loads(stored[name].tobytes())), name.replace("page", "boxes", 1)
    if not with_boxes or boxes not in stored:
        return page
    whole = stored[boxes]
    points = np.where(whole == _NO_BOX, np.nan, whole / _STEPS_PER_POINT)
    return replace(page, boxes=points.astype(np.float32))


class ReadStore:
    """The folder INDEX/read. Only the holder of the index's lock may call anything but `original`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def original(self, name: str) -> Path | None:
        """The copy of the file that was read."""
        return next((self.directory / name / "original").glob("*"), None)

    def find(self, sha256: str) -> str | None:
        """The newest reading of these bytes by this cleaning version, None where there is none."""
        stem = f"{sha256}-{CLEANING_VERSION}"
        names = [path.name for path in self.directory.glob(f"{stem}*") if path.name.partition(".")[0] == stem]
        return max(names, key=_occurrence, default=None)

    def new_folder(self) -> Path:
        """An empty folder that the next sweep removes."""
        folder = self.directory / f".new-{uuid4().hex}"
        folder.mkdir(parents=True)
        return folder

    def begin(self, source: Path) -> tuple[Path, Path]:
        """Start a reading: a temporary folder and the copy of `source` in it. Raises OSError."""
        if not source.is_file():
            raise FileNotFoundError(source)
        folder = self.new_folder()
        copy = folder / "original" / source.name
        copy.parent.mkdir()
        copy.touch(mode=0o600)  # nobody else may read the copy while it is made
        shutil.copyfile(source, copy)
        copy.chmod(source.stat().st_mode & 0o600 | 0o400)
        return folder, copy

    def commit(self, folder: Path, sha256: str) -> str:
        """Keep a finished reading under its name, which is returned."""
        newest, stem = self.find(sha256), f"{sha256}-{CLEANING_VERSION}"
        name = f"{stem}.{_occurrence(newest) + 1}" if newest else stem
        sync_tree(folder)
        folder.rename(self.directory / name)
        sync(self.directory)
        return name


def _occurrence(name: str) -> int:
    return int(name.partition(".")[2] or 1)


def sweep_folder(folder: Path, wanted: Collection[str]) -> None:
    """Remove every folder in `folder` whose name is not `wanted`."""
    for entry in folder.iterdir() if folder.exists() else ():
        if entry.name not in wanted:
            shutil.rmtree(entry)


def sync_tree(folder: Path) -> None:
    """Bring all files and folders under `folder` to the disk."""
    for path in (folder, *folder.rglob("*")):
        sync(path)


def sync(path: Path) -> None:
    """Bring a file or a folder's list of names to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
