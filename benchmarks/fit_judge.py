"""Fits the weights of the sentence judge and of the refusal, and writes assistant/judge.json.

    python -m benchmarks.fit_judge --asked QUESTIONS.jsonl=INDEX … --answers FOLDER …

`--asked` names a question file of this project's format with the index of its documents; `--answers` a folder in BEIR's
layout with answers.jsonl (answers, unanswerable, source_passage). Both models are logistic regressions with an L2
penalty, fitted by Newton's method; every question counts alike within its set, and each set by its weight. The
threshold of refusal is the quantile of the answerable questions that `--over-refusal` names.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import assistant.judge
from assistant.followup import resolve
from assistant.glossary import in_swedish
from assistant.guard import is_foreign, refusal_before_search
from assistant.judge import FEATURES, Candidate, judge
from assistant.question import Question, read_question
from assistant.refusal import ENOUGH_FEATURES, enough_features
from assistant.search import search
from benchmarks.legs import CACHE, EMBEDDER, cut_texts, text_index
from evals.matching import fold, holds_evidence
from evals.questions import load_questions
from ingest.embedding.embedder import Embedder, open_embedder
from ingest.store.passage_index import PassageIndex, open_index

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """One question with its judged sentences, which of them are right, and whether there is an answer at all."""

    question: Question
    candidates: tuple[Candidate, ...]
    right: tuple[bool, ...]
    answerable: bool


@dataclass(frozen=True, slots=True)
class ExampleSet:
    """The examples of one source and how much they count together."""

    name: str
    weight: float
    examples: tuple[Example, ...]


def main() -> None:
    """Read the sets, fit, write, and say how well the weights do on each."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--asked", nargs="*", default=[], metavar="QUESTIONS=INDEX")
    parser.add_argument("--answers", nargs="*", default=[], type=Path, metavar="FOLDER")
    parser.add_argument("--answers-weight", type=float, default=0.2)
    parser.add_argument("--most", type=int, default=800, help="questions taken of each folder")
    parser.add_argument("--over-refusal", type=float, default=0.04)
    parser.add_argument("--write", type=Path, default=Path(assistant.judge.__file__).with_name("judge.json"))
    chosen = parser.parse_args()
    _neutral(chosen.write)
    embedder = open_embedder(EMBEDDER, CACHE)
    sets = [ExampleSet(pair, 1.0, tuple(_asked(*pair.split("=", 1), embedder))) for pair in chosen.asked] + [
        ExampleSet(folder.name, chosen.answers_weight, tuple(_answered(folder, embedder, chosen.most)))
        for folder in chosen.answers
    ]
    weights = _fit_sentences(sets)
    rescored = [replace(one, examples=tuple(_rescored(one.examples, weights))) for one in sets]
    enough = _fit_enough(rescored)
    own = [one for one in rescored if "=" in one.name]
    threshold = _threshold(own or rescored, enough, chosen.over_refusal)
    stored = {
        "weights": dict(zip(FEATURES, (round(float(w), 4) for w in weights), strict=True)),
        "enough": dict(zip(ENOUGH_FEATURES, (round(float(w), 4) for w in enough), strict=True)),
        "thresholds": {"enough": round(threshold, 4)},
    }
    chosen.write.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    for one in rescored:
        print(_report(one, enough, threshold))  # noqa: T201


def _neutral(path: Path) -> None:
    """Weights of 0 for every feature, so that features may be added and removed between fits."""
    zero = {
        "weights": dict.fromkeys(FEATURES, 0.0),
        "enough": dict.fromkeys(ENOUGH_FEATURES, 0.0),
        "thresholds": {"enough": 0.5},
    }
    path.write_text(json.dumps(zero), encoding="utf-8")


def _asked(questions: str, index_directory: str, embedder: Embedder) -> Iterator[Example]:
    index = open_index(Path(index_directory), embedder.name)
    for gold in load_questions(Path(questions)):
        question = read_question(resolve(gold.question, gold.history).standalone)
        question = in_swedish(question) if question.english else question
        candidates = _judged(index, question, embedder)
        right = tuple(gold.answerable and any(_proves(c.text, e) for e in gold.evidence) for c in candidates)
        yield Example(question, candidates, right, gold.answerable)


def _proves(sentence: str, evidence: str) -> bool:
    short = fold(sentence).strip("• ")
    return holds_evidence(sentence, evidence) or (len(short) > 15 and short in fold(evidence))


