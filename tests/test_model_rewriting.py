"""A question rewritten by the model is used only when it is one, and keeps the question's figures."""

from __future__ import annotations

import pytest
from model_server import ModelServer

from assistant.model.chat_model import ChatOptions, open_chat
from assistant.model.consulting import rewritten


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


def test_without_a_model_there_is_none():
    assert rewriting("x", status=500) is None
