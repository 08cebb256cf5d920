"""Whether a statement is the quotes' own words: whole sentences or lines of them, or a name cut out of one.

Knows nothing of pages, marks or how the statement came about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.sentences import split_sentences

_NEGATION = re.compile(
    r"\b(inte|ej|icke|aldrig|ingen|inget|inga|ingenting|varken|knappast|utan|"
    r"not|never|no|none|nothing|neither|nor|without|hardly|\w+n['’]t)\b",
    re.IGNORECASE,
)
_EDGES = " *-|•–‣▪·.;,"
_ENUMERATOR = re.compile(r"^\d{1,2}[.)]\s+")
_LONGEST_ENUMERATOR = 5
_NAME_WORDS, _ITEM_WORDS = 5, 14
"""Longest name that may be put together, and longest item that may be cut out of a sentence."""


def is_verbatim(statement: str, quotes: Sequence[str], headings: Sequence[str], item: bool) -> bool:
    """Whether the statement is whole sentences or lines of the quotes; an `item` may be a name out of one.

    One heading may stand in brackets before the statement, as what its sentence is about.
    """
    plain = _without_addition(_folded(statement), headings)
    return _is_whole(plain, quotes) or (item and _is_name_from(plain, (*quotes, *headings)))


def _without_addition(statement: str, headings: Sequence[str]) -> str:
    """The statement without the heading that the program put in brackets before it."""
    added = next(
        (f"[{_folded(heading)}] " for heading in headings if statement.startswith(f"[{_folded(heading)}] ")), ""
    )
    return statement[len(added) :]


def _is_whole(statement: str, quotes: Sequence[str]) -> bool:
    """Whether the statement is whole sentences or lines of the quotes, one after the other, and nothing else."""
    wanted = statement.strip(_EDGES)
    pieces = [_folded(quote[start:end]) for quote in quotes for start, end in split_sentences(quote)]
    lines = [_folded(line) for quote in quotes for line in quote.splitlines()]
    for run in (pieces, lines):
        for first in range(len(run)):
            said = ""
            for piece in run[first:]:
                said = f"{said} {piece}".strip()
                whole = said.strip(_EDGES)
                if wanted in (whole, _ENUMERATOR.sub("", whole)):
                    return True
                if len(whole) > len(wanted) + _LONGEST_ENUMERATOR:
                    break
    return False


def _is_name_from(item: str, texts: Sequence[str]) -> bool:
    """Whether an item of a list is a name cut out of one of the texts, with what its fellows share in front or not.

    What a name's sentence denies is not the name, but a denial next to the words makes them part of a sentence.
    """
    named = [re.escape(word) for word in item.strip(_EDGES).split()]
    if not named or len(named) > _ITEM_WORDS:
        return False
    wanted = rf"(?<!\w){' '.join(named)}(?!\w)"
    denied = rf"{_NEGATION.pattern}\s+{wanted}|{wanted}\s+{_NEGATION.pattern}"
    # "nätverk för kulturchefer" out of "nätverk för skolchefer, kulturchefer"
    shared = [
        rf"(?<!\w){' '.join(named[:cut])}\s\w[^.]*(?:,|\s(?:och|samt)) {' '.join(named[cut:])}(?!\w)"
        for cut in range(1, len(named) if len(named) <= _NAME_WORDS else 0)
    ]
    for text in map(_folded, texts):
        if re.search(wanted, text, re.IGNORECASE):
            return re.search(denied, text, re.IGNORECASE) is None
        if any(re.search(pattern, text, re.IGNORECASE) for pattern in shared):
            return True
    return False


def _folded(text: str) -> str:
    return " ".join(text.split())
