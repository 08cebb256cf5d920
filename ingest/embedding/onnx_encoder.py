"""Embeds by onnxruntime what a sentence-transformers folder holds as an ONNX file; imports no torch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ingest.embedding.model_folder import ModelFolder


class OnnxEncoder:
    """Questions, one at a time and each on one thread: many may be asked at once, and the session allows it."""

    def __init__(self, folder: ModelFolder, tokenizer: Tokenizer) -> None:
        """Loads the file (0.2 s). `folder` must have one, and a pooling by "mean" or "cls"."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(folder.onnx, options, providers=["CPUExecutionProvider"])
        self._inputs = {one.name for one in self._session.get_inputs()}
        self._folder, self._tokenizer = folder, tokenizer

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of shape (len(texts), dimension), the prompt for questions in front of each text."""
        return np.stack([self._encode(self._folder.query_prompt + text) for text in texts])

    def _encode(self, text: str) -> NDArray[np.float32]:
        ids = np.array([self._tokenizer.encode(text).ids[: self._folder.maximum_tokens]], np.int64)
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        tokens = self._session.run(None, {name: given[name] for name in self._inputs})[0][0]
        pooled: NDArray[np.float32] = tokens[0] if self._folder.pooling == "cls" else tokens.mean(axis=0)
        return pooled / np.float32(np.linalg.norm(pooled))
