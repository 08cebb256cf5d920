"""Writes a generation: the rows that are missing in Chroma, BM25 and facts as files, and the switch."""

from __future__ import annotations

import hashlib
import json
import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path
from subprocess import PIPE

import numpy as np

from ingest.documents import CLEANING_VERSION, Passage
from ingest.embedder import Embedder
from ingest.enrichment import keep_enriched
from ingest.environment import child_environment, prepare_environment
from ingest.errors import IndexUnusable, damaged
from ingest.facts.extract import extract_facts
from ingest.facts.record import to_record
from ingest.store.chroma import ChromaServer, Stores, VectorStore
from ingest.store.generations import finish, generation_folder, start
from ingest.store.passage_index import LexicalIndex, read_keys, stored_passages
from ingest.store.records import (
    Manifest,
    Rows,
    Vector,
    embedding_text,
    id_of,
    metadata,
    passage_key,
    sentence_keys,
    sentence_texts,
)

Passages = dict[str, tuple[Passage, ...]]
"""By document id, in reading order."""

_EMBEDDED, _SENT = 32, 2000
"""Passages that are embedded, and sent to another process, at a time."""


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
    known = {id_of(key): key for key in written}
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
    texts = list(map(embedding_text, passages))
    sentences = list(chain.from_iterable(map(sentence_texts, passages)))
    # a passage of one sentence under one heading is embedded once for both
    rows = {text: row for row, text in enumerate(dict.fromkeys((*texts, *sentences)))}
    vectors = np.asarray(embedder.embed_documents(list(rows)), np.float32)
    keys = list(chain.from_iterable(map(sentence_keys, passages)))
    store.sentences.add(Rows(keys, vectors[[rows[text] for text in sentences]]))
    store.passages.add(_passage_rows(passages, vectors[[rows[text] for text in texts]]))


def _passage_rows(passages: Sequence[Passage], vectors: Vector) -> Rows:
    return Rows(list(map(passage_key, passages)), vectors, [p.text for p in passages], list(map(metadata, passages)))


def rewrite(index: Path, server: ChromaServer | None, made_with: str, old: VectorStore, kept: Passages) -> str:
    """Write the rows of these passages to a new store, in a process that has never seen the old one; returns its name.

    Chroma does not erase the text of deleted rows, and its graph files hold stretches of memory that was never
    initialised, and with it whatever the writing process had read before. Raises IndexUnusable when not all was
    written.
    """
    command = [sys.executable, "-P", "-m", "ingest.indexing.storing"]  # whatever script this process was started by
    passages = list(chain.from_iterable(kept.values()))
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, env=child_environment()) as process:
        assert process.stdin is not None and process.stdout is not None
        with suppress(BrokenPipeError):  # it has ended early, and says why
            pickle.dump((index.resolve(), server, made_with), process.stdin)
            for first in range(0, len(passages), _SENT):
                part = passages[first : first + _SENT]
                keys = list(chain.from_iterable(map(sentence_keys, part)))
                own = _passage_rows(part, old.passages.vectors(list(map(passage_key, part))))
                pickle.dump((own, Rows(keys, old.sentences.vectors(keys))), process.stdin)
            pickle.dump(None, process.stdin)
            process.stdin.flush()
        written, _, said = process.stdout.read().decode().partition(" ")
    if written != "written":
        cause = said or f"processen avbröts, kod {process.returncode}"
        raise IndexUnusable(f"Chroma kunde inte skriva indexet ({cause}). Kontrollera ledigt utrymme och försök igen.")
    return said


def _write_received() -> str:
    """In the other process: write what comes in; "written" with the store's name, or "not" with the reason."""
    index, server, made_with = pickle.load(sys.stdin.buffer)
    try:
        stores = Stores(index, server)
        store = stores.begin(made_with, None, anew=True)
        while (received := pickle.load(sys.stdin.buffer)) is not None:
            store.passages.add(received[0])
            store.sentences.add(received[1])
        return f"written {stores.settle(store)}"
    except (IndexUnusable, OSError, EOFError) as error:
        return f"not {error}"


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


if __name__ == "__main__":
    prepare_environment()
    sys.stdout.write(_write_received())
