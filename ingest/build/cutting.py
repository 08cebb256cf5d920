"""What becomes of a reading in the child process: its passages, and what the document says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ingest.build.stated import Stated, stated
from ingest.documents import Document, Passage, ReadingReport
from ingest.passages import cut
from ingest.store.readings import load_reading


@dataclass(frozen=True, slots=True)
class CutDocument:
    """The passages of one reading, under the title that the document goes by. Dates are ISO dates."""

    title: str
    passages: tuple[Passage, ...]
    stated: Stated
    report: ReadingReport
    page_count: int | None
    published: str | None
    updated: str | None


def cut_reading(folder: Path, document_id: str, title: str | None, otherwise: str) -> CutDocument:
    """Cut what was read into `folder`. `title` None takes the document's own, or `otherwise` where it has none."""
    read = load_reading(folder, with_boxes=False)
    named = title or read.title or otherwise
    passages = cut(Document(document_id, named, "", ""), read)
    return CutDocument(
        title=named,
        passages=passages,
        stated=stated(named, passages),
        report=read.report,
        page_count=len(read.pages) if any(page.number is not None for page in read.pages) else None,
        published=read.published,
        updated=read.updated,
    )
