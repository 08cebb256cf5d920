"""What a list question is about, held against texts: its topic words, the documents and the years it names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from assistant.matching import best_match, text_words
from assistant.rows import Material
from ingest.swedish import fold, stem, words


@lru_cache(maxsize=20_000)
def _words_of(text: str) -> frozenset[str]:
    return text_words(text)


def covered(terms: Sequence[str], text: str) -> float:
    """The mean of how well each term is found in the text, 0 to 1; 1 where there are no terms."""
    if not terms:
        return 1.0
    there = _words_of(text)
    return sum(best_match(term, there) for term in terms) / len(terms)


def named_documents(material: Material) -> tuple[frozenset[str], tuple[str, ...]]:
    """Documents whose title the question names, and the topic's words without those of the title."""
    titles = {passage.document_id: passage.title for passage in material.passages}
    asked_for = fold(material.question.text)
    named = frozenset(document for document, title in titles.items() if len(title) > 5 and fold(title) in asked_for)
    title_words = {stem(word) for document in named for word in words(titles[document])}
    return named, tuple(term for term in material.asked.topic if stem(term) not in title_words)


def years_asked(material: Material) -> frozenset[int]:
    """The years that the question names, apart from those inside names ("Agenda 2030")."""
    inside_names = " ".join(material.question.names)
    years = (number for number in material.question.numbers if re.fullmatch(r"(?:19|20)\d\d", number))
    return frozenset(int(year) for year in years if year not in inside_names)
