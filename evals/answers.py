"""Answer records as the evaluation reads them: the contract's fields, from the assistant or from an answers.jsonl."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass

from ingest.errors import RusError


class AnswersFileError(RusError):
    """A file is not the answers.jsonl of a run."""


@dataclass(frozen=True, slots=True)
class CitedQuote:
    """A citation: what is quoted, and where it is said to stand."""

    mark: int
    document_id: str
    title: str
    page: int | None
    section: tuple[str, ...]
    quote: str


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """A passage that search found."""

    document_id: str
    text: str


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """One answer record. `passages` come best first; `confidence` is None where the program does not say it."""

    id: str | None
    question: str
    answer: str
    status: Literal["answered", "partial", "refused"]
    refusal: str | None
    citations: tuple[CitedQuote, ...]
    passages: tuple[ShownPassage, ...]
    rows: tuple[dict[str, object], ...] | None
    generator: str
    seconds: dict[str, float]
    index_id: str
    confidence: float | None = None

    @property
    def names(self) -> list[str]:
        """The names of the rows: the cell "name", or else the first that is text."""
        return [
            str(row.get("name") or next((x for x in row.values() if type(x) is str), "")) for row in self.rows or ()
        ]

    @property
    def quotes(self) -> list[str]:
        """What is quoted, in order."""
        return [citation.quote for citation in self.citations]


_RECORD = TypeAdapter(AnswerRecord)


def read_record(record: Mapping[str, object]) -> AnswerRecord:
    """The fields that the evaluation needs. Raises ValueError where one is missing or of another type."""
    return _RECORD.validate_python(record)


def load_answers(path: Path) -> dict[str, AnswerRecord]:
    """The records of an answers.jsonl by question id. Raises AnswersFileError for any other file."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
        records = [read_record(json.loads(line)) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        cause = str(error).splitlines()[0]
        raise AnswersFileError(
            f"{path} är inte en answers.jsonl från `rus eval` ({cause}): kör `rus eval` och ange filen i dess mapp."
        ) from error
    return {str(record.id): record for record in records}
