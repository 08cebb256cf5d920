"""Brings together what a build is to read: the listed documents, files, folders and addresses.

Fetched pages are laid in a folder that the caller provides. Knows nothing of reading or indexing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from ingest.documents import Document
from ingest.errors import FetchFailed, RusError
from ingest.sources import document_ids, find_files, load_sources, own_id, slug
from ingest.store.readings import ReadStore
from ingest.store.records import DocumentRecord, Incoming
from ingest.web.crawl import CrawlLimits, crawl
from ingest.web.fetch import Fetched, FetchLimits, fetch

_SUFFIXES = {
    "application/pdf": ".pdf",
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/csv": ".csv",
    "text/markdown": ".md",
}


@dataclass(frozen=True, slots=True)
class EarlierCopy:
    """What the index keeps of an address: the copy, and the record with the marks by which a change is asked for."""

    path: Path
    record: DocumentRecord

    def as_answer(self, url: str) -> Fetched:
        """The answer as it came. Only a web page's bytes are loaded: they hold the links that lead on."""
        page, record = self.record.document.media_type == "html", self.record
        data, kind = (self.path.read_bytes(), "text/html") if page else (b"", "")
        return Fetched(url, 200, data, kind, record.encoding, record.etag, record.last_modified)


def earlier_copies(records: Sequence[DocumentRecord], index_directory: Path) -> dict[str, EarlierCopy]:
    """The copies by address, of every document whose server can be asked whether it has changed."""
    store = ReadStore(index_directory / "read")
    asked = [record for record in records if record.reading and (record.etag or record.last_modified)]
    copies = ((record, store.original(record.reading or "")) for record in asked)
    return {r.document.url: EarlierCopy(path, r) for r, path in copies if r.document.url and path}


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is to be read, and sentences for the user about what could not be fetched."""

    incoming: tuple[Incoming, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Web:
    """How addresses are asked, where the answers are laid, and what the index has of them already, by address."""

    folder: Path
    limits: FetchLimits
    copies: Mapping[str, EarlierCopy]


def gather_listed(
    sources_file: Path,
    folder: Path,
    password: str | None,
    limits: FetchLimits,
    copies: Mapping[str, EarlierCopy] | None = None,
) -> Gathered:
    """The documents of sources.toml. An original that is fetched and read takes the place of the summary it replaces.

    An address in `copies` is asked only whether it has changed; if not, the copy comes in again.

    :raises SourcesInvalid: when the list cannot be used.
    """
    web = _Web(folder, limits, copies or {})
    found: list[Incoming] = []
    notes: list[str] = []
    for source in load_sources(sources_file):
        if source.path is not None or source.url is None:
            found.append(source)
            continue
        one = _asked(source, source.url, web)
        if one.failure is not None:
            notes.append(f"{source.title or source.url}: {one.failure.message} De andra dokumenten läses ändå.")
        found.append(replace(one, optional=one.failure is not None))
    return Gathered(tuple(replace(one, password=password) for one in found), tuple(notes))


def gather_named(
    names: Sequence[str],
    folder: Path,
    password: str | None,
    limits: FetchLimits,
    depth: int | None,
    records: Sequence[DocumentRecord] = (),
    copies: Mapping[str, EarlierCopy] | None = None,
) -> Gathered:
    """The files, folders and addresses that a user names. `depth` follows links below an address, None takes it alone.

    `records` are the documents that the index has already: a file or address among them keeps its id.
    An address in `copies` is asked only whether it has changed; if not, the copy comes in again.

    :raises RusError: when a path does not exist or a folder holds nothing.
    """
    web = _Web(folder, limits, copies or {})
    found: list[Incoming] = []
    for name in names:
        if name.startswith(("http://", "https://")):
            found.extend(_from_address(name, web, depth))
            continue
        path = Path(name).expanduser()
        if not path.exists():
            raise RusError(f"{name} finns inte. Ange en fil, en mapp eller en adress som börjar med https://.")
        files = find_files(path)
        if not files:
            raise RusError(f"{name} innehåller inga filer. Ange en annan mapp.")
        found.extend(files)
    named = {one.id: replace(one, password=password) for one in _as_known(found, records)}
    return Gathered(tuple(named.values()))


def _as_known(found: Sequence[Incoming], records: Sequence[DocumentRecord]) -> Iterator[Incoming]:
    """Gives what the index has already its id again, and another document of the same name an id of its own.

    A file whose earlier place is empty has been moved: it keeps its id. A listed document keeps what the list says.
    """
    by_origin = {record.document.url or record.document.path: record for record in records}
    taken = {r.document.id: origin for origin, r in by_origin.items() if origin and _is_still_there(r.document)}
    for one in found:
        origin = one.url or str(one.path.resolve() if one.path else one.id)
        known = by_origin.get(origin)
        if known is not None:
            yield _with_what_the_list_says(one, known) if known.listed else replace(one, id=known.document.id)
        elif taken.setdefault(one.id, origin) == origin:
            yield one
        else:
            yield replace(one, id=own_id(one.id, origin))


def _with_what_the_list_says(one: Incoming, record: DocumentRecord) -> Incoming:
    said = ("id", "title", "publisher", "year", "kind", "valid_from", "valid_to")
    return replace(one, **{name: getattr(record.document, name) for name in said})


def _is_still_there(document: Document) -> bool:
    return document.url is not None or (document.path is not None and Path(document.path).exists())


def _from_address(url: str, web: _Web, depth: int | None) -> list[Incoming]:
    if depth is None:
        return [_asked(Incoming(slug(url), url=url), url, web)]
    host = urlsplit(url).netloc.casefold()
    own = {address: copy for address, copy in web.copies.items() if urlsplit(address).netloc.casefold() == host}
    earlier = {address: copy.as_answer(address) for address, copy in own.items()}
    results = list(crawl(url, CrawlLimits(maximum_depth=depth), web.limits, earlier))
    ids = document_ids([result.url for result in results])
    found: list[Incoming] = []
    for result, identity in zip(results, ids, strict=True):
        one = Incoming(identity, url=result.url, failure=result.error)
        found.append(one if result.fetched is None else _answered(one, result.fetched, web.copies.get(result.url), web))
    return found


def _asked(one: Incoming, url: str, web: _Web) -> Incoming:
    """What the address answers; its failure where it does not."""
    earlier = web.copies.get(url)
    etag, last_modified = (earlier.record.etag, earlier.record.last_modified) if earlier else (None, None)
    try:
        answer = fetch(url, etag, last_modified, web.limits)
    except FetchFailed as error:
        return replace(one, failure=error)
    return _answered(one, answer, earlier, web)


def _answered(one: Incoming, answer: Fetched, earlier: EarlierCopy | None, web: _Web) -> Incoming:
    """An unchanged document comes in as the copy that the index has: by its hash the build sees that all is done."""
    marked = replace(one, etag=answer.etag, last_modified=answer.last_modified)
    if answer.status == 304 and earlier is not None:
        return replace(marked, path=earlier.path, encoding=earlier.record.encoding)
    path = web.folder / f"{one.id}{_SUFFIXES.get(answer.media_type, Path(answer.url).suffix[:8])}"
    path.write_bytes(answer.data)
    return replace(marked, path=path, encoding=answer.encoding)
