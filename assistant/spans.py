"""Span selection: which sentence, list item or table row answers a question, by a listwise linear model.

Each feature says something a person could check: how many of the question's words are there, weighed by their rarity;
whether its names, numbers and years are; whether the sentence holds the kind of thing that is asked for; how near it
is in meaning. The weights are fitted over all development regions by `python -m benchmarks.fit_answers`.
Knows nothing of how the answer is written.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from assistant.attributes import asked_attributes, share_told
from assistant.known_names import named_entities, overlapping, told_facts
from assistant.matching import best_match, name_match, text_words
from assistant.question import Ask, Question
from assistant.retrieval import Findings, spread
from assistant.wanted import counts, explains, focus, holds_kind
from ingest.documents import Passage, PassageKind
from ingest.store.passage_index import PassageIndex
from ingest.swedish import fold

PASSAGES_READ = 12
"""Best passages whose sentences are candidates."""
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
    "kind_missing",
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
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
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


def rank_spans(question: Question, index: PassageIndex, findings: Findings) -> tuple[Candidate, ...]:
    """All sentences of the best passages, best first."""
    return scored(read_spans(question, index, findings), _weights())


def scored(candidates: Sequence[Candidate], weights: Sequence[float]) -> tuple[Candidate, ...]:
    """The candidates by the linear model w·x, best first, each with its softmax share."""
    if not candidates:
        return ()
    logits = np.array([candidate.features for candidate in candidates]) @ np.asarray(weights)
    shares = np.exp(logits - logits.max())
    shares /= shares.sum()
    ranked = np.argsort(-logits, kind="stable")
    return tuple(
        Candidate(one.passage, one.row, one.sentence, one.features, float(logits[place]), float(shares[place]))
        for place in ranked
        for one in (candidates[place],)
    )


def read_spans(question: Question, index: PassageIndex, findings: Findings) -> list[Candidate]:
    """The sentences of the best passages with their features, in order of their passages."""
    rarity = rarities(question, index)
    mean, deviation = spread(findings)
    counted, pairs, attributes = focus(question), _pairs(question), asked_attributes(question.text)
    entities = [entity for _, entity in named_entities(question.text, index)]
    facts, mentions = told_facts(entities, attributes), [one for entity in entities for one in entity.mentions]
    read: list[tuple[Passage, int, int, dict[str, float]]] = []
    for place, row in enumerate(findings.rows[:PASSAGES_READ]):
        passage = index.passages[row]
        shared = _of_leg(findings, place) | _of_passage(question, rarity, passage)
        titled = before = _matched(rarity, text_words(passage.title))
        above = text_words(" ".join(passage.section[-1:]))
        headed = _matched(rarity, above)
        for number, cosine in enumerate(findings.sentences[place]):
            text = passage.text[slice(*passage.sentences[number])]
            if _CAPTION.search(text):
                continue
            own = text_words(text)
            matched = _matched(rarity, own)
            window = {term: max(matched[term], before[term], titled[term]) for term in rarity}
            near_by = {term: max(window[term], headed[term]) for term in rarity}
            before = matched
            above |= own
            values = shared | _of_sentence(question, text, own, passage, number)
            values["coverage"] = _coverage(matched, rarity)
            values["coverage_window"] = _coverage(window, rarity)
            values["rarest_far"] = max((rarity[term] * (1 - near_by[term]) for term in rarity), default=0.0) / 5
            values["terms_far"] = sum(near_by[term] == 0 for term in rarity) / max(1, len(rarity))
            values["names_apart"] = float(len(question.names) > 1 and names_missing(question.names, own) > 0)
            values["cosine"] = (float(cosine) - 0.8) * 10
            values["cosine_lead"] = (float(cosine) - mean) / deviation
            values["counted_here"] = float(question.ask is Ask.FIGURE and counts(counted, text))
            told = share_told(attributes, text, passage)
            near = 1.0 - names_missing(question.names, above) if question.names else 0.0
            place_of = (passage.id, *passage.sentences[number])
            values["fact_told"] = float(overlapping(facts, *place_of))
            values["entity_here"] = float(overlapping(mentions, *place_of))
            values["attribute_told"], values["attribute_missing"] = told, float(bool(attributes) and not told)
            values["attribute_and_name"] = told * near
            values["name_before"] = near
            values["name_here"] = 1.0 - names_missing(question.names, own) if question.names else 0.0
            values["pairs"] = _share_of_pairs(pairs, text)
            values["echo"] = _echo(own, rarity)
            read.append((passage, int(row), number, values))
    best = max((values["coverage_window"] for *_, values in read), default=0.0)
    candidates = []
    for passage, row, number, values in read:
        values["coverage_behind"] = best - values["coverage_window"]
        values["cosine_lead_uncovered"] = values["cosine_lead"] * (1 - best)
        candidates.append(Candidate(passage, row, number, tuple(values[name] for name in FEATURES)))
    return candidates


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
    there = _matched(rarity, words)
    return {
        "coverage_passage": _coverage(there, rarity),
        "coverage_heading": _coverage(_matched(rarity, heading), rarity),
        "rarest_missing": max((rarity[term] * (1 - there[term]) for term in rarity), default=0.0) / 5,
        "numbers_missing": _share_missing(question.numbers, fold(passage.headed_text)),
        "names_missing": names_missing(question.names, words),
        "is_item": float(passage.kind is PassageKind.LIST),
        "is_row": float(passage.kind is PassageKind.TABLE),
        "is_row_open": float(passage.kind is PassageKind.TABLE and question.ask in _TOLD_IN_PROSE),
        "is_note": float(passage.kind is PassageKind.FOOTNOTE),
    }


def _of_sentence(question: Question, text: str, own: frozenset[str], passage: Passage, number: int) -> dict[str, float]:
    heading = " ".join(passage.section[-1:])
    return {
        "names_far": names_missing(question.names, own | text_words(heading)),
        "year_conflict": _year_conflict(question, text, passage),
        "kind_missing": float(not holds_kind(question, text)),
        "explained_here": float(question.ask is Ask.DEFINITION and explains(question, text, heading)),
        "points_back": float(_POINTS_BACK.search(text) is not None),
        "is_first": float(number == 0),
        "length": math.log(1 + len(text.split())) / 4,
        "short": float(len(text.split()) < 4),
    }


def _matched(terms: Iterable[str], words: frozenset[str]) -> dict[str, float]:
    return {term: best_match(term, words) for term in terms}


def _coverage(matched: Mapping[str, float], rarity: Mapping[str, float]) -> float:
    total = sum(rarity.values())
    return sum(rarity[term] * matched[term] for term in rarity) / total if total else 0.0


def _echo(own: frozenset[str], rarity: Mapping[str, float]) -> float:
    """Share of the sentence's content words that the question has already: one that only repeats it tells nothing."""
    return sum(best_match(word, rarity) > 0 for word in own) / len(own) if own else 1.0


