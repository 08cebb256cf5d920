"""The passage index as readers see it: one generation, opened, complete and never changing.

Passages are read from Chroma once, when the index is opened; vectors stay there. Chroma's graph finds the nearest
rows, which reading their vectors shows to be the right ones for at least 99 of 100 among the best 50.
"""

from __future__ import annotations

import json
import weakref
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from ingest.documents import Document, Page, Passage, ReadDocument
from ingest.enrichment import EnrichedPassage, WaysIn, enriched_at, load_enriched, ways_in, with_enriched
from ingest.errors import IndexDamaged, damaged
from ingest.facts.abbreviations import learn_abbreviations
from ingest.facts.record import from_record
from ingest.facts.types import FactBase
from ingest.store.chroma import ChromaServer, Hits, Stores, Vectors, VectorStore
from ingest.store.generations import check_manifest, current_id, generation_folder, load_manifest, no_index
from ingest.store.readings import ReadStore, load_page, load_reading
from ingest.store.records import DocumentRecord, DocumentStatus, Manifest, passage_of, sentence_keys
from ingest.swedish import stem, terms, words

if TYPE_CHECKING:
    import bm25s

_OPEN_READINGS, _OPEN_PAGES = 4, 256
_FEW_ROWS = 2000
"""Rows of chosen documents up to which all are read and compared; of more, the graph finds the nearest."""

Scores = NDArray[np.float32]
Numbers = NDArray[np.int64]


class LexicalIndex:
    """BM25 over stems and character n-grams (Robertson's formula with Lucene's idf) of `count` texts, numbered from 0.

    All weights are worked out when it is built (Lù 2024, "BM25S"), so that a query only adds up the rows of its terms.
    """

    def __init__(self, weights: bm25s.BM25 | None) -> None:
        """`weights` None for no texts."""
        self._weights = weights
        self.count: int = weights.scores["num_docs"] if weights else 0

    @classmethod
    def build(cls, texts: Iterable[str]) -> LexicalIndex:
        """Count the terms of the texts, worked out once for each word."""
        import bm25s

        numbers: dict[str, int] = {"": 0}  # bm25s can make no index without any term
        of_word: dict[str, list[int]] = {}
        said: list[list[int]] = []
        for text in texts:
            said.append([])
            for word in words(text):
                if word not in of_word:
                    of_word[word] = [numbers.setdefault(term, len(numbers)) for term in terms(word)]
                said[-1] += of_word[word]
        if not said:
            return cls(None)
        weights = bm25s.BM25(method="lucene", k1=1.2, b=0.6)
        weights.index((said, numbers), show_progress=False, create_empty_token=False)
        return cls(weights)

    def save(self, folder: Path) -> None:
        """Write the index into a folder of its own, which stays empty for no texts."""
        folder.mkdir()
        if self._weights:
            self._weights.save(folder, show_progress=False)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Open what `save` wrote."""
        import bm25s

        return cls(bm25s.BM25.load(folder, show_progress=False) if any(folder.iterdir()) else None)

    def scores(self, query: str) -> Scores:
        """BM25 score of every text for the query, shape (count,), 0 where no term is shared."""
        known = self._weights.vocab_dict if self._weights else {}
        numbers = [known[term] for term in terms(query) if term in known]
        if not self._weights or not numbers:
            return np.zeros(self.count, np.float32)
        return np.asarray(self._weights.get_scores_from_ids(numbers), np.float32)

    def frequency(self, word: str) -> int:
        """In how many texts the word's stem occurs."""
        number = self._weights.vocab_dict.get("=" + stem(word)) if self._weights else None
        if not self._weights or number is None:
            return 0
        ends = self._weights.scores["indptr"]
        return int(ends[number + 1] - ends[number])


