"""Goals where they are set: rows of goal tables, and sentences that say from what to what, or what shall be by when."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ingest.documents import Passage, PassageKind
from ingest.facts.figures import YEAR_ALONE, Number, first_amount, numbers, set_right
from ingest.facts.table_rows import Cell, Row
from ingest.facts.types import Figure, GoalFact, Stretch
from ingest.facts.units import Unit
from ingest.facts.vocabulary import expression
from ingest.swedish import STOPWORDS, stem, words

_NUMBER = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,2}|[A-ZÅÄÖ]\d{1,2}(?:\.\d{1,2})?)[.:]?\s+(?=\D)")
_AIMED = re.compile(r"(?![A-ZÅÄÖ]\d)[^\n]*\d")
"""A figure to aim at, and not the code of a goal ("M5")."""
_HEADED = re.compile(r"([A-ZÅÄÖ]\d{1,2}|\d{1,2}\.\d{1,2})[.:]?\s+(?=[A-ZÅÄÖ][a-zåäö])")
_CHANGE = (
    r"öka|minska|stiga|sjunka|kortas|förkortas|höjas|sänkas|växa|gå|utvecklas|förbättras|förändras|utökas|"
    r"reduceras|dämpas|halveras|fördubblas|begränsas"
)
_FROM_TO = re.compile(
    rf"(?P<label>.{{6,220}}?)\bska (?:\w+ ){{0,3}}?(?:{_CHANGE})\b[^.;]*?\bfrån (?P<base>.+?) till (?P<target>.+)",
    re.DOTALL,
)
_NOW = (
    r"ökar|minskar|stiger|sjunker|höjs|sänks|växer|kortas|fördubblas|halveras|förbättras|går|"
    r"har (?:ökat|minskat|stigit|sjunkit|höjts|sänkts|vuxit|kortats|fördubblats|halverats|förbättrats)"
)
_FROM_TO_NOW = re.compile(
    rf"(?P<label>.{{6,220}}?)\b(?:{_NOW})\b[^.;]*?\bfrån (?P<base>.+?) till (?P<target>.+)", re.DOTALL
)
"""How a goal is told that is known to be one by its number or by what leads to it."""
_BY_YEAR = re.compile(
    r"(?:År|Senast(?: år)?|Till(?: år)?) (?P<year>\d{4}) ska (?P<target>(?:minst |högst )?\d[\d  ,]*(?:procent|%)?) "
    r"?(?P<label>[^\d].{6,})"
)
_SAID_NUMBER = re.compile(
    r"Mål (\d{1,2}(?:\.\d{1,2})?|[A-ZÅÄÖ]\d{0,2})[:.]?\s+"
    r"(?:(?:är|innebär|anger|säger)(?: därför| också| alltså)? att\s+)?(?=\w)"
)
_SHARE_OF = re.compile(
    r"(?P<target>\d[\d  ,]*(?: procent| %)?) (?P<label>[^()\d][^()]{6,160}?)\((?P<base>(?![^()]*mål)[^()]*\d[^()]*)\)"
)
_BE_FROM = re.compile(
    r"(?P<label>.{6,160}?)\bska (?:\w+ ){0,3}?(?:vara|uppgå till|nå|bli|omfatta)\b(?P<target>[^()]+)"
    r"\((?P<base>(?![^()]*mål)[^()]*\d[^()]*)\)"
)
_SHALL_BE = re.compile(
    r"(?P<label>.{6,160}?)\bska (?:\w+ ){0,5}?(?:vara|uppgå till|nå|minska med|öka med|ha|under|ned till|"
    r"halveras|stiga till|öka till|minska till|sjunka till)\b(?P<target>.+)",
    re.DOTALL,
)
_GOAL_IS = re.compile(r"\b[Mm]ålet (?:är|för \w+ är)(?: att)? (?P<target>.+)", re.DOTALL)
_AND_SHALL = re.compile(
    r"(?P<base>.+?)\b(?:och|men) (?:senast |till |år |under )*(?P<year>(?:19|20)\d\d)? ?ska (?:andelen|antalet|"
    r"den|det|nivån|de) (?P<target>.+)",
    re.DOTALL,
)
_LEAD = re.compile(
    r"^(?:(?:Målen|Målet|(?:Två |Tre )?[Mm]ål)\b[^:]{0,60}?(?:är(?: att)?|:)|Vidare|Dessutom"
    r"|(?:Till|Senast) \d{4} ska|År \d{4} ska|Minst|Av (?:de )?)\s*"
)
_BASE_YEAR = re.compile(r"\b(?:bas|utgångs|start)värde\w*\b[^.]{0,40}?\b((?:19|20)\d\d)\b")
_SHORT, _LONG = 60, 220
_GENERIC = frozenset(
    stem(word)
    for word in (
        "andel antal mål minst högst procent länet län länets regionen per invånare år ålder åldern personer ska vara "
        "öka minska inom den del senast till jämfört"
    ).split()
)


@dataclass(slots=True)
class Goal:
    """A goal while it is gathered. `stems` are what its title and indicator say."""

    title: str
    number: str | None
    indicator: str | None
    unit: str | None
    base: Figure | None
    target: Figure | None
    passage: Passage
    proof: Stretch
    outcomes: list[tuple[str, int, Figure]] = field(default_factory=list)
    stems: frozenset[str] = frozenset()
    postponed: Figure | None = None

    def may_be_told_by(self, document_id: str, dates: Mapping[str, str]) -> bool:
        """Whether a document can tell how the goal goes: it is another one, and speaks no earlier."""
        own = self.passage.document_id
        return own != document_id and dates.get(own, "") <= dates.get(document_id, "")

    def fact(self) -> GoalFact:
        """The finished goal; outcomes by year, and what corrects comes after what it corrects."""
        ordered = sorted(self.outcomes, key=lambda item: (item[2].year or 0, item[1], item[0]))
        outcomes = tuple(dict.fromkeys(figure for _, _, figure in ordered))
        return GoalFact(
            self.title,
            self.number,
            self.indicator,
            self.unit,
            self.base,
            self.target,
            outcomes,
            self.passage.section,
            self.proof,
            self.postponed,
        )


def meaning_stems(text: str) -> frozenset[str]:
    """The stems that tell one indicator from another."""
    return (
        frozenset(stem(word) for word in words(text) if word not in STOPWORDS and not word.isdigit() and len(word) > 1)
        - _GENERIC
    )


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
    for document in {goal.passage.document_id for goal in goals}:
        own = [goal for goal in goals if goal.passage.document_id == document]
        years = Counter(goal.target.year for goal in own if goal.target is not None and goal.target.year)
        for goal in own:
            if goal.target is not None and goal.target.year is None and years:
                usual, times = years.most_common(1)[0]
                if times * 2 >= sum(years.values()):
                    goal.target = replace(goal.target, year=usual)


def _fuller(own: Figure | None, other: Figure | None) -> Figure | None:
    return other if own is None or (own.year is None and other is not None and other.year is not None) else own


def _is_same(one: Goal, other: Goal) -> bool:
    """Whether two statements set one goal: the figures agree where both tell them, and the words have much in
    common.
    """
    if one.target is None or other.target is None:
        return False
    alike = _equal(one.target, other.target) and (
        _equal(one.base, other.base) or one.base is None or other.base is None
    )
    shared = len(one.stems & other.stems)
    by_words = shared * 2 >= min(len(one.stems), len(other.stems))
    both = one.base is not None and other.base is not None
    return alike and (by_words or both)


def _is_told_already(one: Goal, other: Goal) -> bool:
    """Whether a row without a base value follows up a goal set elsewhere, under its number or for its target."""
    follows = other.passage.kind is PassageKind.TABLE and one.passage.document_id != other.passage.document_id
    return follows and ((one.number is not None and one.number == other.number) or _equal(one.target, other.target))


def _equal(one: Figure | None, other: Figure | None) -> bool:
    if one is None or other is None:
        return one is other
    left, right = first_amount(one.value), first_amount(other.value)
    return left is not None and right is not None and abs(left - right) < 1e-9


def figure(number: Number | None, proof: Stretch, year: int | None = None) -> Figure | None:
    """The figure of a number that was read, None where none was."""
    return None if number is None else Figure(number.value, number.year or year, proof)


def _of_rows(rows: Sequence[Row], units: Sequence[Unit]) -> Iterator[Goal]:
    usual = _usual_base_years(units)
    for row in rows:
        base, target = row.first("base"), row.first("target")
        title, indicator = row.worded("goal") or row.first("goal"), row.worded("indicator")
        target = target or wanted_cell(row) or row.first("milestone")
        title = title if title is not target else None
        label = title or indicator
        if label is None or target is None or (base is None and not _is_aimed(row, target)):
            continue
        yield from _of_row(row, label, indicator, base, target, usual)


def _is_aimed(row: Row, target: Cell) -> bool:
    """Whether a column says that its figures are aimed at, beside outcomes: a year alone heads a forecast too."""
    return row.first("outcome") is not None and YEAR_ALONE.fullmatch(target.header) is None


def year_beside(row: Row, meaning: str) -> int | None:
    """The year that a column of its own, or else the column's head, tells of a figure."""
    told = row.first(f"{meaning} year")
    cell = row.first(meaning)
    found = YEAR_ALONE.search(told.text) if told else YEAR_ALONE.search(cell.header) if cell else None
    return int(found[1]) if found else None


