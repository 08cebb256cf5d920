"""One conversation as plain data: how it is written in the chat window, kept in the user's browser, and taken along.

The server keeps nothing. Knows nothing of Gradio's components.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from assistant.answers import Answer, Citation
from assistant.catalogue import Catalogue
from assistant.evidence import place_text
from ingest.errors import RusError
from ui.markup import count_text, escape_text, printable, rich_text, safe_markdown

_NAMELESS_HEAD = re.compile(r"^\|\s*\|(?=[^\n]*\n\|\s*:?-{3})", re.MULTILINE)
_BOLD_LINE = re.compile(r"^\*\*(.+):\*\*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what came of it: `text` so far, the finished `answer`, or a `note` on why there is none."""

    number: int
    question: str
    text: str = ""
    answer: Answer | None = None
    note: str | None = None


_TURNS = TypeAdapter(tuple[Turn, ...])


def history(turns: Sequence[Turn]) -> tuple[str, ...]:
    """The questions answered so far, oldest first."""
    return tuple(turn.question for turn in turns if turn.answer is not None)


def source_target(number: int, mark: int) -> str:
    """The address, within the page, of mark `mark` in answer `number`."""
    return f"#kalla-{number}-{mark}"


def messages(turns: Sequence[Turn], catalogue: Catalogue, feedback: bool = False) -> list[dict[str, str]]:
    """The conversation as the chat window takes it: {"role", "content"} with safe Markdown.

    With `feedback`, each answer has links by which the user says what is right or wrong.
    """
    shown: list[dict[str, str]] = []
    for turn in turns:
        shown.append({"role": "user", "content": escape_text(turn.question)})
        shown.append({"role": "assistant", "content": turn_markdown(turn, catalogue, feedback)})
    return shown


def turn_markdown(turn: Turn, catalogue: Catalogue, feedback: bool = False) -> str:
    """What the chat window shows under one question."""
    answer = turn.answer
    if answer is None:
        parts = [safe_markdown(turn.text, {})] if turn.text else []
        parts += [] if turn.note is None else [f"**{escape_text(turn.note)}**"]
        return "\n\n".join(parts) or catalogue.text("ui.ask.searching")
    targets = {citation.mark: source_target(turn.number, citation.mark) for citation in answer.citations}
    return "\n\n".join(
        (
            f'<p class="rus-band rus-band-{answer.status}">{escape_text(band(answer, catalogue))}</p>',
            safe_markdown(answer_text(answer, catalogue), targets),
            *(f"> {escape_text(line)}" for line in circumstances(answer, catalogue)),
            _actions(turn.number, answer, feedback, catalogue),
        )
    )


def _actions(number: int, answer: Answer, feedback: bool, catalogue: Catalogue) -> str:
    """Links to what can be done with the answer; the page's script acts on them."""
    count, text = len(answer.citations), catalogue.text
    doing = [(f"kalla-{number}", count_text("ui.ask.sources", count, catalogue))] if count else []
    doing += [(f"kopiera-{number}", text("ui.ask.copy")), (f"lank-{number}", text("ui.ask.link"))]
    kinds = ["docx", *(["pdf"] if count else []), *(["xlsx", "csv"] if answer.rows else [])]
    saving = [(f"spara-{number}-{kind}", text(f"ui.ask.save_{kind}")) for kind in kinds]
    rating = [(f"{mood}-{number}", text(f"ui.feedback.{mood}")) for mood in ("bra", "fel") if feedback]
    links = [
        " ".join(f'<a href="#{target}">{escape_text(label)}</a>' for target, label in some)
        for some in (doing, saving, rating)
    ]
    save_as = f"<span>{escape_text(text('ui.ask.save_as'))}</span>"
    return f'<p class="rus-actions">{links[0]} {save_as} {links[1]} {links[2]}</p>'


