"""The text of a Word document in reading order: headers, headings, lists, tables, captions, drawings and notes.

Walks the XML itself, because content controls, tracked changes, text boxes, notes, headers and automatic numbers lie
outside what python-docx lists as paragraphs. What is deleted, moved away, struck through or hidden is not read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ingest.documents import BlockKind
from ingest.office.drawings import UNREAD_DRAWING, drawing_lines, parsed
from ingest.office.word_styles import Numbering, Style, W, numbering_of, styles_of, switched, value, whole
from ingest.plain import Cell, Line, Unread, after_heading, table_lines
from ingest.symbols import symbol

if TYPE_CHECKING:
    from docx.document import Document
    from docx.opc.part import Part
    from lxml.etree import _Element

_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"
_SPACED = (f"{W}tab", f"{W}br", f"{W}cr", f"{W}ptab")
_WRAPPERS = tuple(f"{W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"))
_GONE = (f"{W}del", f"{W}moveFrom", f"{W}txbxContent", f"{W}pPr", f"{W}drawing", f"{W}pict", _FALLBACK)
_ITEM_OF_MINUTES = re.compile(r"§+\s*\d")
_BARE_ITEM = re.compile(r"§+\s*\d+\s?[a-z]?(?:\s+(?:(?:Dnr|Diarie\w+)\b.*|[A-ZÅÄÖ]{2,6} \d{4}[/-]\d+))?")
_HEADING_CHARS, _FEWEST_LETTERS, _LARGE_HALF_POINTS, _ITEM_LEVEL = 90, 3, 32, 4
"""A bold line of at most so many characters, with letters, heads what follows; in large type it is the title."""
_PAGE_FIELD = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES)\b")

_HIDDEN = ("stycke med dold text", "stycken med dold text")
_STRUCK = ("stycke med överstruken text", "stycken med överstruken text")
_COMMENT = ("kommentar", "kommentarer")
_OBJECT = ("inbäddat objekt", "inbäddade objekt")
_FORMULA = ("formels uppställning (tecknen lästes på rad)", "formlers uppställning (tecknen lästes på rad)")


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


def word_lines(document: Document) -> tuple[list[Line], Unread]:
    """The blocks of the document, and what was not read. Headers and footers come under the title."""
    related = {relation.reltype.rsplit("/", 1)[-1]: relation for relation in document.part.rels.values()}
    blobs = {
        name: related[name].target_part.blob if name in related else None
        for name in ("numbering", "styles", "footnotes", "endnotes", "comments")
    }
    numbering = numbering_of(parsed(blobs["numbering"]))
    walk = _Walk(document.part, styles_of(parsed(blobs["styles"]), numbering), numbering)
    for name in ("footnote", "endnote"):
        root = parsed(blobs[f"{name}s"])
        for note in root.iter(f"{W}{name}") if root is not None else ():
            walk.notes[name, note.get(f"{W}id", "")] = _joined(walk, note) if note.get(f"{W}type") is None else ""
    comments = parsed(blobs["comments"])
    walk.unread[_COMMENT] += len(comments) if comments is not None else 0
    body = _with_titles(_blocks(walk, document.element.body))
    return after_heading(body, _page_lines(document, walk, {line.text for line in body})), walk.unread


def _page_lines(document: Document, walk: _Walk, seen: set[str]) -> Iterator[Line]:
    """Each different line of the headers and footers once, where the text itself does not say the same."""
    parts = [one.target_part for one in document.part.rels.values() if one.reltype.endswith(("/header", "/footer"))]
    for part in parts:
        root = parsed(part.blob)
        within = _Walk(part, walk.styles, walk.numbering)
        for line in _blocks(within, root) if root is not None else ():
            if line.text not in seen and any(letter.isalnum() for letter in line.text):
                seen.add(line.text)
                yield Line(BlockKind.PARAGRAPH, line.text.replace("\n", " "))
        walk.unread += within.unread


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
        if not any(ancestor.tag in (_FALLBACK, f"{W}del", f"{W}moveFrom") for ancestor in box.iterancestors()) and (
            next(box.iterancestors(f"{W}p")) is paragraph
        ):
            yield from _blocks(walk, box)
    for drawing in paragraph.iter(f"{W}drawing"):
        lines = drawing_lines(drawing, walk.part)
        read = list(lines) if lines is not None else []
        walk.unread[UNREAD_DRAWING] += lines is not None and not read
        yield from read
    walk.unread[_OBJECT] += sum(1 for _ in paragraph.iter(f"{W}object"))


def _line(walk: _Walk, paragraph: _Element, text: str) -> Line:
    properties = paragraph.find(f"{W}pPr")
    style = walk.styles.get(value(properties, f"{W}pStyle") or "", walk.styles[""])
    outline = value(properties, f"{W}outlineLvl")
    level = int(outline) + 1 if outline is not None and outline.isdigit() else style.level
    label = _label(walk, properties, style)
    if style.contents:
        return Line(BlockKind.CONTENTS, text)
    if 0 < level < 10:
        return Line(BlockKind.HEADING, f"{label} {text}" if label not in (None, "•") else text, min(level, 6))
    if style.caption:
        return Line(BlockKind.CAPTION, text)
    if label or style.listed:
        return Line(BlockKind.LIST_ITEM, f"{label or '•'} {text}")
    if level := _bold_level(paragraph, text):
        return Line(BlockKind.HEADING, text, level)
    return Line(BlockKind.PARAGRAPH, text)


def _bold_level(paragraph: _Element, text: str) -> int:
    """The level of a heading without a style: a short line, all bold, or that begins with the number of an item of
    minutes; 0 for other paragraphs.
    """
    runs = [run for run in paragraph.iter(f"{W}r") if any(one.text for one in run.iter(f"{W}t"))]
    bold = [switched(run.find(f"{W}rPr"), ("b",), False) for run in runs]
    if not bold or not bold[0] or len(text) > _HEADING_CHARS or text[-1] in ".:,;!?":
        return 0
    if _ITEM_OF_MINUTES.match(text):
        return _ITEM_LEVEL
    sizes = [value(run.find(f"{W}rPr"), f"{W}sz") or "0" for run in runs]
    if not all(bold) or sum(map(str.isalpha, text)) < _FEWEST_LETTERS:
        return 0
    return 1 if all(size.isdigit() and int(size) >= _LARGE_HALF_POINTS for size in sizes) else _ITEM_LEVEL + 1


def _with_titles(lines: Iterable[Line]) -> list[Line]:
    """The lines with the bare number of an item of minutes and the title under it as one heading."""
    joined: list[Line] = []
    bare = False
    for line in lines:
        heading = line.kind is BlockKind.HEADING
        if bare and heading and line.level == _ITEM_LEVEL + 1:
            joined[-1] = replace(joined[-1], text=f"{joined[-1].text} {line.text}")
            bare = False
        else:
            joined.append(line)
            bare = heading and line.level == _ITEM_LEVEL and _BARE_ITEM.fullmatch(line.text) is not None
    return joined


def _label(walk: _Walk, properties: _Element | None, style: Style) -> str | None:
    """The paragraph's automatic number; its own statement counts before that of its style."""
    own = properties.find(f"{W}numPr") if properties is not None else None
    list_id = value(own, f"{W}numId") or style.list_id
    level = value(own, f"{W}ilvl")
    depth = int(level) if level is not None and level.isdigit() else style.list_level
    return walk.numbering.label(list_id, depth) if list_id not in (None, "0") else None


