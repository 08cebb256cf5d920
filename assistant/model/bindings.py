"""Figures, numerals and years of a statement, each bound to its unit and to the words that it stands with.

A figure is bound by nearness: what stands close to it in the statement must stand close to it in a cited sentence, and
closer than to any other figure of its kind there. Knows nothing of word classes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.matching import match
from assistant.model.clauses import is_content
from ingest.facts.vocabulary import MONTHS, NUMERALS
from ingest.swedish import stem

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
_HALF_YEAR = re.compile(r"\b(?:ett )?(?:halvår|halvt år)\b", re.IGNORECASE)
_EXTREMES = {
    word: extreme
    for extreme, words in (
        ("highest", "högst högsta störst största flest mest highest largest biggest most"),
        ("lowest", "lägst lägsta minst minsta färst lowest smallest fewest"),
    )
    for word in words.split()
}
_BOUNDING = re.compile(r"\s+(?:\d|en\b|ett\b|vart?\b|två|tre|fyra|fem|sex|sju|åtta|nio|tio|half|h[aä]l)", re.IGNORECASE)
_TOKEN = re.compile(r"(?<!\d)1/\d+|\d{1,3}(?:[ \u00a0]\d{3})+(?![\d\w])(?:,\d+)?|\d+(?:[.,:]\d+)*(?!\w)|[^\W_]+")
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
    r"år(?!\s+(?:19|20)\d\d)|years?": "years",
    r"dagar|dag|days?|dygn\w*": "days",
    r"veckor|weeks?": "weeks",
    r"månad\w*|months?": "months",
    r"timm\w+|hours?": "hours",
    r"minut\w*|minutes?": "minutes",
}
_UNSAID = ({"", "kronor", "euro"}, {"", "years"})
"""Measures that may go unsaid: a currency, the years of an age."""
_UNIT_WORD = re.compile("|".join((*_SCALES, *_MEASURES)), re.IGNORECASE)
_SPACE = re.compile(r"\s*")
_UNIT_GAP = re.compile(
    r"(?:\s*(?:[–—-]|\btill\b|\beller\b|\boch\b|\bav\b|\bto\b|\band\b|\bof\b)\s*\d[\d ,.]*)?\s*", re.IGNORECASE
)
_LOOSE = re.compile(r"[,;:()]|\s[–—-]\s|\b(?:men|medan|varav|respektive|while|but)\b", re.IGNORECASE)
_AND = re.compile(r"\b(?:och|samt|and)\b", re.IGNORECASE)
_LOOSE_COST = 2.0
"""How many words further apart a comma or a conjunction keeps what stands on both sides of it."""
_FROM = re.compile(r"\b(?:från|mot|jämfört med|tidigare|from|compared (?:with|to))\W+(?:år\W+)?$", re.IGNORECASE)
_TO = re.compile(r"\b(?:till|to)\W+(?:år\W+)?$", re.IGNORECASE)
_BY = re.compile(r"\b(?:med|by)\W+$", re.IGNORECASE)
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
_DATE = re.compile(rf"(?:\b\d{{1,2}}\s+)?\b(?:{'|'.join(MONTHS)})\s+(?=(?:19|20)\d\d\b)", re.IGNORECASE)
_ISO_DATE = re.compile(r"\b((?:19|20)\d\d)-(0[1-9]|1[0-2])-([0-3]\d)\b")
_ROLES = {"from": _FROM, "to": _TO, "by": _BY}
_NAME = "name"
_NAME_WEIGHT, _FIGURE_WEIGHT = 3.0, 2.0
_ALIKE = 0.9
"""So well must two words match to count as one: no chance likeness."""
_OTHER_SIDE = 0.5
"""What company counts that stands after the figure here and before it there, or the other way round."""
_CLOSER = 1.3
"""So much better must another figure suit the words to claim them."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as digits, the scale and measure that follow it, and whether it is the "least" or "most" ("" each)."""

    value: str
    scale: str
    measure: str
    bound: str = ""

    @property
    def is_year(self) -> bool:
        """Whether it reads as a year."""
        return _YEAR.fullmatch(self.value) is not None and not self.scale and not self.measure

    def is_same(self, other: Figure) -> bool:
        """Whether the other is the same number of the same unit; money may go without its currency."""
        return self.value == other.value and self.bound == other.bound and self.is_alike(other)

    def is_alike(self, other: Figure) -> bool:
        """Whether the two are of one kind, so that they could be mistaken for each other."""
        unscaled = "" in (self.scale, other.scale) and "," in self.value and "," in other.value
        if self.is_year != other.is_year or (self.scale != other.scale and not unscaled):
            return False
        return self.measure == other.measure or any({self.measure, other.measure} <= unsaid for unsaid in _UNSAID)


