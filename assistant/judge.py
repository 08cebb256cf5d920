"""Judges which sentence answers a question, and whether it is enough: a logistic model over readable features.

Each feature says something a person could check: how many of the question's words are there, weighed by their rarity;
whether its names, numbers and years are; whether the sentence holds the kind of thing that is asked for; how near it
is in meaning. The weights are fitted by `python -m benchmarks.fit_judge` and kept in judge.json beside this file.
Knows nothing of how the answer is written.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.matching import best_match, name_match, text_words
from assistant.question import Question
from assistant.search import Findings
from assistant.wanted import holds_kind
from ingest.documents import Passage, PassageKind
from ingest.store.passage_index import PassageIndex
from ingest.swedish import fold

FEATURES = (
    "bias",
    "cosine",
    "passage_score",
    "passage_lead",
    "coverage",
    "coverage_window",
    "coverage_passage",
    "coverage_heading",
    "coverage_behind",
    "cosine_lead_uncovered",
    "rarest_missing",
    "numbers_missing",
    "names_missing",
    "year_conflict",
    "kind_missing",
    "points_back",
    "is_item",
    "length",
)
Vector = tuple[float, ...]

_JUDGED_SHARE = 0.5
"""How much the probability of a passage's best sentence adds to its fused score (both run from 0 to 1)."""
_POINTS_BACK = re.compile(
    r"^\W*(det|den|de|detta|denna|dessa|här|där|då|samma|båda|resultatet|syftet|målet)\b", re.IGNORECASE
)
_FULL_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence that may answer: its passage (and number in the index), its place there, and how it was judged."""

    passage: Passage
    number: int
    sentence: int
    features: Vector
    probability: float

    @property
    def text(self) -> str:
        """The sentence as it stands in the passage."""
        start, end = self.passage.sentences[self.sentence]
        return self.passage.text[start:end]

    def feature(self, name: str) -> float:
        """One feature by name."""
        return self.features[FEATURES.index(name)]


def judge(question: Question, index: PassageIndex, findings: Findings, count: int = 12) -> tuple[Candidate, ...]:
    """All sentences of the best `count` passages, best first."""
    rarity = _rarities(question, index)
    mean, deviation = _spread(findings)
    top = float(findings.fused[findings.order[0]]) if len(findings.order) else 0.0
    judged: list[tuple[Passage, int, int, float, dict[str, float]]] = []
    for number in findings.order[:count]:
        passage = index.passages[number]
        score = float(findings.fused[number])
        shared = {"passage_score": score, "passage_lead": top - score, **_of_passage(question, rarity, passage)}
        # A document seldom says its own title ("Strategin antogs …"), so that every sentence stands under it.
        titled = before = _matched(rarity, text_words(passage.title))
        for sentence, cosine in enumerate(findings.of_passage(number)):
            text = passage.text[slice(*passage.sentences[sentence])]
            matched = _matched(rarity, text_words(text))
            window = {term: max(matched[term], before[term], titled[term]) for term in rarity}
            before = matched
            values = shared | _of_sentence(question, text, passage)
            values["coverage"] = _coverage(matched, rarity)
            values["coverage_window"] = _coverage(window, rarity)
            values["cosine"] = (float(cosine) - 0.8) * 10
            judged.append((passage, int(number), sentence, (float(cosine) - mean) / deviation, values))
    best_coverage = max((values["coverage_window"] for *_, values in judged), default=0.0)
    candidates: list[Candidate] = []
    for passage, place, sentence, lead, values in judged:
        # What a sentence lacks beside the best one, and nearness in meaning where no sentence shares the words.
        values["coverage_behind"] = best_coverage - values["coverage_window"]
        values["cosine_lead_uncovered"] = lead * (1 - best_coverage)
        features = tuple(values[name] for name in FEATURES)
        candidates.append(Candidate(passage, place, sentence, features, probability(features)))
    return tuple(sorted(candidates, key=lambda candidate: -candidate.probability))


def rerank(findings: Findings, candidates: Sequence[Candidate]) -> Findings:
    """The findings with the judged passages in a better order: their fused score plus the best sentence's share."""
    fused = findings.fused.copy()
    best: dict[int, float] = {}
    for candidate in candidates:
        best[candidate.number] = max(best.get(candidate.number, 0.0), candidate.probability)
    for number, value in best.items():
        fused[number] += _JUDGED_SHARE * value
    return findings.ordered_by(fused)


