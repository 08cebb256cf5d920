"""Finding and judging passages: words that meet, the three legs, features, and which sentences are quoted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from assistant_tools import StemEmbedder, candidate, passage
from hypothesis import given
from hypothesis import strategies as st

from assistant.extractive import select
from assistant.judge import judge
from assistant.matching import best_match, match, text_words
from assistant.question import read_question
from assistant.search import Filters, search
from assistant.wanted import counts, focus, holds_kind
from ingest.documents import PassageKind


@pytest.mark.parametrize(
    ("term", "word"),
    [
        ("strategier", "strategin"),
        ("kompetensförsörjning", "kompetensförsörjningsstrategi"),
        ("försörjningen", "kompetensförsörjning"),
        ("hälsa", "folkhälsan"),
        ("kollektivtrafikk", "kollektivtrafik"),
        ("halsa", "hälsa"),
        ("1:1", "1:1-medel"),
    ],
)
def test_forms_compounds_and_misspellings_meet(term, word):
    assert 0 < match(term, word) <= 1


@pytest.mark.parametrize(
    ("term", "word"), [("buss", "skog"), ("2024", "2025"), ("12", "120"), ("ort", "sport"), ("hälsa", "halsband")]
)
def test_other_words_do_not_meet(term, word):
    assert match(term, word) == 0


@given(st.text(min_size=1, max_size=15), st.text(min_size=1, max_size=15))
def test_a_match_is_a_share_and_every_word_is_its_own(left, right):
    assert 0 <= match(left, right) <= 1
    assert match(left, left) == 1 and best_match(left, []) == 0


def test_the_words_of_a_text_count_hyphened_parts_and_no_small_words():
    assert text_words("Det är en e-tjänst för 1:1-medel") == {"e-tjänst", "e", "tjänst", "1:1-medel", "1", "medel"}


def found(index, text, **options):
    question = read_question(text)
    return question, search(index, question, StemEmbedder().embed_query(question.text), **options)


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("Hur många personer sysselsätter skogsbruket?", "Skog och trä"),
        ("Hur ofta går bussarna till Sunnanå?", "Resande"),
        ("Varför bildades folkhälsoprogrammet?", "Hälsa"),
        ("Vad kostade projektet Grön verkstad?", "Näringsliv"),
    ],
)
def test_the_passage_that_speaks_of_it_comes_first(invented_index, text, section):
    question, findings = found(invented_index, text)
    hits = findings.hits(invented_index, 10)
    assert hits[0].passage.section[-1] == section
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True) and len(hits) == len(invented_index.passages)
    best = judge(question, invented_index, findings)
    assert best[0].passage.section[-1] == section
    assert [c.probability for c in best] == sorted((c.probability for c in best), reverse=True)


def test_search_is_restricted_to_the_chosen_documents(invented_index):
    one = Filters(documents=frozenset({"rapport"}))
    _, findings = found(invented_index, "Hur många personer sysselsätter skogsbruket?", filters=one)
    assert {hit.passage.document_id for hit in findings.hits(invented_index, 10)} == {"rapport"}
    _, findings = found(invented_index, "Skog?", filters=Filters(documents=frozenset({"okänt"})))
    assert findings.hits(invented_index, 10) == ()


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        (Filters(years=frozenset({2026})), lambda one: one.document_id == "strategi"),
        (Filters(kinds=frozenset({PassageKind.LIST})), lambda one: one.kind is PassageKind.LIST),
        (Filters(section="skog"), lambda one: one.section[-1] == "Skog och trä"),
        (Filters(section="skog", years=frozenset({2025})), lambda one: False),
        (Filters(valid_on="2030-06-01"), lambda one: one.document_id == "strategi"),
    ],
)
def test_filters_let_through_what_they_name_and_must_all_agree(invented_index, monkeypatch, filters, passes):
    dated = [replace(one, valid_to="2025" if one.id == "rapport" else None) for one in invented_index.documents]
    monkeypatch.setattr(invented_index, "documents", tuple(dated))
    assert list(filters.passages(invented_index)) == [passes(one) for one in invented_index.passages]


def test_a_bare_year_is_valid_to_its_last_day(invented_index, monkeypatch):
    dated = [replace(one, valid_from="2020-03-01", valid_to="2025") for one in invented_index.documents]
    monkeypatch.setattr(invented_index, "documents", tuple(dated))
    inside = {day: any(Filters(valid_on=day).passages(invented_index)) for day in ("2020-02-28", "2025-12-31", "2026")}
    assert inside == {"2020-02-28": False, "2025-12-31": True, "2026": False}


def test_expansion_helps_the_lexical_leg_alone(invented_index):
    _, without = found(invented_index, "Hur är läget?")
    _, expanded = found(invented_index, "Hur är läget?", expansion="niondeklassare")
    row = next(n for n, one in enumerate(invented_index.passages) if "niondeklassare" in one.text)
    assert expanded.lexical[row] > without.lexical[row]
    np.testing.assert_array_equal(expanded.dense, without.dense)
    assert expanded.order[0] == row


def test_each_hit_names_its_best_sentence(invented_index):
    _, findings = found(invented_index, "Hur många kilometer från tätorter får kalhyggen tas upp?")
    hit = findings.hits(invented_index, 1)[0]
    start, end = hit.passage.sentences[hit.sentence]
    assert hit.passage.text[start:end].startswith("Kalhyggen")


TEXT = "Rådet bildades 2021. Det leds av Norrby. Rådet möts ofta. Vädret var fint. Skogen är stor."
ONE = passage(TEXT)


def chosen(text: str, *probabilities: float, one=ONE) -> list[str]:
    candidates = [candidate(one, number, value) for number, value in enumerate(probabilities)]
    return [quote.text for quote in select(read_question(text), sorted(candidates, key=lambda c: -c.probability))]


def test_a_figure_or_date_is_answered_by_its_sentence_alone():
    assert chosen("När bildades rådet?", 0.9, 0.01, 0.01, 0.01, 0.01) == ["Rådet bildades 2021."]


def test_a_sentence_that_points_back_brings_the_one_it_points_to():
    assert chosen("Vem leder rådet?", 0.1, 0.9, 0.01, 0.01, 0.01) == ["Rådet bildades 2021. Det leds av Norrby."]


def test_no_quote_overlaps_another():
    quotes = chosen("Vad säger dokumenten om rådet?", 0.9, 0.85, 0.88, 0.1, 0.8)
    assert sum(TEXT.count(quote) for quote in quotes) == len(quotes) == len(set(quotes))
    covered = sum(len(quote) for quote in quotes)
    assert covered <= len(TEXT)


def test_a_list_question_gets_the_whole_list_with_its_lead():
    text = "Regionen driver:\n• Rådet\n• Forumet"
    assert chosen("Vilka nätverk driver regionen?", 0.2, 0.9, 0.1, one=passage(text, kind=PassageKind.LIST)) == [text]


def test_passages_behind_a_list_come_first_and_the_others_keep_their_order(invented_index):
    _, findings = found(invented_index, "Hur många personer sysselsätter skogsbruket?")
    last = int(findings.order[-1])
    assert list(findings.led_by({last}).order) == [last, *findings.order[:-1]]


@pytest.mark.parametrize(
    ("question", "text", "held"),
    [
        ("Hur stor andel går till buss?", "Det är 60 procent.", True),
        ("Hur stor andel går till buss?", "Det är 60 bussar.", False),
        ("När bildades rådet?", "Det bildades under hösten.", True),
        ("När bildades rådet?", "Det bildades i Norrby.", False),
        ("Vem leder rådet?", "Rådet leds av Norrby kommun.", True),
        ("Vad gör rådet?", "Det möts.", True),
    ],
)
def test_a_sentence_holds_the_kind_of_thing_asked_for(question, text, held):
    assert holds_kind(read_question(question), text) is held


def test_a_figure_counts_what_stands_right_after_it():
    assert focus(read_question("Hur många ansökningar kom in?")) == "ansökningar"
    assert counts("ansökningar", "I år kom 900 nya ansökningar in.")
    assert not counts("ansökningar", "Ansökningar kostar 900 kronor.") and not counts(None, "900 ansökningar")
