"""The lexical leg: BM25 over stems and character n-grams, kept on disk beside the vectors.

Knows nothing of passages: it numbers texts from 0 in the order given. All weights are worked out when the index is
built (Lù 2024, "BM25S"), so that a query only adds up the rows of its terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.swedish import NGRAM_SIZES, stem, terms

_SATURATION = 1.2
_LENGTH_NORMALISATION = 0.6
"""BM25's k1 and b."""


@dataclass(frozen=True, slots=True, eq=False)
class LexicalIndex:
    """BM25 (Robertson's formula with Lucene's idf) of every term in each of `count` texts.

    Term number t of `numbers` has the entries ends[t] to ends[t + 1] of `texts` (int32) and `weights` (float32).
    `sizes` are those of the character n-grams beside the stems; none leaves the stems alone.
    """

    count: int
    numbers: Mapping[str, int]
    ends: NDArray[np.int64]
    texts: NDArray[np.int32]
    weights: NDArray[np.float32]
    sizes: tuple[int, ...] = NGRAM_SIZES

    @classmethod
    def build(cls, texts: Iterable[str], sizes: tuple[int, ...] = NGRAM_SIZES) -> LexicalIndex:
        """Count the terms of the texts."""
        numbers: dict[str, int] = {}
        found, times, lengths = [np.empty(0, np.int32)], [np.empty(0, np.int32)], []
        for text in texts:
            in_text = np.array([numbers.setdefault(term, len(numbers)) for term in terms(text, sizes)], np.int32)
            distinct, occurrences = np.unique(in_text, return_counts=True)
            found.append(distinct)
            times.append(occurrences.astype(np.int32))
            lengths.append(in_text.size)
        count, length = len(lengths), np.array(lengths, np.float32)
        entries = np.concatenate(found)
        owners = np.repeat(np.arange(count, dtype=np.int32), [one.size for one in found[1:]])
        order = np.argsort(entries, kind="stable")
        having = np.bincount(entries, minlength=len(numbers))
        rarity = np.log1p((count - having + 0.5) / (having + 0.5)).astype(np.float32)
        mean = max(1.0, float(length.sum()) / max(1, count))
        saturation = _SATURATION * (1 - _LENGTH_NORMALISATION + _LENGTH_NORMALISATION * length / mean)
        often = np.concatenate(times)[order].astype(np.float32)
        owners = owners[order]
        weights = rarity[entries[order]] * often / (often + saturation[owners])
        ends = np.concatenate([[0], np.cumsum(having)]).astype(np.int64)
        return cls(count, numbers, ends, owners, weights.astype(np.float32), sizes)

    def save(self, folder: Path) -> None:
        """Write the index into a folder of its own."""
        folder.mkdir()
        (folder / "terms.txt").write_text("\n".join(self.numbers), encoding="utf-8")
        np.savez(folder / "weights.npz", count=self.count, ends=self.ends, texts=self.texts, weights=self.weights)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Open what `save` wrote."""
        names = (folder / "terms.txt").read_text(encoding="utf-8").split("\n")
        with np.load(folder / "weights.npz", allow_pickle=False) as stored:
            ends = stored["ends"]
            numbers = dict(zip(names, range(len(ends) - 1), strict=False))
            return cls(int(stored["count"]), numbers, ends, stored["texts"], stored["weights"])

    def scores(self, query: str) -> NDArray[np.float32]:
        """BM25 score of every text for the query, shape (count,), 0 where no term is shared."""
        scores = np.zeros(self.count, np.float32)
        for term in terms(query, self.sizes):
            if (number := self.numbers.get(term)) is not None:
                entries = slice(self.ends[number], self.ends[number + 1])
                scores[self.texts[entries]] += self.weights[entries]
        return scores

    def frequency(self, word: str) -> int:
        """In how many texts the word's stem occurs."""
        number = self.numbers.get("=" + stem(word))
        return 0 if number is None else int(self.ends[number + 1] - self.ends[number])
