"""The reading view: one page's image beside what was read from it, block by block. Builds HTML; all text is escaped."""

from __future__ import annotations

import html
import re
from itertools import groupby

from assistant.catalogue import Catalogue
from ingest.documents import Block, BlockKind, ReadDocument, ReadingReport
from ui.citations import PageImage, page_figure

_LABELS = {
    BlockKind.TABLE: "ui.reading.table",
    BlockKind.CAPTION: "ui.reading.caption",
    BlockKind.FOOTNOTE: "ui.reading.footnote",
    BlockKind.CONTENTS: "ui.reading.contents",
    BlockKind.FURNITURE: "ui.reading.furniture",
}
_BULLET = re.compile(r"^\s*[•▪▫◦‣·–-]\s+")
_LEFT_OUT = (BlockKind.CONTENTS, BlockKind.FURNITURE)


def reading_html(
    title: str, read: ReadDocument, page: int | None, image: PageImage | None, catalogue: Catalogue
) -> str:
    """The page's text with its structure named, and its image where there is one. `page` is None for a web page."""
    blocks = [(block.kind, block.level, text) for block in read.blocks if (text := text_on_page(block, page))]
    body = "".join(
        _list(texts) if kind is BlockKind.LIST_ITEM else "".join(_block(kind, level, text, catalogue) for text in texts)
        for (kind, level), group in groupby(blocks, key=lambda block: block[:2])
        for texts in [[text for _, _, text in group]]
    )
    if not body:
        body = f"<p>{html.escape(catalogue.text('ui.reading.empty_page'))}</p>"
    heading = catalogue.text("ui.reading.text" if page is not None else "ui.reading.web")
    read_part = f"<div><h3>{html.escape(heading)}</h3>{body}</div>"
    report = _report(read.report, catalogue)
    if image is None:
        return f"{read_part}{report}"
    picture = f"<div><h3>{html.escape(catalogue.text('ui.reading.image'))}</h3>"
    picture += page_figure(image, title, "", catalogue) + "</div>"
    return f'<div class="rus-reading">{picture}{read_part}</div>{report}'


def text_on_page(block: Block, page: int | None) -> str:
    """The part of the block that stands on `page`; the whole of a block left out of the text, whose span is empty."""
    parts = [span for span in block.spans if span.page == page]
    if any(span.start == span.end for span in parts):
        return block.text
    return "\n".join(block.text[span.offset : span.offset + span.end - span.start] for span in parts)


def page_numbers(read: ReadDocument) -> tuple[int, ...]:
    """The physical pages of the document, none for a web page."""
    return tuple(page.number for page in read.pages if page.number is not None)


def _list(texts: list[str]) -> str:
    items = (f"<li>{html.escape(_BULLET.sub('', text))}</li>" for text in texts)
    return f"<ul>{''.join(items)}</ul>"


def _block(kind: BlockKind, level: int, text: str, catalogue: Catalogue) -> str:
    if kind is BlockKind.PARAGRAPH:
        return f"<p>{html.escape(text)}</p>"
    if kind is BlockKind.HEADING:
        label = catalogue.text("ui.reading.heading_kind", {"level": str(level)})
    else:
        label = catalogue.text(_LABELS[kind])
    apart = " rus-left-out" if kind in _LEFT_OUT else ""
    shown = f"<strong>{html.escape(text)}</strong>" if kind is BlockKind.HEADING else html.escape(text)
    return f'<div class="rus-block{apart}"><span class="rus-kind">{html.escape(label)}</span>{shown}</div>'


def _report(report: ReadingReport, catalogue: Catalogue) -> str:
    values = {
        "pages": str(report.pages),
        "headings": str(report.headings),
        "repaired": str(report.repaired_words),
        "furniture": str(report.furniture_removed),
    }
    lines = [catalogue.text("ui.reading.report_line", values)]
    if report.pages_by_ocr:
        pages = ", ".join(map(str, report.pages_by_ocr))
        lines.append(catalogue.text("ui.documents.ocr_pages", {"pages": pages}))
    if report.pages_without_text:
        pages = ", ".join(map(str, report.pages_without_text))
        lines.append(catalogue.text("ui.documents.textless_pages", {"pages": pages}))
    lines.extend(report.warnings)
    items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
    return f"<h3>{html.escape(catalogue.text('ui.reading.report'))}</h3><ul>{items}</ul>"
