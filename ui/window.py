"""The chat's window: Gradio components, where they stand, and which action calls which event."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.catalogue import Catalogue
from ui.brand import contact_address
from ui.events import Events, status_html
from ui.export import feedback_form
from ui.markup import render
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
  if (!link) return;
  event.preventDefault();
  const [number, mark] = link.getAttribute('href').slice(7).split('-').map(Number);
  trigger('click', {number, mark: mark || 0});
});
"""
_ON_LOAD = {
    "rus-panel": _ON_SOURCE_LINK,
    "rus-questions": "window.rusQuestions((question, alone) => trigger('click', {question, alone}));",
    "rus-files": "window.rusFile = (number, kind) => trigger('click', {number, kind});",
    "rus-kept": "window.rusKept(element, (turns) => trigger('click', {turns}));",
    "rus-feedback": "window.rusFeedback(element, (said) => trigger('click', said));",
    "rus-manage": "window.rusManage(element, () => trigger('click', {}));",
    "rus-document-list": "window.rusRead = (id) => trigger('click', {id});",
}
"""By which the page's scripts raise events; each element is an HTML component of that id."""

Parts = dict[str, Any]
"""The components by their id."""


def build_window(events: Events) -> gr.Blocks:
    """The whole window in the language of the events."""
    catalogue = events.catalogue
    blocks = gr.Blocks(title=catalogue.text("ui.title"), analytics_enabled=False, fill_width=True)
    with blocks:
        _html("rus-header", _frame("header", events))
        with gr.Tabs(elem_id="rus-tabs", overflow_behavior="wrap"):
            with gr.Tab(catalogue.text("ui.tab_ask"), id="ask"):
                _ask_tab(events)
            _other_tabs(catalogue)
        _html("rus-footer", _frame("footer", events))
        turns, offered = gr.State((), time_to_live=_SESSION_SECONDS), gr.State(())
        parts = {one.elem_id: one for one in blocks.blocks.values() if one.elem_id}
        _connect_questions(parts, turns, offered, events)
        _connect_answers(parts, turns, events)
        _connect_documents(blocks, parts, turns, offered, events)
    blocks.queue(max_size=_WAITING_QUESTIONS, default_concurrency_limit=_CONCURRENT_QUESTIONS, api_open=False)
    return blocks


