"""Comparisons of two named things: each side is asked for alone, and what is missing of one is told."""

from __future__ import annotations

import pytest

from assistant.comparison import sides
from assistant.question import read_question


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Vilket projekt är störst, Grön verkstad eller Lövlyftet 27?", ("Grön verkstad", "Lövlyftet 27")),
        ("Vad är skillnaden mellan avgifterna för grupp A och grupp B?", ("grupp A", "grupp B")),
        ("Jämför Norrby och Sunnanå när det gäller bussar.", ("Norrby", "Sunnanå")),
    ],
)
def test_the_sides_of_a_comparison_are_asked_for_one_by_one(text, names):
    one, other = sides(read_question(text))
    assert (one.name, other.name) == names
    assert names[0] in one.question.text and names[1] not in one.question.text
    assert names[1] in other.question.text and names[0] not in other.question.text


@pytest.mark.parametrize(
    "text",
    [
        "Vilka bussar går mellan Norrby och Sunnanå?",
        "Vad har ändrats i strategin?",
        "Jämför bussarna med tågen.",
        "Hur många arbetar i skogsbruket?",
    ],
)
def test_other_questions_have_no_sides(text):
    assert sides(read_question(text)) is None


def test_both_sides_are_answered_under_their_names(assistant_with):
    answer = assistant_with().ask("Vad är skillnaden mellan Grön verkstad och Folkhälsoprogrammet?")
    assert "Grön verkstad:" in answer.text and "Folkhälsoprogrammet:" in answer.text
    assert len({citation.section for citation in answer.citations}) == 2


def test_a_side_that_the_documents_do_not_know_is_told(assistant_with):
    answer = assistant_with().ask("Hur mycket kostade det mest, Grön verkstad eller Blå verkstad?")
    assert answer.status in ("partial", "refused")
    assert "Blå verkstad:" not in answer.text
