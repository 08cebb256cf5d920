"""The source panel: where a quote stands, in its passage and on its page. Builds HTML; every text is escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answers import Citation
from assistant.catalogue import Catalogue
from assistant.evidence import page_text, place_text
from ui.conversation import Turn, source_target


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle on a page image, as shares (0 to 1) of its width and height from the top left."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page as the browser fetches it. `address` is relative to the chat's page."""

    page: int
    address: str
    width_px: int
    height_px: int
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """What the panel shows of one citation beyond the citation itself.

    `passage` is the text around the quote, or None where the index no longer holds it. `original` is the address of
    the document itself. `images` are the pages that carry the quote.
    """

    passage: str | None
    images: tuple[PageImage, ...]
    original: str | None


def find_quote(quote: str, text: str) -> tuple[int, int] | None:
    """Where `quote` stands in `text`, white space folded; None rather than a guess."""
    words = quote.split()
    if not words:
        return None
    match = re.search(r"\s+".join(re.escape(word) for word in words), text)
    return match.span() if match else None


def marked(text: str, quote: str) -> str:
    """`text` as HTML with the quote in <mark>, or without a mark where it is not found."""
    span = find_quote(quote, text)
    if span is None:
        return html.escape(text)
    start, end = span
    return f"{html.escape(text[:start])}<mark>{html.escape(text[start:end])}</mark>{html.escape(text[end:])}"


def empty_panel(catalogue: Catalogue) -> str:
    """The panel before there is an answer."""
    return _panel(catalogue.text("ui.panel.heading"), f"<p>{html.escape(catalogue.text('ui.panel.empty'))}</p>")


def message_panel(text: str, catalogue: Catalogue) -> str:
    """The panel with one sentence, such as that a source is gone."""
    return _panel(catalogue.text("ui.panel.heading"), f"<p>{html.escape(text)}</p>")


def list_panel(turn: Turn, catalogue: Catalogue) -> str:
    """All sources of one answer, each with its quote and a link that opens it."""
    citations = turn.answer.citations if turn.answer is not None else ()
    if not citations:
        return message_panel(catalogue.text("ui.panel.none"), catalogue)
    items = "".join(_list_item(turn.number, citation, catalogue) for citation in citations)
    links = f'<p class="rus-panel-links">{_back_button(catalogue)}</p>'
    return _panel(catalogue.text("ui.panel.list_heading"), f'{links}<ol class="rus-sources">{items}</ol>')


def source_panel(number: int, citation: Citation, place: Place, catalogue: Catalogue, marks: Sequence[int] = ()) -> str:
    """One source: document, page, section, passage with the quote marked, page image and a link to the original.

    `marks` are those of all sources of answer `number`, for the ways to the one before and the one after.
    """
    text = catalogue.text
    body = [_navigation(number, citation.mark, marks, catalogue), _facts(citation, place, catalogue)]
    if citation.ocr:
        body.append(f'<p class="rus-warning">{html.escape(text("ui.panel.ocr"))}</p>')
    if place.passage is None:
        body.append(f'<p class="rus-warning">{html.escape(text("ui.panel.replaced"))}</p>')
        heading, passage = text("ui.panel.quote"), citation.quote
    else:
        heading, passage = text("ui.panel.passage"), _with_headings(citation, place.passage)
    read = f"<h3>{html.escape(heading)}</h3><blockquote>{marked(passage, citation.quote)}</blockquote>"
    if place.original is not None:
        read += original_link(place.original, citation.page, catalogue)
    body.append(f'<div class="rus-evidence"><div>{read}</div>{_page_images(citation, place, catalogue)}</div>')
    values = {"mark": str(citation.mark), "count": str(len(marks))}
    known = "ui.panel.source_heading_of" if len(marks) > 1 else "ui.panel.source_heading"
    return _panel(text(known, values), "".join(body), source_target(number, citation.mark))


def _page_images(citation: Citation, place: Place, catalogue: Catalogue) -> str:
    """The pages that carry the quote, or a sentence on why there is none; nothing for a web page."""
    if place.images:
        figures = (page_figure(image, citation.title, citation.quote, catalogue) for image in place.images)
        return f"<div><h3>{html.escape(catalogue.text('ui.panel.page_image'))}</h3>{''.join(figures)}</div>"
    if citation.page is None:
        return ""
    return f"<p>{html.escape(catalogue.text('ui.panel.page_image_failed'))}</p>"


