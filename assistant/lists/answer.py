"""The list that answers a question: goals by condition, initiatives by constraints, or points of the text."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.lists.constraints import is_list, read_constraints
from assistant.lists.draft import Likeness, ListDraft
from assistant.lists.table import initiatives
from assistant.question import Question
from ingest.documents import Passage
from ingest.facts.types import FactBase


def answer_list(
    question: Question, facts: FactBase, passages: Mapping[str, Passage], likeness: Likeness
) -> ListDraft | None:
    """The list that a question asks for, None for other questions and where no list answers."""
    if not is_list(question):
        return None
    asked = read_constraints(question, facts, passages)
    if asked.kinds is not None:
        return initiatives(asked, question.text, facts, passages, likeness)
    return None
