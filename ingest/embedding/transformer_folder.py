"""Writes the weights as a folder in full precision that `SentenceTransformer(path)` loads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from ingest.embedding.weights import END, MASK, PADDING, START, BlockMatrix, E5Weights

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


def write_transformer(
    weights: E5Weights, tokenizer: Tokenizer, folder: Path, maximum_tokens: int, prompts: Mapping[str, str]
) -> None:
    """Writes the encoder (470 MB, float32), its tokenizer, mean pooling and the prompts."""
    encoder = BertModel(_configuration(weights))
    encoder.load_state_dict(_bert_tensors(weights))
    encoder.save_pretrained(folder)
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        model_max_length=maximum_tokens,
        bos_token=START,
        cls_token=START,
        eos_token=END,
        sep_token=END,
        pad_token=PADDING,
        unk_token=weights.pieces[weights.unknown_id][0],
        mask_token=MASK,
    ).save_pretrained(folder)
    modules = [Transformer(str(folder)), Pooling(weights.sizes.hidden, "mean"), Normalize()]
    SentenceTransformer(modules=modules, prompts=dict(prompts)).save(str(folder), create_model_card=False)


def _configuration(weights: E5Weights) -> BertConfig:
    sizes = weights.sizes
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
    tensors: dict[str, BlockMatrix | NDArray[np.float32]] = {**weights.matrices, **weights.vectors}
    hidden = weights.sizes.hidden
    # Not in the weight file and not used by mean pooling, but loading warns where it is missing.
    named = {"pooler.dense.weight": np.zeros((hidden, hidden), np.float32), "pooler.dense.bias": np.zeros(hidden)}
    for name, tensor in tensors.items():
        values = tensor.dense() if isinstance(tensor, BlockMatrix) else tensor
        if name in _EMBEDDING_NAMES:
            named[_EMBEDDING_NAMES[name]] = values if name.startswith("emb.ln") else values.reshape(-1, hidden)
            continue
        layer, part, kind = name.split(".")
        suffix = "weight" if kind == "w" else "bias"
        named[f"encoder.layer.{layer.removeprefix('l')}.{_LAYER_NAMES[part]}.{suffix}"] = values
    return {name: torch.tensor(values) for name, values in named.items()}
