"""The marks by which a model points at numbered sentences, and a line as sentences, each with its own marks.

A mark stands in its sentence, after it or before it, in the many forms that models write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from ingest.swedish import split_sentences

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
    """The numbers that a mark names, and whether it is a footnote's ("[^1]", "¹")."""

    numbers: tuple[int, ...]
    footnote: bool


def marks_in(line: str) -> Iterator[Mark]:
    """The marks of a line, in order."""
    for found in _MARK.finditer(line):
        inner = next(group for name, group in found.groupdict().items() if name != "open" and group is not None)
        raised = inner.translate(_RAISED)
        yield Mark(numbers_in(raised), "^" in inner or raised != inner)


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


_FIRST_HELD = 0xE000
_HELD = "[\ue000-\uf8ff]"
"""A character of private use stands for each mark while its line is cut into sentences."""
_BEFORE_SENTENCE = re.compile(rf"(^|[.!?…]\s)[^\w\ue000-\uf8ff]*({_HELD}(?:[\s,;]*{_HELD})*)[\s:]*([\"”»'(]*\w+)")
_AFTER_STOP = re.compile(rf"([.!?…][\"”»')]*)\s*({_HELD}(?:[\s,;]*{_HELD})*)")


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence of a line without its marks, the marks, and the line that follows it."""

    text: str
    marks: tuple[Mark, ...]
    rest: str


def units_of(line: str) -> list[Unit]:
    """The sentences of a line, in order. Marks before the first word lead their sentences, others follow them."""
    marks, written = list(marks_in(line)), [found.group() for found in _MARK.finditer(line)]
    places = count(_FIRST_HELD)
    held = _MARK.sub(lambda _: chr(next(places)), line)
    leads = re.match(rf"[^\w\ue000-\uf8ff]*{_HELD}", held) is not None
    held = _BEFORE_SENTENCE.sub(r"\1\3\2 ", held) if leads else _AFTER_STOP.sub(r"\2\1 ", held)
    starts = [start for start, _ in split_sentences(held)] or [0]
    return [
        Unit(
            tidied(re.sub(_HELD, " ", held[start:end])),
            tuple(marks[ord(one) - _FIRST_HELD] for one in re.findall(_HELD, held[start:end])),
            re.sub(_HELD, lambda one: written[ord(one.group()) - _FIRST_HELD], held[end:]),
        )
        for start, end in zip(starts, [*starts[1:], len(held)], strict=True)
    ]


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
