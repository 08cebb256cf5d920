"""Blocks' lines to clean text, page text, spans and character boxes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ingest.documents import Block, BlockKind, Page, Span
from ingest.pdf.characters import Characters
from ingest.pdf.cleaning import Text, Vocabulary, clean_line, close_cells, continue_text
from ingest.pdf.drafts import Draft, note_mark
from ingest.pdf.lines import Line

_APART = (BlockKind.FURNITURE, BlockKind.CONTENTS)


class PageText:
    """One page's clean text as it grows, block by block; `page()` gives the finished page."""

    def __init__(self, number: int, characters: Characters, label: str | None, ocr_confidence: float | None) -> None:
        self.number = number
        self._characters = characters
        self._label = label
        self._ocr_confidence = ocr_confidence
        self._text = Text()

    def append(self, text: Text) -> tuple[int, int]:
        """Adds a block's text on a line of its own and returns its (start, end) offsets."""
        self._text.add("\n" if self._text.characters else "", text)
        end = len(self._text.characters)
        return end - len(text.characters), end

    def page(self) -> Page:
        """The page, with a box for each character that the file draws and NaN for the others."""
        padded = np.vstack([self._characters.boxes, np.full((1, 4), np.nan, dtype=np.float32)])
        return Page(
            number=self.number,
            text=self._text.characters,
            label=self._label,
            width=self._characters.width,
            height=self._characters.height,
            boxes=padded[np.array(self._text.source, dtype=np.intp)],
            ocr_confidence=self._ocr_confidence,
        )


def assemble(
    drafts: Sequence[Draft], pages: Sequence[PageText], vocabulary: Vocabulary
) -> tuple[tuple[Block, ...], int]:
    """The finished blocks, with their text put into `pages`; and how many broken words were mended."""
    note_marks = {note_mark(draft) for draft in drafts if draft.kind is BlockKind.FOOTNOTE} - {""}
    blocks, repaired = [], 0
    for draft in drafts:
        if draft.kind in _APART:
            text = "\n".join(clean_line(line).characters for line in draft.lines)
            blocks.append(Block(draft.kind, text, (Span(draft.page + 1, 0, 0),), 0))
            continue
        block, mended = _block(draft, pages, vocabulary, note_marks)
        repaired += mended
        if block is not None:
            blocks.append(block)
    return tuple(blocks), repaired


def _block(
    draft: Draft, pages: Sequence[PageText], vocabulary: Vocabulary, note_marks: set[str]
) -> tuple[Block | None, int]:
    parts: list[tuple[int, Text]] = []
    repaired = 0
    joints: list[str] = []
    separator = "\n" if draft.kind is BlockKind.TABLE else " "
    for line in draft.lines:
        text = clean_line(line, () if draft.kind is BlockKind.FOOTNOTE else _marks_in(line, note_marks))
        if not text.characters:
            continue
        if draft.kind is BlockKind.TABLE:
            repaired += close_cells(text, vocabulary)
        if draft.kind is BlockKind.FOOTNOTE and line is draft.lines[0]:
            _set_apart_mark(text, line)
        if not parts or parts[-1][0] != line.page:
            if parts:
                joint, mended = _joint_over_pages(parts[-1][1], text, vocabulary)
                joints.append(joint)
                repaired += mended
            parts.append((line.page, text))
        elif separator == "\n":
            parts[-1][1].add("\n", text)
        else:
            repaired += continue_text(parts[-1][1], text, vocabulary)
    if not parts:
        return None, 0
    whole, spans = "", []
    for index, (page, text) in enumerate(parts):
        if index:
            whole += joints[index - 1] if separator == " " or draft.breaks_row(page) else "\n"
        start, end = pages[page].append(text)
        spans.append(Span(page + 1, start, end, len(whole)))
        whole += text.characters
    return Block(draft.kind, whole, tuple(spans), draft.level), repaired


def _set_apart_mark(text: Text, line: Line) -> None:
    """Puts a space between a footnote's raised mark and its text."""
    mark = line.text[slice(*line.raised[0])].strip() if line.raised and line.raised[0][0] == 0 else ""
    rest = text.characters[len(mark) :]
    if mark and text.characters.startswith(mark) and rest[:1].strip():
        text.characters = f"{mark} {rest}"
        text.source.insert(len(mark), -1)


def _joint_over_pages(before: Text, after: Text, vocabulary: Vocabulary) -> tuple[str, bool]:
    """What stands between two pages' parts of a block; a hyphen that goes is taken off the first part."""
    trial = Text(before.characters, list(before.source))
    mended = continue_text(trial, after, vocabulary)
    if mended:
        before.characters, before.source = before.characters[:-1], before.source[:-1]
    between = len(trial.characters) - len(before.characters) - len(after.characters)
    return " " * between, mended


def _marks_in(line: Line, note_marks: set[str]) -> list[tuple[int, int]]:
    """Where in the line a footnote is referred to, so that its number does not stick to a word."""
    found = []
    for start, end in line.raised:
        marks = line.text[start:end].replace(",", " ").split()
        if marks and all(mark.strip("()[]") in note_marks for mark in marks):
            found.append((start, end))
    return found
