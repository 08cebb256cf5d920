"""Chroma as the house asks it: stores of two collections, one row a passage and one row a sentence.

Vectors are always passed, in both directions: Chroma attaches an embedding function of its own wherever it can, which
would fetch a model from the network, and `embedding_function=None` alone does not prevent it.

A store lies in the index's own folder, or on a Chroma server that several machines share. In a folder every generation
has a store of its own, which begins as a copy of the one before (a second for 500 MB) and is never written to once it
is read: Chroma keeps no second process out, and a reader would go on with stale vectors or open half a graph. On a
server, which keeps its readers right, generations share their collections.
"""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast
from urllib.parse import urlsplit

import numpy as np

from ingest.errors import IndexDamaged, damaged, unreachable
from ingest.store.readings import sweep_folder, sync_tree
from ingest.store.records import Metadata, Rows, Vector

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from chromadb.api.models.Collection import Collection as ChromaCollection
    from chromadb.api.types import GetResult

_Column = Literal["documents", "metadatas", "embeddings"]
Hits = list[tuple[str, float]]
"""Keys with their cosines, best first."""

_BATCH = 4000
"""Rows in one call: Chroma 1.5 refuses more than 5,461."""
_GRAPH = {"space": "cosine", "ef_construction": 100, "max_neighbors": 32, "ef_search": 800}
"""On 12,000 Swedish sentences recall@50 is .997 at 4.7 ms a search, with Chroma's defaults .85: benchmarks/graph.py."""
_GET_COST = 10
"""Reading one vector by its key costs as much as so many more in the answer of a search."""
_NEVER, _AT_ONCE = 1_000_000_000, 1


@contextmanager
def _asking(where: str) -> Iterator[None]:
    """Raises StoreUnreachable, IndexDamaged for what Chroma and the way to it can raise. `where` is path or address."""
    import httpx
    from chromadb.errors import ChromaError

    try:
        yield
    except httpx.HTTPError as error:
        raise unreachable(where) from error
    except ChromaError as error:
        raise damaged(where, str(error).splitlines()[0]) from error


