"""Span selection: which sentence, list item or table row answers a question, by a listwise linear model.

Its features are what a person could check of each sentence: how many of the question's words are near; whether its
year, what it asks of its subject and the kind of thing that it asks for are; how near it is in meaning. The
weights are fitted over all development regions by `python -m benchmarks.fit_answers`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from assistant.matching import best_match, match, names_missing, text_words
from assistant.question import Ask, Question
from assistant.retrieval import PASSAGES_READ, Findings
from assistant.wanted import (
    YEAR,
    asked_attributes,
    form_of,
    holds_kind,
    is_head,
    is_labelled,
    label_of,
    share_told,
)
from ingest.documents import Passage, PassageKind
from ingest.store.passage_index import PassageIndex
from ingest.swedish import STOPWORDS

FEATURES = (
    "cosine",
    "cosine_uncovered",
    "passage_behind",
    "coverage",
    "terms_far",
    "names_far",
    "name_before",
    "year_conflict",
    "kind_missing",
    "figure_near",
    "attribute_told",
    "attribute_and_name",
    "row_passed_over",
    "cell_told",
)
"""Each was kept because leave-one-region-out the right sentence, or the certainty of it, is worse without it."""
_CAPTION = re.compile(r"^\W*(tabell|figur|diagram|bild|karta|table|figure)\s*\d", re.IGNORECASE)
"""A caption names what stands beside it and answers nothing."""
_WORD = re.compile(r"\w+(?:[.:/-]\w+)*")
_SAME = 0.9
_NAMING_CELLS = 2
"""The cells, from the left, that may name a row."""
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


def rank_spans(question: Question, index: PassageIndex, findings: Findings) -> tuple[Candidate, ...]:
    """All sentences of the best passages, best first."""
    return scored(_read(question, index, findings), _weights())


def scored(candidates: Sequence[Candidate], weights: Sequence[float]) -> tuple[Candidate, ...]:
    """The candidates by the linear model w·x, best first, each with its softmax share."""
    if not candidates:
        return ()
    logits = np.array([candidate.features for candidate in candidates]) @ np.asarray(weights)
    shares = np.exp(logits - logits.max())
    shares /= shares.sum()
    return tuple(
        replace(candidates[place], score=float(logits[place]), share=float(shares[place]))
        for place in np.argsort(-logits, kind="stable")
    )


@cache
def _weights() -> tuple[float, ...]:
    stored = json.loads((Path(__file__).parent / "answer_weights.json").read_text(encoding="utf-8"))
    return tuple(float(stored["spans"][name]) for name in FEATURES)


def _read(question: Question, index: PassageIndex, findings: Findings) -> list[Candidate]:
    """The sentences of the best passages with their features, in order of their passages; where the question names a
    numbered thing or asks for something in a form, those that have it.
    """
    total = len(index.passages)
    rarity = {term: math.log(1 + total / max(1, index.lexical.frequency(term))) for term in question.terms}
    cosines = np.concatenate([np.zeros(0, np.float32), *findings.sentences.values()])
    read = [
        (index.passages[row], row, number, values)
        for place, row in enumerate(findings.rows[:PASSAGES_READ].tolist())
        for number, values in _of_passage(question, rarity, index.passages[row], findings, place)
    ]
    best = max((values["coverage"] for *_, values in read), default=0.0)
    rows = [_is_row_meant(question.text, passage, number) for passage, _, number, _ in read]
    with_rows = {one[0].document_id for one, is_meant in zip(read, rows, strict=True) if is_meant}
    for (passage, _, number, values), is_meant in zip(read, rows, strict=True):
        deviation = (values["cosine"] - cosines.mean()) / max(float(cosines.std()), 1e-6)
        values |= {"cosine_uncovered": (1 - best) * float(deviation), "cosine": (values["cosine"] - 0.8) * 10}
        in_table = passage.kind is PassageKind.TABLE and passage.document_id in with_rows
        values["row_passed_over"] = float(in_table and not is_meant)
        values["cell_told"] = float(is_meant and _is_column_asked(question.terms, passage, number))
        if values["cell_told"]:
            values["kind_missing"] = 0.0  # the column's head says what kind of thing its cells are
    found = [
        Candidate(passage, row, number, tuple(values[name] for name in FEATURES))
        for passage, row, number, values in read
    ]
    if label := label_of(question):
        found = [one for one in found if is_labelled(label, one.passage, one.sentence)] or found
    if form := form_of(question):
        nearest = index.passages[findings.rows[0]].document_id
        found = [one for one in found if one.passage.document_id == nearest and form.search(one.text)] or found
    return found


def _of_passage(
    question: Question, rarity: Mapping[str, float], passage: Passage, findings: Findings, place: int
) -> Iterator[tuple[int, dict[str, float]]]:
    """Number and features of each sentence of the passage at that place of the findings, but for captions and heads.

    A word counts as near by where it stands in the sentence, the one before, the heading or the title.
    """
    attributes, names = asked_attributes(question.text), question.names
    heading = text_words(" ".join(passage.section[-1:]))
    above = heading
    over = _found(rarity, heading | text_words(passage.title))
    before: dict[str, float] = {}
    for number, cosine in enumerate(findings.sentences[int(findings.rows[place])]):
        text = passage.text[slice(*passage.sentences[number])]
        if _CAPTION.search(text) or is_head(passage, number):
            continue
        own = text_words(text)
        above |= own
        found = _found(rarity, own)
        near = 1.0 - names_missing(names, above) if names else 0.0
        told = share_told(attributes, text, passage)
        values = {
            "cosine": float(cosine),
            "passage_behind": float(findings.fused[0] - findings.fused[place]),
            "coverage": _weight(found, rarity),
            "terms_far": sum(term not in found | before | over for term in rarity) / max(1, len(rarity)),
            "names_far": names_missing(names, own | heading),
            "name_before": near,
            "year_conflict": _year_conflict(question, text, passage),
            "kind_missing": float(not holds_kind(question, text)),
            "figure_near": _figure_near(text, rarity) if question.ask is Ask.FIGURE else 0.0,
            "attribute_told": told,
            "attribute_and_name": told * near,
        }
        before = found
        yield number, values


def _found(rarity: Iterable[str], there: Collection[str]) -> dict[str, float]:
    """How well the terms are found among words, those that are."""
    return {term: share for term in rarity if (share := best_match(term, there))}


def _weight(found: Mapping[str, float], rarity: Mapping[str, float]) -> float:
    """Share of the terms that is found, each by its rarity."""
    return sum(rarity[term] * share for term, share in found.items()) / max(1e-9, sum(rarity.values()))


def _figure_near(text: str, rarity: Mapping[str, float]) -> float:
    """Share of the question's words, by rarity, that stand near a figure of the sentence."""
    spoken = re.findall(r"[\w%:,.-]*\w", text.lower())
    places = [place for place, word in enumerate(spoken) if word[0].isdigit() and not YEAR.fullmatch(word)]
    near = {word for place in places for word in spoken[max(0, place - _NEAR) : place + _NEAR + 1]}
    return _weight(_found(rarity, near), rarity)


