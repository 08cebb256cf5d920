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
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from ingest.documents import CLEANING_VERSION, Block, Page, ReadDocument, ReadingReport

BOX_STEPS_PER_POINT = 50
"""Boxes are kept to 0.02 points, far below what can be seen, because whole numbers compress to a third."""
_NO_BOX = np.iinfo(np.int32).min
_TEMPORARY = ".new-"


def file_sha256(path: Path) -> str:
    """SHA-256 of the file's bytes in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_reading(folder: Path, read: ReadDocument) -> None:
    """Write pages, blocks and report into `folder`, which exists."""
    raw = {
        "title": read.title,
        "published": read.published,
        "updated": read.updated,
        "report": asdict(read.report),
        "blocks": [asdict(block) for block in read.blocks],
    }
    # mtime 0: the same reading gives the same bytes
    with gzip.GzipFile(folder / "reading.json.gz", "wb", compresslevel=5, mtime=0) as file:
        file.write(json.dumps(raw, ensure_ascii=False).encode())
    arrays: dict[str, NDArray[Any]] = {}
    for row, page in enumerate(read.pages):
        plain = {one.name: getattr(page, one.name) for one in fields(Page) if one.name != "boxes"}
        arrays[f"page {row} {page.number}"] = np.frombuffer(json.dumps(plain, ensure_ascii=False).encode(), np.uint8)
        if page.boxes is not None:
            arrays[f"boxes {row} {page.number}"] = _whole(page.boxes)
    np.savez_compressed(folder / "pages.npz", **arrays)  # type: ignore[arg-type]


def load_reading(folder: Path, with_boxes: bool = True) -> ReadDocument:
    """Read a folder of the store. Without boxes every page's `boxes` is None, which is much quicker."""
    raw = json.loads(gzip.decompress((folder / "reading.json.gz").read_bytes()))
    with np.load(folder / "pages.npz", allow_pickle=False) as stored:
        names = [name for name in stored.files if name.startswith("page ")]
        pages = tuple(_page(stored, name, with_boxes) for name in names)
    return ReadDocument(
        pages=pages,
        blocks=TypeAdapter(tuple[Block, ...]).validate_python(raw["blocks"]),
        report=TypeAdapter(ReadingReport).validate_python(raw["report"]),
        title=raw["title"],
        published=raw["published"],
        updated=raw["updated"],
    )


def load_page(folder: Path, number: int | None) -> Page | None:
    """The first page with this number, with its boxes; nothing else of the reading is loaded."""
    with np.load(folder / "pages.npz", allow_pickle=False) as stored:
        name = next((name for name in stored.files if name.startswith("page ") and name.endswith(f" {number}")), None)
        return None if name is None else _page(stored, name, with_boxes=True)


def _page(stored: Mapping[str, NDArray[Any]], name: str, with_boxes: bool) -> Page:
    page = Page(**json.loads(stored[name].tobytes()))
    boxes = name.replace("page", "boxes", 1)
    return replace(page, boxes=_points(stored[boxes])) if with_boxes and boxes in stored else page


def _whole(boxes: NDArray[np.float32]) -> NDArray[np.int32]:
    steps = np.nan_to_num(boxes.astype(np.float64) * BOX_STEPS_PER_POINT, nan=_NO_BOX)
    return np.clip(np.rint(steps), _NO_BOX, np.iinfo(np.int32).max).astype(np.int32)


def _points(whole: NDArray[np.int32]) -> NDArray[np.float32]:
    return np.where(whole == _NO_BOX, np.nan, whole / BOX_STEPS_PER_POINT).astype(np.float32)


class ReadStore:
    """The folder INDEX/read. Only the holder of the index's lock may call anything but `folder`, `original`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def folder(self, name: str) -> Path:
        """Where the reading called `name` lies."""
        return self.directory / name

    def original(self, name: str) -> Path | None:
        """The copy of the file that was read."""
        return next((self.folder(name) / "original").glob("*"), None)

    def find(self, sha256: str) -> str | None:
        """The newest reading of these bytes by this cleaning version, None where there is none."""
        stem = f"{sha256}-{CLEANING_VERSION}"
        names = [path.name for path in self.directory.glob(f"{stem}*") if path.name.partition(".")[0] == stem]
        return max(names, key=_occurrence, default=None)

    def new_folder(self) -> Path:
        """An empty folder that the next sweep removes."""
        folder = self.directory / f"{_TEMPORARY}{uuid4().hex}"
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
        newest = self.find(sha256)
        stem = f"{sha256}-{CLEANING_VERSION}"
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


def write_whole(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write a file that appears whole or not at all, and is on the disk when it does."""
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        write(file)
    sync(fresh)
    fresh.replace(path)
    sync(path.parent)


def sync_tree(folder: Path) -> None:
    """Bring all files and folders under `folder` to the disk."""
    for directory, _, names in os.walk(folder):
        for name in names:
            sync(Path(directory) / name)
        sync(Path(directory))


def sync(path: Path) -> None:
    """Bring a file or a folder's list of names to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
