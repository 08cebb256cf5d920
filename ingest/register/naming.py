"""Finds what may be the name of an initiative in a sentence, and says what speaks for it.

Works on typography, cue words and compounds alone; which candidates are entries is decided over all sentences of a
document in `ingest.register.initiatives`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from ingest.register.capitals import by_capital
from ingest.register.compounds import by_compound
from ingest.register.cues import (
    ACTOR_NOUNS,
    CAPITAL_HEADS,
    COMPOUND_HEADS,
    PLURAL,
    head_of,
    is_actor,
    is_place,
    kind_of_head,
    plural_head,
)
from ingest.register.defining import by_definition
from ingest.register.titles import (
    ADJECTIVE,
    NOT_NAMES,
    OPENERS,
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
    r"januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december|\d{4}))* "
)
_ENUMERATED = (
    re.compile(
        rf"\b(?P<noun>{PLURAL}),? (?:som exempelvis|som t\.ex\.|såsom|till exempel|exempelvis|t\.ex\.|t "
        rf"ex|ex\.|bland annat|bl\.a\.|som) ",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?P<noun>projekten|satsningarna|programmen|nätverken|strategierna|initiativen|insatserna|"
        r"verktygen) (?=[A-ZÅÄÖ\"”“])",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?P<noun>{PLURAL})(?:(?: [^.,;:()]{{0,60}}?)? "
        rf"(?:är|heter)[;:]?(?: bland annat| bland andra| till exempel)?|:) ",
        re.IGNORECASE,
    ),
)
_OF_THEM = re.compile(
    r"^(?P<names>[A-ZÅÄÖ][^.:;]{3,120}?) (?:är|var|utgör) "
    r"(?:alla |båda |några |två |tre |fyra |fem |exempel )(?:av |på )?(?:de |dessa |sådana |olika |\w+a )?"
    r"(?P<noun>projekt|satsning|program|nätverk|strategi|initiativ|insats|verktyg)\w*",
)
_LEAD_IN = re.compile(
    r"(?P<noun>\b\w*(?:projekt|program|nätverk|strategier|planer|initiativ|forum|plattformar|verktyg|satsningar))\b"
)
_SEPARATOR = re.compile(r",\s+(?:och |samt )?|\s+(?:och|samt)\s+|\s*;\s*")
_QUOTED = re.compile(r"[\"”“«](?P<name>[A-ZÅÄÖ][^\"”“«»]{2,60})[\"”“»]")


def candidates(sentence: str, is_item: bool = False) -> Iterator[Candidate]:
    """What may be names in one sentence. `is_item`: it is a list item, whose capital letter says nothing."""
    read = tokens(sentence)
    if not read:
        return
    at = {token.start: number for number, token in enumerate(read)}
    members = list(_by_membership(sentence, read, at))
    yield from members
    last = max((member.end for member in members), default=0)
    yield from (found for found in _by_sign(sentence, read, at, is_item) if found.start >= last)


def _by_sign(sentence: str, read: Sequence[Token], at: dict[int, int], is_item: bool) -> Iterator[Candidate]:
    yield from _by_cue_noun(read)
    yield from _by_phrase(sentence, read, at)
    yield from by_definition(sentence, read, at, is_item)
    yield from _by_enumeration(sentence, read, at)
    yield from by_compound(sentence, read)
    yield from by_capital(sentence, read)


def listed(sentence: str, kind: str | None) -> Iterator[Candidate]:
    """The name that a list item under "Följande program …:" is, where the item is a name and no sentence."""
    read = tokens(sentence)
    if not read or not read[0].capital:
        return
    last = title_end(read, 0)
    if last < len(read) and YEAR.match(read[last].text):
        last += 1
    closes = last == len(read) or read[last].gap.strip()[:1] in {":", ",", "–", "-", "(", "."}
    name = text_of(read, 0, last)
    if closes and last <= 8 and not is_actor(name) and not is_place(name):
        yield candidate(read, 0, last, kind, "enumerated", 3)


def lead_in(sentence: str) -> str | None:
    """The kind that a lead-in sentence announces ("Följande program har beslutats:"), None where it announces none."""
    match = _LEAD_IN.search(sentence) if sentence.rstrip().endswith(":") else None
    head = (head_of(match["noun"].lower()) or plural_head(match["noun"].lower())) if match else None
    return kind_of_head(head[1]) if head else None


def _by_cue_noun(read: Sequence[Token]) -> Iterator[Candidate]:
    """A noun that says what follows: "projektet Havsbruk i norr", "en arbetsmodell; Kustmodellen"."""
    for number, word in enumerate(read[:-1]):
        head = head_of(word.lower)
        if head is None or word.text.endswith("-") or ACTOR_NOUNS.match(word.lower):
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
        elif not is_place(text_of(read, number + 1, last)) and not _is_bare_actor(follower.text):
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


def _is_bare_actor(name: str) -> bool:
    return is_actor(name) and not any(
        (head_of(part.lower()) or ("", "", False))[1] in CAPITAL_HEADS for part in name.split()
    )


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
    for match in _NAMED.finditer(sentence):
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


def _by_enumeration(sentence: str, read: Sequence[Token], at: dict[int, int]) -> Iterator[Candidate]:
    """The items of "nätverk som A, B och C", "satsningar … är A och B"."""
    for match in chain.from_iterable(pattern.finditer(sentence) for pattern in _ENUMERATED):
        noun = match["noun"].lower()
        head = head_of(noun) or plural_head(noun)
        kind = kind_of_head(head[1]) if head else None
        end = min(
            (p for p in (sentence.find(sign, match.end()) for sign in (". ", ";", ":", "(")) if p >= 0),
            default=len(sentence),
        )
        position = match.end()
        found: list[Candidate] = []
        for piece in (*_SEPARATOR.finditer(sentence, match.end(), end), None):
            stop = piece.start() if piece else end
            number = at.get(position + len(sentence[position:stop]) - len(sentence[position:stop].lstrip('"”“ ')))
            if number is not None and read[number].start < stop:
                item = _item(read, number, stop, kind)
                if item is None and not found:
                    break
                if item:
                    found.append(item)
            position = piece.end() if piece else end
        yield from found


def _by_membership(sentence: str, read: Sequence[Token], at: dict[int, int]) -> Iterator[Candidate]:
    """The subjects of "A och B är två av satsningarna"."""
    match = _OF_THEM.match(sentence)
    if match is None:
        return
    kind = kind_of_head(match["noun"])
    position = 0
    for piece in (*_SEPARATOR.finditer(sentence, 0, match.end("names")), None):
        stop = piece.start() if piece else match.end("names")
        number = at.get(position)
        last = max((n for n, word in enumerate(read) if word.end <= stop), default=-1) + 1
        if number is not None and read[number].capital and number < last:
            name = text_of(read, number, last)
            if not is_actor(name) and not is_place(name) and read[number].lower not in OPENERS:
                yield candidate(read, number, last, kind, "enumerated", 3)
        position = piece.end() if piece else stop


def _item(read: Sequence[Token], first: int, stop: int, kind: str | None) -> Candidate | None:
    last = title_end(read, first)
    while last - first > 1 and read[last - 1].end > stop:
        last -= 1
    words_inside = read[first:last]
    head = head_of(words_inside[-1].lower)
    genitive = len(words_inside) == 2 and words_inside[0].lower.endswith("s") and head is not None
    compound = len(words_inside) == 1 and head is not None and bool(head[0]) and head[1] in COMPOUND_HEADS
    if not (read[first].capital or genitive or compound):
        return None
    name = text_of(read, first, last)
    if is_actor(name) or is_place(name):
        return None
    return candidate(
        read, first, last, kind_of_head(head[1]) if head and head[1] in CAPITAL_HEADS else kind, "enumerated", 3
    )
