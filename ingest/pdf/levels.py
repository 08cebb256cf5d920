"""Levels of headings: by the example of those that outline or contents name, else by the rank of their looks."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from ingest.pdf.blocks import Draft

NUMBERING = re.compile(r"^(\d{1,2}(?:\.\d{1,2})*)\.?\s+[^\W\d_]")

Look = tuple[float, bool, bool, bool, int]
"""Size in half points, bold, capitals, italic, colour: blocks of one look are headings of one rank."""


def _rank(look: Look) -> tuple[float, bool, bool, bool]:
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
    for look in sorted({*levels_of_look, *candidates.values()}, key=_rank):
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
    """Levels by rank of look; where numbered headings are the rule, by the depth of the number."""
    title = _title_of(drafts, candidates)
    looks = sorted({look for key, look in candidates.items() if key not in title}, key=_rank)
    ranks: dict[Look, int] = {}
    for look in looks:
        near = [other for other in ranks if other[1:4] == look[1:4] and abs(other[0] - look[0]) <= 0.5]
        ranks[look] = ranks[near[0]] if near else len(set(ranks.values())) + 1
    numbered = {
        id(draft): match.group(1).count(".") + 1
        for draft in drafts
        if id(draft) in candidates and (match := NUMBERING.match(draft.text))
    }
    by_number = len(numbered) >= 3 and max(numbered.values()) > 1
    levels: dict[int, int] = {}
    for draft in drafts:
        if id(draft) not in candidates:
            continue
        if id(draft) in title:
            levels[id(draft)] = 1
        elif by_number and id(draft) in numbered:
            levels[id(draft)] = numbered[id(draft)]
        else:
            levels[id(draft)] = ranks[candidates[id(draft)]]
    return levels


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
