"""Search: three legs over all passages, fused by min-max weights.

The legs are the passage vector (with its headings), its best sentence vector, and BM25 over stems and character
n-grams. Min-max fusion did better than rank fusion on whole-paragraph passages, because the margin of a leg carries
meaning.
Knows nothing of how an answer is made.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assistant.answers import Hit
from assistant.question import Question
from ingest.documents import Document, Passage, PassageKind
from ingest.store.passage_index import PassageIndex


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each leg counts, relative to the others. `python -m benchmarks.ablation` prints what each is worth."""

    passage: float
    sentence: float
    lexical: float


# An English question reaches the lexical leg through the glossary, so that the leg counts by the share of words it
# knows there.
SWEDISH = Weights(passage=1.0, sentence=1.0, lexical=1.0)
ENGLISH = Weights(passage=1.0, sentence=1.0, lexical=0.8)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which passages may be found. An empty filter lets all pass; several must all agree.

    `documents` are ids, `years` years of publication, `kinds` kinds of passages. `section` stands in some heading of
    the passage, without regard to case. `valid_on` is an ISO date on which the document must be valid.
    """

    documents: frozenset[str] = frozenset()
    years: frozenset[int] = frozenset()
    kinds: frozenset[PassageKind] = frozenset()
    section: str = ""
    valid_on: str = ""

    def passages(self, index: PassageIndex) -> NDArray[np.bool_]:
        """Which of the index's passages pass, shape (passages,)."""
        named = {document.id for document in index.documents if self._lets(document)}
        return np.array([one.document_id in named and self._has_place(one) for one in index.passages], dtype=bool)

    def _lets(self, document: Document) -> bool:
        return (
            (not self.documents or document.id in self.documents)
            and (not self.years or document.year in self.years)
            and (not self.valid_on or _valid(document, self.valid_on))
        )

    def _has_place(self, passage: Passage) -> bool:
        sought = self.section.casefold()
        return (not self.kinds or passage.kind in self.kinds) and (
            not sought or any(sought in heading.casefold() for heading in passage.section)
        )


def _valid(document: Document, day: str) -> bool:
    """Whether the document is valid on that ISO date; one that says nothing of it is. A bare year is all of it."""
    first, last = document.valid_from or "", document.valid_to or "9999"
    return first <= day and (day <= last or day.startswith(last))


EVERYTHING = Filters()


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """What search knows of every passage and sentence of the index for one question.

    `order` holds passage numbers, best first, shape (allowed,). `fused`, `dense` and `lexical` have shape (passages,):
    the fused score from 0 to 1, the cosine of the passage vector, the BM25 score. `sentences` has shape (sentences,):
    the cosine of each sentence, in order of the passages and their sentences. `first_sentence[i]` is the number of
    passage i's first sentence, shape (passages + 1,).
    """

    order: NDArray[np.int64]
    fused: NDArray[np.float32]
    dense: NDArray[np.float32]
    lexical: NDArray[np.float32]
    sentences: NDArray[np.float32]
    first_sentence: NDArray[np.int64]

    def hits(self, index: PassageIndex, count: int) -> tuple[Hit, ...]:
        """The best passages with their best sentences."""
        return tuple(
            Hit(index.passages[number], float(self.fused[number]), self._best_sentence(number))
            for number in self.order[:count]
        )

    def of_passage(self, number: int) -> NDArray[np.float32]:
        """The cosines of one passage's sentences, in order."""
        return self.sentences[self.first_sentence[number] : self.first_sentence[number + 1]]

    def ordered_by(self, fused: NDArray[np.float32]) -> Findings:
        """The same passages by other fused scores."""
        order = self.order[np.argsort(-fused[self.order], kind="stable")]
        return replace(self, order=order, fused=fused)

    def led_by(self, numbers: Collection[int]) -> Findings:
        """The findings with these passages first, each group in its order."""
        leading = np.isin(self.order, list(numbers))
        return replace(self, order=np.concatenate((self.order[leading], self.order[~leading])))

    def _best_sentence(self, number: int) -> int:
        own = self.of_passage(number)
        return int(own.argmax()) if len(own) else 0


def search(
    index: PassageIndex,
    question: Question,
    vector: NDArray[np.float32],
    expansion: str = "",
    filters: Filters = EVERYTHING,
    weights: Weights | None = None,
) -> Findings:
    """Score every passage for the question.

    `vector` is the question's embedding, shape (dimension,), unit length. `expansion` holds further words for the
    lexical leg (spelled-out abbreviations, synonyms). `weights` None takes those of the question's language.
    """
    if weights is None:
        weights = replace(ENGLISH, lexical=ENGLISH.lexical * question.translated) if question.english else SWEDISH
    count = len(index.passages)
    dense = index.passage_cosines(vector, range(count))
    own = index.sentence_cosines(vector, range(count))
    sentences = np.concatenate([np.empty(0, np.float32), *own])
    lowest = sentences.min(initial=0.0)
    best = np.array([one.max(initial=lowest) for one in own], np.float32)
    lexical = index.lexical.scores(f"{question.text} {expansion}")
    fused = (
        weights.passage * _scaled(dense) + weights.sentence * _scaled(best) + weights.lexical * _scaled(lexical)
    ) / (weights.passage + weights.sentence + weights.lexical)
    order = np.argsort(-fused, kind="stable")
    if filters != EVERYTHING:
        order = order[filters.passages(index)[order]]
    return Findings(
        order=order,
        fused=fused.astype(np.float32),
        dense=dense,
        lexical=lexical,
        sentences=sentences,
        first_sentence=np.cumsum([0, *map(len, own)]),
    )


def _scaled(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Min-max scaling to 0…1; all zeros where the scores do not differ."""
    if not len(scores):
        return scores
    low, high = float(scores.min()), float(scores.max())
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)
