"""The documents tab: what is read and what could not be, how documents are added and described, how they were read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from assistant.catalogue import Catalogue
from ingest.documents import Block, BlockKind, Document, ReadDocument, ReadingReport
from ingest.indexing.building import Progress, Step
from ingest.read import READABLE_SUFFIXES
from ui.index_jobs import JobState
from ui.markup import count_text, render
from ui.sources import PageImage, page_figure

if TYPE_CHECKING:
    from ingest.store.passage_index import PassageIndex
    from ingest.store.records import DocumentRecord

_SHOWN = ("title", "kind", "published", "valid", "size", "remarks", "choices")
"""What the page shows of each."""
_KINDS = ("strategy", "follow_up", "programme", "plan", "policy", "decision", "report", "web")
"""Kinds that have names in the catalogue and are offered in the form."""
_FIELDS = ("title", "year", "kind", "valid_from", "valid_to")
_LABELS = {
    BlockKind.HEADING: "heading_kind",
    BlockKind.TABLE: "table",
    BlockKind.CAPTION: "caption",
    BlockKind.FOOTNOTE: "footnote",
    BlockKind.CONTENTS: "contents",
    BlockKind.FURNITURE: "furniture",
}
_LEFT_OUT = (BlockKind.CONTENTS, BlockKind.FURNITURE)


def documents_html(
    index: PassageIndex, original: Callable[[Document], str | None], catalogue: Catalogue, managed: bool = False
) -> str:
    """A table of all documents, newest first, those that could not be read last.

    `original` gives a document's address; with `managed` each can be changed and removed.
    """
    if not index.records:
        return f"<p>{catalogue.text('ui.documents.nothing')}</p>"
    records = sorted(index.records, key=lambda one: (not one.passages, -(one.document.year or 0)))
    titles = {record.document.id: record.document.title for record in records}
    rows = [{**_cells(record, titles, managed, catalogue), "original": original(record.document)} for record in records]
    counts = {
        "count": str(len(records)),
        "read": str(sum(record.status == "read" for record in records)),
        "passages": str(sum(record.passages for record in records)),
    }
    shown = [column for column in _SHOWN if any(row[column] for row in rows)]
    return render("documents", catalogue, {"rows": rows, "shown": shown, "counts": counts})


def document_name(document: Document) -> str:
    """The title with its year, as lists of documents show it."""
    return document.title if document.year is None else f"{document.title} ({document.year})"


def kind_name(kind: str | None, catalogue: Catalogue) -> str:
    """What people call a kind of document; a kind without a name in the catalogue is called what it is."""
    key = f"ui.kind.{kind}"
    return catalogue.text(key) if catalogue.has(key) else kind or ""


def page_remarks(report: ReadingReport, catalogue: Catalogue) -> list[str]:
    """Sentences on pages that were read from their image or hold no text."""
    pages = {"ocr_pages": report.pages_by_ocr, "textless_pages": report.pages_without_text}
    return [
        catalogue.text(f"ui.documents.{key}", {"pages": ", ".join(map(str, some))})
        for key, some in pages.items()
        if some
    ]


def _remarks(record: DocumentRecord, titles: Mapping[str, str], catalogue: Catalogue) -> list[str]:
    remarks = [*([record.reason] if record.reason else []), *page_remarks(record.report, catalogue)]
    if earlier := record.document.supersedes:
        remarks.append(catalogue.text("ui.documents.supersedes", {"title": titles.get(earlier, earlier)}))
    return [*remarks, *record.report.warnings]


def _validity(document: Document, catalogue: Catalogue) -> str:
    values = {"start": document.valid_from or "", "end": document.valid_to or ""}
    return catalogue.text("ui.documents.valid_range", values) if any(values.values()) else ""


def _cells(record: DocumentRecord, titles: Mapping[str, str], managed: bool, catalogue: Catalogue) -> dict[str, object]:
    """The cells of `_SHOWN`, and what the buttons of a row need."""
    document, readable = record.document, bool(record.reading)
    remarks = [] if record.status == "read" else [catalogue.text(f"ui.documents.status_{record.status}") + "."]
    sizes = {"pages_count": document.page_count, "passages_count": record.passages}
    offered = {"read": readable, "change": readable and managed, "remove": managed}
    return {
        "id": document.id,
        "title": document.title,
        "kind": kind_name(document.kind, catalogue),
        "published": str(document.year or (record.published or "")[:4]),
        "valid": _validity(document, catalogue),
        "size": ", ".join(count_text(f"ui.documents.{key}", count, catalogue) for key, count in sizes.items() if count),
        "remarks": " ".join((*remarks, *_remarks(record, titles, catalogue))),
        "choices": [name for name, there in offered.items() if there],
        "said": {name.replace("_", "-"): str(getattr(document, name) or "") for name in _FIELDS},
    }


def manage_html(catalogue: Catalogue, base: str) -> str:
    """Where files are dropped or chosen and an address is typed. `base` leads to the root of the service."""
    kinds = {kind: kind_name(kind, catalogue) for kind in _KINDS}
    return render("manage", catalogue, {"base": base, "suffixes": sorted(READABLE_SUFFIXES), "kinds": kinds})


def job_status(state: JobState, catalogue: Catalogue) -> str:
    """One sentence on how the newest job stands; it changes only when the job begins, changes step and ends."""
    if state.kind is None:
        return ""
    if state.running:
        step = state.progress.step if state.progress else Step.READING
        return catalogue.text(f"ui.manage.{step}" if state.kind == "add" else f"ui.manage.{state.kind}_running")
    if state.reason is not None:
        return state.reason
    if state.kind != "add":
        return catalogue.text(f"ui.manage.{state.kind}_done")
    read = sum(one.passages > 0 for one in state.files)
    return catalogue.text("ui.manage.done", {"read": str(read), "count": str(len(state.files))})


def job_html(state: JobState, catalogue: Catalogue) -> str:
    """How far the job has come, or what became of each file."""
    now = state.progress
    line = (_progress_line(now, catalogue) if now else "") if state.running else None
    share = now.done / now.total if now and now.total else 0.0
    files = state.files if state.kind == "add" else ()
    return render("job", catalogue, {"line": line, "share": share, "files": files})


def _progress_line(now: Progress, catalogue: Catalogue) -> str:
    values = {
        "number": str(min(int(now.done) + 1, now.total)),
        "count": str(now.total),
        "document": now.name,
        "pages": str(now.pages),
        "passages": str(now.passages),
    }
    return catalogue.text(f"ui.manage.{'reading' if now.step is Step.READING else 'embedding'}_line", values)


def reading_html(
    title: str, read: ReadDocument, page: int | None, image: PageImage | None, catalogue: Catalogue
) -> str:
    """The page's text with its structure named, and its image where there is one. `page` is None for a web page."""
    report = read.report
    counts = {"headings": report.headings, "repaired": report.repaired_words, "furniture": report.furniture_removed}
    line = catalogue.text("ui.reading.report_line", {name: str(count) for name, count in counts.items()})
    values = {
        "blocks": list(_blocks(read, page, catalogue)),
        "image": page_figure(image, title, "", catalogue) if image else None,
        "is_web": page is None,
        "report": [line, *page_remarks(report, catalogue), *report.warnings],
    }
    return render("reading", catalogue, values)


def _blocks(read: ReadDocument, page: int | None, catalogue: Catalogue) -> Iterator[tuple[str, str, bool, bool]]:
    """Each block on the page: what it is called where it is no plain paragraph, text, whether a heading, left out."""
    for block in read.blocks:
        if text := text_on_page(block, page):
            key = _LABELS.get(block.kind)
            label = catalogue.text(f"ui.reading.{key}", {"level": str(block.level)}) if key else ""
            yield label, text, block.kind is BlockKind.HEADING, block.kind in _LEFT_OUT


def text_on_page(block: Block, page: int | None) -> str:
    """The part of the block that stands on `page`; the whole of a block left out of the text, whose span is empty."""
    parts = [span for span in block.spans if span.page == page]
    if any(span.start == span.end for span in parts):
        return block.text
    return "\n".join(block.text[span.offset : span.offset + span.end - span.start] for span in parts)
