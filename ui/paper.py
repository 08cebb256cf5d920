"""Answers on A4, across for wide tables: as a Word file with footnotes, and as a PDF with its sources listed below."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from assistant.answers import Answer
from assistant.catalogue import Catalogue
from ui.conversation import band, circumstances, made_text, marked_markdown, source_text
from ui.markup import Run, TextBlock, blocks, printable

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Flowable

_WIDEST_UPRIGHT = 5
"""Columns of the widest table that an upright page takes."""
_WORD_STYLES = {"heading": "Heading 3", "bullet": "List Bullet", "numbered": "List Number", "quote": "Quote"}
_LANGUAGES = {"sv": "sv-SE", "en": "en-GB"}
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_NOTES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>'
    "{}</w:footnotes>"
)
_NOTE = (
    '<w:footnote w:id="{}"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr>'
    '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r>'
    '<w:r><w:t xml:space="preserve"> {}</w:t></w:r></w:p></w:footnote>'
)
_FONT, _BOLD = "Vera", "VeraBd"
"""Embedded, with the letters of Western Europe; reportlab carries both."""
_MARGIN = 56
_PAPER = (595.28, 841.89)


def _parts(answer: Answer, catalogue: Catalogue) -> Iterator[tuple[bool, list[TextBlock]]]:
    """The answer's text in order: the rows of each table together, all else between."""
    for is_table, group in groupby(_text(answer, catalogue), key=lambda block: block.kind in ("head", "row")):
        yield is_table, list(group)


def _text(answer: Answer, catalogue: Catalogue) -> tuple[TextBlock, ...]:
    return blocks(marked_markdown(answer, catalogue))


def _is_wide(answers: Sequence[Answer], catalogue: Catalogue) -> bool:
    return any(len(block.cells) > _WIDEST_UPRIGHT for answer in answers for block in _text(answer, catalogue))


def answers_docx(answers: Sequence[Answer], catalogue: Catalogue, made: datetime) -> bytes:
    """The answers one after the other, each under its question, as the bytes of a DOCX file."""
    import docx

    document = docx.Document()
    _lay_out(document, catalogue, _is_wide(answers, catalogue))
    notes: list[str] = []
    for answer in answers:
        _write_answer(document, answer, notes, catalogue)
    document.add_paragraph(made_text(answers[-1], catalogue, made))
    document.add_paragraph(catalogue.text("ui.machine_notice"))
    document.core_properties.title = printable(answers[0].question)[:250]
    document.core_properties.author = catalogue.text("ui.title")
    _attach(document, notes)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _lay_out(document: Document, catalogue: Catalogue, across: bool) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    section, styles = document.sections[0], document.styles
    for language in styles.element.xpath("//w:rPrDefault//w:lang"):
        language.set(qn("w:val"), _LANGUAGES[catalogue.language])
    section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    sides = Mm(210), Mm(297)
    section.page_width, section.page_height = sides[::-1] if across else sides
    section.left_margin = section.right_margin = Mm(22)
    styles["Normal"].font.name, styles["Normal"].font.size = "Calibri", Pt(11)
    styles.add_style("Footnote Text", WD_STYLE_TYPE.PARAGRAPH).font.size = Pt(9)
    styles.add_style("Footnote Reference", WD_STYLE_TYPE.CHARACTER).font.superscript = True


def _write_answer(document: Document, answer: Answer, notes: list[str], catalogue: Catalogue) -> None:
    """The answer at the document's end; its footnotes are added to `notes`, numbered through the whole file."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    marks = {f"[{one.mark}]": source_text(one, catalogue).removeprefix(f"[{one.mark}]") for one in answer.citations}
    numbers: dict[str, int] = {}

    def refer(paragraph: Paragraph, mark: str) -> None:
        if mark in numbers:  # it has its note already
            paragraph.add_run(str(numbers[mark])).font.superscript = True
            return
        notes.append(marks[mark].strip())
        numbers[mark] = len(notes)
        reference = OxmlElement("w:footnoteReference")
        reference.set(qn("w:id"), str(len(notes)))
        paragraph.add_run(style="Footnote Reference")._r.append(reference)  # type: ignore[arg-type]  # python-docx knows its own alone

    def write(paragraph: Paragraph, runs: Sequence[Run], bold: bool = False) -> None:
        for run in runs:
            if run.mark and run.text in marks:
                refer(paragraph, run.text)
            else:
                paragraph.add_run(run.text).bold = run.bold or bold or None

    document.add_heading(printable(answer.question), 1)
    document.add_paragraph().add_run(band(answer, catalogue)).bold = True
    for is_table, some in _parts(answer, catalogue):
        if is_table:
            table = document.add_table(rows=0, cols=max(len(row.cells) for row in some), style="Table Grid")
        for block in some:
            if not is_table:
                write(document.add_paragraph(style=_WORD_STYLES.get(block.kind)), block.cells[0])
                continue
            for cell, runs in zip(table.add_row().cells, block.cells, strict=False):
                write(cell.paragraphs[0], runs, bold=block.kind == "head")
    for line in circumstances(answer, catalogue):
        document.add_paragraph(printable(line), style="Quote")


def _attach(document: Document, notes: Sequence[str]) -> None:
    """Put the footnotes into the file; python-docx has no part for them."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    content = _NOTES.format("".join(_NOTE.format(n, escape(note)) for n, note in enumerate(notes, start=1)))
    part = Part(PackURI("/word/footnotes.xml"), _CONTENT, content.encode(), document.part.package)
    document.part.relate_to(part, _KIND)


