"""Questions to begin with and to go on with, made from what the documents hold. Knows nothing of answers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answers import Hit
from assistant.catalogue import Catalogue
from ingest.store.passage_index import PassageIndex
from ingest.swedish import fold

_STARTERS = 6
_SUGGESTIONS = 3
_LONGEST_TOPIC_WORDS = 6
_NUMBERING = re.compile(r"^(?:\d+\.?)+\s+|^(?:kapitel|avsnitt|del)\s+\d+\W+", re.IGNORECASE)
_ANY_REPORT = frozenset(
    """
    inledning bakgrund syfte mal innehall sammanfattning slutsatser slutsats resultat metod forord valkommen referenser
    kallor bilaga bilagor utmaningar prioriteringar insatser uppfoljning genomforande analys avslutning diskussion
    """.split()
)
"""Headings, folded."""


def starters(index: PassageIndex, catalogue: Catalogue) -> tuple[str, ...]:
    """Up to six questions that these documents can answer: first the lists, then the best-known initiatives."""
    facts = index.facts
    questions: list[str] = []
    if facts.priorities or facts.focus_areas:
        questions.append(catalogue.text("answer.starter_priorities"))
    if facts.goals:
        questions.append(catalogue.text("answer.starter_goals"))
    if facts.challenges:
        questions.append(catalogue.text("answer.starter_challenges"))
    known = sorted(facts.efforts, key=lambda one: -len(one.mentions))
    questions.extend(catalogue.text("answer.starter_what", {"name": one.name}) for one in known[:_STARTERS])
    return tuple(questions[:_STARTERS])


def topics(index: PassageIndex, catalogue: Catalogue, hits: Sequence[Hit]) -> tuple[str, ...]:
    """Up to three sharper questions: about what is named in the passages that came closest, then about their sections.

    Headings that any report may have ("Bakgrund") say too little to ask about.
    """
    passages = [hit.passage for hit in hits] or list(index.passages)
    places = {passage.id: place for place, passage in enumerate(passages)}
    introduced = sorted(
        (places[entry.mentions[entry.introduced].passage_id], entry.name)
        for entry in index.facts.efforts
        if entry.mentions[entry.introduced].passage_id in places and len(entry.name.split()) <= _LONGEST_TOPIC_WORDS
    )
    named = [catalogue.text("answer.starter_what", {"name": name}) for _, name in introduced[: _SUGGESTIONS - 1]]
    headings = dict.fromkeys(passage.section[-1] for passage in passages if passage.section)
    about = (
        catalogue.text("answer.suggest_what", {"topic": _NUMBERING.sub("", heading)})
        for heading in headings
        if len(heading.split()) <= _LONGEST_TOPIC_WORDS and fold(_NUMBERING.sub("", heading)) not in _ANY_REPORT
    )
    return (*named, *about)[:_SUGGESTIONS]
