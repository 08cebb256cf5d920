"""Kills a build with signal 9 at random moments, many times over, and looks at what is left each time.

    python -m benchmarks.kill [--rounds 50] [--seed 1] [--server URL]

Every round changes, adds and removes documents, starts a build in a process of its own, kills it after a random part of
the time that a whole build takes, and checks that the index opens, that it is exactly the old or the new generation
(every passage, vector, page and Chroma row), and that after the last round a build that is let alone finishes.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import tempfile
import time
from collections import Counter
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from ingest.indexing.building import build
from ingest.indexing.planning import BuildOptions
from ingest.store.chroma import ChromaServer
from ingest.store.passage_index import PassageIndex, open_index
from ingest.store.records import Incoming, embedding_text, passage_key, sentence_keys, sentence_texts

DOCUMENTS = 12
PASSAGES = 30


class HashEmbedder:
    """A vector made from the text's hash, after a pause as long as a real embedder's."""

    name = "hash"
    dimension = 64

    def __init__(self, pause_seconds: float = 0.0) -> None:
        self.pause_seconds = pause_seconds

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Unit vectors."""
        time.sleep(self.pause_seconds)
        seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) for text in texts]
        rows = np.array([np.random.default_rng(seed).normal(size=self.dimension) for seed in seeds], np.float32)
        found: list[list[float]] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).tolist()
        return found

    def embed_query(self, text: str) -> list[float]:
        """A unit vector."""
        return self.embed_documents([text])[0]


def write_documents(folder: Path, version: int, source: random.Random) -> None:
    """A set of documents: most as they were, a third changed, one away."""
    for number in range(DOCUMENTS):
        path = folder / f"plan-{number}.md"
        if path.exists() and source.random() > 0.34:
            continue
        parts = [
            f"# Del {part}\n\nDokument {number}, version {version}. " + f"Mening {part} om sak {part * 7}. " * 8
            for part in range(PASSAGES)
        ]
        path.write_text("\n\n".join(parts), encoding="utf-8")
    if version:
        (folder / f"plan-{source.randrange(DOCUMENTS)}.md").unlink(missing_ok=True)


def incoming(folder: Path) -> list[Incoming]:
    """All documents in the folder."""
    return [Incoming(path.stem, path) for path in sorted(folder.glob("*.md"))]


def run_build(folder: Path, index: Path, server: ChromaServer | None, pause_seconds: float) -> None:
    """One whole build of the folder."""
    options = BuildOptions(full=True, workers=2, server=server)
    build(incoming(folder), index, HashEmbedder(pause_seconds), options)


def build_until(seconds: float | None, folder: Path, index: Path, server: ChromaServer | None) -> float:
    """Build in a process of its own, which is killed after `seconds`; returns how long it ran."""
    process = get_context("spawn").Process(target=run_build, args=(folder, index, server, 0.05))
    begun = time.monotonic()
    process.start()
    process.join(seconds)
    process.kill()
    process.join()
    return time.monotonic() - begun


def faults(opened: PassageIndex) -> list[str]:
    """What does not agree within a generation; empty when all does."""
    found = []
    expected = np.array(HashEmbedder().embed_documents(list(map(embedding_text, opened.passages))), np.float32)
    if not np.allclose(opened.store.passages.vectors(list(map(passage_key, opened.passages))), expected, atol=1e-6):
        found.append("vectors do not belong to the passages")
    keys = [key for passage in opened.passages for key in sentence_keys(passage)]
    texts = [text for passage in opened.passages for text in sentence_texts(passage)]
    if not np.allclose(opened.store.sentences.vectors(keys), HashEmbedder().embed_documents(texts), atol=1e-6):
        found.append("sentence vectors do not belong to the sentences")
    for passage in opened.passages:
        page = opened.page(passage.document_id, passage.page)
        if page.text[passage.start : passage.end] != passage.text:
            found.append(f"{passage.id} does not stand on its page")
    for document in opened.documents:
        stored = opened.source(document.id)
        if stored is None or hashlib.sha256(stored.read_bytes()).hexdigest() != document.sha256:
            found.append(f"the copy of {document.id} is another file")
    for row in range(0, len(opened.passages), 37):
        rows, _ = opened.nearest_passages(expected[row], 1)
        if rows.tolist() != [row]:
            found.append(f"Chroma does not find row {row}")
    return found


def main() -> int:
    """Run the rounds; 1 when any of them left a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--server", help="address of a Chroma server that keeps the vectors")
    chosen = parser.parse_args()
    server = ChromaServer(chosen.server) if chosen.server else None
    with tempfile.TemporaryDirectory() as place:
        outcomes = run_rounds(Path(place), chosen.rounds, random.Random(chosen.seed), server)
    for outcome, count in sorted(outcomes.items()):
        sys.stdout.write(f"{count:4d}  {outcome}\n")
    return 1 if any(outcome.startswith("FAULT") for outcome in outcomes) else 0


def run_rounds(place: Path, rounds: int, source: random.Random, server: ChromaServer | None) -> Counter[str]:
    """Kill `rounds` builds; what became of them."""
    folder, index = place / "documents", place / "index"
    folder.mkdir()
    write_documents(folder, 0, source)
    whole_seconds = build_until(None, folder, index, server)
    outcomes: Counter[str] = Counter()
    for number in range(1, rounds + 1):
        before = open_index(index, "hash", server).id
        write_documents(folder, number, source)
        seconds = source.uniform(0.1, 1.0) * whole_seconds
        killed = build_until(seconds, folder, index, server) >= seconds
        opened = open_index(index, "hash", server)
        outcomes[("killed, " if killed else "done, ") + ("new serves" if opened.id != before else "old serves")] += 1
        outcomes.update(f"FAULT: {fault}" for fault in faults(opened))
        opened.store.close()
    run_build(folder, index, server, 0.0)
    served = {one.id for one in open_index(index, "hash", server).documents}
    if {one.id for one in incoming(folder)} != served:
        outcomes["FAULT: the last build did not finish"] += 1
    left = [path for path in index.rglob("*") if path.name.startswith((".new-", "next-")) or path.suffix == ".new"]
    outcomes.update("FAULT: a leaving was not swept" for _ in left)
    return outcomes


if __name__ == "__main__":
    raise SystemExit(main())
