"""One conversation as plain data: how it is written in the chat window, and kept in the user's browser.

The server keeps nothing. Knows nothing of Gradio's components.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from pydantic import TypeAdapter, ValidationError

from assistant.answers import Answer
from assistant.catalogue import Catalogue
from assistant.drafting import escape, mark_text
from ingest.errors import RusError
from ui.markdown import columns, escape_text, has_table, rows_table, safe_markdown

FRAMES_PER_SECOND = 8.0
"""How often a streamed answer is redrawn; more only costs the browser."""

_MARKS = re.compile(r" (?:\[\d+\])+")
_NAMELESS_HEAD = re.compile(r"^\|\s*\|(?=[^\n]*\n\|\s*:?-{3})", re.MULTILINE)


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
    parts = name.split("-")
    if not all(part.isdecimal() and len(part) < 10 for part in parts) or len(parts) > 2:
        return None
    return int(parts[0]), int(parts[1]) if len(parts) == 2 else None


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
    if turn.answer is not None:
        return _answer_markdown(turn.number, turn.answer, feedback, catalogue)
    parts = [safe_markdown(turn.text, {})] if turn.text else []
    if turn.note is not None:
        parts.append(f"**{escape_text(turn.note)}**")
    return "\n\n".join(parts) or catalogue.text("ui.ask.searching")


def answer_text(answer: Answer, catalogue: Catalogue) -> str:
    """The answer's text, not yet safe to show; its list is a table where rows have more to say than their names."""
    name = catalogue.text("column.name")
    text = _NAMELESS_HEAD.sub(f"| {name} |", answer.text.removeprefix(f"{band(answer, catalogue)}. "), count=1)
    if not answer.rows or not columns(answer.rows) or has_table(text) or _says_cells(answer):
        return text
    items = {f"- {escape(row.name)} {mark_text(row.marks)}".rstrip() for row in answer.rows}
    rest = "\n".join(line for line in text.split("\n") if line not in items).strip()
    table = rows_table(answer.rows, name, catalogue.text("ui.ask.rows_marks"))
    return f"{rest}\n\n{table}"


def _says_cells(answer: Answer) -> bool:
    """Whether the text already has a line for each cell of the rows."""
    lines = {_MARKS.sub("", line) for line in answer.text.split("\n")}
    return all(escape(value) in lines for row in answer.rows or () for _, value in row.cells)


def circumstances(answer: Answer, catalogue: Catalogue) -> tuple[str, ...]:
    """Sentences on how the answer came about: how the question was understood, and notices."""
    lines = []
    if answer.resolution is not None:
        lines.append(catalogue.text("ui.ask.understood", {"question": answer.standalone_question}))
    lines.extend(catalogue.text("ui.ask.notice", {"text": notice}) for notice in answer.notices)
    return tuple(lines)


def band(answer: Answer, catalogue: Catalogue) -> str:
    """How sure the program is, in words: an answer, places where it may stand, or why there is none."""
    if answer.status == "refused":
        return catalogue.text(f"ui.refusal.{answer.refusal or 'not_in_documents'}")
    return catalogue.text(f"ui.band.{answer.status}")


def count_text(key: str, count: int, catalogue: Catalogue) -> str:
    """The sentence of `key` with the count, in its form for one where there is one."""
    return catalogue.text(f"{key}_one" if count == 1 else key, {"count": str(count)})


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


def _answer_markdown(number: int, answer: Answer, feedback: bool, catalogue: Catalogue) -> str:
    label = escape_text(band(answer, catalogue))
    parts = [f'<p class="rus-band rus-band-{answer.status}">{label}</p>']
    targets = {citation.mark: source_target(number, citation.mark) for citation in answer.citations}
    parts.append(safe_markdown(answer_text(answer, catalogue), targets))
    parts.extend(f"> {escape_text(line)}" for line in circumstances(answer, catalogue))
    parts.append(_actions(number, answer, feedback, catalogue))
    return "\n\n".join(parts)


def _actions(number: int, answer: Answer, feedback: bool, catalogue: Catalogue) -> str:
    """Links to what can be done with the answer; the page's script acts on them."""
    count = len(answer.citations)
    links = [(f"kalla-{number}", count_text("ui.ask.sources", count, catalogue))] if count else []
    links += [(f"kopiera-{number}", catalogue.text("ui.ask.copy")), (f"lank-{number}", catalogue.text("ui.ask.link"))]
    kinds = ["docx", "pdf", "md"] + (["xlsx", "csv"] if answer.rows else []) + (["evidence"] if count else [])
    links += [(f"spara-{number}-{kind}", catalogue.text(f"ui.ask.save_{kind}")) for kind in kinds]
    if feedback:
        links += [(f"{mood}-{number}", catalogue.text(f"ui.feedback.{mood}")) for mood in ("bra", "fel")]
    shown = " ".join(f'<a href="#{target}">{escape_text(label)}</a>' for target, label in links)
    return f'<p class="rus-actions">{shown}</p>'
