"""Rewrites a store without what is to be forgotten, in a process that has never seen it.

Chroma does not erase the text of deleted rows, and its graph files hold stretches of memory that was never
initialised, and with it whatever the writing process had read before. So the rows that stay are handed to a new process
by a pipe, which writes a new store; the old one is removed by the sweep.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import IO

import numpy as np

from ingest.build.processes import child_environment
from ingest.documents import Passage
from ingest.errors import IndexUnusable
from ingest.store.chroma import Rows, Vectors, VectorStore, damaged
from ingest.store.rows import metadata, passage_key, sentence_keys
from ingest.store.stores import ChromaServer, stores_of

_BATCH = 2000


def rewrite(index: Path, server: ChromaServer | None, made_with: str, old: VectorStore, kept: Sequence[Passage]) -> str:
    """Write the rows of these passages to a new store; returns its name.

    :raises IndexUnusable: when not all was written.
    """
    start = {"index": str(index.resolve()), "server": asdict(server) if server else None, "made_with": made_with}
    command = [sys.executable, "-P", "-m", "ingest.build.rewriting"]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, env=child_environment()
        ) as process,
    ):
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(json.dumps(start).encode() + b"\n")
            for batch in _batches(old, kept):
                _send(process.stdin, *batch)
            process.stdin.write(b"done\n")
            process.stdin.close()
        except BrokenPipeError:  # its code and last words tell why
            pass
        name = process.stdout.read().decode()
        if process.wait() or not name:
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines() or [f"kod {process.returncode}"]
            raise IndexUnusable(
                f"Chroma kunde inte skriva indexet ({lines[-1]}). Kontrollera ledigt utrymme och försök igen."
            )
    return name


def _batches(old: VectorStore, kept: Sequence[Passage]) -> Iterator[tuple[str, Rows]]:
    for first in range(0, len(kept), _BATCH):
        part = kept[first : first + _BATCH]
        rows = _stored(old.passages, list(map(passage_key, part)), old.where)
        yield "passages", rows._replace(texts=[p.text for p in part], metadatas=list(map(metadata, part)))
        yield "sentences", _stored(old.sentences, list(chain.from_iterable(map(sentence_keys, part))), old.where)


def _stored(vectors: Vectors, keys: list[str], where: str) -> Rows:
    found = vectors.vectors(keys)
    if len(found) < len(keys):
        raise damaged(where, f"{len(keys) - len(found)} rader saknas i Chroma")
    return Rows(keys, np.array([found[key] for key in keys], np.float32))


def _send(pipe: IO[bytes], collection: str, rows: Rows) -> None:
    head = {"collection": collection, "shape": rows.vectors.shape, "keys": rows.keys}
    pipe.write(json.dumps(head | {"texts": rows.texts, "metadatas": rows.metadatas}).encode() + b"\n")
    pipe.write(rows.vectors.tobytes())


def _receive(pipe: IO[bytes], store: VectorStore) -> None:
    """Write what comes in. Ends this process where the parent ends before it is done."""
    while (line := pipe.readline()) != b"done\n":
        if not line:
            raise SystemExit(1)
        head = json.loads(line)
        shape = tuple(head["shape"])
        data = pipe.read(4 * int(np.prod(shape)))
        rows = Rows(head["keys"], np.frombuffer(data, np.float32).reshape(shape), head["texts"], head["metadatas"])
        (store.passages if head["collection"] == "passages" else store.sentences).add(rows)


def _main() -> None:
    start = json.loads(sys.stdin.buffer.readline())
    server = ChromaServer(**start["server"]) if start["server"] else None
    stores = stores_of(Path(start["index"]), server)
    store = stores.begin_empty(start["made_with"])
    _receive(sys.stdin.buffer, store)
    sys.stdout.write(stores.settle(store))


if __name__ == "__main__":
    _main()
