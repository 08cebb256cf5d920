"""`rus ingest --enrich`: a chat model reads every passage once and finds facts and questions that it answers.

Each fact is locked to its sentence before it is stored: name and value must stand there, and the words for what joins
them. The questions only lead to their passage; nobody is shown them. What models there are is not known here.

What was found lies in one file beside the generations: a line of JSON a passage. A passage's id is made of its content,
so that a line holds for every generation that has the passage. Lines are only added, each complete when it is written:
a run that was broken off goes on where it ended.
"""

from __future__ import annotations

import base64
import json
import os
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.documents import Passage
from ingest.errors import ModelFailed
from ingest.facts.figures import SUM, YEAR
from ingest.facts.types import Attribute, Entity, Fact, FactBase, Stretch
from ingest.facts.vocabulary import kind_of
from ingest.swedish import content_words, stem

if TYPE_CHECKING:
    from ingest.embedder import Embedder
    from ingest.store.passage_index import PassageIndex

FILE = "enriched.jsonl"
Floats = NDArray[np.float32]
_QUESTIONS = 4
_LONGEST_QUESTION = 200
_SHORTEST_PASSAGE = 60
"""Characters below which a passage says too little to be asked about."""
_FIGURE = re.compile(r"\d+(?:[.,]\d+)?")
_NO_FACT = re.compile(
    r"\b(?:inte|ej|aldrig|ingen|inget|inga|varken|utan|utom|avst\w+|lämna(?:de|t)|saknas?)\b", re.IGNORECASE
)
_COMING = re.compile(r"\b(?:ska|skulle|planer\w+|avser|föresl\w+|eventuellt|kanske|mål\w*)\b", re.IGNORECASE)


_CUES = {
    Attribute.OWNER: r"äg\w+|driv\w*|drev\w*|led[es]\w*|leder|ansvar\w*|samordn\w*|huvudm\w+|genomför\w*|håller i",
    Attribute.PARTICIPANT: r"delta\w*|deltog|medverk\w*|ingår|tillsammans med|samarbet\w*|samverk\w*|part\w*|medlem\w*",
    Attribute.FUNDER: r"\w*finansi\w+|betala\w*|bekosta\w*|bidr\w+|stöd\w*|bevilja\w*|medel|kronor|mnkr|tkr",
}
"""What a sentence must say for a fact of this attribute."""
_FIGURES = {Attribute.SUM: SUM, Attribute.START: YEAR, Attribute.END: YEAR}
"""What the value itself must be; others need no words of their own."""


@dataclass(frozen=True, slots=True)
class FoundFact:
    """A fact as a model gives it; `sentence` is the number of the sentence, from 1, that says it."""

    entity: str
    attribute: str
    value: str
    sentence: int


@dataclass(frozen=True, slots=True)
class Found:
    """What a model found in one passage, and how many tokens it read and wrote for it (0 where that is not told)."""

    facts: tuple[FoundFact, ...]
    questions: tuple[str, ...]
    tokens: int = 0


class Enricher(Protocol):
    """A model that reads passages."""

    name: str

    def read(self, passages: Sequence[Passage]) -> Iterator[tuple[Passage, Found | None]]:
        """Each passage with what was found in it, None where the reply could not be read. Raises ModelFailed."""
        ...


@dataclass(frozen=True, slots=True)
class Enrichment:
    """How far a run has come. `passages` are those to read in this run, `known` those that were read before."""

    passages: int
    known: int
    done: int = 0
    unread: int = 0
    facts: int = 0
    refused_facts: int = 0
    questions: int = 0
    tokens: int = 0
    seconds_left: float | None = None
    failure: str | None = None


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
        with suppress(ValueError):
            record = json.loads(line)
            questions, raw = tuple(record["questions"]), np.frombuffer(base64.b64decode(record["vectors"]), np.float32)
            vectors = raw.reshape(len(questions), -1) if len(raw) else np.empty((0, 0), np.float32)
            facts = tuple(EnrichedFact(**fact) for fact in record["facts"])
            name = record["passage_id"]
            found[name] = EnrichedPassage(name, record["model"], facts, questions, vectors)
    return found


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
    known = []
    for one in facts.entities:
        there = {(fact.attribute, fact.value.casefold()) for fact in one.facts}
        new = [fact for fact in added.pop(one.name, []) if (fact.attribute, fact.value.casefold()) not in there]
        known.append(replace(one, facts=(*new, *one.facts)))
    return replace(facts, entities=(*known, *(_entity(name, own, passages) for name, own in added.items())))