def wanted_cell(row: Row) -> Cell | None:
    """The cell under "Mål" that holds what is aimed at, where another column already names the goal."""
    columns = [cell for cell in row.all("goal") if cell is not row.cells[0]]
    named = len(row.all("goal")) > 1 or row.first("indicator") is not None
    return next((cell for cell in reversed(columns) if named and _AIMED.match(cell.text)), None)


def _of_row(
    row: Row, label: Cell, indicator: Cell | None, base: Cell | None, target: Cell, usual: dict[str, int]
) -> Iterator[Goal]:
    proof = Stretch(row.passage.id, row.start, row.end)
    start = next(numbers(base.text), None) if base is not None else None
    wanted = next(numbers(target.text), None)
    if wanted is None:
        return
    header_year = YEAR_ALONE.search(target.header)
    number = _NUMBER.match(label.text)
    first = row.cells[0].text
    code = re.fullmatch(r"[A-ZÅÄÖ]?\d{1,2}(?:\.\d{1,2})*\.?", first)
    named = indicator if indicator is not None and code and label.text == first else label
    yield Goal(
        title=named.text[number.end() :] if number else named.text,
        number=number[1] if number else first.rstrip(".") if code else None,
        indicator=indicator.text if indicator is not None else label.text,
        unit=wanted.unit or (start.unit if start else None),
        base=figure(start, proof, year_beside(row, "base") or usual.get(row.passage.document_id)),
        target=figure(wanted, proof, int(header_year[1]) if header_year else year_beside(row, "target")),
        passage=row.passage,
        proof=proof,
        stems=meaning_stems(f"{label.text} {indicator.text if indicator else ''}"),
    )


