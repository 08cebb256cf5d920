"""The text of a PowerPoint presentation: titles, text boxes in reading order, tables, charts, SmartArt, notes.

Charts and SmartArt of Word documents are read here too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.documents import BlockKind, ReadDocument
from ingest.office.workbook import shown_number
from ingest.plain import Cell, Line, Unread, cells_of, lay_out, table_lines, with_unread, xml_root

if TYPE_CHECKING:
    from docx.opc.part import Part as WordPart
    from lxml.etree import _Element
    from pptx.opc.package import Part as SlidePart
    from pptx.shapes.base import BaseShape
    from pptx.slide import Slide

UNREAD_DRAWING = ("diagram utan värden", "diagram utan värden")
_HIDDEN_SLIDE = ("dold bild", "dolda bilder")
_PICTURE = ("bild som bara är ett foto eller en skärmbild", "bilder som bara är ett foto eller en skärmbild")
_OBJECT = ("inbäddat objekt", "inbäddade objekt")
_ROW_EMU = 250_000
"""Shapes whose upper edges lie within this (7 mm) stand in one row and are read from left to right."""

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


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
        yield Line(BlockKind.PARAGRAPH, " ".join(paragraph.text.split()))


def _in_reading_order(shapes: Iterable[BaseShape]) -> list[BaseShape]:
    """From above, and from left to right among those that begin at one height; one without a place stays first."""
    rows: list[list[BaseShape]] = []
    for shape in sorted(shapes, key=lambda shape: shape.top or 0):
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
        rows = [[cell for cell in row.cells if not cell.is_spanned] for row in shape.table.rows]
        yield from table_lines(
            [[Cell(" ".join(cell.text.split()), cell.span_width, cell.span_height) for cell in row] for row in rows]
        )
    elif isinstance(shape, GraphicFrame):
        drawn = drawing_lines(shape.element, shape.part)
        unread[_OBJECT if drawn is None else UNREAD_DRAWING] += not drawn
        yield from drawn or ()
    elif isinstance(shape, Shape):
        texts = [text for one in shape.text_frame.paragraphs if (text := " ".join(one.text.split()))]
        is_list = shape.is_placeholder and len(texts) > 1
        for text in texts:
            yield Line(BlockKind.LIST_ITEM, f"• {text}") if is_list else Line(BlockKind.PARAGRAPH, text)


def drawing_lines(drawing: _Element, part: WordPart | SlidePart) -> list[Line] | None:
    """The text of the chart or SmartArt that the element shows, None where it shows neither.

    A chart whose values the file does not keep gives no lines.
    """
    for tag, name, lines_of in ((f"{_C}chart", "id", _chart_lines), (f"{_DGM}relIds", "dm", _diagram_lines)):
        for reference in drawing.iter(tag):
            target = reference.get(f"{_R}{name}", "")
            return list(lines_of(xml_root(part.rels[target].target_part.blob))) if target in part.rels else []
    return None


def _chart_lines(root: _Element) -> Iterator[Line]:
    """The title, and a table with a row for each label and a column for each series."""
    title = " ".join("".join(node.itertext()) for node in root.iterfind(f"{_C}chart/{_C}title//{_A}p")).strip()
    series = list(root.iter(f"{_C}ser"))
    columns = [_points(one, "val", "yVal") for one in series]
    if not any(columns):
        return
    if title:
        yield Line(BlockKind.CAPTION, title)
    labels: dict[int, str] = {}
    for one in series:
        labels = _points(one, "cat", "xVal") | labels
    names = [" ".join(_points(one, "tx").values()) or f"Serie {number}" for number, one in enumerate(series, 1)]
    places = sorted({*labels, *(at for column in columns for at in column)})
    rows = [[labels.get(at, str(at + 1)), *(column.get(at, "") for column in columns)] for at in places]
    yield from table_lines([cells_of(["", *names]), *map(cells_of, rows)])


def _points(series: _Element, *names: str) -> dict[int, str]:
    """The cached labels or values of a series by place; the parts of a label on several levels are joined."""
    found: dict[int, str] = {}
    for holder in (one for name in names for one in series.findall(f"{_C}{name}")):
        form = holder.findtext(f".//{_C}formatCode") or "General"
        for point in holder.iter(f"{_C}pt"):
            index, text = int(point.get("idx", "0")), (point.findtext(f"{_C}v") or "").strip()
            if text and holder.find(f".//{_C}numCache") is not None:
                text = shown_number(float(text), form)
            found[index] = f"{text} {found[index]}" if index in found else text
        if not found and (direct := holder.findtext(f"{_C}v")):
            found[0] = direct.strip()
    return found


def _diagram_lines(root: _Element) -> Iterator[Line]:
    """The texts of a SmartArt drawing, a point to an item, in the order in which the file has them."""
    for point in root.iter(f"{_DGM}pt"):
        text = " ".join(" ".join("".join(p.itertext()).split()) for p in point.iter(f"{_A}p")).strip()
        if text and point.get("type", "node") in ("node", "asst"):
            yield Line(BlockKind.LIST_ITEM, f"• {text}")
