"""From an answer and its gold to scores, and from the scores of a run to figures with intervals.

The intervals come from resampling the questions: Efron and Tibshirani, An Introduction to the Bootstrap (1993),
chapters 13 and 16; seeded, so that the same answers give the same interval in every run and on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap

from assistant.answers import Answer
from evals import measures
from evals.question_file import Question

Scores = Mapping[str, float | None]
"""The scores of one question by measure, None where the measure does not apply."""

PageText = Callable[[str, int | None], str | None]
"""(document id, page) to the cleaned text of that page in the index, None where there is no such page."""

MEASURES = {
    "evidence_recall@1": "Belägg i den första passagen",
    "evidence_recall@3": "Belägg bland de tre första passagerna",
    "evidence_recall@5": "Belägg bland de fem första passagerna",
    "evidence_recall@10": "Belägg bland de tio första passagerna",
    "evidence_recall@500w": "Belägg i de första 500 orden",
    "evidence_hit@5": "Minst ett belägg bland de fem första",
    "mrr@10": "Första beläggets plats (MRR)",
    "ndcg@10": "Beläggens ordning (nDCG)",
    "key_fact_recall": "Fakta som finns med i svaret",
    "key_fact_recall_shown": "Fakta i svaret eller i dess citat",
    "confidently_wrong": "Säkra svar som är fel",
    "sure_share": "Frågor med svar som besvarades säkert",
    "sure_precision": "Säkra svar som är rätt",
    "declined": "Frågor utan svar som inte besvarades säkert",
    "answer_words": "Ord i ett säkert svar på en sakfråga",
    "quote_verbatim": "Citat som står ordagrant på sidan",
    "citation_precision": "Citat som rör rätt ställe",
    "citation_recall": "Belägg som citeras",
    "uncited_statements": "Påståenden utan källa",
    "list_precision": "Rader som hör hemma i listan",
    "list_recall": "Listans rader som kom med",
    "refusal_precision": "Avböjda frågor som borde avböjas",
    "refusal_recall": "Frågor utan svar som avböjdes",
    "refusal_type": "Rätt skäl när frågan avböjdes",
    "over_refusal": "Frågor med svar som ändå avböjdes",
}
"""The measures whose figure is the mean over the questions to which they apply, and what people call them."""

TIMINGS = {
    "seconds_p50/search": "Söktid, median (sekunder)",
    "seconds_p50/answer": "Svarstid, median (sekunder)",
    "seconds_p95/search": "Söktid, 95:e percentilen (sekunder)",
    "seconds_p95/answer": "Svarstid, 95:e percentilen (sekunder)",
}
LOWER_IS_BETTER = frozenset({"confidently_wrong", "uncited_statements", "over_refusal", "answer_words", *TIMINGS})
SHARES = tuple(name for name in MEASURES if name != "answer_words")
"""The measures between 0 and 1."""

_SHORT_KINDS = ("fact", "number")
"""Kinds of question that a sentence answers: for them alone the length of a sure answer is counted."""
_WORDS_SHOWN = 500
"""What a reader, or a language model, takes in of the passages."""
_RESAMPLES = 2000
_SEED = 20150901
_BATCH = 200
"""Resamples drawn at a time: bounds the memory for large question files."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One question with its answer, whether a quote proves it, its scores, and the measures that it fails."""

    question: Question
    answer: Answer
    right: bool
    scores: Scores
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure over n questions and its 95 % interval. All None where n is 0."""

    value: float | None
    n: int
    low: float | None
    high: float | None


def judge(question: Question, answer: Answer, page_text: PageText) -> Judged:
    """Every measure of one answer. What proves that a question has no answer is not looked for."""
    quotes, refused = [citation.quote for citation in answer.citations], answer.status == "refused"
    right = question.answerable and measures.is_proved(quotes, question.evidence)
    typed = refused and not question.answerable and question.refusal is not None
    gold = question if question.answerable else replace(question, evidence=(), key_facts=(), rows=None)
    scores = {
        **_ranking_scores(gold, answer),
        **_content_scores(gold, answer, quotes, page_text),
        **measures.bands(answer.status == "answered", refused, question.answerable, right),
        "refusal_type": float(answer.refusal == question.refusal) if typed else None,
        "search_seconds": round(answer.search_seconds, 4),
        "answer_seconds": round(answer.answer_seconds, 4),
    }
    return Judged(question, answer, right, scores, _failures(question, scores))


def _ranking_scores(question: Question, answer: Answer) -> dict[str, float | None]:
    """What search found; None for all where there is no evidence to find."""
    texts = [hit.passage.text for hit in answer.hits[:10]]
    held, pieces = measures.relevance(texts, question.evidence), len(question.evidence)
    relevant = [any(of_text) for of_text in held]
    within = measures.texts_within(texts, _WORDS_SHOWN)
    return {
        **{f"evidence_recall@{k}": measures.recall_at(held, pieces, k) for k in (1, 3, 5, 10)},
        f"evidence_recall@{_WORDS_SHOWN}w": measures.recall_at(held, pieces, within),
        "evidence_hit@5": float(any(relevant[:5])) if pieces else None,
        "mrr@10": measures.reciprocal_rank(relevant, 10) if pieces else None,
        "ndcg@10": measures.ndcg_at(relevant, 10) if pieces else None,
    }


def _content_scores(
    question: Question, answer: Answer, quotes: Sequence[str], page_text: PageText
) -> dict[str, float | None]:
    """What the answer says, lists and cites."""
    names, gold = [row.name for row in answer.rows or ()], question.rows
    pages = [page_text(citation.document_id, citation.page) for citation in answer.citations]
    short = answer.status == "answered" and question.kind in _SHORT_KINDS
    return {
        "key_fact_recall": measures.key_fact_recall([answer.text], question.key_facts),
        "key_fact_recall_shown": measures.key_fact_recall([answer.text, *quotes], question.key_facts),
        "answer_words": measures.answer_words(answer.text) if short else None,
        "quote_verbatim": measures.quote_verbatim(list(zip(quotes, pages, strict=True))),
        "citation_precision": measures.citation_precision(quotes, question.evidence),
        "citation_recall": measures.citation_recall(quotes, question.evidence),
        "uncited_statements": None if answer.status == "refused" else measures.uncited_statements(answer.text),
        "list_precision": None if gold is None else measures.list_precision(names, (*gold, *question.rows_optional)),
        "list_recall": None if gold is None else measures.list_recall(names, gold),
    }


def _failures(question: Question, scores: Scores) -> tuple[str, ...]:
    """The measures by which an answer does not pass; empty for one that a reader can stand behind.

    Evidence among the first five, every key fact, every quote on its page, no statement without a mark, the whole list
    and nothing else, refused exactly where the documents hold no answer.
    """
    asked = ["quote_verbatim", "uncited_statements", "refusal_recall", "over_refusal"]
    if question.answerable:
        asked += ["evidence_hit@5", "key_fact_recall", "list_precision", "list_recall"]
    wanted = {name: 0.0 if name in LOWER_IS_BETTER else 1.0 for name in asked}
    return tuple(name for name in asked if scores[name] not in (None, wanted[name]))


def summarise(scores: Sequence[Scores]) -> dict[str, Estimate]:
    """The figures of a run: all MEASURES and TIMINGS."""
    figures = {name: estimate(_applicable(scores, name)) for name in MEASURES}
    for name in TIMINGS:
        percentile, part = name.removeprefix("seconds_p").split("/")
        figures[name] = estimate(_applicable(scores, f"{part}_seconds"), float(percentile))
    return figures


def _applicable(scores: Sequence[Scores], name: str) -> list[float]:
    return [value for value in (score[name] for score in scores) if value is not None]


def estimate(values: Sequence[float], percentile: float | None = None) -> Estimate:
    """The mean of `values` (one per question), or a percentile (0 to 100, linear), with its percentile interval."""

    def statistic(sample: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
        figure = np.mean(sample, axis=axis) if percentile is None else np.percentile(sample, percentile, axis=axis)
        return np.asarray(figure)

    if not values:
        return Estimate(None, 0, None, None)
    sample = np.asarray(values, dtype=np.float64)
    value = float(statistic(sample, axis=0))
    if len(sample) == 1:  # nothing to resample
        return Estimate(value, 1, value, value)
    random = np.random.default_rng(_SEED)
    found = bootstrap((sample,), statistic, n_resamples=_RESAMPLES, batch=_BATCH, method="percentile", rng=random)
    interval = found.confidence_interval
    return Estimate(value, len(sample), float(interval.low), float(interval.high))