def _usual_base_years(units: Sequence[Unit]) -> dict[str, int]:
    """Of documents that say so, the year of base values without one: "Om inte annat anges avser basvärdet 2017"."""
    found: dict[str, int] = {}
    for unit in units:
        match = _BASE_YEAR.search(unit.text) if unit.figures else None
        if match:
            found.setdefault(unit.passage.document_id, int(match[1]))
    return found


def _of_sentences(units: Sequence[Unit]) -> Iterator[Goal]:
    before: Unit | None = None
    leads: Counter[str] = Counter()
    for unit in units:
        if unit.passage.kind is PassageKind.TABLE:
            continue
        if expression("cues", "of_goals").search(unit.text):
            leads[unit.passage.id] += 1
        about = bool(leads[unit.passage.id]) or any(
            expression("cues", "of_goals").search(heading) for heading in unit.passage.section[-1:]
        )
        if unit.figures and set_right(unit.text) is None:
            previous = before if before is not None and before.passage is unit.passage else None
            yield from _of_sentence(unit, about, previous)
        before = unit


def _of_sentence(unit: Unit, about: bool, before: Unit | None) -> Iterator[Goal]:
    text = " ".join(unit.text.split())
    said = _SAID_NUMBER.match(text)
    number, text = (said[1], text[said.end() :]) if said else (None, text)
    about = about or said is not None
    shared = re.match(r"(?:Till|Senast|År) ((?:19|20)\d\d)\b", text)
    headed = YEAR_ALONE.search(unit.passage.section[-1]) if about and unit.passage.section else None
    year = int(shared[1]) if shared else int(headed[1]) if headed else None
    if match := _FROM_TO.match(text) or (_BE_FROM.match(text) if about else None):
        yield from _goal(unit, match["label"], match["base"], match["target"], year, number)
    elif not about:
        return
    elif (said or _is_led(unit)) and (match := _FROM_TO_NOW.match(text)):
        yield from _goal(unit, match["label"], match["base"], match["target"], year, number)
    elif said and (match := _BY_YEAR.match(text)):
        yield from _goal(unit, match["label"], "", match["target"], int(match["year"]), number)
    elif found := list(_SHARE_OF.finditer(text)) if re.search(r"\bska\b|\b[Mm]ål", text) else []:
        for match in found:
            yield from _goal(unit, match["label"], match["base"], f"{match['target']} {match['label']}", year)
    elif match := _AND_SHALL.match(text):
        wanted = int(match["year"]) if match["year"] else year
        yield from _goal(unit, match["base"], match["base"], match["target"], wanted)
    elif before is not None and len(text) < _SHORT and (match := _GOAL_IS.match(text)):
        yield from _goal(unit, before.text, before.text, match["target"], year)
    elif (match := _SHALL_BE.match(text)) and len(text) < _LONG:
        yield from _goal(unit, match["label"], "", match["target"], year, number)


