"""What lists are made from, gathered once for an index or a part of it: facts, passages, and what follows from them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.lists.enumerations import Enumeration, enumerations
from ingest.documents import Passage, PassageKind
from ingest.facts.types import BODIES, Attribute, Entity, FactBase, Stretch
from ingest.facts.vocabulary import table
from ingest.swedish import words


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch that speaks of an entity, with its words; `sentence` is its number among the passage's sentences."""

    stretch: Stretch
    sentence: int
    words: tuple[str, ...]
    named: bool


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """`efforts` are the entities that are no bodies, `pieces` what speaks of each, `lists` every list of the text.
    `words` tells for each word of the lists in which of them it stands.

    `parties` are the bodies and places that the documents know, and whether each is a municipality; `region` is the
    name that the county goes by, in lower case; `numbered` are the headings of numbered parts.
    """

    facts: FactBase
    passages: Mapping[str, Passage]
    efforts: tuple[Entity, ...]
    pieces: tuple[tuple[Piece, ...], ...]
    lists: tuple[Enumeration, ...]
    words: Mapping[str, Sequence[int]]
    parties: Mapping[str, bool]
    region: str
    numbered: tuple[str, ...]

    def is_row(self, stretch: Stretch) -> bool:
        """Whether a stretch is a row of a table."""
        return self.passages[stretch.passage_id].kind is PassageKind.TABLE


def gather(facts: FactBase, passages: Sequence[Passage]) -> Material:
    """The material of these passages, in reading order, and their facts."""
    by_id = {passage.id: passage for passage in passages}
    efforts = tuple(entity for entity in facts.entities if entity.kind not in BODIES)
    text = " ".join(" ".join(passage.text.split()) for passage in passages)
    regions = Counter(re.findall(r"\bRegion ([A-ZÅÄÖ][\wåäö]+)", text)).most_common(1)
    lists = tuple(enumerations(by_id))
    spoken: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(lists):
        for word in one.said[-1]:
            spoken[word].append(number)
    headings = dict.fromkeys(heading for passage in passages for heading in passage.section)
    return Material(
        facts=facts,
        passages=by_id,
        efforts=efforts,
        pieces=tuple(tuple(_pieces(entity, by_id)) for entity in efforts),
        lists=lists,
        words=spoken,
        parties=_parties(facts),
        region=regions[0][0].lower() if regions else "",
        numbered=tuple(heading for heading in headings if part_number(heading)),
    )


@lru_cache(maxsize=10_000)
def part_number(heading: str) -> str | None:
    """The number of a heading that names a numbered part of the strategy: "Prioritering 2: …", "3. …"."""
    words = "|".join(table("questions")["parts"].split())
    found = re.search(
        rf"\b(?:{words}|\w+område) (\d{{1,2}}|[A-Z])\b|^(\d{{1,2}})\.? (?=[A-ZÅÄÖ])", heading, re.IGNORECASE
    )
    return (found[1] or found[2]).upper() if found else None


def _pieces(entity: Entity, passages: Mapping[str, Passage]) -> list[Piece]:
    """The stretches that name an entity and those that go on about it."""
    found = []
    for stretches, named in ((entity.mentions, True), (entity.about, False)):
        for stretch in stretches:
            passage = passages[stretch.passage_id]
            text = f"{entity.name} {passage.text[stretch.start : stretch.end]} {' '.join(passage.section[-2:])}"
            place = sum(start <= stretch.start for start, _ in passage.sentences) - 1
            found.append(Piece(stretch, max(0, place), tuple(words(text)), named))
    return found


def _parties(facts: FactBase) -> dict[str, bool]:
    """The bodies and places that the documents know, as written, and whether each is a municipality."""
    found = {entity.name: entity.kind == "municipality" for entity in facts.entities if entity.kind in BODIES}
    for entity in facts.entities:
        for fact in entity.facts:
            if fact.attribute in (Attribute.OWNER, Attribute.PARTICIPANT, Attribute.FUNDER) and len(fact.value) > 2:
                found.setdefault(fact.value, False)
    known = {f"{place}{ending} kommun" for place in found if found[place] for ending in ("", "s")}
    return {name: place for name, place in found.items() if name not in known}
