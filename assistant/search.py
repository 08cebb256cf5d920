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
from ingest.index.passage_index import PassageIndex


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each leg counts, relative to the others."""

    passage: float
    sentence: float
    lexical: float


# Chosen on the development questions (benchmarks.retrieval and `rus eval` print the figures behind them). An English
# question reaches the lexical leg through the glossary, so that the leg counts by the share of words it knows there.
SWEDISH = Weights(passage=1.0, sentence=1.0, lexical=1.0)
ENGLISH = Weights(passage=1.0, sentence=1.0, lexical=0.8)


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

    def _best_sentence(self, number: int) -> int:
        own = self.of_passage(number)
        return int(own.argmax()) if len(own) else 0


def search(
    index: PassageIndex,
    question: Question,
    vector: NDArray[np.float32],
    expansion: str = "",
    documents: Collection[str] = (),
) -> Findings:
    """Score every passage for the question.

    `vector` is the question's embedding, shape (dimension,), unit length. `expansion` holds further words for the
    lexical leg (spelled-out abbreviations, synonyms). `documents` restricts the ranking to these document ids.
    """
    weights = SWEDISH
    if question.english:
        weights = replace(ENGLISH, lexical=ENGLISH.lexical * question.translated)
    dense = index.passage_vectors @ vector
    sentences = np.asarray(index.sentence_vectors @ vector, dtype=np.float32)
    owners = index.sentence_owners
    count = len(index.passages)
    best = np.full(count, sentences.min(initial=0.0), dtype=np.float32)
    np.maximum.at(best, owners, sentences)
    lexical = index.lexical.scores(f"{question.text} {expansion}")
    fused = (
        weights.passage * _scaled(dense) + weights.sentence * _scaled(best) + weights.lexical * _scaled(lexical)
    ) / (weights.passage + weights.sentence + weights.lexical)
    order = np.argsort(-fused, kind="stable")
    if documents:
        allowed = np.array([passage.document_id in documents for passage in index.passages], dtype=bool)
        order = order[allowed[order]]
    return Findings(
        order=order,
        fused=fused.astype(np.float32),
        dense=dense,
        lexical=lexical,
        sentences=sentences,
        first_sentence=np.searchsorted(owners, np.arange(count + 1)),
    )


def _scaled(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Min-max scaling to 0…1; all zeros where the scores do not differ."""
    if not len(scores):
        return scores
    low, high = float(scores.min()), float(scores.max())
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)
