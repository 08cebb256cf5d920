"""What happens on each action in the chat. Knows the assistant and the conversation, not where components stand."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.answers import Answer, Citation
from assistant.catalogue import Catalogue
from assistant.settings import Settings
from ingest.errors import RusError
from ui.conversation import Turn, band, copies_html, history, kept_html, messages, restored_turns
from ui.document_routes import may_change
from ui.documents_tab import document_name, documents_html, manage_html, reading_html
from ui.export import KINDS, file_html, file_of, keep_feedback
from ui.guide import guide_html, questions_html, start_html
from ui.markup import count_text
from ui.sources import Pages, list_panel, message_panel, source_panel

if TYPE_CHECKING:
    from assistant.assistant import Assistant

Shown = tuple[Any, ...]
"""Values for the components that a question changes, in the order of `AskTab.changed_by_question`."""


@dataclass(frozen=True, slots=True)
class Events:
    """What happens on each action in the window. Holds no conversation: that comes in and goes out with each call."""

    assistant: Assistant
    catalogue: Catalogue
    pages: Pages
    settings: Settings

    def opened(self, turns: tuple[Turn, ...], request: gr.Request) -> Shown:
        """A browser has opened the page, or documents have changed: all that is made from the documents."""
        self.assistant.refresh()
        index, words = self.assistant.index, self.catalogue
        choices = [(document_name(document), document.id) for document in index.documents]
        ids = tuple(one for _, one in choices)
        host = request.client.host if request.client else None
        managed = may_change(self.settings.documents_tab, host, request.headers)
        try:
            guide = guide_html(index, self.pages.original, words)
        except RusError as error:  # a damaged index: the rest of the page still says so and how it is mended
            guide = _status(error.message)
        return (
            gr.CheckboxGroup(choices=choices, value=list(ids)),
            gr.Accordion(label=self._filter_label(len(ids))),
            ids,
            gr.skip() if turns else self._starters(),
            documents_html(index, self.pages.original, words, managed),
            manage_html(words, self.pages.base) if managed else "",
            guide,
            gr.Dropdown(choices=choices, value=ids[0] if ids else None),
        )

    def filtered(self, chosen: Sequence[str]) -> Any:
        """The choice of documents has changed: the closed filter says how many."""
        return gr.Accordion(label=self._filter_label(len(chosen)))

    def toggled(self, chosen: Sequence[str]) -> Any:
        """All documents are marked, or none where all were."""
        ids = [one.id for one in self.assistant.index.documents]
        return gr.CheckboxGroup(value=[] if set(chosen) >= set(ids) else ids)

    def asked(
        self,
        question: str,
        turns: tuple[Turn, ...],
        chosen: Sequence[str],
        offered: Sequence[str] = (),
        alone: bool = False,
    ) -> Iterator[Shown]:
        """A question is sent: the conversation grows while the answer streams in. New documents are seen from now on.

        `chosen` of the `offered` documents may answer, and those that have come since; a question that is `alone` is
        no follow-up.
        """
        question = question.strip()
        earlier = () if alone else history(turns)
        turn = Turn(len(turns) + 1, question)
        yield self._shown((*turns, turn), busy=True)
        try:
            self.assistant.refresh()
            for piece in self.assistant.stream(question, earlier, self._parts(chosen, offered)):
                turn = (
                    replace(turn, answer=piece) if isinstance(piece, Answer) else replace(turn, text=turn.text + piece)
                )
                yield self._shown((*turns, turn), busy=turn.answer is None)
        except RusError as error:
            yield self._shown((*turns, replace(turn, note=error.message)))

    def suggested(
        self, turns: tuple[Turn, ...], chosen: Sequence[str], offered: Sequence[str], event: gr.EventData
    ) -> Iterator[Shown]:
        """A suggested question is chosen. One that stands elsewhere than below the answer follows up on nothing."""
        yield from self.asked(str(event.question), turns, chosen, offered, event.alone is True)

    def stopped(self, turns: tuple[Turn, ...]) -> Shown:
        """The user has broken off the answer that was streaming in."""
        return self._ended(turns, "ui.ask.stopped")

    def failed(self, turns: tuple[Turn, ...]) -> Shown:
        """An error that nobody foresaw has ended the answer; Gradio has written it to the log."""
        return self._ended(turns, "ui.ask.failed")

    def cleared(self) -> Shown:
        """A new conversation."""
        return self._shown(())

    def source_opened(self, turns: tuple[Turn, ...], event: gr.EventData) -> str:
        """A citation mark of answer `number`, or with mark 0 the link to all its sources, is chosen."""
        turn = next((turn for turn in turns if turn.number == event.number and turn.answer is not None), None)
        if turn is not None and event.mark == 0:
            return list_panel(turn, self.catalogue)
        citations = turn.answer.citations if turn is not None and turn.answer is not None else ()
        citation = next((one for one in citations if one.mark == event.mark), None)
        if turn is None or citation is None:
            return message_panel("ui.panel.unknown", self.catalogue)
        return self._source(turn.number, citation, citations)

    def best_source(self, turns: tuple[Turn, ...]) -> Any:
        """An answer has been shown: its first source opens. An event of its own, so that no answer waits for a page."""
        answer = turns[-1].answer if turns else None
        if answer is None or not answer.citations:
            return gr.skip()
        return self._source(turns[-1].number, answer.citations[0], answer.citations)

    def _source(self, number: int, citation: Citation, citations: Sequence[Citation]) -> str:
        marks = tuple(one.mark for one in citations)
        return source_panel(number, citation, self.pages.place(citation), self.catalogue, marks)

    def saved(self, turns: tuple[Turn, ...], event: gr.EventData) -> str:
        """A file of an answer, or with number 0 of the conversation, is asked for."""
        answers = [turn.answer for turn in turns if turn.answer is not None and event.number in (0, turn.number)]
        if not answers or event.kind not in KINDS:
            return ""
        key = "evidence_name" if event.kind == "pdf" else "name" if event.number else "conversation_name"
        name = self.catalogue.text(f"ui.export.{key}", {"number": str(event.number)})
        index, password = self.assistant.index, self.pages.password
        return file_html(
            f"{name}.{event.kind}", file_of(answers, event.kind, datetime.now(), index, self.catalogue, password)
        )

    def restored(self, event: gr.EventData) -> Shown:
        """A conversation that the browser has kept is opened."""
        try:
            turns = restored_turns(str(event.turns), self.catalogue)
        except RusError as error:
            turns = (Turn(1, self.catalogue.text("ui.kept.heading"), note=error.message),)
        return self._shown(turns)

    def rated(self, turns: tuple[Turn, ...], event: gr.EventData) -> str:
        """A user says what is right or wrong with an answer."""
        answer = next((turn.answer for turn in turns if turn.number == event.number), None)
        if answer is None or not self.settings.feedback:
            return _status(self.catalogue.text("ui.panel.unknown"))
        said = event.good is True, str(event.reason), str(event.comment)
        try:
            folder = self.settings.feedback_folder()
            keep_feedback(folder, answer, *said, self.catalogue.language, datetime.now())
        except RusError as error:
            return _status(error.message)
        return _status(self.catalogue.text("ui.feedback.thanks"))

    def to_read(self, event: gr.EventData) -> Any:
        """A document is to be looked at, as the list of documents asks."""
        return gr.Dropdown(value=str(event.id))

    def read(self, document_id: str | None, page: float | None) -> tuple[Any, str, str]:
        """The page number held within the document, where that is, and the page as read."""
        index, words = self.assistant.index, self.catalogue
        record = index.record(document_id) if document_id else None
        if record is None or record.reading is None:
            key = "ui.reading.unavailable" if document_id else "ui.documents.nothing"
            return gr.Number(visible=False), "", f"<p>{words.text(key)}</p>"
        document = record.document
        try:
            read = index.reading(document.id)
        except RusError as error:  # a damaged index
            return gr.Number(visible=False), "", _status(error.message)
        numbers = [page.number for page in read.pages if page.number is not None]
        if not numbers:  # a web page
            return gr.Number(visible=False), "", reading_html(document.title, read, None, None, words)
        number = min(numbers, key=lambda one: abs(one - (page or 1)))
        position = words.text("ui.reading.position", {"page": str(number), "count": str(len(numbers))})
        view = reading_html(document.title, read, number, self.pages.framed(document.id, number), words)
        return gr.Number(value=number, visible=True), _status(position), view

    def _parts(self, chosen: Sequence[str], offered: Sequence[str]) -> tuple[str, ...]:
        """The documents that may answer; empty for all."""
        readable = [document.id for document in self.assistant.index.documents]
        chosen = [*chosen, *(one for one in readable if offered and one not in offered)]
        if not readable or not chosen:
            raise RusError(self.catalogue.text("ui.ask.filter_none" if readable else "ui.ask.no_documents"))
        return () if set(chosen) >= set(readable) else tuple(chosen)

    def _ended(self, turns: tuple[Turn, ...], key: str) -> Shown:
        if turns and turns[-1].answer is None and turns[-1].note is None:
            turns = (*turns[:-1], replace(turns[-1], note=self.catalogue.text(key)))
        return self._shown(turns)

    def _filter_label(self, chosen: int) -> str:
        count = len(self.assistant.index.documents)
        values = {"chosen": str(chosen), "count": str(count)}
        return self.catalogue.text("ui.ask.filter_all" if chosen == count else "ui.ask.filter_some", values)

    def _starters(self) -> str:
        starters = self.assistant.starters(self.catalogue.language)
        return start_html(starters, self.assistant.index.facts, self.catalogue)

    def _shown(self, turns: tuple[Turn, ...], busy: bool = False) -> Shown:
        words, answer = self.catalogue, turns[-1].answer if turns else None
        questions = "" if turns else self._starters()
        if answer is not None and answer.suggestions:
            questions = questions_html(words.text("ui.ask.suggestions"), answer.suggestions, words)
        panel = list_panel(turns[-1], words) if turns else message_panel("ui.panel.empty", words)
        return (
            turns,
            messages(turns, words, self.settings.feedback),
            gr.skip() if busy else panel,
            questions,
            gr.skip() if busy else copies_html(turns, words) + kept_html(turns),
            gr.Button(visible=not busy),
            gr.Button(visible=busy),
            status_html(turns, busy, words),
        )


def status_html(turns: Sequence[Turn], busy: bool, catalogue: Catalogue) -> str:
    """One line that tells, also to screen readers, how far the answer has come."""
    answer = turns[-1].answer if turns else None
    if busy:
        text = catalogue.text("ui.ask.searching")
    elif answer is None:
        text = (turns[-1].note or "") if turns else ""
    elif answer.status == "refused":
        text = catalogue.text("ui.ask.done_refused", {"verdict": band(answer, catalogue)})
    else:
        text = count_text("ui.ask.done", len(answer.citations), catalogue)
    return _status(text)


def _status(text: str) -> str:
    return f'<p role="status">{html.escape(text)}</p>'
