"""The reading view's tab: a choice of document and page, and the events that show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.catalogue import Catalogue
from ui.documents import document_name
from ui.pages import Pages
from ui.reading import page_numbers, reading_html

if TYPE_CHECKING:
    from assistant.assistant import Assistant


@dataclass(frozen=True, slots=True)
class ReadingEvents:
    """What happens on each action in the tab."""

    assistant: Assistant
    catalogue: Catalogue
    pages: Pages
    base: str

    def choices(self) -> Any:
        """The documents that can be looked at."""
        documents = self.assistant.index.documents
        first = documents[0].id if documents else None
        return gr.Dropdown(choices=[(document_name(document), document.id) for document in documents], value=first)

    def shown(self, document_id: str | None, page: float | None) -> tuple[Any, str, str]:
        """The page number held within the document, where that is, and the page as read."""
        index = self.assistant.index
        record = index.record(document_id) if document_id else None
        if record is None or record.reading is None:
            return gr.Number(visible=False), "", f"<p>{self.catalogue.text('ui.reading.unavailable')}</p>"
        read = index.reading(record.document.id)
        numbers = page_numbers(read)
        if not numbers:
            return gr.Number(visible=False), "", reading_html(record.document.title, read, None, None, self.catalogue)
        number = nearest(numbers, page)
        image = self.pages.framed(record.document.id, number, (), self.base)
        position = self.catalogue.text("ui.reading.position", {"page": str(number), "count": str(len(numbers))})
        text = reading_html(record.document.title, read, number, image, self.catalogue)
        return gr.Number(value=number, visible=True), f'<p role="status">{position}</p>', text


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
    position = gr.HTML(apply_default_css=False)
    view = gr.HTML(elem_id="rus-reading", apply_default_css=False)
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    outputs = [page, position, view]
    document.change(lambda chosen: events.shown(chosen, 1), document, outputs, **quiet)
    page.submit(events.shown, [document, page], outputs, **quiet)
    page.blur(events.shown, [document, page], outputs, **quiet)
    back.click(lambda chosen, at: events.shown(chosen, (at or 1) - 1), [document, page], outputs, **quiet)
    forward.click(lambda chosen, at: events.shown(chosen, (at or 1) + 1), [document, page], outputs, **quiet)
    return document
