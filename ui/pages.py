"""Page images and originals over HTTP, and the place of a citation on its page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse, Response

from assistant.answers import Box, Citation
from ingest.documents import Document, PassageKind
from ingest.errors import RusError
from ui.citations import Frame, PageImage, Place

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from ingest.pdf.render import RenderedPage

# The browser's own viewer draws a PDF and needs its plug-in; any other original, such as a web page from outside, must
# never run as part of the chat and is only handed out as a file.
_PDF_HEADERS = {"Content-Security-Policy": "frame-ancestors 'none'"}
_FILE_HEADERS = {"Content-Security-Policy": "sandbox"}


@lru_cache(maxsize=32)
def drawn_page(source: Path, page: int, scale: float, password: str | None) -> RenderedPage | None:
    """A page of a stored copy, which never changes; None where it cannot be drawn, as the panel then tells."""
    from ingest.pdf.render import render_page

    try:
        return render_page(source, page, scale, password)
    except RusError:
        return None


@dataclass(frozen=True, slots=True)
class Pages:
    """Draws pages of the indexed documents. `scale` is pixels per point. Safe to use from several threads."""

    assistant: Assistant
    scale: float = 1.6
    password: str | None = None

    def image(self, document_id: str, page: int) -> RenderedPage | None:
        """The page as an image, None where the document is no PDF, lacks the page or cannot be drawn."""
        index = self.assistant.index
        record, source = index.record(document_id), index.source(document_id)
        if record is None or record.document.media_type != "pdf" or source is None:
            return None
        return drawn_page(source, page, self.scale, self.password)

    def framed(self, document_id: str, page: int, boxes: tuple[Box, ...], base: str) -> PageImage | None:
        """The page image with `boxes` framed. `base` leads from the chat's page to the root of the service."""
        from ingest.pdf.render import mark_boxes

        drawn = self.image(document_id, page)
        if drawn is None:
            return None
        rectangles = mark_boxes(drawn, [box[1:] for box in boxes if box[0] == page])
        width, height = drawn.width_px, drawn.height_px
        frames = tuple(
            Frame(left / width, top / height, across / width, down / height) for left, top, across, down in rectangles
        )
        address = f"{base}sida/{quote(document_id, safe='')}/{page}?v={self.assistant.index.id}"
        return PageImage(page, address, width, height, frames)

    def place(self, citation: Citation, base: str) -> Place:
        """Everything that the source panel shows of `citation` beyond the citation itself."""
        index = self.assistant.index
        row, record = index.rows.get(citation.passage_id), index.record(citation.document_id)
        if row is None or record is None:
            return Place(None, (), _web_address(citation.url))
        passage = index.passages[row]
        original = self.original(record.document, citation.page, base)
        if citation.page is None:
            return Place(passage.text, (), original, passage.kind is PassageKind.TABLE)
        numbers = sorted({box[0] for box in citation.boxes}) or [citation.page]
        drawn = (self.framed(citation.document_id, number, citation.boxes, base) for number in numbers)
        return Place(
            passage.text,
            tuple(image for image in drawn if image is not None),
            original,
            passage.kind is PassageKind.TABLE,
        )

    def original(self, document: Document, page: int | None, base: str) -> str | None:
        """The address of the document itself: our copy for a PDF, opened at `page`; else its web address."""
        if document.media_type != "pdf" and _web_address(document.url) is not None:
            return _web_address(document.url)
        if self.assistant.index.source(document.id) is None:
            return _web_address(document.url)
        fragment = "" if page is None else f"#page={page}"
        return f"{base}original/{quote(document.id, safe='')}{fragment}"


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
