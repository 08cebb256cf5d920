from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.swedish import split_sentences


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Insatser görs inom bl.a. Tingsryd och t.ex. Åseda.",
        "Målet nås ca. 2030 enligt prop. 2019/20:65.",
        "Enligt 3 kap. 5 § gäller lagen fr.o.m. 1 jan. 2024.",
        "Utsläppen var 2,5 ton, eller 1.5 enligt en annan källa.",
        "Rapporten skrevs av A. Lind och B.-G. Ek.",
        "1. Utveckla attraktiva livsmiljöer",
        "• 2) Fler bostäder i hela länet.",
        "Region Kust m.fl. har bidragit.",
        "Hon frågade: ”Vad händer?” och gick.",
        "Se kap. 4 och s. 12.",
    ],
)
def test_one_sentence_stays_one(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Länet växer. Fler flyttar in.", ["Länet växer.", "Fler flyttar in."]),
        ("Vård, skola m.m. Dessutom byggs vägar.", ["Vård, skola m.m.", "Dessutom byggs vägar."]),
        ("Klart år 2025. Målet nåddes.", ["Klart år 2025.", "Målet nåddes."]),
        ("Vad görs? Mycket! ”Allt”, säger de.", ["Vad görs?", "Mycket!", "”Allt”, säger de."]),
        ("Detta framgår av planen.3 Den antogs 2015.", ["Detta framgår av planen.3", "Den antogs 2015."]),
        ("Det började i jan. Sedan gick det fort.", ["Det började i jan.", "Sedan gick det fort."]),
        ("Insatser:\n• bygga vägar\n• Stödja företag.", ["Insatser:", "• bygga vägar", "• Stödja företag."]),
        ("År | Antal\n2020 | 5\n2021 | 7", ["År | Antal", "2020 | 5", "2021 | 7"]),
        ("Så är det (se bilagan.) Nu till nästa.", ["Så är det (se bilagan.)", "Nu till nästa."]),
        ("Det slutade... Men inte för alla.", ["Det slutade...", "Men inte för alla."]),
    ],
)
def test_breaks(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize("text", ["", "   ", "\n\n", " \n . \n"])
def test_nearly_nothing(text: str) -> None:
    assert "".join(sentences(text)).split() == text.split()


@given(st.text(alphabet="abÅK .!?…”)(•1\n:,-", max_size=120))
def test_sentences_cover_the_text_in_order(text: str) -> None:
    position = 0
    for start, end in split_sentences(text):
        assert not text[position:start].strip()
        assert start < end
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


@given(st.text(alphabet="abÅK .!?…”)(•1\n:,-", max_size=120))
def test_no_sentence_holds_a_line_break(text: str) -> None:
    assert all("\n" not in sentence for sentence in sentences(text))
