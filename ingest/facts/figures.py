"""Figures in running text and cells: the value as written, its unit, and the year it holds for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_VALUE = (
    r"\d+ (?:tim(?:mar)?|h)\b(?: (?:och )?\d+ min(?:uter)?)?"
    r"|(?:(?<!\w)[–−-])?(?<![\d,])\d{1,3}(?:[  ]\d{3})+(?!\d)(?:,\d+)?|(?:(?<!\w)[–−-])?(?<![\d,.])\d+(?:[,.]\d+)?"
)
_UNIT = (
    r"%|procent(?:enheter)?\b|tusen kronor|miljoner kronor|tkr|mnkr|mkr|kronor|kr\b|minuter|min\b|ton\b|GWh|MWh|"
    r"MW\b|gigawattimmar|"
    r"personer|invånare|gästnätter|resor|företag|hektar|år\b(?! (?:19|20)\d\d)"
)
_YEAR = (
    r"(?:\((?:år |värdet för )?(?P<y1>(?:19|20)\d\d)\)"
    r"|,? ?(?:\(?(?:i )?(?:senast )?år |mätt |senast )(?P<y2>(?:19|20)\d\d)\)?"
    r"| (?P<y3>(?:19|20)\d\d)(?![\d,]| ?[–-]))"
)
FIGURE = re.compile(rf"(?P<value>{_VALUE})(?:[  ]?(?P<unit>{_UNIT}))?(?:\*)?(?:[  ]?{_YEAR})?")
_RANGE = re.compile(r"\d\s?[–-]\s?\Z")
_SCALE = re.compile(r"[  ]?[MG]bit")
_PER = re.compile(r"\bper\s\Z")
_AGES = re.compile(r"(?:åldern |mellan |minst |ålder )?\d{1,2}\s?(?:[–-]|och|till)\s?\d{1,2}[ -](?:år|åring)")
YEAR_ALONE = re.compile(r"(?<![\d:/–-])((?:19|20)\d\d)(?![\d:/–-])")


@dataclass(frozen=True, slots=True)
class Number:
    """text[start:end] is a figure; `amount` is what it counts, a clock time in minutes."""

    value: str
    unit: str | None
    year: int | None
    amount: float
    start: int
    end: int


def numbers(text: str, start: int = 0, end: int | None = None) -> Iterator[Number]:
    """The figures of a stretch; years, ages, dates and numbers that are part of a name or law are none."""
    end = len(text) if end is None else end
    ages = [match.span() for match in _AGES.finditer(text, start, end)]
    for match in FIGURE.finditer(text, start, end):
        value, unit = match["value"], match["unit"]
        if any(left <= match.start("value") < right for left, right in ages):
            continue
        if _RANGE.search(text, max(start, match.start() - 3), match.start()) or text[
            match.end("value") : match.end("value") + 1
        ] in (":", "§"):
            continue
        if _SCALE.match(text, match.end("value")) or _PER.search(text, max(start, match.start() - 5), match.start()):
            continue
        whole = value.isdigit() and 1900 <= int(value) <= 2099 and len(value) == 4
        if (whole and unit in (None, "år")) or (unit == "år" and not whole):
            continue
        year = next((int(found) for name in ("y1", "y2", "y3") if (found := match[name])), None)
        yield Number(
            value,
            unit if unit != "år" else None,
            year,
            amount_of(value),
            match.start("value"),
            match.end("unit") if unit else match.end("value"),
        )


def amount_of(value: str) -> float:
    """The number that a written figure means; "4 tim 35 min" is 275 (minutes)."""
    clock = re.match(r"(\d+) (?:tim|h)\w*(?: (?:och )?(\d+))?", value)
    if clock:
        return 60.0 * int(clock[1]) + int(clock[2] or 0)
    plain = re.sub(r"[  ]", "", value).replace("−", "-").replace("–", "-").replace(",", ".")
    return float(plain)


@lru_cache(maxsize=20_000)
def first_amount(text: str) -> float | None:
    """The amount of the first figure in a short text, None where there is none."""
    return next((number.amount for number in numbers(text)), None)


def is_share(unit: str | None) -> bool:
    """Whether a unit is a share of a hundred."""
    return unit in ("%", "procent")
