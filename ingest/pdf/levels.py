"""Levels of headings: by the example of those that outline or contents name, else by the rank of their looks."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from ingest.pdf.blocks import Draft

NUMBERING = re.compile(r"^(\d{1,2}(?:\.\d{1,2})*)\.?\s+[^\W\d_]")

_LOOK_BACK = 200
_MISSING = 3

Look = tuple[float, bool, bool, bool, int]
"""Size in half points, bold, capitals, italic, colour: blocks of one look are headings of one rank."""


def rank(look: Look) -> tuple[float, bool, bool, bool]:
    """Sorts looks from the highest heading to the lowest."""
    size, bold, capitals, italic, _ = look
    return (-size, not bold, not capitals, italic)


def levels_by_example(drafts: Sequence[Draft], named: dict[int, int], candidates: dict[int, Look]) -> dict[int, int]:
    """Named blocks keep their level; other candidates take the level of their look, or one below their section's."""
    levels_of_look: dict[Look, Counter[int]] = defaultdict(Counter)
    for draft in drafts:
        if id(draft) in named:
            levels_of_look[candidates[id(draft)]][named[id(draft)]] += 1
    level_of_look: dict[Look, int] = {}
    deepest = 0
    for look in sorted({*levels_of_look, *candidates.values()}, key=rank):
        deepest = max(levels_of_look[look]) if look in levels_of_look else deepest + 1
        level_of_look[look] = deepest
    levels = dict(named)
    last_named = 0
    for draft in drafts:
        if id(draft) in named:
            last_named = named[id(draft)]
        elif id(draft) in candidates:
            look = candidates[id(draft)]
            mixed = len(levels_of_look[look]) > 1 if look in levels_of_look else False
            levels[id(draft)] = last_named + 1 if mixed else level_of_look[look]
    return levels


def levels_by_rank(drafts: Sequence[Draft], candidates: dict[int, Look]) -> dict[int, int]:
    """Levels by rank of look."""
    title = _title_of(drafts, candidates)
    looks = sorted({look for key, look in candidates.items() if key not in title}, key=rank)
    ranks: dict[Look, int] = {}
    for look in looks:
        near = [other for other in ranks if other[1:4] == look[1:4] and abs(other[0] - look[0]) <= 0.5]
        ranks[look] = ranks[near[0]] if near else len(set(ranks.values())) + 1
    return {key: 1 if key in title else ranks[look] for key, look in candidates.items()}


def levels_by_number(drafts: Sequence[Draft]) -> dict[int, int]:
    """Level by block id for the longest run of blocks whose section numbers follow each other (1, 1.1, 1.2, 2).

    Empty where the run is short or of one level only, as numbered lists are.
    """
    numbered = [(draft, match[1]) for draft in drafts if (match := NUMBERING.match(draft.text))]
    numbers = [tuple(map(int, number.split("."))) for _, number in numbered]
    longest: list[tuple[int, int]] = []
    for index, number in enumerate(numbers):
        before = range(max(0, index - _LOOK_BACK), index)
        longest.append(max(((longest[i][0] + 1, i) for i in before if _follows(numbers[i], number)), default=(1, -1)))
    levels: dict[int, int] = {}
    place = max(range(len(longest)), key=lambda index: longest[index], default=-1)
    while place >= 0:
        levels[id(numbered[place][0])] = len(numbers[place])
        place = longest[place][1]
    return levels if len(levels) >= 3 and max(levels.values()) > 1 else {}


def _follows(before: tuple[int, ...], after: tuple[int, ...]) -> bool:
    """Whether one section number may come next after another: a step deeper, or on at any depth; few may be missing."""
    same = next(
        (i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
    )
    if same == len(after) or len(after) > same + 1:
        return False
    return 0 < after[same] - (before[same] if same < len(before) else 0) <= _MISSING


def _title_of(drafts: Sequence[Draft], candidates: dict[int, Look]) -> set[int]:
    """The document's title on its first page: larger than everything after it, so no section of its own rank."""
    first = [draft for draft in drafts if id(draft) in candidates and draft.page == 0]
    if not first:
        return set()
    largest = max(draft.lines[0].size for draft in first)
    later = [candidates[id(d)][0] for d in drafts if id(d) in candidates and d.page > 0]
    if not later or largest <= max(later) + 0.5:
        return set()
    return {id(draft) for draft in first if draft.lines[0].size > largest - 0.5}