@dataclass(frozen=True, slots=True)
class _Token:
    """A content word or figure of a sentence, its place counted in these, and what it weighs as company."""

    word: str
    place: float
    weight: float
    figure: Figure | None = None
    role: str = ""


def figure_fault(statement: str, sentences: Sequence[str], known: str = "", english: bool = False) -> bool:
    """Whether a figure of the statement is not the sentences' own, in its unit, direction and company.

    `known` holds further figures that the statement may repeat: those of the question that the headings prove.
    """
    said = _tokens(_swedish_figures(statement) if english else statement)
    proofs = [_tokens(sentence) for sentence in sentences]
    there = {one.word for proof in proofs for one in proof}
    if any(one.figure is None and re.search(r"\d", one.word) and one.word not in there for one in said):
        return True  # "BY2030", "B1": a name by its number
    free = {figure.value for figure in figures(known)}
    own = [
        token
        for token in said
        if token.figure and (token.figure.value not in free or any(_occurrences(token, one) for one in proofs))
    ]
    if any(not any(_occurrences(token, one) for one in proofs) for token in own):
        return True
    if any(_bound_elsewhere(token, own, said, proofs) for token in own):
        return True
    return bool(own) and said[0].figure is None and any(_counts_another(said[0].word, own, proof) for proof in proofs)


def names_fault(statement: str, sentences: Sequence[str], stems: Collection[str]) -> bool:
    """Whether what is told of a name is told of another name in the sentences. `stems` are those of all names."""
    said = _with_names(_tokens(statement), stems)
    proofs = [_with_names(_tokens(sentence), stems) for sentence in sentences]
    own = [token for token in said if token.figure]
    names = [token for token in own if token.figure and token.figure.scale == _NAME]
    there = [token for token in names if any(_occurrences(token, proof) for proof in proofs)]
    return any(_bound_elsewhere(token, own, said, proofs) for token in there)


def _with_names(tokens: Sequence[_Token], stems: Collection[str]) -> list[_Token]:
    """The tokens with each name as a figure of its own kind, so that names are bound as figures are."""
    return [
        replace(one, figure=Figure(stem(one.word), _NAME, ""), weight=1.0)
        if one.figure is None and stem(one.word) in stems
        else one
        for one in tokens
    ]


def spelled_out(text: str) -> str:
    """The text with "2025-01-31" as "31 januari 2025", "var tredje" as "1/3" and a half-year in months."""
    text = _ISO_DATE.sub(lambda date: f"{int(date[3])} {MONTHS[int(date[2]) - 1]} {date[1]}", text)
    return _HALF_YEAR.sub("6 månader", _PART.sub(_as_fraction, text))


def _as_fraction(part: re.Match[str]) -> str:
    """ "var tredje", "en tredjedel" and "en av tre" as "1/3"; other counts of what follows "en av" stay."""
    named = next(word for word in part.groups() if word).lower()
    number = _ORDINALS.get(named) or NUMERALS.get(named) or (int(named) if named.isdigit() else 0)
    return f"1/{number}" if number else part.group()


def is_number(word: str) -> bool:
    """Whether a word is a figure, a numeral or a unit."""
    return word[0].isdigit() or word in _NUMERALS or _UNIT_WORD.fullmatch(word) is not None


def figures(text: str) -> Iterator[Figure]:
    """Figures and numerals in order, written alike: "4 200" and "fyra" as "4200" and "4"."""
    return (figure for found in _TOKEN.finditer(text) if (figure := _figure(text, found)))


def _figure(text: str, found: re.Match[str]) -> Figure | None:
    token = re.sub(r"[ \u00a0]", "", found.group()).lower()
    if token in _EXTREMES and not _BOUNDING.match(text, found.end()):
        return Figure(_EXTREMES[token], "extreme", "")
    if token in _MONTHS:
        return Figure(_MONTHS[token], "month", "")
    token = _NUMERALS.get(token, token)
    if not token[0].isdigit() or not re.fullmatch(r"[\d.,:/]+", token):
        return None
    gap = _SPACE if _YEAR.fullmatch(token) else _UNIT_GAP
    scale, after = _unit(text, found.end(), _SCALES, gap)
    bound = next((name for name, cue in _BOUNDS.items() if cue.search(text[: found.start()])), "")
    figure = Figure(token, scale, _unit(text, after, _MEASURES, gap)[0])
    return figure if figure.is_year else replace(figure, bound=bound)


def _unit(text: str, at: int, units: dict[str, str], before: re.Pattern[str]) -> tuple[str, int]:
    """The unit that follows, after a further number of a range where there is one, and where it ends."""
    gap = before.match(text, at)
    start = gap.end() if gap else at
    for pattern, name in units.items():
        if found := re.compile(rf"(?:{pattern})(?!\w)", re.IGNORECASE).match(text, start):
            return name, found.end()
    return "", at


