"""A data row of a table or a box of labels, its cells, and the facts that they tell by their column or label.

A cell may hold several things: "Ägare: Vik kommun Parter: Ås kommun"; "2024–2027 13,3 mnkr" under "Tid, budget".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ingest.documents import Passage
from ingest.facts.figures import PERIOD, SUM, YEAR
from ingest.facts.types import Attribute, Fact, Stretch
from ingest.facts.vocabulary import MARKS, NUMERALS, all_towns, funds, meaning_of, said, status_of, table, tells_any

BETWEEN = " | "
ATTRIBUTES = frozenset((*Attribute, "period"))
LONGEST_NAME = 60
_LABEL = re.compile(r"(?<![^\s])(?P<label>[A-ZÅÄÖ][\w-]+(?: [a-zåäö]\w*){0,2}):\s+")
_JOINED = re.compile(r"[,;]\s*|\s+(?:och|samt|&)\s+|\s*/\s*")
_SEVERAL = re.compile(r";\s*|,(?!\d)\s*|\s+(?:tillsammans |ihop )?med\s+")
_OPENED = re.compile(
    r"(?P<name>[A-ZÅÄÖ](?:[^.()|]|\.(?=\d)){1,50}(?:\w\w|\d))(?:\s+\((?P<of>[^()]+)\))?\.\s+(?=[A-ZÅÄÖ]\w*\s+(?:\S+\s+)+\S)"
)
"""A name that opens its cell with a full stop after it, and in brackets what it belongs to."""
_BY_FORM = {"period": PERIOD, Attribute.SUM: SUM}
_UNIT = re.compile(r"miljoner kronor|miljoner euro|mnkr|mkr|msek|tkr|tusen kronor|kronor|\bkr\b", re.IGNORECASE)
_LONGEST_STATE = 4
"""Words of a state that a column tells."""
_PARTS = re.compile(r",(?!\d)\s*|;\s*| samt |\s*/\s*| och (?=[A-ZÅÄÖ])|\s\+\s|\n")
_FIGURE = re.compile(r"\d[\d \u00a0]*(?:,\d+)?")
_APPLIED = re.compile(r",? ?\(?\b(?:sökt|söks|beviljat|ansökt|preliminärt|per år)\b.*")
_NO_FUNDER = re.compile(r"total|summa|budget|sökt|upparbetat", re.IGNORECASE)
_LONGEST_OWNER = 60


@dataclass(frozen=True, slots=True)
class Cell:
    """passage.text[start:end] and what its column says it is, None where the head does not tell."""

    text: str
    start: int
    end: int
    meaning: str | None
    header: str

    def part(self, start: int, end: int, meaning: str | None, header: str) -> Cell:
        """The characters `start` to `end` of its text, without white space around, as a cell of their own."""
        text = self.text[start:end]
        left = self.start + start + len(text) - len(text.lstrip())
        return Cell(text.strip(), left, left + len(text.strip()), meaning, header)


@dataclass(frozen=True, slots=True)
class Row:
    """One data row: passage.text[start:end]. In a turned table, a column: each cell then proves itself."""

    passage: Passage
    cells: tuple[Cell, ...]
    start: int
    end: int
    caption: str
    turned: bool = False

    def first(self, meaning: str) -> Cell | None:
        """The first cell of that meaning that is not empty."""
        return next(iter(self.all(meaning)), None)

    def worded(self, meaning: str) -> Cell | None:
        """The first cell of that meaning that holds words, and no mere number or code."""
        return next((cell for cell in self.all(meaning) if re.search(r"[^\W\d]{3}", cell.text)), None)

    def all(self, meaning: str) -> tuple[Cell, ...]:
        """All filled cells of that meaning."""
        return tuple(cell for cell in self.cells if cell.meaning == meaning and cell.text)

    def proof(self, cell: Cell) -> Stretch:
        """What proves a cell: the row, or of a turned table the cell itself."""
        start, end = (cell.start, cell.end) if self.turned else (min(cell.start, self.start), self.end)
        return Stretch(self.passage.id, start, end)


def parted(row: Row) -> Row:
    """The row with each cell of several things as several cells, every one with its own meaning."""
    return replace(row, cells=tuple(part for cell in row.cells for part in _parts(cell)))


def _parts(cell: Cell) -> tuple[Cell, ...]:
    opened = _OPENED.match(cell.text) if cell.meaning == "name" else None
    if opened is not None:
        of = meaning_of(opened["of"] or "")
        name = cell.part(*opened.span("name"), "name", cell.header)
        belongs = (cell.part(*opened.span("of"), of, opened["of"]),) if of in ATTRIBUTES else ()
        return (name, *belongs, cell.part(opened.end(), len(cell.text), None, ""))
    labels = [found for found in _LABEL.finditer(cell.text) if meaning_of(found["label"]) in ATTRIBUTES]
    if labels and not labels[0].start():
        ends = [*(found.start() for found in labels[1:]), len(cell.text)]
        return tuple(
            cell.part(found.end(), end, meaning_of(found["label"]), found["label"])
            for found, end in zip(labels, ends, strict=True)
        )
    meanings = [meaning for head in _JOINED.split(cell.header) if (meaning := meaning_of(head)) in ATTRIBUTES]
    return tuple(_by_form(cell, meanings)) if len(set(meanings)) > 1 else (cell,)


def _by_form(cell: Cell, meanings: list[str | None]) -> Iterator[Cell]:
    """Figures by their form; of what is left the first is the first thing that the head names, all else the next."""
    taken = 0
    for meaning in meanings:
        found = _BY_FORM[meaning].search(cell.text) if meaning in _BY_FORM else None
        if found is not None:
            taken = max(taken, found.end())
            yield cell.part(*found.span(), meaning, cell.header)
    worded = [meaning for meaning in meanings if meaning not in _BY_FORM]
    between = _SEVERAL.search(cell.text, taken) if len(worded) > 1 else None
    first, rest = between.span() if between else (len(cell.text), len(cell.text))
    for meaning, start, end in zip(worded, (taken, rest), (first, len(cell.text)), strict=False):
        if cell.text[start:end].strip(" ,"):
            yield cell.part(start, end, meaning, cell.header)


def row_facts(row: Row) -> Iterator[Fact]:
    """The facts of one row about the initiative of its name cell."""
    dated = any(cell.meaning in ("period", Attribute.START, Attribute.END) for cell in row.cells)
    for cell in row.cells:
        if cell.text.strip("–- ") and cell.meaning not in (None, "name", "kind"):
            yield from _value_facts(str(cell.meaning), _told_by(cell), f"{cell.header} {row.caption}", row.proof(cell))
            if cell.meaning == Attribute.STATUS and not dated and PERIOD.search(cell.text):
                yield from _of_period("period", cell.text, row.proof(cell))
    paid = {match.group() for match in funds().finditer(row.caption)}
    if len(paid) == 1 and row.first("funder") is None:
        yield Fact(Attribute.FUNDER, paid.pop(), Stretch(row.passage.id, row.start, row.end))


def _told_by(cell: Cell) -> str:
    """What a cell tells, with its head where it holds but the number of a part or the sum that one pays."""
    numbered = cell.meaning == Attribute.PRIORITY and re.fullmatch(r"\d{1,2}|[A-ZÅÄÖ]", cell.text)
    paid = cell.meaning == Attribute.FUNDER and _FIGURE.fullmatch(cell.text)
    return f"{cell.header} {cell.text}" if numbered or paid else cell.text


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
            yield from _of_money(text, context, proof)
        case Attribute.SUM:
            unit = None if _UNIT.search(text) else _UNIT.search(context)
            if _FIGURE.search(text):
                yield Fact(Attribute.SUM, text, proof, unit=unit.group() if unit else None)
            # "Budget: 4 mkr, varav ESF+ 2 mkr" names a funder too.
            yield from (Fact(Attribute.FUNDER, match.group(), proof) for match in funds().finditer(text))
        case "period" | Attribute.START | Attribute.END:
            yield from _of_period(meaning, text, proof)
        case Attribute.STATUS:
            told = tuple(status_facts(MARKS.get(text.strip(), text), proof, cell=True))
            yield from told or _own_state(text, proof)
        case Attribute.PRIORITY:
            yield Fact(Attribute.PRIORITY, text, proof)


def _own_state(text: str, proof: Stretch) -> Iterator[Fact]:
    """A state in the document's own words, as a column of states says it: "gul", "står och väger"."""
    if len(text.split()) <= _LONGEST_STATE and text.replace(" ", "").isalpha():
        yield Fact(Attribute.STATUS, text.lower().strip(), proof, unit=text)


def _of_money(text: str, context: str, proof: Stretch) -> Iterator[Fact]:
    """ "Tillväxtverket 6 mnkr, Region Norrvik 3 mnkr" names two funders and two sums; `context` may name their unit."""
    unit = _UNIT.search(context)
    for part in _PARTS.split(text):
        if SUM.search(part):
            yield Fact(Attribute.SUM, part.strip(), proof)
        name = _APPLIED.sub("", SUM.sub("", part)).strip(" ,.():")
        name = re.sub(r"^(?:varav|från|ur|med|av)\s|\s*\(?\d+ ?(?:%|procent)\)?", "", name).strip(" ,.():")
        if re.search(r"[^\W\d]{3}", name) and not _NO_FUNDER.match(name):
            yield Fact(Attribute.FUNDER, name, proof, unit=unit[0] if unit and _FIGURE.search(name) else None)


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
