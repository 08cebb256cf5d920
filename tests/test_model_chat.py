"""The chat model in operation: limits, causes, retries, fallbacks, calls that end, and a key that is never shown."""

from __future__ import annotations

import socket
import subprocess
import sys
import textwrap
import time
import traceback

import pytest
from model_server import ModelServer

from assistant.model.chat_model import ChatOptions, open_chat
from assistant.model.prompt import Prompt
from ingest.errors import ModelFailed, ModelUnavailable

PROMPT = Prompt("Svara kort.", "KÄLLOR\n[s1] Bron är lång {inte en plats}.\n\nFRÅGA\nÄr bron lång?", ((0, 0),))
KEY = "sk-hemlig-4711"


def options(*urls_or_server, models=("openai:test",), silence=2.0, whole=4.0) -> ChatOptions:
    (server,) = urls_or_server
    url = server if isinstance(server, str) else server.url
    return ChatOptions(models, url, KEY, silence, whole)


def failed(server, **limits) -> tuple[ModelFailed, str, float]:
    began, pieces = time.monotonic(), []
    with pytest.raises(ModelFailed) as caught:
        pieces.extend(text for text, _ in open_chat(options(server, **limits)).write(PROMPT))
    return caught.value, "".join(pieces), time.monotonic() - began


def test_a_reply_comes_in_pieces_and_the_prompt_as_it_is():
    with ModelServer(("Bron ", "är lång [s1].")) as server:
        assert [text for text, _ in open_chat(options(server)).write(PROMPT)] == ["Bron ", "är lång [s1]."]
    assert [message["content"] for message in server.prompts[0]] == [PROMPT.system, PROMPT.human]


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (401, "refused_key"),
        (403, "refused_key"),
        (404, "wrong_name"),
        (429, "too_many"),
        (500, "away"),
        (503, "away"),
        (413, "too_long"),
        (418, "unreadable"),
    ],
)
def test_each_status_has_its_cause_and_the_key_is_nowhere(status, cause):
    with ModelServer(("x",), status=status) as server:
        error, _, seconds = failed(server)
    assert error.cause == cause and seconds < 4
    shown = error.message + "".join(traceback.format_exception(error))
    assert KEY not in shown and "out of order" not in shown
    assert len(server.prompts) == 2, "tried once more"


@pytest.mark.parametrize(
    ("behaviour", "cause", "said"),
    [
        ({"break_off": True}, "cut", "Bron är"),
        ({"reason": "length"}, "cut", "Bron är"),
        ({"body": b"<html><body>Logga in</body></html>"}, "unreadable", ""),
        ({"body": b"data: {not json\n\n"}, "unreadable", ""),
        ({"body": b""}, "unreadable", ""),
        ({"pause_seconds": 5.0}, "too_slow", ""),
    ],
    ids=["broken off", "cut by length", "a page", "broken JSON", "nothing", "silent"],
)
def test_each_misbehaviour_has_its_cause_in_time(behaviour, cause, said):
    with ModelServer(("Bron är",), **behaviour) as server:
        error, text, seconds = failed(server, silence=0.4, whole=2.0)
    assert (error.cause, text) == (cause, said) and seconds < 6


def test_a_model_that_goes_on_and_on_meets_the_limit_on_the_whole():
    with ModelServer(("ord ",) * 100, pause_seconds=0.1) as server:
        error, text, seconds = failed(server, silence=0.5, whole=0.8)
    assert error.cause == "too_slow" and text.startswith("ord ") and seconds < 6


def test_a_server_that_is_not_there():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    assert failed(f"http://127.0.0.1:{port}/v1")[0].cause == "away"


def test_a_second_model_answers_when_the_first_cannot_and_is_named():
    class Picky(ModelServer):
        def _answer(self, handler):
            self.status = 404 if len(self.prompts) <= 2 else 200
            super()._answer(handler)

    with Picky(("Ja [s1].",)) as server:
        chat = open_chat(options(server, models=("openai:first", "openai:second")))
        assert list(chat.write(PROMPT)) == [("Ja [s1].", "openai:second")]


def test_leaving_the_reply_closes_the_connection():
    class Watched(ModelServer):
        left_after: float | None = None

        def _answer(self, handler):
            began = time.monotonic()
            super()._answer(handler)
            self.left_after = time.monotonic() - began

    with Watched(("ord ",) * 60, pause_seconds=0.1) as server:
        reply = open_chat(options(server)).write(PROMPT)
        next(reply)
        reply.close()
        waited = time.monotonic() + 3
        while server.left_after is None and time.monotonic() < waited:
            time.sleep(0.05)
    assert server.left_after is not None and server.left_after < 3


def test_a_silent_server_does_not_hold_up_the_end_of_the_process():
    with ModelServer(("x",), pause_seconds=30) as server:
        program = textwrap.dedent(f"""
            from assistant.model.chat_model import ChatOptions, open_chat
            from assistant.model.prompt import Prompt
            from ingest.errors import ModelFailed
            chat = open_chat(ChatOptions(("openai:test",), {server.url!r}, "k", 0.5, 1.0))
            try:
                list(chat.write(Prompt("a", "b", ())))
            except ModelFailed as error:
                print(error.cause)
        """)
        ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=25, check=True)
    assert ended.stdout.strip() == "too_slow"


@pytest.mark.parametrize("name", ["nosuchprovider:modell"])
def test_an_unknown_provider_says_which_setting_to_mend(name):
    with pytest.raises(ModelUnavailable, match="RUS_CHAT_MODEL"):
        open_chat(ChatOptions((name,)))
