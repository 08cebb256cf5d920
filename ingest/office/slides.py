"""The text of a PowerPoint presentation: titles, text boxes in reading order, tables, charts, SmartArt, notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.documents import BlockKind, ReadDocument
from ingest.office.drawings import UNREAD_DRAWING, drawing_lines
from ingest.plain import Cell, Line, Unread, lay_out, table_lines, with_unread

if TYPE_CHECKING:
    from pptx.shapes.base import BaseShape
    from pptx.slide import Slide
    from pptx.table import Table

_HIDDEN_SLIDE = ("dold bild", "dolda bilder")
_PICTURE = ("bild som bara är ett foto eller en skärmbild", "bilder som bara är ett foto eller en skärmbild")
_OBJECT = ("inbäddat objekt", "inbäddade objekt")
_ROW_EMU = 250_000
"""Shapes whose upper edges lie within this (7 mm) stand in one row and are read from left to right."""


def read_slides(path: Path) -> ReadDocument:
    """The visible slides, each under its title as a heading."""
    import pptx

    presentation = pptx.Presentation(str(path))
    unread: Unread = Counter()
    lines: list[Line] = []
    for number, slide in enumerate(presentation.slides, 1):
        if slide.element.get("show") in ("0", "false"):
            unread[_HIDDEN_SLIDE] += 1
        else:
            lines += _slide_lines(slide, number, unread)
    title = (presentation.core_properties.title or "").strip() or None
    return replace(with_unread(lay_out(lines), unread), title=title)


def _slide_lines(slide: Slide, number: int, unread: Unread) -> Iterator[Line]:
    from pptx.shapes.picture import Picture

    title = slide.shapes.title
    text = " ".join(title.text_frame.text.split()) if title is not None else ""
    yield Line(BlockKind.HEADING, text or f"Bild {number}", 1)
    shapes = [one for one in _in_reading_order(slide.shapes) if title is None or one.shape_id != title.shape_id]
    read = [line for shape in shapes for line in _shape_lines(shape, unread)]
    unread[_PICTURE] += not read and any(isinstance(shape, Picture) for shape in shapes)
    yield from read
    notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    for paragraph in notes.paragraphs if notes is not None else ():
        if said := " ".join(paragraph.text.split()):
            yield Line(BlockKind.PARAGRAPH, said)


def _in_reading_order(shapes: Iterable[BaseShape]) -> list[BaseShape]:
    """From above, and from left to right among those that begin at one height; one without a place stays first."""
    placed = sorted(shapes, key=lambda shape: shape.top or 0)
    rows: list[list[BaseShape]] = []
    for shape in placed:
        if rows and (shape.top or 0) - (rows[-1][0].top or 0) < _ROW_EMU:
            rows[-1].append(shape)
        else:
            rows.append([shape])
    return [shape for row in rows for shape in sorted(row, key=lambda shape: shape.left or 0)]


def _shape_lines(shape: BaseShape, unread: Unread) -> Iterator[Line]:
    from pptx.enum.shapes import PP_PLACEHOLDER
    from pptx.shapes.autoshape import Shape
    from pptx.shapes.graphfrm import GraphicFrame
    from pptx.shapes.group import GroupShape

    furniture = (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.HEADER)
    if shape.is_placeholder and shape.placeholder_format.type in furniture:
        return
    if isinstance(shape, GroupShape):
        for member in _in_reading_order(shape.shapes):
            yield from _shape_lines(member, unread)
    elif isinstance(shape, GraphicFrame) and shape.has_table:
        yield from _table(shape.table)
    elif isinstance(shape, GraphicFrame):
        drawn = drawing_lines(shape.element, shape.part)
        read = list(drawn) if drawn is not None else []
        unread[_OBJECT if drawn is None else UNREAD_DRAWING] += not read
        yield from read
    elif isinstance(shape, Shape):
        texts = [" ".join(paragraph.text.split()) for paragraph in shape.text_frame.paragraphs]
        texts = [text for text in texts if text]
        is_list = shape.is_placeholder and len(texts) > 1
        for text in texts:
            yield Line(BlockKind.LIST_ITEM, f"• {text}") if is_list else Line(BlockKind.PARAGRAPH, text)


def _table(table: Table) -> Iterator[Line]:
    shown = [[cell for cell in row.cells if not cell.is_spanned] for row in table.rows]
    yield from table_lines(
        [[Cell(" ".join(cell.text.split()), cell.span_width, cell.span_height) for cell in row] for row in shown]
    )
