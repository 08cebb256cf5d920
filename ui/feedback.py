"""What users say of answers: kept beside the index, one JSON object a line, and printed as lines of a question file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from filelock import FileLock

from assistant.answers import Answer
from assistant.catalogue import Catalogue
from ingest.errors import RusError
from ui.markup import render

REASONS = ("wrong_source", "incomplete", "wrong", "not_answered")
_FILE = "feedback.jsonl"
_LONGEST_COMMENT = 1000


def keep_feedback(
    folder: Path, answer: Answer, good: bool, reason: str, comment: str, language: str, when: datetime
) -> None:
    """Add what a user says of one answer to the file in `folder`, which is made where there is none.

    :raises RusError: when nothing can be written there.
    """
    record = {
        "time": f"{when:%Y-%m-%dT%H:%M:%S}",
        "good": good,
        "reason": reason if reason in REASONS else "",
        "comment": " ".join(comment.split())[:_LONGEST_COMMENT],
        "lang": language,
        "answer": {**answer.to_record(), "passages": []},
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "lock"), (folder / _FILE).open("a", encoding="utf-8") as file:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    except OSError as error:
        raise RusError(
            f"Omdömet kunde inte sparas i {folder}: kontrollera att tjänsten får skriva i mappen."
        ) from error


def question_lines(folder: Path) -> Iterator[dict[str, object]]:
    """Kept feedback as question-file records: what was approved is gold, what was not waits for its gold."""
    path = folder / _FILE
    if not path.exists():
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            yield _question(number, json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise RusError(f"Rad {number} i {path} går inte att läsa: rätta eller ta bort raden.") from error


def feedback_form(catalogue: Catalogue) -> str:
    """The dialogue in which a user says what is wrong with an answer."""
    return render("feedback", catalogue, {"reasons": REASONS, "longest": _LONGEST_COMMENT})


def _question(number: int, record: dict[str, object]) -> dict[str, object]:
    answer = record["answer"]
    if not isinstance(answer, dict):
        raise TypeError("answer")
    good = bool(record["good"])
    unanswerable = good and answer["status"] == "refused"
    return {
        "id": f"feedback-{number}",
        "question": answer["standalone_question"],
        "lang": record["lang"],
        "kind": "unanswerable" if unanswerable else "list" if answer["rows"] else "fact",
        "history": [],
        "answerable": not unanswerable,
        "evidence": [citation["quote"] for citation in answer["citations"]] if good else [],
        "key_facts": [],
        "answer": answer["answer"] if good else "",
        **{name: record[name] for name in ("good", "reason", "comment", "time")},
    }
