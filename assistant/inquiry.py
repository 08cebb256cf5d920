"""One question on its way to an answer: as typed, as understood, and what retrieval found for it; and the index, its
names and its embedder, by which it is looked up once.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.answers import Hit
from assistant.catalogue import Catalogue
from assistant.dialogue import Resolution, resolve
from assistant.drafting import Quote
from assistant.lists.draft import Likeness
from assistant.lists.material import Material
from assistant.matching import Synonyms, best_match, in_swedish, text_words
from assistant.question import Question, read_question
from assistant.retrieval import Findings, retrieve
from assistant.spans import Candidate, rank_spans
from ingest.documents import Passage
from ingest.embedder import Embedder
from ingest.facts.types import BODIES, Entity, FactBase, within
from ingest.store.chroma import ChromaServer
from ingest.store.passage_index import PassageIndex, open_index

HITS = 10
"""Passages that an answer names as what retrieval found."""
_BEST_SPAN = 0.2
"""How much a passage's best sentence, relative to the best of all, adds to its fused score (both run from 0 to 1)."""
_SENTENCES_COMPARED = 2000
"""Nearest sentences whose cosines are told; those further away count as the furthest of these."""
_MATERIALS_KEPT = 4
"""Choices of documents whose material is kept."""
_SHORTEST_NAME_CHARS = 3
_WORD = re.compile(r"[\w:&+.'’/-]*\w")
_ENDINGS = ("ens", "ets", "en", "et", ":s", "s", "n")


class KnownNames:
    """The names and aliases of all entities, found in a text by their words; the last word may have an ending."""

    def __init__(self, facts: FactBase, passages: Mapping[str, Passage]) -> None:
        self._passages = passages
        self._entities: dict[tuple[str, ...], tuple[str, Entity]] = {}
        for entity in facts.entities:
            for name in (entity.name, *entity.aliases):
                if len(name) >= _SHORTEST_NAME_CHARS and (words := _words(name)):
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
        *rest, last = words
        forms = (last, *(last.removesuffix(ending) for ending in _ENDINGS if last.endswith(ending)))
        return next((known for one in forms if (known := self._entities.get((*rest, one)))), None)


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))


class Holdings:
    """One generation of the index, and what its facts and passages give; a question uses one throughout."""

    def __init__(self, index: PassageIndex) -> None:
        self.index = index
        self.names = KnownNames(index.facts, {one.id: one for one in index.passages})
        self._materials: dict[frozenset[str], Material] = {}

    def material(self, documents: frozenset[str]) -> Material:
        """What lists are made of: the facts and passages of these documents, of all where none are named."""
        made = self._materials.get(documents)
        if made is None:
            passages = [one for one in self.index.passages if one.within(documents)]
            facts = within(self.index.facts, {one.id for one in passages}) if documents else self.index.facts
            replaced = frozenset(one.supersedes for one in self.index.documents if one.supersedes)
            made = Material(facts, {one.id: one for one in passages}, replaced)
            if len(self._materials) >= _MATERIALS_KEPT:
                self._materials.clear()
            self._materials[documents] = made
        return made


class Library:
    """One folder's index, opened. `holdings` is the generation that serves now; `refresh` switches to the newest."""

    def __init__(
        self, directory: Path, embedder: Embedder, synonyms: Synonyms, server: ChromaServer | None = None
    ) -> None:
        self._directory, self._server = directory, server
        self._synonyms = synonyms
        self._lock = threading.Lock()
        self.embedder = embedder
        self.holdings = Holdings(open_index(directory, embedder.name, server))

    @property
    def index(self) -> PassageIndex:
        """The generation that serves now."""
        return self.holdings.index

    def refresh(self) -> bool:
        """Open the newest generation if another one serves now; True when it changed."""
        with self._lock:
            if self.index.is_current():
                return False
            self.holdings = Holdings(open_index(self._directory, self.embedder.name, self._server))
            return True

    def embed(self, text: str) -> NDArray[np.float32]:
        """The unit vector of a question, shape (dimension,)."""
        return np.asarray(self.embedder.embed_query(text), np.float32)

    def expansion(self, question: Question, index: PassageIndex) -> str:
        """Further words for the lexical leg: abbreviations spelled out as the documents do it, and their synonyms.

        Synonyms that no document has would only add chance likenesses of letters.
        """
        asked = {word.casefold() for word in question.terms}
        spelled_out = (long for short, long in index.abbreviations.items() if short.casefold() in asked)
        translated = question.terms if question.english else ()
        synonyms = (word for word in self._synonyms.of(question.terms) if index.lexical.frequency(word))
        return " ".join((*spelled_out, *translated, *synonyms))


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
    question = read_question(resolution.standalone)
    question = in_swedish(question) if question.english else question
    known = holdings.names.within(question.text)
    entities = tuple(entity for _, entity in known)
    said = {name.casefold() for name in question.names}
    question = replace(question, names=(*question.names, *(name for name, _ in known if name.casefold() not in said)))
    vector = library.embed(question.text)
    findings = retrieve(holdings.index, question, vector, library.expansion(question, holdings.index), documents)
    searched = time.perf_counter()
    ranked = rank_spans(question, holdings.index, findings)
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


def _with_spans(findings: Findings, ranked: tuple[Candidate, ...]) -> Findings:
    """The passages by their fused score and how good their best sentence is beside the best of all."""
    best: dict[int, float] = {}
    for candidate in ranked:
        best.setdefault(candidate.row, candidate.share / ranked[0].share)
    added = np.array([_BEST_SPAN * best.get(int(row), 0.0) for row in findings.rows], np.float32)
    return findings.reordered(findings.fused + added)


def likeness_over(inquiry: Inquiry) -> Likeness:
    """A function that gives the cosines of a text with the sentences that may answer, by passage: (sentences,)."""
    index, documents = inquiry.index, inquiry.documents
    lengths = {one.id: len(one.sentences) for one in index.passages if one.within(documents)}

    def likeness(text: str) -> Mapping[str, NDArray[np.float32]]:
        rows, sentences, cosines = index.nearest_sentences(inquiry.embed(text), _SENTENCES_COMPARED, documents)
        floor = float(cosines.min(initial=0.0))
        found = {name: np.full(length, floor, np.float32) for name, length in lengths.items()}
        for row, sentence, cosine in zip(rows, sentences, cosines, strict=True):
            found[index.passages[row].id][sentence] = cosine
        return found

    return likeness
