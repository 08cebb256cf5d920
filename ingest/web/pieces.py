"""From an HTML tree to pieces of text in reading order: headings, paragraphs, list items, tables.

Knows nothing about what is main content and what is navigation; every element that is visible text becomes a piece.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from bs4 import BeautifulSoup
from bs4.element import Tag

from ingest.documents import BlockKind
from ingest.plain import Line, paragraphs_of, table_lines
from ingest.web.htmltext import (
    BREAK,
    BULLET,
    DASH,
    HEADINGS,
    INLINE,
    NOTE_MARK,
    SILENT,
    Run,
    belonging,
    heading_text,
    inline_text,
    is_data_table,
    is_text,
    joined,
    lines_of,
    plain_string,
    table_cells,
)

_HEADING_CHARS = 120


@dataclass(slots=True)
class Piece:
    """One block of a page before it is placed: `link_share` is the part of its letters that lie in links (0 to 1).

    `emphasis` is 0 for ordinary text, 1 for a piece that is bold throughout, 2 and more for larger type. `node` is the
    element that holds the piece.
    """

    kind: BlockKind
    text: str
    node: Tag
    level: int = 0
    link_share: float = 0.0
    emphasis: int = 0


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the tree the walk is, as far as it matters to text."""

    kind: BlockKind = BlockKind.PARAGRAPH
    link: float = 0.0
    emphasis: int = 0
    preformatted: bool = False


@dataclass(slots=True)
class _Walk:
    """The pieces found so far, the inline text that is being gathered, and the bullet that the next piece gets."""

    pieces: list[Piece] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    marker: str = ""


def pieces_of(root: Tag) -> list[Piece]:
    """All text below `root` as pieces, in document order."""
    walk = _Walk()
    _visit_children(walk, root, _Place())
    _flush(walk, root, _Place())
    return _with_typed_headings(walk.pieces)


def lines_of_html(html: str) -> list[Line]:
    """The text of markup that is content throughout, as lines to be laid out."""
    return [Line(piece.kind, piece.text, piece.level) for piece in pieces_of(BeautifulSoup(html, "lxml"))]


def _with_typed_headings(pieces: list[Piece]) -> list[Piece]:
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


def _visit_children(walk: _Walk, node: Tag, place: _Place) -> None:
    for child in list(node.children):
        if isinstance(child, Tag):
            _visit(walk, child, place)
        elif is_text(child):
            _add_text(walk, plain_string(child), node, place)


def _add_text(walk: _Walk, text: str, node: Tag, place: _Place) -> None:
    if place.preformatted or len(re.findall(r"\S[ \t\r]*\n[ \t\r]*\n\s*\S", text)) > 1:
        # Typed text whose blank lines are the only marks of its paragraphs.
        _flush(walk, node, place)
        for paragraph in paragraphs_of(text):
            # Only its setting marks a typed heading, so that it counts as a bold line does.
            is_heading = paragraph.kind is BlockKind.HEADING
            kind = place.kind if is_heading or place.kind is not BlockKind.PARAGRAPH else paragraph.kind
            walk.pieces.append(Piece(kind, paragraph.text, node, link_share=place.link, emphasis=int(is_heading)))
        return
    walk.runs.append(Run(text, place.link, place.emphasis))


def _visit(walk: _Walk, node: Tag, place: _Place) -> None:
    name = node.name
    if name in SILENT:
        return
    if name == "br":
        walk.runs.append(Run(BREAK))
    elif name in INLINE and node.find(_is_block) is None:
        _visit_children(walk, node, _styled(node, place))
    else:
        _flush(walk, node.parent or node, place)
        _visit_block(walk, node, _styled(node, place))


def _is_block(node: Tag) -> bool:
    return node.name not in INLINE and node.name not in SILENT and node.name != "br"


