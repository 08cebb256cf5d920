"""What the styles and lists of a Word document say of its text: heading, caption, hidden, automatic number."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_UNNUMBERED = ("bullet", "none")


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a list: how its number is written ("decimal"), its pattern ("%1.%2") and its first number."""

    form: str
    pattern: str
    start: int


@dataclass(slots=True)
class Numbering:
    """The lists of one document (list id to the ids of its levels' owner) and how far each has been counted."""

    owners: dict[str, str]
    levels: dict[tuple[str, int], _Level]
    restarts: dict[tuple[str, int], int]
    by_style: dict[str, tuple[str, int]]
    counts: defaultdict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def label(self, list_id: str, level: int) -> str | None:
        """The next number of the list on this level, "•" for a bullet, None where nothing is shown."""
        owner = self.owners.get(list_id, "")
        shape = self.levels.get((owner, level))
        if shape is None:
            return None
        if shape.form in _UNNUMBERED:
            return "•" if shape.form == "bullet" else None
        # A list that states a start of its own is counted on its own.
        counted = list_id if any(one == list_id for one, _ in self.restarts) else owner
        counts = self.counts[counted]
        counts[level] = counts[level] + 1 if level in counts else self._start(list_id, owner, level)
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]

        def number(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            form = self.levels[owner, at].form if (owner, at) in self.levels else "decimal"
            return _written(counts.get(at, self._start(list_id, owner, at)), form)

        return re.sub(r"%(\d)", number, shape.pattern).strip() or None

    def _start(self, list_id: str, owner: str, level: int) -> int:
        shape = self.levels.get((owner, level))
        return self.restarts.get((list_id, level), shape.start if shape else 1)


def numbering_of(root: _Element | None) -> Numbering:
    """The lists that the part "numbering" of a document defines; none without it."""
    found = Numbering({}, {}, {}, {})
    if root is None:
        return found
    for owner in root.findall(f"{W}abstractNum"):
        name = owner.get(f"{W}abstractNumId", "")
        for level in owner.findall(f"{W}lvl"):
            depth = whole(level.get(f"{W}ilvl"), 0)
            form, pattern = value(level, f"{W}numFmt") or "decimal", value(level, f"{W}lvlText") or ""
            found.levels[name, depth] = _Level(form, pattern, whole(value(level, f"{W}start"), 1))
            if style := value(level, f"{W}pStyle"):
                found.by_style[style] = (name, depth)
    for instance in root.findall(f"{W}num"):
        name = instance.get(f"{W}numId", "")
        found.owners[name] = value(instance, f"{W}abstractNumId") or ""
        for override in instance.findall(f"{W}lvlOverride"):
            if (start := value(override, f"{W}startOverride")) is not None:
                found.restarts[name, whole(override.get(f"{W}ilvl"), 0)] = whole(start, 1)
    return found


def whole(text: str | None, otherwise: int) -> int:
    """The number that a text says, `otherwise` where it says none."""
    return int(text) if text is not None and text.isdigit() else otherwise


def _written(number: int, form: str) -> str:
    """The number as its list writes it; Roman numbers up to 39 and letters up to z, as any document's."""
    if form.endswith("Letter") and 0 < number <= 26:
        text = chr(ord("a") + number - 1)
    elif form.endswith("Roman") and 0 < number < 40:
        text = ""
        for value, sign in _ROMAN:
            text += sign * (number // value)
            number %= value
    else:
        return f"{number:02d}" if form == "decimalZero" else str(number)
    return text.upper() if form.startswith("upper") else text


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
    outline = value(element, f"{W}pPr/{W}outlineLvl")
    if outline is not None and outline.isdigit():
        style = replace(style, level=int(outline) + 1 if int(outline) < 9 else 0)
    run = element.find(f"{W}rPr")
    style = replace(
        style,
        listed=style.listed or words.startswith("list"),
        contents=style.contents or words.startswith(_CONTENTS),
        caption=style.caption or words in _CAPTION,
        hidden=switched(run, ("vanish",), style.hidden),
        struck=switched(run, ("strike", "dstrike"), style.struck),
    )
    list_id, level = value(element, f"{W}pPr/{W}numPr/{W}numId"), value(element, f"{W}pPr/{W}numPr/{W}ilvl")
    if list_id is not None:
        style = replace(style, list_id=list_id, list_level=int(level) if level and level.isdigit() else 0)
        if name in numbering.by_style:
            style = replace(style, list_level=numbering.by_style[name][1])
    return style


def switched(properties: _Element | None, names: tuple[str, ...], inherited: bool) -> bool:
    """Whether one of the named properties of a run is on; as inherited where none is stated."""
    values = [one for name in names if (one := value(properties, f"{W}{name}")) is not None]
    return any(one not in ("0", "false", "off") for one in values) if values else inherited


def value(element: _Element | None, path: str) -> str | None:
    """What the element at a path states, None where there is none."""
    child = None if element is None else element.find(path)
    return None if child is None else child.get(f"{W}val", "")
