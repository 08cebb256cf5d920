"""What a list question asks for: of what, how many, about which topic. Reads the question alone, never documents."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from assistant.question import IMPERATIVE, Question
from ingest.register.titles import is_finite
from ingest.swedish import content_words, stem

Collection = Literal["initiatives", "goals", "challenges", "focus_areas", "priorities", "areas"]

_NUMERALS = {
    word: number
    for number, forms in enumerate(
        "noll|en ett|två two|tre three|fyra four|fem five|sex six|sju seven|åtta eight|nio nine|tio ten|"
        "elva eleven|tolv twelve".split("|")
    )
    for word in forms.split()
}
_OPENER = re.compile(
    r"^\W*(?:och )?(?:jag (?:vill|undrar|behöver)(?: veta)?,? )?"
    r"(?:(?:i|inom|under|på|för|med|till|av|från|mellan|genom) )?(?:vilka|vilken|vilket|"
    rf"hur många|hur manga|{IMPERATIVE}|vad heter|vad är|"
    r"what are|which|what|list|name|how many)\b(?: (?:är|var|are|is|were))?(?: (?:en|ett) (?:\w+ )?(?:lista|"
    r"förteckning|tabell|uppställning|sammanställning))?(?: (?:över|på|med|av) )?"
    r"(?: ?(?:det|de|alla|samtliga|listan|namnen|the|all|olika)\b)*(?: (?:över|på) )?",
    re.IGNORECASE,
)
_WHERE = re.compile(
    r"^\W*(?:och )?(?:var|vart|where)\b.*?\b(?:finns|fanns|ligger|låg|hålls|bedrivs|bedrevs|drivs|pågår|are|were)\b.*"
    r"(?:\w{3,}(?:ar|or|er|arna|orna|erna|arnas|ernas)|projekten|nätverken|\w*(?:arbeten|områden|möten|ställen|projekt|nätverk|råd|center))\W*$",
    re.IGNORECASE,
)
"""Asks for several places: the last word is in the plural."""
_SEVERAL = re.compile(
    r"^\W*(?:och )?(?:jag (?:vill|undrar|behöver)(?: veta)?,? )?"
    r"(?:(?:i|inom|under|på|för|med|till|av|från|mellan|genom|in|for|of) )?(?:vilka|"
    rf"{IMPERATIVE}|vad heter (?:de|alla)|what are|which|what|list|name)\b",
    re.IGNORECASE,
)
_OWNER = re.compile(
    r"^(?:strategins|regionens|länets|rapportens|planens|programmets|dokumentens|uppföljningens) (?=\w)"
)
_JOINED = re.compile(r"^(?P<first>\w+)(?P<open>-)? (?:och|eller|samt|and) (?P<second>\w{3,})\b")
_PASSED_OVER = frozenset(
    "alla samtliga olika mer fler flera andra övriga nya viktiga viktigaste stora största små svåra svåraste "
    "regionala lokala gemensamma särskilda konkreta möjliga regionens länets strategins de the all main".split()
)
_ADJECTIVE = re.compile(r"\w+(?:iska|liga|ella|ande|ala|ade)")
_SOURCE = re.compile(
    r"\b(?:enligt|i|ur|according to) (?:\w+ )?"
    r"(?:års|slut)?(?:strategin|planen|programmet|rapporten|dokumenten|uppföljningen|redovisningen)\b",
    re.IGNORECASE,
)
"""Where the question wants it from says nothing of its topic."""
_COLLECTIONS: tuple[tuple[Collection, re.Pattern[str]], ...] = (
    (
        "areas",
        re.compile(r"(?:strategiska (?:områdena?|utvecklingsområdena?)|målområdena?|temaområdena?|strategic areas?)\b"),
    ),
    (
        "priorities",
        re.compile(r"(?:prioriteringar(?:na)?|prioriterade områdena?|prioriterade utvecklingsområdena?|priorities)\b"),
    ),
    (
        "focus_areas",
        re.compile(
            r"(?:insatsområdena?|fokusområdena?|satsningsområdena?|åtgärdsområdena?|focus areas|areas of action)\b"
        ),
    ),
    (
        "challenges",
        re.compile(
            r"(?:samhälls)?(?:utmaningar(?:na)?|problem(?:en)?|svårigheter(?:na)?|hinder|challenges|"
            r"problems)\b"
        ),
    ),
    (
        "goals",
        re.compile(
            r"(?:huvud|del|effekt|resultat|utvecklings)?(?:mål|målen|målsättningar(?:na)?|goals|targets|objectives)\b"
        ),
    ),
)
_ANY_INITIATIVE = re.compile(
    r"(?:insatser(?:na)?|satsningar(?:na)?|initiativ(?:en)?|aktiviteter(?:na)?|åtgärder(?:na)?|"
    r"initiatives|efforts|measures|activities)\b"
)
_KINDS: tuple[tuple[str, frozenset[str]], ...] = (
    (r"projekt(?:en)?|projects|förstudier(?:na)?", frozenset({"project", "other"})),
    (
        r"nätverk(?:en)?|networks|forum|råd|plattformar(?:na)?|samarbeten|samverkansformer",
        frozenset({"network"}),
    ),
    (
        r"strategier(?:na)?|understrategier(?:na)?|planer(?:na)?|strategies|plans|styrdokument(?:en)?|"
        r"policyer|dokument",
        frozenset({"strategy", "plan", "programme"}),
    ),
    (r"program(?:men)?|programmes|programs", frozenset({"programme", "plan"})),
    (r"verktyg(?:en)?|hjälpmedel|metoder(?:na)?|modeller(?:na)?|arbetssätt|tools|methods|models", frozenset({"tool"})),
    (
        r"tjänster(?:na)?|stöd|stödformer|checkar(?:na)?|företagsstöd|direktstöd|services|rådgivningar",
        frozenset({"service"}),
    ),
    (r"organisationer|bolag|kontor|labb", frozenset({"organisation"})),
)
_GENERIC = frozenset(
    stem(word)
    for word in """
    adresserar adressera gäller gälla handlar handla rör röra berör beröra finns finnas ingår ingick ingå består
    hör tillhör omfattar nämns nämnas nämner beskrivs tas tagits fram tog kom kommit ut görs gjort gjorts
    genomförts genomförs genomfördes bedrivs drivs pågår startats startade startat hänt nämnt inriktade inriktar
    riktar riktade syftar vänder bidrar stödjer arbetar arbeta arbetet kopplade kopplas koppling kopplat
    fokuserar används använts region regionen regionens länet länets län strategin strategins rapporten
    rapportens dokumenten perioden strategiperioden under samordnar samordnas antal sammanlagt totalt projekt
    insatser insats satsningar satsning initiativ verktyg mål målen utmaningar utmaning insatsområden
    prioriteringar prioritering område området områden nätverk strategier program planer räknar räknas upp lyfts
    lyfter finansierats år tagit få in ha någon nämner enligt samlat heter kallas vad äldre nyare nuvarande
    gällande address addresses related concerning exist mentioned strategy report county region belongs part
    document set up developed rus sådant sådana ske sker skett uppnådda uppnås uppfyllda uppfylls redan senast
    regionala utvecklingsstrategin utvecklingsstrategi
    """.split()
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list question, read.

    `noun` is what is asked for, as written ("nätverk"), None where the question has none. `collection` is the part of
    the register it names, `kinds` the kinds of initiatives (empty: all). `count` is the number of items the question
    presupposes. `several`: the question asks for more than one thing, or asks to list. `topic` holds the content words
    that say about what, `number` a numbered heading ("prioritering 4"). `also` is a second noun ("frågor och områden").
    `places`: the question asks where several things are.
    """

    noun: str | None
    collection: Collection | None
    kinds: frozenset[str]
    count: int | None
    topic: tuple[str, ...]
    number: str | None
    counting: bool
    several: bool
    also: str | None = None
    places: bool = False


