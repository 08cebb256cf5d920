"""Characters to fragments: stretches of one line without a wide gap, which layout then puts into columns and lines."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ingest.pdf.appearance import Style
from ingest.pdf.characters import SPACE, Characters
from ingest.plain import BULLETS

WIDE_GAP_EM = 0.9
"""A gap wider than this many font sizes may be the space between columns or cells."""
_CELL_GAP_EM, _CELLS_ABOVE = 0.5, 3
"""A gap wider than this parts cells too where as many other pieces begin at the very place where it ends, or where as
many other lines have a gap at that very place and no other."""
_FEWEST_OF_CELL = 4
_SAME_START_POINTS = 1.0
_SPACE_GAP_EM = 0.17
_LOOSE_GAP_EM = 0.1
_FIRST_LETTER = ord("0")
_MARKER_GAP_EM, _MARKER_BESIDE_GAP_EM = 5.0, 2.5
"""Up to which gap a marker belongs to what follows it, first in its row and beside something, where a dash may be a
cell without a value."""
_STRETCHED_GAP_EM, _SAME_GAP_POINTS = 4.0, 0.5
"""A justified line's word spaces are all stretched to one width, at most so wide."""
_NEXT_LINE_EM = 2.2
_WALL_POINTS = 3.0
_LOWEST_WALL_POINTS = 6.0
_LINES_APART_EM = 0.8
"""How far apart the middles of two lines are at least, in font sizes."""
LETTER_BULLETS = "oØ"
"""What a ring and an arrow come out as where a symbol font is lost."""
_QUOTES = "\"”“’‘'»«"
_MARKER = re.compile(
    rf"^(?:[{BULLETS}\ue000-\uf8ff–—{LETTER_BULLETS}-]|\(?[0-9]{{1,3}}[.)]|\(?[a-zåäö][.)]|[0-9]+(?:\.[0-9]+)+\.?)$"
)


@dataclass(slots=True)
class Line:
    """A line of text or a part of one, in the frame that a reader sees (points, y downwards).

    `source[i]` is the index in the page's characters of `text[i]`, or -1 where the program put a character in.
    `raised` holds the (start, end) offsets of text that stands smaller and higher than the rest.
    """

    text: str
    source: list[int]
    x0: float
    top: float
    x1: float
    bottom: float
    style: Style
    page: int
    raised: tuple[tuple[int, int], ...] = ()

    @property
    def middle(self) -> float:
        """Half-way between top and bottom."""
        return (self.top + self.bottom) / 2

    @property
    def size(self) -> float:
        """Font size in points."""
        return self.style.size


def read_fragments(characters: Characters, page: int, direction: int = 0) -> list[Line]:
    """The page's text of one direction as fragments, each unbroken by a wide gap, in no particular order."""
    walls = walls_of(characters.shapes) if direction == 0 else np.zeros((0, 3), np.float32)
    return _join_neighbours(_read_pieces(characters, page, direction, walls), walls)


