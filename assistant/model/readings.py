"""Readings of cited sentences: what the rows of tables say, as whole sentences.

A row is read by the head of each column, where that tells a role (who owns, pays, takes part; how much, when, how it
goes). Knows nothing of statements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from assistant.model.clauses import sentences_of
from ingest.facts.vocabulary import meaning_of

_CELL = " | "
_SAID: Mapping[str | None, tuple[str, str]] = {
    "owner": ("ägs av {cell}", "{cell} äger {name}."),
    "participant": ("har som parter {cell}", "{cell} medverkar i {name}."),
    "funder": ("finansieras av {cell}", "{cell} finansierar {name}."),
    "sum": ("har en budget på {cell}", ""),
    "status": ("är {cell}", ""),
}
"""What a cell says of what its row is about, by the meaning of its head; and that told of who does it."""
_LEAST_HEADS = 2
"""So many cells that are heads make a row a head."""
_NAME = re.compile(r"^(?:[^|:]+: )?(?P<name>[^|(:]*?[^|(:.\s])\.?(?: \(|\. |$)")


def readings(sentences: Sequence[str], passages: Sequence[str]) -> tuple[str, ...]:
    """The sentences and what they also say, in order; `passages` are the texts that they stand in."""
    return (*sentences_of(sentences), *(reading for one in sentences for reading in _of_row(one, passages)))


def _of_row(sentence: str, passages: Sequence[str]) -> Iterator[str]:
    """What each cell of a row says, in a sentence of its own; nothing of what is no row."""
    name, *cells = sentence.split(_CELL)
    named = _NAME.match(name) if cells else None
    heads = (found for text in passages if (found := _head(len(cells), text)))
    if named is None:
        return
    for label, cell in zip(next(heads, ()), cells, strict=False):
        meaning = meaning_of(label)
        passive, active = _SAID.get(meaning, ("", ""))
        if passive and cell:
            told = cell[:1].lower() + cell[1:] if meaning == "status" else cell
            unit = label.rpartition(" ")[2].strip("()").lower() if meaning == "sum" else ""
            yield f"{named['name']} {passive.format(cell=told)} {unit}".rstrip() + "."
            yield from (active.format(cell=one, name=named["name"]) for one in cell.split(", ") if active)


def _head(cells: int, text: str) -> Sequence[str] | None:
    """The labels of the first row of so many cells, but for the first one, that is a head."""
    pieces = text.split(_CELL)
    for start in range(len(pieces) - cells):
        *labels, last = pieces[start + 1 : start + 1 + cells]
        labels = [*labels, last.split(" ")[0]]  # the next row follows in the same cell
        if sum(meaning_of(label) in _SAID for label in labels) >= _LEAST_HEADS:
            return labels
    return None
