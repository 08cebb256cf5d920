"""The lexical leg: BM25 over stems and character n-grams, by the library bm25s, as files of a generation.

Knows nothing of passages: it numbers texts from 0 in the order given. All weights are worked out when the index is
built (Lù 2024, "BM25S"), so that a query only adds up the rows of its terms.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ingest.swedish import NGRAM_SIZES, stem, terms

if TYPE_CHECKING:
    import bm25s

_SATURATION = 1.2
_LENGTH_NORMALISATION = 0.6
"""BM25's k1 and b."""


class LexicalIndex:
    """BM25 (Robertson's formula with Lucene's idf) of every term in each of `count` texts."""

    def __init__(self, weights: bm25s.BM25 | None, sizes: tuple[int, ...] = NGRAM_SIZES) -> None:
        """`weights` None for no texts. `sizes` are those of the n-grams; none leaves the stems alone."""
        self._weights, self._sizes = weights, sizes
        self.count: int = weights.scores["num_docs"] if weights else 0

    @classmethod
    def build(cls, texts: Iterable[str], sizes: tuple[int, ...] = NGRAM_SIZES) -> LexicalIndex:
        """Count the terms of the texts."""
        import bm25s

        # a term that no text has stands first, because bm25s can make no index without any
        numbers: dict[str, int] = {"": 0}
        ids = [[numbers.setdefault(term, len(numbers)) for term in terms(text, sizes)] for text in texts]
        if not ids:
            return cls(None, sizes)
        weights = bm25s.BM25(method="lucene", k1=_SATURATION, b=_LENGTH_NORMALISATION)
        weights.index((ids, numbers), show_progress=False)
        return cls(weights, sizes)

    def save(self, folder: Path) -> None:
        """Write the index into a folder of its own, which stays empty for no texts."""
        folder.mkdir()
        if self._weights:
            self._weights.save(folder, show_progress=False)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Open what `save` wrote."""
        import bm25s

        return cls(bm25s.BM25.load(folder, show_progress=False) if any(folder.iterdir()) else None)

    def scores(self, query: str) -> NDArray[np.float32]:
        """BM25 score of every text for the query, shape (count,), 0 where no term is shared."""
        known = self._weights.vocab_dict if self._weights else {}
        numbers = [known[term] for term in terms(query, self._sizes) if term in known]
        if not self._weights or not numbers:
            return np.zeros(self.count, np.float32)
        return np.asarray(self._weights.get_scores_from_ids(numbers), np.float32)

    def frequency(self, word: str) -> int:
        """In how many texts the word's stem occurs."""
        number = self._weights.vocab_dict.get("=" + stem(word)) if self._weights else None
        if not self._weights or number is None:
            return 0
        ends = self._weights.scores["indptr"]
        return int(ends[number + 1] - ends[number])
