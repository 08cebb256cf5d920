"""Reads the files that are attached to a PDF: their text follows the document's own, under a heading with their name.

The text of attachments has no page of the PDF: it stands on a page without a number, as that of a web page does.
Attachments of attachments are named and not read.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePath

from ingest.documents import Block, BlockKind, Page, ReadDocument, Span
from ingest.errors import UnreadableDocument

_MOST = 20
_MOST_BYTES = 20_000_000


def with_attachments(document: ReadDocument, read_one: Callable[[Path], ReadDocument]) -> ReadDocument:
    """The document with the text of its attachments, and what is told of each; `read_one` reads a file."""
    text, told = "", []
    blocks: list[Block] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, content) in enumerate(document.attachments):
            if number >= _MOST or len(content) > _MOST_BYTES:
                told.append(f"Bilagan {name} lästes inte: filen är för stor eller bilagorna för många.")
                continue
            try:
                read = _read(Path(folder), name, content, read_one)
            except UnreadableDocument as error:
                told.append(f"Bilagan {name} lästes inte: {error.message}")
                continue
            blocks.append(Block(BlockKind.HEADING, f"Bilaga: {name}", (), 1))
            text, own = _appended(text, read)
            blocks += own
            told.append(f"Bilagan {name} lästes som ett eget avsnitt.")
            told += [f"Bilagan {one} i {name} lästes inte." for one, _ in read.attachments]
    if not told:
        return document
    report = replace(document.report, warnings=(*document.report.warnings, *told))
    pages = (*document.pages, Page(None, text)) if text else document.pages
    return replace(document, pages=pages, blocks=(*document.blocks, *blocks), report=report, attachments=())


def _read(folder: Path, name: str, content: bytes, read_one: Callable[[Path], ReadDocument]) -> ReadDocument:
    file = folder / (PurePath(name.replace("\\", "/")).name or "bilaga")
    file.write_bytes(content)
    return read_one(file)


def _appended(text: str, read: ReadDocument) -> tuple[str, list[Block]]:
    """The text with an attachment's pages after it, and the attachment's blocks, which stand in it now."""
    starts: dict[int | None, int] = {}
    for page in read.pages:
        text += "\n" if text else ""
        starts[page.number] = len(text)
        text += page.text
    blocks = []
    for block in read.blocks:
        spans = tuple(
            Span(None, starts[one.page] + one.start, starts[one.page] + one.end, one.offset) for one in block.spans
        )
        level = min(block.level + 1, 6) if block.kind is BlockKind.HEADING else 0
        blocks.append(replace(block, spans=spans, level=level))
    return text, blocks
