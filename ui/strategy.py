"""The strategy at a glance, from the facts of the documents: lists whose every entry asks about it."""

from __future__ import annotations

import html
from collections.abc import Sequence

from assistant.catalogue import Catalogue
from ingest.facts.types import Entity, FactBase, GoalFact

_BODIES = ("organisation", "municipality")
_SHOWN_OPEN = 12
"""A longer list is folded."""


def strategy_html(facts: FactBase, catalogue: Catalogue) -> str:
    """Areas, priorities, focus areas, challenges, goals and initiatives, each as a list of buttons that ask."""
    efforts = [entity for entity in facts.entities if entity.kind not in _BODIES]
    parts = [
        _part("areas", _names(facts.areas), catalogue),
        _part("priorities", _names(facts.priorities), catalogue),
        _part("focus_areas", _names(facts.focus_areas), catalogue),
        _part("challenges", _names(facts.challenges), catalogue),
        _part("goals", [(goal.title, _figures(goal, catalogue)) for goal in facts.goals], catalogue),
        _part("initiatives", _names(efforts), catalogue),
    ]
    return "".join(parts) or f"<p>{html.escape(catalogue.text('ui.strategy.nothing'))}</p>"


def _names(entities: Sequence[Entity]) -> list[tuple[str, str]]:
    return [(name, "") for name in dict.fromkeys(entity.name for entity in entities)]


def _figures(goal: GoalFact, catalogue: Catalogue) -> str:
    """The goal's base, last outcome and target as far as the documents say them."""
    named = (("base", goal.base), ("outcome", goal.outcomes[-1] if goal.outcomes else None), ("target", goal.target))
    told = []
    for key, figure in named:
        if figure is not None:
            year = "" if figure.year is None else f" ({figure.year})"
            told.append(f"{catalogue.text(f'column.{key}')}: {figure.value}{year}")
    return ", ".join(told)


def _part(key: str, entries: Sequence[tuple[str, str]], catalogue: Catalogue) -> str:
    if not entries:
        return ""
    items = "".join(_item(name, about, catalogue) for name, about in entries)
    heading = f"{catalogue.text(f'ui.strategy.{key}')} ({len(entries)})"
    opened = " open" if len(entries) <= _SHOWN_OPEN else ""
    return (
        f'<details class="rus-part"{opened}><summary><h3>{html.escape(heading)}</h3></summary>'
        f'<ul class="rus-questions">{items}</ul></details>'
    )


def _item(name: str, about: str, catalogue: Catalogue) -> str:
    question = html.escape(catalogue.text("ui.strategy.ask", {"name": name}))
    detail = f" <span>{html.escape(about)}</span>" if about else ""
    return (
        f'<li><button type="button" class="rus-question" data-question="{question}">{html.escape(name)}{detail}'
        "</button></li>"
    )
