"""What accompanies the text and is set apart from it: contents pages, and footnotes."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import replace
from itertools import pairwise, takewhile

from ingest.documents import BlockKind
from ingest.pdf.drafts import Body, Draft
from ingest.pdf.layout import Flow
from ingest.pdf.lines import Line

_LEADER = re.compile(r"\s*(?:\.\s?|…\s?|_\s?|·\s?){4,}\s*(?P<page>\d{1,4}|[ivxlc]{1,6})?\s*$")
_NUMBERED = re.compile(r"^(?P<title>.*[^\W\d_].*?)\s+(?P<page>\d{1,3})$")
_TITLE = re.compile(r"^(innehåll|innehållsförteckning|contents|table of contents)$", re.IGNORECASE)
_LED = re.compile(r"\s*(?:\.\s?|…\s?|_\s?|·\s?){4,}\s*(?P<value>[^\s.].*)?$")
_UNCOUNTED_PAGES = 20
"""A page may have a printed number so much higher than the file has pages."""
_RISING_SHARE = 0.9
_DIGIT_EM = 0.556
_MINIMUM_ENTRIES = 3
_ENTRY_SHARE = 0.5


def split_contents(flows: Sequence[Flow], goes_on: bool) -> tuple[list[Flow], list[Line]]:
    """One page's flows without its contents lines, and those lines in order.

    `goes_on` says that the page before held contents lines.
    """
    taken: list[Line] = []
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
        taken += [line for line, contents in zip(flow.lines, marked, strict=True) if contents]
        rest = [line for line, contents in zip(flow.lines, marked, strict=True) if not contents]
        if rest:
            kept.append(Flow(rest, flow.left, flow.right, flow.role))
    return kept, taken


def is_contents(lines: Sequence[Line], pages: int, goes_on: bool) -> bool:
    """Whether the lines with dot leaders, if any, lead to pages: under a contents title or to rising numbers.

    Other leaders lead to prices and figures.
    """
    led = [(line, match) for line in sorted(lines, key=lambda line: line.top) if (match := _led(line))]
    values = [value for line, match in led if (value := match["value"] or _beside(line, lines))]
    if not values or any(map(_is_title, lines)):
        return True
    numbers = [int(value) for value in values if value.isdigit()]
    steps = [before <= after for before, after in pairwise(numbers)]
    exist = sum(number <= pages + _UNCOUNTED_PAGES for number in numbers)
    rising = exist >= _RISING_SHARE * len(values) and sum(steps) >= _RISING_SHARE * len(steps)
    return rising or (goes_on and 2 * exist >= len(values))


def _beside(line: Line, lines: Sequence[Line]) -> str:
    """What stands next to the end of a leader, at its height; "" where nothing does."""
    right = (other for other in lines if other.x0 >= line.x1 and abs(other.middle - line.middle) < 0.3 * line.size)
    return min(right, key=lambda other: other.x0, default=replace(line, text="")).text.strip()


def _led(line: Line) -> re.Match[str] | None:
    text = line.text
    likely = ".." in text or ". ." in text or "…" in text or "_" in text or "·" in text
    return _LED.search(text) if likely else None


def without_leaders(lines: Sequence[Line]) -> list[Line]:
    """The lines with each dot leader taken out, so that what stands before and after it are cells of one row."""
    parts: list[Line] = []
    for line in lines:
        match = _led(line)
        if match is None or not (line.text[: match.start()].strip() or match["value"]):
            parts.append(line)
            continue
        share = (line.x1 - line.x0) / len(line.text)
        for start, end in ((0, match.start()), match.span("value")):
            if not line.text[max(start, 0) : max(end, 0)].strip():  # its text or value is a line of its own
                continue
            left, right = line.x0 + start * share, line.x0 + end * share
            if start:
                left, right = line.x1 - (end - start) * _DIGIT_EM * line.size, line.x1
            part = replace(line, text=line.text[start:end], source=line.source[start:end], x0=left, x1=right)
            parts += [part] if start else without_leaders([part])  # there may be a leader to each of two prices
    return parts


def _is_title(line: Line) -> bool:
    return bool(_TITLE.match(line.text.strip()))


def _marked(lines: Sequence[Line], before: bool, titled: bool) -> list[bool]:
    """Which lines of a flow belong to a table of contents; `titled` says that a contents title stands right above."""
    titles = [_is_title(line) for line in lines]
    leaders = [bool(_LEADER.search(line.text)) for line in lines]
    if sum(leaders) < _MINIMUM_ENTRIES and not (before and any(leaders)):
        leaders = _by_page_numbers(lines, 0 if titled else titles.index(True) + 1) if titled or any(titles) else leaders
    entries = [index for index, leader in enumerate(leaders) if leader]
    if not entries or (sum(leaders) < _MINIMUM_ENTRIES and not before):
        return [False] * len(lines)
    first = entries[0]
    while first > 0 and titles[first - 1]:
        first -= 1
    return [first <= index <= entries[-1] for index in range(len(lines))]


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


_LIST_NUMBER = re.compile(r"(\d{1,3})[.)]\s")
_FOOTNOTE = re.compile(r"^(?:\[?\d{1,3}(?![\d,:%])\]?|\*{1,3}|[†‡])[.)]?\s*\S")


def split_footnotes(flows: Sequence[Flow], body: Body, height: float) -> list[Draft]:
    """Takes the footnotes of one page out of its flows, in place, and returns them in order.

    They are the last lines of a column, in the lower part of the page, begin with a mark, and are smaller than the
    body or begin with a raised mark.
    """
    found: list[Draft] = []
    raised = {line.text[a:b].strip() for flow in flows for line in flow.lines for a, b in line.raised if a}
    for flow in flows:
        start = _footnotes_start(flow, body, height, raised) if flow.role == "text" else len(flow.lines)
        notes, flow.lines = flow.lines[start:], flow.lines[:start]
        for number, line in enumerate(notes):
            if not number or _begins_note(line, body, raised):
                found.append(Draft(BlockKind.FOOTNOTE, [], flow.left, flow.right))
            found[-1].lines.append(line)
    return found


def _footnotes_start(flow: Flow, body: Body, height: float, raised: Set[str]) -> int:
    start = len(flow.lines)
    for index, line in reversed(list(enumerate(flow.lines))):
        if _begins_note(line, body, raised) and line.middle >= 0.4 * height:
            start = index
        elif line.size > 0.93 * body.size or line.middle < 0.4 * height:
            break
    return start


def _begins_note(line: Line, body: Body, raised: Set[str]) -> bool:
    """`raised` are the marks in the page's text: small items of a list begin with a number and a stop as well."""
    if not _FOOTNOTE.match(line.text):
        return False
    if line.raised and line.raised[0][0] == 0:
        return True
    number = _LIST_NUMBER.match(line.text)
    return line.size <= 0.93 * body.size and (number is None or number[1] in raised)


