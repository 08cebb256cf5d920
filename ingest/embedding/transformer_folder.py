"""Writes the weights as a folder in full precision that `SentenceTransformer(path)` loads, all but its tokenizer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.embedding.weights import END, MASK, PADDING, START, BlockMatrix, E5Weights

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


def write_transformer(weights: E5Weights, folder: Path, maximum_tokens: int, prompts: Mapping[str, str]) -> None:
    """Writes `model.safetensors` (470 MB, float32) and the configuration files; `tokenizer.json` comes beside them."""
    from safetensors.numpy import save_file

    save_file(_bert_tensors(weights), folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "1_Pooling").mkdir()
    for name, content in _configuration(weights, maximum_tokens, prompts).items():
        (folder / name).write_text(json.dumps(content, indent=2), encoding="utf-8")


def _bert_tensors(weights: E5Weights) -> dict[str, NDArray[np.float32]]:
    """The tensors under the names that `BertModel` knows."""
    tensors: dict[str, BlockMatrix | NDArray[np.float32]] = {**weights.matrices, **weights.vectors}
    named = {}
    for name, tensor in tensors.items():
        values = tensor.dense() if isinstance(tensor, BlockMatrix) else tensor
        if name in _EMBEDDING_NAMES:
            flat = name.startswith("emb.ln")
            named[_EMBEDDING_NAMES[name]] = values if flat else values.reshape(-1, weights.sizes.hidden)
            continue
        layer, part, kind = name.split(".")
        suffix = "weight" if kind == "w" else "bias"
        named[f"encoder.layer.{layer.removeprefix('l')}.{_LAYER_NAMES[part]}.{suffix}"] = values
    # Not in the weight file and not used by mean pooling, but loading warns where it is missing.
    named["pooler.dense.weight"] = np.zeros((weights.sizes.hidden, weights.sizes.hidden), np.float32)
    named["pooler.dense.bias"] = np.zeros(weights.sizes.hidden, np.float32)
    return named


def _configuration(weights: E5Weights, maximum_tokens: int, prompts: Mapping[str, str]) -> dict[str, object]:
    """The configuration files of the folder by name."""
    sizes, modules = weights.sizes, "sentence_transformers.models"
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "hidden_act": "gelu",
            "hidden_size": sizes.hidden,
            "intermediate_size": sizes.feed_forward,
            "layer_norm_eps": sizes.epsilon,
            "max_position_embeddings": sizes.positions,
            "num_attention_heads": sizes.heads,
            "num_hidden_layers": sizes.layers,
            "pad_token_id": 1,
            "type_vocab_size": sizes.token_types,
            "vocab_size": sizes.vocabulary,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": maximum_tokens,
            "bos_token": START,
            "cls_token": START,
            "eos_token": END,
            "sep_token": END,
            "pad_token": PADDING,
            "unk_token": weights.pieces[weights.unknown_id][0],
            "mask_token": MASK,
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{modules}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{modules}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{modules}.Normalize"},
        ],
        "1_Pooling/config.json": {"word_embedding_dimension": sizes.hidden, "pooling_mode_mean_tokens": True},
        "sentence_bert_config.json": {"max_seq_length": maximum_tokens, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": dict(prompts),
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
