"""Reads one file of any supported type: looks at its content, not its name alone, and calls the right reader."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

from ingest.attachments import with_attachments
from ingest.documents import PagesTold, ReadDocument, ReadOptions, nobody_told
from ingest.errors import DamagedFile, EmptyFile, LimitExceeded, PasswordNeeded, WrongType
from ingest.titles import sensible_title

READABLE_SUFFIXES = {
    ".pdf": "pdf",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".docx": "docx",
    ".pptx": "pptx",
    ".xlsx": "xlsx",
    ".docm": "docx",
    ".pptm": "pptx",
    ".xlsm": "xlsx",
    ".odt": "odt",
    ".ods": "ods",
    ".odp": "odp",
    ".csv": "csv",
    ".tsv": "csv",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".text": "text",
    ".rtf": "rtf",
    ".eml": "eml",
}
"""The names of files that are read, with the media type that each promises."""

_HEAD_BYTES = 4096
_PDF_HEADER_WITHIN_BYTES = 1024
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_MAGIC = b"PK\x03\x04"
_OFFICE_TYPES = ("docx", "pptx", "xlsx", "odt", "ods", "odp")
_BINARY_TYPES = ("pdf", *_OFFICE_TYPES)
_OPENDOCUMENT = (
    ("opendocument.text", "odt"),
    ("opendocument.spreadsheet", "ods"),
    ("opendocument.presentation", "odp"),
)
_OLE_STREAMS = (("WordDocument", "doc"), ("Workbook", "xls"), ("PowerPoint Document", "ppt"), ("__substg1.0_", "msg"))
"""Names of streams, as UTF-16, by which the formats from before 2007 are told apart."""
_OLD_SUFFIXES = (".doc", ".xls", ".ppt")
_HTML_STARTS = ("<!doctype html", "<html", "<head", "<body", "<title", "<meta")
_SWEDISH_NAMES = {
    "pdf": "en PDF",
    "html": "en webbsida",
    "docx": "ett Word-dokument",
    "pptx": "en PowerPoint-presentation",
    "xlsx": "ett Excel-ark",
    "odt": "ett OpenDocument-dokument",
    "ods": "ett OpenDocument-ark",
    "odp": "en OpenDocument-presentation",
    "csv": "en tabell i textform",
    "markdown": "en textfil",
    "rtf": "ett RTF-dokument",
    "eml": "ett e-postmeddelande",
    "text": "en textfil",
}


def read(path: Path, options: ReadOptions | None = None, told: PagesTold = nobody_told) -> ReadDocument:
    """The pages and blocks of the file at `path`. `told` hears of the pages of a PDF as they are read.

    Raises one of the `UnreadableDocument` errors where the file gives no text; its message is ready to be shown.
    """
    chosen = options or ReadOptions()
    if path.stat().st_size > chosen.maximum_bytes:
        megabytes = chosen.maximum_bytes // 1_000_000
        raise LimitExceeded(
            f"{path.name} är större än {megabytes} MB och lästes inte; dela upp filen eller höj gränsen."
        )
    media_type = media_type_of(path)
    document = _read_as(media_type, path, chosen, told)
    document = with_attachments(document, lambda file: _read_as(media_type_of(file), file, chosen, nobody_told))
    if not any(page.text.strip() for page in document.pages):
        raise EmptyFile(f"{path.name} innehåller ingen text; kontrollera att rätt fil har valts.")
    return replace(document, title=sensible_title(document, media_type, path.stem))


def _read_as(media_type: str, path: Path, options: ReadOptions, told: PagesTold) -> ReadDocument:
    if media_type == "pdf":
        from ingest.pdf.pdf_reader import read_pdf

        return read_pdf(path, options, told)
    if media_type == "html":
        from ingest.web.web_reader import read_html

        return read_html(path.read_bytes(), options.url, options.encoding)
    if media_type in _OFFICE_TYPES:
        from ingest.office.office_reader import read_office

        return read_office(path, media_type, options.maximum_unpacked_bytes)
    if media_type in ("doc", "xls", "ppt"):
        from ingest.office.office_reader import converted

        if options.libreoffice is None:
            raise WrongType(
                f"{path.name} är i ett äldre Office-format som inte kan läsas; spara den som PDF eller DOCX, "
                "eller ange programmet LibreOffice i RUS_LIBREOFFICE."
            )
        with converted(path, media_type, options.libreoffice) as newer:
            return _read_as(media_type_of(newer), newer, options, told)
    from ingest.office.typed import read_typed

    return read_typed(path, media_type)


def media_type_of(path: Path) -> str:
    """The type of the file's content: a value of `READABLE_SUFFIXES`, or "doc", "xls" or "ppt" for the old formats.

    Raises `EmptyFile`; `WrongType` for content that is not read, and for a name that promises a PDF or an Office file
    over content that is text or HTML (most often an error page saved under the document's name).
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head.strip(b"\x00 \t\r\n"):
        raise EmptyFile(f"{path.name} är tom; hämta filen på nytt från källan.")
    promised = READABLE_SUFFIXES.get(path.suffix.casefold())
    if head.startswith(_ZIP_MAGIC):
        return _archive_type(path)
    if head.startswith(_OLE_MAGIC):
        return _old_type(path)
    if _looks_like_html(head):
        found = "html"
    elif b"%PDF-" in head[:_PDF_HEADER_WITHIN_BYTES] or (promised == "pdf" and _is_binary(head)):
        return "pdf"
    elif _is_binary(head):
        raise WrongType(
            f"{path.name} är av en typ som inte kan läsas; "
            "spara den som PDF, Word, PowerPoint, Excel, OpenDocument, webbsida eller text."
        )
    elif head.startswith(b"{\\rtf"):
        found = "rtf"
    elif promised is None and path.suffix and path.suffix.casefold() not in _OLD_SUFFIXES:
        raise WrongType(
            f"{path.name} är av en typ ({path.suffix}) som inte läses; byt ändelsen till .txt om den är vanlig text."
        )
    else:
        found = promised if promised in ("csv", "markdown", "html", "eml") else "text"
    if promised in _BINARY_TYPES:
        raise WrongType(
            f"{path.name} heter som {_SWEDISH_NAMES[promised]} men innehåller {_SWEDISH_NAMES[found]}; "
            "hämta originalet på nytt eller rätta filnamnet."
        )
    return found


def _looks_like_html(head: bytes) -> bool:
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "latin-1"
    text = head.decode(encoding, errors="replace").lstrip("\ufeffï»¿ \t\r\n").casefold()
    while text.startswith(("<!--", "<?xml")):
        _, closed, text = text.partition("-->" if text.startswith("<!--") else "?>")
        if not closed:
            return False
        text = text.lstrip()
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
    for ending, media_type in _OPENDOCUMENT:
        if ending in stated:
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
    held = [kind for stream, kind in _OLE_STREAMS if stream.encode("utf-16-le") in data]
    media_type = promised if promised in held or not held else held[0]
    if media_type in ("doc", "xls", "ppt"):
        return media_type
    if media_type == "msg":
        raise WrongType(f"{path.name} är ett meddelande från Outlook; spara det som .eml eller PDF och läs in det.")
    raise WrongType(f"{path.name} är i ett äldre Office-format som inte kan läsas; spara den som PDF eller DOCX.")
