"""The inline text of a page between two blocks: from runs of letters to lines, and which of them belong together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from ingest.documents import BlockKind
from ingest.web.htmltext import BREAK

BULLET = re.compile(r"[•·▪◦‣●○]\s+(?=\S)")
DASH = re.compile(r"[–—*-]\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Run:
    """Inline text, with the share of its letters that lie in links; a line break is a run of its own."""

    text: str
    link: float = 0.0
    emphasis: int = 0


def lines_of(runs: Sequence[Run]) -> list[Run]:
    """The gathered text by lines; an empty line stays as one without text."""
    lines: list[Run] = []
    for is_break, group in groupby(runs, lambda run: run.text == BREAK):
        members = list(group)
        if is_break:
            lines += [Run("")] * (len(members) - 1)
        elif (line := joined(members, "")).text:
            lines.append(line)
    return lines


def joined(runs: Sequence[Run], glue: str) -> Run:
    """The runs as one, with the share of their letters that lie in links and the least emphasis among them."""
    inked = [run for run in runs if run.text.strip()]
    letters = sum(len(run.text.strip()) for run in inked) or 1
    linked = sum(run.link * len(run.text.strip()) for run in inked)
    text = " ".join(glue.join(run.text for run in runs).split())
    return Run(text, linked / letters, min((run.emphasis for run in inked), default=0))


def belonging(lines: Sequence[Run], kind: BlockKind, dashes: bool) -> int:
    """How many lines from the first on are one piece: an empty line, a bullet or a heading-like line ends it."""
    if kind is BlockKind.LIST_ITEM:
        return len(lines)
    count = 1
    while count < len(lines) and lines[count].text:
        if BULLET.match(lines[count].text) or (dashes and DASH.match(lines[count].text)):
            break
        if bool(lines[count].emphasis) != bool(lines[count - 1].emphasis):
            break
        count += 1
    return count
