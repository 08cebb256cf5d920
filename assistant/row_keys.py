"""Which row of a table a question means: the one whose name or number it says. Knows nothing of scores."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.matching import match
from ingest.documents import Passage, PassageKind
from ingest.swedish import STOPWORDS

_SAME = 0.9
_NAMING_CELLS = 2
"""The cells, from the left, that may name a row."""


def meant(question: str, passage: Passage, number: int) -> bool:
    """Whether one of the row's first cells stands whole in the question; a bare number only after its column's word."""
    if passage.kind is not PassageKind.TABLE:
        return False
    asked = _words(question)
    head = passage.head_row.split(" | ")
    row = passage.text[slice(*passage.sentences[number])].split(" | ")
    return any(
        _said(_words(cell), asked, _words(name)) for cell, name in zip(row[:_NAMING_CELLS], head, strict=False) if cell
    )


def column_asked(terms: Iterable[str], passage: Passage, number: int) -> bool:
    """Whether a column of the table, beside those that name its rows, is asked for: one of the terms heads it."""
    head = passage.head_row.split(" | ")[1:]
    row = passage.text[slice(*passage.sentences[number])].split(" | ")[1:]
    told = [word for name, cell in zip(head, row, strict=False) if cell for word in _words(name)]
    return any(match(term, word) >= _SAME for term in terms for word in told)


def _said(cell: list[str], asked: list[str], column: Iterable[str]) -> bool:
    places = [at for at in range(len(asked) - len(cell) + 1) if cell and asked[at : at + len(cell)] == cell]
    if any(word[0].isalpha() or "." in word for word in cell):  # "2.2.1" is a code
        return bool(places) or _inflected(cell, asked)
    return any(at and match(name, asked[at - 1]) > 0 for at in places for name in column)


def _inflected(cell: list[str], asked: list[str]) -> bool:
    """Whether a cell of several words stands in the question in other forms: "Ishall, vuxen", "ishallen för vuxna"."""
    telling = [word for word in cell if word not in STOPWORDS]
    return len(telling) > 1 and all(max((match(one, word) for one in asked), default=0.0) >= _SAME for word in telling)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+(?:[.:/-]\w+)*", text.lower())
