"""The list that answers a question: goals beside outcomes, initiatives by constraints, or points of the text."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.lists.constraints import Subject, is_list, read_constraints
from assistant.lists.draft import Likeness, ListDraft
from assistant.lists.members import members
from assistant.lists.outcomes import answer_goals
from assistant.lists.points import points
from assistant.lists.table import called, initiatives
from assistant.question import Question
from ingest.documents import Passage
from ingest.facts.types import FactBase

_NAMED = 0.6
"""A list of the text stands for a list of initiatives when it names this share of what the question asks about."""


def answer_list(
    question: Question, facts: FactBase, passages: Mapping[str, Passage], likeness: Likeness
) -> ListDraft | None:
    """The list that a question asks for, None for other questions and where no list answers."""
    if goals := answer_goals(question, facts, passages, likeness):
        return goals
    if not is_list(question):
        return None
    asked = read_constraints(question, facts, passages)
    if asked.kinds is None:
        if taking_part := members(asked, facts, passages):
            return taking_part
        listed = points(asked, question.text, passages, likeness)
        named = sum(called(asked.noun, entity) for entity in facts.entities) > 1
        return listed or (initiatives(asked, facts, passages, likeness) if named else None)
    if asked.tabled and not asked.noun and (rows := points(asked, question.text, passages, likeness)):
        return rows
    found = initiatives(asked, facts, passages, likeness)
    if found and not all(isinstance(constraint, Subject) for constraint in asked.constraints):
        return found
    if found and not asked.constraints:
        return found
    listed = points(asked, question.text, passages, likeness)
    if asked.noun and listed and found and listed.features.read < _NAMED:
        return found
    return max(filter(None, (found, listed)), key=lambda draft: draft.probability, default=None)