def answer_text(answer: Answer, catalogue: Catalogue) -> str:
    """The answer, not yet safe to show, without the band above it; columns have names and places are headings."""
    text = _BOLD_LINE.sub(r"# \1", answer.text.removeprefix(f"{band(answer, catalogue)}. "))
    return _NAMELESS_HEAD.sub(f"| {catalogue.text('column.name')} |", text, count=1)


def circumstances(answer: Answer, catalogue: Catalogue) -> tuple[str, ...]:
    """Sentences on how the answer came about: how the question was understood, and notices."""
    understood = {"question": answer.standalone_question}
    lines = [] if answer.resolution is None else [catalogue.text("ui.ask.understood", understood)]
    return (*lines, *(catalogue.text("ui.ask.notice", {"text": notice}) for notice in answer.notices))


def band(answer: Answer, catalogue: Catalogue) -> str:
    """How sure the program is, in words: an answer, places where it may stand, or why there is none."""
    if answer.status == "refused":
        return catalogue.text(f"ui.refusal.{answer.refusal or 'not_in_documents'}")
    return catalogue.text(f"ui.band.{answer.status}")


def kept_html(turns: Sequence[Turn]) -> str:
    """A hidden element with the conversation, from which the page's script puts it in the browser's store."""
    ended = [turn for turn in turns if turn.answer is not None or turn.note is not None]
    slim = tuple(turn if turn.answer is None else replace(turn, answer=replace(turn.answer, hits=())) for turn in ended)
    return f'<div hidden id="rus-kept-turns" data-turns="{html.escape(_TURNS.dump_json(slim).decode())}"></div>'


def restored_turns(text: str, catalogue: Catalogue) -> tuple[Turn, ...]:
    """The conversation as the browser kept it, with its turns numbered anew.

    :raises RusError: where it is from another version or damaged.
    """
    try:
        turns = _TURNS.validate_json(text)
    except ValidationError as error:
        raise RusError(catalogue.text("ui.kept.unreadable")) from error
    return tuple(replace(turn, number=number) for number, turn in enumerate(turns, start=1))


def copies_html(turns: Sequence[Turn], catalogue: Catalogue) -> str:
    """Hidden elements with what is copied of each answer; the link #kopiera-N under an answer takes it from there."""
    return "".join(
        f'<div hidden id="kopia-{turn.number}" data-rich="{html.escape(copied_html(turn.answer, catalogue))}" '
        f'data-question="{html.escape(turn.question)}"></div>'
        for turn in turns
        if turn.answer is not None
    )


def copied_html(answer: Answer, catalogue: Catalogue) -> str:
    """The answer with its numbered sources for the clipboard."""
    text = rich_text(marked_markdown(answer, catalogue))
    if not answer.citations:
        return text
    sources = (source_text(citation, catalogue) for citation in answer.citations)
    listed = "".join(f"<p>{html.escape(source)}</p>" for source in sources)
    return f"{text}<h3>{html.escape(catalogue.text('ui.export.sources'))}</h3>{listed}"


def marked_markdown(answer: Answer, catalogue: Catalogue) -> str:
    """The answer's text as safe Markdown with its marks as [n], for files."""
    return safe_markdown(answer_text(answer, catalogue), {citation.mark: "" for citation in answer.citations})


def source_text(citation: Citation, catalogue: Catalogue) -> str:
    """One source on a line: mark, quote, title, page, section and address."""
    place = place_text(citation.title, citation.page, citation.page_label, catalogue)
    line = f"[{citation.mark}] ”{citation.quote}” {place}"
    return printable(". ".join(part for part in (line, " › ".join(citation.section), citation.url or "") if part))


def made_text(answer: Answer, catalogue: Catalogue, made: datetime) -> str:
    """When and by what the answer was made."""
    values = {"date": f"{made:%Y-%m-%d %H:%M}", "generator": answer.generator, "index": answer.index_id}
    return catalogue.text("ui.export.made", values)
