"""The evidence of an answer as a PDF: the cited pages of the originals, with the quotes highlighted."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date

from assistant.answers import Answer, Citation
from assistant.catalogue import Catalogue
from ingest.pdf.evidence_pdf import EvidenceHead, EvidencePage, MarkedQuote, write_evidence
from ingest.store.passage_index import PassageIndex

_AROUND = 1_500
"""Characters of a web page that are shown before and after its quotes."""


def evidence_pdf(
    answer: Answer, index: PassageIndex, catalogue: Catalogue, made: date, password: str | None = None
) -> bytes:
    """A first page with question, answer, documents and date, then each cited page once, in the order of the marks.

    `password` opens originals that are protected. A page that cannot be had is a page of text with its quotes.
    """
    pages: dict[tuple[str, int | None], list[Citation]] = {}
    for citation in answer.citations:
        numbers: list[int | None] = [*sorted({box[0] for box in citation.boxes})]
        for number in numbers or [citation.page]:
            pages.setdefault((citation.document_id, number), []).append(citation)
    target = io.BytesIO()
    evidence = [_page(index, document, number, cited, catalogue) for (document, number), cited in pages.items()]
    write_evidence(target, _head(answer, catalogue, made), evidence, password)
    return target.getvalue()


def _head(answer: Answer, catalogue: Catalogue, made: date) -> EvidenceHead:
    places: dict[str, str] = {}
    for one in answer.citations:
        place = place_text(one.title, one.page, one.page_label, catalogue)
        places[place] = f"{places.get(place, '')}[{one.mark}]"
    values = {"date": made.isoformat(), "generator": answer.generator, "index": answer.index_id}
    return EvidenceHead(
        answer.question,
        (
            (catalogue.text("ui.export.question"), answer.question),
            (catalogue.text("ui.export.answer"), _plain(answer.text)),
            (catalogue.text("ui.export.sources"), "\n".join(f"{marks} {place}" for place, marks in places.items())),
            ("", catalogue.text("ui.export.made", values)),
        ),
    )


def _plain(markdown: str) -> str:
    """The answer without Markdown's signs; a row of a table is a line that names its columns."""
    lines: list[str] = []
    heads: list[str] = []
    for line in markdown.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] if line.startswith("|") else []
        if cells and heads:
            told = (f"{head}: {cell}" for head, cell in zip(heads[1:], cells[1:], strict=False) if cell)
            line = f"{cells[0]} – {'; '.join(told)}" if set(line) - set("|-: ") else ""
        elif cells:
            line = ""
        heads = heads or cells if cells else []
        lines.append(re.sub(r"[*_`#\\]+", "", line))
    return "\n".join(lines)


def _page(
    index: PassageIndex, document_id: str, number: int | None, cited: Sequence[Citation], catalogue: Catalogue
) -> EvidencePage:
    record = index.record(document_id)
    quotes = tuple(
        MarkedQuote(one.mark, one.quote, tuple(box[1:] for box in one.boxes if box[0] == number)) for one in cited
    )
    is_pdf = record is not None and record.document.media_type == "pdf"
    read = index.page(document_id, number)
    place = place_text(cited[0].title, number, read.label, catalogue)
    return EvidencePage(
        title=place if cited[0].url is None else f"{place} ({cited[0].url})",
        quotes=quotes,
        source=index.source(document_id) if is_pdf else None,
        page=number,
        text=_around(read.text, quotes),
    )


def _around(text: str, quotes: Sequence[MarkedQuote]) -> str:
    """The stretch of a page that holds its quotes, whole lines."""
    found = [text.find(line) for quote in quotes for line in quote.text.splitlines()[-1:]]
    known = [place for place in found if place >= 0] or [0]
    start = text.rfind("\n", 0, max(0, min(known) - _AROUND)) + 1
    end = text.find("\n", max(known) + _AROUND)
    return text[start : None if end < 0 else end]


def place_text(title: str, page: int | None, label: str | None, catalogue: Catalogue) -> str:
    """Title and page of a source."""
    return title if page is None else f"{title}, {page_text(page, label, catalogue)}"


def page_text(page: int, label: str | None, catalogue: Catalogue) -> str:
    """The page as people write it: the printed number, and the file's own where it differs."""
    values = {"page": str(page), "label": label or str(page)}
    return catalogue.text("ui.panel.page" if values["label"] == str(page) else "ui.panel.page_labelled", values)
