"""Chroma as the house asks it: a store of two collections, one row a passage and one row a sentence.

Vectors are always passed, in both directions. Chroma attaches an embedding function of its own wherever it can, which
would fetch a model from the network: `embedding_function=None` alone does not prevent it, never giving it a text to
embed does. Nothing is filtered in the graph, which costs fifty times the search: more is asked for, and what the
generation does not list is dropped.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from ingest.errors import IndexDamaged, StoreUnreachable
from ingest.store.rows import Metadata

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from chromadb.api.models.Collection import Collection

_BATCH = 4000
"""Rows in one call: Chroma 1.5 refuses more than 5,461."""
_GRAPH = {"space": "cosine", "ef_construction": 100, "max_neighbors": 32, "ef_search": 800}
"""On 12,000 real Swedish sentences and 300 questions recall@50 was .997 and @200 .993, at 4.7 ms a search; with
Chroma's defaults (100, 16, 100) it was .85. `python -m benchmarks.graph` measures it."""
_GET_COST = 10
"""Reading one vector by its key costs as much as so many more in the answer of a search."""

Hits = list[tuple[str, float]]
"""Keys with their cosines, best first."""


class Rows(NamedTuple):
    """Some rows of a collection. `vectors` is float32 (rows, dimension); a sentence has neither text nor metadata."""

    keys: list[str]
    vectors: NDArray[np.float32]
    texts: list[str] | None = None
    metadatas: list[Metadata] | None = None


_LOCKED_TRIES, _LOCKED_SECONDS = 20, 0.25
"""How often, and after how long, a change is tried again while another connection of Chroma's holds its database."""


@contextmanager
def asking(where: str) -> Iterator[None]:
    """Raises StoreUnreachable, IndexDamaged for what Chroma and the way to it can raise. `where` is path or address."""
    import httpx
    from chromadb.errors import ChromaError

    try:
        yield
    except httpx.HTTPError as error:
        raise StoreUnreachable(
            f"Chroma-servern på {where} svarar inte. Kontrollera att den är igång och försök igen."
        ) from error
    except ChromaError as error:
        raise damaged(where, str(error).splitlines()[0]) from error


def damaged(where: str, cause: str) -> IndexDamaged:
    """The error for an index that has lost something."""
    return IndexDamaged(f"Indexet i {where} är skadat ({cause}). Laga det: rus ingest --rebuild")


