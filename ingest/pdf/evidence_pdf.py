"""The evidence PDF: a first page that says what was asked and answered, then the cited pages with the quotes marked.

Pages of PDF originals are taken over as they are, each quote a highlight annotation with its mark at the page's edge.
What is no PDF becomes a page of text with the quotes on coloured ground. Knows nothing of the assistant.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import escape

import reportlab
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.annotations import Highlight
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, FloatObject, NameObject, TextStringObject
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate

_COLOUR = "ffe066"
_FONT, _BOLD = "Vera", "VeraBd"
"""Embedded, with the letters of Western Europe; reportlab carries both."""
_TITLE = ParagraphStyle("title", fontName=_BOLD, fontSize=16, leading=21, spaceAfter=12)
_LABEL = ParagraphStyle("label", fontName=_BOLD, fontSize=10, leading=14, spaceBefore=10)
_BODY = ParagraphStyle("body", fontName=_FONT, fontSize=10, leading=14.5, spaceAfter=4)
_MARGIN = 56
_MARK_SIZE = 9
_EDGE = 6
"""Points from the page's left edge to the marks, which there cover no text."""
_UNREADABLE = (PyPdfError, KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError, OSError)
"""What pypdf raises on originals that are gone or break the rules of the format."""

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in page points, origin bottom left."""


@dataclass(frozen=True, slots=True)
class EvidenceHead:
    """The first page: its title, and pairs of a label and a text (question, answer, documents, date)."""

    title: str
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MarkedQuote:
    """A quote with the number that the answer gives it; `boxes` on its page, none on pages of text."""

    mark: int
    text: str
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """One cited page. `source` and `page` (from 1) name the page of a PDF; `text` stands in where there is none."""

    title: str
    quotes: tuple[MarkedQuote, ...]
    source: Path | None = None
    page: int | None = None
    text: str = ""


def write_evidence(
    target: Path | BinaryIO, head: EvidenceHead, pages: Sequence[EvidencePage], password: str | None = None
) -> None:
    """Writes the evidence of one answer as a PDF.

    An original that pypdf cannot read is told of on a page of text with its quotes.

    :raises OSError: when `target` cannot be written.
    """
    writer = PdfWriter()
    _append(writer, _head_story(head))
    for page in pages:
        original = _original(page, password)
        if original is None:
            _append(writer, _text_story(page))
        else:
            _mark(writer, writer.add_page(original), page.quotes)
    writer.add_metadata({"/Title": head.title})
    writer.write(target)


def _original(page: EvidencePage, password: str | None) -> PageObject | None:
    """The page of the original, None where there is none that can be read."""
    if page.source is None or page.page is None:
        return None
    try:
        return PdfReader(page.source, strict=False, password=password).pages[page.page - 1]
    except _UNREADABLE:
        return None


def _mark(writer: PdfWriter, page: PageObject, quotes: Sequence[MarkedQuote]) -> None:
    beside: dict[int, str] = {}
    for quote in quotes:
        boxes = [box for box in quote.boxes if not any(math.isnan(side) for side in box)]
        if not boxes:
            continue
        corners = [FloatObject(side) for box in boxes for side in _corners(box)]
        left, bottom, right, top = zip(*boxes, strict=True)
        around = (min(left), min(bottom), max(right), max(top))
        highlight = Highlight(rect=around, quad_points=ArrayObject(corners), highlight_color=_COLOUR, printing=True)
        highlight[NameObject("/Contents")] = TextStringObject(f"[{quote.mark}] {' '.join(quote.text.split())}")
        writer.add_annotation(page, highlight)
        line = round(max(boxes, key=lambda box: box[3])[1])
        line = next((known for known in beside if abs(known - line) < _MARK_SIZE), line)
        beside[line] = f"{beside.get(line, '')}[{quote.mark}]"
    if beside:
        page.merge_page(_drawn_marks(page, beside))


def _corners(box: Box) -> tuple[float, ...]:
    """Upper left, upper right, lower left, lower right, as programs that show PDF files expect them."""
    x0, y0, x1, y1 = box
    return (x0, y1, x1, y1, x0, y0, x1, y0)


def _drawn_marks(page: PageObject, beside: Mapping[int, str]) -> PageObject:
    """A page with nothing on it but the marks, at its left edge on the height of the quotes' first lines."""
    _register_fonts()
    drawn = io.BytesIO()
    canvas = Canvas(drawn, pagesize=(float(page.mediabox.right), float(page.mediabox.top)))
    canvas.setFont(_BOLD, _MARK_SIZE)
    canvas.setFillColorRGB(0.55, 0.1, 0.1)
    for height, text in beside.items():
        canvas.drawString(float(page.cropbox.left) + _EDGE, height + 1, text)
    canvas.save()
    return PdfReader(drawn).pages[0]


def _head_story(head: EvidenceHead) -> list[Paragraph]:
    _register_fonts()
    story = [Paragraph(escape(head.title), _TITLE)]
    for label, text in head.parts:
        story.append(Paragraph(escape(label), _LABEL))
        story += [Paragraph(escape(line), _BODY) for line in text.splitlines() if line.strip()]
    return story


def _text_story(page: EvidencePage) -> list[Paragraph]:
    _register_fonts()
    story = [Paragraph(escape(page.title), _TITLE)]
    unplaced = list(page.quotes)
    for line in page.text.splitlines():
        marked, found = _with_quotes(line, page.quotes)
        unplaced = [quote for quote in unplaced if quote not in found]
        story += [Paragraph(marked, _BODY)] if line.strip() else []
    quotes = [Paragraph(f"<b>[{one.mark}]</b> {_on_ground(' '.join(one.text.split()))}", _BODY) for one in unplaced]
    return story[:1] + quotes + story[1:]


def _with_quotes(line: str, quotes: Sequence[MarkedQuote]) -> tuple[str, list[MarkedQuote]]:
    """The line as reportlab's markup with its quotes on coloured ground, and the quotes that stand in it."""
    places = []
    for quote in quotes:
        stretch = quote.text.splitlines()[-1].strip() if quote.text.strip() else ""
        start = line.find(stretch) if stretch else -1
        if start >= 0:
            places.append((start, start + len(stretch), quote))
    marked, at, found = "", 0, []
    for start, end, quote in sorted(places, key=lambda place: place[:2]):
        found.append(quote)
        if start < at:  # inside the quote before: its mark is enough
            marked += f" <b>[{quote.mark}]</b>"
            continue
        marked += f"{escape(line[at:start])}{_on_ground(line[start:end])} <b>[{quote.mark}]</b>"
        at = end
    return marked + escape(line[at:]), found


def _on_ground(text: str) -> str:
    return f'<span backColor="#{_COLOUR}">{escape(text)}</span>'


def _append(writer: PdfWriter, story: list[Paragraph]) -> None:
    made = io.BytesIO()
    margins = {side: _MARGIN for side in ("leftMargin", "rightMargin", "topMargin", "bottomMargin")}
    SimpleDocTemplate(made, pagesize=A4, **margins).build(story)
    writer.append(made, import_outline=False)


def _register_fonts() -> None:
    folder = Path(reportlab.__file__).parent / "fonts"
    for name in (_FONT, _BOLD):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, folder / f"{name}.ttf"))
    pdfmetrics.registerFontFamily(_FONT, normal=_FONT, bold=_BOLD, italic=_FONT, boldItalic=_BOLD)
