"""The Chroma collection of a generation: every passage with its text, place and vector.

Vectors are always passed, in both directions. Chroma attaches an embedding function of its own wherever it can, which
would fetch a model from the network: `embedding_function=None` alone does not prevent it, never giving it a text to
embed does. A collection is written once, into a new folder, and never changed, because Chroma neither keeps a second
writer out nor erases the text of deleted rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from ingest.documents import Passage
from ingest.records import place_to_json

if TYPE_CHECKING:
    from chromadb.api.client import Client

_NAME = "passages"
_BATCH = 2000
"""Rows in one call: Chroma 1.5 refuses more than 5,461."""


def _client(folder: Path) -> Client:
    import chromadb
    from chromadb.config import Settings

    # the function is typed by an interface that lacks close()
    return cast("Client", chromadb.PersistentClient(str(folder), Settings(anonymized_telemetry=False)))


def write_collection(folder: Path, passages: Iterable[Passage], vectors: NDArray[np.float32]) -> None:
    """Write all passages, with row i of `vectors` (passages, dimension) for the i-th, into a new Chroma folder."""
    client = _client(folder)
    try:
        collection = client.create_collection(
            _NAME, configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
        )
        rows = 0
        for batch in _batches(passages):
            collection.upsert(
                ids=[passage.id for passage in batch],
                embeddings=np.ascontiguousarray(vectors[rows : rows + len(batch)]),
                documents=[passage.text for passage in batch],
                metadatas=[_metadata(passage) for passage in batch],
            )
            rows += len(batch)
    finally:
        client.close()


def _batches(passages: Iterable[Passage]) -> Iterator[list[Passage]]:
    source = iter(passages)
    while batch := list(islice(source, _BATCH)):
        yield batch


def _metadata(passage: Passage) -> dict[str, str | int | bool]:
    """Flat fields to filter by, and `place` with all that a passage is besides its text. Pages are left out for web."""
    fields: dict[str, str | int | bool] = {
        "document_id": passage.document_id,
        "kind": str(passage.kind),
        "place": place_to_json(passage),
    }
    if passage.page is not None and passage.page_end is not None:
        fields |= {"page": passage.page, "page_end": passage.page_end}
    return fields


class Collection:
    """A generation's collection, opened for asking."""

    def __init__(self, folder: Path) -> None:
        self._client = _client(folder)
        self._collection = self._client.get_collection(_NAME, embedding_function=None)

    def nearest(self, query: NDArray[np.float32], count: int, documents: Sequence[str] = ()) -> list[tuple[str, float]]:
        """The ids and cosine similarities of the `count` nearest passages, best first, by Chroma's graph.

        `query` has shape (dimension,). `documents` narrows the search to those ids.
        """
        where: Any = {"document_id": {"$in": list(documents)}} if documents else None
        found = self._collection.query(
            query_embeddings=query[np.newaxis, :], n_results=count, where=where, include=["distances"]
        )
        distances = found["distances"]
        return [(name, 1.0 - distance) for name, distance in zip(found["ids"][0], (distances or [[]])[0], strict=True)]

    def close(self) -> None:
        """Free the files."""
        self._client.close()
