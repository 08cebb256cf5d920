"""The opened index: search, switching under a reader's feet, and Chroma kept from embedding by itself."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from index_tools import (
    FOREST,
    WordEmbedder,
    options,
    passage_vectors,
    sentence_vectors,
    vectors_of,
    write,
)

import ingest.indexing.building
import ingest.store.chroma
import ingest.store.passage_index
from ingest.documents import Block, BlockKind, Page, ReadDocument, ReadingReport, Span
from ingest.errors import IndexMissing
from ingest.indexing.building import build, forget
from ingest.store.chroma import Stores
from ingest.store.generations import current_id
from ingest.store.passage_index import LexicalIndex, open_index
from ingest.store.readings import load_reading, write_reading
from ingest.store.records import Rows
from ingest.swedish import terms

pytestmark = pytest.mark.usefixtures("fake_reader")


@pytest.fixture
def index(small_directory: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_directory, tmp_path / "index"))


def test_an_empty_folder_has_no_index(tmp_path):
    with pytest.raises(IndexMissing, match="rus ingest"):
        open_index(tmp_path / "nothing", "words")


def test_the_nearest_come_best_first_and_by_document(index):
    opened = open_index(index, "words")
    query = vectors_of("Cykelvägen till Norrby")[0]
    rows, cosines = opened.nearest_passages(query, 3)
    assert rows.dtype == np.int64 and cosines.dtype == np.float32
    assert opened.passages[rows[0]].section == ("Cykel",)
    np.testing.assert_allclose(cosines, passage_vectors(opened)[rows] @ query, atol=1e-5)
    assert list(cosines) == sorted(cosines, reverse=True) and len(rows) == 3
    rows, _ = opened.nearest_passages(query, 10, frozenset({"skog"}))
    assert {opened.passages[row].document_id for row in rows} == {"skog"} and len(rows) == 2
    assert opened.nearest_passages(query, 10, frozenset({"okänd"}))[0].size == 0


def test_the_nearest_sentences_are_told_by_passage_and_number(index):
    opened = open_index(index, "words")
    query = vectors_of("Den ska skötas utan kalhyggen.")[0]
    rows, numbers, cosines = opened.nearest_sentences(query, 10)
    passage = opened.passages[rows[0]]
    start, end = passage.sentences[numbers[0]]
    assert passage.text[start:end] == "Den ska skötas utan kalhyggen."
    assert len(rows) == sum(len(passage.sentences) for passage in opened.passages)
    exact = opened.sentence_cosines(query, range(4))
    np.testing.assert_allclose(cosines, [exact[row][number] for row, number in zip(rows, numbers, strict=True)])
    rows, numbers, _ = opened.nearest_sentences(query, 10, frozenset({"trafik"}))
    assert {opened.passages[row].document_id for row in rows} == {"trafik"} and max(numbers) == 0


@pytest.mark.parametrize("few", [0, 1_000_000], ids=["over-fetching", "by ids"])
def test_a_share_of_the_documents_is_searched_whole(tmp_path, monkeypatch, few):
    monkeypatch.setattr(ingest.store.passage_index, "_FEW_ROWS", few)
    documents = [
        write(tmp_path, f"d{n}", "\n\n".join(f"# Del {m}\n\nOrd{n} sak{m} plats{n * m}." for m in range(30)))
        for n in range(10)
    ]
    build(documents, tmp_path / "index", WordEmbedder(), options())
    opened = open_index(tmp_path / "index", "words")
    query, own = vectors_of("Ord3 sak4 plats12.")[0], frozenset({"d3", "d7"})
    rows, cosines = opened.nearest_passages(query, 20, own)
    inside = [row for row, passage in enumerate(opened.passages) if passage.document_id in own]
    expected = sorted(passage_vectors(opened)[inside] @ query, reverse=True)[:20]
    assert set(rows) <= set(inside)
    np.testing.assert_allclose(cosines, expected, atol=1e-5)
    rows, numbers, cosines = opened.nearest_sentences(query, 20, own)
    assert set(rows) <= set(inside) and len(rows) == 20 and set(numbers) == {0}


@pytest.mark.parametrize("dear", [0, 1_000_000], ids=["by ids", "by one search"])
def test_exact_cosines_of_rows_are_those_of_the_stored_vectors(index, monkeypatch, dear):
    monkeypatch.setattr(ingest.store.chroma, "_GET_COST", dear)
    opened = open_index(index, "words")
    query = vectors_of("Bussarna i Vidinge")[0]
    np.testing.assert_allclose(
        opened.passage_cosines(query, [2, 0]), passage_vectors(opened)[[2, 0]] @ query, atol=1e-5
    )
    for row, cosines in zip([3, 0], opened.sentence_cosines(query, [3, 0]), strict=True):
        np.testing.assert_allclose(cosines, sentence_vectors(opened, row) @ query, atol=1e-5)


def test_a_reader_goes_on_and_sees_that_another_generation_serves(index, tmp_path):
    reader = open_index(index, "words")
    build([write(tmp_path, "ny", "# Ny\n\nEn ny sida.")], index, WordEmbedder(), options())
    assert not reader.is_current()
    assert reader.page("skog", 1).text.startswith("# Skog") and len(reader.passages) == 4
    assert len(reader.lexical.scores("bussarna")) == 4
    again = open_index(index, "words")
    assert again.is_current() and len(again.passages) == 5


def test_a_generation_swept_while_it_is_opened_is_opened_anew(index, tmp_path, monkeypatch):
    old, calls = current_id(index), []
    for name in ("ett", "två"):
        build([write(tmp_path, name, f"# {name}\n\nEn sida om {name}.")], index, WordEmbedder(), options())

    def stale_once(directory):
        calls.append(directory)
        return old if len(calls) == 1 else current_id(directory)

    monkeypatch.setattr(ingest.store.passage_index, "current_id", stale_once)
    assert len(open_index(index, "words").passages) == 6


def test_chroma_never_embeds_anything_itself(tmp_path, monkeypatch):
    from chromadb.api.types import DefaultEmbeddingFunction
    from chromadb.utils.embedding_functions import ONNXMiniLM_L6_V2

    def refuse(*_: object) -> None:
        raise AssertionError("Chroma tried to embed")

    for own in (DefaultEmbeddingFunction, ONNXMiniLM_L6_V2):
        monkeypatch.setattr(own, "__call__", refuse)
    build([write(tmp_path, "skog", FOREST)], tmp_path / "index", WordEmbedder(), options())
    opened = open_index(tmp_path / "index", "words")
    assert opened.nearest_passages(passage_vectors(opened)[1], 1)[0].tolist() == [1]


@pytest.mark.parametrize("change", ["nothing", "a document more", "a document changed"])
def test_chroma_holds_each_passage_with_text_place_and_vector(index, tmp_path, change):
    import chromadb

    if change != "nothing":
        name = "ny" if change == "a document more" else "skog"
        build([write(tmp_path, name, "# Ny\n\nEn ny sida.")], index, WordEmbedder(), options())
    opened = open_index(index, "words")
    folder = tmp_path / "index" / "chroma" / opened.manifest.store
    client = chromadb.PersistentClient(str(folder), chromadb.config.Settings(anonymized_telemetry=False))
    collection = client.get_collection("passages", embedding_function=None)
    stored = collection.get(include=["documents", "metadatas", "embeddings"])
    client.close()
    places = {name.partition("-")[0]: place for place, name in enumerate(stored["ids"])}
    fresh = vectors_of(*(f"{p.section[-1]}\n{p.text}" for p in opened.passages))
    for passage, vector in zip(opened.passages, fresh, strict=True):
        place = places[passage.id]
        assert stored["documents"][place] == passage.text and stored["metadatas"][place]["page"] == passage.page
        np.testing.assert_allclose(stored["embeddings"][place], vector, atol=1e-6)


@pytest.mark.parametrize("written", ["built", "rebuilt", "after one was forgotten"])
@pytest.mark.parametrize("text", ["En enda mening.", FOREST], ids=["one row", "a few"])
def test_a_reader_changes_nothing_of_the_graphs(tmp_path, text, written):
    index = tmp_path / "index"
    build([write(tmp_path, "skog", text)], index, WordEmbedder(), options())
    if written == "rebuilt":
        build([], index, WordEmbedder(), options(rebuild=True))
    elif written != "built":
        build([write(tmp_path, "ny", "# Ny\n\nEn ny sida. Och en till.")], index, WordEmbedder(), options())
        forget("ny", index)

    def graphs():
        return {path: path.read_bytes() for path in (index / "chroma").rglob("*") if path.suffix in (".bin", ".pickle")}

    before = graphs()
    opened = open_index(index, "words")
    opened.nearest_sentences(vectors_of("skog")[0], 3)
    opened.store.close()
    assert before and graphs() == before
    open_index(index, "words")


def test_rows_that_no_generation_lists_are_deleted_at_the_next_ingest(index, tmp_path):
    build([write(tmp_path, "skog", "# Ny\n\nEn ny sida.")], index, WordEmbedder(), options())
    opened = open_index(index, "words")
    assert (len(opened.passages), opened.store.passages.total) == (3, 5)
    rows, _ = opened.nearest_passages(vectors_of("Skogen i Vidinge är gammal.")[0], 5)
    assert sorted(rows) == [0, 1, 2]
    build([write(tmp_path, "ny", "# Fler\n\nEn sida till.")], index, WordEmbedder(), options())
    opened = open_index(index, "words")
    assert (len(opened.passages), opened.store.passages.total, opened.store.sentences.total) == (4, 4, 4)


def test_more_rows_than_chroma_takes_at_once(tmp_path):
    vectors = np.random.default_rng(1).normal(size=(6000, 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    keys = [str(number) for number in range(6000)]
    with closing(Stores(tmp_path).begin("words", None)) as store:
        store.sentences.add(Rows(keys, vectors))
        assert store.sentences.keys() == set(keys) and store.sentences.total == 6000
        np.testing.assert_allclose(store.sentences.vectors(keys), vectors, atol=1e-6)
        store.sentences.delete(keys[10:])
        assert store.sentences.keys() == set(keys[:10])


@given(st.lists(st.lists(st.sampled_from("cykel cykelvägen skog skogen och 2030 norrby".split())), min_size=1))
def test_terms_weigh_what_bm25s_makes_of_them(said):
    import bm25s

    passages = [" ".join(text) for text in said]
    own, theirs = LexicalIndex.build(passages), bm25s.BM25(method="lucene", k1=1.2, b=0.6)
    if any(map(terms, passages)):
        theirs.index([terms(text) for text in passages], show_progress=False)
        known = [term for term in terms("cykelvägen i skogen 2030") if term in theirs.vocab_dict]
        expected = theirs.get_scores(known) if known else np.zeros(len(passages), np.float32)
        np.testing.assert_allclose(own.scores("cykelvägen i skogen 2030"), expected, rtol=1e-6)
    else:
        assert not own.scores("skog").any()


texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)


@settings(max_examples=40, deadline=None)
@given(
    page_texts=st.lists(texts, min_size=1, max_size=3),
    boxes=arrays(np.float32, (5, 4), elements=st.floats(-2000, 6000, width=32) | st.just(float("nan"))),
    title=st.none() | texts,
)
def test_what_is_stored_comes_back(tmp_path_factory, page_texts, boxes, title):
    folder = tmp_path_factory.mktemp("reading")
    pages = tuple(Page(n, text, boxes=boxes if n == 1 else None) for n, text in enumerate(page_texts, start=1))
    blocks = tuple(Block(BlockKind.PARAGRAPH, page.text, (Span(page.number, 0, len(page.text)),)) for page in pages)
    report = ReadingReport(pages=len(pages), pages_without_text=(2, 3), warnings=("Något saknas.",))
    write_reading(folder, ReadDocument(pages, blocks, report, title=title))
    read = load_reading(folder)
    assert (read.blocks, read.report, read.title) == (blocks, report, title)
    assert [(page.number, page.text) for page in read.pages] == [(page.number, page.text) for page in pages]
    np.testing.assert_allclose(read.pages[0].boxes, boxes, atol=0.011)
    assert all(page.boxes is None for page in read.pages[1:])
    assert all(page.boxes is None for page in load_reading(folder, with_boxes=False).pages)
