"""The documents tab: what is read and what could not be, how documents are added and described, how that goes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.catalogue import Catalogue
from ingest.documents import Document
from ingest.indexing.building import Step
from ingest.read import READABLE_SUFFIXES
from ui.conversation import count_text
from ui.export import csv_text
from ui.index_jobs import JobProgress, JobState
from ui.templating import render

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
        return f"<p>{catalogue.text('ui.documents.nothing')}</p>"
    records = [one.record for one in documents]
    titles = {record.document.id: record.document.title for record in records}
    rows = [_shown_row(one, titles, managed, catalogue) for one in documents]
    counts = {
        "count": str(len(records)),
        "read": str(sum(record.status == "read" for record in records)),
        "passages": str(sum(record.passages for record in records)),
    }
    shown = [column for column in _SHOWN if any(row[column] for row in rows)]
    values = {"rows": rows, "shown": shown, "counts": counts, "csv": documents_csv(records, catalogue)}
    return render("documents", catalogue, values)


def documents_csv(records: Sequence[DocumentRecord], catalogue: Catalogue) -> str:
    """The same table, every column, as CSV."""
    head = [catalogue.text(f"ui.documents.{name}") for name in _COLUMNS]
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


def _shown_row(one: ShownDocument, titles: Mapping[str, str], managed: bool, catalogue: Catalogue) -> dict[str, object]:
    """The cells of `_SHOWN`, and what the buttons of a row need."""
    record, document = one.record, one.record.document
    remarks = [] if record.status == "read" else [catalogue.text(f"ui.documents.status_{record.status}") + "."]
    size = [count_text("ui.documents.pages_count", document.page_count, catalogue)] if document.page_count else []
    size += [count_text("ui.documents.passages_count", record.passages, catalogue)] if record.passages else []
    readable = bool(record.reading)
    offered = (("read", readable), ("change", readable and managed), ("remove", managed))
    fields = ("title", "year", "kind", "valid_from", "valid_to")
    return {
        "id": document.id,
        "title": document.title,
        "original": one.original,
        "kind": kind_name(document.kind, catalogue),
        "published": str(document.year or (record.published or "")[:4]),
        "valid": _validity(document, catalogue),
        "size": ", ".join(size),
        "facts": one.facts,
        "remarks": " ".join((*remarks, *_remarks(record, titles, catalogue))),
        "choices": [name for name, there in offered if there],
        "said": {name.replace("_", "-"): str(getattr(document, name) or "") for name in fields},
    }


def _facts_found(index: PassageIndex) -> Mapping[str, Counter[str]]:
    """By document: how many goals, efforts and so on are introduced there."""
    facts, of = index.facts, {passage.id: passage.document_id for passage in index.passages}
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    efforts = facts.efforts
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


def manage_html(catalogue: Catalogue, base: str) -> str:
    """Where files are dropped or chosen and an address is typed. `base` leads to the root of the service."""
    kinds = {kind: kind_name(kind, catalogue) for kind in KINDS}
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
    line = (_progress_line(now, state.seconds, catalogue) if now else "") if state.running else None
    share = now.done / now.total if now and now.total else 0.0
    files = state.files if state.kind == "add" else ()
    return render("job", catalogue, {"line": line, "share": share, "files": files})


def _progress_line(now: JobProgress, seconds: float, catalogue: Catalogue) -> str:
    values = {
        "number": str(min(int(now.done) + 1, now.total)),
        "count": str(now.total),
        "document": now.document,
        "pages": str(now.pages),
        "passages": str(now.passages),
        "seconds": f"{seconds:.0f}",
    }
    is_reading = now.step is Step.READING
    line = catalogue.text("ui.manage.reading_line" if is_reading else "ui.manage.embedding_line", values)
    if now.seconds_left is not None:
        line += catalogue.text("ui.manage.left", {"seconds": f"{now.seconds_left:.0f}"})
    return line
