"""Two runs over the same questions: `python -m evals.compare A B`, where A and B are answers.jsonl files of `rus eval`.

For each measure the mean of B less A over the questions where both have it, with a paired bootstrap interval; then each
question that some measure judges otherwise, with both answers. Timings are shown and not judged: the same program takes
twice as long on a busy machine, and two runs say nothing about that.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from evals.scoring import LOWER_IS_BETTER, MEASURES, Estimate, Scores, estimate
from ingest.environment import prepare_environment
from ingest.errors import RusError


class AnswersFileError(RusError):
    """A file is not the answers.jsonl of a run."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One question of a run: what was answered, and how it was judged."""

    id: str
    question: str
    answer: str
    status: str
    scores: Scores


def load_run(path: Path) -> dict[str, Scored]:
    """The questions of an answers.jsonl by id. Raises AnswersFileError for any other file."""
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
        return {one.id: one for one in TypeAdapter(list[Scored]).validate_python(lines)}
    except (OSError, ValueError) as error:
        reason = "fälten är andra" if isinstance(error, ValidationError) else error
        raise AnswersFileError(
            f"{path} är inte en answers.jsonl från `rus eval` ({reason}): kör `rus eval` och ange filen i dess mapp."
        ) from error


def compare(a: Mapping[str, Scored], b: Mapping[str, Scored]) -> dict[str, Estimate]:
    """B less A by measure, over the questions of both runs to which the measure applies in both.

    Timings are "search_seconds" and "answer_seconds", their means. Measures without a common question are left out.
    Raises AnswersFileError if the runs share no question.
    """
    shared = [name for name in a if name in b]
    if not shared:
        raise AnswersFileError("Körningarna har inga frågor gemensamt: jämför två körningar av samma frågefil.")
    differences = {}
    for metric in (*MEASURES, "search_seconds", "answer_seconds"):
        pairs = [(a[name].scores.get(metric), b[name].scores.get(metric)) for name in shared]
        both = [after - before for before, after in pairs if before is not None and after is not None]
        if both:
            differences[metric] = estimate(both)
    return differences


def _table(differences: Mapping[str, Estimate]) -> Iterator[str]:
    """The comparison as lines of text in Swedish, one measure a line; what is sure is judged."""
    yield f"{'mått':<20} {'skillnad':>9} {'95 % intervall':>20} {'frågor':>7}"
    for name, one in differences.items():
        low, high, value = one.low or 0.0, one.high or 0.0, one.value or 0.0
        verdict = ""
        if name.endswith("_seconds"):
            verdict = "  (bedöms inte)"
        elif low > 0 or high < 0:
            verdict = "  bättre" if (value < 0) == (name in LOWER_IS_BETTER) else "  sämre"
        yield f"{name:<20} {value:+9.4f} {f'{low:+.4f} … {high:+.4f}':>20} {one.n:>7}{verdict}"


def _changes(a: Mapping[str, Scored], b: Mapping[str, Scored]) -> Iterator[str]:
    """The questions that some measure judges otherwise, as lines of text in Swedish, each with both answers."""
    otherwise = {}
    for name in (name for name in a if name in b):
        pairs = [(metric, a[name].scores.get(metric), b[name].scores.get(metric)) for metric in MEASURES]
        if told := [f"{metric} {_short(old)} → {_short(new)}" for metric, old, new in pairs if old != new]:
            otherwise[name] = told
    yield f"\n{len(otherwise)} frågor bedöms annorlunda."
    for name, told in otherwise.items():
        yield f"\n{name}: {a[name].question}\n  {', '.join(told)}"
        for letter, run in (("A", a[name]), ("B", b[name])):
            yield f"  {letter} ({run.status}): " + "\n     ".join(run.answer.splitlines())
    if alike := [name for name in a if name in b and name not in otherwise and a[name].answer != b[name].answer]:
        yield f"\nAnnat svar med samma mått: {', '.join(alike)}"


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the comparison: 0 compared, 2 unusable files."""
    parser = ArgumentParser(prog="python -m evals.compare", description="Jämför två körningar av samma frågor.")
    parser.add_argument("a", type=Path, help="answers.jsonl från den ena körningen")
    parser.add_argument("b", type=Path, help="answers.jsonl från den andra; skillnaden är B minus A")
    given = parser.parse_args(arguments)
    prepare_environment()
    try:
        a, b = load_run(given.a), load_run(given.b)
        lines = list(_table(compare(a, b)))
    except RusError as error:
        sys.stderr.write(error.message + "\n")
        return 2
    if only := len(a.keys() ^ b.keys()):
        lines.append(f"\n{only} frågor finns bara i den ena körningen.")
    sys.stdout.write("\n".join((*lines, *_changes(a, b))) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
