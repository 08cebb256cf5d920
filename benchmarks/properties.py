"""Runs the property tests with random seeds; the tests themselves use the same examples in every run.

    python -m benchmarks.properties [--seeds 5] [TEST_FILE …]

Each seed is printed, so that a failure can be had again: pytest -m hypothesis --hypothesis-profile=random
--hypothesis-seed=SEED. What one finds becomes an @example of its test.
"""

from __future__ import annotations

import secrets
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run the seeds; 1 if some test failed with some seed."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", help="test files; all where none is named")
    parser.add_argument("--seeds", type=int, default=5, help="how many seeds")
    given = parser.parse_args()
    failed = 0
    for _ in range(given.seeds):
        seed = secrets.randbelow(1 << 32)
        sys.stdout.write(f"seed {seed}\n")
        sys.stdout.flush()
        options = ["-m", "hypothesis", "--hypothesis-profile=random", f"--hypothesis-seed={seed}"]
        done = subprocess.run([sys.executable, "-m", "pytest", *options, *given.files], cwd=ROOT, check=False)
        failed += done.returncode != 0
    sys.stdout.write(f"{failed} of {given.seeds} seeds failed\n")
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
