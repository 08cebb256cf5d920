"""Turns texts into unit vectors, so that nearness in meaning is a dot product.

Every model is a folder of sentence-transformers, which embeds the passages. Questions go by onnxruntime where it has an
ONNX file, as the default model's does, so that asking imports no torch (its import takes seconds).
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from ingest.default_model import DEFAULT_MODEL, E5_PROMPTS, TOKENS, Progress, build_default
from ingest.errors import ModelUnavailable
from ingest.store.readings import file_sha256

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

_Rows = NDArray[np.float32]
_CONVERSION_VERSION = 3
"""Raised when the conversion changes the vectors of passages, so that an index made with older ones is refused."""
_FILES = ("*.json", "*.txt", "*.model", "*.safetensors", "*.bin")
"""What a folder's vectors depend on."""
_ENDLESS = 10**6
"""Tokenizers that know no limit give a number far above this."""
_OTHERWISE = f"sätt RUS_EMBEDDING_MODEL till {DEFAULT_MODEL}"


class Embedder(Protocol):
    """LangChain's `Embeddings` with a name and a dimension, of unit vectors. Any text will do, also an empty one.

    `name` identifies model and weights: vectors of embedders with different names must not be compared.
    """

    name: str
    dimension: int

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector for each text."""
        ...

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        ...


@dataclass(frozen=True, slots=True)
class _Onnx:
    """An ONNX file for questions: `prompt` stands before them, and their vector is the mean or that of the first token.

    `tokens` are read at once, and `folder` has the tokenizer.
    """

    file: Path
    folder: Path
    prompt: str
    tokens: int
    dimension: int
    first_token: bool


def _onnx_of(folder: Path, name: str) -> _Onnx | None:
    """The folder's ONNX file; None without one, or where the vectors are made in a way that is not told here."""

    def told(file: Path) -> Any:
        return json.loads(file.read_bytes()) if file.is_file() else {}

    files = [one for kind in ("question", "model") if (one := folder / "onnx" / f"{kind}.onnx").is_file()]
    modules = {str(one["type"]).rpartition(".")[2]: folder / one["path"] for one in told(folder / "modules.json")}
    if not files or not {"Transformer", "Pooling"} <= modules.keys() <= {"Transformer", "Pooling", "Normalize"}:
        return None
    inner, pooling = modules["Transformer"], told(modules["Pooling"] / "config.json")
    ways = pooling.get("pooling_mode") or [key for key, on in pooling.items() if key.startswith("pooling_mode") and on]
    first, mean = ways in ("cls", ["pooling_mode_cls_token"]), ways in ("mean", ["pooling_mode_mean_tokens"])
    settings, config = told(inner / "sentence_bert_config.json"), told(inner / "config.json")
    if not (first or mean) or settings.get("do_lower_case") or not (inner / "tokenizer.json").is_file():
        return None
    prompts = told(folder / "config_sentence_transformers.json").get("prompts") or _prompts_of(name)
    limits = (settings.get("max_seq_length"), told(inner / "tokenizer_config.json").get("model_max_length"), TOKENS)
    tokens = next(int(one) for one in limits if one and one < _ENDLESS)
    return _Onnx(files[0], inner, prompts.get("query", ""), tokens, config["hidden_size"], first)


@contextmanager
def _loading(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, RuntimeError, LookupError, TypeError, AttributeError) as error:
        cause = (str(error).strip() or type(error).__name__).splitlines()[0]
        said = f"Modellen i {folder} kan inte läsas ({cause}): kontrollera mappen, eller {_OTHERWISE}."
        raise ModelUnavailable(said) from error


def _prompts_of(name: str) -> dict[str, str]:
    """Those of E5 models, most folders of which do not give them."""
    words = re.split(r"[^a-z0-9]+", name.lower())
    return E5_PROMPTS if "e5" in words and "instruct" not in words else {}


def _clean(text: str) -> str:
    """Composed characters (å as one, as the vocabulary has it) and no lone surrogates, which tokenizers refuse."""
    return unicodedata.normalize("NFC", text).encode("utf-8", "replace").decode("utf-8")


def _unit(rows: _Rows) -> _Rows:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True), np.float32)


