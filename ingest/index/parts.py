"""What is made of a document once: its passages, their vectors and its initiatives, kept until the document changes.

    INDEX/parts/<digest of all that it is made from>/
        passages.jsonl     the passages, without their title
        vectors.npz        `passages` float32 (passages, dimension), `sentences` float16 (sentences, dimension): unit
                           rows, all sentences of the first passage, then the second, …
        register.json      its initiatives, before they are joined with those of other documents

Embedding is by far the dearest step. A generation is put together from the parts of its documents, so that a document
more, or a run that was killed, costs the vectors of what is new alone. Each file appears whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from ingest.documents import CLEANING_VERSION, Passage
from ingest.index.records import DocumentRecord, passage_from_json, passage_to_json
from ingest.index.storage import sync, write_whole
from ingest.register.entries import Initiative, Register
from ingest.register.initiatives import find_initiatives

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts to unit rows of shape (texts, dimension)."""

_TEXTS_PER_BATCH = 128
_HEADINGS = 2


def embedding_text(passage: Passage) -> str:
    """What is embedded for a passage: its last two headings and its text, each on a line."""
    return "\n".join((*passage.section[-_HEADINGS:], passage.text))


def sentence_texts(passage: Passage) -> list[str]:
    """What is embedded for each sentence of a passage: its last heading in front."""
    return ["\n".join((*passage.section[-1:], passage.text[start:end])) for start, end in passage.sentences]


def read_passages(folder: Path, titles: Mapping[str, str]) -> Iterator[Passage]:
    """The passages of a part or generation in order, with the titles of their documents by id."""
    with (folder / "passages.jsonl").open("rb") as file:
        for line in file:
            yield passage_from_json(line, titles)


class PartStore:
    """The folder INDEX/parts, for one embedder. Only the holder of the index's lock may use it."""

    def __init__(self, directory: Path, embedder: str, dimension: int) -> None:
        self._directory, self._dimension = directory, dimension
        self._key = hashlib.sha256(f"{embedder}, {CLEANING_VERSION}".encode()).digest()

    def add(self, passages: Sequence[Passage]) -> str:
        """Keep a document's passages; returns the name of its part."""
        lines = "".join(passage_to_json(passage) + "\n" for passage in passages).encode()
        name = hashlib.blake2b(lines, digest_size=20, key=self._key).hexdigest()
        (self._directory / name).mkdir(parents=True, exist_ok=True)
        sync(self._directory)
        write_whole(self._directory / name / "passages.jsonl", lambda file: file.write(lines))
        return name

    def embed(self, records: Sequence[DocumentRecord], embed: Embed) -> Iterator[int]:
        """Make the vectors that are missing. Yields again and again how many passages have theirs."""
        done = 0
        for record in records:
            path = self._folder(record) / "vectors.npz"
            if not path.exists():
                passages = self._passages(record)
                texts = [text for passage in passages for text in (embedding_text(passage), *sentence_texts(passage))]
                # a passage of one sentence under one heading is embedded once for both
                distinct = {text: row for row, text in enumerate(dict.fromkeys(texts))}
                vectors, wanted = np.empty((len(distinct), self._dimension), np.float32), list(distinct)
                for start in range(0, len(wanted), _TEXTS_PER_BATCH):
                    batch = slice(start, start + _TEXTS_PER_BATCH)
                    vectors[batch] = embed(wanted[batch])
                    yield done + record.passages * start // len(wanted)
                self._keep_vectors(path, passages, vectors[[distinct[text] for text in texts]])
            done += record.passages
            yield done

    def _keep_vectors(self, path: Path, passages: Sequence[Passage], rows: NDArray[np.float32]) -> None:
        """`rows` are those of each passage and its sentences."""
        starts = np.cumsum([0, *(1 + len(passage.sentences) for passage in passages)])[:-1]
        sentences = np.delete(rows, starts, axis=0).astype(np.float16)
        write_whole(path, lambda file: np.savez(file, passages=rows[starts], sentences=sentences))

    def initiatives(self, record: DocumentRecord) -> tuple[Initiative, ...]:
        """The initiatives of one document, found unless they are there."""
        path = self._folder(record) / "register.json"
        if not path.exists():
            found = Register(tuple(find_initiatives(self._passages(record))))
            text = json.dumps(found.to_record(), ensure_ascii=False)
            write_whole(path, lambda file: file.write(text.encode()))
        return Register.from_record(json.loads(path.read_bytes())).initiatives

    def put_together(self, records: Sequence[DocumentRecord], folder: Path) -> None:
        """Write passages.jsonl, passages.npy (float32) and sentences.npy (float16) of a generation: part after part."""
        passages, sentences = (sum(record.passages for record in records), sum(record.sentences for record in records))
        with (
            (folder / "passages.jsonl").open("wb") as lines,
            (folder / "passages.npy").open("wb") as passage_file,
            (folder / "sentences.npy").open("wb") as sentence_file,
        ):
            _write_header(passage_file, "<f4", (passages, self._dimension))
            _write_header(sentence_file, "<f2", (sentences, self._dimension))
            for part in map(self._folder, records):
                lines.write((part / "passages.jsonl").read_bytes())
                with np.load(part / "vectors.npz", allow_pickle=False) as vectors:
                    passage_file.write(vectors["passages"].tobytes())
                    sentence_file.write(vectors["sentences"].tobytes())

    def _folder(self, record: DocumentRecord) -> Path:
        assert record.part is not None
        return self._directory / record.part

    def _passages(self, record: DocumentRecord) -> tuple[Passage, ...]:
        return tuple(read_passages(self._folder(record), {record.document.id: record.document.title}))


def _write_header(file: IO[bytes], kind: str, shape: tuple[int, int]) -> None:
    np.lib.format.write_array_header_1_0(file, {"descr": kind, "fortran_order": False, "shape": shape})
