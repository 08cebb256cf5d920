"""Reads Word, PowerPoint, Excel and OpenDocument files; those of before 2007 are converted by LibreOffice.

Headings, slide titles and sheet names become headings; the documents have no pages of their own. The files are zip
archives of XML: what they unpack to is bounded before anything is parsed.
"""

from __future__ import annotations

import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree.ElementTree import ParseError

from lxml.etree import XMLSyntaxError

from ingest.documents import ReadDocument
from ingest.errors import DamagedFile, LimitExceeded
from ingest.office.opendocument import read_opendocument
from ingest.office.slides import read_slides
from ingest.office.word import read_word
from ingest.office.workbook import read_workbook

_CONVERTING_SECONDS = 50.0
_LIMIT_OF_XML = ("huge", "XML_PARSE_HUGE", "xmlSAX2", "Buffer size limit", "Excessive depth")
"""What lxml says of a file that is whole but passes one of its own limits."""


@contextmanager
def converted(path: Path, newer: str, program: str) -> Iterator[Path]:
    """The file in the `newer` format ("docx"), in a folder that is gone afterwards.

    Raises `LimitExceeded` where the program takes too long, `DamagedFile` where it makes nothing of the file.
    """
    with tempfile.TemporaryDirectory() as folder:
        # A profile of its own: the program refuses to start beside one that is open on the same profile.
        profile = f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"
        command = [program, profile, "--headless", "--convert-to", newer, "--outdir", folder, str(path)]
        try:
            subprocess.run(command, timeout=_CONVERTING_SECONDS, capture_output=True, check=False)
        except subprocess.TimeoutExpired as error:
            raise LimitExceeded(f"{path.name} tog för lång tid att omvandla; spara den som PDF eller DOCX.") from error
        except OSError as error:
            raise DamagedFile(f"{program} kan inte startas ({error.strerror}); rätta RUS_LIBREOFFICE.") from error
        made = Path(folder) / f"{path.stem}.{newer}"
        if not made.is_file():
            raise DamagedFile(f"{path.name} kunde inte omvandlas; spara den som PDF eller DOCX och läs in den.")
        yield made


def read_office(path: Path, media_type: str, maximum_unpacked_bytes: int) -> ReadDocument:
    """A "docx", "pptx", "xlsx", "odt", "ods" or "odp" file as one page without a number.

    Raises `LimitExceeded` for an archive that unpacks to more than `maximum_unpacked_bytes` or has a text too long to
    be parsed, `DamagedFile` for one that cannot be parsed.
    """
    readers = {"docx": read_word, "pptx": read_slides, "xlsx": read_workbook}
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > maximum_unpacked_bytes:
            megabytes = maximum_unpacked_bytes // 1_000_000
            raise LimitExceeded(f"{path.name} packas upp till mer än {megabytes} MB och lästes inte; dela upp den.")
        return readers.get(media_type, read_opendocument)(path)
    except _damage() as error:
        if any(words in str(error) for words in _LIMIT_OF_XML):
            raise LimitExceeded(f"{path.name} har ett textstycke som är för stort att läsa; dela upp filen.") from error
        raise DamagedFile(f"{path.name} är skadad och kan inte läsas; hämta filen på nytt från källan.") from error


def _damage() -> tuple[type[Exception], ...]:
    """What the Office libraries raise over a broken archive or broken XML, found by reading damaged files.

    They have no common error for it: openpyxl, for one, passes unknown XML attributes on as arguments.
    """
    from docx.exceptions import PythonDocxError
    from docx.opc.exceptions import OpcError
    from pptx.exc import PythonPptxError

    archive = (zipfile.BadZipFile, zlib.error, RuntimeError, OSError)
    xml = (XMLSyntaxError, ParseError, LookupError, ValueError, TypeError, AttributeError)
    return (*archive, *xml, PythonDocxError, OpcError, PythonPptxError)
