"""Finding and judging passages: words that meet, the three legs, features, and which sentences are quoted."""

from __future__ import annotations

import numpy as np
import pytest
from assistant_tools import StemEmbedder, candidate, incoming, passage
from hypothesis import given
from hypothesis import strategies as st

from assistant.compose import answer, places_to_look
from assistant.matching import best_match, match, text_words
from assistant.question import read_question
from assistant.retrieval import retrieve
from assistant.spans import rank_spans
from assistant.wanted import holds_kind, names_asked
from ingest.indexing.building import build
from ingest.indexing.planning import BuildOptions
from ingest.store.passage_index import open_index


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
    return question, retrieve(
        index, question, np.array(StemEmbedder().embed_query(question.text), np.float32), **options
    )


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
    best = rank_spans(question, invented_index, findings)
    assert best[0].passage.section[-1] == section
    assert [one.share for one in best] == sorted((one.share for one in best), reverse=True)
    assert sum(one.share for one in best) == pytest.approx(1)


def test_search_is_restricted_to_the_chosen_documents(invented_index):
    one = frozenset({"rapport"})
    _, findings = found(invented_index, "Hur många personer sysselsätter skogsbruket?", documents=one)
    assert {hit.passage.document_id for hit in findings.hits(invented_index, 10)} == {"rapport"}
    _, findings = found(invented_index, "Skog?", documents=frozenset({"okänt"}))
    assert findings.hits(invented_index, 10) == ()


def test_search_is_restricted_to_a_chapter(invented_index):
    chapters = {one.chapter for one in invented_index.passages if one.document_id == "rapport"}
    for chapter in chapters:
        chosen = frozenset({f"rapport#{chapter}"})
        _, findings = found(invented_index, "Hur många personer sysselsätter skogsbruket?", documents=chosen)
        assert {hit.passage.chapter for hit in findings.hits(invented_index, 10)} == {chapter}
    assert chapters


def test_expansion_helps_the_lexical_leg_alone(invented_index):
    _, without = found(invented_index, "Hur är läget?")
    _, expanded = found(invented_index, "Hur är läget?", expansion="niondeklassare")
    row = next(n for n, one in enumerate(invented_index.passages) if "niondeklassare" in one.text)
    before, after = (dict(zip(one.rows, one.lexical, strict=True)) for one in (without, expanded))
    assert after[row] > before[row]
    assert dict(zip(without.rows, without.dense, strict=True)) == dict(zip(expanded.rows, expanded.dense, strict=True))
    assert expanded.rows[0] == row


def test_each_hit_names_its_best_sentence(invented_index):
    _, findings = found(invented_index, "Hur många kilometer från tätorter får kalhyggen tas upp?")
    hit = findings.hits(invented_index, 1)[0]
    start, end = hit.passage.sentences[hit.sentence]
    assert hit.passage.text[start:end].startswith("Kalhyggen")


TEXT = "Rådet bildades 2021. Det leds av Norrby. Rådet möts ofta. Vädret var fint. Skogen är stor."
ONE = passage(TEXT)


def quoted(question, *ranked):
    draft = answer(read_question(question), ranked, 0.9)
    return [quote.text for line in draft.lines for quote in line.quotes]


def test_a_figure_or_date_is_answered_by_its_sentence_first():
    assert quoted("När bildades rådet?", candidate(ONE, 0, 0.9), candidate(ONE, 4, 0.05)) == ["Rådet bildades 2021."]


def test_a_sentence_that_points_back_brings_the_one_it_points_to():
    assert quoted("Vem leder rådet?", candidate(ONE, 1, 0.9)) == ["Rådet bildades 2021. Det leds av Norrby."]


def test_the_second_sentence_follows_only_where_it_is_nearly_as_likely():
    both = quoted("När bildades rådet?", candidate(ONE, 0, 0.5), candidate(ONE, 2, 0.4))
    assert both == ["Rådet bildades 2021.", "Rådet möts ofta."]


