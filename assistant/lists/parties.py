"""The names in a list question: bodies, places and funds with their part, documents, and initiatives."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.lists.constraints import Party
from assistant.lists.lexicon import (
    FUNDS,
    ROLES,
    Role,
)
from ingest.documents import Passage
from ingest.facts.types import Attribute, Entity, FactBase
from ingest.swedish import STOPWORDS, stem

_YEAR = r"(?:19|20)\d\d"


def known_parties(facts: FactBase, passages: Mapping[str, Passage]) -> dict[str, bool]:
    """The bodies and places that the documents know, as written, and whether each is a municipality."""
    found = {entity.name: entity.kind == "municipality" for entity in facts.entities if entity.kind in BODIES}
    for entity in facts.entities:
        for fact in entity.facts:
            if fact.attribute in (Attribute.OWNER, Attribute.PARTICIPANT, Attribute.FUNDER) and len(fact.value) > 2:
                found.setdefault(fact.value, False)
    municipality = re.compile(r"\b([A-ZÅÄÖ][\wåäö-]+) (?:kommun|stad)\b")
    body = re.compile(
        r"\b(?:Region|Högskolan|Länsstyrelsen|Destination|Visit|Leader|Energikontoret|Länstrafiken"
        r"|Samordningsförbundet) (?:i )?"
        r"[A-ZÅÄÖ][\wåäö-]+(?: (?:& )?[A-ZÅÄÖ][\wåäö-]+)*|\b[A-ZÅÄÖ][\wåäö-]+ (?:[A-ZÅÄÖ][\wåäö-]+"
        r" )*(?:universitet|högskola|AB|Park)\b"
    )
    text = " ".join(" ".join(passage.text.split()) for passage in passages.values())
    for place in {match[1] for match in municipality.finditer(text) if match[1].lower() not in STOPWORDS}:
        # "Storviks kommun" is Storvik's, "Hofors kommun" is Hofors's: the bare name is a word of its own elsewhere.
        bare = place[:-1]
        found[bare if place.endswith("s") and re.search(rf"\b{bare}\b", text) else place] = True
    for match in body.finditer(text):
        found.setdefault(match[0], False)
    kommuner = {
        f"{place}{ending} kommun{more}"
        for place in found
        if found[place]
        for ending in ("", "s")
        for more in ("", "er")
    }
    return {name: place for name, place in found.items() if name not in kommuner}


BODIES = ("organisation", "municipality")


def read_parties(
    text: str, facts: FactBase, passages: Mapping[str, Passage], about: tuple[str, ...], modifier: str
) -> list[Party]:
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
    region = _region(passages)
    known = known_parties(facts, passages)
    aliases = {entity.name: entity.aliases for entity in facts.entities if entity.kind in BODIES}
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


def _region(passages: Mapping[str, Passage]) -> str:
    """The name that the whole county goes by: what most often follows "Region"."""
    counts: dict[str, int] = {}
    for passage in passages.values():
        for match in re.finditer(r"\bRegion ([A-ZÅÄÖ][\wåäö]+)", passage.text):
            counts[match[1].lower()] = counts.get(match[1].lower(), 0) + 1
    return max(counts, key=lambda name: counts[name], default="")


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
    named: list[str] = []
    used: set[str] = set()
    for word in definite:
        held = [name for name, title in titles.items() if stem(word) in map(stem, re.findall(r"\w+", title))]
        if word not in _EVERY_TITLE and 0 < len(held) <= max(1, len(titles) // 2):
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
