"""List answers out of the text: the one bulleted list or enumeration in the best passages that answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from assistant.listing.columns import columns
from assistant.listing.counted import counted_lists
from assistant.listing.enumerations import Enumeration, Item, enumerations
from assistant.listing.nouns import plural_shown
from assistant.listing.rows import ListAnswer, ListRow, Material
from assistant.listing.topic import covered, covered_narrowly, meant_documents, names_asked
from assistant.listing.wanted import numeral
from assistant.matching import best_match
from ingest.register.cues import PLURALS, head_of, is_place, kind_of_head, plural_head
from ingest.register.titles import is_finite
from ingest.swedish import fold, stem, words

_LOOKED_AT = 12
_ENOUGH = 1.2
_CERTAIN = 1.45
_TOLD = 0.5
_NOUN_NEAR_CHARS = 60
_NOUN_FAR_CHARS = 160
_PEOPLE = frozenset(
    stem(word) for word in "parter aktörer organisationer myndigheter medlemmar deltagare bolag företag partner".split()
)
_VAGUE = frozenset(stem(word) for word in "delar områden frågor saker exempel sätt ämnen teman inslag steg".split())
_PLACES = frozenset(
    stem(word) for word in "kommun kommuner region regioner län länder land ort orter stad städer plats platser".split()
)
_KNOWN_PLACES = 0.6
_ITEM_WORDS = 8
_NAMES = 0.3
"""A list of known places, or of any names, may hold the places that are asked for though its lead does not say so."""


@dataclass(frozen=True, slots=True)
class Scored:
    """An enumeration and how well it answers.

    `noun` tells how plainly it is one of what is asked for, `told` how far what stands before it says the topic (both
    0 to 1).
    """

    enumeration: Enumeration
    score: float
    noun: float
    told: float


def from_text(material: Material, certain: bool) -> ListAnswer | None:
    """The rows of the best list, when it is good enough. `certain`: only one whose lead says what is asked for."""
    scored = (one for one in score_lists(material) if _is_fair(one, material, certain))
    best = max(scored, key=lambda one: one.score, default=None)
    if best is None or best.score < (_CERTAIN if certain else _ENOUGH):
        return None
    chosen = best.enumeration
    rows = tuple(_row(chosen, item, material) for item in chosen.items)
    return ListAnswer(
        rows, len(chosen.items), plural_shown(material.wanted.noun), _counted(chosen), best.told >= _ALL_NAMES
    )


def _is_fair(one: Scored, material: Material, certain: bool) -> bool:
    """Whether a list may answer at all: it is of what is asked for, or stands where that is spoken of."""
    if one.noun >= 1.0:
        return one.told >= _TOLD or not certain
    if certain or one.told < _TOLD:
        return False
    noun = (material.wanted.noun or "").lower()
    passage = one.enumeration.passage
    spoken_of = any(
        best_match(noun, (word,)) > 0 and not _qualifies(noun, word)
        for word in words(" ".join((*passage.section, passage.text)))
    )
    return not noun or stem(noun) in _VAGUE | _PEOPLE | _PLACES or (spoken_of and noun != "år")


def _qualifies(noun: str, word: str) -> bool:
    """Whether the noun only says what kind of another thing the word is: "sjukhuschefen" is no hospital."""
    return stem(word).startswith(stem(noun)) and len(stem(word)) > len(stem(noun)) + _LONGEST_ENDING


_LONGEST_ENDING = 2


def score_lists(material: Material) -> Iterator[Scored]:
    """Every list of the best passages that speaks of all names in the question, with its score."""
    values = np.concatenate(list(material.similarity.values()))
    mean, deviation = float(values.mean()), float(values.std()) or 1.0
    terms = material.wanted.topic
    names = tuple(forms for forms in names_asked(material) if not _is_setting(forms, material))
    rare = _OF_EFFORT.sub("", min(terms, key=material.frequency, default=""))
    known = bool(rare) and material.frequency(rare) > 0
    meant = meant_documents(material)
    specific = tuple(term for term in terms if len(term) >= _SPECIFIC)
    for rank, passage in enumerate(material.ranked[:_LOOKED_AT]):
        around = " ".join((passage.title, *passage.section, passage.text))
        if any(max(covered(form, around) for form in forms) < _ALL_NAMES for forms in names):
            continue
        if any(fold(term)[:_STEM_LETTERS] not in fold(around) for term in specific):
            continue
        if rare and (covered_narrowly((rare,), around) < _RARE if known else covered((rare,), around) == 0):
            continue
        for found in chain(enumerations(passage), counted_lists(passage), columns(passage)):
            lead, whole = found.lead[-300:], passage.text[found.start : found.end]
            coverage = 0.2 * covered(terms, lead) + 0.5 * covered(terms, whole) + 0.3 * covered(terms, around)
            meaning = min(max((_nearest(material, found, mean) - mean) / deviation, 0.0), 4.0) / 4.0
            noun = _noun_leads(material, found)
            count = 0.0 if material.wanted.count is None else 0.4 if material.wanted.count == len(found.items) else -0.4
            itself = any(_is_item(forms, found) for forms in names)
            holds = bool(_HOLDS.search(material.question.text) and _HOLDS.search(lead[-_NOUN_NEAR_CHARS:]))
            score = (
                coverage
                + 0.2 * holds
                - 0.4 * itself
                - 0.7 * _has_strangers(material, found)
                - 1.2 * bool(meant and passage.document_id not in meant)
                + 0.4 * noun
                + 0.3 * _headed(material, found)
                + 0.2 * _counted(found)
                + 0.7 * meaning
                + 0.2 * (1.0 - rank / _LOOKED_AT)
                + count
                - _flaws(found)
            )
            before = " ".join((*passage.section, passage.text[: found.items[0].start], found.lead))
            yield Scored(found, score, noun, covered(terms, before))


_ALL_NAMES = 0.9
_STEM_LETTERS = 8
_SPECIFIC = 12
"""A topic word this long is a compound that says much: a passage without its beginning is about another thing."""
_HOLDS = re.compile(
    r"\b(?:består|bestod|ingår|ingick|omfattar|innefattar|innehåller|utgörs|medlemmar|deltar|deltog|"
    r"consist|include|members)\b",
    re.IGNORECASE,
)


def _is_item(forms: tuple[tuple[str, ...], ...], found: Enumeration) -> bool:
    """Whether what the question names is itself an item of the list: then the list is not of what belongs to it."""
    return any(covered(form, found.name(item)) > _ITSELF for form in forms for item in found.items)


_ITSELF = 0.45


def _is_setting(forms: tuple[tuple[str, ...], ...], material: Material) -> bool:
    """Whether a name is the setting of all the documents (the strategy, the region), which no list need repeat."""
    common = _COMMON * len(material.passages)
    return any(all(word in _THE_STRATEGY or material.frequency(word) > common for word in form) for form in forms)


_OF_EFFORT = re.compile(r"(?<=\w{6})s?(?:projektet|satsningen|arbetet|programmet|processen|insatsen)$")
"""What "samplaneringsprojektet" is called beside its own name."""
_RARE = 0.7
"""A topic word that the documents know must itself stand near the list; one they put otherwise may be there in part."""
_THE_STRATEGY = frozenset({"rus"})
_COMMON = 0.12


def _has_strangers(material: Material, found: Enumeration) -> bool:
    """Whether what is asked for or about is itself one item of several: "företag, checkar och digitalisering"."""
    lead = words(found.lead)
    names = [words(found.name(item)) for item in found.items]
    if any(stem(name[0]) == stem(material.wanted.noun or "") for name in names if len(name) == 1):
        return True
    long = [term for term in material.wanted.topic if len(term) >= _SPECIFIC and best_match(term, lead) < _SAME_WORD]
    return any(sum(best_match(term, name) >= _SAME_WORD for name in names) == 1 for term in long)


_SAME_WORD = 0.95


def _counted(found: Enumeration) -> bool:
    """Whether the lead tells how many the items are: "fyra delprojekt", "inom 6 områden:"."""
    return any(numeral(word) == len(found.items) for word in words(found.lead[-_NOUN_NEAR_CHARS:]))


def _headed(material: Material, found: Enumeration) -> bool:
    """Whether the heading right above says the noun that is asked for."""
    section = found.passage.section
    if not section:
        return False
    noun = material.wanted.noun or ""
    return any(stem(word) == stem(noun.lower()) for word in words(section[-1]))


def _nearest(material: Material, found: Enumeration, mean: float) -> float:
    """The cosine of the best sentence; one that points back ("Det är …") is as near as the sentence before it."""
    passage = found.passage
    cosines = [float(cosine) for cosine in material.similarity[passage.id]]
    own = [number for number, (start, _) in enumerate(passage.sentences) if found.start <= start < found.end]
    if not own:
        return mean
    if own[0] > 0 and _POINTS_BACK.match(passage.text, passage.sentences[own[0]][0]):
        own.insert(0, own[0] - 1)
    return max(cosines[number] for number in own)


_POINTS_BACK = re.compile(r"(?:Det|Den|De|Detta|Denna|Dessa|Här|Där)\b")


def _noun_leads(material: Material, found: Enumeration) -> float:
    """How plainly the list is one of what is asked for: its lead says so near the items (1) or far (0.5), or its items
    do.
    """
    nouns = [noun.lower() for noun in (material.wanted.noun, material.wanted.also) if noun]
    return max((_one_noun_leads(noun, material, found) for noun in nouns), default=_one_noun_leads("", material, found))


def _one_noun_leads(noun: str, material: Material, found: Enumeration) -> float:
    names = [found.name(item) for item in found.items]
    heading = found.passage.section[-1] if found.passage.section else ""
    if (
        found.lead == heading
        and len(material.wanted.topic) > 1
        and covered(material.wanted.topic, heading) > _ALL_NAMES
    ):
        return 1.0
    if material.wanted.places and any(stem(word) in _PLACES for word in words(found.lead[-_NOUN_NEAR_CHARS:])):
        return 1.0
    capital = not found.bulleted and sum(name[:1].isupper() for name in names) > len(names) / 2
    if capital and (not noun or stem(noun) in _PEOPLE):
        return 1.0
    short = sum(len(name.split()) for name in names) <= _ITEM_WORDS * len(names)
    unnamed = material.wanted.collection == "initiatives" and not found.bulleted and not capital
    if (
        noun
        and short
        and not unnamed
        and sum(any(_same_head(noun, word) for word in words(name)) for name in names) >= len(names) / 2
    ):
        return 1.0
    for chars, worth in ((_NOUN_NEAR_CHARS, 1.0), (_NOUN_FAR_CHARS, 0.5)):
        there = words(found.lead[-chars:])
        if noun and any(_same_head(noun, word) for word in there):
            mere = not any(stem(noun) == stem(word) for word in there) and noun in _MERE
            return worth * (0.7 if mere else 1.0)
        kinds = material.wanted.kinds
        if kinds and any(_of_kind(word, kinds) for word in there):
            return worth
    if not capital or stem(noun) not in _PLACES:
        return 0.0
    return _KNOWN_PLACES if sum(map(is_place, names)) > len(names) / 2 else _NAMES


_MERE = frozenset("projekt program planer verktyg nätverk".split())
"""Nouns whose compounds ("delprojekt") are often another thing than what is asked for."""


def _of_kind(word: str, kinds: frozenset[str]) -> bool:
    """Whether a plural word names one of the kinds ("verktyg" for tools)."""
    head = (head_of(word) or plural_head(word)) if PLURALS.match(word) else None
    return head is not None and kind_of_head(head[1]) in kinds


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
    return ListRow(prefix + name, (), chosen.passage, *chosen.proof(item))


def _shared_prefix(chosen: Enumeration, item: Item, material: Material) -> str:
    """ "nätverk för" before each small-letter item of "nätverk för museichefer, bibliotekschefer …"."""
    noun = (material.wanted.noun or "").lower()
    match_ = re.search(r"(\w+) (för) $", chosen.lead)
    if match_ and noun and match_[1].lower() == noun and chosen.passage.text[item.start].islower():
        return f"{match_[1]} {match_[2]} "
    return ""
