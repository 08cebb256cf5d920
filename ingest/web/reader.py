"""Reads a web page: decodes it, finds its main content and gives it back as one page of blocks without a number."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.documents import Block, BlockKind, ReadDocument, Span
from ingest.errors import DamagedFile, EmptyFile
from ingest.plain import Line, clean, decode, lay_out

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag


_MAXIMUM_DEPTH = 120
_SITE_SEPARATOR = re.compile(r"\s+[|·»:]{1,2}\s+|\s+[–—-]\s+")
_XML_DECLARATION = re.compile(r"^\s*<\?xml.*?\?>", re.DOTALL)


def read_html(data: bytes, url: str | None = None, encoding: str | None = None) -> ReadDocument:
    """The main content of a page as blocks on one page whose number is None.

    `encoding` is the character set that the server stated. Raises `EmptyFile` for a page without text, `DamagedFile`
    for one that cannot be parsed.
    """
    from bs4 import BeautifulSoup, Doctype
    from bs4.exceptions import ParserRejectedMarkup

    from ingest.web.boilerplate import content_pieces
    from ingest.web.webdates import page_dates

    name = url or "Webbsidan"
    text = _XML_DECLARATION.sub("", decode(data, encoding).replace("\x00", ""))
    if not text.strip():
        raise EmptyFile(f"{name} är tom; hämta sidan på nytt från källan.")
    try:
        soup = BeautifulSoup(text, "lxml")
    except ParserRejectedMarkup as error:
        raise DamagedFile(f"{name} kan inte tolkas som webbsida; hämta sidan på nytt från källan.") from error
    for declaration in soup.find_all(string=lambda string: isinstance(string, Doctype)):
        declaration.extract()
    _flatten(soup)
    published, updated = page_dates(soup)
    title = page_title(soup)
    open_panels(soup)
    pieces, left_out = content_pieces(soup)
    lines = [Line(piece.kind, piece.text, piece.level) for piece in pieces]
    document = lay_out(lines)
    if not document.pages[0].text:
        raise EmptyFile(f"{name} innehåller ingen läsbar text; kontrollera att adressen går till rätt sida.")
    report = replace(document.report, furniture_removed=len(left_out))
    furniture = Block(BlockKind.FURNITURE, "\n".join(map(clean, left_out)), (Span(None, 0, 0),))
    blocks = (*document.blocks, furniture) if left_out else document.blocks
    return replace(document, blocks=blocks, report=report, title=title, published=published, updated=updated)


def _flatten(soup: BeautifulSoup) -> None:
    """Dissolves elements nested deeper than any real page is, as unclosed tags make them; their text stays."""
    from bs4 import Tag

    depths: dict[int, int] = {id(soup): 0}
    deep: list[Tag] = []
    for node in soup.descendants:
        if isinstance(node, Tag):
            depths[id(node)] = depths[id(node.parent)] + 1
            if depths[id(node)] > _MAXIMUM_DEPTH:
                deep.append(node)
    for node in deep:
        node.unwrap()


def page_title(soup: BeautifulSoup) -> str | None:
    """The page's own title, without the name of the site that most pages put after it."""
    from ingest.web.htmltext import heading_text

    site = _meta(soup, "og:site_name")
    headings = [heading_text(heading) for heading in soup.find_all("h1")]
    for title in (_meta(soup, "og:title"), clean(soup.title.get_text(" ", strip=True)) if soup.title else ""):
        title = " ".join(title.split())
        cuts = list(_SITE_SEPARATOR.finditer(title))
        if title and cuts:
            head, tail = title[: cuts[-1].start()], title[cuts[-1].end() :]
            if "|" in cuts[-1].group() or tail == site or head in headings:
                return head
        if title:
            return title
    return next((heading for heading in headings if heading), None)


def _meta(soup: BeautifulSoup, name: str) -> str:
    tag = soup.select_one(f'meta[property="{name}"], meta[name="{name}"]')
    return clean(str(tag.get("content", ""))) if tag else ""


def open_panels(soup: BeautifulSoup) -> None:
    """Turns the buttons of accordions and tabs into headings at the start of what they open, and shows that."""
    from ingest.web.htmltext import HEADINGS, inline_text

    for trigger in soup.find_all(["button", "summary", "a", "div"]):
        if trigger.decomposed:
            continue
        is_summary = trigger.name == "summary"
        if not (
            is_summary
            or trigger.has_attr("aria-controls")
            or (trigger.name == "button" and trigger.has_attr("aria-expanded"))
        ):
            continue
        if trigger.find_parent(["nav", "header", "footer", "form"]) is not None:
            continue
        panel = trigger.parent if is_summary else _panel(soup, trigger)
        text = inline_text(trigger)
        if panel is None or not text or panel.name in ("nav", "form", "ul", "body", "html"):
            continue
        for hider in ("hidden", "aria-hidden", "style"):
            del panel[hider]
        own_heading = trigger.find_parent(HEADINGS) or trigger.find(HEADINGS)
        if own_heading is not None:
            trigger.unwrap()
            continue
        before = trigger.find_previous(lambda tag: tag.name in HEADINGS and not tag.has_attr("data-opened"))
        level = min(int(before.name[1]) + 1, 6) if before is not None else 2
        heading = soup.new_tag(f"h{level}", attrs={"data-opened": ""})
        heading.string = text
        panel.insert(0, heading)
        trigger.decompose()


def _panel(soup: BeautifulSoup, trigger: Tag) -> Tag | None:
    """The element that a button opens: the one it names, or the next one after it."""
    from bs4 import Tag

    names = trigger.get_attribute_list("aria-controls")
    named = soup.find(id=names[0]) if names and names[0] else None
    following = named if named is not None else trigger.find_next_sibling(True)
    return following if isinstance(following, Tag) else None
