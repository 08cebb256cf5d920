"""A comparison is two questions: what the documents say of the one side, and what they say of the other.

Knows nothing of documents or answers. Sides are names joined in the question ("X eller Y", "X jämfört med Y").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.question import Ask, Question, read_question

_JOINT = r",? (?:och|eller|respektive|jämfört med|i jämförelse med|mot|än|or|and|than|versus) "
_CAPITAL = r"[A-ZÅÄÖ][\w:-]*"
_SIDES = re.compile(
    rf"(?<=\s)(?:mellan )?(?P<one>(?:(?!mellan )[a-zåäö]+ )?{_CAPITAL}(?: [\w:-]+){{0,3}}?){_JOINT}"
    rf"(?P<other>(?:[a-zåäö]+ )?{_CAPITAL}(?:(?: [\w:-]+){{0,3}}(?=\W*$)|(?: (?:{_CAPITAL}|\d+))*))"
)
_CHOOSES = re.compile(
    r"\b(störst|minst|mest|flest|högst|lägst|längst|kortast|äldst|yngst|först|dyrast|billigast|fler|större|mindre|högre"
    r"|lägre|bäst|most|largest|more|higher|lower|first)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: its name, the question asked of it alone, and the documents that may answer it.

    No documents stand for all of them.
    """

    name: str
    question: Question
    documents: frozenset[str] = frozenset()


def sides(question: Question) -> tuple[Side, Side] | None:
    """The two sides that a question compares; None where it compares nothing or the sides have no names."""
    if question.ask is not Ask.COMPARE and not _CHOOSES.search(question.text):
        return None
    found = _SIDES.search(question.text)
    if found is None:
        return None
    one, other = (_side(question, found, name) for name in ("one", "other"))
    return (one, other) if one.name != other.name else None


def _side(question: Question, found: re.Match[str], name: str) -> Side:
    alone = f"{question.text[: found.start()]}{found[name]}{question.text[found.end() :]}"
    return Side(found[name], read_question(alone))
