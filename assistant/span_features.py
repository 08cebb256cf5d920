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
from assistant.row_keys import meant
from assistant.wanted import (
    AskedAttribute,
    asked_attributes,
    counts,
    explains,
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
    names_new,
    pairs_of,
    share_missing,
    share_of_pairs,
    year_conflict,
)
from ingest.documents import Passage, PassageKind
from ingest.facts.types import Entity, Stretch
from ingest.store.passage_index import PassageIndex
from ingest.swedish import fold

FEATURES = (
    "cosine",
    "cosine_lead",
    "passage_score",
    "passage_behind",
    "dense_behind",
    "lexical_behind",
    "coverage",
    "coverage_window",
    "coverage_passage",
    "coverage_heading",
    "coverage_behind",
    "cosine_lead_uncovered",
    "rarest_missing",
    "rarest_far",
    "terms_far",
    "names_apart",
    "numbers_missing",
    "names_missing",
    "names_far",
    "year_conflict",
    "year_conflict_figure",
    "kind_missing",
    "nobody_new",
    "figure_near",
    "counted_here",
    "explained_here",
    "attribute_told",
    "attribute_missing",
    "attribute_and_name",
    "fact_told",
    "entity_here",
    "name_before",
    "name_here",
    "pairs",
    "echo",
    "points_back",
    "is_item",
    "is_row",
    "is_row_open",
    "row_meant",
    "row_passed_over",
    "is_note",
    "is_first",
    "length",
    "short",
)
_POINTS_BACK = re.compile(
    r"^\W*(det|den|de|detta|denna|dessa|här|där|då|samma|båda|resultatet|syftet|målet)\b", re.IGNORECASE
)
_CAPTION = re.compile(r"^\W*(tabell|figur|diagram|bild|karta|table|figure)\s*\d", re.IGNORECASE)
"""A caption names what stands beside it and answers nothing."""
_NEAR = 7
"""Words from a figure within which a word is about it."""
_TOLD_IN_PROSE = frozenset({Ask.OVERVIEW, Ask.REASON, Ask.DEFINITION, Ask.YES_NO})
"""Questions that a sentence answers better than the row of a table."""


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
    pairs: frozenset[tuple[str, str]]
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
    best = max((values["coverage_window"] for *_, values in read), default=0.0)
    with_rows = {passage.document_id for passage, _, _, values in read if values["row_meant"]}
    for passage, *_, values in read:
        here = values["is_row"] and passage.document_id in with_rows
        values["row_passed_over"] = float(here and not values["row_meant"])
        values["coverage_behind"] = best - values["coverage_window"]
        values["cosine_lead_uncovered"] = values["cosine_lead"] * (1 - best)
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
        pairs=pairs_of(question),
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
        values = shared | _of_sentence(asked.question, text, own, passage, number)
        values |= _of_words(asked, text, matched, window, headed, own)
        values |= _of_names(asked, text, own, above, passage, passage.sentences[number])
        values["cosine"] = (float(cosine) - 0.8) * 10
        values["cosine_lead"] = (float(cosine) - asked.mean) / asked.deviation
        values["counted_here"] = float(counts(asked.counted, text))
        values["pairs"] = share_of_pairs(asked.pairs, text)
        yield number, values


def _of_words(
    asked: _Asked,
    text: str,
    matched: Mapping[str, float],
    window: Mapping[str, float],
    headed: Mapping[str, float],
    own: frozenset[str],
) -> dict[str, float]:
    """How much of the question stands in the sentence, in it and the one before, and near by."""
    rarity = asked.rarity
    near_by = {term: max(window[term], headed[term]) for term in rarity}
    return {
        "coverage": coverage(matched, rarity),
        "coverage_window": coverage(window, rarity),
        "rarest_far": max((rarity[term] * (1 - near_by[term]) for term in rarity), default=0.0) / 5,
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
        "names_apart": float(len(names) > 1 and names_missing(names, own) > 0),
        "name_before": near,
        "name_here": 1.0 - names_missing(names, own) if names else 0.0,
        "fact_told": float(overlapping(asked.facts, passage.id, *place)),
        "entity_here": float(overlapping(asked.mentions, passage.id, *place)),
        "attribute_told": told,
        "attribute_missing": float(bool(asked.attributes) and not told),
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
        "passage_score": float(findings.fused[place]),
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
        "coverage_heading": coverage(matches_of(rarity, heading), rarity),
        "rarest_missing": max((rarity[term] * (1 - there[term]) for term in rarity), default=0.0) / 5,
        "numbers_missing": share_missing(question.numbers, fold(passage.headed_text)),
        "names_missing": names_missing(question.names, words),
        "is_item": float(passage.kind is PassageKind.LIST),
        "is_row": float(passage.kind is PassageKind.TABLE),
        "is_row_open": float(passage.kind is PassageKind.TABLE and question.ask in _TOLD_IN_PROSE),
        "is_note": float(passage.kind is PassageKind.FOOTNOTE),
    }


def _of_sentence(question: Question, text: str, own: frozenset[str], passage: Passage, number: int) -> dict[str, float]:
    heading = " ".join(passage.section[-1:])
    conflict = year_conflict(question, text, passage)
    return {
        "names_far": names_missing(question.names, own | text_words(heading)),
        "year_conflict": conflict,
        "year_conflict_figure": conflict * (question.ask is Ask.FIGURE),
        "kind_missing": float(not holds_kind(question, text)),
        "nobody_new": float(question.ask is Ask.NAME and not names_new(question, text)),
        "row_meant": float(meant(question.text, passage, number)),
        "explained_here": float(question.ask is Ask.DEFINITION and explains(question, text, heading)),
        "points_back": float(_POINTS_BACK.search(text) is not None),
        "is_first": float(number == 0),
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
