"""List answers out of the text: the one list, enumeration or column in the best passages that answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from assistant.listing.counted import counted_lists
from assistant.listing.enumerations import Enumeration, enumerations
from assistant.listing.nouns import plural_shown
from assistant.listing.rows import ListAnswer, ListRow, Material
from assistant.listing.topic import covered, meant_documents, years_asked
from assistant.listing.wanted import Wanted, numeral
from assistant.matching import best_match, text_words
from ingest.register.cues import PLURALS, head_of, kind_of_head, plural_head
from ingest.swedish import stem, words

_LOOKED_AT = 12
_ENOUGH = 1.2
_CERTAIN = 1.45
_TOLD = 0.5
_ANNOUNCED = 0.9
_NEAR_CHARS = 60
_FAR_CHARS = 160
_LEAD_CHARS = 300
_PEOPLE = frozenset(
    stem(word) for word in "parter aktörer organisationer myndigheter medlemmar deltagare bolag företag partner".split()
)
_VAGUE = frozenset(
    stem(word)
    for word in """
    delar områden frågor saker exempel sätt ämnen teman inslag steg versioner resultat effekter slutsatser skäl orsaker
    fördelar förändringar skillnader uppgifter
    """.split()
)
_COMPOUND = 0.9
"""What a match within a compound is worth; a misspelt word is worth less."""
_PLACES = frozenset(
    stem(word) for word in "kommun kommuner region regioner län länder land ort orter stad städer plats platser".split()
)
_MERE = frozenset("projekt program planer verktyg nätverk".split())
"""Nouns whose compounds ("delprojekt") are often another thing than what is asked for."""
_ITEM_WORDS = 8
_SAME_WORD = 0.7
_POINTS_BACK = re.compile(r"(?:Det|Den|De|Detta|Denna|Dessa|Här|Där)\b")


@dataclass(frozen=True, slots=True)
class Scored:
    """An enumeration and how well it answers.

    `kind` tells how plainly it is one of what is asked for, `told` how far what stands before it says the topic (both
    0 to 1).
    """

    found: Enumeration
    score: float
    kind: float
    told: float


def from_text(material: Material, certain: bool) -> ListAnswer | None:
    """The rows of the best list, when it is good enough. `certain`: only one whose lead says what is asked for."""
    fair = (one for one in score_lists(material) if _is_fair(one, material, certain))
    best = max(fair, key=lambda one: one.score, default=None)
    if best is None or best.score < (_CERTAIN if certain else _ENOUGH):
        return None
    found = best.found
    rows = tuple(ListRow(found.name(item), (), found.passage, *found.proof(item)) for item in found.items)
    return ListAnswer(rows, len(rows), plural_shown(material.wanted.noun), _is_counted(found), best.told >= _ANNOUNCED)


def _is_fair(one: Scored, material: Material, certain: bool) -> bool:
    """Whether a list may answer at all: it is of what is asked for, or stands where that is spoken of."""
    if one.kind >= 1.0:
        return one.told >= _TOLD or not certain
    if certain or one.told < _TOLD:
        return False
    noun = (material.wanted.noun or "").lower()
    around = (*one.found.passage.section, one.found.passage.text)
    return not noun or stem(noun) in _VAGUE | _PEOPLE | _PLACES or _speaks_of(noun, " ".join(around))


def _speaks_of(noun: str, text: str) -> bool:
    """Whether a text has the noun, also misspelt or as a compound's head; "sjukhuschefen" speaks of no hospital."""
    return any(stem(word).endswith(stem(noun)) or 0 < best_match(noun, (word,)) < _COMPOUND for word in words(text))


def score_lists(material: Material) -> Iterator[Scored]:
    """Every list of the best passages, with its score."""
    terms = (*material.wanted.topic, *map(str, years_asked(material)))
    meant = meant_documents(material)
    for rank, passage in enumerate(material.ranked[:_LOOKED_AT]):
        around = passage.headed_text
        other_document = bool(meant) and passage.document_id not in meant
        for found in chain(enumerations(passage), counted_lists(passage)):
            kind = _kind(material, found)
            topic = (
                0.2 * covered(terms, found.lead[-_LEAD_CHARS:])
                + 0.5 * covered(terms, passage.text[found.start : found.end])
                + 0.3 * covered(terms, around)
            )
            score = (
                topic
                + 0.4 * kind
                + 0.7 * material.nearness(passage, _own_sentences(found))
                + 0.2 * _is_counted(found)
                + 0.2 * (1.0 - rank / _LOOKED_AT)
                - 1.2 * other_document
                - 0.5 * _holds_topic(found, terms)
            )
            before = " ".join((*passage.section, passage.text[: found.items[0].start], found.lead))
            yield Scored(found, score, kind, covered(terms, before))


