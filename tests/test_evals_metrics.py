from math import log2

import ir_measures
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals import measures as metrics
from evals.measures import fold, fold_space, is_relevant, paired_names, same_name, supports
from evals.scoring import estimate


def test_recall_and_reciprocal_rank_by_hand():
    # Three pieces of evidence: the first in the second text, the second in the fourth, the third nowhere.
    held = [[False] * 3, [True, False, False], [False] * 3, [False, True, False], [False] * 3]
    assert metrics.recall_at(held, 3, 1) == 0.0  # 0 of 3
    assert metrics.recall_at(held, 3, 3) == pytest.approx(1 / 3)
    assert metrics.recall_at(held, 3, 5) == pytest.approx(2 / 3)
    assert metrics.reciprocal_rank([any(row) for row in held], 10) == 0.5  # the first is at rank 2
    assert metrics.reciprocal_rank([False] * 10 + [True], 10) == 0.0


def test_ndcg_by_hand():
    # Relevant at ranks 2 and 4: the ideal has both on top.
    ideal = 1 / log2(2) + 1 / log2(3)
    assert metrics.ndcg_at([False, True, False, True], 10) == pytest.approx((1 / log2(3) + 1 / log2(5)) / ideal)
    assert metrics.ndcg_at([False, False, True], 10) == pytest.approx(0.5)  # 1 / log2(4)
    assert metrics.ndcg_at([True, True], 10) == 1.0
    assert metrics.ndcg_at([False] * 10 + [True], 10) == 0.0


def test_the_first_words_shown_count_whole_passages():
    texts = ["ett två tre", "fyra fem", "sex sju"]
    assert [metrics.texts_within(texts, words) for words in (1, 3, 4, 5, 6, 99)] == [1, 1, 2, 2, 3, 3]
    assert metrics.texts_within([], 5) == 0


def test_measures_do_not_apply_without_gold():
    assert metrics.recall_at([], 0, 5) is None
    assert metrics.key_fact_recall(["svar"], []) is None
    assert metrics.quote_verbatim([]) is None
    assert metrics.citation_precision(["citat"], []) is None
    assert metrics.citation_precision([], ["belägg"]) is None
    assert metrics.citation_recall([], ["belägg"]) == 0.0
    assert metrics.list_precision([], [["A"]]) is None
    assert metrics.list_recall([], [["A"]]) == 0.0
    assert metrics.list_recall(["A"], []) is None


@given(st.lists(st.lists(st.booleans(), min_size=2, max_size=2), max_size=12))
def test_rank_measures_stay_within_bounds_and_recall_grows(held):
    relevant = [any(row) for row in held]
    for value in (metrics.reciprocal_rank(relevant, 10), metrics.ndcg_at(relevant, 10)):
        assert 0.0 <= value <= 1.0
    assert (
        0.0 <= metrics.recall_at(held, 2, 1) <= metrics.recall_at(held, 2, 3) <= metrics.recall_at(held, 2, 10) <= 1.0
    )


def test_relevance_names_the_pieces_that_each_passage_holds():
    passages = ["Ingen här.", "Bron blev klar 2019 efter två års arbete."]
    assert metrics.relevance(passages, ["bron blev klar 2019", "färjan lades ned"]) == [[False] * 2, [True, False]]


def test_relevance_as_the_contract_has_it():
    evidence = "Kommunen byggde åtta nya broar över ån mellan åren"  # 9 words, 9 distinct: 5 in order needed
    assert is_relevant("Kommunen byggde åtta * fotnot * broar * över", evidence)  # 5 in order
    assert not is_relevant("Kommunen byggde åtta broar", evidence)  # 4
    assert not is_relevant("ån över broar nya åtta byggde", evidence)  # there, but not in order
    assert is_relevant("kommunen byg\u00adgde åtta nya bro-\nar över ån mellan ÅREN.", evidence)  # letters alone
    assert not is_relevant("över över över över över", evidence)


