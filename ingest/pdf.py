"""Reads a PDF file into pages and blocks: the one function that the rest of the house calls is `read_pdf`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pypdfium2

from ingest.assembly import PageText, assemble
from ingest.blocks import Draft, body_of, draft_blocks, join_across, split_footnotes
from ingest.characters import Characters, has_image, no_characters, read_characters
from ingest.cleaning import vocabulary_of
from ingest.contents import Entry, split_contents
from ingest.documents import BlockKind, ReadDocument, ReadingReport
from ingest.errors import DamagedFile, EmptyFile, NoTextLayer, UnreadableDocument, UnreadableFont
from ingest.furniture import split_furniture
from ingest.headings import mark_headings
from ingest.layout import Flow, arrange, rules_of
from ingest.lines import Line, read_fragments
from ingest.ocr import available_languages, recognise
from ingest.outline import FileFacts, read_facts
from ingest.pdfium import PDFIUM, opened
from ingest.read import ReadOptions
from ingest.readability import is_readable


_MINIMUM_CHARACTERS = 20
"""A page with fewer characters and an image on it may be a scan."""


@dataclass(slots=True)
class _Sheet:
    """One page on its way from characters to blocks."""

    characters: Characters
    fragments: list[Line] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    removed: list[Line] = field(default_factory=list)
    contents: list[Line] = field(default_factory=list)
    scanned: bool = False
    unreadable: bool = False
    ocr_confidence: float | None = None


@dataclass(slots=True)
class _Doubts:
    """Numbers of the pages that gave no text: scanned, in an unreadable font, or not to be opened."""

    scanned: list[int] = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)


def read_pdf(path: Path, options: ReadOptions) -> ReadDocument:
    """The pages and blocks of the PDF file at `path`.

    Raises `EmptyFile`, `WrongType`, `DamagedFile`, `PasswordNeeded`, `LimitExceeded`, `NoTextLayer` or
    `UnreadableFont`. Single pages that give no text are listed in the report.
    """
    doubts = _Doubts()
    languages = available_languages() if options.ocr else ()
    with opened(path, options.password, options.maximum_pages) as file:
        sheets = [_read_sheet(file.document, number, doubts) for number in range(len(file.document))]
        fonts = _unreadable_fonts(sheets)
        for number, sheet in enumerate(sheets):
            _recognise_where_needed(file.document, number, sheet, fonts, languages, doubts)
        if file.mended:
            doubts.damaged = [n for n, sheet in enumerate(sheets, 1) if not sheet.characters.solid_count]
        facts = read_facts(file.document)
    for number, sheet in enumerate(sheets):
        sheet.fragments = read_fragments(sheet.characters, number)
    if not any(sheet.characters.solid_count for sheet in sheets):
        raise _without_text(path, doubts, bool(languages))
    entries = _lay_out(sheets)
    drafts = _draft(sheets, entries, facts)
    return _finish(sheets, drafts, facts, doubts)


def _read_sheet(document: pypdfium2.PdfDocument, number: int, doubts: _Doubts) -> _Sheet:
    """One page's characters as the file states them."""
    with PDFIUM:
        try:
            page = document[number]
        except pypdfium2.PdfiumError:
            doubts.damaged.append(number + 1)
            return _Sheet(no_characters(595.0, 842.0))
        try:
            characters = read_characters(page)
            scanned = characters.solid_count < _MINIMUM_CHARACTERS and has_image(page)
        finally:
            page.close()
    return _Sheet(characters, scanned=scanned, unreadable=not is_readable(characters.text))


def _unreadable_fonts(sheets: Sequence[_Sheet]) -> frozenset[str]:
    """Fonts whose text, over the whole document, does not read as text."""
    texts: dict[str, list[str]] = defaultdict(list)
    for sheet in sheets:
        for font, text in sheet.characters.text_by_font().items():
            texts[font].append(text)
    return frozenset(font for font, parts in texts.items() if not is_readable("\n".join(parts)))


def _recognise_where_needed(
    document: pypdfium2.PdfDocument,
    number: int,
    sheet: _Sheet,
    fonts: frozenset[str],
    languages: tuple[str, ...],
    doubts: _Doubts,
) -> None:
    """Replaces a page's characters by recognised ones where it is scanned or in an unreadable font."""
    broken = fonts & {style.font for style in sheet.characters.style_table}
    if not (sheet.scanned or sheet.unreadable or broken):
        return
    if languages:
        with PDFIUM:
            page = document[number]
        recognised, confidence = recognise(page, languages)
        with PDFIUM:
            page.close()
        if recognised.solid_count > (sheet.characters.solid_count if sheet.scanned else 0):
            sheet.characters = replace(recognised, shapes=sheet.characters.shapes)
            sheet.ocr_confidence = confidence
            return
    if sheet.unreadable:
        sheet.characters = no_characters(sheet.characters.width, sheet.characters.height)
    elif broken:
        sheet.characters = sheet.characters.without_fonts(broken)
    if sheet.unreadable or broken:
        doubts.unreadable.append(number + 1)
    elif not sheet.characters.solid_count:
        doubts.scanned.append(number + 1)


def _without_text(path: Path, doubts: _Doubts, recognised: bool) -> UnreadableDocument:
    if doubts.unreadable:
        return UnreadableFont(
            f"{path.name} har typsnitt utan läsbar teckenkodning och kunde inte läsas; "
            "installera Tesseract för teckenigenkänning eller be utgivaren om en annan fil."
        )
    if doubts.scanned and recognised:
        return NoTextLayer(f"{path.name} är skannad och kunde inte läsas: ingen text kändes igen i bilderna.")
    if doubts.scanned:
        return NoTextLayer(
            f"{path.name} är skannad och kunde inte läsas; installera Tesseract med svenska och läs in filen på nytt."
        )
    if doubts.damaged:
        return DamagedFile(f"{path.name} är skadad: ingen sida gick att läsa; hämta filen på nytt från källan.")
    return EmptyFile(f"{path.name} innehåller ingen text; kontrollera att rätt fil har valts.")