class PassageIndex:
    """An opened generation. Attributes are read-only; arrays are not to be written to.

    A passage's row is its place in `passages`. Queries are unit vectors, float32 (dimension,). Searches may be narrowed
    to `documents`, as `Passage.within` has it, and find less than `count` where there is no more.
    """

    def __init__(self, directory: Path, manifest: Manifest, store: VectorStore) -> None:
        """Read the generation that `manifest` describes. Raises FileNotFoundError when it has been swept."""
        self.directory, self.manifest, self.id = directory, manifest, manifest.id
        self.records: tuple[DocumentRecord, ...] = manifest.records
        self.documents: tuple[Document, ...] = tuple(record.document for record in manifest.records if record.passages)
        self.folder = generation_folder(directory, manifest.id)
        self.store = store
        weakref.finalize(self, store.close)
        self._enriched_at = enriched_at(directory)
        self._keys = read_keys(self.folder)
        self.passages: tuple[Passage, ...] = stored_passages(store, self._keys, manifest.records)
        self._read = ReadStore(directory / "read")
        self._load = lru_cache(maxsize=_OPEN_READINGS)(load_reading)
        self._load_page = lru_cache(maxsize=_OPEN_PAGES)(load_page)
        self._sentence_keys = [sentence_keys(passage) for passage in self.passages]
        if store.sentences.total < sum(map(len, self._sentence_keys)):
            raise damaged(store.where, "meningar saknas i Chroma")

    @cached_property
    def lexical(self) -> LexicalIndex:
        """BM25 over the same texts as the passage vectors, in the same order."""
        return LexicalIndex.load(self.folder / "lexical")

    @cached_property
    def facts(self) -> FactBase:
        """The typed facts found in the passages, by the rules and by a chat model where one has read them."""
        found = from_record(json.loads((self.folder / "facts.json").read_text(encoding="utf-8")))
        return with_enriched(found, self._enriched, {one.id: one for one in self.passages}) if self._enriched else found

    @cached_property
    def ways_in(self) -> WaysIn:
        """Questions that a chat model found the passages to answer."""
        return ways_in(self._enriched, self.rows, self.manifest.dimension)

    @cached_property
    def _enriched(self) -> dict[str, EnrichedPassage]:
        return load_enriched(self.directory)

    @cached_property
    def words(self) -> frozenset[str]:
        """All words of the passages and their headings, in lower case, and the parts of those with a hyphen."""
        texts = (text for passage in self.passages for text in (*passage.section, passage.text))
        whole = {word for text in dict.fromkeys(texts) for word in words(text)}
        return frozenset(whole | {part for word in whole for part in word.split("-")})

    @cached_property
    def abbreviations(self) -> Mapping[str, str]:
        """Abbreviations that the documents themselves spell out."""
        found = self.facts.abbreviations
        return learn_abbreviations(self.passages) if found is None else found

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row of each passage id."""
        return {passage.id: row for row, passage in enumerate(self.passages)}

    @cached_property
    def _row_of_key(self) -> dict[str, int]:
        return {key: row for row, key in enumerate(self._keys)}

    @cached_property
    def _sentence_of_key(self) -> dict[str, tuple[int, int]]:
        """Of each sentence its passage's row and its number there."""
        return {key: (row, number) for row, keys in enumerate(self._sentence_keys) for number, key in enumerate(keys)}

    def nearest_passages(
        self, query: Scores, count: int, documents: frozenset[str] = frozenset()
    ) -> tuple[Numbers, Scores]:
        """Rows and cosines of the `count` nearest passages, int64 and float32 (n,), best first."""
        chosen = [self._keys[row] for row in self._rows_of(documents)] if documents else None
        hits = _nearest(self.store.passages, query, count, self._row_of_key, chosen)
        return np.array([self._row_of_key[key] for key, _ in hits], np.int64), _cosines_of(hits)

    def nearest_sentences(
        self, query: Scores, count: int, documents: frozenset[str] = frozenset()
    ) -> tuple[Numbers, Numbers, Scores]:
        """Passage rows, numbers within the passage, and cosines of the `count` nearest sentences, each (n,)."""
        chosen = [key for row in self._rows_of(documents) for key in self._sentence_keys[row]] if documents else None
        hits = _nearest(self.store.sentences, query, count, self._sentence_of_key, chosen)
        rows, numbers = np.array([self._sentence_of_key[key] for key, _ in hits], np.int64).reshape(-1, 2).T
        return rows, numbers, _cosines_of(hits)

    def _rows_of(self, documents: frozenset[str]) -> list[int]:
        return [row for row, passage in enumerate(self.passages) if passage.within(documents)]

    def passage_cosines(self, query: Scores, rows: Sequence[int] | Numbers) -> Scores:
        """The cosine of each of these passages, exact, float32 (len(rows),)."""
        return self.store.passages.cosines(query, [self._keys[row] for row in rows])

    def sentence_cosines(self, query: Scores, rows: Sequence[int] | Numbers) -> list[Scores]:
        """For each of these passages the cosines of its sentences, exact, float32 (sentences of the passage,)."""
        keys = [self._sentence_keys[row] for row in rows]
        flat = self.store.sentences.cosines(query, list(chain.from_iterable(keys)))
        return np.split(flat, np.cumsum([len(own) for own in keys])[:-1]) if keys else []

    def record(self, document_id: str) -> DocumentRecord | None:
        """What is known of a document, None where it is not in the index."""
        return self.manifest.record(document_id)

    def page(self, document_id: str, number: int | None) -> Page:
        """One page as it was read, with its boxes. Raises KeyError for what is not there, IndexDamaged."""
        folder = self._reading_folder(document_id)
        with self._from_files():
            page = self._load_page(folder, number)
        if page is None:
            raise KeyError((document_id, number))
        return page

    def reading(self, document_id: str) -> ReadDocument:
        """All that was read of a document. Raises KeyError for what is not there, IndexDamaged."""
        folder = self._reading_folder(document_id)
        with self._from_files():
            return self._load(folder)

    @contextmanager
    def _from_files(self) -> Iterator[None]:
        """Raises IndexDamaged for what files that are gone or changed can raise."""
        try:
            yield
        except (OSError, ValueError, EOFError, KeyError, BadZipFile, zlib.error) as error:
            raise damaged(str(self.directory), "en läst sida saknas eller är ändrad") from error

    def _reading_folder(self, document_id: str) -> Path:
        record = self.record(document_id)
        if record is None or record.reading is None or record.status is DocumentStatus.UNREADABLE:
            raise KeyError(document_id)
        return self._read.directory / record.reading

    def source(self, document_id: str) -> Path | None:
        """The stored copy of the original file, None for a document that could not be read."""
        try:
            return self._read.original(self._reading_folder(document_id).name)
        except KeyError:
            return None

    def is_current(self) -> bool:
        """Whether this generation still serves, as it was enriched; when not, open the index again."""
        return current_id(self.directory) == self.id and enriched_at(self.directory) == self._enriched_at


