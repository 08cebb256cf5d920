"""The passage index as readers see it: one generation, opened, complete and never changing.

A generation keeps its passages twice. Chroma holds every passage with its text, place and vector, and its graph finds
the nearest ones in a large archive. Beside it lie the same passages as lines of JSON and their vectors as a plain
matrix, and the everyday path reads only those, for two reasons that were measured. Importing chromadb takes about a
second of the few that a question from a cold start may take. And up to about 100,000 passages the exact product with
the matrix is quicker than the graph with a filter on documents (2 ms at 10,000), and misses nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.documents import CLEANING_VERSION, Document, Page, Passage, ReadDocument
from ingest.errors import IndexMismatch
from ingest.facts.extract import extract_facts
from ingest.facts.record import from_record
from ingest.facts.types import FactBase
from ingest.index.collection import Collection
from ingest.index.generations import current_id, generation_folder, load_manifest, no_index
from ingest.index.lexical import LexicalIndex
from ingest.index.parts import read_passages
from ingest.index.records import DocumentRecord, DocumentStatus, Manifest
from ingest.index.storage import ReadStore, load_page, load_reading
from ingest.register.abbreviations import learn_abbreviations
from ingest.register.entries import Register
from ingest.swedish import words

EXACT_LIMIT = 100_000
"""Passages up to which search is exact. Above it Chroma's graph answers and the matrices stay on disk."""

_OPEN_READINGS, _OPEN_PAGES = 4, 256


class PassageIndex:
    """An opened generation. Attributes are read-only; arrays are not to be written to.

    passage_vectors: float32 (passages, dimension), unit rows, in the order of `passages`.
    sentence_vectors: float32 (sentences, dimension), unit rows; above EXACT_LIMIT passages float16 and mapped from
    disk: pick the rows you need before you calculate.
    sentence_owners: int32 (sentences,), the row of the passage that each sentence belongs to, in text order.
    """

    def __init__(self, directory: Path, manifest: Manifest) -> None:
        """Read the generation that `manifest` describes. Raises FileNotFoundError when it has been swept."""
        self.directory = directory
        self.manifest = manifest
        self.id = manifest.id
        self.records: tuple[DocumentRecord, ...] = manifest.records
        self.documents: tuple[Document, ...] = tuple(record.document for record in manifest.records if record.passages)
        self.folder = generation_folder(directory, manifest.id)
        titles = {document.id: document.title for document in self.documents}
        self.passages: tuple[Passage, ...] = tuple(read_passages(self.folder, titles))
        self.passage_vectors: NDArray[np.float32] = self._matrix("passages.npy")
        counts = [len(passage.sentences) for passage in self.passages]
        self.sentence_owners: NDArray[np.int32] = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
        self._store = ReadStore(directory / "read")
        self._readings = {
            record.document.id: record.reading
            for record in manifest.records
            if record.status is not DocumentStatus.UNREADABLE
        }
        self._load = lru_cache(maxsize=_OPEN_READINGS)(load_reading)
        self._load_page = lru_cache(maxsize=_OPEN_PAGES)(load_page)

    @property
    def large(self) -> bool:
        """Whether there are more than EXACT_LIMIT passages."""
        return len(self.passages) > EXACT_LIMIT

    def _matrix(self, name: str) -> NDArray[np.float32]:
        matrix: NDArray[np.float32] = np.load(
            self.folder / name, mmap_mode="r" if self.large else None, allow_pickle=False
        )
        return matrix

    @cached_property
    def sentence_vectors(self) -> NDArray[np.float32]:
        """See the class."""
        matrix = self._matrix("sentences.npy")
        return matrix if self.large else matrix.astype(np.float32)

    @cached_property
    def lexical(self) -> LexicalIndex:
        """BM25 over the same texts as the passage vectors, in the same order."""
        return LexicalIndex.load(self.folder / "lexical")

    @cached_property
    def register(self) -> Register:
        """The initiatives, goals, challenges and focus areas found in the passages."""
        return Register.from_record(json.loads((self.folder / "register.json").read_text(encoding="utf-8")))

    @cached_property
    def facts(self) -> FactBase:
        """The typed facts of all passages; of an index that was written without them, they are extracted now."""
        stored = self.folder / "facts.json"
        if not stored.exists():
            return extract_facts(self.passages, [record.document for record in self.manifest.records])
        return from_record(json.loads(stored.read_text(encoding="utf-8")))

    @cached_property
    def words(self) -> frozenset[str]:
        """See `distinct_words`."""
        return distinct_words(self.passages)

    @cached_property
    def abbreviations(self) -> dict[str, str]:
        """Abbreviations that the documents themselves spell out."""
        return learn_abbreviations(self.passages)

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row of each passage id."""
        return {passage.id: row for row, passage in enumerate(self.passages)}

    @cached_property
    def _document_names(self) -> NDArray[np.str_]:
        return np.array([passage.document_id for passage in self.passages])

    @cached_property
    def collection(self) -> Collection:
        """The generation in Chroma. The first use imports chromadb."""
        return Collection(self.folder / "chroma")

    def nearest(
        self, query: NDArray[np.float32], count: int, documents: Sequence[str] = ()
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Rows and cosine similarities of the `count` passages nearest to a unit vector (dimension,), best first.

        `documents` narrows the search to those ids. Exact up to EXACT_LIMIT passages, by Chroma's graph above.
        """
        if self.large:
            found = self.collection.nearest(query, count, documents)
            rows = np.array([self.rows[name] for name, _ in found], np.int32)
            return rows, np.array([score for _, score in found], np.float32)
        scores = self.passage_vectors @ query
        candidates = np.arange(len(scores), dtype=np.int32)
        if documents:
            candidates = candidates[np.isin(self._document_names, list(documents))]
        best = candidates[np.argsort(-scores[candidates], kind="stable")[:count]]
        return best, scores[best]

    def record(self, document_id: str) -> DocumentRecord | None:
        """What is known of a document, None where it is not in the index."""
        return self.manifest.record(document_id)

    def page(self, document_id: str, number: int | None) -> Page:
        """One page as it was read, with its boxes. Raises KeyError for a document or page that is not there."""
        page = self._load_page(self._reading_folder(document_id), number)
        if page is None:
            raise KeyError((document_id, number))
        return page

    def reading(self, document_id: str) -> ReadDocument:
        """All that was read of a document: pages, blocks, report. Raises KeyError for one that could not be read."""
        return self._load(self._reading_folder(document_id))

    def _reading_folder(self, document_id: str) -> Path:
        name = self._readings.get(document_id)
        if name is None:
            raise KeyError(document_id)
        return self._store.folder(name)

    def source(self, document_id: str) -> Path | None:
        """The stored copy of the original file, None for a document that could not be read."""
        name = self._readings.get(document_id)
        return None if name is None else self._store.original(name)

    def is_current(self) -> bool:
        """Whether this generation still serves; when not, open the index again."""
        return current_id(self.directory) == self.id


