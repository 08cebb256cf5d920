"""Intervals by resampling questions. Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapters 13 and 16.

Seeded, so that the same answers give the same interval in every run and on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
SEED = 20150901
_CHUNK = 200
"""Resamples drawn at a time: bounds the memory at _CHUNK × n numbers for large question files."""

Statistic = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""From resamples of shape (r, n) to r figures."""


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


def row_means(resamples: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of each resample."""
    return np.asarray(resamples.mean(axis=1))


def row_percentiles(q: float) -> Statistic:
    """The q-th percentile (0 to 100) of each resample, by linear interpolation (type 7 of Hyndman and Fan, 1996)."""
    return lambda resamples: np.asarray(np.percentile(resamples, q, axis=1))


def estimate(values: Sequence[float], statistic: Statistic = row_means, seed: int = SEED) -> Estimate:
    """The statistic of `values` (one per question) with its percentile interval."""
    if not values:
        return Estimate(None, 0, None, None)
    sample = np.asarray(values, dtype=np.float64)
    low, high = _interval(sample, statistic, seed)
    return Estimate(float(statistic(sample[None, :])[0]), len(sample), low, high)


def paired(a: Sequence[float], b: Sequence[float], seed: int = SEED) -> Difference:
    """Mean of b - a where a[i] and b[i] belong to the same question, questions resampled as pairs.

    Raises ValueError for sequences of unequal length or without values.
    """
    if len(a) != len(b) or not a:
        raise ValueError(f"paired comparison needs values for the same questions, got {len(a)} and {len(b)}")
    differences = np.asarray(b, dtype=np.float64) - np.asarray(a, dtype=np.float64)
    low, high = _interval(differences, row_means, seed)
    return Difference(float(differences.mean()), len(differences), low, high)


def _interval(sample: NDArray[np.float64], statistic: Statistic, seed: int) -> tuple[float, float]:
    random = np.random.default_rng(seed)
    figures = [
        statistic(sample[random.integers(0, len(sample), size=(min(_CHUNK, RESAMPLES - done), len(sample)))])
        for done in range(0, RESAMPLES, _CHUNK)
    ]
    low, high = np.percentile(np.concatenate(figures), (2.5, 97.5))
    return float(low), float(high)
