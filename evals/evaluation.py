"""A run: every question of a file asked and judged, the answers, figures and report written to a folder.

answers.jsonl   one answer record a line, with the question's id, its `scores` and the measures it fails
metrics.json    the figures over all questions and by kind, each with n and a 95 % interval
report.html     the same for people, in Swedish: one page without scripts or outside files, with everything escaped
"""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader

from assistant.answers import Answer
from evals.bootstrap import Estimate, Reliability, reliability
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
from evals.question_file import Question, absent_evidence, load_questions
from evals.scoring import LOWER_IS_BETTER, Judged, failures, is_right, read_record, score, summarise
from ingest.errors import BadQuestion, RusError

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from ingest.store.passage_index import PassageIndex

_NAMES = {
    "evidence_recall@1": "Belägg i den första passagen",
    "evidence_recall@3": "Belägg bland de tre första passagerna",
    "evidence_recall@5": "Belägg bland de fem första passagerna",
    "evidence_recall@10": "Belägg bland de tio första passagerna",
    "evidence_recall@500w": "Belägg i de första 500 orden",
    "evidence_hit@5": "Minst ett belägg bland de fem första",
    "mrr@10": "Första beläggets plats (MRR)",
    "ndcg@10": "Beläggens ordning (nDCG)",
    "key_fact_recall": "Fakta som finns med i svaret",
    "key_fact_recall_shown": "Fakta i svaret eller i dess citat",
    "confidently_wrong": "Säkra svar som är fel",
    "sure_share": "Frågor med svar som besvarades säkert",
    "sure_precision": "Säkra svar som är rätt",
    "declined": "Frågor utan svar som inte besvarades säkert",
    "answer_words": "Ord i ett säkert svar på en sakfråga",
    "quote_verbatim": "Citat som står ordagrant på sidan",
    "citation_precision": "Citat som rör rätt ställe",
    "citation_recall": "Belägg som citeras",
    "uncited_statements": "Påståenden utan källa",
    "list_precision": "Rader som hör hemma i listan",
    "list_recall": "Listans rader som kom med",
    "refusal_precision": "Avböjda frågor som borde avböjas",
    "refusal_recall": "Frågor utan svar som avböjdes",
    "refusal_type": "Rätt skäl när frågan avböjdes",
    "over_refusal": "Frågor med svar som ändå avböjdes",
    "seconds_p50/search": "Söktid, median (sekunder)",
    "seconds_p50/answer": "Svarstid, median (sekunder)",
    "seconds_p95/search": "Söktid, 95:e percentilen (sekunder)",
    "seconds_p95/answer": "Svarstid, 95:e percentilen (sekunder)",
}
_KIND_COLUMNS = (
    "evidence_recall@500w",
    "key_fact_recall",
    "confidently_wrong",
    "sure_share",
    "citation_precision",
    "citation_recall",
    "list_recall",
    "refusal_recall",
    "over_refusal",
)
_STATUS = {"answered": "besvarad", "partial": "platser att titta på", "refused": "avböjd"}
_TOLD = ("rus-assistent", "chromadb", "langchain", "sentence-transformers", "torch", "onnxruntime", "bm25s", "numpy")
"""Packages whose versions the report tells."""

Figures = Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Run:
    """A run and what it depends on. `broken` is what missed `limits`, `notes` are sentences about the question file.

    `trust` compares the stated confidence with being right; None where no answer states it.
    """

    judged: tuple[Judged, ...]
    figures: Figures
    by_kind: Mapping[str, Figures]
    trust: Reliability | None
    fingerprints: Fingerprints
    limits: Baseline | None
    broken: tuple[Breach, ...]
    notes: tuple[str, ...]
    settings: Mapping[str, str]

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
    """Ask every question, write the three files to `out` (made if missing) and hold the figures against `baseline`.

    `say` gets the Swedish messages. `jobs` questions are asked at a time, with the same answers. `settings` are shown
    in the report. Returns the exit code: 0; 1 below the baseline; 2 where the question file, the baseline or the folder
    cannot be used, before anything is asked.
    """
    try:
        questions = load_questions(questions_path)
        corpus = fingerprint_corpus([(document.id, document.sha256) for document in assistant.index.documents])
        fingerprints = Fingerprints(fingerprint_questions(questions_path), corpus)
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
    with ThreadPoolExecutor(jobs) as pool:
        judged = tuple(pool.map(lambda question: _judged(assistant, question), questions))
    run = _summed_up(judged, fingerprints, limits, notes, settings or {})
    _write(run, out)
    for sentence in (*notes, *map(describe, run.broken)):
        say(sentence)
    say(f"{run.passed} av {len(judged)} frågor godkända. Rapporten: {out / 'report.html'}")
    return 1 if run.broken else 0


