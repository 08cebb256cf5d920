"""A reader for tests, run in the real child process: plain text in, and misbehaviour on demand.

Paragraphs are parted by empty lines, pages by form feeds; a line that begins with "# " is a heading.
"""

from __future__ import annotations

import os
import signal
import tempfile
import time
from pathlib import Path

import numpy as np

from ingest.documents import Block, BlockKind, Page, ReadDocument, ReadingReport, ReadOptions, Span
from ingest.errors import NoTextLayer


def read(path: Path, options: ReadOptions) -> ReadDocument:
    text = path.read_text(encoding="utf-8")
    misbehave(text, path)
    pages, blocks = [], []
    parts = text.strip().split("\f")
    for number, page_text in enumerate(parts, start=1):
        kept = page_text.strip()
        boxes = np.arange(len(kept) * 4, dtype=np.float32).reshape(-1, 4) / 3
        boxes[:1] = np.nan
        pages.append(Page(number, kept, label=f"s. {number}", width=595.0, height=842.0, boxes=boxes))
        start = 0
        for part in kept.split("\n\n"):
            kind = BlockKind.HEADING if part.startswith("# ") else BlockKind.PARAGRAPH
            span = Span(number, start, start + len(part))
            blocks.append(Block(kind, part.removeprefix("# "), (span,), level=1 if kind is BlockKind.HEADING else 0))
            start += len(part) + 2
    report = ReadingReport(pages=len(pages), headings=sum(block.level for block in blocks))
    return ReadDocument(tuple(pages), tuple(blocks), report, title=None, published="2021-05-04")


def misbehave(text: str, path: Path) -> None:
    if text.startswith("CRASH"):
        os.kill(os.getpid(), signal.SIGSEGV)
    if text.startswith("KILLED"):
        os.kill(os.getpid(), signal.SIGKILL)
    if text.startswith("LITTER"):
        tempfile.mkdtemp()
    if text.startswith(("HANG", "LITTER")):
        time.sleep(600)
    if text.startswith("BOMB"):
        np.ones(1 << 34, dtype=np.uint8)
    if text.startswith("BUG"):
        raise KeyError("/Root")
    if text.startswith("PRINT"):
        print("a library that talks", flush=True)  # noqa: T201 - that is what is tested
    if text.startswith("SCAN"):
        raise NoTextLayer(f"{path.name} är skannad och kan inte läsas.")
