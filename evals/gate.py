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
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from evals.scoring import LOWER_IS_BETTER, SHARES, TIMINGS
from ingest.errors import RusError

EPSILON = 0.002
"""Slack for rounding: one changed answer among 80 moves a mean by about 0.01, so that no real loss hides in it."""


class BaselineUnusable(RusError):
    """The baseline cannot be read, or belongs to other questions or another corpus."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Floors (ceilings for measures where lower is better) by measure, for one question file and one corpus.

    The fingerprints are SHA-256 of the question file and of the documents in the index.
    """

    questions_sha256: str
    corpus_sha256: str
    floors: Mapping[str, float] = field(default_factory=dict)
    ceilings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Breach:
    """A figure on the wrong side of its limit; `value` is None where the run gave no such figure."""

    metric: str
    value: float | None
    limit: float
    is_ceiling: bool

    def __str__(self) -> str:
        value = "saknas" if self.value is None else f"är {self.value:.4f}".replace(".", ",")
        wanted = "får högst" if self.is_ceiling else "ska minst"
        return f"{self.metric} {value} men {wanted} vara {self.limit:.4f}".replace(".", ",") + "."


def fingerprint_questions(path: Path) -> str:
    """SHA-256 of the question file's lines, whatever the line endings."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n").strip()).hexdigest()


def fingerprint_corpus(documents: Sequence[tuple[str, str]]) -> str:
    """SHA-256 over (id, sha256 of the content) of the documents, in any order."""
    return hashlib.sha256(json.dumps(sorted(documents)).encode()).hexdigest()


def load_baseline(path: Path) -> Baseline:
    """Read a baseline. Raises BaselineUnusable if it is missing, broken or limits a measure that does not exist."""
    try:
        baseline = TypeAdapter(Baseline).validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise BaselineUnusable(
            f"Baslinjen {path} kan inte läsas ({error}): rätta filen eller gör en ny med "
            "`python -m evals.gate update METRICS BASLINJE`."
        ) from error
    if unknown := sorted({*baseline.floors, *baseline.ceilings} - {*SHARES, *TIMINGS}):
        raise BaselineUnusable(f"Baslinjen {path} har gränser för okända mått: {', '.join(unknown)}. Ta bort dem.")
    return baseline


def require_same(baseline: Baseline, questions_sha256: str, corpus_sha256: str) -> None:
    """Raise BaselineUnusable unless the baseline was made on the same questions and the same corpus."""
    changed = ["frågorna"] if baseline.questions_sha256 != questions_sha256 else []
    changed += ["dokumenten i indexet"] if baseline.corpus_sha256 != corpus_sha256 else []
    if changed:
        raise BaselineUnusable(
            f"Baslinjen gäller inte: {' och '.join(changed)} har ändrats sedan den gjordes. Återställ dem, eller kör "
            "utan --baseline, granska siffrorna och gör en ny baslinje med `python -m evals.gate update`."
        )


def breaches(baseline: Baseline, values: Mapping[str, float | None]) -> tuple[Breach, ...]:
    """The figures below their floor or above their ceiling, missing ones among them."""
    floors = [(name, limit, -1) for name, limit in baseline.floors.items()]
    ceilings = [(name, limit, 1) for name, limit in baseline.ceilings.items()]
    return tuple(
        Breach(name, value, limit, sign > 0)
        for name, limit, sign in (*floors, *ceilings)
        if (value := values.get(name)) is None or sign * (value - limit) > EPSILON
    )


def updated(old: Baseline | None, new: Baseline, lower: bool = False) -> Baseline:
    """The baseline `new`, whose limits are the figures of a run, without loosening those of `old`.

    Limits of `old` are never loosened, nor dropped where the run has no value, unless `lower`; those of timings are set
    by hand and kept. A changed corpus or question file does not loosen them either: figures that sank need a decision.
    """
    if old is None:
        return new
    kept = {name: limit for name, limit in old.ceilings.items() if name in TIMINGS or not lower}
    floors = {} if lower else {name: max(limit, new.floors.get(name, limit)) for name, limit in old.floors.items()}
    ceilings = {name: min(limit, new.ceilings.get(name, limit)) for name, limit in kept.items()}
    return Baseline(new.questions_sha256, new.corpus_sha256, {**new.floors, **floors}, {**new.ceilings, **ceilings})


def save_baseline(baseline: Baseline, path: Path) -> None:
    """Write the baseline."""
    rounded = {
        kind: {name: round(value, 4) for name, value in sorted(limits.items())}
        for kind, limits in (("floors", baseline.floors), ("ceilings", baseline.ceilings))
    }
    record = {**asdict(baseline), **rounded}
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _update(metrics_path: Path, baseline_path: Path, lower: bool) -> str:
    """Update the baseline from a run's metrics.json; returns a Swedish sentence about what changed."""
    try:
        record = json.loads(metrics_path.read_text(encoding="utf-8"))
        values = {name: record["overall"][name]["value"] for name in SHARES}
        measured = {name: float(value) for name, value in values.items() if value is not None}
        floors = {name: value for name, value in measured.items() if name not in LOWER_IS_BETTER}
        ceilings = {name: value for name, value in measured.items() if name in LOWER_IS_BETTER}
        run = Baseline(**record["fingerprints"], floors=floors, ceilings=ceilings)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BaselineUnusable(f"{metrics_path} är inte en metrics.json från `rus eval` ({error!r}).") from error
    new = updated(load_baseline(baseline_path) if baseline_path.exists() else None, run, lower)
    save_baseline(new, baseline_path)
    held = [breach.metric for breach in breaches(new, measured) if breach.value is not None]
    kept = f" Gränser som körningen inte når och som behölls: {', '.join(held)}." if held else ""
    return f"Baslinjen {baseline_path} är uppdaterad.{kept}"


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m evals.gate update METRICS BASELINE [--lower]`: 0 done, 2 unusable files."""
    parser = ArgumentParser(prog="python -m evals.gate", description="Höj golven i en baslinje efter en körning.")
    parser.add_argument("command", choices=["update"])
    parser.add_argument("metrics", type=Path, help="metrics.json från rus eval")
    parser.add_argument("baseline", type=Path, help="baslinjen som skrivs")
    parser.add_argument("--lower", action="store_true", help="tillåt att golv sänks och tak höjs")
    given = parser.parse_args(arguments)
    try:
        sys.stdout.write(_update(given.metrics, given.baseline, given.lower) + "\n")
    except RusError as error:
        sys.stderr.write(error.message + "\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
