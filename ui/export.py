"""What is taken along of answers, and what is said of them.

Which file a link saves, tables as CSV and XLSX. Feedback is kept beside the index, one JSON object
a line, and printed as lines of a question file.
"""

from __future__ import annotations

import base64
import csv
import html
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from assistant.answers import Answer
from assistant.catalogue import Catalogue
from assistant.evidence import evidence_pdf, place_text
from ingest.errors import RusError
from ui.markup import printable, render
from ui.word import answers_docx

if TYPE_CHECKING:
    from ingest.store.passage_index import PassageIndex

_FORMULA = re.compile(r"^[=+\-@\t\r]")
_NUMBER = re.compile(r"^[+\-−]?[\d\s.,]+ ?%?$")
_WIDEST_COLUMN = 60
KINDS = ("docx", "pdf", "xlsx", "csv")
"""The kinds of files that an answer is saved as, and how their names end."""
REASONS = ("wrong_source", "incomplete", "wrong", "not_answered")
_FILE = "feedback.jsonl"
_LONGEST_COMMENT = 1000


def file_of(
    answers: Sequence[Answer],
    kind: str,
    made: datetime,
    index: PassageIndex,
    catalogue: Catalogue,
    password: str | None,
) -> bytes:
    """The answers as a file of one of `KINDS`: a PDF, a workbook or CSV of the first alone.

    The PDF has the cited pages, for which `index` has the originals and `password` opens the protected ones.
    """
    first = answers[0]
    if kind == "pdf":
        return evidence_pdf(first, index, catalogue, made.date(), password)
    if kind == "docx":
        return answers_docx(answers, catalogue, made)
    cells = table_cells(first, catalogue)
    return table_xlsx(cells, first.question) if kind == "xlsx" else csv_text(cells).encode()


def file_html(name: str, content: bytes) -> str:
    """A hidden element from which the page's script saves the file."""
    coded = base64.b64encode(content).decode()
    return f'<div hidden id="rus-file" data-name="{html.escape(name)}" data-content="{coded}"></div>'


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV with semicolons and a byte order mark. A cell that a spreadsheet would run as a formula is quoted."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([_harmless(" ".join(cell.split())) for cell in row])
    return "\ufeff" + out.getvalue()


def _harmless(cell: str) -> str:
    return "'" + cell if _FORMULA.match(cell) and not _NUMBER.match(cell) else cell


def table_cells(answer: Answer, catalogue: Catalogue) -> list[list[str]]:
    """The table of a list answer under its head: name, cells, and title with page of each proof."""
    rows = answer.rows or ()
    names = dict.fromkeys(name for row in rows for name, _ in row.cells)
    places = {one.mark: place_text(one.title, one.page, one.page_label, catalogue) for one in answer.citations}
    lines = [[catalogue.text("column.name"), *names, catalogue.text("ui.ask.rows_marks")]]
    for row in rows:
        cells = dict(row.cells)
        proofs = "; ".join(dict.fromkeys(places[mark] for mark in row.marks if mark in places))
        lines.append([row.name, *(cells.get(name, "") for name in names), proofs])
    return lines


def table_xlsx(cells: Sequence[Sequence[str]], title: str) -> bytes:
    """The same table as the bytes of a workbook with a fixed head and filters. All cells are text: no formula runs."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.active
    sheet.title = re.sub(r"[\[\]:*?/\\]", " ", printable(title))[:31].strip("'") or "1"
    for row, line in enumerate(cells, start=1):
        for column, value in enumerate(line, start=1):
            cell = sheet.cell(row, column, printable(value))
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=row == 1)
    for column, values in enumerate(zip(*cells, strict=True)):
        width = min(_WIDEST_COLUMN, max(len(value) for value in values) + 2)
        sheet.column_dimensions[sheet.cell(1, column + 1).column_letter].width = width
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


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
