"""The columns of a table as lists: caption and header announce what the cells are. Knows nothing of questions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.listing.enumerations import Enumeration, Item
from ingest.documents import Passage
from ingest.register.table_cells import read_table

_FIGURE = re.compile(r"[\W\d]*(?:ca|cirka|minst|högst)?[\W\d]*(?:%|procent|kr|kronor|tkr|mnkr|år)?")


def columns(passage: Passage) -> Iterator[Enumeration]:
    """One list for each column that tells the rows apart; a column of figures or of repeated words does not."""
    table = read_table(passage)
    if table is None or len(table.rows) < 2:
        return
    for number, header in enumerate(table.header):
        cells = [row.cells[number] for row in table.rows if number < len(row.cells)]
        telling = {cell.text for cell in cells if cell.text and not _FIGURE.fullmatch(cell.text)}
        if len(telling) == len(table.rows):
            items = tuple(Item(cell.start, cell.end) for cell in cells)
            yield Enumeration(passage, f"{table.caption} {header}:".strip(), items, 0, len(passage.text), True)