def _lay_out(sheets: Sequence[_Sheet]) -> list[Entry]:
    """Furniture and contents aside, each page's flows in reading order; returns the contents entries."""
    heights = [sheet.characters.height for sheet in sheets]
    bodies, removed = split_furniture([sheet.fragments for sheet in sheets], heights)
    entries: list[Entry] = []
    for number, (sheet, fragments, furniture) in enumerate(zip(sheets, bodies, removed, strict=True)):
        characters = sheet.characters
        flows = arrange(fragments, characters.shapes, characters.width, characters.height)
        for direction in (1, 2, 3):
            turned = read_fragments(characters, number, direction)
            flows += arrange(turned, np.zeros((0, 4), np.float32), characters.width, characters.height)
        sheet.flows, sheet.contents, found = split_contents(flows)
        sheet.removed = furniture
        entries += found
    return entries


def _draft(sheets: Sequence[_Sheet], entries: Sequence[Entry], facts: FileFacts) -> list[Draft]:
    """The document's blocks in reading order, each page's footnotes after the last block of their section there."""
    body = body_of([flow for sheet in sheets for flow in sheet.flows])
    drafts: list[Draft] = []
    notes: list[Draft] = []
    for number, sheet in enumerate(sheets):
        rules = rules_of(sheet.characters.shapes)
        found = split_footnotes(sheet.flows, rules, body, sheet.characters.height)
        for kind, lines in ((BlockKind.FURNITURE, sheet.removed), (BlockKind.CONTENTS, sheet.contents)):
            if lines:
                drafts.append(Draft(kind, lines))
        for flow in sheet.flows:
            if flow.lines:
                drafts += draft_blocks(flow, body)
        notes += found
    drafts = mark_headings(join_across(drafts), body, facts.outline, entries)
    return place_footnotes(drafts, notes)


def place_footnotes(drafts: list[Draft], notes: Sequence[Draft]) -> list[Draft]:
    """Puts each footnote after the last block of the section that carries its mark on its page."""
    placed = list(drafts)
    for note in reversed(notes):
        mark = note_mark(note)
        carrier = next((i for i, draft in enumerate(placed) if _carries(draft, mark, note.page)), None)
        if carrier is None:
            on_page = [i for i, draft in enumerate(placed) if any(line.page == note.page for line in draft.lines)]
            place = on_page[-1] + 1 if on_page else len(placed)
        else:
            place = carrier + 1
            while (
                place < len(placed) and placed[place].kind is not BlockKind.HEADING and placed[place].page == note.page
            ):
                place += 1
        placed.insert(place, note)
    return placed


def note_mark(note: Draft) -> str:
    """The number or sign that a footnote begins with."""
    text = note.lines[0].text.lstrip(" [(")
    length = next((i for i, character in enumerate(text) if not (character.isdigit() or character in "*†‡")), len(text))
    return text[:length]


def _carries(draft: Draft, mark: str, page: int) -> bool:
    return bool(mark) and any(
        line.page == page and mark in (line.text[start:end].strip() for start, end in line.raised)
        for line in draft.lines
        if draft.kind is not BlockKind.FOOTNOTE
    )


def _finish(sheets: Sequence[_Sheet], drafts: Sequence[Draft], facts: FileFacts, doubts: _Doubts) -> ReadDocument:
    vocabulary = vocabulary_of(line for draft in drafts for line in draft.lines)
    texts = [
        PageText(number, sheet.characters, facts.label(number), sheet.ocr_confidence)
        for number, sheet in enumerate(sheets, 1)
    ]
    blocks, repaired = assemble(drafts, texts, vocabulary)
    pages = tuple(text.page() for text in texts)
    report = ReadingReport(
        pages=len(pages),
        pages_without_text=tuple(number for number, sheet in enumerate(sheets, 1) if not sheet.characters.solid_count),
        pages_by_ocr=tuple(page.number for page in pages if page.number and page.ocr_confidence is not None),
        headings=sum(block.kind is BlockKind.HEADING for block in blocks),
        repaired_words=repaired,
        furniture_removed=sum(len(sheet.removed) for sheet in sheets),
        warnings=_warnings(doubts),
    )
    return ReadDocument(pages, blocks, report, facts.title or _largest_text(drafts), facts.published, facts.updated)


def _warnings(doubts: _Doubts) -> tuple[str, ...]:
    """One Swedish sentence for each reason why pages are missing."""
    reasons = (
        (doubts.scanned, "är skannade och kunde inte läsas"),
        (doubts.unreadable, "har typsnitt utan läsbar teckenkodning och kunde inte läsas"),
        (doubts.damaged, "är skadade och kunde inte öppnas"),
    )
    return tuple(
        f"Sidorna {', '.join(map(str, pages))} {reason}." if len(pages) > 1 else f"Sidan {pages[0]} {reason}."
        for pages, reason in reasons
        if pages
    )


def _largest_text(drafts: Sequence[Draft]) -> str | None:
    """The largest text of the first page, which is the title where the file does not state one."""
    kinds = (BlockKind.HEADING, BlockKind.PARAGRAPH)
    first = [draft for draft in drafts if draft.kind in kinds and draft.page == 0 and len(draft.text) < 250]
    if not first:
        return None
    return max(first, key=lambda draft: draft.lines[0].size).text
