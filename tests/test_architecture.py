"""The house has one direction: corpus → ingest → assistant → ui | evals. Heavy libraries load when they are used."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {
    "ingest": {"ingest"},
    "assistant": {"ingest", "assistant"},
    "evals": {"ingest", "assistant", "evals"},
    "ui": {"ingest", "assistant", "ui"},
}
"""What each package may import of the house. rus.py, the command line, may import all of it."""

OUTSIDE = {"rus", "tests", "corpus", "benchmarks"}
"""What no package may import: the command line stands above them, the rest is not shipped."""

KEPT_TO = {
    "chromadb": ("ingest/store/",),
    "pypdf": ("ingest/pdf/",),
    "pypdfium2": ("ingest/pdf/",),
    "sentence_transformers": ("ingest/embedder.py", "ingest/conversion.py"),
    "langchain": ("assistant/model/",),
    "langchain_openai": ("assistant/model/",),
    "langchain_core": ("assistant/model/", "assistant/retriever.py", "ingest/embedder.py"),
    "gradio": ("ui/",),
    "fastapi": ("ui/",),
}
"""Libraries that some files alone may import, so that they can be replaced there."""

HEAVY = {
    "torch",
    "chromadb",
    "gradio",
    "onnxruntime",
    "onnx",
    "sentence_transformers",
    "transformers",
    "trafilatura",
    "langchain",
    "langchain_openai",
}
"""Libraries that load only when they are used, so that `rus --help` and `rus ask` start quickly: imported inside
functions, or at the top of a file that is itself imported inside functions alone."""

FILES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
FILES += [path for path in [ROOT / "rus.py"] if path.exists()]


def imports(tree):
    """Every absolute module name imported anywhere in the tree, relative imports as "."."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." if node.level else str(node.module)


def run_at_import(nodes):
    """The nodes that run when the module is imported: not the bodies of functions, nor what only type checkers read."""
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from run_at_import(node.orelse)
            continue
        yield node
        yield from run_at_import(ast.iter_child_nodes(node))


def imported_at_import(source):
    """The modules that this source imports when it is imported, "from a import b" as both a and a.b."""
    for node in run_at_import(ast.parse(source).body):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names))


def module_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def is_heavy(source):
    """Whether importing this source loads a heavy library."""
    return bool({name.partition(".")[0] for name in imported_at_import(source)} & HEAVY)


SOURCES = [path.read_text(encoding="utf-8") for path in FILES]
EAGER = {name for source in SOURCES if not is_heavy(source) for name in imported_at_import(source)}
"""What is imported at the top of a file that is not heavy itself. A heavy file may so be imported at the top of other
heavy files, and all of them inside functions."""


def faults(package, source, eager=True, path=""):
    """What is wrong with the imports of one file of `package` (None for the command line).

    `eager` says whether the file is imported at the top of some other, `path` where it lies from the root.
    """
    tree = ast.parse(source)
    names = {name.partition(".")[0] for name in imports(tree)}
    path = path or f"{package}/"
    kept = {name: KEPT_TO[name] for name in names & KEPT_TO.keys()}
    found = [f"{name} is kept to {', '.join(to)}" for name, to in kept.items() if not path.startswith(to)]
    if "" in names:
        found.append("relative import")
    if package is not None:
        allowed = PACKAGES[package]
        found += [f"{package} must not import {name}" for name in names & (PACKAGES.keys() | OUTSIDE) - allowed]
    if eager:
        heavy = {name.partition(".")[0] for name in imported_at_import(source)} & HEAVY
        found += [f"{name} is imported when the module is" for name in sorted(heavy)]
    return sorted(found)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path):
    top = path.relative_to(ROOT).parts[0]
    eager = module_of(path) in EAGER or path.name in ("rus.py", "__init__.py")
    assert (
        faults(
            top if top in PACKAGES else None, path.read_text(encoding="utf-8"), eager, path.relative_to(ROOT).as_posix()
        )
        == []
    )


@pytest.mark.parametrize(
    ("package", "source"),
    [
        ("ingest", "import assistant.retrieval"),
        ("ingest", "def f():\n    from assistant import retrieval"),
        ("assistant", "from ui.app import serve"),
        ("ui", "from evals import evaluation"),
        ("evals", "import ui"),
        ("evals", "import rus"),
        ("ui", "from . import chat"),
        ("assistant", "def f():\n    import chromadb"),
        ("ingest", "def f():\n    import chromadb"),
        ("assistant", "def f():\n    import langchain"),
        (None, "def f():\n    import gradio as gr"),
        ("ingest", "import torch.nn"),
        ("ingest", "class A:\n    import onnxruntime"),
        ("ingest", "try:\n    from trafilatura import extract\nexcept ImportError:\n    pass"),
        ("ui", "if TYPE_CHECKING:\n    import gradio\nelse:\n    import gradio"),
    ],
)
def test_the_check_sees_each_kind_of_fault(package, source):
    assert faults(package, source)


@pytest.mark.parametrize(
    ("package", "source"),
    [
        ("assistant", "from ingest.documents import Page\nimport numpy as np"),
        ("ui", "def f():\n    import gradio"),
        ("ui", "if TYPE_CHECKING:\n    import gradio"),
        ("ingest", "def f():\n    import torch"),
        (None, "from evals.evaluation import evaluate\nfrom ui.app import serve"),
    ],
)
def test_the_check_lets_right_imports_be(package, source):
    assert faults(package, source) == []


def test_a_file_that_is_imported_late_may_import_what_is_heavy():
    assert faults("ui", "import gradio", eager=False) == []
    assert faults("assistant", "import gradio", eager=False) == ["gradio is kept to ui/"]
    assert set(imported_at_import("from ui import chat\ndef f():\n    import ui.late")) == {"ui", "ui.chat"}


@pytest.mark.skipif(not (ROOT / "rus.py").exists(), reason="the command line is not in place")
def test_the_command_line_starts_without_heavy_libraries():
    loaded = subprocess.run(
        [sys.executable, "-c", "import rus, sys; print(*{name.partition('.')[0] for name in sys.modules})"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert "rus" in loaded
    assert not HEAVY & set(loaded)
