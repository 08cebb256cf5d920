"""The text of single elements of an HTML tree (line, heading, table, footnote) and inline text between blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeGuard

from bs4.element import CData, NavigableString, PageElement, Tag

from ingest.documents import BlockKind
from ingest.plain import BULLETS, Cell

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


BULLET = re.compile(rf"[{BULLETS}]\s+(?=\S)")
DASH = re.compile(r"[–—*-]\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Run:
    """Inline text, with the share of its letters that lie in links; a line break is a run of its own."""

    text: str
    link: float = 0.0
    emphasis: int = 0


def lines_of(runs: Sequence[Run]) -> list[Run]:
    """The gathered text by lines; an empty line stays as one without text."""
    lines: list[Run] = []
    for is_break, group in groupby(runs, lambda run: run.text == BREAK):
        members = list(group)
        if is_break:
            lines += [Run("")] * (len(members) - 1)
        elif (line := joined(members, "")).text:
            lines.append(line)
    return lines


def joined(runs: Sequence[Run], glue: str) -> Run:
    """The runs as one, with the share of their letters that lie in links and the least emphasis among them."""
    inked = [run for run in runs if run.text.strip()]
    letters = sum(len(run.text.strip()) for run in inked) or 1
    linked = sum(run.link * len(run.text.strip()) for run in inked)
    text = " ".join(glue.join(run.text for run in runs).split())
    return Run(text, linked / letters, min((run.emphasis for run in inked), default=0))


def belonging(lines: Sequence[Run], kind: BlockKind, dashes: bool) -> int:
    """How many lines from the first on are one piece: an empty line, a bullet or a heading-like line ends it."""
    if kind is BlockKind.LIST_ITEM:
        return len(lines)
    count = 1
    while count < len(lines) and lines[count].text:
        if BULLET.match(lines[count].text) or (dashes and DASH.match(lines[count].text)):
            break
        if bool(lines[count].emphasis) != bool(lines[count - 1].emphasis):
            break
        count += 1
    return count


NOTE_MARK = "data-note-mark"
"""The attribute that `bind_footnotes` gives to the element of a note: the mark that leads to it."""

_MARK = re.compile(r"[\[(]?(\d{1,3}|\*{1,3}|[a-z]|[ivx]{1,5}|[†‡])[\])]?")
_NOTE_ELEMENTS = ("li", "p", "div", "dd", "td", "aside")
_NOTE_CHARS = 1_500


def bind_footnotes(root: Tag) -> None:
    """Takes marks and the links back from the text, and puts each note before the next heading after its mark."""
    for link in root.find_all("a", href=re.compile("^#.")):
        mark = _MARK.fullmatch("".join(link.get_text().split()))
        note = _note_of(root, link) if mark is not None else None
        if mark is None or note is None or link in note.descendants:
            continue
        for back in note.find_all("a", href=re.compile("^#")):
            back.decompose()
        if not note.has_attr(NOTE_MARK):
            note[NOTE_MARK] = mark[1]
            following = link.find_next(HEADINGS)
            if isinstance(following, Tag) and root in following.parents:
                following.insert_before(note.extract())
        raised = link.find_parent("sup")
        (link if raised is None or raised.get_text(strip=True) != link.get_text(strip=True) else raised).decompose()


def _note_of(root: Tag, link: Tag) -> Tag | None:
    """The element that holds the note alone: the link's target, or what it stands in where it is empty."""
    name = str(link["href"])[1:]
    target = root.find(id=name) or root.find("a", attrs={"name": name})
    if not isinstance(target, Tag):
        return None
    if target.name not in _NOTE_ELEMENTS:
        target = target.find_parent(_NOTE_ELEMENTS)
    if not isinstance(target, Tag) or link in target.descendants or target.find(HEADINGS) is not None:
        return None
    return target if len(target.get_text()) < _NOTE_CHARS else None
