"""Names that are compounds or phrases with a telling head: "kustmiljöstrategin", "nätverket för museichefer"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.register.cues import COMPOUND_HEADS, head_of, is_actor, is_generic, is_place, kind_of_head
from ingest.register.titles import ADJECTIVE, YEAR, Candidate, Token, candidate, introduces, run_end, text_of, title_end

_LEVEL = re.compile(r"(?:region|nation|internation|interregion)(?:al|ell)[at]?\Z")
_DISTINCT = re.compile(r"(?:inter)?nationell|smart[a]?\Z")
"""Adjectives that make a strategy another one than the document's own."""
_PRODUCED = re.compile(
    r"\b(?:ta(?:git)? fram|tog fram|tagits fram|togs fram|antog|antagit|antogs|antagits|lanserat|"
    r"lanserade|startat|startade|bildat|bildade|"
    r"inrättat|inrättade|utarbetat|utarbetade|beslutat om|finns|har)(?: \w+){0,2}? (?:en|ett) (?:\w+ ){0,2}\Z"
)


def by_compound(sentence: str, read: Sequence[Token]) -> Iterator[Candidate]:
    """Compounds and phrases whose head names a kind: "kustmiljöstrategin", "nätverket för museichefer"."""
    for number, word in enumerate(read):
        head = head_of(word.lower)
        if head is None or introduces(read, number):
            continue
        first_part, noun, definite = head
        before = read[number - 1] if number and not word.gap.strip() else None
        begin = number
        if before is not None and before.text.endswith("-"):
            begin = number - 1
        elif before is not None and before.lower == "och" and number > 1 and read[number - 2].text.endswith("-"):
            begin = number - 2
        if first_part and noun in COMPOUND_HEADS and (begin < number or not is_generic(first_part)):
            if before is not None and begin == number and _DISTINCT.match(before.lower):
                begin = number - 1
            elif begin == 1 and number == 1 and before is not None and _LEVEL.match(before.lower) and before.capital:
                begin = 0
            if begin > 1 and _owner(read, begin) and not is_actor(read[begin - 1].text.removesuffix("s")):
                begin -= 1
            yield from _compound(sentence, read, begin, number, head)
        elif first_part and noun in COMPOUND_HEADS and before is not None and _LEVEL.match(before.lower):
            yield candidate(
                read,
                number - 1,
                number + 1,
                kind_of_head(noun),
                "definite" if definite else "indefinite",
                3 if definite else 1,
            )
        elif not first_part and definite and noun in {"strategi", "nätverk", "policy", "program", "råd", "forum"}:
            yield from _head_for(read, number, noun)


def _compound(
    sentence: str, read: Sequence[Token], begin: int, number: int, head: tuple[str, str, bool]
) -> Iterator[Candidate]:
    word = read[number]
    kind = kind_of_head(head[1])
    capital = read[begin].capital and not read[begin].first
    if head[1] in {"råd", "kontor"} and word.capital:
        last = run_end(read, begin)
        if last - begin > 1 and not is_place(text_of(read, begin, begin + 1)):
            yield candidate(read, begin, last, kind, "head", 3)
        return
    last = run_end(read, number) if word.capital or read[begin].text[-1] == "-" else number + 1
    if (
        last == number + 1
        and not head[2]
        and last < len(read)
        and YEAR.match(read[last].text)
        and not read[last].gap.strip()
    ):
        last += 1
    if capital or (read[begin].capital and last - number > 1):
        yield candidate(read, begin, last, kind, "head", 3)
    elif head[2] or _is_possessed(read, begin) or YEAR.match(read[last - 1].text) or head[1] in {"forum", "checkar"}:
        yield candidate(read, begin, last, kind, "definite", 3)
    elif _is_produced(sentence, read[begin].start):
        yield candidate(read, begin, last, kind, "produced", 3)
    else:
        yield candidate(read, begin, last, kind, "indefinite", 1)


def _is_possessed(read: Sequence[Token], begin: int) -> bool:
    """ "länets kulturplan", "Nordals industrikluster": a genitive makes it one certain thing."""
    before = read[begin - 1].lower if begin and not read[begin].gap.strip() else ""
    return before in {"länets", "regionens", "vår", "vårt"} or _owner(read, begin) or _owner(read, begin + 1)


def _owner(read: Sequence[Token], begin: int) -> bool:
    """Whether a capitalised genitive stands right before word `begin`."""
    if not 0 < begin < len(read) or read[begin].gap.strip() or read[begin].capital:
        return False
    return read[begin - 1].capital and read[begin - 1].lower.endswith("s")


def _is_produced(sentence: str, position: int) -> bool:
    return bool(_PRODUCED.search(sentence, max(0, position - 80), position))


def _head_for(read: Sequence[Token], number: int, noun: str) -> Iterator[Candidate]:
    """A definite head with what it is for: "strategin för levande kuster", with its adjective."""
    if (
        number + 2 >= len(read)
        or read[number + 1].lower not in {"för", "mot"}
        or read[number + 1].gap.strip()
        or read[number + 2].gap.strip()
    ):
        return
    begin = number
    if number and not read[number].gap.strip() and ADJECTIVE.match(read[number - 1].lower):
        begin = number - 1
    if read[number + 2].lower in {"den", "det", "de", "att", "detta", "sin", "en", "ett", "hela", "länets", "våra"}:
        return
    last = title_end(read, begin)
    if last > number + 2:
        yield candidate(read, begin, last, kind_of_head(noun), "definite", 3)
