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
from ingest.plain import Unread, lay_out, with_unread, xml_root
from ingest.web.pieces import NOTE_MARK, lines_of_html

if TYPE_CHECKING:
    from lxml.etree import _Element

_NAMES = "{urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _TABLE, _OFFICE = (f"{_NAMES}{name}:1.0}}" for name in ("text", "table", "office"))
_STYLE, _DRAW, _PRESENTATION = (f"{_NAMES}{name}:1.0}}" for name in ("style", "drawing", "presentation"))
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_TAGS = {
    f"{_TEXT}p": "p",
    f"{_TEXT}list": "ul",
    f"{_TEXT}list-item": "li",
    f"{_TEXT}line-break": "br",
    f"{_TABLE}table": "table",
    f"{_TABLE}table-row": "tr",
    f"{_TABLE}table-cell": "td",
}
_SKIPPED = (
    f"{_TEXT}tracked-changes",
    f"{_TEXT}table-of-content",
    f"{_TEXT}sequence-decls",
    f"{_OFFICE}annotation",
    f"{_TABLE}covered-table-cell",
)
_UNSEEN = ("stycke med dold eller överstruken text", "stycken med dold eller överstruken text")
_COMMENT = ("kommentar", "kommentarer")
_OBJECT = ("inbäddat objekt", "inbäddade objekt")
_REPEATED = 100
"""A cell or row that repeats is read so many times at most: empty ones are repeated to the edge of the sheet."""


def read_opendocument(path: Path) -> ReadDocument:
    """An .odt, .ods or .odp file as one page without a number. Raises `PasswordNeeded` for a protected one."""
    from lxml import etree

    with zipfile.ZipFile(path) as archive:
        if b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise PasswordNeeded(f"{path.name} är skyddad med lösenord; spara en kopia utan lösenord och läs in den.")
        content = xml_root(archive.read("content.xml"))
        about = xml_root(archive.read("meta.xml") if "meta.xml" in archive.namelist() else b"<none/>")
    unread: Unread = Counter()
    unread[_COMMENT] = sum(1 for _ in content.iter(f"{_OFFICE}annotation"))
    unread[_OBJECT] = sum(1 for _ in content.iter(f"{_DRAW}object", f"{_DRAW}object-ole"))
    unseen = _unseen_styles(content)
    body = content.find(f"{_OFFICE}body")
    for node in list(body.iter("*")) if body is not None else ():
        hidden = node.get(f"{_TEXT}style-name") in unseen
        unread[_UNSEEN] += hidden
        if hidden or node.tag in _SKIPPED:
            _empty(node)
        elif node.tag == f"{_TEXT}note":
            _set_after_paragraph(node)
    for node in list(body.iter("*")) if body is not None else ():
        _rename(node)
    html = etree.tostring(body, encoding="unicode", method="xml") if body is not None else ""
    read = with_unread(lay_out(lines_of_html(html)), unread)
    title, changed = (about.findtext(f".//{_DUBLIN_CORE}{name}") or "" for name in ("title", "date"))
    return replace(read, title=title.strip() or None, updated=changed[:10] or None)


def _unseen_styles(root: _Element) -> set[str | None]:
    """The names of the styles whose text is hidden or struck."""
    found = set()
    for told in root.iter(f"{_STYLE}text-properties"):
        struck = told.get(f"{_STYLE}text-line-through-style", "none") != "none"
        style = told.getparent()
        if style is not None and (struck or told.get(f"{_TEXT}display") == "none"):
            found.add(style.get(f"{_STYLE}name"))
    return found


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
            node.set(theirs, node.get(f"{_TABLE}number-{ours}-spanned", "1"))
    if name == f"{_TEXT}h":
        node.tag = f"h{min(int(node.get(f'{_TEXT}outline-level', '1')), 6)}"
    elif node.get(f"{_PRESENTATION}class") == "title":
        node.tag = "h1"
    elif name == f"{_OFFICE}spreadsheet":
        for sheet in node.findall(f"{_TABLE}table"):
            heading = node.makeelement("h1")
            heading.text = sheet.get(f"{_TABLE}name")
            sheet.addprevious(heading)
    elif name in (f"{_TEXT}s", f"{_TEXT}tab"):
        node.tag, node.text = "span", " "
    elif name.startswith("{"):
        node.tag = _TAGS.get(name, "span" if name.startswith(_TEXT) else "div")


def _repeat(node: _Element) -> None:
    """Writes out cells and rows that the file holds once for several."""
    cell = node.tag == f"{_TABLE}table-cell"
    count = node.attrib.pop(f"{_TABLE}number-{'columns' if cell else 'rows'}-repeated", "1")
    filled = "".join(node.itertext()).strip()
    if count.isdigit() and (filled or (cell and node.getnext() is not None)):
        for _ in range(min(int(count), _REPEATED) - 1):
            node.addnext(deepcopy(node) if filled else node.makeelement("td"))
