"""A line of a model's text as statements: sentences, each with the marks that stand in it, after it or before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.model.marks import Mark, marks_in
from ingest.sentences import split_sentences

_BULLET = re.compile(r"^\s*(?:[-*•‣▪–+·]|\(?\d{1,2}[.)]|[a-z]\))\s+(?:\[[ xX]\]\s+)?")
_HEADING = re.compile(r"^\s*#{1,6}\s")
_ROW = re.compile(r"^\s*\|.*\|\s*$")
_LOOSE = re.compile(r"\s+(?=[,.;:!?…](?!\w))")
_TWICE = re.compile(r"([,;:])[,;:\s]*(?=[.,;:!?])|(?<!\.)\.\.(?!\.)")
_HOLLOW = re.compile(r"\(\s*[,;]?\s*\)|\[\s*\]")
_QUOTED = re.compile(r"^\s*(?:>\s*)+")
_LABEL = re.compile(r"^\W*(?:källor(?:na)?|källa|sources?|referenser|references?)\W*$", re.IGNORECASE)
_LEADING = re.compile(r"^[\s,.;:)\]–—-]+(?=\S)")


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence of a line without its marks, the marks, and where it ends in the line."""

    text: str
    marks: tuple[Mark, ...]
    end: int


def units_of(line: str) -> list[Unit]:
    """The sentences of a line, in order. Marks before the first word lead their sentences, others follow them."""
    marks = list(marks_in(line))
    bare, origin = _without(line, marks)
    spans = split_sentences(bare) or ((0, 0),)
    lead = bool(marks) and not re.search(r"\w", bare[: _place(origin, marks[0].start)])
    starts = [start for start, _ in spans]
    owned: list[list[Mark]] = [[] for _ in spans]
    for mark in marks:
        at = _place(origin, mark.start)
        owner = max((number for number, start in enumerate(starts) if start < at), default=0)
        if lead and at >= spans[owner][1] and owner + 1 < len(spans):
            owner += 1
        elif lead and at <= starts[0]:
            owner = 0
        owned[owner].append(mark)
    ends = [origin[start] if start < len(origin) else len(line) for start in starts[1:]] + [len(line)]
    if lead:
        ends = [
            min([end, *(mark.start for mark in owned[n + 1])]) if n + 1 < len(spans) else end
            for n, end in enumerate(ends)
        ]
    return [
        Unit(tidied(bare[start:end]), tuple(own), stop)
        for (start, end), own, stop in zip(spans, owned, ends, strict=True)
    ]


def _without(line: str, marks: Sequence[Mark]) -> tuple[str, list[int]]:
    """The line with a space in place of each mark, and where each of its characters stands in the line."""
    origin: list[int] = []
    bare, at = "", 0
    for mark in marks:
        origin += range(at, mark.start)
        bare += line[at : mark.start] + " "
        origin.append(mark.start)
        at = mark.end
    return bare + line[at:], [*origin, *range(at, len(line))]


def _place(origin: Sequence[int], at: int) -> int:
    return next((place for place, there in enumerate(origin) if there >= at), len(origin))


def tidied(text: str) -> str:
    """The text in one line, without what taken-away marks leave: loose commas, hollow brackets, doubled stops."""
    text = _HOLLOW.sub("", " ".join(text.split()))
    text = _TWICE.sub(lambda found: "." if found.group().startswith("..") else "", _LOOSE.sub("", text))
    text = " ".join(_LEADING.sub("", text).rstrip(" ,;").split())
    return "" if _LABEL.match(text) else text


def is_bullet(line: str) -> bool:
    """Whether the line is an item of a list or a row of a table."""
    return _BULLET.match(_QUOTED.sub("", line)) is not None or is_row(line)


def is_row(line: str) -> bool:
    """Whether the line is a row of a table."""
    return _ROW.match(line) is not None


def body_of(line: str) -> str:
    """The line without its bullet or the bars of its row."""
    if is_row(line):
        return ", ".join(cell.strip() for cell in line.strip().strip("|").split("|") if cell.strip())
    return _BULLET.sub("", _QUOTED.sub("", line))


def is_heading(line: str) -> bool:
    """Whether the line is a heading."""
    return _HEADING.match(line) is not None
