"""What a list question names: bodies, places and funds with their part, documents, and initiatives."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.lists.constraints import Party
from assistant.lists.lexicon import (
    FUNDS,
    ROLES,
    Role,
)
from assistant.lists.material import Material
from assistant.lists.parties import BODIES
from ingest.documents import Passage
from ingest.facts.types import Entity
from ingest.swedish import stem

_YEAR = r"(?:19|20)\d\d"


def read_parties(text: str, material: Material, about: tuple[str, ...], modifier: str) -> list[Party]:
    """The fund and the bodies or places that the question names, each with the part its nearest role word gives it."""
    lower = text.lower()
    for name in about:
        lower = lower.replace(name.lower(), " " * len(name))
    found: list[Party] = []
    for names in FUNDS:
        used = next((name for name in names if re.search(rf"(?<![\w]){re.escape(name)}(?![\w+])", lower)), "")
        if used or modifier in names:
            full = (
                re.search(rf"\b{re.escape(used)} [A-ZÅÄÖ][\wåäö–]*(?: & [A-ZÅÄÖ]\w*)?", text, re.IGNORECASE)
                if used
                else None
            )
            more = (full[0].lower(),) if full and full[0].split()[-1][0].isupper() else ()
            role = _role(text, lower.find(used)) if used else "any"
            found.append(Party((*more, *names), "funder" if role == "any" else role))
            lower = lower.replace(more[0] if more else used, " ", 1) if used else lower
            break
    region, known = material.region, material.parties
    aliases = {entity.name: entity.aliases for entity in material.facts.entities if entity.kind in BODIES}
    for name in sorted(known, key=len, reverse=True):
        forms = (*_variants(name, known[name]), *(alias.lower() for alias in aliases.get(name, ()) if not known[name]))
        for form in forms:
            match = re.search(rf"(?<![\w-]){re.escape(form)}(?:s|n)?(?: (?:kommuner?|stad))?(?![\w-])", lower)
            if match and form not in (region, "region", "regionen", "kommunen", "kommunerna", "länet", "sverige"):
                found.append(Party(tuple(dict.fromkeys(forms)), _role(text, match.start()), known[name]))
                lower = lower[: match.start()] + " " * len(match[0]) + lower[match.end() :]
                break
    return found[:3]


def _role(text: str, place: int) -> Role:
    """The part that the role word nearest to a place of the question gives who is named there."""
    near = [(abs(match.start() - place), role) for role, cue in ROLES for match in cue.finditer(text)]
    return min(near)[1] if near else "any"


def _variants(name: str, municipality: bool) -> tuple[str, ...]:
    """The forms under which a text may speak of a body."""
    lower = name.lower()
    if municipality:
        return (lower,)
    words = lower.split()
    short = (words[0],) if len(words) > 1 and re.search(r"(?:an|en|et)$", words[0]) else ()
    last = (f"{words[-1]}et",) if words[-1] == "universitet" else ()
    plain = tuple(re.sub(r"s (kommun|stad)$", r" \1", lower) for _ in (0,) if re.search(r"s (?:kommun|stad)$", lower))
    return tuple(dict.fromkeys((lower, *plain, *short, *last)))


def read_sources(text: str, passages: Mapping[str, Passage]) -> tuple[frozenset[str], set[str]]:
    """The documents that the question names by a word of their title or by years, and the words that name them."""
    titles = {passage.document_id: f"{passage.document_id} {passage.title}".lower() for passage in passages.values()}
    definite = re.findall(rf"\b(?:{_IN}) (?:\w+ )?(\w{{5,}}(?:en|et|an))\b", text.lower())
    expressly = re.findall(r"\benligt (?:\w+ )?(\w{5,}(?:en|et|an))\b|\b(\w{5,}(?:en|et|an))s\b", text.lower())
    plain = {word for word in definite if word not in _EVERY_TITLE} | {one or other for one, other in expressly}
    named: list[str] = []
    used: set[str] = set()
    for word in plain:
        held = [name for name, title in titles.items() if stem(word) in map(stem, re.findall(r"\w+", title))]
        if 0 < len(held) <= max(1, len(titles) // 2):
            named, used = held, {word}
    years = re.findall(rf"{_YEAR}", text)
    if re.search(r"\b(?:gamla|förra|tidigare|äldre|föregående)\b", text) and len(years) > 0:
        named = [name for name, title in titles.items() if all(year in title for year in years)] or named
    return frozenset(named), used


_IN = "i|enligt|ur|från|på|av"


_EVERY_TITLE = frozenset("strategin programmet planen regionen länet regionala utvecklingsstrategin kommunen".split())


def names_it(entity: Entity, text: str) -> bool:
    """Whether a question names an entity, by a name of it or by its last word in the definite."""
    names = (name for name in (entity.name, *entity.aliases) if len(name) > 2)
    if any(re.search(rf"(?<!\w){re.escape(name)}(?:s|en|et)?(?!\w)", text) for name in names):
        return True
    # "Skolrådet" is "Norra länets skolråd": the last word in the definite, where it is a compound.
    last = entity.name.split()[-1].lower()
    return (
        len(last) > 7
        and len(entity.name.split()) > 1
        and re.search(rf"(?<!\w){re.escape(last)}(?:e?n|e?t)(?!\w)", text.lower()) is not None
    )
