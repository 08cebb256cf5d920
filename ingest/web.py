"""Reads a web page: decodes it, finds its main content and gives it back as one page of blocks without a number."""

from __future__ import annotations

import codecs
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.documents import Block, BlockKind, Page, ReadDocument, ReadingReport, Span
from ingest.errors import DamagedFile, EmptyFile
from ingest.plain import clean

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

    from ingest.markup import Piece

_META_CHARSET = re.compile(rb"(?i)<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]+)")
_XML_ENCODING = re.compile(rb"(?i)^\s*<\?xml[^>]{0,100}encoding\s*=\s*[\"']([\w.:-]+)")
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CHARSET_WITHIN_BYTES = 4096
_HEADING_CHARS = 120
_SITE_SEPARATOR = re.compile(r"\s+[|·»:]{1,2}\s+|\s+[–—-]\s+")
_PUBLIC_BODIES = re.compile(
    r"(?i)\b(?:region|kommun|länsstyrelse|landsting|regering|myndighet|verket|\w+\.(?:se|nu|eu|org|com))"
)


def read_html(data: bytes, url: str | None = None, encoding: str | None = None) -> ReadDocument:
    """The main content of a page as blocks on one page whose number is None.

    `encoding` is the character set that the server stated. Raises `EmptyFile` for a page without text, `DamagedFile`
    for one that cannot be parsed.
    """
    import trafilatura
    from bs4 import BeautifulSoup, Doctype
    from bs4.exceptions import ParserRejectedMarkup

    from ingest.boilerplate import content_pieces
    from ingest.webdates import page_dates

    name = url or "Webbsidan"
    text = decode(data, encoding).replace("\x00", "")
    if not text.strip():
        raise EmptyFile(f"{name} är tom; hämta sidan på nytt från källan.")
    try:
        soup = BeautifulSoup(text, "lxml")
    except ParserRejectedMarkup as error:
        raise DamagedFile(f"{name} kan inte tolkas som webbsida; hämta sidan på nytt från källan.") from error
    for declaration in soup.find_all(string=lambda string: isinstance(string, Doctype)):
        declaration.extract()
    published, updated = page_dates(soup)
    title = page_title(soup)
    open_panels(soup)
    judged = trafilatura.extract(str(soup), include_comments=False, favor_recall=True, url=url) or ""
    pieces, left_out = content_pieces(soup, judged)
    document = place(with_typed_headings(pieces))
    if not document.pages[0].text:
        raise EmptyFile(f"{name} innehåller ingen läsbar text; kontrollera att adressen går till rätt sida.")
    headings = sum(block.kind is BlockKind.HEADING for block in document.blocks)
    report = ReadingReport(pages=1, headings=headings, furniture_removed=left_out)
    return ReadDocument(document.pages, document.blocks, report, title, published, updated)


def decode(data: bytes, stated: str | None = None) -> str:
    """The bytes of a page as text.

    A byte order mark decides; then UTF-8 if the bytes are valid UTF-8, since other encodings hardly ever are by chance;
    then what the server or the page states; last Windows-1252, which is also what browsers take ISO-8859-1 for.
    """
    for mark, marked in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(marked, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        first_error = error.start
    head = data[:_CHARSET_WITHIN_BYTES]
    in_page = _META_CHARSET.search(head) or _XML_ENCODING.search(head)
    for candidate in (stated, in_page[1].decode("ascii", errors="replace") if in_page else None):
        name = _known(candidate)
        if name is None or (name == "utf-8" and not _mostly_utf8(data, first_error)):
            continue
        return data.decode("cp1252" if name in ("iso8859-1", "ascii") else name, errors="replace")
    return data.decode("cp1252", errors="replace")


def _known(name: str | None) -> str | None:
    """Python's name of a character set that is a text encoding, None for what is none."""
    if not name:
        return None
    try:
        codec = codecs.lookup(name.strip())
        "å".encode(codec.name, errors="replace")
    except LookupError:
        return None
    return codec.name


def _mostly_utf8(data: bytes, first_error: int) -> bool:
    """Whether damage to UTF-8 is slight, as in a page cut off in the middle of a letter."""
    wrong = data.decode("utf-8", errors="replace").count("\ufffd")
    right = sum(byte >= 0xC0 for byte in data) - wrong
    return first_error > 0 and wrong < right


def page_title(soup: BeautifulSoup) -> str | None:
    """The page's own title, without the name of the site that most pages put after it."""
    from ingest.markup import heading_text

    site = _meta(soup, "og:site_name")
    headings = [heading_text(heading) for heading in soup.find_all("h1")]
    for title in (_meta(soup, "og:title"), clean(soup.title.get_text(" ", strip=True)) if soup.title else ""):
        title = " ".join(title.split())
        cuts = list(_SITE_SEPARATOR.finditer(title))
        if title and cuts:
            head, tail = title[: cuts[-1].start()], title[cuts[-1].end() :]
            bar = "|" in cuts[-1].group()
            if bar or tail == site or head in headings or _PUBLIC_BODIES.search(tail):
                return head
        if title:
            return title
    return next((heading for heading in headings if heading), None)


def _meta(soup: BeautifulSoup, name: str) -> str:
    tag = soup.select_one(f'meta[property="{name}"], meta[name="{name}"]')
    return clean(str(tag.get("content", ""))) if tag else ""


def open_panels(soup: BeautifulSoup) -> None:
    """Turns the buttons of accordions and tabs into headings at the start of what they open, and shows that."""
    from ingest.markup import HEADINGS, inline_text

    for trigger in soup.find_all(["button", "summary", "a", "div"]):
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


def with_typed_headings(pieces: list[Piece]) -> list[Piece]:
    """Makes headings of short bold or large lines that stand before other text."""
    sizes = sorted({p.emphasis for p in pieces if _may_be_heading(p)}, reverse=True)
    level = 0
    made: list[Piece] = []
    for position, piece in enumerate(pieces):
        following = pieces[position + 1] if position + 1 < len(pieces) else None
        if piece.kind is BlockKind.HEADING:
            level = piece.level
        elif _may_be_heading(piece) and following is not None:
            piece = replace(piece, kind=BlockKind.HEADING, level=min(6, level + 1 + sizes.index(piece.emphasis)))
        made.append(piece)
    return made


def _may_be_heading(piece: Piece) -> bool:
    short = len(piece.text) <= _HEADING_CHARS and piece.text[-1] not in ".,:;!"
    return piece.kind is BlockKind.PARAGRAPH and piece.emphasis > 0 and short and piece.link_share < 0.5


def place(pieces: list[Piece]) -> ReadDocument:
    """Sets the pieces one to a line (a table takes several) on a page without a number."""
    lines: list[str] = []
    blocks: list[Block] = []
    position = 0
    for piece in pieces:
        text = clean(piece.text).strip()
        if text:
            blocks.append(Block(piece.kind, text, (Span(None, position, position + len(text)),), piece.level))
            lines.append(text)
            position += len(text) + 1
    return ReadDocument((Page(None, "\n".join(lines)),), tuple(blocks), ReadingReport(pages=1))
