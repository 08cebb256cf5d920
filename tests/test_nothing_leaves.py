"""`rus ingest`, `ask` and `serve` send nothing to any other machine, seen from outside the process."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import packet_watch
import pytest

HERE = Path(__file__).parent
NAMESPACE = ["unshare", "--user", "--map-root-user", "--net", "--mount", "--kill-child"]
WATCH = [*NAMESPACE, sys.executable, str(HERE / "packet_watch.py")]
LIBC_CONNECT = """
import ctypes, socket, struct
libc = ctypes.CDLL(None)
opened = libc.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK, 0)
libc.connect(opened, struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", 443, bytes([198, 51, 100, 7])), 16)
"""
EVERYTHING = """
import socket, subprocess, sys, time, urllib.request
rus = [sys.executable, "-m", "rus"]
subprocess.run([*rus, "ingest", "bron.md"], check=True)
subprocess.run([*rus, "ask", "När blev bron över ån klar?"], check=True)
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
chat = subprocess.Popen([*rus, "serve", "--port", str(port)])
for _ in range(600):
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read()
        break
    except OSError:
        time.sleep(0.1)
else:
    sys.exit("the chat never answered")
time.sleep(12)  # onnxruntime sends nine seconds after a model is opened
chat.terminate()
"""
"""What a user does, from the first document to the chat."""


def watched(command, folder, **variables):
    """The finished process, and the lines about what left."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RUS_")}
    environment |= {"PYTHONPATH": str(HERE.parent), **variables}
    done = subprocess.run(
        [*WATCH, *command], cwd=folder, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    if "in prepare\n" in done.stderr:
        pytest.skip(f"no network can be set up in a namespace here: {done.stderr.splitlines()[-1]}")
    return done, [line for line in done.stderr.splitlines() if line.startswith(packet_watch.SEEN)]


@pytest.fixture(scope="module", autouse=True)
def namespaces():
    """Skips where this machine allows no network namespace."""
    for program in ("unshare", "ip", "mount"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed: no network namespace to watch")
    if (tried := subprocess.run([*NAMESPACE, "true"], capture_output=True, text=True, check=False)).returncode:
        pytest.skip(f"no network namespace may be made here: {tried.stderr.strip()}")


def test_the_watch_sees_a_connection_that_c_opens_and_a_name_that_is_looked_up(tmp_path):
    _, seen = watched([sys.executable, "-c", LIBC_CONNECT], tmp_path)
    assert [line.split()[-1] for line in seen] == ["198.51.100.7"]
    look_up = "import socket\ntry:\n    socket.getaddrinfo('plan.example.org', 443)\nexcept OSError:\n    pass"
    _, seen = watched([sys.executable, "-c", look_up], tmp_path)
    assert any("plan.example.org" in line for line in seen)
    local = "import socket; s = socket.create_server(('127.0.0.1', 0)); socket.create_connection(s.getsockname())"
    assert watched([sys.executable, "-c", local], tmp_path)[1] == []


def test_nothing_leaves_the_machine(embedder, request, tmp_path):
    (tmp_path / "bron.md").write_text("# Bron\n\nBron över ån blev klar i maj 2019. Den kostade 40 miljoner kronor.\n")
    cache = tmp_path / "cache"
    done, seen = watched(
        [sys.executable, "-c", EVERYTHING],
        tmp_path,
        XDG_CACHE_HOME=str(cache),
        RUS_CACHE_DIR=str(request.config.cache.mkdir("models")),
        RUS_INDEX_DIR=str(tmp_path / "index"),
        RUS_CHAT_MODEL="openai:none",
        RUS_CHAT_BASE_URL="http://127.0.0.1:9/v1",  # nobody listens: LangChain is asked, and the answer is extractive
        RUS_CHAT_API_KEY="none",
        LANGCHAIN_TRACING_V2="true",
        LANGSMITH_API_KEY="none",
    )
    assert done.returncode == 0, done.stderr
    assert "2019" in done.stdout
    assert seen == []
    left = [path for path in cache.rglob("*") if path.is_file() and "onnxruntime" in path.name]
    assert left == []  # what telemetry would send later waits there
