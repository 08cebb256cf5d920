"""Tables of contents: found by dot leaders and page numbers, kept out of answers, and asked about headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.pdf.layout import Flow
from ingest.pdf.lines import Line

_LEADER = re.compile(r"\s*(?:\.\s?|…\s?|_\s?|·\s?){4,}\s*(?P<page>\d{1,4}|[ivxlc]{1,6})?\s*$")
_NUMBERED = re.compile(r"^(?P<title>.*[^\W\d_].*?)\s+(?P<page>\d{1,3})$")
_TITLE = re.compile(r"^(innehåll|innehållsförteckning|contents|table of contents)$", re.IGNORECASE)
_LED = re.compile(r"\s*(?:\.\s?|…\s?|_\s?|·\s?){4,}\s*(?P<value>[^\s.].*)$")
_UNCOUNTED_PAGES = 20
"""A page may have a printed number so much higher than the file has pages."""
_RISING_SHARE = 0.9
_DIGIT_EM = 0.556
_MINIMUM_ENTRIES = 3
_ENTRY_SHARE = 0.5
_SAME_INDENT_POINTS = 4.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a contents page: the heading's text, its depth from 1 by indent, and the printed page."""

    title: str
    depth: int
    page: str | None


def split_contents(flows: Sequence[Flow], goes_on: bool) -> tuple[list[Flow], list[Line], list[Entry]]:
    """One page's flows without its contents lines, those lines in order, and the entries that they state.

    `goes_on` says that the page before held contents lines.
    """
    taken: list[Line] = []
    entries: list[tuple[str, float, str | None]] = []
    kept: list[Flow] = []
    for flow in flows:
        above = kept[-1].lines if kept else []
        begin = next((index for index, line in enumerate(above) if _is_title(line)), len(above))
        marked = _marked(flow.lines, bool(taken), goes_on or begin < len(above))
        if not any(marked):
            kept.append(flow)
            continue
        taken += above[begin:]
        del above[begin:]
        start = ""
        for line, contents in zip(flow.lines, marked, strict=True):
            if not contents:
                continue
            taken.append(line)
            title, page = _entry(line.text)
            if page is None and not _LEADER.search(line.text):
                start = f"{start} {line.text.strip()}" if not _is_title(line) else ""
                continue
            entries.append((f"{start} {title}".strip(), line.x0, page))
            start = ""
        rest = [line for line, contents in zip(flow.lines, marked, strict=True) if not contents]
        if rest:
            kept.append(Flow(rest, flow.left, flow.right, flow.role))
    return kept, taken, _with_depth(entries)


def is_contents(lines: Sequence[Line], pages: int, goes_on: bool) -> bool:
    """Whether the lines with dot leaders, if any, lead to pages: under a contents title or to rising numbers.

    Other leaders lead to prices and figures.
    """
    led = [match for line in sorted(lines, key=lambda line: line.top) if (match := _led(line))]
    if goes_on or not led or any(map(_is_title, lines)):
        return True
    numbers = [int(match["value"]) for match in led if match["value"].isdigit()]
    steps = [before <= after for before, after in pairwise(numbers)]
    exist = sum(number <= pages + _UNCOUNTED_PAGES for number in numbers)
    return exist >= _RISING_SHARE * len(led) and sum(steps) >= _RISING_SHARE * len(steps)


def _led(line: Line) -> re.Match[str] | None:
    text = line.text
    likely = ".." in text or ". ." in text or "…" in text or "_" in text or "·" in text
    return _LED.search(text) if likely else None


def without_leaders(lines: Sequence[Line]) -> list[Line]:
    """The lines with each dot leader taken out, so that what stands before and after it are cells of one row."""
    parts: list[Line] = []
    for line in lines:
        match = _led(line)
        if match is None or not line.text[: match.start()].strip():
            parts.append(line)
            continue
        share = (line.x1 - line.x0) / len(line.text)
        for start, end in ((0, match.start()), match.span("value")):
            left, right = line.x0 + start * share, line.x0 + end * share
            if start:
                left, right = line.x1 - (end - start) * _DIGIT_EM * line.size, line.x1
            parts.append(replace(line, text=line.text[start:end], source=line.source[start:end], x0=left, x1=right))
    return parts


def _is_title(line: Line) -> bool:
    return bool(_TITLE.match(line.text.strip()))


def _entry(text: str) -> tuple[str, str | None]:
    text = text.replace(" | ", " ")
    leader = _LEADER.search(text)
    if leader:
        return text[: leader.start()].strip(), leader.group("page")
    numbered = _NUMBERED.match(text.strip())
    return (numbered.group("title"), numbered.group("page")) if numbered else (text.strip(), None)


def _marked(lines: Sequence[Line], before: bool, titled: bool) -> list[bool]:
    """Which lines of a flow belong to a table of contents; `titled` says that a contents title stands right above."""
    titles = [_is_title(line) for line in lines]
    leaders = [bool(_LEADER.search(line.text)) for line in lines]
    if sum(leaders) < _MINIMUM_ENTRIES and not (before and any(leaders)):
        leaders = _by_page_numbers(lines, 0 if titled else titles.index(True) + 1) if titled or any(titles) else leaders
    entries = [index for index, leader in enumerate(leaders) if leader]
    if not entries or (sum(leaders) < _MINIMUM_ENTRIES and not before):
        return [False] * len(lines)
    marked = [False] * len(lines)
    first, last = entries[0], entries[-1]
    while first > 0 and (titles[first - 1] or _wraps(lines[first - 1], lines[first])):
        first -= 1
    for index in range(first, last + 1):
        marked[index] = True
    return marked


def _by_page_numbers(lines: Sequence[Line], start: int) -> list[bool]:
    """Entries without leaders: lines after a contents title that end with rising page numbers."""
    marked = [False] * len(lines)
    numbers: list[int] = []
    for index in range(start, len(lines)):
        match = _NUMBERED.match(lines[index].text.replace(" | ", " ").strip())
        if match and (not numbers or int(match.group("page")) >= numbers[-1]):
            numbers.append(int(match.group("page")))
            marked[index] = True
    enough = max(_MINIMUM_ENTRIES, _ENTRY_SHARE * (len(lines) - start))
    return marked if len(numbers) >= enough else [False] * len(lines)


def _wraps(upper: Line, lower: Line) -> bool:
    """Whether the upper line is the beginning of an entry that goes on in the lower."""
    return (
        abs(upper.size - lower.size) < 0.5
        and upper.style.bold == lower.style.bold
        and lower.top - upper.top < 1.5 * lower.size
        and not upper.text.rstrip().endswith((".", ":"))
    )


def _with_depth(entries: Sequence[tuple[str, float, str | None]]) -> list[Entry]:
    indents: list[float] = []
    for _, x0, _ in sorted(entries, key=lambda entry: entry[1]):
        if not indents or x0 - indents[-1] > _SAME_INDENT_POINTS:
            indents.append(x0)
    depths = [max(i for i, indent in enumerate(indents, 1) if x0 >= indent - 0.01) for _, x0, _ in entries]
    return [Entry(title, depth, page) for (title, _, page), depth in zip(entries, depths, strict=True)]
