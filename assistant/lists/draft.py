"""What a list answer is before it is shown: rows whose every cell has its proof, and what tells how sure it is; and how
near the documents come to a question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.documents import Passage
from ingest.facts.types import Stretch

Likeness = Callable[[str], Mapping[str, NDArray[np.float32]]]
"""The cosines of a text with each sentence of each passage, by passage id; each array has shape (sentences,)."""


class Nearness:
    """How near a question's meaning each sentence is, in deviations from the mean of all."""

    def __init__(self, text: str, passages: Mapping[str, Passage], likeness: Likeness) -> None:
        cosines = likeness(text)
        every = np.concatenate(list(cosines.values()))
        mean, deviation = float(every.mean()), float(every.std()) or 1.0
        self.passages = passages
        self._near = {name: (own - mean) / deviation for name, own in cosines.items()}

    def at(self, proof: Stretch) -> float:
        """That of the nearest sentence in a stretch."""
        near, places = self._near[proof.passage_id], self.passages[proof.passage_id].sentences
        own = [float(near[n]) for n, (start, end) in enumerate(places) if start < proof.end and end > proof.start]
        return max(own, default=-9.0)

    def above(self, least: float) -> Iterator[tuple[Passage, int, float]]:
        """(passage, number, nearness) of the sentences at least so near."""
        for name, near in self._near.items():
            for order in np.flatnonzero(near >= least):
                yield self.passages[name], int(order), float(near[order])


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a row, as written, under a column (a key of the catalogue), with the stretch that says it.

    `worded`: the value is a key of the catalogue, for what follows from figures and is not said in these words.
    """

    column: str
    value: str
    proof: Stretch
    worded: bool = False


@dataclass(frozen=True, slots=True)
class ListRow:
    """One thing in a list. `proof` says why it belongs there."""

    name: str
    cells: tuple[Cell, ...]
    proof: Stretch


@dataclass(frozen=True, slots=True)
class ListFeatures:
    """What is known of how good a list is; shares from 0 to 1.

    `read`: the part of the question's content words that became kind, constraint or lead. `strength`: the mean
    strength of the rows' evidence. `known`: the part of the examined entities of which anything is known that the
    constraints ask about. `counted`: 1 where the question's or the text's own count agrees with the rows, 0 where it
    does not, 0.5 where nothing is counted. `points`: the rows stand as one list in the text.
    """

    read: float
    strength: float
    known: float
    counted: float
    points: bool


@dataclass(frozen=True, slots=True)
class ListDraft:
    """A list that answers. `lead_key` and `lead_values` name its first sentence in the catalogue.

    `examined` entities were looked at; `complete` tells whether every one that should be there can be.
    """

    lead_key: str
    lead_values: Mapping[str, str]
    rows: tuple[ListRow, ...]
    examined: int
    complete: bool
    features: ListFeatures
