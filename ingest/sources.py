"""Which documents are to be read: the list in sources.toml, a folder, a file or an address, each with a stable id.

sources.toml holds `[[document]]` tables, each naming a file beside it, and `[[original]]` tables, each naming a public
address whose document, once fetched, takes the place of the document that it `replaces`.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ingest.errors import DamagedFile, SourcesInvalid, WrongType
from ingest.store.readings import file_sha256
from ingest.store.records import Incoming

_TEXT_KEYS = ("id", "title", "publisher", "kind", "valid_from", "valid_to", "url", "path", "sha256", "licence")
_DOCUMENT_KEYS = frozenset((*_TEXT_KEYS, "year"))
_ORIGINAL_KEYS = frozenset((*_TEXT_KEYS, "year", "replaces")) - {"path", "sha256"}
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_SYSTEM_FILES = ("Thumbs.db", "desktop.ini", "__MACOSX")
_SLUG_CHARS = 60
_HASH_CHARS = 6


def load_sources(path: Path) -> tuple[Incoming, ...]:
    """The documents and originals that the TOML file lists, in its order, with the failure of one whose sum is wrong.

    Raises `SourcesInvalid` for a file that cannot be read, an unknown or missing key, a value of the wrong type, a
    document that is not there, two equal ids, or an original that replaces nothing.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SourcesInvalid(
            f"Listan {path} finns inte; ange filer, mappar eller adresser, eller sätt RUS_SOURCES_FILE till en lista."
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SourcesInvalid(f"{path.name} kan inte läsas ({error}); rätta filen.") from error
    if unknown := set(data) - {"document", "original"}:
        raise SourcesInvalid(f"{path.name} har den okända nyckeln {min(unknown)!r}; ta bort eller rätta den.")
    sources = [
        *_entries(path, data.get("document", []), _DOCUMENT_KEYS, required=("id", "title", "path")),
        *_entries(path, data.get("original", []), _ORIGINAL_KEYS, required=("id", "title", "url")),
    ]
    counts = Counter(source.id for source in sources)
    for source in sources:
        if counts[source.id] > 1:
            raise SourcesInvalid(f"{path.name} har två dokument med id {source.id!r}; ge dem olika id.")
        if source.replaces is not None and source.replaces not in counts:
            raise SourcesInvalid(f"{path.name}: {source.id!r} ersätter {source.replaces!r}, som inte finns i filen.")
        if source.path is not None and not source.path.is_file():
            raise SourcesInvalid(f"{path.name}: filen {source.path.name} till {source.id!r} saknas; lägg den på plats.")
    return tuple(sources)


def _entries(path: Path, tables: object, keys: frozenset[str], required: tuple[str, ...]) -> Iterator[Incoming]:
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise SourcesInvalid(f"{path.name}: skriv dokumenten som [[document]] och originalen som [[original]].")
    for table in tables:
        name = str(table.get("id", "utan id"))
        if unknown := set(table) - keys:
            raise SourcesInvalid(
                f"{path.name}: {name!r} har den okända nyckeln {min(unknown)!r}; ta bort eller rätta den."
            )
        for key, value in table.items():
            if not isinstance(value, int if key == "year" else str) or value == "":
                raise SourcesInvalid(f"{path.name}: värdet för {key!r} i {name!r} har fel typ; rätta det.")
        if missing := [key for key in required if key not in table]:
            raise SourcesInvalid(f"{path.name}: {name!r} saknar nyckeln {missing[0]!r}; lägg till den.")
        if not _ID.fullmatch(name):
            raise SourcesInvalid(f"{path.name}: id {name!r} får bara ha små bokstäver a–z, siffror och bindestreck.")
        file = path.parent / table["path"] if "path" in table else None
        failure = _as_listed(file, table.get("sha256")) if file else None
        known = {key: value for key, value in table.items() if key not in ("path", "sha256", "licence")}
        yield Incoming(path=file, failure=failure, **known)


def _as_listed(path: Path, sha256: str | None) -> DamagedFile | None:
    """The failure of a file at hand that is not the one whose checksum the list gives."""
    if sha256 is None or not path.is_file() or file_sha256(path) == sha256.casefold():
        return None
    return DamagedFile(
        f"{path.name} stämmer inte med kontrollsumman i sources.toml; återställ filen eller rätta summan."
    )


def find_files(path: Path) -> tuple[Incoming, ...]:
    """The file at `path`, or all files below the folder, sorted by path, without hidden and temporary ones.

    Files that cannot be read are among them, so that reading tells why. A link out of the folder comes with a failure.
    """
    if path.is_file():
        return (Incoming(slug(path.name), path),)
    files = [file for file in sorted(path.rglob("*")) if _is_listed(file, path)]
    ids = document_ids([file.relative_to(path).as_posix() for file in files])
    return tuple(
        Incoming(identity, file, failure=_link_out(file, path)) for identity, file in zip(ids, files, strict=True)
    )


def _is_listed(file: Path, folder: Path) -> bool:
    """Whether a file, or a link that leads out of the folder, is one that its owner sees there."""
    parts = file.relative_to(folder).parts
    hidden = any(part.startswith((".", "~$")) or part in _SYSTEM_FILES for part in parts)
    return not hidden and (file.is_file() or _link_out(file, folder) is not None)


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
    return [name if owners.setdefault(name, origin) == origin else own_id(name, origin) for name, origin in names]


def own_id(name: str, origin: str) -> str:
    """An id for another document of the same name."""
    return f"{name}-{hashlib.sha256(origin.encode()).hexdigest()[:_HASH_CHARS]}"


def slug(origin: str) -> str:
    """The last part of a path or address in small plain letters, digits and hyphens; the host where that is all."""
    if re.match(r"https?://", origin, re.IGNORECASE):
        parts = urlsplit(origin)
        segments = [unquote(segment) for segment in parts.path.split("/") if segment]
        last = segments[-1] if segments else parts.hostname or ""
        name = last if not segments else re.sub(r"\.\w{1,5}$", "", last)
        name = f"{name}-{parts.query}" if parts.query else name
    else:
        name = Path(origin).stem
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG_CHARS].strip("-") or "dokument"
