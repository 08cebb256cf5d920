"""The words of a sentence, and how far a name goes: capitalised runs, titles that go on in small letters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ingest.register.cues import CAPITAL_HEADS, head_of


@dataclass(frozen=True, slots=True)
class Candidate:
    """text[start:end] may be a name. `weight` adds to what other sentences say of the same name; 3 is enough."""

    start: int
    end: int
    kind: str | None
    evidence: str
    weight: int


class Token(NamedTuple):
    """A word with its place; `gap` stands between it and the word before, `first` says that a sentence begins.

    A named tuple, which is made twice as quickly as a frozen dataclass: there is one for every word of every document.
    """

    start: int
    end: int
    text: str
    lower: str
    gap: str
    first: bool

    @property
    def capital(self) -> bool:
        """Whether the word begins with a capital letter."""
        return self.text[0].isupper()


_WORD = re.compile(r"\d{4} ?[–-] ?\d{4}|\d+\.\d+|\w+(?:[-:/]\w+)*-?")
_BEGINS = re.compile(r"[.?:•*§\n]\s*[\"”“]?\Z|\A\s*[-–]\s*\Z")
YEAR = re.compile(r"(?:19|20)\d\d(?: ?[–-] ?(?:19|20)?\d\d)?\Z")
_VERSION = re.compile(r"\d\.\d\Z")
_FINITE = frozenset(
    """
    har hade är var blev blir ska skall skulle borde kan kunde får fick finns fanns vill ville bör måste tas togs
    tog ger gav gör går gick drivs drev pågår pågick består bestod innebär syftar handlar riktar vänder bidrar
    startar samlar erbjuder erbjuds leds används genomförs antas antogs visar agerar omfattar innehåller beskriver
    utgör bygger fungerar gäller syftade beskrivs nämns lyfts stärker skapar ingår ingick kommer kom låg ligger
    heter hette kallas bjuder driver ledde leder verkar arbetar utgår ses sker skedde skett lades lagts gjordes
    gjorde bidrog funnits varit blivit haft tagits gett fått stod står såg satt sitter hör hörde slog bär bar drar
    drog faller föll når nådde håller höll skriver skrev vann förs fördes följs följde byggs läggs lägger sköts
    sköter lever finner numera idag nu där vilket vilka vilken när då men samt eller att dels inom under enligt
    genom via utöver mellan efter innan före sedan exempelvis bland jämfört tidigare också även inte som åren året
    år hösten våren sommaren vintern
    """.split()
)
"""Verbs, clause openers and words of time with which no name goes on."""
_FINITE_ENDING = re.compile(
    r"\w{2,}(?:ades?|ats|its|erar|eras|erades|[rlndgv]des?|[klps]tes?|[kpsgrl]ts|nts|rits|ivits|ivs|"
    r"[rvkdtgl]it|\w{2,}(?<!arn)(?<!ern)(?<!orn)as)\Z"
)
_LINKS = frozenset("i och för av på till om med of the and for in vid & hos kring mot gentemot".split())
_DEFINITE = re.compile(r"\w{4,}(?:en|et|(?<!pl)an|arna|erna|orna)\Z")
TRAILING = (_LINKS - {"in"}) | frozenset("en ett den det de sin sitt sina".split())
NOT_NAMES = frozenset(
    """
    det den de detta denna dessa vi ni han hon jag man dess deras här både samt nej ja kap kapitel sid sida källa
    not fler flera många alla samtliga år vissa några varje ingen inget inga någon något sådan sådana sådant
    ytterligare därefter därför dessutom dock sedan senare numera idag nu tidigare samtidigt slutligen vidare därmed
    däremot ändå först sist inom under efter före enligt genom utöver bland mellan när hur vad vem var exempelvis
    resultatet effekten syftet förebilden bakgrunden
    """.split()
)
"""Words that are capitalised only because they open a sentence, and begin no name anywhere."""
OPENERS = NOT_NAMES | frozenset(
    """
    i på av till från för med utan vid om hos mot över kring trots tack tillsammans förutom eftersom medan så som
    att då där också även bara endast redan nyligen ibland ofta bakom framför hösten våren sommaren vintern ett en
    båda allt annan andra innan utom samma själva resultat effekter syfte bakgrund målet utvärderingen arbetet
    följden ansvarig ansvariga kommentar figur tabell bilaga exempel sammantaget vilka vilken vilket
    """.split()
)
"""Those, and words that may begin a name within a sentence but say nothing as its first word."""
ADJECTIVE = re.compile(
    r"(?:\w+(?:isk[at]?|ell[at]?|al[at]?|alt|lig[at]?|ig[at]?|ande|ende|bar[at]?|sam[mt]?a?|ulär[at]?)|"
    r"grön[at]?|nya|nytt|ny|smart[a]?|fri[at]?|god[a]?|stor[at]?|öpp[ne]+[at]?|stark[at]?|trygg[at]?|"
    r"ung[a]?|hel[at]?)\Z"
)
ADJECTIVE_PLURAL = re.compile(r"\w+(?:iska|ella|ala|iva|liga|iga|bara|samma|ande|ende|ade)\Z")
TITLE_OPENERS = frozenset("mot ett en till från för över med kring fram på vår våra mitt hur bättre mer".split())
UNUSUAL = re.compile(r"[A-ZÅÄÖ]{2,}[a-zåäö]*20\d\d|[A-ZÅÄÖ]?[a-zåäö]{2,}[A-ZÅÄÖ][A-Za-zåäöÅÄÖ]+(?:-\d{4})?")


def tokens(sentence: str) -> list[Token]:
    """The words of one sentence."""
    found: list[Token] = []
    end = 0
    for match in _WORD.finditer(sentence):
        gap = sentence[end : match.start()]
        first = not found or (len(gap) > 1 and bool(_BEGINS.search(gap)) and not YEAR.match(match[0]))
        found.append(Token(match.start(), match.end(), match[0], match[0].lower(), gap, first))
        end = match.end()
    return found


def title_end(read: Sequence[Token], first: int, limit: int = 11) -> int:
    """Where a title that begins at word `first` ends (exclusive): at punctuation, a finite verb or a clause."""
    last = first + 1
    while last < len(read) and last - first < limit and not _stops(read, first, last):
        last += 1
    while last - first > 1 and (read[last - 1].lower in TRAILING or read[last - 1].lower == "som"):
        last -= 1
    return last


def _stops(read: Sequence[Token], first: int, last: int) -> bool:
    """Whether word `last` is no part of the title that began at `first`."""
    word, before = read[last], read[last - 1]
    follower = read[last + 1] if last + 1 < len(read) else None
    if (word.gap.strip() and not _joins(word)) or (YEAR.match(before.text) and not YEAR.match(word.text)):
        return True
    if word.lower == "och":
        return follower is None or not (
            follower.capital or before.text.endswith("-") or _coordinates(before, read[last : last + 3])
        )
    if word.lower == "som":
        return follower is None or is_finite(follower.lower) or follower.lower in NOT_NAMES | TRAILING
    if word.lower == "till" and last - first == 1:
        return not before.lower.endswith(("en", "et", "från"))
    if word.capital:
        return False
    if word.lower == "med":
        return follower is not None and not follower.capital
    exclaimed = follower is not None and follower.gap.startswith("!")
    if word.lower == "inom" and follower and _is_purpose(read, first):
        return False
    closed = _is_proper(read[first:last]) if last - first >= 2 else bool(_DEFINITE.match(before.lower))
    small = closed and word.lower not in _LINKS
    return (small or is_finite(word.lower)) and not exclaimed


def _is_purpose(read: Sequence[Token], first: int) -> bool:
    """Whether a title begins as a network or group for somebody: "nätverket för …", which goes on with "inom …"."""
    head = head_of(read[first].lower)
    return head is not None and head[1] in {"nätverk", "ledningsgrupp"} and read[first + 1].lower == "för"


def _coordinates(before: Token, joined: Sequence[Token]) -> bool:
    """Whether "och" joins two adjectives before a noun: "kulturella och kreativa näringar"."""
    adjectives = all(ADJECTIVE_PLURAL.match(word.lower) for word in (before, joined[1]))
    return adjectives and len(joined) == 3 and not any(word.gap.strip() for word in joined)


def _is_proper(title: Sequence[Token]) -> bool:
    """Whether a title so far is capitalised throughout, so that a small word after it is no part of it."""
    return all(word.capital for word in title) and not ADJECTIVE.match(title[-1].lower)


def _joins(word: Token) -> bool:
    """Whether a dash between two words belongs to the title."""
    gap = word.gap.strip()
    return gap in {"!", "! –", "& ", "&", "–", "-"} and (
        word.lower == "i" or word.text.isupper() or gap in {"!", "&"} or bool(YEAR.match(word.text))
    )


def is_finite(word: str) -> bool:
    """Whether a lower-case word is a finite verb or opens a clause, so that no name goes on with it."""
    return word in _FINITE or (bool(_FINITE_ENDING.match(word)) and not word.endswith("atlas"))


def run_end(read: Sequence[Token], first: int) -> int:
    """Where a run of capitalised words from word `first` on ends (exclusive), years and links inside included."""
    if begins_title(read, first):
        return title_end(read, first)
    last = first + 1
    while last < len(read):
        word = read[last]
        if word.gap.strip() not in {"", "&"}:
            break
        if word.capital or YEAR.match(word.text) or _VERSION.match(word.text):
            last += 1
            continue
        follower = read[last + 1] if last + 1 < len(read) else None
        link = word.lower in {"i", "of", "the", "for", "and", "södra", "norra", "östra", "västra"}
        if link and follower and follower.capital and not follower.gap.strip():
            last += 2
            continue
        break
    return last


def begins_title(read: Sequence[Token], first: int) -> bool:
    """Whether the capitalised word opens a title of lower-case words: an adjective, a preposition or an initiative's
    head.
    """
    word = read[first]
    follower = read[first + 1] if first + 1 < len(read) else None
    if follower is None or follower.gap.strip() or follower.capital:
        return bool(follower and not follower.gap.strip() and head_of(word.lower) and YEAR.match(follower.text))
    if word.lower in TITLE_OPENERS:
        return True
    head = head_of(word.lower)
    if head and head[1] in {"plan", "program", "strategi"} and _is_dated(read[first + 1 : first + 5]):
        return True
    if head and head[1] in CAPITAL_HEADS and follower.lower in {"för", "kring", "mot"}:
        return True
    return bool(ADJECTIVE.match(word.lower)) and not is_finite(follower.lower) and follower.lower not in _LINKS


def introduces(read: Sequence[Token], number: int) -> bool:
    """Whether a word only says what the name after it is: "Fjordprojektet Rent hav"."""
    head = head_of(read[number].lower)
    named = number + 1 < len(read) and read[number + 1].capital and not read[number + 1].gap.strip()
    return named and head is not None and head[2] and head[1] in {"projekt", "satsning"}


def _is_dated(after: Sequence[Token]) -> bool:
    """Whether the words after "Handlingsplan" lead to its years with no sign between: "hav 2023–2026"."""
    years = next((number for number, word in enumerate(after) if YEAR.match(word.text)), None)
    return years is not None and not any(
        word.gap.strip() or is_finite(word.lower) or word.lower in _LINKS for word in after[: years + 1]
    )


def adjective_title_end(read: Sequence[Token], first: int) -> int:
    """A capitalised adjective takes the adjectives and the noun after it: "Regionala etiska rådet"."""
    last = first + 1
    while last < len(read) and not read[last].gap.strip() and ADJECTIVE.match(read[last].lower):
        last += 1
    if last < len(read) and not read[last].gap.strip() and not is_finite(read[last].lower):
        last += 1
    if last < len(read) and read[last - 1].lower.startswith("strategi") and read[last].lower == "för":
        return title_end(read, first)
    return last


def candidate(read: Sequence[Token], first: int, last: int, kind: str | None, evidence: str, weight: int) -> Candidate:
    """The words from `first` to before `last` as a candidate."""
    return Candidate(read[first].start, read[last - 1].end, kind, evidence, weight)


def text_of(read: Sequence[Token], first: int, last: int) -> str:
    """The words from `first` to before `last`, single-spaced."""
    return " ".join(word.text for word in read[first:last])
