"""Figures, numerals and years of a statement, each bound to its unit and to what it counts.

Knows nothing of names or word classes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.model.clauses import content, sentences_of, shared

_NUMERALS = {
    word: str(number)
    for number, forms in enumerate(
        "två two|tre three|fyra four|fem five|sex six|sju seven|åtta eight|nio nine|tio ten|elva eleven|tolv twelve"
        "|tretton thirteen|fjorton fourteen|femton fifteen|sexton sixteen|sjutton seventeen|arton eighteen"
        "|nitton nineteen|tjugo twenty".split("|"),
        start=2,
    )
    for word in forms.split()
} | {"trettio": "30", "fyrtio": "40", "femtio": "50", "hundra": "100", "thirty": "30", "forty": "40", "fifty": "50"}
_NUMBER = re.compile(r"\d{1,3}(?:[ \u00a0]\d{3})+(?!\d)(?:,\d+)?|\d+(?:[.,:]\d+)*|[^\W\d_]+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SCALES = {
    r"procentenhet\w*|percentage points?": "points",
    r"%|procent\w*|per ?cent": "percent",
    r"miljon\w*|mnkr|mkr|mn|millions?": "millions",
    r"miljard\w*|mdkr|mdr|billions?": "billions",
    r"tusen\w*|tkr|thousands?": "thousands",
}
_MEASURES = {
    r"kronor|kr|sek|kronas?": "kronor",
    r"euro|eur|€": "euro",
    r"ton|tonnes?": "tonnes",
    r"kg|kilo": "kilos",
    r"km|kilometer|kilomet\w+": "kilometres",
    r"mil": "miles",
    r"hektar|ha|hectares?": "hectares",
    r"kwh|mwh|gwh|twh": "power",
    r"grader|degrees": "degrees",
    r"dagar|dag|days?|dygn": "days",
    r"veckor|weeks?": "weeks",
    r"månad\w*|months?": "months",
    r"timm\w+|hours?": "hours",
    r"minut\w*|minutes?": "minutes",
}
_PAIR = 2
_NEARER = 0.5
"""So much more of the words, of one each, must stand with another number to claim it."""
_SPACE = re.compile(r"\s*")
_UNIT_GAP = re.compile(r"(?:\s*(?:[–—-]|\btill\b|\beller\b|\boch\b|\bto\b|\band\b)\s*\d[\d ,.]*)?\s*")
_APART = re.compile(r"\s*[,;]\s+|\s+(?=(?:och|samt|respektive|men|medan|and|while)\b)")
"""Where another number may be told of another thing."""
_SPAN = re.compile(r"\s+(?=(?:till|från|mot|jämfört|to|from|compared)\b)")
"""Where another number may be of another year."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as digits, with the scale and measure that follow it ("" where none does)."""

    value: str
    scale: str
    measure: str

    @property
    def is_year(self) -> bool:
        """Whether it reads as a year."""
        return _YEAR.fullmatch(self.value) is not None and not self.scale and not self.measure


def numbers_differ(statement: str, sentences: Sequence[str], known: str = "", english: bool = False) -> bool:
    """Whether a number of the statement is not the sentences' own, in their unit, order and company.

    `known` holds further numbers that the statement may repeat: those of the question that the headings prove.
    """
    said = list(figures(_swedish_figures(statement) if english else statement))
    proofs = [list(figures(sentence)) for sentence in sentences]
    there = [figure for proof in proofs for figure in proof]
    free = {figure.value for figure in figures(known)}
    own = [figure for figure in said if figure.value not in free or any(figure.value == one.value for one in there)]
    if any(not any(_same(figure, one) for one in there) for figure in own):
        return True
    return _out_of_order(own, proofs) or (not english and _in_other_company(statement, sentences))


def is_number(word: str) -> bool:
    """Whether a word is a figure or a numeral."""
    return word[0].isdigit() or word in _NUMERALS


def figures(text: str) -> Iterator[Figure]:
    """Figures and numerals in order, written alike: "4 200" and "fyra" as "4200" and "4"."""
    for found in _NUMBER.finditer(text):
        token = re.sub(r"[ \u00a0]", "", found.group()).lower()
        token = _NUMERALS.get(token, token)
        if token[0].isdigit():
            gap = _SPACE if _YEAR.fullmatch(token) else _UNIT_GAP
            scale, after = _unit(text, found.end(), _SCALES, gap)
            yield Figure(token, scale, _unit(text, after, _MEASURES, gap)[0])


