"""A list question read as constraints: kind, status, year, sum, priority and subject, and the parties it names.

Knows the names that the documents know, and one lexicon of closed classes; never looks at what the documents say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from assistant.lists.constraints import Amount, Constraint, ListQuestion, Priority, Subject, Years
from assistant.lists.lexicon import (
    ASKS_ADOPTED,
    ASKS_END,
    ASKS_START,
    GENERIC,
    KINDS,
    SCALE,
    STATUSES,
)
from assistant.lists.material import Material
from assistant.lists.naming import names_it, read_parties, read_sources
from assistant.question import IMPERATIVE, Question
from ingest.documents import Passage
from ingest.facts.lexicon import NUMERALS
from ingest.facts.types import EntityKind, FactBase
from ingest.swedish import STOPWORDS, content_words, stem

_VERBS = (
    r"(?:är|var|finns|har|hade|fick|får|kan|ska|blev|blir|gör|görs|startade|avslutades|pågår"
    r"|finansieras|finansierar|drivs"
    r"|driver|äger|ingår|hör|handlar|gäller|rör|tar|tog|nämns|kom|lades|drog|hände|som|i"
    r"|inom|under|från|med|på|för|av|enligt"
    r"|till|ur|riktar|vänder|skulle|måste|bör|föreslås|ges|anges|lyfts|berör|mot|kring|om"
    r"|redovisas|deltar|medverkar|sitter|ligger|står|stod|gick|går|fick|satt|pekar|lever"
    r"|arbetar)"
)


_VERB = re.compile(_VERBS, re.IGNORECASE)
_BEFORE_NOUN = re.compile(r"\w+(?<!n)a|\w+(?:ande|ade|sta)|\w+s|\w+-")
_ASKING = re.compile(
    rf"\b(?:vilka|vilket|hur många|{IMPERATIVE}|which|how many|finns det (?:några|något|någon))\b", re.IGNORECASE
)
_WHERE = re.compile(r"\W*(?:var|vart)\b.*?(\w{3,}(?:ar|or|er|en|na))\W*$", re.IGNORECASE)
_CALLED = re.compile(r"\b(?:(?:så )?kallas (?:för )?|så kallade )(\w+)", re.IGNORECASE)
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


def read_constraints(question: Question, material: Material) -> ListQuestion:
    """Read what a list question asks for, with the names that facts and passages know."""
    text = re.sub(r" (?:med )?utan att (?:\w+ ){0,5}äg\w*(?: \w+)?", " delta", question.text.rstrip(" ?.!"))
    noun, kinds, modifier = _noun(text)
    taken = set(_kind_words(text)) if kinds is not None else set()
    about = tuple(entity.name for entity in material.efforts if names_it(entity, text))
    sources, source_words = read_sources(text, material.passages)
    constraints: list[Constraint] = []
    for reader in (_status, _years, _amount):
        constraints += reader(text)
    priority = _priority(text, material.facts, material.passages)
    constraints += [priority] if priority else []
    parties = read_parties(text, material, about, modifier)
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


def _noun(text: str) -> tuple[str, frozenset[EntityKind] | None, str]:
    """The noun asked for, its kinds, and the first part of its compound ("turism" of "turismprojekt")."""
    if posed := re.search(r"\bvad (?:har|finns det|är det|fanns det|hade)\b.* för (\w+)\W*$", text, re.IGNORECASE):
        return posed[1], next((kinds for pattern, kinds in KINDS if pattern.fullmatch(posed[1])), None), ""
    if named := (_WHERE.match(text) or _CALLED.search(text)):
        return named[1], None, ""
    match = _ASKING.search(text)
    opener = _OPENER.match(text, match.start() if match else 0)
    rest = text[opener.end() :] if opener else text
    heads = [word for word in re.findall(r"[\w-]+", rest) if word.lower() not in NUMERALS and not word.isdigit()]
    if kind := _kind(heads):
        return kind
    if re.search(r"\bvad\b", text, re.IGNORECASE) and not re.search(r"\bvilka\b", text, re.IGNORECASE):
        return "", frozenset(), ""
    noun = _plain_noun(heads)
    return ("" if noun.lower() in STOPWORDS or _VERB.fullmatch(noun) else noun), None, ""


def _kind(heads: list[str]) -> tuple[str, frozenset[EntityKind], str] | None:
    """The first kind noun before a verb, with the kinds of one that is joined to it."""
    for place, word in enumerate(heads[:6]):
        for pattern, kinds in KINDS:
            if found := re.fullmatch(rf"(?P<first>[\w-]*?)s?-?{pattern.pattern}", word, re.IGNORECASE):
                joined = heads[place + 2] if heads[place + 1 : place + 2] in (["och"], ["eller"], ["samt"]) else ""
                other = next((more for one, more in KINDS if joined and one.fullmatch(joined)), None)
                every = kinds if other is None else (kinds | other if kinds and other else kinds or other)
                return word, every, found["first"].lower() if len(found["first"]) > 2 else ""
        if _VERB.fullmatch(word):
            return None
    return None


def _plain_noun(heads: list[str]) -> str:
    """The first word but an adjective, a genitive or the first part of a joined noun before it."""
    while len(heads) > 1 and _BEFORE_NOUN.fullmatch(heads[0]) and not _VERB.fullmatch(heads[1]):
        heads = heads[2:] if heads[0].endswith("-") and len(heads) > 2 else heads[1:]
    return next(iter(heads), "")


def _kind_words(text: str) -> list[str]:
    return [word for word in content_words(text) if any(pattern.fullmatch(word) for pattern, _ in KINDS)]


def _count(text: str) -> int | None:
    match = re.search(r"\b(?:vilka|which)(?: är| var| are)?(?: de| the)? (\w+)\b", text, re.IGNORECASE)
    word = match[1].lower() if match else ""
    return NUMERALS.get(word) or (int(word) if word.isdigit() and int(word) < 100 else None)


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
    text = re.sub(r"(\w+ (?:miljoner|kronor|mkr|mnkr|tkr)) eller mer", r"minst \1", text)
    for match in _AMOUNT.finditer(text):
        written = match[2].replace(" ", "").replace(" ", "").replace(",", ".")
        number = float(written) if re.fullmatch(r"\d+(?:\.\d+)?", written) else NUMERALS.get(written.lower())
        scale = next(value for unit, value in SCALE.items() if match[3].lower().startswith(unit))
        if number is not None:
            # "Minst" and "högst" let the amount itself in.
            also = {"minst": -0.5, "högst": 0.5}.get(match[1].lower(), 0.0)
            yield Amount(number * scale + also, match[1].lower() in ("mer än", "över", "minst", "more than", "over"))


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
