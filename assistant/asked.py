"""A question on its way to an answer: as typed, as understood, and what search found for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assistant.answers import Hit
from assistant.catalogue import Catalogue
from assistant.followup import Resolution
from assistant.glossary import in_swedish
from assistant.judge import Candidate, judge, rerank
from assistant.library import Library
from assistant.proof import Quote
from assistant.question import Question
from assistant.search import Filters, Findings, search
from ingest.documents import Passage
from ingest.embedding.embedder import Vectors
from ingest.register.entries import Register
from ingest.store.passage_index import PassageIndex

HITS = 10
"""Passages that an answer names as what search found."""


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """The part of the index that may answer: its passages in order, their register, and which sentences are theirs.

    `sentences` is a mask over the sentences of the whole index, shape (sentences,).
    """

    passages: tuple[Passage, ...]
    register: Register
    sentences: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """One question, read and searched for.

    `documents` are the ids that may answer, empty for all. `candidates` are the sentences of the best passages, best
    first. `began` is a reading of the performance counter; `embed` gives the vector of a query.
    """

    typed: str
    resolution: Resolution
    question: Question
    catalogue: Catalogue
    index: PassageIndex
    documents: frozenset[str]
    findings: Findings
    candidates: tuple[Candidate, ...]
    hits: tuple[Hit, ...]
    began: float
    search_seconds: float
    embed: Callable[[str], Vectors]

    def likeness(self, text: str) -> NDArray[np.float32]:
        """The cosine of each sentence that may answer with a text of one's own, shape (sentences,)."""
        own = self.index.sentence_cosines(self.embed(text), range(len(self.index.passages)))
        return np.concatenate([np.empty(0, np.float32), *own])[self.scope.sentences]

    def hits_behind(self, quotes: Iterable[Quote]) -> tuple[Hit, ...]:
        """The best passages, those that these quotes come from before the others."""
        numbers = {self.index.rows[quote.passage.id] for quote in quotes}
        return self.findings.led_by(numbers).hits(self.index, HITS)

    @property
    def scope(self) -> Scope:
        """The part of the index that may answer."""
        return _scope(self.index, self.documents)


def look_up(
    typed: str, resolution: Resolution, question: Question, documents: frozenset[str], library: Library
) -> Asked:
    """Search these documents (all where none are named) for a question, and judge what is found."""
    began = time.perf_counter()
    question = in_swedish(question) if question.english else question
    index = library.index
    vector = library.embedder.embed_query(question.text)
    findings = search(index, question, vector, library.expansion(question), Filters(documents))
    searched = time.perf_counter()
    candidates = judge(question, index, findings)
    findings = rerank(findings, candidates)
    return Asked(
        typed=typed,
        resolution=resolution,
        question=question,
        catalogue=Catalogue.load("en" if question.english else "sv"),
        index=index,
        documents=documents,
        findings=findings,
        candidates=candidates,
        hits=findings.hits(index, HITS),
        began=began,
        search_seconds=searched - began,
        embed=library.embedder.embed_query,
    )


@lru_cache(maxsize=4)
def _scope(index: PassageIndex, documents: frozenset[str]) -> Scope:
    counts = [len(passage.sentences) for passage in index.passages]
    if not documents:
        return Scope(index.passages, index.register, np.ones(sum(counts), dtype=np.bool_))
    own = np.array([passage.document_id in documents for passage in index.passages], dtype=bool)
    passages = tuple(passage for passage, inside in zip(index.passages, own, strict=True) if inside)
    return Scope(passages, index.register.within({passage.id for passage in passages}), np.repeat(own, counts))