def test_the_same_text_is_never_quoted_twice():
    twin = passage(TEXT, section=("Annat",))
    assert quoted("När bildades rådet?", candidate(ONE, 0, 0.5), candidate(twin, 0, 0.5)) == ["Rådet bildades 2021."]
    assert len(places_to_look([candidate(ONE, 0), candidate(twin, 0), candidate(ONE, 2)])) == 1


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


def ranked(question, text, tmp_path):
    folder = tmp_path / "index"
    build([incoming(tmp_path, "protokoll", text, "Protokoll")], folder, StemEmbedder(), BuildOptions(workers=1))
    index = open_index(folder)
    asked = read_question(question)
    vector = np.array(StemEmbedder().embed_query(asked.text), np.float32)
    return rank_spans(asked, index, retrieve(index, asked, vector))


def spans_of(question, text, tmp_path):
    return [one.text for one in ranked(question, text, tmp_path)]


def test_a_numbered_thing_is_not_its_neighbour(tmp_path):
    text = "# Protokoll\n\n" + "\n\n".join(
        f"## § {n} Motion om {what}\n\nNämnden beslutar att {verdict} motionen."
        for n, what, verdict in ((71, "båtar", "avslå"), (72, "broar", "bifalla"), (73, "badplatser", "återremittera"))
    )
    assert spans_of("Vad beslutades i § 72?", text, tmp_path) == ["Nämnden beslutar att bifalla motionen."]


def test_a_row_is_named_by_its_first_cell_and_a_head_answers_nothing(tmp_path):
    rows = "\n".join(f"| {n} | {when} | 4{n[0]} |" for n, when in (("1.0", "2019-02-03"), ("2.1", "2023-05-06")))
    text = f"# Riktlinje\n\n| Version | Datum | Sidor |\n|---|---|---|\n{rows}\n"
    assert all("2023-05-06" in one for one in spans_of("Vilket datum har version 2.1?", text, tmp_path))
    assert not any(one.startswith("Version") for one in spans_of("Hur många sidor har riktlinjen?", text, tmp_path))


def test_a_row_is_meant_in_other_forms_of_its_words_and_its_head_says_what_kind_its_cells_are(tmp_path):
    rows = "| Stig, fyren | kajvakten |\n| Stig, hamnen | byalaget |"
    text = f"# Stigar\n\n| Åtgärd | Ansvarig |\n|---|---|\n{rows}\n"
    best = ranked("Vem är ansvarig för stigen till fyren?", text, tmp_path)[0]
    assert "kajvakten" in best.text


@pytest.mark.parametrize(
    ("question", "text", "named"),
    [
        ("Vilka hot nämns?", "Sjön står inför fyra hot.", False),
        ("Vilka hot nämns?", "Sjön står inför fyra hot: igenväxning, kalk och algblomning.", True),
        ("Vilka tre bryggor rustas?", "Kommunen rustar tre av bryggorna i Ekvik.", False),
        ("Vilken brygga rustas först?", "En brygga rustas redan i vår.", False),
        ("Vilken brygga rustas först?", "En brygga rustas redan i vår, den i Ekvik.", True),
        ("När rustas bryggan?", "En brygga rustas redan i vår.", True),
        ("Vilken dag rustas bryggan?", "Bryggan rustas av byalaget.", False),
        ("Vad är kostnaden för bryggan?", "Bryggan får sex nya plankor den 3 maj.", False),
        ("Vad är kostnaden för bryggan?", "Bryggan får plankor för 900 kronor.", True),
        ("Vad menas med gästplats?", "För gästplats betalas full avgift.", False),
        ("Vad menas med gästplats?", "Gästplats är en plats som hyrs ut per dygn.", True),
        ("Vad är målet för bryggor 2035?", "År 2035 är Ekvik en plats för båtar.", False),
        ("Vad är målet för bryggor 2035?", "År 2035 är bryggorna 40.", True),
        ("Vad är målet för bryggor 2035?", "Alla bryggor ska hålla 2035.", True),
        ("What is the target for jetties in 2035?", "Visionen för 2035 lyder så.", False),
    ],
)
def test_what_is_but_counted_is_not_named(question: str, text: str, named: bool):
    assert names_asked(read_question(question), text) is named
