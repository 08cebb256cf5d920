"""Figures of a text: numbers, numerals, fractions and months, each with its unit.

"4 200", "fyra", "var tredje" and "maj" are figures alike. Knows nothing of statements or of what they count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ingest.facts.vocabulary import MONTHS, NUMERALS

_TENS = "tjugo trettio fyrtio femtio sextio sjuttio åttio nittio".split()
_ONES = {"": 0} | {word: number for word, number in NUMERALS.items() if 0 < number < 10}
_NUMERALS = (
    {word: str(number) for word, number in NUMERALS.items() if number > 1}
    | {ten + one: str(10 * tens + number) for tens, ten in enumerate(_TENS, 2) for one, number in _ONES.items()}
    | {"hundra": "100", "thirty": "30", "forty": "40", "fifty": "50", "hälften": "1/2", "half": "1/2", "third": "1/3"}
)
_ORDINALS = dict(zip("tredje fjärde femte sjätte sjunde åttonde nionde tionde".split(), range(3, 11), strict=True))
_PART = re.compile(
    rf"\bvart?\s+({'|'.join(_ORDINALS)})\b|\b({'|'.join(_ORDINALS)})del(?:ar)?\b|\ben\s+av\s+(\w+)\b", re.IGNORECASE
)
_ISO_DATE = re.compile(r"\b((?:19|20)\d\d)-(0[1-9]|1[0-2])-([0-3]\d)\b")
TOKEN = re.compile(r"(?<!\d)1/\d+|\d{1,3}(?:[ \u00a0]\d{3})+(?![\d\w])(?:,\d+)?|\d+(?:[.,:]\d+)*(?!\w)|[^\W_]+")
_MONTHS = {
    month: str(number)
    for names in (
        MONTHS,
        "january february march april  june july august september october november december".split(" "),
    )
    for number, month in enumerate(names, 1)
    if month
}
_YEAR = re.compile(r"(?:19|20)\d\d")
_SCALES = {
    r"procentenhet\w*|percentage points?": "points",
    r"%|procent\w*|per ?cent": "percent",
    r"miljon\w*|mnkr|mkr|mn|millions?": "6",
    r"miljard\w*|mdkr|mdr|billions?": "9",
    r"tusen\w*|tkr|thousands?": "3",
}
"""What a figure counts: shares, or a power of ten by which it is multiplied."""
_LARGE = 10_000
_MEASURES = {
    r"kronor|kr|sek|kronas?": "kronor",
    r"euro|eur|€": "euro",
    r"ton|tonnes?": "tonnes",
    r"hektar|ha|hectares?": "hectares",
    r"år(?!\s+(?:19|20)\d\d)|years?": "years",
    r"dagar|dag|days?|dygn\w*": "days",
    r"veckor|weeks?": "weeks",
    r"månad\w*|months?": "months",
}
_UNSAID = ({"", "kronor", "euro"}, {"", "years"})
"""Measures that may go unsaid: a currency, the years of an age."""
_UNIT_WORD = re.compile("|".join((*_SCALES, *_MEASURES)), re.IGNORECASE)
_RANGE = r"(?:\s*(?:[–—-]|\b(?:till|eller|och|av|to|and|of)\b)\s*\d[\d ,.]*)?"
_BOUNDS = {
    "least": re.compile(
        r"\b(?:minst|åtminstone|lägst|mer än|fler än|över|drygt|at least|more than|over)\W+(?:en\W+|a\W+)?$",
        re.IGNORECASE,
    ),
    "most": re.compile(
        r"\b(?:högst|max\w*|upp till|mindre än|färre än|knappt|at most|up to|less than|fewer than)"
        r"\W+(?:en\W+|a\W+)?$",
        re.IGNORECASE,
    ),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as digits, its scale and measure, and whether it is the "least" or the "most" ("" each).

    Thousands, millions and billions are multiplied out; `written` is the number as it stood.
    """

    value: str
    scale: str
    measure: str
    bound: str = ""
    written: str = ""

    @property
    def is_year(self) -> bool:
        """Whether it reads as a year."""
        return _YEAR.fullmatch(self.value) is not None and not self.scale and not self.measure

    def is_same(self, other: Figure) -> bool:
        """Whether the other is the same number of the same unit; money may go without its currency."""
        unscaled = self.scale != other.scale and self.written == other.written
        return (self.value == other.value or unscaled) and self.bound == other.bound and self.is_alike(other)

    def is_alike(self, other: Figure) -> bool:
        """Whether the two are of one kind, so that they could be mistaken for each other."""
        unscaled = "" in (self.scale, other.scale) and "," in self.written and "," in other.written
        if self.is_year != other.is_year or (self.scale != other.scale and not unscaled):
            return False
        return self.measure == other.measure or any({self.measure, other.measure} <= unsaid for unsaid in _UNSAID)