def answers_pdf(answers: Sequence[Answer], catalogue: Catalogue, made: datetime) -> bytes:
    """The answers one after the other, each under its question, as the bytes of a PDF file."""
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    styles = _styles()
    paper = _PAPER[::-1] if _is_wide(answers, catalogue) else _PAPER
    story = [part for answer in answers for part in _story(answer, styles, catalogue)]
    for line in (made_text(answers[-1], catalogue, made), catalogue.text("ui.machine_notice")):
        story.append(Paragraph(escape(line), styles["small"]))
    target = io.BytesIO()
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), _MARGIN)
    title, author = printable(answers[0].question)[:250], catalogue.text("ui.title")
    SimpleDocTemplate(target, pagesize=paper, title=title, author=author, lang=catalogue.language, **margins).build(
        story
    )
    return target.getvalue()


def _story(answer: Answer, styles: dict[str, ParagraphStyle], catalogue: Catalogue) -> Iterator[Flowable]:
    from reportlab.platypus import Paragraph, Spacer

    yield Paragraph(escape(printable(answer.question)), styles["title"])
    yield Paragraph(f"<b>{escape(band(answer, catalogue))}</b>", styles["body"])
    for is_table, some in _parts(answer, catalogue):
        if is_table:
            yield _table(some, styles["small"])
            continue
        for block in some:
            sign = "•" if block.kind in ("bullet", "numbered") else None
            style = "bullet" if sign else block.kind if block.kind in ("heading", "quote") else "body"
            yield Paragraph(_markup(block.cells[0]), styles[style], bulletText=sign)
    for line in circumstances(answer, catalogue):
        yield Paragraph(escape(printable(line)), styles["quote"])
    if answer.citations:
        yield Paragraph(escape(catalogue.text("ui.export.sources")), styles["heading"])
    for one in answer.citations:
        yield Paragraph(escape(source_text(one, catalogue)), styles["small"])
    yield Spacer(1, 14)


def _table(rows: Sequence[TextBlock], style: ParagraphStyle) -> Flowable:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import LongTable, Paragraph

    columns = max(len(row.cells) for row in rows)
    across = (_PAPER[0] if columns <= _WIDEST_UPRIGHT else _PAPER[1]) - 2 * _MARGIN
    filled = [(*row.cells, *[()] * (columns - len(row.cells))) for row in rows]
    lengths = [max(sum(len(run.text) for run in cell) for cell in column) for column in zip(*filled, strict=True)]
    shares = [min(60, max(8, length)) for length in lengths]
    heads = [row.kind == "head" for row in rows]
    return LongTable(
        [[Paragraph(_markup(cell, head), style) for cell in row] for row, head in zip(filled, heads, strict=True)],
        colWidths=[across * share / sum(shares) for share in shares],
        repeatRows=int(heads[0]),
        style=[("LINEBELOW", (0, 0), (-1, -1), 0.5, HexColor("#c9d3cf")), ("VALIGN", (0, 0), (-1, -1), "TOP")],
        splitInRow=1,
    )


def _markup(runs: Sequence[Run], bold: bool = False) -> str:
    """The runs in reportlab's markup, every text escaped."""
    parts = []
    for run in runs:
        text = f"<super>{escape(run.text)}</super>" if run.mark else escape(run.text)
        parts.append(f"<b>{text}</b>" if run.bold or bold else text)
    return "".join(parts)


def _styles() -> dict[str, ParagraphStyle]:
    import reportlab
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    folder = Path(reportlab.__file__).parent / "fonts"
    for name in (_FONT, _BOLD):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, folder / f"{name}.ttf"))
    pdfmetrics.registerFontFamily(_FONT, normal=_FONT, bold=_BOLD, italic=_FONT, boldItalic=_BOLD)
    body = ParagraphStyle("body", fontName=_FONT, fontSize=10, leading=14.5, spaceAfter=5)
    return {
        "body": body,
        "title": ParagraphStyle("title", fontName=_BOLD, fontSize=15, leading=20, spaceAfter=8),
        "heading": ParagraphStyle("heading", fontName=_BOLD, fontSize=11, leading=15, spaceBefore=8, spaceAfter=4),
        "bullet": ParagraphStyle("bullet", body, leftIndent=14, bulletIndent=3),
        "quote": ParagraphStyle("quote", body, leftIndent=12, textColor="#4a5551"),
        "small": ParagraphStyle("small", body, fontSize=8.5, leading=12),
    }
