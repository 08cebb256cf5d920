"""Reads a web page: decodes it, finds its main content and dates, and gives one page of blocks without a number.

What is not content (navigation, cookie notices, sharing, footers) is known by three kinds of evidence, from the surest
to the least: what the markup says of itself (elements, roles, classes), what the words say (a short lexicon of
interface phrases), and, where the page has no marked main part, where trafilatura finds the running text. It judges
where the content is; our own walk says what stands there, because repeated bullets, deep headings and table rows must
survive.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import dropwhile, pairwise

from bs4 import BeautifulSoup, Doctype, Tag
from bs4.exceptions import ParserRejectedMarkup

from ingest.documents import Block, BlockKind, ReadDocument, Span
from ingest.errors import DamagedFile, EmptyFile
from ingest.plain import Line, clean, decode, lay_out, parse_date, with_unread
from ingest.web.pieces import HEADINGS, STRUCK, Piece, inline_text, pieces_of

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
_PHRASES = re.compile(
    r"""(?ix) ^(?:
      (?:hoppa|skip)\ (?:till|över|to)\b.{0,40} | (?:gå\ )?till\ (?:sidans\ )?(?:toppen|början|startsidan|innehållet)
    | lyssna(?:\ på\ .{0,20})? | skriv\ ut(?:\ sidan)? | tipsa(?:\ en\ vän)? | dela(?:\ .{0,60})?
    | (?:(?:sidan|texten)\ )?(?:är\ )?(?:senast\ |sist\ )?(?:uppdaterad|ändrad|granskad|publicerad)\b.{0,3}?\ ?\d.{0,60}
    | (?:sidan\ )?(?:senast|sist|last|page)\ (?:uppdaterad|ändrad|granskad|publicerad|updated|modified).{0,60}
    | (?:hjälpte|var|was|hittade)\ (?:den\ här|informationen|sidan|innehållet|this|du)\b.{0,60}\?.{0,60}
    | (?:innehålls|sid|webb)ansvarig:?\ .{0,60} | (?:du\ är|you\ are)\ h[äe]re?:?.{0,150}
    | sök | meny | stäng | logga\ in | läs\ mer | visa\ (?:mer|fler|alla) | print | share | menu | search | close
    | föregående | nästa | previous | next | (?:©|copyright\b).{0,150}
    )[\s.…»›>|:·]*$"""
)
_ASIDES = re.compile(
    r"""(?ix) ^(?:
      relat(?:erad|erat|erade|ed)\b.* | (?:liknande|fler)\ (?:läsning|nyheter|sidor).*
    | (?:läs\ (?:mer|också|även|vidare)|se\ (?:även|också|also))\b.* | genvägar | snabblänkar | (?:externa\ )?länkar
    | (?:ladda\ (?:ner|ned|hem)|följ\ oss)\b.* | dela\b.{0,30} | taggar | ämnen | nyckelord | ordförklaringar
    | (?:hjälpte|var)\ (?:informationen|sidan)\b.* | meny | share | downloads? | .*sidan\ är\ uppmärkt.*
    ):?$"""
)
_REMOVED_TAGS = frozenset("script style noscript template svg iframe nav menu dialog footer search".split(" "))
_REMOVED_ROLES = frozenset("alert alertdialog banner contentinfo dialog menu menubar navigation search toolbar".split())
_NAMES = re.compile(
    r"""(?ix) ^(?:\w+[-_]+)*?(?:
      breadcrumbs? | brodsmul\w* | feedback | shar(?:e|ing)\w* | pagination | pager | skip(?:links?|nav)?
    | readspeaker | (?:no[-_]?)?print(?:[-_]?(?:only|footer))? | navbox\w* | catlinks | editsection | toc | hatnote
    | related\w* | relatera(?:t|d|de) | social[-_]?(?:media|share|links|icons)\w* | sidfot | footer | toolbar | popup\w*
    | jump[-_]?link | (?:cookies?|consent|gdpr)[-_]?(?:banner|bar|notice|dialog|popup|consent|modal)\w*
    | visually[-_]?hidden | sr[-_]?only | screen[-_]?reader[-_]?text
    )(?:[-_]+\w+)*$"""
)
_HIDING_STYLE = re.compile(r"(?i)(?:display\s*:\s*none|visibility\s*:\s*hidden)")

_NOTE_MARK = re.compile(r"[\[(]?(?:\d{1,3}|\*{1,3}|[†‡])[\])]?")
_LINKED = 0.7
"""From this share of letters in links on, a piece is taken for navigation."""
_TELLING = 14
"""A piece of so many letters that stands in the running text is not there by chance."""


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
    pieces, left_out = _content_pieces(soup)
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
    """Dates of publication and of the last change; a single one is the former unless the page says otherwise."""
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


def _content_pieces(soup: BeautifulSoup) -> tuple[list[Piece], list[str]]:
    """The pieces of the page's main content, and the texts of those left out, both in the page's order.

    The tree is changed: what the markup calls navigation is removed from it.
    """
    import trafilatura

    body = soup.body or soup
    everything = pieces_of(body)
    main = max(body.select("main, [role=main]"), key=_size, default=None)
    root, running_text = main or body, ""
    if main is None:
        running_text = _letters(trafilatura.extract(str(soup), include_comments=False, favor_recall=True) or "")
    _prune(root, marked=main is not None)
    pieces = pieces_of(root)
    if main is None:
        pieces = _around(running_text, root, pieces)
    kept = [piece for piece in _without_asides(pieces) if not _is_interface_text(piece.text)]
    read = {id(piece.node) for piece in kept}
    return kept, [piece.text for piece in everything if id(piece.node) not in read]


def _is_interface_text(text: str) -> bool:
    return all(_PHRASES.match(part) for part in re.split(r"\s+[|·/]\s+", text))


def _size(node: Tag) -> int:
    return len(node.get_text(" ", strip=True))


def _prune(root: Tag, marked: bool) -> None:
    """Removes what the markup calls something else than content, but never half of the page at once."""
    limit = _size(root) / 2
    for node in root.find_all(True):
        if node.decomposed or not _is_furniture(node, marked):
            continue
        # An element left open may have swallowed the content; then it holds the page's title as well.
        swallowed = _size(node) > limit and (node.name not in _REMOVED_TAGS or node.find(["main", "article", "h1"]))
        if not swallowed:
            node.decompose()
    for link in root.find_all("a", href=re.compile("^#.")):
        if _NOTE_MARK.fullmatch(link.get_text(strip=True)):
            link.decompose()
    for aside in root.find_all("aside"):
        # A box beside the text: its heading must not become the section of what follows.
        root.append(aside.extract())


def _is_furniture(node: Tag, marked: bool) -> bool:
    names = [name for name in (*node.get_attribute_list("class"), *node.get_attribute_list("id")) if name]
    return (
        node.name in _REMOVED_TAGS
        or node.get("role") in _REMOVED_ROLES
        or node.has_attr("hidden")
        or node.get("aria-hidden") == "true"
        or bool(_HIDING_STYLE.search(str(node.get("style", ""))))
        or any(map(_NAMES.match, names))
        or (not marked and (node.name == "aside" or (node.name == "header" and node.find("h1") is None)))
        or (node.name in ("ul", "ol") and _is_link_menu(node))
    )


def _is_link_menu(node: Tag) -> bool:
    """Whether a list only links to places on the same page, or to the same page in other languages."""
    links = node.find_all("a", href=True)
    if len(links) < 3 or sum(map(_size, links)) < 0.8 * _size(node):
        return False
    same_page = all(re.match("#.", str(link["href"])) for link in links)
    return same_page or sum(link.has_attr("hreflang") for link in links) > 0.8 * len(links)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _around(running_text: str, root: Tag, pieces: Sequence[Piece]) -> list[Piece]:
    """Keeps what lies in the innermost element that holds nearly all of the running text, but for rows of links."""
    weights: Counter[int] = Counter()
    for piece in pieces:
        letters = _letters(piece.text)
        if len(letters) > _TELLING and piece.link_share < _LINKED and letters in running_text:
            weights.update({id(node): len(letters) for node in (piece.node, *piece.node.parents)})
    container: Tag = root
    inner: Tag | None = root
    while inner is not None and 0 < 0.9 * weights[id(container)] <= weights[id(inner)]:
        container = inner
        children = (child for child in container.children if isinstance(child, Tag))
        inner = max(children, key=lambda child: weights[id(child)], default=None)
    inside = (piece for piece in pieces if piece.node is container or container in piece.node.parents)
    return [piece for piece in inside if piece.link_share < _LINKED or piece.kind is BlockKind.HEADING]


def _without_asides(pieces: Sequence[Piece]) -> list[Piece]:
    """Drops sections of links; running text after such links stays with the section before."""
    kept: list[Piece] = []
    starts = [number for number, piece in enumerate(pieces) if piece.kind is BlockKind.HEADING]
    for start, end in pairwise((0, *starts, len(pieces))):
        section = list(pieces[start:end])
        if section and section[0].kind is BlockKind.HEADING and _ASIDES.match(section[0].text):
            rest = [piece for piece in section[1:] if not _is_interface_text(piece.text)]
            text = list(dropwhile(lambda piece: piece.link_share >= _LINKED, rest))
            if sum(len(piece.text) * (1 - 2 * piece.link_share) for piece in text) <= 0:
                continue
            section = text if len(text) < len(rest) else section
        kept += section
    return kept