def _text(walk: _Walk, paragraph: _Element) -> str:
    """The words of one paragraph that are shown, without those of text boxes anchored in it."""
    parts: list[str] = []
    unseen: set[tuple[str, str]] = set()
    style = walk.styles.get(value(paragraph.find(f"{W}pPr"), f"{W}pStyle") or "", walk.styles[""])
    fields: list[bool] = []
    stack = list(reversed(paragraph))
    while stack:
        node = stack.pop()
        if node.tag == f"{W}r":
            left_out = _unseen(walk, node, style)
            if left_out is None:
                stack.extend(reversed(node))
            elif any(text.text and text.text.strip() for text in node.iter(f"{W}t")):
                unseen.add(left_out)
        elif node.tag in (f"{W}fldChar", f"{W}instrText", f"{W}fldSimple"):
            _follow_field(fields, node)
            if node.tag == f"{W}fldSimple" and not _PAGE_FIELD.match(node.get(f"{W}instr", "")):
                stack.extend(reversed(node))
        elif node.tag in (f"{W}t", f"{W}sym", _MATH_TEXT):
            parts.append("" if any(fields) else _letters(node))
        elif node.tag in _SPACED:
            parts.append(" ")
        elif node.tag == f"{W}noBreakHyphen":
            parts.append("-")
        elif node.tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
            _mark(walk, node)
        elif node.tag not in _GONE:
            walk.unread[_FORMULA] += node.tag == _MATH
            stack.extend(reversed(node))
    walk.unread.update(sorted(unseen))  # a set has another order in each process
    return " ".join("".join(parts).split())


