"""From an HTML tree to pieces of text in reading order: headings, paragraphs, list items, tables, footnotes.

Knows nothing about what is main content and what is navigation; every element that is visible text becomes a piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from bs4 import BeautifulSoup
from bs4.element import CData, NavigableString, Tag

from ingest.documents import BlockKind
from ingest.plain import Cell, Line, paragraphs_of, table_lines

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big br cite code data dfn em font i ins kbd label mark nobr o q rp rt ruby samp small "
    "span strong sub sup time tt u var wbr".split(" ")
)
STRUCK = ("s", "del", "strike")
"""Elements whose text does not hold any more."""
_SILENT = frozenset(STRUCK) | frozenset(
    "applet audio button canvas colgroup datalist embed frame head iframe img input map math meta link noframes "
    "noscript object optgroup option script select style svg template textarea title video".split(" ")
)
_TYPED_PARAGRAPHS = re.compile(r"\S[ \t\r]*\n[ \t\r]*\n\s*\S")
_HEADING_CHARS = 120
_CELL_CHARS = 400


@dataclass(slots=True)
class Piece:
    """One block of a page before it is placed: `link_share` is the part of its letters that lie in links (0 to 1),
    `bold` says whether it is so throughout, `node` is the element that holds it.
    """

    kind: BlockKind
    text: str
    node: Tag
    level: int = 0
    link_share: float = 0.0
    bold: bool = False


@dataclass(frozen=True, slots=True)
class _Run:
    """Inline text; a line break is a run whose text is "\\n"."""

    text: str
    linked: bool = False
    bold: bool = False


@dataclass(slots=True)
class _Walk:
    """The pieces found so far, the inline text that is being gathered, and the bullet that the next piece gets."""

    pieces: list[Piece] = field(default_factory=list)
    runs: list[_Run] = field(default_factory=list)
    marker: str = ""


def pieces_of(root: Tag) -> list[Piece]:
    """All text below `root` as pieces, in document order."""
    walk = _Walk()
    _visit_children(walk, root, BlockKind.PARAGRAPH, _Run(""))
    _flush(walk, root, BlockKind.PARAGRAPH)
    return _with_typed_headings(walk.pieces)


def lines_of_html(html: str) -> list[Line]:
    """The text of markup that is content throughout, as lines to be laid out."""
    return [Line(piece.kind, piece.text, piece.level) for piece in pieces_of(BeautifulSoup(html, "lxml"))]


def inline_text(node: Tag) -> str:
    """The text of an element on one line; a space wherever a block or a line break ends a word."""
    return " ".join("".join(_strings(node)).split())


def _strings(node: Tag) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, Tag) and child.name not in _SILENT:
            edge = " " if child.name not in _INLINE or child.name == "br" else ""
            yield edge
            yield from _strings(child)
            yield edge
        elif type(child) in (NavigableString, CData):  # comments and declarations are subclasses
            yield str(child)


def _with_typed_headings(pieces: list[Piece]) -> list[Piece]:
    """Makes headings of short bold lines that stand before other text."""
    level = 0
    for number, piece in enumerate(pieces[:-1]):
        short = len(piece.text) <= _HEADING_CHARS and piece.text[-1] not in ".,:;!"
        if piece.kind is BlockKind.HEADING:
            level = piece.level
        elif piece.kind is BlockKind.PARAGRAPH and piece.bold and short and piece.link_share < 0.5:
            pieces[number] = replace(piece, kind=BlockKind.HEADING, level=min(6, level + 1))
    return pieces


def _visit_children(walk: _Walk, node: Tag, kind: BlockKind, style: _Run) -> None:
    for child in list(node.children):
        if isinstance(child, Tag):
            _visit(walk, child, kind, style)
        elif type(child) in (NavigableString, CData):
            _add_text(walk, str(child), node, kind, style)


def _add_text(walk: _Walk, text: str, node: Tag, kind: BlockKind, style: _Run) -> None:
    if len(_TYPED_PARAGRAPHS.findall(text)) < 2:
        walk.runs.append(replace(style, text=re.sub(r"\s+", " ", text)))
        return
    # Typed text whose blank lines are the only marks of its paragraphs.
    _flush(walk, node, kind)
    for line in paragraphs_of(text):
        heads = line.kind is BlockKind.HEADING
        own = kind if heads or kind is not BlockKind.PARAGRAPH else line.kind
        walk.pieces.append(Piece(own, line.text, node, link_share=float(style.linked), bold=heads))


def _visit(walk: _Walk, node: Tag, kind: BlockKind, style: _Run) -> None:
    if node.name in _SILENT:
        return
    linked = style.linked or (node.name == "a" and node.has_attr("href"))
    style = _Run("", linked, style.bold or node.name in ("b", "strong", "big"))
    if node.name == "br":
        walk.runs.append(_Run("\n"))
    elif node.name in _INLINE and node.find(lambda tag: tag.name not in _INLINE | _SILENT) is None:
        _visit_children(walk, node, kind, style)
    else:
        _flush(walk, node.parent or node, kind)
        _visit_block(walk, node, kind, style)


def _visit_block(walk: _Walk, node: Tag, kind: BlockKind, style: _Run) -> None:
    name = node.name
    if name in HEADINGS:
        if text := inline_text(node):
            # What stands before a colon may be a line of its own, by its style alone.
            text = re.sub(r":(?=[A-ZÅÄÖ])", ": ", text)
            walk.pieces.append(Piece(BlockKind.HEADING, text, node, level=int(name[1])))
    elif name == "table" and _is_data_table(node):
        _add_table(walk, node)
    elif name == "dl":
        _visit_definitions(walk, node)
    else:
        if name == "li" and node.find(HEADINGS) is None:
            walk.marker, kind = "• ", BlockKind.LIST_ITEM
            if node.parent is not None and node.parent.name == "ol":
                start = str(node.parent.get("start", "1"))
                number = len(node.find_previous_siblings("li")) + (int(start) if start.isdigit() else 1)
                walk.marker = f"{number}. "
        elif name in ("caption", "figcaption"):
            kind = BlockKind.CAPTION
        _visit_children(walk, node, kind, style)
        _flush(walk, node, kind)


def _flush(walk: _Walk, node: Tag, kind: BlockKind) -> None:
    """Closes the gathered inline text: one piece, or several where an empty line or bold type parts its lines."""
    lines: list[list[_Run]] = [[]]
    for run in walk.runs:
        if run.text == "\n":
            lines.append([])
        elif run.text.strip() or lines[-1]:
            lines[-1].append(run)
    walk.runs = []
    group: list[_Run] = []
    for line in lines:
        if kind is not BlockKind.LIST_ITEM and (not line or (group and group[-1].bold != line[0].bold)):
            _add_piece(walk, group, node, kind)
            group = []
        group += [*line, replace(line[-1], text=" ")] if line else []
    _add_piece(walk, group, node, kind)


def _add_piece(walk: _Walk, runs: list[_Run], node: Tag, kind: BlockKind) -> None:
    inked = [run for run in runs if run.text.strip()]
    text = " ".join("".join(run.text for run in runs).split())
    if not text:
        return
    if kind is BlockKind.LIST_ITEM:
        text, walk.marker = walk.marker + text, ""
    linked = sum(len(run.text.strip()) for run in inked if run.linked)
    share = linked / sum(len(run.text.strip()) for run in inked)
    walk.pieces.append(Piece(kind, text, node, link_share=share, bold=all(run.bold for run in inked)))


def _visit_definitions(walk: _Walk, node: Tag) -> None:
    term = ""
    for child in node.find_all(["dt", "dd"]):
        text = inline_text(child)
        if child.name == "dt":
            term = text
        elif child.find(["ul", "ol", "table", "dl"]) is not None:
            walk.pieces += [Piece(BlockKind.PARAGRAPH, term, child)] if term else []
            _visit_children(walk, child, BlockKind.PARAGRAPH, _Run(""))
            _flush(walk, child, BlockKind.PARAGRAPH)
            term = ""
        elif text and child.find_parent("dl") is node:
            walk.pieces.append(
                Piece(BlockKind.LIST_ITEM, f"• {term.rstrip(':')}: {text}" if term else f"• {text}", child)
            )


def _is_data_table(table: Tag) -> bool:
    """Whether a table holds data; the others only place things on the page."""
    if table.get("role") in ("presentation", "none") or table.find("table") is not None:
        return False
    rows = [row.find_all(["td", "th"]) for row in table.find_all("tr")]
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return False
    return table.find("th") is not None or all(len(inline_text(cell)) < _CELL_CHARS for row in rows for cell in row)


def _add_table(walk: _Walk, table: Tag) -> None:
    """A caption piece, and one piece with all rows."""
    caption = table.find("caption")
    if isinstance(caption, Tag) and (text := inline_text(caption)):
        walk.pieces.append(Piece(BlockKind.CAPTION, text, table))
    rows = [
        [Cell(inline_text(cell), _span(cell, "colspan"), _span(cell, "rowspan")) for cell in row.find_all(["td", "th"])]
        for row in table.find_all("tr")
    ]
    walk.pieces += [Piece(line.kind, line.text, table) for line in table_lines(rows)]


def _span(cell: Tag, name: str) -> int:
    value = str(cell.get(name, "1")).strip()
    return max(1, int(value)) if value.isdigit() and len(value) < 6 else 1
