"""The way into the documents: questions by role, a tour of ten, the strategy's parts, and what its words mean.

All of it is made from what the documents hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from assistant.catalogue import Catalogue
from assistant.evidence import page_text
from assistant.strategy_map import Level, strategy_maps, strategy_parts
from ingest.documents import Document, Passage
from ingest.facts.abbreviations import definitions
from ingest.facts.types import Attribute, Entity, FactBase, GoalFact, Stretch
from ui.documents_tab import document_name
from ui.markup import render

if TYPE_CHECKING:
    from ingest.store.passage_index import PassageIndex

Original = Callable[[Document, int | None], str | None]
"""The address of a document itself, at a page; None where there is none."""
_LEVELS: tuple[Level, ...] = ("area", "priority", "focus_area", "challenge", "goal", "initiative")

_ROLES: tuple[str, ...] = ("new", "official", "elected")
_TOUR = 10

_QUESTIONS: tuple[tuple[str, tuple[str, ...], Callable[[FactBase], bool]], ...] = (
    ("read_first", ("new",), lambda facts: True),
    ("structure", ("new", "elected"), lambda facts: bool(facts.priorities or facts.focus_areas)),
    ("purpose", ("new",), lambda facts: True),
    ("priorities", ("new", "elected"), lambda facts: bool(facts.priorities)),
    ("challenges", ("elected",), lambda facts: bool(facts.challenges)),
    ("goals", ("official", "elected"), lambda facts: bool(facts.goals)),
    ("projects", ("official",), lambda facts: len(_efforts(facts, "project")) > 1),
    ("ongoing", ("official",), lambda facts: sum(map(_has_status, _efforts(facts, "project"))) > 1),
    ("networks", ("new", "official"), lambda facts: len(_efforts(facts, "network")) > 1),
)
"""Questions by their keys in the catalogue, whom each is for, and what must be known for it to have an answer."""
_TERM = re.compile(
    r"(?:\A|(?<=[.!?] )|(?<=\n))Med (?:begreppet )?(?P<term>[^.,:;\n]{3,60}?) (?:avses|menas) (?:här )?"
    r"(?P<meaning>[^\n]{10,300}?[.])(?=\s|\Z)"
)
"""How a Swedish text says what it means by a word: "Med X avses Y."."""


def role_questions(facts: FactBase, catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """Questions to begin with for each role."""
    return {
        role: tuple(
            catalogue.text(f"ui.guide.ask_{key}") for key, roles, known in _QUESTIONS if role in roles and known(facts)
        )
        for role in _ROLES
    }


def tour_questions(facts: FactBase, catalogue: Catalogue) -> tuple[str, ...]:
    """Ten questions for the first week; the best-known initiatives fill up where the documents lack something."""
    asked = [catalogue.text(f"ui.guide.ask_{key}") for key, _, known in _QUESTIONS if known(facts)]
    named = sorted(facts.efforts, key=lambda one: -len(one.mentions))
    asked += [catalogue.text("answer.starter_what", {"name": entity.name}) for entity in named]
    return tuple(dict.fromkeys(asked))[:_TOUR]


def terms(passages: Sequence[Passage]) -> list[tuple[str, str, Stretch]]:
    """Words and abbreviations with what the documents say that they mean and where first, in alphabetical order."""
    found: dict[str, tuple[str, str, Stretch]] = {}
    for passage in passages:
        defined = [(one.short, one.long) for one in definitions(passage.text)]
        defined += [
            (match["term"][0].upper() + match["term"][1:], match["meaning"]) for match in _TERM.finditer(passage.text)
        ]
        for name, meaning in defined:
            found.setdefault(name.casefold(), (name, meaning, Stretch(passage.id, 0, len(passage.text))))
    return [found[name] for name in sorted(found)]


def start_html(starters: Sequence[str], facts: FactBase, catalogue: Catalogue) -> str:
    """The questions to begin with: for everybody, and for each role that is chosen; the browser remembers which."""
    groups = {"all": tuple(starters), **role_questions(facts, catalogue)}
    return _groups_html(catalogue.text("ui.ask.starters"), groups, catalogue)


def questions_html(heading: str, questions: Sequence[str], catalogue: Catalogue) -> str:
    """Questions to choose from, as a list of buttons."""
    return _groups_html(heading, {"all": questions}, catalogue)


def _groups_html(heading: str, groups: Mapping[str, Sequence[str]], catalogue: Catalogue) -> str:
    filled = {role: questions for role, questions in groups.items() if questions}
    return render("questions", catalogue, {"heading": heading, "groups": filled}) if filled else ""


def guide_html(index: PassageIndex, original: Original, catalogue: Catalogue) -> str:
    """The whole tab: tour, the strategy as map and lists, words. `original` gives the address of a document's page."""
    passages = {passage.id: passage for passage in index.passages}

    def said(stretch: Stretch) -> str:
        return " ".join(passages[stretch.passage_id].text[stretch.start : stretch.end].split())

    def place_of(stretch: Stretch) -> dict[str, object]:
        passage = passages[stretch.passage_id]
        record = index.record(passage.document_id)
        address = original(record.document, passage.page) if record else None
        page = index.page(passage.document_id, passage.page)
        told = "" if page.number is None else page_text(page.number, page.label, catalogue)
        return {"title": passage.title, "page": told, "address": address}

    values = {
        "tour": tour_questions(index.facts, catalogue),
        "maps": strategy_maps(index),
        "parts": strategy_parts(index),
        "terms": terms(index.passages),
        "levels": _LEVELS,
        "name_of": document_name,
        "figures": lambda part: _figures(part.goal, catalogue) if part.goal else "",
        "said": said,
        "place_of": place_of,
    }
    return render("guide", catalogue, values)


def _figures(goal: GoalFact, catalogue: Catalogue) -> str:
    """The goal's indicator, base, last outcome and target as far as the documents say them."""
    last = goal.outcomes[-1] if goal.outcomes else None
    told = []
    for key, figure in (("base", goal.base), ("outcome", last), ("target", goal.target)):
        if figure is not None:
            year = "" if figure.year is None else f" ({figure.year})"
            told.append(f"{catalogue.text(f'column.{key}')}: {figure.value}{year}")
    is_said = not goal.indicator or goal.indicator.casefold() == goal.title.casefold()
    return ("" if is_said else f"{goal.indicator}. ") + ", ".join(told)


def _efforts(facts: FactBase, kind: str) -> list[Entity]:
    return [one for one in facts.efforts if one.kind == kind]


def _has_status(effort: Entity) -> bool:
    return any(fact.attribute is Attribute.STATUS for fact in effort.facts)
