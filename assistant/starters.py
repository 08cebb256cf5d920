"""Questions to begin with and to go on with, made from what the documents hold. Knows nothing of answers."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answers import Hit
from assistant.catalogue import Catalogue
from ingest.index.passage_index import PassageIndex

_STARTERS = 6
_SUGGESTIONS = 3
_LONGEST_TOPIC_WORDS = 8


def starters(index: PassageIndex, catalogue: Catalogue) -> tuple[str, ...]:
    """Up to six questions that these documents can answer: first the lists, then the best-known initiatives."""
    register = index.register
    questions: list[str] = []
    if register.priorities or register.focus_areas:
        questions.append(catalogue.text("answer.starter_priorities"))
    if register.goals:
        questions.append(catalogue.text("answer.starter_goals"))
    if register.challenges:
        questions.append(catalogue.text("answer.starter_challenges"))
    known = sorted(register.initiatives, key=lambda one: -len(one.mentions))
    questions.extend(catalogue.text("answer.starter_what", {"name": one.name}) for one in known[:_STARTERS])
    return tuple(questions[:_STARTERS])


def topics(index: PassageIndex, catalogue: Catalogue, hits: Sequence[Hit]) -> tuple[str, ...]:
    """Up to three sharper questions about the sections that came closest, or the first sections there are."""
    passages = [hit.passage for hit in hits] or list(index.passages)
    names = dict.fromkeys(
        passage.section[-1]
        for passage in passages
        if passage.section and len(passage.section[-1].split()) <= _LONGEST_TOPIC_WORDS
    )
    return tuple(catalogue.text("answer.suggest_what", {"topic": name}) for name in list(names)[:_SUGGESTIONS])
