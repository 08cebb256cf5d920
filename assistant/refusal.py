"""Decides whether the documents answer a question, and if not, why.

Rules first: what the question hangs on must stand where the answer is (presence.py) and nothing may contradict what it
takes for granted (premise.py). Then a small logistic model over the judged candidates says whether they are enough;
its weights are fitted by `python -m benchmarks.fit_judge` and kept in judge.json.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.answers import Refusal
from assistant.guard import is_foreign
from assistant.judge import Candidate
from assistant.premise import contradiction, unheard_of
from assistant.presence import is_missing
from assistant.proof import Quote
from assistant.question import Ask, Question
from ingest.index.passage_index import PassageIndex

ENOUGH_FEATURES = (
    "bias",
    "best",
    "margin",
    "cosine",
    "cosine_lead",
    "coverage",
    "coverage_passage",
    "rarest_missing",
    "numbers_missing",
    "names_missing",
    "names_missing_near",
    "year_conflict",
    "focus_missing",
    "kind_missing",
    "short_rarest_missing",
    "short_coverage",
    "english",
    "terms",
)
_SHORT = frozenset({Ask.FIGURE, Ask.DATE, Ask.NAME, Ask.PLACE})
_CLOSEST = 0.05
"""Least probability of a sentence that is offered as the closest one."""
_FOREIGN_COVERAGE = 0.75
"""Share of a foreign-looking question's words that must be found before it is taken for one about the documents."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a question is refused, and the stretch of the documents that comes closest (or that contradicts it).

    `certain` verdicts rest on a rule, the others on the model.
    """

    refusal: Refusal
    closest: Quote | None = None
    certain: bool = False


def decide(question: Question, candidates: Sequence[Candidate], index: PassageIndex) -> Verdict | None:
    """None when the candidates are enough to answer; otherwise the refusal. `candidates` come best first."""
    if not candidates:
        return Verdict("out_of_scope" if is_foreign(question) else "not_in_documents", certain=True)
    best = candidates[0]
    if is_foreign(question) and best.feature("coverage_window") < _FOREIGN_COVERAGE:
        return Verdict("out_of_scope", certain=True)
    if contradicted := contradiction(question, candidates):
        return Verdict("false_premise", contradicted, certain=True)
    missing = is_missing(question, candidates, index) or unheard_of(question, candidates)
    if not missing and enough(question, candidates) >= _threshold():
        return None
    closest = Quote(best.passage, *best.passage.sentences[best.sentence])
    return Verdict("not_in_documents", closest if best.probability >= _CLOSEST else None, certain=missing)


def enough_features(question: Question, candidates: Sequence[Candidate]) -> tuple[float, ...]:
    """What the model's decision rests on, in the order of ENOUGH_FEATURES."""
    best = candidates[0]
    top = candidates[:3]
    short = float(question.ask in _SHORT)
    other = next((c.probability for c in candidates if c.passage.id != best.passage.id), 0.0)

    def most(name: str) -> float:
        return max(candidate.feature(name) for candidate in top)

    def least(name: str) -> float:
        return min(candidate.feature(name) for candidate in top)

    values = {
        "bias": 1.0,
        "best": _logit(best.probability),
        "margin": best.probability - other,
        "cosine": most("cosine"),
        "cosine_lead": most("cosine_lead"),
        "coverage": most("coverage_window"),
        "coverage_passage": most("coverage_passage"),
        "rarest_missing": least("rarest_missing"),
        "numbers_missing": least("numbers_missing"),
        "names_missing": least("names_missing"),
        "names_missing_near": least("names_missing_near"),
        "year_conflict": least("year_conflict"),
        "focus_missing": least("focus_missing"),
        "kind_missing": least("kind_missing"),
        "short_rarest_missing": short * least("rarest_missing"),
        "short_coverage": short * most("coverage_window"),
        "english": float(question.english),
        "terms": min(len(question.terms), 8) / 8,
    }
    return tuple(values[name] for name in ENOUGH_FEATURES)


def enough(question: Question, candidates: Sequence[Candidate]) -> float:
    """The probability that the candidates answer the question."""
    features = enough_features(question, candidates)
    return 1 / (1 + math.exp(-sum(w * x for w, x in zip(_weights(), features, strict=True))))


@cache
def _stored() -> dict[str, dict[str, float]]:
    stored: dict[str, dict[str, float]] = json.loads((Path(__file__).parent / "judge.json").read_text(encoding="utf-8"))
    return stored


def _weights() -> tuple[float, ...]:
    return tuple(_stored()["enough"][name] for name in ENOUGH_FEATURES)


def _threshold() -> float:
    return _stored()["thresholds"]["enough"]


def _logit(probability: float) -> float:
    clipped = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(clipped / (1 - clipped))
