"""What a question asks of its subject (its owner, its funder, its end …), and which sentences speak of that.

The cues stand in the vocabulary of the facts. A sentence that speaks of the attribute need not tell its value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from ingest.documents import Passage, PassageKind
from ingest.facts.vocabulary import expression, table


@dataclass(frozen=True, slots=True)
class AskedAttribute:
    """One attribute: the cues of questions and of sentences, as patterns over lower-case text."""

    name: str
    asked: re.Pattern[str]
    told: re.Pattern[str]


@cache
def _attributes() -> tuple[AskedAttribute, ...]:
    return tuple(AskedAttribute(name, expression("asked", name), expression("told", name)) for name in table("asked"))


def asked_attributes(question: str) -> tuple[AskedAttribute, ...]:
    """The attributes that a question asks for, in the table's order; none where it asks for something else."""
    lowered = question.lower()
    return tuple(attribute for attribute in _attributes() if attribute.asked.search(lowered))


def share_told(attributes: tuple[AskedAttribute, ...], text: str, passage: Passage) -> float:
    """Share of the attributes, 0 to 1, that the stretch speaks of; a row of a table speaks with its head."""
    if not attributes:
        return 0.0
    if passage.kind is PassageKind.TABLE:
        text = f"{passage.head or passage.text.partition(chr(10))[0]} {text}"
    lowered = text.lower()
    return sum(attribute.told.search(lowered) is not None for attribute in attributes) / len(attributes)
