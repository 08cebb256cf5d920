"""The documents tab: what is read and what could not be, how documents are added and described, how that goes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from assistant.catalogue import Catalogue
from ingest.documents import Document, ReadingReport
from ingest.indexing.building import Step
from ingest.read import READABLE_SUFFIXES
from ui.export import csv_text
from ui.index_jobs import JobState
from ui.markup import count_text, render

if TYPE_CHECKING:
    from ingest.store.passage_index import PassageIndex
    from ingest.store.records import DocumentRecord

_SHOWN = ("title", "kind", "published", "valid", "size", "facts", "remarks", "choices")
"""What the page shows of each."""
_KINDS = ("strategy", "follow_up", "programme", "plan", "policy", "decision", "report", "web")
"""Kinds that have names in the catalogue and are offered in the form."""
_FIELDS = ("title", "year", "kind", "valid_from", "valid_to")


def documents_html(
    index: PassageIndex, original: Callable[[Document], str | None], catalogue: Catalogue, managed: bool = False
) -> str:
    """A table of all documents, newest first, those that could not be read last, and a button that saves it as CSV.

    `original` gives a document's address; with `managed` each can be changed and removed.
    """
    if not index.records:
        return f"<p>{catalogue.text('ui.documents.nothing')}</p>"
    records = sorted(index.records, key=lambda one: (not one.passages, -(one.document.year or 0)))
    titles = {record.document.id: record.document.title for record in records}
    found = _facts_found(index)
    rows = []
    for record in records:
        facts = found[record.document.id].items()
        told = ", ".join(count_text(f"ui.documents.found_{kind}", count, catalogue) for kind, count in facts)
        cells = _cells(record, titles, managed, catalogue)
        rows.append({**cells, "original": original(record.document), "facts": told})
    counts = {
        "count": str(len(records)),
        "read": str(sum(record.status == "read" for record in records)),
        "passages": str(sum(record.passages for record in records)),
    }
    shown = [column for column in _SHOWN if any(row[column] for row in rows)]
    values = {"rows": rows, "shown": shown, "counts": counts, "csv": documents_csv(records, catalogue)}
    return render("documents", catalogue, values)


def documents_csv(records: Sequence[DocumentRecord], catalogue: Catalogue) -> str:
    """The same table with more columns as CSV."""
    titles = {record.document.id: record.document.title for record in records}
    rows = [
        {
            "title": record.document.title,
            "status": catalogue.text(f"ui.documents.status_{record.status}"),
            "pages": str(record.document.page_count or ""),
            "passages": str(record.passages),
            "published": record.published or str(record.document.year or ""),
            "updated": record.updated or "",
            "valid": _validity(record.document, catalogue),
            "publisher": record.document.publisher or "",
            "kind": kind_name(record.document.kind, catalogue),
            "reason": " ".join(_remarks(record, titles, catalogue)),
            "address": record.document.url or "",
            "read_at": (record.read_at or "")[:10],
        }
        for record in records
    ]
    head = [catalogue.text(f"ui.documents.{name}") for name in rows[0]]
    return csv_text([head, *(list(row.values()) for row in rows)])


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


def _facts_found(index: PassageIndex) -> Mapping[str, Counter[str]]:
    """By document: how many goals, efforts and so on are introduced there."""
    facts, of = index.facts, {passage.id: passage.document_id for passage in index.passages}
    named = {"initiatives": facts.efforts, "challenges": facts.challenges, "focus_areas": facts.focus_areas}
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for kind, entities in named.items():
        for entity in entities:
            found[of.get(entity.mentions[entity.introduced].passage_id, "")][kind] += 1
    for goal in facts.goals:
        found[of.get(goal.proof.passage_id, "")]["goals"] += 1
    return found


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
    line = _progress_line(state, catalogue) if state.running else None
    share = now.done / now.total if now and now.total else 0.0
    files = state.files if state.kind == "add" else ()
    return render("job", catalogue, {"line": line, "share": share, "files": files})


def _progress_line(state: JobState, catalogue: Catalogue) -> str:
    now = state.progress
    if now is None:
        return ""
    values = {
        "number": str(min(int(now.done) + 1, now.total)),
        "count": str(now.total),
        "document": now.name,
        "pages": str(now.pages),
        "passages": str(now.passages),
        "seconds": f"{state.seconds:.0f}",
    }
    line = catalogue.text(f"ui.manage.{'reading' if now.step is Step.READING else 'embedding'}_line", values)
    if state.seconds_left is not None:
        line += catalogue.text("ui.manage.left", {"seconds": f"{state.seconds_left:.0f}"})
    return line