def place_footnotes(drafts: list[Draft], notes: Sequence[Draft]) -> list[Draft]:
    """Puts each footnote at the end of the section whose text carries its mark, so that it interrupts nothing."""
    placed = list(drafts)
    for note in reversed(notes):
        mark = note_mark(note)
        carrier = next((i for i, draft in enumerate(placed) if _carries(draft, mark, note.page)), None)
        if carrier is None:
            on_page = [
                i
                for i, draft in enumerate(placed)
                if draft.kind is not BlockKind.FOOTNOTE and any(line.page == note.page for line in draft.lines)
            ]
            place = on_page[-1] + 1 if on_page else len(placed)
        else:
            place = carrier + 1
            while place < len(placed) and placed[place].kind not in (BlockKind.HEADING, BlockKind.FOOTNOTE):
                place += 1
        placed.insert(place, note)
    return placed


def note_mark(note: Draft) -> str:
    """The number or sign that a footnote begins with."""
    text = note.lines[0].text.lstrip(" [(")
    return "".join(takewhile(lambda character: character.isdigit() or character in "*†‡", text))


def _carries(draft: Draft, mark: str, page: int) -> bool:
    return bool(mark) and any(
        line.page == page and mark in (line.text[start:end].strip() for start, end in line.raised)
        for line in draft.lines
        if draft.kind is not BlockKind.FOOTNOTE
    )
