"""The reading view: one page's image beside what was read from it, block by block."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.catalogue import Catalogue
from ingest.documents import Block, BlockKind, ReadDocument, ReadingReport
from ingest.plain import BULLETS
from ui.documents_tab import page_remarks
from ui.markup import render
from ui.sources import PageImage, page_figure

_LABELS = {
    BlockKind.HEADING: "ui.reading.heading_kind",
    BlockKind.TABLE: "ui.reading.table",
    BlockKind.CAPTION: "ui.reading.caption",
    BlockKind.FOOTNOTE: "ui.reading.footnote",
    BlockKind.CONTENTS: "ui.reading.contents",
    BlockKind.FURNITURE: "ui.reading.furniture",
}
_BULLET = re.compile(rf"^\s*[{BULLETS}–-]\s+")
_LEFT_OUT = (BlockKind.CONTENTS, BlockKind.FURNITURE)


@dataclass(frozen=True, slots=True)
class _Part:
    """A block as it is shown, or a run of list items; `label` names what is no plain paragraph."""

    text: str = ""
    items: tuple[str, ...] = ()
    label: str = ""
    is_heading: bool = False
    is_left_out: bool = False


def reading_html(
    title: str, read: ReadDocument, page: int | None, image: PageImage | None, catalogue: Catalogue
) -> str:
    """The page's text with its structure named, and its image where there is one. `page` is None for a web page."""
    values = {
        "parts": list(_parts(read, page, catalogue)),
        "image": page_figure(image, title, "", catalogue) if image else None,
        "is_web": page is None,
        "report": _report(read.report, catalogue),
    }
    return render("reading", catalogue, values)


def _parts(read: ReadDocument, page: int | None, catalogue: Catalogue) -> Iterator[_Part]:
    blocks = [(block.kind, block.level, text) for block in read.blocks if (text := text_on_page(block, page))]
    for kind, group in groupby(blocks, key=lambda block: block[0]):
        if kind is BlockKind.LIST_ITEM:
            yield _Part(items=tuple(_BULLET.sub("", text) for _, _, text in group))
            continue
        for _, level, text in group:
            label = catalogue.text(_LABELS[kind], {"level": str(level)}) if kind in _LABELS else ""
            yield _Part(text, (), label, kind is BlockKind.HEADING, kind in _LEFT_OUT)


def text_on_page(block: Block, page: int | None) -> str:
    """The part of the block that stands on `page`; the whole of a block left out of the text, whose span is empty."""
    parts = [span for span in block.spans if span.page == page]
    if any(span.start == span.end for span in parts):
        return block.text
    return "\n".join(block.text[span.offset : span.offset + span.end - span.start] for span in parts)


def _report(report: ReadingReport, catalogue: Catalogue) -> list[str]:
    values = {
        "headings": str(report.headings),
        "repaired": str(report.repaired_words),
        "furniture": str(report.furniture_removed),
    }
    return [catalogue.text("ui.reading.report_line", values), *page_remarks(report, catalogue), *report.warnings]


def nearest(numbers: Sequence[int], wanted: float | None) -> int:
    """The page of `numbers` nearest to the one wanted, the first where none is."""
    return numbers[0] if wanted is None else min(numbers, key=lambda number: abs(number - wanted))
