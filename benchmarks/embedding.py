"""Search quality and speed of embedders on a folder in BEIR layout: `python -m benchmarks.embedding FOLDER [NAME …]`.

The folder holds `corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv`. Every passage is ranked by its dot product with
the question; there is no lexical leg. Printed per embedder: nDCG@10 and recall@5 over the questions, passages a second
of wall time, and the median time of a question in milliseconds.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from evals.metrics import ndcg_at, recall_at
from ingest.embedding.embedder import ONNX_MODEL, TRANSFORMER_MODEL, Embedder, open_embedder


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Passages by id, questions by id, and the ids of the passages that answer each question."""

    passages: dict[str, str]
    questions: dict[str, str]
    relevant: dict[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Figures:
    """What an embedder reached. Quality from 0 to 1."""

    ndcg_at_10: float
    recall_at_5: float
    passages_per_second: float
    question_milliseconds: float


def load(folder: Path, maximum_questions: int) -> Benchmark:
    """Reads a folder in BEIR layout; questions without an answer in the corpus are left out."""
    relevant: dict[str, set[str]] = {}
    with (folder / "qrels" / "test.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if float(row["score"]) > 0:
                relevant.setdefault(row["query-id"], set()).add(row["corpus-id"])
    questions = {key: text for key, text in _read_texts(folder / "queries.jsonl").items() if key in relevant}
    chosen = dict(list(questions.items())[:maximum_questions])
    return Benchmark(_read_texts(folder / "corpus.jsonl"), chosen, {key: frozenset(relevant[key]) for key in chosen})


def _read_texts(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8") as file:
        return {row["_id"]: row["text"] for row in map(json.loads, file)}


def measure(embedder: Embedder, benchmark: Benchmark) -> Figures:
    """Embeds everything once and ranks every passage for every question."""
    embedder.embed_query("uppvärmning")
    started = time.perf_counter()
    passages = embedder.embed_passages(list(benchmark.passages.values()))
    seconds = time.perf_counter() - started
    row_of = {key: row for row, key in enumerate(benchmark.passages)}
    ndcg, recall, milliseconds = [], [], []
    for key, question in benchmark.questions.items():
        started = time.perf_counter()
        query = embedder.embed_query(question)
        milliseconds.append(1000 * (time.perf_counter() - started))
        order = np.argsort(-(passages @ query), kind="stable")
        rank_of_row = np.empty(len(order), int)
        rank_of_row[order] = np.arange(1, len(order) + 1)
        ranks = [int(rank_of_row[row_of[answer]]) for answer in benchmark.relevant[key]]
        ndcg.append(ndcg_at(ranks, 10) or 0.0)
        recall.append(recall_at(ranks, 5) or 0.0)
    return Figures(
        statistics.fmean(ndcg), statistics.fmean(recall), len(row_of) / seconds, statistics.median(milliseconds)
    )


def main() -> None:
    """Reads the command line and prints one line per embedder."""
    parser = argparse.ArgumentParser(description="Search quality and speed of embedders.")
    parser.add_argument("folder", type=Path, help="Folder in BEIR layout.")
    parser.add_argument("embedders", nargs="*", default=[TRANSFORMER_MODEL, ONNX_MODEL], help="Names or folders.")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--questions", type=int, default=1000, help="At most so many questions.")
    parser.add_argument("--cache", type=Path, default=user_cache_path("rus-assistent", appauthor=False))
    chosen = parser.parse_args()
    benchmark = load(chosen.folder, chosen.questions)
    sys.stdout.write(f"{len(benchmark.passages)} passages, {len(benchmark.questions)} questions\n")
    sys.stdout.write(f"{'embedder':<24} nDCG@10  recall@5  passages/s  question ms\n")
    for name in chosen.embedders:
        found = measure(open_embedder(name, chosen.cache, chosen.threads), benchmark)
        sys.stdout.write(
            f"{name:<24} {found.ndcg_at_10:7.4f}  {found.recall_at_5:8.4f}  {found.passages_per_second:10.1f}"
            f"  {found.question_milliseconds:11.1f}\n"
        )


if __name__ == "__main__":
    main()
