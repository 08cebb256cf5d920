"""What documents number ("§ 113", "version 2.1", "mål 4"), and rows that only name columns.

Knows nothing of scores or search.
"""

from __future__ import annotations

import re

from assistant.question import Question
from ingest.documents import Passage, PassageKind

_LABEL = re.compile(
    r"(§|\b(?:punkt|version|kapitel|avsnitt|mål|delmål|prioritering|bilaga|tabell|ärende|åtgärd|insatsområde))"
    r"(?:en|et)?\s*(\d+(?:\.\d+)*)(?!\d)",
    re.IGNORECASE,
)
"""Things that documents number: a question that names one is about it and not about its neighbour."""


def label_of(question: Question) -> tuple[str, str] | None:
    """The one numbered thing that the question names, as its word and number: "§ 113", "version 2.1"."""
    named = {(word.lower(), number) for word, number in _LABEL.findall(question.text)}
    return named.pop() if len(named) == 1 else None


def is_labelled(label: tuple[str, str], passage: Passage, number: int) -> bool:
    """Whether the sentence's passage is about that thing, or its row: by name, or by the number in its first cell."""
    word, sought = label
    named = re.compile(rf"{re.escape(word)}\w*\s*{re.escape(sought)}(?![\d.]*\d)", re.IGNORECASE)
    if passage.kind is not PassageKind.TABLE:
        return named.search(passage.headed_text) is not None
    row = passage.text[slice(*passage.sentences[number])]
    first = row.split(" | ")[0].strip()
    return first == sought or named.search(" ".join((row, *passage.section))) is not None


def is_head(passage: Passage, number: int) -> bool:
    """Whether a row only names the columns: the first one, without figures, over rows that have some."""
    if passage.kind is not PassageKind.TABLE or number or passage.head:
        return False
    first, *others = (passage.text[slice(*place)] for place in passage.sentences)
    return not re.search(r"\d", first) and any(re.search(r"\d", one) for one in others)
