"""What a strategy sets out under telling headings: challenges, focus areas, priorities and strategic areas.

A heading "Prioritering 2: …" sets out one; what stands under "Prioriteringar", as headings or as items, several, and so
do the items of a list whose lead announces them where headings bear their names.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ingest.documents import Passage
from ingest.facts.figures import YEAR_ALONE
from ingest.facts.types import Entity, Stretch
from ingest.facts.units import BULLET
from ingest.facts.vocabulary import said
from ingest.swedish import STOPWORDS, content_words, stem

_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2})*\.?\s+(?=\w)")
_AFTER_LABEL = re.compile(r"(?:(?: ?\w?\d+\b| [A-Z]\b)\s*[:.–-]?|\s*[:.–-])\s+(?P<text>.{3,})")
_PART = re.compile(r"(?:[^\W\d_]{4,} (?:\d{1,2}|[A-ZÅÄÖ])\b[.:]?|(?:\d{1,2}(?:\.\d{1,2})*\.?|[A-ZÅÄÖ]\.))\s+(?=\w)")
"""The label and number, or the number alone, before the title of a part: "Spår B: …", "B. …"."""
_TAIL = re.compile(r"(?: (?:för|i|inom|till) .*)?")
_MOST_BEFORE = 3
"""Words that may stand before the head of a heading: "Länets största utmaningar"."""
_SIDE_BY_SIDE = 3
_SAME = 0.6
"""The share of stems from which two texts say the same."""


def part_title(heading: str) -> str:
    """The title of a part in lower case, without its label and number: "färre hinder" of "Spår B: Färre hinder"."""
    return _PART.sub("", heading.strip(), count=1).lower()


def set_out(passages: Sequence[Passage], one: str, several: str, both: bool = False) -> tuple[Entity, ...]:
    """What is labelled as `one` of a class, else (or `both`) what stands under a heading of `several`."""
    labelled = tuple(_labelled(passages, one))
    listed = () if labelled and not both else (*_under(passages, several), *_announced(passages, several))
    return _joined((*listed, *labelled)) or (_joined(_siblings(passages)) if several == "priorities" else ())


def _siblings(passages: Sequence[Passage]) -> Iterator[Entity]:
    """Three or more headings side by side that begin with one word set out parts: "Löftet om arbete" …; those of years
    do not: "Började 2023", "Steg som tas 2027"."""
    found: dict[tuple[str, ...], dict[str, Passage]] = defaultdict(dict)
    for passage in passages:
        for depth, heading in enumerate(passage.section):
            first, _, rest = heading.partition(" ")
            if first.isalpha() and rest and first.lower() not in STOPWORDS and not YEAR_ALONE.search(rest):
                found[passage.document_id, *passage.section[:depth], first].setdefault(heading, passage)
    for path, headings in found.items():
        for heading, passage in headings.items() if len(headings) >= _SIDE_BY_SIDE else ():
            yield _point(heading, path[-1], passage.section, _opening(passage))


def _labelled(passages: Sequence[Passage], one: str) -> Iterator[Entity]:
    seen: set[tuple[str, ...]] = set()
    for passage in passages:
        for depth, heading in enumerate(passage.section):
            path = passage.section[: depth + 1]
            bare = _NUMBER.sub("", heading.strip())
            label = said("set_out", one).match(bare)
            told = _AFTER_LABEL.fullmatch(bare, label.end()) if label else None
            if label and told and (passage.document_id, *path) not in seen:
                seen.add((passage.document_id, *path))
                yield _point(told["text"], label[0], path, _opening(passage))


def _heads(heading: str, several: str) -> bool:
    """Whether a heading is one over several of a class: "Våra prioriteringar", "Insatsområden för skolan"."""
    bare = _NUMBER.sub("", heading.strip())
    found = said("set_out", several).search(bare)
    tail = found is not None and _TAIL.fullmatch(bare, found.end()) is not None
    return found is not None and tail and len(bare[: found.start()].split()) <= _MOST_BEFORE


def _under(passages: Sequence[Passage], several: str) -> Iterator[Entity]:
    """The headings right under one over several, proved by the first passage under each; else its list items."""
    seen: set[tuple[str, ...]] = set()
    for passage in passages:
        place = next((n for n, heading in enumerate(passage.section) if _heads(heading, several)), None)
        if place is None:
            continue
        path = passage.section[: place + 2]
        if len(path) == place + 2 and several != "challenges":
            if (passage.document_id, *path) not in seen:
                seen.add((passage.document_id, *path))
                yield _point(path[-1], path[-2], path[:-1], _opening(passage))
        elif len(passage.section) - place <= 2:
            yield from _items_of(passage, passage.section[place])


def _announced(passages: Sequence[Passage], several: str) -> Iterator[Entity]:
    """The items of a list whose lead announces them; of others than challenges those that are headings too."""
    headings = {_plain(heading).lower() for passage in passages for heading in passage.section}
    for passage in passages:
        first = next(items(passage), None)
        lead = passage.text[: first[0]].rsplit("\n", 1)[0].strip() if first else ""
        label = said("set_out", several).search(lead[-120:])
        if label and lead.endswith(":"):
            for point in _items_of(passage, label[0]):
                if several == "challenges" or point.name.lower() in headings:
                    yield point


def items(passage: Passage) -> Iterator[tuple[int, int]]:
    """The list items of a passage, as (start, end) in its text, without their bullets."""
    start = 0
    for line in passage.text.split("\n"):
        bullet = BULLET.match(line)
        if bullet and line[bullet.end() :].strip():
            yield start + bullet.end(), start + len(line.rstrip())
        start += len(line) + 1


def _items_of(passage: Passage, label: str) -> Iterator[Entity]:
    for start, end in items(passage):
        yield _point(passage.text[start:end], label, passage.section, Stretch(passage.id, start, end))


def _point(text: str, label: str, section: tuple[str, ...], proof: Stretch) -> Entity:
    return Entity(_plain(text), (), "other", section, (proof,), 0, (), label)


def _opening(passage: Passage) -> Stretch:
    """The stretch that proves a heading: the first sentence under it, or a whole short list."""
    first = next(items(passage), None)
    whole = first is not None and len(passage.text) <= 400
    start, end = passage.sentences[0] if passage.sentences and not whole else (0, len(passage.text))
    return Stretch(passage.id, start, end)


def _plain(text: str) -> str:
    cleaned = _NUMBER.sub("", " ".join(text.split()).rstrip(" .;,"), count=1)
    return cleaned[:1].upper() + cleaned[1:]


def _joined(points: Iterable[Entity]) -> tuple[Entity, ...]:
    """Points that say the same, in one document or in several, become one; the fuller wording is kept."""
    kept: list[tuple[Entity, frozenset[str]]] = []
    for point in points:
        own = frozenset(stem(word) for word in content_words(point.name))
        for number, (other, theirs) in enumerate(kept):
            shared = len(own & theirs)
            within = shared >= 3 and shared == min(len(own), len(theirs))
            if shared and (shared >= _SAME * len(own | theirs) or within):
                name = max(point.name, other.name, key=len)
                both = replace(other, name=name, mentions=(*other.mentions, *point.mentions))
                kept[number] = (both, own | theirs if within or name == point.name else theirs)
                break
        else:
            kept.append((point, own))
    return tuple(point for point, _ in kept)
