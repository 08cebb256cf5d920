"""The list that answers a question: goals beside outcomes, initiatives, or points of the text."""

from __future__ import annotations

import re

from assistant.lists.constraints import ListQuestion, Party, Priority, Subject, place_of
from assistant.lists.draft import Likeness, ListDraft, ListFeatures, ListRow
from assistant.lists.entries import initiatives
from assistant.lists.goal_rows import answer_goals
from assistant.lists.material import Material, all_of
from assistant.lists.points import points
from assistant.lists.request import is_list, read_request
from assistant.question import Ask, Question
from ingest.facts.types import Attribute, Stretch
from ingest.facts.vocabulary import expression, table, terms

_IN_ITS_WORDS = 0.8
"""A list of the text stands for a list of initiatives when it names this share of what the question asks about."""
_WHO = re.compile(r"\W*(?:och )?vilka\b", re.IGNORECASE)


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
    if asked.kinds is None:
        who = not asked.noun and _WHO.match(question.text)
        return _members(asked, material) or (None if who else listed)
    if listed and ((asked.tabled and not asked.noun) or _announces(asked, listed)):
        return listed
    found = initiatives(asked, material, likeness)
    if found and not (asked.constraints and all(isinstance(one, Subject) for one in asked.constraints)):
        return found
    return max(filter(None, (found, listed)), key=_sureness, default=None)


def _sureness(draft: ListDraft) -> float:
    return 2 * (draft.features.read + draft.features.counted) + 3 * draft.features.strength


def _announces(asked: ListQuestion, listed: ListDraft) -> bool:
    """Whether a list of the text is announced in the very words of the question, so that it is the answer itself."""
    plain = all(isinstance(one, Subject | Party | Priority) for one in asked.constraints)
    compound = not any(asked.noun.lower() in words.split() for words in table("asked_kinds").values())
    titled = any(isinstance(one, Subject) or (isinstance(one, Priority) and one.title) for one in asked.constraints)
    return bool(asked.noun) and plain and (titled or compound) and listed.features.read >= _IN_ITS_WORDS


def _members(asked: ListQuestion, material: Material) -> ListDraft | None:
    """Those who are told to take part in the one initiative that the question names; None for other questions."""
    noun = asked.noun.lower()
    if (noun and noun not in terms("questions", "members")) or len(asked.about) != 1:
        return None
    entity = next(one for one in material.efforts if one.name == asked.about[0])
    only_places = noun in terms("questions", "municipalities")
    own_passages = {one.passage_id for one in (*entity.mentions, *entity.about)}
    lists = (one for one in material.lists if one.form == "items" and one.proof.passage_id in own_passages)
    items = [item for one in lists if expression("cues", "leads").search(one.lead) for item in one.items]
    named: dict[str, Stretch] = dict(items if not only_places else ())
    for fact in () if named else (*all_of(entity, Attribute.OWNER), *all_of(entity, Attribute.PARTICIPANT)):
        towns = (place for place, town in material.parties.items() if town)
        inside = [town for town in towns if place_of(town.lower(), fact.value.lower()) is not None]
        own = fact.value.endswith("kommun") or not only_places
        for name in [fact.value] if own else inside:
            if not any(name.startswith(other) or other.startswith(name) for other in named):
                named[name] = fact.proof
    if not named:
        return None
    counted = 0.5 if asked.count is None else float(asked.count == len(named))
    return ListDraft(
        lead_key="list.members",
        lead_values={"found": str(len(named)), "noun": asked.noun, "name": entity.name},
        rows=tuple(ListRow(name, (), proof) for name, proof in named.items()),
        examined=len(named),
        complete=False,
        features=ListFeatures(asked.read, 0.7 * (asked.read if asked.subject else 1.0), 1.0, counted, points=False),
    )
