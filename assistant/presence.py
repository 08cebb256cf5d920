"""Whether all that a question hangs on stands where the answer is: its names, years, roles, figures and what it counts.

Rules that a person could check, one by one. They know Swedish, never the subjects of the documents.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain

from assistant.judge import Candidate, spelled
from assistant.matching import is_found, is_named, text_words
from assistant.question import Ask, Question
from assistant.wanted import counted, focus
from ingest.documents import Passage
from ingest.store.passage_index import PassageIndex
from ingest.swedish import STOPWORDS

_BROAD = frozenset({Ask.LIST, Ask.OVERVIEW, Ask.COMPARE, Ask.REASON})
_LOOKED_AT = 4
_STILL_NEAR = 0.4
"""Share of the best sentence's probability down to which another sentence may be the one that answers."""
_COMMON_NAME = 0.12
"""A name that stands in more than this share of the passages is the setting of all of them and need not be near."""
_OTHERWISE_PUT = frozenset(
    """
    pengar tid stöd medel kronor miljoner miljarder stor stort stora del andel andelen procent gånger år månader mycket
    långt länge personer människor folk invånare ungdomar
    """.split()
)
"""Words after "hur många" that a document may well put otherwise."""
_DOCUMENT_ITSELF = frozenset(
    "strategi strategin plan planen program programmet rapport rapporten uppföljningen".split()
)
_SUBJECT_DOCUMENT = re.compile(
    r"(?P<subject>(?!utveckl|under)\w{5,}?)s?(?:strategi|plan|program|policy)(?:er|erna|n|en|met|men)?"
)
_ROLE = re.compile(
    r"^\W*(?:vem (?:är|var|har varit|blir|blev)|vad heter)\b.*?"
    r"\b(?P<role>\w*(?:chef|direktör|ordförande|ledare|handläggare|strateg|samordnare|minister|råd)(?:en|n)?)\b",
    re.IGNORECASE,
)
_ROLE_STEM = 10
"""Letters of a role that are compared, so that its endings do not matter."""
_PERSON = re.compile(r"[A-ZÅÄÖ][a-zåäöé]{2,} [A-ZÅÄÖ][a-zåäöé]{2,}")
_PERSON_IN = 3
"""Passages in which the words of a person's name may stand, however few passages there are."""
_NEXT_TO = 50
"""Characters within which a person's name stands next to the role."""
_YEAR = re.compile(r"(?<!\w)(?:19|20)\d\d(?!\d)")
_SPAN = re.compile(r"((?:19|20)\d\d)\s*(?:[–-]|till|och)\s*((?:19|20)\d\d)")


def is_missing(question: Question, candidates: Sequence[Candidate], index: PassageIndex) -> bool:
    """Whether no one place has all that the question hangs on: its names, its year, what it counts, a figure at all."""
    least = _STILL_NEAR * candidates[0].probability
    near = [candidate for candidate in candidates[:_LOOKED_AT] if candidate.probability >= least]
    there = frozenset[str]().union(
        *(text_words(candidate.passage.headed_text) for candidate in candidates[:_LOOKED_AT])
    )
    if not question.english and any(_name_missing(name, there, index) for name in question.names):
        return True
    if _subject_missing(question, there, index) or _document_missing(question, there):
        return True
    if not question.english and not any(is_found(term, chain(there, index.words)) for term in question.terms):
        return True
    if not any(_has_all(question, candidate, index) for candidate in near):
        return True
    years = {int(year) for year in _YEAR.findall(" ".join(question.numbers))}
    return bool(years) and not any(_years_there(years, passage) for passage in index.passages)


def _subject_missing(question: Question, there: frozenset[str], index: PassageIndex) -> bool:
    """Whether the one word that a question is about stands nowhere in the documents, or not where its list should."""
    common = _COMMON_NAME * len(index.passages)
    own = [term for term in question.terms if term not in _DOCUMENT_ITSELF and index.lexical.frequency(term) <= common]
    if len(own) != 1 or question.english:
        return False
    if own[0] != focus(question):
        return not is_found(own[0], index.words)
    # what is to be listed must be named itself: "sjukhuschefer" are no "sjukhus"
    return not is_named(own[0], there)


def _document_missing(question: Question, there: frozenset[str]) -> bool:
    """Whether a strategy or plan that is named by its subject is not what stands there ("vattenstrategin")."""
    named = (_SUBJECT_DOCUMENT.fullmatch(term) for term in question.terms)
    return any(found and not is_found(found["subject"], there) for found in named)


def _has_all(question: Question, candidate: Candidate, index: PassageIndex) -> bool:
    if question.ask in (Ask.FIGURE, Ask.DATE) and candidate.feature("kind_missing"):
        return False
    if question.english:
        return True
    around = candidate.passage.headed_text
    there = text_words(around)
    if question.ask not in _BROAD and any(_name_missing(name, there, index) for name in question.names):
        return False
    years = {int(year) for year in _YEAR.findall(" ".join(question.numbers))}
    if years and question.ask not in _BROAD and not _years_there(years, candidate.passage):
        return False
    # The figure of one year is not told by a span of years that holds it.
    if years and question.ask is Ask.FIGURE and not years & {int(year) for year in _YEAR.findall(around)}:
        return False
    role = _ROLE.search(question.text)
    if role is not None and not _person_named(role["role"], question, around, index):
        return False
    thing = counted(question) if question.ask is Ask.FIGURE else None
    return thing is None or thing in _OTHERWISE_PUT or is_named(thing, there)


def _person_named(role: str, question: Question, text: str, index: PassageIndex) -> bool:
    """Whether a first and a last name stand next to the role, and there the body too whose role the question means.

    Two words that are common in these documents name no person.
    """
    common = max(_PERSON_IN, _COMMON_NAME * len(index.passages))
    bodies = [term for term in question.terms if term != role.lower()]
    for found in re.finditer(re.escape(role[:_ROLE_STEM]), text, re.IGNORECASE):
        near = text[max(0, found.start() - _NEXT_TO) : found.end() + _NEXT_TO]
        people = (name for name in _PERSON.findall(near) if name.lower() not in question.text.lower())
        named = any(all(index.lexical.frequency(part) <= common for part in one.lower().split()) for one in people)
        if named and all(is_found(term, text_words(near)) for term in bodies):
            return True
    return False


def _proper_parts(name: str) -> list[str]:
    """The parts of a name that must be there: capitalised or with a figure, no function words and no years."""
    return [
        part.lower()
        for part in re.findall(r"[\w:]+", name)
        if (part[0].isupper() or any(letter.isdigit() for letter in part))
        and part.lower() not in STOPWORDS
        and not _YEAR.fullmatch(part)
    ]


def _name_missing(name: str, there: frozenset[str], index: PassageIndex) -> bool:
    """Whether a part of the name is not there, unless it is the setting of all the documents."""
    common = _COMMON_NAME * len(index.passages)
    return any(index.lexical.frequency(part) <= common and not spelled(part, there) for part in _proper_parts(name))


def _years_there(years: set[int], passage: Passage) -> bool:
    """Whether one of the years stands in the passage or its headings, or inside a span of years there."""
    text = " ".join((*passage.section, passage.text))
    if years & {int(year) for year in _YEAR.findall(text)}:
        return True
    return any(int(first) <= year <= int(last) for first, last in _SPAN.findall(text) for year in years)
