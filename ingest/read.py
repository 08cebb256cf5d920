"""Reads one file of any supported type: looks at its content, not its name alone, and calls the right reader.

The text of files that are attached to a PDF follows the document's own, under a heading with their name, on a page
without a number. Attachments of attachments are named and not read.
"""

from __future__ import annotations

import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePath
from xml.etree.ElementTree import ParseError

from ingest.documents import Block, BlockKind, Page, ReadDocument, ReadOptions
from ingest.errors import DamagedFile, EmptyFile, LimitExceeded, PasswordNeeded, UnreadableDocument, WrongType
from ingest.titles import sensible_title

_CONVERTED = {"doc": "docx", "xls": "xlsx", "ppt": "pptx", "odt": "docx", "ods": "xlsx", "odp": "pptx"}
"""What LibreOffice is asked to make of formats that are not read here."""
_OFFICE_TYPES = ("docx", "pptx", "xlsx")
READABLE_SUFFIXES = {f".{kind}": kind for kind in ("pdf", "html", *_OFFICE_TYPES, "csv", "rtf", "eml")} | {
    **dict.fromkeys((".htm", ".xhtml"), "html"),
    **{".docm": "docx", ".pptm": "pptx", ".xlsm": "xlsx", ".tsv": "csv"},
    **dict.fromkeys((".md", ".markdown"), "markdown"),
    **dict.fromkeys((".txt", ".text"), "text"),
}
"""The names of files that are read, with the media type that each promises."""

_MOST_ATTACHMENTS, _MOST_ATTACHED_BYTES = 20, 20_000_000
_HEAD_BYTES, _PDF_HEADER_WITHIN_BYTES = 4096, 1024
_CONVERTING_SECONDS = 50.0
_LIMIT_OF_XML = ("huge", "XML_PARSE_HUGE", "xmlSAX2", "Buffer size limit", "Excessive depth")
"""What lxml says of a file that is whole but passes one of its own limits."""
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_MAGIC = b"PK\x03\x04"
_OPENDOCUMENT = {"text": "odt", "spreadsheet": "ods", "presentation": "odp"}
_OLE_STREAMS = {"WordDocument": "doc", "Workbook": "xls", "PowerPoint Document": "ppt", "__substg1.0_": "msg"}
"""Names of streams, as UTF-16, by which the formats from before 2007 are told apart."""
_HTML_STARTS = ("<!doctype html", "<html", "<head", "<body", "<title", "<meta")


def read(path: Path, options: ReadOptions | None = None) -> ReadDocument:
    """The pages and blocks of the file at `path`.

    Raises one of the `UnreadableDocument` errors where the file gives no text; its message is ready to be shown.
    """
    chosen = options or ReadOptions()
    if path.stat().st_size > chosen.maximum_bytes:
        megabytes = chosen.maximum_bytes // 1_000_000
        raise LimitExceeded(
            f"{path.name} är större än {megabytes} MB och lästes inte; dela upp filen eller höj gränsen."
        )
    media_type = media_type_of(path)
    document = _with_attachments(_read_as(media_type, path, chosen), chosen)
    if not any(page.text.strip() for page in document.pages):
        raise EmptyFile(f"{path.name} innehåller ingen text; kontrollera att rätt fil har valts.")
    return replace(document, title=sensible_title(document, media_type))


def _read_as(media_type: str, path: Path, options: ReadOptions) -> ReadDocument:
    if media_type == "pdf":
        from ingest.pdf.pdf_reader import read_pdf

        return read_pdf(path, options)
    if media_type == "html":
        from ingest.web.web_reader import read_html

        return read_html(path.read_bytes(), options.url, options.encoding)
    if media_type in _OFFICE_TYPES:
        return _read_office(path, media_type, options.maximum_unpacked_bytes)
    if media_type in _CONVERTED:
        with _converted(path, _CONVERTED[media_type], options.libreoffice) as newer:
            return _read_as(media_type_of(newer), newer, options)
    from ingest.office.typed import read_typed

    return read_typed(path, media_type)


