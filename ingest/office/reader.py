"""Reads Word, PowerPoint and Excel files, tables in text form, Markdown and plain text.

Headings, slide titles and sheet names become headings; the documents have no pages of their own. The files are zip
archives of XML: what they unpack to is bounded before anything is parsed.
"""

from __future__ import annotations

import csv
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from lxml.etree import XMLSyntaxError

from ingest.documents import BlockKind, ReadDocument
from ingest.errors import DamagedFile, LimitExceeded
from ingest.office.word import word_lines
from ingest.plain import Line, clean, decode, lay_out, paragraphs_of

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from pptx.shapes.base import BaseShape
    from pptx.slide import Slide

_MAXIMUM_ROWS = 200_000
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def read_office(path: Path, media_type: str, maximum_unpacked_bytes: int) -> ReadDocument:
    """A "docx", "pptx" or "xlsx" file as one page without a number.

    Raises `LimitExceeded` for an archive that unpacks to more than `maximum_unpacked_bytes`, `DamagedFile` for one
    that cannot be parsed.
    """
    readers = {"docx": _read_word, "pptx": _read_slides, "xlsx": _read_workbook}
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > maximum_unpacked_bytes:
            megabytes = maximum_unpacked_bytes // 1_000_000
            raise LimitExceeded(f"{path.name} packas upp till mer än {megabytes} MB och lästes inte; dela upp den.")
        return readers[media_type](path)
    except _damage() as error:
        raise DamagedFile(f"{path.name} är skadad och kan inte läsas; hämta filen på nytt från källan.") from error


def _damage() -> tuple[type[Exception], ...]:
    """What the Office libraries raise over a broken archive or broken XML, found by reading damaged files.

    They have no common error for it: openpyxl, for one, passes unknown XML attributes on as arguments.
    """
    from docx.exceptions import PythonDocxError
    from docx.opc.exceptions import OpcError
    from pptx.exc import PythonPptxError

    archive = (zipfile.BadZipFile, zlib.error, RuntimeError, OSError)
    xml = (XMLSyntaxError, ParseError, LookupError, ValueError, TypeError, AttributeError)
    return (*archive, *xml, PythonDocxError, OpcError, PythonPptxError)


def read_plain(path: Path, media_type: str) -> ReadDocument:
    """A "csv", "markdown" or "text" file as one page without a number."""
    text = clean(decode(path.read_bytes()))
    if media_type == "csv":
        return lay_out(_table(_csv_rows(text)))
    if media_type == "markdown":
        return _read_markdown(text)
    return lay_out(paragraphs_of(text))


def _read_markdown(text: str) -> ReadDocument:
    from bs4 import BeautifulSoup
    from markdown_it import MarkdownIt

    from ingest.web.markup import pieces_of

    html = MarkdownIt("commonmark").enable("table").render(_FRONT_MATTER.sub("", text, count=1))
    pieces = pieces_of(BeautifulSoup(html, "lxml"))
    title = next((piece.text for piece in pieces if piece.level == 1), None)
    return replace(lay_out(Line(piece.kind, piece.text, piece.level) for piece in pieces), title=title)


def _csv_rows(text: str) -> Iterator[list[str]]:
    head = text[:20_000]
    try:
        dialect: type[csv.Dialect] = csv.Sniffer().sniff(head, delimiters=";,\t|")
    except csv.Error:
        dialect = csv.excel
    yield from csv.reader(text.splitlines(), dialect)


def _table(rows: Iterable[list[str]]) -> Iterator[Line]:
    """One table of the rows that hold anything; a single column is no table but paragraphs."""
    filled = [[" ".join(cell.split()) for cell in row] for row in rows]
    filled = [row for row in filled if any(row)]
    if filled and max(map(len, filled)) == 1:
        yield from (Line(BlockKind.PARAGRAPH, row[0]) for row in filled)
    elif filled:
        yield Line(BlockKind.TABLE, "\n".join(" | ".join(row).rstrip(" |") for row in filled))


def _read_word(path: Path) -> ReadDocument:
    import docx

    document = docx.Document(str(path))
    properties = document.core_properties
    changed = properties.modified.date().isoformat() if properties.modified else None
    lines = list(word_lines(document))
    titles = [line.text for line in lines if line.kind is BlockKind.HEADING and line.level == 1]
    title = (properties.title or "").strip() or (titles[0] if titles else None)
    return replace(lay_out(lines), title=title, updated=changed)


def _read_slides(path: Path) -> ReadDocument:
    import pptx

    presentation = pptx.Presentation(str(path))
    lines: list[Line] = []
    notes = 0
    for number, slide in enumerate(presentation.slides, 1):
        lines += _slide_lines(slide, number)
        notes += bool(slide.has_notes_slide and slide.notes_slide.notes_text_frame.text.strip())
    read = lay_out(lines)
    if notes:
        read = replace(read, report=replace(read.report, warnings=(f"Talarmanus till {notes} bilder lästes inte.",)))
    return replace(read, title=(presentation.core_properties.title or "").strip() or None)


def _slide_lines(slide: Slide, number: int) -> Iterator[Line]:
    title = slide.shapes.title
    text = " ".join(title.text_frame.text.split()) if title is not None else ""
    yield Line(BlockKind.HEADING, text or f"Bild {number}", 1)
    for shape in slide.shapes:
        if title is None or shape.shape_id != title.shape_id:
            yield from _shape_lines(shape)


def _shape_lines(shape: BaseShape) -> Iterator[Line]:
    from pptx.enum.shapes import PP_PLACEHOLDER
    from pptx.shapes.autoshape import Shape
    from pptx.shapes.graphfrm import GraphicFrame
    from pptx.shapes.group import GroupShape

    furniture = (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.HEADER)
    if shape.is_placeholder and shape.placeholder_format.type in furniture:
        return
    if isinstance(shape, GroupShape):
        for member in shape.shapes:
            yield from _shape_lines(member)
    elif isinstance(shape, GraphicFrame) and shape.has_table:
        yield from _table([cell.text for cell in row.cells] for row in shape.table.rows)
    elif isinstance(shape, Shape):
        texts = [" ".join(paragraph.text.split()) for paragraph in shape.text_frame.paragraphs]
        texts = [text for text in texts if text]
        is_list = shape.is_placeholder and len(texts) > 1
        for text in texts:
            yield Line(BlockKind.LIST_ITEM, f"• {text}") if is_list else Line(BlockKind.PARAGRAPH, text)


def _read_workbook(path: Path) -> ReadDocument:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    lines: list[Line] = []
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            # The stated size of a sheet may be that of the whole grid; without it only rows that exist are read.
            sheet.reset_dimensions()
            rows = ([_cell_text(cell) for cell in row] for row in sheet.iter_rows(max_row=_MAXIMUM_ROWS))
            lines += [Line(BlockKind.HEADING, sheet.title, 1), *_table(rows)]
        return replace(lay_out(lines), title=(book.properties.title or "").strip() or None)
    finally:
        book.close()


def _cell_text(cell: Cell) -> str:
    """A cell as a Swedish reader sees it: decimal comma, per cent, ISO date."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "Ja" if value else "Nej"
    if isinstance(value, int | float):
        is_share = "%" in (cell.number_format or "")
        number = f"{value * 100 if is_share else value:.10g}".replace(".", ",")
        return f"{number} %" if is_share else number
    return str(value)
