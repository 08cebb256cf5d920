"""The text of single elements of an HTML tree: a line, a heading, a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeGuard

from bs4.element import CData, NavigableString, PageElement, Tag

from ingest.grid import Cell

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data dfn em font i ins kbd label mark nobr o q rp rt ruby samp small "
    "span strong sub sup time tt u var wbr".split(" ")
)
STRUCK = ("s", "del", "strike")
"""Elements whose text does not hold any more."""
SILENT = frozenset(STRUCK) | frozenset(
    "applet audio button canvas colgroup datalist embed frame head iframe img input map math meta link noframes "
    "noscript object optgroup option script select style svg template textarea title video".split(" ")
)
BREAK = "\x0b"
_EDGE = "\x1f"


def inline_text(node: Tag) -> str:
    """The text of an element on one line; a space wherever a block or a line break ends a word."""
    return " ".join("".join(_strings(node)).replace(_EDGE, "").replace(BREAK, " ").split())


def heading_text(node: Tag) -> str:
    """The text of a heading. A part set as its own line by style ("Område:" over the title) gets its missing space."""
    text = "".join(_strings(node)).replace(BREAK, " ")
    text = re.sub(rf"(?<=[:–])\s*{_EDGE}+\s*(?=\w)|(?<=[^\W\d_]){_EDGE}+(?=[A-ZÅÄÖ][a-zåäö])", " ", text)
    return " ".join(text.replace(_EDGE, "").split())


def _strings(node: Tag) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, Tag):
            if child.name in SILENT and child.name != "button":
                continue
            edge = _EDGE if child.name in INLINE else BREAK
            yield edge
            yield from _strings(child)
            yield edge
        elif is_text(child):
            yield plain_string(child)


def plain_string(string: NavigableString) -> str:
    """The string without the two characters that serve as marks here."""
    return str(string).translate({0x0B: " ", 0x0C: " ", 0x1F: None})


def is_text(node: PageElement) -> TypeGuard[NavigableString]:
    """Comments, declarations and the like are subclasses of the plain string."""
    return type(node) in (NavigableString, CData)


def is_data_table(table: Tag) -> bool:
    """Whether a table holds data; the others only place things on the page."""
    rows = [_cells(row) for row in _rows(table)]
    if table.get("role") in ("presentation", "none") or table.find("table") is not None:
        return False
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return False
    if table.find(["th", "caption"]) is not None:
        return True
    return table.find(HEADINGS) is None and all(len(inline_text(cell)) < 400 for row in rows for cell in row)


def _rows(table: Tag) -> list[Tag]:
    return [row for row in table.find_all("tr") if row.find_parent("table") is table]


def _cells(row: Tag) -> list[Tag]:
    return [cell for cell in row.find_all(["td", "th"]) if cell.find_parent("tr") is row]


def table_cells(table: Tag) -> list[list[Cell]]:
    """The cells of each row, with how many columns and rows they cover."""
    return [
        [Cell(inline_text(cell), _span(cell, "colspan"), _span(cell, "rowspan")) for cell in _cells(row)]
        for row in _rows(table)
    ]


def _span(cell: Tag, name: str) -> int:
    value = str(cell.get(name, "1")).strip()
    return max(1, int(value)) if value.isdigit() and len(value) < 6 else 1
