"""The product's search legs as rankers over plain texts, each text one passage without headings.

Vectors are kept in the user's cache between runs, by embedder and texts, since they take minutes and never change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

from ingest.index.lexical import LexicalIndex
from ingest.sentences import split_sentences

if TYPE_CHECKING:
    from assistant.search import Findings
    from ingest.embedding.embedder import Embedder
    from ingest.index.passage_index import PassageIndex

CACHE = user_cache_path("rus-assistent", appauthor=False)
EMBEDDER = "e5-small-int8"


@dataclass(frozen=True, slots=True, eq=False)
class TextIndex:
    """What `assistant.search` reads of an index, over plain texts; `passages` are the texts themselves."""

    passages: Sequence[str]
    passage_vectors: NDArray[np.float32]
    sentence_vectors: NDArray[np.float32]
    sentence_owners: NDArray[np.int32]
    lexical: LexicalIndex


def passage(texts: Sequence[str]) -> Callable[[str], Sequence[int]]:
    """By the vector of the whole text."""
    find = _finder(texts)
    return lambda query: _ranked(find(query).dense)


def sentence(texts: Sequence[str]) -> Callable[[str], Sequence[int]]:
    """By the vector of the best sentence."""
    find = _finder(texts)

    def best(query: str) -> Sequence[int]:
        findings = find(query)
        scores = [findings.of_passage(i).max(initial=-1.0) for i in range(len(texts))]
        return _ranked(np.array(scores, dtype=np.float32))

    return best


def lexical(texts: Sequence[str]) -> Callable[[str], Sequence[int]]:
    """By BM25 alone; imports no model."""
    index = LexicalIndex.build(texts)
    return lambda query: _ranked(index.scores(query))


def search(texts: Sequence[str]) -> Callable[[str], Sequence[int]]:
    """All legs as the product fuses them."""
    find = _finder(texts)
    return lambda query: [int(number) for number in find(query).order]


def _finder(texts: Sequence[str]) -> Callable[[str], Findings]:
    from assistant.question import read_question
    from assistant.search import search as search_index
    from ingest.embedding.embedder import open_embedder

    embedder = open_embedder(EMBEDDER, CACHE)
    spans = [split_sentences(text) or ((0, len(text)),) for text in texts]
    sentences = [text[start:end] for text, own in zip(texts, spans, strict=True) for start, end in own]
    index = TextIndex(
        texts,
        vectors(embedder, texts),
        vectors(embedder, sentences),
        np.repeat(np.arange(len(texts), dtype=np.int32), [len(own) for own in spans]),
        LexicalIndex.build(texts),
    )
    as_index = cast("PassageIndex", index)
    return lambda query: search_index(as_index, read_question(query), embedder.embed_query(query))


def vectors(embedder: Embedder, texts: Sequence[str]) -> NDArray[np.float32]:
    """Vectors of the texts, shape (len(texts), dimension), from the cache where they were made before."""
    digest = hashlib.sha256("\x1f".join((embedder.name, *texts)).encode()).hexdigest()[:16]
    path = CACHE / "benchmarks" / f"{digest}.npy"
    if path.exists():
        return np.asarray(np.load(path), dtype=np.float32)
    vectors = embedder.embed_passages(texts)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, vectors)
    return vectors


def _ranked(scores: NDArray[np.float32]) -> list[int]:
    """Numbers of the texts by falling score; equal scores keep the order of the texts."""
    return [int(number) for number in np.argsort(-scores, kind="stable")]