def _with_headings(citation: Citation, passage: str) -> str:
    """The passage, under its headings from the one on that the quote begins with."""
    begins = (n for n, heading in enumerate(citation.section) if citation.quote.startswith(heading))
    first = None if find_quote(citation.quote, passage) else next(begins, None)
    return passage if first is None else "\n".join((*citation.section[first:], passage))


def page_figure(image: PageImage, title: str, quote: str, catalogue: Catalogue) -> str:
    """The page image with the quote's words framed; the alternative text says what is framed."""
    values = {"page": str(image.page), "title": title, "quote": quote}
    key = "ui.panel.page_image_alt" if image.frames else "ui.panel.page_image_alt_plain"
    frames = "".join(_frame(frame) for frame in image.frames)
    return (
        f'<div class="rus-page"><img src="{html.escape(image.address)}" width="{image.width_px}" '
        f'height="{image.height_px}" alt="{html.escape(catalogue.text(key, values))}">{frames}</div>'
    )


def original_link(address: str, page: int | None, catalogue: Catalogue) -> str:
    """A link to the document itself; web addresses other than http(s) are not linked."""
    if page is not None:
        label = catalogue.text("ui.panel.original", {"page": str(page)})
    else:
        web = address.startswith(("http://", "https://"))
        label = catalogue.text("ui.panel.original_web" if web else "ui.panel.original_plain")
    return (
        f'<p><a class="rus-original" href="{html.escape(address)}" target="_blank" rel="noopener noreferrer">'
        f"{html.escape(label)} {html.escape(catalogue.text('ui.panel.new_window'))}</a></p>"
    )


def _panel(heading: str, body: str, target: str = "") -> str:
    """`target` is the address of the mark that the panel shows, empty where it shows none."""
    attributes = f'id="rus-panel-heading" tabindex="-1" data-target="{html.escape(target)}"'
    return f"<h2 {attributes}>{html.escape(heading)}</h2>{body}"


def _navigation(number: int, mark: int, marks: Sequence[int], catalogue: Catalogue) -> str:
    """Back to the answer, the source before and after, all sources, and the panel over the whole width."""
    parts = [_back_button(catalogue)]
    at = marks.index(mark) if mark in marks else 0
    for key, place in (("previous", at - 1), ("next", at + 1)):
        if 0 <= place < len(marks):
            label = html.escape(catalogue.text(f"ui.panel.{key}"))
            parts.append(f'<a href="{source_target(number, marks[place])}">{label}</a>')
    if len(marks) > 1:
        parts.append(f'<a href="#kalla-{number}">{html.escape(catalogue.text("ui.panel.all"))}</a>')
    wide = html.escape(catalogue.text("ui.panel.wide"))
    parts.append(f'<button type="button" class="rus-button" data-wide aria-pressed="false">{wide}</button>')
    return f'<p class="rus-panel-links">{" ".join(parts)}</p>'


def _back_button(catalogue: Catalogue) -> str:
    return f'<button type="button" class="rus-button" data-back>{html.escape(catalogue.text("ui.panel.back"))}</button>'


def _facts(citation: Citation, place: Place, catalogue: Catalogue) -> str:
    facts = [(catalogue.text("ui.panel.document"), citation.title)]
    if citation.page is not None:
        facts.append((catalogue.text("ui.panel.place"), page_text(citation.page, citation.page_label, catalogue)))
    if citation.section:
        facts.append((catalogue.text("ui.panel.section"), " › ".join(citation.section)))
    return "<dl>" + "".join(f"<dt>{html.escape(n)}</dt><dd>{html.escape(v)}</dd>" for n, v in facts) + "</dl>"


def _list_item(number: int, citation: Citation, catalogue: Catalogue) -> str:
    shown = place_text(citation.title, citation.page, citation.page_label, catalogue)
    target = html.escape(source_target(number, citation.mark))
    return (
        f'<li value="{citation.mark}"><a href="{target}">[{citation.mark}] {html.escape(shown)}</a>'
        f"<q>{html.escape(citation.quote)}</q></li>"
    )


def _frame(frame: Frame) -> str:
    style = f"left:{frame.left:.3%};top:{frame.top:.3%};width:{frame.width:.3%};height:{frame.height:.3%}"
    return f'<span class="rus-frame" style="{style}"></span>'
