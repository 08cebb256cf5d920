"""The marks by which a model points at numbered sentences, in the many forms that models write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

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
