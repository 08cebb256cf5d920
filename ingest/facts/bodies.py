"""Bodies and municipalities, learned from the documents: what is called a municipality, owns, pays or decides."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from ingest.facts.names import Cue, Key, key_of
from ingest.facts.rows import Row
from ingest.facts.traits import Evidence, Match, by_first, looks_like_body, matches
from ingest.facts.units import Unit, Usage
from ingest.facts.vocabulary import ends_body, funds, meaning_of, said, terms
from ingest.swedish import STOPWORDS

_MUNICIPAL = frozenset("kommun kommuns kommuner kommuners".split())
_SMALL = frozenset("i för av på & ekonomisk ideell förening avd råd kulturråd regionala utvecklingsnämnden".split())


@dataclass(frozen=True, slots=True)
class Bodies:
    """What is known of bodies. `names` maps a key to the name it is shown by; `places` are municipalities and
    regions; `read` keeps what units name, by their numbers.
    """

    places: frozenset[str]
    municipalities: tuple[str, ...]
    names: Mapping[Key, str]
    known: Mapping[str, Sequence[Key]]
    definite: Mapping[str, str]
    read: dict[int, tuple[tuple[str, Match], ...]] = field(default_factory=dict)

    @classmethod
    def learned(
        cls, rows: Sequence[Row], evidence: Mapping[Key, Evidence], places: frozenset[str], towns: Set[str]
    ) -> Bodies:
        """Learn from owner columns and the evidence gathered for the candidates, beside `learned_places`."""
        owners = {
            key for row in rows for cell in row.all("owner") if row.first("name") for key in _cell_keys(cell.text)
        }
        names: dict[Key, str] = {key: " ".join(key) for key in owners if len(key) <= 5 and _is_name(key)}
        for key, own in evidence.items():
            looks = looks_like_body(key)
            acts = own.counts["body_verb"] >= 2 and own.counts["body_verb"] * 4 >= own.counts["all"]
            told = own.counts["body_before"] > 0 and own.counts["kind_before"] == 0
            generic = len(key) == 1 and key[0].lower() in terms("bodies", "no_bodies")
            if (
                not generic
                and _is_name(key)
                and (looks or acts or told)
                and not own.cues[Cue.TABLE]
                and key[0].lower() not in STOPWORDS
                and (own.counts["inside"] or key in owners or (looks and len(key) > 1))
            ):
                names.setdefault(key, " ".join(key))
        for town in towns:
            for form in {town, town if town[-1] in "sxz" else town + "s"}:
                names[form, "kommun"] = f"{form} kommun"
            names[town,] = town
        for place in places - towns:
            names.pop((place,), None)
        definite = _definites(names)
        return cls(places, tuple(sorted(towns)), names, by_first(list(names)), definite)

    def town_of(self, name: str) -> str | None:
        """The municipality that a name means ("Forsviks kommun"), None for others."""
        bare = name.removesuffix(" kommun")
        return next((form for form in (bare, bare.removesuffix("s")) if form in self.municipalities), None)

    def forms(self, name: str) -> tuple[str, ...]:
        """The other names of a body: "Forsviks kommun" of a municipality, "universitetet" of the only one."""
        municipal = (
            tuple(sorted(shown for shown in set(self.names.values()) if shown != name and self.town_of(shown) == name))
            if name in self.municipalities
            else ()
        )
        return municipal + tuple(sorted(form for form, own in self.definite.items() if own == name))

    def within(self, unit: Unit) -> tuple[tuple[str, Match], ...]:
        """The bodies that a unit names, in order, with the names they are shown by."""
        if unit.number not in self.read:
            self.read[unit.number] = tuple(self._within(unit))
        return self.read[unit.number]

    def _within(self, unit: Unit) -> Iterator[tuple[str, Match]]:
        taken: set[int] = set()
        found = [(self.names[match.key], match) for match in matches(unit, self.known)]
        for _, match in found:
            taken.update(range(match.first, match.last))
        for number, word in enumerate(unit.words):
            lowered = word.text.lower()
            name = self.definite.get(lowered) or (self.definite.get(lowered[:-1]) if lowered[-1] == "s" else None)
            if name and number not in taken:
                found.append((name, Match((word.text,), number, number + 1)))
        yield from sorted(found, key=lambda item: item[1].first)


def _is_name(key: Key) -> bool:
    """Whether words can be one body's name, and are no fund and no enumeration."""
    small = [word for word in key if word[0].islower()]
    fit = all(word in _SMALL or ends_body(word) for word in small) and not {
        "kommuner",
        "län",
    } & set(key)
    fund = funds().fullmatch(" ".join(key)) and not ends_body(key[-1])
    labelled = len(key) > 1 and meaning_of(key[0]) is not None and not ends_body(key[0])
    return fit and not fund and not labelled and key[-1] not in _SMALL - {"förening"}


