"""Answers as a Word file: A4, across for wide tables, with a footnote for each source."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from markdown_it.token import Token

from assistant.answers import Answer
from assistant.catalogue import Catalogue
from ui.conversation import band, circumstances, made_text, marked_markdown, source_text
from ui.markup import markdown_tokens, printable

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_WIDEST_UPRIGHT = 5
"""Columns of the widest table that an upright page takes."""
_STYLES = {
    "heading": "Heading 3",
    "bullet_list": "List Bullet",
    "ordered_list": "List Number",
    "blockquote": "Quote",
}
"""Word's styles for what Markdown's tokens open and close."""
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
_MARK = re.compile(r"(\[\d+\])")


def answers_docx(answers: Sequence[Answer], catalogue: Catalogue, made: datetime) -> bytes:
    """The answers one after the other, each under its question, as the bytes of a DOCX file."""
    import docx

    document = docx.Document()
    texts = [markdown_tokens(marked_markdown(answer, catalogue)) for answer in answers]
    columns = [sum(token.type == "th_open" for token in tokens) for tokens in texts]
    _lay_out(document, catalogue, max(columns) > _WIDEST_UPRIGHT)
    notes: list[str] = []
    for answer, tokens in zip(answers, texts, strict=True):
        document.add_heading(printable(answer.question), 1)
        document.add_paragraph().add_run(band(answer, catalogue)).bold = True
        _write(document, tokens, _Notes(answer, notes, catalogue))
        for line in circumstances(answer, catalogue):
            document.add_paragraph(printable(line), style="Quote")
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


def _write(document: Document, tokens: Sequence[Token], notes: _Notes) -> None:
    """The text at the document's end."""
    inside: list[str] = []
    for place, token in enumerate(tokens):
        kind, _, edge = token.type.rpartition("_")
        if edge == "open" and kind in _STYLES:
            inside.append(_STYLES[kind])
        elif edge == "close" and kind in _STYLES:
            inside.pop()
        elif token.type == "thead_open":
            heads = tokens[place : next(at for at, one in enumerate(tokens) if at > place and one.type == "tr_close")]
            columns = sum(one.type == "th_open" for one in heads)
            table = document.add_table(rows=0, cols=columns, style="Table Grid")
        elif token.type == "tr_open":
            cells = iter(table.add_row().cells)
        elif token.type == "inline" and tokens[place - 1].type in ("th_open", "td_open"):
            notes.write(next(cells).paragraphs[0], token, tokens[place - 1].type == "th_open")
        elif token.type == "inline":
            notes.write(document.add_paragraph(style=inside[-1] if inside else None), token)


class _Notes:
    """Writes the text of one answer with references to the footnotes, which it adds to those of the whole file."""

    def __init__(self, answer: Answer, notes: list[str], catalogue: Catalogue) -> None:
        self._sources = {f"[{one.mark}]": source_text(one, catalogue).partition(" ")[2] for one in answer.citations}
        self._numbers: dict[str, int] = {}
        self._notes = notes

    def write(self, paragraph: Paragraph, token: Token, bold: bool = False) -> None:
        """The runs of an inline token."""
        strong = False
        for child in token.children or ():
            if child.type in ("strong_open", "strong_close"):
                strong = child.type == "strong_open"
            text = " " if child.type in ("softbreak", "hardbreak") else child.content
            for part in filter(None, _MARK.split(text)):
                if part in self._sources:
                    self._refer(paragraph, part)
                else:
                    paragraph.add_run(part).bold = strong or bold or None

    def _refer(self, paragraph: Paragraph, mark: str) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        if mark in self._numbers:  # it has its note already
            paragraph.add_run(str(self._numbers[mark])).font.superscript = True
            return
        self._notes.append(self._sources[mark])
        self._numbers[mark] = len(self._notes)
        reference = OxmlElement("w:footnoteReference")
        reference.set(qn("w:id"), str(len(self._notes)))
        paragraph.add_run(style="Footnote Reference")._r.append(reference)  # type: ignore[arg-type]  # python-docx knows its own alone


def _attach(document: Document, notes: Sequence[str]) -> None:
    """Put the footnotes into the file; python-docx has no part for them."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    content = _NOTES.format("".join(_NOTE.format(n, escape(note)) for n, note in enumerate(notes, start=1)))
    part = Part(PackURI("/word/footnotes.xml"), _CONTENT, content.encode(), document.part.package)
    document.part.relate_to(part, _KIND)
