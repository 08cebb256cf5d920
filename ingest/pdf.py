"""Reads a PDF file into pages and blocks: the one function that the rest of the house calls is `read_pdf`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pypdfium2

from ingest.assembly import PageText, assemble
from ingest.blocks import Draft, body_of, draft_blocks, join_across, split_footnotes
from ingest.characters import Characters, read_characters
from ingest.cleaning import vocabulary_of
from ingest.contents import Entry, split_contents
from ingest.documents import BlockKind, ReadDocument, ReadingReport
from ingest.furniture import split_furniture
from ingest.headings import mark_headings
from ingest.layout import Flow, arrange, rules_of
from ingest.lines import Line, read_fragments
from ingest.outline import FileFacts, read_facts
from ingest.pdfium import PDFIUM, opened
from ingest.read import ReadOptions


@dataclass(slots=True)
class _Sheet:
    """One page on its way from characters to blocks."""

    characters: Characters
    fragments: list[Line] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    removed: list[Line] = field(default_factory=list)
    contents: list[Line] = field(default_factory=list)
    ocr_confidence: float | None = None


def read_pdf(path: Path, options: ReadOptions) -> ReadDocument:
    """The pages and blocks of the PDF file at `path`.

    Raises `EmptyFile`, `DamagedFile`, `PasswordNeeded`, `LimitExceeded`, `NoTextLayer` or `UnreadableFont`.
    """
    with opened(path, options.password, options.maximum_pages) as document:
        sheets = _read_sheets(document)
        facts = read_facts(path, options.password, document)
    entries = _lay_out(sheets)
    drafts = _draft(sheets, entries, facts)
    return _finish(sheets, drafts, facts)


def _read_sheets(document: pypdfium2.PdfDocument) -> list[_Sheet]:
    sheets = []
    for number in range(len(document)):
        with PDFIUM:
            page = document[number]
            characters = read_characters(page)
            page.close()
        sheets.append(_Sheet(characters, read_fragments(characters, number)))
    return sheets


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


def _finish(sheets: Sequence[_Sheet], drafts: Sequence[Draft], facts: FileFacts) -> ReadDocument:
    vocabulary = vocabulary_of(line for draft in drafts for line in draft.lines)
    texts = [
        PageText(number, sheet.characters, facts.label(number), sheet.ocr_confidence)
        for number, sheet in enumerate(sheets, 1)
    ]
    blocks, repaired = assemble(drafts, texts, vocabulary)
    pages = tuple(text.page() for text in texts)
    report = ReadingReport(
        pages=len(pages),
        pages_without_text=tuple(page.number for page in pages if page.number and not page.text.strip()),
        pages_by_ocr=tuple(page.number for page in pages if page.number and page.ocr_confidence is not None),
        headings=sum(block.kind is BlockKind.HEADING for block in blocks),
        repaired_words=repaired,
        furniture_removed=sum(len(sheet.removed) for sheet in sheets),
    )
    return ReadDocument(pages, blocks, report, facts.title or _largest_text(drafts), facts.published, facts.updated)


def _largest_text(drafts: Sequence[Draft]) -> str | None:
    """The largest text of the first page, which is the title where the file does not state one."""
    kinds = (BlockKind.HEADING, BlockKind.PARAGRAPH)
    first = [draft for draft in drafts if draft.kind in kinds and draft.page == 0 and len(draft.text) < 250]
    if not first:
        return None
    return max(first, key=lambda draft: draft.lines[0].size).text
