"""An answer as text to take along: Markdown with its sources, and what the clipboard gets."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import datetime

from assistant.answers import Answer, Citation
from assistant.catalogue import Catalogue
from assistant.evidence import place_text
from ui.conversation import Turn, answer_text, band, circumstances
from ui.markdown import blocks, escape_text, plain_text, printable, rich_text, safe_markdown


def marked_markdown(answer: Answer, catalogue: Catalogue) -> str:
    """The answer's text as safe Markdown with its marks as [n], for files."""
    return safe_markdown(answer_text(answer, catalogue), {citation.mark: "" for citation in answer.citations})


def answers_markdown(answers: Sequence[Answer], catalogue: Catalogue, made: datetime) -> str:
    """The answers with question, circumstances, every source's quote and place, and how they were made."""
    return "\n\n".join(_answer_markdown(answer, catalogue, made) for answer in answers)


def copied_texts(answer: Answer, catalogue: Catalogue) -> tuple[str, str]:
    """The answer with its numbered sources for the clipboard: (plain text, HTML)."""
    text = blocks(marked_markdown(answer, catalogue))
    sources = [source_text(citation, catalogue) for citation in answer.citations]
    heading = catalogue.text("ui.export.sources")
    plain = "\n\n".join(part for part in (plain_text(text), "\n".join((heading, *sources)) if sources else "") if part)
    listed = "".join(f"<p>{html.escape(source)}</p>" for source in sources)
    return plain, rich_text(text) + (f"<h3>{html.escape(heading)}</h3>{listed}" if sources else "")


def copies_html(turns: Sequence[Turn], catalogue: Catalogue) -> str:
    """Hidden elements with what is copied of each answer; the link #kopiera-N under an answer takes it from there."""
    parts = []
    for turn in turns:
        if turn.answer is not None:
            plain, rich = copied_texts(turn.answer, catalogue)
            parts.append(
                f'<div hidden id="kopia-{turn.number}" data-plain="{html.escape(plain)}" '
                f'data-rich="{html.escape(rich)}" data-question="{html.escape(turn.question)}"></div>'
            )
    return "".join(parts)


def source_text(citation: Citation, catalogue: Catalogue) -> str:
    """One source on a line: mark, quote, title, page, section and address."""
    place = place_text(citation.title, citation.page, citation.page_label, catalogue)
    line = f"[{citation.mark}] ”{citation.quote}” {place}"
    return printable(". ".join(part for part in (line, " › ".join(citation.section), citation.url or "") if part))


def _answer_markdown(answer: Answer, catalogue: Catalogue, made: datetime) -> str:
    lines = [f"# {catalogue.text('ui.export.question')}", escape_text(answer.question)]
    lines.append(f"## {catalogue.text('ui.export.answer')}")
    lines.append(f"**{escape_text(band(answer, catalogue))}**")
    lines.append(marked_markdown(answer, catalogue))
    lines.extend(f"> {escape_text(line)}" for line in circumstances(answer, catalogue))
    if answer.citations:
        lines.append(f"## {catalogue.text('ui.export.sources')}")
        lines.extend(_source(citation, catalogue) for citation in answer.citations)
    values = {"date": f"{made:%Y-%m-%d %H:%M}", "generator": answer.generator, "index": answer.index_id}
    lines.append("---")
    lines.append(escape_text(catalogue.text("ui.export.made", values)))
    lines.append(catalogue.text("ui.machine_notice"))
    return "\n\n".join(lines) + "\n"


def _source(citation: Citation, catalogue: Catalogue) -> str:
    mark = f"[{citation.mark}]"
    return f"{mark} {escape_text(source_text(citation, catalogue).removeprefix(mark))}"
