"""What a person could check of each sentence that may answer: the features of span selection.

How many of the question's words are there, weighed by their rarity; whether its names, numbers and years are; whether
the sentence holds the kind of thing that is asked for; how near it is in meaning. Knows nothing of weights.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.known_names import overlapping, told_facts
from assistant.matching import text_words
from assistant.question import Ask, Question
from assistant.retrieval import PASSAGES_READ, Findings, spread
from assistant.row_keys import column_asked, meant
from assistant.wanted import (
    AskedAttribute,
    asked_attributes,
    counts,
    focus,
    form_of,
    holds_kind,
    is_head,
    is_labelled,
    label_of,
    share_told,
)
from assistant.word_coverage import (
    YEAR,
    coverage,
    echo,
    matches_of,
    names_missing,
    share_missing,
    year_conflict,
)
from ingest.documents import Passage, PassageKind
from ingest.facts.types import Entity, Stretch
from ingest.store.passage_index import PassageIndex
from ingest.swedish import fold

FEATURES = (
    "cosine",
    "cosine_uncovered",
    "passage_behind",
    "dense_behind",
    "lexical_behind",
    "coverage",
    "coverage_passage",
    "terms_far",
    "numbers_missing",
    "names_far",
    "name_before",
    "name_here",
    "entity_here",
    "year_conflict",
    "kind_missing",
    "figure_near",
    "counted_here",
    "attribute_told",
    "attribute_and_name",
    "fact_told",
    "row_passed_over",
    "cell_told",
    "echo",
    "length",
    "short",
)
"""Each was kept because leave-one-region-out the right sentence, or the certainty of it, is worse without it."""
_CAPTION = re.compile(r"^\W*(tabell|figur|diagram|bild|karta|table|figure)\s*\d", re.IGNORECASE)
"""A caption names what stands beside it and answers nothing."""
_NEAR = 7
"""Words from a figure within which a word is about it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence that may answer: its passage, its place there, its features and its score (a logit, comparable
    within one question; `share` is its softmax share among the candidates, 0 to 1)."""

    passage: Passage
    row: int
    sentence: int
    features: tuple[float, ...]
    score: float = 0.0
    share: float = 0.0

    @property
    def text(self) -> str:
        """The sentence as it stands in the passage."""
        start, end = self.passage.sentences[self.sentence]
        return self.passage.text[start:end]

    def feature(self, name: str) -> float:
        """One feature by name."""
        return self.features[FEATURES.index(name)]


@dataclass(frozen=True, slots=True)
class _Asked:
    """The question with what is worked out once for all sentences.

    `rarity` weighs each term; `mean` and `deviation` are those of all cosines found; `facts` are the proofs of what is
    asked about the entities that it names, `mentions` all stretches that name them.
    """

    question: Question
    rarity: Mapping[str, float]
    mean: float
    deviation: float
    counted: str | None
    attributes: tuple[AskedAttribute, ...]
    facts: tuple[Stretch, ...]
    mentions: tuple[Stretch, ...]


def read_spans(
    question: Question, index: PassageIndex, findings: Findings, entities: Sequence[Entity]
) -> tuple[Candidate, ...]:
    """The sentences of the best passages with their features, in order of their passages.

    `entities` are those that the question names.
    """
    asked = _read_asked(question, index, findings, entities)
    read = [
        (index.passages[row], int(row), number, values)
        for place, row in enumerate(findings.rows[:PASSAGES_READ])
        for number, values in _of_sentences(asked, index.passages[row], findings, place)
    ]
    if label := label_of(question):
        read = [one for one in read if is_labelled(label, one[0], one[2])] or read
    if form := form_of(question):
        nearest = index.passages[findings.rows[0]].document_id
        read = [one for one in read if one[0].document_id == nearest and form.search(_sentence(one[0], one[2]))] or read
    best = max((values["coverage"] for *_, values in read), default=0.0)
    rows = [meant(question.text, passage, number) for passage, _, number, _ in read]
    with_rows = {one[0].document_id for one, is_meant in zip(read, rows, strict=True) if is_meant}
    for (passage, _, number, values), is_meant in zip(read, rows, strict=True):
        in_table = passage.kind is PassageKind.TABLE and passage.document_id in with_rows
        values["row_passed_over"] = float(in_table and not is_meant)
        values["cell_told"] = float(is_meant and column_asked(question.terms, passage, number))
        if values["cell_told"]:
            values["kind_missing"] = 0.0  # the column's head says what kind of thing its cells are
        values["cosine_uncovered"] *= 1 - best
    return tuple(
        Candidate(passage, row, number, tuple(values[name] for name in FEATURES))
        for passage, row, number, values in read
    )


def _sentence(passage: Passage, number: int) -> str:
    return passage.text[slice(*passage.sentences[number])]


def _read_asked(question: Question, index: PassageIndex, findings: Findings, entities: Sequence[Entity]) -> _Asked:
    mean, deviation = spread(findings)
    attributes = asked_attributes(question.text)
    return _Asked(
        question=question,
        rarity=rarities(question, index),
        mean=mean,
        deviation=deviation,
        counted=focus(question) if question.ask is Ask.FIGURE else None,
        attributes=attributes,
        facts=told_facts(entities, attributes),
        mentions=tuple(one for entity in entities for one in entity.mentions),
    )


def _of_sentences(
    asked: _Asked, passage: Passage, findings: Findings, place: int
) -> Iterator[tuple[int, dict[str, float]]]:
    """Number and features of each sentence of the passage at that place of the findings, but for captions."""
    rarity = asked.rarity
    shared = _of_leg(findings, place) | _of_passage(asked.question, rarity, passage)
    titled = before = matches_of(rarity, text_words(passage.title))
    above = text_words(" ".join(passage.section[-1:]))
    headed = matches_of(rarity, above)
    for number, cosine in enumerate(findings.sentences[int(findings.rows[place])]):
        text = _sentence(passage, number)
        if _CAPTION.search(text) or is_head(passage, number):
            continue
        own = text_words(text)
        matched = matches_of(rarity, own)
        window = {term: max(matched[term], before[term], titled[term]) for term in rarity}
        before = matched
        above |= own
        values = shared | _of_sentence(asked.question, text, own, passage)
        values |= _of_words(asked, text, matched, window, headed, own)
        values |= _of_names(asked, text, own, above, passage, passage.sentences[number])
        values["cosine"] = (float(cosine) - 0.8) * 10
        values["cosine_uncovered"] = (float(cosine) - asked.mean) / asked.deviation
        values["counted_here"] = float(counts(asked.counted, text))
        yield number, values


def _of_words(
    asked: _Asked,
    text: str,
    matched: Mapping[str, float],
    window: Mapping[str, float],
    headed: Mapping[str, float],
    own: frozenset[str],
) -> dict[str, float]:
    """How much of the question stands in the sentence, and near by: in it, the one before, or the headings."""
    rarity = asked.rarity
    near_by = {term: max(window[term], headed[term]) for term in rarity}
    return {
        "coverage": coverage(matched, rarity),
        "terms_far": sum(near_by[term] == 0 for term in rarity) / max(1, len(rarity)),
        "echo": echo(own, rarity),
        "figure_near": _figure_near(asked, text),
    }


def _of_names(
    asked: _Asked, text: str, own: frozenset[str], above: frozenset[str], passage: Passage, place: tuple[int, int]
) -> dict[str, float]:
    """Names and attributes asked for; `above` holds the words of the heading and of the sentences up to this one."""
    names = asked.question.names
    told = share_told(asked.attributes, text, passage)
    near = 1.0 - names_missing(names, above) if names else 0.0
    return {
        "name_before": near,
        "name_here": 1.0 - names_missing(names, own) if names else 0.0,
        "fact_told": float(overlapping(asked.facts, passage.id, *place)),
        "entity_here": float(overlapping(asked.mentions, passage.id, *place)),
        "attribute_told": told,
        "attribute_and_name": told * near,
    }


def rarities(question: Question, index: PassageIndex) -> dict[str, float]:
    """Each term's weight: its inverse document frequency among the passages, ln(1 + N / n), by stem."""
    total = len(index.passages)
    return {term: math.log(1 + total / max(1, index.lexical.frequency(term))) for term in question.terms}