def _entity(name: str, facts: Sequence[Fact], passages: Mapping[str, Passage]) -> Entity:
    """An entity that only the model named; its kind is that of its last word, where that tells one."""
    kind = next((found for word in reversed(name.split()) if (found := kind_of(word.casefold()))), None)
    mentions = tuple(dict.fromkeys(fact.proof for fact in facts))
    section = passages[mentions[0].passage_id].section
    return Entity(name, (), kind[0] if kind else "other", section, mentions, 0, tuple(facts), kind[1] if kind else "")


def enrich(
    index: PassageIndex, enricher: Enricher, embedder: Embedder, tell: Callable[[Enrichment], None] = lambda _: None
) -> Enrichment:
    """Read the passages that this model has not read, and store what it finds, passage by passage.

    A failure of the model ends the run and is told in the result; what was found before it is stored.
    """
    worth = [one for one in index.passages if len(one.text) >= _SHORTEST_PASSAGE and one.sentences]
    keep_enriched(index.directory, {one.id for one in worth})
    known = {name for name, one in load_enriched(index.directory).items() if one.model == enricher.name}
    unread = [one for one in worth if one.id not in known]
    now, begun = Enrichment(len(unread), len(known)), time.monotonic()
    tell(now)
    try:
        for done, (passage, found) in enumerate(enricher.read(unread), 1):
            seconds_left = (time.monotonic() - begun) * (len(unread) - done) / done
            now = replace(now, done=done, seconds_left=seconds_left, unread=now.unread + (found is None))
            if found is not None:
                kept = _store(index, passage, found, enricher.name, embedder)
                facts, questions = now.facts + len(kept.facts), now.questions + len(kept.questions)
                refused = now.refused_facts + len(found.facts) - len(kept.facts)
                tokens = now.tokens + found.tokens
                now = replace(now, facts=facts, refused_facts=refused, questions=questions, tokens=tokens)
            tell(now)
    except ModelFailed as error:
        now = replace(now, failure=error.message)
    return now


def _store(index: PassageIndex, passage: Passage, found: Found, model: str, embedder: Embedder) -> EnrichedPassage:
    facts = tuple(dict.fromkeys(kept for fact in found.facts if (kept := locked(fact, passage))))
    questions = tuple(one for one in dict.fromkeys(found.questions) if _leads_to(one, passage))[:_QUESTIONS]
    vectors = np.array(embedder.embed_documents(list(questions)), np.float32)
    enriched = EnrichedPassage(passage.id, model, facts, questions, vectors.reshape(-1, embedder.dimension))
    with (index.directory / FILE).open("a", encoding="utf-8") as file:
        file.write(_line(enriched))
        file.flush()
        os.fsync(file.fileno())
    return enriched


def locked(fact: FoundFact, passage: Passage) -> EnrichedFact | None:
    """The fact with its place in the passage; None where its sentence does not say it.

    The sentence, or for the name the heading above it, must have name and value word for word and a word for how they
    belong together; it must deny nothing, and a result must not be something to come.
    """
    if fact.attribute not in set(Attribute) or not 1 <= fact.sentence <= len(passage.sentences):
        return None
    start, end = passage.sentences[fact.sentence - 1]
    sentence = passage.text[start:end]
    named = _stands(fact.entity, sentence) or any(_stands(fact.entity, one) for one in passage.section[-1:])
    told_apart = fact.entity.casefold() != fact.value.casefold() and any(map(str.isupper, fact.entity))
    if not named or not told_apart or not _stands(fact.value, sentence) or _NO_FACT.search(sentence):
        return None
    attribute = Attribute(fact.attribute)
    cue, figure = _CUES.get(attribute, ""), _FIGURES.get(attribute)
    if not re.search(rf"\b(?:{cue})\b", sentence, re.IGNORECASE) or (figure and not figure.search(fact.value)):
        return None
    if attribute is Attribute.RESULT and _COMING.search(sentence):
        return None
    return EnrichedFact(" ".join(fact.entity.split()), attribute.value, " ".join(fact.value.split()), start, end)


def _stands(words: str, text: str) -> bool:
    folded = re.escape(" ".join(words.split()))
    return bool(folded) and re.search(rf"(?<!\w){folded}s?(?!\w)", " ".join(text.split()), re.IGNORECASE) is not None


def _leads_to(question: str, passage: Passage) -> bool:
    """Whether it is a question that shares a word with the passage and has no figure that the passage has not."""
    there = f"{passage.headed_text} {passage.title}"
    stems = {stem(word) for word in content_words(there)}
    figures = set(_FIGURE.findall(question)) <= set(_FIGURE.findall(there))
    shares = any(stem(word) in stems for word in content_words(question))
    return question.endswith("?") and len(question) <= _LONGEST_QUESTION and figures and shares