def read_wanted(question: Question) -> Wanted:
    """Read what a list or counting question asks for."""
    text = question.text.rstrip(" ?.!")
    opener = _OPENER.match(text)
    rest = text[opener.end() :].strip() if opener else text
    counting = bool(re.match(r"\W*(?:och )?(?:hur m|how many)", text, re.IGNORECASE))
    count, rest = _count(_OWNER.sub("", rest))
    lower = rest.lower()
    forms = (lower, _without_adjectives(lower))
    collection = next((name for name, pattern in _COLLECTIONS if any(map(pattern.match, forms))), None)
    kinds = _kinds(_without_adjectives(lower)) if collection is None else None
    noun = _noun(rest) or ("platser" if _WHERE.match(text) else None)
    also = _also(rest, noun)
    numbered = re.search(r"\b(?i:prioritering|målområde|område|mål|insatsområde) (\d{1,2}|[A-Z])\b", text)
    topic = tuple(
        word
        for word in content_words(_SOURCE.sub("", rest))
        if stem(word) not in _GENERIC
        and not is_finite(word)
        and not (re.fullmatch(r"(?:19|20)\d\d", word) and word not in " ".join(question.names))
        and word not in {(noun or "").lower(), (also or "").lower()}
        and word not in _NUMERALS
        and not (numbered and word == numbered[1])
    )
    return Wanted(
        noun=noun,
        collection=collection or ("initiatives" if kinds is not None else None),
        kinds=kinds or frozenset(),
        count=count,
        topic=topic,
        number=numbered[1] if numbered else None,
        counting=counting,
        several=bool(_SEVERAL.match(text) or _WHERE.match(text)),
        also=also,
        places=bool(_WHERE.match(text)),
    )


