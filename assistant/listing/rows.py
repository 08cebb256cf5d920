"""The types of list answers: rows with their proof, and the material they are made from. Plain data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.listing.wanted import Wanted
from assistant.question import Question
from ingest.documents import Document, Passage
from ingest.register.entries import Register

Stretch = tuple[Passage, int, int]
"""A stretch of a passage: its text from the first offset to the second."""
FARTHEST = 4.0
"""Deviations from the mean beyond which a sentence is as near as can be."""


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row: passage.text[start:end] proves it. `cells` are further (column, value) pairs.

    `further` are the stretches that prove the cells which the row's own stretch does not.
    """

    name: str
    cells: tuple[tuple[str, str], ...]
    passage: Passage
    start: int
    end: int
    further: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """A complete list: its rows in reading order, how many entries were examined, and of what ("mål", "insatser").

    `whole`: the text itself says how many there are, and these are as many. `announced`: a list in the text whose lead
    says all that the question asks about.
    """

    rows: tuple[ListRow, ...]
    examined: int
    collection: str
    whole: bool = False
    announced: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What list answers are made from, for one question.

    `ranked` are the best passages, best first. `similarity[i]` holds the cosines of the sentences of passage i.
    `frequency` tells in how many passages a word's stem occurs. `mean` and `deviation` are those of all the cosines.
    """

    question: Question
    wanted: Wanted
    ranked: Sequence[Passage]
    passages: Sequence[Passage]
    register: Register
    similarity: dict[str, NDArray[np.float32]]
    documents: Sequence[Document]
    frequency: Callable[[str], int]
    mean: float
    deviation: float
    by_id: Mapping[str, Passage]

    def standing(self, cosine: float) -> float:
        """A cosine as deviations above the mean of all sentences, at least 0 and at most `FARTHEST`."""
        return min(max((cosine - self.mean) / self.deviation, 0.0), FARTHEST)

    def nearness(self, passage: Passage, sentences: Sequence[int]) -> float:
        """How near the nearest of these sentences of a passage is to the question, 0 to 1."""
        cosines = self.similarity[passage.id]
        return max((self.standing(float(cosines[number])) for number in sentences), default=0.0) / FARTHEST


def stating(value: str, stretches: Iterable[Stretch]) -> Stretch | None:
    """The first of the stretches that holds every word of a cell's value."""
    for passage, start, end in stretches:
        text = passage.text[start:end]
        if all(word in text for word in value.split()):
            return passage, start, end
    return None
