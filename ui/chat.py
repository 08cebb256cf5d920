"""The chat's window: Gradio components, and the events that tie them to the assistant."""

from __future__ import annotations

import html
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.answers import Answer
from assistant.catalogue import Catalogue
from ingest.errors import RusError
from ui.citations import empty_panel, list_panel, message_panel, questions_html, source_panel
from ui.conversation import Turn, history, messages, paced, parse_target
from ui.documents import document_name, documents_html
from ui.export import files_html
from ui.pages import Pages
from ui.reading_tab import ReadingEvents, reading_tab

if TYPE_CHECKING:
    from assistant.assistant import Assistant

_STATIC = Path(__file__).parent / "static"
_CONCURRENT_QUESTIONS = 8
_WAITING_QUESTIONS = 200
_SESSION_SECONDS = 8 * 3600

# Each listens to the whole page, because the links and buttons stand in other components than the one that acts.
_ON_SOURCE_LINK = """
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="#kalla-"]');
  if (link) { event.preventDefault(); trigger('click', {name: link.getAttribute('href').slice(7)}); }
});
"""
_ON_QUESTION = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-question]');
  if (button) trigger('click', {question: button.dataset.question});
});
"""

Shown = tuple[Any, ...]
"""Values for the components that a question changes, in the order of `Window.changed_by_question`."""


@dataclass(frozen=True, slots=True)
class Events:
    """What happens on each action in the window. Holds no conversation: that comes in and goes out with each call."""

    assistant: Assistant
    catalogue: Catalogue
    pages: Pages
    base: str

    def opened(self) -> Shown:
        """A browser has opened the page: the documents and starter questions as they are now."""
        self.assistant.refresh()
        index = self.assistant.index
        readable = index.documents
        choices = [(document_name(document), document.id) for document in readable]
        return (
            gr.CheckboxGroup(choices=choices, value=[document.id for document in readable]),
            gr.Accordion(label=self._filter_label(len(readable), len(readable))),
            self._starters(),
            documents_html(index.records, self.catalogue),
        )

    def filtered(self, chosen: Sequence[str]) -> Any:
        """The choice of documents has changed: the closed filter says how many."""
        return gr.Accordion(label=self._filter_label(len(chosen), len(self.assistant.index.documents)))

    def asked(self, question: str, turns: tuple[Turn, ...], chosen: Sequence[str]) -> Iterator[Shown]:
        """A question is sent: the conversation grows while the answer streams in."""
        question = question.strip()
        earlier = history(turns)
        turn = Turn(len(turns) + 1, question)
        yield self._shown((*turns, turn), busy=True)
        try:
            for piece in paced(self.assistant.stream(question, earlier, self._documents(chosen)), time.monotonic):
                turn = replace(turn, answer=piece) if isinstance(piece, Answer) else replace(turn, text=piece)
                yield self._shown((*turns, turn), busy=turn.answer is None)
        except RusError as error:
            yield self._shown((*turns, replace(turn, note=error.message)), busy=False)

    def suggested(self, turns: tuple[Turn, ...], chosen: Sequence[str], event: gr.EventData) -> Iterator[Shown]:
        """A suggested question is chosen."""
        yield from self.asked(str(event.question), turns, chosen)

    def stopped(self, turns: tuple[Turn, ...]) -> Shown:
        """The user has broken off the answer that was streaming in."""
        if turns and turns[-1].answer is None and turns[-1].note is None:
            turns = (*turns[:-1], replace(turns[-1], note=self.catalogue.text("ui.ask.stopped")))
        return self._shown(turns, busy=False)

    def cleared(self) -> Shown:
        """A new conversation."""
        return self._shown((), busy=False)

    def source_opened(self, turns: tuple[Turn, ...], event: gr.EventData) -> str:
        """A citation mark, or the link to all sources of an answer, is chosen."""
        target = parse_target(str(event.name))
        turn = next((turn for turn in turns if target is not None and turn.number == target[0]), None)
        if target is None or turn is None or turn.answer is None:
            return message_panel(self.catalogue.text("ui.panel.unknown"), self.catalogue)
        if target[1] is None:
            return list_panel(turn, self.catalogue)
        citation = next((item for item in turn.answer.citations if item.mark == target[1]), None)
        if citation is None:
            return message_panel(self.catalogue.text("ui.panel.unknown"), self.catalogue)
        return source_panel(turn.number, citation, self.pages.place(citation, self.base), self.catalogue)

    def _documents(self, chosen: Sequence[str]) -> tuple[str, ...]:
        readable = [document.id for document in self.assistant.index.documents]
        if not readable:
            raise RusError(self.catalogue.text("ui.ask.no_documents"))
        if not chosen:
            raise RusError(self.catalogue.text("ui.ask.filter_none"))
        return () if set(chosen) >= set(readable) else tuple(chosen)

    def _filter_label(self, chosen: int, count: int) -> str:
        values = {"chosen": str(chosen), "count": str(count)}
        return self.catalogue.text("ui.ask.filter_all" if chosen == count else "ui.ask.filter_some", values)

    def _starters(self) -> str:
        return questions_html(self.catalogue.text("ui.ask.starters"), self.assistant.starters(self.catalogue.language))

    def _shown(self, turns: tuple[Turn, ...], busy: bool) -> Shown:
        answer = turns[-1].answer if turns else None
        questions = self._starters() if not turns else ""
        if answer is not None and answer.suggestions:
            questions = questions_html(self.catalogue.text("ui.ask.suggestions"), answer.suggestions)
        panel = gr.skip() if busy else list_panel(turns[-1], self.catalogue) if turns else empty_panel(self.catalogue)
        files = gr.skip() if busy else files_html(turns, self.catalogue, datetime.now())
        return (
            turns,
            messages(turns, self.catalogue),
            panel,
            questions,
            files,
            gr.Button(visible=not busy),
            gr.Button(visible=busy),
            status_html(turns, busy, self.catalogue),
        )


@dataclass(frozen=True, slots=True)
class Window:
    """The components of the ask tab."""

    turns: gr.State
    chatbot: gr.Chatbot
    panel: gr.HTML
    questions: gr.HTML
    files: gr.HTML
    question: gr.Textbox
    send: gr.Button
    stop: gr.Button
    clear: gr.Button
    status: gr.HTML
    filter: gr.Accordion
    chosen: gr.CheckboxGroup

    @property
    def changed_by_question(self) -> list[Any]:
        """What a question changes."""
        return [
            self.turns,
            self.chatbot,
            self.panel,
            self.questions,
            self.files,
            self.send,
            self.stop,
            self.status,
        ]


def build_chat(assistant: Assistant, catalogue: Catalogue, pages: Pages, base: str) -> gr.Blocks:
    """The whole window in one language. `base` leads from its address to the root of the service."""
    events = Events(assistant, catalogue, pages, base)
    with gr.Blocks(title=catalogue.text("ui.title"), analytics_enabled=False, fill_width=True) as blocks:
        gr.HTML(_header(catalogue, base), elem_id="rus-header", apply_default_css=False)
        with gr.Tabs(elem_id="rus-tabs", overflow_behavior="wrap"):
            with gr.Tab(catalogue.text("ui.tab_ask"), id="ask"):
                window = _ask_tab(catalogue)
            with gr.Tab(catalogue.text("ui.tab_documents"), id="documents", render_children=True):
                gr.HTML(_heading(catalogue, "ui.documents"), apply_default_css=False)
                documents = gr.HTML(apply_default_css=False)
            with gr.Tab(catalogue.text("ui.tab_reading"), id="reading", render_children=True):
                gr.HTML(_heading(catalogue, "ui.reading"), apply_default_css=False)
                reading = ReadingEvents(assistant, catalogue, pages, base)
                document = reading_tab(reading)
            with gr.Tab(catalogue.text("ui.tab_about"), id="about"):
                gr.Markdown(f"## {catalogue.text('ui.about.heading')}\n{catalogue.text('ui.about.body')}")
        _connect(window, events)
        opened = [window.chosen, window.filter, window.questions, documents]
        blocks.load(events.opened, None, opened, show_progress="hidden", api_visibility="private")
        blocks.load(reading.choices, None, document, show_progress="hidden", api_visibility="private")
    blocks.queue(max_size=_WAITING_QUESTIONS, default_concurrency_limit=_CONCURRENT_QUESTIONS, api_open=False)
    return blocks


def theme() -> gr.themes.Base:
    """White, deep green, fonts of the user's own system."""
    fonts = ("Lato", "Carlito", "Segoe UI", "Helvetica Neue", "Arial", "sans-serif")
    return gr.themes.Base(
        primary_hue=gr.themes.colors.emerald,
        neutral_hue=gr.themes.colors.stone,
        text_size=gr.themes.sizes.text_lg,
        radius_size=gr.themes.sizes.radius_sm,
        font=fonts,
        font_mono=("ui-monospace", "Consolas", "monospace"),
    )


