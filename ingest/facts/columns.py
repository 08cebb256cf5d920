"""Facts of table rows and of labelled lines: the column or the label says what the value is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from ingest.facts.figures import PERIOD, SUM, YEAR
from ingest.facts.labelled import FactLine
from ingest.facts.table_rows import Row
from ingest.facts.types import Attribute, Fact, Stretch
from ingest.facts.vocabulary import MARKS, NUMERALS, all_towns, funds, said, status_of, table, tells_any

_UNIT = re.compile(r"miljoner kronor|miljoner euro|mnkr|mkr|msek|tkr|tusen kronor|kronor|\bkr\b", re.IGNORECASE)
_PARTS = re.compile(r",(?!\d)\s*|;\s*| samt |\s*/\s*| och (?=[A-ZÅÄÖ])|\s\+\s|\n")
_FIGURE = re.compile(r"\d[\d \u00a0]*(?:,\d+)?")
_APPLIED = re.compile(r",? ?\(?\b(?:sökt|söks|beviljat|ansökt|preliminärt|per år)\b.*")


def row_facts(row: Row) -> Iterator[Fact]:
    """The facts of one row about the initiative of its name cell."""
    for cell in row.cells:
        if cell.text.strip("–- ") and cell.meaning not in (None, "name", "kind"):
            place = (cell.start, cell.end) if row.turned else (min(cell.start, row.start), row.end)
            proof = Stretch(row.passage.id, *place)
            yield from _value_facts(str(cell.meaning), cell.text, f"{cell.header} {row.caption}", proof, row.signs)
            if cell.meaning == Attribute.STATUS and PERIOD.search(cell.text) and not row.dated:
                yield from _of_period("period", cell.text, proof)
    paid = {match.group() for match in funds().finditer(row.caption)}
    if len(paid) == 1 and row.first("funder") is None:
        yield Fact(Attribute.FUNDER, paid.pop(), Stretch(row.passage.id, row.start, row.end))


def line_facts(line: FactLine) -> Iterator[Fact]:
    """The facts of one labelled line."""
    label = line.passage.text[line.start : line.end]
    yield from _value_facts(line.meaning, line.value, label, Stretch(line.passage.id, line.start, line.end), MARKS)


def _value_facts(meaning: str, text: str, context: str, proof: Stretch, signs: Mapping[str, str]) -> Iterator[Fact]:
    """The facts of a value of known meaning; `context` is what stands over it, which may name its unit, and `signs` are
    what a sign in its place stands for.
    """
    match meaning:
        case Attribute.OWNER:
            yield Fact(Attribute.OWNER, _PARTS.split(text)[0] if len(text) > 60 else text.strip(" ."), proof)
        case Attribute.PARTICIPANT:
            for part in _PARTS.split(text):
                part = part.strip(" .•·–-")
                name = re.sub(r"(?<=[a-zåäö])s? kommuner(?:na)?$", "", part)
                counted = name.lower() in NUMERALS or name.lower() in ("alla", "samtliga", "länet", "de")
                whole = counted or all_towns().search(part) is not None
                yield Fact(Attribute.PARTICIPANT, part if whole else name, proof)
        case Attribute.FUNDER:
            yield from _of_money(text, proof)
        case Attribute.SUM:
            yield from _sum(text, context, proof)
        case "period" | Attribute.START | Attribute.END:
            yield from _of_period(meaning, text, proof)
        case Attribute.STATUS:
            sign = text.strip()
            yield from sign_facts(sign, signs[sign], proof) if sign in signs else status_facts(text, proof, cell=True)
        case Attribute.PRIORITY:
            yield Fact(Attribute.PRIORITY, text, proof)


def _sum(text: str, context: str, proof: Stretch) -> Iterator[Fact]:
    unit = None if _UNIT.search(text) else _UNIT.search(context)
    if _FIGURE.search(text):
        yield Fact(Attribute.SUM, text, proof, unit=unit.group() if unit else None)
    # "Budget: 4 mkr, varav ESF+ 2 mkr" names a funder too.
    yield from (Fact(Attribute.FUNDER, match.group(), proof) for match in funds().finditer(text))


def _of_money(text: str, proof: Stretch) -> Iterator[Fact]:
    """ "Tillväxtverket 6 mnkr, Region Norrvik 3 mnkr" names two funders and two sums."""
    for part in _PARTS.split(text):
        if SUM.search(part):
            yield Fact(Attribute.SUM, part.strip(), proof)
        name = _APPLIED.sub("", SUM.sub("", part))
        name = re.sub(r"^(?:varav|från|ur|med|av)\s|\s*\(?\d+ ?(?:%|procent)\)?", "", name.strip(" ,.():")).strip(
            " ,.():"
        )
        if (
            len(name) > 2
            and re.search(r"[^\W\d]{3}", name)
            and not re.match(r"total|summa|budget|sökt|upparbetat", name, re.IGNORECASE)
        ):
            yield Fact(Attribute.FUNDER, name, proof)


def _of_period(meaning: str, text: str, proof: Stretch) -> Iterator[Fact]:
    if period := PERIOD.search(text):
        last = period[2] if len(period[2]) == 4 else period[1][:2] + period[2]
        yield Fact(Attribute.START, period[1], proof, year=int(period[1]))
        yield Fact(Attribute.END, period[2], proof, year=int(last))
    else:
        years = [int(match[1]) for match in YEAR.finditer(text)]
        if len(years) > 1:
            yield Fact(Attribute.START, text, proof, year=years[0])
            yield Fact(Attribute.END, text, proof, year=years[-1])
        elif years:
            ends = meaning == Attribute.END or re.match(r"till|t\.o\.m|klar|–|-|senast", text, re.IGNORECASE)
            yield Fact(Attribute.END if ends else Attribute.START, text, proof, year=years[0])
    yield from status_facts(text, proof)


def sign_facts(sign: str, words: str, proof: Stretch) -> Iterator[Fact]:
    """The status that a sign stands for by its words, and what it says beside that."""
    for fact in status_facts(words, proof, cell=True):
        yield replace(fact, unit=sign)


def status_facts(text: str, proof: Stretch, cell: bool = False) -> Iterator[Fact]:
    """The status that a text tells, and what it says beside that (delayed, extended)."""
    for status in table("status_beside") if tells_any(text, "status_beside") else ():
        if match := said("status_beside", status).search(text):
            yield Fact(Attribute.STATUS, status, proof, unit=match.group())
    if found := status_of(text, cell):
        yield Fact(Attribute.STATUS, found[0], proof, unit=found[1].group())
