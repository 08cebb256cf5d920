"""Swedish words for the words of an English question, so that search and judge can look for them in Swedish text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from assistant.question import Question

_LONGEST_PHRASE_WORDS = 4


def in_swedish(question: Question) -> Question:
    """The question with Swedish terms in place of those that the glossary knows; others (names, figures) stay."""
    words = [word.strip("?.,!:;\"'()") for word in question.text.lower().split()]
    found: list[str] = []
    covered: set[str] = set()
    position = 0
    while position < len(words):
        size, translated = _longest(words, position)
        found.extend(translated)
        covered.update(words[position : position + size] if translated else ())
        position += size
    kept = [term for term in question.terms if term not in covered]
    share = 1 - len(kept) / len(question.terms) if question.terms else 0.0
    return replace(question, terms=tuple(dict.fromkeys((*found, *kept))), translated=share)


def swedish_words(text: str) -> list[tuple[str, ...]]:
    """For each English word or phrase of the text that the glossary knows, the Swedish it may stand for, in order."""
    words = [word.strip("?.,!:;\"'()") for word in text.lower().split()]
    found: list[tuple[str, ...]] = []
    position = 0
    while position < len(words):
        size, translated = _longest(words, position)
        found += [translated] if translated else []
        position += size
    return found


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
