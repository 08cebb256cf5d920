"""Conversations kept in the user's browser: how they get there and back. The server keeps nothing."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import replace

from pydantic import TypeAdapter, ValidationError

from assistant.catalogue import Catalogue
from ingest.errors import RusError
from ui.conversation import Turn

_TURNS = TypeAdapter(tuple[Turn, ...])


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


def kept_list_html(catalogue: Catalogue) -> str:
    """The list of kept conversations, filled in by the page's script."""
    text = {key: html.escape(catalogue.text(f"ui.kept.{key}")) for key in ("heading", "intro", "delete_all")}
    files = " ".join(
        f'<a href="#spara-0-{kind}">{html.escape(catalogue.text(f"ui.kept.save_{kind}"))}</a>'
        for kind in ("docx", "md")
    )
    return (
        f'<details class="rus-kept"><summary>{text["heading"]}</summary><p>{text["intro"]}</p>'
        f'<ul></ul><p class="rus-panel-links">{files}</p>'
        f'<button type="button" class="rus-button" data-delete-all>{text["delete_all"]}</button></details>'
    )
