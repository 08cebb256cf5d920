"""Reads a PDF file into pages and blocks: the one function that the rest of the house calls is `read_pdf`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

import numpy as np

from ingest.documents import BlockKind, Page, ReadDocument, ReadingReport, ReadOptions
from ingest.pdf.assembly import PageText, assemble
from ingest.pdf.cleaning import clean_line, vocabulary_of
from ingest.pdf.drafts import Draft, body_of, draft_blocks, join_across, place_footnotes, split_footnotes
from ingest.pdf.furniture import (
    is_contents,
    printed_number,
    split_contents,
    split_furniture,
    split_margins,
    without_leaders,
)
from ingest.pdf.grids import rules_of, whole_grids
from ingest.pdf.headings import mark_headings
from ingest.pdf.layout import arrange
from ingest.pdf.lines import Line, join, read_fragments
from ingest.pdf.ocr import available_languages
from ingest.pdf.outline import FileFacts, read_facts, stands_in, told_of
from ingest.pdf.pdfium import draw_fields, opened
from ingest.pdf.sheets import (
    Doubts,
    Sheet,
    read_sheet,
    recognise_where_needed,
    unreadable_fonts,
    warnings,
    without_text,
)
from ingest.titles import is_sensible_title

_OCR_AT_ONCE = 2
"""Pages under character recognition at the same time."""

_BEGINNING_PAGES = 3
"""Where a document says its own title."""
_ENOUGH_WORDS = 50
"""With fewer nothing can be said of a stated title that does not occur."""


def read_pdf(path: Path, options: ReadOptions) -> ReadDocument:
    """The pages and blocks of the PDF file at `path`.

    Raises `EmptyFile`, `WrongType`, `DamagedFile`, `PasswordNeeded`, `LimitExceeded`, `NoTextLayer` or
    `UnreadableFont`. Single pages that give no text are listed in the report.
    """
    doubts = Doubts()
    ocr_until = time.monotonic() + options.ocr_seconds if options.ocr else None
    with opened(path, options.password, options.maximum_pages) as file:
        facts = read_facts(file.source, options.password)
        draw_fields(file.document, facts.fields)
        count = len(file.document)
        sheets = [read_sheet(file.document, number, doubts) for number in range(count)]
        fonts = unreadable_fonts(sheets)
        with ThreadPoolExecutor(_OCR_AT_ONCE) as pool:
            # Tesseract works in processes of its own, so threads are enough.
            tuple(
                pool.map(
                    lambda n: recognise_where_needed(file.document, n, sheets[n], fonts, ocr_until, doubts),
                    range(count),
                )
            )
        doubts.mended = file.mended
        if file.mended:
            doubts.damaged = [n for n, sheet in enumerate(sheets, 1) if not sheet.characters.solid_count]
    if not any(sheet.characters.solid_count for sheet in sheets):
        raise without_text(path, doubts, options.ocr and bool(available_languages()))
    _lay_out(sheets, [read_fragments(sheet.characters, number) for number, sheet in enumerate(sheets)])
    return _finish(sheets, _with_set_aside(_draft(sheets, facts), sheets), facts, doubts)


def _lay_out(sheets: Sequence[Sheet], pages: Sequence[list[Line]]) -> None:
    """Sets each page's flows in reading order, furniture and contents aside."""
    heights = [sheet.characters.height for sheet in sheets]
    grids = [
        whole_grids(rules_of(sheet.characters.shapes, sheet.characters.height), page)
        for sheet, page in zip(sheets, pages, strict=True)
    ]
    bodies, removed = split_furniture(pages, heights, grids)
    turned = [
        [read_fragments(sheet.characters, number, direction) for direction in (1, 2, 3)]
        for number, sheet in enumerate(sheets)
    ]
    margins = split_margins([list(chain.from_iterable(directions)) for directions in turned], pages)
    goes_on = False
    for number, (sheet, fragments, furniture) in enumerate(zip(sheets, bodies, removed, strict=True)):
        characters = sheet.characters
        contents = is_contents(fragments, len(sheets))
        if not contents:
            fragments = list(without_leaders(fragments, characters.frame))
        flows = arrange(fragments, characters.shapes, characters.width, characters.height)
        aside = {id(line) for line in margins[number]}
        for lines in turned[number]:
            kept = [line for line in lines if id(line) not in aside]
            flows += arrange(kept, np.zeros((0, 4), np.float32), characters.width, characters.height)
        sheet.flows, sheet.contents = split_contents(flows, goes_on and contents)
        goes_on = bool(sheet.contents)
        sheet.removed += furniture + margins[number]


