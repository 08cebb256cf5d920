"""What on a web page is not its content: navigation, cookie notices, sharing, feedback, related links, footers.

Three kinds of evidence, from the surest to the least: what the markup says of itself (elements, roles, classes), what
the words say (a short lexicon of Swedish and English interface phrases), and, where the page has no marked main part,
where trafilatura finds the running text. Trafilatura judges where the content is; our own walk says what stands there,
because repeated bullets, deep headings and table rows must survive.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import dropwhile

from bs4 import BeautifulSoup, Tag

from ingest.documents import BlockKind
from ingest.web.htmltext import HEADINGS, NOTE_MARK, bind_footnotes
from ingest.web.pieces import Piece, pieces_of

_PHRASES = re.compile(
    r"""(?ix) ^(?:
      hoppa\ (?:till|över)\b.{0,40} | (?:gå\ )?till\ (?:sidans\ )?(?:toppen|början|startsidan|innehållet)\b.{0,30}
    | lyssna(?:\ på\ (?:sidan|texten|innehållet))? | skriv\ ut(?:\ sidan)? | tipsa(?:\ en\ vän)?
    | dela(?:\ (?:sidan|artikeln|innehållet|den\ här\ sidan))?:?(?:\ (?:på|via|med)?\ ?(?:e-post|facebook|linkedin|
      twitter|x)[,|/]?)*
    | (?:(?:sidan|texten)\ )?(?:är\ )?(?:senast\ |sist\ )?(?:uppdaterad|uppdaterat|ändrad|granskad|publicerad|reviderad)
      (?:\ den|\ av)?:?\ ?\d.{0,60}
    | (?:sidan\ )?(?:senast|sist)\ (?:uppdaterad|uppdaterat|ändrad|granskad|publicerad)\b.{0,60}
    | (?:last|page)\ (?:updated|modified|reviewed).{0,60}
    | (?:hjälpte|var)\ (?:den\ här\ )?(?:informationen|sidan|innehållet|texten)\b.{0,60}
      (?:hjälp|nytta|dig|användbar).{0,20}\?.{0,60}
    | (?:innehålls|sid|webb)ansvarig:?\ .{0,60}
    | hittade\ du\ (?:det|vad)\ du\ (?:sökte|letade).{0,60} | was\ this\ (?:page|information)\ helpful.{0,60}
    | du\ är\ här:?.{0,150} | you\ are\ here.{0,150}
    | sök | meny | stäng | logga\ in | läs\ mer | visa\ (?:mer|fler|alla) | print | share | menu | search | close
    | skip\ to\ .{0,30} | föregående | nästa | previous | next
    | (?:©|copyright\b).{0,150}
    )[\s.…»›>|:·]*$"""
)
_ASIDES = re.compile(
    r"""(?ix) ^(?:
      relatera(?:d|de|t)\b.* | (?:liknande|fler)\ (?:läsning|nyheter|sidor).*
    | läs\ (?:mer|också|även|vidare)\b.* | se\ (?:även|också)\b.* | genvägar | snabblänkar | länkar | externa\ länkar
    | ladda\ (?:ner|ned|hem)\b.* | dela\b.{0,30} | följ\ oss.* | taggar | ämnen | nyckelord | ordförklaringar
    | (?:hjälpte|var)\ (?:informationen|sidan)\b.* | navigering(?:smeny)? | meny
    | (?:den\ här\ )?sidan\ är\ uppmärkt.* | related\b.* | see\ also | share | downloads?
    ):?$"""
)


def is_interface_text(text: str) -> bool:
    """Whether a text is nothing but labels of buttons and the like."""
    return all(_PHRASES.match(part) for part in re.split(r"\s+[|·/]\s+", text))


def announces_links(heading: str) -> bool:
    """Whether a heading stands over links to other pages."""
    return bool(_ASIDES.match(heading))


_REMOVED_TAGS = frozenset("script style noscript template svg iframe nav menu dialog footer search".split(" "))
_CONTENT_TAGS = ["main", "article", "h1"]
_REMOVED_ROLES = frozenset(
    "alert alertdialog banner contentinfo dialog menu menubar navigation search status toolbar".split(" ")
)
_NAMES = re.compile(
    r"""(?ix) ^(?:\w+[-_]+)*?(?:
      breadcrumbs? | brodsmul\w* | feedback | shar(?:e|ing)\w*
    | pagination | pager | skip(?:links?|nav)? | readspeaker | no[-_]?print | print[-_]?(?:only|footer) | navbox\w*
    | addthis\w* | catlinks | editsection | toc | hatnote | related\w* | relatera(?:t|d|de)
    | social[-_]?(?:media|share|links|icons)\w*
    | sociala[-_]?medier | sidfot | footer | toolbar | oldbrowser | browser[-_]?upgrade | popup\w* | jump[-_]?link
    )(?:[-_]+\w+)*$"""
)
_NOTICE_NAMES = re.compile(r"(?i)^(?:\w+[-_]+)*?(?:cookies?\w*|kakor|consent|gdpr)(?:[-_]+\w+)*$")
"""Names of notices, and of parts that have cookies as their subject: these have no buttons."""
_SCREEN_READERS_ONLY = re.compile(r"(?i)^(?:visually[-_]?hidden|sr[-_]?only|screen[-_]?reader(?:[-_]text)?)$")
_HIDING_STYLE = re.compile(r"(?i)(?:display\s*:\s*none|visibility\s*:\s*hidden)")

_ASIDE_CHARS = 400
"""A section whose heading announces links may hold this much other text and still be left out."""

_SHELL_CHARS = 200
"""A main part with less text than this, on a page with much more, is an empty shell and the content is elsewhere."""

_LINKED = 0.7
"""From this share of letters in links on, a piece is taken for navigation where the page has no marked main part."""


def content_pieces(soup: BeautifulSoup) -> tuple[list[Piece], list[str]]:
    """The pieces of the page's main content, and the texts of those left out, both in the page's order.

    The tree is changed: what the markup calls navigation is removed from it.
    """
    body = soup.body or soup
    everything = pieces_of(body)
    main = _marked_main(body)
    root = main or body
    judged_text = _judgement(soup) if main is None else ""
    _prune(root, marked=main is not None)
    bind_footnotes(root)
    pieces = pieces_of(root)
    if main is None:
        pieces = _judged(root, pieces, judged_text)
    kept = [piece for piece in _without_asides(pieces) if not is_interface_text(piece.text)]
    read = {id(piece.node) for piece in kept}
    left_out = [
        piece.text
        for piece in everything
        if id(piece.node) not in read and piece.node.find_parent(attrs={NOTE_MARK: True}) is None
    ]
    return kept, left_out


def _judgement(soup: BeautifulSoup) -> str:
    """The running text as trafilatura sees it, "" where it finds none."""
    import trafilatura

    return trafilatura.extract(str(soup), include_comments=False, favor_recall=True) or ""


def _size(node: Tag) -> int:
    return len(node.get_text(" ", strip=True))


def _marked_main(body: Tag) -> Tag | None:
    """The element that calls itself the main part, or an article that holds nearly all that articles hold."""
    mains = body.select("main") or body.select("[role=main]")
    main = max(mains, key=_size, default=None)
    if main is not None and _size(main) > min(_SHELL_CHARS, 0.2 * _size(body)):
        return main
    articles = body.select("article")
    largest = max(articles, key=_size, default=None)
    return largest if largest is not None and _size(largest) > 0.8 * sum(map(_size, articles)) else None


def _prune(root: Tag, marked: bool) -> None:
    """Removes what the markup calls something else than content, but never half of the page at once."""
    limit = _size(root) / 2
    for node in root.find_all(True):
        if node.decomposed or not _is_furniture(node, marked):
            continue
        # An element left open may have swallowed the content; then it holds the page's title as well.
        swallowed = _size(node) > limit and (node.name not in _REMOVED_TAGS or node.find(_CONTENT_TAGS) is not None)
        if not swallowed:
            node.decompose()
    for aside in root.find_all("aside"):
        # A box beside the text: its heading must not become the section of what follows.
        root.append(aside.extract())


def _is_furniture(node: Tag, marked: bool) -> bool:
    names = [*node.get_attribute_list("class"), *node.get_attribute_list("id")]
    if any(name and _SCREEN_READERS_ONLY.match(name) for name in names):
        return node.name not in HEADINGS
    return (
        node.name in _REMOVED_TAGS
        or node.get("role") in _REMOVED_ROLES
        or node.has_attr("hidden")
        or node.get("aria-hidden") == "true"
        or bool(_HIDING_STYLE.search(str(node.get("style", ""))))
        or any(name and _NAMES.match(name) for name in names)
        or (any(name and _NOTICE_NAMES.match(name) for name in names) and node.find(["button", "input"]) is not None)
        or (node.name == "header" and not marked and node.find("h1") is None)
        or (node.name == "aside" and not marked)
        or (node.name in ("ul", "ol") and _is_link_menu(node))
    )


def _is_link_menu(node: Tag) -> bool:
    """Whether a list only links to places on the same page, or to the same page in other languages."""
    links = node.find_all("a", href=True)
    if len(links) < 3 or sum(map(_size, links)) < 0.8 * _size(node):
        return False
    same_page = all(re.match("#.", str(link["href"])) for link in links)
    return same_page or sum(link.has_attr("hreflang") for link in links) > 0.8 * len(links)


def _key(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _judged(root: Tag, pieces: Sequence[Piece], judged_text: str) -> list[Piece]:
    """Keeps what lies in the element that holds nearly all of the judged text."""
    judged_key = _key(judged_text)
    hits = [len(_key(p.text)) > 14 and p.link_share < _LINKED and _key(p.text) in judged_key for p in pieces]
    if not any(hits):
        return _unlinked(pieces)
    weights: Counter[int] = Counter()
    for piece, hit in zip(pieces, hits, strict=True):
        if hit:
            for node in (piece.node, *piece.node.parents):
                weights[id(node)] += len(piece.text)
    container = root
    while (inner := _heaviest_child(container, weights)) is not None:
        container = inner
    return _unlinked(piece for piece in pieces if piece.node is container or container in piece.node.parents)


def _heaviest_child(node: Tag, weights: Counter[int]) -> Tag | None:
    """The child element with nine tenths of the weight, None where it is spread or the node's own text."""
    children = [child for child in node.children if isinstance(child, Tag)]
    heaviest = max(children, key=lambda child: weights[id(child)], default=None)
    if heaviest is None or weights[id(heaviest)] < 0.9 * weights[id(node)]:
        return None
    return heaviest


