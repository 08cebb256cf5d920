"""Texts longer than a model reads at once: cut into windows, whose vectors are averaged by their length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

_SPARE = 8
"""Tokens left free for the start and end marks and for a word that is cut in two."""


class Windows:
    """Cuts texts to what a model with this tokenizer reads, the prompt in front included."""

    def __init__(self, tokenizer_file: Path | None, maximum_tokens: int, prompt: str) -> None:
        """Without a tokenizer file texts stay whole, and the model cuts off what it cannot read."""
        self.tokenizer: Tokenizer | None = None
        if tokenizer_file is None:
            return
        self.tokenizer = Tokenizer.from_file(str(tokenizer_file))
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        self.tokenizer.encode_special_tokens = True  # "</s>" in a text is text, not the end of the input
        used = len(self.tokenizer.encode(prompt, add_special_tokens=False).ids)
        self._size = max(1, maximum_tokens - used - _SPARE)

    def embed(
        self, texts: Sequence[str], encode: Callable[[Sequence[str]], NDArray[np.float32]]
    ) -> NDArray[np.float32]:
        """Unit vectors of shape (len(texts), dimension), made by `encode` from all windows together."""
        windows = [self._cut(text) for text in texts]
        vectors = encode([window for own in windows for window in own])
        weights = np.array([max(1, len(window)) for own in windows for window in own], np.float32)
        starts = np.cumsum([0, *(len(own) for own in windows[:-1])])
        sums = np.add.reduceat(vectors * weights[:, None], starts, axis=0)
        rows: NDArray[np.float32] = (sums / np.linalg.norm(sums, axis=1, keepdims=True)).astype(np.float32)
        return rows

    def _cut(self, text: str) -> list[str]:
        # No token is longer than its text, and few signs become more than two of them.
        if self.tokenizer is None or 2 * len(text) < self._size:
            return [text]
        offsets = self.tokenizer.encode(text, add_special_tokens=False).offsets
        starts = [start for start, _ in offsets[self._size :: self._size]]
        return [text[start:end] for start, end in zip([0, *starts], [*starts, len(text)], strict=True)]
