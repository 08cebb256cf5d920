"""What an index costs as it grows: building, opening, searching, answering, adding and forgetting one document.

    python -m benchmarks.growth [--sizes 300 3000 10000] [--server URL] [--keep FOLDER]

The documents are made of the bundled texts: their sentences shuffled, their words and numbers varied. Passages get
vectors made from their words, so that all but the embedding of documents is measured; questions are embedded as in use.
Printed for each size, in processor time with that of the children, which a busy machine does not change; and the
exponent of growth of each figure.
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
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from zlib import crc32

import numpy as np
from platformdirs import user_cache_path

from assistant.assistant import Assistant
from assistant.inquiry import Library, look_up
from assistant.matching import Synonyms
from ingest.default_model import DEFAULT_MODEL
from ingest.documents import ReadOptions
from ingest.embedder import open_embedder
from ingest.indexing.building import build, forget
from ingest.indexing.planning import BuildOptions
from ingest.read import read
from ingest.store.chroma import ChromaServer
from ingest.store.records import Incoming
from ingest.swedish import split_sentences

ROOT = Path(__file__).resolve().parent.parent
PASSAGES_A_DOCUMENT = 40
QUESTIONS = 60
CACHE = user_cache_path("rus-assistent", appauthor=False)


class StandIn:
    """Embeds questions by the default model, under whose name the index is then opened, and documents by their words.

    Each word adds a direction of its own to a common one, so that texts are about as near each other as with the model.
    """

    def __init__(self) -> None:
        real = open_embedder(DEFAULT_MODEL, CACHE)
        self.name, self.dimension, self.embed_query = real.name, real.dimension, real.embed_query
        self._directions = np.random.default_rng(1).normal(size=(4096, real.dimension)).astype(np.float32)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Unit vectors."""
        rows = np.array(
            [self._directions[[crc32(word.encode()) % 4096 for word in text.split()]].sum(0) for text in texts]
        )
        rows = rows / np.linalg.norm(rows, axis=1, keepdims=True) + 2 * self._directions[0] / self.dimension**0.5
        found: list[list[float]] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).tolist()
        return found


def bundled_sentences() -> list[str]:
    """The sentences of the bundled documents, long enough to be prose."""
    files = ("strategi.html", "uppfoljning.pdf")
    texts = [block.text for name in files for block in read(ROOT / "corpus" / name, ReadOptions()).blocks]
    found = [" ".join(text[start:end].split()) for text in texts for start, end in split_sentences(text)]
    return [sentence for sentence in found if len(sentence) > 60]


def document(number: int, sentences: Sequence[str], words: Sequence[str]) -> str:
    """The text of one document, always the same for the same number."""
    source = random.Random(number)

    def varied(sentence: str) -> str:
        parts = [source.choice(words) if len(word) > 7 and source.random() < 0.3 else word for word in sentence.split()]
        return re.sub(r"\d+", lambda _: str(source.randrange(3000)), " ".join(parts))

    lines = [f"# Rapport {number} om {source.choice(words)}"]
    for _ in range(PASSAGES_A_DOCUMENT):
        lines.append("## " + " ".join(source.sample(words, 3)).capitalize())
        lines.append(" ".join(varied(source.choice(sentences)) for _ in range(4)))
    return "\n\n".join(lines)


@contextmanager
def timed(figures: dict[str, float], name: str) -> Iterator[None]:
    """Note the processor seconds of this process and its children."""

    def spent() -> float:
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(one.ru_utime + one.ru_stime for one in used)

    before = spent()
    yield
    figures[f"{name}, CPU s"] = spent() - before


def measure(
    size: int, place: Path, server: ChromaServer | None, write: Callable[[Path, int], Incoming]
) -> dict[str, float]:
    """The figures of an index of about `size` passages in `place`."""
    figures: dict[str, float] = {}
    documents, index, embedder = place / "documents", place / "index", StandIn()
    documents.mkdir(parents=True)
    options = BuildOptions(workers=2, server=server)
    incoming = [write(documents, number) for number in range(1, 1 + max(1, size // PASSAGES_A_DOCUMENT))]
    with timed(figures, "build"):
        build(incoming, index, embedder, options)
    with timed(figures, "add one"):
        build([write(documents, 0)], index, embedder, options)
    with timed(figures, "forget one"):
        forget("rapport-0", index, server)
    with timed(figures, "open"):
        library = Library(index, embedder, Synonyms(), server)
    assistant = Assistant(library, None, 2000)
    with timed(figures, "first answer"):
        assistant.ask("Vad är målet för bredband?")
    lines = (ROOT / "evals" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    searches, answers = [], []
    for question in [json.loads(line)["question"] for line in lines[: 2 * QUESTIONS : 2]]:
        begun = time.process_time()
        look_up(question, (), frozenset(), library)
        searched = time.process_time()
        assistant.ask(question)
        searches.append(1000 * (searched - begun))
        answers.append(1000 * (time.process_time() - searched))
    figures |= {"search p50, CPU ms": median(searches), "answer p50, CPU ms": median(answers)}
    figures["slowest answer, CPU ms"] = max(answers)
    if server is None:
        with timed(figures, "rus ask"):
            command = [sys.executable, "-m", "rus", "ask", "Vad är målet för bredband?", "--index", str(index)]
            subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    figures["passages"] = len(library.index.passages)
    return figures


def main() -> None:
    """Print the figures of each size, and their growth from the smallest to the largest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[300, 3000, 10_000])
    parser.add_argument("--server", help="address of a Chroma server that keeps the vectors")
    parser.add_argument("--keep", type=Path, help="folder where the indexes are left")
    chosen = parser.parse_args()
    sentences = bundled_sentences()
    words = sorted({word for text in sentences for word in re.findall(r"[a-zåäö]{8,}", text)})

    def write(folder: Path, number: int) -> Incoming:
        path = folder / f"rapport-{number}.md"
        path.write_text(document(number, sentences, words), encoding="utf-8")
        return Incoming(path.stem, path)

    server = ChromaServer(chosen.server) if chosen.server else None
    with tempfile.TemporaryDirectory() as temporary:
        run = partial(measure, server=server, write=write)
        rows = []
        for size in chosen.sizes:
            rows.append(run(size, (chosen.keep or Path(temporary)) / str(size)))
            sys.stdout.write("\n".join(f"{value:12.2f}  {name}" for name, value in rows[-1].items()) + "\n\n")
            sys.stdout.flush()
    for name in rows[0] if len(rows) > 1 else ():
        exponent = np.polyfit(np.log([row["passages"] for row in rows]), np.log([row[name] for row in rows]), 1)[0]
        sys.stdout.write(f"{exponent:12.2f}  exponent of {name}\n")


if __name__ == "__main__":
    main()
