"""The list that answers a question: goals beside outcomes, members, initiatives, or points of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.lists.constraints import ListQuestion, Priority, Subject
from assistant.lists.draft import Likeness, ListDraft, ListFeatures, ListRow
from assistant.lists.entries import called, initiatives
from assistant.lists.goal_rows import answer_goals
from assistant.lists.material import Material
from assistant.lists.parties import Party, place_of
from assistant.lists.points import points
from assistant.lists.proving import all_of
from assistant.lists.request import is_list, read_request
from assistant.question import Ask, Question
from ingest.facts.types import Attribute, Entity, Stretch
from ingest.facts.vocabulary import expression, said, table, terms

_WHO = re.compile(r"\W*(?:och )?vilka\b", re.IGNORECASE)
_IN_ITS_WORDS = 0.8
"""A list of the text stands for a list of initiatives when it names this share of what the question asks about."""


def answer_list(question: Question, material: Material, likeness: Likeness) -> ListDraft | None:
    """The list that a question asks for, None for other questions and where no list answers."""
    if question.ask is Ask.REASON:
        return None
    asked = read_request(question, material)
    goals = answer_goals(question, asked, material, likeness)
    if not is_list(question, asked):
        return goals
    listed = points(asked, question.text, material, likeness)
    if goals:
        surer = listed and goals.lead_key == "list.goals" and listed.features.counted == 1.0
        return listed if listed and surer and len(listed.rows) > len(goals.rows) else goals
    if asked.kinds is None and not asked.noun and _WHO.match(question.text):
        return _members(asked, material)
    if asked.kinds is None:
        named = sum(called(asked.noun, entity, material) for entity in material.efforts) > 1
        found = initiatives(asked, material, likeness) if named else None
        return _members(asked, material) or listed or found
    if listed and ((asked.tabled and not asked.noun) or _announces(asked, listed)):
        return listed
    found = initiatives(asked, material, likeness)
    if found and not (asked.constraints and all(isinstance(one, Subject) for one in asked.constraints)):
        return found
    return max(filter(None, (found, listed)), key=lambda draft: draft.probability, default=None)


def _announces(asked: ListQuestion, listed: ListDraft) -> bool:
    """Whether a list of the text is announced in the very words of the question, so that it is the answer itself."""
    plain = all(isinstance(one, Subject | Party | Priority) for one in asked.constraints)
    compound = not any(asked.noun.lower() in words.split() for words in table("asked_kinds").values())
    titled = any(isinstance(one, Subject) or (isinstance(one, Priority) and one.title) for one in asked.constraints)
    return bool(asked.noun) and plain and (titled or compound) and listed.features.read >= _IN_ITS_WORDS


def _members(asked: ListQuestion, material: Material) -> ListDraft | None:
    """Those who take part in the one initiative that the question names; None for other questions."""
    noun = asked.noun.lower()
    if not (noun in terms("questions", "members") or not noun) or len(asked.about) != 1:
        return None
    number, entity = next(pair for pair in enumerate(material.efforts) if pair[1].name == asked.about[0])
    places = [name for name, municipality in material.parties.items() if municipality]
    only_places = noun in terms("questions", "municipalities")
    own = {piece.stretch.passage_id for piece in material.pieces[number]}
    lists = [one for one in material.lists if one.form == "items" and one.proof.passage_id in own]
    items = [item for one in lists if expression("cues", "leads").search(one.lead) for item in one.items]
    named: dict[str, Stretch] = {}
    for name, proof in items if items and not only_places else _told(entity, places, only_places):
        if not any(name.startswith(other) or other.startswith(name) for other in named):
            named.setdefault(name, proof)
    if not named:
        return None
    rows = tuple(ListRow(name, (), proof) for name, proof in named.items())
    counted = 0.5 if asked.count is None else float(asked.count == len(rows))
    return ListDraft(
        lead_key="list.members",
        lead_values={"found": str(len(rows)), "noun": asked.noun, "name": entity.name},
        rows=rows,
        examined=len(rows),
        complete=False,
        features=ListFeatures(asked.read, 0.7 * (asked.read if asked.subject else 1.0), 1.0, counted, points=False),
    )


def _told(entity: Entity, places: list[str], only_places: bool) -> Iterator[tuple[str, Stretch]]:
    """The participants and owners that facts tell, in order; of bodies of a municipality the municipality."""
    for fact in (*all_of(entity, Attribute.OWNER), *all_of(entity, Attribute.PARTICIPANT)):
        inside = [place for place in places if place_of(place.lower(), fact.value.lower()) is not None]
        if inside and not said("bodies", "nouns").search(fact.value):
            yield from ((fact.value if fact.value.endswith("kommun") else place, fact.proof) for place in inside)
        elif not only_places:
            yield fact.value, fact.proof
