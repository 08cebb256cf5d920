"""A small embedder and short cuts for the tests of the index. The embedder counts what it is asked to embed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.indexing.planning import BuildOptions
from ingest.store.passage_index import PassageIndex
from ingest.store.records import Incoming, passage_key, sentence_keys

FAKE_READER = "fake_reader"


class WordEmbedder:
    """Each word adds a direction of its own, so that texts which share words are near."""

    def __init__(self, name: str = "words", dimension: int = 32) -> None:
        self.name = name
        self.dimension = dimension
        self.embedded: list[str] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.embedded += texts
        rows = np.array([self._row(text) for text in texts], dtype=np.float32).reshape(-1, self.dimension)
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).tolist()

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]

    def _row(self, text: str) -> NDArray[np.float64]:
        row = np.full(self.dimension, 1e-3)
        for word in text.lower().split():
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4])
            row += np.random.default_rng(seed).normal(size=self.dimension)
        return row


def write(folder: Path, name: str, text: str) -> Incoming:
    path = folder / f"{name}.txt"
    path.write_text(text, encoding="utf-8")
    return Incoming(id=name, path=path)


def vectors_of(*texts: str) -> NDArray[np.float32]:
    """What the embedder of words makes of these texts."""
    return np.array(WordEmbedder().embed_documents(list(texts)), np.float32)


def passage_vectors(index: PassageIndex) -> NDArray[np.float32]:
    """What Chroma keeps, in the order of the passages."""
    return index.store.passages.vectors([passage_key(passage) for passage in index.passages])


def sentence_vectors(index: PassageIndex, row: int) -> NDArray[np.float32]:
    """What Chroma keeps of the sentences of one passage."""
    return index.store.sentences.vectors(sentence_keys(index.passages[row]))


def options(full: bool = False, rebuild: bool = False) -> BuildOptions:
    return BuildOptions(full=full, rebuild=rebuild, workers=1)


FOREST = (
    "# Skog\n\nSkogen i Vidinge är gammal. Den ska skötas utan kalhyggen.\n\f# Vatten\n\nSjön Lången får inte sänkas."
)
TRAFFIC = "# Trafik\n\nBussarna går varje kvart från 2027.\n\n# Cykel\n\nCykelvägen till Norrby byggs ut."
