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
from assistant.question import Question
from assistant.versions import names_unknown_edition
from ingest.store.passage_index import PassageIndex

ENOUGH_FEATURES = (
    "bias",
    "best",
    "numbers_missing",
    "names_missing",
    "year_conflict",
    "kind_missing",
    "terms",
)
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
    missing = (
        is_missing(question, candidates, index)
        or unheard_of(question, candidates)
        or names_unknown_edition(question, index)
    )
    if not missing and enough(question, candidates) >= threshold():
        return None
    closest = Quote(best.passage, *best.passage.sentences[best.sentence])
    return Verdict("not_in_documents", closest if best.probability >= _CLOSEST else None, certain=missing)


def enough_features(question: Question, candidates: Sequence[Candidate]) -> tuple[float, ...]:
    """What the model's decision rests on, in the order of ENOUGH_FEATURES."""

    def least(name: str) -> float:
        return min(candidate.feature(name) for candidate in candidates[:3])

    values = {
        "bias": 1.0,
        "best": _logit(candidates[0].probability),
        "numbers_missing": least("numbers_missing"),
        "names_missing": least("names_missing"),
        "year_conflict": least("year_conflict"),
        "kind_missing": least("kind_missing"),
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


def threshold() -> float:
    """The probability of being enough below which a question is refused."""
    return _stored()["thresholds"]["enough"]


def _logit(probability: float) -> float:
    clipped = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(clipped / (1 - clipped))
