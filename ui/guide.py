"""The way into the documents: questions by role, a tour of ten, the strategy's parts, and what its words mean.

All of it is made from what the documents hold. Builds HTML.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.catalogue import Catalogue
from assistant.strategy_map import efforts
from ingest.documents import Passage
from ingest.facts.abbreviations import definitions
from ingest.facts.types import Attribute, FactBase
from ui.strategy_view import Places, ask_button, folded, strategy_html

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
    _GuideQuestion("money", ("official", "elected"), lambda facts: _has(facts, None, Attribute.SUM)),
    _GuideQuestion("followed_up", ("new", "official", "elected")),
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
    passage: Passage


def role_questions(facts: FactBase, catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """Questions to begin with for each role."""
    return {
        role: tuple(_question(one.key, catalogue) for one in _QUESTIONS if role in one.roles and one.needs(facts))
        for role in ROLES
    }


def tour_questions(facts: FactBase, catalogue: Catalogue) -> tuple[str, ...]:
    """Ten questions for the first week; the best-known initiatives fill up where the documents lack something."""
    asked = [_question(one.key, catalogue) for one in _QUESTIONS if one.needs(facts)]
    known = sorted(efforts(facts), key=lambda one: -len(one.mentions))
    asked += [catalogue.text("answer.starter_what", {"name": entity.name}) for entity in known]
    return tuple(dict.fromkeys(asked))[:_TOUR]


def terms(passages: Sequence[Passage]) -> tuple[Term, ...]:
    """What the documents themselves define, each word where it is defined first, in alphabetical order."""
    found: dict[str, Term] = {}
    for passage in passages:
        for name, meaning in _defined(passage.text):
            found.setdefault(name.casefold(), Term(name, meaning, passage))
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
    if not filled:
        return ""
    buttons = "".join(
        f'<button type="button" class="rus-button" data-role="{role}" aria-pressed="{str(role == "all").lower()}">'
        f"{html.escape(catalogue.text(f'ui.guide.role_{role}'))}</button>"
        for role in filled
    )
    lists = "".join(
        f'<ul class="rus-questions" data-for="{role}"{"" if role == "all" else " hidden"}>{_items(questions)}</ul>'
        for role, questions in filled.items()
    )
    label = html.escape(catalogue.text("ui.guide.roles"))
    heading = html.escape(catalogue.text("ui.ask.starters"))
    return f'<h3>{heading}</h3><div class="rus-roles" role="group" aria-label="{label}">{buttons}</div>{lists}'


def questions_html(heading: str, questions: Sequence[str]) -> str:
    """Questions to choose from, as a list of buttons; empty where there are none."""
    if not questions:
        return ""
    return f'<h3>{html.escape(heading)}</h3><ul class="rus-questions">{_items(questions)}</ul>'


def guide_html(places: Places) -> str:
    """The whole tab: tour, the strategy as map and lists, words."""
    return tour_html(places.index.facts, places.catalogue) + strategy_html(places) + glossary_html(places)


def tour_html(facts: FactBase, catalogue: Catalogue) -> str:
    """The tour; the page's script marks what has been read in this browser."""
    text = {key: html.escape(catalogue.text(f"ui.guide.{key}")) for key in ("tour", "tour_intro", "tour_again")}
    items = _items(tour_questions(facts, catalogue))
    return (
        f'<section class="rus-tour" aria-labelledby="rus-tour-heading"><h3 id="rus-tour-heading">{text["tour"]}</h3>'
        f'<p>{text["tour_intro"]} <span role="status" class="rus-tour-count"></span></p>'
        f'<ol class="rus-questions">{items}</ol>'
        f'<button type="button" class="rus-button" data-tour-again hidden>{text["tour_again"]}</button></section>'
    )


def glossary_html(places: Places) -> str:
    """What abbreviations and words mean, each with the document and page that says so; empty where none is defined."""
    entries = terms(places.index.passages)
    if not entries:
        return ""
    rows = "".join(
        f"<dt>{html.escape(one.name)}</dt><dd>{html.escape(one.meaning)} {places.link(one.passage)}</dd>"
        for one in entries
    )
    heading = f"{places.catalogue.text('ui.guide.glossary')} ({len(entries)})"
    return folded(heading, f'<dl class="rus-terms">{rows}</dl>', level=3)


def _question(key: str, catalogue: Catalogue) -> str:
    return catalogue.text(f"ui.guide.ask_{key}")


def _has(facts: FactBase, kind: str | None, attribute: Attribute | None = None) -> bool:
    """Whether there are at least two efforts of the kind with the attribute."""
    found = [
        one
        for one in efforts(facts)
        if (kind is None or one.kind == kind)
        and (attribute is None or any(fact.attribute is attribute for fact in one.facts))
    ]
    return len(found) > 1


def _items(questions: Sequence[str]) -> str:
    return "".join(f"<li>{ask_button(question, question)}</li>" for question in questions)
