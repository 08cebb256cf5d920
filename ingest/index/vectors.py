"""The vectors of a generation: what is embedded, which vectors are taken over, and how they are written.

    passages.npy     float32 (passages, dimension), unit rows, in the order of passages.jsonl
    sentences.npy    float16 (sentences, dimension), unit rows, all sentences of the first passage, then the second, …
    head.json        embedder, dimension and recipe
    done             how many passages have their vectors so far; gone when all have

Embedding is by far the dearest step. A passage whose headings and text are found in an earlier generation, in the
leavings of a killed run (that is what `done` is for) or further up in the same run gets the vectors made then: they
would be the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.documents import Passage
from ingest.index.records import passage_from_json

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts to unit rows of shape (texts, dimension)."""

_Vectors = tuple[NDArray[np.float32], NDArray[np.float16]]

_TEXTS_PER_BATCH = 128
_HEADINGS = 2
_NPY_HEADER_BYTES = 128


@dataclass(frozen=True, slots=True)
class Head:
    """What must agree for vectors to be taken over. `recipe` says how passages were cut and texts put together."""

    embedder: str
    dimension: int
    recipe: str


def embedding_text(passage: Passage) -> str:
    """What is embedded for a passage: its last two headings and its text, each on a line."""
    return "\n".join((*passage.section[-_HEADINGS:], passage.text))


def sentence_texts(passage: Passage, headings: int) -> list[str]:
    """What is embedded for each sentence of a passage: its last `headings` headings in front."""
    front = passage.section[-headings:] if headings else ()
    return ["\n".join((*front, passage.text[start:end])) for start, end in passage.sentences]


def stream_passages(folder: Path, limit: int | None = None) -> Iterator[Passage]:
    """The passages of a generation's folder in order, the first `limit` of them."""
    with (folder / "passages.jsonl").open("rb") as file:
        for row, line in enumerate(file):
            if row == limit:
                return
            yield passage_from_json(line)


def _fingerprint(passage: Passage) -> bytes:
    """Equal for passages whose vectors are equal, in whatever document they stand."""
    seen = repr((passage.section, passage.text, passage.sentences))
    return hashlib.blake2b(seen.encode(), digest_size=16).digest()


class _Places(NamedTuple):
    """Where a passage's vectors lie: its row, its first sentence's row, and how many sentences it has."""

    row: int
    first: int
    length: int


class StoredVectors:
    """Vectors of an earlier generation or of a killed run, found by what was embedded."""

    def __init__(self, folder: Path) -> None:
        done = _done(folder)
        self._places: dict[bytes, _Places] = {}
        first = 0
        for row, passage in enumerate(stream_passages(folder, done)):
            self._places[_fingerprint(passage)] = _Places(row, first, len(passage.sentences))
            first += len(passage.sentences)
        self._passages = _open(folder / "passages.npy")
        self._sentences: NDArray[np.float16] = _open(folder / "sentences.npy")

    @staticmethod
    def open(folder: Path, head: Head) -> StoredVectors | None:
        """The vectors in `folder` where they are of the same head and there are any, else None."""
        path = folder / "head.json"
        if not path.exists() or json.loads(path.read_text(encoding="utf-8")) != asdict(head) or _done(folder) == 0:
            return None
        return StoredVectors(folder)

    def find(self, fingerprint: bytes) -> _Vectors | None:
        """The passage's vector (dimension,) and its sentences' vectors (sentences, dimension)."""
        places = self._places.get(fingerprint)
        return None if places is None else _rows(self._passages, self._sentences, places)


def _rows(passages: NDArray[np.float32], sentences: NDArray[np.float16], places: _Places) -> _Vectors:
    return passages[places.row], sentences[places.first : places.first + places.length]


def _done(folder: Path) -> int | None:
    """How many passages of a folder have vectors: None for all of them."""
    path = folder / "done"
    if path.exists():
        return int(path.read_text())
    return None if (folder / "manifest.json").exists() else 0


def count_done(folder: Path) -> int:
    """How many passages a killed run's folder has vectors for."""
    return _done(folder) or 0