def _cell_keys(text: str) -> Iterator[Key]:
    for part in re.split(r",| och | samt |/", text):
        key = key_of(part.strip())
        if key and key[0][0].isupper():
            yield key


def _definites(names: Mapping[Key, str]) -> dict[str, str]:
    """ "universitetet" for the one body whose name has that word in another form."""
    owners: dict[str, set[str]] = defaultdict(set)
    for key, name in names.items():
        if len(key) > 1:
            for word in (key[0], key[-1]):
                lowered = word.lower()
                forms = {lowered, lowered + "en", lowered + "et", lowered.removesuffix("n") + "n"}
                for form in forms:
                    if said("bodies", "definite").fullmatch(form) and form != "kommunen":
                        owners[form].add(name)
    return {form: next(iter(bodies)) for form, bodies in owners.items() if len(bodies) == 1}


def learned_places(units: Sequence[Unit], usage: Usage) -> tuple[frozenset[str], set[str]]:
    """Municipalities and regions, and the municipalities alone, without the ending of the genitive."""
    towns: set[str] = set()
    regions: set[str] = set()
    for unit in units:
        for number, word in enumerate(unit.words):
            if word.text in _MUNICIPAL and number and not word.broken:
                towns.update(_before(unit, number, word.text.startswith("kommuner")))
                towns.update(_after(unit, number) if word.text == "kommuner" else ())
            elif word.text in ("kommune", "fylkeskommune") and number:
                regions.update(one.text for one in unit.words[number - 1 : number] if one.text[0].isupper())
            elif word.text in ("Region", "Regionförbundet", "Landstinget"):
                regions.update(
                    one.text for one in unit.words[number + 1 : number + 2] if one.text[0].isupper() and not one.broken
                )
            elif word.text in ("län", "landsting", "läns") and number and unit.words[number - 1].text[0].isupper():
                regions.add(unit.words[number - 1].text)
    bare = {
        name: name[:-1] if name.endswith("s") and usage.times[name[:-1]] and len(name) > 3 else name
        for name in towns | regions
    }
    towns = {bare[name] for name in towns} - {bare[name] for name in regions}
    return frozenset(bare.values()), towns


_LISTED = re.compile(r"(?::| \()\s?((?:[A-ZÅÄÖ][\wåäö-]+, )+[A-ZÅÄÖ][\wåäö-]+,? (?:och|samt) [A-ZÅÄÖ][\wåäö-]+)[.)]")


def _after(unit: Unit, number: int) -> list[str]:
    """The members of the enumeration that follows "kommuner" whole: "fem kommuner: Ekby, Sandby och Myra."."""
    listed = _LISTED.match(unit.passage.text, unit.words[number].end)
    return re.split(r", |,? och |,? samt ", listed[1]) if listed else []


def _before(unit: Unit, number: int, many: bool) -> list[str]:
    """The capitalised words right before "kommun", or the members of the enumeration before "kommuner"."""
    names: list[str] = []
    end = unit.words[number].start
    for word in reversed(unit.words[:number]):
        lowered = word.text.lower()
        if re.search(r"[:.;(]", unit.passage.text[word.end : end]):
            break
        end = word.start
        if (
            word.text[0].isupper()
            and len(word.text) > 2
            and lowered not in terms("names", "none")
            and lowered not in STOPWORDS
        ):
            if not ends_body(word.text.removesuffix("s")):
                names.append(word.text)
            if not many:
                break
        elif word.text not in ("och", "samt"):
            break
    return names if len(names) > many else []
