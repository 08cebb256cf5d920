"""The reading view: one page's image beside what was read from it, block by block."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import gradio as gr

from assistant.catalogue import Catalogue
from ingest.documents import Block, BlockKind, ReadDocument, ReadingReport
from ingest.plain import BULLETS
from ui.documents_tab import document_name, page_remarks
from ui.markup import render
from ui.sources import PageImage, Pages, page_figure

_LABELS = {
    BlockKind.HEADING: "ui.reading.heading_kind",
    BlockKind.TABLE: "ui.reading.table",
    BlockKind.CAPTION: "ui.reading.caption",
    BlockKind.FOOTNOTE: "ui.reading.footnote",
    BlockKind.CONTENTS: "ui.reading.contents",
    BlockKind.FURNITURE: "ui.reading.furniture",
}
_BULLET = re.compile(rf"^\s*[{BULLETS}–-]\s+")
_LEFT_OUT = (BlockKind.CONTENTS, BlockKind.FURNITURE)


@dataclass(frozen=True, slots=True)
class _Part:
    """A block as it is shown, or a run of list items; `label` names what is no plain paragraph."""

    text: str = ""
    items: tuple[str, ...] = ()
    label: str = ""
    is_heading: bool = False
    is_left_out: bool = False


def reading_html(
    title: str, read: ReadDocument, page: int | None, image: PageImage | None, catalogue: Catalogue
) -> str:
    """The page's text with its structure named, and its image where there is one. `page` is None for a web page."""
    values = {
        "parts": list(_parts(read, page, catalogue)),
        "image": page_figure(image, title, "", catalogue) if image else None,
        "is_web": page is None,
        "report": _report(read.report, catalogue),
    }
    return render("reading", catalogue, values)


def _parts(read: ReadDocument, page: int | None, catalogue: Catalogue) -> Iterator[_Part]:
    blocks = [(block.kind, block.level, text) for block in read.blocks if (text := text_on_page(block, page))]
    for kind, group in groupby(blocks, key=lambda block: block[0]):
        if kind is BlockKind.LIST_ITEM:
            yield _Part(items=tuple(_BULLET.sub("", text) for _, _, text in group))
            continue
        for _, level, text in group:
            label = catalogue.text(_LABELS[kind], {"level": str(level)}) if kind in _LABELS else ""
            yield _Part(text, (), label, kind is BlockKind.HEADING, kind in _LEFT_OUT)


def text_on_page(block: Block, page: int | None) -> str:
    """The part of the block that stands on `page`; the whole of a block left out of the text, whose span is empty."""
    parts = [span for span in block.spans if span.page == page]
    if any(span.start == span.end for span in parts):
        return block.text
    return "\n".join(block.text[span.offset : span.offset + span.end - span.start] for span in parts)


def _report(report: ReadingReport, catalogue: Catalogue) -> list[str]:
    values = {
        "headings": str(report.headings),
        "repaired": str(report.repaired_words),
        "furniture": str(report.furniture_removed),
    }
    return [catalogue.text("ui.reading.report_line", values), *page_remarks(report, catalogue), *report.warnings]


@dataclass(frozen=True, slots=True)
class ReadingEvents:
    """What happens on each action in the tab."""

    catalogue: Catalogue
    pages: Pages

    def choices(self) -> Any:
        """The documents that can be looked at."""
        documents = self.pages.assistant.index.documents
        first = documents[0].id if documents else None
        return gr.Dropdown(choices=[(document_name(document), document.id) for document in documents], value=first)

    def chosen(self, event: gr.EventData) -> Any:
        """A document is to be read, as the list of documents asks."""
        return gr.Dropdown(value=str(event.id))

    def shown(self, document_id: str | None, page: float | None) -> tuple[Any, str, str]:
        """The page number held within the document, where that is, and the page as read."""
        index, text = self.pages.assistant.index, self.catalogue.text
        record = index.record(document_id) if document_id else None
        if record is None or record.reading is None:
            key = "ui.reading.unavailable" if document_id else "ui.documents.nothing"
            return gr.Number(visible=False), "", f"<p>{text(key)}</p>"
        document, read = record.document, index.reading(record.document.id)
        numbers = [page.number for page in read.pages if page.number is not None]
        if not numbers:  # a web page
            return gr.Number(visible=False), "", reading_html(document.title, read, None, None, self.catalogue)
        number = nearest(numbers, page)
        position = text("ui.reading.position", {"page": str(number), "count": str(len(numbers))})
        image = self.pages.framed(document.id, number)
        view = reading_html(document.title, read, number, image, self.catalogue)
        return gr.Number(value=number, visible=True), f'<p role="status">{position}</p>', view


def nearest(numbers: Sequence[int], wanted: float | None) -> int:
    """The page of `numbers` nearest to the one wanted, the first where none is."""
    return numbers[0] if wanted is None else min(numbers, key=lambda number: abs(number - wanted))


def reading_tab(events: ReadingEvents) -> gr.Dropdown:
    """Build the tab's content; returns the choice of document, whose choices are filled when the page is opened."""
    text = events.catalogue.text
    with gr.Row(elem_id="rus-reading-choice"):
        document = gr.Dropdown(
            label=text("ui.reading.document"), choices=[], filterable=False, scale=4, elem_id="rus-reading-document"
        )
        page = gr.Number(
            label=text("ui.reading.page"), value=1, minimum=1, precision=0, scale=1, elem_id="rus-reading-page"
        )
        back = gr.Button(text("ui.reading.previous"), scale=1, elem_classes="rus-step")
        forward = gr.Button(text("ui.reading.next"), scale=1, elem_classes="rus-step")
    outputs = [page, gr.HTML(apply_default_css=False), gr.HTML(elem_id="rus-reading", apply_default_css=False)]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    document.change(lambda chosen: events.shown(chosen, 1), document, outputs, **quiet)
    for turned in (page.submit, page.blur):
        turned(events.shown, [document, page], outputs, **quiet)
    back.click(lambda chosen, at: events.shown(chosen, (at or 1) - 1), [document, page], outputs, **quiet)
    forward.click(lambda chosen, at: events.shown(chosen, (at or 1) + 1), [document, page], outputs, **quiet)
    return document
