"""Versions of one document: the valid one answers, an earlier one when it is asked for, and changes stand in pairs."""

from __future__ import annotations

import pytest
from assistant_tools import StemEmbedder

from assistant.assistant import Assistant
from assistant.library import Library
from assistant.question import read_question
from assistant.synonyms import Synonyms
from assistant.versions import names_unknown_edition
from ingest.build.building import build
from ingest.build.planning import BuildOptions
from ingest.store.records import Incoming

TITLE = "Resestrategi för Vidinge"
TEXT = """# Resestrategi för Vidinge

## Tåg

Restiden mellan Norrby och Sunnanå ska vara högst {minutes} minuter. Tågen ska stanna i Alboga varje timme.

## Buss

Bussbolaget Gröna linjen kör alla turer i länet på uppdrag av regionen.
{more}"""
MORE = """
## Cykel

Kommunerna bygger gemensamt en cykelväg längs sjön.
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    """Two versions of one strategy; only the earlier one speaks of bicycles."""
    folder, index = tmp_path_factory.mktemp("versions"), tmp_path_factory.mktemp("index")
    found = []
    for year, minutes, more in ((2019, 70, MORE), (2024, 55, "")):
        path = folder / f"resor-{year}.md"
        path.write_text(TEXT.format(minutes=minutes, more=more), encoding="utf-8")
        found.append(Incoming(id=f"resor-{year}", path=path, title=TITLE, year=year))
    build(found, index, StemEmbedder(), BuildOptions(workers=1))
    return Assistant(Library(index, StemEmbedder(), Synonyms()), None, 2000)


def quotes(answer):
    return {citation.document_id: citation.quote for citation in answer.citations}


def test_the_valid_version_answers(assistant):
    answer = assistant.ask("Hur lång ska restiden mellan Norrby och Sunnanå vara?")
    assert answer.status == "answered"
    assert set(quotes(answer)) == {"resor-2024"}
    assert {hit.passage.document_id for hit in answer.hits} == {"resor-2024"}


@pytest.mark.parametrize("which", ["i den tidigare strategin", "enligt strategin från 2019"])
def test_an_earlier_version_answers_when_it_is_meant_and_is_called_replaced(assistant, which):
    answer = assistant.ask(f"Hur lång skulle restiden mellan Norrby och Sunnanå vara {which}?")
    assert "70 minuter" in quotes(answer)["resor-2019"]
    assert any(TITLE in notice for notice in answer.notices)


def test_what_only_an_earlier_version_says_is_told_as_such(assistant):
    answer = assistant.ask("Vad bygger kommunerna gemensamt längs sjön?")
    assert "cykelväg" in quotes(answer)["resor-2019"]
    assert answer.notices


def test_changes_stand_in_pairs_with_both_quotes(assistant):
    answer = assistant.ask("Vad har ändrats mellan versionerna av resestrategin?")
    assert answer.rows is not None
    (row,) = answer.rows
    before, after = (value for _, value in row.cells)
    assert ("70 minuter" in before, "55 minuter" in after) == (True, True)
    assert set(quotes(answer)) == {"resor-2019", "resor-2024"}
    assert "2019" in answer.text and "2024" in answer.text


def test_a_named_document_is_the_only_one_to_answer(assistant):
    answer = assistant.ask("Hur lång ska restiden mellan Norrby och Sunnanå vara?", documents=["resor-2019"])
    assert set(quotes(answer)) == {"resor-2019"}


def test_a_question_about_both_versions_is_answered_from_each(assistant):
    answer = assistant.ask("Hur lång ska restiden mellan Norrby och Sunnanå vara i den gamla och den nya strategin?")
    assert ("70 minuter" in quotes(answer)["resor-2019"], "55 minuter" in quotes(answer)["resor-2024"]) == (True, True)


def test_an_edition_that_is_not_there_is_refused_and_a_period_is_no_edition(assistant):
    assert assistant.ask("Hur lång ska restiden vara enligt strategin från 2031?").refusal == "not_in_documents"
    assert not names_unknown_edition(read_question("Vad gäller enligt strategin 2023–2031?"), assistant.index)


def test_what_is_asked_of_a_title_is_found_where_only_the_strategy_is_said(assistant):
    assert "Gröna linjen" in assistant.ask("Vem kör bussarna enligt Resestrategi för Vidinge?").text