def page_head(catalogue: Catalogue) -> str:
    """Style sheet and script for the page's head. Gradio's own parameter for style sheets rewrites their selectors."""
    prefix = "ui.browser."
    texts = {key.removeprefix(prefix): text for key, text in catalogue.texts.items() if key.startswith(prefix)}
    script = (_STATIC / "behaviour.js").read_text(encoding="utf-8")
    known = json.dumps({"language": catalogue.language, **texts}).replace("<", "\\u003c")
    style = (_STATIC / "style.css").read_text(encoding="utf-8")
    return f"<style>{style}</style><script>window.rusTexts = {known};\n{script}</script>"


def status_html(turns: Sequence[Turn], busy: bool, catalogue: Catalogue) -> str:
    """One line that tells, also to screen readers, how far the answer has come."""
    answer = turns[-1].answer if turns else None
    if busy:
        text = catalogue.text("ui.ask.searching")
    elif answer is None:
        text = (turns[-1].note or "") if turns else ""
    elif answer.status == "refused":
        text = catalogue.text("ui.ask.done_refused")
    else:
        text = catalogue.text("ui.ask.done", {"count": str(len(answer.citations))})
    return f'<p role="status">{html.escape(text)}</p>'


def _ask_tab(catalogue: Catalogue) -> Window:
    text = catalogue.text
    gr.HTML(f"<h2>{html.escape(text('ui.ask.heading'))}</h2>", elem_classes="rus-hidden", apply_default_css=False)
    turns = gr.State((), time_to_live=_SESSION_SECONDS)
    with gr.Row(equal_height=False, elem_id="rus-columns"):
        with gr.Column(scale=7, min_width=280, elem_id="rus-conversation"):
            chatbot = gr.Chatbot(
                label=text("ui.ask.conversation"),
                show_label=False,
                container=False,
                height="auto",
                elem_id="rus-chat",
                layout="panel",
                placeholder=text("ui.ask.welcome"),
                buttons=[],
                feedback_options=None,
                latex_delimiters=[],
                group_consecutive_messages=False,
                allow_file_downloads=False,
            )
            questions = gr.HTML(elem_id="rus-questions", js_on_load=_ON_QUESTION, apply_default_css=False)
            with gr.Column(elem_id="rus-ask"):
                question = gr.Textbox(
                    label=text("ui.ask.question"),
                    placeholder=text("ui.ask.placeholder"),
                    lines=1,
                    max_lines=8,
                    elem_id="rus-question",
                    submit_btn=False,
                )
                with gr.Row(elem_id="rus-buttons"):
                    send = gr.Button(text("ui.ask.send"), variant="primary", elem_id="rus-send")
                    stop = gr.Button(text("ui.ask.stop"), visible=False, elem_id="rus-stop")
                    clear = gr.Button(text("ui.ask.clear"), elem_id="rus-clear")
                    status = gr.HTML(status_html((), False, catalogue), elem_id="rus-status", apply_default_css=False)
                gr.HTML(f'<p class="rus-machine">{html.escape(text("ui.machine_notice"))}</p>', apply_default_css=False)
            with gr.Accordion(text("ui.ask.filter"), open=False, elem_id="rus-filter") as documents:
                chosen = gr.CheckboxGroup(
                    label=text("ui.ask.filter"), info=text("ui.ask.filter_hint"), elem_id="rus-documents"
                )
        with gr.Column(scale=5, min_width=280, elem_id="rus-panel-column"):
            panel = gr.HTML(
                empty_panel(catalogue), elem_id="rus-panel", js_on_load=_ON_SOURCE_LINK, apply_default_css=False
            )
    files = gr.HTML(elem_id="rus-files", apply_default_css=False)
    return Window(turns, chatbot, panel, questions, files, question, send, stop, clear, status, documents, chosen)