def _tokens(sentence: str) -> list[_Token]:
    """The content words and figures in order."""
    found: list[_Token] = []
    place, last = 0.0, 0
    dates = [date.span() for date in _DATE.finditer(sentence)]
    for match_ in _TOKEN.finditer(sentence):
        word, figure = match_.group().lower(), _figure(sentence, match_)
        if figure is None and (not is_content(word) or _UNIT_WORD.fullmatch(word)):
            continue
        dated = any(start <= match_.start() < end for start, end in dates)  # a date stands and moves as one
        between = sentence[last : match_.start()]
        before = sentence[: match_.start()]
        role = next((name for name, cue in _ROLES.items() if figure and cue.search(before)), "")
        by_figure = figure is not None or (bool(found) and found[-1].figure is not None)
        apart = bool(_LOOSE.search(between) or (by_figure and _AND.search(between)))
        place += 0.0 if dated else 1 + bool(role) + _LOOSE_COST * apart
        last = last if dated else match_.end()
        named = match_.group()[0].isupper()  # a name, or what the sentence begins with
        weight = 0.0 if dated else _FIGURE_WEIGHT if figure else _NAME_WEIGHT if named else 1.0
        found.append(_Token(word, place, weight, figure, role))
    return found


def _occurrences(token: _Token, sentence: Sequence[_Token]) -> list[_Token]:
    return [one for one in sentence if one.figure and token.figure and token.figure.is_same(one.figure)]


def _bound_elsewhere(
    token: _Token, own: Sequence[_Token], said: Sequence[_Token], proofs: Sequence[Sequence[_Token]]
) -> bool:
    """Whether the words around the figure stand with another figure of its kind in the sentences."""
    assert token.figure is not None
    here = _support(token, said, token.figure, proofs)
    for rival in dict.fromkeys(one.figure for proof in proofs for one in proof if one.figure):
        also = next((one for one in own if one.figure and one.figure.is_same(rival)), None)
        if rival.value == token.figure.value or not rival.is_alike(token.figure):
            continue
        stay, there = here, _support(token, said, rival, proofs)
        if also is not None:
            stay += _support(also, said, rival, proofs)
            there += _support(also, said, token.figure, proofs)
        if there > _CLOSER * stay:
            return True
    return False


def _counts_another(subject: str, own: Sequence[_Token], proof: Sequence[_Token]) -> bool:
    """Whether the statement's subject stands beside a figure that it leaves out, and apart from that which it has."""
    own_there = [one for token in own for one in _occurrences(token, proof) if not _is_year(one) and not one.role]
    others = [one for one in proof if one.figure and not any(_occurrences(token, [one]) for token in own)]
    return any(
        _rival(mine, other) and abs(other.place - at.place) + _LOOSE_COST <= abs(mine.place - at.place)
        for at in proof
        if at.figure is None and match(subject, at.word) >= _ALIKE
        for mine in own_there
        for other in others
    )


def _support(token: _Token, said: Sequence[_Token], figure: Figure, proofs: Sequence[Sequence[_Token]]) -> float:
    """How near the token's company in the statement stands to the figure in the sentence where it is nearest."""
    company = [
        (one, one.weight / max(abs(one.place - token.place), 1.0))
        for one in said
        if one is not token and not _rival(one, token)
    ]
    sums = (
        sum(
            weight * max((_nearness(one, other, at, one.place < token.place) for other in proof), default=0.0)
            for one, weight in company
        )
        for proof in proofs
        for at in proof
        if at.figure and at.figure.is_same(figure)
    )
    return max(sums, default=0.0)


def _rival(one: _Token, other: _Token) -> bool:
    """Whether two figures could be mistaken for each other."""
    return one.figure is not None and other.figure is not None and one.figure.is_alike(other.figure)


def _is_year(token: _Token) -> bool:
    return token.figure is not None and token.figure.is_year


def _nearness(one: _Token, other: _Token, at: _Token, before: bool) -> float:
    """How near the other stands to its figure, where it is the same as the one; less when it has changed sides."""
    if other is at or (one.figure is None) != (other.figure is None):
        return 0.0
    alike = float(one.figure.is_same(other.figure)) if one.figure and other.figure else match(one.word, other.word)
    side = 1.0 if before == (other.place < at.place) else _OTHER_SIDE
    return side * alike / max(abs(other.place - at.place), 1.0) if alike >= _ALIKE else 0.0


def _swedish_figures(text: str) -> str:
    """English figures as Swedish ones: "4,200" as "4 200", "1.5" as "1,5"."""
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", " ", text)
    return re.sub(r"(?<=\d)\.(?=\d)", ",", text)
