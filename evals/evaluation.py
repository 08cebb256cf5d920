"""A run: every question of a file asked and judged, the answers, figures and report written to a folder.

answers.jsonl   one answer record a line, with the question's id, its `scores` and the measures it fails
metrics.json    the figures over all questions and by kind, each with n and a 95 % interval
baseline.json   the limits that would hold these figures
report.html     the same for people, in Swedish: one page without scripts or outside files, with everything escaped
"""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jinja2 import Environment, PackageLoader

from assistant.answers import Answer
from evals import gate
from evals.question_file import Question, absent_evidence, load_questions
from evals.scoring import LOWER_IS_BETTER, MEASURES, TIMINGS, Estimate, Judged, judge, summarise
from ingest.errors import BadQuestion, RusError

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from ingest.store.passage_index import PassageIndex

_KIND_COLUMNS = (
    "evidence_recall@500w key_fact_recall confidently_wrong sure_share citation_precision citation_recall list_recall "
    "refusal_recall over_refusal"
).split()
_STATUS = {"answered": "besvarad", "partial": "platser att titta på", "refused": "avböjd"}
_TOLD = ("rus-assistent", "chromadb", "langchain", "sentence-transformers", "torch", "onnxruntime", "bm25s", "numpy")
"""Packages whose versions the report tells."""
_BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about the same stated confidence: its mean, the share that is right, and how many."""

    confidence: float
    right: float
    n: int


@dataclass(frozen=True, slots=True)
class Run:
    """A run: what was judged, its figures by kind of question ("" for all), and what it is held against.

    `trust` compares the stated confidence with being right, from low to high; `broken` is what missed `limits`;
    `notes` are sentences about the question file.
    """

    judged: tuple[Judged, ...]
    figures: Mapping[str, Mapping[str, Estimate]]
    trust: tuple[Bin, ...]
    fingerprints: tuple[str, str]
    limits: gate.Baseline | None
    broken: tuple[gate.Breach, ...]
    notes: tuple[str, ...]

    @property
    def passed(self) -> int:
        """How many questions fail by no measure."""
        return sum(not one.failed for one in self.judged)


def evaluate(
    assistant: Assistant,
    questions_path: Path,
    out: Path,
    say: Callable[[str], None],
    baseline: Path | None = None,
    jobs: int = 1,
    settings: Mapping[str, str] | None = None,
) -> int:
    """Ask every question, write the four files to `out` (made if missing) and hold the figures against `baseline`.

    `say` gets the Swedish messages. `jobs` questions are asked at a time, with the same answers. `settings` are shown
    in the report. Returns the exit code: 0; 1 below the baseline; 2 where the question file, the baseline or the folder
    cannot be used, before anything is asked.
    """
    try:
        questions = load_questions(questions_path)
        corpus = gate.fingerprint_corpus([(document.id, document.sha256) for document in assistant.index.documents])
        fingerprints = gate.fingerprint_questions(questions_path), corpus
        limits = gate.load_baseline(baseline) if baseline else None
        if limits:
            gate.require_same(limits, *fingerprints)
        out.mkdir(parents=True, exist_ok=True)
    except RusError as error:
        say(error.message)
        return 2
    except OSError as error:
        say(f"Mappen {out} kan inte användas ({error}): ange en annan med --out.")
        return 2
    notes = absent_evidence(questions, _document_texts(assistant.index))
    with ThreadPoolExecutor(jobs) as pool:
        judged = tuple(pool.map(lambda question: _judged(assistant, question), questions))
    figures = _figures(judged)
    broken = gate.breaches(limits, _values(figures)) if limits else ()
    run = Run(judged, figures, _trust(judged), fingerprints, limits, broken, notes)
    _write(run, out, settings or {})
    for sentence in (*notes, *map(str, broken)):
        say(sentence)
    say(f"{run.passed} av {len(judged)} frågor godkända. Rapporten: {out / 'report.html'}")
    return 1 if broken else 0


def _figures(judged: Sequence[Judged]) -> dict[str, dict[str, Estimate]]:
    kinds = sorted({one.question.kind for one in judged})
    return {kind: summarise([one.scores for one in judged if kind in ("", one.question.kind)]) for kind in ("", *kinds)}


def _values(figures: Mapping[str, Mapping[str, Estimate]]) -> dict[str, float | None]:
    return {name: one.value for name, one in figures[""].items()}


def _trust(judged: Sequence[Judged]) -> tuple[Bin, ...]:
    """The answers by stated confidence in bins of equal size (Guo et al., ICML 2017)."""
    pairs = np.asarray([(one.answer.confidence, one.right) for one in judged])
    parts = np.array_split(pairs[np.argsort(pairs[:, 0], kind="stable")], _BINS)
    return tuple(Bin(float(part[:, 0].mean()), float(part[:, 1].mean()), len(part)) for part in parts if len(part))


def _judged(assistant: Assistant, question: Question) -> Judged:
    return judge(question, _ask(assistant, question), lambda *place: _page_text(assistant.index, *place))


def _ask(assistant: Assistant, question: Question) -> Answer:
    """The answer; a question that the assistant turns down (empty, too long) counts as refused, with its message."""
    asked = question.question
    try:
        return assistant.ask(asked, history=question.history)
    except BadQuestion as error:
        nothing = ((), (), None, "none", 0.0, 0.0)
        return Answer(asked, asked, error.message, "refused", None, *nothing, assistant.index.id)


def _document_texts(index: PassageIndex) -> dict[str, str]:
    """The whole text of each document, pages in order."""
    texts = {}
    for document in index.documents:
        numbers = [None] if document.page_count is None else range(1, document.page_count + 1)
        texts[document.id] = "\n".join(_page_text(index, document.id, number) or "" for number in numbers)
    return texts


def _page_text(index: PassageIndex, document_id: str, page: int | None) -> str | None:
    try:
        return index.page(document_id, page).text
    except LookupError:  # a citation of a page that does not exist: judged as not verbatim
        return None


def _write(run: Run, out: Path, settings: Mapping[str, str]) -> None:
    answers = [one.answer for one in run.judged]
    error = sum(one.n * abs(one.confidence - one.right) for one in run.trust) / len(answers)
    record = {
        "questions": len(answers),
        "passed": run.passed,
        "index_id": answers[0].index_id,
        "generators": sorted({answer.generator for answer in answers}),
        "fingerprints": dict(zip(("questions_sha256", "corpus_sha256"), run.fingerprints, strict=True)),
        "overall": _figures_record(run.figures[""]),
        "by_kind": {kind: _figures_record(figures) for kind, figures in run.figures.items() if kind},
        "confidence": {"calibration_error": error, "bins": [asdict(one) for one in run.trust]},
        "breaches": [asdict(breach) for breach in run.broken],
    }
    with (out / "answers.jsonl").open("w", encoding="utf-8") as lines:
        for one in run.judged:
            judged = {"kind": one.question.kind, "scores": one.scores, "failed": one.failed}
            lines.write(json.dumps(one.answer.to_record(one.question.id) | judged, ensure_ascii=False) + "\n")
    limits = asdict(gate.baseline_of(*run.fingerprints, _values(run.figures)))
    for name, content in (("metrics.json", record), ("baseline.json", limits)):
        (out / name).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (out / "report.html").write_text(_report(run, error, settings), encoding="utf-8")


def _figures_record(figures: Mapping[str, Estimate]) -> dict[str, object]:
    """Figures by measure; the timings "seconds_p50/search" nested as seconds_p50: {search: …}."""
    record: dict[str, object] = {name: asdict(figures[name]) for name in MEASURES}
    for outer in ("seconds_p50", "seconds_p95"):
        record[outer] = {part: asdict(figures[f"{outer}/{part}"]) for part in ("search", "answer")}
    return record


def _report(run: Run, calibration_error: float, settings: Mapping[str, str]) -> str:
    templates = Environment(loader=PackageLoader("evals", "."), autoescape=True)
    values = {
        "Slag": sorted({one.question.kind for one in run.judged}),
        "Region": sorted({one.question.region for one in run.judged if one.question.region}),
    }
    names = {**MEASURES, **TIMINGS}
    return templates.get_template("report_template.html").render(
        run=run,
        calibration_error=calibration_error,
        settings=settings,
        date=datetime.now().astimezone().isoformat(" ", "minutes"),
        versions=_versions(),
        failing=[(position, one) for position, one in enumerate(run.judged, start=1) if one.failed],
        # a class of its own for each value, since a value may hold what a class cannot
        filters={
            name: {value: f"{name.lower()}-{number}" for number, value in enumerate(some, start=1)}
            for name, some in values.items()
        },
        names=names,
        statuses=_STATUS,
        kind_columns={name: names[name] for name in _KIND_COLUMNS},
        lower_is_better=LOWER_IS_BETTER,
        reasons=lambda one: ", ".join(names[name].lower() for name in one.failed),
    )


def _versions() -> dict[str, str]:
    """The versions of what the run ran on."""
    versions = {"Python": platform.python_version()}
    for package in _TOLD:
        with suppress(PackageNotFoundError):  # run from a checkout, or without an optional package
            versions[package] = version(package)
    return versions
