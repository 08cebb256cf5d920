"""What a list question is about, held against texts: its topic words, the documents and the years it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from assistant.listing.rows import Material
from assistant.matching import best_match, text_words
from ingest.register.joining import name_key
from ingest.swedish import STOPWORDS, fold, stem, words


@lru_cache(maxsize=20_000)
def _words_of(text: str) -> frozenset[str]:
    return text_words(text)


def covered(terms: Sequence[str], text: str) -> float:
    """The mean of how well each term is found in the text, 0 to 1; 1 where there are no terms."""
    if not terms:
        return 1.0
    there = _words_of(text)
    return sum(best_match(term, there) for term in terms) / len(terms)


def covered_narrowly(terms: Sequence[str], text: str) -> float:
    """The same, but a wider word ("samhälle" for "civilsamhälle") counts less, for it tells of more than was asked."""
    if not terms:
        return 1.0
    there = _words_of(text)
    return sum(_found(term, there) for term in terms) / len(terms)


@lru_cache(maxsize=100_000)
def _found(term: str, there: frozenset[str]) -> float:
    best = best_match(term, there)
    if best < 1.0 and len(term) > _COMPOUND_CHARS:
        narrow = frozenset(word for word in there if not (stem(word) in stem(term) and stem(word) != stem(term)))
        return max(best_match(term, narrow), _WIDER * best)
    return best


_COMPOUND_CHARS = 8
_WIDER = 0.65


def named_documents(material: Material) -> tuple[frozenset[str], tuple[str, ...]]:
    """Documents whose title the question names, and the topic's words without those of the title."""
    titles = {passage.document_id: passage.title for passage in material.passages}
    asked_for = fold(material.question.text)
    named = frozenset(document for document, title in titles.items() if len(title) > 5 and fold(title) in asked_for)
    title_words = {stem(word) for document in named for word in words(titles[document])}
    return named, tuple(term for term in material.wanted.topic if stem(term) not in title_words)


def years_asked(material: Material) -> frozenset[int]:
    """The years that the question names, apart from those inside names ("Agenda 2030")."""
    inside_names = " ".join(material.question.names)
    years = (number for number in material.question.numbers if re.fullmatch(r"(?:19|20)\d\d", number))
    return frozenset(int(year) for year in years if year not in inside_names)


def names_asked(material: Material) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """For each name in the question its words, and those of the other names that the register knows for the same."""
    return tuple(tuple(dict.fromkeys(_forms(name, material))) for name in material.question.names)


def _forms(name: str, material: Material) -> Iterator[tuple[str, ...]]:
    key = name_key(name)
    yield _bare(name)
    for entry in material.register.initiatives:
        forms = (entry.name, *entry.aliases)
        if any(name_key(form) == key for form in forms):
            yield from (_bare(form) for form in forms)


def _bare(name: str) -> tuple[str, ...]:
    return tuple(word.partition(":")[0] for word in words(name) if word not in STOPWORDS)


_IN_STRATEGY = re.compile(
    r"\b(?:enligt|i|ur) (?:\w+ )?(?:strategin|planen|programmet|RUS)\b|\bstrategins\b", re.IGNORECASE
)
_IN_REPORT = re.compile(
    r"\b(?:enligt|i|ur) (?:\w+ )?(?:uppföljningen|rapporten|redovisningen)\b(?! av| för)|"
    r"\b(?:rapport|uppföljning)ens\b",
    re.IGNORECASE,
)
_STRATEGY = re.compile(r"strategi(?:n|er)?\b|plan(?:en)?\b|program(?:met)?\b", re.IGNORECASE)
_REPORT = re.compile(r"\w*(?:uppföljning|rapport|redovisning|utvärdering)\w*", re.IGNORECASE)


def strategies(material: Material) -> frozenset[str]:
    """Documents that are strategies themselves, by their kind or title: they set out what a report reports on."""
    known = {
        name_key(entry.name)
        for entry in material.register.initiatives
        if entry.kind in ("strategy", "plan", "programme")
    }
    kinds = {document.id: document.kind for document in material.documents}
    titles = {passage.document_id: passage.title for passage in material.passages}
    return frozenset(
        document
        for document, title in titles.items()
        if kinds.get(document) == "strategy"
        or (
            kinds.get(document) is None
            and (name_key(title) in known or _STRATEGY.search(title))
            and not _REPORT.search(title)
        )
    )


def meant_documents(material: Material) -> frozenset[str]:
    """The strategies, or the other documents, when the question says "enligt strategin" or "i rapporten"; else none."""
    text = material.question.text
    of_strategy, of_report = bool(_IN_STRATEGY.search(text)), bool(_IN_REPORT.search(text))
    if of_strategy == of_report:
        return frozenset()
    found = strategies(material)
    return found if of_strategy else frozenset(passage.document_id for passage in material.passages) - found
