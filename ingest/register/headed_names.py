"""Names that stand as headings in reports: "Fjordlyftet" over "Fjordlyftet startade 2021 …", written small nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.documents import Passage
from ingest.register.cues import is_actor, is_generic, is_place
from ingest.register.titles import OPENERS, Candidate

_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2})*\.?\s+")
_EFFORT = re.compile(
    r"projekt|satsning|insats|försök|åtgärd|budget|kronor|deltagare|deltar\b|modell|utvärder", re.IGNORECASE
)
_LONGEST_WORDS = 5


def by_heading(passage: Passage, running: str) -> Iterator[tuple[int, Candidate]]:
    """The passage's heading wherever a sentence of it names it, with where that sentence starts.

    A sentence within which it has its capital letter is enough; at a sentence's beginning the passage must tell of an
    effort. `running` is the text of the whole document: what is written small anywhere in it is an ordinary word.
    """
    name = _NUMBER.sub("", passage.section[-1]).strip() if passage.section else ""
    first = name.split()[0].lower() if name else ""
    if not name[:1].isupper() or len(name.split()) > _LONGEST_WORDS or first in OPENERS or is_generic(first):
        return
    if is_actor(name) or is_place(first) or re.search(rf"\b{re.escape(name[:1].lower() + name[1:])}\b", running):
        return
    told = bool(_EFFORT.search(passage.text))
    for start, end in passage.sentences:
        found = re.compile(rf"{re.escape(name)}\b").search(passage.text, start, end)
        if found and (told or found.start() > start):
            yield start, Candidate(found.start() - start, found.end() - start, None, "headed", 3)
