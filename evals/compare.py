"""Two runs over the same questions: `python -m evals.compare A B`, where A and B are answers.jsonl files of `rus eval`.

For each measure the mean of B less A over the questions where both have it, with a paired bootstrap interval.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path

from evals.answers import AnswersFileError
from evals.bootstrap import Difference, paired
from evals.scoring import LOWER_IS_BETTER, MEANS, SECONDS, Scores
from ingest.errors import RusError


def load_scores(path: Path) -> dict[str, Scores]:
    """Scores by question id from an answers.jsonl. Raises AnswersFileError for any other file."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
        records = [json.loads(line) for line in lines if line.strip()]
        return {str(record["id"]): dict(record["scores"]) for record in records}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AnswersFileError(
            f"{path} är inte en answers.jsonl från `rus eval` ({error!r}): kör `rus eval` och ange filen i dess mapp."
        ) from error


def compare(a: Mapping[str, Scores], b: Mapping[str, Scores]) -> dict[str, Difference]:
    """B less A by measure, over the questions of both runs to which the measure applies in both.

    Timings are "search_seconds" and "answer_seconds", their means. Measures without a common question are left out.
    Raises AnswersFileError if the runs share no question.
    """
    shared = [name for name in a if name in b]
    if not shared:
        raise AnswersFileError("Körningarna har inga frågor gemensamt: jämför två körningar av samma frågefil.")
    differences = {}
    for metric in (*MEANS, *(f"{part}_seconds" for part in SECONDS)):
        pairs = [(a[name].get(metric), b[name].get(metric)) for name in shared]
        both = [(before, after) for before, after in pairs if before is not None and after is not None]
        if both:
            differences[metric] = paired([before for before, _ in both], [after for _, after in both])
    return differences


def format_table(differences: Mapping[str, Difference]) -> str:
    """The comparison as lines of text in Swedish, one measure a line."""
    lines = [f"{'mått':<20} {'skillnad':>9} {'95 % intervall':>20} {'frågor':>7}"]
    for name, difference in differences.items():
        interval = f"{difference.low:+.4f} … {difference.high:+.4f}"
        lines.append(
            f"{name:<20} {difference.value:+9.4f} {interval:>20} {difference.n:>7}{_verdict(name, difference)}"
        )
    return "\n".join(lines) + "\n"


def _verdict(name: str, difference: Difference) -> str:
    if not difference.sure:
        return ""
    lower_is_better = name in LOWER_IS_BETTER or name.endswith("_seconds")
    return "  bättre" if (difference.value < 0) == lower_is_better else "  sämre"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the comparison: 0 compared, 2 unusable files."""
    parser = ArgumentParser(prog="python -m evals.compare", description="Jämför två körningar av samma frågor.")
    parser.add_argument("a", type=Path, help="answers.jsonl från den ena körningen")
    parser.add_argument("b", type=Path, help="answers.jsonl från den andra; skillnaden är B minus A")
    given = parser.parse_args(arguments)
    try:
        a, b = load_scores(given.a), load_scores(given.b)
        table = format_table(compare(a, b))
    except RusError as error:
        sys.stderr.write(error.message + "\n")
        return 2
    only = len(a.keys() ^ b.keys())
    sys.stdout.write(table + (f"{only} frågor finns bara i den ena körningen.\n" if only else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
