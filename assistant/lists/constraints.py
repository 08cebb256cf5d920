"""What a list question asks of each thing in the list, and which bodies, places, funds and documents it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from assistant.lists.material import Material, part_number
from assistant.matching import match
from ingest.facts.figures import YEAR_FORM
from ingest.facts.types import BODIES, Entity, EntityKind
from ingest.facts.vocabulary import MONTHS, fund_names, funds_of_the_union, said, table
from ingest.swedish import content_words, stem

Event = Literal["start", "end", "during", "over"]
Role = Literal["owner", "participant", "funder", "any"]
_ROLES: tuple[Role, ...] = ("owner", "funder", "participant")
_ENDINGS = ("", "s", "n", "ens", "et", "ets", "medel", "pengar", "projektet", "-medel", "-pengar", "-stöd", "-fond")
_WHOLE_COUNTY = ("region", "regionen", "kommunen", "kommunerna", "länet", "sverige")
MEETING = re.compile(
    r"(?:sammanträd|möte|nämnd|beslut(?:en|et)\b|protokoll|styrelse|RUN\b)[^?]*?"
    rf"(?P<day>(?:\d{{1,2}} )?(?:{'|'.join(MONTHS)}) {YEAR_FORM})",
    re.IGNORECASE,
)
"""A meeting with its day: "nämndens beslut den 20 mars 2025"."""
_DATED_TITLE = re.compile(
    rf"\b\w*(?:program|strategi|plan)\w* (?:för |från |av )?(?:åren )?{YEAR_FORM}[–-]{YEAR_FORM}\b"
)
"""A document named by what it is and its years: "programmet 2014–2020"."""
_EVERY_TITLE = frozenset(
    "strategin programmet planen regionen länet regionala utvecklingsstrategin kommunen bilagan tabellen listan".split()
)
_THE_REGION = (
    r"\b(?:står|äger|driver|leder|finansierar|betalar) (?:själva )?regionen\b|\bregionen (?:själv|äger|driver)"
    r"|(?P<own>\bregionens egna\b)|(?P<paying>\bregional medfinansiering|\bregionens? (?:pengar|medel)\b)"
)
_OF_THE_UNION = re.compile(r"\beu(?::s|s)?[- ]?(?:fond|pengar|medel|stöd|finansier|bidrag)\w*(?! eller| och)")
_DENIED = re.compile(
    r"\b(?:inga|ingen|inget|utan|men inte|inte (?:\w+ )?(?:från|ur|av|några|någon|något|en|ett))(?: \w+){0,2} $"
)
_ANY_TOWN = re.compile(r"\b(?:en|någon|av) kommun(?:erna)?\b|\bkommun(?:er|erna)? (?:äger|driver|leder)\b|\bkommunäg")
"""A question about what any municipality has a part in: "Vilka projekt har en kommun som ägare?"."""
_SAME = 0.9


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in one of these ways, each as the register writes it: "nedlagt", "pågår"."""

    states: frozenset[str]


@dataclass(frozen=True, slots=True)
class Years:
    """What started, ended or went on in the years `first` to `last`, both included; `over`: what had ended by then."""

    event: Event
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Priority:
    """A numbered or titled part of the strategy: its number, and the words of its title in stems."""

    number: str | None
    title: frozenset[str]

    def is_named(self, heading: str) -> bool:
        """Whether a heading, or the value of a fact, names the part."""
        if self.number is not None:
            return self.number in (part_number(heading), heading.split()[-1] if len(heading.split()) < 3 else "")
        return self.title <= {stem(word) for word in content_words(heading)}


