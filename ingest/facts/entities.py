"""Initiatives, bodies and municipalities with all stretches that name them, and what kind each is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.documents import PassageKind
from ingest.facts.bodies import Bodies, learned_places
from ingest.facts.candidates import candidates, named_by
from ingest.facts.figures import PERIOD
from ingest.facts.identities import accepted, groups
from ingest.facts.names import Key, bare, key_of
from ingest.facts.rows import Row
from ingest.facts.traits import Match, by_first, gather, matches
from ingest.facts.types import Entity, EntityKind, Fact, Stretch
from ingest.facts.units import Unit, Usage
from ingest.facts.vocabulary import kind_of, points_back, terms

_DEFAULT: EntityKind = "project"


@dataclass(slots=True)
class Initiative:
    """An initiative while it is gathered: its names, where they stand, votes for its kind, its facts."""

    keys: list[Key]
    mentions: list[tuple[Unit, Match]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    votes: dict[tuple[EntityKind, str], float] = field(default_factory=lambda: defaultdict(float))
    about: dict[Stretch, None] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The main name as it is written."""
        return shown(self.keys[0])


def shown(key: Key) -> str:
    """The words of a name as they are written."""
    return " ".join(key)


def find_initiatives(
    units: Sequence[Unit], rows: Sequence[Row], headings: Collection[str]
) -> tuple[list[Initiative], Bodies]:
    """The initiatives of all documents with their mentions, and the bodies and municipalities learned beside them.

    `headings` are the names of priorities and areas in lower case: no initiative is called one.
    """
    usage = Usage.of(units)
    places, towns = learned_places(units, usage)
    evidence = gather(units, rows, candidates(units, rows, usage, places), usage)
    bodies = Bodies.learned(rows, evidence, places, towns)
    names = {
        key: score for key, score in accepted(evidence, bodies.places).items() if shown(key).lower() not in headings
    }
    hits = _hits(units, names)
    initiatives = [Initiative(keys) for keys in groups(names, hits, evidence, bodies.places)]
    of_key = {key: initiative for initiative in initiatives for key in initiative.keys}
    for unit, here in hits:
        for match in here:
            of_key[match.key].mentions.append((unit, match))
    for row in rows:
        cell = row.first("name")
        owner = of_key.get(bare(key_of(named_by(cell)))) if cell else None
        if owner is not None:
            owner.rows.append(row)
    _add_headed(units, initiatives)
    kept = [initiative for initiative in initiatives if initiative.mentions]
    _vote(kept, units)
    return kept, bodies


def _hits(units: Sequence[Unit], names: Collection[Key]) -> list[tuple[Unit, tuple[Match, ...]]]:
    known = by_first(list(names))
    return [(unit, tuple(matches(unit, known))) for unit in units]


def _add_headed(units: Sequence[Unit], initiatives: Sequence[Initiative]) -> None:
    """What only headings name is proved by the first unit under each heading."""
    headed = section_names(units, initiatives)
    opening = {unit.passage.id: unit for unit in reversed(units)}
    for passage_id, initiative in headed.items():
        if not any(match.last for _, match in initiative.mentions):
            initiative.mentions.append((opening[passage_id], Match(initiative.keys[0], 0, 0)))


def _vote(initiatives: Sequence[Initiative], units: Sequence[Unit]) -> None:
    """What the texts call each initiative: in a column, before or after its name, and where they point back to it."""
    named = {unit.number for initiative in initiatives for unit, _ in initiative.mentions}
    for initiative in initiatives:
        for row in initiative.rows:
            for cell in row.all("kind"):
                _cast(initiative, cell.text, 6)
            name = row.first("name")
            if name is not None and len(name.header) > 6:
                _cast(initiative, name.header.split()[0], 5, only=("project", "programme", "network"))
        for key in initiative.keys:
            weight = 3 if len(key) > 1 else 2
            any(_cast(initiative, word, weight) for word in key)
        for unit, match in initiative.mentions:
            if unit.passage.kind is PassageKind.TABLE:
                continue  # the other cells of a row speak of other things
            if match.first and not unit.words[match.first].broken:
                _cast(initiative, unit.words[match.first - 1].text, 3)
            _cast_apposition(initiative, unit, match)
            _cast_pointing(initiative, unit, units, named)


def _cast_pointing(initiative: Initiative, unit: Unit, units: Sequence[Unit], named: Collection[int]) -> None:
    """What the sentences after a mention call it: "Projektet …"."""
    for following in units[unit.number : unit.number + 3]:
        other = following is not unit and (following.number in named or following.opens_item)
        if following.passage is not unit.passage or other:
            return
        for word in following.words:
            if points_back(word.text.lower()):
                _cast(initiative, word.text, 2 if word is following.words[0] else 1)


