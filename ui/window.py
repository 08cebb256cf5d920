"""The chat's window: Gradio components, where they stand, and which action calls which event."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.catalogue import Catalogue
from ui.events import Events, status_html
from ui.feedback import feedback_form
from ui.markup import render
from ui.reading_view import ReadingEvents, reading_tab
from ui.sources import message_panel

_STATIC = Path(__file__).parent / "static"
_STYLES = ("style.css", "answer.css", "tabs.css")
_SCRIPTS = ("behaviour.js", "tables.js", "keep.js", "kept.js", "guide.js", "documents.js")
_CONCURRENT_QUESTIONS = 8
_WAITING_QUESTIONS = 200
_SESSION_SECONDS = 8 * 3600
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

# Listens to the whole page, because the links stand in the conversation too.
_ON_SOURCE_LINK = """
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="#kalla-"]');
  if (link) { event.preventDefault(); trigger('click', {name: link.getAttribute('href').slice(7)}); }
});
"""
_ON_QUESTION = "window.rusQuestions((question, alone) => trigger('click', {question, alone}));"
_ON_FILES = "window.rusFile = (number, kind) => trigger('click', {number, kind});"
_ON_KEPT = "window.rusKept(element, (turns) => trigger('click', {turns}));"
_ON_FEEDBACK = "window.rusFeedback(element, (said) => trigger('click', said));"
_ON_MANAGE = "window.rusManage(element, () => trigger('click', {}));"
_ON_DOCUMENTS = "window.rusRead = (id) => trigger('click', {id});"


@dataclass(frozen=True, slots=True)
class AskTab:
    """The components of the ask tab."""

    turns: gr.State
    chatbot: gr.Chatbot
    panel: gr.HTML
    questions: gr.HTML
    carried: gr.HTML
    files: gr.HTML
    kept: gr.HTML
    feedback: gr.HTML
    question: gr.Textbox
    send: gr.Button
    stop: gr.Button
    clear: gr.Button
    status: gr.HTML
    filter: DocumentFilter

    @property
    def changed_by_question(self) -> list[Any]:
        """What a question changes."""
        shown = [self.turns, self.chatbot, self.panel, self.questions, self.carried]
        return [*shown, self.send, self.stop, self.status]


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """The choice of documents that may answer, and what narrows it.

    `offered` holds the ids to choose from; `section` is for one document alone.
    """

    box: gr.Accordion
    kind: gr.Dropdown
    year: gr.Dropdown
    valid: gr.Checkbox
    chosen: gr.CheckboxGroup
    toggle: gr.Button
    section: gr.Dropdown
    offered: gr.State


def build_window(events: Events) -> gr.Blocks:
    """The whole window in the language of the events."""
    catalogue = events.catalogue
    blocks = gr.Blocks(title=catalogue.text("ui.title"), analytics_enabled=False, fill_width=True)
    with blocks:
        gr.HTML(_frame("header", events), elem_id="rus-header", apply_default_css=False)
        with gr.Tabs(elem_id="rus-tabs", overflow_behavior="wrap"):
            with gr.Tab(catalogue.text("ui.tab_ask"), id="ask"):
                asking = _ask_tab(events)
            guide, manage, documents, reading = _other_tabs(events)
        gr.HTML(_frame("footer", events), elem_id="rus-footer", apply_default_css=False)
        _connect_questions(asking, events)
        _connect_answers(asking, events)
        choice = asking.filter
        opened = [choice.chosen, choice.box, choice.kind, choice.year, choice.offered, asking.questions]
        opened += [documents, manage, guide]
        loaded = blocks.load(events.opened, asking.turns, opened, **_QUIET)
        loaded.then(None, None, None, js="() => window.rusStart()")
        blocks.load(reading.events.choices, None, reading.document, **_QUIET)
        manage.click(events.opened, asking.turns, opened, **_QUIET).then(
            reading.events.choices, None, reading.document, **_QUIET
        )
        documents.click(reading.events.chosen, None, reading.document, **_QUIET)
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


def style_sheet() -> str:
    """All styles of the service."""
    return "".join((_STATIC / name).read_text(encoding="utf-8") for name in _STYLES)


def page_head(catalogue: Catalogue, colours: str) -> str:
    """Style sheet and script for the page's head. Gradio's own parameter for style sheets rewrites their selectors."""
    prefix = "ui.browser."
    texts = {key.removeprefix(prefix): text for key, text in catalogue.texts.items() if key.startswith(prefix)}
    script = "".join((_STATIC / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    known = json.dumps({"language": catalogue.language, **texts}).replace("<", "\\u003c")
    return f"<style>{style_sheet()}{colours}</style><script>window.rusTexts = {known};\n{script}</script>"


@dataclass(frozen=True, slots=True)
class _Reading:
    events: ReadingEvents
    document: gr.Dropdown


def _other_tabs(events: Events) -> tuple[gr.HTML, gr.HTML, gr.HTML, _Reading]:
    """Guide, documents, reading view and what there is to know; returns what is filled when the page is opened."""
    catalogue = events.catalogue
    with gr.Tab(catalogue.text("ui.tab_strategy"), id="strategy", render_children=True):
        gr.HTML(_heading(catalogue, "ui.strategy"), apply_default_css=False)
        guide = gr.HTML(elem_id="rus-strategy", apply_default_css=False)
    with gr.Tab(catalogue.text("ui.tab_documents"), id="documents", render_children=True):
        gr.HTML(_heading(catalogue, "ui.documents"), apply_default_css=False)
        manage = gr.HTML(elem_id="rus-manage", js_on_load=_ON_MANAGE, apply_default_css=False)
        documents = gr.HTML(elem_id="rus-document-list", js_on_load=_ON_DOCUMENTS, apply_default_css=False)
    with gr.Tab(catalogue.text("ui.tab_reading"), id="reading", render_children=True):
        gr.HTML(_heading(catalogue, "ui.reading"), apply_default_css=False)
        reading = ReadingEvents(catalogue, events.pages)
        chosen = reading_tab(reading)
    with gr.Tab(catalogue.text("ui.tab_about"), id="about"):
        gr.Markdown(f"## {catalogue.text('ui.about.heading')}\n{catalogue.text('ui.about.body')}")
    return guide, manage, documents, _Reading(reading, chosen)


def _ask_tab(events: Events) -> AskTab:
    catalogue = events.catalogue
    text = catalogue.text
    gr.HTML(f"<h2>{html.escape(text('ui.ask.heading'))}</h2>", elem_classes="rus-hidden", apply_default_css=False)
    plain: dict[str, Any] = {"apply_default_css": False}
    turns = gr.State((), time_to_live=_SESSION_SECONDS)
    with gr.Row(equal_height=False, elem_id="rus-columns"):
        with gr.Column(scale=7, min_width=280, elem_id="rus-conversation"):
            chatbot = _chatbot(events)
            question, send, stop, clear, status = _question_field(catalogue)
            questions = gr.HTML(elem_id="rus-questions", js_on_load=_ON_QUESTION, **plain)
            gr.HTML(f'<p class="rus-machine">{html.escape(text("ui.machine_notice"))}</p>', **plain)
            chosen = _document_filter(catalogue)
            kept = gr.HTML(render("kept", catalogue, {}), elem_id="rus-kept", js_on_load=_ON_KEPT, **plain)
        with gr.Column(scale=5, min_width=280, elem_id="rus-panel-column"):
            panel = gr.HTML(
                message_panel("ui.panel.empty", catalogue), elem_id="rus-panel", js_on_load=_ON_SOURCE_LINK, **plain
            )
    carried = gr.HTML(elem_id="rus-carried", **plain)
    files = gr.HTML(elem_id="rus-files", js_on_load=_ON_FILES, **plain)
    feedback = gr.HTML(feedback_form(catalogue), js_on_load=_ON_FEEDBACK, **plain)
    shown = (turns, chatbot, panel, questions, carried, files, kept, feedback, question, send, stop, clear, status)
    return AskTab(*shown, filter=chosen)


def _chatbot(events: Events) -> gr.Chatbot:
    return gr.Chatbot(
        label=events.catalogue.text("ui.ask.conversation"),
        show_label=False,
        container=False,
        height="auto",
        elem_id="rus-chat",
        layout="panel",
        placeholder=events.brand.welcome or events.catalogue.text("ui.ask.welcome"),
        buttons=[],
        feedback_options=None,
        latex_delimiters=[],
        group_consecutive_messages=False,
        allow_file_downloads=False,
    )


def _question_field(catalogue: Catalogue) -> tuple[gr.Textbox, gr.Button, gr.Button, gr.Button, gr.HTML]:
    text = catalogue.text
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
    return question, send, stop, clear, status


def _document_filter(catalogue: Catalogue) -> DocumentFilter:
    text = catalogue.text
    with gr.Accordion(text("ui.ask.filter"), open=False, elem_id="rus-filter") as box:
        with gr.Row(elem_classes="rus-narrow"):
            kind = gr.Dropdown(label=text("ui.ask.filter_kind"), choices=[], filterable=False, elem_id="rus-kind")
            year = gr.Dropdown(label=text("ui.ask.filter_year"), choices=[], filterable=False, elem_id="rus-year")
            valid = gr.Checkbox(label=text("ui.ask.filter_valid"), elem_id="rus-valid")
        chosen = gr.CheckboxGroup(label=text("ui.ask.filter"), info=text("ui.ask.filter_hint"), elem_id="rus-documents")
        toggle = gr.Button(text("ui.ask.filter_toggle"), size="sm", elem_id="rus-toggle")
        with gr.Row(elem_classes="rus-narrow"):
            label = text("ui.ask.filter_section")
            section = gr.Dropdown(label=label, choices=[], visible=False, filterable=False, elem_id="rus-section")
    return DocumentFilter(box, kind, year, valid, chosen, toggle, section, gr.State(()))


def _connect_questions(asking: AskTab, events: Events) -> None:
    """All that leads to an answer."""
    changed, choice = asking.changed_by_question, [asking.filter.chosen, asking.filter.offered, asking.filter.section]
    pending = gr.State("")

    def taken(question: str) -> tuple[str, str]:
        """The question moves out of the field, which is free for the next one."""
        return question.strip(), ""

    running = []
    for trigger in (asking.question.submit, asking.send.click):
        moved = trigger(taken, asking.question, [pending, asking.question], **_QUIET)
        running.append(moved.then(events.asked, [pending, asking.turns, *choice], changed, **_QUIET))
    running.append(asking.questions.click(events.suggested, [asking.turns, *choice], changed, **_QUIET))
    running.append(asking.kept.click(events.restored, None, changed, **_QUIET))
    for run in running:
        run.failure(events.failed, asking.turns, changed, **_QUIET)
        run.success(events.best_source, asking.turns, asking.panel, **_QUIET)
    asking.stop.click(events.stopped, asking.turns, changed, cancels=running, **_QUIET)
    asking.clear.click(events.cleared, None, changed, cancels=running, **_QUIET)


def _connect_answers(asking: AskTab, events: Events) -> None:
    """All that is done with an answer, and the filter."""
    choice = asking.filter
    choice.chosen.change(events.filtered, choice.chosen, [choice.box, choice.section], **_QUIET)
    choice.toggle.click(events.toggled, choice.chosen, choice.chosen, **_QUIET)
    for narrowing in (choice.kind, choice.year, choice.valid):
        narrowing.input(events.narrowed, [choice.kind, choice.year, choice.valid], choice.chosen, **_QUIET)
    saved = asking.files.click(events.saved, asking.turns, asking.files, **_QUIET)
    saved.then(None, None, None, js="() => window.rusSave()")
    asking.feedback.click(events.rated, asking.turns, asking.status, **_QUIET)
    # A source chosen while another is on its way is the one that opens.
    latest: dict[str, Any] = {"trigger_mode": "always_last", **_QUIET}
    opened = asking.panel.click(events.source_opened, asking.turns, asking.panel, **latest)
    opened.then(None, None, None, js="() => window.rusPanelOpened()")


def _frame(name: str, events: Events) -> str:
    """The head or the foot of the page."""
    language = events.catalogue.language
    other = "en" if language == "sv" else "sv"
    values = {"brand": events.brand, "base": events.pages.base, "language": language, "other": other}
    return render(name, events.catalogue, values)


def _heading(catalogue: Catalogue, section: str) -> str:
    return (
        f"<h2>{html.escape(catalogue.text(section + '.heading'))}</h2>"
        f"<p>{html.escape(catalogue.text(section + '.intro'))}</p>"
    )
