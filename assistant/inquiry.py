"""One question on its way to an answer: as typed, as understood, and what retrieval found for it. Looked up once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assistant.answers import Hit
from assistant.catalogue import Catalogue
from assistant.followup import Resolution, resolve
from assistant.library import Holdings, Library
from assistant.proof import Quote
from assistant.query_expansion import in_swedish
from assistant.question import Question, read_question
from assistant.retrieval import Findings, retrieve
from assistant.span_features import Candidate
from assistant.spans import rank_spans
from ingest.facts.types import Entity
from ingest.store.passage_index import PassageIndex

HITS = 10
"""Passages that an answer names as what retrieval found."""
_BEST_SPAN = 0.2
"""How much a passage's best sentence, relative to the best of all, adds to its fused score (both run from 0 to 1)."""


@dataclass(frozen=True, slots=True, eq=False)
class Inquiry:
    """One question, read and looked up.

    `documents` are what may answer, as `Passage.within` has it; `entities` those that the question names. `ranked` are
    the sentences of the best passages, best first. `turns` are the earlier questions, oldest first. `began` is a
    reading of the performance counter; `embed` gives the vector of a query, shape (dimension,).
    """

    typed: str
    turns: tuple[str, ...]
    resolution: Resolution
    question: Question
    catalogue: Catalogue
    holdings: Holdings
    documents: frozenset[str]
    entities: tuple[Entity, ...]
    findings: Findings
    ranked: tuple[Candidate, ...]
    began: float
    search_seconds: float
    embed: Callable[[str], NDArray[np.float32]]

    @property
    def index(self) -> PassageIndex:
        """The generation that answers."""
        return self.holdings.index

    @property
    def is_followup(self) -> bool:
        """Whether earlier questions were needed to understand this one."""
        return self.resolution.how is not None

    def hits(self, proving: Iterable[Quote] = ()) -> tuple[Hit, ...]:
        """The best passages; those that prove the answer come before the others."""
        first = dict.fromkeys(quote.passage.id for quote in proving)
        found = {hit.passage.id: hit for hit in self.findings.hits(self.index, len(self.findings.rows))}
        leading = [found.get(name) or Hit(self.index.passages[self.index.rows[name]], 0.0, 0) for name in first]
        return (*leading, *(hit for name, hit in found.items() if name not in first))[:HITS]


def look_up(typed: str, history: Sequence[str], documents: frozenset[str], library: Library) -> Inquiry:
    """Complete and read a question, search these documents (all where none are named) and rank what is found."""
    began = time.perf_counter()
    holdings = library.holdings
    resolution = resolve(typed, history, holdings.names)
    question, findings, entities = retrieved(resolution, documents, library, holdings)
    searched = time.perf_counter()
    ranked = rank_spans(question, holdings.index, findings, entities)
    return Inquiry(
        typed=typed,
        turns=tuple(history),
        resolution=resolution,
        question=question,
        catalogue=Catalogue.load("en" if question.english else "sv"),
        holdings=holdings,
        documents=documents,
        entities=entities,
        findings=_with_spans(findings, ranked),
        ranked=ranked,
        began=began,
        search_seconds=searched - began,
        embed=library.embed,
    )


def retrieved(
    resolution: Resolution, documents: frozenset[str], library: Library, holdings: Holdings
) -> tuple[Question, Findings, tuple[Entity, ...]]:
    """The question as read, what retrieval finds for it, and the entities that it names."""
    question = read_question(resolution.standalone)
    question = in_swedish(question) if question.english else question
    known = holdings.names.within(question.text)
    said = {name.casefold() for name in question.names}
    question = replace(question, names=(*question.names, *(name for name, _ in known if name.casefold() not in said)))
    vector = library.embed(question.text)
    findings = retrieve(holdings.index, question, vector, library.expansion(question, holdings.index), documents)
    return question, findings, tuple(entity for _, entity in known)


def _with_spans(findings: Findings, ranked: tuple[Candidate, ...]) -> Findings:
    """The passages by their fused score and how good their best sentence is beside the best of all."""
    if not ranked:
        return findings
    best: dict[int, float] = {}
    for candidate in ranked:
        best.setdefault(candidate.row, candidate.share / ranked[0].share)
    added = np.array([_BEST_SPAN * best.get(int(row), 0.0) for row in findings.rows], np.float32)
    return findings.reordered(findings.fused + added)
