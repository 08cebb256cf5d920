"""The text of a Word document in reading order: headers, headings, lists, tables, captions, drawings and notes.

Walks the XML itself, because content controls, tracked changes, text boxes, notes, headers and automatic numbers lie
outside what python-docx lists as paragraphs. What is deleted, moved away, struck through or hidden is not read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.documents import BlockKind, ReadDocument
from ingest.office.slides import UNREAD_DRAWING, drawing_lines
from ingest.office.word_styles import Numbering, Style, W, is_on, numbering_of, styles_of, value, whole
from ingest.plain import Cell, Line, Unread, after_heading, lay_out, symbol, table_lines, with_unread, xml_root

if TYPE_CHECKING:
    from docx.document import Document
    from docx.opc.part import Part
    from lxml.etree import _Element

_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_SPACED = (f"{W}tab", f"{W}br", f"{W}cr", f"{W}ptab")
_WRAPPERS = tuple(f"{W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"))
_GONE = (f"{W}del", f"{W}moveFrom", f"{W}txbxContent", f"{W}pPr", f"{W}drawing", f"{W}pict", _FALLBACK)
_NOTES = {f"{W}{name}Reference": name for name in ("footnote", "endnote")}
_ITEM_OF_MINUTES = re.compile(r"§+\s*\d")
_HEADING_CHARS, _LARGE_HALF_POINTS, _ITEM_LEVEL = 90, 32, 4
"""A bold line of at most so many characters heads what follows; in large type it is the title."""

_HIDDEN = ("stycke med dold text", "stycken med dold text")
_STRUCK = ("stycke med överstruken text", "stycken med överstruken text")
_COMMENT = ("kommentar", "kommentarer")
_OBJECT = ("inbäddat objekt", "inbäddade objekt")


@dataclass(slots=True)
class _Walk:
    """What the walk through one part of a document needs, and what it has found on its way."""

    part: Part
    styles: dict[str, Style]
    numbering: Numbering
    notes: dict[tuple[str, str], str] = field(default_factory=dict)
    note_counts: Counter[str] = field(default_factory=Counter)
    marked: list[Line] = field(default_factory=list)
    unread: Unread = field(default_factory=Counter)


def read_word(path: Path) -> ReadDocument:
    """The document's text, with what headers and footers say under its title."""
    import docx

    document = docx.Document(str(path))
    properties = document.core_properties
    # A file that was never saved again carries the date of its template.
    saved = properties.modified if properties.modified != properties.created else None
    lines, unread = _lines(document)
    title = (properties.title or "").strip() or None
    read = with_unread(lay_out(lines), unread)
    return replace(read, title=title, updated=saved.date().isoformat() if saved else None)


def _lines(document: Document) -> tuple[list[Line], Unread]:
    parts = {relation.reltype.rsplit("/", 1)[-1]: relation for relation in document.part.rels.values()}
    roots = {
        name: xml_root(parts[name].target_part.blob)
        for name in ("numbering", "styles", "footnotes", "endnotes", "comments")
        if name in parts
    }
    numbering = numbering_of(roots.get("numbering"))
    walk = _Walk(document.part, styles_of(roots.get("styles"), numbering), numbering)
    for name in _NOTES.values():
        root = roots.get(f"{name}s")
        for note in root.iter(f"{W}{name}") if root is not None else ():
            walk.notes[name, note.get(f"{W}id", "")] = _joined(walk, note) if note.get(f"{W}type") is None else ""
    walk.unread[_COMMENT] += len(roots.get("comments", ()))
    body = list(_blocks(walk, document.element.body))
    return after_heading(body, _page_lines(document, walk, {line.text for line in body})), walk.unread


def _page_lines(document: Document, walk: _Walk, seen: set[str]) -> Iterator[Line]:
    """Each different line of the headers and footers once, where the text itself does not say the same."""
    parts = [one.target_part for one in document.part.rels.values() if one.reltype.endswith(("/header", "/footer"))]
    for part in parts:
        for line in _blocks(replace(walk, part=part), xml_root(part.blob)):
            if line.text not in seen and any(letter.isalnum() for letter in line.text):
                seen.add(line.text)
                yield Line(BlockKind.PARAGRAPH, line.text.replace("\n", " "))


