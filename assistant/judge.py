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
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from assistant.matching import best_match, match, name_match, text_words
from assistant.question import Ask, Question
from assistant.search import Findings
from ingest.documents import Passage, PassageKind
from ingest.index.passage_index import PassageIndex
from ingest.swedish import fold

FEATURES = (
    "bias",
    "cosine",
    "cosine_lead",
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
    "names_missing_near",
    "year_conflict",
    "focus_missing",
    "kind_of_answer",
    "kind_missing",
    "counts_focus",
    "defines",
    "points_back",
    "is_caption",
    "is_item",
    "is_footnote",
    "length",
    "first",
    "english",
    "english_cosine_lead",
)
Vector = tuple[float, ...]

_JUDGED_SHARE = 0.5
"""How much the probability of a passage's best sentence adds to its fused score (both run from 0 to 1)."""

_SHARE = re.compile(r"\d\s*(%|procent)|\b(hälften|tredjedel|fjärdedel|majoriteten)\b")
_MONEY = re.compile(
    r"\d\s*(kr|kronor|mkr|mnkr|tkr|miljon|miljard|tusen|euro|msek)|\b(mkr|kronor|kostnadsfri\w*|gratis)\b"
)
_FIGURE = re.compile(r"(?<![\d–-])(?!(?:19|20)\d\d(?!\s?\d{3}))\d+(?:[ .,\u00a0]\d+)*")
_ASKS_SHARE = re.compile(r"\b(andel|andelen|procent|hur stor del|share|percent\w*)\b", re.IGNORECASE)
_ASKS_MONEY = re.compile(r"\b(pengar|kosta\w*|kronor|budget|summa|belopp|money|cost\w*|budget)\b", re.IGNORECASE)
_FOCUS = re.compile(
    r"\b(?:h?ur (?:många|manga|mnga|mycket|stor andel av|stor del av)|vilk(?:en|et|a)|how many|which|antalet?|andelen)"
    r"\s+(?:av\s+|nya\s+|fler\s+|olika\s+)*(?P<focus>[^\W\d_][\w-]+)",
    re.IGNORECASE,
)
_CAPTION = re.compile(r"^\W*(tabell|figur|diagram|bild|karta|table|figure)\s*\d", re.IGNORECASE)
_POINTS_BACK = re.compile(
    r"^\W*(det|den|de|detta|denna|dessa|här|där|då|samma|båda|resultatet|syftet|målet)\b", re.IGNORECASE
)
_SAYS_WHAT = re.compile(
    r"^\W*(är|var|innebär|betyder|handlar|består|syftar|avser|omfattar|ska|arbetar|agerar|erbjuder|bildades|har som|"
    r"kan beskrivas|står för|fungerar|\()"
)
_COUNT_WORD = re.compile(
    r"\b(två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv|hälften|dubbelt|flera|många|inga|inget)\b"
)
_YEAR = re.compile(
    r"\b(19|20)\d\d\b|\b(januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|"
    r"december|hösten|våren|sommaren)\b"
)
_REASON = re.compile(
    r"\b(för att|eftersom|därför|på grund av|bero[rd]de?|beror|syfte[t]?|orsak|anledning|bidr[ao]g|mål[et]*|genom att|"
    r"detta för|i syfte|handlar om|då|innebär|gör att|vilket)\b"
)
_NAME = re.compile(r"(?<=[\w,] )[A-ZÅÄÖ][\w-]+")
_FULL_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_LONGEST_TERM = 7
"""Words within which a defining sentence has named what it defines."""
_PLACE = re.compile(r"\b(i|på|från|vid|till) [A-ZÅÄÖ]\w+")


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
    spread = _spread(findings)
    top = float(findings.fused[findings.order[0]]) if len(findings.order) else 0.0
    judged: list[tuple[Passage, int, int, dict[str, float]]] = []
    for number in findings.order[:count]:
        passage = index.passages[number]
        cosines = findings.of_passage(number)
        context = _Context.of(question, rarity, passage, float(findings.fused[number]), top)
        for sentence in range(len(passage.sentences)):
            values = _features(question, rarity, context, sentence, float(cosines[sentence]), spread)
            judged.append((passage, int(number), sentence, values))
    best_coverage = max((values["coverage_window"] for *_, values in judged), default=0.0)
    candidates: list[Candidate] = []
    for passage, place, sentence, values in judged:
        # What a sentence lacks beside the best one, and nearness in meaning where no sentence shares the words.
        values["coverage_behind"] = best_coverage - values["coverage_window"]
        values["cosine_lead_uncovered"] = values["cosine_lead"] * (1 - best_coverage)
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
    order = findings.order[np.argsort(-fused[findings.order], kind="stable")]
    return replace(findings, order=order, fused=fused)


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


