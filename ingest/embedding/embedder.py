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
from numpy.typing import NDArray

from ingest.embedding.default_model import CONVERSION_VERSION, DEFAULT_MODEL, Progress, build_default
from ingest.embedding.model_folder import ModelFolder, find_folder, fingerprint, read_folder
from ingest.embedding.onnx_encoder import OnnxEncoder
from ingest.embedding.windows import Windows
from ingest.errors import ModelUnavailable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Maps texts to unit vectors of one dimension. Texts may be empty, of any length and in any Unicode form.

    `name` identifies model and weights: vectors of embedders with different names must not be compared.
    """

    name: str
    dimension: int

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Float32 of shape (len(texts), dimension), rows of length 1; the company of a text moves it by rounding."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """Float32 of shape (dimension,) and length 1."""
        ...


class FolderEmbedder:
    """A folder of sentence-transformers. Nothing is loaded before the first text."""

    def __init__(self, folder: ModelFolder, name: str, threads: int) -> None:
        self._folder, self._threads, self._lock = folder, threads, threading.Lock()
        self.name = name
        self.dimension = folder.dimension or int(self._model.encode_query("").shape[-1])

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Float32 of shape (len(texts), dimension), rows of length 1. sentence-transformers sorts them by length."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return self._windows.embed([_clean(text) for text in texts], self._encode_passages)

    def embed_query(self, text: str) -> Vectors:
        """Float32 of shape (dimension,) and length 1."""
        encode = self._encode_queries if self._questions is None else self._questions.encode
        row: Vectors = self._windows.embed([_clean(text)], encode)[0]
        return row

    @cached_property
    def _windows(self) -> Windows:
        prompt = max(self._folder.query_prompt, self._folder.document_prompt, key=len)
        return Windows(self._folder.tokenizer_file, self._folder.maximum_tokens, prompt)

    @cached_property
    def _questions(self) -> OnnxEncoder | None:
        tokenizer = self._windows.tokenizer
        return OnnxEncoder(self._folder, tokenizer) if self._folder.onnx and tokenizer else None

    @cached_property
    def _model(self) -> SentenceTransformer:
        return _load(self._folder, self._threads)

    def _encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(lambda: self._model.encode_document(list(texts), show_progress_bar=False))

    def _encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(lambda: self._model.encode_query(list(texts), show_progress_bar=False))

    def _encode(self, encode: Callable[[], object]) -> Vectors:
        with self._lock:  # its tokenizer is changed while it pads, and refuses two threads
            return np.asarray(encode(), np.float32)


def open_embedder(name: str, cache: Path, threads: int = 2, progress: Progress = lambda _: None) -> Embedder:
    """The embedder that a setting names: the default model, or a sentence-transformers name or folder.

    The default model is built in `cache` on first use, and `progress` is told so in Swedish. The network is asked only
    for a hub name ("owner/model" that is no folder) which is not in Hugging Face's own cache.

    :raises ModelUnavailable: when the model cannot be had; the sentence says what to set.
    """
    if name == DEFAULT_MODEL:
        return FolderEmbedder(
            read_folder(build_default(cache, progress), name), f"{name}/{CONVERSION_VERSION}", threads
        )
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
