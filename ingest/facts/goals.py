"""Goals where they are set: rows of goal tables, and sentences that say from what to what, or what shall be by when."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ingest.documents import Passage, PassageKind
from ingest.facts.figures import YEAR_ALONE, Number, first_amount, numbers, set_right
from ingest.facts.rows import Cell, Row
from ingest.facts.types import Figure, GoalFact, Stretch
from ingest.facts.units import Unit
from ingest.facts.vocabulary import expression
from ingest.swedish import STOPWORDS, stem, words

_NUMBER = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,2}|[A-ZÅÄÖ]\d{1,2}(?:\.\d{1,2})?)[.:]?\s+(?=\D)")
_CODE = re.compile(r"[A-ZÅÄÖ]?\d{1,2}(?:\.\d{1,2})*\.?")
_AIMED = re.compile(r"(?![A-ZÅÄÖ]\d)[^\n]*\d")
"""A figure to aim at, and not the code of a goal ("M5")."""
_HEADED = re.compile(r"([A-ZÅÄÖ]\d{1,2}|\d{1,2}\.\d{1,2})[.:]?\s+(?=[A-ZÅÄÖ][a-zåäö])")
_CHANGE = (
    r"öka|minska|stiga|sjunka|kortas|förkortas|höjas|sänkas|växa|gå|utvecklas|förbättras|förändras|utökas|"
    r"reduceras|dämpas|halveras|fördubblas|begränsas"
)
_CHANGES = (
    r"ökar|minskar|stiger|sjunker|höjs|sänks|växer|kortas|fördubblas|halveras|förbättras|går(?! ut)|"
    r"har (?:ökat|minskat|stigit|sjunkit|höjts|sänkts|vuxit|kortats|fördubblats|halverats|förbättrats)"
)
_FROM_TO = re.compile(
    rf"(?P<label>.{{6,220}}?)\b(?:(?P<shall>ska) (?:\w+ ){{0,3}}?(?:{_CHANGE})|{_CHANGES})\b[^.;]*?"
    r"\bfrån (?P<base>.+?) till (?P<target>.+)"
)
"""Without `shall` it sets a goal only where its number or what leads to it tells that it is one."""
_BY_YEAR = re.compile(
    r"(?:År|Senast(?: år)?|Till(?: år)?) (?P<year>\d{4}) ska (?P<target>(?:minst |högst )?\d[\d  ,]*(?:procent|%)?) "
    r"?(?P<label>[^\d].{6,})"
)
_SAID_NUMBER = re.compile(
    r"Mål (\d{1,2}(?:\.\d{1,2})?|[A-ZÅÄÖ]\d{0,2})[:.]?\s+"
    r"(?:(?:är|innebär|anger|säger)(?: därför| också| alltså)? att\s+)?(?=\w)"
)
_NUMBER_ALONE = re.compile(r"Mål (\d{1,2}(?:\.\d{1,2})?|[A-ZÅÄÖ]\d{0,2})[.:]?\s*")
_GOAL_IS = re.compile(r"\b[Mm]ålet (?:är|för \w+ är)(?: att)? (?P<target>.+)")
_SHALL_BE = re.compile(
    r"(?P<label>(?!\d).{6,160}?)\bska (?:\w+ ){0,5}?(?:vara|uppgå till|nå|minska med|öka med|ha|under|ned till|"
    r"halveras|stiga till|öka till|minska till|sjunka till)\b(?P<target>.+)"
)
_AND_SHALL = re.compile(
    r"(?P<base>.+?)\b(?:och|men) (?:senast |till |år |under )*(?P<year>(?:19|20)\d\d)? ?ska (?:andelen|antalet|"
    r"den|det|nivån|de) (?P<target>.+)"
)
_LEAD = re.compile(
    r"^(?:(?:Målen|Målet|(?:Två |Tre )?[Mm]ål)\b[^:]{0,60}?(?:är(?: att)?|:)|Vidare|Dessutom"
    r"|(?:Till|Senast) \d{4} ska|År \d{4} ska|Minst|Av (?:de )?)\s*"
)
_BASE_YEAR = re.compile(r"\b(?:bas|utgångs|start)värde\w*\b[^.]{0,40}?\b((?:19|20)\d\d)\b")
_SHORT, _LONGEST = 60, 220
_LONGEST_TITLE = 120
_GENERIC = frozenset(
    stem(word)
    for word in (
        "andel antal mål minst högst procent länet län länets regionen per invånare år ålder åldern personer ska vara "
        "öka minska inom den del senast till jämfört"
    ).split()
)


@dataclass(slots=True)
class Goal:
    """A goal while it is gathered. `stems` are what its title and indicator say; `outcomes` stand with the date of
    their document and their rank: 0 from a row, 1 from a sentence, 2 a correction.
    """

    title: str
    number: str | None
    indicator: str
    unit: str | None
    base: Figure | None
    target: Figure | None
    passage: Passage
    proof: Stretch
    stems: frozenset[str]
    outcomes: list[tuple[str, int, Figure]] = field(default_factory=list)
    postponed: Figure | None = None

    def may_be_told_by(self, document_id: str, dates: Mapping[str, str]) -> bool:
        """Whether a document can tell how the goal goes: it is another one, and speaks no earlier."""
        own = self.passage.document_id
        return own != document_id and dates.get(own, "") <= dates.get(document_id, "")

    def fact(self) -> GoalFact:
        """The finished goal; outcomes by year, and what corrects comes after what it corrects."""
        ordered = sorted(self.outcomes, key=lambda item: (item[2].year or 0, item[1], item[0]))
        return GoalFact(
            title=self.title,
            number=self.number,
            indicator=self.indicator,
            unit=self.unit,
            base=self.base,
            target=self.target,
            outcomes=tuple(dict.fromkeys(figure for _, _, figure in ordered)),
            section=self.passage.section,
            proof=self.proof,
            postponed=self.postponed,
        )


def meaning_stems(text: str) -> frozenset[str]:
    """The stems that tell one indicator from another."""
    telling = (word for word in words(text) if word not in STOPWORDS and not word.isdigit() and len(word) > 1)
    return frozenset(map(stem, telling)) - _GENERIC


def set_goals(units: Sequence[Unit], rows: Sequence[Row]) -> list[Goal]:
    """All goals that tables and sentences set, alike ones once."""
    goals: list[Goal] = []
    followed = [row for row in rows if row.first("outcome") is not None]
    setting = [row for row in rows if row.first("outcome") is None]
    for goal in (*_of_rows(setting, units), *_of_sentences(units), *_of_rows(followed, units)):
        if goal.base is None and any(_is_told_already(one, goal) for one in goals):
            continue
        known = next((one for one in goals if _is_same(one, goal)), None)
        if known is None:
            goals.append(goal)
        else:
            known.base = _fuller(known.base, goal.base)
            known.target = _fuller(known.target, goal.target)
            known.number = known.number or goal.number
            known.stems |= goal.stems if known.passage.document_id == goal.passage.document_id else frozenset()
    _fill_years(goals)
    return goals


def _fill_years(goals: Sequence[Goal]) -> None:
    """A goal without a year is meant for the year that most goals of its document are set for."""
    years: dict[str, Counter[int]] = {goal.passage.document_id: Counter() for goal in goals}
    for goal in goals:
        if goal.target is not None and goal.target.year:
            years[goal.passage.document_id][goal.target.year] += 1
    for goal in goals:
        told = years[goal.passage.document_id]
        usual, times = told.most_common(1)[0] if told else (None, 0)
        if goal.target is not None and goal.target.year is None and usual and times * 2 >= told.total():
            goal.target = replace(goal.target, year=usual)


def _fuller(own: Figure | None, other: Figure | None) -> Figure | None:
    return other if own is None or (own.year is None and other is not None and other.year is not None) else own


def _is_same(one: Goal, other: Goal) -> bool:
    """Whether two statements set one goal: the figures agree, and the words where a base is missing."""
    both = one.base is not None and other.base is not None
    shared = len(one.stems & other.stems) * 2 >= min(len(one.stems), len(other.stems))
    return _equal(one.target, other.target) and (_equal(one.base, other.base) if both else shared)


def _is_told_already(one: Goal, other: Goal) -> bool:
    """Whether a row without a base value follows up a goal set elsewhere, under its number or for its target."""
    same = (one.number is not None and one.number == other.number) or _equal(one.target, other.target)
    return same and one.passage.document_id != other.passage.document_id


def _equal(one: Figure | None, other: Figure | None) -> bool:
    return one is not None and other is not None and first_amount(one.value) == first_amount(other.value)


def figure(number: Number | None, proof: Stretch, year: int | None = None) -> Figure | None:
    """The figure of a number that was read, None where none was."""
    return None if number is None else Figure(number.value, number.year or year, proof)


def _year_over(cell: Cell | None) -> int | None:
    """The year that a column's head tells of a figure."""
    found = YEAR_ALONE.search(cell.header) if cell else None
    return int(found[1]) if found else None


