"""What each part of search is worth: the shipped setting with one part changed, compared question by question.

    python -m benchmarks.ablation [FOLDER …] [--asked QUESTIONS.jsonl=INDEX …]

FOLDER is in BEIR's layout, each of its texts one passage without headings. `--asked` names a question file of this
project's format with the index of its documents; a passage is relevant there when it holds evidence. Printed for each:
recall@5, MRR@10 and nDCG@10 of the shipped setting with their 95 % intervals, and for each other setting the difference
to it, * where 0 lies outside the interval.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from assistant.followup import resolve
from assistant.glossary import in_swedish
from assistant.judge import judge, rerank
from assistant.library import Library
from assistant.question import Question, read_question
from assistant.search import Findings, Weights, search
from assistant.synonyms import Synonyms
from benchmarks.legs import CACHE, EMBEDDER, TextIndex, text_index, vectors, whole
from benchmarks.retrieval import load_dataset, sampled
from evals.bootstrap import estimate, paired
from evals.matching import holds_evidence
from evals.metrics import ndcg_at, recall_at, reciprocal_rank
from evals.questions import load_questions
from ingest.embedding.embedder import Embedder, open_embedder
from ingest.store.lexical import LexicalIndex
from ingest.store.passage_index import PassageIndex

MEASURES = ("recall@5", "mrr@10", "ndcg@10")
_DEPTH = 10
Relevant = tuple[frozenset[int], ...]
"""For each piece of evidence the rows of the passages that hold it."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A question as typed and as understood, its vector, its further words, and the rows that hold each evidence."""

    typed: Question
    question: Question
    vector: NDArray[np.float32]
    expansion: str
    relevant: Relevant


@dataclass(frozen=True, slots=True, eq=False)
class Collection:
    """An index with its cases, and the same passages indexed without headings and without n-grams."""

    name: str
    index: PassageIndex
    unheaded: PassageIndex
    stems: PassageIndex
    cases: tuple[Case, ...]


Setting = Callable[[Collection, Case], Findings]


def _fused(case: Case, index: PassageIndex, weights: Weights | None = None) -> Findings:
    return search(index, case.question, case.vector, case.expansion, weights=weights)


def _judged(case: Case, index: PassageIndex, findings: Findings) -> Findings:
    return rerank(findings, judge(case.question, index, findings))


def _shipped(collection: Collection, case: Case) -> Findings:
    return _judged(case, collection.index, _fused(case, collection.index))


def _weighed(passage: float, sentence: float, lexical: float) -> Setting:
    weights = Weights(passage, sentence, lexical)
    return lambda all_, case: _fused(case, all_.index, weights)


def _plain(all_: Collection, case: Case) -> Findings:
    """As typed: no glossary, no abbreviations spelled out, no synonyms."""
    return _judged(case, all_.index, search(all_.index, case.typed, case.vector))


SETTINGS: Mapping[str, Setting] = {
    "without the judge": _weighed(1, 1, 1),
    "passage vectors alone": _weighed(1, 0, 0),
    "sentence vectors alone": _weighed(0, 1, 0),
    "BM25 alone": _weighed(0, 0, 1),
    "no judge, no passage vectors": _weighed(0, 1, 1),
    "no judge, no sentence vectors": _weighed(1, 0, 1),
    "no judge, no BM25": _weighed(1, 1, 0),
    "BM25 without compounds (stems alone)": lambda all_, case: _judged(case, all_.stems, _fused(case, all_.stems)),
    "no titles and headings": lambda all_, case: _judged(case, all_.unheaded, _fused(case, all_.unheaded)),
    "no glossary, abbreviations, synonyms": _plain,
}


def _translated(question: Question) -> str:
    return " ".join(question.terms) if question.english else ""


def of_folder(folder: Path, embedder: Embedder, sample: int) -> Collection:
    """The texts of a folder in BEIR's layout, and its questions or `sample` of them."""
    dataset = load_dataset(folder)
    row = {name: number for number, name in enumerate(dataset.ids)}
    questions = sampled(dataset, sample).queries if sample else dataset.queries
    cases = tuple(
        _case(query.text, embedder, _translated, tuple(frozenset({row[name]}) for name in query.grades))
        for query in questions
    )
    index = text_index(whole(dataset.texts), embedder)
    return Collection(dataset.name, index, index, _changed(index, lexical=_stems(index)), cases)


