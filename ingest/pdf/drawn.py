"""What is drawn on a page image beside letters: dot leaders, which are wiped out before reading, and ruled lines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_DARK = 160
_THIN_POINTS, _FREE_POINTS = 2.4, 1.2
_LEADER_POINTS = 60.0
_LEAST_INK, _MOST_INK = 0.15, 0.85
"""A leader is at least so long, and between these shares of its length are ink: a rule has more."""
_RULE_POINTS = 15.0


def without_leaders(pixels: NDArray[np.uint8], scale: float) -> tuple[NDArray[np.uint8], int]:
    """The page, uint8 (height, width), without long rows of dots or dashes, which recognition takes for words.

    Also tells how many lines had one.
    `scale` is pixels per point. Ink is thin where there is none right above and below it.
    """
    dark = pixels < _DARK
    core, reach = int(_THIN_POINTS * scale) | 1, max(1, int(_FREE_POINTS * scale))
    ink = _sums_above_and_below(dark, core)
    around = _sums_above_and_below(dark, core + 2 * reach)
    thin = dark & (ink == around)
    cleaned = pixels.copy()
    rows: list[int] = []
    shortest = _LEADER_POINTS * scale
    for row in np.flatnonzero(thin.sum(axis=1) > _LEAST_INK * shortest):
        # Stretches of the row without anything but thin ink.
        edges = np.flatnonzero(np.concatenate([[True], ink[row] != around[row], [True]]))
        long = np.flatnonzero(np.diff(edges) > shortest)
        for start, end in zip(edges[long], edges[long + 1] - 1, strict=True):
            # Thin ink at either end belongs to the letter there.
            free = np.flatnonzero(~thin[row, start:end])
            if len(free) < 2:
                continue
            first, last = start + free[0], start + free[-1]
            if last - first > shortest and _LEAST_INK < thin[row, first:last].mean() < _MOST_INK:
                cleaned[row - reach : row + reach + 1, first:last] = 255
                rows.append(row)
    return cleaned, int((np.diff(rows, prepend=-core) >= core).sum())


def _sums_above_and_below(dark: NDArray[np.bool_], side: int) -> NDArray[np.int16]:
    """For each pixel the number of dark ones within `side` (odd) pixels of its column around it."""
    sums = np.cumsum(np.pad(dark, ((side // 2 + 1, side // 2), (0, 0))), axis=0, dtype=np.int16)
    return sums[side:] - sums[:-side]
