"""What lists are made from, gathered once for an index or a part of it: facts, passages, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.lists.enumerations import Enumeration, enumerations
from assistant.lists.parties import BODIES, known_parties, region_name
from assistant.lists.windows import Window, find_windows
from ingest.documents import Passage
from ingest.facts.types import Entity, FactBase


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """`efforts` are the entities that are no bodies, `windows` those of each, `lists` every list of the text.

    `parties` are the bodies and places that the documents know, and whether each is a municipality; `region` is the
    name that the county goes by, in lower case.
    """

    facts: FactBase
    passages: Mapping[str, Passage]
    efforts: tuple[Entity, ...]
    windows: tuple[tuple[Window, ...], ...]
    lists: tuple[Enumeration, ...]
    parties: Mapping[str, bool]
    region: str


def gather(facts: FactBase, passages: Sequence[Passage]) -> Material:
    """The material of these passages, in reading order, and their facts."""
    by_id = {passage.id: passage for passage in passages}
    efforts = tuple(entity for entity in facts.entities if entity.kind not in BODIES)
    return Material(
        facts=facts,
        passages=by_id,
        efforts=efforts,
        windows=find_windows(efforts, by_id),
        lists=tuple(enumerations(by_id)),
        parties=known_parties(facts, by_id),
        region=region_name(by_id),
    )
