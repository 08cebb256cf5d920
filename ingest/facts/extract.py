"""Extracts all typed facts of an index from its passages, once, at ingest."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from ingest.documents import Document, Passage
from ingest.facts.abbreviations import learn_abbreviations
from ingest.facts.bodies import Bodies
from ingest.facts.entities import Initiative, as_entity, find_initiatives, section_names
from ingest.facts.figures import PERIOD, YEAR
from ingest.facts.goals import set_goals
from ingest.facts.headed import part_title, set_out
from ingest.facts.labelled import boxes_of
from ingest.facts.outcomes import follow_up, revise
from ingest.facts.rows import Row, row_facts
from ingest.facts.settle import Stated, document_dates, settled
from ingest.facts.statements import said_of, segments
from ingest.facts.tabular import rows_of
from ingest.facts.types import Attribute, Entity, Fact, FactBase, Stretch
from ingest.facts.units import Unit, units_of
from ingest.facts.vocabulary import all_towns, said
from ingest.titles import without_years

_HEADS_ACTIONS = re.compile(r"(?:del)?(?:åtgärd|aktivitet|uppgift|moment|steg)(?!s?program|s?plan)", re.IGNORECASE)
_ACTION = re.compile(r"(?!(?:[Ss]umma|[Tt]otal|[Ss]amtliga)\b)[^\W\d_].{5,160}", re.DOTALL)
"""What a row tells of, and no sum of the rows above it."""
_OF_BOX = 3
"""Labelled values from which a sentence is a box."""


def extract_facts(passages: Sequence[Passage], documents: Sequence[Document]) -> FactBase:
    """The facts of all passages, which stand in reading order, document after document."""
    units = tuple(units_of(passages))
    priorities = set_out(passages, "priority", "priorities")
    focus_areas = set_out(passages, "focus_area", "focus_areas", both=True)
    areas = set_out(passages, "area", "areas")
    parts = (*priorities, *areas, *focus_areas)
    rows = (*rows_of(passages, {part.kind_word.lower() for part in parts}), *boxes_of(passages))
    headings = {form for part in parts for form in (part.name.lower(), part_title(part.name))}
    titles = [document.title.lower() for document in documents]
    headings |= {name for title in titles for name in (title, without_years(title))}
    initiatives, bodies = find_initiatives(units, rows, headings)
    dates = document_dates(units, documents)
    titles_of_parts = {part_title(entity.name) for entity in (*priorities, *areas)}
    stated = _stated(units, initiatives, bodies, dates, titles_of_parts)
    goals = set_goals(units, rows)
    follow_up(goals, units, rows, dates)
    revise(goals, units, rows, dates)
    now = max((one.date for own in stated.values() for one in own), default="")
    entities = tuple(as_entity(one, settled(stated[id(one)], now)) for one in initiatives)
    return FactBase(
        entities=(*entities, *_bodies(units, bodies, entities)),
        goals=tuple(goal.fact() for goal in goals),
        challenges=set_out(passages, "challenge", "challenges"),
        focus_areas=focus_areas,
        priorities=priorities,
        areas=areas,
        actions=tuple(_actions(rows, initiatives, titles_of_parts)),
        abbreviations=learn_abbreviations(passages),
    )


_Told = tuple[Initiative, Fact, str, int]
"""An initiative, a fact about it, the document that tells it, and how surely (see `Stated.weight`)."""


def _stated(
    units: Sequence[Unit],
    initiatives: Sequence[Initiative],
    bodies: Bodies,
    dates: dict[str, str],
    areas: Collection[str],
) -> dict[int, list[Stated]]:
    """What all documents state of each initiative, by its identity."""
    stated: dict[int, list[Stated]] = defaultdict(list)
    for initiative, fact, document_id, weight in (
        *_of_columns(initiatives, areas, bodies),
        *_of_mentions(initiatives, areas),
        *_of_text(units, initiatives, bodies),
    ):
        stated[id(initiative)].append(Stated(fact, dates.get(document_id, ""), weight))
    return stated


def _of_columns(initiatives: Sequence[Initiative], areas: Collection[str], bodies: Bodies) -> Iterator[_Told]:
    """What rows tell."""
    for initiative in initiatives:
        for row in initiative.rows:
            proof = Stretch(row.passage.id, row.start, row.end)
            for fact in (*row_facts(row), *_priority(row.passage, row.caption, proof, areas)):
                yield initiative, fact, row.passage.document_id, 3
                if fact.attribute is Attribute.PARTICIPANT and all_towns().search(fact.value):
                    for town in bodies.municipalities:
                        yield initiative, replace(fact, value=town), row.passage.document_id, 3


def _actions(rows: Sequence[Row], initiatives: Sequence[Initiative], areas: Collection[str]) -> Iterator[Entity]:
    """What rows of tables tell of that is no initiative, each with the facts of its row."""
    known = {id(row) for initiative in initiatives for row in initiative.rows}
    for row in rows:
        cell = row.first("name")
        if row.turned or id(row) in known or cell is None or not _HEADS_ACTIONS.match(cell.header):
            continue
        proof = Stretch(row.passage.id, row.start, row.end)
        facts = (*row_facts(row), *_priority(row.passage, row.caption, proof, areas))
        if facts and _ACTION.fullmatch(cell.text):
            yield Entity(cell.text, (), "other", row.passage.section, (proof,), 0, facts, cell.header.lower())


def _of_mentions(initiatives: Sequence[Initiative], areas: Collection[str]) -> Iterator[_Told]:
    """What a name itself tells, and the headings over it."""
    for initiative in initiatives:
        for fact in _of_name(initiative):
            yield initiative, fact, "", 3
        for unit, _ in initiative.mentions:
            for fact in _priority(unit.passage, "", unit.stretch, areas):
                yield initiative, fact, unit.passage.document_id, 1


def _of_text(units: Sequence[Unit], initiatives: Sequence[Initiative], bodies: Bodies) -> Iterator[_Told]:
    """What sentences tell."""
    headed = section_names(units, initiatives)
    for segment in segments(units, initiatives, headed):
        for initiative in segment.about:
            if not segment.named:
                initiative.about[segment.unit.stretch] = None
            for fact in said_of(segment, bodies) if not _is_box(segment.unit, initiative) else ():
                yield initiative, fact, segment.unit.passage.document_id, 2 if segment.named else 1


def _is_box(unit: Unit, initiative: Initiative) -> bool:
    """Whether a sentence is a box of labels whose lines run on, so that its words are no sentence."""
    boxes = (row for row in initiative.rows if row.turned and row.passage is unit.passage)
    return any(sum(unit.start <= cell.start < unit.end for cell in row.cells[1:]) >= _OF_BOX for row in boxes)


def _of_name(initiative: Initiative) -> tuple[Fact, ...]:
    """The period in the name of a plan: "Kulturplan 2024–2027"."""
    unit = initiative.mentions[0][0]
    for key in initiative.keys:
        period = PERIOD.fullmatch(key[-1])
        if period:
            return (
                Fact(Attribute.START, period[1], unit.stretch, year=int(period[1])),
                Fact(Attribute.END, period[2], unit.stretch, year=int(period[2])),
            )
        if len(key) > 1 and YEAR.fullmatch(key[-1]):
            return (Fact(Attribute.END, key[-1], unit.stretch, year=int(key[-1])),)
    return ()


def _priority(passage: Passage, caption: str, proof: Stretch, areas: Collection[str]) -> tuple[Fact, ...]:
    """The priority that the heading path, or the table's caption, names; `areas` are the known ones in lower case."""
    for heading in (*passage.section, caption):
        place = _part_at(heading)
        if place is not None or part_title(heading) in areas:
            return (Fact(Attribute.PRIORITY, heading[place:], proof),)
    return ()


@lru_cache(maxsize=5000)
def _part_at(heading: str) -> int | None:
    """Where a heading, or a caption, names a numbered part of the strategy: "Prioritering 2: …", "VÄGVAL B …"."""
    parts = said("questions", "parts").finditer(heading)
    return next((match.start() for match in parts if re.match(r" (?:\d+|[A-Z])\b", heading[match.end() :])), None)


def _bodies(units: Sequence[Unit], bodies: Bodies, initiatives: Sequence[Entity]) -> tuple[Entity, ...]:
    """Bodies and municipalities as entities, with every stretch that names them."""
    taken = {name for entity in initiatives for name in (entity.name, *entity.aliases)}
    mentions: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        for name, _ in bodies.within(unit):
            mentions[bodies.town_of(name) or name].append(unit)
    return tuple(
        Entity(
            name=name,
            aliases=bodies.forms(name),
            kind="municipality" if name in bodies.municipalities else "organisation",
            section=named[0].passage.section,
            mentions=tuple(dict.fromkeys(unit.stretch for unit in named)),
            introduced=0,
            facts=(),
        )
        for name, named in mentions.items()
        if name not in taken
    )
