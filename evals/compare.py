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
from dataclasses import dataclass
from pathlib import Path

from evals.bootstrap import Difference, paired
from evals.scoring import LOWER_IS_BETTER, MEANS, SECONDS, Scores
from ingest.environment import prepare_environment
from ingest.errors import RusError


class AnswersFileError(RusError):
    """A file is not the answers.jsonl of a run."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One question of a run: what was answered, and how it was judged."""

    question: str
    answer: str
    status: str
    scores: Scores


def load_run(path: Path) -> dict[str, Scored]:
    """The questions of an answers.jsonl by id. Raises AnswersFileError for any other file."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
        records = [json.loads(line) for line in lines if line.strip()]
        return {
            str(record["id"]): Scored(record["question"], record["answer"], record["status"], dict(record["scores"]))
            for record in records
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AnswersFileError(
            f"{path} är inte en answers.jsonl från `rus eval` ({error!r}): kör `rus eval` och ange filen i dess mapp."
        ) from error


def compare(a: Mapping[str, Scored], b: Mapping[str, Scored]) -> dict[str, Difference]:
    """B less A by measure, over the questions of both runs to which the measure applies in both.

    Timings are "search_seconds" and "answer_seconds", their means. Measures without a common question are left out.
    Raises AnswersFileError if the runs share no question.
    """
    shared = [name for name in a if name in b]
    if not shared:
        raise AnswersFileError("Körningarna har inga frågor gemensamt: jämför två körningar av samma frågefil.")
    differences = {}
    for metric in (*MEANS, *(f"{part}_seconds" for part in SECONDS)):
        pairs = [(a[name].scores.get(metric), b[name].scores.get(metric)) for name in shared]
        both = [(before, after) for before, after in pairs if before is not None and after is not None]
        if both:
            differences[metric] = paired([before for before, _ in both], [after for _, after in both])
    return differences


def format_table(differences: Mapping[str, Difference]) -> str:
    """The comparison as lines of text in Swedish, one measure a line."""
    lines = [f"{'mått':<20} {'skillnad':>9} {'95 % intervall':>20} {'frågor':>7}"]
    for name, one in differences.items():
        interval = f"{one.low:+.4f} … {one.high:+.4f}"
        lines.append(f"{name:<20} {one.value:+9.4f} {interval:>20} {one.n:>7}{_verdict(name, one)}")
    return "\n".join(lines) + "\n"


def _verdict(name: str, difference: Difference) -> str:
    if name.endswith("_seconds"):
        return "  (bedöms inte)"
    if not difference.sure:
        return ""
    return "  bättre" if (difference.value < 0) == (name in LOWER_IS_BETTER) else "  sämre"


def changed(a: Mapping[str, Scored], b: Mapping[str, Scored]) -> dict[str, list[str]]:
    """For each question of both runs that some measure judges otherwise: the measures with their values."""
    found = {}
    for name in (name for name in a if name in b):
        pairs = [(metric, a[name].scores.get(metric), b[name].scores.get(metric)) for metric in MEANS]
        found[name] = [f"{metric} {_short(old)} → {_short(new)}" for metric, old, new in pairs if old != new]
    return {name: measures for name, measures in found.items() if measures}


def format_changes(a: Mapping[str, Scored], b: Mapping[str, Scored]) -> Iterator[str]:
    """The changed questions as lines of text in Swedish, each with both answers."""
    otherwise = changed(a, b)
    yield f"{len(otherwise)} frågor bedöms annorlunda."
    for name, measures in otherwise.items():
        yield f"\n{name}: {a[name].question}\n  {', '.join(measures)}"
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
        table = format_table(compare(a, b))
    except RusError as error:
        sys.stderr.write(error.message + "\n")
        return 2
    only = len(a.keys() ^ b.keys())
    lines = [table, *([f"{only} frågor finns bara i den ena körningen."] if only else []), *format_changes(a, b)]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
