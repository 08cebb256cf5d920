"""Question files that are tables: CSV, and the first sheet of an XLSX workbook.

The first row names the fields. A cell of a field that takes several values has one on each line. Empty cells say
nothing.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

SEVERAL = frozenset({"history", "evidence", "key_facts", "rows", "rows_optional"})
"""Fields with a list of values."""

SUFFIXES = frozenset({".csv", ".xlsx"})
_TRUTH = {"true": True, "ja": True, "sant": True, "1": True, "false": False, "nej": False, "falskt": False, "0": False}


def read_sheet(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    """The row number (from 1, the heading's) and fields of each row that is not empty.

    Raises OSError, UnicodeDecodeError or ValueError for a file that is no such table.
    """
    rows = _workbook_rows(path) if path.suffix.lower() == ".xlsx" else _csv_rows(path)
    heading: list[str] | None = None
    for number, cells in enumerate(rows, start=1):
        if heading is None:
            heading = [cell.strip().lower() for cell in cells]
            continue
        record = {name: _value(name, cell) for name, cell in zip(heading, cells, strict=False) if name and cell.strip()}
        if record:
            yield number, record


def _value(name: str, cell: str) -> object:
    if name in SEVERAL:
        return [line.strip() for line in cell.splitlines() if line.strip()]
    if name == "answerable":
        return _TRUTH.get(cell.strip().lower(), cell)
    return cell.strip()


def _csv_rows(path: Path) -> Iterator[Sequence[str]]:
    text = path.read_text(encoding="utf-8-sig")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    return csv.reader(text.splitlines(keepends=True), delimiter=delimiter)


def _workbook_rows(path: Path) -> Iterator[Sequence[str]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError) as error:
        raise ValueError(f"inte en arbetsbok i XLSX-format: {error}") from error
    for row in book.worksheets[0].iter_rows(values_only=True):
        yield ["" if cell is None else str(cell) for cell in row]
