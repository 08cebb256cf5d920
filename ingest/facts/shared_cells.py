"""Cells that hold several things: "Ägare: Vik kommun Parter: Ås kommun"; "2024–2027 13,3 mnkr" under "Tid, budget"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ingest.facts.figures import PERIOD, SUM
from ingest.facts.table_rows import Cell, Row
from ingest.facts.types import Attribute
from ingest.facts.vocabulary import meaning_of

_LABEL = re.compile(r"(?<![^\s])(?P<label>[A-ZÅÄÖ][\w-]+(?: [a-zåäö]\w*){0,2}):\s+")
_JOINED = re.compile(r",\s*|\s+(?:och|samt|&)\s+|\s*/\s*")
_SEVERAL = re.compile(r",(?!\d)\s*|\s+(?:tillsammans |ihop )?med\s+")
_OPENED = re.compile(
    r"(?P<name>[A-ZÅÄÖ](?:[^.()|]|\.(?=\d)){1,50}(?:\w\w|\d))(?:\s+\((?P<of>[^()]+)\))?\.\s+(?=[A-ZÅÄÖ]\w*\s+(?:\S+\s+)+\S)"
)
"""A name that opens its cell with a full stop after it, and in brackets what it belongs to."""
_TOLD = frozenset((*Attribute, "period"))
_BY_FORM = {"period": PERIOD, Attribute.SUM: SUM}


def parted(row: Row) -> Row:
    """The row with each such cell as several, every one with its own meaning."""
    return replace(row, cells=tuple(part for cell in row.cells for part in _parts(cell)))


def _parts(cell: Cell) -> tuple[Cell, ...]:
    opened = _OPENED.match(cell.text) if cell.meaning == "name" else None
    if opened is not None:
        of = meaning_of(opened["of"] or "")
        name = cell.part(*opened.span("name"), "name", cell.header)
        belongs = (cell.part(*opened.span("of"), of, opened["of"]),) if of in _TOLD else ()
        return (name, *belongs, cell.part(opened.end(), len(cell.text), None, ""))
    labels = [found for found in _LABEL.finditer(cell.text) if meaning_of(found["label"]) in _TOLD]
    if labels and not labels[0].start():
        ends = [*(found.start() for found in labels[1:]), len(cell.text)]
        return tuple(
            cell.part(found.end(), end, meaning_of(found["label"]), found["label"])
            for found, end in zip(labels, ends, strict=True)
        )
    meanings = [meaning for head in _JOINED.split(cell.header) if (meaning := meaning_of(head)) in _TOLD]
    return tuple(_by_form(cell, meanings)) if len(set(meanings)) > 1 else (cell,)


def _by_form(cell: Cell, meanings: list[str | None]) -> Iterator[Cell]:
    """Figures by their form; of what is left the first is the first thing that the head names, all else the next."""
    taken: list[tuple[int, int]] = []
    for meaning in meanings:
        found = _BY_FORM[meaning].search(cell.text) if meaning in _BY_FORM else None
        if found is not None:
            taken.append(found.span())
            yield cell.part(*found.span(), meaning, cell.header)
    worded = [meaning for meaning in meanings if meaning not in _BY_FORM]
    start = max((end for _, end in taken), default=0)
    first = _SEVERAL.search(cell.text, start) if len(worded) > 1 else None
    for meaning, end in zip(worded, (first.start() if first else len(cell.text), len(cell.text)), strict=False):
        if cell.text[start:end].strip(" ,"):
            yield cell.part(start, end, meaning, cell.header)
        start = first.end() if first else end
