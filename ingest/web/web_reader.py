"""Reads a web page: decodes it, finds its main content and dates, and gives one page of blocks without a number."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from bs4 import BeautifulSoup, Doctype, Tag
from bs4.exceptions import ParserRejectedMarkup

from ingest.documents import Block, BlockKind, ReadDocument, Span
from ingest.errors import DamagedFile, EmptyFile
from ingest.plain import Line, clean, decode, lay_out, parse_date, with_unread
from ingest.web.boilerplate import content_pieces
from ingest.web.pieces import HEADINGS, STRUCK, inline_text

_UPDATED = re.compile(
    r"(?i)(?:senast|sist)\s+(?:uppdaterad|uppdaterat|ändrad|granskad|reviderad)|\buppdaterad\b|last\s+(?:updated|modified)"
    r"|(?:uppdaterades|ändrades|granskades|reviderades)(?:\s+senast)?"
)
_PUBLISHED = re.compile(r"(?i)\bpublicera(?:d|t|des)\b|\bpublished\b")
_NEAR_CHARS = 60
_DATED_CHARS = 2_000_000
"""Of a longer page htmldate sees the head alone: its patterns take long."""
_STRUCK_TEXT = ("överstruket textställe", "överstrukna textställen")
_MAXIMUM_DEPTH = 120
_SITE_SEPARATOR = re.compile(r"\s+[|·»:]{1,2}\s+|\s+[–—-]\s+")
_XML_DECLARATION = re.compile(r"^\s*<\?xml.*?\?>", re.DOTALL)


def read_html(data: bytes, url: str | None = None, encoding: str | None = None) -> ReadDocument:
    """The main content of a page as blocks on one page whose number is None.

    `encoding` is the character set that the server stated. Raises `EmptyFile` for a page without text, `DamagedFile`
    for one that cannot be parsed.
    """
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
    published, updated = _dates(soup)
    title, struck = _title(soup), len(soup.find_all(STRUCK))
    _open_panels(soup)
    pieces, left_out = content_pieces(soup)
    document = lay_out(Line(piece.kind, piece.text, piece.level) for piece in pieces)
    if not document.pages[0].text:
        raise EmptyFile(f"{name} innehåller ingen läsbar text; kontrollera att adressen går till rätt sida.")
    document = with_unread(document, Counter({_STRUCK_TEXT: struck}))
    report = replace(document.report, furniture_removed=len(left_out))
    furniture = Block(BlockKind.FURNITURE, "\n".join(map(clean, left_out)), (Span(None, 0, 0),))
    blocks = (*document.blocks, furniture) if left_out else document.blocks
    return replace(document, blocks=blocks, report=report, title=title, published=published, updated=updated)


def _flatten(soup: BeautifulSoup) -> None:
    """Dissolves elements nested deeper than any real page is, as unclosed tags make them; their text stays."""
    depths: dict[int, int] = {id(soup): 0}
    deep: list[Tag] = []
    for node in soup.find_all(True):
        depths[id(node)] = depths[id(node.parent)] + 1
        if depths[id(node)] > _MAXIMUM_DEPTH:
            deep.append(node)
    for node in deep:
        node.unwrap()


def _dates(soup: BeautifulSoup) -> tuple[str | None, str | None]:
    """Publication date and date of the last change, as ISO dates; None where the page does not tell.

    A single date in the metadata is that of publication, unless the page itself calls it that of a change.
    """
    from htmldate import find_date

    text, page = soup.get_text(" ", strip=True), str(soup)
    page = page if len(page) <= _DATED_CHARS else str(soup.head or "")
    published, updated = _date_after(_PUBLISHED, text), _date_after(_UPDATED, text)
    first, last = (find_date(page, extensive_search=False, original_date=original) for original in (True, False))
    return published or (first if first != updated else None), updated or (last if last != first else None)


def _date_after(words: re.Pattern[str], text: str) -> str | None:
    days = (parse_date(text[found.end() : found.end() + _NEAR_CHARS]) for found in words.finditer(text))
    return next((day for day in days if day), None)


def _title(soup: BeautifulSoup) -> str | None:
    """The page's own title, without the name of the site that most pages put after it."""
    site, stated = _meta(soup, "og:site_name"), _meta(soup, "og:title")
    headings = [text for heading in soup.find_all("h1") if (text := inline_text(heading))]
    title = stated or (" ".join(clean(soup.title.get_text(" ")).split()) if soup.title else "")
    if title and (cuts := list(_SITE_SEPARATOR.finditer(title))):
        head, tail = title[: cuts[-1].start()], title[cuts[-1].end() :]
        if "|" in cuts[-1].group() or tail == site or head in headings:
            return head
    return title or next(iter(headings), None)


def _meta(soup: BeautifulSoup, name: str) -> str:
    tag = soup.select_one(f'meta[property="{name}"], meta[name="{name}"]')
    return " ".join(clean(str(tag.get("content", ""))).split()) if tag else ""


def _open_panels(soup: BeautifulSoup) -> None:
    """Turns the buttons of accordions and tabs into headings at the start of what they open, and shows that."""
    for trigger in soup.find_all(["button", "summary", "a", "div", "li", "span"]):
        if trigger.decomposed:
            continue
        toggles = any(trigger.get(name) in ("tab", "pill", "collapse") for name in ("data-toggle", "data-bs-toggle"))
        opens = trigger.name == "summary" or trigger.get("role") == "tab" or trigger.has_attr("aria-controls")
        if not (opens or toggles or (trigger.name == "button" and trigger.has_attr("aria-expanded"))):
            continue
        panel, text = _panel(soup, trigger), inline_text(trigger)
        if panel is None or not text or panel.name in ("nav", "form", "ul", "body", "html"):
            continue
        for hider in ("hidden", "aria-hidden", "style"):
            del panel[hider]
        if trigger.get("role") != "tab" and (trigger.find_parent(HEADINGS) or trigger.find(HEADINGS)):
            trigger.unwrap()
            continue
        before = trigger.find_previous(lambda tag: tag.name in HEADINGS and not tag.has_attr("data-opened"))
        level = min(int(before.name[1]) + 1, 6) if before is not None else 2
        heading = soup.new_tag(f"h{level}", attrs={"data-opened": ""})
        heading.string = text
        panel.insert(0, heading)
        trigger.decompose()


def _panel(soup: BeautifulSoup, trigger: Tag) -> Tag | None:
    """The element that a button opens: the one that either of them names, or the next one after it."""
    if trigger.name == "summary":
        return trigger.parent
    targets = [str(trigger.get(name) or "") for name in ("data-bs-target", "data-target", "href")]
    names = [str(trigger.get("aria-controls") or ""), *(one[1:] for one in targets if one.startswith("#"))]
    found = next((panel for name in names if name and (panel := soup.find(id=name))), None)
    if found is None and (own_id := trigger.get("id")):
        found = soup.find(lambda tag: tag.get("aria-labelledby") == own_id)
    if found is None and trigger.get("role") != "tab":
        found = trigger.find_next_sibling(True)
    return found if isinstance(found, Tag) else None
