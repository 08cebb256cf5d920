"""The list that answers a question: goals beside outcomes, initiatives by constraints, or points of the text."""

from __future__ import annotations

from assistant.lists.constraints import ListQuestion, Party, Priority, Subject
from assistant.lists.draft import Likeness, ListDraft
from assistant.lists.lexicon import KINDS
from assistant.lists.material import Material
from assistant.lists.members import members
from assistant.lists.outcomes import answer_goals
from assistant.lists.points import points
from assistant.lists.reading import is_list, read_constraints
from assistant.lists.table import called, initiatives
from assistant.question import Question

_NAMED = 0.6
_IN_ITS_WORDS = 0.8
"""A list of the text stands for a list of initiatives when it names this share of what the question asks about."""


def answer_list(question: Question, material: Material, likeness: Likeness) -> ListDraft | None:
    """The list that a question asks for, None for other questions and where no list answers."""
    goals = answer_goals(question, material.facts, material.passages, likeness)
    if not is_list(question):
        return goals
    asked = read_constraints(question, material)
    if goals:
        listed = points(asked, question.text, material, likeness) if goals.lead_key == "list.goals" else None
        return listed if listed and listed.features.counted == 1.0 and len(listed.rows) > len(goals.rows) else goals
    if asked.kinds is None:
        if taking_part := members(asked, material):
            return taking_part
        listed = points(asked, question.text, material, likeness)
        named = sum(called(asked.noun, entity) for entity in material.efforts) > 1
        return listed or (initiatives(asked, material, likeness) if named else None)
    listed = points(asked, question.text, material, likeness)
    if listed and ((asked.tabled and not asked.noun) or _announces(asked, listed)):
        return listed
    found = initiatives(asked, material, likeness)
    if found and not (asked.constraints and all(isinstance(one, Subject) for one in asked.constraints)):
        return found
    if asked.noun and listed and found and listed.features.read < _NAMED:
        return found
    return max(filter(None, (found, listed)), key=lambda draft: draft.probability, default=None)


def _announces(asked: ListQuestion, listed: ListDraft) -> bool:
    """Whether a list of the text is announced in the very words of the question, so that it is the answer itself."""
    plain = all(isinstance(one, Subject | Party | Priority) for one in asked.constraints)
    compound = not any(pattern.fullmatch(asked.noun) for pattern, _ in KINDS)
    titled = any(isinstance(one, Subject) or (isinstance(one, Priority) and one.title) for one in asked.constraints)
    return bool(asked.noun) and plain and (titled or compound) and listed.features.read >= _IN_ITS_WORDS