@contextmanager
def _converted(path: Path, newer: str, program: str | None) -> Iterator[Path]:
    """The file as LibreOffice writes it in the `newer` format, in a folder that is gone afterwards."""
    if program is None:
        raise WrongType(
            f"{path.name} är i ett äldre Office-format eller OpenDocument; spara den som PDF eller DOCX, "
            "eller ange programmet LibreOffice i RUS_LIBREOFFICE."
        )
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


def _read_office(path: Path, media_type: str, maximum_unpacked_bytes: int) -> ReadDocument:
    """The archive of XML, whose unpacked size is bounded before anything is parsed.

    The Office libraries have no common error for a broken one: openpyxl, for one, passes unknown XML attributes on as
    arguments. These are what damaged files gave.
    """
    from docx.exceptions import PythonDocxError
    from docx.opc.exceptions import OpcError
    from lxml.etree import XMLSyntaxError
    from pptx.exc import PythonPptxError

    from ingest.office.slides import read_slides
    from ingest.office.word import read_word
    from ingest.office.workbook import read_workbook

    readers = {"docx": read_word, "pptx": read_slides, "xlsx": read_workbook}
    archive_errors = (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, PythonDocxError, OpcError, PythonPptxError)
    xml_errors = (XMLSyntaxError, ParseError, LookupError, ValueError, TypeError, AttributeError)
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > maximum_unpacked_bytes:
            megabytes = maximum_unpacked_bytes // 1_000_000
            raise LimitExceeded(f"{path.name} packas upp till mer än {megabytes} MB och lästes inte; dela upp den.")
        return readers[media_type](path)
    except (*archive_errors, *xml_errors) as error:
        if any(words in str(error) for words in _LIMIT_OF_XML):
            raise LimitExceeded(f"{path.name} har ett textstycke som är för stort att läsa; dela upp filen.") from error
        raise DamagedFile(f"{path.name} är skadad och kan inte läsas; hämta filen på nytt från källan.") from error


def _with_attachments(document: ReadDocument, options: ReadOptions) -> ReadDocument:
    text, told = "", []
    blocks: list[Block] = []
    for number, (name, content) in enumerate(document.attachments):
        if number >= _MOST_ATTACHMENTS or len(content) > _MOST_ATTACHED_BYTES:
            told.append(f"Bilagan {name} lästes inte: filen är för stor eller bilagorna för många.")
            continue
        try:
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / (PurePath(name.replace("\\", "/")).name or "bilaga")
                file.write_bytes(content)
                read = _read_as(media_type_of(file), file, options)
        except UnreadableDocument as error:
            told.append(f"Bilagan {name} lästes inte: {error.message}")
            continue
        blocks.append(Block(BlockKind.HEADING, f"Bilaga: {name}", (), 1))
        text, own = _appended(text, read)
        blocks += own
        told.append(f"Bilagan {name} lästes som ett eget avsnitt.")
        told += [f"Bilagan {one} i {name} lästes inte." for one, _ in read.attachments]
    report = replace(document.report, warnings=(*document.report.warnings, *told))
    pages = (*document.pages, Page(None, text)) if text else document.pages
    return replace(document, pages=pages, blocks=(*document.blocks, *blocks), report=report, attachments=())


def _appended(text: str, read: ReadDocument) -> tuple[str, list[Block]]:
    """The text with an attachment's pages after it, and the attachment's blocks, which stand in it now."""
    starts: dict[int | None, int] = {}
    for page in read.pages:
        text += "\n" if text else ""
        starts[page.number] = len(text)
        text += page.text
    moved = []
    for block in read.blocks:
        spans = [
            replace(one, page=None, start=starts[one.page] + one.start, end=starts[one.page] + one.end)
            for one in block.spans
        ]
        level = min(block.level + 1, 6) if block.kind is BlockKind.HEADING else 0
        moved.append(replace(block, spans=tuple(spans), level=level))
    return text, moved


