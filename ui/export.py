"""Answers and lists as files to keep: Markdown with sources, and CSV that Swedish spreadsheet programs open rightly."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from assistant.answers import Answer, Citation
from assistant.catalogue import Catalogue
from ui.conversation import Turn, answer_text, band, circumstances
from ui.markdown import columns, escape_text, safe_markdown

_FORMULA = re.compile(r"^[=+\-@\t\r]")
_NUMBER = re.compile(r"^[+\-−]?[\d\s.,]+ ?%?$")


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV with semicolons and a byte order mark. A cell that a spreadsheet would run as a formula is quoted."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([_harmless(" ".join(cell.split())) for cell in row])
    return "\ufeff" + out.getvalue()


def rows_csv(answer: Answer, catalogue: Catalogue) -> str:
    """The table of a list answer: name, cells, and title with page of each proof."""
    rows = answer.rows or ()
    names = columns(rows)
    citations = {citation.mark: citation for citation in answer.citations}
    lines = [[catalogue.text("column.name"), *names, catalogue.text("ui.ask.rows_marks")]]
    for row in rows:
        cells = dict(row.cells)
        proofs = "; ".join(_place(citations[mark], catalogue) for mark in row.marks if mark in citations)
        lines.append([row.name, *(cells.get(name, "") for name in names), proofs])
    return csv_text(lines)


def answer_markdown(answer: Answer, catalogue: Catalogue, made: datetime) -> str:
    """The answer with question, circumstances, every source's quote and place, and how it was made."""
    lines = [f"# {catalogue.text('ui.export.question')}", escape_text(answer.question)]
    lines.append(f"## {catalogue.text('ui.export.answer')}")
    lines.append(f"**{escape_text(band(answer, catalogue))}**")
    lines.append(safe_markdown(answer_text(answer, catalogue), {citation.mark: "" for citation in answer.citations}))
    lines.extend(f"> {escape_text(line)}" for line in circumstances(answer, catalogue))
    if answer.citations:
        lines.append(f"## {catalogue.text('ui.export.sources')}")
        lines.extend(_source(citation, catalogue) for citation in answer.citations)
    values = {"date": f"{made:%Y-%m-%d %H:%M}", "generator": answer.generator, "index": answer.index_id}
    lines.append("---")
    lines.append(escape_text(catalogue.text("ui.export.made", values)))
    lines.append(catalogue.text("ui.machine_notice"))
    return "\n\n".join(lines) + "\n"


def files_html(turns: Sequence[Turn], catalogue: Catalogue, made: datetime) -> str:
    """Hidden elements with the files of all answers; the links #svar-N and #tabell-N under each answer save them."""
    parts = []
    for turn in turns:
        if turn.answer is None:
            continue
        number = {"number": str(turn.number)}
        text = answer_markdown(turn.answer, catalogue, made)
        parts.append(_file(f"svar-{turn.number}", catalogue.text("ui.export.file", number), text))
        if turn.answer.rows:
            table = rows_csv(turn.answer, catalogue)
            parts.append(_file(f"tabell-{turn.number}", catalogue.text("ui.export.table_file", number), table))
    return "".join(parts)


def download_button(label: str, name: str, text: str) -> str:
    """A button that saves `text` as a file called `name`."""
    return (
        f'<button type="button" class="rus-button" data-file="{html.escape(name)}" data-text="{html.escape(text)}">'
        f"{html.escape(label)}</button>"
    )


def _file(key: str, name: str, text: str) -> str:
    return f'<div hidden id="fil-{key}" data-file="{html.escape(name)}" data-text="{html.escape(text)}"></div>'


def _source(citation: Citation, catalogue: Catalogue) -> str:
    line = f"[{citation.mark}] ”{escape_text(citation.quote)}” {escape_text(_place(citation, catalogue))}"
    section = " › ".join(citation.section)
    return ". ".join(part for part in (line, escape_text(section), escape_text(citation.url or "")) if part)


def _place(citation: Citation, catalogue: Catalogue) -> str:
    if citation.page is None:
        return citation.title
    return f"{citation.title}, {catalogue.text('ui.panel.page', {'page': str(citation.page)})}"


def _harmless(cell: str) -> str:
    return "'" + cell if _FORMULA.match(cell) and not _NUMBER.match(cell) else cell
