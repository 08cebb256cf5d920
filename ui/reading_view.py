"""The reading view: one page's image beside what was read from it, block by block."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.catalogue import Catalogue
from ingest.documents import Block, BlockKind, ReadDocument
from ui.documents_tab import page_remarks
from ui.markup import render
from ui.sources import PageImage, page_figure

_LABELS = {
    BlockKind.HEADING: "heading_kind",
    BlockKind.TABLE: "table",
    BlockKind.CAPTION: "caption",
    BlockKind.FOOTNOTE: "footnote",
    BlockKind.CONTENTS: "contents",
    BlockKind.FURNITURE: "furniture",
}
_LEFT_OUT = (BlockKind.CONTENTS, BlockKind.FURNITURE)


def reading_html(
    title: str, read: ReadDocument, page: int | None, image: PageImage | None, catalogue: Catalogue
) -> str:
    """The page's text with its structure named, and its image where there is one. `page` is None for a web page."""
    report = read.report
    counts = {"headings": report.headings, "repaired": report.repaired_words, "furniture": report.furniture_removed}
    line = catalogue.text("ui.reading.report_line", {name: str(count) for name, count in counts.items()})
    values = {
        "blocks": list(_blocks(read, page, catalogue)),
        "image": page_figure(image, title, "", catalogue) if image else None,
        "is_web": page is None,
        "report": [line, *page_remarks(report, catalogue), *report.warnings],
    }
    return render("reading", catalogue, values)


def _blocks(read: ReadDocument, page: int | None, catalogue: Catalogue) -> Iterator[tuple[str, str, bool, bool]]:
    """Each block on the page: what it is called where it is no plain paragraph, text, whether a heading, left out."""
    for block in read.blocks:
        if text := text_on_page(block, page):
            key = _LABELS.get(block.kind)
            label = catalogue.text(f"ui.reading.{key}", {"level": str(block.level)}) if key else ""
            yield label, text, block.kind is BlockKind.HEADING, block.kind in _LEFT_OUT


def text_on_page(block: Block, page: int | None) -> str:
    """The part of the block that stands on `page`; the whole of a block left out of the text, whose span is empty."""
    parts = [span for span in block.spans if span.page == page]
    if any(span.start == span.end for span in parts):
        return block.text
    return "\n".join(block.text[span.offset : span.offset + span.end - span.start] for span in parts)