def _pairs(question: Question) -> frozenset[tuple[str, str]]:
    stems = [term[:6] for term in question.terms]
    return frozenset(itertools.pairwise(stems))


def _share_of_pairs(pairs: frozenset[tuple[str, str]], text: str) -> float:
    """Share of the question's neighbouring content words that stand within three words of each other in the text."""
    if not pairs:
        return 0.0
    words = [word[:6] for word in re.findall(r"\w+", text.lower())]
    near = {(one, other) for i, one in enumerate(words) for other in words[max(0, i - 3) : i + 4] if other != one}
    return len(pairs & near) / len(pairs)


def _share_missing(numbers: Sequence[str], folded: str) -> float:
    plain = folded.replace("\u00a0", " ")
    missing = sum(not re.search(rf"(?<![\d]){re.escape(fold(number))}(?![\d])", plain) for number in numbers)
    return missing / len(numbers) if numbers else 0.0


def _year_conflict(question: Question, text: str, passage: Passage) -> float:
    """1 when the question names a year and the sentence (or else its headings) other years only."""
    asked = set(_YEAR.findall(" ".join(question.numbers)))
    if not asked:
        return 0.0
    said = _YEAR.findall(text) or _YEAR.findall(" ".join((*passage.section, passage.title)))
    return float(bool(said) and asked.isdisjoint(said))


def names_missing(names: Sequence[str], there: frozenset[str]) -> float:
    """Share of the names of which some part is not there. A name must be spelled nearly right: it is no compound."""
    missing = (1 - min((spelled(part, there) for part in text_words(name)), default=1.0) for name in names)
    return sum(missing) / len(names) if names else 0.0


def spelled(part: str, there: frozenset[str]) -> float:
    """How well a part of a name is spelled among the words, 0 where none is near enough."""
    return max((name_match(part, word) for word in there), default=0.0)


@cache
def _weights() -> tuple[float, ...]:
    stored = json.loads((Path(__file__).parent / "answer_weights.json").read_text(encoding="utf-8"))
    return tuple(float(stored["spans"][name]) for name in FEATURES)
