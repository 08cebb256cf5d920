"""What a strategy sets out under telling headings: challenges, focus areas, priorities and strategic areas.

Rules about the headings and lists of Swedish strategy documents: an item under "Utmaningar" is a challenge, a heading
under "Insatsområden" or "Fokusområden" a focus area, "Prioritering 2: …" a priority.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from ingest.documents import Passage
from ingest.facts.pieces import BULLET
from ingest.facts.types import Entity, Stretch
from ingest.swedish import content_words, fold, stem

_NUMBER = r"(?:\d{1,2}(?:\.\d{1,2})*\.?\s+)?"
_WHOSE = (
    r"(?:(?:våra|länets|regionens|regionala|strategiska|övergripande|långsiktiga|viktiga|"
    r"prioriterade|största|gemensamma|de|\w+) ){0,3}"
)
CHALLENGES = re.compile(
    rf"{_NUMBER}{_WHOSE}(?:utmaningar(?:na)?|samhällsutmaningar(?:na)?|hinder)(?: (?:för|i|inom|till) .*)?",
    re.IGNORECASE,
)
FOCUS_AREAS = re.compile(
    rf"{_NUMBER}{_WHOSE}(?:insatsområden|fokusområden|satsningsområden|åtgärdsområden|delområden|"
    rf"handlingsområden)(?:na)?(?: .*)?",
    re.IGNORECASE,
)
_FOCUS_AREA = re.compile(
    rf"{_NUMBER}(?P<label>(?:insatsområde|fokusområde|satsningsområde|åtgärdsområde|delområde) "
    rf"?\w?\d*)\s*[:.–-]?\s+(?P<text>.{{3,}})",
    re.IGNORECASE,
)
_PRIORITIES = re.compile(
    rf"{_NUMBER}{_WHOSE}(?:prioriteringar(?:na)?|prioriterade (?:områden|utvecklingsområden))(?: "
    rf"(?:för|i|inom|till) .*)?",
    re.IGNORECASE,
)
_PRIORITY = re.compile(
    rf"{_NUMBER}(?P<label>(?:(?:strategisk|regional|långsiktig) )?(?:prioritering|prioriterat område|"
    rf"prioriterat utvecklingsområde)(?: [\dA-Z]\b)?)"
    r"\s*[:.–-]?\s+(?P<text>.{3,})",
    re.IGNORECASE,
)
_AREA = re.compile(
    rf"{_NUMBER}(?P<label>(?:strategiskt (?:område|utvecklingsområde|mål)|målområde|utvecklingsområde|"
    rf"temaområde)(?: [\dA-Z]\b)?)"
    r"\s*[:.–-]?\s+(?P<text>.{3,})",
    re.IGNORECASE,
)
_AREAS_LEAD = re.compile(
    r"\b((?:målområden|prioriteringar|prioriterade områden|utvecklingsområden|insatsområden|fokusområden|"
    r"inriktningar|kurser))"
    r"\b.{0,120}:\s*\Z",
    re.IGNORECASE | re.DOTALL,
)
_SAME = 0.6
_MISSPELT = 0.95


@dataclass(frozen=True, slots=True)
class _Point:
    """What is set out, what the document calls it, and where it stands."""

    text: str
    label: str
    section: tuple[str, ...]
    mentions: tuple[Stretch, ...]

    def entity(self) -> Entity:
        return Entity(self.text, (), "other", self.section, self.mentions, 0, (), self.label)


def items(passage: Passage) -> Iterator[tuple[int, int]]:
    """The list items of a passage, as (start, end) in its text, without their bullets."""
    start = 0
    for line in passage.text.split("\n"):
        bullet = BULLET.match(line)
        if bullet and line[bullet.end() :].strip():
            yield start + bullet.end(), start + len(line.rstrip())
        start += len(line) + 1


def lead_in(passage: Passage) -> str:
    """What stands in a list passage before its first item."""
    first = next(items(passage), None)
    return "" if first is None else passage.text[: first[0]].rsplit("\n", 1)[0].strip()


def find_challenges(passages: Sequence[Passage]) -> tuple[Entity, ...]:
    """The items of lists under headings such as "Utmaningar", or after a lead-in that announces them."""
    return _joined(_listed(passages, CHALLENGES, re.compile(r"\butmaningar(?:na)?\b[^.]{0,60}:$", re.IGNORECASE)))


def find_focus_areas(passages: Sequence[Passage]) -> tuple[Entity, ...]:
    """The headings under "Insatsområden" and the like; the items of a list that stands right under it."""
    return _joined((*_children(passages, FOCUS_AREAS), *_numbered(passages, _FOCUS_AREA)))


def find_priorities(passages: Sequence[Passage]) -> tuple[Entity, ...]:
    """Headings "Prioritering 1: …", else what stands under "Prioriteringar"."""
    numbered = _joined(_numbered(passages, _PRIORITY))
    return numbered or _joined((*_children(passages, _PRIORITIES), *_announced(passages)))


def find_areas(passages: Sequence[Passage]) -> tuple[Entity, ...]:
    """Headings "Strategiskt område: …", "Målområde 2: …"."""
    return _joined(_numbered(passages, _AREA))


def heading_index(section: Sequence[str], pattern: re.Pattern[str]) -> int | None:
    """Where the heading path has a heading that is all of the pattern."""
    return next((n for n, heading in enumerate(section) if pattern.fullmatch(heading.strip())), None)


def _listed(passages: Sequence[Passage], heading: re.Pattern[str], announcing: re.Pattern[str]) -> Iterator[_Point]:
    for passage in passages:
        place = heading_index(passage.section, heading)
        headed = place is not None and place >= len(passage.section) - 2
        if headed or announcing.search(lead_in(passage)):
            label = passage.section[place] if place is not None else "Utmaningar"
            for start, end in items(passage):
                yield _Point(
                    _plain(passage.text[start:end]), label, passage.section, (Stretch(passage.id, start, end),)
                )


def _announced(passages: Sequence[Passage]) -> Iterator[_Point]:
    """The items of a list whose lead says that the strategy has so many areas, where headings bear their names."""
    headings = {_plain(heading).lower() for passage in passages for heading in passage.section}
    for passage in passages:
        lead = _AREAS_LEAD.search(lead_in(passage))
        for start, end in items(passage) if lead else ():
            text = _plain(passage.text[start:end])
            if text.lower() in headings and lead is not None:
                yield _Point(text, lead[1], passage.section, (Stretch(passage.id, start, end),))


def _children(passages: Sequence[Passage], container: re.Pattern[str]) -> Iterator[_Point]:
    """Headings right under the container, proved by the first passage under them; else its list items."""
    seen: set[tuple[str, ...]] = set()
    for passage in passages:
        place = heading_index(passage.section, container)
        if place is None:
            continue
        if place + 1 < len(passage.section):
            path = passage.section[: place + 2]
            if (passage.document_id, *path) not in seen:
                seen.add((passage.document_id, *path))
                yield _Point(_plain(path[-1]), _plain(path[-2]), path[:-1], (_under(passage),))
        else:
            for start, end in items(passage):
                yield _Point(
                    _plain(passage.text[start:end]),
                    passage.section[-1],
                    passage.section,
                    (Stretch(passage.id, start, end),),
                )


def _numbered(passages: Sequence[Passage], heading: re.Pattern[str]) -> Iterator[_Point]:
    seen: set[tuple[str, ...]] = set()
    for passage in passages:
        for depth, text in enumerate(passage.section):
            match = heading.fullmatch(text.strip())
            path = passage.section[: depth + 1]
            if match and (passage.document_id, *path) not in seen:
                seen.add((passage.document_id, *path))
                yield _Point(_plain(match["text"]), match["label"].strip(), path, (_under(passage),))


def _under(passage: Passage) -> Stretch:
    """The stretch that proves a heading: the first sentence under it, or a whole short list."""
    first = next(items(passage), None)
    if first is not None and len(passage.text) <= 400:
        return Stretch(passage.id, 0, len(passage.text))
    return (
        Stretch(passage.id, *passage.sentences[0]) if passage.sentences else Stretch(passage.id, 0, len(passage.text))
    )


def _plain(text: str) -> str:
    cleaned = re.sub(r"^\d{1,2}(?:\.\d{1,2})*\.?\s+(?=\w)", "", " ".join(text.split()).rstrip(" .;,"))
    return cleaned[:1].upper() + cleaned[1:]


def _same(own: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two sets of stems say the same: most are shared, or one is all within the other."""
    shared = len(own & other)
    return shared > 0 and (shared >= _SAME * len(own | other) or (shared >= 3 and shared == min(len(own), len(other))))


def _is_misspelt(text: str, other: str) -> bool:
    """Whether two texts are one but for a letter or two; the quick bounds spare most comparisons."""
    if 2 * min(len(text), len(other)) <= _MISSPELT * (len(text) + len(other)):
        return False
    compared = SequenceMatcher(None, text, other)
    return compared.quick_ratio() > _MISSPELT < compared.ratio()


def _joined(points: Iterable[_Point]) -> tuple[Entity, ...]:
    """Points that say the same, in one document or in several, become one; the fuller wording is kept."""
    kept: list[_Point] = []
    stems: list[frozenset[str]] = []
    for point in points:
        own = frozenset(stem(word) for word in content_words(point.text))
        for number, other in enumerate(stems):
            if _same(own, other) or _is_misspelt(fold(point.text), fold(kept[number].text)):
                fuller = point if len(point.text) > len(kept[number].text) else kept[number]
                mentions = (*kept[number].mentions, *point.mentions)
                kept[number] = _Point(fuller.text, kept[number].label, kept[number].section, mentions)
                stems[number] = own | other if fuller is point else other
                break
        else:
            kept.append(point)
            stems.append(own)
    return tuple(point.entity() for point in kept)
