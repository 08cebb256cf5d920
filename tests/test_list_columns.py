"""Lists out of a table's columns: by status, by who is in charge, by year; and goals told by their outcome."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_list_shapes import ask, table

from assistant.listing.runs import runs
from assistant.listing.status import status_asked, statuses
from assistant.question import read_question
from ingest.register.goals import find_goals

EFFORTS = table(
    "Insatser och läge\nInsats | Ansvarig | Tid | Läge\n"
    "Fjällbussen | Ekby kommun | 2026–2027 | Försenad\n"
    "Läshörnan | Region Ekdal | 2025–2026 | Klar\n"
    "Strandvakten | Ekby kommun | 2027–2029 | Ej påbörjad"
)
GOALS = table(
    "Mål | Senaste värde | Mål | Riktning\nRena sjöar | 61 % (2027) | 90 % (2035) | Fel\n"
    "Trygga stråk | 70 % (2027) | 75 % (2033) | Rätt"
)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Vilka insatser är försenade?", ["Fjällbussen"]),
        ("Vilka insatser är klara?", ["Läshörnan"]),
        ("Vilka insatser har inte påbörjats?", ["Strandvakten"]),
        ("Vilka insatser ansvarar Ekby kommun för?", ["Fjällbussen", "Strandvakten"]),
        ("Vilka insatser ska genomföras 2025–2026?", ["Läshörnan"]),
        ("Vilka kommuner ansvarar för insatser?", ["Ekby kommun"]),
    ],
)
def test_a_column_marks_the_rows_that_are_asked_for(question: str, names: list[str]):
    found = ask(question, (EFFORTS,))
    assert found is not None
    assert [row.name for row in found.rows] == names
    assert found.examined == 3


def test_a_status_that_no_row_has_gives_no_list():
    assert ask("Vilka insatser har pausats?", (EFFORTS,)) is None


def test_goals_that_go_the_wrong_way():
    found = ask("Vilka mål går åt fel håll?", (GOALS,))
    assert found is not None
    assert [row.name for row in found.rows] == ["Rena sjöar"]


def test_a_second_column_of_goals_holds_their_targets():
    first, second = find_goals([GOALS])
    assert (first.title, first.value, first.unit, first.year) == ("Rena sjöar", "90", "%", 2035)
    assert second.outcome is not None


def test_goals_of_a_plan_and_of_its_report_go_by_their_number():
    plan = table("Nr Mål | Indikator | Målvärde 2035\n2.1 Sjöarna ska må bra | Andel klara sjöar | 60 %")
    report = table("Mål | Utgångsläge | Senaste värde | Målvärde\n2.1 Sjöars status | 29 % | 28 % | 60 %")
    report = replace(report, id="rapport")
    (goal,) = find_goals([plan, report])
    assert (goal.title, goal.value, goal.year) == ("Sjöarna ska må bra", "60", 2035)
    assert goal.outcome is not None and goal.outcome.passage_id == "rapport"


def test_the_last_of_bare_years_is_the_target_and_a_goal_is_no_goal_area():
    goals = table("Målområde | Mål | Nuläge 2024 | 2030 | 2035\nResor | Nöjda resenärer | 79 % | 82 % | 85 %")
    (goal,) = find_goals([goals])
    assert (goal.title, goal.value, goal.unit, goal.year) == ("Nöjda resenärer", "85", "%", 2035)


def test_what_is_denied_or_still_to_come_is_no_status():
    assert statuses("Ej påbörjad") == {"not begun"}
    assert statuses("ska vara klar 2028") == frozenset()
    assert statuses("Inte uppnått") == {"not reached"}


def test_a_name_tells_no_status():
    assert status_asked(read_question("Hur många mål finns i Gröna Dalen 2030?")) == frozenset()


def test_clauses_after_a_colon_are_a_list():
    text = "Två risker följs: att broarna rostar, att vägen rasar och att isen brister."
    assert [text[start:end] for start, end in next(runs(text))] == ["broarna rostar", "vägen rasar", "isen brister"]