def _summed_up(
    judged: tuple[Judged, ...],
    fingerprints: Fingerprints,
    limits: Baseline | None,
    notes: tuple[str, ...],
    settings: Mapping[str, str],
) -> Run:
    figures = summarise([one.scores for one in judged])
    kinds = sorted({one.question.kind for one in judged})
    by_kind = {kind: summarise([one.scores for one in judged if one.question.kind == kind]) for kind in kinds}
    stated = [(one.answer.confidence, one) for one in judged if one.answer.confidence is not None]
    trust = reliability([confidence for confidence, _ in stated], [is_right(o.question, o.answer) for _, o in stated])
    broken = breaches(limits, figures) if limits else ()
    return Run(judged, figures, by_kind, trust, fingerprints, limits, broken, notes, settings)


def _judged(assistant: Assistant, question: Question) -> Judged:
    record = _ask(assistant, question).to_record(question.id)
    answer = read_record(record)
    scores = score(question, answer, lambda document, page: _page_text(assistant.index, document, page))
    return Judged(question, record, answer, scores, failures(question, scores))


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


def _write(run: Run, out: Path) -> None:
    record = {
        "questions": len(run.judged),
        "passed": run.passed,
        "index_id": run.judged[0].answer.index_id,
        "generators": sorted({one.answer.generator for one in run.judged}),
        "fingerprints": {
            "questions_sha256": run.fingerprints.questions,
            "corpus_sha256": run.fingerprints.corpus,
        },
        "overall": _figures_record(run.figures),
        "by_kind": {kind: _figures_record(of_kind) for kind, of_kind in run.by_kind.items()},
        "confidence": asdict(run.trust) if run.trust else None,
        "breaches": [asdict(breach) for breach in run.broken],
    }
    lines = [
        {**one.record, "kind": one.question.kind, "scores": dict(one.scores), "failed": list(one.failed)}
        for one in run.judged
    ]
    answers = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (out / "answers.jsonl").write_text(answers, encoding="utf-8")
    (out / "metrics.json").write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (out / "report.html").write_text(_report(run), encoding="utf-8")


def _figures_record(figures: Figures) -> dict[str, object]:
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


def _report(run: Run) -> str:
    templates = Environment(loader=PackageLoader("evals", "."), autoescape=True)
    regions = {one.question.region for one in run.judged if one.question.region}
    return templates.get_template("report_template.html").render(
        run=run,
        date=datetime.now().astimezone().isoformat(" ", "minutes"),
        versions=_versions(),
        failing=[(position, one) for position, one in enumerate(run.judged, start=1) if one.failed],
        filters={
            "Slag": _numbered("slag", {one.question.kind for one in run.judged}),
            "Region": _numbered("region", regions),
        },
        names=_NAMES,
        statuses=_STATUS,
        kind_columns={name: _NAMES[name] for name in _KIND_COLUMNS},
        lower_is_better=LOWER_IS_BETTER,
        describe=describe,
        reasons=lambda one: ", ".join(_NAMES[name].lower() for name in one.failed),
    )


def _versions() -> dict[str, str]:
    """The versions of what the run ran on."""
    versions = {"Python": platform.python_version()}
    for package in _TOLD:
        with suppress(PackageNotFoundError):  # run from a checkout, or without an optional package
            versions[package] = version(package)
    return versions


def _numbered(prefix: str, values: set[str]) -> dict[str, str]:
    """A class of its own for each value, since a value may hold what a class cannot."""
    return {value: f"{prefix}-{number}" for number, value in enumerate(sorted(values), start=1)}


def describe(breach: Breach) -> str:
    """A Swedish sentence about a figure on the wrong side of its limit."""
    value = "saknas" if breach.value is None else f"är {_number(breach.value)}"
    wanted = "får högst" if breach.is_ceiling else "ska minst"
    return f"{breach.metric} {value} men {wanted} vara {_number(breach.limit)}."


def _number(value: float) -> str:
    return f"{value:.4f}".replace(".", ",")
