"""The text of a Word document in reading order: headings, lists, tables, captions and footnotes.

Walks the XML itself, because content controls, inserted (tracked) text and text boxes lie outside what python-docx
lists as paragraphs. Deleted text is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.documents import BlockKind
from ingest.plain import Line

if TYPE_CHECKING:
    from docx.document import Document
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SPACED = (f"{_W}tab", f"{_W}br", f"{_W}cr")
_FOOTNOTES = "/footnotes"
_HEADING_STYLE = re.compile(r"(?i)^(?:heading|rubrik)\s*(\d)$")


def word_lines(document: Document) -> Iterator[Line]:
    """The blocks of the document; footnotes come last."""
    names = {style.style_id: style.name or "" for style in document.styles}
    yield from _blocks(document.element.body, names)
    for relation in document.part.rels.values():
        if relation.reltype.endswith(_FOOTNOTES):
            yield from _footnotes(relation.target_part.blob)


def _blocks(parent: _Element, names: dict[str, str]) -> Iterator[Line]:
    for child in parent:
        if child.tag == f"{_W}p":
            yield from _paragraph(child, names)
        elif child.tag == f"{_W}tbl":
            yield from _table(child, names)
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
            yield from _blocks(child, names)


def _paragraph(paragraph: _Element, names: dict[str, str]) -> Iterator[Line]:
    text = _text(paragraph)
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    name = names.get(style.get(f"{_W}val", ""), "") if style is not None else ""
    if text:
        yield _line(paragraph, text, name)
    for box in paragraph.iter(f"{_W}txbxContent"):
        if not any(ancestor.tag == _FALLBACK for ancestor in box.iterancestors()):
            yield from _blocks(box, names)


def _line(paragraph: _Element, text: str, style: str) -> Line:
    outline = paragraph.find(f"{_W}pPr/{_W}outlineLvl")
    numbered = paragraph.find(f"{_W}pPr/{_W}numPr") is not None
    if heading := _HEADING_STYLE.match(style):
        return Line(BlockKind.HEADING, text, min(int(heading[1]), 6))
    if style == "Title":
        return Line(BlockKind.HEADING, text, 1)
    if outline is not None and (depth := outline.get(f"{_W}val", "9")).isdigit() and int(depth) < 6:
        return Line(BlockKind.HEADING, text, int(depth) + 1)
    if style.casefold().startswith("toc ") or style.casefold().startswith("table of"):
        return Line(BlockKind.CONTENTS, text)
    if style == "Caption":
        return Line(BlockKind.CAPTION, text)
    if numbered or style.startswith("List"):
        return Line(BlockKind.LIST_ITEM, f"• {text}")
    return Line(BlockKind.PARAGRAPH, text)


def _text(paragraph: _Element) -> str:
    """The words of one paragraph, without those of text boxes anchored in it."""
    parts: list[str] = []
    stack = list(reversed(paragraph))
    while stack:
        node = stack.pop()
        if node.tag == f"{_W}t":
            parts.append(node.text or "")
        elif node.tag in _SPACED:
            parts.append(" ")
        elif node.tag == f"{_W}noBreakHyphen":
            parts.append("-")
        elif node.tag not in (f"{_W}txbxContent", f"{_W}del", f"{_W}pPr", _FALLBACK):
            stack.extend(reversed(node))
    return " ".join("".join(parts).split())


def _table(table: _Element, names: dict[str, str]) -> Iterator[Line]:
    """Rows as lines; a cell merged downwards is read in each row. A table of one column only frames its text."""
    rows: list[list[str]] = []
    cells = [list(row.findall(f"{_W}tc")) for row in table.findall(f"{_W}tr")]
    if cells and max(map(len, cells)) == 1:
        for row in cells:
            for cell in row:
                yield from _blocks(cell, names)
        return
    for row in cells:
        texts: list[str] = []
        for position, cell in enumerate(row):
            merge = cell.find(f"{_W}tcPr/{_W}vMerge")
            goes_on = merge is not None and merge.get(f"{_W}val", "continue") == "continue"
            above = rows[-1][position] if goes_on and rows and position < len(rows[-1]) else ""
            texts.append(above or " ".join(filter(None, map(_text, cell.iter(f"{_W}p")))))
        rows.append(texts)
    filled = [" | ".join(row) for row in rows if any(row)]
    if filled:
        yield Line(BlockKind.TABLE, "\n".join(filled))


def _footnotes(blob: bytes) -> Iterator[Line]:
    from lxml import etree

    root = etree.fromstring(blob, etree.XMLParser(resolve_entities=False, no_network=True))
    for note in root.iter(f"{_W}footnote"):
        text = " ".join(filter(None, map(_text, note.iter(f"{_W}p"))))
        if text and note.get(f"{_W}type") is None:
            yield Line(BlockKind.FOOTNOTE, f"{note.get(f'{_W}id')} {text}")
