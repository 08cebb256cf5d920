"""The documents tab: what is read, what could not be read and why. Builds HTML and CSV from the index's records."""

from __future__ import annotations

import html
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.catalogue import Catalogue
from ingest.documents import Document
from ingest.facts.types import BODIES
from ui.conversation import count_text
from ui.export import csv_text, download_button

if TYPE_CHECKING:
    from ingest.store.passage_index import PassageIndex
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
_SHOWN = ("title", "kind", "published", "valid", "size", "facts", "remarks", "choices")
KINDS = ("strategy", "follow_up", "programme", "plan", "policy", "decision", "report", "web")
"""Kinds that have names in the catalogue and are offered in the form."""


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """A document with what the index holds of it: `original` is its address, `facts` says what was found in it."""

    record: DocumentRecord
    original: str | None = None
    facts: str = ""


def shown_documents(
    index: PassageIndex, original: Callable[[Document], str | None], catalogue: Catalogue
) -> tuple[ShownDocument, ...]:
    """All documents of the index, newest first, those that could not be read last."""
    found = _facts_found(index)
    shown = [
        ShownDocument(record, original(record.document), _facts_text(found[record.document.id], catalogue))
        for record in index.records
    ]
    return tuple(sorted(shown, key=lambda one: (not one.record.passages, -(one.record.document.year or 0))))


def documents_html(documents: Sequence[ShownDocument], catalogue: Catalogue, managed: bool = False) -> str:
    """A table of all documents, and a button that saves it as CSV; with `managed` each can be changed and removed."""
    if not documents:
        return f"<p>{html.escape(catalogue.text('ui.documents.nothing'))}</p>"
    records = [one.record for one in documents]
    titles = {record.document.id: record.document.title for record in records}
    rows = [_shown_row(one, titles, managed, catalogue) for one in documents]
    shown = [at for at in range(len(_SHOWN)) if any(row[at] for row in rows)]
    head = "".join(f'<th scope="col">{html.escape(_heading(_SHOWN[at], catalogue))}</th>' for at in shown)
    body = "".join(f"<tr>{''.join(_cell(row[at], _SHOWN[at], catalogue) for at in shown)}</tr>" for row in rows)
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


def kind_name(kind: str | None, catalogue: Catalogue) -> str:
    """What people call a kind of document; a kind without a name in the catalogue is called what it is."""
    key = f"ui.kind.{kind}"
    return catalogue.text(key) if catalogue.has(key) else kind or ""


def holds(document: Document, day: str) -> bool:
    """Whether the document is valid on the ISO date; one that says nothing of it is."""
    start, end = document.valid_from or "", document.valid_to or "9999"
    return start <= day[: len(start)] and day[: len(end)] <= end


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
        kind_name(document.kind, catalogue),
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
    return [*remarks, *report.warnings]


def _numbers(pages: Sequence[int]) -> str:
    return ", ".join(str(page) for page in pages)


def _validity(document: Document, catalogue: Catalogue) -> str:
    if document.valid_from is None and document.valid_to is None:
        return ""
    values = {"start": document.valid_from or "", "end": document.valid_to or ""}
    return catalogue.text("ui.documents.valid_range", values)


def _shown_row(one: ShownDocument, titles: Mapping[str, str], managed: bool, catalogue: Catalogue) -> list[str]:
    """The cells of `_SHOWN` as HTML."""
    record, document = one.record, one.record.document
    remarks = [] if record.status == "read" else [catalogue.text(f"ui.documents.status_{record.status}") + "."]
    size = [count_text("ui.documents.pages_count", document.page_count, catalogue)] if document.page_count else []
    size += [count_text("ui.documents.passages_count", record.passages, catalogue)] if record.passages else []
    year = str(document.year or (record.published or "")[:4])
    plain = [kind_name(document.kind, catalogue), year, _validity(document, catalogue), ", ".join(size), one.facts]
    plain.append(" ".join((*remarks, *_remarks(record, titles, catalogue))))
    return [
        _titled(one, catalogue),
        *map(html.escape, plain),
        _choices(document, managed, bool(record.reading), catalogue),
    ]


def _titled(one: ShownDocument, catalogue: Catalogue) -> str:
    title = html.escape(one.record.document.title)
    if one.original is None:
        return title
    label = html.escape(catalogue.text("ui.panel.new_window"))
    return (
        f'<a href="{html.escape(one.original)}" target="_blank" rel="noopener noreferrer">{title}'
        f'<span class="rus-hidden"> {label}</span></a>'
    )


def _choices(document: Document, managed: bool, readable: bool, catalogue: Catalogue) -> str:
    """Buttons that open the reading view, the form and the question whether to remove the document."""
    names = [
        name for name, there in (("read", readable), ("change", readable and managed), ("remove", managed)) if there
    ]
    said = {name: str(getattr(document, name) or "") for name in ("title", "year", "kind", "valid_from", "valid_to")}
    data = "".join(f' data-{name.replace("_", "-")}="{html.escape(value)}"' for name, value in said.items())
    buttons = (
        f'<button type="button" class="rus-button" data-document="{html.escape(document.id)}" data-do="{name}"{data}>'
        f"{html.escape(catalogue.text(f'ui.documents.{name}'))}"
        f'<span class="rus-hidden"> {html.escape(document.title)}</span></button>'
        for name in names
    )
    return "".join(buttons)


def _cell(cell: str, name: str, catalogue: Catalogue) -> str:
    if name == "title":
        return f'<th scope="row">{cell}</th>'
    return f'<td data-label="{html.escape(_heading(name, catalogue))}">{cell}</td>'


def _facts_found(index: PassageIndex) -> Mapping[str, Counter[str]]:
    """By document: how many goals, efforts and so on are introduced there."""
    facts, of = index.facts, {passage.id: passage.document_id for passage in index.passages}
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    efforts = [entity for entity in facts.entities if entity.kind not in BODIES]
    for kind, entities in (
        ("initiatives", efforts),
        ("challenges", facts.challenges),
        ("focus_areas", facts.focus_areas),
    ):
        for entity in entities:
            found[of.get(entity.mentions[entity.introduced].passage_id, "")][kind] += 1
    for goal in facts.goals:
        found[of.get(goal.proof.passage_id, "")]["goals"] += 1
    return found


def _facts_text(found: Mapping[str, int], catalogue: Catalogue) -> str:
    return ", ".join(count_text(f"ui.documents.found_{kind}", count, catalogue) for kind, count in found.items())


def _heading(name: str, catalogue: Catalogue) -> str:
    return catalogue.text(f"ui.documents.{name}")
