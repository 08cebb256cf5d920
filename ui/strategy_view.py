"""The strategy as a map and as lists: each part a button that asks about it, beside a link to where it stands.

The map is nested lists, which the style sheet lays out as a tree. Builds HTML; every text is escaped.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.catalogue import Catalogue
from assistant.strategy_map import Level, StrategyMap, StrategyPart, strategy_maps, strategy_parts
from ingest.documents import Document, Passage
from ingest.facts.types import GoalFact

if TYPE_CHECKING:
    from ingest.store.passage_index import PassageIndex

Original = Callable[[Document, int | None], str | None]
"""The address of a document itself, at a page; None where there is none."""
_ORDER: tuple[Level, ...] = ("area", "priority", "focus_area", "challenge", "goal", "initiative")
_SHOWN_OPEN = 4
"""More initiatives or focus areas than that below one part of the map are folded."""


@dataclass(frozen=True, slots=True)
class Places:
    """Links to where something stands."""

    index: PassageIndex
    original: Original
    catalogue: Catalogue

    def link(self, passage: Passage, brief: bool = False) -> str:
        """Document and page; a `brief` link shows the page alone, and names the document for those who hear it."""
        text, title = self.catalogue.text, html.escape(passage.title)
        page = "" if passage.page is None else html.escape(text("ui.panel.page", {"page": str(passage.page)}))
        shown = f"{title}, {page}" if page else title
        if brief:
            shown = f'{page or html.escape(text("ui.strategy.source"))}<span class="rus-hidden"> {title}</span>'
        record = self.index.record(passage.document_id)
        address = self.original(record.document, passage.page) if record else None
        if address is None:
            return f'<span class="rus-quiet">{shown}</span>'
        opens = html.escape(text("ui.panel.new_window"))
        return (
            f'<a class="rus-place" href="{html.escape(address)}" target="_blank" rel="noopener noreferrer">{shown}'
            f'<span class="rus-hidden"> {opens}</span></a>'
        )


def strategy_html(places: Places) -> str:
    """A map for each document that sets areas, priorities or goals, the newest open, and all parts as lists."""
    view = _View(places, {passage.id: passage for passage in places.index.passages})
    parts, maps, text = strategy_parts(places.index), strategy_maps(places.index), places.catalogue.text
    if not parts:
        return f"<p>{html.escape(text('ui.strategy.nothing'))}</p>"
    lists = "".join(view.folded_list(level, [one for one in parts if one.level == level]) for level in _ORDER)
    lists = f"<h3>{html.escape(text('ui.strategy.lists'))}</h3>{lists}"
    if not maps:
        return lists
    drawn = "".join(view.map(one, opened=number == 0) for number, one in enumerate(maps))
    return (
        f'<section class="rus-map" aria-labelledby="rus-map-heading">'
        f'<h3 id="rus-map-heading">{html.escape(text("ui.strategy.map"))}</h3>'
        f"<p>{html.escape(text('ui.strategy.map_intro'))}</p>{drawn}</section>{lists}"
    )


def ask_button(name: str, question: str, about: str = "") -> str:
    """A button called `name` that asks the question; `about` stands below the name."""
    detail = f" <span>{html.escape(about)}</span>" if about else ""
    return (
        f'<button type="button" class="rus-question" data-question="{html.escape(question)}">'
        f"{html.escape(name)}{detail}</button>"
    )


def folded(heading: str, body: str, level: int = 4, opened: bool = False) -> str:
    """What is shown when its heading is chosen."""
    shown = f"<h{level}>{html.escape(heading)}</h{level}>"
    return f'<details class="rus-part"{" open" if opened else ""}><summary>{shown}</summary>{body}</details>'


@dataclass(frozen=True, slots=True)
class _View:
    """Draws parts. `passages` are those of the index by id."""

    places: Places
    passages: dict[str, Passage]

    def map(self, drawn: StrategyMap, opened: bool) -> str:
        """The document with its vision, and below it the tree."""
        text, document = self.places.catalogue.text, drawn.document
        vision = ""
        if drawn.vision is not None:
            passage = self.passages[drawn.vision.passage_id]
            said = " ".join(passage.text[drawn.vision.start : drawn.vision.end].split())
            asks = text("ui.strategy.ask_vision", {"title": document.title})
            vision = self._drawn(self._kind("vision"), ask_button(said, asks), self.places.link(passage, brief=True))
        year = f" ({document.year})" if document.year and str(document.year) not in document.title else ""
        return folded(f"{document.title}{year}", f"{vision}{self._tree(drawn.parts)}", opened=opened)

    def folded_list(self, level: Level, parts: Sequence[StrategyPart]) -> str:
        """All parts of one level, each once; nothing where there are none."""
        once = {part.name: part for part in reversed(parts)}.values() if level != "goal" else parts
        items = "".join(f"<li>{self._asking(part)}{self._link(part)}</li>" for part in reversed(tuple(once)))
        heading = f"{self.places.catalogue.text(f'ui.strategy.{level}_list')} ({len(once)})"
        return folded(heading, f'<ul class="rus-questions">{items}</ul>') if once else ""

    def _tree(self, parts: Sequence[StrategyPart]) -> str:
        """The parts level by level; those of which there may be many are folded."""
        levels = [[part for part in parts if part.level == level] for level in _ORDER]
        return "".join(self._branch(some) for some in levels if some)

    def _branch(self, parts: Sequence[StrategyPart]) -> str:
        level = parts[0].level
        branch = f'<ul data-level="{level}">{"".join(map(self._node, parts))}</ul>'
        if level not in ("focus_area", "initiative") or len(parts) <= _SHOWN_OPEN:
            return branch
        heading = f"{self.places.catalogue.text(f'ui.strategy.{level}_some')} ({len(parts)})"
        return f"<details><summary>{html.escape(heading)}</summary>{branch}</details>"

    def _node(self, part: StrategyPart) -> str:
        drawn = self._drawn(self._kind(part.level, part.number), self._asking(part), self._link(part))
        return f"<li>{drawn}{self._tree(part.parts)}</li>"

    @staticmethod
    def _drawn(kind: str, asking: str, link: str) -> str:
        return f'<div class="rus-node">{kind}{asking}{link}</div>'

    def _kind(self, level: str, number: str = "") -> str:
        shown = f"{self.places.catalogue.text(f'ui.strategy.{level}')} {number}".strip()
        return f'<span class="rus-kind">{html.escape(shown)}</span>'

    def _asking(self, part: StrategyPart) -> str:
        question = self.places.catalogue.text("ui.strategy.ask", {"name": part.name})
        return ask_button(part.name, question, self._figures(part.goal) if part.goal else "")

    def _link(self, part: StrategyPart) -> str:
        return self.places.link(self.passages[part.proof.passage_id], brief=True)

    def _figures(self, goal: GoalFact) -> str:
        """The goal's base, last outcome and target as far as the documents say them."""
        text = self.places.catalogue.text
        last = goal.outcomes[-1] if goal.outcomes else None
        measured = (
            f"{goal.indicator}. " if goal.indicator and goal.indicator.casefold() != goal.title.casefold() else ""
        )
        told = []
        for key, figure in (("base", goal.base), ("outcome", last), ("target", goal.target)):
            if figure is not None:
                year = "" if figure.year is None else f" ({figure.year})"
                told.append(f"{text(f'column.{key}')}: {figure.value}{year}")
        return measured + ", ".join(told)
