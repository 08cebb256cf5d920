"""The question file: one JSON object a line, in the shape that `rus eval` documents."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, TypeAdapter, ValidationError, model_validator
from pydantic.dataclasses import dataclass
from pydantic_core import ErrorDetails

from ingest.errors import RusError


class QuestionFileError(RusError):
    """The question file cannot be used. `message` names every faulty line, so that all can be mended at once."""


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("får inte ha en tom sträng")
    return text


def _regular_expression(pattern: str) -> str:
    try:
        re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"har ett ogiltigt reguljärt uttryck {pattern!r} ({error})") from error
    return pattern


def _spellings(name: object) -> object:
    return (name,) if isinstance(name, str) else name


Filled = Annotated[str, AfterValidator(_not_blank)]
Names = Annotated[tuple[Filled, ...], Field(min_length=1), BeforeValidator(_spellings)]


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its gold.

    `evidence` are verbatim pieces of the documents that prove the answer. `key_facts` are regular expressions, each to
    be found in a right answer whatever the case. `rows` is the complete set of names for a list question, each with the
    spellings that are accepted; None where no complete set is given. `rows_optional` are names that may stand in the
    list and need not. `refusal` is the expected type of refusal and `split` the name of the part of the file.
    """

    id: Filled
    question: str
    kind: Filled
    answerable: StrictBool
    lang: str = "sv"
    history: tuple[str, ...] = ()
    evidence: tuple[Filled, ...] = ()
    key_facts: tuple[Annotated[str, AfterValidator(_regular_expression)], ...] = ()
    answer: str = ""
    rows: tuple[Names, ...] | None = None
    rows_optional: tuple[Names, ...] = ()
    refusal: str | None = None
    split: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, record: object) -> object:
        return {name: value for name, value in record.items() if value is not None} if type(record) is dict else record

    @model_validator(mode="after")
    def _is_asked(self) -> Question:
        if self.answerable and not self.question.strip():
            raise ValueError('"question" är tom fast frågan ska gå att besvara')
        return self


_QUESTION = TypeAdapter(Question)
_FAULTS = {
    "json_invalid": "inte giltig JSON",
    "dataclass_type": "ska vara ett JSON-objekt",
    "missing": "saknas",
    "string_type": "ska vara en text",
    "bool_type": "ska vara true eller false",
    "tuple_type": "ska vara en lista",
    "too_short": "ska ha minst ett namn",
}
"""What pydantic's types of error are called in Swedish."""


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
            question = _QUESTION.validate_json(line)
        except ValidationError as error:
            faults += [f"rad {number}: {_fault(one)}" for one in error.errors()]
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


def _fault(error: ErrorDetails) -> str:
    """What is wrong with a line, in Swedish, with the name of the field."""
    context: dict[str, Any] = error.get("ctx", {})
    said = str(context.get("error", "")) if error["type"] == "value_error" else _FAULTS.get(error["type"], error["msg"])
    return f'"{error["loc"][0]}" {said}' if error["loc"] else said
