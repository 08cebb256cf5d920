"""Turns texts into unit vectors, so that nearness in meaning is a dot product.

Three ways, one interface: the embedded model by onnxruntime (the default; imports no torch), the same model in full
precision, and any model of sentence-transformers by name or folder.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.embedding.model import (
    CONVERSION_VERSION,
    MAXIMUM_TOKENS,
    PASSAGE_PROMPT,
    QUERY_PROMPT,
    Progress,
    build_onnx,
    build_transformer,
)
from ingest.embedding.weights import END, START
from ingest.errors import ModelUnavailable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]

ONNX_MODEL = "e5-small-int8"
TRANSFORMER_MODEL = "e5-small"
"""The two names of the embedded model."""


class Embedder(Protocol):
    """Maps texts to unit vectors of one dimension. Texts may be empty, of any length and in any Unicode form.

    `name` identifies model and weights: vectors of embedders with different names must not be compared.
    """

    name: str
    dimension: int

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Float32 of shape (len(texts), dimension), rows of length 1. A text's row does not depend on the others."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """Float32 of shape (dimension,) and length 1."""
        ...


class OnnxEmbedder:
    """The embedded model by onnxruntime.

    Each text runs alone, `threads` of them side by side, so that its vector is the same in whatever company. A text
    longer than the model reads at once is cut into windows, and its vector is the mean over all its tokens.
    """

    def __init__(self, folder: Path, name: str, threads: int) -> None:
        """Loads `encoder.onnx` and `tokenizer.json` from `folder` (about a second)."""
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            folder / "encoder.onnx", options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        # "</s>" in a document is text that somebody wrote, not the end of the input.
        self._tokenizer.encode_special_tokens = True
        self._start, self._end = (self._tokenizer.token_to_id(piece) for piece in (START, END))
        self._threads = threads
        self.name = name
        self.dimension: int = self._session.get_outputs()[0].shape[-1]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Float32 of shape (len(texts), dimension), rows of length 1."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        with ThreadPoolExecutor(self._threads) as pool:
            return np.stack(list(pool.map(self._embed, (PASSAGE_PROMPT + text for text in texts))))

    def embed_query(self, text: str) -> Vectors:
        """Float32 of shape (dimension,) and length 1."""
        return self._embed(QUERY_PROMPT + text)

    def _embed(self, text: str) -> Vectors:
        tokens = self._tokenizer.encode(_clean(text), add_special_tokens=False).ids
        size = MAXIMUM_TOKENS - 2
        total = np.zeros(self.dimension, np.float32)
        for first in range(0, len(tokens), size):
            window = tokens[first : first + size]
            ids = np.array([[self._start, *window, self._end]], np.int64)
            (mean,) = self._session.run(["mean"], {"ids": ids})
            total += mean[0] * len(window)
        return total / np.float32(np.linalg.norm(total))


class SentenceTransformerEmbedder:
    """Any model of sentence-transformers, with its own prompts for queries and documents if it has them.

    Texts longer than the model reads are cut off at its limit. Importing torch takes several seconds.
    """

    def __init__(self, model: SentenceTransformer, name: str) -> None:
        self._model = model
        self.name = name
        self.dimension: int = model.encode_query("").shape[-1]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Float32 of shape (len(texts), dimension), rows of length 1."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        cleaned = [_clean(text) for text in texts]
        vectors = self._model.encode_document(cleaned, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, np.float32)

    def embed_query(self, text: str) -> Vectors:
        """Float32 of shape (dimension,) and length 1."""
        vector = self._model.encode_query(_clean(text), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vector, np.float32)


def open_embedder(name: str, cache: Path, threads: int = 2, progress: Progress = lambda _: None) -> Embedder:
    """The embedder that a setting names: "e5-small-int8", "e5-small", or a sentence-transformers name or folder.

    The first two are built in `cache` on first use, and `progress` is told so in Swedish. The network is asked only
    for a hub name ("owner/model" that is no folder) which is not in Hugging Face's own cache. Raises ModelUnavailable,
    which says what to set.
    """
    if name == ONNX_MODEL:
        return OnnxEmbedder(build_onnx(cache, progress), f"{name}/{CONVERSION_VERSION}", threads)
    if name == TRANSFORMER_MODEL:
        folder = build_transformer(cache, progress)
        return SentenceTransformerEmbedder(_load(str(folder), threads, offline=True), f"{name}/{CONVERSION_VERSION}")
    folder = Path(name).expanduser()
    if folder.is_dir():
        model, name = _load(str(folder), threads, offline=True), folder.resolve().name
    elif "/" in name:
        model = _load(name, threads, offline=False)
    else:
        raise ModelUnavailable(
            f"Det finns ingen modell »{name}«: sätt RUS_EMBEDDING_MODEL till {ONNX_MODEL}, {TRANSFORMER_MODEL}, en "
            "mapp med en modell för sentence-transformers eller ett namn av formen ägare/modell."
        )
    _give_prompts(model, name)
    return SentenceTransformerEmbedder(model, f"{name}/{_fingerprint(model)}")


def _load(name: str, threads: int, offline: bool) -> SentenceTransformer:
    """A model by folder or hub name; the hub is asked only for what is not on this machine, and never if `offline`."""
    import httpx
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    torch.set_num_threads(threads)
    try:
        try:
            return SentenceTransformer(name, device="cpu", local_files_only=True)
        except OSError:  # not downloaded yet
            if offline:
                raise
            return SentenceTransformer(name, device="cpu")
    except (OSError, ValueError, RuntimeError, KeyError, httpx.HTTPError) as error:
        cause = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ModelUnavailable(
            f"Modellen {name} kan inte läsas eller hämtas ({cause}): kontrollera mappen eller namnet och nätet, eller "
            f"sätt RUS_EMBEDDING_MODEL till {ONNX_MODEL}."
        ) from error


def _give_prompts(model: SentenceTransformer, name: str) -> None:
    """E5 models need "query: " and "passage: " in front, but most of their folders do not say so."""
    words = re.split(r"[^a-z0-9]+", name.lower())
    if "e5" in words and "instruct" not in words and not any(model.prompts.values()):
        model.prompts = {"query": QUERY_PROMPT, "document": PASSAGE_PROMPT}


def _fingerprint(model: SentenceTransformer) -> str:
    """Names the weights and prompts, so that an index made before a model was retrained is refused."""
    import torch

    digest = hashlib.sha256(repr(sorted(model.prompts.items())).encode())
    for name, tensor in sorted(model.state_dict().items()):
        if ".pooler." in name:  # unused, and often missing from the file and then filled with random numbers
            continue
        digest.update(name.encode())
        digest.update(tensor.cpu().contiguous().reshape(-1).view(torch.uint8).numpy())
    return digest.hexdigest()[:12]


def _clean(text: str) -> str:
    """Composed characters (å as one, as the vocabulary has it) and no lone surrogates, which tokenizers refuse."""
    return unicodedata.normalize("NFC", text).encode("utf-8", "replace").decode("utf-8")
