"""Brings together what a build is to read: the listed documents, files, folders and addresses.

Fetched pages are laid in a folder that the caller provides. Knows nothing of reading or indexing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.crawl import CrawlLimits, crawl
from ingest.errors import FetchFailed, RusError, UnreadableDocument
from ingest.fetch import Fetched, FetchLimits, fetch
from ingest.records import Incoming
from ingest.sources import Source, document_ids, find_files, load_sources, verify

_SUFFIXES = {
    "application/pdf": ".pdf",
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/csv": ".csv",
    "text/markdown": ".md",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is to be read, and sentences for the user about what could not be fetched."""

    incoming: tuple[Incoming, ...]
    notes: tuple[str, ...] = ()


def gather_listed(sources_file: Path, folder: Path, password: str | None, limits: FetchLimits) -> Gathered:
    """The documents of sources.toml. An original that can be fetched takes the place of the summary it replaces.

    :raises SourcesInvalid: when the list cannot be used.
    """
    sources = load_sources(sources_file)
    fetched: list[Incoming] = []
    notes: list[str] = []
    replaced: set[str] = set()
    for source in sources:
        if source.path is not None or source.url is None:
            continue
        try:
            answer = fetch(source.url, limits=limits)
        except FetchFailed as error:
            notes.append(f"{source.title or source.url}: {error.message}")
            continue
        fetched.append(_incoming(source, _store(answer, folder, source.id), password, answer.encoding))
        if source.replaces is not None:
            replaced.add(source.replaces)
    kept = [_listed(source, password) for source in sources if source.path is not None and source.id not in replaced]
    return Gathered((*kept, *fetched), tuple(notes))


def gather_named(
    names: Sequence[str], folder: Path, password: str | None, limits: FetchLimits, depth: int | None
) -> Gathered:
    """The files, folders and addresses that a user names. `depth` follows links below an address, None takes it alone.

    :raises RusError: when a path does not exist.
    """
    found: list[Incoming] = []
    for name in names:
        if name.startswith(("http://", "https://")):
            found.extend(_from_address(name, folder, password, limits, depth))
            continue
        path = Path(name).expanduser()
        if not path.exists():
            raise RusError(f"{name} finns inte. Ange en fil, en mapp eller en adress som börjar med https://.")
        found.extend(_incoming(source, source.path, password) for source in find_files(path))
    return Gathered(tuple({one.id: one for one in found}.values()))


def _listed(source: Source, password: str | None) -> Incoming:
    try:
        verify(source)
    except UnreadableDocument as error:
        return _incoming(source, None, password, failure=error)
    return _incoming(source, source.path, password)


def _from_address(
    url: str, folder: Path, password: str | None, limits: FetchLimits, depth: int | None
) -> list[Incoming]:
    if depth is None:
        source = Source(id=document_ids([url])[0], url=url)
        try:
            answer = fetch(url, limits=limits)
        except FetchFailed as error:
            return [_incoming(source, None, password, failure=error)]
        return [_incoming(source, _store(answer, folder, source.id), password, answer.encoding)]
    results = list(crawl(url, CrawlLimits(maximum_depth=depth), limits))
    ids = document_ids([result.url for result in results])
    found: list[Incoming] = []
    for result, identity in zip(results, ids, strict=True):
        source = Source(id=identity, url=result.url)
        if result.fetched is None:
            found.append(_incoming(source, None, password, failure=result.error))
        else:
            path = _store(result.fetched, folder, identity)
            found.append(_incoming(source, path, password, result.fetched.encoding))
    return found


def _store(answer: Fetched, folder: Path, name: str) -> Path:
    path = folder / f"{name}{_SUFFIXES.get(answer.media_type, Path(answer.url).suffix[:8])}"
    path.write_bytes(answer.data)
    return path


def _incoming(
    source: Source,
    path: Path | None,
    password: str | None,
    encoding: str | None = None,
    failure: UnreadableDocument | None = None,
) -> Incoming:
    return Incoming(
        id=source.id,
        path=path,
        title=source.title,
        url=source.url,
        publisher=source.publisher,
        year=source.year,
        kind=source.kind,
        valid_from=source.valid_from,
        valid_to=source.valid_to,
        encoding=encoding,
        password=password,
        failure=failure,
    )
