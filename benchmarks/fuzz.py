"""Reads thousands of broken PDF files and web pages, each in a reading process as an ingest does.

    python -m benchmarks.fuzz [--cases 10000] [--seed 1] [--pdf-share 0.3] [--keep FOLDER]

A small PDF and the bundled page are mutated: bytes flipped, pieces cut or doubled, objects swapped, numbers made huge.
Every case must end in text or in a stated reason, within the limits; what does not is kept in FOLDER and counted as a
fault. So are errors that no reader foresaw: they cost a process and say little.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from ingest.documents import Document, ReadOptions
from ingest.errors import UnreadableDocument
from ingest.indexing.reader_pool import Limits, ReaderPool
from ingest.store.readings import load_reading

ROOT = Path(__file__).resolve().parent.parent

WORKERS = 2
LIMITS = Limits(memory_bytes=1 << 30, seconds=20.0)
UNFORESEEN = "Läsaren klarade inte"
"""How the sentence about a process that died of an unforeseen error begins."""

_LINES = [(15, "Vatten i Norrby"), (10, "Sjön ska vara ren före 2030, enligt planen."), (10, "Bron är klar.")]
Mutation = Callable[[bytes, random.Random], bytes]


def small_pdf() -> bytes:
    """Two pages with a heading and a few lines."""
    file = io.BytesIO()
    drawn = Canvas(file)
    for _ in range(2):
        for row, (size, text) in enumerate(_LINES):
            drawn.setFont("Helvetica", size)
            drawn.drawString(70, 780 - 16 * row, text)
        drawn.showPage()
    drawn.save()
    return file.getvalue()


def piece(data: bytes, source: random.Random) -> tuple[int, int]:
    """Where a piece of the data begins and ends: often short, sometimes up to all of it."""
    begin = source.randrange(len(data) + 1)
    return begin, min(len(data), begin + int(len(data) ** source.random()))


def flip(data: bytes, source: random.Random) -> bytes:
    """A few bytes become others."""
    changed = bytearray(data)
    for _ in range(source.choice((1, 3, 10, 60)) if data else 0):
        changed[source.randrange(len(changed))] = source.randrange(256)
    return bytes(changed)


def cut(data: bytes, source: random.Random) -> bytes:
    """A piece is missing."""
    begin, end = piece(data, source)
    return data[:begin] + data[end:]


def double(data: bytes, source: random.Random) -> bytes:
    """A piece comes again, now and then many times."""
    begin, end = piece(data, source)
    return data[:end] + data[begin:end] * source.choice((1, 1, 5, 200)) + data[end:]


def swap_objects(data: bytes, source: random.Random) -> bytes:
    """Two objects of a PDF, or two tags of a page, change places."""
    found = list(re.finditer(rb"\d+ 0 obj.*?endobj|<[^<>]{1,80}>", data, re.DOTALL))
    if len(found) < 2:
        return data
    first, second = sorted(source.sample(found, 2), key=lambda one: one.start())
    return data[: first.start()] + second[0] + data[first.end() : second.start()] + first[0] + data[second.end() :]


def change_number(data: bytes, source: random.Random) -> bytes:
    """A number becomes another, often one that is out of bounds, or a reference leads elsewhere."""
    found = list(re.finditer(rb"\d+", data))
    if not found:
        return data
    one = source.choice(found)
    return (
        data[: one.start()] + source.choice((b"0", b"-1", b"3", b"65536", b"2147483648", b"9" * 30)) + data[one.end() :]
    )


MUTATIONS: tuple[Mutation, ...] = (flip, cut, double, swap_objects, change_number)


def mutated(data: bytes, source: random.Random) -> bytes:
    """One to three mutations, one after the other."""
    for _ in range(source.randint(1, 3)):
        data = source.choice(MUTATIONS)(data, source)
    return data


def outcome_of(pool: ReaderPool, case: Path, folder: Path) -> str:
    """What becomes of a case, in few words; a fault begins with FAULT."""
    try:
        pool.read(case, ReadOptions(ocr=False), folder, Document("case", "case", "", ""), None)
    except UnreadableDocument as error:
        if error.message.startswith(UNFORESEEN):
            return f"FAULT unforeseen: {error.message.partition('(')[2].partition(', troligen')[0]}"
        whole = bool(error.message.strip()) and error.message.rstrip().endswith(".")
        return type(error).__name__ if whole else f"FAULT no reason: {error.message!r}"
    read = load_reading(folder)
    for block in read.blocks:
        if not block.spans:
            return "FAULT a block that stands nowhere"
    return "text" if any(page.text.strip() for page in read.pages) else "FAULT neither text nor reason"


def run(place: Path, cases: int, seed: int, pdf_share: float, keep: Path | None) -> Counter[tuple[str, str]]:
    """Read all cases, a few ahead of their turn; counts of (kind, outcome)."""
    page = (ROOT / "corpus" / "strategi.html").read_text("utf-8")
    originals = {"pdf": [small_pdf()], "html": [page.encode(), page.encode("cp1252", "replace")]}

    def outcome_of_case(number: int) -> tuple[str, str]:
        source = random.Random(f"{seed} {number}")
        kind = "pdf" if source.random() < pdf_share else "html"
        folder = place / str(number)
        folder.mkdir()
        case = folder / f"case.{kind}"
        case.write_bytes(mutated(source.choice(originals[kind]), source))
        outcome = outcome_of(pool, case, folder)
        if outcome.startswith("FAULT") and keep is not None:
            shutil.copyfile(case, keep / f"{number}.{kind}")
        shutil.rmtree(folder)
        return kind, outcome

    (place / "scratch").mkdir()
    with ReaderPool(WORKERS, LIMITS, place / "scratch") as pool:
        return Counter(pool.threads.map(outcome_of_case, range(cases)))


def main() -> int:
    """Run the cases; 1 when any of them is a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pdf-share", type=float, default=0.3, help="how many of the cases are PDF")
    parser.add_argument("--keep", type=Path, help="folder for the cases that are faults")
    chosen = parser.parse_args()
    if chosen.keep is not None:
        chosen.keep.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        counts = run(Path(place), chosen.cases, chosen.seed, chosen.pdf_share, chosen.keep)
    for (kind, outcome), count in sorted(counts.items()):
        sys.stdout.write(f"{count:6d}  {kind:4s}  {outcome}\n")
    seconds = time.monotonic() - begun
    sys.stdout.write(f"{chosen.cases} cases in {seconds:.0f} s\n")
    return 1 if any(outcome.startswith("FAULT") for _, outcome in counts) else 0


if __name__ == "__main__":
    raise SystemExit(main())