def media_type_of(path: Path) -> str:
    """The type of the file's content: a value of `READABLE_SUFFIXES`, or "doc", "xls" or "ppt" for the old formats.

    Raises `EmptyFile`; `WrongType` for content that is not read, and for a name that promises a PDF or an Office file
    over content that is text or HTML (most often an error page saved under the document's name).
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head.strip(b"\x00 \t\r\n"):
        raise EmptyFile(f"{path.name} är tom; hämta filen på nytt från källan.")
    suffix = path.suffix.casefold()
    promised = READABLE_SUFFIXES.get(suffix)
    if head.startswith(_ZIP_MAGIC):
        return _archive_type(path)
    if head.startswith(_OLE_MAGIC):
        return _old_type(path)
    binary = _is_binary(head)
    if b"%PDF-" in head[:_PDF_HEADER_WITHIN_BYTES] or (promised == "pdf" and binary):
        return "pdf"
    if binary:
        raise WrongType(
            f"{path.name} är av en typ som inte kan läsas; "
            "spara den som PDF, Word, PowerPoint, Excel, webbsida eller text."
        )
    html = _looks_like_html(head)
    if promised == "pdf" or promised in _OFFICE_TYPES:
        raise WrongType(
            f"{path.name} heter som en {suffix}-fil men innehåller {'en webbsida' if html else 'text'}; "
            "hämta originalet på nytt eller rätta filnamnet."
        )
    if html:
        return "html"
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if promised is None and suffix.removeprefix(".") not in ("", *_CONVERTED):
        raise WrongType(
            f"{path.name} är av en typ ({path.suffix}) som inte läses; byt ändelsen till .txt om den är vanlig text."
        )
    return promised if promised in ("csv", "markdown", "html", "eml") else "text"


def _looks_like_html(head: bytes) -> bool:
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "latin-1"
    text = head.decode(encoding, errors="replace").lstrip("\ufeffï»¿ \t\r\n").casefold()
    while text.startswith(("<!--", "<?xml")):
        text = text.partition("-->" if text.startswith("<!--") else "?>")[2].lstrip()
    return text.startswith(_HTML_STARTS)


def _is_binary(head: bytes) -> bool:
    """Whether the bytes are no text: a NUL outside UTF-16, or many control characters."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
    return b"\x00" in head or controls > len(head) // 20


def _archive_type(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            stated = archive.read("mimetype").decode("ascii", "replace") if "mimetype" in names else ""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise DamagedFile(f"{path.name} är skadad och kan inte öppnas; hämta filen på nytt från källan.") from error
    for kind, media_type in _OPENDOCUMENT.items():
        if f"opendocument.{kind}" in stated:
            return media_type
    for folder, media_type in (("word/", "docx"), ("ppt/", "pptx"), ("xl/", "xlsx")):
        if any(name.startswith(folder) for name in names):
            return media_type
    raise WrongType(f"{path.name} är ett arkiv och inget dokument; packa upp det och läs in filerna i det.")


def _old_type(path: Path) -> str:
    """The old container holds an encrypted new Office file, a message, or a format from before 2007."""
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise PasswordNeeded(f"{path.name} är skyddad med lösenord; spara en kopia utan lösenord och läs in den.")
    promised = path.suffix.casefold().removeprefix(".")
    held = [kind for stream, kind in _OLE_STREAMS.items() if stream.encode("utf-16-le") in data]
    media_type = promised if promised in held or not held else held[0]
    if media_type in _CONVERTED:
        return media_type
    if media_type == "msg":
        raise WrongType(f"{path.name} är ett meddelande från Outlook; spara det som .eml eller PDF och läs in det.")
    raise WrongType(f"{path.name} är i ett äldre Office-format som inte kan läsas; spara den som PDF eller DOCX.")
