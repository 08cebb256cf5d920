"""The Chroma collection of a generation: every passage with its text, place and vector.

Vectors are always passed, in both directions. Chroma attaches an embedding function of its own wherever it can, which
would fetch a model from the network: `embedding_function=None` alone does not prevent it, never giving it a text to
embed does. A collection is written once, into a new folder, and never changed, because Chroma neither keeps a second
writer out nor erases the text of deleted rows. Where passages have only come to those of the generation before, the new
folder begins as a copy of its collection, which spares nine tenths of the time.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from ingest.errors import IndexUnusable
from ingest.index.processes import child_environment, end_with_parent

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


def write_apart(folder: Path, previous: Path | None) -> None:
    """Write the passages.jsonl and passages.npy of a generation's folder to its folder `chroma`, in a process apart.

    A process that has never seen any other text: Chroma's graph files hold stretches of memory that was never
    initialised, and with it whatever the writing process had read before, a forgotten document included. `previous` is
    the folder of a generation of the same embedder. Raises IndexUnusable when not all was written.
    """
    folders = [str(one.resolve()) for one in (folder, previous) if one]
    command = [sys.executable, "-P", "-m", "ingest.index.collection", *folders]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=said, stderr=said, env=child_environment()) as process,
    ):
        if process.wait():
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines()
            cause = lines[-1] if lines else f"kod {process.returncode}"
            raise IndexUnusable(
                f"Chroma kunde inte skriva indexet ({cause}). Kontrollera ledigt utrymme och försök igen."
            )


def write_collection(folder: Path, previous: Path | None = None) -> None:
    """Write the collection in this process: all passages of `folder`, row i of passages.npy for the i-th."""
    lines = (folder / "passages.jsonl").read_bytes().splitlines()
    vectors = np.load(folder / "passages.npy", allow_pickle=False)
    before = set((previous / "passages.jsonl").read_bytes().splitlines()) if previous else set()
    if previous and before.issubset(lines):
        shutil.copytree(previous / "chroma", folder / "chroma")
    else:
        before = set()
    client = _client(folder / "chroma")
    collection = client.get_or_create_collection(
        _NAME, configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
    )
    new = [row for row, line in enumerate(lines) if line not in before]
    for start in range(0, len(new), _BATCH):
        rows = new[start : start + _BATCH]
        passages = [json.loads(lines[row]) for row in rows]
        collection.upsert(
            ids=[passage["id"] for passage in passages],
            embeddings=vectors[rows],
            documents=[passage["text"] for passage in passages],
            metadatas=[_metadata(passage) for passage in passages],
        )
    client.close()


def _metadata(passage: Mapping[str, Any]) -> dict[str, str | int]:
    """Flat fields to filter by, and `place` with all that a passage is besides its text. Pages are left out for web."""
    place = {name: value for name, value in passage.items() if name != "text"}
    pages = {"page": passage["spans"][0][0], "page_end": passage["spans"][-1][0]}
    return {
        "document_id": passage["document_id"],
        "kind": passage["kind"],
        "place": json.dumps(place, ensure_ascii=False),
        **{name: page for name, page in pages.items() if page is not None},
    }


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


if __name__ == "__main__":
    end_with_parent()
    write_collection(*map(Path, sys.argv[1:]))
