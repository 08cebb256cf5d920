"""A data row of a table and its cells: what stands in each, and what its column says it is.

A cell may hold several things: "Ägare: Vik kommun Parter: Ås kommun"; "2024–2027 13,3 mnkr" under "Tid, budget".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ingest.documents import Passage
from ingest.facts.figures import PERIOD, SUM
from ingest.facts.types import Attribute, Stretch
from ingest.facts.vocabulary import meaning_of

BETWEEN = " | "
ATTRIBUTES = frozenset((*Attribute, "period"))
LONGEST_NAME = 60
_LABEL = re.compile(r"(?<![^\s])(?P<label>[A-ZÅÄÖ][\w-]+(?: [a-zåäö]\w*){0,2}):\s+")
_JOINED = re.compile(r",\s*|\s+(?:och|samt|&)\s+|\s*/\s*")
_SEVERAL = re.compile(r",(?!\d)\s*|\s+(?:tillsammans |ihop )?med\s+")
_OPENED = re.compile(
    r"(?P<name>[A-ZÅÄÖ](?:[^.()|]|\.(?=\d)){1,50}(?:\w\w|\d))(?:\s+\((?P<of>[^()]+)\))?\.\s+(?=[A-ZÅÄÖ]\w*\s+(?:\S+\s+)+\S)"
)
"""A name that opens its cell with a full stop after it, and in brackets what it belongs to."""
_BY_FORM = {"period": PERIOD, Attribute.SUM: SUM}


@dataclass(frozen=True, slots=True)
class Cell:
    """passage.text[start:end] and what its column says it is, None where the head does not tell."""

    text: str
    start: int
    end: int
    meaning: str | None
    header: str

    def part(self, start: int, end: int, meaning: str | None, header: str) -> Cell:
        """The characters `start` to `end` of its text, without white space around, as a cell of their own."""
        text = self.text[start:end]
        left = self.start + start + len(text) - len(text.lstrip())
        return Cell(text.strip(), left, left + len(text.strip()), meaning, header)


@dataclass(frozen=True, slots=True)
class Row:
    """One data row: passage.text[start:end]. In a turned table, a column: each cell then proves itself."""

    passage: Passage
    cells: tuple[Cell, ...]
    start: int
    end: int
    caption: str
    turned: bool = False

    def first(self, meaning: str) -> Cell | None:
        """The first cell of that meaning that is not empty."""
        return next(iter(self.all(meaning)), None)

    def worded(self, meaning: str) -> Cell | None:
        """The first cell of that meaning that holds words, and no mere number or code."""
        return next((cell for cell in self.all(meaning) if re.search(r"[^\W\d]{3}", cell.text)), None)

    def all(self, meaning: str) -> tuple[Cell, ...]:
        """All filled cells of that meaning."""
        return tuple(cell for cell in self.cells if cell.meaning == meaning and cell.text)

    def proof(self, cell: Cell) -> Stretch:
        """What proves a cell: the row, or of a turned table the cell itself."""
        start, end = (cell.start, cell.end) if self.turned else (min(cell.start, self.start), self.end)
        return Stretch(self.passage.id, start, end)


def parted(row: Row) -> Row:
    """The row with each cell of several things as several cells, every one with its own meaning."""
    return replace(row, cells=tuple(part for cell in row.cells for part in _parts(cell)))


def _parts(cell: Cell) -> tuple[Cell, ...]:
    opened = _OPENED.match(cell.text) if cell.meaning == "name" else None
    if opened is not None:
        of = meaning_of(opened["of"] or "")
        name = cell.part(*opened.span("name"), "name", cell.header)
        belongs = (cell.part(*opened.span("of"), of, opened["of"]),) if of in ATTRIBUTES else ()
        return (name, *belongs, cell.part(opened.end(), len(cell.text), None, ""))
    labels = [found for found in _LABEL.finditer(cell.text) if meaning_of(found["label"]) in ATTRIBUTES]
    if labels and not labels[0].start():
        ends = [*(found.start() for found in labels[1:]), len(cell.text)]
        return tuple(
            cell.part(found.end(), end, meaning_of(found["label"]), found["label"])
            for found, end in zip(labels, ends, strict=True)
        )
    meanings = [meaning for head in _JOINED.split(cell.header) if (meaning := meaning_of(head)) in ATTRIBUTES]
    return tuple(_by_form(cell, meanings)) if len(set(meanings)) > 1 else (cell,)


def _by_form(cell: Cell, meanings: list[str | None]) -> Iterator[Cell]:
    """Figures by their form; of what is left the first is the first thing that the head names, all else the next."""
    taken = 0
    for meaning in meanings:
        found = _BY_FORM[meaning].search(cell.text) if meaning in _BY_FORM else None
        if found is not None:
            taken = max(taken, found.end())
            yield cell.part(*found.span(), meaning, cell.header)
    worded = [meaning for meaning in meanings if meaning not in _BY_FORM]
    between = _SEVERAL.search(cell.text, taken) if len(worded) > 1 else None
    first, rest = between.span() if between else (len(cell.text), len(cell.text))
    for meaning, start, end in zip(worded, (taken, rest), (first, len(cell.text)), strict=False):
        if cell.text[start:end].strip(" ,"):
            yield cell.part(start, end, meaning, cell.header)
