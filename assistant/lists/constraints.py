"""A list question read as constraints: kind, status, party, year, sum, priority, document and subject.

Knows the names that the documents know, and one lexicon of closed classes; never looks at what the documents say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assistant.lists.lexicon import (
    ASKS_ADOPTED,
    ASKS_END,
    ASKS_START,
    FUNDS,
    GENERIC,
    KINDS,
    NUMERALS,
    ROLES,
    STATUSES,
    Role,
    Status,
)
from assistant.question import IMPERATIVE, Question
from ingest.documents import Passage
from ingest.facts.types import Attribute, Entity, EntityKind, FactBase
from ingest.swedish import STOPWORDS, content_words, stem


@dataclass(frozen=True, slots=True)
class Party:
    """A body, place or fund that has a part in what is asked for. `names` are all its names, in lower case."""

    names: tuple[str, ...]
    role: Role
    municipality: bool = False


@dataclass(frozen=True, slots=True)
class Years:
    """What started, ended or went on in the years `first` to `last`, both included."""

    event: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Amount:
    """More than (`over`) or less than so many kronor."""

    kronor: float
    over: bool


@dataclass(frozen=True, slots=True)
class Priority:
    """A numbered or titled part of the strategy: its number, and the words of its title in stems."""

    number: str | None
    title: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """What the things asked for are about, in the question's own words."""

    words: tuple[str, ...]


Constraint = Status | Party | Years | Amount | Priority | Subject


@dataclass(frozen=True, slots=True)
class ListQuestion:
    """A list question, read.

    `noun` is what is asked for, as written. `kinds` None: the noun is no kind of initiative; empty: every kind.
    `count` is the number that the question presupposes, `sources` the ids of the documents it names, `about` the
    entities it names; `tabled`: only rows of a table are meant. `read` is the part of its content words that was understood.
    """

    noun: str
    kinds: frozenset[EntityKind] | None
    constraints: tuple[Constraint, ...]
    count: int | None
    sources: frozenset[str]
    about: tuple[str, ...]
    tabled: bool
    read: float


_VERBS = (
    r"(?:är|var|finns|har|hade|fick|får|kan|ska|blev|blir|gör|görs|startade|avslutades|pågår"
    r"|finansieras|finansierar|drivs"
    r"|driver|äger|ingår|hör|handlar|gäller|rör|tar|tog|nämns|kom|lades|drog|hände|som|i"
    r"|inom|under|från|med|på|för|av|enligt"
    r"|till|ur|riktar|vänder|skulle|måste|bör|föreslås|ges|anges|lyfts|berör|mot|kring|om"
    r"|redovisas|deltar|medverkar|sitter|ligger|står|stod|gick|går|fick|satt|pekar|lever"
    r"|arbetar)"
)
_OPENER = re.compile(
    rf"(?:(?:i|inom|under|på|för|med|till|av|från|mellan|genom) )?(?:vilka|vilken|vilket"
    rf"|hur många|{IMPERATIVE}|vad heter"
    r"|finns det (?:några|något|någon)|vad|which|what|how many)\b(?: (?:är|var|are|were)\b)?(?:"
    r" ?(?:av|det|de|alla|samtliga|the|all|olika|andra|nya|våra|dessa"
    r"|egna|listan över|en lista över|en lista på)\b)*",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"^\W*var\b.*\b(?:finns|fanns|ligger|hålls|drivs|pågår|görs)\b.*\w{2}(?:ar|or|er|en|na)\W*$|"
    rf"\b(?:vilka|hur många .*\bvilka|{IMPERATIVE}|vad heter (?:de|alla)|which|list)\b"
    r"|^\W*(?:och )?vad (?:finns det för|görs|är på gång) |\bvad (?:har|hade) .*\b(?:ansvar"
    r"|drivit|ägt|lett|lagt ne[dr])\b|\bvad (?:i|på) (?:\w+)?(?:listan|tabellen|planen)\b"
    r"|^\W*(?:finns|fanns) det (?:några|något|någon) \w*(?:projekt|insats|nätverk|program"
    r"|verktyg|initiativ|satsning)"
    r"|^\W*(?:och )?vad (?:är pausat|har (?:lagts|dragits|startat|avslutats|blivit|permanentats)"
    r"|startade|avslutades|lades|finansieras|äger|driver"
    r"|ingår|hör|görs|gjordes|får (?:vi|man|ni) inte|drivs|pågår|ligger)\b|\b(?:vad|vilka)\b.*\b(?:insatser"
    r"|projekt|uppgifter)\b",
    re.IGNORECASE,
)
_YEAR = r"(?:19|20)\d\d"
_SPAN = re.compile(rf"\b({_YEAR})\s?(?:[–-]|till|och)\s?({_YEAR})\b")
_AMOUNT = re.compile(
    r"\b(mer än|över|minst|mindre än|under|högst|more than|over)\s+(\d[\d  ]*(?:[.,]\d+)?"
    r"|\w+)\s*(miljon\w*|mkr|mnkr|tkr|tusen|kr|kronor)",
    re.IGNORECASE,
)
SCALE = {"miljon": 1e6, "mkr": 1e6, "mnkr": 1e6, "tkr": 1e3, "tusen": 1e3, "kr": 1.0, "kronor": 1.0}
_NUMBERED = re.compile(
    r"\b(?:prioritering|kurs|område|insatsområde|målområde|utvecklingsområde|fokusområde) (\d{1,2}|[A-Z])\b",
    re.IGNORECASE,
)
_PRIORITY = re.compile(
    r"\b(?:prioritering(?:en)?|kursen|insatsområdet|fokusområdet|målområdet|området)\b", re.IGNORECASE
)
_LATEST = 9999


