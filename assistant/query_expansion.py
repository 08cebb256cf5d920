"""Query expansion: words that stand for each other, and Swedish words for those of an English question.

Synonyms come from a Swedish thesaurus (a headword a line) and from a text file of the region's own (one group of words
or phrases a line, parted by commas); English words from a glossary.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from assistant.question import Question
from assistant.settings import SettingsError
from ingest.swedish import stem

_LONGEST_PHRASE_WORDS = 4


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
    for line in (Path(__file__).parent / "texts" / "thesaurus_sv.txt").read_text(encoding="utf-8").splitlines():
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
    position = 0
    while position < len(words):
        size, translated = _longest(words, position)
        if translated:
            yield words[position : position + size], translated
        position += size


def _longest(words: list[str], position: int) -> tuple[int, tuple[str, ...]]:
    """The longest known phrase from `position`: how many words it has, and its Swedish; (1, ()) where none is known."""
    for size in range(_LONGEST_PHRASE_WORDS, 0, -1):
        phrase = " ".join(words[position : position + size])
        translated = _glossary().get(phrase) or _glossary().get(phrase.removesuffix("s"))
        if translated:
            return size, translated
    return 1, ()


@cache
def _glossary() -> Mapping[str, tuple[str, ...]]:
    lines = (Path(__file__).parent / "texts" / "glossary_en_sv.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.partition(":") for line in lines if line and not line.startswith("#"))
    return {english.strip(): tuple(word.strip() for word in swedish.split(",")) for english, _, swedish in pairs}
