"""Which file a link under an answer saves, and how it reaches the browser."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.answers import Answer
from assistant.catalogue import Catalogue
from ui.conversation import Turn
from ui.export import answers_markdown, csv_text, table_cells, table_xlsx
from ui.word import answers_docx

KINDS = ("docx", "md", "xlsx", "csv")


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file for the user: its name and bytes."""

    name: str
    content: bytes


def saved_file(turns: Sequence[Turn], number: int, kind: str, catalogue: Catalogue, made: datetime) -> SavedFile | None:
    """Answer `number`, or with 0 the whole conversation, as a file of one of KINDS; None where there is none."""
    answers = [turn.answer for turn in turns if turn.answer is not None and number in (0, turn.number)]
    if not answers or kind not in KINDS:
        return None
    name = catalogue.text("ui.export.conversation_name" if number == 0 else "ui.export.name", {"number": str(number)})
    return SavedFile(f"{name}.{kind}", _content(answers, kind, catalogue, made))


def file_html(file: SavedFile) -> str:
    """A hidden element from which the page's script saves the file."""
    content = base64.b64encode(file.content).decode()
    return f'<div hidden id="rus-file" data-name="{html.escape(file.name)}" data-content="{content}"></div>'


def _content(answers: Sequence[Answer], kind: str, catalogue: Catalogue, made: datetime) -> bytes:
    if kind == "docx":
        return answers_docx(answers, catalogue, made)
    if kind == "md":
        return answers_markdown(answers, catalogue, made).encode()
    cells = table_cells(answers[0], catalogue)
    if kind == "xlsx":
        return table_xlsx(cells, answers[0].question)
    return csv_text(cells).encode()