def answered(
    folder: Path, index: PassageIndex, embedder: Embedder, most: int
) -> Iterator[tuple[Example, tuple[str, ...]]]:
    """About `most` of the folder's questions, each judged over the index of its texts, with its right answers."""
    gold = {a["_id"]: a for a in map(json.loads, (folder / "answers.jsonl").read_text(encoding="utf-8").splitlines())}
    queries = [json.loads(line) for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()]
    for query in queries[:: max(1, len(queries) // most)]:
        answer = gold[query["_id"]]
        question = read_question(query["text"])
        candidates = _judged(index, question, embedder)
        right = tuple(
            not answer["unanswerable"]
            and candidate.passage.document_id == answer["source_passage"]
            and any(fold(text) in fold(candidate.text) for text in answer["answers"])
            for candidate in candidates
        )
        yield Example(question, candidates, right, not answer["unanswerable"]), tuple(answer["answers"])


def _answered(folder: Path, embedder: Embedder, most: int) -> Iterator[Example]:
    index = text_index(list(cut_texts(folder)), embedder)
    return (example for example, _ in answered(folder, index, embedder, most))


def _judged(index: PassageIndex, question: Question, embedder: Embedder) -> tuple[Candidate, ...]:
    return judge(question, index, search(index, question, embedder.embed_query(question.text)))


def _fit_sentences(sets: Sequence[ExampleSet]) -> Floats:
    rows, right, weight = [], [], []
    for one in sets:
        for example in one.examples:
            rows.append(np.array([candidate.features for candidate in example.candidates]))
            right.append(np.array(example.right, dtype=float))
            weight.append(np.full(len(example.candidates), 10 * one.weight / max(1, len(example.candidates))))
    return logistic(np.vstack(rows), np.concatenate(right), np.concatenate(weight))


def _rescored(examples: Sequence[Example], weights: Floats) -> Iterator[Example]:
    for example in examples:
        scores = 1 / (1 + np.exp(-np.array([c.features for c in example.candidates]) @ weights))
        order = np.argsort(-scores, kind="stable")
        yield replace(
            example,
            candidates=tuple(replace(example.candidates[i], probability=float(scores[i])) for i in order),
            right=tuple(example.right[i] for i in order),
        )


def _open(examples: Sequence[Example]) -> list[Example]:
    """The examples that reach the decision: the others are refused before."""
    return [
        e for e in examples if e.candidates and not refusal_before_search(e.question) and not is_foreign(e.question)
    ]


def _fit_enough(sets: Sequence[ExampleSet]) -> Floats:
    """Answerable and unanswerable questions of a set count alike, however many there are of each."""
    rows, right, weight = [], [], []
    for one in sets:
        examples = _open(one.examples)
        yes = sum(example.answerable for example in examples)
        for example in examples:
            of_kind = yes if example.answerable else len(examples) - yes
            if yes in (0, len(examples)):
                continue
            rows.append(enough_features(example.question, example.candidates))
            right.append(float(example.answerable))
            weight.append(50 * one.weight / of_kind)
    return logistic(np.array(rows), np.array(right), np.array(weight))


def _threshold(sets: Sequence[ExampleSet], weights: Floats, over_refusal: float) -> float:
    answerable = [e for one in sets for e in _open(one.examples) if e.answerable]
    return float(np.quantile([_enough(e, weights) for e in answerable], over_refusal))


def _enough(example: Example, weights: Floats) -> float:
    return float(1 / (1 + np.exp(-np.array(enough_features(example.question, example.candidates)) @ weights)))


def logistic(rows: Floats, right: Floats, weight: Floats, penalty: float = 1.0) -> Floats:
    """Weights of a logistic regression with an L2 penalty on all but the first column, by Newton's method.

    `rows` has shape (n, features), `right` (n,) of 0 and 1, `weight` (n,).
    """
    solution = np.zeros(rows.shape[1])
    ridge = penalty * np.eye(rows.shape[1])
    ridge[0, 0] = 1e-6
    for _ in range(60):
        chance = 1 / (1 + np.exp(-rows @ solution))
        gradient = rows.T @ (weight * (chance - right)) + ridge @ solution
        curvature = (rows * (weight * chance * (1 - chance))[:, None]).T @ rows + ridge
        step = np.linalg.solve(curvature, gradient)
        solution = solution - step
        if np.abs(step).max() < 1e-7:
            break
    return solution


def _report(one: ExampleSet, enough: Floats, threshold: float) -> str:
    answerable = [e for e in one.examples if e.answerable and e.candidates]
    first = np.mean([e.right[0] for e in answerable]) if answerable else float("nan")
    open_ones = _open(one.examples)
    over = [_enough(e, enough) < threshold for e in open_ones if e.answerable]
    refused = [_enough(e, enough) < threshold for e in open_ones if not e.answerable]
    text = (
        f"{one.name}: {len(one.examples)} questions, right sentence first {first:.3f}, over-refusal {np.mean(over):.3f}"
    )
    return text + (f", refused of the unanswerable {np.mean(refused):.3f}" if refused else "")


if __name__ == "__main__":
    main()
