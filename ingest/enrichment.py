"""`rus ingest --enrich`: a chat model reads every passage once and finds facts and questions that it answers.

Each fact is locked to its sentence before it is stored: name and value must stand there, and the words for what joins
them. The questions only lead to their passage; nobody is shown them. What models there are is not known here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ingest.documents import Passage
from ingest.errors import ModelFailed
from ingest.facts.figures import SUM, YEAR
from ingest.facts.types import Attribute
from ingest.store.enriched import EnrichedFact, EnrichedPassage, add_enriched, keep_enriched, load_enriched
from ingest.store.passage_index import PassageIndex
from ingest.swedish import content_words, stem

if TYPE_CHECKING:
    from ingest.embedding.embedder import Embedder

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
    """A fact as a model gives it; `sentence` is the place of the sentence, from 1, that says it."""

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
        """Each passage with what was found in it, None where the reply could not be read.

        :raises ModelFailed: where going on is of no use; what was found before has been given.
        """
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
                now = replace(
                    now,
                    facts=now.facts + len(kept.facts),
                    refused_facts=now.refused_facts + len(found.facts) - len(kept.facts),
                    questions=now.questions + len(kept.questions),
                    tokens=now.tokens + found.tokens,
                )
            tell(now)
    except ModelFailed as error:
        now = replace(now, failure=error.message)
    return now


def _store(index: PassageIndex, passage: Passage, found: Found, model: str, embedder: Embedder) -> EnrichedPassage:
    facts = tuple(dict.fromkeys(kept for fact in found.facts if (kept := locked(fact, passage))))
    questions = tuple(one for one in dict.fromkeys(found.questions) if _leads_to(one, passage))[:_QUESTIONS]
    vectors = np.array(embedder.embed_documents(list(questions)), np.float32)
    enriched = EnrichedPassage(passage.id, model, facts, questions, vectors.reshape(-1, embedder.dimension))
    add_enriched(index.directory, [enriched])
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