def is_list(question: Question) -> bool:
    """Whether the question asks for several things by name."""
    return bool(_LIST.search(question.text))


def read_constraints(question: Question, facts: FactBase, passages: Mapping[str, Passage]) -> ListQuestion:
    """Read what a list question asks for, with the names that facts and passages know."""
    text = re.sub(r" (?:med )?utan att (?:\w+ ){0,5}äg\w*(?: \w+)?", " delta", question.text.rstrip(" ?.!"))
    noun, kinds, modifier = _noun(text)
    taken = set(_kind_words(text)) if kinds is not None else set()
    about = tuple(entity.name for entity in facts.entities if _names_it(entity, text) and entity.kind not in _BODIES)
    sources, source_words = _sources(text, passages)
    constraints: list[Constraint] = []
    for reader in (_status, _years, _amount):
        constraints += reader(text)
    priority = _priority(text, facts, passages)
    constraints += [priority] if priority else []
    parties = _parties(text, facts, passages, about, modifier)
    constraints += parties
    taken |= source_words | {
        word for party in parties for name in party.names for form in (name, f"{name}s") for word in content_words(form)
    }
    taken |= {word for word in content_words(text) if priority and (stem(word) in priority.title)}
    words = content_words(text)
    statuses = "|".join(asks for asks, _ in STATUSES.values())
    rest = [
        word
        for word in words
        if word not in taken
        and word not in GENERIC
        and word not in NUMERALS
        and not word.replace(" ", "").isdigit()
        and not re.fullmatch(rf"{_YEAR}(?:-{_YEAR})?|\d+[.,]\d+", word)
        and not re.fullmatch(statuses, word)
        and word != noun.lower()
        and not any(word in content_words(name) for name in about)
    ]
    if modifier and modifier not in GENERIC and not any(modifier in name for party in parties for name in party.names):
        rest.insert(0, modifier)
    rest = [word for word in rest if not ASKS_START.fullmatch(word) and not ASKS_END.fullmatch(word)]
    if rest:
        constraints.append(Subject(tuple(dict.fromkeys(rest))))
    read = 1.0 - len(rest) / max(1, len(words))
    return ListQuestion(
        noun,
        kinds,
        tuple(constraints),
        _count(text),
        sources,
        about,
        bool(re.search(r"(?:tabell(?:en)?|listan)\b", text)),
        read,
    )


_BODIES = ("organisation", "municipality")


