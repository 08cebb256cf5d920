"""Decides whether the documents answer a question, and if not, why.

A small logistic model over the judged candidates says whether they are enough; rules about figures and opposites tell
a false premise from mere silence. The weights are fitted by `python -m benchmarks.fit_judge` and kept in judge.json.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.answers import Refusal
from assistant.guard import is_foreign
from assistant.judge import Candidate
from assistant.matching import best_match
from assistant.proof import Quote
from assistant.question import Ask, Question
from ingest.index import PassageIndex

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
_OPPOSITES = (
    (
        r"\b(lades|lägg\w*|las|lagts) ner\b|\bavveckla\w*|\bstäng\w*|\bupphör\w*|\bavskaffa\w*|\bslopa\w*",
        r"\bpermanent\w*|\bfortsätt\w*|\bfortsatt\w*|\bbildades\b|\bstarta\w*",
    ),
    (r"\böppna\w*|\bstarta\w*|\binrätta\w*", r"\bavveckla\w*|\bstängdes\b|\blades ner\b|\blagts ner\b"),
    (r"\b(röstade|sade|sa) nej\b|\bavslog\b|\bavslogs\b|\bförkasta\w*", r"\bantog\w*|\bbeslutade\b|\bgodkän\w*"),
    (r"\bminska\w*|\bsjönk\b|\bsjunk\w*", r"\bökat?\b|\böka[rd]\w*|\böka\b|\bstig\w*|\bsteg\b"),
    (r"\böka\w*|\bsteg\b|\bstig\w*", r"\bminska\w*|\bsjönk\b|\bsjunk\w*"),
    (r"\bmisslyckades\b|\bmisslyckats\b", r"\bframgångsrik\w*|\blyckats\b|\blyckades\b"),
    (r"\blyckades\b|\blyckats\b", r"\bmisslyckades\b|\bmisslyckats\b|\binte lyckats\b"),
    (
        r"\bville\b|\bfick\b|\bfår\b|\bskulle\b",
        r"\bfick inte\b|\bfår inte\b|\bhar aldrig\b|\baldrig funnits\b|\bville inte\b",
    ),
)
_COUNTS = {
    "en": 1,
    "ett": 1,
    "två": 2,
    "tre": 3,
    "fyra": 4,
    "fem": 5,
    "sex": 6,
    "sju": 7,
    "åtta": 8,
    "nio": 9,
    "tio": 10,
}
_PRESUMES = re.compile(r"^\W*(varför|hur kommer det sig|av vilk|why|how come)", re.IGNORECASE)
_UNIT_FIGURE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(%|procent|ton|miljoner|mkr|kronor|kr|år)")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a question is refused, and the stretch of the documents that comes closest (or that contradicts it)."""

    refusal: Refusal
    closest: Quote | None = None


def decide(question: Question, candidates: Sequence[Candidate], index: PassageIndex) -> Verdict | None:
    """None when the candidates are enough to answer; otherwise the refusal. `candidates` come best first."""
    if not candidates:
        return Verdict("out_of_scope" if is_foreign(question) else "not_in_documents")
    best = candidates[0]
    start, end = best.passage.sentences[best.sentence]
    closest = Quote(best.passage, start, end)
    if contradiction := _contradicted(question, candidates):
        return Verdict("false_premise", contradiction)
    if enough(question, candidates) >= _threshold():
        return None
    if is_foreign(question):
        return Verdict("out_of_scope")
    return Verdict("not_in_documents", closest if best.probability >= _CLOSEST else None)


def enough_features(question: Question, candidates: Sequence[Candidate]) -> tuple[float, ...]:
    """What the decision rests on, in the order of ENOUGH_FEATURES."""
    best = candidates[0]
    top = [candidate for candidate in candidates[:3]]
    short = float(question.ask in _SHORT)
    other = next((c.probability for c in candidates if c.passage.id != best.passage.id), 0.0)
    values = {
        "bias": 1.0,
        "best": _logit(best.probability),
        "margin": best.probability - other,
        "cosine": max(candidate.feature("cosine") for candidate in top),
        "cosine_lead": max(candidate.feature("cosine_lead") for candidate in top),
        "coverage": max(candidate.feature("coverage_window") for candidate in top),
        "coverage_passage": max(candidate.feature("coverage_passage") for candidate in top),
        "rarest_missing": min(candidate.feature("rarest_missing") for candidate in top),
        "numbers_missing": min(candidate.feature("numbers_missing") for candidate in top),
        "names_missing": min(candidate.feature("names_missing") for candidate in top),
        "names_missing_near": min(candidate.feature("names_missing_near") for candidate in top),
        "year_conflict": min(candidate.feature("year_conflict") for candidate in top),
        "short_rarest_missing": short * min(candidate.feature("rarest_missing") for candidate in top),
        "short_coverage": short * max(candidate.feature("coverage_window") for candidate in top),
        "focus_missing": min(candidate.feature("focus_missing") for candidate in top),
        "kind_missing": min(candidate.feature("kind_missing") for candidate in top),
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


def _contradicted(question: Question, candidates: Sequence[Candidate]) -> Quote | None:
    """The sentence that says the opposite of what the question takes for granted, or another figure."""
    if not _PRESUMES.search(question.text):
        return None
    for candidate in candidates[:4]:
        if candidate.feature("coverage_window") < 0.35:
            continue
        text = candidate.text
        if _opposite(question.text, text) or _other_figure(question, text) or _other_count(question, text):
            start, end = candidate.passage.sentences[candidate.sentence]
            return Quote(candidate.passage, start, end)
    return None


def _opposite(question: str, text: str) -> bool:
    asked, said = question.lower(), text.lower()
    return any(
        re.search(left, asked) and re.search(right, said) and not re.search(left, said) for left, right in _OPPOSITES
    )


def _other_figure(question: Question, text: str) -> bool:
    """A figure with the same unit as the question's, and not the question's."""
    asked = {(figure, unit) for figure, unit in _UNIT_FIGURE.findall(question.text)}
    said = {(figure, unit) for figure, unit in _UNIT_FIGURE.findall(text)}
    return any((figure, unit) not in said and any(other == unit for _, other in said) for figure, unit in asked)


def _other_count(question: Question, text: str) -> bool:
    """ "tre prioriteringar" where the text says "fyra prioriteringarna"."""
    for match in re.finditer(r"\b(\w+|\d+) (\w{5,})", question.text.lower()):
        count = _COUNTS.get(match[1], int(match[1]) if match[1].isdigit() and len(match[1]) < 3 else 0)
        if not count:
            continue
        for said in re.finditer(r"\b(\w+|\d+) (\w{5,})", text.lower()):
            other = _COUNTS.get(said[1], int(said[1]) if said[1].isdigit() and len(said[1]) < 3 else 0)
            if other and other != count and best_match(match[2], (said[2],)) == 1.0:
                return True
    return False
