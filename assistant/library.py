"""The index that answers are made from, with its embedder; follows the index to its newest generation."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.lists.material import Material, gather
from assistant.question import Question
from assistant.synonyms import Synonyms
from ingest.embedding.embedder import Embedder
from ingest.facts.types import within
from ingest.store.chroma import ChromaServer
from ingest.store.passage_index import PassageIndex, open_index


class Library:
    """One folder's index, opened. Each question uses one generation throughout; `refresh` switches between them."""

    def __init__(
        self, directory: Path, embedder: Embedder, synonyms: Synonyms, server: ChromaServer | None = None
    ) -> None:
        self._directory = directory
        self._synonyms, self._server = synonyms, server
        self._lock = threading.Lock()
        self.embedder = embedder
        self.index: PassageIndex = open_index(directory, embedder.name, server)

    def refresh(self) -> bool:
        """Open the newest generation if another one serves now; True when it changed."""
        with self._lock:
            if self.index.is_current():
                return False
            self.index = open_index(self._directory, self.embedder.name, self._server)
            return True

    def embed(self, text: str) -> NDArray[np.float32]:
        """The unit vector of a question, shape (dimension,)."""
        return np.asarray(self.embedder.embed_query(text), np.float32)

    def material(self, documents: frozenset[str]) -> Material:
        """What lists are made of: the facts and passages of these documents, of all where none are named."""
        return _material(self.index, documents)

    def expansion(self, question: Question) -> str:
        """Further words for the lexical leg: abbreviations spelled out as the documents do it, and their synonyms.

        Synonyms that no document has would only add chance likenesses of letters.
        """
        asked = {word.casefold() for word in question.terms}
        spelled_out = (long for short, long in self.index.abbreviations.items() if short.casefold() in asked)
        translated = question.terms if question.english else ()
        synonyms = (word for word in self._synonyms.of(question.terms) if self.index.lexical.frequency(word))
        return " ".join((*spelled_out, *translated, *synonyms))


@lru_cache(maxsize=4)
def _material(index: PassageIndex, documents: frozenset[str]) -> Material:
    passages = [one for one in index.passages if not documents or one.document_id in documents]
    return gather(within(index.facts, {one.id for one in passages}) if documents else index.facts, passages)
