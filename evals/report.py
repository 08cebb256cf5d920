"""The evaluation report: one HTML page in Swedish, without scripts or outside files, with everything escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader

from evals.bootstrap import Estimate
from evals.gate import Baseline, Breach
from evals.reliability import Reliability
from evals.scoring import LOWER_IS_BETTER, Judged

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


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a run depends on besides questions and documents, as the reader of its report is told it.

    `notes` are sentences about the question file.
    """

    date: str = ""
    settings: Mapping[str, str] | None = None
    versions: Mapping[str, str] | None = None
    notes: tuple[str, ...] = ()


def render_report(
    judged: Sequence[Judged],
    figures: Mapping[str, Estimate],
    by_kind: Mapping[str, Mapping[str, Estimate]],
    limits: Baseline | None,
    broken: Sequence[Breach],
    trust: Reliability | None,
    circumstances: Circumstances,
) -> str:
    """The whole page. `limits` and `broken` are the baseline of the run and what fell outside it."""
    templates = Environment(loader=PackageLoader("evals", "."), autoescape=True)
    return templates.get_template("report_template.html").render(
        judged=judged,
        figures=figures,
        by_kind=by_kind,
        limits=limits,
        broken=broken,
        trust=trust,
        circumstances=circumstances,
        failing=[(position, one) for position, one in enumerate(judged, start=1) if one.failed],
        filters={
            "Slag": _numbered("slag", {one.question.kind for one in judged}),
            "Region": _numbered("region", {one.question.region for one in judged if one.question.region}),
        },
        names=_NAMES,
        statuses=_STATUS,
        kind_columns={name: _NAMES[name] for name in _KIND_COLUMNS},
        lower_is_better=LOWER_IS_BETTER,
        describe=describe,
        reasons=lambda one: ", ".join(_NAMES[name].lower() for name in one.failed),
    )


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