def _year_conflict(question: Question, text: str, passage: Passage) -> float:
    """1 when the question names a year and the sentence (or else its headings) other years only."""
    asked = set(YEAR.findall(" ".join(question.numbers)))
    said = YEAR.findall(text) or YEAR.findall(" ".join((*passage.section, passage.title))) if asked else []
    return float(bool(said) and asked.isdisjoint(said))


def _is_row_meant(question: str, passage: Passage, number: int) -> bool:
    """Whether one of the row's first cells stands in the question; a bare number only after its column's word."""
    if passage.kind is not PassageKind.TABLE:
        return False
    asked = _WORD.findall(question.lower())
    head = passage.head_row.split(" | ")
    row = passage.text[slice(*passage.sentences[number])].split(" | ")
    return any(
        _is_said(_WORD.findall(cell.lower()), asked, _WORD.findall(name.lower()))
        for cell, name in zip(row[:_NAMING_CELLS], head, strict=False)
    )


def _is_said(cell: list[str], asked: list[str], column: list[str]) -> bool:
    """Whether a cell stands whole in the question, or several words of it in other forms."""
    places = [at for at in range(len(asked) - len(cell) + 1) if cell and asked[at : at + len(cell)] == cell]
    if not any(word[0].isalpha() or "." in word for word in cell):  # "2.2.1" is a code and no number
        return any(at and match(name, asked[at - 1]) > 0 for at in places for name in column)
    telling = [word for word in cell if word not in STOPWORDS]
    return bool(places) or (len(telling) > 1 and all(best_match(one, asked) >= _SAME for one in telling))


def _is_column_asked(terms: Iterable[str], passage: Passage, number: int) -> bool:
    """Whether a column of the table, beside those that name its rows, is asked for: one of the terms heads it."""
    head = passage.head_row.split(" | ")[1:]
    row = passage.text[slice(*passage.sentences[number])].split(" | ")[1:]
    told = [word for name, cell in zip(head, row, strict=False) if cell for word in _WORD.findall(name.lower())]
    return any(best_match(term, told) >= _SAME for term in terms)
