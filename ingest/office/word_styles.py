"""What the styles and lists of a Word document say of its text: heading, caption, automatic number."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ingest.documents import BlockKind

if TYPE_CHECKING:
    from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ROMAN = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx".split()
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_HEADING = re.compile(r"(?i)^(?:heading|rubrik|överskrift|otsikko)\s*(\d)$")
_TITLE = ("title", "rubrik")
_KINDS = (
    (re.compile(r"(?:toc|table of|innehåll) "), BlockKind.CONTENTS),
    (re.compile(r"(?:caption|beskrivning|bildtext)$"), BlockKind.CAPTION),
    (re.compile("list"), BlockKind.LIST_ITEM),
)


@dataclass(slots=True)
class Numbering:
    """The lists of one document: the owner of each list's levels, each level's form ("decimal"), pattern ("%1.%2") and
    first number, the level that belongs to a style, and how far each list has been counted.
    """

    owners: dict[str, str] = field(default_factory=dict)
    levels: dict[tuple[str, int], tuple[str, str, int]] = field(default_factory=dict)
    by_style: dict[str, int] = field(default_factory=dict)
    restarted: set[str] = field(default_factory=set)
    counts: defaultdict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def label(self, list_id: str, level: int) -> str | None:
        """The next number of the list on this level, "•" for a bullet, None where nothing is shown."""
        owner = self.owners.get(list_id, "")
        form, pattern, start = self.levels.get((owner, level), ("none", "", 1))
        if form in ("bullet", "none"):
            return "•" if form == "bullet" else None
        # A list that states a start of its own is counted on its own.
        counts = self.counts[list_id if list_id in self.restarted else owner]
        counts[level] = counts.get(level, start - 1) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]

        def number(found: re.Match[str]) -> str:
            form, _, start = self.levels.get((owner, int(found[1]) - 1), ("decimal", "", 1))
            return _written(counts.get(int(found[1]) - 1, start), form)

        return re.sub(r"%(\d)", number, pattern).strip() or None


def numbering_of(root: _Element | None) -> Numbering:
    """The lists that the part "numbering" of a document defines; none without it."""
    found = Numbering()
    if root is None:
        return found
    for owner in root.findall(f"{W}abstractNum"):
        name = owner.get(f"{W}abstractNumId", "")
        for level in owner.findall(f"{W}lvl"):
            depth = whole(level.get(f"{W}ilvl"), 0)
            form, pattern = value(level, f"{W}numFmt") or "decimal", value(level, f"{W}lvlText") or ""
            found.levels[name, depth] = form, pattern, whole(value(level, f"{W}start"), 1)
            if style := value(level, f"{W}pStyle"):
                found.by_style[style] = depth
    for instance in root.findall(f"{W}num"):
        name = instance.get(f"{W}numId", "")
        found.owners[name] = value(instance, f"{W}abstractNumId") or ""
        if instance.find(f"{W}lvlOverride/{W}startOverride") is not None:
            found.restarted.add(name)
    return found


def whole(text: str | None, otherwise: int) -> int:
    """The number that a text says, `otherwise` where it says none."""
    return int(text) if text is not None and text.isdigit() else otherwise


def _written(number: int, form: str) -> str:
    """The number as its list writes it; long lists of letters or Roman numbers end in plain ones."""
    signs = _LETTERS if form.endswith("Letter") else _ROMAN if form.endswith("Roman") else ""
    text = signs[number - 1] if 0 < number <= len(signs) else str(number)
    return text.upper() if form.startswith("upper") else text


@dataclass(frozen=True, slots=True)
class Style:
    """`level` is 1 to 9 for headings, else 0; `list_id` and `list_level` name the list whose numbers it shows."""

    level: int = 0
    kind: BlockKind = BlockKind.PARAGRAPH
    list_id: str | None = None
    list_level: int = 0


def styles_of(root: _Element | None, numbering: Numbering) -> dict[str, Style]:
    """The styles by id."""
    elements = {} if root is None else {one.get(f"{W}styleId", ""): one for one in root.findall(f"{W}style")}
    found: dict[str, Style] = {}
    for name in elements:
        _resolve(name, elements, numbering, found)
    return found


def _resolve(name: str, elements: dict[str, _Element], numbering: Numbering, found: dict[str, Style]) -> Style:
    """The style that this one is based on, with what it states itself."""
    if name in found or name not in elements:
        return found.get(name, Style())
    found[name] = Style()  # a style that is based on itself ends here
    element = elements[name]
    style = _resolve(value(element, f"{W}basedOn") or "", elements, numbering, found)
    words = (value(element, f"{W}name") or "").casefold()
    if heading := _HEADING.match(words):
        style = replace(style, level=int(heading[1]))
    elif words in _TITLE:
        style = replace(style, level=1)
    if (outline := value(element, f"{W}pPr/{W}outlineLvl")) is not None:
        style = replace(style, level=(whole(outline, 9) + 1) % 10)
    style = replace(style, kind=next((kind for pattern, kind in _KINDS if pattern.match(words)), style.kind))
    if (list_id := value(element, f"{W}pPr/{W}numPr/{W}numId")) is not None:
        level = numbering.by_style.get(name, whole(value(element, f"{W}pPr/{W}numPr/{W}ilvl"), 0))
        style = replace(style, list_id=list_id, list_level=level)
    found[name] = style
    return style


def is_on(run: _Element, names: tuple[str, ...]) -> bool:
    """Whether a run states that one of the named properties holds."""
    return any(value(run, f"{W}rPr/{W}{name}") not in (None, "0", "false", "off") for name in names)


def value(element: _Element, path: str) -> str | None:
    """What the element at a path states, None where there is none."""
    child = element.find(path)
    return None if child is None else child.get(f"{W}val", "")