def test_folding_joins_line_ends_but_keeps_case_for_quotes():
    assert fold_space("kompetens-\nförsörjning  i\u00a0länet") == "kompetensförsörjning i länet"
    assert fold_space("Kalmar-\nVäxjö") == "Kalmar- Växjö"  # a capital follows: the hyphen may be real
    assert fold_space("tra\u00adfik") == "trafik"
    assert fold("ﬁn Åtgärd") == "fin åtgärd"


def test_a_quote_supports_both_ways_and_needs_words():
    assert supports("Bron blev klar 2019.", "I rapporten står: Bron blev klar 2019. Den kostade mer.")
    assert supports("Enligt planen blev bron klar 2019", "blev bron klar")
    assert supports("Bron över ån blev klar", "När bron över viken blev byggd")  # 3 of the shorter one's 5 in order
    assert not supports("Bron är ny", "Färjan är ny sedan länge")  # three words must be held whole
    assert not supports("Färjan lades ned", "Bron blev klar 2019")
    assert not supports("", "Bron blev klar 2019")


def mean_of(name, runs):
    values = [value for value in (metrics.bands(*run)[name] for run in runs) if value is not None]
    return sum(values) / len(values)


def test_bands_by_hand():
    # (sure, refused, answerable, right): a right and a wrong sure answer, one shown as a place to look, two without an
    # answer.
    runs = [
        (True, False, True, True),
        (True, False, True, False),
        (False, False, True, True),
        (True, False, False, False),
        (False, False, False, False),
    ]
    assert mean_of("confidently_wrong", runs) == pytest.approx(2 / 5)
    assert mean_of("sure_share", runs) == pytest.approx(2 / 3)
    assert mean_of("sure_precision", runs) == pytest.approx(1 / 3)
    assert mean_of("declined", runs) == pytest.approx(1 / 2)


def test_quote_verbatim_by_hand():
    page = "Målet är att 80 procent av alla\nskolor ska ha kompe-\ntens inom   området."
    citations = [
        ("80 procent av alla skolor", page),  # white space folded: stands
        ("ha kompetens inom området", page),  # line end joined: stands
        ("81 procent av alla skolor", page),  # altered
        ("80 Procent av alla skolor", page),  # case altered
        ("", page),  # proves nothing
        ("80 procent", None),  # no such page
    ]
    assert metrics.quote_verbatim(citations) == pytest.approx(2 / 6)


def test_citation_precision_and_recall_by_hand():
    evidence = ["bron över ån blev klar 2019", "den kostade 40 miljoner kronor"]
    quotes = ["Bron över ån blev klar 2019.", "Färjan lades ned samma år.", "Bron över ån blev klar 2019 till slut."]
    assert metrics.citation_precision(quotes, evidence) == pytest.approx(2 / 3)
    assert metrics.citation_recall(quotes, evidence) == 0.5  # nothing about the cost


def test_key_facts_are_read_without_marks_and_emphasis():
    answer = "Insatsen fick **40 miljoner** [4] kronor [12]."
    assert metrics.key_fact_recall([answer], [r"40 miljoner kronor\.", "INSATSEN"]) == 1.0
    assert metrics.key_fact_recall([answer], [r"\b4\b", r"\b12\b"]) == 0.0  # the marks are no figures
    assert metrics.key_fact_recall(["a b"], ["a", "c"]) == 0.5
    assert metrics.key_fact_recall(["a b", "c d"], ["a", "c"]) == 1.0  # the answer, and what it quotes
    assert metrics.answer_words("Bron kostade **40** miljoner [4].") == 4


def test_statements_without_a_mark_are_counted():
    answer = """## Projekt
Följande nätverk finns, t.ex. inom kultur:
- Kulturnätet [1]
- Musikrådet i länet [2]

Bron blev klar 2019. Den kostade ca. 40 miljoner. [4][5] Det är mer än budget.

| Namn | År |
|---|---|
| Alfa [6] | 2019 |
| Beta | 2020 |

Menade du något annat?"""
    # The two networks, the bridge, its budget, Alfa with its year, and Beta: the budget, 2019 and Beta have none.
    assert metrics.uncited_statements(answer) == pytest.approx(3 / 7)
    assert metrics.uncited_statements("---") is None


