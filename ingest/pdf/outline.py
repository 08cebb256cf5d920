"""What the PDF file states about itself: title, dates, outline and printed page labels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import pypdfium2

from ingest.pdf.headings import OutlineEntry
from ingest.pdf.pdfium import PDFIUM

_FILE_NAME_TITLE = re.compile(
    r"^microsoft \w+ - |\.(?:docx?|pptx?|xlsx?|odt|indd|pdf|rtf|tex|html?|dvi)$|^untitled|^namnlös|^dokument\d*$|^https?://"
    r"|^\w*_\w*_?\w*$|^presentation\d*$|^document\d*$|^about:blank",
    re.IGNORECASE,
)
_MAXIMUM_OUTLINE = 5_000


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Title (None where the stated one is a file name), ISO dates, outline, a printed label for each page, makers."""

    title: str | None = None
    published: str | None = None
    updated: str | None = None
    outline: tuple[OutlineEntry, ...] = ()
    labels: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()

    def label(self, index: int) -> str | None:
        """The printed number of the page with this index, where the file tells it."""
        return self.labels[index] if index < len(self.labels) else None


def read_facts(document: pypdfium2.PdfDocument) -> FileFacts:
    """The facts of an opened document."""
    with PDFIUM:
        metadata = document.get_metadata_dict()
        labels = tuple(document.get_page_label(index) for index in range(len(document)))
        outline = []
        for bookmark in document.get_toc(max_depth=8):
            destination = bookmark.get_dest()
            page = destination.get_index() if destination else None
            outline.append(OutlineEntry(bookmark.level + 1, bookmark.get_title().strip(), page))
            if len(outline) >= _MAXIMUM_OUTLINE:
                break
    title = " ".join(metadata.get("Title", "").split())
    return FileFacts(
        title if is_sensible_title(title) else None,
        iso_date(metadata.get("CreationDate", "")),
        iso_date(metadata.get("ModDate", "")),
        tuple(outline),
        labels if any(labels) else (),
        (metadata.get("Creator", ""), metadata.get("Producer", "")),
    )


def is_sensible_title(title: str) -> bool:
    """Whether a stated title is a title and not a file name or a program's default."""
    letters = sum(character.isalpha() for character in title)
    return letters >= 4 and letters >= 0.4 * len(title) and not _FILE_NAME_TITLE.search(title)


def iso_date(stated: str) -> str | None:
    """A PDF date (D:20230615091200+02'00') as an ISO date, None where it is no date."""
    match = re.match(r"(?:D:)?(\d{4})(\d{2})?(\d{2})?", stated)
    if match is None:
        return None
    try:
        return datetime(int(match[1]), int(match[2] or 1), int(match[3] or 1)).date().isoformat()
    except ValueError:
        return None
