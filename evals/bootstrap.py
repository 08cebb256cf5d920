"""Figures over a run's questions: intervals by resampling them, and how far the stated confidence can be trusted.

Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapters 13 and 16; seeded, so that the same answers give
the same interval in every run and on every machine. Guo et al., On Calibration of Modern Neural Networks (ICML 2017);
El-Yaniv and Wiener, On the Foundations of Noise-free Selective Classification (JMLR 11, 2010).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap

RESAMPLES = 2000
SEED = 20150901
BINS = 10
_BATCH = 200
"""Resamples drawn at a time: bounds the memory at _BATCH × n numbers for large question files."""

Statistic = Callable[..., NDArray[np.float64]]
"""From values and the axis along which they lie to one figure for each of the other axes."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure over n questions and its 95 % interval. All None where n is 0."""

    value: float | None
    n: int
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Difference:
    """The mean of b - a over n questions that both runs answer, and its 95 % interval. `sure` if 0 lies outside it."""

    value: float
    n: int
    low: float
    high: float

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


def mean(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """The mean along an axis."""
    return np.asarray(np.mean(values, axis=axis))


def percentile(q: float) -> Statistic:
    """The q-th percentile (0 to 100) along an axis, by linear interpolation (type 7 of Hyndman and Fan, 1996)."""
    return lambda values, axis: np.asarray(np.percentile(values, q, axis=axis))


def estimate(values: Sequence[float], statistic: Statistic = mean, seed: int = SEED) -> Estimate:
    """The statistic of `values` (one per question) with its percentile interval."""
    if not values:
        return Estimate(None, 0, None, None)
    sample = np.asarray(values, dtype=np.float64)
    low, high = _interval(sample, statistic, seed)
    return Estimate(float(statistic(sample, axis=0)), len(sample), low, high)


def paired(a: Sequence[float], b: Sequence[float], seed: int = SEED) -> Difference:
    """Mean of b - a where a[i] and b[i] belong to the same question, questions resampled as pairs.

    Raises ValueError for sequences of unequal length or without values.
    """
    if len(a) != len(b) or not a:
        raise ValueError(f"paired comparison needs values for the same questions, got {len(a)} and {len(b)}")
    differences = np.asarray(b, dtype=np.float64) - np.asarray(a, dtype=np.float64)
    low, high = _interval(differences, mean, seed)
    return Difference(float(differences.mean()), len(differences), low, high)


def _interval(sample: NDArray[np.float64], statistic: Statistic, seed: int) -> tuple[float, float]:
    if len(sample) == 1:  # nothing to resample
        return float(sample[0]), float(sample[0])
    found = bootstrap(
        (sample,), statistic, n_resamples=RESAMPLES, batch=_BATCH, method="percentile", rng=np.random.default_rng(seed)
    ).confidence_interval
    return float(found.low), float(found.high)


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
