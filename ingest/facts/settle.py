"""Puts the facts of one initiative in order, oldest first, so that the last of each attribute is the one that holds."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ingest.documents import Document
from ingest.facts.figures import YEAR_FORM
from ingest.facts.types import Attribute, Fact
from ingest.facts.units import Unit
from ingest.facts.vocabulary import MONTHS, statuses

_DATE = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(MONTHS)}) ({YEAR_FORM})\b")
_DATED = re.compile(
    r"\b(?:uppdatera|publicera|antag|antog|beslut|fastställ|datera|utgiv|sammanträd|godkän|justera|avser)\w*",
    re.IGNORECASE,
)
_BEGINNING = 6
_FIRM = ("nedlagt", "pausat", "permanent", "avslutat")
_SINGLE = (Attribute.OWNER, Attribute.START, Attribute.END, Attribute.STATUS)


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact, when its document speaks (ISO date), and how surely: 3 in a column, 2 beside the name, 1 further on."""

    fact: Fact
    date: str
    weight: int


def document_dates(units: Sequence[Unit], documents: Sequence[Document]) -> dict[str, str]:
    """The date that each document speaks from: the latest of the year that most of its full dates have."""
    written: dict[str, list[str]] = defaultdict(list)
    told: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for unit in units:
        name = unit.passage.document_id
        seen[name] += 1
        for match in _DATE.finditer(unit.passage.text, unit.start, unit.end) if unit.figures else ():
            date = f"{match[3]}-{MONTHS.index(match[2]) + 1:02}-{int(match[1]):02}"
            written[name].append(date)
            # What a document says of its own date stands near its beginning.
            if seen[name] <= _BEGINNING and _DATED.search(unit.passage.text, unit.start, match.start()):
                told.setdefault(name, date)
    years = {document.id: document.year for document in documents}
    dates: dict[str, str] = {}
    for name in {*written, *years}:
        own, said = years.get(name), written.get(name, [])
        usual = Counter(date[:4] for date in said).most_common(1)
        year = usual[0][0] if usual and (own is None or abs(int(usual[0][0]) - own) <= 1) else str(own or 0)
        dates[name] = max((date for date in said if date[:4] == year), default=f"{year}-00-00")
        if name in told and (own is None or abs(int(told[name][:4]) - own) <= 1):
            dates[name] = told[name]
    return dates


def settled(stated: Sequence[Stated], now: str) -> tuple[Fact, ...]:
    """The facts, oldest first, alike ones once; of attributes with one value the one that holds comes last.

    `now` is the date of the newest document: where no text tells the status, the period tells it.
    """
    ordered = sorted(stated, key=lambda one: (one.date, one.weight))
    facts = list(dict.fromkeys(one.fact for one in ordered))
    holding = {attribute: _holding(attribute, ordered) for attribute in _SINGLE}
    status = holding[Attribute.STATUS]
    if status is not None and status.value not in _FIRM and (told := _by_period(holding, now)) is not None:
        since = max(one.date for one in ordered if one.fact == status)
        column = any(one.fact == status and one.weight == 3 for one in ordered)
        earlier = _year_of(since) + column < _year_of(now)
        begun = status.value == "planerat" and told.value != "planerat" and earlier
        if (told.value == "avslutat" and since[:4] <= str(told.year)) or begun:
            facts.append(told)
            return tuple(facts)
    for fact in holding.values():
        if fact is not None:
            facts.remove(fact)
            facts.append(fact)
    if holding[Attribute.STATUS] is None and (told := _by_period(holding, now)):
        facts.append(told)
    return tuple(facts)


def _year_of(date: str) -> int:
    """The year of an ISO date, 0 where a document gives none that can be read."""
    year = date[:4]
    return int(year) if len(year) == 4 and year.isdecimal() else 0


def _holding(attribute: Attribute, ordered: Sequence[Stated]) -> Fact | None:
    own = [one for one in ordered if one.fact.attribute is attribute]
    if not own:
        return None
    if attribute is Attribute.STATUS:
        own = [one for one in own if one.fact.value in statuses()]
        return _latest_status(own) if own else None
    if attribute is Attribute.START:
        return _first_start(own, ordered)
    return _most_stated(own, _VALUE[attribute])


def _first_start(own: Sequence[Stated], ordered: Sequence[Stated]) -> Fact:
    """The start of a stated period in a column; else the earliest year that stands beside the name."""
    ends = {one.fact.proof for one in ordered if one.fact.attribute is Attribute.END and one.weight == 3}
    periods = [one for one in own if one.weight == 3 and one.fact.proof in ends]
    beside = [one for one in own if one.weight >= 2]
    return min(periods or beside or own, key=lambda one: (one.fact.year or 9999, -one.weight)).fact


_VALUE: Mapping[Attribute, Callable[[Fact], object]] = {
    Attribute.OWNER: lambda fact: fact.value.lower(),
    Attribute.END: lambda fact: fact.year,
}


def _most_stated(own: Sequence[Stated], value: Callable[[Fact], object]) -> Fact:
    """The value with most weight, where later documents count for more."""
    newest = sorted({one.date for one in own})
    votes: Counter[object] = Counter()
    for one in own:
        votes[value(one.fact)] += one.weight * 4 + newest.index(one.date)
    best = max(votes, key=lambda key: votes[key])
    return max((one for one in own if value(one.fact) == best), key=lambda one: (one.weight, one.date)).fact


def _latest_status(own: Sequence[Stated]) -> Fact:
    """The latest firm word that no later column denies, else the latest word; said beside the name goes first."""
    column = max((one.date for one in own if one.weight == 3), default="")

    def order(one: Stated) -> tuple[bool, str, int, int]:
        firm = one.fact.value in _FIRM and one.date >= column
        return firm, one.date, one.weight, -_FIRM.index(one.fact.value) if firm else 0

    return max(own, key=order).fact


def _by_period(holding: Mapping[Attribute, Fact | None], now: str) -> Fact | None:
    start, end = holding[Attribute.START], holding[Attribute.END]
    told = end or start
    if told is None or told.year is None:
        return None
    ahead = start is not None and str(start.year or 0) > now[:4]
    status = "avslutat" if end is not None and str(told.year) < now[:4] else "planerat" if ahead else "pågår"
    return Fact(Attribute.STATUS, status, told.proof, unit=told.value, year=told.year)
