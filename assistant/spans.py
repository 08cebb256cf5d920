"""Span selection: which sentence, list item or table row answers a question, by a listwise linear model.

The weights of the features are fitted over all development regions by `python -m benchmarks.fit_answers`.
Knows nothing of how the answer is written.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from assistant.question import Question
from assistant.retrieval import Findings
from assistant.span_features import FEATURES, Candidate, read_spans
from ingest.facts.types import Entity
from ingest.store.passage_index import PassageIndex


def rank_spans(
    question: Question, index: PassageIndex, findings: Findings, entities: Sequence[Entity] = ()
) -> tuple[Candidate, ...]:
    """All sentences of the best passages, best first. `entities` are those that the question names."""
    return scored(read_spans(question, index, findings, entities), _weights())


def scored(candidates: Sequence[Candidate], weights: Sequence[float]) -> tuple[Candidate, ...]:
    """The candidates by the linear model w·x, best first, each with its softmax share."""
    if not candidates:
        return ()
    logits = np.array([candidate.features for candidate in candidates]) @ np.asarray(weights)
    shares = np.exp(logits - logits.max())
    shares /= shares.sum()
    return tuple(
        replace(candidates[place], score=float(logits[place]), share=float(shares[place]))
        for place in np.argsort(-logits, kind="stable")
    )


@cache
def _weights() -> tuple[float, ...]:
    stored = json.loads((Path(__file__).parent / "answer_weights.json").read_text(encoding="utf-8"))
    return tuple(float(stored["spans"][name]) for name in FEATURES)
