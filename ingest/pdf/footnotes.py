"""Footnotes: told apart from the text that they interrupt, and bound to the section that refers to them."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

import numpy as np
from numpy.typing import NDArray

from ingest.documents import BlockKind
from ingest.pdf.blocks import Body, Draft
from ingest.pdf.layout import Flow
from ingest.pdf.lines import Line

_LIST_NUMBER = re.compile(r"(\d{1,3})[.)]\s")
_FOOTNOTE = re.compile(r"^(?:\[?\d{1,3}\]?|\*{1,3}|[†‡])[.)]?\s*\S")


def split_footnotes(flows: Sequence[Flow], rules: NDArray[np.float32], body: Body, height: float) -> list[Draft]:
    """Takes the footnotes of one page out of its flows, in place, and returns them in order.

    They are the last lines of a column, in the lower part of the page, begin with a mark, and are smaller than the
    body, begin with a raised mark, or stand under a short rule.
    """
    found: list[Draft] = []
    raised = {line.text[a:b].strip() for flow in flows for line in flow.lines for a, b in line.raised if a}
    for flow in flows:
        if flow.role != "text":
            continue
        start = _footnotes_start(flow, rules, body, height, raised)
        if start is None:
            continue
        notes, flow.lines = flow.lines[start:], flow.lines[:start]
        notes_here = False
        for line in notes:
            if not notes_here or (_FOOTNOTE.match(line.text) and _looks_like_note(line, rules, body, raised)):
                notes_here = True
                found.append(Draft(BlockKind.FOOTNOTE, [], flow.left, flow.right))
            found[-1].lines.append(line)
    return found


def _footnotes_start(
    flow: Flow, rules: NDArray[np.float32], body: Body, height: float, raised: Set[str]
) -> int | None:
    start = None
    for index in range(len(flow.lines) - 1, -1, -1):
        line = flow.lines[index]
        if line.middle < 0.4 * height:
            break
        begins = bool(_FOOTNOTE.match(line.text))
        if begins and _looks_like_note(line, rules, body, raised):
            start = index
        elif line.size > 0.93 * body.size and not _under_rule(line, rules):
            break
    return start


def _looks_like_note(line: Line, rules: NDArray[np.float32], body: Body, raised: Set[str]) -> bool:
    """`raised` are the marks in the page's text: small items of a list begin with a number and a stop as well."""
    if line.raised and line.raised[0][0] == 0:
        return True
    number = _LIST_NUMBER.match(line.text)
    small = line.size <= 0.93 * body.size and (number is None or number[1] in raised)
    return small or _under_rule(line, rules)


def _under_rule(line: Line, rules: NDArray[np.float32]) -> bool:
    """Whether a rule of at most half the page's text width stands above the line, not far away."""
    if not len(rules):
        return False
    near = (rules[:, 2] < line.top + 2) & (rules[:, 2] > line.top - 5 * line.size)
    near &= (np.abs(rules[:, 0] - line.x0) < 6) & (rules[:, 1] - rules[:, 0] < 260) & (rules[:, 1] - rules[:, 0] > 30)
    return bool(near.any())


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
    length = next((i for i, character in enumerate(text) if not (character.isdigit() or character in "*†‡")), len(text))
    return text[:length]


def _carries(draft: Draft, mark: str, page: int) -> bool:
    return bool(mark) and any(
        line.page == page and mark in (line.text[start:end].strip() for start, end in line.raised)
        for line in draft.lines
        if draft.kind is not BlockKind.FOOTNOTE
    )
