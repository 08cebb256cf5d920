"""What is drawn on a page image beside letters: dot leaders, which are wiped out before reading, and ruled lines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_DARK = 160
_THIN_POINTS, _FREE_POINTS = 2.4, 1.2
_LEADER_POINTS = 60.0
_LEAST_INK, _MOST_INK = 0.15, 0.85
"""A leader is at least so long, and between these shares of its length are ink: a rule has more."""
_RULE_POINTS, _RULE_THICKNESS_POINTS = 15.0, 3.0
_CORNER_POINTS = 8.0
"""How far the sides of a frame may be from its upper and lower edge, where its corners are round."""

Extent = tuple[int, int, int, int]
"""x0, top, x1, bottom in pixels."""


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
                rows.append(int(row))
    return cleaned, int((np.diff(rows, prepend=-core) >= core).sum())


def _sums_above_and_below(dark: NDArray[np.bool_], side: int) -> NDArray[np.int16]:
    """For each pixel the number of dark ones within `side` (odd) pixels of its column around it."""
    sums = np.cumsum(np.pad(dark, ((side // 2 + 1, side // 2), (0, 0))), axis=0, dtype=np.int16)
    return sums[side:] - sums[:-side]


def drawn_shapes(pixels: NDArray[np.uint8], scale: float) -> NDArray[np.float32]:
    """Horizontal rules, and frames with four sides, on a level page; float32 (n, 4) x0, top, x1, bottom in points."""
    dark = pixels < _DARK
    rules = _strokes(dark, scale)
    sides = [(x0, top, x1, bottom) for top, x0, bottom, x1 in _strokes(dark.T, scale)]
    frames = []
    for x0, top, x1, bottom in rules:
        below = [rule for rule in rules if rule[1] > bottom and max(abs(rule[0] - x0), abs(rule[2] - x1)) < 2 * scale]
        lowest = min((rule[3] for rule in below), default=None)
        if lowest is not None and all(_has_side(sides, x, top, lowest, scale) for x in (x0, x1)):
            frames.append((x0, top, x1, lowest))
    return np.array(rules + frames, dtype=np.float32).reshape(-1, 4) / np.float32(scale)


def _has_side(sides: list[Extent], x: int, top: int, bottom: int, scale: float) -> bool:
    reach = _CORNER_POINTS * scale
    return any(
        abs(side[0] - x) < reach and abs(side[1] - top) < 2 * reach and abs(side[3] - bottom) < 2 * reach
        for side in sides
    )


def _strokes(dark: NDArray[np.bool_], scale: float) -> list[Extent]:
    """Thin dark bars along the rows of an image: runs of dark pixels that touch from row to row."""
    steps = np.diff(np.pad(dark, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    starts, ends = np.argwhere(steps == 1), np.argwhere(steps == -1)
    long = ends[:, 1] - starts[:, 1] > _RULE_POINTS * scale
    bars: list[Extent] = []
    for (row, start), end in zip(starts[long].tolist(), ends[long, 1].tolist(), strict=True):
        above = None
        for index in range(len(bars) - 1, -1, -1):
            # Bars stand in the order of their last rows.
            if bars[index][3] < row - 1:
                break
            if bars[index][0] < end and start < bars[index][2]:
                above = index
                break
        bar = (start, row, end, row) if above is None else bars.pop(above)
        bars.append((min(bar[0], start), bar[1], max(bar[2], end), row))
    return [bar for bar in bars if bar[3] - bar[1] < _RULE_THICKNESS_POINTS * scale]
