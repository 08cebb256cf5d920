"""Facts of table rows and of labelled lines ("Projektägare: …"): the column or the label says what the value is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.facts.lexicon import PERIOD, STATUSES, SUM, TYPED_LABEL, YEAR
from ingest.facts.tables import FactLine, Row, meaning_of
from ingest.facts.types import Attribute, Fact, Stretch
from ingest.facts.units import Unit

_UNIT = re.compile(r"miljoner kronor|miljoner euro|mnkr|mkr|tkr|tusen kronor|kronor|\bkr\b", re.IGNORECASE)
_PARTS = re.compile(r",(?!\d)\s*|;\s*| samt |\s*/\s*| och (?=[A-ZÅÄÖ])")
_OPEN = re.compile(r"från|sedan", re.IGNORECASE)
_FIGURE = re.compile(r"\d[\d  ]*(?:,\d+)?")


def row_facts(row: Row) -> Iterator[Fact]:
    """The facts of one row about the initiative of its name cell."""
    proof = Stretch(row.passage.id, row.start, row.end)
    for cell in row.cells:
        if not cell.text or cell.text in "–-" or cell.meaning in (None, "name", "kind"):
            continue
        yield from _cell_facts(str(cell.meaning), cell.text, f"{cell.header} {row.caption}", proof)


def line_facts(line: FactLine) -> Iterator[Fact]:
    """The facts of one line of a table of facts."""
    yield from _cell_facts(line.meaning, line.value, "", Stretch(line.passage.id, line.start, line.end))


def label_facts(unit: Unit) -> Iterator[Fact]:
    """The facts of the labelled lines of a unit."""
    for match in TYPED_LABEL.finditer(unit.passage.text, unit.start, unit.end):
        meaning = meaning_of(match["label"].removeprefix("total "))
        if meaning is not None:
            yield from _cell_facts(str(meaning), match["value"].strip(" ."), match["label"], unit.stretch)


def _cell_facts(meaning: str, text: str, context: str, proof: Stretch) -> Iterator[Fact]:
    if meaning in (Attribute.OWNER, Attribute.PARTICIPANT):
        whole = meaning == Attribute.OWNER
        for part in [text] if whole else _PARTS.split(text):
            yield Fact(Attribute(meaning), part.strip(), proof)
    elif meaning == Attribute.FUNDER:
        yield from _of_money(text, proof)
    elif meaning == Attribute.SUM:
        figure = _FIGURE.search(text)
        unit = _UNIT.search(text) or _UNIT.search(context)
        if figure:
            yield Fact(Attribute.SUM, text, proof, unit=unit.group() if unit and not _UNIT.search(text) else None)
    elif meaning in ("period", Attribute.START, Attribute.END):
        yield from _of_period(meaning, text, proof)
    elif meaning == Attribute.STATUS:
        yield from _status(text, proof)
    elif meaning == Attribute.PRIORITY:
        yield Fact(Attribute.PRIORITY, text, proof)


def _of_money(text: str, proof: Stretch) -> Iterator[Fact]:
    """ "Tillväxtverket 6 mnkr, Region Norrvik 3 mnkr" names two funders and two sums."""
    for part in _PARTS.split(text):
        if SUM.search(part):
            yield Fact(Attribute.SUM, part.strip(), proof)
        name = re.sub(r"\s*\bper år\b.*", "", SUM.sub("", part)).strip(" ,.()")
        name = re.sub(r",? ?\(?\b(?:sökt|söks|beviljat|ansökt|preliminärt)\b.*", "", name)
        if len(name) > 2 and re.search(r"[^\W\d]{3}", name):
            yield Fact(Attribute.FUNDER, name.rstrip(" (,"), proof)


def _of_period(meaning: str, text: str, proof: Stretch) -> Iterator[Fact]:
    period = PERIOD.search(text)
    if period:
        last = period[2] if len(period[2]) == 4 else period[1][:2] + period[2]
        yield Fact(Attribute.START, period[1], proof, year=int(period[1]))
        yield Fact(Attribute.END, period[2], proof, year=int(last))
    else:
        years = [int(match[1]) for match in YEAR.finditer(text)]
        if len(years) > 1:
            yield Fact(Attribute.START, text, proof, year=years[0])
            yield Fact(Attribute.END, text, proof, year=years[1])
        elif years:
            ends = meaning == Attribute.END or re.match(r"till|t\.o\.m|klar", text, re.IGNORECASE)
            yield Fact(Attribute.END if ends else Attribute.START, text, proof, year=years[0])
    yield from _status(text, proof)


def _status(text: str, proof: Stretch) -> Iterator[Fact]:
    for status, pattern in STATUSES:
        match = pattern.search(text)
        if match:
            yield Fact(Attribute.STATUS, status, proof, unit=match.group())
            return