def numeral(word: str) -> int | None:
    """The number that a word says ("fyra", "12"), None for a year or a word that is none."""
    return int(word) if word.isdigit() and len(word) < 3 else _NUMERALS.get(word.lower())


def _count(rest: str) -> tuple[int | None, str]:
    first, _, after = rest.partition(" ")
    number = numeral(first)
    return (number, after) if number and number > 1 else (None, rest)


def _without_adjectives(lower: str) -> str:
    found = lower.split()
    while len(found) > 1 and (found[0] in _PASSED_OVER or _ADJECTIVE.fullmatch(found[0])):
        found = found[1:]
    return " ".join(found)


def _kinds(lower: str) -> frozenset[str] | None:
    """The kinds of initiatives that the question's first noun names; an empty set for all kinds, None for no
    initiative.
    """
    first, *after = lower.split() or [""]
    second = after[1] if len(after) > 1 and after[0] in {"och", "eller", "samt", "and"} else ""
    if _ANY_INITIATIVE.fullmatch(first) or _ANY_INITIATIVE.fullmatch(second):
        return frozenset()
    for pattern, kinds in _KINDS:
        if re.fullmatch(rf"(?:\w+)?(?:{pattern})", first):
            other = next((more for more_pattern, more in _KINDS if re.fullmatch(more_pattern, second)), frozenset())
            return kinds | other
    return None


def _is_verb(word: str) -> bool:
    """Whether the word after "vilka" is a verb, so that the question asks who ("Vilka sitter i …?")."""
    return is_finite(word) or word in {"sitter", "samarbetar", "står", "medverkar", "deltar", "berörs", "äger"}


def _also(rest: str, noun: str | None) -> str | None:
    """The noun that "och" joins to the first one."""
    joined = _JOINED.match(_without_adjectives(rest))
    if joined is None or joined["first"] != noun or _is_verb(joined["second"]):
        return None
    return joined["second"]


def _noun(rest: str) -> str | None:
    """The first word that is asked about, after numbers, adjectives and the first half of "konst- och musikområden"."""
    joined = _JOINED.match(rest)
    if joined and joined["open"]:
        rest = rest[joined.start("second") :]
    for word in rest.split():
        bare = word.strip(",.?")
        if bare.lower() in _PASSED_OVER or _ADJECTIVE.fullmatch(bare.lower()):
            continue
        return bare if re.fullmatch(r"[\w-]{3,}", bare) and not _is_verb(bare.lower()) else None
    return None
