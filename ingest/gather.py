"""Which documents are to be read: the list in sources.toml, folders, files and addresses, each with a stable id.

sources.toml holds `[[document]]` tables, each naming a file beside it, and `[[original]]` tables, each naming a public
address whose document, once fetched, takes the place of the document that it `replaces`. Fetched pages are laid in a
folder that the caller provides. Knows nothing of reading or indexing.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ingest.descriptions import load_sources
from ingest.errors import FetchFailed, RusError, WrongType
from ingest.store.records import DocumentRecord, Incoming, as_listed
from ingest.web.fetch import CrawlLimits, Fetched, FetchLimits, crawl, fetch

_SYSTEM_FILES = ("Thumbs.db", "desktop.ini", "__MACOSX")
_SLUG_CHARS = 60
_HASH_CHARS = 6


def find_files(path: Path) -> tuple[Incoming, ...]:
    """The file at `path`, or all files below the folder, sorted by path, without hidden and temporary ones.

    Files that cannot be read are among them, so that reading tells why. A link out of the folder comes with a failure.
    """
    if path.is_file():
        return (Incoming(slug(path.name), path),)
    found: dict[str, tuple[Path, WrongType | None]] = {}
    for file in sorted(path.rglob("*")):
        name, failure = file.relative_to(path), _link_out(file, path)
        hidden = any(part.startswith((".", "~$")) or part in _SYSTEM_FILES for part in name.parts)
        if not hidden and (file.is_file() or failure is not None):
            found[name.as_posix()] = file, failure
    ids = document_ids(list(found))
    return tuple(Incoming(one, file, failure=failure) for one, (file, failure) in zip(ids, found.values(), strict=True))


def _link_out(file: Path, folder: Path) -> WrongType | None:
    """The failure of a link whose target lies outside of the folder or is not there."""
    if not file.is_symlink():
        return None
    try:
        inside = file.resolve(strict=True).is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # nothing there, or a ring of links
        inside = False
    return None if inside else WrongType(f"{file.name} är en länk ut ur mappen och följs inte; lägg filen i mappen.")


def document_ids(origins: Sequence[str]) -> list[str]:
    """An id for each file path or address: its name in plain letters, with a short hash where two would be equal."""
    owners: dict[str, str] = {}
    names = [(slug(origin), origin) for origin in origins]
    return [name if owners.setdefault(name, origin) == origin else f"{name}-{_mark(origin)}" for name, origin in names]


def _mark(origin: str) -> str:
    return hashlib.sha256(origin.encode()).hexdigest()[:_HASH_CHARS]


def slug(origin: str) -> str:
    """The last part of a path or address in small plain letters, digits and hyphens; the host where that is all."""
    name = Path(origin).stem
    if re.match(r"https?://", origin, re.IGNORECASE):
        parts = urlsplit(origin)
        segments = [unquote(segment) for segment in parts.path.split("/") if segment]
        name = re.sub(r"\.\w{1,5}$", "", segments[-1]) if segments else parts.hostname or ""
        name = f"{name}-{parts.query}"
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG_CHARS].strip("-") or "dokument"


_SUFFIXES = {
    "application/pdf": ".pdf",
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/csv": ".csv",
}


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is to be read, and sentences for the user about what could not be fetched."""

    incoming: tuple[Incoming, ...]
    notes: tuple[str, ...] = ()


def gather_listed(
    sources_file: Path, folder: Path, password: str | None, limits: FetchLimits, records: Sequence[DocumentRecord] = ()
) -> Gathered:
    """The documents of sources.toml. An original that is fetched, or is among `records`, replaces its summary.

    Raises SourcesInvalid when the list cannot be used.
    """
    read_before = {record.document.id for record in records if record.passages}
    found: list[Incoming] = []
    notes: list[str] = []
    replaced: set[str | None] = set()
    for source, replaces in load_sources(sources_file):
        if source.path is not None or source.url is None:
            found.append(source)
            continue
        one = _asked(source, source.url, folder, limits)
        if one.failure is not None:
            notes.append(f"{source.title or source.url}: {one.failure.message} De andra dokumenten läses ändå.")
        if one.failure is None or one.id in read_before:
            found.append(one)
            replaced.add(replaces)
    return Gathered(tuple(replace(one, password=password) for one in found if one.id not in replaced), tuple(notes))


def gather_named(
    names: Sequence[str],
    folder: Path,
    password: str | None,
    limits: FetchLimits,
    depth: int | None,
    records: Sequence[DocumentRecord] = (),
) -> Gathered:
    """The files, folders and addresses that a user names. `depth` follows links below an address, None takes it alone.

    `records` are the documents that the index has already: a file or address among them keeps its id.
    Raises RusError when a path does not exist or a folder holds nothing.
    """
    found: list[Incoming] = []
    for name in names:
        if name.startswith(("http://", "https://")):
            found.extend(_from_address(name, folder, limits, depth))
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
    taken = {
        record.document.id: origin
        for origin, record in by_origin.items()
        if origin and (record.document.url is not None or Path(origin).exists())
    }
    for one in found:
        origin = one.url or str(one.path.resolve() if one.path else one.id)
        known = by_origin.get(origin)
        if known is not None:
            yield as_listed(one, known.document) if known.listed else replace(one, id=known.document.id)
        elif taken.setdefault(one.id, origin) == origin:
            yield one
        else:
            yield replace(one, id=f"{one.id}-{_mark(origin)}")


def _from_address(url: str, folder: Path, limits: FetchLimits, depth: int | None) -> list[Incoming]:
    if depth is None:
        return [_asked(Incoming(slug(url), url=url), url, folder, limits)]
    results = list(crawl(url, CrawlLimits(maximum_depth=depth), limits))
    named = zip(document_ids([address for address, _ in results]), results, strict=True)
    return [_answered(Incoming(name, url=address), answer, folder) for name, (address, answer) in named]


def _asked(one: Incoming, url: str, folder: Path, limits: FetchLimits) -> Incoming:
    try:
        return _answered(one, fetch(url, limits), folder)
    except FetchFailed as error:
        return _answered(one, error, folder)


def _answered(one: Incoming, answer: Fetched | FetchFailed, folder: Path) -> Incoming:
    """What comes in from an address: the answer as a file in the folder, or the failure."""
    if isinstance(answer, FetchFailed):
        return replace(one, failure=answer)
    path = folder / f"{one.id}{_SUFFIXES.get(answer.media_type, Path(answer.url).suffix[:8])}"
    path.write_bytes(answer.data)
    return replace(one, path=path, encoding=answer.encoding)
