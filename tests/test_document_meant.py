"""Which document a question means by its title or its kind."""

from __future__ import annotations

import pytest

from assistant.document_meant import document_meant
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
