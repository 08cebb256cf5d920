"""Reads what a folder of sentence-transformers says of itself, without importing torch."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.embedding.default_model import DEFAULT_MODEL, PASSAGE_PROMPT, QUERY_PROMPT
from ingest.errors import ModelUnavailable

_ONNX = Path("onnx") / "model.onnx"
_WEIGHTS = ("*.json", "*.txt", "*.model", "*.safetensors", f"{_ONNX.as_posix()}*")
_OLD_WEIGHTS = "*.bin"
_PLAIN = {"Transformer", "Pooling", "Normalize"}
_ENDLESS = 10**6
"""Tokenizers that know no limit give a number far above this."""


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model's folder. `pooling` is "mean" or "cls" where the vectors can be made from the ONNX file, else "".

    `dimension` is None where only loading the model shows it, `onnx` and `tokenizer_file` where there is no such file.
    """

    path: Path
    dimension: int | None
    query_prompt: str
    document_prompt: str
    maximum_tokens: int
    pooling: str
    onnx: Path | None
    tokenizer_file: Path | None


def find_folder(name: str) -> Path:
    """The folder of a model that is named by its folder or by "owner/model" on the hub, fetched unless it is here.

    :raises ModelUnavailable: when there is no such model.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    if name.count("/") != 1 or name.startswith((".", "/", "~")):
        raise ModelUnavailable(
            f"Det finns ingen modell »{name}«: sätt RUS_EMBEDDING_MODEL till {DEFAULT_MODEL}, en mapp med en modell "
            "för sentence-transformers eller ett namn av formen ägare/modell."
        )
    import httpx
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        try:
            return Path(snapshot_download(name, local_files_only=True))
        except LocalEntryNotFoundError:
            fetched = Path(snapshot_download(name, allow_patterns=list(_WEIGHTS)))
        if not list(fetched.rglob("*.safetensors")):
            snapshot_download(name, allow_patterns=[_OLD_WEIGHTS])
        return fetched
    except (LocalEntryNotFoundError, HfHubHTTPError, HFValidationError, httpx.HTTPError, OSError) as error:
        raise ModelUnavailable(
            f"Modellen {name} kan inte hämtas ({type(error).__name__}): kontrollera namnet och nätet, eller sätt "
            f"RUS_EMBEDDING_MODEL till {DEFAULT_MODEL}."
        ) from error


def read_folder(path: Path, name: str) -> ModelFolder:
    """What the folder's own files say. `name` tells whether it is an E5 model, whose folders seldom give the prompts.

    :raises ModelUnavailable: when the folder holds no model.
    """
    try:
        if not (path / "modules.json").exists() and not (path / "config.json").exists():
            raise OSError("modules.json saknas")
        modules = {str(one["type"]).rpartition(".")[2]: path / str(one["path"]) for one in _json(path / "modules.json")}
        transformer = modules.get("Transformer", path)
        settings = _json(transformer / "sentence_bert_config.json") or {}
        pooling = _json(modules["Pooling"] / "config.json") if "Pooling" in modules else {}
        tokenizer = _json(transformer / "tokenizer_config.json") or {}
        limits = (settings.get("max_seq_length"), tokenizer.get("model_max_length"), 512)
        prompts = _prompts(path, name)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelUnavailable(
            f"Mappen {path} är ingen modell för sentence-transformers ({error}): kontrollera den, eller sätt "
            f"RUS_EMBEDDING_MODEL till {DEFAULT_MODEL}."
        ) from error
    way = _pooling(pooling) if set(modules) <= _PLAIN and not settings.get("do_lower_case") else ""
    tokens = transformer / "tokenizer.json"
    onnx = path / _ONNX
    return ModelFolder(
        path=path,
        dimension=pooling.get("embedding_dimension", pooling.get("word_embedding_dimension")) if way else None,
        query_prompt=prompts.get("query", ""),
        document_prompt=next((prompts[key] for key in ("document", "passage", "corpus") if prompts.get(key)), ""),
        maximum_tokens=next(int(one) for one in limits if one and one < _ENDLESS),
        pooling=way,
        onnx=onnx if way and onnx.is_file() and tokens.is_file() else None,
        tokenizer_file=tokens if tokens.is_file() else None,
    )


def fingerprint(folder: ModelFolder) -> str:
    """Names weights, tokenizer and settings, so that an index made before a model was retrained is refused."""
    digest = hashlib.sha256()
    files = (file for pattern in (*_WEIGHTS, _OLD_WEIGHTS) for file in folder.path.rglob(pattern))
    for file in sorted({file for file in files if "onnx" not in file.relative_to(folder.path).parts}):
        digest.update(file.relative_to(folder.path).as_posix().encode())
        with file.open("rb") as opened:
            digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()[:12]


def _json(file: Path) -> Any:
    return json.loads(file.read_bytes()) if file.exists() else []


def _prompts(path: Path, name: str) -> Mapping[str, str]:
    """E5 models need "query: " and "passage: " in front, but most of their folders do not say so."""
    config = _json(path / "config_sentence_transformers.json")
    prompts: Mapping[str, str] = config.get("prompts", {}) if config else {}
    words = re.split(r"[^a-z0-9]+", name.lower())
    if "e5" in words and "instruct" not in words and not any(prompts.values()):
        return {"query": QUERY_PROMPT, "document": PASSAGE_PROMPT}
    return prompts


def _pooling(config: Mapping[str, Any]) -> str:
    """ "mean" or "cls" in the newer and the older form of the file, "" for every other way."""
    ways = {key for key, value in config.items() if key.startswith("pooling_mode_") and value}
    if mode := config.get("pooling_mode"):
        return str(mode) if mode in ("mean", "cls") else ""
    return (
        {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls"}.get(next(iter(ways)), "")
        if len(ways) == 1
        else ""
    )
