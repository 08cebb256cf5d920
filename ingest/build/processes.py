"""What all child processes need: to find the house's code, and to end when their parent does."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path


def child_environment() -> dict[str, str]:
    """The environment for `python -P -m ingest.…` in a child process.

    One thread each: the children share the cores already, and every thread reserves address space.
    """
    house = str(Path(__file__).resolve().parents[2])
    paths = [house, *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"}


def end_with_parent(take: Callable[[bytes], None] = lambda line: None) -> None:
    """End this process at once when its standard input closes, as it does when the parent ends, however it ends.

    What comes in until then is given to `take`, line by line, in a thread of its own.
    """

    # not sys.stdin, which the interpreter wants to close while the thread still waits for it
    lines = os.fdopen(os.dup(0), "rb")

    def watch() -> None:
        for line in lines:
            take(line)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