@dataclass(frozen=True, slots=True)
class Subject:
    """What the things asked for are about, in the question's own words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Party:
    """A body, place or fund that has a part in what is asked for. `names` are all its names, in lower case; `apart`
    where it must not be the owner too; `denied` where it must have no such part."""

    names: tuple[str, ...]
    role: Role
    municipality: bool = False
    apart: bool = False
    denied: bool = False

    def is_named(self, text: str) -> bool:
        """Whether a text names it, as a whole word or with an ending."""
        return any(place_of(name, text.lower()) is not None for name in self.names)

    def is_party(self, body: str) -> bool:
        """Whether a body is it; one that only lies in a municipality is not that: "Högskolan i Ekby"."""
        return self.is_named(re.sub(r"\bi \w+", "", body) if self.municipality else body)


@dataclass(frozen=True, slots=True)
class Amount:
    """More than (`over`) or less than so many kronor; of the `payer` alone where one is named beside the amount."""

    kronor: float
    over: bool
    payer: Party | None = None


Constraint = Standing | Party | Years | Amount | Priority | Subject


@dataclass(frozen=True, slots=True)
class ListQuestion:
    """A list question, read.

    `noun` is what is asked for, as written. `kinds` None: the noun is no kind of initiative; empty: every kind.
    `count` is the number that the question presupposes, `sources` the ids of the documents it names, `about` the
    entities it names; `tabled`: only rows of a table are meant. `read` is the part of its content words that
    was understood.
    """

    noun: str
    kinds: frozenset[EntityKind] | None
    constraints: tuple[Constraint, ...]
    count: int | None
    sources: frozenset[str]
    about: tuple[str, ...]
    tabled: bool
    read: float

    @property
    def subject(self) -> tuple[str, ...]:
        """The words of its subject, none where it names none."""
        return next((one.words for one in self.constraints if isinstance(one, Subject)), ())


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
            takes_part = _role(text, place) == "participant" and not material.participants.isdisjoint(names)
            role: Role = "participant" if takes_part else "funder"
            found.append(Party(named, role, denied=_is_denied(lower[:place])))
            for name in named if used else ():
                lower = lower.replace(name, " " * len(name))
            break
    if (any_of_the_union := _OF_THE_UNION.search(lower)) and not found:
        every = (name for names in funds_of_the_union() for name in names)
        found.append(Party(("eu", *every), "funder", denied=_is_denied(lower[: any_of_the_union.start()])))
    if acting := re.search(_THE_REGION, lower):
        role = "funder" if acting["paying"] else "owner" if acting["own"] else _role(text, acting.start())
        names = (f"region {material.region}", "regionen", *(("reg. medfin.", "regional") if acting["paying"] else ()))
        found.append(Party(names, role, denied=_is_denied(lower[: acting.start()])))
    towns = tuple(name.lower() for name, municipality in material.parties.items() if municipality)
    if towns and (some := _ANY_TOWN.search(lower)):
        found.append(
            Party(("kommun", *(form for town in towns for form in (town, f"{town}s"))), _role(text, some.start()), True)
        )
    bodies = (entity for entity in material.facts.entities if entity.kind in BODIES)
    aliases = {entity.name: entity.aliases for entity in bodies if not material.parties.get(entity.name)}
    for name in sorted(material.parties, key=lambda one: (" " in one and one.lower() in lower, len(one)), reverse=True):
        municipality = material.parties[name]
        forms = (name.lower(), *(alias.lower() for alias in aliases.get(name, ())))
        form = next((one for one in forms if place_of(one, lower) is not None), None)
        if form is not None and form not in (material.region, *_WHOLE_COUNTY):
            start = lower.find(form)
            found.append(Party(tuple(dict.fromkeys(forms)), _role(text, start), municipality))
            lower = lower[:start] + " " * len(form) + lower[start + len(form) :]
    return found[:3]


def _is_denied(before: str) -> bool:
    return _DENIED.search(before) is not None


def _role(text: str, place: int) -> Role:
    """The part that the role word nearest to a place of the question gives who is named there."""
    if re.match(r"\w+(?: \w+)?s (?:\w+[ae] )?\w*(?:projekt|insats|satsning|program|nätverk|initiativ)", text[place:]):
        return "owner"
    near = [
        (min(abs(match.start() - place), abs(match.end() - place)), role)
        for role in _ROLES
        for match in said("asked_roles", role).finditer(text)
    ]
    return min(near)[1] if near else "any"


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
    met = MEETING.search(text)
    if met and any(said("status_asked", state).search(text) for state in table("status_beside")):
        day = met["day"].lower()
        held = [name for name, title in titles.items() if day in title or iso_month(day) in title]
        if 0 < len(held) < len(titles):
            return frozenset(held), set()
    dated = [
        name
        for name, title in titles.items()
        if any(all(year in title for year in re.findall(YEAR_FORM, told)) for told in _DATED_TITLE.findall(lower))
    ]
    if 0 < len(dated) < len(titles):
        return frozenset(dated), set()
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


def iso_month(day: str) -> str:
    """The beginning of the ISO date of a day or month in words: "2025-03" for "20 mars 2025"."""
    *number, month, year = day.split()
    return "-".join((year, f"{MONTHS.index(month) + 1:02}", *(f"{int(one):02}" for one in number)))


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
