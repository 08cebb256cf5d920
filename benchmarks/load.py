"""Many users at once: answers a second, waiting, errors and the server's memory, without and with an ingest beside.

    python -m benchmarks.load INDEX QUESTIONS.jsonl [--users 50] [--seconds 20] [--beside FOLDER]

`rus serve` answers over HTTP on the index; each user asks the next question when the last is answered. With `--beside`
the same again while `rus ingest FOLDER` builds an index of its own, over and over. Memory is told in MiB before, right
after and a while after, and needs Linux.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import httpx
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
PORT = 7863
_CALM_SECONDS = 10
URL = f"http://127.0.0.1:{PORT}/api/ask"


@contextmanager
def served(index: Path) -> Iterator[int]:
    """`rus serve` on the index, once it answers; gives its process id."""
    command = [sys.executable, "-m", "rus", "serve", "--index", str(index), "--port", str(PORT)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        for _ in range(240):
            try:
                httpx.post(URL, json={"question": "Vad är målet?"}, timeout=30).raise_for_status()
                break
            except httpx.TransportError:
                time.sleep(0.5)
        yield process.pid
    finally:
        process.kill()
        process.wait()


def resident(process: int) -> int:
    """The process's resident memory in MiB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


def processor_seconds(process: int) -> float:
    """What the process has used of the processors, in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def ingesting(folder: Path) -> Iterator[None]:
    """`rus ingest` of the folder into a new index, again and again."""
    done = Event()

    def work() -> None:
        while not done.is_set():
            with tempfile.TemporaryDirectory() as place:
                command = [sys.executable, "-m", "rus", "ingest", str(folder), "--index", f"{place}/index"]
                process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
                while process.poll() is None and not done.wait(0.2):
                    pass
                process.kill()
                process.wait()

    thread = Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def ask(questions: Sequence[str], users: int, seconds: float, server: int) -> None:
    """Let the users ask for so long; print answers a second, percentiles of waiting, errors, memory, processor time."""
    waits: list[float] = []
    errors: Counter[str] = Counter()
    end, turns = time.monotonic() + seconds, itertools.count()

    def user(_: int) -> None:
        with httpx.Client(timeout=120) as client:
            while (begun := time.monotonic()) < end:
                question = questions[next(turns) % len(questions)]
                try:
                    client.post(URL, json={"question": question}).raise_for_status()
                except httpx.HTTPError as error:
                    errors[type(error).__name__] += 1
                waits.append(time.monotonic() - begun)

    before, used, begun = resident(server), processor_seconds(server), time.monotonic()
    with ThreadPoolExecutor(users) as pool:
        list(pool.map(user, range(users)))
    lasted, used, after = time.monotonic() - begun, processor_seconds(server) - used, resident(server)
    time.sleep(_CALM_SECONDS)
    p50, p95 = np.percentile(waits, [50, 95])
    sys.stdout.write(
        f"{users} users {lasted:.0f} s, load {os.getloadavg()[0]:.1f}: {len(waits)} answers, "
        f"{len(waits) / lasted:.1f} a second, waiting p50 {p50:.2f} s, p95 {p95:.2f} s, errors {dict(errors)}, "
        f"processor {used / len(waits) * 1000:.0f} ms an answer, memory {before} → {after} → {resident(server)} MiB\n"
    )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--beside", type=Path, help="folder of documents to ingest beside")
    chosen = parser.parse_args()
    lines = chosen.questions.read_text(encoding="utf-8").splitlines()
    questions = [record["question"] for record in map(json.loads, lines) if record["question"].strip()]
    with served(chosen.index.resolve()) as server:
        ask(questions, 4, 10, server)  # what is built at the first questions is not measured
        ask(questions, chosen.users, chosen.seconds, server)
        if chosen.beside:
            with ingesting(chosen.beside.resolve()):
                time.sleep(5)
                ask(questions, chosen.users, chosen.seconds, server)


if __name__ == "__main__":
    main()