def _noun(text: str) -> tuple[str, frozenset[EntityKind] | None, str]:
    """The noun asked for, its kinds, and the first part of its compound ("turism" of "turismprojekt")."""
    if posed := re.search(r"\bvad (?:har|finns det|är det|fanns det|hade)\b.* för (\w+)\W*$", text, re.IGNORECASE):
        kinds = next((kinds for pattern, kinds in KINDS if pattern.fullmatch(posed[1])), None)
        return posed[1], kinds, ""
    if called := re.search(r"\b(?:(?:så )?kallas (?:för )?|så kallade )(\w+)", text, re.IGNORECASE):
        return called[1], None, ""
    if where := re.match(r"\W*(?:var|vart)\b.*?(\w{3,}(?:ar|or|er|en|na))\W*$", text, re.IGNORECASE):
        return where[1], None, ""
    vaguely = re.search(r"\bvad\b", text, re.IGNORECASE) and not re.search(r"\bvilka\b", text, re.IGNORECASE)
    match = re.search(
        rf"\b(?:vilka|vilket|hur många|{IMPERATIVE}|which|how many|finns det (?:några|något|någon))\b",
        text,
        re.IGNORECASE,
    )
    opener = _OPENER.match(text, match.start() if match else 0)
    rest = text[opener.end() :] if opener else text
    heads = re.findall(r"[\wåäöÅÄÖ-]+", rest)
    for word in heads[:6]:
        if word.lower() in NUMERALS or word.isdigit():
            continue
        for pattern, kinds in KINDS:
            if found := re.fullmatch(rf"(?P<first>[\wåäö-]*?)s?-?{pattern.pattern}", word, re.IGNORECASE):
                first = found["first"].lower()
                joined = re.match(rf"{re.escape(word)} (?:och|eller|samt|and) ([\w-]+)", rest[rest.find(word) :])
                other = next((more for one, more in KINDS if joined and one.fullmatch(joined[1])), None)
                kinds = kinds if other is None else (kinds | other if kinds and other else kinds or other)
                return word, kinds, first if len(first) > 2 else ""
        if re.fullmatch(_VERBS, word, re.IGNORECASE):
            break
    if vaguely:
        return "", frozenset(), ""
    plain = [word for word in heads if word.lower() not in NUMERALS and not word.isdigit()]
    if (
        len(plain) > 1
        and re.fullmatch(r"\w+(?<!n)a|\w+(?:ande|ade|sta)", plain[0])
        and not re.fullmatch(_VERBS, plain[1], re.IGNORECASE)
    ):
        plain = plain[1:]  # an adjective before its noun
    if len(plain) > 1 and plain[0].endswith("s") and not re.fullmatch(_VERBS, plain[1], re.IGNORECASE):
        plain = plain[1:]  # a genitive before its noun
    if len(plain) > 2 and plain[0].endswith("-") and plain[1] in ("och", "eller", "samt"):
        plain = plain[2:]  # "konst- och kulturområden"
    noun = next(iter(plain), "")
    noun = "" if noun.lower() in STOPWORDS or re.fullmatch(_VERBS, noun, re.IGNORECASE) else noun
    return noun, None, ""


def _kind_words(text: str) -> list[str]:
    return [word for word in content_words(text) if any(pattern.fullmatch(word) for pattern, _ in KINDS)]


def _count(text: str) -> int | None:
    match = re.search(r"\b(?:vilka|which)(?: är| var| are)?(?: de| the)? (\w+)\b", text, re.IGNORECASE)
    word = match[1].lower() if match else ""
    return NUMERALS.get(word) or (int(word) if word.isdigit() and int(word) < 100 else None)


def _names_it(entity: Entity, text: str) -> bool:
    names = (name for name in (entity.name, *entity.aliases) if len(name) > 2)
    if any(re.search(rf"(?<!\w){re.escape(name)}(?:s|en|et)?(?!\w)", text) for name in names):
        return True
    # "Skolrådet" is "Norra länets skolråd": the last word in the definite, where it is a compound.
    last = entity.name.split()[-1].lower()
    return (
        len(last) > 7
        and len(entity.name.split()) > 1
        and re.search(rf"(?<!\w){re.escape(last)}(?:e?n|e?t)(?!\w)", text.lower()) is not None
    )


def _status(text: str) -> Iterable[Constraint]:
    """The status asked for; an ending with a year is an event, and "även äldre" asks for no status."""
    dated = re.search(_YEAR, text)
    for status, (asks, _) in STATUSES.items():
        if match := re.search(rf"\b(?:{asks})\b", text, re.IGNORECASE):
            if status == "ended" and (dated or re.search(r"\b(?:även|också|oavsett)\b", text[: match.start()])):
                continue
            denied = re.search(r"\b(?:inte|ej|ännu inte)(?: \w+)? $", text[: match.start()])
            yield "ongoing" if denied and status == "ended" else status
            return


