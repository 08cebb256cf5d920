# ruff: noqa: E501 (the texts are one paragraph a line)
"""Lists in tables, counted out in sentences and as headings; imperatives; goals in tables and beside their outcomes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from strategy_texts import passages_of

from assistant.catalogue import Catalogue
from assistant.listing.answer import answer_list
from assistant.listing.counted import counted_lists
from assistant.listing.enumerations import enumerations
from assistant.listing.nouns import NO_NOUN, plural_shown
from assistant.listing.outcomes import answer_goals
from assistant.listing.rows import ListAnswer
from assistant.listing.wanted import read_wanted
from assistant.question import Ask, read_question
from ingest.documents import Passage, PassageKind, Span
from ingest.register.entries import Register
from ingest.register.extract import extract_register
from ingest.register.goals import find_goals
from ingest.store.lexical import LexicalIndex

TABLE = "Tabell 1: Länets mål\nMål | Indikator | Målvärde | År | Utfall\nTryggare stråk | Andel trygga | Minst 75 % | 2033 | 61 % år 2027\nRenare sjöar | Andel sjöar med god status | 90 % | 2035 | pågår"
REPORT = """
# Det som dröjer
Några områden som följer hade behövt mer kraft.
## Skogsbruk
Skogsbruket har inte fått den rådgivning som planerades.
## Skolskjuts
Resorna till skolan tar längre tid än förut.
## Badplatser
Badplatserna har skötts sämre.
# Kuststråket
Projektet Kuststråket binder samman byarna. Det hade tre delprojekt. Två låg i Havsnäs och Sandby. Det tredje hette Bryggan och prövade nya båtar.
"""


def table(text: str = TABLE) -> Passage:
    (passage,) = passages_of("Text.", "mål")
    lines = [line for line in text.split("\n") if line]
    starts = np.cumsum([0, *(len(line) + 1 for line in lines)])
    sentences = tuple((int(start), int(start) + len(line)) for start, line in zip(starts, lines, strict=False))
    return replace(passage, text="\n".join(lines), kind=PassageKind.TABLE, sentences=sentences)


def ask(question: str, passages: tuple[Passage, ...]) -> ListAnswer | None:
    lexical = LexicalIndex.build([" ".join((*p.section, p.text)) for p in passages])
    sentences = LexicalIndex.build([p.text[start:end] for p in passages for start, end in p.sentences])
    ranked = [passages[number] for number in np.argsort(-lexical.scores(question), kind="stable")]
    register = extract_register(passages)
    scores = sentences.scores(question)
    return answer_list(read_question(question), ranked, passages, register, scores, (), lexical.frequency)


@pytest.mark.parametrize(
    "question",
    [
        "Ge mig alla mål i strategin.",
        "Visa mig samtliga mål",
        "Skriv upp målen",
        "Jag vill ha en lista över alla mål",
        "Kan du lista målen?",
        "Finns det en förteckning över målen?",
        "Jag vill veta vilka mål som finns",
    ],
)
def test_imperatives_ask_for_a_list(question: str):
    read = read_question(question)
    asked = read_wanted(read)
    assert (read.ask, asked.collection, asked.number, asked.topic) == (Ask.LIST, "goals", None, ())


def test_an_owner_before_the_number_is_passed_over():
    asked = read_wanted(read_question("Vilka är strategins sex prioriteringar?"))
    assert (asked.noun, asked.count) == ("prioriteringar", 6)


@pytest.mark.parametrize(
    ("noun", "shown"),
    [("delarna", "delar"), ("insatsområdena", "insatsområden"), ("målen", "mål"), ("områden", "områden"),
     ("sex", NO_NOUN), ("lar", NO_NOUN), (None, NO_NOUN)],
)  # fmt: skip
def test_the_lead_line_is_good_swedish(noun: str | None, shown: str):
    assert plural_shown(noun) == shown


def test_a_column_of_names_is_a_list_proved_by_its_rows():
    first = next(enumerations(table()))
    assert [first.name(item) for item in first.items] == ["Tryggare stråk", "Renare sjöar"]
    start, end = first.proof(first.items[1])
    assert table().text[start:end] == "Renare sjöar | Andel sjöar med god status | 90 % | 2035 | pågår"


def test_sentences_that_count_out_their_items():
    passage = passages_of(REPORT, "r")[-1]
    (found,) = counted_lists(passage)
    assert [found.name(item) for item in found.items] == ["Havsnäs", "Sandby", "Bryggan"]


def test_a_count_that_does_not_agree_is_no_list():
    (passage,) = passages_of("Det hade fyra delprojekt. Två låg i Havsnäs och Sandby. Det tredje hette Bryggan.", "r")
    assert list(counted_lists(passage)) == []


def test_headings_answer_where_a_section_announces_them():
    found = ask("Vilka områden hade behövt mer kraft?", passages_of(REPORT, "r"))
    assert found is not None
    assert [row.name for row in found.rows] == ["Skogsbruk", "Skolskjuts", "Badplatser"]


def test_the_numbered_headings_of_a_section_answer_what_its_heading_says():
    text = "# Plan\nVad vi gör.\n## Åtgärder\n" + "".join(
        f"### {number}. {name}\nAnsvarig är kommunen.\n"
        for number, name in enumerate(("Läslyft", "Simskola", "Jobbhjälp"), 1)
    )
    answer = ask("Vilka åtgärder finns i planen?", passages_of(text, "plan"))
    assert answer is not None
    assert [row.name for row in answer.rows] == ["Läslyft", "Simskola", "Jobbhjälp"]


def test_a_list_of_which_the_topic_is_itself_an_item_does_not_answer():
    passages = passages_of("Regionen gav pengar till företag, innovationscheckar och rådgivning.", "r")
    assert ask("Vilka företag har fått innovationscheckar?", passages) is None


def test_a_last_samt_parts_the_items_also_where_the_sentence_goes_on():
    text = "Regionen samordnar nätverk för rektorer, bibliotekarier samt Ortsrådet för service i byar som bland annat består av handlare."
    rows = ask("Vilka nätverk samordnar regionen?", passages_of(text, "r"))
    assert rows is not None and [row.name for row in rows.rows][:2] == ["rektorer", "bibliotekarier"]
    assert len(rows.rows) == 3


def test_a_list_beside_a_compound_of_the_noun_does_not_answer():
    passages = passages_of("I rådet sitter sjukhuschefen, skolchefen och näringslivschefen för länet.", "r")
    assert ask("Vilka sjukhus finns i länet?", passages) is None


def test_goals_in_a_table_with_their_outcomes():
    first, second = find_goals([table()])
    assert (first.title, first.indicator, first.value, first.unit, first.year) == (
        "Tryggare stråk",
        "Andel trygga",
        "75",
        "%",
        2033,
    )
    assert first.outcome is not None
    assert second.outcome is None


def test_a_goal_of_a_table_is_joined_with_the_same_goal_in_a_sentence():
    stated = passages_of(
        "# Plan\n## Mål\n- Tryggare stråk för alla: andelen trygga ska vara minst 75 procent år 2033.\n- Fler badplatser år 2030.\n",
        "p",
    )
    goals = find_goals((*stated, table()))
    assert [goal.title for goal in goals] == ["Tryggare stråk för alla", "Fler badplatser år 2030", "Renare sjöar"]
    assert goals[0].outcome is not None


def goal_table(name: str, *rows: str) -> Passage:
    text = "\n".join(("Mål | Målvärde | Målår", *rows))
    lines = [(text.index(row), text.index(row) + len(row)) for row in rows]
    return Passage(name, name, name, (), PassageKind.TABLE, text, (Span(1, 0, len(text)),), tuple(lines))


def test_the_same_goal_of_two_strategies_stays_two_with_figures_apart_from_their_years():
    older, newer = goal_table("f", "Badande per år | 1 900 | 2027"), goal_table("n", "Badande per år | 2 600 | 2035")
    goals = find_goals([older, newer])
    assert [(goal.value, goal.unit, goal.year) for goal in goals] == [("1 900", None, 2027), ("2 600", None, 2035)]


def goals_answer(question: str):
    passages = (*passages_of("# Om\nRapporten säger inte om målen är uppfyllda.", "o"), table())
    register = Register(goals=find_goals(passages))
    count = sum(len(passage.sentences) for passage in passages)
    near = np.zeros(count, dtype=np.float32)
    return answer_goals(read_question(question), register.goals, passages, Catalogue.load("sv"), lambda _: near)


def test_all_goals_beside_their_outcomes():
    found = goals_answer("Hur går det med målen?")
    assert found is not None and found.rows is not None
    assert found.lines[0].text == "Rapporten säger inte om målen är uppfyllda."
    assert [dict(cells)["Utfall"] for _, cells, _ in found.rows] == ["61 % år 2027", "anges inte i dokumenten"]
    assert found.status == "partial" and len(found.notices) == 1


def test_one_goal_is_answered_in_a_sentence():
    found = goals_answer("Har målet om renare sjöar nåtts?")
    assert found is not None and found.rows is None
    assert found.status == "partial"
    assert found.notices == (Catalogue.load("sv").text("answer.outcome_missing"),)


@pytest.mark.parametrize(
    "question", ["Har målet om flygtrafik nåtts?", "Vilka mål har strategin?", "Hur går det med sjöarna?"]
)
def test_other_questions_are_left_alone(question: str):
    assert goals_answer(question) is None


def test_headings_under_a_section_that_counts_them_are_the_list():
    passages = passages_of(
        "# Plan\n## Läget\nTre utmaningar har styrt valen.\n### Skogen torkar\nDet blir varmare.\n"
        "### Vägarna vittrar\nAsfalten spricker.\n### Bryggorna ruttnar\nVirket är gammalt.\n",
        "p",
    )
    found = ask("Vilka stora utmaningar har styrt valen?", passages)
    assert found is not None
    assert [row.name for row in found.rows] == ["Skogen torkar", "Vägarna vittrar", "Bryggorna ruttnar"]


def test_numbered_headings_of_a_section_that_the_question_names():
    passages = passages_of(
        "# Plan\n## Trygga stigar\n### 1. Lyktorna\nVi sätter upp lyktor.\n### 2. Räckena\nVi bygger räcken.\n"
        "### 3. Skyltarna\nVi målar skyltar.\n## Rena sjöar\n### 4. Dammen\nVi gräver en damm.\n",
        "p",
    )
    found = ask("Vilka insatser görs inom Trygga stigar?", passages)
    assert found is not None
    assert [row.name for row in found.rows] == ["Lyktorna", "Räckena", "Skyltarna"]


def test_ordinals_after_a_count_that_begins_its_sentence():
    passages = passages_of("Tre hinder är svåra. Det första är mörkret. Det andra är kylan. Det tredje är vinden.", "p")
    found = ask("Vilka hinder är svåra?", passages)
    assert found is not None
    assert [row.name for row in found.rows] == ["mörkret", "kylan", "vinden"]
