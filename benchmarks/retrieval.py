"""Search legs measured on question sets in BEIR's layout.

    python -m benchmarks.retrieval FOLDER [FOLDER …] [--leg NAME …] [--sample N] [--lang sv]

A folder holds corpus.jsonl (_id, title, text), queries.jsonl (_id, text) and qrels/test.tsv (query-id, corpus-id,
score). Printed for each leg: nDCG@10, recall@5 and MRR@10 with 95 % intervals, and each pair of legs compared question
by question. A leg is named as in `benchmarks/legs.py`, or as module:function for any other `Ranker`.
"""

from __future__ import annotations

import csv
import importlib
import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from evals.bootstrap import estimate, paired
from evals.metrics import dcg

Ranker = Callable[[Sequence[str]], Callable[[str], Sequence[int]]]
"""Takes the texts and returns a search: query to the numbers (from 0) of the texts it finds, best first."""

MEASURES = ("ndcg@10", "recall@5", "mrr@10")
DEFAULT_LEGS = ("passage", "sentence", "lexical", "search")


@dataclass(frozen=True, slots=True)
class Query:
    """A question and the grade of each relevant text: corpus id to a number above 0."""

    id: str
    text: str
    grades: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Dataset:
    """Texts with their ids, in the same order, and the questions that have a relevant text among them."""

    name: str
    ids: tuple[str, ...]
    texts: tuple[str, ...]
    queries: tuple[Query, ...]


def load_dataset(folder: Path, titles: bool = False, lang: str | None = None) -> Dataset:
    """Read a folder. Questions without a relevant text are left out: there is nothing to rank for them.

    `titles` puts the title before the text. `lang` keeps the questions whose metadata name that language. Raises
    ValueError for relevance judgements about texts that are not there.
    """
    corpus = _records(folder / "corpus.jsonl")
    ids = tuple(str(record["_id"]) for record in corpus)
    texts = tuple(
        f"{record.get('title', '')}\n{record['text']}" if titles else str(record["text"]) for record in corpus
    )
    grades: dict[str, dict[str, int]] = {}
    with (folder / "qrels" / "test.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if int(row["score"]) > 0:
                grades.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
    unknown = {text for judged in grades.values() for text in judged} - set(ids)
    if unknown:
        raise ValueError(f"{folder}: judgements about texts that are not in the corpus, such as {min(unknown)}")
    queries = tuple(
        Query(str(record["_id"]), str(record["text"]), grades[str(record["_id"])])
        for record in _records(folder / "queries.jsonl")
        if str(record["_id"]) in grades and (lang is None or _language(record) == lang)
    )
    return Dataset(folder.name, ids, texts, queries)


def sampled(dataset: Dataset, count: int, seed: int = 0) -> Dataset:
    """The data set with at most `count` of its questions, drawn with `seed`, in their order."""
    if count >= len(dataset.queries):
        return dataset
    chosen = np.random.default_rng(seed).choice(len(dataset.queries), size=count, replace=False)
    return Dataset(dataset.name, dataset.ids, dataset.texts, tuple(dataset.queries[i] for i in sorted(chosen)))


def judge(query: Query, ranked: Sequence[str]) -> dict[str, float]:
    """MEASURES of one ranking of corpus ids.

    nDCG@10: DCG of the grades over that of the best order (Järvelin and Kekäläinen, 2002). Recall@5: share of the
    relevant texts among the first five. MRR@10: 1 / rank of the first relevant text, 0 beyond ten.
    """
    gains = [float(query.grades.get(name, 0)) for name in ranked[:10]]
    ideal = sorted((float(grade) for grade in query.grades.values()), reverse=True)[:10]
    first = next((rank for rank, gain in enumerate(gains, start=1) if gain > 0), None)
    return {
        "ndcg@10": dcg(gains) / dcg(ideal),
        "recall@5": sum(gain > 0 for gain in gains[:5]) / len(query.grades),
        "mrr@10": 1 / first if first else 0.0,
    }


def run(dataset: Dataset, ranker: Ranker) -> dict[str, list[float]]:
    """Each measure for each question, in the order of the data set's questions."""
    search = ranker(dataset.texts)
    judged = [judge(query, [dataset.ids[i] for i in search(query.text)[:10]]) for query in dataset.queries]
    return {name: [one[name] for one in judged] for name in MEASURES}


def table(results: Mapping[str, Mapping[str, Sequence[float]]]) -> str:
    """A Markdown table of legs by measures, figures with their 95 % intervals."""
    lines = [f"| leg | {' | '.join(MEASURES)} |", f"|---|{'---|' * len(MEASURES)}"]
    for leg, measures in results.items():
        figures = [estimate(measures[name]) for name in MEASURES]
        cells = [f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}]" if one.n else "–" for one in figures]
        lines.append(f"| {leg} | {' | '.join(cells)} |")
    return "\n".join(lines)


def comparison(results: Mapping[str, Mapping[str, Sequence[float]]]) -> str:
    """For each pair of legs the difference (second less first) by measure, paired by question; * where 0 is outside."""
    lines = [f"| second − first | {' | '.join(MEASURES)} |", f"|---|{'---|' * len(MEASURES)}"]
    for a, b in combinations(results, 2):
        differences = [paired(results[a][name], results[b][name]) for name in MEASURES]
        cells = [f"{one.value:+.3f} [{one.low:+.3f}, {one.high:+.3f}]{'*' * one.sure}" for one in differences]
        lines.append(f"| {b} − {a} | {' | '.join(cells)} |")
    return "\n".join(lines)


def find_leg(name: str) -> Ranker:
    """The leg of that name in benchmarks.legs, or the one that "module:function" names."""
    module, _, function = name.rpartition(":")
    found: Ranker = getattr(importlib.import_module(module or "benchmarks.legs"), function)
    return found


def _records(path: Path) -> list[dict[str, object]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def _language(record: Mapping[str, object]) -> object:
    metadata = record.get("metadata")
    return metadata.get("lang") if isinstance(metadata, dict) else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table for each folder; 2 for a folder that cannot be read."""
    parser = ArgumentParser(prog="python -m benchmarks.retrieval", description="Measure search legs on BEIR folders.")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--leg", action="append", help=f"repeatable; default {', '.join(DEFAULT_LEGS)}")
    parser.add_argument("--sample", type=int, default=0, help="at most so many questions of each folder")
    parser.add_argument("--lang", help="only questions in this language, where the folder tells")
    parser.add_argument("--titles", action="store_true", help="put the title before each text")
    given = parser.parse_args(arguments)
    for folder in given.folders:
        try:
            dataset = load_dataset(folder, given.titles, given.lang)
        except (OSError, ValueError, KeyError) as error:
            sys.stderr.write(f"{folder} is not a folder in BEIR's layout: {error}\n")
            return 2
        if given.sample:
            dataset = sampled(dataset, given.sample)
        results = {}
        for name in given.leg or DEFAULT_LEGS:
            started = time.perf_counter()
            results[name] = run(dataset, find_leg(name))
            sys.stderr.write(f"{dataset.name} {name}: {time.perf_counter() - started:.1f} s\n")
        sys.stdout.write(f"## {dataset.name}: {len(dataset.texts)} texts, {len(dataset.queries)} questions\n\n")
        sys.stdout.write(f"{table(results)}\n\n")
        if len(results) > 1 and dataset.queries:
            sys.stdout.write(f"{comparison(results)}\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
