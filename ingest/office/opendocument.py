"""Reads OpenDocument files (LibreOffice): their few kinds of elements are named as in a web page and read as one."""

from __future__ import annotations

import zipfile
from collections import Counter
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.documents import ReadDocument
from ingest.errors import PasswordNeeded
from ingest.plain import Unread, lay_out, with_unread
from ingest.web.pieces import NOTE_MARK

if TYPE_CHECKING:
    from lxml.etree import _Element

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_PRESENTATION = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_UNSEEN = ("stycke med dold eller överstruken text", "stycken med dold eller överstruken text")
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_CHANGED = "{http://purl.org/dc/elements/1.1/}date"
_TAGS = {
    f"{_TEXT}p": "p",
    f"{_TEXT}list": "ul",
    f"{_TEXT}list-item": "li",
    f"{_TEXT}line-break": "br",
    f"{_TABLE}table": "table",
    f"{_TABLE}table-row": "tr",
    f"{_TABLE}table-cell": "td",
    f"{_DRAW}page": "section",
}
_SKIPPED = (
    f"{_TEXT}tracked-changes",
    f"{_TEXT}table-of-content",
    f"{_TEXT}sequence-decls",
    f"{_OFFICE}annotation",
    f"{_TABLE}covered-table-cell",
)
_COMMENT = ("kommentar", "kommentarer")
_OBJECT = ("inbäddat objekt", "inbäddade objekt")
_REPEATED = 100
"""A cell or row that repeats is read so many times at most: empty ones are repeated to the edge of the sheet."""


def read_opendocument(path: Path) -> ReadDocument:
    """An .odt, .ods or .odp file as one page without a number. Raises `PasswordNeeded` for a protected one."""
    from lxml import etree

    from ingest.web.pieces import lines_of_html

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    with zipfile.ZipFile(path) as archive:
        if b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise PasswordNeeded(f"{path.name} är skyddad med lösenord; spara en kopia utan lösenord och läs in den.")
        content = etree.fromstring(archive.read("content.xml"), parser)
        about = etree.fromstring(archive.read("meta.xml"), parser) if "meta.xml" in archive.namelist() else None
    body = content.find(f"{_OFFICE}body")
    if body is None:
        return lay_out(())
    unread: Unread = Counter()
    unread[_COMMENT] = sum(1 for _ in body.iter(f"{_OFFICE}annotation"))
    unread[_OBJECT] = sum(1 for _ in body.iter(f"{_DRAW}object", f"{_DRAW}object-ole"))
    unseen = _unseen_styles(content)
    for node in [*body.iter(*_SKIPPED), *(one for one in body.iter() if one.get(f"{_TEXT}style-name") in unseen)]:
        unread[_UNSEEN] += node.get(f"{_TEXT}style-name") in unseen
        _empty(node)
    for node in list(body.iter(f"{_TEXT}note")):
        _set_after_paragraph(node)
    for node in list(body.iter("*")):
        _rename(node)
    html = etree.tostring(body, encoding="unicode", method="xml")
    read = with_unread(lay_out(lines_of_html(html)), unread)
    title = (about.findtext(f".//{_TITLE}") or "").strip() if about is not None else ""
    changed = (about.findtext(f".//{_CHANGED}") or "")[:10] if about is not None else ""
    return replace(read, title=title or None, updated=changed or None)


def _unseen_styles(root: _Element) -> frozenset[str | None]:
    """The names of the styles whose text is hidden or struck."""
    found = set()
    for style in root.iter(f"{_STYLE}style"):
        for told in style.iter(f"{_STYLE}text-properties"):
            struck = told.get(f"{_STYLE}text-line-through-style", "none") != "none"
            if struck or told.get(f"{_TEXT}display") == "none":
                found.add(style.get(f"{_STYLE}name"))
    return frozenset(found)


def _empty(node: _Element) -> None:
    """Takes out what stands in the element, and leaves what follows it."""
    tail = node.tail
    node.clear()
    node.tail = tail


def _set_after_paragraph(note: _Element) -> None:
    """Moves a note out of the sentence that marks it, to where the readers of web pages expect it."""
    mark, body = note.findtext(f"{_TEXT}note-citation") or "*", note.find(f"{_TEXT}note-body")
    text = " ".join("".join(body.itertext()).split()) if body is not None else ""
    holder = next(note.iterancestors(f"{_TEXT}p", f"{_TEXT}h"), None)
    _empty(note)
    if holder is not None and text:
        placed = holder.makeelement("div", {NOTE_MARK: mark})
        placed.text = text
        holder.addnext(placed)
        placed.tail, holder.tail = holder.tail, None


def _rename(node: _Element) -> None:
    """Gives the element its name in a web page; inline elements become spans."""
    name = str(node.tag)
    if name.startswith(_TABLE):
        _repeat(node)
        for ours, theirs in (("columns", "colspan"), ("rows", "rowspan")):
            if span := node.get(f"{_TABLE}number-{ours}-spanned"):
                node.set(theirs, span)
    if name == f"{_TEXT}h":
        node.tag = f"h{min(int(node.get(f'{_TEXT}outline-level', '1')), 6)}"
    elif node.get(f"{_PRESENTATION}class") == "title":
        node.tag = "h1"
    elif name == f"{_TABLE}table" and (above := node.getparent()) is not None and above.get("class") == "sheets":
        heading = node.makeelement("h1")
        heading.text = node.get(f"{_TABLE}name")
        node.addprevious(heading)
        node.tag = "table"
    elif name in (f"{_TEXT}s", f"{_TEXT}tab"):
        node.tag, node.text = "span", " "
    elif name in _TAGS:
        node.tag = _TAGS[name]
    elif name.startswith(_TEXT):
        node.tag = "span"
    elif name.startswith("{"):
        node.tag = "div"
        if name == f"{_OFFICE}spreadsheet":
            node.set("class", "sheets")


def _repeat(node: _Element) -> None:
    """Writes out cells and rows that the file holds once for several."""
    kind = "columns" if node.tag == f"{_TABLE}table-cell" else "rows"
    count = node.attrib.pop(f"{_TABLE}number-{kind}-repeated", "1")
    if count.isdigit() and "".join(node.itertext()).strip():
        for _ in range(min(int(count), _REPEATED) - 1):
            node.addnext(deepcopy(node))
    elif count.isdigit() and kind == "columns" and node.getnext() is not None:
        for _ in range(min(int(count), _REPEATED) - 1):
            node.addnext(node.makeelement("td"))
