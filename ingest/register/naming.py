"""Finds what may be the name of an initiative in a sentence, and says what speaks for it.

Works on typography, cue words and compounds alone; which candidates are entries is decided over all sentences of a
document in `ingest.register.initiatives`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.register.capitals import by_capital
from ingest.register.compounds import by_compound
from ingest.register.cues import (
    COMPOUND_HEADS,
    head_of,
    is_actor,
    is_place,
    kind_of_head,
)
from ingest.register.defining import by_definition
from ingest.register.enumerating import by_enumeration, by_membership
from ingest.register.titles import (
    ADJECTIVE,
    NOT_NAMES,
    TRAILING,
    YEAR,
    Candidate,
    Token,
    adjective_title_end,
    candidate,
    is_finite,
    run_end,
    text_of,
    title_end,
    tokens,
)

Head = tuple[str, str, bool]
_ARTICLES = frozenset("en ett den det denna detta vår vårt".split())
_NAMED = re.compile(
    r"(?:under namnet|under titeln|med (?:titeln?|namnet)|som (?:heter|hette|kallas|kallades|döpts "
    r"till|går under namnet)|"
    r"(?:(?:metod|modell|projekt|satsning|verktyg|nätverk|strategi)\w*|\b(?:det|den)(?: \w+)?|tidigare|egentligen) "
    r"(?:heter|hette)|kalla(?:de?s?|s|ts)(?: för)?|benämnd|benämns|vid namn|omdöpt till)\s+[\"”“]?",
    re.IGNORECASE,
)
_STARTED = re.compile(
    r"\b(?P<verb>startade|startades|inleddes|lanserades|bildades|invigdes|skapades|inrättades)"
    r"(?: (?:under|hösten|våren|sommaren|i|år|"
    r"januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december|\d{4}))* (?<! i )"
)
_SAYS_NAME = re.compile("namn|titel|hett?e|kalla|benäm|döpt")
_QUOTED = re.compile(r"[\"”“«](?P<name>[A-ZÅÄÖ][^\"”“«»]{2,60})[\"”“»]")


def candidates(sentence: str, is_item: bool = False) -> Iterator[Candidate]:
    """What may be names in one sentence. `is_item`: it is a list item, whose capital letter says nothing."""
    read = tokens(sentence)
    if not read:
        return
    at = {token.start: number for number, token in enumerate(read)}
    members = list(by_membership(sentence, read, at))
    yield from members
    last = max((member.end for member in members), default=0)
    yield from (found for found in _by_sign(sentence, read, at, is_item) if found.start >= last)


def _by_sign(sentence: str, read: Sequence[Token], at: dict[int, int], is_item: bool) -> Iterator[Candidate]:
    yield from _by_cue_noun(read)
    yield from _by_phrase(sentence, read, at)
    yield from by_definition(sentence, read, is_item)
    yield from by_enumeration(sentence, read, at)
    yield from by_compound(sentence, read)
    yield from by_capital(sentence, read)


def _by_cue_noun(read: Sequence[Token]) -> Iterator[Candidate]:
    """A noun that says what follows: "projektet Havsbruk i norr", "en arbetsmodell; Kustmodellen"."""
    for number, word in enumerate(read[:-1]):
        head = head_of(word.lower)
        if head is None or word.text.endswith("-"):
            continue
        follower = read[number + 1]
        gap = follower.gap.strip()
        if follower.lower in NOT_NAMES:
            continue
        if gap in {";", ","}:
            yield from _by_apposition(read, number, number + 1, head)
        elif follower.lower == "i" and number + 3 < len(read) and read[number + 3].gap.strip() == ",":
            yield from _by_apposition(read, number, number + 3, head)
        elif gap in {"", '"', "”", "“"}:
            yield from _after_cue_noun(read, number, head)


def _by_apposition(read: Sequence[Token], number: int, first: int, head: Head) -> Iterator[Candidate]:
    """ "ett projekt, X, har", "ett kontor i Oslo, X." The noun has its article, and the name is closed by a sign."""
    introduced = head[2] or any(word.lower in _ARTICLES for word in read[max(0, number - 4) : number])
    if not introduced or not read[first].capital or (read[number].capital and number):
        return
    last = title_end(read, first)
    closes = last == len(read) or read[last].gap.strip()[:1] in set(",.;)")
    name = text_of(read, first, last)
    if closes and not is_actor(name) and not is_place(name):
        sure = last - first > 1 or read[first].gap.strip() == ";"
        yield candidate(read, first, last, kind_of_head(head[1]), "apposition", 3 if sure else 2)


def _after_cue_noun(read: Sequence[Token], number: int, head: Head) -> Iterator[Candidate]:
    _, noun, definite = head
    kind = kind_of_head(noun)
    word, follower = read[number], read[number + 1]
    about = follower.lower in {"om", "kring"} and noun in {"projekt", "förstudie"}
    if about and number + 2 < len(read) and read[number + 2].capital:
        yield candidate(read, number + 2, title_end(read, number + 2), kind, "cue", 3)
    elif about and noun == "förstudie" and number and read[number - 1].lower in _ARTICLES:
        yield candidate(read, number, _phrase_end(read, number + 2), kind, "cue", 3)
    elif follower.capital and (number == 0 or not word.capital or (definite and "-" in word.text)):
        last = title_end(read, number + 1)
        if number == 0 and not definite and noun not in _TYPES:
            yield candidate(read, 0, run_end(read, 0), kind, "cue", 3)
        elif not is_place(text_of(read, number + 1, last)):
            yield candidate(read, number + 1, last, kind, "cue", 3)
    elif definite and noun in {"projekt", "verktyg", "program", "nätverk", "metod", "satsning"}:
        yield from _lower_case_name(read, number + 1, kind)


_TYPES = frozenset(
    "projekt program satsning insats initiativ förstudie kampanj pilot process arbete utställning utbildning serie "
    "turnéserie verktyg modell metod strategi plan policy nätverk stöd tjänst system".split()
)
"""Heads that stand before a name and are no part of it ("Projekt Vägen hem"); others belong to it."""


def _phrase_end(read: Sequence[Token], first: int) -> int:
    """Where what a study is about ends: at a sign or a clause."""
    last = first + 1
    while last < len(read) and not read[last].gap.strip() and not is_finite(read[last].lower) and last - first < 8:
        last += 1
    return last


def _lower_case_name(read: Sequence[Token], first: int, kind: str) -> Iterator[Candidate]:
    """A name written small: it must end in a proper noun or a year ("projektet samplaner i Mårdal 2019–2021")."""
    word = read[first].lower
    if (is_finite(word) or word in TRAILING or word == "som") and word not in {"ett", "en"}:
        return
    last = title_end(read, first, limit=6)
    ending = read[last - 1]
    if last - first >= 2 and (ending.capital or YEAR.match(ending.text)) and not read[first].text.isdigit():
        yield candidate(read, first, last, kind, "cue", 3)


def _by_phrase(sentence: str, read: Sequence[Token], at: dict[int, int]) -> Iterator[Candidate]:
    """Names that the sentence calls names: "under namnet X", "som heter X", "även kallad X"; and quoted ones."""
    for match in _NAMED.finditer(sentence) if _SAYS_NAME.search(sentence) else ():
        number = at.get(match.end())
        if number is None or read[number].lower in NOT_NAMES | TRAILING:
            continue
        word = read[number]
        head = head_of(word.lower)
        if word.capital:
            yield candidate(read, number, title_end(read, number), None, "named", 3)
        elif head and head[0] and head[1] in COMPOUND_HEADS:
            yield candidate(read, number, number + 1, kind_of_head(head[1]), "named", 3)
        elif ADJECTIVE.match(word.lower):
            yield candidate(read, number, adjective_title_end(read, number), None, "named", 3)
    for match in _QUOTED.finditer(sentence):
        number = at.get(match.start("name"))
        words_inside = match["name"].split()
        if number is None or len(words_inside) > 7 or match["name"].rstrip()[-1] in ".?":
            continue
        before = read[number - 1] if number else None
        cue = head_of(before.lower) if before else None
        last = max(n for n, word in enumerate(read) if word.start < match.end("name")) + 1
        yield candidate(
            read, number, last, kind_of_head(cue[1]) if cue else None, "cue" if cue else "quoted", 3 if cue else 1
        )
    for match in _STARTED.finditer(sentence):
        number = at.get(match.end())
        if number is not None and read[number].capital:
            last = title_end(read, number)
            name = text_of(read, number, last)
            single = match["verb"] in {"lanserades", "inrättades"}
            if (last - number > 1 or single) and not is_place(name) and not is_actor(read[number].text):
                yield candidate(read, number, last, None, "started", 3)
