"""The sheets of an Excel workbook as tables, cells as a Swedish reader sees them, with what they hide told."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.documents import BlockKind, ReadDocument
from ingest.plain import Cell, Line, Unread, lay_out, table_lines, with_unread

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell as SheetCell
    from openpyxl.worksheet.worksheet import Worksheet

_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|[_*].')
_PLACES = re.compile(r"[0#?](?:[, ]?[0#?])*(?:\.([0#?]+))?(,*)")
_MARK = "\x00"


def shown_value(value: object, form: str) -> str:
    """The value of a cell with number format `form`: decimal comma, per cent and unit, ISO dates."""
    match value:
        case None:
            return ""
        case bool():
            return "Ja" if value else "Nej"
        case int() | float():
            return shown_number(value, form)
        case datetime():
            return _shown_date(value.date(), form) if value.time() == time.min else value.isoformat(" ", "minutes")
        case date():
            return _shown_date(value, form)
        case time():
            return value.isoformat("minutes")
        case timedelta():
            minutes = round(value.total_seconds() / 60)
            return f"{minutes // 60}:{minutes % 60:02d}"
    return str(value)


def _shown_date(value: date, form: str) -> str:
    """An ISO date, or the year or month alone where the format shows no more."""
    plain = _LITERAL.sub("", form).casefold()
    if "y" in plain and "d" not in plain:
        return f"{value:%Y-%m}" if "m" in plain else str(value.year)
    return value.isoformat()


def shown_number(value: float, form: str) -> str:
    """The number as format `form` shows it: "0,0 %" in share, "# ##0 kr" with its unit, "00000" with its zeros.

    Formats that say nothing of digits give ten of them at most.
    """
    sections = form.split(";")
    chosen = sections[1] if value < 0 and len(sections) > 1 and "General" not in form else sections[0]
    literals: list[str] = []

    def take(found: re.Match[str]) -> str:
        literals.append(found[1] or found[2] or found[3] or "")
        return _MARK

    plain = _LITERAL.sub(take, chosen)
    places = _PLACES.search(plain)
    digits = plain.replace(_MARK, "")
    if "%" in digits:
        value *= 100
    if places is None or "E+" in digits or "/" in digits:
        text = f"{value:.10g}".replace(".", ",")
        return f"{text} %" if "%" in digits else text
    before, after = plain[: places.start()], plain[places.end() :]
    parts = iter(literals)
    lead = re.sub(_MARK, lambda _: next(parts), before)
    tail = re.sub(_MARK, lambda _: next(parts), after)
    value /= 1000 ** len(places[2])
    number = _grouped(abs(value) if chosen is not sections[0] else value, places[0], places[1] or "")
    return " ".join(f"{lead}{number}{' ' if tail.strip() else ''}{tail}".split())


def _grouped(value: float, places: str, decimals: str) -> str:
    """Digits by the format's places: at least as many as its zeros, in groups of three where it has a divider."""
    text = f"{value:.{len(decimals)}f}"
    kept = len(decimals.rstrip("#?"))
    whole, _, rest = text.partition(".")
    while len(rest) > kept and rest.endswith("0"):
        rest = rest[:-1]
    whole_places = places.partition(".")[0].rstrip(",")
    sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    whole = whole.zfill(whole_places.count("0"))
    if re.search(r"[,\u00a0 ](?=[#0])", whole_places):
        whole = f"{int(whole):,}".replace(",", " ")
    return f"{sign}{whole}" + (f",{rest}" if rest else "")


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
