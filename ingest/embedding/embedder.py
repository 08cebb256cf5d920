"""Turns texts into unit vectors, so that nearness in meaning is a dot product.

One path for every model: a folder of sentence-transformers. It embeds the passages; questions are embedded from the
folder's ONNX file by onnxruntime where there is one, so that asking imports no torch (its import takes seconds).
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from ingest.embedding.model_folder import (
    CONVERSION_VERSION,
    DEFAULT_MODEL,
    ModelFolder,
    Progress,
    build_default,
    find_folder,
    fingerprint,
    read_folder,
)
from ingest.errors import ModelUnavailable

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

_Rows = NDArray[np.float32]
_SPARE = 8
"""Tokens left free for the start and end marks and for a word that is cut in two."""


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
    """A folder of sentence-transformers. Nothing is loaded before the first text."""

    def __init__(self, folder: ModelFolder, name: str, threads: int) -> None:
        self._folder, self._threads, self._lock = folder, threads, threading.Lock()
        self.name = name
        self.dimension = folder.dimension or int(self._model.encode_query("").shape[-1])

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One unit vector for each text. sentence-transformers sorts them by length."""
        rows: list[list[float]] = self._by_windows(texts, self._passages_by_torch).tolist() if texts else []
        return rows

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question; many may be asked at once."""
        fast = self._folder.onnx is not None and self._tokenizer is not None
        encode = self._queries_by_onnx if fast else self._queries_by_torch
        row: list[float] = self._by_windows([text], encode)[0].tolist()
        return row

    def _by_windows(self, texts: Sequence[str], encode: Callable[[list[str]], _Rows]) -> _Rows:
        """Rows of shape (texts, dimension): of a text that is too long the mean over its windows, by their length."""
        windows = [self._windows(_clean(text)) for text in texts]
        vectors = encode([window for own in windows for window in own])
        weights = np.array([max(1, len(window)) for own in windows for window in own], np.float32)
        starts = np.cumsum([0, *(len(own) for own in windows[:-1])])
        sums = np.add.reduceat(vectors * weights[:, None], starts, axis=0)
        rows: _Rows = (sums / np.linalg.norm(sums, axis=1, keepdims=True)).astype(np.float32)
        return rows

    def _windows(self, text: str) -> list[str]:
        # No token is longer than its text, and few signs become more than two of them.
        if self._tokenizer is None or 2 * len(text) < self._window_tokens:
            return [text]
        offsets = self._tokenizer.encode(text, add_special_tokens=False).offsets
        starts = [start for start, _ in offsets[self._window_tokens :: self._window_tokens]]
        return [text[start:end] for start, end in zip([0, *starts], [*starts, len(text)], strict=True)]

    @cached_property
    def _tokenizer(self) -> Tokenizer | None:
        """None for a folder without the file: texts stay whole, and the model cuts off what it cannot read."""
        if self._folder.tokenizer_file is None:
            return None
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder.tokenizer_file))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        tokenizer.encode_special_tokens = True  # "</s>" in a text is text, not the end of the input
        return tokenizer

    @cached_property
    def _window_tokens(self) -> int:
        prompt = max(self._folder.query_prompt, self._folder.document_prompt, key=len)
        used = len(self._tokenizer.encode(prompt, add_special_tokens=False).ids) if self._tokenizer else 0
        return max(1, self._folder.maximum_tokens - used - _SPARE)

    @cached_property
    def _session(self) -> InferenceSession:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # many may ask at once
        return onnxruntime.InferenceSession(self._folder.onnx, options, providers=["CPUExecutionProvider"])

    def _queries_by_onnx(self, texts: list[str]) -> _Rows:
        return np.stack([self._query_by_onnx(text) for text in texts])

    def _query_by_onnx(self, text: str) -> _Rows:
        assert self._tokenizer is not None
        ids = self._tokenizer.encode(self._folder.query_prompt + text).ids[: self._folder.maximum_tokens]
        tokens = np.array([ids], np.int64)
        given = {"input_ids": tokens, "attention_mask": np.ones_like(tokens), "token_type_ids": np.zeros_like(tokens)}
        inputs = {one.name: given[one.name] for one in self._session.get_inputs()}
        read = self._session.run(None, inputs)[0][0]
        pooled: _Rows = read[0] if self._folder.pooling == "cls" else read.mean(axis=0)
        return pooled / np.float32(np.linalg.norm(pooled))

    @cached_property
    def _model(self) -> SentenceTransformer:
        return _load(self._folder, self._threads)

    def _passages_by_torch(self, texts: list[str]) -> _Rows:
        with self._lock:  # its tokenizer is changed while it pads, and refuses two threads
            return np.asarray(self._model.encode_document(texts, show_progress_bar=False), np.float32)

    def _queries_by_torch(self, texts: list[str]) -> _Rows:
        with self._lock:
            return np.asarray(self._model.encode_query(texts, show_progress_bar=False), np.float32)


def open_embedder(name: str, cache: Path, threads: int = 2, progress: Progress = lambda _: None) -> FolderEmbedder:
    """The embedder that a setting names: the default model, or a sentence-transformers name or folder.

    The default model is built in `cache` on first use, and `progress` is told so in Swedish. The network is asked only
    for a hub name ("owner/model" that is no folder) which is not in Hugging Face's own cache.

    :raises ModelUnavailable: when the model cannot be had; the sentence says what to set.
    """
    if name == DEFAULT_MODEL:
        folder = read_folder(build_default(cache, progress), name)
        return FolderEmbedder(folder, f"{name}/{CONVERSION_VERSION}", threads)
    path = find_folder(name)
    folder = read_folder(path, name)
    known = path.resolve().name if Path(name).expanduser().is_dir() else name
    return FolderEmbedder(folder, f"{known}/{fingerprint(folder)}", threads)


def _load(folder: ModelFolder, threads: int) -> SentenceTransformer:
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    torch.set_num_threads(threads)
    try:
        model = SentenceTransformer(str(folder.path), device="cpu", local_files_only=True)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        cause = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ModelUnavailable(
            f"Modellen i {folder.path} kan inte läsas ({cause}): kontrollera mappen, eller sätt RUS_EMBEDDING_MODEL "
            f"till {DEFAULT_MODEL}."
        ) from error
    model.prompts = {"query": folder.query_prompt, "document": folder.document_prompt}
    if hasattr(model.tokenizer, "split_special_tokens"):
        model.tokenizer.split_special_tokens = True  # "</s>" in a document is text that somebody wrote
    return model


def _clean(text: str) -> str:
    """Composed characters (å as one, as the vocabulary has it) and no lone surrogates, which tokenizers refuse."""
    return unicodedata.normalize("NFC", text).encode("utf-8", "replace").decode("utf-8")
