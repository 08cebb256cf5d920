"""Pages on their way from file to blocks: which hold text that can be read, and what is done about the others."""

from __future__ import annotations

import math
import re
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import pypdfium2

from ingest.errors import DamagedFile, EmptyFile, LimitExceeded, NoTextLayer, UnreadableDocument, UnreadableFont
from ingest.pdf.characters import Characters, has_image, no_characters, read_characters
from ingest.pdf.layout import Flow
from ingest.pdf.lines import Line
from ingest.pdf.ocr import available_languages, recognise
from ingest.pdf.pdfium import PDFIUM

_COMMON_PAIRS = frozenset(
    "ab ac ad ag ak al am an ap ar as at av ba be bi bl bu ca ce ch ci ck cl co ct da de di do dr ds du ea ec ed ee "
    "ef eg ek el em en ep er es et ex fa fi fo fr ft fö ga ge gi gr gs gt ha he hi ho ia ic id ie if ig ik il im in "
    "io is it iv jä ka ke ki kl kn ko kr kt ku la ld le lf li ll lo ls lt lu lä ma me mi mm mo mp na nc nd ne ng ni "
    "nk nn no ns nt nä oc od ol om on op or os ot ou pa pe pl po pp pr på ra rb rd re ri rk rl rm rn ro rr rs rt ru "
    "rä rå sa se si sk sl so sp ss st sä så ta te th ti to tr ts tt tu ty tä ue ul um un up ur us ut va ve vi vä vå "
    "wa äl än är ät ån år ör öv".split()
)
"""The commonest letter pairs of Swedish and English words."""
_READABLE_SHARE = 0.55
"""Between running Swedish and English (0.82 to 0.86 of the pairs are common) and mixed-up codes (below 0.4)."""
_ENOUGH_PAIRS = 60
_DEVIATIONS = 2.0
"""How far below the share a text must lie, in standard errors of a share over words of unequal length (the ratio
estimator of Cochran, Sampling Techniques, 1977, chapter 6): a few words, said again and again, prove nothing."""
_BROKEN_SHARE = 0.1
_BROKEN_CATEGORIES = ("Co", "Cn", "Cc", "Cs")
_MORE_THAN_BULLETS = 8
"""Different private-use codes: a symbol font used for bullets has fewer."""
_WORD = re.compile(r"[^\W\d_]{2,}")


def is_readable(text: str) -> bool:
    """Whether the text reads as Swedish or English, as far as it is long enough to tell.

    Too many private-use, unassigned or control characters make any text unreadable. Each word counts once. Text in
    another script is left alone: its letters say nothing about a broken font.
    """
    counts = {character: count for character, count in Counter(text).items() if not character.isspace()}
    broken = {c: n for c, n in counts.items() if c == "\ufffd" or unicodedata.category(c) in _BROKEN_CATEGORIES}
    if sum(broken.values()) > _BROKEN_SHARE * sum(counts.values()) and len(broken) >= _MORE_THAN_BULLETS:
        return False
    words = sorted({word.casefold() for word in _WORD.findall(text)})
    latin = [word for word in words if "a" <= unicodedata.normalize("NFD", word)[0] <= "z"]
    if len(latin) < 0.7 * len(words) and _is_one_script(words):
        return True
    lengths = [len(word) - 1 for word in words]
    if sum(lengths) < _ENOUGH_PAIRS:
        return True
    common = [sum(first + second in _COMMON_PAIRS for first, second in pairwise(word)) for word in words]
    share = sum(common) / sum(lengths)
    chance = math.sqrt(sum((hits - share * pairs) ** 2 for hits, pairs in zip(common, lengths, strict=True)))
    return share + _DEVIATIONS * chance / sum(lengths) >= _READABLE_SHARE


def _is_one_script(words: list[str]) -> bool:
    """Whether words are each written in one script, as they are where the script is meant."""
    scripts = [{unicodedata.name(letter, "?").split()[0] for letter in word} for word in words]
    return sum(len(names) == 1 for names in scripts) > 0.9 * len(words)


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
            sheet.characters = replace(recognised, shapes=sheet.characters.shapes)
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
