"""What the index keeps of the addresses it has read: the copy, and by what the server tells whether it has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.index.records import DocumentRecord
from ingest.index.storage import ReadStore
from ingest.web.fetch import Fetched


@dataclass(frozen=True, slots=True)
class EarlierCopy:
    """The stored copy of a fetched document, with what its server said of it. `media_type` is our own word for it."""

    path: Path
    url: str
    media_type: str
    encoding: str | None
    etag: str | None
    last_modified: str | None

    def as_answer(self) -> Fetched:
        """The answer as it came. Only a web page's bytes are loaded: they hold the links that lead on."""
        page = self.media_type == "html"
        data, kind = (self.path.read_bytes(), "text/html") if page else (b"", "")
        return Fetched(self.url, 200, data, kind, self.encoding, self.etag, self.last_modified)


def earlier_copies(records: Sequence[DocumentRecord], index_directory: Path) -> dict[str, EarlierCopy]:
    """The copies by address, of every document whose server can be asked whether it has changed."""
    store = ReadStore(index_directory / "read")
    found: dict[str, EarlierCopy] = {}
    for record in records:
        url = record.document.url
        if url is None or record.reading is None or not (record.etag or record.last_modified):
            continue
        path = store.original(record.reading)
        if path is not None:
            kind = record.document.media_type
            found[url] = EarlierCopy(path, url, kind, record.encoding, record.etag, record.last_modified)
    return found