def _open(path: Path) -> NDArray[Any]:
    empty = path.stat().st_size <= _NPY_HEADER_BYTES  # no rows: nothing to map
    matrix: NDArray[Any] = np.load(path, mmap_mode=None if empty else "r", allow_pickle=False)
    return matrix


def write_vectors(
    folder: Path,
    head: Head,
    shape: tuple[int, int],
    embed: Embed,
    sources: Sequence[StoredVectors],
    sentence_headings: int,
    tick: Callable[[int], None],
) -> None:
    """Write the vectors of all passages in `folder`, taking over from `sources` what they have.

    `shape` counts passages and sentences. `tick(ready)` is called after each batch with the passages that are ready.
    """
    (folder / "head.json").write_text(json.dumps(asdict(head)), encoding="utf-8")
    writer = _Writer(folder, (*shape, head.dimension), embed, sentence_headings)
    for passage in stream_passages(folder):
        if writer.add(passage, sources):
            tick(writer.ready)
    writer.finish()
    tick(writer.ready)


class _Writer:
    """Fills the two matrices in order; passages wait until there is a batch of texts to embed."""

    def __init__(self, folder: Path, shape: tuple[int, int, int], embed: Embed, sentence_headings: int) -> None:
        passages, sentences, dimension = shape
        self._folder, self._embed, self._sentence_headings = folder, embed, sentence_headings
        self._passages = _create(folder / "passages.npy", np.dtype(np.float32), (passages, dimension))
        self._sentences = _create(folder / "sentences.npy", np.dtype(np.float16), (sentences, dimension))
        self._row = self._first = 0
        self._embedded: dict[bytes, _Places] = {}
        self._waiting: dict[bytes, _Places] = {}
        self._texts: list[str] = []
        self.ready = 0

    def add(self, passage: Passage, sources: Sequence[StoredVectors]) -> bool:
        """Take the next passage; True when a batch was written."""
        fingerprint = _fingerprint(passage)
        if fingerprint in self._waiting:
            self._write()
        places = _Places(self._row, self._first, len(passage.sentences))
        self._row, self._first = places.row + 1, places.first + places.length
        if (vectors := self._find(fingerprint, sources)) is not None:
            self._put(places, *vectors)
        else:
            self._waiting[fingerprint] = places
            self._texts += [embedding_text(passage), *sentence_texts(passage, self._sentence_headings)]
        if len(self._texts) < _TEXTS_PER_BATCH:
            return False
        self._write()
        return True

    def _find(self, fingerprint: bytes, sources: Sequence[StoredVectors]) -> _Vectors | None:
        if (places := self._embedded.get(fingerprint)) is not None:
            return _rows(self._passages, self._sentences, places)
        return next((found for source in sources if (found := source.find(fingerprint)) is not None), None)

    def _put(self, places: _Places, passage: NDArray[np.float32], sentences: NDArray[np.floating[Any]]) -> None:
        self._passages[places.row] = passage
        self._sentences[places.first : places.first + places.length] = sentences

    def finish(self) -> None:
        """Write what waits. The matrices are whole."""
        self._write()
        (self._folder / "done").unlink()

    def _write(self) -> None:
        if self._texts:
            # a passage of one sentence under one heading is embedded once for both
            distinct = {text: row for row, text in enumerate(dict.fromkeys(self._texts))}
            vectors, start = self._embed(list(distinct))[[distinct[text] for text in self._texts]], 0
            for places in self._waiting.values():
                self._put(places, vectors[start], vectors[start + 1 : start + 1 + places.length])
                start += 1 + places.length
        self._embedded |= self._waiting
        self._waiting, self._texts, self.ready = {}, [], self._row
        for matrix in (self._passages, self._sentences):
            if isinstance(matrix, np.memmap):
                matrix.flush()
        fresh = self._folder / "done.new"
        fresh.write_text(str(self._row))
        fresh.replace(self._folder / "done")


def _create(path: Path, dtype: np.dtype[Any], shape: tuple[int, int]) -> NDArray[Any]:
    if not shape[0]:
        np.save(path, np.empty(shape, dtype))
        return np.empty(shape, dtype)
    return np.lib.format.open_memmap(path, "w+", dtype, shape)
