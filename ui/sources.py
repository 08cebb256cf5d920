"""Sources: pages and originals over HTTP, and the panel with a quote in its passage and on the image of its page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse, Response
from markupsafe import Markup

from assistant.answers import Box, Citation
from assistant.catalogue import Catalogue
from assistant.evidence import page_text, place_text
from ingest.documents import Document, PassageKind
from ingest.errors import RusError
from ui.conversation import Turn, source_target
from ui.markup import render

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from ingest.pdf.render import RenderedPage

_SCALE = 1.6
"""Pixels of a page image per point."""
# The browser's own viewer draws a PDF and needs its plug-in; any other original, such as a web page from outside, must
# never run as part of the chat and is only handed out as a file.
_PDF_HEADERS = {"Content-Security-Policy": "frame-ancestors 'none'"}
_FILE_HEADERS = {"Content-Security-Policy": "sandbox"}


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page as the browser fetches it. `address` is relative to the chat's page.

    A frame is (left, top, width, height) in shares (0 to 1) of the image, from the top left.
    """

    page: int
    address: str
    width_px: int
    height_px: int
    frames: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """What the panel shows of one citation beyond the citation itself.

    `passage` is the text around the quote, or None where the index no longer holds it; a table's rows are lines and
    its cells parted by " | ". `original` is the address of the document itself. `images` are the pages that carry the
    quote.
    """

    passage: str | None
    images: tuple[PageImage, ...]
    original: str | None
    is_table: bool = False


@lru_cache(maxsize=32)
def drawn_page(source: Path, page: int, password: str | None) -> RenderedPage | None:
    """A page of a stored copy, which never changes; None where it cannot be drawn, as the panel then tells."""
    from ingest.pdf.render import render_page

    try:
        return render_page(source, page, _SCALE, password)
    except RusError:
        return None


@dataclass(frozen=True, slots=True)
class Pages:
    """Draws pages of the indexed documents. `base` leads from the chat's page to the root of the service."""

    assistant: Assistant
    base: str = ""
    password: str | None = None

    def image(self, document_id: str, page: int) -> RenderedPage | None:
        """The page as an image, None where the document is no PDF, lacks the page or cannot be drawn."""
        index = self.assistant.index
        record, source = index.record(document_id), index.source(document_id)
        if record is None or record.document.media_type != "pdf" or source is None:
            return None
        return drawn_page(source, page, self.password)

    def framed(self, document_id: str, page: int, boxes: Sequence[Box] = ()) -> PageImage | None:
        """The page image with those of the boxes framed that stand on it."""
        from ingest.pdf.render import mark_boxes

        drawn = self.image(document_id, page)
        if drawn is None:
            return None
        width, height = drawn.width_px, drawn.height_px
        frames = tuple(
            (left / width, top / height, across / width, down / height)
            for left, top, across, down in mark_boxes(drawn, [box[1:] for box in boxes if box[0] == page])
        )
        address = f"{self.base}sida/{quote(document_id, safe='')}/{page}?v={self.assistant.index.id}"
        return PageImage(page, address, width, height, frames)

    def place(self, citation: Citation) -> Place:
        """Everything that the source panel shows of `citation` beyond the citation itself."""
        index = self.assistant.index
        row, record = index.rows.get(citation.passage_id), index.record(citation.document_id)
        if row is None or record is None:
            return Place(None, (), _web_address(citation.url))
        passage = index.passages[row]
        numbers = sorted({box[0] for box in citation.boxes}) or ([citation.page] if citation.page else [])
        drawn = (self.framed(citation.document_id, number, citation.boxes) for number in numbers)
        images = tuple(image for image in drawn if image is not None)
        original = self.original(record.document, citation.page)
        return Place(passage.text, images, original, passage.kind is PassageKind.TABLE)

    def original(self, document: Document, page: int | None = None) -> str | None:
        """The address of the document itself: our copy for a PDF, opened at `page`; else its web address."""
        web = _web_address(document.url)
        if (document.media_type != "pdf" and web) or self.assistant.index.source(document.id) is None:
            return web
        fragment = "" if page is None else f"#page={page}"
        return f"{self.base}original/{quote(document.id, safe='')}{fragment}"


