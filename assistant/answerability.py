"""Answerability: the calibrated probability that the best sentences answer the question, and which band that is.

A logistic model over what the legs of retrieval and the ranked sentences say together; vetoes that a person could
check (a name that is not there, no figure where a figure is asked for) are features of it. Its weights and the limits
of the bands are fitted leave-one-region-out by `python -m benchmarks.fit_answers`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from assistant.lists.draft import ListDraft
from assistant.question import Ask, Question
from assistant.retrieval import Findings
from assistant.span_features import Candidate

_OF_BEST = (
    "cosine",
    "terms_far",
    "year_conflict",
    "kind_missing",
    "figure_near",
    "counted_here",
    "attribute_and_name",
    "cell_told",
    "echo",
    "length",
)
"""Features of the best sentence that say how sure it is."""
_OF_BEST_TWO = ("names_far", "kind_missing")
"""Lacks that count only where neither of the two best sentences has what is missing."""
_ASKED = (Ask.FIGURE, Ask.DATE, Ask.REASON, Ask.DEFINITION, Ask.COMPARE)


def answerability_features(
    question: Question, ranked: Sequence[Candidate], findings: Findings, followup: bool
) -> dict[str, float]:
    """What the probability rests on, by name. `ranked` comes best first and is not empty."""
    best, second = ranked[0], ranked[min(1, len(ranked) - 1)]
    other = next((one for one in ranked if one.passage.id != best.passage.id), ranked[-1])
    cosines = [candidate.feature("cosine") for candidate in ranked]
    values = {
        "share_of_three": sum(candidate.share for candidate in ranked[:3]),
        "margin": best.score - other.score,
        "dense_first": float(findings.rows[findings.dense.argmax()] == best.row),
        "lexical_first": float(findings.rows[findings.lexical.argmax()] == best.row),
        "nearest_chosen": float(best.feature("cosine") == max(cosines)),
        "has_name": float(bool(question.names)),
        "english": float(question.english),
        "followup": float(followup),
    }
    values |= {f"best_{name}": best.feature(name) for name in _OF_BEST}
    values |= {f"two_{name}": min(best.feature(name), second.feature(name)) for name in _OF_BEST_TWO}
    values |= {f"asks_{ask.value}": float(question.ask is ask) for ask in _ASKED}
    return values


def list_features(found: ListDraft) -> dict[str, float]:
    """What the probability of a list rests on, by name."""
    features = found.features
    return {
        "read": features.read,
        "strength": features.strength,
        "known": features.known,
        "counted": features.counted,
        "points": float(features.points),
        "goal": float(found.lead_key.startswith("goal.")),
        "members": float(found.lead_key == "list.members"),
        "complete": float(found.complete),
        "rows": min(len(found.rows), 12) / 12,
        "one_row": float(len(found.rows) == 1),
        "with_cells": float(any(row.cells for row in found.rows)),
    }


def probability(features: Mapping[str, float], of: Literal["answerability", "lists"] = "answerability") -> float:
    """The logistic model 1 / (1 + exp(-(b + w·(x - m)/s))) of the features by name."""
    model = stored_weights()[of]
    total = model["bias"]["weight"]
    for name, value in features.items():
        if one := model.get(name):
            total += one["weight"] * (value - one["mean"]) / one["scale"]
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, total))))


def limit(of: Literal["answer", "list"]) -> float:
    """The probability from which an answer or a list is given as one; below it, places to look are shown."""
    return stored_weights()["bands"][of]["limit"]


@cache
def stored_weights() -> dict[str, dict[str, dict[str, float]]]:
    """What is fitted, from answer_weights.json beside this file."""
    stored: dict[str, dict[str, dict[str, float]]] = json.loads(
        (Path(__file__).parent / "answer_weights.json").read_text(encoding="utf-8")
    )
    return stored
