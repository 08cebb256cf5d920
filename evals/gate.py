"""The gate: figures of a run held against a baseline of floors and ceilings.

A baseline belongs to one question file and one corpus, told by their fingerprints: figures of other questions or other
documents are not comparable, and the gate says so rather than passing or failing them. Floors rise by
`python -m evals.gate update METRICS BASELINE`; they sink only with `--lower`.
"""

from __future__ import annotations

import hashlib
import json
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evals.bootstrap import Estimate
from evals.scoring import LOWER_IS_BETTER, SHARES
from ingest.errors import RusError

EPSILON = 0.002
"""Slack for rounding: one changed answer among 80 moves a mean by about 0.01, so that no real loss hides in it."""


class BaselineUnusable(RusError):
    """The baseline cannot be read, or belongs to other questions or another corpus."""


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """SHA-256 of what figures depend on besides the program: the question file, and the documents in the index."""

    questions: str
    corpus: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """Floors (ceilings for measures where lower is better) by measure, for one question file and one corpus."""

    fingerprints: Fingerprints
    floors: Mapping[str, float] = field(default_factory=dict)
    ceilings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Breach:
    """A figure on the wrong side of its limit; `value` is None where the run gave no such figure."""

    metric: str
    value: float | None
    limit: float
    is_ceiling: bool


def fingerprint_questions(path: Path) -> str:
    """SHA-256 of the question file's lines, whatever the line endings."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n").strip()).hexdigest()


def fingerprint_corpus(documents: Sequence[tuple[str, str]]) -> str:
    """SHA-256 over (id, sha256 of the content) of the documents, in any order."""
    return hashlib.sha256(json.dumps(sorted(documents)).encode()).hexdigest()


def load_baseline(path: Path) -> Baseline:
    """Read a baseline. Raises BaselineUnusable if it is missing, broken or limits a measure that does not exist."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        baseline = Baseline(
            Fingerprints(str(record["questions_sha256"]), str(record["corpus_sha256"])),
            {name: float(value) for name, value in record.get("floors", {}).items()},
            {name: float(value) for name, value in record.get("ceilings", {}).items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BaselineUnusable(
            f"Baslinjen {path} kan inte läsas ({error!r}): rätta filen eller gör en ny med "
            "`python -m evals.gate update METRICS BASLINJE`."
        ) from error
    known = {*SHARES, *(f"seconds_p{q}/{part}" for q in (50, 95) for part in ("search", "answer"))}
    unknown = sorted({*baseline.floors, *baseline.ceilings} - known)
    if unknown:
        raise BaselineUnusable(f"Baslinjen {path} har gränser för okända mått: {', '.join(unknown)}. Ta bort dem.")
    return baseline


def require_same(baseline: Baseline, current: Fingerprints) -> None:
    """Raise BaselineUnusable unless the baseline was made on the same questions and the same corpus."""
    changed = []
    if baseline.fingerprints.questions != current.questions:
        changed.append("frågorna")
    if baseline.fingerprints.corpus != current.corpus:
        changed.append("dokumenten i indexet")
    if changed:
        raise BaselineUnusable(
            f"Baslinjen gäller inte: {' och '.join(changed)} har ändrats sedan den gjordes. Återställ dem, eller kör "
            "utan --baseline, granska siffrorna och gör en ny baslinje med `python -m evals.gate update`."
        )


def breaches(baseline: Baseline, figures: Mapping[str, Estimate]) -> tuple[Breach, ...]:
    """The figures below their floor or above their ceiling, missing ones among them."""
    found = []
    for limits, is_ceiling in ((baseline.floors, False), (baseline.ceilings, True)):
        for name, limit in limits.items():
            figure = figures.get(name)
            value = figure.value if figure else None
            if value is None or (value - limit if is_ceiling else limit - value) > EPSILON:
                found.append(Breach(name, value, limit, is_ceiling))
    return tuple(found)


def updated(
    old: Baseline | None,
    fingerprints: Fingerprints,
    values: Mapping[str, float],
    margin: float = 0.0,
    lower: bool = False,
) -> Baseline:
    """A baseline from the `values` of a run, each limit `margin` away from its value on the lenient side.

    Limits of `old` are never loosened, nor dropped where the run has no value, unless `lower`; those of timings are set
    by hand and kept. A changed corpus or question file does not loosen them either: figures that sank need a decision.
    """
    floors = {name: max(0.0, value - margin) for name, value in values.items() if name not in LOWER_IS_BETTER}
    ceilings = {name: min(1.0, value + margin) for name, value in values.items() if name in LOWER_IS_BETTER}
    if old is not None:
        ceilings |= {name: limit for name, limit in old.ceilings.items() if name not in SHARES}
        if not lower:
            floors |= {name: max(limit, floors.get(name, limit)) for name, limit in old.floors.items()}
            ceilings |= {name: min(limit, ceilings.get(name, limit)) for name, limit in old.ceilings.items()}
    return Baseline(fingerprints, floors, ceilings)


def save_baseline(baseline: Baseline, path: Path) -> None:
    """Write the baseline."""
    record = {
        "questions_sha256": baseline.fingerprints.questions,
        "corpus_sha256": baseline.fingerprints.corpus,
        "floors": {name: round(value, 4) for name, value in sorted(baseline.floors.items())},
        "ceilings": {name: round(value, 4) for name, value in sorted(baseline.ceilings.items())},
    }
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _update(metrics_path: Path, baseline_path: Path, margin: float, lower: bool) -> str:
    """Update the baseline from a run's metrics.json; returns a Swedish sentence about what changed."""
    try:
        record = json.loads(metrics_path.read_text(encoding="utf-8"))
        fingerprints = Fingerprints(record["fingerprints"]["questions_sha256"], record["fingerprints"]["corpus_sha256"])
        measured = {name: record["overall"][name]["value"] for name in SHARES}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BaselineUnusable(f"{metrics_path} är inte en metrics.json från `rus eval` ({error!r}).") from error
    values = {name: float(value) for name, value in measured.items() if value is not None}
    old = load_baseline(baseline_path) if baseline_path.exists() else None
    new = updated(old, fingerprints, values, margin, lower)
    save_baseline(new, baseline_path)
    estimates = {name: Estimate(value, 1, value, value) for name, value in values.items()}
    held = [breach.metric for breach in breaches(new, estimates) if breach.value is not None]
    kept = f" Gränser som körningen inte når och som behölls: {', '.join(held)}." if held else ""
    return f"Baslinjen {baseline_path} är uppdaterad.{kept}"


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m evals.gate update METRICS BASELINE [--margin X] [--lower]`: 0 done, 2 unusable files."""
    parser = ArgumentParser(prog="python -m evals.gate", description="Höj golven i en baslinje efter en körning.")
    parser.add_argument("command", choices=["update"])
    parser.add_argument("metrics", type=Path, help="metrics.json från rus eval")
    parser.add_argument("baseline", type=Path, help="baslinjen som skrivs")
    parser.add_argument("--margin", type=float, default=0.0, help="avstånd mellan uppmätt värde och gräns")
    parser.add_argument("--lower", action="store_true", help="tillåt att golv sänks och tak höjs")
    given = parser.parse_args(arguments)
    try:
        sys.stdout.write(_update(given.metrics, given.baseline, given.margin, given.lower) + "\n")
    except RusError as error:
        sys.stderr.write(error.message + "\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
