"""The same index with its vectors on a real Chroma server, which the test starts, kills and starts again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from index_tools import FOREST, TRAFFIC, WordEmbedder, options, write

from ingest.errors import IndexMismatch, StoreUnreachable
from ingest.indexing.building import build, forget
from ingest.store.chroma import ChromaServer
from ingest.store.passage_index import open_index

pytestmark = pytest.mark.usefixtures("fake_reader")
_START_SECONDS = 60
READER = """
import sys
from pathlib import Path
from index_tools import vectors_of
from ingest.errors import StoreUnreachable
from ingest.store.passage_index import open_index
from ingest.store.chroma import ChromaServer

directory, url = Path(sys.argv[1]), sys.argv[2]
opened = open_index(directory, "words", ChromaServer(url))
for line in sys.stdin:
    try:
        if not opened.is_current():
            opened = open_index(directory, "words", ChromaServer(url))
        rows, _ = opened.nearest_passages(vectors_of(line)[0], 1)
        print(len(opened.passages), opened.passages[rows[0]].section[-1], flush=True)
    except StoreUnreachable as error:
        print(error.message, flush=True)
"""


class Server:
    """`chroma run` on a port of its own, over a folder."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder, self.url = folder, f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                "from chromadb.cli.cli import app; app()",
                "run",
                "--path",
                str(self.folder),
                "--host",
                "127.0.0.1",
                "--port",
                str(self.port),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        ends = time.monotonic() + _START_SECONDS
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert time.monotonic() < ends, "the server did not start"
            time.sleep(0.1)

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path / "server")
    yield running
    running.kill()


def on(server: Server, **more):
    from dataclasses import replace

    return replace(options(**more), server=ChromaServer(server.url))


class Reader:
    """A process that answers as a chat does: each question by the generation that serves."""

    def __init__(self, index: Path, url: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", READER, str(index), url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, question: str) -> str:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(question + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def end(self) -> None:
        self.process.communicate()


def test_two_readers_and_an_ingest_share_a_server_that_dies_and_comes_back(tmp_path, server):
    index = tmp_path / "index"
    build([write(tmp_path, "skog", FOREST)], index, WordEmbedder(), on(server))
    readers = [Reader(index, server.url) for _ in range(2)]
    assert [reader.ask("Sjön Lången får inte sänkas.") for reader in readers] == ["2 Vatten"] * 2
    build([write(tmp_path, "trafik", TRAFFIC)], index, WordEmbedder(), on(server))
    assert [reader.ask("Cykelvägen till Norrby byggs ut.") for reader in readers] == ["4 Cykel"] * 2

    server.kill()
    assert all("svarar inte" in reader.ask("Sjön Lången får inte sänkas.") for reader in readers)
    with pytest.raises(StoreUnreachable, match=server.url):
        build([write(tmp_path, "ny", "# Ny\n\nEn ny sida.")], index, WordEmbedder(), on(server))
    with pytest.raises(StoreUnreachable):
        open_index(index, "words", ChromaServer(server.url))
    server.start()
    assert [reader.ask("Cykelvägen till Norrby byggs ut.") for reader in readers] == ["4 Cykel"] * 2
    build([write(tmp_path, "ny", "# Ny\n\nEn ny sida.")], index, WordEmbedder(), on(server))
    assert [reader.ask("En ny sida.") for reader in readers] == ["5 Ny"] * 2
    for reader in readers:
        reader.end()


def test_a_server_that_dies_in_the_middle_of_an_ingest_loses_nothing(tmp_path, server):
    class Killing(WordEmbedder):
        def embed_documents(self, texts):
            if self.embedded:
                server.kill()
            return super().embed_documents(texts)

    text = "\n\n".join(f"# Del {n}\n\nStycke nummer {n}." for n in range(60))
    index, killing, embedder = tmp_path / "index", Killing(), WordEmbedder()
    build([write(tmp_path, "skog", FOREST)], index, embedder, on(server))
    with pytest.raises(StoreUnreachable):
        build([write(tmp_path, "lång", text)], index, killing, on(server))
    server.start()
    assert len(open_index(index, "words", ChromaServer(server.url)).passages) == 2
    embedder.embedded.clear()
    build([write(tmp_path, "lång", text)], index, embedder, on(server))
    opened = open_index(index, "words", ChromaServer(server.url))
    assert len(opened.passages) == opened.store.passages.total == 62
    assert 0 < len(embedder.embedded) < len(killing.embedded) * 2


def test_forgetting_and_changing_place_on_a_server(tmp_path, server):
    index, at = tmp_path / "index", ChromaServer(server.url)
    build([write(tmp_path, "skog", FOREST), write(tmp_path, "trafik", TRAFFIC)], index, WordEmbedder(), on(server))
    other = tmp_path / "other"
    build([write(tmp_path, "annan", TRAFFIC)], other, WordEmbedder(), on(server))
    forget("skog", index, at)
    opened = open_index(index, "words", at)
    assert [document.id for document in opened.documents] == ["trafik"] and opened.store.passages.total == 2
    assert len(open_index(other, "words", at).passages) == 2
    with pytest.raises(IndexMismatch, match="RUS_CHROMA_URL"):
        open_index(index, "words")
    build([], index, WordEmbedder(), options(rebuild=True))
    assert len(open_index(index, "words").passages) == 2
