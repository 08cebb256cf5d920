"""Where the vectors of an index lie: in its own folder, or on a Chroma server that several machines share.

In a folder every generation has a store of its own, which begins as a copy of the one before (a second for 500 MB):
Chroma keeps no second process out, a reader would go on with stale vectors, and might open half a graph. So no store is
written to once it has a name. On a server, which keeps its readers right, generations share their collections.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from ingest.errors import IndexDamaged, StoreUnreachable
from ingest.store.chroma import VectorStore, asking, damaged
from ingest.store.readings import sweep_folder, sync_tree

if TYPE_CHECKING:
    from chromadb.api.client import Client

_NEXT, _SETTLED = "next-", "settled-"
"""Begin the names of a store that is being written, which a killed build leaves to the next, and of its last copy."""
_NEVER, _AT_ONCE = 1_000_000_000, 1
"""Changes that may wait in the database before the graph is written to its files."""


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

    def begin(self, previous: str | None, made_with: str) -> VectorStore:
        """A store to write in: with what `previous` has, or what a killed build of the same vectors has left."""
        folder = self.directory / (_NEXT + made_with)
        if not folder.exists() and previous is not None:
            copying = folder.with_suffix(".new")
            shutil.rmtree(copying, ignore_errors=True)
            shutil.copytree(self.directory / previous, copying)
            copying.rename(folder)
        return self._for_writing(folder)

    def begin_empty(self, made_with: str) -> VectorStore:
        """A store to write in that has nothing of any other."""
        folder = self.directory / (_NEXT + made_with)
        shutil.rmtree(folder, ignore_errors=True)
        return self._for_writing(folder)

    def settle(self, store: VectorStore) -> str:
        """Close a store that has been written, and write its graphs to a copy; returns the copy's name.

        Chroma writes a graph in place, where a kill in the middle spoils it: the store that is being written never does
        it. What waited still would be written by the readers, with what they have had in memory.
        """
        for vectors in (store.passages, store.sentences):
            vectors.write_graph_after(_AT_ONCE)
        store.close()
        copy = self.directory / store.name.replace(_NEXT, _SETTLED)
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.directory / store.name, copy)
        with closing(self._opened(copy, make=False)) as settled:
            settled.passages.settle()
            settled.sentences.settle()
        return copy.name

    def publish(self, name: str, generation_id: str) -> str:
        """Give a settled store the name by which it is opened, which is returned."""
        sync_tree(self.directory / name)
        (self.directory / name).rename(self.directory / generation_id)
        return generation_id

    def sweep(self, keep: Collection[str]) -> None:
        """Remove all stores of this index but these."""
        sweep_folder(self.directory, keep)

    def _for_writing(self, folder: Path) -> VectorStore:
        store = self._opened(folder, make=True)
        for vectors in (store.passages, store.sentences):
            vectors.write_graph_after(_NEVER)
        return store

    def _opened(self, folder: Path, make: bool) -> VectorStore:
        import chromadb
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.config import Settings

        where = str(self.directory.parent)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with asking(where):
                client = chromadb.PersistentClient(str(folder), Settings(anonymized_telemetry=False))
            # the function is typed by an interface that lacks close()
            return VectorStore(cast("Client", client), "", where, folder.name, make)
        except IndexDamaged:
            SharedSystemClient.clear_system_cache()  # it keeps what it could not open under the folder's name
            raise


class ServerStores:
    """Stores as collections of a server, whose names begin with the name of this index.

    All methods that ask it raise StoreUnreachable.
    """

    kind = "server"

    def __init__(self, server: ChromaServer, name_file: Path) -> None:
        """`name_file` holds the index's own name, by which several may share a server."""
        self._server, self._name_file = server, name_file

    def open(self, name: str) -> VectorStore:
        """See FolderStores."""
        return self._opened(name, make=False)

    def begin(self, previous: str | None, made_with: str) -> VectorStore:
        """See FolderStores."""
        return self._opened(previous or f"{self._index_name()}-{made_with}", make=True)

    def begin_empty(self, made_with: str) -> VectorStore:
        """See FolderStores."""
        return self._opened(f"{self._index_name()}-{made_with}-{secrets.token_hex(3)}", make=True)

    def settle(self, store: VectorStore) -> str:
        """See FolderStores: the server minds its graphs itself."""
        store.close()
        return store.name

    def publish(self, name: str, generation_id: str) -> str:
        """See FolderStores."""
        return name

    def sweep(self, keep: Collection[str]) -> None:
        """See FolderStores."""
        own = self._index_name() + "-"
        with self._client() as client, asking(self._server.url):
            for name in [one.name for one in client.list_collections()]:
                if name.startswith(own) and name.rpartition(".")[0] not in keep:
                    client.delete_collection(name)

    def _index_name(self) -> str:
        if not self._name_file.exists():
            self._name_file.write_text(f"rus-{secrets.token_hex(6)}", encoding="ascii")
        return self._name_file.read_text(encoding="ascii")

    def _opened(self, name: str, make: bool) -> VectorStore:
        return VectorStore(self._connected(), f"{name}.", self._server.url, name, make)

    @contextmanager
    def _client(self) -> Iterator[Client]:
        client = self._connected()
        try:
            yield client
        finally:
            client.close()

    def _connected(self) -> Client:
        import chromadb
        from chromadb.config import Settings

        address = urlsplit(self._server.url)
        secure = address.scheme == "https"
        headers = {"Authorization": f"Bearer {self._server.token}"} if self._server.token else {}
        try:
            with asking(self._server.url):
                client = chromadb.HttpClient(
                    address.hostname or "localhost",
                    address.port or (443 if secure else 80),
                    secure,
                    headers,
                    Settings(anonymized_telemetry=False),
                )
        except ValueError as error:  # what the client makes of a refused connection
            raise StoreUnreachable(
                f"Chroma-servern på {self._server.url} svarar inte. Kontrollera att den är igång och försök igen."
            ) from error
        return cast("Client", client)


Stores = FolderStores | ServerStores


def stores_of(index: Path, server: ChromaServer | None) -> Stores:
    """The stores of the index in this folder."""
    return FolderStores(index / "chroma") if server is None else ServerStores(server, index / "name")
