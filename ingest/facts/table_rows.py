"""A data row of a table and its cells: what stands in each, and what its column says it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.documents import Passage
from ingest.facts.types import Attribute, Stretch
from ingest.facts.vocabulary import MARKS

BETWEEN = " | "
ATTRIBUTES = frozenset((*Attribute, "period"))
LONGEST_NAME = 60


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
    signs: Mapping[str, str] = field(default_factory=lambda: MARKS)
    """What the signs in its cells stand for."""

    def first(self, meaning: str) -> Cell | None:
        """The first cell of that meaning that is not empty."""
        return next((cell for cell in self.cells if cell.meaning == meaning and cell.text), None)

    def line_of(self, cell: Cell) -> Stretch:
        """The line of the table that holds a cell: the row, or of a turned table the one with the cell's label."""
        if not self.turned:
            return Stretch(self.passage.id, self.start, self.end)
        text = self.passage.text
        end = text.find("\n", cell.end)
        return Stretch(self.passage.id, text.rfind("\n", 0, cell.start) + 1, len(text) if end < 0 else end)

    @property
    def dated(self) -> bool:
        """Whether a column tells the time."""
        return any(cell.meaning in ("period", Attribute.START, Attribute.END) for cell in self.cells)

    def worded(self, meaning: str) -> Cell | None:
        """The first cell of that meaning that holds words, and no mere number or code."""
        return next((cell for cell in self.all(meaning) if re.search(r"[^\W\d]{3}", cell.text)), None)

    def all(self, meaning: str) -> tuple[Cell, ...]:
        """All filled cells of that meaning."""
        return tuple(cell for cell in self.cells if cell.meaning == meaning and cell.text)
