"""The embedder as LangChain's `Embeddings`, for stores and chains that are not this product's own."""

from __future__ import annotations

from langchain_core.embeddings import Embeddings

from ingest.embedding.embedder import Embedder


class LangChainEmbeddings(Embeddings):
    """Wraps any `Embedder`. `langchain_core.embeddings` costs 0.1 s to import and no torch."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One unit vector for each text."""
        rows: list[list[float]] = self._embedder.embed_passages(texts).tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question."""
        row: list[float] = self._embedder.embed_query(text).tolist()
        return row
