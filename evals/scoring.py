"""From an answer and its gold to scores, and from the scores of a run to figures with intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass as checked

from evals import measures
from evals.bootstrap import Estimate, estimate, percentile
from evals.question_file import Question

Scores = Mapping[str, float | None]
"""The scores of one question by measure, None where the measure does not apply."""

PageText = Callable[[str, int | None], str | None]
"""(document id, page) to the cleaned text of that page in the index, None where there is no such page."""

MEANS = (
    "evidence_recall@1",
    "evidence_recall@3",
    "evidence_recall@5",
    "evidence_recall@10",
    "evidence_recall@500w",
    "evidence_hit@5",
    "mrr@10",
    "ndcg@10",
    "key_fact_recall",
    "key_fact_recall_shown",
    "confidently_wrong",
    "sure_share",
    "sure_precision",
    "declined",
    "answer_words",
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

LOWER_IS_BETTER = frozenset({"confidently_wrong", "uncited_statements", "over_refusal", "answer_words"})

SHARES = tuple(name for name in MEANS if name != "answer_words")
"""The measures between 0 and 1."""

SHORT_KINDS = frozenset({"fact", "number"})
"""Kinds of question that a sentence answers: for them alone the length of a sure answer is counted."""

WORDS_SHOWN = 500
"""What a reader, or a language model, takes in of the passages."""


@checked(frozen=True, slots=True)
class CitedQuote:
    """A citation: what is quoted, and where it is said to stand."""

    mark: int
    document_id: str
    title: str
    page: int | None
    section: tuple[str, ...]
    quote: str


@checked(frozen=True, slots=True)
class ShownPassage:
    """A passage that search found."""

    document_id: str
    text: str


@checked(frozen=True, slots=True)
class AnswerRecord:
    """One answer record. `passages` come best first; `confidence` is None where the program does not say it."""

    id: str | None
    question: str
    answer: str
    status: Literal["answered", "partial", "refused"]
    refusal: str | None
    citations: tuple[CitedQuote, ...]
    passages: tuple[ShownPassage, ...]
    rows: tuple[dict[str, object], ...] | None
    generator: str
    seconds: dict[str, float]
    index_id: str
    confidence: float | None = None

    @property
    def names(self) -> list[str]:
        """The names of the rows: the cell "name", or else the first that is text."""
        return [
            str(row.get("name") or next((x for x in row.values() if type(x) is str), "")) for row in self.rows or ()
        ]

    @property
    def quotes(self) -> list[str]:
        """What is quoted, in order."""
        return [citation.quote for citation in self.citations]


_RECORD = TypeAdapter(AnswerRecord)


def read_record(record: Mapping[str, object]) -> AnswerRecord:
    """The fields that the evaluation needs. Raises ValueError where one is missing or of another type."""
    return _RECORD.validate_python(record)


@dataclass(frozen=True, slots=True)
class Judged:
    """One question with its answer, its scores, and the measures by which it fails (empty: it passes).

    `record` is the whole answer record, `answer` what is judged of it.
    """

    question: Question
    record: Mapping[str, object]
    answer: AnswerRecord
    scores: Scores
    failed: tuple[str, ...]


def score(question: Question, answer: AnswerRecord, page_text: PageText) -> dict[str, float | None]:
    """Every measure of one answer, `search_seconds` and `answer_seconds` among them.

    What proves that a question has no answer is not looked for.
    """
    right, refused = is_right(question, answer), answer.status == "refused"
    typed = refused and not question.answerable and question.refusal is not None
    if not question.answerable:
        question = replace(question, evidence=(), key_facts=(), rows=None)
    return {
        **_ranking_scores(question, answer),
        **_content_scores(question, answer, page_text),
        **measures.bands(answer.status == "answered", refused, question.answerable, right),
        "refusal_type": float(answer.refusal == question.refusal) if typed else None,
        "search_seconds": answer.seconds.get("search"),
        "answer_seconds": answer.seconds.get("answer"),
    }


def _ranking_scores(question: Question, answer: AnswerRecord) -> dict[str, float | None]:
    """What search found; None for all where there is no evidence to find."""
    texts = [passage.text for passage in answer.passages[:10]]
    held, pieces = measures.relevance(texts, question.evidence), len(question.evidence)
    relevant = [any(of_text) for of_text in held]
    within = measures.texts_within(texts, WORDS_SHOWN)
    return {
        **{f"evidence_recall@{k}": measures.recall_at(held, pieces, k) for k in (1, 3, 5, 10)},
        f"evidence_recall@{WORDS_SHOWN}w": measures.recall_at(held, pieces, within),
        "evidence_hit@5": measures.hit_at(held, pieces, 5),
        "mrr@10": measures.reciprocal_rank(relevant, 10) if pieces else None,
        "ndcg@10": measures.ndcg_at(relevant, 10) if pieces else None,
    }


def _content_scores(question: Question, answer: AnswerRecord, page_text: PageText) -> dict[str, float | None]:
    """What the answer says, lists and cites."""
    quotes, names = answer.quotes, answer.names
    pages = [page_text(citation.document_id, citation.page) for citation in answer.citations]
    gold, optional = question.rows, question.rows_optional
    short = answer.status == "answered" and question.kind in SHORT_KINDS
    return {
        "key_fact_recall": measures.key_fact_recall([answer.answer], question.key_facts),
        "key_fact_recall_shown": measures.key_fact_recall([answer.answer, *quotes], question.key_facts),
        "answer_words": measures.answer_words(answer.answer) if short else None,
        "quote_verbatim": measures.quote_verbatim(list(zip(quotes, pages, strict=True))),
        "citation_precision": measures.citation_precision(quotes, question.evidence),
        "citation_recall": measures.citation_recall(quotes, question.evidence),
        "uncited_statements": None if answer.status == "refused" else measures.uncited_statements(answer.answer),
        "list_precision": None if gold is None else measures.list_precision(names, gold, optional),
        "list_recall": None if gold is None else measures.list_recall(names, gold),
    }


def is_right(question: Question, answer: AnswerRecord) -> bool:
    """Whether a quote of the answer proves it, as far as the question has an answer."""
    return question.answerable and measures.is_proved(answer.quotes, question.evidence)


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
            figures[f"seconds_p{q}/{part}"] = estimate(_applicable(scores, f"{part}_seconds"), percentile(q))
    return figures


def _applicable(scores: Sequence[Scores], name: str) -> list[float]:
    return [value for value in (score.get(name) for score in scores) if value is not None]