class FolderEmbedder(Embeddings):
    """A folder of sentence-transformers, not loaded before the first text where it has an ONNX file for questions.

    That is `onnx/question.onnx`, else `onnx/model.onnx`.
    """

    def __init__(self, folder: Path, name: str, threads: int) -> None:
        self._folder, self._threads, self._lock = folder, threads, threading.Lock()
        self.name = name
        with _loading(folder):
            self._onnx = _onnx_of(folder, name)
        self.dimension = self._onnx.dimension if self._onnx else int(self._model.encode_query("").shape[-1])

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One unit vector for each text. What stands after the tokens that the model reads is cut off."""
        if not texts:
            return []
        with self._lock:  # its tokenizer is changed while it pads, and refuses two threads
            vectors = self._model.encode_document(list(map(_clean, texts)), show_progress_bar=False)
        rows: list[list[float]] = _unit(np.asarray(vectors, np.float32)).tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question; many may be asked at once."""
        if self._onnx is None:
            with self._lock:
                vector = np.asarray(self._model.encode_query(_clean(text), show_progress_bar=False), np.float32)
        else:
            ids = np.array([self._tokenizer.encode(self._onnx.prompt + _clean(text)).ids], np.int64)
            given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
            asked = {one.name: given[one.name] for one in self._session.get_inputs()}
            read = self._session.run(None, asked)[0][0]
            vector = read[0] if self._onnx.first_token else read.mean(axis=0)
        row: list[float] = _unit(vector).tolist()
        return row

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        assert self._onnx is not None
        tokenizer = Tokenizer.from_file(str(self._onnx.folder / "tokenizer.json"))
        tokenizer.enable_truncation(self._onnx.tokens)
        tokenizer.no_padding()
        tokenizer.encode_special_tokens = True  # "</s>" in a text is text, not the end of the input
        return tokenizer

    @cached_property
    def _session(self) -> InferenceSession:
        import onnxruntime

        assert self._onnx is not None
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # many may ask at once
        return onnxruntime.InferenceSession(self._onnx.file, options, providers=["CPUExecutionProvider"])

    @cached_property
    def _model(self) -> SentenceTransformer:
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call]
        torch.set_num_threads(self._threads)
        with _loading(self._folder):
            model = SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)
        if not any(model.prompts.values()):
            model.prompts = dict(_prompts_of(self.name))
        if hasattr(model.tokenizer, "split_special_tokens"):
            model.tokenizer.split_special_tokens = True  # "</s>" in a document is text that somebody wrote
        return model


def open_embedder(name: str, cache: Path, threads: int = 2, progress: Progress = lambda _: None) -> FolderEmbedder:
    """The embedder that a setting names: the default model, or a sentence-transformers name or folder.

    The default model is built in `cache` on first use, and `progress` is told so in Swedish. The network is asked only
    for a hub name which is not in Hugging Face's own cache. Raises ModelUnavailable, which says what to set.
    """
    if name == DEFAULT_MODEL:
        return FolderEmbedder(build_default(cache, progress), f"{name}/{_CONVERSION_VERSION}", threads)
    path = _find_folder(name)
    known = path.resolve().name if Path(name).expanduser().is_dir() else name
    return FolderEmbedder(path, f"{known}/{_fingerprint(path)}", threads)


def _find_folder(name: str) -> Path:
    """The folder of a model that is named by its folder or by "owner/model" on the hub, fetched unless it is here."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    if name.count("/") != 1 or name.startswith((".", "/", "~")):
        raise ModelUnavailable(
            f"Det finns ingen modell »{name}«: {_OTHERWISE}, en mapp med en modell för sentence-transformers eller ett "
            "namn av formen ägare/modell."
        )
    import httpx
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        try:
            return Path(snapshot_download(name, local_files_only=True))
        except LocalEntryNotFoundError:
            return Path(snapshot_download(name, allow_patterns=[*_FILES, "onnx/model.onnx*"]))
    except (OSError, ValueError, httpx.HTTPError) as error:
        cause = type(error).__name__
        message = f"Modellen {name} kan inte hämtas ({cause}): kontrollera namnet och nätet, eller {_OTHERWISE}."
        raise ModelUnavailable(message) from error


def _fingerprint(folder: Path) -> str:
    """Names weights, tokenizer and settings, so that an index made before a model was retrained is refused."""
    digest, files = hashlib.sha256(), {file for pattern in _FILES for file in folder.rglob(pattern)}
    for file in sorted(file for file in files if "onnx" not in file.relative_to(folder).parts):
        digest.update(file.relative_to(folder).as_posix().encode() + bytes.fromhex(file_sha256(file)))
    return digest.hexdigest()[:12]