def _connect(window: Window, events: Events) -> None:
    changed = window.changed_by_question
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    pending = gr.State("")

    def taken(question: str) -> tuple[str, str]:
        """The question moves out of the field, which is free for the next one."""
        return question.strip(), ""

    running = []
    for trigger in (window.question.submit, window.send.click):
        moved = trigger(taken, window.question, [pending, window.question], **quiet)
        running.append(moved.then(events.asked, [pending, window.turns, window.chosen], changed, **quiet))
    running.append(window.questions.click(events.suggested, [window.turns, window.chosen], changed, **quiet))
    window.stop.click(events.stopped, window.turns, changed, cancels=running, **quiet)
    window.clear.click(events.cleared, None, changed, cancels=running, **quiet)
    window.chosen.change(events.filtered, window.chosen, window.filter, **quiet)
    opened = window.panel.click(events.source_opened, window.turns, window.panel, **quiet)
    opened.then(None, None, None, js="() => window.rusPanelOpened()")


def _header(catalogue: Catalogue, base: str) -> str:
    other = "en" if catalogue.language == "sv" else "sv"
    address = base or f"{other}/"
    text = {key: html.escape(catalogue.text(f"ui.{key}")) for key in ("title", "tagline", "skip", "other_language")}
    return (
        f'<a class="rus-skip" href="#rus-question" data-skip>{text["skip"]}</a>'
        f'<header class="rus-header"><div><h1>{text["title"]}</h1><p>{text["tagline"]}</p></div>'
        f'<a href="{address}" lang="{other}" hreflang="{other}">{text["other_language"]}</a></header>'
    )


def _heading(catalogue: Catalogue, section: str) -> str:
    return (
        f"<h2>{html.escape(catalogue.text(section + '.heading'))}</h2>"
        f"<p>{html.escape(catalogue.text(section + '.intro'))}</p>"
    )
