"""What a strategy sets out under telling headings: challenges, focus areas, priorities and strategic areas.

A heading "Prioritering 2: …" sets out one; what stands under "Prioriteringar", as headings or as items, several.
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
_SIDE_BY_SIDE = 3
_SAME = 0.6
"""The share of stems from which two texts say the same."""


def part_title(heading: str) -> str:
    """The title of a part in lower case, without its label and number: "färre hinder" of "Spår B: Färre hinder"."""
    return _PART.sub("", heading.strip(), count=1).lower()


def set_out(passages: Sequence[Passage], one: str, several: str, both: bool = False) -> tuple[Entity, ...]:
    """What is labelled as `one` of a class, else (or `both`) what stands under a heading or a lead of `several`."""
    labelled = tuple(_labelled(passages, one))
    listed = () if labelled and not both else (*_under(passages, several), *_announced(passages, several))
    return _joined((*listed, *labelled)) or (_joined(_siblings(passages)) if several == "priorities" else ())


def _siblings(passages: Sequence[Passage]) -> Iterator[Entity]:
    """Three or more headings side by side that begin with one word set out parts: "Löftet om arbete" …; those of years
    do not: "Började 2023", "Steg som tas 2027"."""
    found: dict[tuple[str, ...], dict[str, Passage]] = defaultdict(dict)
    for passage in passages:
        for depth, heading in enumerate(passage.section):
            first, _, rest = _NUMBER.sub("", heading).partition(" ")
            if first.isalpha() and first.lower() not in STOPWORDS and not YEAR_ALONE.search(rest):
                found[passage.document_id, *passage.section[:depth], first].setdefault(heading, passage)
    for path, headings in found.items():
        for heading, passage in headings.items() if len(headings) >= _SIDE_BY_SIDE else ():
            yield _point(heading, path[-1], passage.section, _opening(passage))


def _headings(passages: Sequence[Passage]) -> dict[tuple[str, ...], Passage]:
    """The path of every heading, its document first, with the first passage under it."""
    found: dict[tuple[str, ...], Passage] = {}
    for passage in passages:
        for depth in range(len(passage.section)):
            found.setdefault((passage.document_id, *passage.section[: depth + 1]), passage)
    return found


def _labelled(passages: Sequence[Passage], one: str) -> Iterator[Entity]:
    for (_, *path), passage in _headings(passages).items():
        bare = _NUMBER.sub("", path[-1].strip())
        label = said("set_out", one).match(bare)
        if label and (told := _AFTER_LABEL.fullmatch(bare, label.end())):
            yield _point(told["text"], label[0], tuple(path), _opening(passage))


def _heads(heading: str, several: str) -> bool:
    """Whether a heading is one over several of a class: "Våra prioriteringar", "Insatsområden för skolan"."""
    found = said("set_out", several).search(heading)
    return found is not None and _TAIL.fullmatch(heading.rstrip(), found.end()) is not None


def _under(passages: Sequence[Passage], several: str) -> Iterator[Entity]:
    """The headings right under one over several, proved by the first passage under each; else its list items."""
    for (_, *path), passage in _headings(passages).items():
        if len(path) > 1 and several != "challenges" and _heads(path[-2], several):
            yield _point(path[-1], path[-2], tuple(path[:-1]), _opening(passage))
    for passage in passages:
        over = next((n for n, heading in enumerate(passage.section) if _heads(heading, several)), None)
        if over is not None and len(passage.section) - over <= 1 + (several == "challenges"):
            yield from _items_of(passage, passage.section[over])


def _announced(passages: Sequence[Passage], several: str) -> Iterator[Entity]:
    """The items of a list whose lead announces challenges."""
    for passage in passages if several == "challenges" else ():
        first = next(items(passage), None)
        lead = passage.text[: first[0]].rsplit("\n", 1)[0].strip() if first else ""
        label = said("set_out", several).search(lead[-120:])
        if label and lead.endswith(":"):
            yield from _items_of(passage, label[0])


def items(passage: Passage) -> Iterator[tuple[int, int]]:
    """The list items of a passage, as (start, end) in its text, without their bullets."""
    for line in re.finditer(r"[^\n]+", passage.text):
        if bullet := BULLET.match(passage.text, line.start(), line.end()):
            yield bullet.end(), line.start() + len(line[0].rstrip())


def _items_of(passage: Passage, label: str) -> Iterator[Entity]:
    for start, end in items(passage):
        yield _point(passage.text[start:end], label, passage.section, Stretch(passage.id, start, end))


def _point(text: str, label: str, section: tuple[str, ...], proof: Stretch) -> Entity:
    name = _NUMBER.sub("", " ".join(text.split()).rstrip(" .;,"), count=1)
    return Entity(name[:1].upper() + name[1:], (), "other", section, (proof,), 0, (), label)


def _opening(passage: Passage) -> Stretch:
    """The first sentence under a heading, which proves it."""
    start, end = passage.sentences[0] if passage.sentences else (0, len(passage.text))
    return Stretch(passage.id, start, end)


def _joined(points: Iterable[Entity]) -> tuple[Entity, ...]:
    """Points that say the same, in one document or in several, become one; the fuller wording is kept."""
    kept: list[tuple[Entity, frozenset[str]]] = []
    for point in points:
        own = frozenset(stem(word) for word in content_words(point.name))
        for number, (other, theirs) in enumerate(kept):
            if own & theirs and len(own & theirs) >= _SAME * len(own | theirs):
                name = max(point.name, other.name, key=len)
                mentions = (*other.mentions, *point.mentions)
                kept[number] = (replace(other, name=name, mentions=mentions), own if name == point.name else theirs)
                break
        else:
            kept.append((point, own))
    return tuple(point for point, _ in kept)