def _unlinked(pieces: Iterable[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.link_share < _LINKED or piece.kind is BlockKind.HEADING]


def _sections(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Each heading with what stands under it before the next heading."""
    section: list[Piece] = []
    for piece in pieces:
        if piece.kind is BlockKind.HEADING and section:
            yield section
            section = []
        section.append(piece)
    if section:
        yield section


def _without_asides(pieces: Sequence[Piece]) -> list[Piece]:
    """Drops sections whose heading announces links and that hold little else, with the sections below them.

    Where running text follows such links, the links go and the text stays with the section before.
    """
    kept: list[Piece] = []
    dropped_level = 0
    for section in _sections(pieces):
        head, rest = section[0], [piece for piece in section[1:] if not is_interface_text(piece.text)]
        if head.kind is BlockKind.HEADING:
            if dropped_level and head.level > dropped_level and _is_thin(rest):
                continue
            dropped_level = 0
            if announces_links(head.text):
                text = list(dropwhile(lambda piece: piece.link_share >= _LINKED, rest))
                if _is_thin(text) or (is_interface_text(head.text) and not text):
                    dropped_level = head.level
                    continue
                section = text if len(text) < len(rest) else section
        kept += section
    return kept


def _is_thin(pieces: Sequence[Piece]) -> bool:
    """Whether there is little but links, and no text that is longer than they are."""
    unlinked = sum(len(piece.text) * (1 - piece.link_share) for piece in pieces)
    linked = sum(len(piece.text) * piece.link_share for piece in pieces)
    short = all(piece.link_share >= 0.5 or len(piece.text) < 100 for piece in pieces)
    return short and unlinked <= min(linked, _ASIDE_CHARS)
