"""The nearness in meaning of any text with the sentences of the index, for lists and goals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from assistant.inquiry import Inquiry
from assistant.lists.draft import Likeness

SENTENCES_COMPARED = 2000
"""Nearest sentences whose cosines are told; those further away count as the furthest of these."""


class _Cosines(Mapping[str, NDArray[np.float32]]):
    """The cosines of each passage's sentences, by passage id; float32 of shape (sentences,)."""

    def __init__(self, lengths: Mapping[str, int], found: Mapping[str, NDArray[np.float32]], floor: float) -> None:
        self._lengths, self._found, self._floor = lengths, found, floor

    def __getitem__(self, passage_id: str) -> NDArray[np.float32]:
        own = self._found.get(passage_id)
        return np.full(self._lengths[passage_id], self._floor, np.float32) if own is None else own

    def __iter__(self) -> Iterator[str]:
        return iter(self._lengths)

    def __len__(self) -> int:
        return len(self._lengths)


def likeness_over(inquiry: Inquiry) -> Likeness:
    """A function that gives the cosines of a text with the sentences that may answer."""
    index, documents = inquiry.index, inquiry.documents
    lengths = {one.id: len(one.sentences) for one in index.passages if one.within(documents)}

    def likeness(text: str) -> Mapping[str, NDArray[np.float32]]:
        rows, sentences, cosines = index.nearest_sentences(inquiry.embed(text), SENTENCES_COMPARED, documents)
        floor = float(cosines.min(initial=0.0))
        found: dict[str, NDArray[np.float32]] = {}
        for row, sentence, cosine in zip(rows, sentences, cosines, strict=True):
            passage = index.passages[row]
            own = found.setdefault(passage.id, np.full(len(passage.sentences), floor, np.float32))
            own[sentence] = cosine
        return _Cosines(lengths, found, floor)

    return likeness
