"""How the words of a question and those of a text meet: coverage by rarity, names, numbers and years.

Knows nothing of passages' ranks, of meaning or of weights. All shares run from 0 to 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from assistant.matching import best_match, name_match, text_words
from assistant.question import Question
from ingest.documents import Passage
from ingest.swedish import fold

YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def matches_of(terms: Iterable[str], words: frozenset[str]) -> dict[str, float]:
    """How well each term is found among the words (matching.py)."""
    return {term: best_match(term, words) for term in terms}


def coverage(matched: Mapping[str, float], rarity: Mapping[str, float]) -> float:
    """Share of the terms that is found, each by its rarity."""
    total = sum(rarity.values())
    return sum(rarity[term] * matched[term] for term in rarity) / total if total else 0.0


def echo(own: frozenset[str], rarity: Mapping[str, float]) -> float:
    """Share of the sentence's content words that the question has already: one that only repeats it tells nothing."""
    return sum(best_match(word, rarity) > 0 for word in own) / len(own) if own else 1.0


def share_missing(numbers: Sequence[str], folded: str) -> float:
    """Share of the numbers that do not stand in a folded text as numbers of their own."""
    plain = folded.replace("\u00a0", " ")
    missing = sum(not re.search(rf"(?<![\d]){re.escape(fold(number))}(?![\d])", plain) for number in numbers)
    return missing / len(numbers) if numbers else 0.0


def year_conflict(question: Question, text: str, passage: Passage) -> float:
    """1 when the question names a year and the sentence (or else its headings) other years only."""
    asked = set(YEAR.findall(" ".join(question.numbers)))
    if not asked:
        return 0.0
    said = YEAR.findall(text) or YEAR.findall(" ".join((*passage.section, passage.title)))
    return float(bool(said) and asked.isdisjoint(said))


def names_missing(names: Sequence[str], there: frozenset[str]) -> float:
    """Share of the names of which some part is not there. A name must be spelled nearly right: it is no compound."""
    missing = (1 - min((spelled(part, there) for part in text_words(name)), default=1.0) for name in names)
    return sum(missing) / len(names) if names else 0.0


def spelled(part: str, there: frozenset[str]) -> float:
    """How well a part of a name is spelled among the words, 0 where none is near enough."""
    return max((name_match(part, word) for word in there), default=0.0)
