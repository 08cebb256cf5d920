"""Tables that lie: their columns as rows, where the first column holds labels or years and the first row names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.facts.figures import YEAR_ALONE
from ingest.facts.table_heads import FEWEST_YEARS
from ingest.facts.table_rows import ATTRIBUTES, Row
from ingest.facts.vocabulary import meaning_of
from ingest.plain import NO_CELL

_FIGURE_YEAR = re.compile(r"(?:19|20)\d\d")


def turned(rows: Sequence[Row]) -> list[Row]:
    """The columns of a table whose first column holds the labels and whose first row the names; none of others."""
    corner = rows[0].cells[0]
    labels = [meaning_of(row.cells[0].text) for row in rows[1:]]
    if not corner.text.strip(NO_CELL):  # the row beside an empty corner names, so that no label does
        labels = [None if label == "name" else label for label in labels]
    known = [label for label in labels if label in ATTRIBUTES]
    if len(known) < 2 or len(known) * 2 < len(labels) or len(rows[0].cells) < 3:
        return []
    if any(meaning_of(cell.text) for cell in rows[0].cells[1:]) or labels.count("name") or corner.meaning:
        return []
    columns: list[Row] = []
    for number, name in enumerate(rows[0].cells[1:], 1):
        cells = [replace(name, meaning="name", header="")]
        for row, label in zip(rows[1:], labels, strict=True):
            if number < len(row.cells):
                cells.append(replace(row.cells[number], meaning=label, header=row.cells[0].text))
        columns.append(replace(rows[0], cells=tuple(cells), start=name.start, end=name.end, turned=True))
    return columns


def turned_years(rows: Sequence[Row]) -> list[Row]:
    """The columns of a table whose first column counts up years, and whose first row names what is measured: each with
    its outcomes by year, and what is aimed at in the row of the last year, where words tell it apart.
    """
    corner, *named = rows[0].cells
    labels = [row.cells[0].text for row in rows[1:]]
    measured = [_FIGURE_YEAR.fullmatch(label) is not None for label in labels]
    if sum(measured) < FEWEST_YEARS or meaning_of(corner.text) not in (None, "period") or not named:
        return []
    if any(meaning_of(cell.text) or not re.search(r"[^\W\d]{3}", cell.text) for cell in named):
        return []
    aims = [label for label, plain in zip(labels, measured, strict=True) if YEAR_ALONE.search(label) and not plain]
    columns: list[Row] = []
    for number, name in enumerate(named, 1):
        cells = [replace(name, meaning="indicator", header="")]
        for row, label in zip(rows[1:], labels, strict=True):
            meaning = meaning_of(label) or ("target" if label in aims[-1:] else None)
            if number < len(row.cells):
                cells.append(replace(row.cells[number], meaning=meaning, header=label))
        columns.append(replace(rows[0], cells=tuple(cells), start=name.start, end=name.end, turned=True))
    return columns