def _cast_apposition(initiative: Initiative, unit: Unit, match: Match) -> None:
    ahead = unit.words[match.last : match.last + 8]
    if not ahead:
        return
    linked = ahead[0].text.lower() in ("är", "var", "heter", "blir", "som") or ahead[0].broken
    openers = [number for number, word in enumerate(ahead[:5]) if word.text.lower() in ("ett", "en", "det", "den")]
    if linked and openers:
        for word in ahead[openers[0] + 1 :]:
            if _cast(initiative, word.text, 4):
                return
            if word.broken:
                return


def _cast(initiative: Initiative, word: str, weight: float, only: tuple[str, ...] = ()) -> bool:
    kind = kind_of(word.lower().removesuffix("s")) or kind_of(word.lower())
    if kind is None or (only and kind[0] not in only):
        return False
    initiative.votes[kind] += weight / 3 if kind[1] in terms("kinds", "generic") else weight
    return True


def as_entity(initiative: Initiative, facts: Sequence[Fact]) -> Entity:
    """The finished entity. Its kind is the one most voted for; without any vote it is taken for a project."""
    totals: dict[EntityKind, float] = defaultdict(float)
    for (of, _), votes in initiative.votes.items():
        totals[of] += votes
    kind = max(totals, key=lambda of: totals[of]) if totals else _DEFAULT
    if kind == "programme" and any(PERIOD.fullmatch(word) for key in initiative.keys for word in key):
        kind = "plan"
    heads = {head: votes for (of, head), votes in initiative.votes.items() if of == kind}
    mentions = tuple(dict.fromkeys(unit.stretch for unit, _ in initiative.mentions))
    introduced = _introduction(initiative, mentions)
    unit = next(unit for unit, _ in initiative.mentions if unit.stretch == mentions[introduced])
    return Entity(
        name=initiative.name,
        aliases=tuple(shown(key) for key in initiative.keys[1:]),
        kind=kind,
        section=unit.passage.section,
        mentions=mentions,
        introduced=introduced,
        facts=tuple(facts),
        kind_word=max(heads, key=lambda head: heads[head]) if heads else "",
        about=tuple(initiative.about),
    )


def _introduction(initiative: Initiative, mentions: Sequence[Stretch]) -> int:
    """The first mention that says what it is; else the first one in running text."""

    def worth(item: tuple[Unit, Match]) -> tuple[int, int]:
        unit, match = item
        around = unit.words[max(0, match.first - 2) : match.first] + unit.words[match.last : match.last + 7]
        tells = any(kind_of(word.text.lower()) for word in around)
        return (2 * tells + (len(unit.words) > len(match.key) + 3) + (unit.passage.kind == "paragraph"), -unit.number)

    best = max(initiative.mentions, key=worth)
    return mentions.index(best[0].stretch)


def section_names(units: Sequence[Unit], initiatives: Sequence[Initiative]) -> Mapping[str, Initiative]:
    """For each passage under a heading that names one initiative, that initiative; the innermost heading counts."""
    of_key = {tuple(word.lower() for word in key): one for one in initiatives for key in one.keys}
    firsts: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for key in sorted(of_key, key=len, reverse=True):
        firsts[key[0]].append(key)
    headed: dict[str, Initiative] = {}
    cache: dict[str, Initiative | None] = {}
    for unit in units:
        section = unit.passage.section
        if not section or unit.passage.id in headed:
            continue
        heading = section[-1]
        if heading not in cache:
            cache[heading] = _named_in(heading, firsts, of_key)
        found = cache[heading]
        if found is not None:
            headed[unit.passage.id] = found
    return headed


def _named_in(
    heading: str, firsts: Mapping[str, Sequence[tuple[str, ...]]], of_key: Mapping[tuple[str, ...], Initiative]
) -> Initiative | None:
    words = [word.lower() for word in key_of(heading)]
    found: list[Initiative] = []
    number = 0
    while number < len(words):
        stems = (words[number], words[number].removesuffix("s"))
        key = next(
            (
                k
                for first in stems
                for k in firsts.get(first, ())
                if tuple(words[number : number + len(k)]) == k or (len(k) == 1)
            ),
            None,
        )
        if key is not None:
            found.append(of_key[key])
        number += len(key) if key else 1
    return found[0] if len({id(one) for one in found}) == 1 else None
