"""Builds the index of a large archive and measures time, processor time and memory.

    python benchmarks/archive.py [--documents 250] [--pages 20] [--embedder hash]

The archive is made of the bundled texts: their sentences shuffled, their words and numbers varied, set as PDF. It is
built whole, again unchanged, and again with one document more, each in a process of its own. `--embedder
multilingual-e5-small` embeds as in use; `hash` makes vectors from hashes, so that all but the embedding is measured.
Linux only (/proc).
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from platformdirs import user_cache_path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.kill import HashEmbedder  # noqa: E402
from ingest.build.building import build  # noqa: E402
from ingest.build.planning import BuildOptions  # noqa: E402
from ingest.build.progress import Progress  # noqa: E402
from ingest.documents import ReadOptions  # noqa: E402
from ingest.embedding.embedder import Embedder, open_embedder  # noqa: E402
from ingest.read import read  # noqa: E402
from ingest.sentences import split_sentences  # noqa: E402
from ingest.store.records import Incoming  # noqa: E402

LINES_A_PAGE = 42
CHARS_A_LINE = 86
SAMPLE_SECONDS = 0.2
_KIB = 1024


def bundled_sentences() -> list[str]:
    """The sentences of the bundled documents, long enough to be prose."""
    texts = [
        block.text
        for name in ("strategi.html", "uppfoljning.pdf")
        for block in read(ROOT / "corpus" / name, ReadOptions()).blocks
    ]
    found = [" ".join(text[start:end].split()) for text in texts for start, end in split_sentences(text)]
    return [sentence for sentence in found if len(sentence) > 60]


def varied(sentence: str, words: Sequence[str], source: random.Random) -> str:
    """The sentence with a few of its words replaced and its numbers changed."""
    parts = [source.choice(words) if len(word) > 7 and source.random() < 0.3 else word for word in sentence.split()]
    return re.sub(r"\d+", lambda _: str(source.randrange(3000)), " ".join(parts))


def page_lines(sentences: Sequence[str], words: Sequence[str], source: random.Random) -> list[tuple[int, str]]:
    """The lines of one page with their type size: headings at 15 points, paragraphs at 10, an empty line after each."""
    lines: list[tuple[int, str]] = []
    while len(lines) < LINES_A_PAGE - 8:
        if not lines or source.random() < 0.2:
            lines.append((15, " ".join(source.sample(words, 3)).capitalize()))
        text = " ".join(varied(source.choice(sentences), words, source) for _ in range(3))
        broken = re.findall(rf".{{1,{CHARS_A_LINE}}}(?:\s+|$)", text)
        lines += [(10, line.strip()) for line in broken] + [(10, "")]
    return lines[:LINES_A_PAGE]


def write_pdf(path: Path, pages: Sequence[Sequence[tuple[int, str]]]) -> None:
    """A PDF file with these lines, in Helvetica with the Windows encoding."""
    kids = " ".join(f"{4 + 2 * row} 0 R" for row in range(len(pages)))
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for row, lines in enumerate(pages):
        drawn = [
            f"BT /F {size} Tf 70 {780 - 16 * line} Td ({re.sub(r'([()])', '-', text)}) Tj ET"
            for line, (size, text) in enumerate(lines)
        ]
        stream = "\n".join(drawn).encode("cp1252", "replace")
        bodies.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * row} 0 R"
            " /Resources << /Font << /F 3 0 R >> >> >>".encode()
        )
        bodies.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(bodies) + 1, table)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, len(out))
    path.write_bytes(bytes(out) + head + tail)


def write_archive(folder: Path, numbers: Sequence[int], pages: int) -> None:
    """One document for each number, always the same for the same number."""
    sentences = bundled_sentences()
    words = sorted({word for text in sentences for word in re.findall(r"[a-zåäö]{8,}", text)})
    for number in numbers:
        source = random.Random(number)
        write_pdf(folder / f"rapport-{number}.pdf", [page_lines(sentences, words, source) for _ in range(pages)])


def work(folder: Path, index: Path, embedder_name: str, cache: Path) -> None:
    """One build of the folder; its figures as JSON on standard output."""
    embedder: Embedder = HashEmbedder() if embedder_name == "hash" else open_embedder(embedder_name, cache)
    incoming = [Incoming(path.stem, path) for path in sorted(folder.glob("*.pdf"))]
    steps: dict[str, float] = {}

    def note(progress: Progress) -> None:
        steps.setdefault(progress.step, time.monotonic())

    begun = time.monotonic()
    report = build(incoming, index, embedder, BuildOptions(full=True, workers=2), note)
    ended = time.monotonic()
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    edges = [*steps.values(), ended]
    figures = {
        "seconds": ended - begun,
        "steps": {name: later - at for (name, at), later in zip(steps.items(), edges[1:], strict=True)},
        "cpu_seconds": own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime,
        "pages": sum(one.record.report.pages for one in report.outcomes),
        "passages": sum(one.record.passages for one in report.outcomes),
        "all_read": report.all_read,
        "changed": report.changed,
    }
    sys.stdout.write(json.dumps(figures))


def resident_kib(root: int) -> tuple[int, int]:
    """Memory in use by a process, and by it and all its descendants. Pages that they share count for each."""
    parents: dict[int, int] = {}
    resident: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state = (folder / "status").read_text()
        except OSError:  # it has just ended
            continue
        values = dict(line.split(":", 1) for line in state.splitlines() if ":" in line)
        parents[int(folder.name)] = int(values["PPid"])
        resident[int(folder.name)] = int(values.get("VmRSS", "0 kB").split()[0])
    tree = {root}
    while more := {pid for pid, parent in parents.items() if parent in tree} - tree:
        tree |= more
    return resident.get(root, 0), sum(resident.get(pid, 0) for pid in tree)


def measured(name: str, folder: Path, index: Path, options: Sequence[str], tell: Callable[[str], object]) -> None:
    """Run one build in a process of its own and tell its figures."""
    command = [sys.executable, __file__, "--worker", str(folder), str(index), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    own = whole = 0
    while process.poll() is None:
        now_own, now_whole = resident_kib(process.pid)
        own, whole = max(own, now_own), max(whole, now_whole)
        time.sleep(SAMPLE_SECONDS)
    assert process.stdout is not None
    figures = json.loads(process.stdout.read())
    steps = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in figures["steps"].items())
    tell(
        f"{name}: {figures['pages']} pages, {figures['passages']} passages in {figures['seconds']:.1f} s"
        f" ({steps or 'nothing to do'}), {figures['cpu_seconds']:.1f} CPU seconds,"
        f" peak memory {own // _KIB} MiB parent, {whole // _KIB} MiB with children,"
        f" all read: {figures['all_read']}, changed: {figures['changed']}\n"
    )


def main() -> int:
    """Make the archive and measure the three builds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=250)
    parser.add_argument("--pages", type=int, default=20, help="pages of each document")
    parser.add_argument("--embedder", default="hash")
    parser.add_argument("--cache", type=Path, default=user_cache_path("rus-assistent", appauthor=False))
    parser.add_argument("--worker", nargs=2, metavar=("FOLDER", "INDEX"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.worker:
        work(Path(chosen.worker[0]), Path(chosen.worker[1]), chosen.embedder, chosen.cache)
        return 0

    def tell(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    with tempfile.TemporaryDirectory() as place:
        folder, index = Path(place) / "documents", Path(place) / "index"
        options = ["--embedder", chosen.embedder, "--cache", str(chosen.cache)]
        folder.mkdir()
        write_archive(folder, range(chosen.documents), chosen.pages)
        measured("first run", folder, index, options, tell)
        measured("unchanged", folder, index, options, tell)
        write_archive(folder, [chosen.documents], chosen.pages)
        measured("one document more", folder, index, options, tell)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
