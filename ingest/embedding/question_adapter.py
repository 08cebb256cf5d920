"""The question adapter: small matrices that bring everyday questions nearer to how administrations write.

Low-rank additions (LoRA, Hu et al. 2021) to the query and value projections of the default model, for questions alone:
passages stay where they are, so that an index does not change. Trained by `python -m benchmarks.fit_adapter` on the
pairs beside that command. Imports torch.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from transformers import BertModel

FILE = Path(__file__).with_name("question_adapter.npz")
RANK = 8
_SCALE = 2.0
"""What the product of the two matrices counts for."""


class LowRank(nn.Module):
    """A linear layer with an addition of low rank: y = W x + b + U (D x). At first U is zero."""

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        self.layer = layer
        self.down = nn.Parameter(torch.randn(RANK, layer.in_features) / math.sqrt(layer.in_features))
        self.up = nn.Parameter(torch.zeros(layer.out_features, RANK))

    def forward(self, x: Tensor) -> Tensor:
        """Of shape (…, outputs)."""
        added: Tensor = self.layer(x) + (x @ self.down.T) @ self.up.T * _SCALE
        return added


def add_adapter(encoder: BertModel) -> list[LowRank]:
    """Put a low-rank addition on the query and value projections of every layer, in order; all else is frozen."""
    for parameter in encoder.parameters():
        parameter.requires_grad = False
    added: list[LowRank] = []
    layers: Any = encoder.encoder.layer
    for layer in layers:
        attention = layer.attention.self
        attention.query, attention.value = LowRank(attention.query), LowRank(attention.value)
        added += [attention.query, attention.value]
    return added


def save(added: list[LowRank], path: Path) -> None:
    """Write the matrices as float16."""
    arrays: dict[str, Any] = {}
    for place, one in enumerate(added):
        arrays[f"{place}.down"] = one.down.detach().numpy().astype(np.float16)
        arrays[f"{place}.up"] = one.up.detach().numpy().astype(np.float16)
    np.savez_compressed(path, **arrays)


def load(encoder: BertModel, path: Path) -> None:
    """Put the adapter that is stored there on an encoder.

    :raises OSError: when the file is not there.
    """
    with np.load(path) as stored:
        for place, one in enumerate(add_adapter(encoder)):
            one.down.data = torch.tensor(stored[f"{place}.down"].astype(np.float32))
            one.up.data = torch.tensor(stored[f"{place}.up"].astype(np.float32))
