"""The index that answers are made from, with its embedder; follows the index to its newest generation."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.known_names import KnownNames
from assistant.lists.material import Material
from assistant.query_expansion import Synonyms
from assistant.question import Question
from ingest.embedding.embedder import Embedder
from ingest.facts.types import within
from ingest.store.chroma import ChromaServer
from ingest.store.passage_index import PassageIndex, open_index

_MATERIALS_KEPT = 4
"""Choices of documents whose material is kept."""


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