@dataclass(frozen=True, slots=True)
class _Spread:
    mean: float
    deviation: float


def _spread(findings: Findings) -> _Spread:
    values = findings.sentences
    return _Spread(float(values.mean()), max(float(values.std()), 1e-6)) if len(values) else _Spread(0.0, 1.0)


@dataclass(frozen=True, slots=True)
class _Context:
    """What all sentences of one passage share."""

    passage: Passage
    in_heading: dict[str, float]
    in_passage: dict[str, float]
    passage_score: float
    lead: float
    numbers_missing: float
    names_missing: float
    focus: str | None
    heading_words: frozenset[str]

    @classmethod
    def of(cls, question: Question, rarity: dict[str, float], passage: Passage, score: float, top: float) -> _Context:
        heading_words = text_words(" ".join((*passage.section, passage.title)))
        passage_words = text_words(passage.text)
        whole = fold(passage.headed_text)
        in_heading = {term: best_match(term, heading_words) for term in rarity}
        in_passage = {term: max(best_match(term, passage_words), in_heading[term]) for term in rarity}
        return cls(
            passage=passage,
            in_heading=in_heading,
            in_passage=in_passage,
            passage_score=score,
            lead=top - score,
            numbers_missing=_share_missing(question.numbers, whole),
            names_missing=_names_missing(question.names, heading_words | passage_words),
            focus=focus(question),
            heading_words=heading_words,
        )


def _features(
    question: Question, rarity: dict[str, float], context: _Context, sentence: int, cosine: float, spread: _Spread
) -> dict[str, float]:
    passage = context.passage
    start, end = passage.sentences[sentence]
    text = passage.text[start:end]
    own = text_words(text)
    before = text_words(passage.text[slice(*passage.sentences[sentence - 1])]) if sentence else frozenset()
    near = text_words(passage.text[passage.sentences[max(0, sentence - 2)][0] : start])
    in_sentence = {term: best_match(term, own) for term in rarity}
    in_window = {term: max(in_sentence[term], best_match(term, before)) for term in rarity}
    lead = (cosine - spread.mean) / spread.deviation
    fits = _fits(question, text)
    return {
        "bias": 1.0,
        "cosine": (cosine - 0.8) * 10,
        "cosine_lead": lead,
        "passage_score": context.passage_score,
        "passage_lead": context.lead,
        "coverage": _coverage(in_sentence, rarity),
        "coverage_window": _coverage(in_window, rarity),
        "coverage_passage": _coverage(context.in_passage, rarity),
        "coverage_heading": _coverage(context.in_heading, rarity),
        "rarest_missing": max((rarity[term] * (1 - context.in_passage[term]) for term in rarity), default=0.0) / 5,
        "numbers_missing": context.numbers_missing,
        "names_missing": context.names_missing,
        "names_missing_near": _names_missing(question.names, own | near | context.heading_words),
        "year_conflict": _year_conflict(question, text, passage),
        "focus_missing": 1 - best_match(context.focus, own | before) if context.focus else 0.0,
        "kind_of_answer": float(fits is True),
        "kind_missing": float(fits is False),
        "defines": float(question.ask is Ask.DEFINITION and _defines(question, text)),
        "counts_focus": float(context.focus is not None and _counts(context.focus, text)),
        "is_caption": float(_CAPTION.search(text) is not None),
        "points_back": float(_POINTS_BACK.search(text) is not None),
        "is_item": float(passage.kind is PassageKind.LIST),
        "is_footnote": float(passage.kind is PassageKind.FOOTNOTE),
        "length": math.log(1 + len(text.split())) / 4,
        "first": float(sentence == 0),
        "english": float(question.english),
        "english_cosine_lead": lead * question.english,
    }


