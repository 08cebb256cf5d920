"""What holds for a whole process: its environment, which libraries read when they are imported, and its limits."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
from pathlib import Path

_SILENCED = {
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime sends usage from C++; its own disable_telemetry_events does not stop it
    "ANONYMIZED_TELEMETRY": "False",  # chromadb
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",  # else it sums up the last 10,000 events anew at each one, for nobody
    "LANGSMITH_TRACING_V2": "false",  # asked before LANGSMITH_TRACING and before LANGCHAIN_TRACING_V2
    "LANGSMITH_TRACING": "false",
    "HF_HUB_DISABLE_TELEMETRY": "1",  # huggingface_hub, transformers, sentence-transformers and gradio
    "DO_NOT_TRACK": "1",
    "OTEL_SDK_DISABLED": "true",  # opentelemetry, which chromadb brings
}
"""Telemetry and tracing of the dependencies, switched off whatever the machine's environment says."""


def child_environment(**more: str) -> dict[str, str]:
    """The environment, with `more`, for `python -P -m ingest.…` in a child process.

    One thread each: the children share the cores already, and every thread reserves address space.
    """
    house = str(Path(__file__).resolve().parents[1])
    paths = [house, *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"} | more


def prepare_environment() -> None:
    """Keep the libraries of this process and of its children from calling home.

    Called where a process starts (the command line, a benchmark, the tests) and where another program opens the
    assistant; libraries read these variables when they are imported. The model hub is asked only where
    RUS_EMBEDDING_MODEL names a model there.
    """
    os.environ.update(_SILENCED)
    model = os.environ.get("RUS_EMBEDDING_MODEL", "")
    if "/" not in model or Path(model).expanduser().is_dir():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")


def lines_until_the_parent_ends() -> queue.SimpleQueue[bytes]:
    """The lines of standard input. When it closes this process ends at once, as the parent has, however it ended."""
    taken: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    # not sys.stdin, which the interpreter wants to close while the thread still waits for it
    lines = os.fdopen(os.dup(0), "rb")

    def watch() -> None:
        for line in lines:
            taken.put(line)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    return taken


def limit_memory(memory_bytes: int) -> None:
    """Limit this process's address space, where the system can, and let a crash leave no core file."""
    try:
        import resource
    except ImportError:  # not a Unix system: the time limit alone holds
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform.startswith("linux"):  # macOS refuses a limit on address space
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        allowed = memory_bytes if hard == resource.RLIM_INFINITY else min(hard, memory_bytes)
        resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))


def end_after(seconds: float) -> None:
    """Let the system end this process by SIGALRM, whatever it is doing then; 0 calls it off."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)