def _unit(text: str, at: int, units: dict[str, str], before: re.Pattern[str]) -> tuple[str, int]:
    """The unit that follows, after a further number of a range where there is one, and where it ends."""
    gap = before.match(text, at)
    start = gap.end() if gap else at
    for pattern, name in units.items():
        if found := re.compile(rf"(?:{pattern})(?!\w)", re.IGNORECASE).match(text, start):
            return name, found.end()
    return "", at


def _same(said: Figure, there: Figure) -> bool:
    alike = said.value == there.value and said.scale == there.scale
    return alike and said.measure in ("", there.measure, "kronor" if not there.measure else "")


def _out_of_order(said: Sequence[Figure], proofs: Sequence[Sequence[Figure]]) -> bool:
    """ "Från 5 till 10" is not "från 10 till 5": within one sentence, years and other numbers keep their order."""
    for proof in proofs:
        for years in (True, False):
            rest = iter([one.value for one in proof])
            values = {one.value for one in proof}
            own = dict.fromkeys(one.value for one in said if one.value in values and one.is_year is years)
            if not all(value in rest for value in own):
                return True
    return False


def _in_other_company(statement: str, sentences: Sequence[str]) -> bool:
    """Whether a number stands with the words, or the year, that stand with another number in the sentences."""
    pieces = [piece for sentence in sentences for piece in _pieces(sentence, _APART)]
    dated = [fine for piece in pieces for fine in _pieces(piece, _SPAN)]
    for piece in _pieces(statement, _APART):
        own = list(figures(piece))
        parts = [piece] if len(own) == _PAIR else _pieces(piece, _SPAN)
        if any(_year_of_another(list(figures(part)), dated) for part in parts):
            return True
        if any(
            _told_of_another(piece, {one.value for one in own if one.is_year is years}, pieces, years)
            for years in (True, False)
        ):
            return True
    return False


def _told_of_another(piece: str, values: set[str], pieces: Sequence[str], years: bool) -> bool:
    """Whether another piece with a number of the kind shares more of the words than any that holds the value."""
    named = [word for word in content(piece) if not is_number(word)]
    rated = [(_kinds(other, years), shared(named, content(other))) for other in pieces]
    best = max((score for kinds, score in rated if kinds), default=0.0)
    return any(
        max((score for kinds, score in rated if value in kinds), default=best) < best - _NEARER
        or _has_subject_of_another(named[:1], value, pieces, years)
        for value in values
    )


def _has_subject_of_another(first: Sequence[str], value: str, pieces: Sequence[str], years: bool) -> bool:
    """Whether the first word stands with another number of the kind, and never with this one."""
    own = [word for piece in pieces if value in _kinds(piece, years) for word in content(piece)]
    others = [
        word
        for piece in pieces
        if _kinds(piece, years) and value not in _kinds(piece, years)
        for word in content(piece)
    ]
    return bool(own) and any(shared([word], others) == 1.0 and shared([word], own) == 0.0 for word in first)


def _kinds(piece: str, years: bool) -> set[str]:
    return {one.value for one in figures(piece) if one.is_year is years}


def _year_of_another(own: Sequence[Figure], pieces: Sequence[str]) -> bool:
    """Whether a piece joins a number with a year, where the sentences give that number another year."""
    years = {one.value for one in own if one.is_year}
    if not years:
        return False
    for one in own:
        if one.is_year:
            continue
        dated = [_kinds(piece, True) for piece in pieces if one.value in _kinds(piece, False)]
        if any(dated) and not any(years & found for found in dated):
            return True
    return False


def _pieces(sentence: str, breaks: re.Pattern[str]) -> list[str]:
    """The sentence cut so that each piece holds a number with what belongs to it; nothing of it is lost."""
    pieces: list[str] = []
    for line in sentences_of([sentence]):
        start = len(pieces)
        for part in breaks.split(line):
            counted = any(True for _ in figures(part))
            if len(pieces) > start and (not counted or not any(True for _ in figures(pieces[-1]))):
                pieces[-1] += " " + part
            else:
                pieces.append(part)
    return pieces


def _swedish_figures(text: str) -> str:
    """English figures as Swedish ones: "4,200" as "4 200", "1.5" as "1,5"."""
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", " ", text)
    return re.sub(r"(?<=\d)\.(?=\d)", ",", text)
