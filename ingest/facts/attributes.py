"""What the texts say of each initiative: owner, participants, funders, sums, start, end, status, priority, results.

A sentence says it of the initiative named last before the words that say it; a sentence that names none goes on about
the one before in the same paragraph, or about the one that the heading names.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.documents import PassageKind
from ingest.facts.bodies import Bodies
from ingest.facts.entities import Initiative
from ingest.facts.evidence import Match
from ingest.facts.lexicon import (
    ALL_TOWNS,
    FUNDS,
    MONTHS,
    NUMERALS,
    PERIOD,
    SHARE_OF_SUM,
    STATUSES,
    SUM,
    YEAR,
    is_definite_kind,
)
from ingest.facts.types import Attribute, Fact, Stretch
from ingest.facts.units import Unit

_OWNS = re.compile(
    r"\b(?:äger|ägde|driver|drev|drivit|bedriver|bedrivit|leder|ledde|lett|samordnar|samordnade|koordinerar|"
    r"förvaltar|ansvarar för|är ansvarig|svarar för "
    r"(?:driften|projektet|samordningen)|är (?:\w+ )?(?:projekt)?ägare|är (?:tänkt som )?projektägare|"
    r"är huvudm[aä]n|är värd(?:ar)?|står bakom|höll i|"
    r"kallar|har startat|startade|lanserade|inrättade|delar på ansvaret|håller ihop|håller i|gör|arbetar|"
    r"planerar|erbjuder|bygger|byggde|har byggt|drar|utvecklar|genomför|tillhandahåller|sammankallar|"
    r"är sammankallande|står värd|står som värd|vill|ska med|fattar besluten)\b"
)
_OWNED_BY = re.compile(
    r"\b(?:driv[si]\w*|drevs|bedriv\w*|leds|leddes|lett|ledd|ägs|ägdes|samordnas|samordnades|förvaltas|sköts|"
    r"tagits fram|genomförs|arrangeras|ordnas|samordnat|startades|bildades|sammankallas|finansieras och drivs)"
    r"(?: \w+){0,4}? av\b|\b(?:projektägare|huvudman|ansvarig|ägare|sammankallande|samordnare|"
    r"värd)\w*(?: \w+){0,3}? är\b|"
    r"\b(?:projektägare|huvudman|ansvarig|ägare|sammankallande|samordnare)\s*:|\bunder ledning av\b",
    re.IGNORECASE,
)
_WITH = re.compile(
    r"\b(?:tillsammans med|i samarbete med|i samverkan med|ihop med|deltar|deltog|deltagit|deltagande|delta|"
    r"ingår|medverka\w*|medpart\w*|medlem\w*|"
    r"parter?|partner\w*|anslu\w*|anslöt|undertecknat|undertecknade|har med sig|är med|gick med|gått med|"
    r"kommer också|samlar|samverkar|samarbetar|möts|"
    r"sitter|gäller|finns i|delar|gemensam\w*|i kommunerna|kommuner(?:na)?|omfattar|företag i|"
    r"\w{3,}(?:arna|erna|orna) i)\b"
)
_NOT_WITH = re.compile(
    r"\b(?:utom|utanför|inte med|lämnar|lämnade|avstod|avstår|inte deltar|ingår inte|saknas|avvaktar|"
    r"inte tagit ställning)\b"
)
_PAYS = re.compile(
    r"\b(?:\w*finansi\w+|bidra\w*|stöd\w*|medel|bevilja\w*|bekosta\w*|beta[lt]\w*|svarar för|ur|pengar\w*|gav|"
    r"gett|fått|fick|står för|stod för|skjuter till|anslag\w*|kronor|mnkr|mkr|euro)\b"
)
_PAYS_BEFORE = re.compile(
    r"\b(?:finansieras|finansierades|finansierat|bekostas|bekostades|betalas|betalades|beviljats|beviljades|"
    r"stöd|bidrag|medel|pengar|anslag)(?: \w+){0,6}? (?:av|från|ur|hos)\s(?:\w+\s){0,2}$"
)
_PAYS_AFTER = re.compile(
    r"\W*(?:som \w+ )?(?:\w+ )?(?:finansierar|bidrar|bidrog|betalar|betalade|bekostar|svarar för|står för|"
    r"stod för|gav|gett|ger|har gett|har gått in|lägger|lämnar|skjuter till|beviljade|beviljat|satsar|"
    r"delar kostnaden|delar underskottet)\b"
)
_SEASONS = "våren|hösten|sommaren|vintern|årsskiftet|början av|mitten av|slutet av|utgången av|läsåret|årets slut"
_YEAR_WORDS = (
    rf"(?:(?:den )?(?:\d{{1,2}} )?(?:{'|'.join(MONTHS)}|{_SEASONS}) )?"
    r"(?:år )?((?:19|20)\d\d)(?:/\d\d(?:\d\d)?)?"
)
_STARTED = re.compile(
    rf"\b(?:startade\w*|startar|starta|starten|inleddes|inleder|inleds|började|kom i ?gång|bildades|bildats|"
    rf"inrättades|inrättade|grundades|infördes|lanserades|lanserade|lansera\w*|öppnade|öppnar|öppnades|"
    rf"drog i ?gång|sedan|från(?: och med)?|fr\.o\.m\.|beslutades|antogs|antagen|antog|påbörjades|införs|byggs|"
    rf"igång sedan|pågår sedan|finns sedan)\b[^.;\d]{{0,40}}?{_YEAR_WORDS}"
    rf"|\b(?:[Ss]edan|[Ff]rån(?: och med)?|[Uu]nder|År|[Ii])\s(?:\w+ ){{0,2}}?((?:19|"
    rf"20)\d\d)[^.;\d]{{0,25}}?\b(?:startade|bildades|inleddes|bildade|inrättade|infördes|införs|öppnade|"
    rf"lanserade\w*|byggs|finns|pågår|ersatte|sedan)\b"
)
_ENDED = re.compile(
    rf"\b(?:avsluta\w*|slut(?:ar|ade|et|förd|fört|fördes)?|klart?|färdigt?|till och med|t\.o\.m\.|fram till|"
    rf"(?:pågå\w*|löp\w+|gäller|drivs)[^.;\d]{{0,30}}? till|upphör\w*|lades ned|lade ned|lagts ned|nedlagt|"
    rf"nedlagd|löper ut|löpte ut|gick ut|drogs in|förlängts?|förlängd|avbröts|avbryta|"
    rf"stängdes)\b[^.;\d]{{0,40}}?{_YEAR_WORDS}"
    rf"|\b(?:[Ii]|[Uu]nder)\s(?:\w+ )?((?:19|20)\d\d)[^.;\d]{{0,25}}?\b(?:avslutades|lades ned|"
    rf"avbröts)\b"
)
_AHEAD = re.compile(
    r"\b(?:ska|skall|beräknas|väntas|planeras|avses|ska vara|kan|om|när|innan|ej|inte|är tänkt|"
    r"avsikten)\b[^.;,]{0,40}\Z"
)
_RESULT = re.compile(
    r"\b(?:deltog|deltagit|nådde|nått|har gett|resulterat|genomförts|fått|gick vidare|blev|antogs|minskat|ökat|"
    r"anslutna|besök\w*|räknar|lett till)\b"
)
_REACH = 4
"""So many sentences may go on about an initiative that none of them names."""
_AND = re.compile(r"[A-ZÅÄÖ]\w+(?:,| och| samt) ")
_IN = re.compile(r"\b(?:i|för|med|inom|av|mellan) \Z")
_GOES_ON = frozenset("det den de där dessutom han hon här sedan vid i under totalt av varje efter".split())


@dataclass(frozen=True, slots=True)
class Segment:
    """The part unit.passage.text[start:end] of a unit that is about these initiatives."""

    unit: Unit
    start: int
    end: int
    about: tuple[Initiative, ...]
    named: bool

    @property
    def text(self) -> str:
        """The words of the part."""
        return self.unit.passage.text[self.start : self.end]


def segments(
    units: Sequence[Unit], initiatives: Sequence[Initiative], headed: Mapping[str, Initiative]
) -> Iterator[Segment]:
    """Which part of which unit is about which initiative; table rows are left to their columns."""
    named: dict[int, list[tuple[int, int, Initiative]]] = defaultdict(list)
    for initiative in initiatives:
        for unit, match in initiative.mentions:
            named[unit.number].append((unit.words[match.first].start, unit.words[match.last - 1].end, initiative))
    current: tuple[Initiative, ...] = ()
    place, since = "", 0
    for unit in units:
        if unit.passage.kind is PassageKind.TABLE:
            current = ()
            continue
        under = headed.get(unit.passage.id)
        if unit.passage.id != place or unit.opens_item or _opens_paragraph(unit):
            first = unit.words[0].text.lower()
            goes_on = (
                unit.passage.id == place and not unit.opens_item and (first in _GOES_ON or is_definite_kind(first))
            )
            current = (under,) if under else current if goes_on else ()
            place = unit.passage.id
        if unit.number in named:
            parts = list(_parts(unit, sorted(named[unit.number], key=lambda item: item[0])))
            yield from parts
            since = unit.number
            if len({id(one) for part in parts for one in part.about}) == 1 or parts[-1].end - parts[-1].start > 40:
                current = parts[-1].about
        elif current and (under or unit.number - since <= _REACH):
            yield Segment(unit, unit.start, unit.end, current, False)


def _opens_paragraph(unit: Unit) -> bool:
    before = unit.passage.text[: unit.start].rstrip(" ")
    return not before or (before.endswith("\n") and before.rstrip()[-1:] in ".!?:")


def _parts(unit: Unit, named: Sequence[tuple[int, int, Initiative]]) -> Iterator[Segment]:
    """Cuts a sentence where another initiative is named; members of an enumeration share what is said."""
    clusters: list[tuple[int, int, list[Initiative]]] = []
    text = unit.passage.text
    for start, end, initiative in named:
        between = text[clusters[-1][1] : start].strip() if clusters else ""
        if clusters and (
            initiative in clusters[-1][2]
            or re.fullmatch(r"(?:\([^)]*\))?,?(?: ?(?:och|samt|eller|,))*(?: (?:sedan|\d{4}|,))*", between)
        ):
            clusters[-1] = (clusters[-1][0], end, [*clusters[-1][2], initiative])
        else:
            clusters.append((start, end, [initiative]))
    for number, (start, _, about) in enumerate(clusters):
        left = unit.start if number == 0 else start
        right = clusters[number + 1][0] if number + 1 < len(clusters) else unit.end
        yield Segment(unit, left, right, tuple({id(one): one for one in about}.values()), True)


def said_of(segment: Segment, bodies: Bodies) -> Iterator[Fact]:
    """The facts that one segment states."""
    proof = segment.unit.stretch
    yield from _of_time(segment, proof)
    yield from _of_status(segment, proof)
    for match in SUM.finditer(segment.unit.passage.text, segment.start, segment.end):
        yield Fact(Attribute.SUM, match.group(), proof)
    for match in SHARE_OF_SUM.finditer(segment.unit.passage.text, segment.start, segment.end):
        for value in (match["part"], match["whole"], match["total"]):
            if value:
                yield Fact(Attribute.SUM, value, proof, unit="miljoner kronor")
    yield from _of_bodies(segment, bodies, proof)
    if re.search(r"\d", segment.text) and _RESULT.search(segment.text):
        yield Fact(Attribute.RESULT, segment.text.strip(), proof)


def row_said_of(unit: Unit, match: Match, bodies: Bodies) -> Iterator[Fact]:
    """The facts of a table row whose columns ran together: the owner right after the name, then funds, years,
    status.
    """
    proof, text = unit.stretch, unit.text
    owner = next(((name, one) for name, one in bodies.within(unit) if one.first >= match.last), None)
    if owner is not None and owner[1].first <= match.last + 1:
        yield Fact(Attribute.OWNER, owner[0], proof)
    for fund in FUNDS.finditer(text):
        yield Fact(Attribute.FUNDER, fund.group(), proof)
    years = [int(year) for year in YEAR.findall(text)]
    if years:
        yield Fact(Attribute.START, str(years[0]), proof, year=years[0])
        if len(years) > 1:
            yield Fact(Attribute.END, str(max(years)), proof, year=max(years))
    yield from _of_status(Segment(unit, unit.start, unit.end, (), True), proof)


def _of_time(segment: Segment, proof: Stretch) -> Iterator[Fact]:
    text = segment.text
    for match in PERIOD.finditer(text):
        last = match[2] if len(match[2]) == 4 else match[1][:2] + match[2]
        before = text[: match.start()].rstrip()
        if not before.endswith("/") and not re.search(
            r"(?:strategi|plan|program|agenda|mellan)\w*\Z", before, re.IGNORECASE
        ):
            yield Fact(Attribute.START, match[1], proof, year=int(match[1]))
            yield Fact(Attribute.END, match[2], proof, year=int(last))
    for attribute, pattern in ((Attribute.START, _STARTED), (Attribute.END, _ENDED)):
        for match in pattern.finditer(text):
            year = match[1] or match[2]
            if not PERIOD.match(text, match.start(1) if match[1] else match.start(2)):
                yield Fact(attribute, match.group().strip(), proof, year=int(year))


def _of_status(segment: Segment, proof: Stretch) -> Iterator[Fact]:
    for status, pattern in STATUSES:
        match = pattern.search(segment.text)
        if match and not _AHEAD.search(segment.text[: match.start()]):
            year = YEAR.search(segment.text, match.end(), match.end() + 40)
            yield Fact(Attribute.STATUS, status, proof, unit=match.group(), year=int(year[1]) if year else None)
            return


def _of_bodies(segment: Segment, bodies: Bodies, proof: Stretch) -> Iterator[Fact]:
    text, start = segment.unit.passage.text, segment.start
    owned = False
    towns: list[tuple[str, int]] = []
    others: list[tuple[str, int]] = []
    for name, match in bodies.within(segment.unit):
        left, right = segment.unit.words[match.first].start, segment.unit.words[match.last - 1].end
        if not start <= left < segment.end:
            continue
        before, after = text[max(start, left - 70) : left], text[right : min(segment.end, right + 60)]
        clause = before[max(before.rfind(";"), before.rfind(".")) + 1 :]
        if not owned and (_ends(_OWNED_BY, clause, 25) or _begins(_OWNS, after, name, bodies)):
            owned = True
            yield Fact(Attribute.OWNER, name, proof)
        elif _PAYS_AFTER.match(after) or _PAYS_BEFORE.search(clause):
            yield Fact(Attribute.FUNDER, name, proof)
        elif name in bodies.municipalities or bodies.town_of(name):
            towns.append((name, left))
        else:
            others.append((name, left))
    yield from _participants(segment, bodies, towns, others, proof)
    if _PAYS.search(segment.text):
        for fund in FUNDS.finditer(text, start, segment.end):
            yield Fact(Attribute.FUNDER, fund.group(), proof)


def _participants(
    segment: Segment,
    bodies: Bodies,
    towns: Sequence[tuple[str, int]],
    others: Sequence[tuple[str, int]],
    proof: Stretch,
) -> Iterator[Fact]:
    """Who takes part: bodies after a word of taking part, municipalities also where two or more are enumerated."""
    text = segment.unit.passage.text
    no = _NOT_WITH.search(text, segment.start, segment.end)
    every = ALL_TOWNS.search(segment.text)
    if every and (not every["count"] or NUMERALS.get(every["count"].lower()) in (None, len(bodies.municipalities))):
        out = {bodies.town_of(name) for name, left in towns if no is not None and left > no.start()}
        for town in bodies.municipalities:
            if town not in out:
                yield Fact(Attribute.PARTICIPANT, town, proof)
    together = _WITH.search(segment.text) is not None
    listed = towns if together else [pair for pair in towns if _is_listed(pair, towns, text)]
    for name, left in [*listed, *(others if together else ())]:
        if (no is None or left < no.start() - 60) and not FUNDS.fullmatch(name):
            yield Fact(Attribute.PARTICIPANT, name, proof)


def _is_listed(pair: tuple[str, int], towns: Sequence[tuple[str, int]], text: str) -> bool:
    """Whether a municipality is a member of an enumeration of such: "i Norrvik, Söderby och Myra"."""
    name, left = pair
    right = left + len(name)
    follows = any(0 < left - other < 40 and _AND.fullmatch(text[other:left]) for _, other in towns)
    leads = any(0 < other - left < 40 and _AND.fullmatch(text[left:other]) for _, other in towns)
    return follows or ((leads and _IN.search(text[max(0, left - 12) : left]) is not None) and right > left)


def _ends(pattern: re.Pattern[str], text: str, room: int) -> bool:
    """Whether the pattern ends within `room` characters of the end of the text."""
    return any(len(text) - match.end() <= room for match in pattern.finditer(text))


def _begins(pattern: re.Pattern[str], text: str, name: str, bodies: Bodies) -> bool:
    """Whether the pattern follows a body closely: at most two words and no comma lie between."""
    match = pattern.search(text)
    between = text[: match.start()] if match else ""
    plain = name not in bodies.municipalities
    return match is not None and plain and len(between.split()) <= 2 and not re.search(r"[,.;:]", between)