def _draft(sheets: Sequence[Sheet], facts: FileFacts) -> list[Draft]:
    """The document's blocks in reading order, each page's footnotes after the last block of their section there."""
    body = body_of([flow for sheet in sheets for flow in sheet.flows])
    drafts: list[Draft] = []
    notes: list[Draft] = []
    for sheet in sheets:
        found = split_footnotes(sheet.flows, body, sheet.characters.height)
        for flow in sheet.flows:
            if flow.lines:
                drafts += draft_blocks(flow, body)
        notes += found
    drafts = mark_headings(join_across(drafts), body, facts.outline)
    return place_footnotes(drafts, notes)


def _with_set_aside(drafts: Sequence[Draft], sheets: Sequence[Sheet]) -> list[Draft]:
    """The blocks with each page's contents lines and furniture after the last block that begins on the page."""
    aside: dict[int, list[Draft]] = {}
    for number, sheet in enumerate(sheets):
        kinds = ((BlockKind.CONTENTS, sheet.contents), (BlockKind.FURNITURE, sheet.removed))
        aside[number] = [Draft(kind, lines) for kind, lines in kinds if lines]
    placed: list[Draft] = []
    for draft in drafts:
        for number in [page for page in aside if page < draft.page]:
            placed += aside.pop(number)
        placed.append(draft)
    return placed + [block for blocks in aside.values() for block in blocks]


def _finish(sheets: Sequence[Sheet], drafts: Sequence[Draft], facts: FileFacts, doubts: Doubts) -> ReadDocument:
    vocabulary = vocabulary_of(line for draft in drafts for line in draft.lines)
    texts = []
    for number, sheet in enumerate(sheets, 1):
        label = facts.label(number - 1) or printed_number(sheet.removed)
        texts.append(PageText(number, sheet.characters, label, sheet.ocr_confidence))
    blocks, repaired = assemble(drafts, texts, vocabulary)
    pages = tuple(text.page() for text in texts)
    report = ReadingReport(
        pages=len(pages),
        pages_without_text=tuple(number for number, sheet in enumerate(sheets, 1) if not sheet.characters.solid_count),
        pages_by_ocr=tuple(page.number for page in pages if page.number and page.ocr_confidence is not None),
        headings=sum(block.kind is BlockKind.HEADING for block in blocks),
        repaired_words=repaired,
        furniture_removed=sum(len(sheet.removed) for sheet in sheets),
        warnings=warnings(doubts) + told_of(facts),
    )
    title = _title(facts, pages, drafts)
    return ReadDocument(pages, blocks, report, title, facts.published, facts.updated, facts.attachments)


def _title(facts: FileFacts, pages: Sequence[Page], drafts: Sequence[Draft]) -> str | None:
    """The stated title where the document's beginning knows a word of it, else its largest text.

    Minutes that begin with an item of theirs ("§ 40 Bygglov") are not called by it.
    """
    beginning = "\n".join(page.text for page in pages[:_BEGINNING_PAGES])
    short = len(beginning.split()) < _ENOUGH_WORDS
    if facts.title is not None and (short or stands_in(facts.title, beginning)):
        return facts.title
    largest = _largest_text(drafts)
    return facts.title if largest is None or ("§" in largest and facts.title) else largest


def _largest_text(drafts: Sequence[Draft]) -> str | None:
    """The largest text of the first page, which is the title where the file does not state one."""
    kinds = (BlockKind.HEADING, BlockKind.PARAGRAPH)
    first = [draft for draft in drafts if draft.kind in kinds and draft.page == 0 and len(draft.text) < 250]
    titles = [(draft.lines[0].size, clean_line(join(draft.lines)).characters) for draft in first]
    sensible = [(size, title) for size, title in titles if is_sensible_title(title)]
    return max(sensible, key=lambda pair: pair[0])[1] if sensible else None
