"""The noun that a list question asks for, and the kinds of initiative that it stands for."""

from __future__ import annotations

import re
from functools import cache

from assistant.question import IMPERATIVE
from ingest.facts.types import EntityKind
from ingest.facts.vocabulary import NUMERALS, is_area, kind_of, table, terms
from ingest.swedish import STOPWORDS

_ASKING = re.compile(
    rf"\b(?:vilka|vilket|hur många|{IMPERATIVE}|which|how many|finns det (?:några|något|någon))\b", re.IGNORECASE
)
_OPENER = re.compile(
    rf"(?:(?:i|inom|under|på|för|med|till|av|från|mellan|genom) )?(?:vilka|vilken|vilket|hur många|{IMPERATIVE}"
    r"|vad heter|finns det (?:några|något|någon)|vad|which|what|how many)\b(?: (?:är|var|are|were)\b)?"
    r"(?: ?(?:av|det|de|alla|samtliga|the|all|olika|andra|nya|våra|dessa|egna|listan över|en lista över"
    r"|en lista på|(?:finns|fanns|har \w+)(?: det)? för(?: (?:några|slags|sorters))?)\b)*",
    re.IGNORECASE,
)


@cache
def kinds_of(noun: str) -> tuple[frozenset[EntityKind], str] | None:
    """The kinds that a noun asks for and the first part of its compound ("turism" of "turismprojekt")."""
    wide: dict[str, tuple[EntityKind, ...]] = {
        "any": (),
        "project": ("project", "programme", "service", "tool", "other"),
        "programme": ("programme", "plan"),
        "plan": ("strategy", "plan"),
        "network": ("network",),
        "tool": ("tool",),
        "service": ("service",),
    }
    for name, words in () if is_area(noun) else table("asked_kinds").items():
        for word in words.split():
            first = noun.removesuffix(word)
            if first != noun and (not first or len(first) > 2):
                return frozenset(wide[name]), first.rstrip("-").removesuffix("s") if len(first) > 3 else ""
    return None


def noun_of(text: str) -> tuple[str, frozenset[EntityKind] | None, str]:
    """The noun asked for, its kinds, and the first part of its compound."""
    match = _ASKING.search(text)
    opener = _OPENER.match(text, match.start() if match else 0)
    rest = text[opener.end() :] if opener else text
    heads = [word for word in re.findall(r"[\w-]+", rest) if word.lower() not in NUMERALS and not word.isdigit()]
    if not heads:  # "Kommunen äger några projekt. Vilka?"
        heads = [word for word in re.findall(r"[\w-]+", text) if kinds_of(word.lower())][:1]
    if kind := _kind(heads):
        return kind
    if found := re.match(r"\W*(?:och )?vad (prioritera[rs])\b", text, re.IGNORECASE):
        return found[1].lower(), None, ""
    named_after = opener is not None and re.search(r"\bför\b", opener[0])  # "Vad finns det för testbäddar?"
    if (
        not named_after
        and re.search(r"\bvad\b(?! (?:heter|får|måste|ska|kan|bör|behöver|kräv\w*)\b)", text, re.IGNORECASE)
        and not re.search(r"\bvilka\b", text, re.IGNORECASE)
    ):
        return "", frozenset(), ""
    noun = _plain_noun(heads)
    if re.match(r"\W*(?:visa|ge \w+) allt\b|\W*var(?:t| (?:är|medverkar|deltar|ingår))\b", text, re.IGNORECASE):
        return "", frozenset(), ""
    return ("" if noun.lower() in STOPWORDS or _is_verb(noun) else noun), None, ""


def _is_verb(word: str) -> bool:
    return word.lower() in terms("questions", "verbs")


def _kind(heads: list[str]) -> tuple[str, frozenset[EntityKind], str] | None:
    """The first kind noun before a verb, with the kinds of one that is joined to it."""
    for place, word in enumerate(heads[:6]):
        if found := kinds_of(word.lower()):
            kinds, first = found
            joined = heads[place + 2].lower() if heads[place + 1 : place + 2] in (["och"], ["eller"], ["samt"]) else ""
            other, also = kinds_of(joined), kind_of(joined)
            added = other[0] if other else frozenset([also[0]]) if also else frozenset()
            return word, kinds | added if kinds else kinds, first
        if _is_verb(word):
            return None
    return None


def _plain_noun(heads: list[str]) -> str:
    """The first word but an adjective, a genitive or the first part of a joined noun before it."""
    while (
        len(heads) > 1
        and re.fullmatch(r"\w+(?<!n)a|\w+(?:ande|ade|sta)|\w+s|\w+-", heads[0])
        and not _is_verb(heads[1])
    ):
        heads = heads[2:] if heads[0].endswith("-") and len(heads) > 2 else heads[1:]
    return next(iter(heads), "")
