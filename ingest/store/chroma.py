"""Chroma as the house asks it: stores of two collections, one row a passage and one row a sentence.

Vectors are always passed, in both directions. Chroma attaches an embedding function of its own wherever it can, which
would fetch a model from the network: `embedding_function=None` alone does not prevent it, never giving it a text to
embed does. Nothing is filtered in the graph, which costs fifty times the search: more is asked for, and what the
generation does not list is dropped.

A store lies in the index's own folder, or on a Chroma server that several machines share. In a folder every generation
has a store of its own, which begins as a copy of the one before (a second for 500 MB): Chroma keeps no second process
out, a reader would go on with stale vectors, and might open half a graph. So no store that is read is written to.
On a server, which keeps its readers right, generations share their collections.
"""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from ingest.errors import IndexDamaged, StoreUnreachable
from ingest.store.readings import sweep_folder, sync_tree
from ingest.store.records import Metadata

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from chromadb.api.models.Collection import Collection as ChromaCollection

Vector = NDArray[np.float32]
Hits = list[tuple[str, float]]
"""Keys with their cosines, best first."""

_BATCH = 4000
"""Rows in one call: Chroma 1.5 refuses more than 5,461."""
_GRAPH = {"space": "cosine", "ef_construction": 100, "max_neighbors": 32, "ef_search": 800}
"""On 12,000 real Swedish sentences and 100 questions recall@50 was .997 and @200 .993, at 4.7 ms a search; with
Chroma's defaults (100, 16, 100) it was .85. `python -m benchmarks.graph` measures it."""
_GET_COST = 10
"""Reading one vector by its key costs as much as so many more in the answer of a search."""
_LOCKED_TRIES, _LOCKED_SECONDS = 20, 0.25
_NEVER, _AT_ONCE = 1_000_000_000, 1
"""Changes that may wait in the database before the graph is written to its files."""


class Rows(NamedTuple):
    """Some rows of a collection. `vectors` is float32 (rows, dimension); a sentence has neither text nor metadata."""

    keys: list[str]
    vectors: Vector
    texts: list[str] | None = None
    metadatas: list[Metadata] | None = None


def damaged(where: str, cause: str) -> IndexDamaged:
    """The error for an index that has lost something."""
    return IndexDamaged(f"Indexet i {where} är skadat ({cause}). Laga det: rus ingest --rebuild")


@contextmanager
def _asking(where: str) -> Iterator[None]:
    """Raises StoreUnreachable, IndexDamaged for what Chroma and the way to it can raise. `where` is path or address."""
    import httpx
    from chromadb.errors import ChromaError

    try:
        yield
    except httpx.HTTPError as error:
        raise _away(where) from error
    except ChromaError as error:
        raise damaged(where, str(error).splitlines()[0]) from error


def _away(url: str) -> StoreUnreachable:
    return StoreUnreachable(f"Chroma-servern på {url} svarar inte. Kontrollera att den är igång och försök igen.")


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
        """All keys."""
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

    def delete(self, keys: Iterable[str]) -> None:
        """Take rows away. Chroma does not erase them from the disk."""
        for part in _batches(keys):
            with _asking(self._where):
                self._collection.delete(ids=part)

    def texts(self, keys: Sequence[str]) -> dict[str, tuple[str, Metadata]]:
        """Text and metadata of those of the rows that are there."""
        found: dict[str, tuple[str, Metadata]] = {}
        for part in _batches(keys):
            with _asking(self._where):
                got = self._collection.get(ids=part, include=["documents", "metadatas"])
            told = zip(got["documents"] or (), cast("list[Metadata]", got["metadatas"] or ()), strict=True)
            found |= zip(got["ids"], told, strict=True)
        return found

    def vectors(self, keys: Sequence[str]) -> Vector:
        """The rows' vectors, float32 (keys, dimension). Raises IndexDamaged where a row is away."""
        found: dict[str, Vector] = {}
        for part in _batches(keys):
            with _asking(self._where):
                got = self._collection.get(ids=part, include=["embeddings"])
            found |= zip(got["ids"], np.asarray(got["embeddings"], np.float32), strict=True)
        if away := len(set(keys)) - len(found):
            raise damaged(self._where, f"{away} rader saknas i Chroma")
        return np.stack([found[key] for key in keys]) if keys else np.empty((0, 0), np.float32)

    def write_graph_after(self, changes: int) -> None:
        """How many changes may wait before the graph is written to its files: counts from the next opening on.

        Chroma opens its database by several connections, of which one may still be writing: that one is waited for.
        """
        for left in reversed(range(_LOCKED_TRIES)):
            try:
                with _asking(self._where):
                    self._collection.modify(configuration={"hnsw": {"sync_threshold": changes}})
                return
            except IndexDamaged as error:
                if not left or "is locked" not in str(error.__cause__):
                    raise
                time.sleep(_LOCKED_SECONDS)

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
        """The `count` nearest of the rows that are `listed`."""
        if not listed:
            return []
        share = self.total / len(listed)
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


