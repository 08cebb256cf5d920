"""How many of the truly nearest vectors Chroma's graph finds, on real sentences.

    python -m benchmarks.graph TEXTS.jsonl QUERIES.jsonl [--sentences 12000] [--queries 100]

Both files are in BEIR's layout (a field `text` a line). Prints recall and milliseconds a search at 50 and 200.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.growth import CACHE
from ingest.default_model import DEFAULT_MODEL
from ingest.embedder import open_embedder
from ingest.store.chroma import Stores
from ingest.store.records import Rows
from ingest.swedish import split_sentences

SHORTEST = 30


def texts_of(path: Path) -> Iterator[str]:
    """The texts of a file."""
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)["text"]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--sentences", type=int, default=12_000)
    parser.add_argument("--queries-used", type=int, default=100)
    chosen = parser.parse_args()
    embedder = open_embedder(DEFAULT_MODEL, CACHE)
    found = (text[start:end] for text in texts_of(chosen.texts) for start, end in split_sentences(text))
    sentences = list(dict.fromkeys(one for one in found if len(one) > SHORTEST))[: chosen.sentences]
    rows = Rows(
        [str(number) for number in range(len(sentences))], np.array(embedder.embed_documents(sentences), np.float32)
    )
    queries = [
        np.array(embedder.embed_query(text), np.float32)
        for text in list(texts_of(chosen.queries))[: chosen.queries_used]
    ]
    exact = np.argsort(-(np.stack(queries) @ rows.vectors.T), axis=1)
    with tempfile.TemporaryDirectory() as place:
        store = Stores(Path(place)).begin("graph", None)
        store.sentences.add(rows)
        for count in (50, 200):
            begun, hit = time.monotonic(), 0
            for query, best in zip(queries, exact, strict=True):
                hit += len({int(key) for key, _ in store.sentences.nearest(query, count)} & set(best[:count].tolist()))
            milliseconds = 1000 * (time.monotonic() - begun) / len(queries)
            sys.stdout.write(f"recall@{count} {hit / count / len(queries):.4f}, {milliseconds:.1f} ms\n")
        store.close()


if __name__ == "__main__":
    main()
