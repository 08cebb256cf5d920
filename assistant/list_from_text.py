"""List answers out of the text: the one bulleted list or enumeration in the best passages that answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from assistant.enumerations import Enumeration, Item, enumerations
from assistant.rows import ListAnswer, ListRow, Material
from assistant.topic import covered
from ingest.cues import head_of, kind_of_head
from ingest.swedish import STOPWORDS, stem, words
from ingest.titles import is_finite

_LOOKED_AT = 12
_ENOUGH = 1.2
_CERTAIN = 1.7
_NOUN_NEAR_CHARS = 60
_NOUN_FAR_CHARS = 160
_PEOPLE = frozenset(
    stem(word)
    for word in (
        "parter aktörer organisationer kommuner regioner län länder orter myndigheter medlemmar "
        "deltagare bolag företag samarbetspartner partner"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Scored:
    """An enumeration and how well it answers: the score and what it is made of."""

    enumeration: Enumeration
    score: float
    parts: tuple[float, ...]


def from_text(material: Material, certain: bool) -> ListAnswer | None:
    """The rows of the best list, when it is good enough. `certain`: only one whose lead says what is asked for."""
    best = max(score_lists(material), key=lambda one: one.score, default=None)
    if best is None or best.score < (_CERTAIN if certain else _ENOUGH) or (certain and best.parts[1] < 1.0):
        return None
    chosen = best.enumeration
    rows = tuple(_row(chosen, item, material) for item in chosen.items)
    return ListAnswer(rows, len(chosen.items), material.asked.noun or "punkter")


def score_lists(material: Material) -> Iterator[Scored]:
    """Every list of the best passages that speaks of all names in the question, with its score."""
    values = np.concatenate(list(material.similarity.values()))
    mean, deviation = float(values.mean()), float(values.std()) or 1.0
    terms = material.asked.topic
    names = tuple(word for name in material.question.names for word in words(name) if word not in STOPWORDS)
    for rank, passage in enumerate(material.ranked[:_LOOKED_AT]):
        for found in enumerations(passage):
            around = " ".join((passage.title, *passage.section, passage.text))
            if covered(names, around) < _ALL_NAMES:
                continue
            lead, whole = found.lead[-300:], passage.text[found.start : found.end]
            coverage = 0.2 * covered(terms, lead) + 0.5 * covered(terms, whole) + 0.3 * covered(terms, around)
            cosines = zip(material.similarity[passage.id], passage.sentences, strict=True)
            nearest = max((float(c) for c, (start, _) in cosines if found.start <= start < found.end), default=mean)
            meaning = min(max((nearest - mean) / deviation, 0.0), 4.0) / 4.0
            noun = _noun_leads(material, found)
            count = 0.0 if material.asked.count is None else 0.4 if material.asked.count == len(found.items) else -0.4
            about = any(covered((term,), found.name(item)) >= _ALL_NAMES for item in found.items for term in terms)
            holds = bool(_HOLDS.search(material.question.text) and _HOLDS.search(lead[-_NOUN_NEAR_CHARS:]))
            score = (
                coverage
                + 0.2 * holds
                - 0.2 * (about and not noun)
                + 0.4 * noun
                + 0.7 * meaning
                + 0.2 * (1.0 - rank / _LOOKED_AT)
                + count
                - _flaws(found)
            )
            yield Scored(found, score, (coverage, noun, meaning, float(rank), count, _flaws(found)))


_ALL_NAMES = 0.9
_HOLDS = re.compile(
    r"\b(?:består|bestod|ingår|ingick|omfattar|innefattar|innehåller|utgörs|medlemmar|deltar|deltog|"
    r"consist|include|members)\b",
    re.IGNORECASE,
)


def _noun_leads(material: Material, found: Enumeration) -> float:
    """How plainly the list is one of what is asked for: its lead says so near the items (1) or far (0.5), or its items
    do.
    """
    noun = (material.asked.noun or "").lower()
    names = [found.name(item) for item in found.items]
    if noun and stem(noun) in _PEOPLE and sum(name[:1].isupper() for name in names) > len(names) / 2:
        return 1.0
    if noun and sum(any(_same_head(noun, word) for word in words(name)) for name in names) >= len(names) / 2:
        return 1.0
    for chars, worth in ((_NOUN_NEAR_CHARS, 1.0), (_NOUN_FAR_CHARS, 0.5)):
        there = words(found.lead[-chars:])
        if noun and any(_same_head(noun, word) for word in there):
            return worth
        kinds = material.asked.kinds
        if kinds and any((head := head_of(word)) is not None and kind_of_head(head[1]) in kinds for word in there):
            return worth
    return 0.0


def _same_head(noun: str, word: str) -> bool:
    """Whether a word is the noun or a compound of it, either way round ("expertområden", "områden")."""
    shorter, longer = sorted((stem(noun), stem(word)), key=len)
    return len(shorter) >= 3 and longer.endswith(shorter)


def _flaws(found: Enumeration) -> float:
    """What speaks against an enumeration in a sentence: few items, long ones, ones that are clauses, one within
    another.
    """
    if found.bulleted:
        return 0.0
    names = [found.name(item) for item in found.items]
    length = sum(len(name.split()) for name in names) / len(names)
    clauses = sum(bool(_CLAUSE.search(name)) or any(is_finite(word) for word in words(name)[1:]) for name in names)
    text = found.passage.text
    nested = text[: found.items[0].start].endswith("(") and bool(re.match(r"\)\s*,", text[found.items[-1].end :]))
    return 0.3 * (len(names) == 2) + 0.2 * (length > 5) + 0.3 * min(clauses, 2) + 0.15 * nested


_CLAUSE = re.compile(
    r"^(?:att|bidra|stärka|göra|sedan|samtidigt|följa|låta|en annan|två|andra)\b|\b(?:blivit|arbetat|minimeras)\b"
)


def _row(chosen: Enumeration, item: Item, material: Material) -> ListRow:
    name = chosen.name(item)
    prefix = _shared_prefix(chosen, item, material)
    start, end = (item.start, item.end) if chosen.bulleted else (chosen.start, chosen.end)
    return ListRow(prefix + name, (), chosen.passage, start, end)


def _shared_prefix(chosen: Enumeration, item: Item, material: Material) -> str:
    """ "nätverk för" before each small-letter item of "nätverk för museichefer, bibliotekschefer …"."""
    noun = (material.asked.noun or "").lower()
    match_ = re.search(r"(\w+) (för) $", chosen.lead)
    if match_ and noun and match_[1].lower() == noun and chosen.passage.text[item.start].islower():
        return f"{match_[1]} {match_[2]} "
    return ""
