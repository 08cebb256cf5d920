"""Answers as a Word file: question, answer with its marks raised, and the numbered sources with their quotes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from assistant.answers import Answer
from assistant.catalogue import Catalogue
from ui.blocks import Run, TextBlock, blocks, printable
from ui.conversation import band, circumstances
from ui.export import marked_markdown, source_text

if TYPE_CHECKING:
    from docx.document import Document

_STYLES = {"heading": "Heading 3", "bullet": "List Bullet", "numbered": "List Number", "quote": "Quote"}
_LANGUAGES = {"sv": "sv-SE", "en": "en-GB"}


def answers_docx(answers: Sequence[Answer], catalogue: Catalogue, made: datetime) -> bytes:
    """The answers one after the other, each under its question, as the bytes of a DOCX file."""
    import docx
    from docx.oxml.ns import qn

    document = docx.Document()
    for language in document.styles.element.xpath("//w:rPrDefault//w:lang"):
        language.set(qn("w:val"), _LANGUAGES[catalogue.language])
    for answer in answers:
        _write_answer(document, answer, catalogue)
    if answers:
        values = {
            "date": f"{made:%Y-%m-%d %H:%M}",
            "generator": answers[-1].generator,
            "index": answers[-1].index_id,
        }
        document.add_paragraph(catalogue.text("ui.export.made", values))
    document.add_paragraph(catalogue.text("ui.machine_notice"))
    document.core_properties.title = printable(answers[0].question)[:250] if answers else catalogue.text("ui.title")
    document.core_properties.author = catalogue.text("ui.title")
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _write_answer(document: Document, answer: Answer, catalogue: Catalogue) -> None:
    document.add_heading(printable(answer.question), 1)
    document.add_paragraph().add_run(band(answer, catalogue)).bold = True
    rows: list[TextBlock] = []
    for block in (*blocks(marked_markdown(answer, catalogue)), None):
        if block is not None and block.kind in ("head", "row"):
            rows.append(block)
            continue
        if rows:
            _write_table(document, rows)
            rows = []
        if block is not None:
            _write(document.add_paragraph(style=_STYLES.get(block.kind)), block.cells[0])
    for line in circumstances(answer, catalogue):
        document.add_paragraph(printable(line), style="Quote")
    if answer.citations:
        document.add_heading(catalogue.text("ui.export.sources"), 2)
    for citation in answer.citations:
        document.add_paragraph(source_text(citation, catalogue))


def _write_table(document: Document, rows: Sequence[TextBlock]) -> None:
    table = document.add_table(rows=0, cols=max(len(row.cells) for row in rows), style="Table Grid")
    for row in rows:
        for cell, runs in zip(table.add_row().cells, row.cells, strict=False):
            _write(cell.paragraphs[0], [Run(run.text, run.bold or row.kind == "head", run.mark) for run in runs])


def _write(paragraph: object, runs: Sequence[Run]) -> None:
    for run in runs:
        written = paragraph.add_run(run.text)  # type: ignore[attr-defined]
        written.bold = run.bold or None
        written.font.superscript = run.mark or None
