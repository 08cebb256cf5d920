"""What the styles of a Word document say of text: heading, list, caption, hidden; each inherits from the one below."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ingest.office.numbering import Numbering, W

if TYPE_CHECKING:
    from lxml.etree import _Element

_HEADING = re.compile(r"(?i)^(?:heading|rubrik|överskrift|otsikko)\s*(\d)$")
_TITLE = ("title", "rubrik")
_CONTENTS = ("toc ", "table of ", "innehåll ")
_CAPTION = ("caption", "beskrivning", "bildtext")


@dataclass(frozen=True, slots=True)
class Style:
    """`level` is 1 to 9 for headings, else 0; `list_id` and `list_level` name the list whose numbers it shows."""

    level: int = 0
    listed: bool = False
    contents: bool = False
    caption: bool = False
    hidden: bool = False
    struck: bool = False
    list_id: str | None = None
    list_level: int = 0


def styles_of(root: _Element | None, numbering: Numbering) -> dict[str, Style]:
    """The styles by id; "" is the plain style of text without one."""
    elements = {} if root is None else {one.get(f"{W}styleId", ""): one for one in root.findall(f"{W}style")}
    found: dict[str, Style] = {"": Style()}
    for name in elements:
        _resolve(name, elements, numbering, found)
    return found


def _resolve(name: str, elements: dict[str, _Element], numbering: Numbering, found: dict[str, Style]) -> Style:
    if name in found or name not in elements:
        return found.get(name, found[""])
    found[name] = found[""]  # a style that is based on itself ends here
    element = elements[name]
    based_on = element.find(f"{W}basedOn")
    base = found[""]
    if based_on is not None:
        base = _resolve(based_on.get(f"{W}val", ""), elements, numbering, found)
    found[name] = _stated(name, element, base, numbering)
    return found[name]


def _stated(name: str, element: _Element, base: Style, numbering: Numbering) -> Style:
    """The style below with what this one states itself."""
    shown = element.find(f"{W}name")
    words = (shown.get(f"{W}val", "") if shown is not None else "").casefold()
    style = base
    if heading := _HEADING.match(words):
        style = replace(style, level=int(heading[1]))
    elif words in _TITLE:
        style = replace(style, level=1)
    outline = _value(element, f"{W}pPr/{W}outlineLvl")
    if outline is not None and outline.isdigit():
        style = replace(style, level=int(outline) + 1 if int(outline) < 9 else 0)
    style = replace(
        style,
        listed=style.listed or words.startswith("list"),
        contents=style.contents or words.startswith(_CONTENTS),
        caption=style.caption or words in _CAPTION,
        hidden=_switched(element, ("vanish",), style.hidden),
        struck=_switched(element, ("strike", "dstrike"), style.struck),
    )
    list_id, level = _value(element, f"{W}pPr/{W}numPr/{W}numId"), _value(element, f"{W}pPr/{W}numPr/{W}ilvl")
    if list_id is not None:
        style = replace(style, list_id=list_id, list_level=int(level) if level and level.isdigit() else 0)
        if name in numbering.by_style:
            style = replace(style, list_level=numbering.by_style[name][1])
    return style


def _switched(element: _Element, names: tuple[str, ...], inherited: bool) -> bool:
    values = [value for name in names if (value := _value(element, f"{W}rPr/{W}{name}")) is not None]
    return any(value not in ("0", "false", "off") for value in values) if values else inherited


def _value(element: _Element, path: str) -> str | None:
    child = element.find(path)
    return None if child is None else child.get(f"{W}val", "")
