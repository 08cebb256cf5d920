"""The automatic numbers of a Word document ("2.1", "punkt 3"), which stand in no paragraph's text."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
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
            depth = _whole(level.get(f"{W}ilvl"), 0)
            form, pattern = _value(level, "numFmt") or "decimal", _value(level, "lvlText") or ""
            found.levels[name, depth] = _Level(form, pattern, _whole(_value(level, "start"), 1))
            if style := _value(level, "pStyle"):
                found.by_style[style] = (name, depth)
    for instance in root.findall(f"{W}num"):
        name = instance.get(f"{W}numId", "")
        found.owners[name] = _value(instance, "abstractNumId") or ""
        for override in instance.findall(f"{W}lvlOverride"):
            if (start := _value(override, "startOverride")) is not None:
                found.restarts[name, _whole(override.get(f"{W}ilvl"), 0)] = _whole(start, 1)
    return found


def _value(parent: _Element, name: str) -> str | None:
    child = parent.find(f"{W}{name}")
    return None if child is None else child.get(f"{W}val")


def _whole(text: str | None, otherwise: int) -> int:
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
