"""Versions of a document: which one a question means, and what changed between two of them.

A question is answered from the version that is valid now, unless it asks about an earlier one. Sentences of two
versions correspond when each is the other's nearest in meaning; what is alike in both is no change, and what stands in
one of them alone is left to an ordinary answer. Knows nothing of marks or refusals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assistant.comparison import Side
from assistant.matching import best_match, text_words
from assistant.proof import Quote
from assistant.question import Ask, Question, read_question
from ingest.documents import Document
from ingest.store.passage_index import PassageIndex
from ingest.swedish import stem, words

_DOCUMENT = r"(?:\w*(?:version|strateg[iy]|plan|program|rapport|uppföljning|upplag|utgåv|dokument)\w*|report|edition)"
_EARLIER = rf"\b(?:förra|föregående|tidigare|gamla|äldre|ursprungliga|previous|former|earlier|old|older) {_DOCUMENT}"
_LATER = re.compile(
    rf"\b(?:nya|nyare|nuvarande|gällande|senaste|current|new|latest) {_DOCUMENT}"
    r"|\bgäller (?:nu|i ?dag)\b|\b(?:nu|i ?dag|now)\W*$",
    re.IGNORECASE,
)
_MEANS_EARLIER = re.compile(_EARLIER, re.IGNORECASE)
_EARLIER_AND_LATER = re.compile(
    r"\b(?:den|the) (?:gamla|äldre|förra|tidigare|old|former) och (?:den )?nya\b", re.IGNORECASE
)
_OF_YEAR = re.compile(
    rf"\b{_DOCUMENT} (?:från |för |av |from |of |år )*(?P<after>(?:19|20)\d\d)\b"
    rf"|\b(?P<before>(?:19|20)\d\d)(?: års|:s)? {_DOCUMENT}",
    re.IGNORECASE,
)
_PERIOD = re.compile(r"\d{4}\s?[–-]\s?\d")
_ASKS_CHANGE = re.compile(
    rf"\b(för)?ändra(t|ts|des|de|s)?\b|\b(för)?ändring\w*|\bnytt i\b|\bskil(jer|de|t)\b|\bskillnad\w*|{_EARLIER}"
    r"|\bchange[ds]?\b|\bdiffer\w*",
    re.IGNORECASE,
)
_OF_VERSIONS = frozenset(
    stem(word)
    for word in """
    ändra ändrat ändrats ändrades förändrat förändrats förändring förändringar ändringar ändring skiljer skillnad
    skillnader skillnaden jämför jämfört jämförelse version versionen versioner versionerna förra tidigare gamla äldre
    föregående nya nyare nuvarande strategi strategin strategier strategierna plan planen program programmet mellan
    sedan målet målen mål ny nytt upplaga utgåva change changed changes differ difference between version versions old
    new strategy
    """.split()
)
"""Words of a question about versions that do not say what it is about."""
_CORRESPONDS = 0.9
"""Cosine from which two sentences that are each other's nearest speak of the same thing."""
_ABOUT = 0.5
"""Share of the question's topic that a pair must hold."""
_MOST = 8
_FIGURE = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True)
class Change:
    """The same thing in the older and the newer version."""

    older: Quote
    newer: Quote


@dataclass(frozen=True, slots=True)
class Changes:
    """Two versions of a document and where they differ, changed figures first, then in the order of the newer one."""

    older: Document
    newer: Document
    pairs: tuple[Change, ...]


def version_meant(question: Question, documents: Sequence[Document]) -> tuple[Question, frozenset[str]]:
    """The ids of the documents that a question is about, empty for all, and the question without a version's year.

    Of documents with versions the one that is valid now is meant, unless the question names an earlier one.
    """
    replaced = frozenset(document.supersedes for document in documents if document.supersedes)
    if not replaced or question.ask is Ask.COMPARE:
        return question, frozenset()
    year = _year_named(question)
    of_year = frozenset(document.id for document in documents if year in _years(document))
    if of_year:
        return _without_version(question), of_year
    if _MEANS_EARLIER.search(question.text):
        earlier = frozenset(document.id for document in documents if document.id in replaced)
        return _without_version(question), earlier
    return question, frozenset(document.id for document in documents if document.id not in replaced)


def _without_titles(text: str, documents: Sequence[Document]) -> str:
    titles = "|".join(re.escape(document.title) for document in documents)
    return re.sub(rf"\b(?:(?:mellan|i|enligt|och|between|and|in) )?(?:{titles})", " ", text, flags=re.IGNORECASE)


def _without_version(question: Question) -> Question:
    """The question without the words that name a version, since the version itself seldom holds them."""
    text = question.text
    for words_of_version in (_EARLIER_AND_LATER, _OF_YEAR, _MEANS_EARLIER, _LATER):
        text = words_of_version.sub(" ", text)
    rest = read_question(text)
    return replace(rest, ask=question.ask, english=question.english) if rest.terms else question


