"""The source panel: where a quote stands, in its passage and on its page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from markupsafe import Markup

from assistant.answers import Citation
from assistant.catalogue import Catalogue
from assistant.evidence import page_text, place_text
from ui.conversation import Turn, source_target
from ui.templating import render


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

    `passage` is the text around the quote, or None where the index no longer holds it; a table's rows are lines and
    its cells parted by " | ". `original` is the address of the document itself. `images` are the pages that carry the
    quote.
    """

    passage: str | None
    images: tuple[PageImage, ...]
    original: str | None
    is_table: bool = False


def find_quote(quote: str, text: str) -> tuple[int, int] | None:
    """Where `quote` stands in `text`, white space folded; None rather than a guess."""
    words = quote.split()
    if not words:
        return None
    match = re.search(r"\s+".join(re.escape(word) for word in words), text)
    return match.span() if match else None


def marked(text: str, quote: str) -> Markup:
    """`text` with the quote in <mark>, or without a mark where it is not found."""
    start, end = find_quote(quote, text) or (0, 0)
    mark = Markup("<mark>{}</mark>").format(text[start:end]) if end else ""
    return Markup("{}{}{}").format(text[:start], mark, text[end:])


def empty_panel(catalogue: Catalogue) -> str:
    """The panel before there is an answer."""
    return message_panel(catalogue.text("ui.panel.empty"), catalogue)


def message_panel(text: str, catalogue: Catalogue) -> str:
    """The panel with one sentence, such as that a source is gone."""
    heading = catalogue.text("ui.panel.heading")
    return render("panel", catalogue, {"heading": heading, "target": "", "message": text})


def list_panel(turn: Turn, catalogue: Catalogue) -> str:
    """All sources of one answer, each with its quote and a link that opens it."""
    citations = turn.answer.citations if turn.answer is not None else ()
    if not citations:
        return message_panel(catalogue.text("ui.panel.none"), catalogue)
    values = {
        "heading": catalogue.text("ui.panel.list_heading"),
        "target": "",
        "message": "",
        "citation": None,
        "citations": citations,
        "target_of": lambda mark: source_target(turn.number, mark),
        "place_of": lambda one: place_text(one.title, one.page, one.page_label, catalogue),
    }
    return render("panel", catalogue, values)


def source_panel(number: int, citation: Citation, place: Place, catalogue: Catalogue, marks: Sequence[int] = ()) -> str:
    """One source: document, page, section, passage with the quote marked, page image and a link to the original.

    `marks` are those of all sources of answer `number`, for the ways to the one before and the one after.
    """
    counts = {"mark": str(citation.mark), "count": str(len(marks))}
    at = marks.index(citation.mark) if citation.mark in marks else 0
    around = {"previous": marks[at - 1 : at] if at else (), "next": marks[at + 1 : at + 2]}
    passage = citation.quote if place.passage is None else _with_headings(citation, place.passage)
    values = {
        "heading": catalogue.text(
            "ui.panel.source_heading_of" if len(marks) > 1 else "ui.panel.source_heading", counts
        ),
        "target": source_target(number, citation.mark),
        "message": "",
        "citation": citation,
        "target_of": lambda mark: source_target(number, mark),
        "beside": {key: found[0] for key, found in around.items() if found},
        "several": len(marks) > 1,
        "all_target": f"#kalla-{number}",
        "page": page_text(citation.page, citation.page_label, catalogue) if citation.page is not None else "",
        "is_current": place.passage is not None,
        "passage": marked(passage, citation.quote),
        "rows": _rows(passage, citation.quote) if place.is_table and place.passage == passage else (),
        "original": place.original,
        "original_label": _original_label(place.original or "", citation.page, catalogue),
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
    begins = (n for n, heading in enumerate(citation.section) if citation.quote.startswith(heading))
    first = None if find_quote(citation.quote, passage) else next(begins, None)
    return passage if first is None else "\n".join((*citation.section[first:], passage))


def _rows(text: str, quote: str) -> list[tuple[bool, list[str]]]:
    """The rows of a table, each with whether the quote stands in it, and its cells."""
    start, end = find_quote(quote, text) or (0, 0)
    ends = list(accumulate(len(line) + 1 for line in text.split("\n")))
    return [
        (stop > start and stop - len(line) - 1 < end, line.split(" | "))
        for line, stop in zip(text.split("\n"), ends, strict=True)
    ]


def _original_label(address: str, page: int | None, catalogue: Catalogue) -> str:
    if page is not None:
        return catalogue.text("ui.panel.original", {"page": str(page)})
    web = address.startswith(("http://", "https://"))
    return catalogue.text("ui.panel.original_web" if web else "ui.panel.original_plain")