def theme() -> gr.themes.Base:
    """White, deep green, fonts of the user's own system."""
    return gr.themes.Base(
        primary_hue=gr.themes.colors.emerald,
        neutral_hue=gr.themes.colors.stone,
        text_size=gr.themes.sizes.text_lg,
        radius_size=gr.themes.sizes.radius_sm,
        font=("Lato", "Carlito", "Segoe UI", "Helvetica Neue", "Arial", "sans-serif"),
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


def _html(name: str | None, content: str = "", classes: str | None = None) -> None:
    """An HTML component of that id."""
    script = _ON_LOAD.get(name or "")
    gr.HTML(content, elem_id=name, elem_classes=classes, js_on_load=script, apply_default_css=False)


def _ask_tab(events: Events) -> None:
    catalogue, text = events.catalogue, events.catalogue.text
    _html(None, f"<h2>{html.escape(text('ui.ask.heading'))}</h2>", "rus-hidden")
    with gr.Row(equal_height=False, elem_id="rus-columns"):
        with gr.Column(scale=7, min_width=280, elem_id="rus-conversation"):
            gr.Chatbot(
                label=text("ui.ask.conversation"),
                show_label=False,
                container=False,
                height="auto",
                elem_id="rus-chat",
                layout="panel",
                placeholder=events.settings.region_welcome or text("ui.ask.welcome"),
                buttons=[],
                feedback_options=None,
                latex_delimiters=[],
                group_consecutive_messages=False,
                allow_file_downloads=False,
            )
            _question_field(catalogue)
            _html("rus-questions")
            _html(None, f'<p class="rus-machine">{html.escape(text("ui.machine_notice"))}</p>')
            _document_filter(catalogue)
            _html("rus-kept", render("kept", catalogue, {}))
        with gr.Column(scale=5, min_width=280, elem_id="rus-panel-column"):
            _html("rus-panel", message_panel("ui.panel.empty", catalogue))
    _html("rus-carried")
    _html("rus-files")
    _html("rus-feedback", feedback_form(catalogue))


def _question_field(catalogue: Catalogue) -> None:
    text = catalogue.text
    with gr.Column(elem_id="rus-ask"):
        gr.Textbox(
            label=text("ui.ask.question"),
            placeholder=text("ui.ask.placeholder"),
            lines=1,
            max_lines=8,
            elem_id="rus-question",
            submit_btn=False,
        )
        with gr.Row(elem_id="rus-buttons"):
            gr.Button(text("ui.ask.send"), variant="primary", elem_id="rus-send")
            gr.Button(text("ui.ask.stop"), visible=False, elem_id="rus-stop")
            gr.Button(text("ui.ask.clear"), elem_id="rus-clear")
            _html("rus-status", status_html((), False, catalogue))


def _document_filter(catalogue: Catalogue) -> None:
    """The choice of documents that may answer."""
    text = catalogue.text
    with gr.Accordion(text("ui.ask.filter"), open=False, elem_id="rus-filter"):
        gr.CheckboxGroup(label=text("ui.ask.filter"), info=text("ui.ask.filter_hint"), elem_id="rus-documents")
        gr.Button(text("ui.ask.filter_toggle"), size="sm", elem_id="rus-toggle")


def _other_tabs(catalogue: Catalogue) -> None:
    """Guide, documents, reading view and what there is to know; most is filled when the page is opened."""
    text = catalogue.text
    with gr.Tab(text("ui.tab_strategy"), id="strategy", render_children=True):
        _html(None, _heading(catalogue, "ui.strategy"))
        _html("rus-strategy")
    with gr.Tab(text("ui.tab_documents"), id="documents", render_children=True):
        _html(None, _heading(catalogue, "ui.documents"))
        _html("rus-manage")
        _html("rus-document-list")
    with gr.Tab(text("ui.tab_reading"), id="reading", render_children=True):
        _html(None, _heading(catalogue, "ui.reading"))
        with gr.Row(elem_id="rus-reading-choice"):
            label, place = text("ui.reading.document"), "rus-reading-document"
            gr.Dropdown(label=label, choices=[], filterable=False, scale=4, elem_id=place)
            label, place = text("ui.reading.page"), "rus-reading-page"
            gr.Number(label=label, value=1, minimum=1, precision=0, scale=1, elem_id=place)
            for step in ("previous", "next"):
                gr.Button(text(f"ui.reading.{step}"), scale=1, elem_classes="rus-step", elem_id=f"rus-{step}")
        _html("rus-reading-position")
        _html("rus-reading")
    with gr.Tab(text("ui.tab_about"), id="about"):
        gr.Markdown(f"## {text('ui.about.heading')}\n{text('ui.about.body')}")


def _connect_questions(parts: Parts, turns: gr.State, offered: gr.State, events: Events) -> None:
    """All that leads to an answer."""
    names = ("chat", "panel", "questions", "carried", "send", "stop", "status")
    changed = [turns, *(parts[f"rus-{name}"] for name in names)]
    choice = [turns, parts["rus-documents"], offered]
    question, pending = parts["rus-question"], gr.State("")

    def taken(asked: str) -> tuple[str, str]:
        """The question moves out of the field, which is free for the next one."""
        return asked.strip(), ""

    running = []
    for trigger in (question.submit, parts["rus-send"].click):
        moved = trigger(taken, question, [pending, question], **_QUIET)
        running.append(moved.then(events.asked, [pending, *choice], changed, **_QUIET))
    running.append(parts["rus-questions"].click(events.suggested, choice, changed, **_QUIET))
    running.append(parts["rus-kept"].click(events.restored, None, changed, **_QUIET))
    for run in running:
        run.failure(events.failed, turns, changed, **_QUIET)
        run.success(events.best_source, turns, parts["rus-panel"], **_QUIET)
    parts["rus-stop"].click(events.stopped, turns, changed, cancels=running, **_QUIET)
    parts["rus-clear"].click(events.cleared, None, changed, cancels=running, **_QUIET)


def _connect_answers(parts: Parts, turns: gr.State, events: Events) -> None:
    """All that is done with an answer, and the filter."""
    chosen = parts["rus-documents"]
    chosen.change(events.filtered, chosen, parts["rus-filter"], **_QUIET)
    parts["rus-toggle"].click(events.toggled, chosen, chosen, **_QUIET)
    saved = parts["rus-files"].click(events.saved, turns, parts["rus-files"], **_QUIET)
    saved.then(None, None, None, js="() => window.rusSave()")
    parts["rus-feedback"].click(events.rated, turns, parts["rus-status"], **_QUIET)
    panel = parts["rus-panel"]
    # A source chosen while another is on its way is the one that opens.
    opened = panel.click(events.source_opened, turns, panel, trigger_mode="always_last", **_QUIET)
    opened.then(None, None, None, js="() => window.rusPanelOpened()")


def _connect_documents(blocks: gr.Blocks, parts: Parts, turns: gr.State, offered: gr.State, events: Events) -> None:
    """All that is made from the documents, and the reading view."""
    document, page = parts["rus-reading-document"], parts["rus-reading-page"]
    names = ("questions", "document-list", "manage", "strategy")
    made = [parts["rus-documents"], parts["rus-filter"], offered, *(parts[f"rus-{name}"] for name in names), document]
    loaded = blocks.load(events.opened, turns, made, **_QUIET)
    loaded.then(None, None, None, js="() => window.rusStart()")
    parts["rus-manage"].click(events.opened, turns, made, **_QUIET)
    parts["rus-document-list"].click(events.to_read, None, document, **_QUIET)
    view = [page, parts["rus-reading-position"], parts["rus-reading"]]
    document.change(lambda chosen: events.read(chosen, 1), document, view, **_QUIET)
    for turned in (page.submit, page.blur):
        turned(events.read, [document, page], view, **_QUIET)
    for name, step in (("rus-previous", -1), ("rus-next", 1)):
        parts[name].click(
            lambda chosen, at, step=step: events.read(chosen, (at or 1) + step), [document, page], view, **_QUIET
        )


def _frame(name: str, events: Events) -> str:
    """The head or the foot of the page."""
    language = events.catalogue.language
    other = "en" if language == "sv" else "sv"
    values = {"settings": events.settings, "base": events.pages.base, "language": language, "other": other}
    return render(name, events.catalogue, {**values, "contact_address": contact_address})


def _heading(catalogue: Catalogue, section: str) -> str:
    heading, intro = (html.escape(catalogue.text(f"{section}.{part}")) for part in ("heading", "intro"))
    return f"<h2>{heading}</h2><p>{intro}</p>"
