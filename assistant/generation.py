"""Answers written by a chat model that the user configures: the prompt, the call, and reading what it wrote.

The model sees numbered sentences and may only point at them. It never types a quote: the program copies the sentences
that it points at. Knows nothing of search or of how an answer is checked.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Protocol

from assistant.drafting import Line, escape
from assistant.proof import Quote
from assistant.question import Question
from assistant.spans import Candidate
from ingest.errors import ModelUnavailable, RusError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

CANNOT_ANSWER = "EJ I KÄLLORNA"
"""What a model is told to write when the sentences do not answer; the prompt, the reader and the tests share it."""
SENTENCES_SHOWN = 40

_IDS = re.compile(r"\s*((?:\[s\d+(?:\s*,\s*s\d+)*\]\s*)+)[.!?]?")
_ID = re.compile(r"s(\d+)")
_UNFINISHED_IDS = re.compile(r"\s*\[?(?:s[\d\s,s]*)?")
"""What may still become further ids: a bracket that has just been opened."""
_OTHER_MARK = re.compile(r"\s*(?:\[(?:s|källa|source)?\s*\d+(?:\s*[-–,;]\s*s?\s*\d+)*\]|\(s\d+\))", re.IGNORECASE)
"""Marks of any other form than the one asked for."""
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")


class NoModelAnswer(RusError):
    """The chat model is away, late or answered with an error."""


class Generator(Protocol):
    """Writes an answer from judged sentences, in which [sN] points at the N-th candidate, counted from 1.

    `shared_words` (0 to 1) is the share of a statement's words that must stand in what it cites.
    """

    name: str
    shared_words: float

    def write(self, question: Question, candidates: Sequence[Candidate]) -> Iterator[str]:
        """The answer's text in pieces. Raises NoModelAnswer."""
        ...


class ChatGenerator:
    """A chat model through LangChain, with one deadline for the whole answer, also where a server falls silent."""

    shared_words = 0.5

    def __init__(self, model: BaseChatModel, name: str, timeout_seconds: float) -> None:
        self._model = model
        self._timeout_seconds = timeout_seconds
        self.name = name

    def write(self, question: Question, candidates: Sequence[Candidate]) -> Iterator[str]:
        """See Generator."""
        deadline = time.monotonic() + self._timeout_seconds
        messages = [
            ("system", _instructions().replace("{cannot_answer}", CANNOT_ANSWER)),
            ("human", f"KÄLLOR\n{_numbered(candidates[:SENTENCES_SHOWN])}\n\nFRÅGA\n{question.text}"),
        ]
        pieces: SimpleQueue[str | None] = SimpleQueue()
        pool = ThreadPoolExecutor(max_workers=1)
        # Each provider has errors of its own: they are had from the finished call, not by their many classes.
        call = pool.submit(_stream, self._model, messages, pieces)
        pool.shutdown(wait=False)
        call.add_done_callback(lambda _: pieces.put(None))
        while (piece := self._next(pieces, deadline)) is not None:
            yield piece
        if error := call.exception():
            raise NoModelAnswer(f"Språkmodellen kunde inte användas: {_first_line(error)}") from error

    def _next(self, pieces: SimpleQueue[str | None], deadline: float) -> str | None:
        """The next piece, None at the end."""
        left = deadline - time.monotonic()
        try:
            if left <= 0:
                raise Empty
            return pieces.get(timeout=left)
        except Empty as late:
            raise NoModelAnswer(f"Språkmodellen blev inte klar på {self._timeout_seconds:g} sekunder.") from late


def _stream(model: BaseChatModel, messages: list[tuple[str, str]], pieces: SimpleQueue[str | None]) -> None:
    for chunk in model.stream(messages):
        pieces.put(chunk.text)


def open_chat_generator(name: str, base_url: str | None, api_key: str | None, timeout_seconds: float) -> ChatGenerator:
    """The chat model that a setting names, "provider:model"; with a base URL, any OpenAI-compatible server.

    :raises ModelUnavailable: when the provider is unknown or its package is missing.
    """
    from langchain.chat_models import init_chat_model

    provider, _, model = name.partition(":")
    if not model:
        provider, model = "openai", name
    options: dict[str, object] = {"temperature": 0, "timeout": timeout_seconds, "max_retries": 0}
    if base_url is not None:
        options["base_url"] = base_url
        options["api_key"] = api_key or "none"
    elif api_key is not None:
        options["api_key"] = api_key
    try:
        chat = init_chat_model(model, model_provider=provider, **options)  # type: ignore[call-overload]
    except (ImportError, ValueError) as error:
        raise ModelUnavailable(
            f"Språkmodellen {name} kan inte användas: {_first_line(error)} Rätta RUS_CHAT_MODEL."
        ) from error
    return ChatGenerator(chat, name, timeout_seconds)


@dataclass(slots=True)
class ModelText:
    """Reads a model's text as lines with quotes. `unknown` counts invented ids, `dropped` statements left out."""

    candidates: Sequence[Candidate]
    unknown: int = 0
    dropped: int = 0
    refused: bool = False
    _buffer: str = field(default="", init=False)

    def lines(self, pieces: Iterable[str]) -> Iterator[Line]:
        """Each finished statement as soon as its ids are complete. Statements without a valid id are dropped."""
        for piece in pieces:
            self._buffer += piece
            yield from self._finished(end=False)
        yield from self._finished(end=True)

    def _finished(self, end: bool) -> Iterator[Line]:
        while True:
            row, newline, rest = self._buffer.partition("\n")
            found = _IDS.search(row)
            # ids at the very end of what has come so far may go on in the next piece
            if found and (newline or end or not _UNFINISHED_IDS.fullmatch(row, found.end())):
                yield from self._statement(row[: found.start()], found[1])
                self._buffer = row[found.end() :] + newline + rest
            elif newline or (end and row):
                self._unmarked(row)
                self._buffer = rest
            else:
                return

    def _statement(self, text: str, ids: str) -> Iterator[Line]:
        if CANNOT_ANSWER in text:
            self.refused = True
            return
        quotes: list[Quote] = []
        for number in _ID.findall(ids):
            if not 1 <= int(number) <= min(len(self.candidates), SENTENCES_SHOWN):
                self.unknown += 1
                continue
            candidate = self.candidates[int(number) - 1]
            quotes.append(Quote(candidate.passage, *candidate.passage.sentences[candidate.sentence]))
        self.unknown += len(_OTHER_MARK.findall(text))
        plain = _OTHER_MARK.sub("", text)
        bullet = _BULLET.match(plain)
        body = " ".join(plain[bullet.end() if bullet else 0 :].replace("**", "").split())
        if quotes and body:
            yield Line(escape(body), tuple(quotes), bullet=bullet is not None)
        elif body:
            self.dropped += 1

    def _unmarked(self, row: str) -> None:
        self.unknown += len(_OTHER_MARK.findall(row))
        text = _OTHER_MARK.sub("", row).strip()
        if CANNOT_ANSWER in text:
            self.refused = True
        elif text and not text.endswith(":") and re.search(r"\w", text):
            self.dropped += 1


def _numbered(candidates: Sequence[Candidate]) -> str:
    return "\n".join(
        f"[s{number}] ({candidate.passage.title} – {' – '.join(candidate.passage.section[-2:])}) "
        f"{' '.join(candidate.text.split())}"
        for number, candidate in enumerate(candidates, 1)
    )


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]


@cache
def _instructions() -> str:
    return (Path(__file__).parent / "prompts" / "answer.md").read_text(encoding="utf-8")
