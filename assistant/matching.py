"""Whether a word of the question is found among words of a text: by stem, inside a compound, or misspelt.

Knows nothing of questions or passages. Scores run from 0 (not found) to 1 (the same stem).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from ingest.swedish import STOPWORDS, fold, stem, words

_COMPOUND = 0.9
"""A shared part of a compound counts a little less than the word itself."""
_HEAD = 0.6
"""A short part at the end of a compound is its head: "hälsa" in "folkhälsan"."""
_LONGEST_LEFT = 2
"""Letters of an ending that the stemmer may have left behind the head."""
_FIGURES = re.compile(r"\d+")
_SHORTEST_PART = 4
_MISSPELT = 0.62
"""Dice similarity of letter pairs and triples from which two words count as one misspelt."""

_NAME_MISSPELT = 0.75
_LONGEST_ENDING = 3


@lru_cache(maxsize=400_000)
def match(term: str, word: str) -> float:
    """How well one word of a text stands for one term of a question, 0 to 1."""
    if term == word:
        return 1.0
    asked, there = _forms(term), _forms(word)
    if asked.has_digit:
        # Figures must be the same; an ending after them may differ: "1:1-medlen", "1:1-medel".
        same = not term.isdigit() and _FIGURES.findall(term) == _FIGURES.findall(word)
        alike = asked.folded in there.folded or _dice(asked.folded, there.folded) >= _MISSPELT
        return _COMPOUND if same and alike else 0.0
    # Who types å, ä and ö means them: "hälsa" is not in "halsband", while "halsa" may be short for both.
    term_stem, word_stem = (asked.stem, there.stem) if asked.accented else (asked.folded_stem, there.folded_stem)
    if term_stem == word_stem:
        return 1.0
    term_is_shorter = len(term_stem) <= len(word_stem)
    shorter, longer = (term_stem, word_stem) if term_is_shorter else (word_stem, term_stem)
    place = longer.rfind(shorter)
    if place >= 0 and len(shorter) >= _SHORTEST_PART:
        # A part at the beginning is the compound's modifier; a short one in the middle is often chance.
        if place == 0 or len(shorter) >= _SHORTEST_PART + 2:
            return _COMPOUND
        if term_is_shorter and len(longer) - place - len(shorter) <= _LONGEST_LEFT:
            return _HEAD
    if min(len(term), len(word)) <= _SHORTEST_PART:
        return 0.0
    similarity = _dice(asked.folded, there.folded)
    return similarity if similarity >= _MISSPELT else 0.0


class _Forms(NamedTuple):
    """A word folded, its stem as typed and folded, and whether it has accents and digits."""

    folded: str
    stem: str
    folded_stem: str
    accented: bool
    has_digit: bool


@lru_cache(maxsize=200_000)
def _forms(word: str) -> _Forms:
    folded, length = fold(word), len(stem(word))
    digit = any(letter.isdigit() for letter in word)
    return _Forms(folded, word.lower()[:length], folded[:length], folded != word, digit)


@lru_cache(maxsize=400_000)
def name_match(part: str, word: str) -> float:
    """How well a word stands for a part of a proper name: the same stem, another ending, or a slip of the pen.

    A name is no compound: "Innovationstimmen" is not there because "innovation" is.
    """
    if part == word or stem(part) == stem(word):
        return 1.0
    shorter, longer = sorted((fold(part), fold(word)), key=len)
    if len(shorter) >= _SHORTEST_PART and longer.startswith(shorter) and len(longer) - len(shorter) <= _LONGEST_ENDING:
        return _COMPOUND
    if any(letter.isdigit() for letter in part) or len(shorter) <= _SHORTEST_PART:
        return 0.0
    similarity = _dice(shorter, longer)
    return similarity if similarity >= _NAME_MISSPELT else 0.0


def best_match(term: str, candidates: Iterable[str]) -> float:
    """The best score of `term` among the candidates, 0 where there are none."""
    best = 0.0
    for word in candidates:
        score = match(term, word)
        if score > best:
            best = score
            if best == 1.0:
                break
    return best


@lru_cache(maxsize=20_000)
def text_words(text: str) -> frozenset[str]:
    """The distinct content words of a text; parts joined by hyphens also count alone."""
    found: set[str] = set()
    for word in words(text):
        found.add(word)
        if "-" in word or ":" in word:
            found.update(part for part in word.replace(":", "-").split("-") if part)
    return frozenset(found - STOPWORDS)


@lru_cache(maxsize=200_000)
def _grams(word: str) -> frozenset[str]:
    padded = f"_{word}_"
    return frozenset(padded[i : i + n] for n in (2, 3) for i in range(len(padded) - n + 1))


def _dice(left: str, right: str) -> float:
    """Dice's coefficient 2|A∩B| / (|A|+|B|) over letter pairs and triples."""
    if abs(len(left) - len(right)) > max(len(left), len(right)) // 3:
        return 0.0
    a, b = _grams(left), _grams(right)
    return 2 * len(a & b) / (len(a) + len(b))
