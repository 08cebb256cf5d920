"""The one door to pdfium: a lock, opening with clear errors, and the raw calls that read characters quickly.

pdfium is not safe for threads, so every call into it happens under `PDFIUM`. Callers hold it for one page at a time,
so that drawing a page for a reader never waits for a whole document.
"""

from __future__ import annotations

import ctypes
import io
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as raw

from ingest.errors import DamagedFile, EmptyFile, LimitExceeded, PasswordNeeded, WrongType

PDFIUM = threading.RLock()
"""Held around every call into pdfium."""

_HEADER_WITHIN_BYTES = 1024


@dataclass(frozen=True, slots=True)
class OpenedPdf:
    """An open document and the file behind it: the one given, or its mended form, from which pages may be lost."""

    document: pypdfium2.PdfDocument
    source: Path | io.BytesIO

    @property
    def mended(self) -> bool:
        """Whether the file was damaged."""
        return not isinstance(self.source, Path)


@contextmanager
def opened(path: Path, password: str | None, maximum_pages: int | None = None) -> Iterator[OpenedPdf]:
    """The document at `path`, closed again afterwards.

    A file that pdfium refuses is tried once more with its index written anew (cut-off or damaged end). Raises
    `EmptyFile`, `WrongType`, `DamagedFile`, `PasswordNeeded` or `LimitExceeded`.
    """
    _check_header(path)
    with PDFIUM:
        file = _open(path, password)
    document = file.document
    try:
        with PDFIUM:
            document.init_forms()  # before the first page: fields that have no appearance are given one
            pages = len(document)
        if pages == 0:
            raise DamagedFile(f"{path.name} är skadad: inga sidor gick att hitta; hämta filen på nytt från källan.")
        if maximum_pages is not None and pages > maximum_pages:
            raise LimitExceeded(
                f"{path.name} har {pages} sidor, fler än de {maximum_pages} som läses; "
                "dela upp filen eller höj gränsen."
            )
        yield file
    finally:
        with PDFIUM:
            document.close()


def _check_header(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(_HEADER_WITHIN_BYTES)
    if not head.strip(b"\x00 \t\r\n"):
        raise EmptyFile(f"{path.name} är tom; hämta filen på nytt från källan.")
    if b"%PDF" not in head and head.lstrip()[:1] == b"<":
        raise WrongType(f"{path.name} heter som en PDF men är en webbsida; hämta dokumentet på nytt från källan.")


def _open(path: Path, password: str | None) -> OpenedPdf:
    try:
        return OpenedPdf(pypdfium2.PdfDocument(path, password=password), path)
    except pypdfium2.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            wanted = "lösenordet stämmer inte" if password else "den är skyddad med lösenord"
            raise PasswordNeeded(
                f"{path.name} kunde inte öppnas: {wanted}; ange rätt lösenord i RUS_PDF_PASSWORD."
            ) from error
        if error.err_code == raw.FPDF_ERR_SECURITY:
            raise PasswordNeeded(
                f"{path.name} är krypterad på ett sätt som inte kan läsas; be utgivaren om en öppen kopia."
            ) from error
        mended = _with_new_index(path)
    if mended is None:
        raise _damaged(path)
    try:
        return OpenedPdf(pypdfium2.PdfDocument(mended), mended)
    except pypdfium2.PdfiumError as error:
        raise _damaged(path) from error


def draw_fields(document: pypdfium2.PdfDocument, pages: Iterable[int]) -> None:
    """Makes what is filled in on these page indexes part of the pages' own text, each value where its field stands."""
    with PDFIUM:
        for index in pages:
            page = document[index]
            raw.FPDFPage_Flatten(page.raw, raw.FLAT_NORMALDISPLAY)  # pypdfium2's own refuses a file without form fields
            page.close()


def _with_new_index(path: Path) -> io.BytesIO | None:
    """The file with its index written anew from the objects that are still whole, None where that cannot be done."""
    import pikepdf

    written = io.BytesIO()
    try:
        with pikepdf.open(path) as file:
            file.save(written)
    except pikepdf.PdfError:
        return None
    return written


def _damaged(path: Path) -> DamagedFile:
    return DamagedFile(f"{path.name} är skadad och gick inte att laga; hämta filen på nytt från källan.")


def _prototype(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    """The same C function with plain addresses as arguments, which makes a call three times as quick."""
    return ctypes.CFUNCTYPE(result, *arguments)(ctypes.cast(function, ctypes.c_void_p).value or 0)


_ADDRESS = ctypes.c_void_p
unicode_of = _prototype(raw.FPDFText_GetUnicode, ctypes.c_uint, _ADDRESS, ctypes.c_int)
"""(text page address, character index) -> code point."""
loose_box_of = _prototype(raw.FPDFText_GetLooseCharBox, ctypes.c_int, _ADDRESS, ctypes.c_int, _ADDRESS)
"""(text page address, character index, address of four float32: left, top, right, bottom) -> success."""
drawn_box_of = _prototype(raw.FPDFText_GetCharBox, ctypes.c_int, _ADDRESS, ctypes.c_int, *[_ADDRESS] * 4)
"""(text page address, character index, addresses of float64 left, right, bottom, top) -> success."""
text_object_of = _prototype(raw.FPDFText_GetTextObject, ctypes.c_void_p, _ADDRESS, ctypes.c_int)
"""(text page address, character index) -> address of the text object, or None for a generated character."""
matrix_of = _prototype(raw.FPDFText_GetMatrix, ctypes.c_int, _ADDRESS, ctypes.c_int, _ADDRESS)
"""(text page address, character index, address of six float32 a to f) -> success."""
colour_of = _prototype(raw.FPDFText_GetFillColor, ctypes.c_int, _ADDRESS, ctypes.c_int, *[_ADDRESS] * 4)
"""(text page address, character index, addresses of uint32 red, green, blue, alpha) -> success."""
font_size_of = _prototype(raw.FPDFText_GetFontSize, ctypes.c_double, _ADDRESS, ctypes.c_int)
"""(text page address, character index) -> font size before scaling, in points."""
font_of = _prototype(raw.FPDFTextObj_GetFont, ctypes.c_void_p, _ADDRESS)
"""(text object address) -> address of its font."""
render_mode_of = _prototype(raw.FPDFTextObj_GetTextRenderMode, ctypes.c_int, _ADDRESS)
"""(text object address) -> the format's number for filled, outlined, invisible and so on."""


def address_of(handle: Any) -> int:
    """The address behind a pypdfium2 raw handle."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0