def _letters(node: _Element) -> str:
    """What a node of text says; of a symbol the letter or sign that its code stands for."""
    if node.tag != f"{W}sym":
        return node.text or ""
    return symbol(int(node.get(f"{W}char", "0"), 16)) or ""


def _follow_field(fields: list[bool], node: _Element) -> None:
    """Keeps, for each field that is open, whether it is a page number, which is no text of the document."""
    kind = node.get(f"{W}fldCharType")
    if kind == "begin":
        fields.append(False)
    elif kind == "end" and fields:
        fields.pop()
    elif node.tag == f"{W}instrText" and fields:
        fields[-1] = fields[-1] or _PAGE_FIELD.match(node.text or "") is not None


def _unseen(walk: _Walk, run: _Element, paragraph_style: Style) -> tuple[str, str] | None:
    """Why the run is not shown, None where it is; what it states itself counts before what its styles state."""
    properties = run.find(f"{W}rPr")
    style = walk.styles.get(value(properties, f"{W}rStyle") or "", walk.styles[""])
    for names, kind, styled in (
        (("vanish", "webHidden"), _HIDDEN, style.hidden or paragraph_style.hidden),
        (("strike", "dstrike"), _STRUCK, style.struck or paragraph_style.struck),
    ):
        if switched(properties, names, styled):
            return kind
    return None


def _mark(walk: _Walk, reference: _Element) -> None:
    """Puts the note after the paragraph that marks it, with the number that the mark shows."""
    name = str(reference.tag).removeprefix(W).removesuffix("Reference")
    text = walk.notes.pop((name, reference.get(f"{W}id", "")), "")
    if text:
        walk.note_counts[name] += 1
        walk.marked.append(Line(BlockKind.FOOTNOTE, f"{walk.note_counts[name]} {text}"))


def _joined(walk: _Walk, parent: _Element) -> str:
    return " ".join(filter(None, (_text(walk, paragraph) for paragraph in parent.iter(f"{W}p"))))


def _table(walk: _Walk, table: _Element) -> Iterator[Line]:
    """A table of one column only frames its text. Deleted rows are not read."""
    shown = [row for row in _within(table, f"{W}tr") if row.find(f"{W}trPr/{W}del") is None]
    rows = [list(_within(row, f"{W}tc")) for row in shown]
    if rows and all(len(cells) == 1 for cells in rows):
        for framed in rows:
            yield from _blocks(walk, framed[0])
        return
    if len(rows) == 1 and _ITEM_OF_MINUTES.match(first := _joined(walk, rows[0][0])):
        yield Line(BlockKind.HEADING, " ".join((first, *(_joined(walk, cell) for cell in rows[0][1:]))), _ITEM_LEVEL)
        return
    grid = [list(_placed(row, cells)) for row, cells in zip(shown, rows, strict=True)]
    going_on = [{column for column, _, _, goes_on in row if goes_on} for row in grid]
    made: list[list[Cell]] = []
    for number, placed in enumerate(grid):
        made.append([])
        for column, across, cell, goes_on in placed:
            if goes_on and number:
                continue
            down = 1
            while number + down < len(grid) and column in going_on[number + down]:
                down += 1
            made[-1].append(Cell(_joined(walk, cell) if cell is not None else "", across, down))
    yield from table_lines(made)


def _placed(row: _Element, cells: list[_Element]) -> Iterator[tuple[int, int, _Element | None, bool]]:
    """Each cell of a row with its column, how many columns it covers, and whether it goes on from the row above."""
    column = whole(value(row.find(f"{W}trPr"), f"{W}gridBefore"), 0)
    if column:
        yield 0, column, None, False
    for cell in cells:
        properties = cell.find(f"{W}tcPr")
        across = max(1, whole(value(properties, f"{W}gridSpan"), 1))
        yield column, across, cell, value(properties, f"{W}vMerge") in ("", "continue")
        column += across