def _of_rows(rows: Sequence[Row], units: Sequence[Unit]) -> Iterator[Goal]:
    usual = _usual_base_years(units)
    for row in rows:
        base, indicator = row.first("base"), row.worded("indicator")
        target = row.first("target") or _wanted_cell(row) or row.first("milestone")
        title = row.worded("goal") or row.first("goal")
        label = title if title and title is not target else indicator
        if label is not None and target is not None and (base is not None or row.first("outcome") is not None):
            yield from _of_row(row, label, indicator, target, usual.get(row.passage.document_id))


def _wanted_cell(row: Row) -> Cell | None:
    """The cell under "Mål" that holds what is aimed at, where another column already names the goal."""
    columns = [cell for cell in row.all("goal") if cell is not row.cells[0]]
    named = len(row.all("goal")) > 1 or row.first("indicator") is not None
    return next((cell for cell in reversed(columns) if named and _AIMED.match(cell.text)), None)


def _of_row(row: Row, label: Cell, indicator: Cell | None, target: Cell, usual: int | None) -> Iterator[Goal]:
    proof, base = Stretch(row.passage.id, row.start, row.end), row.first("base")
    start = next(numbers(base.text), None) if base is not None else None
    wanted = next(numbers(target.text), None)
    if wanted is None:
        return
    first = row.cells[0].text
    number, code = _NUMBER.match(label.text), _CODE.fullmatch(first)
    named = indicator if indicator is not None and code and label.text == first else label
    yield Goal(
        title=named.text[number.end() :] if number else named.text,
        number=number[1] if number else first.rstrip(".") if code else None,
        indicator=indicator.text if indicator is not None else label.text,
        unit=wanted.unit or (start.unit if start else None),
        base=figure(start, proof, _year_over(base) or usual),
        target=figure(wanted, proof, _year_over(target)),
        passage=row.passage,
        proof=proof,
        stems=meaning_stems(f"{label.text} {indicator.text if indicator else ''}"),
    )


