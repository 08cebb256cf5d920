"""The initiatives and bodies that a question names, by the names that the documents know, whatever their case."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from assistant.attributes import AskedAttribute
from ingest.facts.types import Entity, Stretch
from ingest.store.passage_index import PassageIndex

_SHORTEST = 3
_ENDING = r"(?:s|:s|en|et|n|ens|ets)?"


@lru_cache(maxsize=8)
def _patterns(index: PassageIndex) -> tuple[tuple[re.Pattern[str], str, Entity], ...]:
    """A pattern for each name and alias, the longest first. Kept by the index: its facts are costly to hash."""
    named = [(name, entity) for entity in index.facts.entities for name in (entity.name, *entity.aliases)]
    named = [(name, entity) for name, entity in named if len(name) >= _SHORTEST]
    return tuple(
        (re.compile(rf"(?<!\w){re.escape(name.casefold())}{_ENDING}(?!\w)"), name, entity)
        for name, entity in sorted(named, key=lambda one: -len(one[0]))
    )


def named_entities(text: str, index: PassageIndex) -> tuple[tuple[str, Entity], ...]:
    """The names in a text with their entities, each stretch of the text read once, the longest name first."""
    rest, found = " ".join(text.casefold().split()), []
    for pattern, name, entity in _patterns(index):
        if pattern.search(rest):
            found.append((name, entity))
            rest = pattern.sub(" ", rest)
    return tuple(found)


def told_facts(entities: Sequence[Entity], attributes: Sequence[AskedAttribute]) -> tuple[Stretch, ...]:
    """The proofs of what is asked about the entities: facts whose attribute the question asks for."""
    asked = {attribute.name for attribute in attributes}
    return tuple(fact.proof for entity in entities for fact in entity.facts if fact.attribute.value in asked)


def overlapping(stretches: Sequence[Stretch], passage_id: str, start: int, end: int) -> bool:
    """Whether one of the stretches lies in part within text[start:end] of the passage."""
    return any(one.passage_id == passage_id and one.start < end and start < one.end for one in stretches)
