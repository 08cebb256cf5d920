"""Headings and their levels: by style against the body, checked against the outline and the contents page.

Where outline or contents name the headings, they give the levels; blocks that look like those named are headings too.
Where neither does, the styles are ranked: larger before smaller, bold before plain, and numbering shows the depth.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.documents import BlockKind
from ingest.pdf.apparatus import Entry
from ingest.pdf.drafts import Body, Draft

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


_MAXIMUM_LINES = 5
_MAXIMUM_CHARS = 220
_LARGER = 1.08
_COVER_CHARS = 150
_DEEPEST = 6
_NO_LETTERS = re.compile(r"[\W_]+")
_ITEM_NUMBER = re.compile(r"§+\s*\d{1,4}\s?[a-z]?")
_PERSON = re.compile(r"[A-ZÅÄÖÉ][\w-]+(?: (?:von|af|de))?(?: [A-ZÅÄÖÉ][\w-]+){1,2}")
_OFFICE = re.compile(
    r"(?i:ordförande|direktör|chef|råd|sekreterare|ledamot|handläggare|strateg|ansvarig|samordnare|landshövding)"
)
_OFFICE_CHARS = 90
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


def mark_headings(
    drafts: list[Draft], body: Body, outline: Sequence[OutlineEntry], contents: Sequence[Entry]
) -> list[Draft]:
    """Sets kind HEADING and the level on the blocks that are headings; joins headings that were cut in two."""
    drafts = _join_named(drafts, _titles(outline, contents))
    drafts = _join_kickers(drafts, body)
    named = _named_by_outline(drafts, outline) or _named_by_tags(drafts, body) or _named_by_contents(drafts, contents)
    numbered = levels_by_number([draft for draft in drafts if _is_short(draft) and not _ends_as_text(draft)])
    if all(named.get(key, level) == level for key, level in numbered.items()):
        named = numbered | named
    candidates = {
        id(draft): look_of(draft, body) for draft in drafts if id(draft) in named or _looks_like_heading(draft, body)
    }
    levels = levels_by_example(drafts, named, candidates) if named else levels_by_rank(drafts, candidates)
    no_heads = _cover_lines(drafts, levels, named) | _signatures(drafts, named)
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


def _signatures(drafts: Sequence[Draft], named: dict[int, int]) -> set[int]:
    """Names of persons under a text, with their office in the line below: they sign, and head nothing."""
    return {
        id(draft)
        for draft, below in pairwise(drafts)
        if id(draft) not in named
        and _PERSON.fullmatch(draft.text.strip())
        and len(below.text) < _OFFICE_CHARS
        and _OFFICE.search(below.text)
    }


def _titles(outline: Sequence[OutlineEntry], contents: Sequence[Entry]) -> set[str]:
    return ({key_of(entry.title) for entry in outline} | {key_of(entry.title) for entry in contents}) - {""}


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


def _join_kickers(drafts: list[Draft], body: Body) -> list[Draft]:
    """Puts a label that ends in a colon together with the larger heading right below it (Del 1: / Resor).

    Likewise the number of an item of minutes with its heading (§ 5 / Budget), past a note beside it.
    """
    joined: list[Draft] = []
    for draft in drafts:
        last = joined[-1] if joined else None
        number = next((other for other in joined[:-3:-1] if _ITEM_NUMBER.fullmatch(other.text)), None)
        if number is not None and _looks_like_heading(draft, body) and look_of(draft, body) == look_of(number, body):
            number.lines += draft.lines
        elif last is not None and _is_kicker(last, draft) and all(_looks_like_heading(d, body) for d in (last, draft)):
            last.lines += draft.lines
        else:
            joined.append(draft)
    return joined


def _is_kicker(upper: Draft, lower: Draft) -> bool:
    if not upper.text.rstrip().endswith(":") or lower.lines[0].size <= upper.lines[0].size:
        return False
    if upper.page != lower.page:
        return upper.ends_flow and lower.begins_flow
    return 0 < lower.lines[0].top - upper.lines[-1].top < 3 * lower.lines[0].size


def _join_named(drafts: list[Draft], names: set[str]) -> list[Draft]:
    """Puts together consecutive blocks that only together carry a heading's name."""
    joined: list[Draft] = []
    for draft in drafts:
        last = joined[-1] if joined else None
        if last is not None and last.kind in _LIST_KINDS and draft.kind in _LIST_KINDS and last.page == draft.page:
            short = _is_short(last) and _is_short(draft)
            if short and key_of(last.text + draft.text) in names and key_of(draft.text) not in names:
                last.lines += draft.lines
                continue
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
    found = 0
    for entry in wanted:
        pages = by_page if entry.page is None else (entry.page, entry.page - 1, entry.page + 1)
        matches = [draft for page in pages if page in by_page for draft in by_page[page].get(key_of(entry.title), [])]
        free = [draft for draft in matches if id(draft) not in named]
        if free:
            named[id(free[0])] = entry.level
            found += 1
    return named if wanted and found >= max(2, 0.6 * len(wanted)) else {}


def _named_by_tags(drafts: Sequence[Draft], body: Body) -> dict[int, int]:
    """Level by block id for blocks that a tagged file calls headings; empty where that is at most one.

    Also empty where a level looks like less than a deeper one: then the tags were not meant as levels.
    """
    named = {id(draft): draft.lines[0].style.heading for draft in drafts if _is_short(draft)}
    named = {key: level for key, level in named.items() if level}
    looks: dict[int, Counter[Look]] = defaultdict(Counter)
    for draft in drafts:
        if id(draft) in named:
            looks[named[id(draft)]][look_of(draft, body)] += 1
    ranks = [rank(looks[level].most_common(1)[0][0]) for level in sorted(looks)]
    return named if len(named) > 1 and ranks == sorted(ranks) else {}


def _named_by_contents(drafts: Sequence[Draft], contents: Sequence[Entry]) -> dict[int, int]:
    """Level by block id for contents entries found as a block, in order; empty where too few are found."""
    wanted = [(key_of(entry.title), entry.depth) for entry in contents if key_of(entry.title)]
    keys = [key_of(draft.text) if _is_short(draft) else "" for draft in drafts]
    named: dict[int, int] = {}
    position = found = 0
    for key, depth in wanted:
        places = [index for index in range(len(keys)) if keys[index] == key]
        later = [index for index in places if index >= position]
        if later:
            position = _best_place(later, drafts)
            named[id(drafts[position])] = depth
            position += 1
            found += 1
    return named if wanted and found >= max(2, 0.6 * len(wanted)) else {}


def _best_place(places: Sequence[int], drafts: Sequence[Draft]) -> int:
    """The first of the places whose look is the boldest and largest among them."""
    return max(places, key=lambda index: (drafts[index].lines[0].style.bold, drafts[index].lines[0].size, -index))