def _batches(keys: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(keys)
    while part := list(islice(rest, _BATCH)):
        yield part


class VectorStore:
    """A store that is open: its two collections and the client that they belong to. `where` is its path or address."""

    def __init__(self, client: Client, prefix: str, where: str, name: str, make: bool) -> None:
        """Open the collections, or with `make` make those that are not there."""
        self.name, self.where, self._client = name, where, client
        self.passages, self.sentences = (self._collection(prefix + kind, make) for kind in ("passages", "sentences"))

    def _collection(self, name: str, make: bool) -> Vectors:
        graph = cast("CreateCollectionConfiguration", {"hnsw": dict(_GRAPH)})
        with _asking(self.where):
            if make:
                found = self._client.get_or_create_collection(name, configuration=graph, embedding_function=None)
            else:
                found = self._client.get_collection(name, embedding_function=None)
        return Vectors(found, self.where)

    def write_graphs_after(self, changes: int) -> None:
        """See Vectors.write_graph_after."""
        self.passages.write_graph_after(changes)
        self.sentences.write_graph_after(changes)

    def close(self) -> None:
        """Free the files. Safe to call twice."""
        self._client.close()


@dataclass(frozen=True, slots=True)
class ChromaServer:
    """A Chroma server's address and the token that is sent to it, if any."""

    url: str
    token: str | None = None


class FolderStores:
    """Stores as folders of the index, opened in this process. All but `open` need the index's lock."""

    kind = "folder"
    """What a manifest says of where its store lies."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def open(self, name: str) -> VectorStore:
        """A store for reading. Raises IndexDamaged."""
        if not (self.directory / name / "chroma.sqlite3").is_file():
            raise damaged(str(self.directory.parent), "Chromas filer saknas")
        return self._opened(self.directory / name, make=False)

    def begin(self, made_with: str, previous: str | None, anew: bool = False) -> VectorStore:
        """A store to write in: with what a killed build of the same vectors has left, else with what `previous` has.

        With `anew` it has nothing of any other.
        """
        folder = self.directory / f"next-{made_with}"
        if anew:
            shutil.rmtree(folder, ignore_errors=True)
        elif not folder.exists() and previous is not None:
            copying = folder.with_suffix(".new")
            shutil.rmtree(copying, ignore_errors=True)
            shutil.copytree(self.directory / previous, copying)
            copying.rename(folder)
        store = self._opened(folder, make=True)
        store.write_graphs_after(_NEVER)
        return store

    def settle(self, store: VectorStore) -> str:
        """Close a store that has been written; returns the name by which it is opened, its graphs in its files.

        Chroma writes a graph in place, where a kill in the middle spoils it: a store that is left to the next build
        never does it, but a copy of it. What waited still would be written by the readers, with what they have had in
        memory.
        """
        store.write_graphs_after(_AT_ONCE)
        store.close()
        copy = self.directory / secrets.token_hex(8)
        shutil.copytree(self.directory / store.name, copy)
        with closing(self._opened(copy, make=False)) as settled:
            settled.passages.settle()
            settled.sentences.settle()
        sync_tree(copy)
        return copy.name

    def sweep(self, keep: Collection[str]) -> None:
        """Remove all stores of this index but these."""
        sweep_folder(self.directory, keep)

    def _opened(self, folder: Path, make: bool) -> VectorStore:
        import chromadb
        from chromadb.api.shared_system_client import SharedSystemClient

        where = str(self.directory.parent)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with _asking(where):
                client = chromadb.PersistentClient(str(folder), chromadb.Settings(anonymized_telemetry=False))
            # the function is typed by an interface that lacks close()
            return VectorStore(cast("Client", client), "", where, folder.name, make)
        except IndexDamaged:
            SharedSystemClient.clear_system_cache()  # it keeps what it could not open under the folder's name
            raise


class ServerStores:
    """The same as collections of a server, whose names begin with the name of this index. Raises StoreUnreachable."""

    kind = "server"

    def __init__(self, server: ChromaServer, name_file: Path) -> None:
        """`name_file` holds the index's own name, by which several may share a server."""
        self._server, self._name_file = server, name_file

    def open(self, name: str) -> VectorStore:
        """See FolderStores."""
        return self._opened(name, make=False)

    def begin(self, made_with: str, previous: str | None, anew: bool = False) -> VectorStore:
        """See FolderStores."""
        name = f"{self._index_name()}-{made_with}"
        return self._opened(f"{name}-{secrets.token_hex(3)}" if anew else previous or name, make=True)

    def settle(self, store: VectorStore) -> str:
        """See FolderStores: the server minds its graphs itself."""
        store.close()
        return store.name

    def sweep(self, keep: Collection[str]) -> None:
        """See FolderStores."""
        own = self._index_name() + "-"
        with closing(self._client()) as client, _asking(self._server.url):
            for name in [one.name for one in client.list_collections()]:
                if name.startswith(own) and name.rpartition(".")[0] not in keep:
                    client.delete_collection(name)

    def _index_name(self) -> str:
        if not self._name_file.exists():
            self._name_file.write_text(f"rus-{secrets.token_hex(6)}", encoding="ascii")
        return self._name_file.read_text(encoding="ascii")

    def _opened(self, name: str, make: bool) -> VectorStore:
        return VectorStore(self._client(), f"{name}.", self._server.url, name, make)

    def _client(self) -> Client:
        import chromadb

        address = urlsplit(self._server.url)
        secure = address.scheme == "https"
        port = address.port or (443 if secure else 80)
        headers = {"Authorization": f"Bearer {self._server.token}"} if self._server.token else {}
        settings = chromadb.Settings(anonymized_telemetry=False)
        try:
            with _asking(self._server.url):
                client = chromadb.HttpClient(address.hostname or "localhost", port, secure, headers, settings)
        except ValueError as error:  # what the client makes of a refused connection
            raise _away(self._server.url) from error
        return cast("Client", client)


Stores = FolderStores | ServerStores


def stores_of(index: Path, server: ChromaServer | None) -> Stores:
    """The stores of the index in this folder."""
    return FolderStores(index / "chroma") if server is None else ServerStores(server, index / "name")
