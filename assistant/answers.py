"""What an answer is: text, proof and circumstances. Plain data and its record form (the contract's field names)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from ingest.documents import Passage

Status = Literal["answered", "partial", "refused"]
Refusal = Literal["not_in_documents", "false_premise", "out_of_scope", "too_vague", "unsafe"]
Box = tuple[int, float, float, float, float]
"""page (from 1), x0, y0, x1, y1 in PDF points, origin bottom left."""


@dataclass(frozen=True, slots=True)
class Citation:
    """The proof of one statement: a quote that the program copied from the index, and where it stands."""

    mark: int
    document_id: str
    title: str
    page: int | None
    section: tuple[str, ...]
    quote: str
    url: str | None
    passage_id: str
    boxes: tuple[Box, ...] = ()
    ocr: bool = False
    page_label: str | None = None
    """The page's printed number where the file tells it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that search found. `score` is fused, higher is better; `sentence` is the index of its best sentence."""

    passage: Passage
    score: float
    sentence: int


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list answer: its name, further cells as (column, value) pairs in order, and the marks proving it."""

    name: str
    cells: tuple[tuple[str, str], ...]
    marks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer with everything needed to check it.

    `text` is Markdown in which every statement of fact carries a mark [n] of `citations`. `unknown_marks` counts marks
    that a language model invented and that were dropped. `notices` are sentences about circumstances for the reader
    (fallback from a late model, an older version quoted). `confidence` is the calibrated probability, 0 to 1, that the
    answer is right. `resolution` says how a follow-up question was understood.
    """

    question: str
    standalone_question: str
    text: str
    status: Status
    refusal: Refusal | None
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    rows: tuple[Row, ...] | None
    generator: str
    search_seconds: float
    answer_seconds: float
    index_id: str
    unknown_marks: int = 0
    notices: tuple[str, ...] = ()
    resolution: str | None = None
    suggestions: tuple[str, ...] = ()
    confidence: float = 0.0

    def to_record(self, question_id: str | None = None) -> dict[str, object]:
        """The answer record of the contract, ready for `json.dumps`."""
        rows = [{"name": row.name, **dict(row.cells), "marks": list(row.marks)} for row in self.rows or ()]
        return {
            "id": question_id,
            "question": self.question,
            "standalone_question": self.standalone_question,
            "answer": self.text,
            "status": self.status,
            "confidence": round(self.confidence, 4),
            "refusal": self.refusal,
            "citations": [asdict(citation) for citation in self.citations],
            "passages": [hit_record(hit) for hit in self.hits],
            "rows": None if self.rows is None else rows,
            "generator": self.generator,
            "seconds": {"search": round(self.search_seconds, 4), "answer": round(self.answer_seconds, 4)},
            "index_id": self.index_id,
            "unknown_marks": self.unknown_marks,
            "notices": list(self.notices),
            "resolution": self.resolution,
            "suggestions": list(self.suggestions),
        }


def hit_record(hit: Hit) -> dict[str, object]:
    """A found passage as it stands in the answer record."""
    return {
        "passage_id": hit.passage.id,
        "document_id": hit.passage.document_id,
        "title": hit.passage.title,
        "page": hit.passage.page,
        "section": list(hit.passage.section),
        "text": hit.passage.text,
        "score": round(hit.score, 4),
    }