def of_questions(path: Path, directory: Path, embedder: Embedder) -> Collection:
    """The questions of a file that have evidence, over an index of their documents."""
    library = Library(directory, embedder, Synonyms())
    index, texts = library.index, [one.text for one in library.index.passages]
    cases = []
    for gold in load_questions(path):
        relevant = tuple(
            frozenset(row for row, text in enumerate(texts) if holds_evidence(text, piece)) for piece in gold.evidence
        )
        if relevant:
            cases.append(_case(resolve(gold.question, gold.history).standalone, embedder, library.expansion, relevant))
    unheaded = _changed(
        text_index(index.passages, embedder),
        passages=[replace(one, title="", section=()) for one in index.passages],
        passage_vectors=vectors(embedder, texts),
        sentence_vectors=vectors(embedder, [one.text[a:b] for one in index.passages for a, b in one.sentences]),
        lexical=LexicalIndex.build(texts),
    )
    return Collection(
        path.name, index, unheaded, _changed(text_index(index.passages, embedder), lexical=_stems(index)), tuple(cases)
    )


def _case(text: str, embedder: Embedder, expand: Callable[[Question], str], relevant: Relevant) -> Case:
    typed = read_question(text)
    question = in_swedish(typed) if typed.english else typed
    return Case(typed, question, embedder.embed_query(text), expand(question), relevant)


def _stems(index: PassageIndex) -> LexicalIndex:
    return LexicalIndex.build([one.headed_text for one in index.passages], sizes=())


def _changed(index: PassageIndex, **parts: object) -> PassageIndex:
    """The index with some of its parts replaced."""
    same = {part.name: getattr(index, part.name) for part in fields(TextIndex)}
    return cast(PassageIndex, TextIndex(**(same | parts)))  # type: ignore[arg-type]


def scores(collection: Collection, setting: Setting) -> dict[str, list[float]]:
    """MEASURES of each case, in order. Recall is the share of the evidence found, 0 to 1."""
    found: dict[str, list[float]] = {name: [] for name in MEASURES}
    for case in collection.cases:
        order = setting(collection, case).order[:_DEPTH].tolist()
        ranks = [next((rank for rank, row in enumerate(order, 1) if row in rows), None) for rows in case.relevant]
        found["recall@5"].append(recall_at(ranks, 5) or 0.0)
        found["mrr@10"].append(reciprocal_rank(ranks, _DEPTH) or 0.0)
        found["ndcg@10"].append(ndcg_at(ranks, _DEPTH) or 0.0)
    return found


def table(collection: Collection) -> Iterator[str]:
    """The lines of a Markdown table: the shipped setting, and what each other one differs by."""
    yield f"| {collection.name}, {len(collection.cases)} questions | {' | '.join(MEASURES)} |"
    yield f"|---|{'---|' * len(MEASURES)}"
    shipped = scores(collection, _shipped)
    figures = [estimate(shipped[name]) for name in MEASURES]
    yield f"| shipped | {' | '.join(f'{one.value:.3f} [{one.low:.3f}, {one.high:.3f}]' for one in figures)} |"
    for name, setting in SETTINGS.items():
        other = scores(collection, setting)
        if other == shipped:
            continue
        differences = [paired(shipped[measure], other[measure]) for measure in MEASURES]
        cells = [f"{one.value:+.3f} [{one.low:+.3f}, {one.high:+.3f}]{'*' * one.sure}" for one in differences]
        yield f"| {name} | {' | '.join(cells)} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table for each folder and question file."""
    parser = ArgumentParser(prog="python -m benchmarks.ablation", description="What each part of search is worth.")
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--asked", nargs="*", default=[], metavar="QUESTIONS=INDEX")
    parser.add_argument("--sample", type=int, default=0, help="at most so many questions of each folder")
    chosen = parser.parse_args(arguments)
    embedder = open_embedder(EMBEDDER, CACHE)
    collections = [of_folder(folder, embedder, chosen.sample) for folder in chosen.folders]
    for pair in chosen.asked:
        questions, _, directory = pair.partition("=")
        collections.append(of_questions(Path(questions), Path(directory), embedder))
    for collection in collections:
        sys.stdout.write("\n".join(table(collection)) + "\n\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
