"""What is made of a document once: its passages, their vectors and its initiatives, kept until the document changes.

    INDEX/parts/<embedder and cleaning version>-<digest of the passages>/
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
from itertools import chain
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

_PASSAGES_PER_BATCH = 32
_HEADINGS = 2


def embedding_text(passage: Passage) -> str:
    """What is embedded for a passage: its last two headings, its table's head row and its text, each on a line."""
    return "\n".join((*passage.section[-_HEADINGS:], *filter(None, (passage.head,)), passage.text))


def sentence_texts(passage: Passage) -> list[str]:
    """What is embedded for each sentence of a passage: its last heading in front."""
    return ["\n".join((*passage.section[-1:], passage.text[start:end])) for start, end in passage.sentences]


def read_passages(folder: Path, titles: Mapping[str, str]) -> Iterator[Passage]:
    """The passages of a part or generation in order, with the titles of their documents by id."""
    with (folder / "passages.jsonl").open("rb") as file:
        for line in file:
            yield passage_from_json(line, titles)


def _embedded(passages: Sequence[Passage], embed: Embed) -> Iterator[NDArray[np.float32]]:
    """For each passage its vector and those of its sentences."""
    texts = [[embedding_text(passage), *sentence_texts(passage)] for passage in passages]
    # a passage of one sentence under one heading is embedded once for both
    rows = {text: row for row, text in enumerate(dict.fromkeys(chain.from_iterable(texts)))}
    vectors = embed(list(rows))
    for own in texts:
        yield vectors[[rows[text] for text in own]]


class PartStore:
    """The folder INDEX/parts, for one embedder. Only the holder of the index's lock may use it."""

    def __init__(self, directory: Path, embedder: str, dimension: int) -> None:
        self._directory, self._dimension = directory, dimension
        self._made_with = hashlib.sha256(f"{embedder}, {CLEANING_VERSION}".encode()).hexdigest()[:12]

    def add(self, passages: Sequence[Passage]) -> str:
        """Keep a document's passages; returns the name of its part. Its initiatives are to be found anew."""
        lines = "".join(passage_to_json(passage) + "\n" for passage in passages).encode()
        name = f"{self._made_with}-{hashlib.sha256(lines).hexdigest()}"
        (self._directory / name).mkdir(parents=True, exist_ok=True)
        sync(self._directory)
        (self._directory / name / "register.json").unlink(missing_ok=True)
        write_whole(self._directory / name / "passages.jsonl", lambda file: file.write(lines))
        return name

    def embed(self, records: Sequence[DocumentRecord], embed: Embed) -> Iterator[int]:
        """Make the vectors that are missing. Yields again and again how many passages have theirs."""
        missing = [record for record in records if not (self._folder(record) / "vectors.npz").exists()]
        done = sum(record.passages for record in records) - sum(record.passages for record in missing)
        for record in missing:
            passages = self._passages(record)
            rows: list[NDArray[np.float32]] = []
            for start in range(0, len(passages), _PASSAGES_PER_BATCH):
                rows += _embedded(passages[start : start + _PASSAGES_PER_BATCH], embed)
                yield done + len(rows)
            self._keep_vectors(record, rows)
            done += record.passages
        yield done

    def _keep_vectors(self, record: DocumentRecord, rows: Sequence[NDArray[np.float32]]) -> None:
        """`rows` has for each passage its vector and those of its sentences."""
        none = np.empty((0, self._dimension), np.float32)
        passages = np.concatenate([none, *(own[:1] for own in rows)])
        sentences = np.concatenate([none, *(own[1:] for own in rows)]).astype(np.float16)
        write_whole(
            self._folder(record) / "vectors.npz", lambda file: np.savez(file, passages=passages, sentences=sentences)
        )

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
                with np.load(part / "vectors.npz", allow_pickle=False) as stored:
                    passage_file.write(stored["passages"].tobytes())
                    sentence_file.write(stored["sentences"].tobytes())

    def _folder(self, record: DocumentRecord) -> Path:
        assert record.part is not None
        return self._directory / record.part

    def _passages(self, record: DocumentRecord) -> tuple[Passage, ...]:
        return tuple(read_passages(self._folder(record), {record.document.id: record.document.title}))


def _write_header(file: IO[bytes], kind: str, shape: tuple[int, int]) -> None:
    np.lib.format.write_array_header_1_0(file, {"descr": kind, "fortran_order": False, "shape": shape})
