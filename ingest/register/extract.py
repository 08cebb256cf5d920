"""Makes the register at ingest without any language model, by the typography, cue words, headings and lists of Swedish
strategy documents.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from ingest.documents import Passage
from ingest.register.entries import Initiative, Register
from ingest.register.goals import find_goals
from ingest.register.headed import find_areas, find_challenges, find_focus_areas, find_priorities
from ingest.register.initiatives import find_initiatives, join_documents
from ingest.register.joining import name_key


def extract_register(
    passages: Sequence[Passage], publishers: Collection[str] = (), initiatives: Iterable[Initiative] | None = None
) -> Register:
    """The register of all passages, which stand in reading order, document after document.

    `publishers` are those who issued the documents: what they call themselves is no initiative. `initiatives` are those
    of the single documents where they have been found before.
    """
    issuers = {name_key(publisher) for publisher in publishers}
    focus_areas, priorities, areas = find_focus_areas(passages), find_priorities(passages), find_areas(passages)
    headed = [name_key(point.text) for point in (*focus_areas, *priorities, *areas)]
    return Register(
        initiatives=tuple(
            entry
            for entry in join_documents(find_initiatives(passages) if initiatives is None else initiatives)
            if not _begins(entry, headed) and name_key(entry.name) not in issuers
        ),
        goals=find_goals(passages),
        challenges=find_challenges(passages),
        focus_areas=focus_areas,
        priorities=priorities,
        areas=areas,
    )


def _begins(entry: Initiative, headed: Sequence[tuple[str, ...]]) -> bool:
    """Whether an entry of no certain kind is but the name of a focus area, or the beginning of one."""
    key = name_key(entry.name)
    return entry.kind == "other" and any(area[: len(key)] == key for area in headed)
