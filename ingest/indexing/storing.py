"""Writes a generation: the rows that are missing in Chroma, BM25 and facts as files, and the switch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from ingest.documents import CLEANING_VERSION, Passage
from ingest.embedder import Embedder
from ingest.enrichment import keep_enriched
from ingest.errors import IndexUnusable, damaged
from ingest.facts.extract import extract_facts
from ingest.facts.record import to_record
from ingest.store import records
from ingest.store.chroma import ChromaServer, Stores, VectorStore
from ingest.store.generations import finish, generation_folder, start
from ingest.store.passage_index import LexicalIndex, read_keys, stored_passages
from ingest.store.records import Manifest, Rows, Vector, passage_key, sentence_keys

Passages = dict[str, tuple[Passage, ...]]
"""By document id, in reading order."""

_EMBEDDED = 32
"""Passages that are embedded at a time."""


def read_passages(index: Path, manifest: Manifest, store: VectorStore) -> Passages:
    """The passages of a generation, out of `store`."""
    keys = read_keys(generation_folder(index, manifest.id))
    rest = iter(stored_passages(store, keys, manifest.records))
    return {one.document.id: tuple(next(rest) for _ in range(one.passages)) for one in manifest.records}


def made_with(embedder: str) -> str:
    """What tells vectors apart that must not be mixed."""
    return hashlib.sha256(f"{embedder}, {CLEANING_VERSION}".encode()).hexdigest()[:12]


def write_rows(store: VectorStore, new: Passages, before: Passages, embedder: Embedder) -> Iterator[tuple[int, int]]:
    """Write the rows of `new` that are missing and delete what neither `new` nor `before` lists.

    Yields how many passages have their vectors, and of how many. A passage that has but moved takes its vector over
    from the row that it had. Raises IndexDamaged when some of the rows are not there afterwards.
    """
    passages = list(chain.from_iterable(new.values()))
    written, written_sentences = store.passages.keys(), store.sentences.keys()
    known = {key.partition("-")[0]: key for key in written}
    if moved := [one for one in passages if one.id in known and passage_key(one) not in written]:
        store.passages.add(_passage_rows(moved, store.passages.vectors([known[one.id] for one in moved])))
    missing = [p for p in passages if p.id not in known or not written_sentences.issuperset(sentence_keys(p))]
    for first in range(0, len(missing), _EMBEDDED):
        yield len(passages) - len(missing) + first, len(passages)
        _write_batch(store, missing[first : first + _EMBEDDED], embedder)
    earlier = list(chain.from_iterable(before.values()))
    for vectors, there, keys_of in (
        (store.passages, written, lambda one: [passage_key(one)]),
        (store.sentences, written_sentences, sentence_keys),
    ):
        listed = set(chain.from_iterable(map(keys_of, passages)))
        if vectors.total != len(there | listed):
            raise damaged(store.where, "Chroma har inte alla rader som skrevs")
        vectors.delete(sorted(there - listed.union(*map(keys_of, earlier))))


def _write_batch(store: VectorStore, passages: Sequence[Passage], embedder: Embedder) -> None:
    texts = list(map(records.embedding_text, passages))
    sentences = list(chain.from_iterable(map(records.sentence_texts, passages)))
    # a passage of one sentence under one heading is embedded once for both
    rows = {text: row for row, text in enumerate(dict.fromkeys((*texts, *sentences)))}
    vectors = np.asarray(embedder.embed_documents(list(rows)), np.float32)
    keys = list(chain.from_iterable(map(sentence_keys, passages)))
    store.sentences.add(Rows(keys, vectors[[rows[text] for text in sentences]]))
    store.passages.add(_passage_rows(passages, vectors[[rows[text] for text in texts]]))


def _passage_rows(passages: Sequence[Passage], vectors: Vector) -> Rows:
    return Rows(
        list(map(passage_key, passages)), vectors, [p.text for p in passages], list(map(records.metadata, passages))
    )


def rewrite(index: Path, server: ChromaServer | None, made_with: str, old: VectorStore, kept: Passages) -> str:
    """Write the rows of these passages to a new store, in a process that has never seen the old one; returns its name.

    Chroma does not erase the text of deleted rows, and its graph files hold stretches of memory that was never
    initialised, and with it whatever the writing process had read before. Raises IndexUnusable when not all was
    written.
    """
    passages = list(chain.from_iterable(kept.values()))
    keys = list(chain.from_iterable(map(sentence_keys, passages)))
    own = _passage_rows(passages, old.passages.vectors(list(map(passage_key, passages))))
    rows = own, Rows(keys, old.sentences.vectors(keys))
    try:
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            return pool.submit(_written, index.resolve(), server, made_with, *rows).result()
    except (IndexUnusable, OSError, BrokenProcessPool) as error:
        raise IndexUnusable(
            f"Chroma kunde inte skriva indexet ({error}). Kontrollera ledigt utrymme och försök igen."
        ) from error


def _written(index: Path, server: ChromaServer | None, made_with: str, passages: Rows, sentences: Rows) -> str:
    stores = Stores(index, server)
    store = stores.begin(made_with, None, anew=True)
    store.passages.add(passages)
    store.sentences.add(sentences)
    return stores.settle(store)


def publish(index: Path, manifest: Manifest, passages: Passages) -> str:
    """Write the files of a generation whose rows are in its store, and let it serve; returns the name that it gets."""
    name, folder = start(index)
    kept = [record.document for record in manifest.records if record.digest]
    own = tuple(chain.from_iterable(passages[document.id] for document in kept))
    (folder / "passages.txt").write_text("\n".join(map(passage_key, own)), encoding="ascii")
    LexicalIndex.build(passage.headed_text for passage in own).save(folder / "lexical")
    facts = json.dumps(to_record(extract_facts(own, kept)), ensure_ascii=False)
    (folder / "facts.json").write_text(facts, encoding="utf-8")
    finish(index, folder, replace(manifest, id=name))
    keep_enriched(index, {passage.id for passage in own})
    return name