def _is_led(unit: Unit) -> bool:
    """Whether a unit is an item under a lead that says what shall be: "Till 2035 ska vi ha åstadkommit följande:"."""
    lead = unit.passage.text.split("\n", 1)[0].rstrip()
    return unit.opens_item and lead.endswith(":") and re.search(r"\bska\b", lead) is not None


def _title(heading: re.Match[str], unit: Unit) -> str:
    return unit.passage.section[-1][heading.end() :]


def _goal(
    unit: Unit, label: str, base: str, target: str, year: int | None, number: str | None = None
) -> Iterator[Goal]:
    start, wanted = next(numbers(base), None), next(numbers(target), None)
    if wanted is None or (base and start is None):
        return
    said = _LEAD.sub("", " ".join(label.split())).strip(" ,.–-:")
    heading = _HEADED.match(unit.passage.section[-1]) if unit.passage.section else None
    named = re.match(r"([A-ZÅÄÖ][\wåäö]+(?: [\wåäö]+){0,2})\. (?=[A-ZÅÄÖ])", said)
    years = [int(one) for one in YEAR_ALONE.findall(target)]
    base_year = re.search(r"\b[Åå]r ((?:19|20)\d\d) ", base) or YEAR_ALONE.search(base)
    indicator = said[named.end() :] if named else said
    if len(meaning_stems(indicator)) == 0:
        return
    yield Goal(
        title=(_title(heading, unit) if heading else named[1] if named else indicator[:1].upper() + indicator[1:])[
            :120
        ],
        number=heading[1] if heading else number,
        indicator=indicator[:1].upper() + indicator[1:],
        unit=wanted.unit or (start.unit if start else None),
        base=figure(start, unit.stretch, int(base_year[1]) if base_year else None),
        target=figure(wanted, unit.stretch, max(years) if years else year),
        passage=unit.passage,
        proof=unit.stretch,
        stems=meaning_stems(
            f"{indicator} {target if 'per ' in target else ''} {_title(heading, unit) if heading else ''}"
        ),
    )
