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

from ingest.swedish import stem, terms

if TYPE_CHECKING:
    import bm25s


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """BM25 (Robertson's formula with Lucene's idf, by bm25s) over the terms of `count` texts."""

    model: bm25s.BM25 | None
    count: int

    @classmethod
    def build(cls, texts: Sequence[str], k1: float = 1.2, b: float = 0.6) -> LexicalIndex:
        """Count the terms of the texts. `k1` and `b` are BM25's saturation and length normalisation."""
        counted = [terms(text) for text in texts]
        if not any(counted):
            return cls(None, len(texts))
        import bm25s

        model = bm25s.BM25(k1=k1, b=b, method="lucene")
        model.index(counted, show_progress=False)
        return cls(model, len(texts))

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
        known = [term for term in terms(query) if term in self.model.vocab_dict]
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
