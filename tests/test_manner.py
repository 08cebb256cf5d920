"""Shorter, plainer, summed up: how it is asked for, and that nothing new comes in."""

from __future__ import annotations

import re

import pytest
from model_server import ModelServer, number_of

from assistant.dialogue import read_manner
from assistant.model.chat_model import ChatOptions, open_chat

BUSES = "Hur utvecklades resandet med buss?"
FULL = "Resandet med buss ökade från 3 100 000 resor 2019 till 4 700 000 resor 2025"


@pytest.mark.parametrize(
    "typed", ["Kortare", "Kortare, tack!", "Kan du svara kortare?", "Shorter please", "Skriv det kort"]
)
def test_shorter_asks_the_last_question_again(typed):
    wish = read_manner(typed, ["Vem antog strategin?", BUSES, "På lättläst svenska"])
    assert (wish.question, wish.turns, wish.manner) == (BUSES, ("Vem antog strategin?",), "short")


@pytest.mark.parametrize(
    "typed", ["På lättläst svenska, tack", "Kan du förklara det enklare?", "Med enkla ord", "Simpler"]
)
def test_plainer_asks_it_again_too(typed):
    assert read_manner(typed, [BUSES]).manner == "plain" and read_manner(typed, [BUSES]).question == BUSES


@pytest.mark.parametrize(
    ("typed", "question", "manner"),
    [
        ("Vad är målet för trähusen, på lättläst svenska?", "Vad är målet för trähusen?", "plain"),
        ("Sammanfatta rapporten", "Sammanfatta rapporten", "summary"),
        ("Vad kostar det korta kursprogrammet?", "Vad kostar det korta kursprogrammet?", "answer"),
        ("Vilka mål är kortsiktiga?", "Vilka mål är kortsiktiga?", "answer"),
        ("Finns det enklare ansökningar?", "Finns det enklare ansökningar?", "answer"),
        ("Kortare", "Kortare", "answer"),
        ("Vad ska göras på kort sikt?", "Vad ska göras på kort sikt?", "answer"),
        ("Finns strategin på lättläst svenska?", "Finns strategin på lättläst svenska?", "answer"),
        ("Vad är målet för trähusen? Svara kort.", "Vad är målet för trähusen?", "short"),
    ],
)
def test_a_manner_beside_a_question(typed, question, manner):
    wish = read_manner(typed, [])
    assert (wish.question, wish.manner) == (question, manner)


def rewording(short):
    """A model that gives the full answer, and of that answer `short`."""

    def reply(prompt):
        if "DOKUMENT: Svaret" in prompt:
            return short.replace("{n}", number_of("3 100 000", prompt))
        return f"{FULL} [s{number_of('3 100 000', prompt)}]."

    return reply


def asked(assistant_with, short, typed="Kortare, tack"):
    with ModelServer(reply_to=rewording(short)) as server:
        chat = open_chat(ChatOptions(("openai:prov",), server.url, None, 2, 4))
        answer = assistant_with(chat).ask(typed, [BUSES])
    return answer, server


def figures(text):
    return set(re.findall(r"\d+(?: \d{3})*", re.sub(r"\[\d+\]", "", text)))


def test_a_shorter_answer_is_said_by_the_longer_and_cites_its_sentence(assistant_with):
    answer, server = asked(assistant_with, "Resandet med buss ökade till 4 700 000 resor 2025 [s{n}].")
    assert (
        answer.text == "Resandet med buss ökade till 4 700 000 resor 2025. [1]" and answer.question == "Kortare, tack"
    )
    assert "3 100 000 resor 2019" in answer.citations[0].quote and answer.standalone_question == BUSES
    assert figures(answer.text) <= figures(FULL) and len(server.prompts) == 2
    assert "högst två meningar" in server.prompts[1][0]["content"]


@pytest.mark.parametrize(
    "short",
    [
        "Resandet ökade till 5 000 000 resor [s{n}].",
        "Resandet med buss minskade till 4 700 000 resor 2025 [s{n}].",
        "Skogsbruket sysselsätter 4 200 personer i länet [s{n}].",
    ],
)
def test_what_the_longer_does_not_say_is_not_in_the_shorter(assistant_with, short):
    answer, _ = asked(assistant_with, short, "På lättläst svenska")
    assert answer.text == f"{FULL}. [1]"


def test_without_a_model_a_shorter_answer_is_its_first_line(assistant_with):
    full, short = assistant_with().ask(BUSES), assistant_with().ask("Kortare", [BUSES])
    assert short.citations and len(short.text) <= len(full.text) and figures(short.text) <= figures(full.text)
