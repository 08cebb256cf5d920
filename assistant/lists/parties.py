"""What a list question names: bodies, places and funds with their part, documents, and initiatives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from assistant.lists.material import Material
from assistant.matching import match
from ingest.facts.figures import YEAR_FORM
from ingest.facts.types import BODIES, Entity
from ingest.facts.vocabulary import fund_names, said
from ingest.swedish import content_words, stem

Role = Literal["owner", "participant", "funder", "any"]
_ROLES: tuple[Role, ...] = ("owner", "funder", "participant")
_ENDINGS = ("", "s", "n", "ens", "et", "ets", "medel", "pengar", "projektet")
_WHOLE_COUNTY = ("region", "regionen", "kommunen", "kommunerna", "länet", "sverige")
_EVERY_TITLE = frozenset(
    "strategin programmet planen regionen länet regionala utvecklingsstrategin kommunen bilagan tabellen listan".split()
)


_THE_REGION = (
    r"\b(?:står|äger|driver|leder|finansierar|betalar|bekostar) (?:själva )?regionen\b|\bregionen (?:själv|äger|driver)"
)
_ANY_TOWN = re.compile(r"\b(?:en|någon|av) kommun(?:erna)?\b|\bkommun(?:er|erna)? (?:äger|driver|leder)\b|\bkommunäg")
"""A question about what any municipality has a part in: "Vilka projekt har en kommun som ägare?"."""
_EITHER = re.compile(
    r"\b(?:ägare|huvudman|ansvarig)\w* eller (?:\w+ )?(?:part|deltagare|med)"
    r"|\b(?:part|deltagare|medverkande) eller (?:\w+ )?(?:ägare|huvudman|finansiär)"
)
"""A question that asks for more than one part."""
_SAME = 0.9


@dataclass(frozen=True, slots=True)
class Party:
    """A body, place or fund that has a part in what is asked for. `names` are all its names, in lower case; `apart`
    where it must not be the owner too."""

    names: tuple[str, ...]
    role: Role
    municipality: bool = False
    apart: bool = False

    def is_named(self, text: str) -> bool:
        """Whether a text names it, as a whole word or with an ending."""
        return any(place_of(name, text.lower()) is not None for name in self.names)

    def is_party(self, body: str) -> bool:
        """Whether a body is it; one that only lies in a municipality is not that: "Högskolan i Ekby"."""
        return self.is_named(re.sub(r"\bi \w+", "", body) if self.municipality else body)


def place_of(name: str, text: str) -> int | None:
    """Where a lower-case text has a name as whole words, the last perhaps with an ending; None where it has not."""
    start = text.find(name)
    while start >= 0:
        end = start + len(name)
        tail = re.match(r"[\w-]*", text[end:])
        if (not start or not (text[start - 1].isalnum() or text[start - 1] == "-")) and tail and tail[0] in _ENDINGS:
            return start
        start = text.find(name, start + 1)
    return None


def read_parties(text: str, material: Material, about: tuple[str, ...], modifier: str) -> list[Party]:
    """The fund and the bodies or places that the question names, each with the part its nearest role word gives it."""
    lower = text.lower()
    for name in about:
        lower = lower.replace(name.lower(), " " * len(name))
    found: list[Party] = []
    for names in fund_names():
        used = next((name for name in names if place_of(name, lower) is not None), "")
        if used or modifier in names:
            place = lower.find(used)
            added = re.match(r"(?: (?:& )?[A-ZÅÄÖ][\wåäö–]*)+", text[place + len(used) :]) if used else None
            # "Leader Insjön" is meant alone, and not every Leader.
            named = (used + added[0].lower(),) if added else names
            # An authority that pays may also take part: "Vilka projekt medverkar Trafikverket i?"
            role = _role(text, place)
            takes_part = role == "participant" and not material.participants.isdisjoint(names)
            found.append(Party(named, role if takes_part or _EITHER.search(text) else "funder"))
            for name in named if used else ():
                lower = lower.replace(name, " " * len(name))
            break
    if acting := re.search(_THE_REGION, lower):
        found.append(Party((f"region {material.region}", "regionen"), _role(text, acting.start())))
    towns = tuple(name.lower() for name, municipality in material.parties.items() if municipality)
    if towns and (some := _ANY_TOWN.search(lower)):
        found.append(
            Party(("kommun", *(form for town in towns for form in (town, f"{town}s"))), _role(text, some.start()), True)
        )
    aliases = {entity.name: entity.aliases for entity in material.facts.entities if entity.kind in BODIES}
    for name in sorted(material.parties, key=lambda one: (" " in one and one.lower() in lower, len(one)), reverse=True):
        municipality = material.parties[name]
        also = () if municipality else tuple(alias.lower() for alias in aliases.get(name, ()))
        forms = (*_variants(name, municipality), *also)
        form = next((one for one in forms if place_of(one, lower) is not None), None)
        if form is not None and form not in (material.region, *_WHOLE_COUNTY):
            start = lower.find(form)
            found.append(Party(tuple(dict.fromkeys(forms)), _role(text, start), municipality))
            lower = lower[:start] + " " * len(form) + lower[start + len(form) :]
    return found[:3]


def _role(text: str, place: int) -> Role:
    """The part that the role word nearest to a place of the question gives who is named there."""
    if re.match(r"\w+(?: \w+)?s (?:\w+[ae] )?\w*(?:projekt|insats|satsning|program|nätverk|initiativ)", text[place:]):
        return "owner"
    if _EITHER.search(text):
        return "any"
    near = [
        (min(abs(match.start() - place), abs(match.end() - place)), role)
        for role in _ROLES
        for match in said("asked_roles", role).finditer(text)
    ]
    return min(near)[1] if near else "any"


def _variants(name: str, municipality: bool) -> tuple[str, ...]:
    """The forms under which a text may speak of a body."""
    lower = name.lower()
    if municipality:
        return (lower,)
    words = lower.split()
    short = (words[0],) if len(words) > 1 and re.search(r"(?:an|en|et)$", words[0]) else ()
    last = (f"{words[-1]}et",) if words[-1] == "universitet" else ()
    plain = (re.sub(r"s (kommun|stad)$", r" \1", lower),) if re.search(r"s (?:kommun|stad)$", lower) else ()
    return tuple(dict.fromkeys((lower, *plain, *short, *last)))


def read_sources(text: str, material: Material) -> tuple[frozenset[str], set[str]]:
    """The documents that the question names by title, by a word of it or by years, and the words that name them."""
    titles, lower = material.titles, text.lower()
    whole = {
        name: part
        for name, parts in material.title_parts.items()
        for part in parts
        if place_of(part, lower) is not None
    }
    if 0 < len(whole) < len(titles):
        # "Inom Länet 2035" names the strategy and narrows nothing.
        narrowing = (name for name, part in whole.items() if f"inom {part}" not in lower)
        return frozenset(narrowing), {word for part in whole.values() for word in content_words(part)}
    proper = {word.lower() for word in re.findall(r"(?<=\s)[A-ZÅÄÖ][a-zåäö]{4,}", text)}
    if called := [name for name, word in material.short_titles.items() if word in proper]:
        return frozenset(called), {material.short_titles[name] for name in called}
    definite = re.findall(r"\b(?:i|enligt|ur|från|på|av) (?:\w+ ){0,2}?(\w{5,}(?:en|et|an))\b", lower)
    expressly = re.findall(
        r"\b(?:enligt|anger|redovisar|nämner|listar) (?:\w+ ){0,2}?(\w{5,}(?:en|et|an))\b|\b(\w{5,}(?:en|et|an))s\b",
        lower,
    )
    plain = {word for word in definite if word not in _EVERY_TITLE} | {one or other for one, other in expressly}
    named: list[str] = []
    used: set[str] = set()
    for word in sorted(plain):
        held = [name for name, title in titles.items() if _is_said(word, title)]
        if 0 < len(held) <= max(1, len(titles) // 2):
            named, used = held, {word, f"{word}s"}
    years = re.findall(YEAR_FORM, text)
    if re.search(r"\b(?:gamla|förra|tidigare|äldre|föregående)\b", text) and years:
        named = [name for name, title in titles.items() if all(year in title for year in years)] or named
    # "Inom kompassen" names the strategy and narrows nothing: such a word is no subject.
    within = re.findall(r"\b(?:inom|under|sedan|för) (\w{5,}(?:en|et|an))\b", lower)
    used |= set(re.findall(r"\benligt (\w{5,}(?:en|et|an))\b", lower))
    every = {stem(part) for title in titles.values() for part in re.findall(r"\w+", title)}
    return frozenset(named), used | {word for word in within if stem(word) in every}


def _is_said(word: str, title: str) -> bool:
    return any(stem(word) == stem(other) or match(word, other) > _SAME for other in re.findall(r"\w+", title))


def names_it(entity: Entity, text: str) -> bool:
    """Whether a question names an entity, by a name of it or by its last word in the definite."""
    for name in (entity.name, *entity.aliases):
        if len(name) > 2 and name in text and place_of(name, text) is not None:
            return True
    # "Skolrådet" is "Norra länets skolråd": the last word in the definite, where it is a compound.
    last = entity.name.split()[-1].lower()
    if len(last) <= 7 or " " not in entity.name:
        return False
    return any(word.startswith(last) and word[len(last) :] in ("n", "en", "t", "et") for word in text.lower().split())
