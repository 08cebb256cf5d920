"""The assistant over the bundled documents holds the floors that evals/baseline.json states."""

from pathlib import Path

from evals.evaluation import evaluate

EVALS = Path(__file__).resolve().parents[1] / "evals"


def test_the_bundled_questions_hold_their_floors(bundled_assistant, tmp_path):
    said: list[str] = []
    code = evaluate(bundled_assistant, EVALS / "questions.jsonl", tmp_path, said.append, EVALS / "baseline.json")
    assert code == 0, said
