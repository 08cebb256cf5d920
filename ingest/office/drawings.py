"""Text of drawings in Word and PowerPoint files: charts with their labels and values, and SmartArt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.documents import BlockKind
from ingest.office.workbook import shown_number
from ingest.plain import Line, cells_of, table_lines

if TYPE_CHECKING:
    from docx.opc.part import Part as WordPart
    from lxml.etree import _Element
    from pptx.opc.package import Part as SlidePart

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

UNREAD_DRAWING = ("diagram utan värden", "diagram utan värden")


def drawing_lines(drawing: _Element, part: WordPart | SlidePart) -> Iterator[Line] | None:
    """The text of the chart or SmartArt that the element shows, None where it shows neither.

    A chart whose values the file does not keep gives no lines.
    """
    for tag, name in ((f"{_C}chart", f"{_R}id"), (f"{_DGM}relIds", f"{_R}dm")):
        for reference in drawing.iter(tag):
            target = reference.get(name, "")
            root = parsed(part.rels[target].target_part.blob) if target in part.rels else None
            if root is None:
                return iter(())
            return _chart_lines(root) if tag == f"{_C}chart" else _diagram_lines(root)
    return None


def parsed(blob: bytes | None) -> _Element | None:
    """The XML of a part, None where there is none."""
    from lxml import etree

    return etree.fromstring(blob, etree.XMLParser(resolve_entities=False, no_network=True)) if blob else None


def _chart_lines(root: _Element) -> Iterator[Line]:
    """The title, and a table with a row for each label and a column for each series."""
    title = " ".join("".join(node.itertext()) for node in root.iterfind(f"{_C}chart/{_C}title//{_A}p")).strip()
    series = list(root.iter(f"{_C}ser"))
    if title and series:
        yield Line(BlockKind.CAPTION, title)
    labels: dict[int, str] = {}
    columns: list[dict[int, str]] = []
    names: list[str] = []
    for number, one in enumerate(series, 1):
        for index, label in _points(one, "cat", "xVal").items():
            labels.setdefault(index, label)
        columns.append(_points(one, "val", "yVal"))
        names.append(" ".join(_points(one, "tx").values()) or (title if len(series) == 1 else f"Serie {number}"))
    places = sorted({*labels, *(at for column in columns for at in column)})
    rows = [[labels.get(at, str(at + 1)), *(column.get(at, "") for column in columns)] for at in places]
    if any(columns):
        yield from table_lines([cells_of(["", *names]), *map(cells_of, rows)])


def _points(series: _Element, *names: str) -> dict[int, str]:
    """The cached labels or values of a series by place; the parts of a label on several levels are joined."""
    found: dict[int, str] = {}
    for name in names:
        for holder in series.findall(f"{_C}{name}"):
            form = holder.findtext(f".//{_C}formatCode") or "General"
            for point in holder.iter(f"{_C}pt"):
                index, text = int(point.get("idx", "0")), (point.findtext(f"{_C}v") or "").strip()
                text = _as_shown(text, form) if holder.find(f".//{_C}numCache") is not None else text
                found[index] = f"{text} {found[index]}" if index in found else text
            if not found and (direct := holder.findtext(f"{_C}v")):
                found[0] = direct.strip()
    return found


def _as_shown(text: str, form: str) -> str:
    try:
        return shown_number(float(text), form)
    except ValueError:
        return text


def _diagram_lines(root: _Element) -> Iterator[Line]:
    """The texts of a SmartArt drawing, a point to an item, in the order in which the file has them."""
    for point in root.iter(f"{_DGM}pt"):
        text = " ".join(" ".join("".join(p.itertext()).split()) for p in point.iter(f"{_A}p")).strip()
        if text and point.get("type", "node") in ("node", "asst"):
            yield Line(BlockKind.LIST_ITEM, f"• {text}")