def _nearest(
    vectors: Vectors, query: Scores, count: int, listed: Collection[str], chosen: Sequence[str] | None
) -> Hits:
    """The nearest of the rows that are `listed`, of those that are `chosen` alone where that is given."""
    if chosen is None or len(chosen) > max(_FEW_ROWS, count):
        return vectors.nearest_listed(query, count, listed if chosen is None else frozenset(chosen))
    cosines = vectors.cosines(query, chosen)
    return [(chosen[place], float(cosines[place])) for place in np.argsort(-cosines, kind="stable")[:count]]


def _cosines_of(hits: Hits) -> Scores:
    return np.array([cosine for _, cosine in hits], np.float32)


def read_keys(folder: Path) -> list[str]:
    """The keys of a generation's passages, in order."""
    return (folder / "passages.txt").read_text(encoding="ascii").split()


def stored_passages(store: VectorStore, keys: Sequence[str], records: Iterable[DocumentRecord]) -> tuple[Passage, ...]:
    """The passages with these keys, in order, under the titles of `records`. Raises IndexDamaged where one is away."""
    titles = {record.document.id: record.document.title for record in records}
    found = store.passages.texts(keys)
    if len(found) < len(keys):
        raise damaged(store.where, f"{len(keys) - len(found)} stycken saknas i Chroma")
    return tuple(passage_of(key, *found[key], titles) for key in keys)


def open_index(directory: Path, embedder_name: str | None = None, server: ChromaServer | None = None) -> PassageIndex:
    """Open the generation that serves. `embedder_name` None reads texts only and accepts any embedder.

    Raises IndexMissing, IndexDamaged, StoreUnreachable, and IndexMismatch when it was made with another embedder or
    cleaning version, or keeps its vectors elsewhere than `server` says.
    """
    stores = Stores(directory, server)
    while (generation_id := current_id(directory)) is not None:
        try:
            manifest = load_manifest(directory, generation_id)
            check_manifest(directory, manifest, embedder_name, stores)
            return PassageIndex(directory, manifest, stores.open(manifest.store))
        except (FileNotFoundError, IndexDamaged):
            # swept between reading its name and its files: then CURRENT names another one now
            if current_id(directory) == generation_id:
                raise
    raise no_index(directory)
