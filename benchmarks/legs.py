"""The product's search legs as rankers over plain texts, and indexes over texts that were never read from files.

Vectors are kept in the user's cache between runs, by embedder and texts, since they take minutes and never change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

from ingest.documents import Document, Passage, PassageKind, Span
from ingest.passages import cut
from ingest.plain import lay_out, paragraphs_of
from ingest.sentences import split_sentences
from ingest.store.lexical import LexicalIndex
from ingest.store.passage_index import PassageIndex, distinct_words
from ingest.store.rows import embedding_text

if TYPE_CHECKING:
    from assistant.retrieval import Weights
    from ingest.embedding.embedder import Embedder

CACHE = user_cache_path("rus-assistent", appauthor=False)
EMBEDDER = "multilingual-e5-small"


@dataclass(frozen=True, eq=False)
class TextIndex:
    """What retrieval reads of an index, over passages at hand, with matrices of vectors."""

    passages: Sequence[Passage]
    passage_vectors: NDArray[np.float32]
    sentence_vectors: NDArray[np.float32]
    sentence_owners: NDArray[np.int32]
    lexical: LexicalIndex
    documents: tuple[Document, ...] = ()

    def passage_cosines(self, query: NDArray[np.float32], rows: Sequence[int]) -> NDArray[np.float32]:
        """See PassageIndex."""
        return self.passage_vectors[rows] @ query

    def sentence_cosines(self, query: NDArray[np.float32], rows: Sequence[int]) -> list[NDArray[np.float32]]:
        """See PassageIndex."""
        return [self.sentence_vectors[self.sentence_owners == row] @ query for row in rows]

    @cached_property
    def words(self) -> frozenset[str]:
        """See `distinct_words`."""
        return distinct_words(self.passages)


def text_index(passages: Sequence[Passage], embedder: Embedder) -> PassageIndex:
    """An index over the passages, with vectors from the cache where they were made before."""
    index = TextIndex(
        passages,
        vectors(embedder, [embedding_text(one) for one in passages]),
        vectors(embedder, [one.text[start:end] for one in passages for start, end in one.sentences]),
        np.repeat(np.arange(len(passages), dtype=np.int32), [len(one.sentences) for one in passages]),
        LexicalIndex.build([one.headed_text for one in passages]),
    )
    return cast(PassageIndex, index)


def whole(texts: Sequence[str]) -> list[Passage]:
    """Each text as one passage without headings."""
    return [
        Passage(
            id=str(number),
            document_id=str(number),
            title="",
            section=(),
            kind=PassageKind.PARAGRAPH,
            text=text,
            spans=(Span(None, 0, len(text)),),
            sentences=tuple(split_sentences(text)) or ((0, len(text)),),
        )
        for number, text in enumerate(texts)
    ]


def cut_texts(folder: Path) -> Iterator[Passage]:
    """The passages that the texts of a folder in BEIR's layout are cut into."""
    for line in (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        document = Document(record["_id"], record.get("title", ""), "", "text")
        yield from cut(document, lay_out(paragraphs_of(record["text"])))


def passage(texts: Sequence[str]) -> Callable[[str], Sequence[int]]:
    """By the vector of the whole text."""
    from assistant.retrieval import Weights

    return _ranker(texts, Weights(1, 0, 0))


def sentence(texts: Sequence[str]) -> Callable[[str], Sequence[int]]:
    """By the vector of the best sentence."""
    from assistant.retrieval import Weights

    return _ranker(texts, Weights(0, 1, 0))


def lexical(texts: Sequence[str]) -> Callable[[str], Sequence[int]]:
    """By BM25 alone; imports no model."""
    index = LexicalIndex.build(texts)
    return lambda query: np.argsort(-index.scores(query), kind="stable").tolist()


def search(texts: Sequence[str]) -> Callable[[str], Sequence[int]]:
    """All legs as the product fuses them."""
    return _ranker(texts, None)


def _ranker(texts: Sequence[str], weights: Weights | None) -> Callable[[str], Sequence[int]]:
    from assistant.question import read_question
    from assistant.retrieval import retrieve
    from ingest.embedding.embedder import open_embedder

    embedder = open_embedder(EMBEDDER, CACHE)
    index = text_index(whole(texts), embedder)

    def ranked(query: str) -> Sequence[int]:
        question, vector = read_question(query), embedder.embed_query(query)
        return retrieve(index, question, vector, weights=weights).rows.tolist()

    return ranked


def vectors(embedder: Embedder, texts: Sequence[str]) -> NDArray[np.float32]:
    """Vectors of the texts, shape (len(texts), dimension), from the cache where they were made before."""
    digest = hashlib.sha256("\x1f".join((embedder.name, *texts)).encode()).hexdigest()[:16]
    path = CACHE / "benchmarks" / f"{digest}.npy"
    if path.exists():
        return np.asarray(np.load(path), dtype=np.float32)
    made = embedder.embed_passages(texts)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, made)
    return made
