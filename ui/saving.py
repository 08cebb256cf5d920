"""Which file a link under an answer saves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from assistant.answers import Answer
from assistant.catalogue import Catalogue
from assistant.evidence import evidence_pdf
from ui.conversation import Turn
from ui.docx_export import answers_docx
from ui.export import SavedFile, answers_markdown, csv_text, table_cells, table_xlsx
from ui.pdf_export import answers_pdf

if TYPE_CHECKING:
    from ingest.store.passage_index import PassageIndex

KINDS = {"docx": "docx", "md": "md", "pdf": "pdf", "xlsx": "xlsx", "csv": "csv", "evidence": "pdf"}
"""The kinds that can be asked for, and how a file of each is called."""


@dataclass(frozen=True, slots=True)
class Saver:
    """Makes the files. The index has the pages that are evidence, `password` opens the protected ones."""

    index: PassageIndex
    catalogue: Catalogue
    password: str | None = None

    def file(self, turns: Sequence[Turn], number: int, kind: str, made: datetime) -> SavedFile | None:
        """Answer `number`, or with 0 the whole conversation, as a file; None where there is none."""
        answers = [turn.answer for turn in turns if turn.answer is not None and number in (0, turn.number)]
        if not answers or kind not in KINDS:
            return None
        key = "evidence_name" if kind == "evidence" else "conversation_name" if number == 0 else "name"
        name = self.catalogue.text(f"ui.export.{key}", {"number": str(number)})
        return SavedFile(f"{name}.{KINDS[kind]}", self._content(answers, kind, made))

    def _content(self, answers: Sequence[Answer], kind: str, made: datetime) -> bytes:
        first, words = answers[0], self.catalogue
        if kind == "evidence":
            return evidence_pdf(first, self.index, words, made.date(), self.password)
        if kind == "docx":
            return answers_docx(answers, words, made)
        if kind == "pdf":
            return answers_pdf(answers, words, made)
        if kind == "md":
            return answers_markdown(answers, words, made).encode()
        cells = table_cells(first, words)
        return table_xlsx(cells, first.question) if kind == "xlsx" else csv_text(cells).encode()
