"""Writes a generation: the rows that are missing in Chroma, BM25 and facts as files, and the switch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.documents import CLEANING_VERSION, Passage
from ingest.facts.extract import extract_facts
from ingest.facts.record import to_record
from ingest.store.chroma import Rows, Vectors, VectorStore, damaged
from ingest.store.enriched import keep_enriched
from ingest.store.generations import finish, generation_folder, new_generation_id, now, start
from ingest.store.lexical import LexicalIndex
from ingest.store.passage_index import read_keys, stored_passages
from ingest.store.records import DocumentRecord, Manifest
from ingest.store.rows import embedding_text, id_of, metadata, passage_key, sentence_keys, sentence_texts
from ingest.store.stores import Stores

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts to unit rows of shape (texts, dimension)."""
Passages = dict[str, tuple[Passage, ...]]
"""By document id, in reading order."""

_PASSAGES_PER_BATCH = 32


@dataclass(frozen=True, slots=True)
class Earlier:
    """The generation before, none at first: its documents, its rows in Chroma, and its passages once they are read."""

    manifest: Manifest | None = None
    records: Sequence[DocumentRecord] = ()
    keys: Sequence[str] = ()
    passages: Passages = field(default_factory=dict)

    @property
    def store(self) -> str | None:
        """The name of its store."""
        return self.manifest.store if self.manifest else None


def read_passages(earlier: Earlier, store: VectorStore) -> Passages:
    """The passages of the generation before, out of `store`."""
    rest = iter(stored_passages(store, earlier.keys, earlier.records))
    return {one.document.id: tuple(next(rest) for _ in range(one.passages)) for one in earlier.records}


def keys_of(index: Path, manifest: Manifest) -> list[str]:
    """The keys of a generation's passages."""
    return read_keys(generation_folder(index, manifest.id))


def keys_by_document(keys: Sequence[str], records: Sequence[DocumentRecord]) -> dict[str, list[str]]:
    """The keys of each document's passages, by its id."""
    rest = iter(keys)
    return {one.document.id: [next(rest) for _ in range(one.passages)] for one in records}


def made_with(embedder: str) -> str:
    """What tells vectors apart that must not be mixed."""
    return hashlib.sha256(f"{embedder}, {CLEANING_VERSION}".encode()).hexdigest()[:12]


def write_vectors(store: VectorStore, passages: Sequence[Passage], embed: Embed) -> Iterator[int]:
    """Write the rows that are missing. Yields again and again how many passages have theirs.

    A passage that has but moved takes its vector over from the row that it had.
    """
    written, written_sentences = store.passages.keys(), store.sentences.keys()
    known = {id_of(key): key for key in written}
    moved = [one for one in passages if one.id in known and passage_key(one) not in written]
    _copy_moved(store.passages, moved, known)
    new = [p for p in passages if p.id not in known or not written_sentences.issuperset(sentence_keys(p))]
    done = len(passages) - len(new)
    yield done
    for first in range(0, len(new), _PASSAGES_PER_BATCH):
        batch = new[first : first + _PASSAGES_PER_BATCH]
        _write_batch(store, batch, embed)
        done += len(batch)
        yield done


def _copy_moved(collection: Vectors, moved: Sequence[Passage], known: Mapping[str, str]) -> None:
    if moved:
        vectors = collection.vectors([known[one.id] for one in moved])
        collection.add(_passage_rows(moved, np.array([vectors[known[one.id]] for one in moved], np.float32)))


def _write_batch(store: VectorStore, passages: Sequence[Passage], embed: Embed) -> None:
    texts = list(map(embedding_text, passages))
    sentences = list(chain.from_iterable(map(sentence_texts, passages)))
    # a passage of one sentence under one heading is embedded once for both
    rows = {text: row for row, text in enumerate(dict.fromkeys((*texts, *sentences)))}
    vectors = embed(list(rows))
    keys = list(chain.from_iterable(map(sentence_keys, passages)))
    store.sentences.add(Rows(keys, vectors[[rows[text] for text in sentences]]))
    store.passages.add(_passage_rows(passages, vectors[[rows[text] for text in texts]]))


def _passage_rows(passages: Sequence[Passage], vectors: NDArray[np.float32]) -> Rows:
    return Rows(list(map(passage_key, passages)), vectors, [p.text for p in passages], list(map(metadata, passages)))


def keep_listed(store: VectorStore, passages: Sequence[Passage], earlier: Sequence[Passage]) -> None:
    """Delete what neither generation lists. Raises IndexDamaged when some of the new one's rows are not there."""
    listed = set(map(passage_key, passages)), set(chain.from_iterable(map(sentence_keys, passages)))
    if not store.passages.keys() >= listed[0] or not store.sentences.keys() >= listed[1]:
        raise damaged(store.where, "Chroma har inte alla rader som skrevs")
    store.keep(
        listed[0] | set(map(passage_key, earlier)), listed[1] | set(chain.from_iterable(map(sentence_keys, earlier)))
    )


@dataclass(frozen=True, slots=True)
class NewGeneration:
    """A generation whose rows are in the store called `store`: what is left to write of it."""

    embedder: str
    dimension: int
    records: tuple[DocumentRecord, ...]
    passages: Passages
    store: str

    def publish(self, index: Path, stores: Stores) -> str:
        """Write its files into the index and let it serve; returns its name."""
        name = new_generation_id()
        folder = start(index, name)
        passages = tuple(chain.from_iterable(self.passages[record.document.id] for record in self.kept))
        (folder / "passages.txt").write_text("\n".join(map(passage_key, passages)), encoding="ascii")
        LexicalIndex.build(passage.headed_text for passage in passages).save(folder / "lexical")
        facts = extract_facts(passages, [record.document for record in self.kept])
        _write(folder / "facts.json", to_record(facts))
        manifest = Manifest(
            name,
            self.embedder,
            self.dimension,
            CLEANING_VERSION,
            now(),
            self.records,
            stores.publish(self.store, name),
            stores.kind,
        )
        finish(index, folder, manifest)
        keep_enriched(index, {passage.id for passage in passages})
        return name

    @property
    def kept(self) -> list[DocumentRecord]:
        """The documents that have passages."""
        return [record for record in self.records if record.digest]


def _write(path: Path, record: object) -> None:
    path.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
