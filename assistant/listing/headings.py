"""List answers out of the headings: a section announces areas or questions, and its subheadings name them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.listing.nouns import plural_shown
from assistant.listing.rows import ListAnswer, ListRow, Material
from assistant.listing.topic import covered
from assistant.listing.wanted import numeral
from ingest.documents import Passage
from ingest.swedish import stem, words

_ANNOUNCES = re.compile(
    r"\b(?:följer|följande|nedan|nästa|kapitel\w*|avsnitt\w*|delar|presenteras|redovisas|beskrivs|dessa)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^\d{1,2}(?:\.\d{1,2})*\.?\s+")
_LOOKED_AT = 6
_ENOUGH = 0.75
_COUNTED = 0.4
"""What it adds that the section says how many there are."""
_FEWEST = 3
_LONGEST_CHARS = 80


def from_headings(material: Material, counted: bool = False) -> ListAnswer | None:
    """The headings right under the section whose first words announce what is asked for; None where none clearly does.

    With `counted` it is enough that they say how many there are ("Fem utmaningar …"), and there are as many.
    Each row is proved by the first sentence under its heading.
    """
    best: tuple[float, list[tuple[str, Passage]]] = (0.0, [])
    for passage in material.ranked[:_LOOKED_AT]:
        children = list(_under(passage, material))
        if len(children) < _FEWEST:
            continue
        if not (_counts(passage, len(children), material) if counted else _announces(passage, material)):
            continue
        meaning = material.nearness(passage, range(len(passage.sentences)))
        about = covered(material.wanted.topic, " ".join((passage.section[-1], passage.text)))
        score = 0.5 * about + 0.7 * meaning + _COUNTED * counted
        if score > best[0]:
            best = score, children
    if best[0] < _ENOUGH:
        return None
    return _answer(best[1], material)


def from_titled_section(material: Material) -> ListAnswer | None:
    """The numbered headings of the one section that is asked for, by what it holds ("Åtgärder") or by its name."""
    titled = _titled(material)
    return _answer(titled, material) if titled else None


def _answer(children: Sequence[tuple[str, Passage]], material: Material) -> ListAnswer:
    rows = tuple(ListRow(_NUMBER.sub("", heading), (), child, *child.sentences[0]) for heading, child in children)
    return ListAnswer(rows, len(rows), plural_shown(material.wanted.noun))


def _titled(material: Material) -> list[tuple[str, Passage]]:
    noun = stem((material.wanted.noun or "").lower())
    groups: dict[tuple[str, ...], dict[str, Passage]] = {}
    for passage in material.ranked:
        for depth, heading in enumerate(passage.section[:-1]):
            own = _NUMBER.sub("", heading)
            if [stem(word) for word in words(own)] == [noun] or _is_named(own, material):
                groups.setdefault((passage.document_id, *passage.section[: depth + 1]), {})
    for other in material.passages:
        for depth in range(1, len(other.section)):
            group = groups.get((other.document_id, *other.section[:depth]))
            if group is not None and _NUMBER.match(other.section[depth]) and other.sentences:
                group.setdefault(other.section[depth], other)
    full = [group for group in groups.values() if len(group) >= _FEWEST]
    return list(full[0].items()) if len(full) == 1 else []


def _is_named(heading: str, material: Material) -> bool:
    """Whether the question names the section by its whole heading ("insatserna inom Trygga resor")."""
    named = rf"\b(?:i|inom|under|för)\b.{{0,40}}\b{re.escape(heading)}\W*$"
    return len(heading.split()) > 1 and re.search(named, material.question.text, re.IGNORECASE) is not None


def _announces(passage: Passage, material: Material) -> bool:
    """Whether the passage, or its heading, speaks of the kind of thing that is asked for as what follows."""
    nouns = {stem(noun.lower()) for noun in (material.wanted.noun, material.wanted.also) if noun}
    there = {stem(word) for word in words(f"{passage.section[-1]} {passage.text}")}
    return bool(nouns & there) and bool(_ANNOUNCES.search(passage.text))


def _counts(passage: Passage, number: int, material: Material) -> bool:
    """Whether the passage says that there are so many of what is asked for ("Fem utmaningar …")."""
    nouns = {stem(noun.lower()) for noun in (material.wanted.noun, material.wanted.also) if noun}
    return any(numeral(one) == number and stem(two) in nouns for one, two in pairwise(words(passage.text)))


def _under(passage: Passage, material: Material) -> Iterator[tuple[str, Passage]]:
    """Each heading right below the passage's own section, with the first passage under it."""
    depth = len(passage.section)
    seen: set[str] = set()
    for other in material.passages if depth else ():
        if other.document_id != passage.document_id or other.section[:depth] != passage.section:
            continue
        if len(other.section) > depth and other.section[depth] not in seen and other.sentences:
            seen.add(other.section[depth])
            if len(other.section[depth]) <= _LONGEST_CHARS:
                yield other.section[depth], other