def _within(parent: _Element, tag: str) -> Iterator[_Element]:
    """The children of this tag, also those that stand in content controls and the like."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _within(child, tag)


def _blocks(walk: _Walk, parent: _Element) -> Iterator[Line]:
    for child in parent:
        if child.tag == f"{W}p":
            yield from _paragraph(walk, child)
        elif child.tag == f"{W}tbl":
            yield from _table(walk, child)
        elif child.tag in _WRAPPERS:
            yield from _blocks(walk, child)
        yield from walk.marked
        walk.marked.clear()


def _paragraph(walk: _Walk, paragraph: _Element) -> Iterator[Line]:
    if text := _text(walk, paragraph):
        yield _line(walk, paragraph, text)
    for box in paragraph.iter(f"{W}txbxContent"):
        # A box within a box is read with the outer one.
        gone = any(ancestor.tag in (_FALLBACK, f"{W}del", f"{W}moveFrom") for ancestor in box.iterancestors())
        if not gone and next(box.iterancestors(f"{W}p")) is paragraph:
            yield from _blocks(walk, box)
    for drawing in paragraph.iter(f"{W}drawing"):
        lines = drawing_lines(drawing, walk.part)
        walk.unread[UNREAD_DRAWING] += lines == []
        yield from lines or ()
    walk.unread[_OBJECT] += sum(1 for _ in paragraph.iter(f"{W}object"))


def _style(walk: _Walk, paragraph: _Element) -> Style:
    return walk.styles.get(value(paragraph, f"{W}pPr/{W}pStyle") or "", Style())


def _line(walk: _Walk, paragraph: _Element, text: str) -> Line:
    style = _style(walk, paragraph)
    outline = value(paragraph, f"{W}pPr/{W}outlineLvl")
    level = whole(outline, -1) + 1 if outline is not None else style.level
    label = _label(walk, paragraph, style)
    if style.kind is BlockKind.CONTENTS:
        return Line(style.kind, text)
    if 0 < level < 10:
        return Line(BlockKind.HEADING, f"{label} {text}" if label not in (None, "•") else text, min(level, 6))
    if label or style.kind is BlockKind.LIST_ITEM:
        return Line(BlockKind.LIST_ITEM, f"{label or '•'} {text}")
    if style.kind is BlockKind.PARAGRAPH and (level := _bold_level(paragraph, text)):
        return Line(BlockKind.HEADING, text, level)
    return Line(style.kind, text)


def _bold_level(paragraph: _Element, text: str) -> int:
    """The level of a heading without a style: a short line, all bold, or that begins with the number of an item of
    minutes; 0 for other paragraphs.
    """
    runs = [run for run in paragraph.iter(f"{W}r") if any(one.text for one in run.iter(f"{W}t"))]
    bold = [is_on(run, ("b",)) for run in runs]
    if not bold or not bold[0] or len(text) > _HEADING_CHARS or text[-1] in ".:,;!?":
        return 0
    if _ITEM_OF_MINUTES.match(text):
        return _ITEM_LEVEL
    if not all(bold) or not any(map(str.isalpha, text)):
        return 0
    large = all(whole(value(run, f"{W}rPr/{W}sz"), 0) >= _LARGE_HALF_POINTS for run in runs)
    return 1 if large else _ITEM_LEVEL + 1


def _label(walk: _Walk, paragraph: _Element, style: Style) -> str | None:
    """The paragraph's automatic number; its own statement counts before that of its style."""
    numbered = f"{W}pPr/{W}numPr"
    list_id = value(paragraph, f"{numbered}/{W}numId") or style.list_id
    level = whole(value(paragraph, f"{numbered}/{W}ilvl"), style.list_level)
    return walk.numbering.label(list_id, level) if list_id not in (None, "0") else None


def _text(walk: _Walk, paragraph: _Element) -> str:
    """The words of one paragraph that are shown, without those of text boxes anchored in it."""
    unseen: dict[tuple[str, str], None] = {}
    text = "".join(_words(walk, paragraph, unseen))
    walk.unread.update(unseen.keys())
    return " ".join(text.split())


def _words(walk: _Walk, parent: _Element, unseen: dict[tuple[str, str], None]) -> Iterator[str]:
    for node in parent:
        hidden = is_on(node, ("vanish", "webHidden"))
        if hidden or is_on(node, ("strike", "dstrike")):
            if any((text.text or "").strip() for text in node.iter(f"{W}t")):
                unseen[_HIDDEN if hidden else _STRUCK] = None
        elif node.tag in (f"{W}t", _MATH_TEXT):
            yield node.text or ""
        elif node.tag == f"{W}sym":
            yield symbol(int(node.get(f"{W}char", "0"), 16)) or ""
        elif node.tag in _SPACED:
            yield " "
        elif node.tag == f"{W}noBreakHyphen":
            yield "-"
        elif node.tag in _NOTES:
            _mark(walk, _NOTES[str(node.tag)], node.get(f"{W}id", ""))
        elif node.tag not in _GONE:
            yield from _words(walk, node, unseen)


def _mark(walk: _Walk, name: str, note_id: str) -> None:
    """Puts the note after the paragraph that marks it, with the number that the mark shows."""
    if text := walk.notes.pop((name, note_id), ""):
        walk.note_counts[name] += 1
        walk.marked.append(Line(BlockKind.FOOTNOTE, f"{walk.note_counts[name]} {text}"))


def _joined(walk: _Walk, parent: _Element) -> str:
    return " ".join(filter(None, (_text(walk, paragraph) for paragraph in parent.iter(f"{W}p"))))


def _table(walk: _Walk, table: _Element) -> Iterator[Line]:
    """A table of one column only frames its text. Deleted rows are not read."""
    shown = [row for row in _within(table, f"{W}tr") if row.find(f"{W}trPr/{W}del") is None]
    rows = [list(_within(row, f"{W}tc")) for row in shown]
    if all(len(cells) == 1 for cells in rows):
        for framed in rows:
            yield from _blocks(walk, framed[0])
        return
    grid = [list(_placed(walk, row, cells)) for row, cells in zip(shown, rows, strict=True)]
    going_on = [{column for column, _, goes_on in row if goes_on} for row in grid]
    made: list[list[Cell]] = []
    for number, placed in enumerate(grid):
        made.append([])
        for column, cell, goes_on in placed:
            if goes_on and number:
                continue
            down = 1
            while number + down < len(grid) and column in going_on[number + down]:
                down += 1
            made[-1].append(replace(cell, down=down))
    yield from table_lines(made)


def _placed(walk: _Walk, row: _Element, cells: list[_Element]) -> Iterator[tuple[int, Cell, bool]]:
    """Each cell of a row with its column, and whether it goes on from the row above."""
    column = whole(value(row, f"{W}trPr/{W}gridBefore"), 0)
    if column:
        yield 0, Cell("", column), False
    for cell in cells:
        across = max(1, whole(value(cell, f"{W}tcPr/{W}gridSpan"), 1))
        yield column, Cell(_joined(walk, cell), across), value(cell, f"{W}tcPr/{W}vMerge") in ("", "continue")
        column += across
