"""What a chat model found in an index's passages, in one file beside the generations: a line of JSON a passage.

A passage's id is made of its content, so that a line holds for every generation that has the passage. Lines are only
added, each complete when it is written: a run that was broken off goes on where it ended.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.documents import Passage
from ingest.facts.types import Attribute, Entity, Fact, FactBase, Stretch
from ingest.facts.vocabulary import kind_of

FILE = "enriched.jsonl"
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class EnrichedFact:
    """One attribute of one entity, proved by the passage's text from `start` to `end`."""

    entity: str
    attribute: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EnrichedPassage:
    """What a passage says, as `model` found. `vectors` are those of its questions, float32 (n, dimension)."""

    passage_id: str
    model: str
    facts: tuple[EnrichedFact, ...]
    questions: tuple[str, ...]
    vectors: Floats


@dataclass(frozen=True, slots=True, eq=False)
class WaysIn:
    """The vectors of questions, float32 (n, dimension), and the row of the passage that answers each, int64 (n,)."""

    vectors: Floats
    owners: NDArray[np.int64]

    def nearest(self, query: Floats, rows: Collection[int] | None, count: int) -> NDArray[np.int64]:
        """The passages of the `count` nearest questions, best first; only those in `rows` where they are given."""
        found = self.owners[np.argsort(-(self.vectors @ query), kind="stable")]
        wanted = found if rows is None else found[np.isin(found, list(rows))]
        return np.array(list(dict.fromkeys(wanted.tolist()))[:count], np.int64)

    def best(self, query: Floats, rows: Sequence[int] | NDArray[np.int64]) -> Floats:
        """The cosine of each passage's nearest question, float32 (len(rows),); -1 where it has none."""
        if not len(self.owners):
            return np.full(len(rows), -1.0, np.float32)
        cosines = self.vectors @ query
        return np.array([cosines[self.owners == row].max(initial=-1.0) for row in rows], np.float32)


def enriched_at(index: Path) -> int:
    """When something was last found, in nanoseconds; 0 where nothing is."""
    path = index / FILE
    return path.stat().st_mtime_ns if path.exists() else 0


def load_enriched(index: Path) -> dict[str, EnrichedPassage]:
    """What was found, by passage id; a passage's last line counts, and a line that was broken off does not."""
    path = index / FILE
    if not path.exists():
        return {}
    found: dict[str, EnrichedPassage] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            continue
        raw = np.frombuffer(base64.b64decode(record["vectors"]), np.float32)
        found[record["passage_id"]] = EnrichedPassage(
            record["passage_id"],
            record["model"],
            tuple(EnrichedFact(**fact) for fact in record["facts"]),
            tuple(record["questions"]),
            raw.reshape(len(record["questions"]), -1) if len(raw) else np.empty((0, 0), np.float32),
        )
    return found


def add_enriched(index: Path, passages: Iterable[EnrichedPassage]) -> None:
    """Add some lines, and see that they reach the disk."""
    with (index / FILE).open("a", encoding="utf-8") as file:
        file.writelines(map(_line, passages))
        file.flush()
        os.fsync(file.fileno())


def keep_enriched(index: Path, passage_ids: Collection[str]) -> None:
    """Erase what was found in any other passage."""
    found = load_enriched(index)
    if found.keys() <= set(passage_ids):
        return
    fresh = (index / FILE).with_suffix(".new")
    fresh.write_text("".join(_line(one) for name, one in found.items() if name in passage_ids), encoding="utf-8")
    fresh.replace(index / FILE)


def _line(one: EnrichedPassage) -> str:
    vectors = base64.b64encode(one.vectors.astype(np.float32).tobytes()).decode("ascii")
    facts = [asdict(fact) for fact in one.facts]
    record = {"passage_id": one.passage_id, "model": one.model, "facts": facts, "questions": one.questions}
    return json.dumps(record | {"vectors": vectors}, ensure_ascii=False) + "\n"


def ways_in(found: Mapping[str, EnrichedPassage], rows: Mapping[str, int], dimension: int) -> WaysIn:
    """The questions of the passages that have a row, as long as their vectors were made by an embedder of this size."""
    own = [one for one in found.values() if one.passage_id in rows and one.vectors.shape[1] == dimension]
    vectors = np.concatenate([np.empty((0, dimension), np.float32), *(one.vectors for one in own)])
    return WaysIn(vectors, np.array([rows[one.passage_id] for one in own for _ in one.questions], np.int64))


def with_enriched(facts: FactBase, found: Mapping[str, EnrichedPassage], passages: Mapping[str, Passage]) -> FactBase:
    """The facts with those found besides. Where the rules found the same attribute, theirs come last and hold."""
    names = {name.casefold(): one.name for one in facts.entities for name in (one.name, *one.aliases)}
    added: dict[str, list[Fact]] = {}
    for passage_id in (name for name in passages if name in found):
        for fact in found[passage_id].facts:
            name = names.setdefault(fact.entity.casefold(), fact.entity)
            stretch = Stretch(passage_id, fact.start, fact.end)
            added.setdefault(name, []).append(Fact(Attribute(fact.attribute), fact.value, stretch))
    known = [replace(one, facts=(*_new(added.pop(one.name, []), one), *one.facts)) for one in facts.entities]
    return replace(facts, entities=(*known, *(_entity(name, own, passages) for name, own in added.items())))


def _new(added: Sequence[Fact], entity: Entity) -> list[Fact]:
    there = {(fact.attribute, fact.value.casefold()) for fact in entity.facts}
    return [fact for fact in added if (fact.attribute, fact.value.casefold()) not in there]


def _entity(name: str, facts: Sequence[Fact], passages: Mapping[str, Passage]) -> Entity:
    """An entity that only the model named; its kind is that of its last word, where that tells one."""
    kind = next((found for word in reversed(name.split()) if (found := kind_of(word.casefold()))), None)
    mentions = tuple(dict.fromkeys(fact.proof for fact in facts))
    section = passages[mentions[0].passage_id].section
    return Entity(name, (), kind[0] if kind else "other", section, mentions, 0, tuple(facts), kind[1] if kind else "")
