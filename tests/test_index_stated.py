"""What a document states of itself counts: adoption, validity, what it replaces. What it states of others does not."""

from __future__ import annotations

import pytest
from strategy_texts import passages_of

from ingest.documents import Document, Passage, PassageKind, Span
from ingest.store.records import DocumentRecord
from ingest.titles import adoption, relate, stated

PLAN = "# Vidinge växer\nRegional utvecklingsstrategi\n## Om strategin\n"
REPORT = "# Så gick det\nÅrsuppföljning 2024 av strategin\n## Läget\n"


def said(title, text):
    return stated(title, passages_of(text, "it"))


def replaced(titles, newer, words):
    """By title, the title of what each document replaces; `newer` says so in these words."""
    records = [DocumentRecord(Document(one, one, "", "pdf"), succeeds=words if one == newer else "") for one in titles]
    return {one.document.id: one.document.supersedes for one in relate(records) if one.document.supersedes}


@pytest.mark.parametrize(
    "sentence",
    [
        "Strategin antogs av regionfullmäktige den 3 maj 2022.",
        "Regionfullmäktige antog strategin den 3 maj 2022.",
        "Den är skriven av många och fastställdes av nämnden den 3 maj 2022.",
        "Vidinge växer beslutades den 3 maj 2022.",
    ],
)
def test_adoption_is_read_from_the_text(sentence):
    found = said("Vidinge växer", PLAN.replace("Vidinge växer", "Vidinge växer: strategi") + sentence)
    assert (found.adopted, found.year) == ("2022-05-03", 2022)


def test_a_longer_word_for_another_document_of_the_kind_is_not_its_own():
    text = (
        "# Policy för bryggor\nHur kommunen sköter sina bryggor.\n## Mer\nBåtpolicyn antogs av nämnden den 3 maj 2021."
    )
    assert said("Policy för bryggor", text).adopted is None


def test_adoption_is_read_from_a_line_of_the_cover():
    cover = Passage(
        id="p",
        document_id="it",
        title="Vidinge 2035",
        section=("Vidinge 2035",),
        kind=PassageKind.PARAGRAPH,
        text="Regional utvecklingsstrategi för Vidinge län med alla dess kommuner, orter och omland\n"
        "Antagen av regionfullmäktige den 3 maj 2022, § 74\nDiarienummer 2021-0418",
        spans=(Span(1, 0, 150),),
        sentences=((0, 150),),
    )
    assert stated("Vidinge 2035", [cover]).adopted == "2022-05-03"


def test_what_is_replaced():
    text = PLAN + "Den ersätter Vidinge tillsammans, som beslutades 2016, och gäller till och med 2032."
    found = said("Vidinge växer: strategi", text)
    assert found.adopted is None
    names = ("Vidinge växer", "Vidinge tillsammans")
    assert replaced(names, "Vidinge växer", found.replaces) == {"Vidinge växer": "Vidinge tillsammans"}


@pytest.mark.parametrize(
    ("old", "words"),
    [
        ("Sjö och skog – program 2010–2018", "programmet Sjö och skog"),
        ("Vidinge 2020", "Vidinge 2020, som gällde till 2020"),
        ("Utvecklingsprogram för Vidinge 2015–2024", "Utvecklingsprogram för Vidinge 2015– 2024"),
    ],
)
def test_a_document_may_be_replaced_under_a_part_of_its_title_or_with_its_years(old, words):
    assert replaced((old, "Vidinge 2035"), "Vidinge 2035", words) == {"Vidinge 2035": old}


def test_a_span_in_the_title_is_the_validity():
    found = said("Kulturplan 2024–2027", "# Kulturplan 2024–2027\nKultur ska nå alla.")
    assert (found.valid_from, found.valid_to, found.year) == ("2024", "2027", 2024)


def test_a_report_does_not_take_the_dates_of_the_plan_that_it_follows_up():
    found = said(
        "Så gick det, årsuppföljning 2024", REPORT + "Strategin antogs den 3 maj 2022 och gäller till och med 2032."
    )
    assert (found.year, found.adopted, found.valid_to) == (2024, None, None)


def test_dates_of_other_documents_are_left_alone():
    text = PLAN + "Den regionala kulturplanen antogs 2019. Den nationella strategin gäller till och med 2030."
    found = said("Vidinge växer: strategi", text)
    assert (found.adopted, found.valid_to, found.replaces) == (None, None, "")


def test_the_line_of_a_cover_that_tells_the_adoption_is_found():
    text = "Strategi för Vidinge län\nAntagen av regionfullmäktige den 3 maj 2022, § 74\nDnr 2021-0418"
    cover = Passage(
        "p", "it", "Vidinge 2035", (), PassageKind.PARAGRAPH, text, (Span(1, 0, len(text)),), ((0, len(text)),)
    )
    passage, start, end = adoption("Vidinge 2035", [cover]) or (cover, 0, 0)
    assert passage.text[start:end] == "Antagen av regionfullmäktige den 3 maj 2022, § 74"