class Vectors:
    """One collection: rows under keys, with unit vectors."""

    def __init__(self, collection: ChromaCollection, where: str) -> None:
        self._collection, self._where = collection, where

    @cached_property
    def total(self) -> int:
        """How many rows there were when this was first asked, listed by a generation or not."""
        with _asking(self._where):
            return self._collection.count()

    def keys(self) -> set[str]:
        """All of them."""
        with _asking(self._where):
            return set(self._collection.get(include=[])["ids"])

    def add(self, rows: Rows) -> None:
        """Write rows; those that are there already stay as they are."""
        for start in range(0, len(rows.keys), _BATCH):
            part = slice(start, start + _BATCH)
            with _asking(self._where):
                self._collection.add(
                    ids=rows.keys[part],
                    embeddings=rows.vectors[part],
                    documents=rows.texts[part] if rows.texts else None,
                    metadatas=[dict(one) for one in rows.metadatas[part]] if rows.metadatas else None,
                )

    def delete(self, keys: Sequence[str]) -> None:
        """Take rows away. Chroma does not erase them from the disk."""
        with _asking(self._where):
            for start in range(0, len(keys), _BATCH):
                self._collection.delete(list(keys[start : start + _BATCH]))

    def texts(self, keys: Sequence[str]) -> dict[str, tuple[str, Metadata]]:
        """Text and metadata of those of the rows that are there."""
        found: dict[str, tuple[str, Metadata]] = {}
        for got in self._read(keys, "documents", "metadatas"):
            told = zip(got["documents"] or (), cast("list[Metadata]", got["metadatas"] or ()), strict=True)
            found |= zip(got["ids"], told, strict=True)
        return found

    def vectors(self, keys: Sequence[str]) -> Vector:
        """The rows' vectors, float32 (keys, dimension). Raises IndexDamaged where a row is away."""
        found: dict[str, Vector] = {}
        for got in self._read(keys, "embeddings"):
            found |= zip(got["ids"], np.asarray(got["embeddings"], np.float32), strict=True)
        if away := len(set(keys)) - len(found):
            raise damaged(self._where, f"{away} rader saknas i Chroma")
        return np.stack([found[key] for key in keys]) if keys else np.empty((0, 0), np.float32)

    def _read(self, keys: Sequence[str], *include: _Column) -> Iterator[GetResult]:
        for start in range(0, len(keys), _BATCH):
            with _asking(self._where):
                got = self._collection.get(list(keys[start : start + _BATCH]), include=list(include))
            yield got

    def write_graph_after(self, changes: int) -> None:
        """How many changes may wait before the graph is written to its files: counts from the next opening on."""
        # Chroma opens its database by several connections, of which one may still be writing
        for left in reversed(range(20)):
            try:
                with _asking(self._where):
                    return self._collection.modify(configuration={"hnsw": {"sync_threshold": changes}})
            except IndexDamaged as error:
                if not left or "is locked" not in str(error.__cause__):
                    raise
                time.sleep(0.25)

    def settle(self) -> None:
        """Search once, by which all waiting changes reach the graph."""
        with _asking(self._where):
            got = self._collection.get(limit=1, include=["embeddings"])
        if got["ids"]:
            self.nearest(np.asarray(got["embeddings"], np.float32)[0], 1)

    def nearest(self, query: Vector, count: int) -> Hits:
        """The `count` rows nearest to a unit vector (dimension,), best first, as the graph finds them."""
        if count < 1:
            return []
        with _asking(self._where):
            got = self._collection.query(query_embeddings=query[np.newaxis, :], n_results=count, include=["distances"])
        distances = got["distances"]
        return [(key, 1.0 - distance) for key, distance in zip(got["ids"][0], (distances or [[]])[0], strict=True)]

    def nearest_listed(self, query: Vector, count: int, listed: Collection[str]) -> Hits:
        """The `count` nearest of the rows that are `listed`; a filter in the graph costs fifty times the search."""
        share = self.total / len(listed) if listed else 1
        asked = count if share == 1 else int(1.5 * count * share) + 10
        while True:
            hits = [hit for hit in self.nearest(query, min(asked, self.total)) if hit[0] in listed]
            if len(hits) >= count or asked >= self.total:
                return hits[:count]
            asked *= 4

    def cosines(self, query: Vector, keys: Sequence[str]) -> Vector:
        """The cosine of each row with a unit vector, float32 (keys,). Raises IndexDamaged where a row is away.

        Many rows of a small collection are had quickest by a search that returns all of it.
        """
        near = dict(self.nearest(query, self.total)) if self.total < _GET_COST * len(keys) else {}
        rest = [key for key in keys if key not in near]
        near |= zip(rest, (self.vectors(rest) @ query).tolist() if rest else (), strict=True)
        return np.array([near[key] for key in keys], np.float32)


class VectorStore:
    """A store that is open: its two collections and the client that they belong to. `where` is its path or address."""

    def __init__(self, client: Client, prefix: str, where: str, name: str, make: bool) -> None:
        """Open the collections, or with `make` make those that are not there."""
        self.name, self.where, self._client = name, where, client
        graph = cast("CreateCollectionConfiguration", {"hnsw": dict(_GRAPH)})
        kinds = [f"{prefix}passages", f"{prefix}sentences"]
        with _asking(where):
            if make:
                found = [client.get_or_create_collection(one, None, graph, embedding_function=None) for one in kinds]
            else:
                found = [client.get_collection(one, embedding_function=None) for one in kinds]
        self.both = self.passages, self.sentences = Vectors(found[0], where), Vectors(found[1], where)

    def close(self) -> None:
        """Free the files."""
        self._client.close()


@dataclass(frozen=True, slots=True)
class ChromaServer:
    """A Chroma server's address and the token that is sent to it, if any."""

    url: str
    token: str | None = None


