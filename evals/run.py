"""A run: every question of a file asked and judged, the answers, figures and report written to a folder.

answers.jsonl   one answer record a line, with the question's id, its `scores` and the measures it fails
metrics.json    the figures over all questions and by kind, each with n and a 95 % interval
report.html     the same for people, in Swedish
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answers import Answer
from evals.answers import read_record
from evals.bootstrap import Estimate
from evals.gate import (
    Baseline,
    Breach,
    Fingerprints,
    breaches,
    fingerprint_corpus,
    fingerprint_questions,
    load_baseline,
    require_same,
)
from evals.questions import Question, absent_evidence, load_questions
from evals.reliability import reliability
from evals.report import Circumstances, describe, render_report
from evals.scoring import Judged, failures, is_right, score, summarise
from ingest.errors import BadQuestion, RusError

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from ingest.store.passage_index import PassageIndex


_TOLD = ("rus-assistent", "chromadb", "langchain", "sentence-transformers", "torch", "onnxruntime", "bm25s", "numpy")
"""Packages whose versions the report tells."""


def evaluate(
    assistant: Assistant,
    questions_path: Path,
    out: Path,
    baseline: Path | None = None,
    say: Callable[[str], None] | None = None,
    jobs: int = 1,
    settings: Mapping[str, str] | None = None,
) -> int:
    """Ask every question, write the three files to `out` (made if missing) and hold the figures against `baseline`.

    `say` gets the Swedish messages, without it they go to standard error. `jobs` questions are asked at a time, with
    the same answers. `settings` are shown in the report. Returns the exit code: 0; 1 below the baseline; 2 where the
    question file, the baseline or the folder cannot be used, before anything is asked.
    """
    say = say or _say_on_stderr
    try:
        questions = load_questions(questions_path)
        fingerprints = Fingerprints(fingerprint_questions(questions_path), _fingerprint_index(assistant.index))
        limits = load_baseline(baseline) if baseline else None
        if limits:
            require_same(limits, fingerprints)
        out.mkdir(parents=True, exist_ok=True)
    except RusError as error:
        say(error.message)
        return 2
    except OSError as error:
        say(f"Mappen {out} kan inte användas ({error}): ange en annan med --out.")
        return 2
    notes = absent_evidence(questions, _document_texts(assistant.index))
    for note in notes:
        say(note)
    judged = judge(assistant, questions, jobs)
    figures = summarise([one.scores for one in judged])
    broken = breaches(limits, figures) if limits else ()
    _write(out, judged, figures, fingerprints, limits, broken, circumstances(settings or {}, notes))
    for breach in broken:
        say(describe(breach))
    passed = sum(not one.failed for one in judged)
    say(f"{passed} av {len(judged)} frågor godkända. Rapporten: {out / 'report.html'}")
    return 1 if broken else 0


def judge(assistant: Assistant, questions: Sequence[Question], jobs: int = 1) -> tuple[Judged, ...]:
    """Ask the questions, `jobs` at a time, and score the answers; in the questions' order."""
    with ThreadPoolExecutor(jobs) as pool:
        return tuple(pool.map(lambda question: _judged(assistant, question), questions))


def circumstances(settings: Mapping[str, str], notes: tuple[str, ...]) -> Circumstances:
    """The circumstances of a run made now, with the versions of what it runs on."""
    versions = {"Python": platform.python_version()}
    for package in _TOLD:
        with suppress(PackageNotFoundError):  # run from a checkout, or without an optional package
            versions[package] = version(package)
    return Circumstances(datetime.now().astimezone().isoformat(" ", "minutes"), settings, versions, notes)


def _judged(assistant: Assistant, question: Question) -> Judged:
    record = _ask(assistant, question).to_record(question.id)
    answer = read_record(record)
    scores = score(question, answer, lambda document, page: _page_text(assistant.index, document, page))
    return Judged(question, record, answer, scores, failures(question, scores))


def _document_texts(index: PassageIndex) -> dict[str, str]:
    """The whole text of each document, pages in order."""
    texts = {}
    for document in index.documents:
        numbers = [None] if document.page_count is None else range(1, document.page_count + 1)
        texts[document.id] = "\n".join(_page_text(index, document.id, number) or "" for number in numbers)
    return texts


def _say_on_stderr(message: str) -> None:
    sys.stderr.write(f"{message}\n")


def _ask(assistant: Assistant, question: Question) -> Answer:
    """The answer; a question that the assistant turns down (empty, too long) counts as refused, with its message."""
    try:
        return assistant.ask(question.question, history=question.history)
    except BadQuestion as error:
        return Answer(
            question=question.question,
            standalone_question=question.question,
            text=error.message,
            status="refused",
            refusal=None,
            citations=(),
            hits=(),
            rows=None,
            generator="none",
            search_seconds=0.0,
            answer_seconds=0.0,
            index_id=assistant.index.id,
        )


def _page_text(index: PassageIndex, document_id: str, page: int | None) -> str | None:
    try:
        return index.page(document_id, page).text
    except LookupError:  # a citation of a page that does not exist: judged as not verbatim
        return None


def _fingerprint_index(index: PassageIndex) -> str:
    return fingerprint_corpus([(document.id, document.sha256) for document in index.documents])


def _write(
    out: Path,
    judged: Sequence[Judged],
    figures: dict[str, Estimate],
    fingerprints: Fingerprints,
    limits: Baseline | None,
    broken: Sequence[Breach],
    told: Circumstances,
) -> None:
    kinds = sorted({one.question.kind for one in judged})
    by_kind = {kind: summarise([one.scores for one in judged if one.question.kind == kind]) for kind in kinds}
    sure = [(one.answer.confidence, is_right(one)) for one in judged if one.answer.confidence is not None]
    trust = reliability([confidence for confidence, _ in sure], [right for _, right in sure])
    record = {
        "questions": len(judged),
        "passed": sum(not one.failed for one in judged),
        "index_id": judged[0].answer.index_id,
        "generators": sorted({one.answer.generator for one in judged}),
        "fingerprints": {"questions_sha256": fingerprints.questions, "corpus_sha256": fingerprints.corpus},
        "overall": _figures_record(figures),
        "by_kind": {kind: _figures_record(of_kind) for kind, of_kind in by_kind.items()},
        "confidence": asdict(trust) if trust else None,
        "breaches": [asdict(breach) for breach in broken],
    }
    lines = [json.dumps(_answer_record(one), ensure_ascii=False) for one in judged]
    (out / "answers.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (out / "metrics.json").write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    page = render_report(judged, figures, by_kind, limits, broken, trust, told)
    (out / "report.html").write_text(page, encoding="utf-8")


def _answer_record(one: Judged) -> dict[str, object]:
    return {
        **one.record,
        "kind": one.question.kind,
        "scores": dict(one.scores),
        "failed": list(one.failed),
    }


def _figures_record(figures: dict[str, Estimate]) -> dict[str, object]:
    """Figures by measure; the timings "seconds_p50/search" nested as seconds_p50: {search: …}."""
    record: dict[str, object] = {}
    nested: dict[str, dict[str, object]] = {}
    for name, figure in figures.items():
        outer, _, inner = name.partition("/")
        if inner:
            nested.setdefault(outer, {})[inner] = asdict(figure)
        else:
            record[name] = asdict(figure)
    return {**record, **nested}
