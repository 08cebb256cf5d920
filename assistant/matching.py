"""How words of a question meet those of a text: by stem, inside a compound, misspelt, by synonyms or in translation.

Scores and shares run from 0 (not found) to 1 (the same stem). Synonyms come from a Swedish thesaurus (a headword a
line) and from a text file of the region's own (one group of words or phrases a line, parted by commas); English words
from a glossary. Knows nothing of passages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from assistant.question import Question
from assistant.settings import SettingsError
from ingest.swedish import STOPWORDS, fold, stem, words

_COMPOUND = 0.9
"""A shared part of a compound counts a little less than the word itself."""
_HEAD = 0.6
"""A short part at the end of a compound is its head: "hälsa" in "folkhälsan"."""
_LONGEST_LEFT = 2
"""Letters of an ending that the stemmer may have left behind the head."""
_FIGURES = re.compile(r"\d+")
_SHORTEST_PART = 4
_MISSPELT, _NAME_MISSPELT = 0.62, 0.75
"""Dice similarity of letter pairs and triples from which two words count as one misspelt."""
_LONGEST_ENDING = 3
_LONGEST_PHRASE_WORDS = 4
_TEXTS = Path(__file__).parent / "texts"


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
    if _FIGURES.search(part) or len(shorter) <= _SHORTEST_PART:
        return 0.0
    similarity = _dice(shorter, longer)
    return similarity if similarity >= _NAME_MISSPELT else 0.0


def best_match(term: str, candidates: Iterable[str]) -> float:
    """The best score of `term` among the candidates, 0 where there are none."""
    best = 0.0
    for word in candidates:
        best = max(best, match(term, word))
        if best == 1.0:
            break
    return best


def spelled(part: str, there: Iterable[str]) -> float:
    """How well a part of a name is spelled among the words, 0 where none is near enough."""
    return max((name_match(part, word) for word in there), default=0.0)


@lru_cache(maxsize=20_000)
def text_words(text: str) -> frozenset[str]:
    """The distinct content words of a text; parts joined by hyphens also count alone."""
    found = set(words(text))
    found |= {part for word in found if "-" in word or ":" in word for part in re.split("[-:]", word) if part}
    return frozenset(found - STOPWORDS)


def names_missing(names: Sequence[str], there: Iterable[str]) -> float:
    """Share of the names of which some part is not there. A name must be spelled nearly right: it is no compound."""
    missing = (1 - min((spelled(part, there) for part in text_words(name)), default=1.0) for name in names)
    return sum(missing) / len(names) if names else 0.0


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


@dataclass(frozen=True, slots=True)
class Synonyms:
    """The region's groups, by the stems of their members. `of` adds the thesaurus to them."""

    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path | None) -> Synonyms:
        """Read the region's file; none gives no synonyms. Lines that begin with # are comments.

        :raises SettingsError: when the file cannot be read.
        """
        if path is None:
            return cls()
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"Filen med synonymer, {path}, kan inte läsas ({error}). Rätta RUS_SYNONYMS_FILE."
            ) from error
        groups: dict[str, tuple[str, ...]] = {}
        for line in lines:
            members = tuple(word.strip() for word in line.split("#")[0].split(",") if word.strip())
            for member in members:
                others = (*groups.get(stem(member), ()), *members)
                groups[stem(member)] = tuple(dict.fromkeys(word for word in others if word != member))
        return cls(groups)

    def of(self, terms: Iterable[str]) -> tuple[str, ...]:
        """The synonyms of the terms, the region's own first."""
        stems = [stem(term) for term in terms]
        found = (word for groups in (self.groups, _thesaurus()) for name in stems for word in groups.get(name, ()))
        return tuple(dict.fromkeys(found))


@cache
def _thesaurus() -> dict[str, tuple[str, ...]]:
    """The synonyms of each headword, by its stem."""
    groups: dict[str, tuple[str, ...]] = {}
    for line in (_TEXTS / "thesaurus_sv.txt").read_text(encoding="utf-8").splitlines():
        headword, colon, words = line.partition(": ")
        if colon and not headword.startswith("#"):
            name = stem(headword)
            groups[name] = (*groups.get(name, ()), *words.split(", "))
    return groups


def in_swedish(question: Question) -> Question:
    """The question with Swedish terms in place of those that the glossary knows; others (names, figures) stay."""
    known = list(_translated(question.text))
    covered = {word for phrase, _ in known for word in phrase}
    kept = [term for term in question.terms if term not in covered]
    share = 1 - len(kept) / len(question.terms) if question.terms else 0.0
    found = (word for _, swedish in known for word in swedish)
    return replace(question, terms=tuple(dict.fromkeys((*found, *kept))), translated=share)


def swedish_words(text: str) -> list[tuple[str, ...]]:
    """For each English word or phrase of the text that the glossary knows, the Swedish it may stand for, in order."""
    return [swedish for _, swedish in _translated(text)]


def _translated(text: str) -> Iterator[tuple[list[str], tuple[str, ...]]]:
    """The words of each phrase of the text that the glossary knows, the longest first, with its Swedish."""
    words = [word.strip("?.,!:;\"'()") for word in text.lower().split()]
    glossary, position = _glossary(), 0
    while position < len(words):
        for size in range(min(_LONGEST_PHRASE_WORDS, len(words) - position), 0, -1):
            phrase = " ".join(words[position : position + size])
            if swedish := glossary.get(phrase) or glossary.get(phrase.removesuffix("s")):
                yield words[position : position + size], swedish
                position += size - 1
                break
        position += 1


@cache
def _glossary() -> Mapping[str, tuple[str, ...]]:
    lines = (_TEXTS / "glossary_en_sv.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.partition(":") for line in lines if line and not line.startswith("#"))
    return {english.strip(): tuple(word.strip() for word in swedish.split(",")) for english, _, swedish in pairs}
