"""Tries a chat model on a few questions and says what works: marks, proof, refusal, speed."""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.model.answering import ModelAnswer
from assistant.model.chat_model import ChatModel
from assistant.model.prompt import ShownPassage, Surroundings
from ingest.errors import ModelFailed


@dataclass(frozen=True, slots=True)
class CheckCase:
    """A question, the sentences shown, and a pattern that a right answer holds; empty where a refusal is right."""

    question: str
    sentences: tuple[str, ...]
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How one question went, in one Swedish sentence."""

    question: str
    right: bool
    told: str
    seconds: float


def cases() -> tuple[CheckCase, ...]:
    """The five questions on the bundled corpus."""
    table = tomllib.loads((Path(__file__).parent / "check.toml").read_text(encoding="utf-8"))
    return tuple(CheckCase(one["question"], tuple(one["sentences"]), one.get("wanted", "")) for one in table["case"])


def check_model(chat: ChatModel) -> Iterator[CheckResult]:
    """Each question's result as soon as it is known. A model that cannot be used ends the trial at the first."""
    for case in cases():
        began = time.monotonic()
        try:
            right, told = _judged(case, chat)
        except ModelFailed as failure:
            yield CheckResult(case.question, False, failure.message, time.monotonic() - began)
            if failure.cause in ("refused_key", "wrong_name", "away", "unreadable"):
                return
            continue
        yield CheckResult(case.question, right, told, time.monotonic() - began)


def _judged(case: CheckCase, chat: ChatModel) -> tuple[bool, str]:
    passage = ShownPassage("prov", "Prov", (), 0, case.sentences)
    answer = ModelAnswer(case.question, [passage], Surroundings())
    shown = list(answer.shown(chat))
    refused = answer.notes.refused and not shown
    if not case.wanted:
        return refused, "Avböjde, som väntat." if refused else "Svarade fast källan inte säger det."
    if not shown:
        return False, "Avböjde fast svaret fanns." if refused else "Svarade utan att peka på någon källa."
    if not re.search(case.wanted, " ".join(one.text for one in shown)):
        return False, "Svarade på något annat."
    own = sum(one.own_words for one in shown)
    return True, "Rätt svar med källa." if not own else "Rätt källa; svaret visas i dokumentets egna ord."
