"""Abbreviations that the documents define themselves: "Regionala rådet för vatten (RRV)", "RRV (Regionala rådet …)".

Search takes both forms for one, and the register joins them into one entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.documents import Passage
from ingest.swedish import fold

_SHORT = r"(?P<short>[A-ZÅÄÖ][A-ZÅÄÖa-zåäö0-9-]{0,8}[A-ZÅÄÖ0-9])"
_LONG_BEFORE = re.compile(rf"(?P<long>(?:[\w:/&-]+ +){{1,9}})(?:\(|[–-] ){_SHORT}(?=[),.;\s])")
_SHORT_BEFORE = re.compile(rf"(?<![\w-]){_SHORT} \((?P<long>[^()]{{6,90}})\)")
_SIGN = re.compile(rf"(?:\(|[–-] ){_SHORT}[),.;\s]|[A-ZÅÄÖ0-9] \(")
"""What either way of defining one has, found in a tenth of the time."""
_LINKS = frozenset("i och för av på till med om en ett den det de samt the of and for in".split())


@dataclass(frozen=True, slots=True)
class Definition:
    """`short` stands for `long`, as a passage's text says at text[start:end]."""

    short: str
    long: str
    start: int
    end: int


def definitions(text: str) -> Iterator[Definition]:
    """The abbreviations that `text` defines, in order."""
    if not _SIGN.search(text):
        return
    for match in _LONG_BEFORE.finditer(text):
        before = match["long"].split()
        tails = (before[-count:] for count in range(1, len(before) + 1))
        taken = (tail for tail in tails if tail[0].lower() not in _LINKS and _abbreviates(match["short"], tail, 0.5))
        if fewest := " ".join(next(taken, ())):
            start = match.start("long") + match["long"].rindex(fewest)
            yield Definition(match["short"], fewest, start, match.end("short"))
    for match in _SHORT_BEFORE.finditer(text):
        if _abbreviates(match["short"], match["long"].split(), 0.4):
            yield Definition(match["short"], match["long"], match.start("short"), match.end("long"))


def learn_abbreviations(passages: Iterable[Passage]) -> dict[str, str]:
    """Each abbreviation with its long form as first defined in the passages."""
    found: dict[str, str] = {}
    for passage in passages:
        for definition in definitions(passage.text):
            found.setdefault(definition.short, definition.long)
    return found


def _abbreviates(short: str, long: Sequence[str], least_share: float) -> bool:
    """Whether the letters of `short` stand in `long` in order, from the first letter on, at the beginning of words.

    A compound may give further letters from within ("regional utvecklingsstrategi": RUS). More than `least_share` of
    the words that are no link words must give a letter.
    """
    letters = "".join(letter for letter in fold(short) if letter.isalpha())
    folded = tuple(fold(word) for word in long)
    meaning = sum(word not in _LINKS for word in folded)
    if len(letters) < 2 or sum(map(len, folded)) < 2 * len(letters) or not folded[0].startswith(letters[0]):
        return False
    return _giving(letters, folded) > least_share * meaning


def _giving(letters: str, folded: tuple[str, ...]) -> int:
    """The most words that can give letters when all are taken in order; less than 0 where they are not there."""
    if not letters or not folded:
        return -100 * len(letters)
    word, rest = folded[0], folded[1:]
    best, place = _giving(letters, rest), -1
    for count, letter in enumerate(letters, start=1):
        place = word.find(letter, place + 1)
        if place < 0 or (count == 1 and place):
            break
        best = max(best, (word not in _LINKS) + _giving(letters[count:], rest))
    return best
