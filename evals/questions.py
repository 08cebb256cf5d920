"""The question file: one JSON object a line, in the shape that `rus eval` documents."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import RusError

_TEXTS = ("id", "question", "kind")
_LISTS = ("history", "evidence", "key_facts")


class QuestionFileError(RusError):
    """The question file cannot be used. `message` names every faulty line, so that all can be mended at once."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its gold.

    `evidence` are verbatim pieces of the documents that prove the answer. `key_facts` are regular expressions, each to
    be found in a right answer whatever the case. `rows` is the complete set of names for a list question, each with the
    spellings that are accepted; None where no complete set is given. `refusal` is the expected type of refusal and
    `split` the name of the part of the file, both optional.
    """

    id: str
    question: str
    kind: str
    answerable: bool
    lang: str = "sv"
    history: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    key_facts: tuple[str, ...] = ()
    answer: str = ""
    rows: tuple[tuple[str, ...], ...] | None = None
    refusal: str | None = None
    split: str | None = None


def load_questions(path: Path) -> tuple[Question, ...]:
    """Read and check a question file. Blank lines are skipped, fields that are not known are left alone.

    Raises QuestionFileError naming each faulty line (from 1), a file that cannot be read, or a file without questions.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionFileError(f"Frågefilen {path} kan inte läsas ({error}): ange en JSONL-fil i UTF-8.") from error
    questions: list[Question] = []
    faults: list[str] = []
    first_line: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            question = _parse(line)
        except ValueError as error:
            faults.append(f"rad {number}: {error}")
            continue
        if question.id in first_line:
            faults.append(f'rad {number}: id "{question.id}" finns redan på rad {first_line[question.id]}')
        first_line.setdefault(question.id, number)
        questions.append(question)
    if faults:
        raise QuestionFileError(f"Frågefilen {path} har fel som måste rättas: {'; '.join(faults)}.")
    if not questions:
        raise QuestionFileError(f"Frågefilen {path} har inga frågor: skriv en fråga per rad som JSON.")
    return tuple(questions)


def _parse(line: str) -> Question:
    """One question of one line; ValueError says in Swedish what is wrong with it."""
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"inte giltig JSON (tecken {error.pos + 1})") from error
    if not isinstance(record, dict):
        raise ValueError("ska vara ett JSON-objekt")
    texts = {name: _text(record, name) for name in _TEXTS}
    answerable = record.get("answerable")
    if not isinstance(answerable, bool):
        raise ValueError('"answerable" ska vara true eller false')
    if not texts["id"] or not texts["kind"]:
        raise ValueError('"id" och "kind" får inte vara tomma')
    if answerable and not texts["question"].strip():
        raise ValueError('"question" är tom fast frågan ska gå att besvara')
    lists = {name: _texts(record, name) for name in _LISTS}
    if not all(text.strip() for text in lists["evidence"]):
        raise ValueError('"evidence" har en tom sträng')
    for pattern in lists["key_facts"]:
        try:
            re.compile(pattern, re.IGNORECASE)
        except re.error as error:
            raise ValueError(f'"key_facts" har ett ogiltigt reguljärt uttryck {pattern!r} ({error})') from error
    return Question(
        id=texts["id"],
        question=texts["question"],
        kind=texts["kind"],
        answerable=answerable,
        lang=_optional_text(record, "lang") or "sv",
        history=lists["history"],
        evidence=lists["evidence"],
        key_facts=lists["key_facts"],
        answer=_optional_text(record, "answer") or "",
        rows=_rows(record),
        refusal=_optional_text(record, "refusal"),
        split=_optional_text(record, "split"),
    )


def _text(record: Mapping[str, object], name: str) -> str:
    value = record.get(name)
    if not isinstance(value, str):
        raise ValueError(f'"{name}" ska vara en text')
    return value


def _optional_text(record: Mapping[str, object], name: str) -> str | None:
    return None if record.get(name) is None else _text(record, name)


def _texts(record: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = record.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f'"{name}" ska vara en lista av texter')
    return tuple(value)


def _rows(record: Mapping[str, object]) -> tuple[tuple[str, ...], ...] | None:
    """The names of a complete list; a name is a text, or a list of texts that all count as that name."""
    value = record.get("rows")
    if value is None:
        return None
    if not isinstance(value, list):
        raise ValueError('"rows" ska vara en lista av namn')
    rows = [[item] if isinstance(item, str) else item for item in value]
    for row in rows:
        if not isinstance(row, list) or not row or not all(isinstance(name, str) and name.strip() for name in row):
            raise ValueError('"rows" ska ha namn, eller listor av namn på samma sak')
    return tuple(tuple(row) for row in rows)
