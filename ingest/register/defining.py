"""Names that a sentence defines or whose beginning it tells: "X är en satsning", "X bildades", "X, en utbildning"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.register.cues import PLURALS, head_of, is_actor, is_generic, is_place, kind_of_head
from ingest.register.titles import (
    ADJECTIVE,
    NOT_NAMES,
    OPENERS,
    TITLE_OPENERS,
    UNUSUAL,
    Candidate,
    Token,
    candidate,
    run_end,
    text_of,
    title_end,
)

_CREATED = re.compile(
    r"\s+(?:har |hade )?(?:också |även )?(?:bildades|bildats|startades|startats|lanserades|lanserats|"
    r"grundades|grundats|genomfördes|genomförts|startade (?=(?:19|20)\d\d|som\b|under\b|hösten\b|våren\b|i \w+ 20)|"
    r"arbetades fram|arbetats fram|togs fram|tagits fram|invigdes|permanentades|"
    r"inrättades|etablerades|skapades)\b"
)
_COPULA = re.compile(
    r"\s+(?:\([^)]*\) )?(?:är|var|blev|utgör) (?:en |ett |den |det |vår |vårt |länets |regionens |[\w]+s (?:läns )?)"
    r"(?P<words>[\w-]+(?: [\w-]+){0,5})"
)
_ASIDE = re.compile(r"(?:,| –) (?P<words>(?:en|ett) [\w-]+(?: [\w-]+){0,4})")
_FUND = re.compile(r"\w+(?:banken|fonden|centralen|biblioteket|teatern|kassan)")
"""What may be an organisation or, where the sentence calls it one, an initiative."""


def by_definition(sentence: str, read: Sequence[Token], is_item: bool) -> Iterator[Candidate]:
    """Names that the sentence defines, at its beginning too."""
    if not is_item:
        yield from _created(sentence, read)
    yield from _explained(sentence, read)


def _is_fair(name: str) -> bool:
    return not is_place(name) and not is_actor(name) and not _is_plain(name)


def _created(sentence: str, read: Sequence[Token]) -> Iterator[Candidate]:
    """A sentence's first words that are then made: "Ord och Ton Nordal bildades"."""
    if not read[0].capital or read[0].lower in OPENERS or read[0].lower in TITLE_OPENERS:
        return
    last = title_end(read, 0)
    proper = any(word.capital or word.text[:1].isdigit() for word in read[1:last])
    definite = read[0].lower.endswith(("en", "et", "na"))
    if proper and not definite and _CREATED.match(sentence, read[last - 1].end) and _is_fair(text_of(read, 0, last)):
        yield candidate(read, 0, last, None, "created", 3)


def _explained(sentence: str, read: Sequence[Token]) -> Iterator[Candidate]:
    """ "X är en satsning", "X, en utbildning"."""
    for number, word in enumerate(read):
        if word.text == word.lower or not (word.capital or UNUSUAL.fullmatch(word.text)):
            continue
        if word.lower in (OPENERS if word.first else NOT_NAMES):
            continue
        last = run_end(read, number)
        name, end = text_of(read, number, last), read[last - 1].end
        aside = _ASIDE.match(sentence, end)
        copula = _COPULA.match(sentence, end) if number <= _LATEST_SUBJECT else None
        if not (aside or copula) or not (_is_fair(name) or (aside and _FUND.fullmatch(name))):
            continue
        head = _head_within(aside["words"]) if aside and (number or last > 1) else None
        if head:
            yield candidate(read, number, last, kind_of_head(head), "copula", 3)
        head = _head_within(copula["words"]) if copula else None
        if head:
            inner = any(part.capital or part.text[:1].isdigit() for part in read[number + 1 : last])
            sure = number > 0 or inner or bool(UNUSUAL.fullmatch(word.text)) or word.text.isupper()
            alone = last - number == 1 and head not in _EVALUATED
            yield candidate(read, number, last, kind_of_head(head), "copula", 3 if sure or alone else 1)


_LATEST_SUBJECT = 2
"""The subject of "X är en satsning" begins the sentence, or nearly."""


def _is_plain(name: str) -> bool:
    """Whether a name is one definite head alone ("Projektet"), which refers and does not name."""
    head = head_of(name.lower())
    return bool(PLURALS.match(name.lower())) or (" " not in name and head is not None and is_generic(head[0]))


def _head_within(explanation: str) -> str | None:
    """The head of "en gemensam satsning"; only adjectives may stand before it."""
    for word in explanation.lower().split():
        if word in {"en", "ett"}:
            continue
        head = head_of(word)
        if head:
            return head[1] if head[1] not in _VAGUE else None
        if not ADJECTIVE.match(word) and not word.endswith(("t", "a", "s", "sam", "ny", "stor", "ad")):
            return None
    return None


_EVALUATED = frozenset("verktyg metod modell insats stöd plan strategi".split())
"""What anything may be called ("Kulturen är ett viktigt verktyg"): no sure sign that the subject is a name."""
_VAGUE = frozenset("arbete system stöd råd samverkan process".split())
