"""What the texts say of each initiative: owner, participants, funders, sums, start, end, status, priority, results.

A sentence says it of the initiative named last before the words that say it; a sentence that names none goes on about
the one before in the same paragraph, or about the one that the heading names.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from ingest.documents import PassageKind
from ingest.facts.bodies import Bodies
from ingest.facts.entities import Initiative
from ingest.facts.figures import PERIOD, SUM, YEAR
from ingest.facts.rows import status_facts
from ingest.facts.types import Attribute, Fact, Stretch
from ingest.facts.units import Unit, is_run_in, opens_paragraph
from ingest.facts.vocabulary import MONTHS, NUMERALS, all_towns, expression, funds, is_definite_kind, said, table

_REACH = 4
"""So many sentences may go on about an initiative that none of them names, but in an item of a list."""
_AND = re.compile(r"[A-ZÅÄÖ]\w+(?:,| och| samt) ")
_IN = re.compile(r"\b(?:i|för|med|inom|av|mellan) \Z")
_WISHES = re.compile(r"\b(?:vill|bör)\b")
_GOES_ON = frozenset("det den de där dessutom han hon här sedan vid i under totalt av varje efter".split())
_MEMBER = (
    r"(?:[a-zåäö]{8,} )?[A-ZÅÄÖ][\w-]+(?: (?:i |på )?[A-ZÅÄÖ][\w-]+){0,3}"
    r"(?: (?:kommun|kommune|universitet|högskola|län|förening|AB))?"
)
_ENUMERATED = re.compile(rf"{_MEMBER}(?:, {_MEMBER})*,? (?:och|samt) {_MEMBER}")
_JOINED = re.compile(r"(?:\([^)]*\))?,?(?: ?(?:och|samt|eller|,))*(?: (?:sedan|\d{4}|,))*")


@cache
def _times(attribute: Attribute) -> re.Pattern[str]:
    """A verb of beginning or ending with its year after it, or before it."""
    of = table("times")
    part = rf"(?:den )?(?:\d{{1,2}} )?(?:{'|'.join(MONTHS)}|{of['seasons']}) "
    year = rf"(?:{part})?(?:år )?((?:19|20)\d\d)(?:/\d\d(?:\d\d)?)?"
    before = r"\b(?:[Ss]edan|[Ff]rån(?: och med)?|[Uu]nder|År|[Ii])\s(?:\w+ ){0,2}?((?:19|20)\d\d)"
    name = "started" if attribute is Attribute.START else "ended"
    return re.compile(
        rf"\b(?:{of[name]})\b[^.;\d]{{0,40}}?{year}|{before}(?:(?!\b(?:och|men)\b)[^.;\d]){{0,25}}?\b(?:{of[f'{name}_after']})\b"
    )


@dataclass(frozen=True, slots=True)
class Segment:
    """The part unit.passage.text[start:end] of a unit that is about these initiatives."""

    unit: Unit
    start: int
    end: int
    about: tuple[Initiative, ...]
    named: bool

    @property
    def text(self) -> str:
        """The words of the part."""
        return self.unit.passage.text[self.start : self.end]


def segments(
    units: Sequence[Unit], initiatives: Sequence[Initiative], headed: Mapping[str, Initiative]
) -> Iterator[Segment]:
    """Which part of which unit is about which initiative; table rows are left to their columns."""
    named: dict[int, list[tuple[int, int, Initiative]]] = defaultdict(list)
    for initiative in initiatives:
        for unit, match in initiative.mentions:
            named[unit.number].append((unit.words[match.first].start, unit.words[match.last - 1].end, initiative))
    current: tuple[Initiative, ...] = ()
    place, since, titled = "", 0, False
    for unit in units:
        if unit.passage.kind is PassageKind.TABLE:
            current = ()
            continue
        under = headed.get(unit.passage.id)
        if unit.opens_item or opens_paragraph(unit):
            titled = is_run_in(unit)
            first = unit.words[0].text.lower()
            goes_on = (
                unit.passage.id == place and not unit.opens_item and (first in _GOES_ON or is_definite_kind(first))
            )
            current = (under,) if under else current if goes_on else ()
            place = unit.passage.id
        if unit.number in named:
            parts = list(_parts(unit, sorted(named[unit.number], key=lambda item: item[0])))
            yield from parts
            since = unit.number
            last = parts[-1]
            # What follows an enumeration is about none of its members in particular.
            if len(last.about) > 1:
                current = ()
            elif len(parts) == 1 or last.end - last.start > 40:
                current = last.about
        elif current and (titled or under or unit.number - since <= _REACH):
            yield Segment(unit, unit.start, unit.end, current, False)


def _parts(unit: Unit, named: Sequence[tuple[int, int, Initiative]]) -> Iterator[Segment]:
    """Cuts a sentence where another initiative is named; members of an enumeration share what is said."""
    clusters: list[tuple[int, int, list[Initiative]]] = []
    text = unit.passage.text
    for start, end, initiative in named:
        between = text[clusters[-1][1] : start].strip() if clusters else ""
        if clusters and (initiative in clusters[-1][2] or _JOINED.fullmatch(between)):
            clusters[-1] = (clusters[-1][0], end, [*clusters[-1][2], initiative])
        else:
            clusters.append((start, end, [initiative]))
    for number, (start, _, about) in enumerate(clusters):
        left = unit.start if number == 0 else start
        right = clusters[number + 1][0] if number + 1 < len(clusters) else unit.end
        yield Segment(unit, left, right, tuple({id(one): one for one in about}.values()), True)


def said_of(segment: Segment, bodies: Bodies) -> Iterator[Fact]:
    """The facts that one segment states."""
    proof = segment.unit.stretch
    figures = segment.unit.figures and not expression("cues", "misreported").search(segment.unit.text)
    if figures:
        yield from _of_time(segment, proof)
    yield from _of_status(segment, proof)
    if figures:
        for match in SUM.finditer(segment.unit.passage.text, segment.start, segment.end):
            yield Fact(Attribute.SUM, match.group(), proof)
    yield from _of_bodies(segment, bodies, proof)
    if figures and re.search(r"\d", segment.text) and said("roles", "results").search(segment.text):
        yield Fact(Attribute.RESULT, segment.text.strip(), proof)


def _of_time(segment: Segment, proof: Stretch) -> Iterator[Fact]:
    text = segment.text
    for match in PERIOD.finditer(text):
        last = match[2] if len(match[2]) == 4 else match[1][:2] + match[2]
        before = text[: match.start()].rstrip()
        titled = re.search(r"(?:strategi|plan|program|agenda|mellan)\w*\Z", before, re.IGNORECASE)
        if not titled:
            yield Fact(Attribute.START, match[1], proof, year=int(match[1]))
            yield Fact(Attribute.END, match[2], proof, year=int(last))
    for attribute in (Attribute.START, Attribute.END):
        for match in _times(attribute).finditer(text):
            group = 1 if match[1] else 2
            if not PERIOD.match(text, match.start(group)):
                yield Fact(attribute, match.group().strip(), proof, year=int(match[group]))


def _of_status(segment: Segment, proof: Stretch) -> Iterator[Fact]:
    """The first status that is told as a fact and not as what shall or may be."""
    text = segment.text
    for fact in status_facts(text, proof):
        place = text.find(fact.unit or "")
        clause = re.split(r"[.;,]", text[:place])[-1][-60:]
        if not said("roles", "ahead").search(clause):
            year = YEAR.search(text, place, place + 60)
            yield replace(fact, year=int(year[1]) if year else None)


def _of_bodies(segment: Segment, bodies: Bodies, proof: Stretch) -> Iterator[Fact]:
    text, start = segment.unit.passage.text, segment.start
    owned = False
    towns: list[tuple[str, int]] = []
    others: list[tuple[str, int]] = []
    for name, match in bodies.within(segment.unit):
        left, right = segment.unit.words[match.first].start, segment.unit.words[match.last - 1].end
        if not start <= left < segment.end:
            continue
        before, after = text[max(start, left - 70) : left], text[right : min(segment.end, right + 60)]
        clause = before[max(before.rfind(";"), before.rfind(".")) + 1 :]
        if not owned and (_ends("owned", clause, 25) or _owns(after, name, bodies)):
            owned = True
            yield Fact(Attribute.OWNER, name, proof)
        elif _begins("pays", after, 1):
            yield Fact(Attribute.FUNDER, name, proof)
        elif bodies.town_of(name):
            towns.append((name, left))
        else:
            others.append((name, left))
    yield from _participants(segment, bodies, towns, others)
    if said("roles", "paying").search(segment.text):
        for fund in funds().finditer(text, start, segment.end):
            yield Fact(Attribute.FUNDER, fund.group(), proof)


def _participants(
    segment: Segment, bodies: Bodies, towns: Sequence[tuple[str, int]], others: Sequence[tuple[str, int]]
) -> Iterator[Fact]:
    """Who takes part: bodies after a word of taking part, municipalities also where two or more are enumerated."""
    text, proof = segment.unit.passage.text, segment.unit.stretch
    no = said("roles", "apart").search(text, segment.start, segment.end)
    every = None if _WISHES.search(segment.text) else all_towns().search(segment.text)
    if every and (not every["count"] or NUMERALS.get(every["count"].lower()) in (None, len(bodies.municipalities))):
        out = {bodies.town_of(name) for name, _ in towns} if no else set()
        for town in bodies.municipalities:
            if town not in out:
                yield Fact(Attribute.PARTICIPANT, town, proof)
    together = said("roles", "joint").search(segment.text) is not None
    for name in _listed_with(segment.text, together, [name for name, _ in (*towns, *others)]):
        yield Fact(Attribute.PARTICIPANT, name, proof)
    listed = towns if together else [pair for pair in towns if _is_listed(pair, towns, text)]
    for name, left in [*listed, *(others if together else ())]:
        if (no is None or left < no.start()) and not funds().fullmatch(name):
            yield Fact(Attribute.PARTICIPANT, name, proof)


def _listed_with(text: str, together: bool, known: Sequence[str]) -> Iterator[str]:
    """The members of an enumeration that takes part ("… deltar", "med A, B och C") and holds one who is known."""
    for match in _ENUMERATED.finditer(text) if known else ():
        members = [part.strip() for part in re.split(r", | och | samt ", match[0])]
        known_one = len(members) > 2 and any(name in match[0] for name in known)
        if known_one and (together or text[: match.start()].endswith(("med ", ": "))):
            yield from (re.sub(r"^[a-zåäö]+ ", "", one) for one in members)


def _is_listed(pair: tuple[str, int], towns: Sequence[tuple[str, int]], text: str) -> bool:
    """Whether a municipality is a member of an enumeration of such: "i Norrvik, Söderby och Myra"."""
    _, left = pair
    follows = any(other < left and _AND.fullmatch(text[other:left]) for _, other in towns)
    leads = any(left < other and _AND.fullmatch(text[left:other]) for _, other in towns)
    return follows or (leads and _IN.search(text[max(0, left - 12) : left]) is not None)


def _ends(role: str, text: str, room: int) -> bool:
    """Whether words of a role end within `room` characters of the end of the text."""
    return any(len(text) - match.end() <= room for match in said("roles", role).finditer(text))


def _begins(role: str, text: str, most: int) -> bool:
    """Whether words of a role follow at the beginning of a text, after at most so many words and no comma."""
    match = said("roles", role).search(text)
    between = text[: match.start()] if match else ""
    return match is not None and len(between.split()) <= most and not re.search(r"[,.;:]", between)


def _owns(after: str, name: str, bodies: Bodies) -> bool:
    return name not in bodies.municipalities and _begins("owning", after, 2)
