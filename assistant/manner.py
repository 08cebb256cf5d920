"""How an answer is asked to be: shorter, plainer or as a summary, by itself after an answer or beside a question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.model.prompt import Manner

_PLEASE = (
    r"(?:och |ok(?:ej)?,? |tack,? |bra,? |please )?(?:(?:kan|kunde|skulle) (?:du|ni) |vill du |can you |could you )?"
    r"(?:säg|säga|skriv|skriva|svara|förklara|uttrycka?|ta|gör|göra|ge|say|write|explain|make|put)?"
    r" ?(?:det(?: där)?|mig|oss|svaret|it|that|this|the answer)? ?(?:e[nt]t? |lite |på |med |i |a |in |with |as )*"
)
_WORDS: dict[Manner, str] = {
    "short": (r"kort(?:are|fattat?|are version|are svar)?|korta (?:ner|av)(?: det| svaret)?|shorter|brief(?:ly|er)?"),
    "plain": (
        r"lättläst(?: svenska)?|enkel svenska|enkla ord|enklare(?: ord| språk| svenska)?|klarspråk|vanliga ord"
        r"|simpler|plain(?:er)?(?: language| words| swedish| english)?|easy to read|simple words"
    ),
}
_ALONE = {
    manner: re.compile(rf"\W*{_PLEASE}(?:{said})(?:,? (?:tack|please|än så|är du snäll))*\W*", re.IGNORECASE)
    for manner, said in _WORDS.items()
}
_BESIDE = {
    manner: re.compile(
        rf"(?:[,.;!?–]\s*(?:(?:svara|skriv|förklara|answer|explain)\s+)?|\s(?:svara|skriv|förklara)\s+)"
        rf"(?:på |i |med |in |with )?(?:{said})(?:,? tack)?(?=\W*$)|^(?:kort(?:fattat)?|briefly)[,:]\s*",
        re.IGNORECASE,
    )
    for manner, said in _WORDS.items()
}
_SUMMARY = re.compile(r"\b(?:sammanfatt\w+|summari[sz]e|summary|i korthet|huvuddragen)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked, without the words for how it is to be answered, and that manner; `turns` come before it."""

    question: str
    turns: tuple[str, ...]
    manner: Manner


def read_manner(typed: str, history: Sequence[str]) -> Wish:
    """What a question wishes. "Kortare, tack" asks the last question of the history again."""
    turns = list(history)
    for manner, said in _ALONE.items():
        if said.fullmatch(typed):
            while turns and any(one.fullmatch(turns[-1]) for one in _ALONE.values()):
                turns.pop()
            return Wish(turns[-1], tuple(turns[:-1]), manner) if turns else Wish(typed, (), "answer")
    for manner, said in _BESIDE.items():
        plain = said.sub("", typed).strip(" .,;!?")
        if said.search(typed) and len(plain.split()) > 1:
            return Wish(plain + "?" * ("?" in typed), tuple(turns), manner)
    return Wish(typed, tuple(turns), "summary" if _SUMMARY.search(typed) else "answer")