def _usual_base_years(units: Sequence[Unit]) -> dict[str, int]:
    """Of documents that say so, the year of base values without one: "Om inte annat anges avser basvärdet 2017"."""
    told = ((unit.passage.document_id, _BASE_YEAR.search(unit.text)) for unit in reversed(units) if unit.figures)
    return {name: int(match[1]) for name, match in told if match}


def _of_sentences(units: Sequence[Unit]) -> Iterator[Goal]:
    """The goals of sentences that stand after one that speaks of goals in their passage, or under such a heading."""
    led, before = "", ""
    for unit in units:
        if unit.passage.kind is PassageKind.TABLE:
            continue
        if expression("cues", "of_goals").search(" ".join((unit.text, *unit.passage.section[-1:]))):
            led = unit.passage.id
        if unit.figures and set_right(unit.text) is None:
            yield from _of_sentence(unit, led == unit.passage.id, before)
        before = unit.text


def _of_sentence(unit: Unit, about: bool, before: str) -> Iterator[Goal]:
    text = " ".join(unit.text.split())
    said = _SAID_NUMBER.match(text)
    alone = None if said else _NUMBER_ALONE.fullmatch(before)  # a full stop after it makes it a sentence
    number, text = (said[1], text[said.end() :]) if said else (alone[1] if alone else None, text)
    shared = re.match(r"(?:Till|Senast|År) ((?:19|20)\d\d)\b", text)
    year = int(shared[1]) if shared else None
    change = _FROM_TO.match(text)
    if change and (change["shall"] or said or (about and _is_led(unit))):
        yield from _goal(unit, change["label"], change["base"], change["target"], year, number)
    elif not about:
        return
    elif match := _BY_YEAR.match(text):
        yield from _goal(unit, match["label"], "", match["target"], int(match["year"]), number)
    elif match := _AND_SHALL.match(text):
        wanted = int(match["year"]) if match["year"] else year
        yield from _goal(unit, match["base"], match["base"], match["target"], wanted, number)
    elif len(text) < _SHORT and (match := _GOAL_IS.match(text)):
        yield from _goal(unit, before, before, match["target"], year, number)
    elif (match := _SHALL_BE.match(text)) and len(text) < _LONGEST:
        yield from _goal(unit, match["label"], "", match["target"], year, number)


def _is_led(unit: Unit) -> bool:
    """Whether a unit is an item under a lead that says what shall be: "Till 2035 ska vi ha åstadkommit följande:"."""
    return unit.opens_item and re.search(r"\bska\b.*:\s*\Z", unit.passage.text.split("\n", 1)[0]) is not None


def _goal(unit: Unit, label: str, base: str, target: str, year: int | None, number: str | None) -> Iterator[Goal]:
    start, wanted = next(numbers(base), None), next(numbers(target), None)
    indicator = _LEAD.sub("", label).strip(" ,.–-:")
    indicator = indicator[:1].upper() + indicator[1:]
    if wanted is None or (base and start is None) or not meaning_stems(indicator):
        return
    heading = _HEADED.match(unit.passage.section[-1]) if unit.passage.section else None
    title = unit.passage.section[-1][heading.end() :] if heading else indicator
    years = [int(one) for one in YEAR_ALONE.findall(target)]
    base_year = YEAR_ALONE.search(base)
    yield Goal(
        title=title[:_LONGEST_TITLE],
        number=heading[1] if heading else number,
        indicator=indicator,
        unit=wanted.unit or (start.unit if start else None),
        base=figure(start, unit.stretch, int(base_year[1]) if base_year else None),
        target=figure(wanted, unit.stretch, max(years) if years else year),
        passage=unit.passage,
        proof=unit.stretch,
        stems=meaning_stems(f"{indicator} {target if 'per ' in target else ''} {title}"),
    )
