"""Kills a build with signal 9 at random moments, many times over, and looks at what is left each time.

    python benchmarks/kill.py [--rounds 50] [--seed 1]

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
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ingest.build.building import build  # noqa: E402
from ingest.build.planning import BuildOptions  # noqa: E402
from ingest.store.passage_index import open_index  # noqa: E402
from ingest.store.records import Incoming  # noqa: E402
from ingest.store.rows import passage_key, sentence_texts  # noqa: E402

DOCUMENTS = 12
PASSAGES = 30


class HashEmbedder:
    """A vector made from the text's hash, after a pause as long as a real embedder's."""

    name = "hash"
    dimension = 64

    def __init__(self, pause_seconds: float = 0.0) -> None:
        self.pause_seconds = pause_seconds

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows of shape (texts, 64)."""
        time.sleep(self.pause_seconds)
        seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) for text in texts]
        rows = np.array([np.random.default_rng(seed).normal(size=self.dimension) for seed in seeds], np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """A unit vector of shape (64,)."""
        return np.asarray(self.embed_passages([text])[0], np.float32)


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


def run_build(folder: Path, index: Path, pause_seconds: float) -> None:
    """One whole build of the folder."""
    build(incoming(folder), index, HashEmbedder(pause_seconds), BuildOptions(full=True, workers=2))


def build_until(seconds: float | None, folder: Path, index: Path) -> float:
    """Build in a process of its own, which is killed after `seconds`; returns how long it ran."""
    process = get_context("spawn").Process(target=run_build, args=(folder, index, 0.05))
    begun = time.monotonic()
    process.start()
    process.join(seconds)
    process.kill()
    process.join()
    return time.monotonic() - begun


def faults(index: Path) -> list[str]:
    """What does not agree within the generation that serves; empty when all does."""
    opened = open_index(index, "hash")
    found = []
    expected = HashEmbedder().embed_passages(
        ["\n".join((*passage.section[-2:], passage.text)) for passage in opened.passages]
    )
    keys = list(map(passage_key, opened.passages))
    stored = opened.store.passages.vectors(keys)
    if not np.allclose([stored[key] for key in keys], expected, atol=1e-6):
        found.append("vectors do not belong to the passages")
    for own, passage in zip(opened.sentence_vectors(range(len(keys))), opened.passages, strict=True):
        if not np.allclose(own, HashEmbedder().embed_passages(sentence_texts(passage)), atol=1e-6):
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
    opened.store.close()
    return found


def main() -> int:
    """Run the rounds; 1 when any of them left a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        return run_rounds(Path(place), chosen.rounds, random.Random(chosen.seed))


def run_rounds(place: Path, rounds: int, source: random.Random) -> int:
    """Kill `rounds` builds; print what became of them."""
    folder, index = place / "documents", place / "index"
    folder.mkdir()
    write_documents(folder, 0, source)
    whole_seconds = build_until(None, folder, index)
    outcomes: Counter[str] = Counter()
    for number in range(1, rounds + 1):
        before = open_index(index).id
        write_documents(folder, number, source)
        seconds = source.uniform(0.1, 1.0) * whole_seconds
        if (taken := build_until(seconds, folder, index)) < seconds:
            whole_seconds = taken
            outcomes["finished first"] += 1
        else:
            outcomes["killed, new serves" if open_index(index).id != before else "killed, old serves"] += 1
        for fault in faults(index):
            outcomes[f"FAULT: {fault}"] += 1
    run_build(folder, index, 0.0)
    wanted, served = {one.id for one in incoming(folder)}, {one.id for one in open_index(index).documents}
    if wanted != served:
        outcomes["FAULT: the last build did not finish"] += 1
    if left := [path for path in index.rglob("*") if path.name.startswith((".new-", "next-")) or path.suffix == ".new"]:
        outcomes[f"FAULT: {len(left)} leavings were not swept"] += 1
    for outcome, count in sorted(outcomes.items()):
        sys.stdout.write(f"{count:4d}  {outcome}\n")
    sys.stdout.write(f"a whole build takes {whole_seconds:.1f} s\n")
    return 1 if any(outcome.startswith("FAULT") for outcome in outcomes) else 0


if __name__ == "__main__":
    raise SystemExit(main())