def _of_leg(findings: Findings, place: int) -> dict[str, float]:
    """How the legs saw the passage at that place, and how far it is behind each leg's best."""
    lexical_best = max(float(findings.lexical.max(initial=0.0)), 1e-6)
    return {
        "passage_behind": float(findings.fused[0] - findings.fused[place]),
        "dense_behind": float(findings.dense.max() - findings.dense[place]) * 10,
        "lexical_behind": 1.0 - float(findings.lexical[place]) / lexical_best,
    }


def _of_passage(question: Question, rarity: Mapping[str, float], passage: Passage) -> dict[str, float]:
    """What all sentences of one passage share."""
    heading = text_words(" ".join((*passage.section, passage.title)))
    words = heading | text_words(passage.text)
    there = matches_of(rarity, words)
    return {
        "coverage_passage": coverage(there, rarity),
        "numbers_missing": share_missing(question.numbers, fold(passage.headed_text)),
    }


def _of_sentence(question: Question, text: str, own: frozenset[str], passage: Passage) -> dict[str, float]:
    heading = " ".join(passage.section[-1:])
    return {
        "names_far": names_missing(question.names, own | text_words(heading)),
        "year_conflict": year_conflict(question, text, passage),
        "kind_missing": float(not holds_kind(question, text)),
        "length": math.log(1 + len(text.split())) / 4,
        "short": float(len(text.split()) < 4),
    }


def _figure_near(asked: _Asked, text: str) -> float:
    """Share of the question's words, by rarity, that stand near a figure of the sentence; 0 where none is asked for."""
    if asked.question.ask is not Ask.FIGURE:
        return 0.0
    spoken = re.findall(r"[\w%:,.-]*\w", text.lower())
    places = [place for place, word in enumerate(spoken) if word[0].isdigit() and not YEAR.fullmatch(word)]
    near = {spoken[i] for place in places for i in range(max(0, place - _NEAR), min(len(spoken), place + _NEAR + 1))}
    return coverage(matches_of(asked.rarity, frozenset(near)), asked.rarity)
