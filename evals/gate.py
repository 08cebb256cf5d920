"""The gate: figures of a run held against a baseline of floors and ceilings.

A baseline belongs to one question file and one corpus, told by their fingerprints: figures of other questions or other
documents are not comparable, and the gate says so rather than passing or failing them. Each run writes the baseline
that would hold its own figures.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
            f"Baslinjen {path} kan inte läsas ({error}): rätta filen, eller ta den baseline.json som "
            "en körning av `rus eval` skriver."
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
            "utan --baseline, granska siffrorna och ta den baseline.json som körningen skriver."
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


def baseline_of(questions_sha256: str, corpus_sha256: str, values: Mapping[str, float | None]) -> Baseline:
    """The baseline that holds the figures of a run; timings, which hang on the machine, have no limit."""
    shares = {name: round(value, 4) for name in SHARES if (value := values[name]) is not None}
    return Baseline(
        questions_sha256,
        corpus_sha256,
        floors={name: value for name, value in shares.items() if name not in LOWER_IS_BETTER},
        ceilings={name: value for name, value in shares.items() if name in LOWER_IS_BETTER},
    )
