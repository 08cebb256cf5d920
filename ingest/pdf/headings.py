"""Headings and their levels: by style against the body, checked against the outline.

Where the outline names the headings, it gives the levels; blocks that look like those named are headings too. Where it
does not, the styles are ranked: larger before smaller, bold before plain.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.documents import BlockKind
from ingest.pdf.drafts import Body, Draft

NUMBERING = re.compile(r"^(\d{1,2}(?:\.\d{1,2})*)\.?\s+[^\W\d_]")


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
            mixed = len(levels_of_look.get(look, ())) > 1
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


_MAXIMUM_LINES = 5
_MAXIMUM_CHARS = 220
_LARGER = 1.08
_COVER_CHARS = 150
_DEEPEST = 6
_NO_LETTERS = re.compile(r"[\W_]+")
_ITEM_NUMBER = re.compile(r"§+\s*\d{1,4}\s?[a-z]?")
_NO_HEADING_END = (".", ",", ";", "-", "…")
_LIST_KINDS = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)

_LINK_COLOURS = (0x0000EE, 0x0000FF, 0x551A8B, 0x0563C1, 0x0066CC)
"""What browsers and word processors give a link: no sign of a heading."""


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """One entry of the file's outline: level from 1, title, and page index or None."""

    level: int
    title: str
    page: int | None


def key_of(text: str) -> str:
    """Letters and digits only, case folded, for comparing headings."""
    return _NO_LETTERS.sub("", text.casefold())


def mark_headings(drafts: list[Draft], body: Body, outline: Sequence[OutlineEntry]) -> list[Draft]:
    """Sets kind HEADING and the level on the blocks that are headings."""
    drafts = _join_named(drafts, {key_of(entry.title) for entry in outline} - {""})
    drafts = _join_item_numbers(drafts, body)
    named = _named_by_outline(drafts, outline)
    candidates = {
        id(draft): look_of(draft, body) for draft in drafts if id(draft) in named or _looks_like_heading(draft, body)
    }
    levels = levels_by_example(drafts, named, candidates) if named else levels_by_rank(drafts, candidates)
    no_heads = _cover_lines(drafts, levels, named)
    for draft in drafts:
        if id(draft) in levels and id(draft) not in no_heads:
            draft.kind = BlockKind.HEADING
            draft.level = max(1, min(levels[id(draft)], _DEEPEST))
    return drafts


def _cover_lines(drafts: Sequence[Draft], levels: dict[int, int], named: dict[int, int]) -> set[int]:
    """Large lines of a first page that holds no running text: they say something, but head nothing."""
    first = [draft for draft in drafts if draft.page == 0]
    if any(draft.kind is BlockKind.TABLE for draft in first):
        return set()
    text = [draft.text for draft in first if id(draft) not in levels and draft.text.rstrip().endswith(".")]
    if sum(map(len, text)) > _COVER_CHARS or any(id(d) not in levels and len(d.text) > _COVER_CHARS for d in first):
        return set()
    largest = max((draft.lines[0].size for draft in first), default=0.0)
    return {id(draft) for draft in first if id(draft) not in named and draft.lines[0].size < largest - 0.5}


def look_of(draft: Draft, body: Body) -> Look:
    """What of a block's style tells headings apart."""
    style = max(draft.lines, key=lambda line: len(line.text)).style
    letters = [character for character in draft.text if character.isalpha()]
    capitals = len(letters) > 3 and all(character.isupper() for character in letters)
    colour = 0 if style.colour in (body.colour, *_LINK_COLOURS) else style.colour
    return (round(style.size * 2) / 2, style.bold, capitals, style.italic, colour)


def _is_short(draft: Draft) -> bool:
    text = draft.text
    return (
        draft.kind in _LIST_KINDS
        and draft.role != "table"
        and len(draft.lines) <= _MAXIMUM_LINES
        and len(text) <= _MAXIMUM_CHARS
        and sum(character.isalpha() for character in text) >= 2
    )


def _ends_as_text(draft: Draft) -> bool:
    return draft.text.rstrip().endswith(_NO_HEADING_END)


def _looks_like_heading(draft: Draft, body: Body) -> bool:
    """Whether a block stands out from the body as a heading does."""
    if not _is_short(draft) or _ends_as_text(draft):
        return False
    if draft.role == "box" and len(draft.lines) > 2:
        return False
    size, bold, capitals, _, colour = look_of(draft, body)
    larger = size >= _LARGER * body.size
    numbered = bool(NUMBERING.match(draft.text))
    if draft.kind is BlockKind.LIST_ITEM and not (numbered and (larger or bold)):
        return False
    if size < (0.78 if bold else 0.9) * body.size:
        return False
    first = next((character for character in draft.text if character.isalnum()), "a")
    if first.islower():
        return False
    uniform = all(line.style.bold == draft.lines[0].style.bold for line in draft.lines)
    bold_alone = bold and not body.bold and uniform
    return (
        larger
        or bold_alone
        or (capitals and len(draft.lines) <= 2)
        or (bool(colour) and size >= body.size and len(draft.lines) <= 2)
    )


def _join_item_numbers(drafts: list[Draft], body: Body) -> list[Draft]:
    """Puts the number of an item of minutes together with its heading (§ 5 / Budget), past a note between them."""
    joined: list[Draft] = []
    for draft in drafts:
        number = next((other for other in joined[:-3:-1] if _ITEM_NUMBER.fullmatch(other.text)), None)
        if number is not None and _looks_like_heading(draft, body):
            number.lines += draft.lines
        else:
            joined.append(draft)
    return joined


def _join_named(drafts: list[Draft], names: set[str]) -> list[Draft]:
    """Puts together consecutive blocks that only together carry a heading's name."""
    joined: list[Draft] = []
    for draft in drafts:
        last = joined[-1] if joined else None
        parts = last is not None and last.page == draft.page and _is_short(last) and _is_short(draft)
        if last and parts and key_of(last.text + draft.text) in names and key_of(draft.text) not in names:
            last.lines += draft.lines
        else:
            joined.append(draft)
    return joined


def _named_by_outline(drafts: Sequence[Draft], outline: Sequence[OutlineEntry]) -> dict[int, int]:
    """Level by block id for outline entries found as a block of their page; empty where too few are found."""
    by_page: dict[int, dict[str, list[Draft]]] = defaultdict(lambda: defaultdict(list))
    for draft in drafts:
        if _is_short(draft):
            by_page[draft.page][key_of(draft.text)].append(draft)
    named: dict[int, int] = {}
    wanted = [entry for entry in outline if key_of(entry.title)]
    for entry in wanted:
        pages = by_page if entry.page is None else (entry.page, entry.page - 1, entry.page + 1)
        matches = (draft for page in pages if page in by_page for draft in by_page[page].get(key_of(entry.title), []))
        free = next((draft for draft in matches if id(draft) not in named), None)
        if free is not None:
            named[id(free)] = entry.level
    return named if wanted and len(named) >= max(2, 0.6 * len(wanted)) else {}
