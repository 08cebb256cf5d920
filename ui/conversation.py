"""One conversation as plain data: how it is written in the chat window, kept in the user's browser, and taken along.

The server keeps nothing. Knows nothing of Gradio's components.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from assistant.answers import Answer, Citation
from assistant.catalogue import Catalogue
from assistant.evidence import place_text
from ingest.errors import RusError
from ui.markup import blocks, count_text, escape_text, plain_text, printable, rich_text, safe_markdown

FRAMES_PER_SECOND = 8.0
"""How often a streamed answer is redrawn; more only costs the browser."""

_NAMELESS_HEAD = re.compile(r"^\|\s*\|(?=[^\n]*\n\|\s*:?-{3})", re.MULTILINE)
_TARGET = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?", re.ASCII)


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


def paced(pieces: Iterator[str | Answer], clock: Callable[[], float]) -> Iterator[str | Answer]:
    """The text so far, at most `FRAMES_PER_SECOND` times a second by `clock` (seconds), and last the answer."""
    text, shown = "", float("-inf")
    for piece in pieces:
        if isinstance(piece, Answer):
            yield piece
            return
        text += piece
        if clock() - shown >= 1.0 / FRAMES_PER_SECOND:
            shown = clock()
            yield text


def source_target(number: int, mark: int) -> str:
    """The address, within the page, of mark `mark` in answer `number`."""
    return f"#kalla-{number}-{mark}"


def parse_target(name: str) -> tuple[int, int | None] | None:
    """(answer number, mark) from the end of such an address, the mark None for the list; None for anything else."""
    match = _TARGET.fullmatch(name)
    return (int(match[1]), int(match[2]) if match[2] else None) if match else None


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
    doing += [(f"spara-{number}-evidence", text("ui.ask.save_evidence"))] if count else []
    doing += [(f"kopiera-{number}", text("ui.ask.copy")), (f"lank-{number}", text("ui.ask.link"))]
    kinds = ("docx", "pdf", "md", "xlsx", "csv") if answer.rows else ("docx", "pdf", "md")
    saving = [(f"spara-{number}-{kind}", text(f"ui.ask.save_{kind}")) for kind in kinds]
    rating = [(f"{mood}-{number}", text(f"ui.feedback.{mood}")) for mood in ("bra", "fel") if feedback]
    links = [
        " ".join(f'<a href="#{target}">{escape_text(label)}</a>' for target, label in some)
        for some in (doing, saving, rating)
    ]
    save_as = f"<span>{escape_text(text('ui.ask.save_as'))}</span>"
    return f'<p class="rus-actions">{links[0]} {save_as} {links[1]} {links[2]}</p>'


def answer_text(answer: Answer, catalogue: Catalogue) -> str:
    """The answer's text, not yet safe to show, without the band that stands above it; every column has a name."""
    head = f"| {catalogue.text('column.name')} |"
    return _NAMELESS_HEAD.sub(head, answer.text.removeprefix(f"{band(answer, catalogue)}. "), count=1)


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
    parts = []
    for turn in turns:
        if turn.answer is not None:
            plain, rich = copied_texts(turn.answer, catalogue)
            parts.append(
                f'<div hidden id="kopia-{turn.number}" data-plain="{html.escape(plain)}" '
                f'data-rich="{html.escape(rich)}" data-question="{html.escape(turn.question)}"></div>'
            )
    return "".join(parts)


def copied_texts(answer: Answer, catalogue: Catalogue) -> tuple[str, str]:
    """The answer with its numbered sources for the clipboard: (plain text, HTML)."""
    markdown = marked_markdown(answer, catalogue)
    plain, rich = plain_text(blocks(markdown)), rich_text(markdown)
    if not answer.citations:
        return plain, rich
    sources = [source_text(citation, catalogue) for citation in answer.citations]
    heading = catalogue.text("ui.export.sources")
    listed = "".join(f"<p>{html.escape(source)}</p>" for source in sources)
    return "\n".join((f"{plain}\n\n{heading}", *sources)), f"{rich}<h3>{html.escape(heading)}</h3>{listed}"


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
