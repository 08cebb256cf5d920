"""The cells of a table passage: its lines are rows of "cell | cell", the first of them the header."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.documents import Passage, PassageKind

_BETWEEN = " | "


@dataclass(frozen=True, slots=True)
class Cell:
    """passage.text[start:end], one cell."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: passage.text[start:end] is its line."""

    cells: tuple[Cell, ...]
    start: int
    end: int

    def cell(self, column: int | None) -> str:
        """The text of a column, empty where there is none."""
        return self.cells[column].text if column is not None and column < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what stands above it, its header and the rows below."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[TableRow, ...]

    def column(self, pattern: str) -> int | None:
        """The first column whose header matches the regular expression from its beginning, without regard to case."""
        return next((n for n, text in enumerate(self.header) if re.match(pattern, text, re.IGNORECASE)), None)


def read_table(passage: Passage) -> Table | None:
    """The table of a passage of kind TABLE, None for one without columns."""
    if passage.kind is not PassageKind.TABLE:
        return None
    rows: list[TableRow] = []
    caption: list[str] = []
    start = 0
    for line in passage.text.split("\n"):
        if _BETWEEN in line:
            rows.append(TableRow(_cells(line, start), start, start + len(line)))
        elif not rows:
            caption.append(line.strip())
        start += len(line) + 1
    if not rows:
        return None
    header = tuple(cell.text for cell in rows[0].cells)
    return Table(" ".join(caption), header, tuple(rows[1:]))


def _cells(line: str, start: int) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    position = start
    for part in line.split(_BETWEEN):
        left = position + len(part) - len(part.lstrip())
        cells.append(Cell(part.strip(), left, left + len(part.strip())))
        position += len(part) + len(_BETWEEN)
    return tuple(cells)
