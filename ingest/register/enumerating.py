"""Names that are told together: "nätverk som A, B och C", "A och B är två av satsningarna", lists under a lead-in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from ingest.register.cues import (
    CAPITAL_HEADS,
    COMPOUND_HEADS,
    PLURAL,
    head_of,
    is_actor,
    is_place,
    kind_of_head,
    plural_head,
)
from ingest.register.titles import OPENERS, YEAR, Candidate, Token, candidate, text_of, title_end, tokens

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
        rf"(?:är|heter)[;:]?(?: bland annat| bland andra| till exempel)?|"
        rf"(?: (?:inom|för|i|på|mot) [^.,;:()]{{0,50}}?)?:) ",
        re.IGNORECASE,
    ),
)


_OF_THEM = re.compile(
    r"^(?P<names>[A-ZÅÄÖ][^.:;]{3,120}?) (?:är|var|utgör) (?:alla |båda |några |två |tre |fyra |fem |exempel )"
    r"(?:av |på )?(?:de |dessa |sådana |olika |\w+a )?"
    r"(?P<noun>projekt|satsning|program|nätverk|strategi|initiativ|insats|verktyg)\w*",
)


_LEAD_IN = re.compile(
    r"(?P<noun>\b\w*(?:projekt|program|nätverk|strategier|planer|initiativ|forum|plattformar|verktyg|satsningar))\b"
)


_SAYS_PLURAL = re.compile(
    "rojekt|atsning|nsatser|nitiativ|rogram|ätverk|lattform|orum|trategi|planer|erktyg|etod|odell|okument|amarbete|ampanj|"
    "tödform|check"
)
"""Quick looks that spare most sentences the slow patterns."""


_SEPARATOR = re.compile(r",\s+(?:och |samt )?|\s+(?:och|samt)\s+|\s*;\s*")


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


def by_enumeration(sentence: str, read: Sequence[Token], at: dict[int, int]) -> Iterator[Candidate]:
    """The items of "nätverk som A, B och C", "satsningar … är A och B"."""
    if not _SAYS_PLURAL.search(sentence):
        return
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


def by_membership(sentence: str, read: Sequence[Token], at: dict[int, int]) -> Iterator[Candidate]:
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
