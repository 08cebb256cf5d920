"""The documents tab: what is read, what could not be read and why. Builds HTML and CSV from the index's records."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from assistant.catalogue import Catalogue
from ingest.documents import Document
from ui.export import csv_text, download_button

if TYPE_CHECKING:
    from ingest.store.records import DocumentRecord

_COLUMNS = (
    "title",
    "status",
    "pages",
    "passages",
    "published",
    "updated",
    "valid",
    "publisher",
    "kind",
    "reason",
    "address",
    "read_at",
)


def documents_html(records: Sequence[DocumentRecord], catalogue: Catalogue) -> str:
    """A table of all documents with status, reason, pages, passages and dates, and a button that saves it as CSV."""
    if not records:
        return f"<p>{html.escape(catalogue.text('ui.ask.no_documents'))}</p>"
    rows = _rows(records, catalogue)
    shown = [index for index, name in enumerate(_COLUMNS) if name in _filled(rows)]
    head = "".join(f'<th scope="col">{html.escape(_heading(_COLUMNS[i], catalogue))}</th>' for i in shown)
    body = "".join(_table_row([row[i] for i in shown]) for row in rows)
    values = {
        "count": str(len(records)),
        "read": str(sum(record.status == "read" for record in records)),
        "passages": str(sum(record.passages for record in records)),
    }
    button = download_button(
        catalogue.text("ui.documents.download"), catalogue.text("ui.documents.file"), documents_csv(records, catalogue)
    )
    return (
        f'<div class="rus-table" tabindex="0" role="region" aria-labelledby="rus-documents-caption"><table>'
        f'<caption id="rus-documents-caption">{html.escape(catalogue.text("ui.documents.caption", values))}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div><p>{button}</p>"
    )


def documents_csv(records: Sequence[DocumentRecord], catalogue: Catalogue) -> str:
    """The same table, every column, as CSV."""
    head = [_heading(name, catalogue) for name in _COLUMNS]
    return csv_text([head, *_rows(records, catalogue)])


def document_name(document: Document) -> str:
    """The title with its year, as lists of documents show it."""
    return document.title if document.year is None else f"{document.title} ({document.year})"


def _rows(records: Sequence[DocumentRecord], catalogue: Catalogue) -> list[list[str]]:
    titles = {record.document.id: record.document.title for record in records}
    return [_row(record, titles, catalogue) for record in records]


def _row(record: DocumentRecord, titles: Mapping[str, str], catalogue: Catalogue) -> list[str]:
    document = record.document
    return [
        document.title,
        catalogue.text(f"ui.documents.status_{record.status}"),
        str(document.page_count or ""),
        str(record.passages),
        record.published or str(document.year or ""),
        record.updated or "",
        _validity(document, catalogue),
        document.publisher or "",
        document.kind or "",
        " ".join(_remarks(record, titles, catalogue)),
        document.url or "",
        (record.read_at or "")[:10],
    ]


def _remarks(record: DocumentRecord, titles: Mapping[str, str], catalogue: Catalogue) -> list[str]:
    report, remarks = record.report, [record.reason] if record.reason else []
    if report.pages_by_ocr:
        remarks.append(catalogue.text("ui.documents.ocr_pages", {"pages": _numbers(report.pages_by_ocr)}))
    if report.pages_without_text:
        remarks.append(catalogue.text("ui.documents.textless_pages", {"pages": _numbers(report.pages_without_text)}))
    if record.document.supersedes:
        title = titles.get(record.document.supersedes, record.document.supersedes)
        remarks.append(catalogue.text("ui.documents.supersedes", {"title": title}))
    for other in record.near_duplicates:
        remarks.append(catalogue.text("ui.documents.near_duplicate", {"title": titles.get(other, other)}))
    return [*remarks, *report.warnings]


def _numbers(pages: Sequence[int]) -> str:
    return ", ".join(str(page) for page in pages)


def _validity(document: Document, catalogue: Catalogue) -> str:
    if document.valid_from is None and document.valid_to is None:
        return ""
    values = {"start": document.valid_from or "", "end": document.valid_to or ""}
    return catalogue.text("ui.documents.valid_range", values)


def _filled(rows: Sequence[Sequence[str]]) -> set[str]:
    return {name for index, name in enumerate(_COLUMNS) if any(row[index] for row in rows)}


def _heading(name: str, catalogue: Catalogue) -> str:
    return catalogue.text(f"ui.documents.{name}")


def _table_row(cells: Sequence[str]) -> str:
    first, *rest = cells
    body = "".join(f"<td>{html.escape(cell)}</td>" for cell in rest)
    return f'<tr><th scope="row">{html.escape(first)}</th>{body}</tr>'
