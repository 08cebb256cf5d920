"""The chat's window: Gradio components, where they stand, and which action calls which event."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.catalogue import Catalogue
from ui.citations import empty_panel
from ui.events import Events, status_html
from ui.feedback import feedback_form
from ui.kept import kept_list_html
from ui.pages import Pages
from ui.reading_tab import ReadingEvents, reading_tab

if TYPE_CHECKING:
    from assistant.assistant import Assistant

_STATIC = Path(__file__).parent / "static"
_STYLES = ("style.css", "answer.css")
_SCRIPTS = ("behaviour.js", "tables.js", "keep.js")
_CONCURRENT_QUESTIONS = 8
_WAITING_QUESTIONS = 200
_SESSION_SECONDS = 8 * 3600

# Listens to the whole page, because the links stand in the conversation too.
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
window.rusAsk = (question) => trigger('click', {question});
"""
_ON_STRATEGY = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-question]');
  if (!button) return;
  document.querySelector('#rus-tabs [role=tab]').click();
  window.rusAsk(button.dataset.question);
});
"""
_ON_FILES = "window.rusFile = (number, kind) => trigger('click', {number, kind});"
_ON_KEPT = "window.rusKept(element, (turns) => trigger('click', {turns}));"
_ON_FEEDBACK = "window.rusFeedback(element, (said) => trigger('click', said));"


@dataclass(frozen=True, slots=True)
class Window:
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
            self.carried,
            self.send,
            self.stop,
            self.status,
        ]


def build_chat(
    assistant: Assistant, catalogue: Catalogue, pages: Pages, base: str, feedback_folder: Path | None = None
) -> gr.Blocks:
    """The whole window in one language. `base` leads from its address to the root of the service.

    What users say of answers is kept in `feedback_folder`, and nobody is asked where that is None.
    """
    events = Events(assistant, catalogue, pages, base, feedback_folder)
    blocks = gr.Blocks(title=catalogue.text("ui.title"), analytics_enabled=False, fill_width=True)
    with blocks:
        gr.HTML(_header(catalogue, base), elem_id="rus-header", apply_default_css=False)
        with gr.Tabs(elem_id="rus-tabs", overflow_behavior="wrap"):
            with gr.Tab(catalogue.text("ui.tab_ask"), id="ask"):
                window = _ask_tab(catalogue)
            with gr.Tab(catalogue.text("ui.tab_strategy"), id="strategy", render_children=True):
                gr.HTML(_heading(catalogue, "ui.strategy"), apply_default_css=False)
                strategy = gr.HTML(elem_id="rus-strategy", js_on_load=_ON_STRATEGY, apply_default_css=False)
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
        opened = [window.chosen, window.filter, window.questions, documents, strategy]
        loaded = blocks.load(events.opened, None, opened, show_progress="hidden", api_visibility="private")
        loaded.then(None, None, None, js="() => window.rusStart()")
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
    script = "".join((_STATIC / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    known = json.dumps({"language": catalogue.language, **texts}).replace("<", "\\u003c")
    style = "".join((_STATIC / name).read_text(encoding="utf-8") for name in _STYLES)
    return f"<style>{style}</style><script>window.rusTexts = {known};\n{script}</script>"


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
            questions = gr.HTML(elem_id="rus-questions", js_on_load=_ON_QUESTION, apply_default_css=False)
            gr.HTML(f'<p class="rus-machine">{html.escape(text("ui.machine_notice"))}</p>', apply_default_css=False)
            with gr.Accordion(text("ui.ask.filter"), open=False, elem_id="rus-filter") as documents:
                chosen = gr.CheckboxGroup(
                    label=text("ui.ask.filter"), info=text("ui.ask.filter_hint"), elem_id="rus-documents"
                )
            kept = gr.HTML(kept_list_html(catalogue), elem_id="rus-kept", js_on_load=_ON_KEPT, apply_default_css=False)
        with gr.Column(scale=5, min_width=280, elem_id="rus-panel-column"):
            panel = gr.HTML(
                empty_panel(catalogue), elem_id="rus-panel", js_on_load=_ON_SOURCE_LINK, apply_default_css=False
            )
    carried = gr.HTML(elem_id="rus-carried", apply_default_css=False)
    files = gr.HTML(elem_id="rus-files", js_on_load=_ON_FILES, apply_default_css=False)
    feedback = gr.HTML(feedback_form(catalogue), js_on_load=_ON_FEEDBACK, apply_default_css=False)
    return Window(
        turns=turns,
        chatbot=chatbot,
        panel=panel,
        questions=questions,
        carried=carried,
        files=files,
        kept=kept,
        feedback=feedback,
        question=question,
        send=send,
        stop=stop,
        clear=clear,
        status=status,
        filter=documents,
        chosen=chosen,
    )


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
    running.append(window.kept.click(events.restored, None, changed, **quiet))
    for run in running:
        run.failure(events.failed, window.turns, changed, **quiet)
        run.success(events.best_source, window.turns, window.panel, **quiet)
    window.stop.click(events.stopped, window.turns, changed, cancels=running, **quiet)
    window.clear.click(events.cleared, None, changed, cancels=running, **quiet)
    window.chosen.change(events.filtered, window.chosen, window.filter, **quiet)
    saved = window.files.click(events.saved, window.turns, window.files, **quiet)
    saved.then(None, None, None, js="() => window.rusSave()")
    window.feedback.click(events.rated, window.turns, window.status, **quiet)
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