def distinct_words(passages: Iterable[Passage]) -> frozenset[str]:
    """All distinct words of the passages, in lower case, and the parts of those with a hyphen."""
    whole = {word for passage in passages for word in words(passage.text)}
    return frozenset(whole | {part for word in whole for part in word.split("-")})


def open_index(directory: Path, embedder_name: str | None = None) -> PassageIndex:
    """Open the generation that serves. `embedder_name` None reads texts only and accepts any embedder.

    Raises IndexMissing, and IndexMismatch when it was made with another embedder or cleaning version.
    """
    while (generation_id := current_id(directory)) is not None:
        try:
            manifest = load_manifest(directory, generation_id)
            check_manifest(directory, manifest, embedder_name)
            return PassageIndex(directory, manifest)
        except FileNotFoundError:
            # swept between reading its name and its files: then CURRENT names another one now
            if current_id(directory) == generation_id:
                raise
    raise no_index(directory)


def known_records(directory: Path) -> tuple[DocumentRecord, ...]:
    """What an index knows of its documents, empty where there is none that can be used."""
    generation_id = current_id(directory)
    if generation_id is None:
        return ()
    try:
        return load_manifest(directory, generation_id).records
    except IndexMismatch:
        return ()


def check_manifest(directory: Path, manifest: Manifest, embedder_name: str | None) -> None:
    """Raise IndexMismatch, with the command that mends it, when the index cannot be used with this program."""
    if embedder_name is not None and manifest.embedder != embedder_name:
        raise IndexMismatch(
            f"Indexet i {directory} är byggt med språkmodellen {manifest.embedder}, men inställningen är "
            f"{embedder_name}. Bygg om det: rus ingest --rebuild, eller ställ tillbaka modellen."
        )
    if manifest.cleaning_version != CLEANING_VERSION:
        raise IndexMismatch(
            f"Indexet i {directory} är läst med en annan version av textläsningen "
            f"({manifest.cleaning_version}, nu {CLEANING_VERSION}). Bygg om det: rus ingest --rebuild"
        )