def version_sides(question: Question, documents: Sequence[Document]) -> tuple[Side, Side] | None:
    """The question asked of an earlier and of the later version; None where it does not speak of both."""
    by_id = {document.id: document for document in documents}
    versions = [(by_id[new.supersedes], new) for new in by_id.values() if new.supersedes in by_id]
    earlier = _year_named(question) or _MEANS_EARLIER.search(question.text)
    both = _EARLIER_AND_LATER.search(question.text) or (earlier and _LATER.search(question.text))
    if not versions:
        return None
    older, newer = max(versions, key=lambda pair: _named(question, pair))
    titled = all(document.title.casefold() in question.text.casefold() for document in (older, newer))
    if not both and not (titled and older.title != newer.title):
        return None
    alone = _without_version(
        replace(question, text=_without_titles(question.text, (older, newer)) if titled else question.text)
    )
    return (
        Side(describe(older), alone, frozenset({older.id})),
        Side(describe(newer), alone, frozenset({newer.id})),
    )


def _year_named(question: Question) -> str | None:
    """The year of the version that a question names ("strategin från 2018", "2018 års strategi")."""
    found = _OF_YEAR.search(question.text)
    return (found["after"] or found["before"]) if found else None


def names_unknown_edition(question: Question, index: PassageIndex) -> bool:
    """Whether the question names a document by a year that no document has, and no passage speaks of such a one."""
    named = _OF_YEAR.search(question.text)
    if named is None or _PERIOD.match(question.text, named.end() - 4):
        return False
    if any(_year_named(question) in _years(document) for document in index.documents):
        return False
    asked = text_words(named.group())
    texts = (passage.headed_text for passage in index.passages)
    return not any(best_match(word, asked) > 0 for text in texts for word in _editions(text, _year_named(question)))


def _editions(text: str, year: str | None) -> Iterator[str]:
    """The documents that a text names beside a year ("årsrapport för 2024", "2024 års plan")."""
    before = rf"\b(?P<before>{_DOCUMENT})\W+(?:\w+\W+)?(?:\d+\W)?{year}\b"
    after = rf"\b{year}\b\W+(?:\w+\W+)?(?P<after>{_DOCUMENT})"
    found = re.finditer(f"{before}|{after}", text, re.IGNORECASE)
    return ((match["before"] or match["after"]).lower() for match in found)


def _years(document: Document) -> tuple[str, ...]:
    return tuple(str(year)[:4] for year in (document.year, document.valid_from) if year)


def describe(document: Document) -> str:
    """A version's title, with its year where the title does not tell it."""
    year = _years(document)[:1]
    return document.title if not year or year[0] in document.title else f"{document.title}, {year[0]}"


def find_changes(question: Question, index: PassageIndex) -> Changes | None:
    """What changed on the question's topic; None when it asks for no change, or when no two versions differ there."""
    if question.ask is not Ask.COMPARE or not _ASKS_CHANGE.search(question.text):
        return None
    by_id = {document.id: document for document in index.documents}
    versions = [(by_id[new.supersedes], new) for new in by_id.values() if new.supersedes in by_id]
    if not versions:
        return None
    older, newer = max(versions, key=lambda pair: _named(question, pair))
    title_words = {stem(word) for word in words(f"{older.title} {newer.title}")}
    topic = [term for term in question.terms if stem(term) not in _OF_VERSIONS | title_words and not term.isdigit()]
    pairs = [pair for pair in _changed(older, newer, index) if _about(topic, pair)]
    pairs.sort(key=lambda pair: _figures(pair.older) == _figures(pair.newer))
    return Changes(older, newer, tuple(pairs[:_MOST])) if pairs else None


def _named(question: Question, pair: tuple[Document, Document]) -> tuple[int, str]:
    """How many words of the versions' titles and years the question holds; the latest version breaks the tie."""
    asked = set(words(question.text))
    told = " ".join(word for document in pair for word in (document.title, *_years(document)))
    return len(asked & set(words(told))), max(_years(pair[1]), default="")


def _changed(older: Document, newer: Document, index: PassageIndex) -> Iterator[Change]:
    """The pairs of corresponding sentences with different words, in the order of the newer version."""
    before, after = _sentences(older.id, index), _sentences(newer.id, index)
    if not before or not after:
        return
    cosines: NDArray[np.float32] = _vectors(newer.id, index) @ _vectors(older.id, index).T
    nearest = cosines.argmax(axis=1)
    back = cosines.argmax(axis=0)
    for row, column in enumerate(nearest):
        if back[column] != row or cosines[row, column] < _CORRESPONDS:
            continue
        change = Change(before[column], after[row])
        if words(change.older.text) != words(change.newer.text):
            yield change


def _rows(document_id: str, index: PassageIndex) -> list[int]:
    return [row for row, passage in enumerate(index.passages) if passage.document_id == document_id]


def _sentences(document_id: str, index: PassageIndex) -> list[Quote]:
    """A document's sentences in order."""
    own = (index.passages[row] for row in _rows(document_id, index))
    return [Quote(passage, start, end) for passage in own for start, end in passage.sentences]


def _vectors(document_id: str, index: PassageIndex) -> NDArray[np.float32]:
    """The vectors of a document's sentences, shape (sentences, dimension)."""
    return np.concatenate(index.sentence_vectors(_rows(document_id, index)))


def _about(topic: Sequence[str], pair: Change) -> bool:
    there = text_words(" ".join((pair.newer.text, *pair.newer.passage.section, pair.older.text)))
    return not topic or sum(best_match(term, there) for term in topic) >= _ABOUT * len(topic)


def _figures(quote: Quote) -> set[str]:
    return set(_FIGURE.findall(quote.text))
