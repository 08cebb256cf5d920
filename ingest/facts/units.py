"""The pieces that a fact is read from: sentences, list items and table rows, with their words and the
places of these.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ingest.documents import Passage, PassageKind
from ingest.facts.types import Stretch
from ingest.plain import BULLETS
from ingest.swedish import stem

TOKEN = re.compile(
    r"(?:19|20)\d\d ?[–-] ?(?:19|20)\d\d|\d{1,3}(?:[  ]\d{3})+(?:,\d+)?|\d+[.,:]\d+"
    r"|[^\W_]+(?:[-:/’'][^\W_]+)*(?:\+|-(?= (?:och|eller|samt)\b))?|&"
)
"""A word, a figure, a span of years; "gång- och cykelväg" keeps the hyphen that stands for a part left out."""
BULLET = re.compile(rf"(?:^|(?<=\n))[ \t]*(?:[{BULLETS}*▲–—-]|\d{{1,2}}[.)]|[IVX]{{1,4}}\.|[a-z]\))[ \t]+")
_BREAK = re.compile(r"[^\s\u00ad”\"“»«&]")
_DIGIT = re.compile(r"\d")
_LONGEST_TITLE = 5
"""Words of a title that opens a paragraph."""
_PLAIN_GAPS = frozenset(("", " ", "\n"))


class Word(NamedTuple):
    """passage.text[start:end]; `broken` tells that punctuation stands between it and the word before.

    A tuple, since there is one for each word of the index and frozen dataclasses take four times as long to make.
    """

    text: str
    start: int
    end: int
    broken: bool


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, the sentence of a list item, or a table row. `number` counts the units of one index.

    `figures` tells whether it has a digit.
    """

    passage: Passage
    start: int
    end: int
    words: tuple[Word, ...]
    number: int
    opens_item: bool
    figures: bool

    @property
    def text(self) -> str:
        """The unit's words."""
        return self.passage.text[self.start : self.end]

    @property
    def stretch(self) -> Stretch:
        """Where the unit stands."""
        return Stretch(self.passage.id, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Usage:
    """How often each word form is used in an index, and the stems of those that are written small."""

    times: Counter[str]
    ordinary: frozenset[str]

    @classmethod
    def of(cls, units: Iterable[Unit]) -> Usage:
        """Count the words of all units."""
        times = Counter(word.text for unit in units for word in unit.words)
        return cls(times, frozenset(stem(word) for word in times if word[0].islower()))


def units_of(passages: Iterable[Passage]) -> Iterator[Unit]:
    """All units of the passages in reading order."""
    number = 0
    for passage in passages:
        words = _words(passage.text)
        starts = [word.start for word in words]
        for start, end, opens_item in _pieces(passage):
            inside = tuple(words[bisect_left(starts, start) : bisect_left(starts, end)])
            if inside:
                figures = _DIGIT.search(passage.text, start, end) is not None
                yield Unit(passage, start, end, inside, number, opens_item, figures)
                number += 1


def different(units: Sequence[Unit]) -> list[Unit]:
    """Units without those that say again, letter for letter, what one before them says: copies of a document."""
    return list({unit.text: unit for unit in reversed(units)}.values())[::-1]


def _words(text: str) -> list[Word]:
    words: list[Word] = []
    before = 0
    for match in TOKEN.finditer(text):
        start, end = match.span()
        gap = text[before:start]
        words.append(Word(match.group(), start, end, gap not in _PLAIN_GAPS and _breaks(gap)))
        before = end
    return words


@lru_cache(maxsize=10_000)
def _breaks(gap: str) -> bool:
    return _BREAK.search(gap) is not None


def _pieces(passage: Passage) -> Iterator[tuple[int, int, bool]]:
    """Start, end and whether a list item begins there."""
    text = passage.text
    if passage.kind is PassageKind.TABLE:
        start = 0
        for line in text.split("\n"):
            if line.strip():
                yield start, start + len(line), False
            start += len(line) + 1
        return
    bullets = (
        {match.end(): match.start() for match in BULLET.finditer(text)} if passage.kind is PassageKind.LIST else {}
    )
    borders = sorted({start for start, _ in passage.sentences} | set(bullets) | {0})
    ends = [bullets.get(border, border) for border in borders[1:]] + [len(text)]
    for start, end in zip(borders, ends, strict=True):
        shown = text[start:end].rstrip()
        bullet = BULLET.match(text, start)
        begin = bullet.end() if bullet and bullet.end() <= start + len(shown) else start
        if text[begin : start + len(shown)].strip():
            yield begin, start + len(shown), begin in bullets


def opens_paragraph(unit: Unit) -> bool:
    """Whether a unit begins a paragraph of its passage."""
    before = unit.passage.text[: unit.start].rstrip(" ")
    return not before or (before.endswith("\n") and before.rstrip()[-1:] in ".!?:")


def is_run_in(unit: Unit) -> bool:
    """Whether a unit is a title of a few words and a full stop that opens a paragraph: "Fjordlyftet. Projektet …"."""
    short = len(unit.words) <= _LONGEST_TITLE and not any(word.broken for word in unit.words[1:])
    return short and opens_paragraph(unit) and unit.text.rstrip().endswith(".") and unit.end < len(unit.passage.text)
