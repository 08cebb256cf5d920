"""Figures in running text and cells: the value as written, its unit, and the year it holds for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ingest.facts.vocabulary import NUMERALS

YEAR_FORM = r"(?:19|20)\d\d"
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
_AGES = re.compile(r"(?:åldern |mellan |minst |ålder )?\d{1,2}\s?(?:[–-]|och|till)\s?\d{1,2}[ -](?:år|åring)")
SUM = re.compile(
    r"(?<![\d,])(?:\d{1,3}(?:[ \u00a0.]\d{3})+|\d+)(?:[,.]\d+)?[ \u00a0]?"
    r"(?:mnkr|mkr|msek|tkr|ksek|mdkr|mdr|miljon(?:er)?(?: kronor| euro| kr)?|miljard(?:er)?(?: kronor)?|kronor|kr|sek"
    r"|euro|tusen kronor)(?!\w)",
    re.IGNORECASE,
)
PERIOD = re.compile(rf"(?<!\d)({YEAR_FORM})\s?[–-]\s?({YEAR_FORM}|(?<=–)\d\d)(?![\d-])")
YEAR = re.compile(rf"(?<![\d:/.,-])({YEAR_FORM})(?![\d:/]|,\d)")
_MONEY = re.compile(
    r"(?<![\d,.])(?P<value>\d{1,3}(?:[ \u00a0.]\d{3})+|\d+)(?P<part>,\d+|\.\d{1,2})?\s*"
    r"(?P<unit>miljon\w*|mkr|mnkr|msek|tkr|tusen|miljard\w*|mdkr|kronor|kr)\b",
    re.IGNORECASE,
)
_SCALE = {"miljon": 1e6, "mkr": 1e6, "mnkr": 1e6, "msek": 1e6, "tkr": 1e3, "tusen": 1e3, "miljard": 1e9, "mdkr": 1e9}
_LIMIT = re.compile(
    r"\b(?P<limit>mer än|större än|över|minst|mindre än|lägre än|under|högst|överstiger|more than|over)\s+"
    r"(?P<value>\d[\d \u00a0]*(?:[.,]\d+)?|\w+)\s*(?P<unit>miljon\w*|mkr|mnkr|tkr|tusen|kr|kronor)",
    re.IGNORECASE,
)
_NOT = re.compile(r"(?:,| och)\s+inte (?:till |på )?(?=\d)")
_BUT = re.compile(r"\binte (?:till |på )?(?=\d)(?P<wrong>[^;]{1,30}?),? utan (?:till |på )?(?=\d)")
_MOVED = re.compile(
    r"\b(?:höj|sänk|ändra|utöka|skärp|utvidga)\w*\b[^.;]{0,40}?\bfrån (?P<old>\d[^;]{0,30}?) till (?=\d)", re.IGNORECASE
)
_NEAR = 40
"""Characters within which the right figure stands before "inte"."""
YEAR_ALONE = re.compile(rf"(?<![\d:/–-])({YEAR_FORM})(?![\d:/–-])")


def last_year(title: str) -> int:
    """The last year that a title names, 0 where it names none."""
    return max((int(year) for year in re.findall(YEAR_FORM, title)), default=0)


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


def kronor(text: str) -> Iterator[tuple[float, str]]:
    """The sums of money in a text, in kronor, and as written."""
    for match in _MONEY.finditer(text):
        scale = next((value for name, value in _SCALE.items() if match["unit"].lower().startswith(name)), 1.0)
        yield float(re.sub(r"\D", "", match["value"]) + (match["part"] or "").replace(",", ".")) * scale, match[0]


def sums_asked(text: str) -> Iterator[tuple[str, str]]:
    """The limits that a question sets for sums: "mer än", and the sum with its unit."""
    text = re.sub(r"(\w+ (?:miljoner|kronor|mkr|mnkr|tkr)) eller mer", r"minst \1", text)
    text = re.sub(r"(\w+ (?:miljoner|kronor|mkr|mnkr|tkr)) eller mindre", r"högst \1", text)
    for match in _LIMIT.finditer(text):
        number = NUMERALS.get(match["value"].lower(), match["value"])
        yield match["limit"].lower(), f"{number} {match['unit']}".replace(".", ",")


def set_right(text: str) -> tuple[Number, Number] | None:
    """The right figure and the wrong one where a sentence sets one right: "12,9 procent och inte 13,4 procent",
    "inte 93,9 procent utan 92,8 procent".
    """
    if but := _BUT.search(text):
        return _differing(next(numbers(text, but.end()), None), next(numbers(text, *but.span("wrong")), None))
    if told := _NOT.search(text):
        before = list(numbers(text, max(0, told.start() - _NEAR), told.start()))
        return _differing(before[-1] if before else None, next(numbers(text, told.end()), None))
    return None


def changed(text: str) -> tuple[Number, Number] | None:
    """The new figure and the old one where a sentence says that one is changed: "höjs från 41 000 till 46 500 tkr"."""
    moved = _MOVED.search(text)
    if moved is None:
        return None
    return _differing(next(numbers(text, moved.end()), None), next(numbers(text, *moved.span("old")), None))


def _differing(holds: Number | None, held: Number | None) -> tuple[Number, Number] | None:
    return (holds, held) if holds and held and holds.amount != held.amount else None
