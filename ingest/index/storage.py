"""The store of what was read: one folder for each reading of a file, shared by the generations that refer to it.

    INDEX/read/<sha256>-<cleaning version>/
        reading.json.gz   pages (text, label, size), blocks, report, what the document says of itself
        boxes.npz         one int32 array (characters, 4) for each page, in fiftieths of a point
        sketch.npy        the text's sketch, by which near-duplicates are found (see relations.py)
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
from collections.abc import Callable, Collection
from dataclasses import asdict
from pathlib import Path
from typing import IO
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from ingest.documents import CLEANING_VERSION, Block, BlockKind, Page, ReadDocument, Span
from ingest.index.records import report_from_dict

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
        "pages": [_page_to_dict(page) for page in read.pages],
        "blocks": [asdict(block) for block in read.blocks],
    }
    # mtime 0: the same reading gives the same bytes
    with gzip.GzipFile(folder / "reading.json.gz", "wb", compresslevel=5, mtime=0) as file:
        file.write(json.dumps(raw, ensure_ascii=False).encode())
    boxes = {str(row): _whole(page.boxes) for row, page in enumerate(read.pages) if page.boxes is not None}
    if boxes:
        np.savez_compressed(folder / "boxes.npz", **boxes)  # type: ignore[arg-type]


def load_reading(folder: Path, with_boxes: bool = True) -> ReadDocument:
    """Read a folder of the store. Without boxes every page's `boxes` is None, which is much quicker."""
    raw = json.loads(gzip.decompress((folder / "reading.json.gz").read_bytes()))
    boxes = _load_boxes(folder) if with_boxes else {}
    return ReadDocument(
        pages=tuple(Page(**page, boxes=boxes.get(str(row))) for row, page in enumerate(raw["pages"])),
        blocks=tuple(
            Block(BlockKind(b["kind"]), b["text"], tuple(Span(**span) for span in b["spans"]), b["level"])
            for b in raw["blocks"]
        ),
        report=report_from_dict(raw["report"]),
        title=raw["title"],
        published=raw["published"],
        updated=raw["updated"],
    )


def _page_to_dict(page: Page) -> dict[str, object]:
    return {
        "number": page.number,
        "text": page.text,
        "label": page.label,
        "width": page.width,
        "height": page.height,
        "ocr_confidence": page.ocr_confidence,
    }


def _whole(boxes: NDArray[np.float32]) -> NDArray[np.int32]:
    steps = np.nan_to_num(boxes.astype(np.float64) * BOX_STEPS_PER_POINT, nan=_NO_BOX)
    return np.clip(np.rint(steps), _NO_BOX, np.iinfo(np.int32).max).astype(np.int32)


def _load_boxes(folder: Path) -> dict[str, NDArray[np.float32]]:
    path = folder / "boxes.npz"
    if not path.exists():
        return {}
    with np.load(path, allow_pickle=False) as stored:
        return {
            name: np.where(whole == _NO_BOX, np.nan, whole / BOX_STEPS_PER_POINT).astype(np.float32)
            for name, whole in stored.items()
        }


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

    def begin(self, source: Path) -> tuple[Path, Path]:
        """Start a reading: a temporary folder and the copy of `source` in it. Raises OSError."""
        folder = self.directory / f"{_TEMPORARY}{uuid4().hex}"
        copy = folder / "original" / source.name
        copy.parent.mkdir(parents=True)
        shutil.copyfile(source, copy)
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

    def discard(self, folder: Path) -> None:
        """Remove a reading that did not succeed."""
        shutil.rmtree(folder)


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
