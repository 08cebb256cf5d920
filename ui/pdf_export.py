"""Answers as a PDF: question, answer with its marks raised, and the numbered sources with their quotes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from assistant.answers import Answer
from assistant.catalogue import Catalogue
from ui.conversation import band, circumstances, marked_markdown, source_text
from ui.markdown import Run, TextBlock, blocks, printable

if TYPE_CHECKING:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Flowable

_FONT, _BOLD = "Vera", "VeraBd"
"""Embedded, with the letters of Western Europe; reportlab carries both."""
_MARGIN = 56
_PAPER = (595.28, 841.89)
_WIDEST_PORTRAIT = 5
"""Columns of the widest table that a page of upright A4 takes."""


def answers_pdf(answers: Sequence[Answer], catalogue: Catalogue, made: datetime) -> bytes:
    """The answers one after the other, each under its question, as the bytes of a PDF file."""
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

    styles = _styles()
    story: list[Flowable] = []
    widest = 0
    for answer in answers:
        text = blocks(marked_markdown(answer, catalogue))
        widest = max([widest, *(len(block.cells) for block in text)])
        story += [Paragraph(escape(printable(answer.question)), styles["title"])]
        story += [Paragraph(f"<b>{escape(band(answer, catalogue))}</b>", styles["body"])]
        for is_table, group in groupby(text, key=lambda block: block.kind in ("head", "row")):
            together = list(group)
            story += [_table(together, styles)] if is_table else [_paragraph(block, styles) for block in together]
        story += [Paragraph(escape(printable(line)), styles["quote"]) for line in circumstances(answer, catalogue)]
        if answer.citations:
            story += [Paragraph(escape(catalogue.text("ui.export.sources")), styles["heading"])]
        story += [Paragraph(escape(source_text(one, catalogue)), styles["small"]) for one in answer.citations]
        story += [Spacer(1, 14)]
    values = {"date": f"{made:%Y-%m-%d %H:%M}", "generator": answers[-1].generator, "index": answers[-1].index_id}
    for line in (catalogue.text("ui.export.made", values), catalogue.text("ui.machine_notice")):
        story.append(Paragraph(escape(line), styles["small"]))
    target = io.BytesIO()
    paper = _PAPER if widest <= _WIDEST_PORTRAIT else _PAPER[::-1]
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), _MARGIN)
    title, lang = printable(answers[0].question)[:250], catalogue.language
    SimpleDocTemplate(
        target, pagesize=paper, title=title, author=catalogue.text("ui.title"), lang=lang, **margins
    ).build(story)
    return target.getvalue()


def _table(rows: Sequence[TextBlock], styles: dict[str, ParagraphStyle]) -> Flowable:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import LongTable, Paragraph

    columns = max(len(row.cells) for row in rows)
    across = (_PAPER[0] if columns <= _WIDEST_PORTRAIT else _PAPER[1]) - 2 * _MARGIN
    lengths = [
        max(len("".join(run.text for run in row.cells[at])) for row in rows if at < len(row.cells))
        for at in range(columns)
    ]
    shares = [min(60, max(8, length)) for length in lengths]
    cells = [
        [Paragraph(_markup(cell, bold=row.kind == "head"), styles["small"]) for cell in row.cells]
        + [""] * (columns - len(row.cells))
        for row in rows
    ]
    rule = HexColor("#c9d3cf")
    return LongTable(
        cells,
        colWidths=[across * share / sum(shares) for share in shares],
        repeatRows=int(rows[0].kind == "head"),
        style=[("LINEBELOW", (0, 0), (-1, -1), 0.5, rule), ("VALIGN", (0, 0), (-1, -1), "TOP")],
        splitInRow=1,
    )


def _paragraph(block: TextBlock, styles: dict[str, ParagraphStyle]) -> Flowable:
    from reportlab.platypus import Paragraph

    style = styles[block.kind if block.kind in ("heading", "quote") else "body"]
    sign = "•" if block.kind in ("bullet", "numbered") else None
    style = styles["bullet"] if sign else style
    return Paragraph(_markup(block.cells[0]), style, bulletText=sign)


def _markup(runs: Sequence[Run], bold: bool = False) -> str:
    """The runs in reportlab's markup, every text escaped."""
    parts = []
    for run in runs:
        text = escape(run.text)
        text = f"<super>{text}</super>" if run.mark else text
        parts.append(f"<b>{text}</b>" if run.bold or bold else text)
    return "".join(parts)


def _styles() -> dict[str, ParagraphStyle]:
    import reportlab
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    folder = Path(reportlab.__file__).parent / "fonts"
    for name in (_FONT, _BOLD):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, folder / f"{name}.ttf"))
    pdfmetrics.registerFontFamily(_FONT, normal=_FONT, bold=_BOLD, italic=_FONT, boldItalic=_BOLD)
    body = ParagraphStyle("body", fontName=_FONT, fontSize=10, leading=14.5, spaceAfter=5)
    return {
        "body": body,
        "title": ParagraphStyle("title", fontName=_BOLD, fontSize=15, leading=20, spaceAfter=8),
        "heading": ParagraphStyle("heading", fontName=_BOLD, fontSize=11, leading=15, spaceBefore=8, spaceAfter=4),
        "bullet": ParagraphStyle("bullet", body, leftIndent=14, bulletIndent=3),
        "quote": ParagraphStyle("quote", body, leftIndent=12, textColor="#4a5551"),
        "small": ParagraphStyle("small", body, fontSize=8.5, leading=12),
    }
