"""The whole way with a chat model, against a scripted server on this machine."""

from __future__ import annotations

import json

import pytest
from model_server import ModelServer

from assistant.answerability import limit
from assistant.catalogue import Catalogue
from assistant.model.chat_model import ChatOptions, open_chat

QUESTION = "Hur många personer sysselsätter skogsbruket?"
KEY = "hemlig-nyckel-17"
SWEDISH = Catalogue.load("sv")


@pytest.fixture
def asked(assistant_with):
    def ask(*pieces, question=QUESTION, **server):
        with ModelServer(pieces, **server) as model:
            return assistant_with(open_chat(ChatOptions(("openai:prov",), model.url, KEY, 2, 4))).ask(question)

    return ask


def test_a_proved_statement_is_the_answer(asked):
    answer = asked("Skogsbruket sysselsätter 4 200 personer i länet [s{4 200 personer}].")
    assert (answer.status, answer.generator, answer.notices) == ("answered", "openai:prov", ())
    assert answer.text == "Skogsbruket sysselsätter 4 200 personer i länet. [1]"


def test_a_false_statement_is_replaced_by_its_sentence_and_told(asked):
    answer = asked("Skogsbruket sysselsätter 9 900 personer [s{4 200 personer}].")
    assert "9 900" not in answer.text and "4 200 personer" in answer.text
    assert SWEDISH.text("model.replaced_one", {"count": "1"}) in answer.notices


def test_sentences_in_place_of_false_statements_are_no_surer_than_those_that_were_found(asked):
    unsure = "Hur mycket tjänar skogsbruket på export?"
    false = asked("Skogsbruket exporterar för 9 900 kronor [s{4 200 personer}].", question=unsure)
    assert false.status == "partial" and false.confidence < limit("answer")
    proved = asked("Skogsbruket sysselsätter 4 200 personer i länet [s{4 200 personer}].", question=unsure)
    assert proved.status == "answered" and proved.confidence > false.confidence


def test_a_refusal_gives_places_to_look_and_is_told(asked):
    answer = asked("EJ I KÄLLORNA")
    assert answer.notices == (SWEDISH.text("model.none"),)
    assert answer.status == "partial" and answer.text.startswith(SWEDISH.text("answer.places")) and answer.citations


def test_an_invented_mark_is_dropped_and_told(asked):
    answer = asked("Skogsbruket sysselsätter 4 200 personer i länet [s{4 200 personer}] [s999].")
    assert "999" not in answer.text and len(answer.citations) == 1
    assert SWEDISH.text("model.unknown_marks", {"count": "1"}) in answer.notices


def test_a_server_out_of_order_gives_the_documents_words_with_the_cause_and_no_key(asked):
    answer = asked(status=500)
    assert (answer.status, answer.generator) == ("answered", "extractive") and "4 200 personer" in answer.text
    assert len(answer.notices) == 1
    assert KEY not in json.dumps(answer.to_record(), ensure_ascii=False)


def test_an_empty_reply_is_told_as_one(asked):
    assert asked(" ").notices == (SWEDISH.text("model.empty"),)