def _years(text: str) -> Iterable[Constraint]:
    span = _SPAN.search(text)
    years = (
        []
        if re.search(rf"\b[A-ZÅÄÖ]\w+ {_YEAR}\b", text)
        else [int(year) for year in re.findall(rf"(?<![\d–-]){_YEAR}(?![\d–-])", text)]
    )
    closed = re.search(rf"\b(?:{STATUSES['closed'][0]})\b", text, re.IGNORECASE)
    cues = (("end", ASKS_END), ("adopted", ASKS_ADOPTED), ("start", ASKS_START))
    event = "during" if closed else next((event for event, cue in cues if cue.search(text)), "during")
    if re.search(
        r"\b\w*(?:strategin|programmet|planen|uppföljning(?:en)?|rapport(?:en)?)\b(?: för| från)? " + _YEAR, text
    ):
        return
    if span:
        yield Years(event, int(span[1]), int(span[2]))
    elif years:
        first, last = years[0], years[-1]
        if re.search(rf"\b(?:efter|sedan) {first}", text):
            first, last = first + (1 if f"efter {first}" in text else 0), _LATEST
        elif re.search(rf"\bföre {first}", text):
            first, last = 0, first - 1
        yield Years(event, first, last)


def _amount(text: str) -> Iterable[Constraint]:
    text = re.sub(r"(\w+ (?:miljoner|kronor|mkr|mnkr|tkr)) eller (mer|mindre)", r"\2 än \1", text)
    for match in _AMOUNT.finditer(text):
        written = match[2].replace(" ", "").replace(" ", "").replace(",", ".")
        number = float(written) if re.fullmatch(r"\d+(?:\.\d+)?", written) else NUMERALS.get(written.lower())
        scale = next(value for unit, value in SCALE.items() if match[3].lower().startswith(unit))
        if number is not None:
            yield Amount(number * scale, match[1].lower() in ("mer än", "över", "minst", "more than", "over"))


def _priority(text: str, facts: FactBase, passages: Mapping[str, Passage]) -> Priority | None:
    if numbered := _NUMBERED.search(text):
        return Priority(numbered[1], ())
    titles = [entity.name for entity in (*facts.priorities, *facts.focus_areas)]
    for title in titles:
        if len(title.split()) > 1 and title.lower() in text.lower():
            return Priority(None, tuple(stem(word) for word in content_words(title)))
    if not _PRIORITY.search(text):
        return None
    asked = {stem(word)[:6] for word in content_words(text) if word not in GENERIC}
    headings = {heading for passage in passages.values() for heading in passage.section}
    titled = [heading for heading in headings if _NUMBERED.search(heading) or heading in titles]
    best = max(titled, key=lambda title: len({stem(w)[:6] for w in content_words(title)} & asked), default="")
    common = {stem(w) for w in content_words(best) if stem(w)[:6] in asked}
    numbered = _NUMBERED.search(best)
    return Priority(numbered[1] if numbered else None, tuple(common)) if common else None


