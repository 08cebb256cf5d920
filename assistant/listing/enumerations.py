"""The lists of a passage: bullets under their lead-in, columns of a table, enumerations in a sentence, counted lists.

Every item is a stretch of the passage, so that its row can be proved. Knows nothing of questions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.listing.runs import runs
from ingest.documents import Passage, PassageKind
from ingest.register.headed import items as bullet_items
from ingest.register.headed import lead_in
from ingest.register.table_cells import read_table

FIGURE = re.compile(r"[\W\d]*(?:ca|cirka|minst|högst)?[\W\d]*(?:%|procent|kr|kronor|tkr|mnkr|år)?")
_SAYS_AFTER = re.compile(r"\s+(?:är|var|utgör)\b[^\n]*")
_SHORTEST_CHARS = 40


@dataclass(frozen=True, slots=True)
class Item:
    """passage.text[start:end] names one item of a list."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Enumeration:
    """One list of a passage: `lead` is what announces it, text[start:end] the stretch that holds all of it.

    `bulleted`: each item stands on a line of its own, in a list or a table, and the author made it a list.
    """

    passage: Passage
    lead: str
    items: tuple[Item, ...]
    start: int
    end: int
    bulleted: bool

    def name(self, item: Item) -> str:
        """The item's text on one line."""
        return " ".join(self.passage.text[item.start : item.end].split()).strip(" .;,")

    def proof(self, item: Item) -> tuple[int, int]:
        """The stretch that proves an item: itself in a list, its row in a table, its sentence elsewhere."""
        if self.passage.kind is PassageKind.TABLE:
            end = self.passage.text.find("\n", item.end)
            return self.passage.text.rfind("\n", 0, item.start) + 1, len(self.passage.text) if end < 0 else end
        if self.bulleted:
            return item.start, item.end
        within = (place for place in self.passage.sentences if place[0] <= item.start < place[1])
        return next(within, (self.start, self.end))


def enumerations(passage: Passage) -> Iterator[Enumeration]:
    """The lists of a passage, in order: its columns in a table, else its bullets and what its sentences enumerate."""
    if passage.kind is PassageKind.TABLE:
        yield from _columns(passage)
        return
    bullets = [Item(start, end) for start, end in bullet_items(passage)]
    if len(bullets) >= 2:
        lead = lead_in(passage)
        heading = passage.section[-1] if passage.section else ""
        announced = lead if any(letter.isalnum() for letter in lead) else heading
        yield Enumeration(passage, announced, tuple(bullets), 0, len(passage.text), True)
    for start, end in passage.sentences:
        if end - start > _SHORTEST_CHARS:
            yield from in_sentence(passage, start, end)


def in_sentence(passage: Passage, start: int, end: int) -> Iterator[Enumeration]:
    """The enumerations within the sentence text[start:end]."""
    for run in runs(passage.text[start:end]):
        items = tuple(Item(start + left, start + right) for left, right in run)
        # "A, B och C är våra perspektiv" says after its items what they are.
        after = _SAYS_AFTER.match(passage.text, items[-1].end, end)
        lead = passage.text[start : items[0].start] or (after[0] if after else "")
        yield Enumeration(passage, lead, items, start, end, False)


def _columns(passage: Passage) -> Iterator[Enumeration]:
    """One list for each column that tells the rows apart; a column of figures or of repeated words does not."""
    table = read_table(passage)
    if table is None or len(table.rows) < 2:
        return
    for number, header in enumerate(table.header):
        cells = [row.cells[number] for row in table.rows if number < len(row.cells)]
        telling = {cell.text for cell in cells if cell.text and not FIGURE.fullmatch(cell.text)}
        if len(telling) == len(table.rows):
            items = tuple(Item(cell.start, cell.end) for cell in cells)
            yield Enumeration(passage, f"{table.caption} {header}:".strip(), items, 0, len(passage.text), True)
