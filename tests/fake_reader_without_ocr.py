"""A reader for tests that finds every file to be a scan."""

from __future__ import annotations

from pathlib import Path

from ingest.documents import ReadDocument, ReadOptions
from ingest.errors import NoTextLayer


def read(path: Path, options: ReadOptions) -> ReadDocument:
    raise NoTextLayer(f"{path.name} är skannad och kan inte läsas.")
