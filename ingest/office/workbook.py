"""The sheets of an Excel workbook as tables, with what they hide or hold without a value told."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.documents import BlockKind, ReadDocument
from ingest.grid import Cell, table_lines
from ingest.office.numbers import shown_value
from ingest.plain import Line, Unread, lay_out, with_unread

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell as SheetCell
    from openpyxl.worksheet.worksheet import Worksheet

_MAXIMUM_ROWS = 200_000
_STREAMED_BYTES = 60_000_000
"""Sheets larger than this are read row by row, without what the file says of merged and hidden cells."""

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_FORMULA = ("cell med formel utan värde", "celler med formler utan värde")
_HIDDEN_SHEET = ("dolt blad", "dolda blad")
_HIDDEN_ROW = ("dold rad", "dolda rader")
_HIDDEN_CELL = ("cell i dolda kolumner", "celler i dolda kolumner")
_COMMENT = ("cellkommentar", "cellkommentarer")
_MERGED = ("stort blads sammanslagna och dolda celler", "stora blads sammanslagna och dolda celler")


def read_workbook(path: Path) -> ReadDocument:
    """The visible sheets, each under its name as a heading."""
    import openpyxl

    with zipfile.ZipFile(path) as archive:
        sheets = [entry for entry in archive.infolist() if entry.filename.startswith("xl/worksheets/")]
        large = sum(entry.file_size for entry in sheets) > _STREAMED_BYTES
    unread: Unread = Counter({_FORMULA: _formulas_without_value(path)})
    book = openpyxl.load_workbook(path, read_only=large, data_only=True)
    lines: list[Line] = []
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                unread[_HIDDEN_SHEET] += 1
                continue
            rows = list(_streamed(sheet)) if large else _visible_rows(sheet, unread)
            unread[_MERGED] += large
            lines += [Line(BlockKind.HEADING, sheet.title, 1), *table_lines(rows)]
        title = (book.properties.title or "").strip() or None
        return replace(with_unread(lay_out(lines), unread), title=title)
    finally:
        book.close()


def _formulas_without_value(path: Path) -> int:
    """How many cells of all sheets hold a formula whose result was never stored."""
    from lxml import etree

    count = 0
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if not name.startswith("xl/worksheets/") or not name.endswith(".xml"):
                continue
            with archive.open(name) as file:
                for _, cell in etree.iterparse(file, tag=f"{_S}c", resolve_entities=False, no_network=True):
                    count += cell.find(f"{_S}f") is not None and not cell.findtext(f"{_S}v")
                    cell.clear()
                    row = cell.getparent()
                    while row is not None and cell.getprevious() is not None:
                        del row[0]
    return count


def _streamed(sheet: Worksheet) -> Iterator[list[Cell]]:
    # The stated size of a sheet may be that of the whole grid; without it only rows that exist are read.
    sheet.reset_dimensions()
    for row in sheet.iter_rows(max_row=_MAXIMUM_ROWS):
        yield [Cell(_text(cell)) for cell in row]


def _visible_rows(sheet: Worksheet, unread: Unread) -> list[list[Cell]]:
    """The rows and columns that are shown; a merged cell is read where it begins and covers what it covers."""
    from openpyxl.utils import column_index_from_string

    hidden = {
        column
        for letter, one in sheet.column_dimensions.items()
        if one.hidden
        for column in range(one.min or column_index_from_string(letter), (one.max or 0) + 1)
    }
    spans, covered = _merged(sheet, hidden)
    rows: list[list[Cell]] = []
    for row in sheet.iter_rows(max_row=min(sheet.max_row, _MAXIMUM_ROWS)):
        filled = [cell for cell in row if cell.value is not None]
        unread[_COMMENT] += sum(cell.comment is not None for cell in filled)
        unread[_HIDDEN_CELL] += sum(cell.column in hidden for cell in filled)
        if sheet.row_dimensions[row[0].row].hidden:
            unread[_HIDDEN_ROW] += bool(filled)
            continue
        shown = [cell for cell in row if cell.column not in hidden and (cell.row, cell.column) not in covered]
        rows.append([Cell(_text(cell), *spans.get((cell.row, cell.column), (1, 1))) for cell in shown])
    return rows


def _merged(sheet: Worksheet, hidden: set[int]) -> tuple[dict[tuple[int, int], tuple[int, int]], set[tuple[int, int]]]:
    """How many shown columns and rows each merged cell covers, by its place, and the places that are covered."""
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    covered: set[tuple[int, int]] = set()
    for area in sheet.merged_cells.ranges:
        columns = [column for column in range(area.min_col, area.max_col + 1) if column not in hidden]
        rows = [row for row in range(area.min_row, area.max_row + 1) if not sheet.row_dimensions[row].hidden]
        spans[area.min_row, area.min_col] = (max(1, len(columns)), max(1, len(rows)))
        covered.update((row, column) for row in rows for column in columns)
        covered.discard((area.min_row, area.min_col))
    return spans, covered


def _text(cell: SheetCell) -> str:
    return " ".join(shown_value(cell.value, cell.number_format or "").split())
