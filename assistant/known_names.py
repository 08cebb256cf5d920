"""The initiatives and bodies that a text names, by the names that the documents know, whatever their case."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.matching import best_match, text_words
from assistant.wanted import AskedAttribute
from ingest.documents import Passage
from ingest.facts.types import BODIES, Entity, FactBase, Stretch

_SHORTEST_CHARS = 3
_WORD = re.compile(r"[\w:&+.'’/-]*\w")
_ENDINGS = ("ens", "ets", "en", "et", ":s", "s", "n")


class KnownNames:
    """The names and aliases of all entities, found in a text by their words; the last word may have an ending."""

    def __init__(self, facts: FactBase, passages: Mapping[str, Passage]) -> None:
        self._passages = passages
        self._entities: dict[tuple[str, ...], tuple[str, Entity]] = {}
        for entity in facts.entities:
            for name in (entity.name, *entity.aliases):
                if len(name) >= _SHORTEST_CHARS and (words := _words(name)):
                    self._entities.setdefault(words, (name, entity))
        self._longest = max(map(len, self._entities), default=0)

    def within(self, text: str) -> tuple[tuple[str, Entity], ...]:
        """The names in a text with their entities, in order; where names overlap the longest counts, each once."""
        words, found, place = _words(text), {}, 0
        while place < len(words):
            for length in range(min(self._longest, len(words) - place), 0, -1):
                if known := self._known(words[place : place + length]):
                    found[known[0]] = known
                    place += length - 1
                    break
            place += 1
        return tuple(found.values())

    def told(self, text: str) -> tuple[tuple[str, bool], ...]:
        """The names in a text, and whether each is of a body or place rather than of something that is done."""
        return tuple((name, entity.kind in BODIES) for name, entity in self.within(text))

    def covers(self, name: str, terms: Sequence[str]) -> bool:
        """Whether the passages that name this initiative have more than half of the terms."""
        known = self._entities.get(_words(name))
        if known is None or known[1].kind in BODIES:
            return False
        places = {one.passage_id for one in known[1].mentions if one.passage_id in self._passages}
        there = frozenset().union(*(text_words(self._passages[one].headed_text) for one in places))
        return 2 * sum(best_match(term, there) > 0 for term in terms) > len(terms)

    def _known(self, words: tuple[str, ...]) -> tuple[str, Entity] | None:
        if exact := self._entities.get(words):
            return exact
        *rest, last = words
        bare = (last.removesuffix(ending) for ending in _ENDINGS if last.endswith(ending))
        return next((known for one in bare if (known := self._entities.get((*rest, one)))), None)


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))


def told_facts(entities: Sequence[Entity], attributes: Sequence[AskedAttribute]) -> tuple[Stretch, ...]:
    """The proofs of what is asked about the entities: facts whose attribute the question asks for."""
    asked = {attribute.name for attribute in attributes}
    return tuple(fact.proof for entity in entities for fact in entity.facts if fact.attribute.value in asked)


def overlapping(stretches: Sequence[Stretch], passage_id: str, start: int, end: int) -> bool:
    """Whether one of the stretches lies in part within text[start:end] of the passage."""
    return any(one.passage_id == passage_id and one.start < end and start < one.end for one in stretches)
