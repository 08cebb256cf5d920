"""`rus check-model`: what is said of a model that works, one that does not, and one that is away."""

from __future__ import annotations

import re

import pytest
from conftest import CORPUS
from model_server import ModelServer
from typer.testing import CliRunner

import rus
from assistant.model.chat_model import ChatOptions, open_chat
from assistant.model.consulting import cases, check_model
from ingest.descriptions import load_sources
from ingest.documents import ReadOptions
from ingest.read import read


class Scripted(ModelServer):
    """Answers each question with its own sentence, or refuses; `wrong` answers everything with the first sentence."""

    wrong = False

    def _answer(self, handler):
        prompt = self.prompts[-1][-1]["content"]
        (case,) = [case for case in cases() if prompt.endswith(case.question)]
        number = next((n for n, one in enumerate(case.sentences, 1) if case.wanted and re.search(case.wanted, one)), 0)
        if self.wrong:
            self.pieces = ("Allt kostade 5 kronor [s1].",)
        else:
            self.pieces = (f"{case.sentences[number - 1]} [s{number}]",) if number else ("EJ I KÄLLORNA",)
        super()._answer(handler)


def run(monkeypatch, server):
    monkeypatch.setenv("RUS_CHAT_MODEL", "openai:prov")
    monkeypatch.setenv("RUS_CHAT_BASE_URL", server.url)
    return CliRunner().invoke(rus.app, ["check-model"])


def test_a_model_that_works(monkeypatch):
    with Scripted() as server:
        ended = run(monkeypatch, server)
    assert ended.exit_code == 0 and "5 av 5 som väntat" in ended.stdout


def test_a_model_that_answers_anything(monkeypatch):
    with Scripted() as server:
        server.wrong = True
        ended = run(monkeypatch, server)
    assert ended.exit_code == 1 and "Svarade fast källan inte säger det." in ended.stdout


def test_a_refused_key_ends_the_trial():
    with ModelServer(("x",), status=401) as server:
        (result,) = check_model(open_chat(ChatOptions(("openai:prov",), server.url, "sk-hemlig", 1, 2)))
    assert not result.right and "nyckeln" in result.told and "sk-hemlig" not in result.told


def test_no_model_is_said():
    ended = CliRunner().invoke(rus.app, ["check-model"])
    assert ended.exit_code == 1


def test_the_sentences_stand_in_the_bundled_corpus():
    text = ""
    for source, _ in load_sources(CORPUS / "sources.toml"):
        if source.path is not None:
            opened = read(source.path, ReadOptions(ocr=False))
            text += " ".join(" ".join(page.text.split()) for page in opened.pages)
    for case in cases():
        for sentence in case.sentences:
            assert sentence in text


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.question)
def test_a_wanted_answer_is_in_the_sentences(case):
    assert not case.wanted or re.search(case.wanted, " ".join(case.sentences))
