"""The wheel holds the product, whole, and nothing else."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ("ingest", "assistant", "evals", "ui", "rus.py")
NEEDED = (*SHIPPED, "pyproject.toml", "README.md", "LICENSE")
CODE_AND_DATA = {
    ".npz",
    ".py",
    ".json",
    ".jsonl",
    ".toml",
    ".css",
    ".js",
    ".svg",
    ".csv",
    ".html",
    ".txt",
    ".md",
    ".typed",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Names in the wheel and the text of its metadata, built without the network from a copy of the sources."""
    pytest.importorskip("hatchling")
    missing = [name for name in NEEDED if not (ROOT / name).exists()]
    if missing:
        pytest.skip(f"not in place: {', '.join(missing)}")
    copy = tmp_path_factory.mktemp("copy")
    for name in (*NEEDED, "tests", "benchmarks"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "out"],
        cwd=copy,
        check=True,
        capture_output=True,
    )
    (path,) = (copy / "out").glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return archive.namelist(), archive.read(metadata).decode()


def own(names):
    return [name for name in names if ".dist-info/" not in name]


def test_only_the_product_is_shipped(wheel):
    names, _ = wheel
    assert {name.partition("/")[0] for name in own(names)} == set(SHIPPED)
    strange = [name for name in own(names) if Path(name).suffix not in CODE_AND_DATA]
    assert strange == []


def test_the_product_is_shipped_whole(wheel):
    names, _ = wheel
    sources = [path for package in SHIPPED for path in [ROOT / package, *(ROOT / package).rglob("*")] if path.is_file()]
    expected = {path.relative_to(ROOT).as_posix() for path in sources if "__pycache__" not in path.parts}
    assert expected - set(names) == set()
    assert "evals/questions.jsonl" in names


def test_licence_command_and_name_are_in_the_metadata(wheel):
    names, metadata = wheel
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    assert any(name.endswith(".dist-info/entry_points.txt") for name in names)
    assert "Name: rus-assistent\n" in metadata
    assert "License-Expression: EUPL-1.2\n" in metadata