def figures(text: str) -> Iterator[Figure]:
    """Figures and numerals in order, written alike: "4 200" and "fyra" as "4200" and "4"."""
    return (figure for found in TOKEN.finditer(text) if (figure := figure_at(text, found)))


def figure_at(text: str, found: re.Match[str]) -> Figure | None:
    """The figure that a match of TOKEN in the text is, None where it is a word."""
    token = re.sub(r"[ \u00a0]", "", found.group()).lower()
    if token in _MONTHS:
        return Figure(_MONTHS[token], "month", "")
    token = _NUMERALS.get(token, token)
    if not token[0].isdigit() or not re.fullmatch(r"[\d.,:/]+", token):
        return None
    gap = "" if _YEAR.fullmatch(token) else _RANGE
    scale, after = _unit(text, found.end(), _SCALES, gap)
    bound = next((name for name, cue in _BOUNDS.items() if cue.search(text[: found.start()])), "")
    measure = _unit(text, after, _MEASURES, gap)[0] or ("kronor" if text[:after].lower().endswith("kr") else "")
    value, scale = _multiplied(token, scale)
    figure = Figure(value, scale, measure, written=token)
    return figure if figure.is_year else replace(figure, bound=bound)


def _multiplied(number: str, scale: str) -> tuple[str, str]:
    """ "0,2" and "6" as "200000", "large"; numbers of no power of ten stay."""
    if not re.fullmatch(r"\d+(?:,\d+)?", number) or not (scale.isdigit() or scale == ""):
        return number, scale
    whole, _, part = number.partition(",")
    power = int(scale or 0)
    part, beyond = part[:power].ljust(power, "0"), part[power:]
    value = (whole + part).lstrip("0") or "0"
    large = "large" if power or int(value) >= _LARGE else ""
    return value + (f",{beyond}" if beyond else ""), large


def _unit(text: str, at: int, units: dict[str, str], gap: str) -> tuple[str, int]:
    """The unit that follows, after a gap (a further number of a range), and where it ends."""
    for pattern, name in units.items():
        if found := re.compile(rf"{gap}\s*(?:{pattern})(?!\w)", re.IGNORECASE).match(text, at):
            return name, found.end()
    return "", at


def is_number(word: str) -> bool:
    """Whether a word is a figure, a numeral or a unit."""
    return word[0].isdigit() or word in _NUMERALS or is_unit(word)


def is_unit(word: str) -> bool:
    """Whether a word is a unit."""
    return _UNIT_WORD.fullmatch(word) is not None


def spelled_out(text: str) -> str:
    """The text with "2025-01-31" as "31 januari 2025" and "var tredje" as "1/3"."""
    text = _ISO_DATE.sub(lambda date: f"{int(date[3])} {MONTHS[int(date[2]) - 1]} {date[1]}", text)
    return _PART.sub(_as_fraction, text)


def _as_fraction(part: re.Match[str]) -> str:
    """ "var tredje", "en tredjedel" and "en av tre" as "1/3"; other counts of what follows "en av" stay."""
    named = next(word for word in part.groups() if word).lower()
    number = _ORDINALS.get(named) or NUMERALS.get(named) or (int(named) if named.isdigit() else 0)
    return f"1/{number}" if number else part.group()


def swedish_figures(text: str) -> str:
    """English figures as Swedish ones: "4,200" as "4 200", "1.5" as "1,5"."""
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", " ", text)
    return re.sub(r"(?<=\d)\.(?=\d)", ",", text)
