"""Answers as a Word file: question, answer, and each citation as a footnote with quote and place."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from assistant.answers import Answer, Citation
from assistant.catalogue import Catalogue
from ui.conversation import band, circumstances, marked_markdown, source_text
from ui.markdown import Run, TextBlock, blocks, printable

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph
    from lxml.etree import _Element

_STYLES = {"heading": "Heading 3", "bullet": "List Bullet", "numbered": "List Number", "quote": "Quote"}
_LANGUAGES = {"sv": "sv-SE", "en": "en-GB"}
_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_WIDEST_UPRIGHT = 5
"""Columns of the widest table that an upright page takes."""
_RULES = (("separator", -1), ("continuationSeparator", 0))
"""The two notes that every file has: the rule above the notes, and the one where they go on."""


def answers_docx(answers: Sequence[Answer], catalogue: Catalogue, made: datetime) -> bytes:
    """The answers one after the other, each under its question, as the bytes of a DOCX file."""
    import docx
    from docx.oxml.ns import qn

    document = docx.Document()
    for language in document.styles.element.xpath("//w:rPrDefault//w:lang"):
        language.set(qn("w:val"), _LANGUAGES[catalogue.language])
    _lay_out(document, answers, catalogue)
    notes = _Footnotes(document)
    for answer in answers:
        _write_answer(document, answer, notes, catalogue)
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
    notes.attach()
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _lay_out(document: Document, answers: Sequence[Answer], catalogue: Catalogue) -> None:
    """A4, across where a table is wide."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm, Pt

    text = (block for answer in answers for block in blocks(marked_markdown(answer, catalogue)))
    across = max((len(block.cells) for block in text), default=0) > _WIDEST_UPRIGHT
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    sides = Mm(210), Mm(297)
    section.page_width, section.page_height = sides[::-1] if across else sides
    section.left_margin = section.right_margin = Mm(22)
    document.styles["Normal"].font.name, document.styles["Normal"].font.size = "Calibri", Pt(11)


class _Footnotes:
    """The footnotes of one file, which python-docx has no part for. Numbers run through the whole file."""

    def __init__(self, document: Document) -> None:
        from docx.enum.style import WD_STYLE_TYPE
        from docx.oxml import OxmlElement
        from docx.shared import Pt

        self._document, self._new = document, OxmlElement
        self._root = OxmlElement("w:footnotes")
        styles = document.styles
        styles.add_style("Footnote Text", WD_STYLE_TYPE.PARAGRAPH).font.size = Pt(9)
        styles.add_style("Footnote Reference", WD_STYLE_TYPE.CHARACTER).font.superscript = True
        for kind, number in _RULES:
            rule = self._add(number)
            rule.set(f"{{{_NAMESPACE}}}type", kind)
            rule[0].append(self._run(OxmlElement(f"w:{kind}")))
        self._count = 0
        self._of_mark: dict[str, int] = {}

    def begin_answer(self) -> None:
        """The marks of the next answer are its own."""
        self._of_mark = {}

    def refer(self, paragraph: Paragraph, mark: str, text: str) -> None:
        """Where the paragraph ends now: a footnote with `text`, or where `mark` has one already, its number again."""
        if mark in self._of_mark:
            again = paragraph.add_run(str(self._of_mark[mark]))
            again.font.superscript = True
            return
        self._count += 1
        self._of_mark[mark] = self._count
        paragraph._p.append(self._run(self._numbered("w:footnoteReference", self._count)))  # type: ignore[arg-type]  # python-docx knows paragraphs alone
        note = self._add(self._count)[0]
        note.append(self._run(self._new("w:footnoteRef")))
        run, said = self._new("w:r"), self._new("w:t")
        said.text = f" {text}"
        said.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        run.append(said)
        note.append(run)

    def attach(self) -> None:
        """Put the footnotes into the file."""
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part
        from lxml import etree

        package = self._document.part.package
        content = etree.tostring(self._root, xml_declaration=True, encoding="UTF-8", standalone=True)
        part = Part(PackURI("/word/footnotes.xml"), _CONTENT, content, package)
        self._document.part.relate_to(part, _KIND)

    def _add(self, number: int) -> _Element:
        note, paragraph, style = self._numbered("w:footnote", number), self._new("w:p"), self._new("w:pPr")
        named = self._new("w:pStyle")
        named.set(f"{{{_NAMESPACE}}}val", self._document.styles["Footnote Text"].style_id)
        style.append(named)
        paragraph.append(style)
        note.append(paragraph)
        self._root.append(note)
        return note

    def _numbered(self, name: str, number: int) -> _Element:
        element: _Element = self._new(name)
        element.set(f"{{{_NAMESPACE}}}id", str(number))
        return element

    def _run(self, content: _Element) -> _Element:
        run: _Element = self._new("w:r")
        properties, style = self._new("w:rPr"), self._new("w:rStyle")
        style.set(f"{{{_NAMESPACE}}}val", self._document.styles["Footnote Reference"].style_id)
        properties.append(style)
        run.extend([properties, content])
        return run


def _write_answer(document: Document, answer: Answer, notes: _Footnotes, catalogue: Catalogue) -> None:
    sources = {f"[{one.mark}]": _note(one, catalogue) for one in answer.citations}
    notes.begin_answer()

    def write(paragraph: Paragraph, runs: Sequence[Run], bold: bool = False) -> None:
        for run in runs:
            if run.mark and run.text in sources:
                notes.refer(paragraph, run.text, sources[run.text])
                continue
            written = paragraph.add_run(run.text)
            written.bold = run.bold or bold or None

    def write_table(rows: Sequence[TextBlock]) -> None:
        table = document.add_table(rows=0, cols=max(len(row.cells) for row in rows), style="Table Grid")
        for row in rows:
            for cell, runs in zip(table.add_row().cells, row.cells, strict=False):
                write(cell.paragraphs[0], runs, bold=row.kind == "head")

    document.add_heading(printable(answer.question), 1)
    document.add_paragraph().add_run(band(answer, catalogue)).bold = True
    rows: list[TextBlock] = []
    for block in (*blocks(marked_markdown(answer, catalogue)), None):
        if block is not None and block.kind in ("head", "row"):
            rows.append(block)
            continue
        if rows:
            write_table(rows)
            rows = []
        if block is not None:
            write(document.add_paragraph(style=_STYLES.get(block.kind)), block.cells[0])
    for line in circumstances(answer, catalogue):
        document.add_paragraph(printable(line), style="Quote")


def _note(citation: Citation, catalogue: Catalogue) -> str:
    """What the footnote says: the source without the mark, whose place the footnote's own number takes."""
    return source_text(citation, catalogue).removeprefix(f"[{citation.mark}]").strip()
