"""Pages on their way from file to blocks: which of them hold text, and what is done about the others."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pypdfium2

from ingest.errors import DamagedFile, EmptyFile, LimitExceeded, NoTextLayer, UnreadableDocument, UnreadableFont
from ingest.pdf.characters import Characters, has_image, no_characters, read_characters
from ingest.pdf.layout import Flow
from ingest.pdf.lines import Line
from ingest.pdf.ocr import available_languages, recognise
from ingest.pdf.pdfium import PDFIUM
from ingest.pdf.readability import is_readable

_MINIMUM_CHARACTERS = 20
"""A page with fewer characters and an image on it may be a scan."""

_MINIMUM_CONFIDENCE = 0.5
"""Below it, what Tesseract returns is guesswork: another script, handwriting, a picture."""


@dataclass(slots=True)
class Sheet:
    """One page on its way from characters to blocks."""

    characters: Characters
    flows: list[Flow] = field(default_factory=list)
    removed: list[Line] = field(default_factory=list)
    contents: list[Line] = field(default_factory=list)
    scanned: bool = False
    unreadable: bool = False
    ocr_confidence: float | None = None


@dataclass(slots=True)
class Doubts:
    """Numbers of the pages that gave no text: scanned, in an unreadable font, not to be opened, or too late.

    On pages in `unseen` there is text that nobody sees, on those in `watermarks` words across the page: neither is
    read. `mended` says that the file was damaged, so that more than these may be missing.
    """

    scanned: list[int] = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    unseen: list[int] = field(default_factory=list)
    watermarks: list[int] = field(default_factory=list)
    mended: bool = False


def read_sheet(document: pypdfium2.PdfDocument, number: int, doubts: Doubts) -> Sheet:
    """One page's characters as the file states them."""
    with PDFIUM:
        try:
            page = document[number]
        except pypdfium2.PdfiumError:
            doubts.damaged.append(number + 1)
            return Sheet(no_characters(595.0, 842.0))
        try:
            characters = read_characters(page)
            scanned = characters.solid_count < _MINIMUM_CHARACTERS and has_image(page)
        finally:
            page.close()
    if characters.unseen:
        doubts.unseen.append(number + 1)
    if characters.watermark:
        doubts.watermarks.append(number + 1)
    return Sheet(characters, scanned=scanned, unreadable=not is_readable(characters.text))


def unreadable_fonts(sheets: Sequence[Sheet]) -> frozenset[str]:
    """Fonts whose text, over the whole document, does not read as text."""
    texts: dict[str, list[str]] = defaultdict(list)
    for sheet in sheets:
        for font, text in sheet.characters.text_by_font().items():
            texts[font].append(text)
    return frozenset(font for font, parts in texts.items() if not is_readable("\n".join(parts)))


def recognise_where_needed(
    document: pypdfium2.PdfDocument,
    number: int,
    sheet: Sheet,
    fonts: frozenset[str],
    ocr_until: float | None,
    doubts: Doubts,
) -> None:
    """Replaces a page's characters by recognised ones where it is scanned or in an unreadable font.

    No page is begun after the monotonic time `ocr_until`, so that those before it are kept; None recognises nothing.
    """
    broken = fonts & {style.font for style in sheet.characters.style_table}
    if not (sheet.scanned or sheet.unreadable or broken):
        return
    languages = available_languages() if ocr_until is not None else ()
    late = bool(languages) and ocr_until is not None and time.monotonic() > ocr_until
    if languages and not late:
        with PDFIUM:
            page = document[number]
        recognised, confidence = recognise(page, languages)
        with PDFIUM:
            page.close()
        enough = recognised.solid_count > (sheet.characters.solid_count if sheet.scanned else 0)
        if enough and confidence >= _MINIMUM_CONFIDENCE:
            drawn = recognised.shapes if sheet.scanned else sheet.characters.shapes
            sheet.characters = replace(recognised, shapes=drawn)
            sheet.ocr_confidence = confidence
            return
    if sheet.unreadable:
        sheet.characters = no_characters(sheet.characters.width, sheet.characters.height)
    elif broken:
        sheet.characters = sheet.characters.without_fonts(broken)
    if late:
        doubts.late.append(number + 1)
    elif sheet.unreadable or broken:
        doubts.unreadable.append(number + 1)
    elif not sheet.characters.solid_count:
        doubts.scanned.append(number + 1)


def without_text(path: Path, doubts: Doubts, recognised: bool) -> UnreadableDocument:
    """The error for a file of which no page gave text; `recognised` says that character recognition was tried."""
    if doubts.unreadable and recognised:
        return UnreadableFont(
            f"{path.name} har typsnitt utan läsbar teckenkodning, och teckenigenkänning gav ingen säker text; "
            "be utgivaren om en annan fil."
        )
    if doubts.unreadable:
        return UnreadableFont(
            f"{path.name} har typsnitt utan läsbar teckenkodning och kunde inte läsas; "
            "installera Tesseract för teckenigenkänning eller be utgivaren om en annan fil."
        )
    if doubts.scanned and recognised:
        return NoTextLayer(f"{path.name} är skannad och kunde inte läsas: ingen text kändes igen i bilderna.")
    if doubts.scanned:
        return NoTextLayer(
            f"{path.name} är skannad och kunde inte läsas; installera Tesseract med svenska, "
            "eller slå på RUS_OCR, och läs in filen på nytt."
        )
    if doubts.late:
        return LimitExceeded(
            f"{path.name} hann inte läsas genom teckenigenkänning; dela filen eller höj RUS_READ_TIMEOUT_SECONDS."
        )
    if doubts.damaged:
        return DamagedFile(f"{path.name} är skadad: ingen sida gick att läsa; hämta filen på nytt från källan.")
    return EmptyFile(f"{path.name} innehåller ingen text; kontrollera att rätt fil har valts.")


def warnings(doubts: Doubts) -> tuple[str, ...]:
    """One Swedish sentence for each reason why pages or parts of them are missing."""
    reasons = (
        (doubts.scanned, "är skannade och kunde inte läsas"),
        (doubts.unreadable, "har typsnitt utan läsbar teckenkodning och kunde inte läsas"),
        (doubts.late, "hann inte läsas genom teckenigenkänning; dela filen eller höj RUS_READ_TIMEOUT_SECONDS"),
        (doubts.damaged, "är skadade och kunde inte öppnas"),
        (doubts.unseen, "har osynlig text (dold, vit eller övertäckt) som inte lästes"),
        (doubts.watermarks, "har en vattenstämpel som inte lästes"),
    )
    whole_file = (
        ("Filen är skadad och lästes så långt det gick; hämta den på nytt från källan.",) if doubts.mended else ()
    )
    return whole_file + tuple(
        f"Sidorna {', '.join(map(str, sorted(pages)))} {reason}." if len(pages) > 1 else f"Sidan {pages[0]} {reason}."
        for pages, reason in reasons
        if pages
    )
