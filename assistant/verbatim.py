"""Whether a statement is the quotes' own words: whole sentences or lines of them, or a name cut out of one.

Knows nothing of pages, marks or how the statement came about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.plain import BULLETS
from ingest.swedish import split_sentences

_NEGATION = re.compile(
    r"\b(inte|ej|icke|aldrig|ingen|inget|inga|ingenting|varken|knappast|utan|"
    r"not|never|no|none|nothing|neither|nor|without|hardly|\w+n['’]t)\b",
    re.IGNORECASE,
)
_DENIED_BEFORE = re.compile(rf"{_NEGATION.pattern}\s+\Z", re.IGNORECASE)
_DENIED_AFTER = re.compile(rf"\s+{_NEGATION.pattern}", re.IGNORECASE)
_LONGEST_DENIAL = 20
_EDGES = f" *-|–.;,{BULLETS}"
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
    named = item.strip(_EDGES).lower().split()
    if not named or len(named) > _ITEM_WORDS:
        return False
    wanted = " ".join(named)
    cuts = range(1, len(named) if len(named) <= _NAME_WORDS else 0)
    for text in (_folded(one).lower() for one in texts):
        found = list(places_of(wanted, text))
        if found:
            return not any(_is_denied(text, start, end) for start, end in found)
        # "nätverk för kulturchefer" out of "nätverk för skolchefer, kulturchefer"
        if any(_share_front(" ".join(named[:cut]), " ".join(named[cut:]), text) for cut in cuts):
            return True
    return False


def _is_denied(text: str, start: int, end: int) -> bool:
    """Whether a denial stands right before or after text[start:end]."""
    return bool(_DENIED_BEFORE.search(text[max(0, start - _LONGEST_DENIAL) : start]) or _DENIED_AFTER.match(text, end))


def _share_front(front: str, name: str, text: str) -> bool:
    """Whether `name` is a later member of an enumeration that `front` opens."""
    if not any(places_of(front, text)) or not any(places_of(name, text)):
        return False
    between = rf"(?<!\w){re.escape(front)}\s\w[^.]*(?:,|\s(?:och|samt)) {re.escape(name)}(?!\w)"
    return re.search(between, text) is not None


def places_of(words: str, text: str) -> Iterator[tuple[int, int]]:
    """Where words, their white space folded, stand whole in a folded text: text[start:end]."""
    start = text.find(words)
    while words and start >= 0:
        end = start + len(words)
        begins, ends = not _is_part(text[start - 1 : start]), not _is_part(text[end : end + 1])
        if begins and ends:
            yield start, end
        start = text.find(words, start + 1)


def _is_part(letter: str) -> bool:
    """Whether a character goes on a word."""
    return letter.isalnum() or letter == "_"


def _folded(text: str) -> str:
    return " ".join(text.split())