def _styled(node: Tag, place: _Place) -> _Place:
    if node.name == "a" and node.has_attr("href"):
        return replace(place, link=1.0)
    if node.name in ("b", "strong", "big"):
        return replace(place, emphasis=max(place.emphasis, 1))
    if node.name == "font":
        size = re.fullmatch(r"\+?(\d)", str(node.get("size", "")).strip())
        if size:
            larger = int(size[1]) + (3 if str(node["size"]).strip().startswith("+") else 0)
            return replace(place, emphasis=max(place.emphasis, larger - 2 if larger > 3 else 0))
    return place


def _visit_block(walk: _Walk, node: Tag, place: _Place) -> None:
    name = node.name
    if name in HEADINGS:
        if text := heading_text(node):
            walk.pieces.append(Piece(BlockKind.HEADING, text, node, level=int(name[1])))
        return
    if name == "table" and is_data_table(node):
        _add_table(walk, node)
        return
    if name == "dl":
        _visit_definitions(walk, node, place)
        return
    if node.has_attr(NOTE_MARK):
        walk.pieces.append(Piece(BlockKind.FOOTNOTE, f"{node[NOTE_MARK]} {inline_text(node)}", node))
        return
    if name == "li" and node.find(HEADINGS) is None:
        walk.marker = _marker(node)
        place = replace(place, kind=BlockKind.LIST_ITEM)
    elif name in ("caption", "figcaption"):
        place = replace(place, kind=BlockKind.CAPTION)
    elif name in ("pre", "xmp", "listing"):
        place = replace(place, preformatted=True)
    _visit_children(walk, node, place)
    _flush(walk, node, place)


def _marker(item: Tag) -> str:
    if item.parent is None or item.parent.name != "ol":
        return "• "
    before = sum(1 for sibling in item.find_previous_siblings("li"))
    start = str(item.parent.get("start", "1"))
    return f"{before + (int(start) if start.isdigit() else 1)}. "


def _flush(walk: _Walk, node: Tag, place: _Place) -> None:
    """Closes the gathered inline text: its lines become one piece, or several where they are visibly apart."""
    lines = lines_of(walk.runs)
    walk.runs = []
    # A single line that opens with a dash is speech, several are a list.
    dashes = sum(DASH.match(line.text) is not None for line in lines) > 1
    while lines:
        count = belonging(lines, place.kind, dashes)
        line = joined(lines[:count], " ")
        lines = lines[count:]
        if not line.text:
            continue
        kind, marker, text = place.kind, "", line.text
        if bullet := BULLET.match(text) or (DASH.match(text) if dashes else None):
            kind, marker, text = BlockKind.LIST_ITEM, "• ", text[bullet.end() :]
        if place.kind is BlockKind.LIST_ITEM:
            marker, walk.marker = walk.marker, ""
        walk.pieces.append(Piece(kind, marker + text, node, link_share=line.link, emphasis=line.emphasis))


def _visit_definitions(walk: _Walk, node: Tag, place: _Place) -> None:
    term = ""
    for child in node.find_all(["dt", "dd"]):
        if child.find_parent("dl") is not node:
            continue
        if child.name == "dt":
            term = inline_text(child)
        elif child.find(["ul", "ol", "table", "dl", *HEADINGS]) is not None:
            if term:
                walk.pieces.append(Piece(BlockKind.PARAGRAPH, term, child))
            _visit_children(walk, child, place)
            _flush(walk, child, place)
            term = ""
        elif text := inline_text(child):
            lead = f"{term.rstrip(':')}: " if term else ""
            walk.pieces.append(Piece(BlockKind.LIST_ITEM, f"• {lead}{text}", child))


def _add_table(walk: _Walk, table: Tag) -> None:
    """A caption piece, and one piece with all rows."""
    caption = table.find("caption")
    if isinstance(caption, Tag) and (text := inline_text(caption)):
        walk.pieces.append(Piece(BlockKind.CAPTION, text, table))
    walk.pieces += [Piece(line.kind, line.text, table) for line in table_lines(table_cells(table))]