def _sources(text: str, passages: Mapping[str, Passage]) -> tuple[frozenset[str], set[str]]:
    """The documents that the question names by a word of their title or by years, and the words that name them."""
    titles = {passage.document_id: f"{passage.document_id} {passage.title}".lower() for passage in passages.values()}
    definite = re.findall(rf"\b(?:{_IN}) (?:\w+ )?(\w{{5,}}(?:en|et|an))\b", text.lower())
    named: list[str] = []
    used: set[str] = set()
    for word in definite:
        held = [name for name, title in titles.items() if stem(word) in map(stem, re.findall(r"\w+", title))]
        if word not in _EVERY_TITLE and 0 < len(held) <= max(1, len(titles) // 2):
            named, used = held, {word}
    years = re.findall(rf"{_YEAR}", text)
    if re.search(r"\b(?:gamla|förra|tidigare|äldre|föregående)\b", text) and len(years) > 0:
        named = [name for name, title in titles.items() if all(year in title for year in years)] or named
    return frozenset(named), used


_IN = "i|enligt|ur|från|på|av"
_EVERY_TITLE = frozenset("strategin programmet planen regionen länet regionala utvecklingsstrategin kommunen".split())


def known_parties(facts: FactBase, passages: Mapping[str, Passage]) -> dict[str, bool]:
    """The bodies and places that the documents know, as written, and whether each is a municipality."""
    found = {entity.name: entity.kind == "municipality" for entity in facts.entities if entity.kind in _BODIES}
    for entity in facts.entities:
        for fact in entity.facts:
            if fact.attribute in (Attribute.OWNER, Attribute.PARTICIPANT, Attribute.FUNDER) and len(fact.value) > 2:
                found.setdefault(fact.value, False)
    municipality = re.compile(r"\b([A-ZÅÄÖ][\wåäö-]+) (?:kommun|stad)\b")
    body = re.compile(
        r"\b(?:Region|Högskolan|Länsstyrelsen|Destination|Visit|Leader|Energikontoret|Länstrafiken"
        r"|Samordningsförbundet) (?:i )?"
        r"[A-ZÅÄÖ][\wåäö-]+(?: (?:& )?[A-ZÅÄÖ][\wåäö-]+)*|\b[A-ZÅÄÖ][\wåäö-]+ (?:[A-ZÅÄÖ][\wåäö-]+"
        r" )*(?:universitet|högskola|AB|Park)\b"
    )
    text = " ".join(" ".join(passage.text.split()) for passage in passages.values())
    for place in {match[1] for match in municipality.finditer(text) if match[1].lower() not in STOPWORDS}:
        # "Storviks kommun" is Storvik's, "Hofors kommun" is Hofors's: the bare name is a word of its own elsewhere.
        bare = place[:-1]
        found[bare if place.endswith("s") and re.search(rf"\b{bare}\b", text) else place] = True
    for match in body.finditer(text):
        found.setdefault(match[0], False)
    kommuner = {
        f"{place}{ending} kommun{more}"
        for place in found
        if found[place]
        for ending in ("", "s")
        for more in ("", "er")
    }
    return {name: place for name, place in found.items() if name not in kommuner}


def _parties(
    text: str, facts: FactBase, passages: Mapping[str, Passage], about: tuple[str, ...], modifier: str
) -> list[Party]:
    """The fund and the bodies or places that the question names, each with the part its nearest role word gives it."""
    lower = text.lower()
    for name in about:
        lower = lower.replace(name.lower(), " " * len(name))
    found: list[Party] = []
    for names in FUNDS:
        used = next((name for name in names if re.search(rf"(?<![\w]){re.escape(name)}(?![\w+])", lower)), "")
        if used or modifier in names:
            full = (
                re.search(rf"\b{re.escape(used)} [A-ZÅÄÖ][\wåäö–]*(?: & [A-ZÅÄÖ]\w*)?", text, re.IGNORECASE)
                if used
                else None
            )
            more = (full[0].lower(),) if full and full[0].split()[-1][0].isupper() else ()
            role = _role(text, lower.find(used)) if used else "any"
            found.append(Party((*more, *names), "funder" if role == "any" else role))
            lower = lower.replace(more[0] if more else used, " ", 1) if used else lower
            break
    region = _region(passages)
    known = known_parties(facts, passages)
    aliases = {entity.name: entity.aliases for entity in facts.entities if entity.kind in _BODIES}
    for name in sorted(known, key=len, reverse=True):
        forms = (*_variants(name, known[name]), *(alias.lower() for alias in aliases.get(name, ()) if not known[name]))
        for form in forms:
            match = re.search(rf"(?<![\w-]){re.escape(form)}(?:s|n)?(?: (?:kommuner?|stad))?(?![\w-])", lower)
            if match and form not in (region, "region", "regionen", "kommunen", "kommunerna", "länet", "sverige"):
                found.append(Party(tuple(dict.fromkeys(forms)), _role(text, match.start()), known[name]))
                lower = lower[: match.start()] + " " * len(match[0]) + lower[match.end() :]
                break
    return found[:3]


def _role(text: str, place: int) -> Role:
    """The part that the role word nearest to a place of the question gives who is named there."""
    near = [(abs(match.start() - place), role) for role, cue in ROLES for match in cue.finditer(text)]
    return min(near)[1] if near else "any"


def _region(passages: Mapping[str, Passage]) -> str:
    """The name that the whole county goes by: what most often follows "Region"."""
    counts: dict[str, int] = {}
    for passage in passages.values():
        for match in re.finditer(r"\bRegion ([A-ZÅÄÖ][\wåäö]+)", passage.text):
            counts[match[1].lower()] = counts.get(match[1].lower(), 0) + 1
    return max(counts, key=lambda name: counts[name], default="")


def _variants(name: str, municipality: bool) -> tuple[str, ...]:
    """The forms under which a text may speak of a body."""
    lower = name.lower()
    if municipality:
        return (lower,)
    words = lower.split()
    short = (words[0],) if len(words) > 1 and re.search(r"(?:an|en|et)$", words[0]) else ()
    last = (f"{words[-1]}et",) if words[-1] == "universitet" else ()
    plain = tuple(re.sub(r"s (kommun|stad)$", r" \1", lower) for _ in (0,) if re.search(r"s (?:kommun|stad)$", lower))
    return tuple(dict.fromkeys((lower, *plain, *short, *last)))
