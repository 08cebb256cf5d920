"""What the model is asked besides the answer: a query in other words, the rows of a list, a list's first sentence."""

from __future__ import annotations

import pytest
from assistant_tools import StemEmbedder, incoming
from model_server import ModelServer, number_of

from assistant.assistant import Assistant
from assistant.inquiry import Library
from assistant.matching import Synonyms
from assistant.model.chat_model import ChatOptions, open_chat
from assistant.model.consulting import rewritten
from ingest.errors import ModelFailed
from ingest.indexing.building import build
from ingest.indexing.planning import BuildOptions


def rewriting(reply, question="Vad hände med bussarna 2024?", turns=(), **server):
    with ModelServer((reply,), **server) as model:
        return rewritten(open_chat(ChatOptions(("openai:prov",), model.url, None, 1, 2)), question, turns)


@pytest.mark.parametrize(
    ("reply", "wanted"),
    [
        ("Hur utvecklades kollektivtrafiken 2024?", "Hur utvecklades kollektivtrafiken 2024?"),
        ("<think>Hm.</think>\n**Fråga:** Hur gick kollektivtrafiken 2024?", "Fråga: Hur gick kollektivtrafiken 2024?"),
        ("Hur utvecklades kollektivtrafiken?", None),
        ("Hur utvecklades kollektivtrafiken 2024 och 2025?", None),
        ("", None),
        ("2024 " + "ord " * 200, None),
    ],
)
def test_what_a_rewriting_must_be(reply, wanted):
    assert rewriting(reply) == wanted


def test_a_figure_of_an_earlier_turn_may_come_in():
    assert rewriting("Vad kostade linje 7?", "Vad kostade den?", ["När kom linje 7?"]) == "Vad kostade linje 7?"


@pytest.mark.parametrize(
    "reply", ["EJ I KÄLLORNA", "Bussarna slutade gå 2024 [s1].", "Det framgår inte, vad menar du 2024?"]
)
def test_an_answer_or_a_refusal_is_no_query(reply):
    assert rewriting(reply) is None


def test_a_model_that_fails_says_so():
    with pytest.raises(ModelFailed):
        rewriting("x", status=500)


PROJECTS = """# Projekt

## Vatten

Projektet Klarvik renar dagvatten i Norrby. Projektet Klarvik drivs av Norrby kommun och pågår 2023–2026.

## Våtmarker

Projektet Blåbryggan anlägger våtmarker vid Sunnanå. Projektet Blåbryggan drivs av Norrby kommun och pågår 2022–2026.

## Yrken

Projektet Skogsdörren visar unga yrken i skogen. Projektet Skogsdörren drivs av Norrby kommun och pågår 2024–2027.
"""
BY_FACTS = "Vilka projekt driver Norrby kommun?"
BY_SUBJECT = "Vilka projekt driver Norrby kommun inom miljö?"


@pytest.fixture(scope="module")
def listing(no_network, tmp_path_factory):
    """An assistant over three projects, with a chat model or without."""
    folder = tmp_path_factory.mktemp("listing")
    build(
        [incoming(folder, "projekt", PROJECTS, "Projektlista")],
        folder / "index",
        StemEmbedder(),
        BuildOptions(workers=1),
    )

    def ask(reply=None, question=BY_SUBJECT, **server):
        library = Library(folder / "index", StemEmbedder(), Synonyms())
        if reply is None:
            return Assistant(library, None, 2000).ask(question)
        with ModelServer(reply_to=reply, **server) as model:
            return Assistant(library, open_chat(ChatOptions(("openai:prov",), model.url, None, 1, 2)), 2000).ask(
                question
            )

    return ask


def names(answer):
    return [row.name for row in answer.rows]


def marked(prompt, *told):
    return "\n".join(f"[s{number_of(name, prompt)}] {verdict}" for name, verdict in told)


def test_a_row_that_the_model_does_not_count_is_left_out_and_told(listing):
    all_three = names(listing())
    assert set(all_three) == {"Klarvik", "Blåbryggan", "Skogsdörren"}
    told = (("Klarvik", "JA"), ("Blåbryggan", "JA"), ("Skogsdörren", "NEJ"))
    answer = listing(lambda prompt: marked(prompt, *told))
    assert set(names(answer)) == {"Klarvik", "Blåbryggan"} and any("Skogsdörren" in one for one in answer.notices)
    assert "Skogsdörren" not in answer.text


def test_what_facts_decide_the_model_does_not(listing):
    answer = listing(lambda prompt: marked(prompt, ("Skogsdörren", "NEJ")), BY_FACTS)
    assert set(names(answer)) == {"Klarvik", "Blåbryggan", "Skogsdörren"} and not answer.notices


@pytest.mark.parametrize(
    "reply",
    [
        lambda prompt: marked(prompt, ("Klarvik", "NEJ"), ("Blåbryggan", "NEJ"), ("Skogsdörren", "JA")),
        lambda prompt: "[s77] NEJ\nNEJ\nAlla rader ska bort.",
        lambda prompt: "",
    ],
    ids=["most of it", "no sentence", "nothing"],
)
def test_a_list_is_never_emptied_and_no_verdict_counts_without_its_row(listing, reply):
    assert set(names(listing(reply))) == {"Klarvik", "Blåbryggan", "Skogsdörren"}


def test_a_model_that_fails_leaves_the_list_alone(listing):
    answer = listing(lambda prompt: "", status=401)
    assert answer.rows == listing().rows and any("nyckeln" in one for one in answer.notices)


def test_the_first_sentence_is_shown_only_when_it_is_proved(listing):
    right = listing(lambda prompt: f"Klarvik drivs av Norrby kommun [s{number_of('Klarvik', prompt)}].")
    wrong = listing(lambda prompt: f"Klarvik kostar 90 miljoner kronor [s{number_of('Klarvik', prompt)}].")
    assert right.text.startswith("Klarvik drivs av Norrby kommun. [1]") and names(right) == names(wrong)
    assert "90" not in wrong.text and wrong.text == listing().text


def test_an_unsure_search_is_made_once_more_in_the_models_words(invented_directory):
    asked_for = []

    def reply(prompt):
        asked_for.append(prompt)
        return "Hur utvecklades resandet med buss?" if "KÄLLOR" not in prompt else "EJ I KÄLLORNA"

    library = Library(invented_directory, StemEmbedder(), Synonyms())
    with ModelServer(reply_to=reply) as model:
        chat = open_chat(ChatOptions(("openai:prov",), model.url, None, 1, 2))
        answer = Assistant(library, chat, 2000, rewrites=True).ask("Åker folk mera kollektivt nuförtiden?")
    assert len(asked_for) == 2 and "4 700 000" in answer.hits[0].passage.text
    assert answer.standalone_question == "Åker folk mera kollektivt nuförtiden?"
