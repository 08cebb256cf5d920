"""The forms by which documents are added, described and removed, and what is shown while that runs. Builds HTML."""

from __future__ import annotations

import html

from assistant.catalogue import Catalogue
from ingest.indexing.building import Step
from ingest.read import READABLE_SUFFIXES
from ui.document_list import KINDS, kind_name
from ui.index_jobs import FileResult, JobState

_DATES = ("year", "valid_from", "valid_to")


def manage_html(catalogue: Catalogue, base: str) -> str:
    """Where files are dropped or chosen and an address is typed. `base` leads to the root of the service."""
    text = {key: html.escape(catalogue.text(f"ui.manage.{key}")) for key in (
        "heading", "drop", "files", "folder", "address", "fetch", "stop", "hint",
    )}  # fmt: skip
    accept = html.escape(",".join(sorted(READABLE_SUFFIXES)))
    return (
        f'<section class="rus-manage" data-base="{html.escape(base)}" aria-labelledby="rus-manage-heading">'
        f'<h3 id="rus-manage-heading">{text["heading"]}</h3><div class="rus-drop"><p>{text["drop"]}</p>'
        f'<p class="rus-panel-links">'
        f'<button type="button" class="rus-button" data-pick="files">{text["files"]}</button>'
        f'<button type="button" class="rus-button" data-pick="folder">{text["folder"]}</button></p>'
        f'<input type="file" hidden multiple data-files accept="{accept}">'
        f'<input type="file" hidden multiple webkitdirectory data-folder></div>'
        f'<form class="rus-address"><label>{text["address"]} <input type="url" name="address" required '
        f'placeholder="https://"></label><button type="submit" class="rus-button">{text["fetch"]}</button></form>'
        f'<p class="rus-quiet">{text["hint"]}</p><p role="status" class="rus-job-status"></p>'
        f'<div class="rus-job"></div><button type="button" class="rus-button" data-stop hidden>{text["stop"]}</button>'
        f"</section>{_describe_dialog(catalogue)}{_remove_dialog(catalogue)}"
    )


def job_status(state: JobState, catalogue: Catalogue) -> str:
    """One sentence on how the newest job stands; it changes only when the job begins, changes step and ends."""
    if state.kind is None:
        return ""
    if state.running:
        step = state.progress.step if state.progress else Step.READING
        return catalogue.text(f"ui.manage.{step}" if state.kind == "add" else f"ui.manage.{state.kind}_running")
    if state.reason is not None:
        return state.reason
    if state.kind != "add":
        return catalogue.text(f"ui.manage.{state.kind}_done")
    read = sum(one.passages > 0 for one in state.files)
    return catalogue.text("ui.manage.done", {"read": str(read), "count": str(len(state.files))})


def job_html(state: JobState, catalogue: Catalogue) -> str:
    """How far the job has come, or what became of each file."""
    if state.running:
        return _progress_html(state, catalogue)
    if state.kind != "add" or not state.files:
        return ""
    keys = ("title", "status", "pages", "passages", "reason")
    head = "".join(f'<th scope="col">{html.escape(catalogue.text(f"ui.documents.{key}"))}</th>' for key in keys)
    rows = "".join(_file_row(one, catalogue) for one in state.files)
    caption = html.escape(catalogue.text("ui.manage.result"))
    return (
        f'<div class="rus-table" tabindex="0" role="region" aria-label="{caption}"><table><caption>{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _progress_html(state: JobState, catalogue: Catalogue) -> str:
    now = state.progress
    if now is None:
        return "<progress></progress>"
    is_reading = now.step is Step.READING
    values = {
        "number": str(min(int(now.done) + 1, now.total)),
        "count": str(now.total),
        "document": now.document,
        "pages": str(now.pages),
        "passages": str(now.passages),
        "seconds": f"{state.seconds:.0f}",
    }
    line = catalogue.text("ui.manage.reading_line" if is_reading else "ui.manage.embedding_line", values)
    if now.seconds_left is not None:
        line += catalogue.text("ui.manage.left", {"seconds": f"{now.seconds_left:.0f}"})
    share = f' max="{now.total}" value="{now.done:.2f}"' if now.done else ""
    label = html.escape(catalogue.text("ui.manage.progress"))
    return f'<progress aria-label="{label}"{share}></progress><p>{html.escape(line)}</p>'


def _file_row(one: FileResult, catalogue: Catalogue) -> str:
    cells = (
        catalogue.text(f"ui.manage.action_{one.action}"),
        str(one.pages or ""),
        str(one.passages or ""),
        one.reason,
    )
    keys = ("status", "pages", "passages", "reason")
    shown = "".join(
        f'<td data-label="{html.escape(catalogue.text(f"ui.documents.{key}"))}">{html.escape(cell)}</td>'
        for key, cell in zip(keys, cells, strict=True)
    )
    return f'<tr><th scope="row">{html.escape(one.title)}</th>{shown}</tr>'


def _describe_dialog(catalogue: Catalogue) -> str:
    def label(key: str) -> str:
        return html.escape(catalogue.text(f"ui.manage.field_{key}"))

    kinds = "".join(f'<option value="{kind}">{html.escape(kind_name(kind, catalogue))}</option>' for kind in KINDS)
    dates = "".join(
        f'<label>{label(key)} <input name="{key}" inputmode="numeric" maxlength="10" autocomplete="off"></label>'
        for key in _DATES
    )
    fields = (
        f'<label>{label("title")} <input name="title" maxlength="300" autocomplete="off"></label>'
        f'<label>{label("kind")} <select name="kind"><option value=""></option>{kinds}</select></label>{dates}'
        f"<p>{label('hint')}</p>"
    )
    return _dialog("describe", fields, catalogue)


def _remove_dialog(catalogue: Catalogue) -> str:
    return _dialog(
        "forget",
        f"<p><strong data-name></strong></p><p>{html.escape(catalogue.text('ui.manage.forget_hint'))}</p>",
        catalogue,
    )


def _dialog(name: str, body: str, catalogue: Catalogue) -> str:
    text = {key: html.escape(catalogue.text(f"ui.manage.{key}")) for key in (f"{name}_heading", name, "cancel")}
    return (
        f'<dialog class="rus-dialog" data-dialog="{name}" aria-labelledby="rus-{name}-heading"><form method="dialog">'
        f'<h2 id="rus-{name}-heading">{text[f"{name}_heading"]}</h2>{body}<p class="rus-panel-links">'
        f'<button type="submit" value="send" class="rus-button rus-main">{text[name]}</button>'
        f'<button type="submit" value="cancel" class="rus-button" formnovalidate>{text["cancel"]}</button></p>'
        "</form></dialog>"
    )
