"""The bodies and places that the documents know."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ingest.documents import Passage
from ingest.facts.types import Attribute, FactBase
from ingest.swedish import STOPWORDS

BODIES = ("organisation", "municipality")


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


def region_name(passages: Mapping[str, Passage]) -> str:
    """The name that the whole county goes by: what most often follows "Region"."""
    counts: dict[str, int] = {}
    for passage in passages.values():
        for match in re.finditer(r"\bRegion ([A-ZÅÄÖ][\wåäö]+)", passage.text):
            counts[match[1].lower()] = counts.get(match[1].lower(), 0) + 1
    return max(counts, key=lambda name: counts[name], default="")