class Stores:
    """The stores of an index: folders of it, opened in this process, or collections of a server (`kind`).

    All but `open` need the index's lock. Raises StoreUnreachable, IndexDamaged.
    """

    def __init__(self, index: Path, server: ChromaServer | None = None) -> None:
        self._index, self._server, self._folder = index, server, index / "chroma"
        self._where = server.url if server else str(index)
        self.kind = "server" if server else "folder"

    def open(self, name: str, make: bool = False) -> VectorStore:
        """A store for reading, or with `make` for writing."""
        if self._server is not None:
            return VectorStore(self._server_client(self._server), f"{name}.", self._where, name, make)
        import chromadb
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.config import Settings

        settings = Settings(anonymized_telemetry=False)
        try:
            with _asking(self._where):
                client = chromadb.PersistentClient(str(self._folder / name), settings)
            # the function is typed by an interface that lacks close()
            return VectorStore(cast("Client", client), "", self._where, name, make)
        except IndexDamaged:
            SharedSystemClient.clear_system_cache()  # it keeps what it could not open under the folder's name
            raise

    def begin(self, made_with: str, previous: str | None, anew: bool = False) -> VectorStore:
        """A store to write in: with what a killed build of the same vectors has left, else with what `previous` has.

        With `anew` it has nothing of any other.
        """
        if self._server is not None:
            name = f"{self._own_name()}-{made_with}"
            return self.open(f"{name}-{secrets.token_hex(3)}" if anew else previous or name, make=True)
        folder = self._folder / f"next-{made_with}"
        if anew:
            shutil.rmtree(folder, ignore_errors=True)
        elif not folder.exists() and previous is not None:
            copying = folder.with_suffix(".new")
            shutil.rmtree(copying, ignore_errors=True)
            shutil.copytree(self._folder / previous, copying)
            copying.rename(folder)
        store = self.open(folder.name, make=True)
        for vectors in store.both:
            vectors.write_graph_after(_NEVER)
        return store

    def settle(self, store: VectorStore) -> str:
        """Close a store that has been written; returns the name by which it is opened, its graphs in its files.

        A server minds its graphs itself. In a folder Chroma writes a graph in place, where a kill in the middle spoils
        it: a store that is left to the next build never does it, but a copy of it. What waited still would be written
        by the readers, with what they have had in memory.
        """
        if self._server is not None:
            store.close()
            return store.name
        for vectors in store.both:
            vectors.write_graph_after(_AT_ONCE)
        store.close()
        name = secrets.token_hex(8)
        shutil.copytree(self._folder / store.name, self._folder / name)
        with closing(self.open(name, make=False)) as settled:
            for vectors in settled.both:
                vectors.settle()
        sync_tree(self._folder / name)
        return name

    def sweep(self, keep: Collection[str]) -> None:
        """Remove all stores of this index but these."""
        if self._server is None:
            return sweep_folder(self._folder, keep)
        own = self._own_name() + "-"
        with closing(self._server_client(self._server)) as client, _asking(self._where):
            for name in [one.name for one in client.list_collections()]:
                if name.startswith(own) and name.rpartition(".")[0] not in keep:
                    client.delete_collection(name)

    def _own_name(self) -> str:
        """The index's own name, by which several may share a server."""
        file = self._index / "name"
        if not file.exists():
            file.write_text(f"rus-{secrets.token_hex(6)}", encoding="ascii")
        return file.read_text(encoding="ascii")

    def _server_client(self, server: ChromaServer) -> Client:
        import chromadb
        from chromadb.config import Settings

        address = urlsplit(server.url)
        secure = address.scheme == "https"
        port = address.port or (443 if secure else 80)
        headers = {"Authorization": f"Bearer {server.token}"} if server.token else {}
        host, settings = address.hostname or "localhost", Settings(anonymized_telemetry=False)
        try:
            with _asking(self._where):
                return cast("Client", chromadb.HttpClient(host, port, secure, headers, settings))
        except ValueError as error:  # what the client makes of a refused connection
            raise unreachable(self._where) from error
