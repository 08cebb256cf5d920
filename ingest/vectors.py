"""The vectors of a generation: what is embedded, which vectors are taken over, and how they are written.

    passages.npy     float32 (passages, dimension), unit rows, in the order of passages.jsonl
    sentences.npy    float16 (sentences, dimension), unit rows, all sentences of the first passage, then the second, …
    head.json        embedder, dimension and recipe
    done             how many passages have their vectors so far; gone when all have

Embedding is by far the dearest step. A passage whose id is found in an earlier generation, or in the leavings of a
killed run (that is what `done` is for), keeps its vectors: the id is made from the text, so they are the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.documents import Passage
from ingest.records import passage_from_json

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts to unit rows of shape (texts, dimension)."""

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


class StoredVectors:
    """Vectors of an earlier generation or of a killed run, found by passage id."""

    def __init__(self, folder: Path) -> None:
        done = _done(folder)
        self._rows: dict[str, tuple[int, int, tuple[tuple[int, int], ...]]] = {}
        first = 0
        for row, passage in enumerate(stream_passages(folder, done)):
            self._rows[passage.id] = (row, first, passage.sentences)
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

    def find(self, passage: Passage) -> tuple[NDArray[np.float32], NDArray[np.float16]] | None:
        """The passage's vector (dimension,) and its sentences' vectors (sentences, dimension)."""
        row, first, sentences = self._rows.get(passage.id, (0, 0, None))
        if sentences != passage.sentences:
            return None
        return self._passages[row], self._sentences[first : first + len(sentences)]


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
        found = next((vectors for source in sources if (vectors := source.find(passage))), None)
        if writer.add(passage, found):
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
        self._waiting: list[tuple[int, int, int]] = []
        self._texts: list[str] = []
        self.ready = 0

    def add(self, passage: Passage, vectors: tuple[NDArray[np.float32], NDArray[np.float16]] | None) -> bool:
        """Take the next passage; True when a batch was written."""
        row, first, count = self._row, self._first, len(passage.sentences)
        self._row, self._first = row + 1, first + count
        if vectors is not None:
            self._passages[row], self._sentences[first : first + count] = vectors
        else:
            self._waiting.append((row, first, count))
            self._texts += [embedding_text(passage), *sentence_texts(passage, self._sentence_headings)]
        if len(self._texts) < _TEXTS_PER_BATCH:
            return False
        self._write()
        return True

    def finish(self) -> None:
        """Write what waits. The matrices are whole."""
        self._write()
        (self._folder / "done").unlink()

    def _write(self) -> None:
        if self._texts:
            vectors, start = self._embed(self._texts), 0
            for row, first, count in self._waiting:
                self._passages[row] = vectors[start]
                self._sentences[first : first + count] = vectors[start + 1 : start + 1 + count]
                start += 1 + count
        self._waiting, self._texts, self.ready = [], [], self._row
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
