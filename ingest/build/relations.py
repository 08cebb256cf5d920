"""How documents are related: nearly the same text, and versions of one another.

Near-duplicates are found by bottom-k sketches (Broder 1997): of all runs of five words, each hashed to 64 bits, a
document keeps the k smallest hashes. Among the k smallest of two documents together, the share that both have is an
unbiased estimate of their Jaccard similarity, with a standard error of at most 1 / (2 √k).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from ingest.documents import Document
from ingest.store.readings import ReadStore
from ingest.store.records import DocumentRecord
from ingest.titles import plain_title

SKETCH_SIZE = 256
SHINGLE_WORDS = 5
NEAR_DUPLICATE = 0.8
"""Jaccard similarity from which two documents are named as near-duplicates."""
_HELD, _HELD_SIMILARITY = 0.9, 0.55
"""So are two of which one holds this much of the other, say with a cover page added, and is not much longer."""

_WORD = re.compile(r"\w+")
_YEAR = r"(?:19|20)\d\d"
_VERSION_WORDS = re.compile(
    rf"""\b{_YEAR}-\d\d-\d\d\b                                  # 2024-05-14
    |\b{_YEAR}(?:\s?[-–—/]\s?(?:{_YEAR}|\d\d))?\b            # 2015, 2015–2023, 2015/16
    |\b(?:version|ver|utgåva|utg|upplaga|revision|rev|v)\.?\s?\d+(?:\.\d+)*\b
    |\b\d+(?::[ae])?\s(?:upplagan|utgåvan)\b
    |\b(?:regional(?:t|a)?|nytt?|nya|ny)\b
    |\b(?:(?:revidera|uppdatera|omarbeta|besluta)[dt]|antag(?:en|et)|slutversion|remissversion|utkast)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_SHORTEST_TITLE = 8
"""Letters that must be left of a title without its year: a bare "Rapport 2020" says nothing of what it is about."""


def sketch(texts: Iterable[str]) -> NDArray[np.uint64]:
    """The bottom-k sketch of a document's text: sorted, distinct, at most SKETCH_SIZE long."""
    words = np.array([crc32(word.encode()) for text in texts for word in _WORD.findall(text.casefold())], np.uint64)
    if words.size < SHINGLE_WORDS:
        return words[:0]
    # Horner's rule over each window, then the finaliser of SplitMix64 so that the order of hashes is random
    windows = np.lib.stride_tricks.sliding_window_view(words, SHINGLE_WORDS)
    hashes = np.zeros(len(windows), np.uint64)
    for column in range(SHINGLE_WORDS):
        hashes = hashes * np.uint64(0x9E3779B97F4A7C15) + windows[:, column]
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        hashes = (hashes ^ (hashes >> np.uint64(shift))) * np.uint64(factor)
    return np.unique(hashes ^ (hashes >> np.uint64(31)))[:SKETCH_SIZE]


def similarity(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> float:
    """Estimated Jaccard similarity (0 to 1) of the two documents behind the sketches."""
    smallest = np.union1d(first, second)[:SKETCH_SIZE]
    if not smallest.size:
        return 0.0
    return float(np.isin(smallest, np.intersect1d(first, second, assume_unique=True)).mean())


def near_duplicates(sketches: Mapping[str, NDArray[np.uint64]]) -> dict[str, tuple[str, ...]]:
    """For each document id the ids of those with nearly the same text, sorted. Documents without any are left out."""
    holders: dict[int, list[str]] = defaultdict(list)
    for name, values in sketches.items():
        for value in values.tolist():
            holders[value].append(name)
    shared: Counter[tuple[str, str]] = Counter()
    for names in holders.values():
        shared.update((a, b) for a in names for b in names if a < b)
    found: dict[str, set[str]] = defaultdict(set)
    for (a, b), count in shared.items():
        enough = _HELD_SIMILARITY * min(sketches[a].size, sketches[b].size) / 2
        if count >= enough and _is_near(sketches[a], sketches[b]):
            found[a].add(b)
            found[b].add(a)
    return {name: tuple(sorted(others)) for name, others in found.items()}


def _is_near(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> bool:
    alike, (shorter, longer) = similarity(first, second), sorted(map(_distinct_runs, (first, second)))
    held = alike / (1 + alike) * (shorter + longer) / shorter
    return alike >= NEAR_DUPLICATE or (alike >= _HELD_SIMILARITY and held >= _HELD)


def _distinct_runs(values: NDArray[np.uint64]) -> float:
    """How many distinct runs of words the document behind a sketch has (Bar-Yossef 2002)."""
    return values.size if values.size < SKETCH_SIZE else (SKETCH_SIZE - 1) * 2.0**64 / float(values[-1])


def relate(records: Sequence[DocumentRecord], store: ReadStore) -> tuple[DocumentRecord, ...]:
    """The records with near-duplicates named and later versions linked to earlier ones."""
    stated = [r.document if r.supersedes_stated else replace(r.document, supersedes=None) for r in records]
    read = {record.document.id: record.published for record in records if record.passages}
    earlier = named_versions(stated, {record.document.id: record.succeeds for record in records})
    earlier = versions([document for document in stated if document.id in read], read) | earlier
    folders = {r.document.id: store.folder(r.reading) for r in records if r.passages and r.reading}
    near = near_duplicates({name: np.load(folder / "sketch.npy") for name, folder in folders.items()})
    return tuple(
        replace(
            record,
            document=replace(document, supersedes=earlier.get(document.id, document.supersedes)),
            near_duplicates=near.get(document.id, ()),
        )
        for document, record in zip(stated, records, strict=True)
    )


def named_versions(documents: Sequence[Document], succeeds: Mapping[str, str]) -> dict[str, str]:
    """For each document that names one of the others as what it replaces (`succeeds`, by id), the id of that one."""
    found: dict[str, str] = {}
    for document in documents:
        words = " ".join(_WORD.findall(succeeds[document.id].casefold()))
        for other in documents:
            title = " ".join(_WORD.findall(plain_title(other).casefold()))
            if other.id != document.id and len(title) >= _SHORTEST_TITLE and f" {title} " in f" {words} ":
                found[document.id] = document.supersedes or other.id
    return found


def versions(documents: Sequence[Document], published: Mapping[str, str | None]) -> dict[str, str]:
    """For each document that replaces an earlier version, the id of that version.

    Two documents are versions of one another when their titles agree apart from years and version words, their
    publishers do not differ, and one has a later date: valid_from, else what the document itself states (`published`,
    by id), else the year. What an owner has stated is kept.
    """
    families: dict[str, list[tuple[str, str, str | None]]] = defaultdict(list)
    for document in documents:
        name, date = _bare_title(plain_title(document)), _date(document, published.get(document.id))
        if sum(map(str.isalpha, name)) >= _SHORTEST_TITLE and date:
            families[name].append((date, document.id, document.publisher))
    found = {document.id: document.supersedes for document in documents if document.supersedes}
    for family in families.values():
        family.sort()
        for place, (later, newer, publisher) in enumerate(family):
            for earlier, older, other in reversed(family[:place]):
                same_publisher = None in (publisher, other) or publisher == other
                if same_publisher and earlier[: len(later)] < later[: len(earlier)]:
                    found.setdefault(newer, older)
    return found


def _date(document: Document, published: str | None) -> str | None:
    if published and document.year in (None, int(published[:4])):
        return document.valid_from or published
    return document.valid_from or (str(document.year) if document.year else None)


def _bare_title(title: str) -> str:
    return " ".join(_WORD.findall(_VERSION_WORDS.sub(" ", title.replace("_", " ")).casefold()))
