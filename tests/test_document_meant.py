"""Which document a question means by its title or its kind."""

from __future__ import annotations

import pytest

from assistant.wanted import document_meant
from ingest.documents import Document

TITLES = {
    "old": "Ljus i dalen – utvecklingsprogram 2008–2016",
    "new": "Dalen tillsammans – regional utvecklingsstrategi 2017–2027",
    "plan": "Handlingsplan för Dalen tillsammans 2018–2021",
    "report": "Lägesrapport 2020",
}
DOCUMENTS = [
    Document(id=name, title=title, sha256="", media_type="pdf", supersedes="old" if name == "new" else None)
    for name, title in TITLES.items()
]


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("När antogs strategin?", "new"),
        ("När antogs den förra strategin?", "old"),
        ("Vem beslutade om handlingsplanen?", "plan"),
        ("När antogs Ljus i dalen?", "old"),
        ("När kom rapporten?", "report"),
        ("När öppnar badhuset?", None),
    ],
)
def test_a_document_is_meant_by_its_title_or_its_kind(question: str, meant: str | None):
    found = document_meant(question, DOCUMENTS)
    assert (found.id if found else None) == meant


def test_versions_of_one_title_are_told_apart_by_the_year_and_meant_in_other_forms_of_its_words():
    years = ("2031", "2032")
    taxes = [Document(id=year, title=f"Taxa för sotning {year}", sha256="", media_type="pdf") for year in years]
    found = document_meant("Vilket nummer har taxan för sotning 2032?", taxes)
    assert found is not None and found.id == "2032"
