"""The lexical leg: BM25 over stems and character n-grams, kept on disk beside the vectors.

Knows nothing of passages: it numbers texts from 0 in the order given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """BM25 (Robertson's formula with Lucene's idf, by bm25s) over the terms of `count` texts.

    `sizes` are those of the character n-grams beside the stems; none leaves the stems alone.
    """

    model: bm25s.BM25 | None
    count: int
    sizes: tuple[int, ...] = NGRAM_SIZES

    @classmethod
    def build(cls, texts: Sequence[str], sizes: tuple[int, ...] = NGRAM_SIZES) -> LexicalIndex:
        """Count the terms of the texts."""
        counted = [terms(text, sizes) for text in texts]
        if not any(counted):
            return cls(None, len(texts), sizes)
        import bm25s

        model = bm25s.BM25(k1=_SATURATION, b=_LENGTH_NORMALISATION, method="lucene")
        model.index(counted, show_progress=False)
        return cls(model, len(texts), sizes)

    def save(self, directory: Path) -> None:
        """Write the index into a folder of its own."""
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "count").write_text(str(self.count), encoding="ascii")
        if self.model is not None:
            self.model.save(str(directory), show_progress=False)

    @classmethod
    def load(cls, directory: Path) -> LexicalIndex:
        """Open what `save` wrote."""
        count = int((directory / "count").read_text(encoding="ascii"))
        if not (directory / "params.index.json").exists():
            return cls(None, count)
        import bm25s

        return cls(bm25s.BM25.load(str(directory), load_corpus=False), count)

    def scores(self, query: str) -> NDArray[np.float32]:
        """BM25 score of every text for the query, shape (count,), 0 where no term is shared."""
        if self.model is None:
            return np.zeros(self.count, dtype=np.float32)
        known = [term for term in terms(query, self.sizes) if term in self.model.vocab_dict]
        if not known:
            return np.zeros(self.count, dtype=np.float32)
        return np.asarray(self.model.get_scores(known), dtype=np.float32)

    def frequency(self, word: str) -> int:
        """In how many texts the word's stem occurs."""
        number = None if self.model is None else self.model.vocab_dict.get("=" + stem(word))
        if self.model is None or number is None:
            return 0
        ends = self.model.scores["indptr"]
        return int(ends[number + 1] - ends[number])
