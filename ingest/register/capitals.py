"""Names that only their capital letter or their unusual spelling gives away: weak signs, added up over a document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.register.cues import ACTOR_NOUNS, CAPITAL_HEADS, head_of, is_actor, is_generic, is_place, kind_of_head
from ingest.register.titles import (
    ADJECTIVE,
    NOT_NAMES,
    UNUSUAL,
    YEAR,
    Candidate,
    Token,
    adjective_title_end,
    begins_title,
    candidate,
    introduces,
    run_end,
    text_of,
)

_CALLED = re.compile(r" som (?P<noun>\w+(?:en|et)) (?:\w+ )?(?:kalla(?:s|des|ts)|heter|hette|döptes)\b")
_LASTING = re.compile(r" som (?:har )?(?:funnits|pågått|startades?|startats|drivits|genomförts|bildades|lanserades)\b")


def by_capital(sentence: str, read: Sequence[Token]) -> Iterator[Candidate]:
    """Capitalised within a sentence, or written as no ordinary word is."""
    number = 0
    while number < len(read):
        word = read[number]
        unusual = word.text != word.lower and bool(UNUSUAL.fullmatch(word.text))
        if not unusual and (not word.capital or word.first or len(word.text) < 2 or word.lower in NOT_NAMES):
            number += 1
            continue
        adjective = bool(ADJECTIVE.match(word.lower)) and not unusual
        last = run_end(read, number)
        if adjective and begins_title(read, number):
            last = adjective_title_end(read, number)
        name = text_of(read, number, last)
        if number and ACTOR_NOUNS.match(read[number - 1].lower) and not word.gap.strip():
            yield candidate(read, number, last, None, "actor", -6)
        elif not is_actor(name) and not is_place(name):
            yield from _weigh_capital(read, number, last, unusual)
            if read[number].start and sentence[: word.start].lower().endswith("inom ramen för "):
                yield candidate(read, number, last, None, "frame", 3)
            if _LASTING.match(sentence, read[last - 1].end):
                yield candidate(read, number, last, None, "lasting", 2)
            called = _CALLED.match(sentence, read[last - 1].end)
            head = head_of(called["noun"]) if called else None
            if head:
                yield candidate(read, number, last, kind_of_head(head[1]), "named", 3)
        number = max(last, number + 1)


def _weigh_capital(read: Sequence[Token], number: int, last: int, unusual: bool) -> Iterator[Candidate]:
    heads = [head for head in (head_of(word.lower) for word in read[number:last]) if head and head[1] in CAPITAL_HEADS]
    heads = [head for head in heads if not (head[0] and is_generic(head[0]) and last - number == 1)]
    several = any(not word.capital and not YEAR.match(word.text) for word in read[number + 1 : last])
    first = head_of(read[number].lower)
    if first and first[2] and "-" in read[number].text and is_generic(first[0]):
        return
    if introduces(read, number):
        return
    if heads and (last - number > 1 or heads[0][0]):
        yield candidate(read, number, last, kind_of_head(heads[0][1]), "head", 3)
    elif unusual:
        yield candidate(read, number, last, None, "unusual", 2)
    elif (
        several
        and (ADJECTIVE.match(read[number].lower) or begins_title(read, number))
        and not read[number].lower.startswith(("svensk", "europeisk", "nationell", "internationell"))
    ):
        yield candidate(read, number, last, None, "title", 2)
    elif (
        last - number > 1
        and YEAR.match(read[last - 1].text)
        and not is_place(" ".join(w.text for w in read[number : last - 1]))
    ):
        cited = {"(", ";"} & set(read[number].gap) or len(read[number].text) < 4
        yield candidate(read, number, last, None, "dated", 1 if cited else 2)
    elif not read[number].text.partition(":")[0].isupper():
        yield candidate(read, number, last, None, "capital", 1)
