"""The marks by which a model points at numbered sentences, and a line as sentences, each with its own marks.

A mark stands in its sentence, after it or before it, in the many forms that models write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.sentences import split_sentences

_WORD = r"(?:källor(?:na)?|källa(?:n)?|sources?|refs?\.?|referens(?:er)?|mening(?:ar|en)?|sentences?|se|see|enligt)"
_NUMBER = r"\^?[sS]?\s?\d{1,3}(?:\s*†[^\]】)]*)?"
_JOINT = r"\s*(?:,|;|&|\boch\b|\band\b|-|–|—|\]\s?\[|\s)\s*"
_NUMBERS = rf"{_NUMBER}(?:{_JOINT}{_WORD}?\s*{_NUMBER})*"
_MARK = re.compile(
    rf"\\?(?:(?P<open>[\[［【]{{1,2}})\s*(?:{_WORD}\s*:?\s*)?(?P<a>{_NUMBERS})\s*\\?[\]］】]{{1,2}}(?:\(#?[\w-]*\))?"
    rf"|[({{<]\s*(?:{_WORD}\s*:?\s*)?(?P<b>[sS]\d{{1,3}}(?:{_JOINT}[sS]?\d{{1,3}})*)\s*[)}}>]"
    rf"|[({{]\s*{_WORD}\s*:?\s*(?P<c>{_NUMBERS})\s*[)}}]"
    rf"|(?<!\w){_WORD}\s*:\s*(?P<d>[sS]\d{{1,3}}(?:{_JOINT}[sS]?\d{{1,3}})*)(?!\w)"
    rf"|\^(?P<e>[sS]?\d{{1,3}}(?:,[sS]?\d{{1,3}})*)\^|(?P<f>[¹²³⁰⁴-⁹]+))",
    re.IGNORECASE,
)
_UNFINISHED = re.compile(
    r"(?:[\[［【({<\\^†]|källa|source)[^\]］】)}>.!?\n]{0,60}$|[\[［【][^\]］】\n]{0,60}$", re.IGNORECASE
)
_FOOTNOTE = re.compile(r"^\s*\[\^(\w+)\]:?\s+(.*)$")
_RANGE = re.compile(r"[sS]?(\d{1,3})\s*[-–—]\s*[sS]?(\d{1,3})|(\d{1,3})")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_LONGEST_RANGE = 20


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark in a line: where it stands, the numbers it names, and whether it is a footnote's ("[^1]", "¹")."""

    start: int
    end: int
    numbers: tuple[int, ...]
    footnote: bool


def marks_in(line: str) -> Iterator[Mark]:
    """The marks of a line, in order."""
    for found in _MARK.finditer(line):
        inner = next(group for name, group in found.groupdict().items() if name != "open" and group is not None)
        raised = inner.translate(_RAISED)
        footnote = "^" in inner or raised != inner
        yield Mark(found.start(), found.end(), numbers_in(raised), footnote)


def numbers_in(text: str) -> tuple[int, ...]:
    """The numbers that a mark's text names, ranges spelled out, each once."""
    found: list[int] = []
    for first, last, one in _RANGE.findall(re.sub(r"†[^,;]*", "", text)):
        if one:
            found.append(int(one))
        else:
            found.extend(range(int(first), min(int(last), int(first) + _LONGEST_RANGE) + 1))
    return tuple(dict.fromkeys(found))


def footnote_in(line: str) -> tuple[int, tuple[int, ...]] | None:
    """The number of the footnote that the line defines, and the sentences it names; None where it defines none."""
    found = _FOOTNOTE.match(line)
    numbers = numbers_in(found[1]) if found else ()
    if not found or not numbers:
        return None
    return numbers[0], tuple(int(number) for number in re.findall(r"[sS](\d{1,3})", found[2]))


def ends_unfinished(text: str) -> bool:
    """Whether the text may end within a mark."""
    return _UNFINISHED.search(text) is not None


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
