"""From an answer and its gold to scores, and from the scores of a run to figures with intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.answers import Answer
from evals import metrics
from evals.bootstrap import Estimate, estimate, row_percentiles
from evals.questions import Question

Scores = Mapping[str, float | None]
"""The scores of one question by measure, None where the measure does not apply."""

PageText = Callable[[str, int | None], str | None]
"""(document id, page) to the cleaned text of that page in the index, None where there is no such page."""

MEANS = (
    "evidence_recall@1",
    "evidence_recall@3",
    "evidence_recall@5",
    "evidence_recall@10",
    "evidence_hit@5",
    "mrr@10",
    "ndcg@10",
    "key_fact_recall",
    "quote_verbatim",
    "citation_precision",
    "citation_recall",
    "uncited_statements",
    "list_precision",
    "list_recall",
    "refusal_precision",
    "refusal_recall",
    "refusal_type",
    "over_refusal",
)
"""Measures whose figure is the mean over the questions to which they apply."""

SECONDS = ("search", "answer")
"""Timings of an answer; their figures are the percentiles 50 and 95."""

LOWER_IS_BETTER = frozenset({"uncited_statements", "over_refusal"})


@dataclass(frozen=True, slots=True)
class Judged:
    """One question with its answer, its scores, and the measures by which it fails (empty: it passes)."""

    question: Question
    answer: Answer
    scores: Scores
    failed: tuple[str, ...]


def score(question: Question, answer: Answer, page_text: PageText) -> dict[str, float | None]:
    """Every measure of one answer, `search_seconds` and `answer_seconds` among them."""
    refused = answer.status == "refused"
    ranks = metrics.evidence_ranks([hit.passage.text for hit in answer.hits[:10]], question.evidence)
    quotes = [citation.quote for citation in answer.citations]
    pages = [page_text(citation.document_id, citation.page) for citation in answer.citations]
    names = [row.name for row in answer.rows or ()]
    type_applies = refused and not question.answerable and question.refusal is not None
    return {
        **{f"evidence_recall@{k}": metrics.recall_at(ranks, k) for k in (1, 3, 5, 10)},
        "evidence_hit@5": metrics.hit_at(ranks, 5),
        "mrr@10": metrics.reciprocal_rank(ranks, 10),
        "ndcg@10": metrics.ndcg_at(ranks, 10),
        "key_fact_recall": metrics.key_fact_recall(answer.text, question.key_facts),
        "quote_verbatim": metrics.quote_verbatim(list(zip(quotes, pages, strict=True))),
        "citation_precision": metrics.citation_precision(quotes, question.evidence),
        "citation_recall": metrics.citation_recall(quotes, question.evidence),
        "uncited_statements": None if refused else metrics.uncited_statements(answer.text),
        "list_precision": None if question.rows is None else metrics.list_precision(names, question.rows),
        "list_recall": None if question.rows is None else metrics.list_recall(names, question.rows),
        "refusal_precision": metrics.refusal_precision(refused, question.answerable),
        "refusal_recall": metrics.refusal_recall(refused, question.answerable),
        "refusal_type": float(answer.refusal == question.refusal) if type_applies else None,
        "over_refusal": metrics.over_refusal(refused, question.answerable),
        "search_seconds": answer.search_seconds,
        "answer_seconds": answer.answer_seconds,
    }


def failures(question: Question, scores: Scores) -> tuple[str, ...]:
    """The measures by which an answer does not pass; empty for one that a reader can stand behind.

    Evidence among the first five, every key fact, every quote on its page, no statement without a mark, the whole list
    and nothing else, refused exactly where the documents hold no answer.
    """
    asked = ["quote_verbatim", "uncited_statements", "refusal_recall", "over_refusal"]
    if question.answerable:
        asked += ["evidence_hit@5", "key_fact_recall", "list_precision", "list_recall"]
    wanted = {name: 0.0 if name in LOWER_IS_BETTER else 1.0 for name in asked}
    return tuple(name for name in asked if scores.get(name) not in (None, wanted[name]))


def summarise(scores: Sequence[Scores]) -> dict[str, Estimate]:
    """The figures of a run: MEANS, and for each of SECONDS "seconds_p50/search" and the like, in seconds."""
    figures = {name: estimate(_applicable(scores, name)) for name in MEANS}
    for q in (50, 95):
        for part in SECONDS:
            figures[f"seconds_p{q}/{part}"] = estimate(_applicable(scores, f"{part}_seconds"), row_percentiles(q))
    return figures


def _applicable(scores: Sequence[Scores], name: str) -> list[float]:
    return [value for value in (score.get(name) for score in scores) if value is not None]
