"""The sheets of an Excel workbook as tables, cells as a Swedish reader sees them, with what they hide told."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.documents import BlockKind, ReadDocument
from ingest.plain import Cell, Line, Unread, lay_out, table_lines, with_unread

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell as SheetCell
    from openpyxl.worksheet.worksheet import Worksheet

_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|[_*].')
_PLACES = re.compile(r"([0#?](?:[, \u00a0]?[0#?])*)(?:\.([0#?]+))?(,*)")
_MAXIMUM_ROWS = 200_000
_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_FORMULA = ("cell med formel utan värde", "celler med formler utan värde")
_HIDDEN_SHEET = ("dolt blad", "dolda blad")
_HIDDEN_ROW = ("dold rad", "dolda rader")
_HIDDEN_CELL = ("cell i dolda kolumner", "celler i dolda kolumner")
_COMMENT = ("cellkommentar", "cellkommentarer")


def read_workbook(path: Path) -> ReadDocument:
    """The visible sheets, each under its name as a heading."""
    import openpyxl

    unread: Unread = Counter({_FORMULA: _formulas_without_value(path)})
    book = openpyxl.load_workbook(path, data_only=True)
    lines: list[Line] = []
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            lines += [Line(BlockKind.HEADING, sheet.title, 1), *table_lines(_visible_rows(sheet, unread))]
        else:
            unread[_HIDDEN_SHEET] += 1
    return replace(with_unread(lay_out(lines), unread), title=(book.properties.title or "").strip() or None)


def _formulas_without_value(path: Path) -> int:
    """How many cells of all sheets hold a formula whose result was never stored."""
    from lxml import etree

    count = 0
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if not re.fullmatch(r"xl/worksheets/.*\.xml", name):
                continue
            with archive.open(name) as file:
                for _, row in etree.iterparse(file, tag=f"{_S}row", resolve_entities=False, no_network=True):
                    cells = row.iterfind(f"{_S}c")
                    count += sum(one.find(f"{_S}f") is not None and not one.findtext(f"{_S}v") for one in cells)
                    row.clear()
    return count


def _visible_rows(sheet: Worksheet, unread: Unread) -> list[list[Cell]]:
    """The rows and columns that are shown; a merged cell is read where it begins and covers what it covers."""
    hidden = {
        column
        for one in sheet.column_dimensions.values()
        if one.hidden
        for column in range(one.min or 0, (one.max or 0) + 1)
    }
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    covered: set[tuple[int, int]] = set()
    for area in sheet.merged_cells.ranges:
        columns = [column for column in range(area.min_col, area.max_col + 1) if column not in hidden]
        rows = [row for row in range(area.min_row, area.max_row + 1) if not sheet.row_dimensions[row].hidden]
        covered.update((row, column) for row in rows for column in columns)
        spans[area.min_row, area.min_col] = (max(1, len(columns)), max(1, len(rows)))
    made: list[list[Cell]] = []
    for row in sheet.iter_rows(max_row=min(sheet.max_row, _MAXIMUM_ROWS)):
        filled = [cell for cell in row if cell.value is not None]
        unread[_COMMENT] += sum(cell.comment is not None for cell in filled)
        unread[_HIDDEN_CELL] += sum(cell.column in hidden for cell in filled)
        if sheet.row_dimensions[row[0].row].hidden:
            unread[_HIDDEN_ROW] += bool(filled)
            continue
        places = [(cell, (cell.row, cell.column)) for cell in row if cell.column not in hidden]
        shown = [(cell, spans.get(place)) for cell, place in places if place in spans or place not in covered]
        made.append([Cell(_shown(cell), *(span or (1, 1))) for cell, span in shown])
    return made


def _shown(cell: SheetCell) -> str:
    """The value of a cell by its number format: decimal comma, per cent and unit, ISO dates."""
    value = cell.value
    if value is None or isinstance(value, bool):
        return {None: "", True: "Ja", False: "Nej"}[value]
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(" ", "minutes")
    text = shown_number(value, cell.number_format or "") if isinstance(value, int | float) else str(value)
    return " ".join(text.split())


def shown_number(value: float, form: str) -> str:
    """The number as format `form` shows it: "0,0 %" in share, "# ##0 kr" with its unit, "00000" with its zeros.

    Formats that say nothing of digits give ten of them at most.
    """
    section = form.partition(";")[0]
    unit = "".join(found[1] or found[2] or found[3] or "" for found in _LITERAL.finditer(section)).strip()
    plain = _LITERAL.sub("", section)
    places = _PLACES.search(plain)
    if "%" in plain:
        value, unit = value * 100, "%"
    if places is None or "E+" in plain or "/" in plain:
        return f"{value:.10g} {unit}".replace(".", ",").strip()
    whole, decimals, thousands = places[1], places[2] or "", places[3]
    text = f"{abs(value) / 1000 ** len(thousands):,.{len(decimals)}f}"
    digits, _, rest = text.partition(".")
    while len(rest) > decimals.count("0") and rest.endswith("0"):
        rest = rest[:-1]
    grouped = re.search(r"[,\u00a0 ](?=[#0])", whole) is not None
    digits = digits.replace(",", " ") if grouped else digits.replace(",", "").zfill(whole.count("0"))
    sign = "-" if value < 0 else ""
    return f"{sign}{digits}{',' if rest else ''}{rest} {unit}".strip()
