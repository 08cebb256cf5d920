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

import numpy as np

from assistant.lists.draft import ListDraft
from assistant.question import Ask, Question
from assistant.retrieval import Findings
from assistant.span_features import Candidate

_OF_BEST = (
    "cosine",
    "coverage",
    "coverage_window",
    "coverage_passage",
    "coverage_heading",
    "rarest_missing",
    "rarest_far",
    "terms_far",
    "numbers_missing",
    "names_missing",
    "names_far",
    "names_apart",
    "year_conflict",
    "year_conflict_figure",
    "kind_missing",
    "nobody_new",
    "figure_near",
    "counted_here",
    "attribute_told",
    "fact_told",
    "entity_here",
    "attribute_missing",
    "attribute_and_name",
    "pairs",
    "echo",
    "is_row",
    "row_meant",
    "row_passed_over",
    "is_item",
    "length",
)
"""Features of the best sentence that say how sure it is."""
_OF_BEST_TWO = ("rarest_far", "names_far", "kind_missing", "attribute_missing", "terms_far")
"""Lacks that count only where neither of the two best sentences has what is missing."""
_LOOKED_AT = 5


def answerability_features(
    question: Question, ranked: Sequence[Candidate], findings: Findings, followup: bool
) -> dict[str, float]:
    """What the probability rests on, by name. `ranked` comes best first and is not empty."""
    best, second = ranked[0], ranked[min(1, len(ranked) - 1)]
    shares = np.array([candidate.share for candidate in ranked])
    other = next((one for one in ranked if one.passage.id != best.passage.id), ranked[-1])
    cosines = [candidate.feature("cosine") for candidate in ranked]
    tops = [
        float(findings.rows[leg.argmax()] == best.row) for leg in (findings.dense, findings.sentence, findings.lexical)
    ]
    values = {
        "share": best.share,
        "share_of_three": float(shares[:3].sum()),
        "margin": best.score - other.score,
        "entropy": float(-(shares * np.log(shares + 1e-12)).sum()),
        "dense_first": tops[0],
        "sentence_first": tops[1],
        "lexical_first": tops[2],
        "legs_agree": tops[0] * tops[1] * tops[2],
        "nearest_chosen": float(best.feature("cosine") == max(cosines)),
        "cosine_top": max(cosines),
        "fused_gap": float(findings.fused[0] - findings.fused[min(3, len(findings.fused) - 1)]),
        "terms": min(len(question.terms), 8) / 8,
        "has_name": float(bool(question.names)),
        "english": float(question.english),
        "followup": float(followup),
        "kind_nowhere": min(one.feature("kind_missing") for one in ranked[:_LOOKED_AT]),
        "figure_terms_far": float(question.ask is Ask.FIGURE) * best.feature("terms_far"),
    }
    values |= {f"best_{name}": best.feature(name) for name in _OF_BEST}
    values |= {f"two_{name}": min(best.feature(name), second.feature(name)) for name in _OF_BEST_TWO}
    values |= {f"asks_{ask.value}": float(question.ask is ask) for ask in Ask}
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
        "goals": float(found.lead_key == "list.goals"),
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