def _is_counted(found: Enumeration) -> bool:
    """Whether the lead tells how many the items are: "fyra delprojekt", "inom 6 områden:"."""
    return any(numeral(word) == len(found.items) for word in words(found.lead[-_NEAR_CHARS:]))


def _holds_topic(found: Enumeration, terms: Sequence[str]) -> bool:
    """Whether what the question is about is itself an item: then the list is not of what belongs to it."""
    named = (text_words(found.name(item)) for item in found.items)
    return any(name and all(best_match(word, terms) >= _SAME_WORD for word in name) for name in named)


def _own_sentences(found: Enumeration) -> list[int]:
    """The numbers of the list's sentences; one that points back ("Det är …") takes the sentence before it along."""
    passage = found.passage
    own = [number for number, (start, _) in enumerate(passage.sentences) if found.start <= start < found.end]
    if own and own[0] > 0 and _POINTS_BACK.match(passage.text, passage.sentences[own[0]][0]):
        own.insert(0, own[0] - 1)
    return own


def _kind(material: Material, found: Enumeration) -> float:
    """How plainly the list is one of what is asked for: its lead says so near the items (1) or far (0.5), or its items
    do.
    """
    wanted = material.wanted
    names = [found.name(item) for item in found.items]
    near, far = words(found.lead[-_NEAR_CHARS:]), words(found.lead[-_FAR_CHARS:])
    if wanted.places and any(stem(word) in _PLACES for word in near):
        return 1.0
    section = found.passage.section
    if section and found.lead == section[-1] and len(wanted.topic) > 1 and covered(wanted.topic, section[-1]) > 0.9:
        return 1.0
    capital = not found.bulleted and sum(name[:1].isupper() for name in names) > len(names) / 2
    nouns = [noun.lower() for noun in (wanted.noun, wanted.also) if noun]
    if capital and (not nouns or stem(nouns[0]) in _PEOPLE):
        return 1.0
    best = max((_said(noun, near, far, material) for noun in nouns), default=0.0)
    are_named = wanted.collection != "initiatives" or found.bulleted or capital
    if are_named and any(_items_are(noun, names) for noun in nouns):
        return 1.0
    return best


def _said(noun: str, near: list[str], far: list[str], material: Material) -> float:
    """How plainly a lead says the noun, or another word for the kind of initiative."""
    for there, worth in ((near, 1.0), (far, 0.5)):
        if any(stem(noun) == stem(word) for word in there):
            return worth
        if any(_same_head(noun, word) for word in there):
            return worth * (0.7 if noun in _MERE else 1.0)
        if material.wanted.collection == "initiatives" and any(_of_kind(word, material.wanted) for word in there):
            return worth
    return 0.0


def _items_are(noun: str, names: list[str]) -> bool:
    """Whether the items themselves say the noun: "museinätverket, filmnätverket"."""
    short = sum(len(name.split()) for name in names) <= _ITEM_WORDS * len(names)
    return short and 2 * sum(any(_bare(word).endswith(_bare(noun)) for word in words(name)) for name in names) >= len(
        names
    )


def _of_kind(word: str, wanted: Wanted) -> bool:
    """Whether a plural word names one of the kinds ("verktyg" for tools); a compound ("vägprojekt") asks for more."""
    head = (head_of(word) or plural_head(word)) if PLURALS.match(word) else None
    own = head_of((wanted.noun or "").lower())
    if head is None or (own and own[0]):
        return False
    return not wanted.kinds or kind_of_head(head[1]) in wanted.kinds


def _same_head(noun: str, word: str) -> bool:
    """Whether a word is the noun or a compound of it, either way round ("expertområden", "områden")."""
    shorter, longer = sorted((_bare(noun), _bare(word)), key=len)
    return len(shorter) >= 3 and longer.endswith(shorter)


def _bare(word: str) -> str:
    """The stem without a last "s", which stemming takes from "analys" and leaves in "analyser"."""
    return stem(word).rstrip("s")