class Vectors:
    """One collection: rows under keys, with unit vectors."""

    def __init__(self, collection: Collection, where: str) -> None:
        self._collection, self._where = collection, where

    def count(self) -> int:
        """How many rows there are, listed by a generation or not."""
        with asking(self._where):
            return self._collection.count()

    def keys(self) -> set[str]:
        """All keys."""
        with asking(self._where):
            return set(self._collection.get(include=[])["ids"])

    def add(self, rows: Rows) -> None:
        """Write rows; those that are there already are written again."""
        for start in range(0, len(rows.keys), _BATCH):
            part = slice(start, start + _BATCH)
            with asking(self._where):
                self._collection.upsert(
                    ids=rows.keys[part],
                    embeddings=rows.vectors[part],
                    documents=rows.texts[part] if rows.texts else None,
                    metadatas=[dict(one) for one in rows.metadatas[part]] if rows.metadatas else None,
                )

    def delete(self, keys: Iterable[str]) -> None:
        """Take rows away. Chroma does not erase them from the disk."""
        for part in _batches(keys):
            with asking(self._where):
                self._collection.delete(ids=part)

    def texts(self, keys: Sequence[str]) -> dict[str, tuple[str, Metadata]]:
        """Text and metadata of those of the rows that are there."""
        found: dict[str, tuple[str, Metadata]] = {}
        for part in _batches(keys):
            with asking(self._where):
                got = self._collection.get(ids=part, include=["documents", "metadatas"])
            for key, text, about in zip(got["ids"], got["documents"] or (), got["metadatas"] or (), strict=True):
                found[key] = text, cast(Metadata, about)
        return found

    def vectors(self, keys: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors of those of the rows that are there."""
        found: dict[str, NDArray[np.float32]] = {}
        for part in _batches(keys):
            with asking(self._where):
                got = self._collection.get(ids=part, include=["embeddings"])
            if got["ids"]:
                found |= zip(got["ids"], np.asarray(got["embeddings"], np.float32), strict=True)
        return found

    def write_graph_after(self, changes: int) -> None:
        """How many changes may wait before the graph is written to its files: counts from the next opening on.

        Chroma opens its database by several connections, of which one may still be writing: that one is waited for.
        """
        from chromadb.errors import InternalError

        for left in reversed(range(_LOCKED_TRIES)):
            try:
                with asking(self._where):
                    self._collection.modify(configuration={"hnsw": {"sync_threshold": changes}})
                return
            except IndexDamaged as error:
                if (
                    not left
                    or not isinstance(error.__cause__, InternalError)
                    or "is locked" not in str(error.__cause__)
                ):
                    raise
                time.sleep(_LOCKED_SECONDS)

    def settle(self) -> None:
        """Search once, by which all waiting changes reach the graph."""
        with asking(self._where):
            got = self._collection.get(limit=1, include=["embeddings"])
        if got["ids"]:
            self.nearest(np.asarray(got["embeddings"], np.float32)[0], 1)

    def nearest(self, query: NDArray[np.float32], count: int) -> Hits:
        """The `count` rows nearest to a unit vector (dimension,), best first, as the graph finds them."""
        if count < 1:
            return []
        with asking(self._where):
            got = self._collection.query(query_embeddings=query[np.newaxis, :], n_results=count, include=["distances"])
        distances = got["distances"]
        return [(key, 1.0 - distance) for key, distance in zip(got["ids"][0], (distances or [[]])[0], strict=True)]

    def nearest_listed(self, query: NDArray[np.float32], count: int, listed: Mapping[str, int], total: int) -> Hits:
        """The `count` nearest of the rows that are `listed`, among `total` rows in the collection."""
        if not listed:
            return []
        asked = count if total == len(listed) else int(1.5 * count * total / len(listed)) + 10
        while True:
            hits = [hit for hit in self.nearest(query, min(asked, total)) if hit[0] in listed]
            if len(hits) >= count or asked >= total:
                return hits[:count]
            asked *= 4

    def cosines(self, query: NDArray[np.float32], keys: Sequence[str], total: int) -> NDArray[np.float32]:
        """The cosine of each row with a unit vector, float32 (keys,). Raises IndexDamaged where a row is away.

        Many rows of a small collection are had quickest by a search that returns all of it.
        """
        near = dict(self.nearest(query, total)) if total < _GET_COST * len(keys) else {}
        stored = self.vectors([key for key in keys if key not in near])
        if away := [key for key in keys if key not in near and key not in stored]:
            raise damaged(self._where, f"{len(away)} rader saknas i Chroma")
        return np.array([near[key] if key in near else stored[key] @ query for key in keys], np.float32)


def _batches(keys: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(keys)
    while part := list(islice(rest, _BATCH)):
        yield part


class VectorStore:
    """A store that is open: its two collections and the client that they belong to. `where` is its path or address."""

    def __init__(self, client: Client, prefix: str, where: str, name: str, make: bool) -> None:
        """Open the collections, or with `make` make those that are not there."""
        self.name, self.where, self._client = name, where, client
        graph = cast("CreateCollectionConfiguration", {"hnsw": dict(_GRAPH)})
        with asking(where):
            self.passages, self.sentences = (
                Vectors(
                    client.get_or_create_collection(prefix + kind, configuration=graph, embedding_function=None)
                    if make
                    else client.get_collection(prefix + kind, embedding_function=None),
                    where,
                )
                for kind in ("passages", "sentences")
            )

    def keep(self, passages: set[str], sentences: set[str]) -> None:
        """Delete all rows but these."""
        self.passages.delete(self.passages.keys() - passages)
        self.sentences.delete(self.sentences.keys() - sentences)

    def close(self) -> None:
        """Free the files. Safe to call twice."""
        self._client.close()
