"""Refusal against answers on a folder in BEIR's layout with answers.jsonl: what each threshold would give.

    python -m benchmarks.refusal FOLDER [--most 500]

All texts of the folder are searched for each question. Printed for each threshold, the shipped one marked: the share of
the unanswerable questions refused, the share of the answerable ones refused, the token F1 of the answers to the
answerable ones (0 where refused, Rajpurkar et al. 2016; quotes are whole sentences, so that a short answer inside one
scores low), and the share of these answers that hold a right answer.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.extractive import select
from assistant.refusal import decide, enough, threshold
from benchmarks.fit_judge import answered
from benchmarks.legs import CACHE, EMBEDDER, cut_texts, text_index
from evals.matching import fold, words
from ingest.embedding.embedder import open_embedder

THRESHOLDS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question: whether a rule refuses it, how probable an answer is, and the answer's F1 and rightness, 0 to 1."""

    answerable: bool
    ruled_out: bool
    enough: float
    f1: float
    right: float


def token_f1(answer: str, gold: str) -> float:
    """Harmonic mean of the shares of the answer's and the gold's words that they have in common."""
    told, wanted = words(answer), words(gold)
    common = sum((Counter(told) & Counter(wanted)).values())
    return 2 * common / (len(told) + len(wanted)) if common else 0.0


def outcomes(folder: Path, most: int) -> Iterator[Outcome]:
    """What the assistant would do with each of at most about `most` questions."""
    embedder = open_embedder(EMBEDDER, CACHE)
    index = text_index(list(cut_texts(folder)), embedder)
    for example, gold in answered(folder, index, embedder, most):
        if not example.candidates:
            continue
        verdict = decide(example.question, example.candidates, index)
        answer = " ".join(quote.text for quote in select(example.question, example.candidates))
        yield Outcome(
            example.answerable,
            verdict is not None and verdict.certain,
            enough(example.question, example.candidates),
            max((token_f1(answer, text) for text in gold), default=0.0),
            float(any(fold(text) in fold(answer) for text in gold)),
        )


def curve(found: Sequence[Outcome], shipped: float) -> Iterator[str]:
    """The lines of a Markdown table, one for each threshold."""
    yield "| threshold | unanswerable refused | answerable refused | answer F1 | holds a right answer |"
    yield "|---|---|---|---|---|"
    for least in sorted({*THRESHOLDS, shipped}):
        refused = np.array([one.ruled_out or one.enough < least for one in found])
        answerable = np.array([one.answerable for one in found])
        told = answerable & ~refused
        f1, right = (np.array([getattr(one, name) for one in found]) for name in ("f1", "right"))
        cells = (
            refused[~answerable].mean(),
            refused[answerable].mean(),
            (f1 * told)[answerable].mean(),
            (right * told)[answerable].mean(),
        )
        mark = " (shipped)" if least == shipped else ""
        yield f"| {least:.3f}{mark} | {' | '.join(f'{cell:.3f}' for cell in cells)} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the curve."""
    parser = ArgumentParser(prog="python -m benchmarks.refusal", description="What each threshold of refusal gives.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--most", type=int, default=500, help="questions taken of the folder")
    chosen = parser.parse_args(arguments)
    found = list(outcomes(chosen.folder, chosen.most))
    sys.stdout.write("\n".join(curve(found, threshold())) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
