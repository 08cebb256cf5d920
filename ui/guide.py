"""The way into the documents: questions by role, a tour of ten, the strategy's parts, and what its words mean.

All of it is made from what the documents hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.catalogue import Catalogue
from assistant.evidence import page_text
from assistant.strategy_map import Level, strategy_maps, strategy_parts
from ingest.documents import Document, Passage
from ingest.facts.abbreviations import definitions
from ingest.facts.types import Attribute, FactBase, GoalFact, Stretch
from ui.documents_tab import document_name
from ui.templating import render

if TYPE_CHECKING:
    from ingest.store.passage_index import PassageIndex

Original = Callable[[Document, int | None], str | None]
"""The address of a document itself, at a page; None where there is none."""
_LEVELS: tuple[Level, ...] = ("area", "priority", "focus_area", "challenge", "goal", "initiative")

ROLES: tuple[str, ...] = ("new", "official", "elected")
_TOUR = 10


@dataclass(frozen=True, slots=True)
class _GuideQuestion:
    """A question by its key in the catalogue, whom it is for, and what must be known for it to have an answer."""

    key: str
    roles: tuple[str, ...]
    needs: Callable[[FactBase], bool] = lambda facts: True


_QUESTIONS = (
    _GuideQuestion("read_first", ("new",)),
    _GuideQuestion("structure", ("new", "elected"), lambda facts: bool(facts.priorities or facts.focus_areas)),
    _GuideQuestion("purpose", ("new",)),
    _GuideQuestion("priorities", ("new", "elected"), lambda facts: bool(facts.priorities)),
    _GuideQuestion("challenges", ("elected",), lambda facts: bool(facts.challenges)),
    _GuideQuestion("goals", ("official", "elected"), lambda facts: bool(facts.goals)),
    _GuideQuestion("projects", ("official",), lambda facts: _has(facts, "project")),
    _GuideQuestion("ongoing", ("official",), lambda facts: _has(facts, "project", Attribute.STATUS)),
    _GuideQuestion("networks", ("new", "official"), lambda facts: _has(facts, "network")),
)
_TERM = re.compile(
    r"(?:\A|(?<=[.!?] )|(?<=\n))Med (?:begreppet )?(?P<term>[^.,:;\n]{3,60}?) (?:avses|menas) (?:här )?"
    r"(?P<meaning>[^\n]{10,300}?[.])(?=\s|\Z)"
)
"""How a Swedish text says what it means by a word: "Med X avses Y."."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word or abbreviation with what a document says that it means, and where."""

    name: str
    meaning: str
    place: Stretch


def role_questions(facts: FactBase, catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """Questions to begin with for each role."""
    return {
        role: tuple(_question(one.key, catalogue) for one in _QUESTIONS if role in one.roles and one.needs(facts))
        for role in ROLES
    }


def tour_questions(facts: FactBase, catalogue: Catalogue) -> tuple[str, ...]:
    """Ten questions for the first week; the best-known initiatives fill up where the documents lack something."""
    asked = [_question(one.key, catalogue) for one in _QUESTIONS if one.needs(facts)]
    known = sorted(facts.efforts, key=lambda one: -len(one.mentions))
    asked += [catalogue.text("answer.starter_what", {"name": entity.name}) for entity in known]
    return tuple(dict.fromkeys(asked))[:_TOUR]


def terms(passages: Sequence[Passage]) -> tuple[Term, ...]:
    """What the documents themselves define, each word where it is defined first, in alphabetical order."""
    found: dict[str, Term] = {}
    for passage in passages:
        for name, meaning in _defined(passage.text):
            place = Stretch(passage.id, 0, len(passage.text))
            found.setdefault(name.casefold(), Term(name, meaning, place))
    return tuple(found[name] for name in sorted(found))


def _defined(text: str) -> Iterator[tuple[str, str]]:
    for one in definitions(text):
        yield one.short, one.long
    for match in _TERM.finditer(text):
        yield match["term"][0].upper() + match["term"][1:], match["meaning"]


def start_html(starters: Sequence[str], facts: FactBase, catalogue: Catalogue) -> str:
    """The questions to begin with: for everybody, and for each role that is chosen; the browser remembers which."""
    groups = {"all": tuple(starters), **role_questions(facts, catalogue)}
    filled = {role: questions for role, questions in groups.items() if questions}
    heading = catalogue.text("ui.ask.starters")
    return render("questions", catalogue, {"heading": heading, "groups": filled}) if filled else ""


def questions_html(heading: str, questions: Sequence[str], catalogue: Catalogue) -> str:
    """Questions to choose from, as a list of buttons; empty where there are none."""
    return render("questions", catalogue, {"heading": heading, "groups": {"all": questions}}) if questions else ""


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


def _question(key: str, catalogue: Catalogue) -> str:
    return catalogue.text(f"ui.guide.ask_{key}")


def _has(facts: FactBase, kind: str, attribute: Attribute | None = None) -> bool:
    """Whether there are at least two efforts of the kind with the attribute."""
    found = [
        one
        for one in facts.efforts
        if one.kind == kind and (attribute is None or any(fact.attribute is attribute for fact in one.facts))
    ]
    return len(found) > 1
