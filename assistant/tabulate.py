"""A list answer as a draft: its lead, its rows and their cells, each with the stretch that proves it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.answers import Status
from assistant.catalogue import Catalogue
from assistant.compose import Draft, DraftRow
from assistant.drafting import Entries, Line, Quote, escape
from assistant.lists.draft import Cell, ListDraft, ListRow
from ingest.documents import Passage
from ingest.facts.types import Stretch

_COMMENT = "comment"
"""The column of what the documents say in sentences of their own; it stands under the table."""
_NAMED_BEFORE_CHARS = 400
"""How far before its proof a thing may be named for the proof to be quoted from there on."""


def list_draft(
    found: ListDraft, passages: Mapping[str, Passage], catalogue: Catalogue, status: Status, confidence: float
) -> Draft:
    """The list as lines and rows; a list of the text as bullets, others as a table."""
    rows = [_draft_row(row, passages, catalogue) for row in found.rows]
    lead = _lead(found, catalogue)
    # a lead that is a sentence says what the only row's cells prove; others only announce the rows
    lines = [Line(lead) if lead.endswith(":") else Line(lead, rows[0].all_quotes, verified=True)]
    plain = not any(row.cells for row in found.rows)
    if plain and (together := _under_their_lead([quote for row in rows for quote in row.quotes])):
        rows = [replace(row, quotes=(together,)) for row in rows]
    if plain and found.features.points:
        lines += [Line(escape(row.name), row.quotes, bullet=True) for row in rows]
    else:
        lines += _table(rows)
    lines += [
        Line(escape(" ".join(cell.value.split())), (_quote(cell.proof, passages),))
        for row in found.rows
        for cell in row.cells
        if cell.column == _COMMENT
    ]
    if not found.complete or status == "partial":
        lines.append(Line(catalogue.text("list.perhaps_incomplete")))
    return Draft(tuple(lines), status, rows=tuple(rows), confidence=confidence)


def _lead(found: ListDraft, catalogue: Catalogue) -> str:
    """The first sentence, by what is known: a key with its `_plain` form where there is no noun or no target."""
    values = {"noun": catalogue.text("list.things")} | {key: value for key, value in found.lead_values.items() if value}
    for key in (found.lead_key, f"{found.lead_key}_plain"):
        if catalogue.has(key) and catalogue.placeholders(key) <= set(values):
            return catalogue.text(key, {name: escape(value) for name, value in values.items()})
    return catalogue.text("list.found_plain", {"found": str(len(found.rows))})


def _draft_row(row: ListRow, passages: Mapping[str, Passage], catalogue: Catalogue) -> DraftRow:
    """The row with its cells by column. A cell that does not stand in its proof is left out."""
    cells: dict[str, list[tuple[str, Quote]]] = {}
    for cell in row.cells:
        if cell.column != _COMMENT and (cell.worded or _stands(cell, passages)):
            value = catalogue.text(cell.value) if cell.worded else " ".join(cell.value.split())
            label = catalogue.text(f"column.{cell.column}")
            cells.setdefault(label, []).append((value, _quote(cell.proof, passages)))
    named = (_quote(row.proof, passages, row.name),)
    return DraftRow(row.name, tuple((label, tuple(values)) for label, values in cells.items()), named)


def _table(rows: list[DraftRow]) -> list[Line]:
    """One line a row under the same columns, in the order in which they first occur."""
    labels = list(dict.fromkeys(label for row in rows for label, _ in row.cells))
    lines = []
    for row in rows:
        own = dict(row.cells)
        cells: list[Entries] = [((row.name, row.quotes),)]
        cells += [tuple((value, (quote,)) for value, quote in own.get(label, ())) for label in labels]
        lines.append(Line("", cells=tuple(cells), columns=("", *labels), verified=True))
    return lines


def _stands(cell: Cell, passages: Mapping[str, Passage]) -> bool:
    """Whether each word of the value stands in its proof or in the headings and the head above it."""
    passage = passages[cell.proof.passage_id]
    there = f"{passage.headed_text} {passage.text[cell.proof.start : cell.proof.end]}".casefold()
    there = there.replace("procent", "procent %")
    return all(word.casefold() in there for word in re.sub(r"[()]", " ", cell.value).split())


def _quote(proof: Stretch, passages: Mapping[str, Passage], name: str = "") -> Quote:
    """The proof as a quote, with the heading or the sentence before it that names it where it does not itself."""
    passage = passages[proof.passage_id]
    start, sought = proof.start, name.casefold()
    if not name or sought in " ".join(passage.text[start : proof.end].split()).casefold():
        return Quote(passage, start, proof.end)
    if heading := next((one for one in passage.section[::-1] if sought in one.casefold()), ""):
        return Quote(passage, start, proof.end, heading)
    named = passage.text.casefold().rfind(sought, 0, start)
    if named >= 0 and start - named <= _NAMED_BEFORE_CHARS:
        start = max((first for first, _ in passage.sentences if first <= named), default=named)
    return Quote(passage, start, proof.end)


def _under_their_lead(items: Sequence[Quote]) -> Quote | None:
    """The one stretch that holds all these items and the sentence that leads to them, where they make up one list.

    An item alone does not prove what it is an example of.
    """
    passage, start, end = items[0].passage, items[0].start, items[-1].end
    if any(item.passage.id != passage.id for item in items) or len(items) < 2:
        return None
    lead = max((sentence for sentence in passage.sentences if sentence[1] <= start), default=None)
    if lead is None or not passage.text[lead[0] : lead[1]].rstrip().endswith(":"):
        return None
    ends, starts = (lead[1], *(item.end for item in items)), (item.start for item in items)
    between = "".join(passage.text[one:other] for one, other in zip(ends, starts, strict=False))
    return None if any(letter.isalnum() for letter in between) else Quote(passage, lead[0], end)
