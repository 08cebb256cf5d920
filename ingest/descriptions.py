"""What people have said of documents in place of what lists and files say: kept beside the generations of the index.

It holds when a document is read anew, from wherever, until it is forgotten.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from pathlib import Path

from filelock import FileLock
from pydantic import TypeAdapter, ValidationError

from ingest.errors import IndexDamaged, RusError
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
        supersedes=document.supersedes if record.supersedes_stated else None,
        encoding=record.encoding,
        etag=record.etag,
        last_modified=record.last_modified,
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
