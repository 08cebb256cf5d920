"""The question file: JSONL, or a table (CSV, or the first sheet of an XLSX workbook), as README documents it.

The first row of a table names the fields. A cell of a field that takes several values has one on each line. Empty cells
say nothing.
"""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, TypeAdapter, ValidationError, model_validator
from pydantic.dataclasses import dataclass
from pydantic_core import ErrorDetails

from evals.measures import letters
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


Filled = Annotated[str, AfterValidator(_not_blank)]
Names = Annotated[
    tuple[Filled, ...], Field(min_length=1), BeforeValidator(lambda name: (name,) if isinstance(name, str) else name)
]


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its gold, as README documents it; `rows` hold for each name the spellings that are accepted.

    `refusal` is the expected type of refusal, `line` is where the question stands in the file.
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
    region: str | None = None
    line: int = 0

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
_SEVERAL = frozenset({"history", "evidence", "key_facts", "rows", "rows_optional"})
_TRUTH = {"true": True, "ja": True, "sant": True, "1": True, "false": False, "nej": False, "falskt": False, "0": False}
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
    """Read and check a question file: JSONL, CSV or XLSX.

    Blank lines are skipped, fields that are not known are left alone. Raises QuestionFileError naming each faulty line
    (from 1), a file that cannot be read, or a file without questions.
    """
    try:
        records = list(_records(path))
    except (OSError, ValueError) as error:
        raise QuestionFileError(
            f"Frågefilen {path} kan inte läsas ({error}): ange en fil i JSONL eller CSV (UTF-8) eller XLSX."
        ) from error
    questions: list[Question] = []
    faults: list[str] = []
    first_line: dict[str, int] = {}
    for number, record in records:
        try:
            found = _QUESTION.validate_json(record) if isinstance(record, str) else _QUESTION.validate_python(record)
        except ValidationError as error:
            faults += [f"rad {number}: {_fault(one)}" for one in error.errors()]
            continue
        if found.id in first_line:
            faults.append(f'rad {number}: id "{found.id}" finns redan på rad {first_line[found.id]}')
        first_line.setdefault(found.id, number)
        questions.append(replace(found, line=number))
    if faults:
        raise QuestionFileError(f"Frågefilen {path} har fel som måste rättas: {'; '.join(faults)}.")
    if not questions:
        raise QuestionFileError(f"Frågefilen {path} har inga frågor: skriv en fråga per rad, se mallen i README.")
    return tuple(questions)


def _records(path: Path) -> Iterator[tuple[int, object]]:
    """The line (from 1) and content of each record. Raises OSError, ValueError for a file of another kind."""
    if path.suffix.lower() not in (".csv", ".xlsx"):
        lines = path.read_text(encoding="utf-8-sig").split("\n")
        yield from ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
        return
    heading: list[str] = []
    for number, cells in enumerate(_cells(path), start=1):
        record = {name: _value(name, cell) for name, cell in zip(heading, cells, strict=False) if name and cell.strip()}
        heading = heading or [cell.strip().lower() for cell in cells]
        if record:
            yield number, record


def _value(name: str, cell: str) -> object:
    if name in _SEVERAL:
        return [line.strip() for line in cell.splitlines() if line.strip()]
    return _TRUTH.get(cell.strip().lower(), cell) if name == "answerable" else cell.strip()


def _cells(path: Path) -> Iterator[Sequence[str]]:
    """The rows of a table."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    if path.suffix.lower() == ".csv":
        text = path.read_text(encoding="utf-8-sig")
        delimiter = max(",;\t", key=text.partition("\n")[0].count)
        yield from csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
        return
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError) as error:
        raise ValueError(f"inte en arbetsbok i XLSX-format: {error}") from error
    for row in book.worksheets[0].iter_rows(values_only=True):
        yield ["" if cell is None else str(cell) for cell in row]


def absent_evidence(questions: Sequence[Question], texts: Mapping[str, str]) -> tuple[str, ...]:
    """A Swedish sentence for each piece of evidence that stands in none of the documents, by the line of the file.

    `texts` are the documents' whole texts by id; letters and figures alone are compared.
    """
    folded = [letters(text) for text in texts.values()]
    return tuple(
        f"Rad {question.line} ({question.id}): belägget »{piece}« står inte ordagrant i något inläst dokument."
        for question in questions
        if question.answerable
        for piece in question.evidence
        if not any(letters(piece) in text for text in folded)
    )


def _fault(error: ErrorDetails) -> str:
    """What is wrong with a line, in Swedish, with the name of the field."""
    said = _FAULTS.get(error["type"], error["msg"].removeprefix("Value error, "))
    return f'"{error["loc"][0]}" {said}' if error["loc"] else said