def page_routes(pages: Pages) -> APIRouter:
    """Routes `/sida/ID/NUMBER` (image) and `/original/ID` (the stored file)."""
    router = APIRouter()

    @router.get("/sida/{document_id}/{number}")
    def page_image(document_id: str, number: int) -> Response:
        drawn = pages.image(document_id, number)
        if drawn is None:
            raise HTTPException(404)
        return Response(drawn.image, media_type="image/webp", headers={"Cache-Control": "private, max-age=3600"})

    @router.get("/original/{document_id}")
    def original(document_id: str) -> FileResponse:
        index = pages.assistant.index
        record, source = index.record(document_id), index.source(document_id)
        if record is None or source is None:
            raise HTTPException(404)
        if record.document.media_type == "pdf":
            return FileResponse(source, media_type="application/pdf", headers=_PDF_HEADERS)
        name = Path(record.document.path or source).name
        return FileResponse(source, media_type="application/octet-stream", filename=name, headers=_FILE_HEADERS)

    return router


def _web_address(url: str | None) -> str | None:
    return url if url is not None and url.lower().startswith(("http://", "https://")) else None


def find_quote(quote: str, text: str) -> tuple[int, int]:
    """Where `quote` stands in `text`, white space folded; (0, 0) rather than a guess."""
    match = re.search(r"\s+".join(map(re.escape, quote.split())), text)
    return match.span() if match else (0, 0)


def marked(text: str, quote: str) -> Markup:
    """`text` with the quote in <mark>, or without a mark where it is not found."""
    start, end = find_quote(quote, text)
    mark = Markup("<mark>{}</mark>").format(text[start:end]) if end else ""
    return Markup("{}{}{}").format(text[:start], mark, text[end:])


def message_panel(key: str, catalogue: Catalogue) -> str:
    """The panel with one sentence of the catalogue, such as that a source is gone."""
    return render("panel", catalogue, {"target": "", "message": catalogue.text(key)})


def list_panel(turn: Turn, catalogue: Catalogue) -> str:
    """All sources of one answer, each with its quote and a link that opens it."""
    if turn.answer is None or not turn.answer.citations:
        return message_panel("ui.panel.none", catalogue)
    values = {
        "target": "",
        "message": "",
        "citation": None,
        "citations": turn.answer.citations,
        "target_of": lambda mark: source_target(turn.number, mark),
        "place_of": lambda one: place_text(one.title, one.page, one.page_label, catalogue),
    }
    return render("panel", catalogue, values)


def source_panel(number: int, citation: Citation, place: Place, catalogue: Catalogue, marks: Sequence[int] = ()) -> str:
    """One source: document, page, section, passage with the quote marked, page image and a link to the original.

    `marks` are those of all sources of answer `number`, for the ways to the one before and the one after.
    """
    passage = citation.quote if place.passage is None else _with_headings(citation, place.passage)
    rows = _rows(passage, citation.quote) if place.is_table and place.passage == passage else []
    values = {
        "target": source_target(number, citation.mark),
        "message": "",
        "citation": citation,
        "number": number,
        "marks": marks,
        "target_of": lambda mark: source_target(number, mark),
        "page": page_text(citation.page, citation.page_label, catalogue) if citation.page is not None else "",
        "place": place,
        "passage": marked(passage, citation.quote),
        "rows": rows,
        "head": next((number for number, (_, cells) in enumerate(rows) if len(cells) > 1), None),
        "figures": [page_figure(image, citation.title, citation.quote, catalogue) for image in place.images],
    }
    return render("panel", catalogue, values)


def page_figure(image: PageImage, title: str, quote: str, catalogue: Catalogue) -> Markup:
    """The page image with the quote's words framed; the alternative text says what is framed."""
    key = "ui.panel.page_image_alt" if image.frames else "ui.panel.page_image_alt_plain"
    alt = catalogue.text(key, {"page": str(image.page), "title": title, "quote": quote})
    return render("figure", catalogue, {"image": image, "alt": alt})


def _with_headings(citation: Citation, passage: str) -> str:
    """The passage, under its headings from the one on that the quote begins with."""
    begins = [n for n, heading in enumerate(citation.section) if citation.quote.startswith(heading)]
    if not begins or any(find_quote(citation.quote, passage)):
        return passage
    return "\n".join((*citation.section[begins[0] :], passage))


def _rows(text: str, quote: str) -> list[tuple[bool, list[str]]]:
    """The rows of a table, each with whether the quote stands in it, and its cells."""
    start, end = find_quote(quote, text)
    lines = text.split("\n")
    ends = accumulate(len(line) + 1 for line in lines)
    return [
        (stop > start and stop - len(line) - 1 < end, line.split(" | ")) for line, stop in zip(lines, ends, strict=True)
    ]