def test_names_match_whole_words_and_pair_off_once():
    assert same_name("projektet Gröna Gatan", "Gröna gatan")
    assert same_name("Gröna Gatan (GG)", "GG")
    assert not same_name("Gatan", "Gatans vänner")
    assert not same_name("", "Gatan")
    gold = [["Gröna Gatan", "GG"], ["Gröna Gatan Plus"], ["Blå Stråket"]]
    # "Gröna Gatan" pairs with the first, its repetition with the second (it is held by it), "Skogen" with none.
    assert metrics.list_precision(["Gröna Gatan", "Gröna Gatan", "Skogen"], gold) == pytest.approx(2 / 3)
    assert sorted(paired_names([["Gröna Gatan Plus"], ["GG"]], gold)) == [
        (0, 1),
        (1, 0),
    ]  # closest first: the longer name takes its equal
    assert metrics.list_precision(["GG", "Skogen"], gold) == 0.5
    assert metrics.list_recall(["GG", "Skogen"], gold) == pytest.approx(1 / 3)


def test_refusal_measures_are_means_over_their_own_questions():
    # refused and answerable in all four ways
    runs = [(False, refused, answerable, False) for refused in (True, False) for answerable in (True, False)]
    assert mean_of("refusal_precision", runs) == 0.5  # two refused, one rightly
    assert mean_of("refusal_recall", runs) == 0.5  # two unanswerable, one refused
    assert mean_of("over_refusal", runs) == 0.5  # two answerable, one refused


def test_interval_matches_the_normal_one_on_a_known_sample():
    values = [0.0] * 50 + [1.0] * 50
    figure = estimate(values)
    # Standard error sqrt(0.25 / 100) = 0.05, so about 0.5 ± 0.098.
    assert figure.value == 0.5
    assert figure.n == 100
    assert figure.low == pytest.approx(0.402, abs=0.02)
    assert figure.high == pytest.approx(0.598, abs=0.02)
    assert estimate(values) == figure
    assert estimate([]).value is None
    assert (estimate([0.3]).low, estimate([0.3]).high) == (0.3, 0.3)


def test_percentiles_by_hand():
    # 1 … 5: the median is 3; the 95th percentile lies at 0.95 * 4 = 3.8 steps from the first: 4 + 0.8.
    assert estimate([1, 2, 3, 4, 5], 50).value == 3.0
    assert estimate([1, 2, 3, 4, 5], 95).value == pytest.approx(4.8)


@given(st.lists(st.booleans(), min_size=1, max_size=15), st.integers(0, 3))
@settings(max_examples=50)
def test_rank_measures_agree_with_an_outside_library(relevant, missing):
    # Texts that hold one piece of evidence each or none, and pieces that no text holds. Order is judged over what was
    # found among the first ten, recall over all pieces.
    ranked = [ir_measures.ScoredDoc("q", str(rank), -float(rank)) for rank in range(len(relevant))]
    found = [ir_measures.Qrel("q", str(rank), 1) for rank, one in enumerate(relevant) if one]
    absent = [ir_measures.Qrel("q", f"absent {number}", 1) for number in range(missing)]
    pieces = len(found) + missing
    if not pieces:
        return
    column = iter(range(pieces))
    held = [[False] * pieces for _ in relevant]
    for rank, one in enumerate(relevant):
        if one:
            held[rank][next(column)] = True
    outside = ir_measures.calc_aggregate([ir_measures.R @ 5, ir_measures.RR @ 10], [*found, *absent], ranked)
    assert metrics.recall_at(held, pieces, 5) == pytest.approx(outside[ir_measures.R @ 5])
    assert metrics.reciprocal_rank(relevant, 10) == pytest.approx(outside[ir_measures.RR @ 10])
    among_ten = [one for one in found if int(one.doc_id) < 10]
    if among_ten:
        ordered = ir_measures.calc_aggregate([ir_measures.nDCG @ 10], among_ten, ranked)
        assert metrics.ndcg_at(relevant, 10) == pytest.approx(ordered[ir_measures.nDCG @ 10])
