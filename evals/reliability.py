"""How far the stated confidence can be trusted: a reliability diagram and a risk-coverage curve.

Guo et al., On Calibration of Modern Neural Networks (ICML 2017); El-Yaniv and Wiener, On the Foundations of Noise-free
Selective Classification (JMLR 11, 2010).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about the same confidence: its mean, the share that is right, and how many."""

    confidence: float
    right: float
    n: int


@dataclass(frozen=True, slots=True)
class Reliability:
    """The bins from low confidence to high, and the curve from the surest answer on as (coverage, risk).

    `calibration_error` is the mean distance of confidence and right over the answers (expected calibration error),
    `risk` the mean of the curve's risks (area under it). All between 0 and 1; lower is better.
    """

    bins: tuple[Bin, ...]
    curve: tuple[tuple[float, float], ...]
    calibration_error: float
    risk: float


def reliability(confidences: Sequence[float], right: Sequence[bool]) -> Reliability | None:
    """From one confidence (0 to 1) and one verdict for each answer; None where there are no answers.

    The bins hold equally many answers each. Answers of one confidence enter the curve together.
    """
    if not confidences:
        return None
    stated, truth = np.asarray(confidences, dtype=np.float64), np.asarray(right, dtype=np.float64)
    order = np.argsort(stated, kind="stable")
    parts = [part for part in np.array_split(order, BINS) if len(part)]
    bins = tuple(Bin(float(stated[part].mean()), float(truth[part].mean()), len(part)) for part in parts)
    error = sum(one.n * abs(one.confidence - one.right) for one in bins) / len(stated)
    surest = order[::-1]
    wrong = np.cumsum(1 - truth[surest])
    ends = np.flatnonzero(np.append(np.diff(stated[surest]) != 0, True))
    curve = tuple((float(end + 1) / len(stated), float(wrong[end] / (end + 1))) for end in ends)
    return Reliability(bins, curve, float(error), float(np.mean([risk for _, risk in curve])))
