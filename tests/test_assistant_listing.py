# ruff: noqa: E501 (one case a line)
"""List answers over an invented region: which collection or list answers, its rows, and when there is none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategy_texts import passages_of, region_passages

from assistant.listing.answer import answer_list
from assistant.listing.enumerations import enumerations
from assistant.listing.rows import ListAnswer
from assistant.listing.wanted import read_wanted
from assistant.question import read_question
from ingest.register.extract import extract_register
from ingest.store.lexical import LexicalIndex

PASSAGES = region_passages()
REGISTER = extract_register(PASSAGES)
SENTENCES = [p.text[start:end] for p in PASSAGES for start, end in p.sentences]
PASSAGE_WORDS = LexicalIndex.build([" ".join((*p.section, p.text)) for p in PASSAGES])
SENTENCE_WORDS = LexicalIndex.build(SENTENCES)


def ask(question: str) -> ListAnswer | None:
    """Word overlap stands in for the embedder."""
    order = np.argsort(-PASSAGE_WORDS.scores(question), kind="stable")
    ranked = [PASSAGES[number] for number in order[:10]]
    scores = SENTENCE_WORDS.scores(question)
    return answer_list(read_question(question), ranked, PASSAGES, REGISTER, scores, (), PASSAGE_WORDS.frequency)


def names(question: str) -> list[str]:
    found = ask(question)
    return [row.name for row in found.rows] if found else []


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Vilka prioriteringar finns i strategin?", ["Orter som hör ihop", "Ett kulturliv för alla"]),
        ("Räkna upp fokusområdena.", ["Pålitliga resor", "Service nära"]),
        ("Vilka utmaningar gäller ett näringsliv i omställning?", ["Brist på utbildad arbetskraft inom industrin"]),
        ("Vilka mål har år 2030?", [
            "Andelen hushåll med tillgång till snabbt bredband ska öka från 84 procent 2020 till 98 procent 2030",
            "Utsläppen av växthusgaser ska minska med 70 procent till 2030 jämfört med 2010",
        ]),
        ("Vilka projekt har fått stöd av Tillväxtverket?", ["Grön gjuteri", "SmartVirke", "Återbruk i norr"]),
        ("Vilka orter har Klimatlyftet drivits i?", ["Norrvik", "Tallköping", "Ängby"]),
        ("Vilka program har beslutats?", [
            "Program för jämlik hälsa 2023–2030", "Livsmedelsprogrammet: antogs av regionfullmäktige 2022",
            "Energiprogram Fjällmark",
        ]),
    ],
)  # fmt: skip
def test_answers_with_the_whole_list(question: str, expected: list[str]):
    assert names(question) == expected


def test_counts_the_entries_of_a_collection():
    found = ask("Hur många mål finns det?")
    assert found is not None
    assert (len(found.rows), found.examined, found.collection) == (5, 5, "mål")


def test_a_number_of_priority_restricts_to_its_heading():
    assert names("Vilka fokusområden ingår i prioritering 1?") == ["Pålitliga resor", "Service nära"]
    assert names("Vilka fokusområden ingår i prioritering 2?") == []


@pytest.mark.parametrize(
    "question",
    [
        "Hur många projekt beviljades medel 2019?",
        "När antogs bredbandsstrategin?",
        "Vilka prioriteringar har Region Havsnäs?",
        "Vilka kommuner deltar i Rymdlyftet?",
        "Vilka företag har fått rymdfartsbidraget?",
    ],
)
def test_gives_no_list_where_none_answers(question: str):
    assert ask(question) is None


def test_every_row_is_proved_by_its_stretch_or_headings():
    for question in ("Hur många mål finns det?", "Vilka insatser gäller kultur?", "Vilka utmaningar finns?"):
        found = ask(question)
        assert found is not None
        for row in found.rows:
            shown = " ".join((row.passage.text[row.start : row.end], *row.passage.section)).lower()
            assert all(word.lower() in shown for word in row.name.replace(":", " ").split())


def test_reads_what_is_asked_for():
    asked = read_wanted(read_question("Vilka fem nätverk samordnar Region Fjällmark?"))
    assert (asked.noun, asked.collection, asked.count) == ("nätverk", "initiatives", 5)
    assert asked.kinds == {"network"}
    assert read_wanted(read_question("Vilka deltar i Byanätverket?")).noun is None


@pytest.mark.parametrize(
    ("sentence", "items"),
    [
        ("Stipendier ges inom områden såsom slöjd, sång, dans och digitala medier.", ["slöjd", "sång", "dans", "digitala medier"]),
        ("Rådgivning ges om; ekonomi och juridik, sälj, samt hållbar utveckling.", ["ekonomi och juridik", "sälj", "hållbar utveckling"]),
        ("Samverkan består av Regionerna Norrdal, Västerö och Sunnäs.", ["Norrdal", "Västerö", "Sunnäs"]),
        ("Här ingår skolan, länets hem går samman med föreningar, polis och kommun.", ["skolan", "länets hem", "föreningar", "polis", "kommun"]),
        ("Underlag togs fram (atlas, karta och analys) av staben.", ["atlas", "karta", "analys"]),
        ("Vi har forum och verktyg som exempelvis Norrhjulet, Sydhjulet och Västhjulet.", ["Norrhjulet", "Sydhjulet", "Västhjulet"]),
        ("Frågor som miljö (luft, vatten), integration, landsbygd osv.", ["miljö (luft, vatten)", "integration", "landsbygd"]),
    ],
)  # fmt: skip
def test_splits_enumerations(sentence: str, items: list[str]):
    (passage,) = passages_of(sentence, "d")
    assert items in [[found.name(item) for item in found.items] for found in enumerations(passage)]


@given(st.text(alphabet="ab ,;:()och samt.•\n", max_size=120))
def test_items_lie_in_order_within_the_passage(text: str):
    for passage in passages_of("x " + text, "d"):
        for found in enumerations(passage):
            starts = [item.start for item in found.items]
            assert starts == sorted(starts)
            assert all(0 <= item.start <= item.end <= len(passage.text) for item in found.items)