def probability(features: Vector) -> float:
    """The logistic model: 1 / (1 + exp(-w·x))."""
    weighted = sum(weight * value for weight, value in zip(_weights(), features, strict=True))
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, weighted))))


@cache
def _weights() -> Vector:
    stored = json.loads((Path(__file__).parent / "judge.json").read_text(encoding="utf-8"))
    return tuple(float(stored["weights"][name]) for name in FEATURES)


def _rarities(question: Question, index: PassageIndex) -> dict[str, float]:
    """Each term's weight: its inverse document frequency among the passages, ln(1 + N / n), by stem."""
    total = len(index.passages)
    return {term: math.log(1 + total / max(1, index.lexical.frequency(term))) for term in question.terms}


def _spread(findings: Findings) -> tuple[float, float]:
    """Mean and standard deviation of all sentences' cosines."""
    values = findings.sentences
    return (float(values.mean()), max(float(values.std()), 1e-6)) if len(values) else (0.0, 1.0)


def _of_passage(question: Question, rarity: Mapping[str, float], passage: Passage) -> dict[str, float]:
    """What all sentences of one passage share."""
    heading_words = text_words(" ".join((*passage.section, passage.title)))
    words = heading_words | text_words(passage.text)
    in_passage = _matched(rarity, words)
    return {
        "bias": 1.0,
        "coverage_passage": _coverage(in_passage, rarity),
        "coverage_heading": _coverage(_matched(rarity, heading_words), rarity),
        "rarest_missing": max((rarity[term] * (1 - in_passage[term]) for term in rarity), default=0.0) / 5,
        "numbers_missing": _share_missing(question.numbers, fold(passage.headed_text)),
        "names_missing": _names_missing(question.names, words),
        "is_item": float(passage.kind is PassageKind.LIST),
    }


def _of_sentence(question: Question, text: str, passage: Passage) -> dict[str, float]:
    return {
        "year_conflict": _year_conflict(question, text, passage),
        "kind_missing": float(not holds_kind(question, text)),
        "points_back": float(_POINTS_BACK.search(text) is not None),
        "length": math.log(1 + len(text.split())) / 4,
    }


def _matched(terms: Iterable[str], words: frozenset[str]) -> dict[str, float]:
    return {term: best_match(term, words) for term in terms}


def _coverage(matched: Mapping[str, float], rarity: Mapping[str, float]) -> float:
    total = sum(rarity.values())
    return sum(rarity[term] * matched[term] for term in rarity) / total if total else 0.0


def _share_missing(numbers: Sequence[str], folded: str) -> float:
    plain = folded.replace("\u00a0", " ")
    missing = sum(not re.search(rf"(?<![\d]){re.escape(fold(number))}(?![\d])", plain) for number in numbers)
    return missing / len(numbers) if numbers else 0.0


def _year_conflict(question: Question, text: str, passage: Passage) -> float:
    """1 when the question names a year and the sentence (or else its headings) other years only."""
    asked = set(_FULL_YEAR.findall(" ".join(question.numbers)))
    if not asked:
        return 0.0
    said = _FULL_YEAR.findall(text) or _FULL_YEAR.findall(" ".join((*passage.section, passage.title)))
    return float(bool(said) and asked.isdisjoint(said))


def _names_missing(names: Sequence[str], there: frozenset[str]) -> float:
    """Share of the names of which some part is not there. A name must be spelled nearly right: it is no compound."""
    missing = (1 - min((spelled(part, there) for part in text_words(name)), default=1.0) for name in names)
    return sum(missing) / len(names) if names else 0.0


def spelled(part: str, there: frozenset[str]) -> float:
    """How well a part of a name is spelled among the words, 0 where none is near enough."""
    return max((name_match(part, word) for word in there), default=0.0)
