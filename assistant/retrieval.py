"""Hybrid retrieval: three legs over the index, fused by min-max weights.

The legs are the passage vector (with its headings), its best sentence vector, and BM25 over stems and character
n-grams. Each leg names its best passages; all that any leg named are scored exactly by all three. Score fusion did
better than rank fusion on whole-paragraph passages, because the margin of a leg carries meaning.
Knows nothing of how an answer is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assistant.answers import Hit
from assistant.question import Question
from ingest.store.passage_index import PassageIndex

Floats = NDArray[np.float32]

_NAMED_BY_A_LEG = 60
"""Passages that each leg names. More do not change which ten come first."""
_SENTENCES_NAMED = 240
"""Sentences that the sentence leg names, often several of one passage."""
PASSAGES_READ = 12
"""Best passages of which each sentence is compared with the question."""
_ENGLISH_LEXICAL = 0.8
"""An English question reaches the lexical leg through the glossary: it counts by the share of words known there."""


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """The passages that retrieval found for one question, best first, and how each leg saw them.

    `rows` are passage numbers, shape (n,), n at most a few hundred. `fused` (0 to 1), `dense` (cosine) and `lexical`
    (BM25) have the same shape. `sentences` holds the cosine of each sentence of the first passages, by row.
    """

    rows: NDArray[np.int64]
    fused: Floats
    dense: Floats
    lexical: Floats
    sentences: Mapping[int, Floats]

    def reordered(self, fused: Floats) -> Findings:
        """The same passages by other fused scores, shape (n,)."""
        order = np.argsort(-fused, kind="stable")
        return Findings(self.rows[order], fused[order], self.dense[order], self.lexical[order], self.sentences)

    def hits(self, index: PassageIndex, count: int) -> tuple[Hit, ...]:
        """The best passages with the number of their best sentence."""
        return tuple(
            Hit(index.passages[row], float(score), int(self.sentences[row].argmax()) if row in self.sentences else 0)
            for row, score in zip(self.rows[:count].tolist(), self.fused, strict=False)
        )


def retrieve(
    index: PassageIndex,
    question: Question,
    vector: Floats,
    expansion: str = "",
    documents: frozenset[str] = frozenset(),
) -> Findings:
    """The passages that some leg finds near the question, scored by all legs.

    `vector` is the question's embedding, shape (dimension,), unit length. `expansion` holds further words for the
    lexical leg. `documents` are what may be found, as `Passage.within` has it.
    """
    worded = _ENGLISH_LEXICAL * question.translated if question.english else 1.0
    all_lexical = index.lexical.scores(f"{question.text} {expansion}")
    owners, _, near = index.nearest_sentences(vector, _SENTENCES_NAMED, documents)
    rows = _named(index, vector, owners, all_lexical, documents)
    dense = index.passage_cosines(vector, rows)
    best = np.full(len(rows), near[-1] if len(near) else 0.0, np.float32)
    np.maximum.at(best, np.searchsorted(rows, owners), near)
    best = np.maximum(best, index.ways_in.best(vector, rows))
    lexical = all_lexical[rows]
    fused: Floats = ((_scaled(dense) + _scaled(best) + worded * _scaled(lexical)) / (2 + worded)).astype(np.float32)
    found = Findings(rows, fused, dense, lexical, {}).reordered(fused)
    first = found.rows[:PASSAGES_READ].tolist()
    return replace(found, sentences=dict(zip(first, index.sentence_cosines(vector, first), strict=True)))


def _named(
    index: PassageIndex, vector: Floats, owners: NDArray[np.int64], lexical: Floats, documents: frozenset[str]
) -> NDArray[np.int64]:
    """The numbers of all passages that some leg names, each once, ascending. `owners` are those of sentences."""
    dense, _ = index.nearest_passages(vector, _NAMED_BY_A_LEG, documents)
    worded = np.argsort(-lexical, kind="stable")
    if documents:
        worded = worded[[index.passages[row].within(documents) for row in worded]]
    worded = worded[:_NAMED_BY_A_LEG]
    allowed = [row for row, one in enumerate(index.passages) if one.within(documents)] if documents else None
    asked = index.ways_in.nearest(vector, allowed, _NAMED_BY_A_LEG)
    return np.unique(np.concatenate((dense, owners, worded[lexical[worded] > 0], asked)).astype(np.int64))


def _scaled(scores: Floats) -> Floats:
    """Min-max scaling to 0…1; all zeros where the scores do not differ."""
    if not len(scores):
        return scores
    low, high = float(scores.min()), float(scores.max())
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)