def _coverage(matched: dict[str, float], rarity: dict[str, float]) -> float:
    total = sum(rarity.values())
    return sum(rarity[term] * matched[term] for term in rarity) / total if total else 0.0


def _share_missing(numbers: Sequence[str], folded: str) -> float:
    if not numbers:
        return 0.0
    plain = folded.replace("\u00a0", " ")
    missing = sum(not re.search(rf"(?<![\d]){re.escape(fold(number))}(?![\d])", plain) for number in numbers)
    return missing / len(numbers)


def _year_conflict(question: Question, text: str, passage: Passage) -> float:
    """1 when the question names a year and the sentence other years only, none of them in a span that covers it."""
    asked = {int(year) for year in _FULL_YEAR.findall(" ".join(question.numbers))}
    if not asked:
        return 0.0
    said = {int(year) for year in _FULL_YEAR.findall(text)}
    around = said or {int(year) for year in _FULL_YEAR.findall(" ".join((*passage.section, passage.title)))}
    return float(bool(around) and not asked & around)


def _names_missing(names: Sequence[str], there: frozenset[str]) -> float:
    """Share of the names of which some part is not there. A name must be spelled nearly right: it is no compound."""
    if not names:
        return 0.0
    missing = 0.0
    for name in names:
        parts = text_words(name)
        missing += 1 - min((spelled(part, there) for part in parts), default=1.0)
    return missing / len(names)


def spelled(part: str, there: frozenset[str]) -> float:
    """How well a part of a name is spelled among the words, 0 where none is near enough."""
    return max((name_match(part, word) for word in there), default=0.0)


def focus(question: Question) -> str | None:
    """The word that the question counts or chooses among ("hur många X", "vilket X")."""
    words = [found["focus"].lower() for found in _FOCUS.finditer(question.text)]
    return next((word for word in reversed(words) if word in question.terms), None)


def _fits(question: Question, text: str) -> bool | None:
    """Whether the sentence holds the kind of thing asked for; None where the question asks for no kind."""
    lowered = text.lower()
    if question.ask is Ask.FIGURE:
        if _ASKS_SHARE.search(question.text):
            return bool(_SHARE.search(lowered))
        if _ASKS_MONEY.search(question.text):
            return bool(_MONEY.search(lowered))
        return bool(_FIGURE.search(text) or _COUNT_WORD.search(lowered))
    if question.ask is Ask.DATE:
        return bool(_YEAR.search(lowered))
    if question.ask is Ask.REASON:
        return bool(_REASON.search(lowered))
    if question.ask is Ask.NAME:
        return bool(_NAME.search(text))
    if question.ask is Ask.PLACE:
        return bool(_PLACE.search(text))
    return None


def _counts(thing: str, text: str) -> bool:
    """Whether a figure or count word stands right before the thing ("900 ansökningar", "fyra nya delprojekt")."""
    found = list(re.finditer(r"[\w:%]+", text))
    for place, word in enumerate(found):
        if _FIGURE.fullmatch(word.group()) or _COUNT_WORD.fullmatch(word.group().lower()):
            after = (other.group().lower() for other in found[place + 1 : place + 4])
            if any(match(thing, other) > 0 for other in after):
                return True
    return False


def _defines(question: Question, text: str) -> bool:
    """Whether the sentence begins with the asked-for term and goes on to say what it is or does."""
    opening: list[str] = []
    for word in re.finditer(r"[^\s]+", text):
        opening.append(word.group())
        if len(opening) > _LONGEST_TERM:
            return False
        there = text_words(" ".join(opening))
        if question.terms and all(best_match(term, there) > 0 for term in question.terms):
            return _SAYS_WHAT.search(text[word.end() :]) is not None
    return False
