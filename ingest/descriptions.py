"""What is said of documents: by the list of sources, and by people in place of what lists and files say.

The latter is kept beside the generations of the index: it holds when a document is read anew, from wherever, until it
is forgotten.
"""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Annotated

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from ingest.errors import DamagedFile, IndexDamaged, RusError, SourcesInvalid
from ingest.store.readings import file_sha256
from ingest.store.records import DocumentRecord, Incoming, as_listed

_FILE = "descriptions.json"
_LONGEST_TITLE = 300
_YEARS = range(1800, 2200)
_DATE = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")


@dataclass(frozen=True, slots=True)
class Description:
    """What is said of one document. None leaves it to the list and the file; dates are ISO dates, months or years."""

    title: str | None = None
    year: int | None = None
    kind: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None


_Descriptions = TypeAdapter(dict[str, Description])


class _Listed(BaseModel):
    """What the list says of a document, which lies at `path`, or an original, which is fetched from `url`."""

    model_config = ConfigDict(extra="forbid", strict=True, str_min_length=1)
    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
    title: str
    publisher: str | None = None
    year: int | None = None
    kind: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    licence: str | None = None
    url: str | None = None
    path: str | None = None
    sha256: str | None = None
    replaces: str | None = None


class _Sources(BaseModel):
    model_config = ConfigDict(extra="forbid")
    document: list[_Listed] = []
    original: list[_Listed] = []


def load_sources(path: Path) -> tuple[tuple[Incoming, str | None], ...]:
    """The documents and originals that the TOML file lists, in its order, each with the id of what it replaces.

    One whose checksum is wrong comes with a failure.

    Raises `SourcesInvalid` for a file that cannot be read, a wrong key or value, a document that is not there, two
    equal ids, or an original that replaces nothing.
    """
    try:
        listed = _Sources.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise SourcesInvalid(
            f"Listan {path} finns inte; ange filer, mappar eller adresser, eller sätt RUS_SOURCES_FILE till en lista."
        ) from error
    except ValidationError as error:
        # a misspelt key is why another is missing
        wrong = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        raise SourcesInvalid(
            f"{path.name}: {'.'.join(map(str, wrong['loc']))} är okänd, saknas eller har fel värde "
            f"({str(wrong['input'])[:80]}); rätta listan, där varje dokument är en [[document]] eller [[original]]."
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SourcesInvalid(f"{path.name} kan inte läsas ({error}); rätta filen.") from error
    for one in (*listed.document, *listed.original):
        if (one.path is None) is (one in listed.document) or (one.url is None and one.path is None):
            raise SourcesInvalid(
                f"{path.name}: {one.id!r} behöver path som [[document]], url utan path som [[original]]."
            )
    everything = (*listed.document, *listed.original)
    counts = Counter(one.id for one in everything)
    for one in everything:
        if counts[one.id] > 1:
            raise SourcesInvalid(f"{path.name} har två dokument med id {one.id!r}; ge dem olika id.")
        if one.replaces is not None and one.replaces not in counts:
            raise SourcesInvalid(f"{path.name}: {one.id!r} ersätter {one.replaces!r}, som inte finns i filen.")
    return tuple((_incoming(one, path), one.replaces) for one in everything)


def _incoming(one: _Listed, sources_file: Path) -> Incoming:
    """What is listed, with its file, whose checksum the list may state."""
    known = Incoming(**one.model_dump(exclude={"licence", "path", "sha256", "replaces"}))
    if one.path is None:
        return known
    file = sources_file.parent / one.path
    if not file.is_file():
        raise SourcesInvalid(f"{sources_file.name}: filen {file.name} till {one.id!r} saknas; lägg den på plats.")
    if one.sha256 is None or file_sha256(file) == one.sha256.casefold():
        return replace(known, path=file)
    message = f"{file.name} stämmer inte med kontrollsumman i sources.toml; återställ filen eller rätta summan."
    return replace(known, path=file, failure=DamagedFile(message))


def parse_description(said: Mapping[str, str]) -> Description:
    """What a form says, empty fields as None.

    :raises RusError: for a year or date that there is not, a too long title, or an end before its beginning.
    """
    names = [field.name for field in fields(Description)]
    given = {name: " ".join(said.get(name, "").split()) or None for name in names}
    year, start, end = given.pop("year"), given["valid_from"], given["valid_to"]
    if year is not None and not (year.isascii() and year.isdecimal() and int(year) in _YEARS):
        raise RusError(f"Året {year[:20]} går inte att använda: skriv det med fyra siffror, till exempel 2024.")
    for day in (start, end):
        if day is not None and not _is_date(day):
            raise RusError(f"Datumet {day[:20]} går inte att använda: skriv 2024, 2024-05 eller 2024-05-31.")
    if start is not None and end is not None and end < start[: len(end)]:
        raise RusError("Dokumentet slutar gälla innan det börjar: byt plats på datumen.")
    if len(given["title"] or "") > _LONGEST_TITLE:
        raise RusError(f"Titeln får vara högst {_LONGEST_TITLE} tecken: korta den.")
    return Description(year=int(year) if year else None, **given)


def load_descriptions(index_directory: Path) -> dict[str, Description]:
    """All that has been said, by document id.

    :raises IndexDamaged: when the file cannot be understood.
    """
    path = index_directory / _FILE
    try:
        return _Descriptions.validate_json(path.read_bytes()) if path.exists() else {}
    except ValidationError as error:
        raise IndexDamaged(
            f"{path} går inte att läsa: rätta filen, eller ta bort den och ange uppgifterna på nytt."
        ) from error


def keep_description(index_directory: Path, document_id: str, description: Description | None) -> None:
    """Keep what is said of a document from now on; None forgets it."""
    path = index_directory / _FILE
    with FileLock(index_directory / f"{_FILE}.lock"):
        known = load_descriptions(index_directory)
        known.pop(document_id, None)
        if description is not None and description != Description():
            known[document_id] = description
        elif not path.exists():
            return
        new = path.with_suffix(".new")
        new.write_bytes(_Descriptions.dump_json(known, indent=1, exclude_none=True))
        os.replace(new, path)


def described(incoming: Sequence[Incoming], descriptions: Mapping[str, Description]) -> tuple[Incoming, ...]:
    """What comes in, with what has been said of it in place of what else is known."""
    said = {
        name: {key: value for key, value in asdict(one).items() if value is not None}
        for name, one in descriptions.items()
    }
    return tuple(replace(one, **said.get(one.id, {})) for one in incoming)


def incoming_again(record: DocumentRecord, copy: Path, folder: Path) -> Incoming:
    """A document of the index once more, from the index's own `copy` of it, with what its list says of it.

    Where the file it came from is gone, the copy is laid into `folder` under the file's name.
    """
    document = record.document
    origin = Path(document.path) if document.path else None
    if origin is not None and not origin.is_file():
        origin = folder / origin.name
        shutil.copyfile(copy, origin)
    known = Incoming(
        document.id,
        origin or copy,
        url=document.url,
        publisher=document.publisher,
        encoding=record.encoding,
    )
    return as_listed(known, document) if record.listed else known


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text) or int(text[:4]) not in _YEARS:
        return False
    try:
        date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return False
    return True