def walls_of(shapes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Upright lines and the sides of upright rectangles no wider than a line, those that meet joined, as (n, 3) x, top,
    bottom.
    """
    upright = shapes[(shapes[:, 2] - shapes[:, 0] < _WALL_POINTS) & (shapes[:, 3] - shapes[:, 1] > _LOWEST_WALL_POINTS)]
    drawn = np.unique(np.column_stack([(upright[:, 0] + upright[:, 2]) / 2, upright[:, 1], upright[:, 3]]), axis=0)
    joined: list[list[float]] = []
    for x, top, bottom in drawn.tolist():
        last = joined[-1] if joined else None
        if last is not None and x - last[0] < 1 and top - last[2] < 1:
            last[2] = max(last[2], bottom)
        else:
            joined.append([x, top, bottom])
    return np.array(joined, np.float32).reshape(-1, 3)


def _read_pieces(characters: Characters, page: int, direction: int, walls: NDArray[np.float32]) -> list[Line]:
    """The page's text of one direction in the stretches in which the file draws it."""
    solid = np.flatnonzero((characters.group == direction) & (characters.codes != SPACE))
    if not len(solid):
        return []
    starts = _starts(characters, solid, walls)
    frame, size, codes = characters.frame[solid], characters.size[solid], characters.codes[solid]
    gap = np.append(frame[1:, 0] - frame[:-1, 2], 0.0)
    next_size = np.append(size[1:], 1.0)
    spaced = np.append(np.diff(solid) > 1, False)
    wide = spaced | (gap > _SPACE_GAP_EM * next_size)
    loose = spaced | (gap > _LOOSE_GAP_EM * next_size)
    corners = np.column_stack(
        [np.minimum.reduceat(frame[:, :2], starts, axis=0), np.maximum.reduceat(frame[:, 2:], starts, axis=0)]
    ).tolist()
    pieces = []
    for start, end, (x0, top, x1, bottom) in zip(
        starts.tolist(), [*starts[1:].tolist(), len(solid)], corners, strict=True
    ):
        run, between = solid[start:end], slice(start, end - 1)
        breaks = wide[between]
        if (codes[start:end] >= _FIRST_LETTER).all() and _letter_spaced(loose[between], gap[between], size[start:end]):
            breaks = gap[between] > 1.7 * np.median(gap[between]) + 0.05 * next_size[between]
        places = np.flatnonzero(breaks)
        indexes = run
        if len(places):
            indexes = np.insert(run, places + 1, np.where(spaced[between][places], run[places] + 1, -1))
        text = np.where(indexes < 0, SPACE, characters.codes[indexes]).astype("<u4").tobytes()
        style = characters.style_of_members(run)
        pieces.append(
            Line(text.decode("utf-32-le", errors="replace"), indexes.tolist(), x0, top, x1, bottom, style, page)
        )
    return pieces


def _starts(characters: Characters, solid: NDArray[np.intp], walls: NDArray[np.float32]) -> NDArray[np.intp]:
    """Where in the drawing order a character does not stand right after the last on the same line and in one cell."""
    frame = characters.frame[solid]
    size = characters.size[solid]
    em = np.maximum(np.maximum(size[1:], size[:-1]), 1.0)
    gap = frame[1:, 0] - frame[:-1, 2]
    middle = (frame[:, 1] + frame[:, 3]) / 2
    moved = np.abs(np.diff(middle)) > 0.2 * em
    moved |= np.abs(np.diff(size)) > 0.15 * em
    breaks = moved | (gap > WIDE_GAP_EM * em) | (gap < -0.6 * em)
    for x, top, bottom in walls.tolist():
        breaks |= (frame[:-1, 2] <= x + 1) & (x - 1 <= frame[1:, 0]) & (top <= middle[1:]) & (middle[1:] <= bottom)
    starts = np.concatenate([[0], np.flatnonzero(breaks) + 1])
    narrow = np.flatnonzero(~breaks & (gap > _CELL_GAP_EM * em)) + 1
    piece = np.searchsorted(starts, narrow, "right") - 1
    first = starts[piece]
    beside = (first > 0) & ~moved[first - 1] & (gap[first - 1] > 0)
    alone = np.bincount(piece, minlength=len(starts))[piece] == 1
    parting = _beginning_at(np.sort(frame[starts, 0]), frame[narrow, 0]) >= _CELLS_ABOVE
    parting |= alone & (_alike(frame[narrow - 1, 2], frame[narrow, 0], alone) > _CELLS_ABOVE)
    return np.union1d(starts, narrow[parting & (beside | (narrow - first >= _FEWEST_OF_CELL))])


def _alike(ends: NDArray[np.float32], begins: NDArray[np.float32], counted: NDArray[np.bool_]) -> NDArray[np.intp]:
    """How many of the `counted` gaps lie where each gap lies: a column set to the right beside one set to the left."""
    places = np.column_stack((ends, begins))
    near = np.abs(places[:, None] - places[None, counted]) < _SAME_START_POINTS
    return np.asarray(near.all(axis=2).sum(axis=1), np.intp)


def _beginning_at(starts: NDArray[np.float32], places: NDArray[np.float32]) -> NDArray[np.intp]:
    """How many pieces begin at each of some places; all in points from the left, `starts` in ascending order."""
    after = np.searchsorted(starts, places + _SAME_START_POINTS, "right")
    return after - np.searchsorted(starts, places - _SAME_START_POINTS, "left")


def _letter_spaced(loose: NDArray[np.bool_], gap: NDArray[np.float32], size: NDArray[np.float32]) -> bool:
    """Whether a gap stands between nearly all letters, as in a spaced-out heading."""
    return len(loose) >= 3 and bool(loose.mean() > 0.75 and np.median(gap) > 0.08 * size.mean())


def _join_neighbours(pieces: Sequence[Line], walls: NDArray[np.float32]) -> list[Line]:
    """Joins pieces that the drawing order or a change of style broke: superscripts, bold words, list markers."""
    joined: list[Line] = []
    begun = np.sort(np.array([piece.x0 for piece in pieces], np.float32))
    rows = rows_of(pieces)
    for row in rows:
        row.sort(key=lambda piece: piece.x0)
    for above, row, below in zip([[], *rows], rows, [*rows[1:], []], strict=False):
        current = row[0]
        for piece, stretched in zip(row[1:], _stretched_spaces(row, above, below), strict=True):
            gap, em = piece.x0 - current.x1, max(current.size, piece.size, 1.0)
            beside = current.x0 > row[0].x0
            reach = _MARKER_BESIDE_GAP_EM if beside else _MARKER_GAP_EM
            follows_marker = gap < reach * em and _marks(current.text.strip(), piece.text)
            near = gap < WIDE_GAP_EM * em and piece.x0 >= current.x0
            if near and gap > _CELL_GAP_EM * em and (beside or len(current.text) >= _FEWEST_OF_CELL):
                # one of those that begin there is the piece itself
                near = bool(_beginning_at(begun, np.array([piece.x0], np.float32))[0] <= _CELLS_ABOVE)
            if (near or follows_marker or stretched) and not _parted(current, piece, walls):
                current = join([current, piece])
            else:
                joined.append(current)
                current = piece
        joined.append(current)
    return joined


def _stretched_spaces(row: Sequence[Line], above: Sequence[Line], below: Sequence[Line]) -> list[bool]:
    """Which gaps of a row are the word spaces of a justified line: all as wide as each other, around single words.

    The columns of a table may stand so too, but there the next row leaves the gaps free.
    """
    gaps = [(left.x1, right.x0) for left, right in pairwise(row)]
    stretched = [False] * len(gaps)
    for index, (before, after) in enumerate(pairwise(gaps)):
        words = row[index : index + 3]
        even = abs((before[1] - before[0]) - (after[1] - after[0])) < _SAME_GAP_POINTS
        even &= before[1] - before[0] < _STRETCHED_GAP_EM * words[1].size
        if even and " " not in words[1].text and sum(any(map(str.isalpha, word.text)) for word in words) > 1:
            stretched[index] = stretched[index + 1] = True
    reach = _NEXT_LINE_EM * row[0].size
    under = [piece for piece in below if piece.middle - row[0].middle < reach]
    over = [piece for piece in above if row[0].middle - piece.middle < reach]
    near = under if len(under) > 1 else under + over
    wide = [gap for gap, chosen in zip(gaps, stretched, strict=True) if chosen]
    covered = any(piece.x0 < left and right < piece.x1 for left, right in wide for piece in near)
    return stretched if covered else [False] * len(gaps)


def _parted(left: Line, right: Line, walls: NDArray[np.float32]) -> bool:
    """Whether an upright line stands between two pieces of one row."""
    between = (left.x1 - 1 <= walls[:, 0]) & (walls[:, 0] <= right.x0 + 1)
    return bool((between & (walls[:, 1] <= right.middle) & (right.middle <= walls[:, 2])).any())


def _marks(marker: str, text: str) -> bool:
    """Whether a marker begins the item with this text; a dash or number before a figure may be a cell."""
    bullet = not marker[:1].isdigit() and marker[-1:] not in ".)–—-"
    begins = text[:1].isalpha() or (bullet and (text[:1].isdigit() or text[:1] in _QUOTES))
    return begins and _MARKER.match(marker) is not None


def _stands_over(one: Line, other: Line) -> bool:
    """Whether one of two pieces stands over the other, as two lines beside a tall letter do."""
    above = one.x0 < other.x1 and other.x0 < one.x1
    return above and abs(one.middle - other.middle) > _LINES_APART_EM * max(one.size, other.size)


def rows_of(pieces: Sequence[Line]) -> list[list[Line]]:
    """Pieces that stand on the same line of the page, from the top down; tall pieces decide, small ones follow."""
    heights: list[float] = []
    rows: list[list[Line]] = []
    reach = 0.0
    for piece in sorted(pieces, key=lambda piece: (-(piece.style.size // 2), piece.top)):
        middle = (piece.top + piece.bottom) / 2
        best, distance = -1, 0.0
        for index in range(bisect_left(heights, middle - reach), bisect_right(heights, middle + reach)):
            away = abs(heights[index] - middle)
            first = rows[index][0]
            if away < 0.45 * (first.bottom - first.top) and (best < 0 or away < distance):
                best, distance = index, away
        if best >= 0 and not any(_stands_over(piece, other) for other in rows[best]):
            rows[best].append(piece)
            continue
        place = bisect_right(heights, middle)
        heights.insert(place, middle)
        rows.insert(place, [piece])
        reach = max(reach, 0.45 * (piece.bottom - piece.top))
    return rows


def join(pieces: Sequence[Line], separator: str = " ") -> Line:
    """One line from pieces that follow each other from left to right, with `separator` where there is a gap."""
    text, source = "", list[int]()
    raised: list[tuple[int, int]] = []
    longest = max(pieces, key=lambda piece: (len(piece.text.strip()), piece.size))
    previous = None
    for piece in pieces:
        if previous is not None:
            gap = piece.x0 - previous.x1
            em = max(previous.size, piece.size)
            below = abs(piece.middle - previous.middle) > 0.6 * em
            if separator != " " or ((gap > 0.12 * em or below) and not text.endswith(" ")):
                text += separator
                source += [-1] * len(separator)
        small = piece.size < 0.85 * longest.size and piece.middle < longest.middle - 0.05 * longest.size
        if small and piece.bottom < longest.bottom:
            if text[-1:].isdigit() and piece.text[:1].isdigit():  # a mark is no digit of the figure before it
                text += " "
                source.append(-1)
            raised.append((len(text), len(text) + len(piece.text)))
        raised += [(start + len(text), end + len(text)) for start, end in piece.raised]
        text += piece.text
        source += piece.source
        previous = piece
    left, right = min(piece.x0 for piece in pieces), max(piece.x1 for piece in pieces)
    return replace(longest, text=text, source=source, x0=left, x1=right, raised=tuple(raised))
