"""Facts of rows: the column or the label says what a value is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.facts.cells import Row
from ingest.facts.figures import PERIOD, SUM, YEAR
from ingest.facts.types import Attribute, Fact, Stretch
from ingest.facts.vocabulary import MARKS, NUMERALS, all_towns, funds, said, status_of, table, tells_any

_UNIT = re.compile(r"miljoner kronor|miljoner euro|mnkr|mkr|msek|tkr|tusen kronor|kronor|\bkr\b", re.IGNORECASE)
_PARTS = re.compile(r",(?!\d)\s*|;\s*| samt |\s*/\s*| och (?=[A-ZÅÄÖ])|\s\+\s|\n")
_FIGURE = re.compile(r"\d[\d \u00a0]*(?:,\d+)?")
_APPLIED = re.compile(r",? ?\(?\b(?:sökt|söks|beviljat|ansökt|preliminärt|per år)\b.*")
_NO_FUNDER = re.compile(r"total|summa|budget|sökt|upparbetat", re.IGNORECASE)
_LONGEST_OWNER = 60


def row_facts(row: Row) -> Iterator[Fact]:
    """The facts of one row about the initiative of its name cell."""
    dated = any(cell.meaning in ("period", Attribute.START, Attribute.END) for cell in row.cells)
    for cell in row.cells:
        if cell.text.strip("–- ") and cell.meaning not in (None, "name", "kind"):
            yield from _value_facts(str(cell.meaning), cell.text, f"{cell.header} {row.caption}", row.proof(cell))
            if cell.meaning == Attribute.STATUS and not dated and PERIOD.search(cell.text):
                yield from _of_period("period", cell.text, row.proof(cell))
    paid = {match.group() for match in funds().finditer(row.caption)}
    if len(paid) == 1 and row.first("funder") is None:
        yield Fact(Attribute.FUNDER, paid.pop(), Stretch(row.passage.id, row.start, row.end))


def _value_facts(meaning: str, text: str, context: str, proof: Stretch) -> Iterator[Fact]:
    """The facts of a value of known meaning; `context` is what stands over it, which may name its unit."""
    match meaning:
        case Attribute.OWNER:
            owner = _PARTS.split(text)[0] if len(text) > _LONGEST_OWNER else text.strip(" .")
            yield Fact(Attribute.OWNER, owner, proof)
        case Attribute.PARTICIPANT:
            for part in (part.strip(" .•·–-") for part in _PARTS.split(text)):
                name = re.sub(r"(?<=[a-zåäö])s? kommuner(?:na)?$", "", part)
                counted = name.lower() in NUMERALS or name.lower() in ("alla", "samtliga", "länet", "de")
                yield Fact(Attribute.PARTICIPANT, part if counted or all_towns().search(part) else name, proof)
        case Attribute.FUNDER:
            yield from _of_money(text, proof)
        case Attribute.SUM:
            unit = None if _UNIT.search(text) else _UNIT.search(context)
            if _FIGURE.search(text):
                yield Fact(Attribute.SUM, text, proof, unit=unit.group() if unit else None)
            # "Budget: 4 mkr, varav ESF+ 2 mkr" names a funder too.
            yield from (Fact(Attribute.FUNDER, match.group(), proof) for match in funds().finditer(text))
        case "period" | Attribute.START | Attribute.END:
            yield from _of_period(meaning, text, proof)
        case Attribute.STATUS:
            yield from status_facts(MARKS.get(text.strip(), text), proof, cell=True)
        case Attribute.PRIORITY:
            yield Fact(Attribute.PRIORITY, text, proof)


def _of_money(text: str, proof: Stretch) -> Iterator[Fact]:
    """ "Tillväxtverket 6 mnkr, Region Norrvik 3 mnkr" names two funders and two sums."""
    for part in _PARTS.split(text):
        if SUM.search(part):
            yield Fact(Attribute.SUM, part.strip(), proof)
        name = _APPLIED.sub("", SUM.sub("", part)).strip(" ,.():")
        name = re.sub(r"^(?:varav|från|ur|med|av)\s|\s*\(?\d+ ?(?:%|procent)\)?", "", name).strip(" ,.():")
        if re.search(r"[^\W\d]{3}", name) and not _NO_FUNDER.match(name):
            yield Fact(Attribute.FUNDER, name, proof)


def _of_period(meaning: str, text: str, proof: Stretch) -> Iterator[Fact]:
    period = PERIOD.search(text)
    years = [int(match[1]) for match in YEAR.finditer(text)]
    if period:
        last = period[2] if len(period[2]) == 4 else period[1][:2] + period[2]
        yield Fact(Attribute.START, period[1], proof, year=int(period[1]))
        yield Fact(Attribute.END, period[2], proof, year=int(last))
    elif len(years) > 1:
        yield Fact(Attribute.START, text, proof, year=years[0])
        yield Fact(Attribute.END, text, proof, year=years[-1])
    elif years:
        ends = meaning == Attribute.END or re.match(r"till|t\.o\.m|klar|–|-|senast", text, re.IGNORECASE)
        yield Fact(Attribute.END if ends else Attribute.START, text, proof, year=years[0])
    yield from status_facts(text, proof)


def status_facts(text: str, proof: Stretch, cell: bool = False) -> Iterator[Fact]:
    """The status that a text tells, and what it says beside that (delayed, extended)."""
    for status in table("status_beside") if tells_any(text, "status_beside") else ():
        if match := said("status_beside", status).search(text):
            yield Fact(Attribute.STATUS, status, proof, unit=match.group())
    if found := status_of(text, cell):
        yield Fact(Attribute.STATUS, found[0], proof, unit=found[1].group())
