"""A small OpenAI-compatible server for tests: streams scripted chat completions from a thread of the test."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType


@dataclass
class ModelServer:
    """Answers every request with `pieces`, waiting `pause_seconds` before each, or with an error `status`.

    `break_off` ends without saying so, `reason` is how the reply ends, and `body` is sent in place of any reply.

    In the pieces, {words} becomes the number of the source sentence that holds these words. `reply_to`, where given,
    makes the whole reply from the prompt instead.
    """

    pieces: tuple[str, ...] = ()
    pause_seconds: float = 0.0
    status: int = 200
    break_off: bool = False
    reason: str = "stop"
    body: bytes | None = None
    reply_to: Callable[[str], str] | None = None
    prompts: list[list[dict[str, str]]] = field(default_factory=list)

    def __enter__(self) -> ModelServer:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                owner.prompts.append(body["messages"])
                if body.get("stream") or owner.status != 200:
                    owner._answer(self)
                else:
                    owner._answer_whole(self, body["messages"][-1]["content"])

            def log_message(self, *_: object) -> None:
                """Tests are quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(self.status)
        handler.send_header("Content-Type", "text/event-stream" if self.status == 200 else "application/json")
        handler.end_headers()
        if self.status != 200:
            said = f"out of order for {handler.headers.get('Authorization')}"  # as careless servers do
            handler.wfile.write(json.dumps({"error": {"message": said}}).encode())
            return
        if self.body is not None:
            handler.wfile.write(self.body)
            return
        sources = self.prompts[-1][-1]["content"]
        try:
            if self.reply_to is not None:
                self._send(handler, {"content": self.reply_to(sources)})
            for piece in self.pieces:
                time.sleep(self.pause_seconds)
                self._send(handler, {"content": re.sub(r"\{([^}]+)\}", lambda m: number_of(m[1], sources), piece)})
            if not self.break_off:
                self._send(handler, {}, self.reason)
                handler.wfile.write(b"data: [DONE]\n\n")
        except OSError:
            return  # the client gave up, as some tests want it to

    def _answer_whole(self, handler: BaseHTTPRequestHandler, prompt: str) -> None:
        text = self.reply_to(prompt) if self.reply_to else "".join(self.pieces)
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": self.reason}
        usage = {"prompt_tokens": 90, "completion_tokens": 10, "total_tokens": 100}
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        reply = {
            "id": "c",
            "object": "chat.completion",
            "created": 0,
            "model": "m",
            "choices": [choice],
            "usage": usage,
        }
        handler.wfile.write(json.dumps(reply).encode())

    def _send(self, handler: BaseHTTPRequestHandler, delta: dict[str, str], reason: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        chunk = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
        handler.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        handler.wfile.flush()


def number_of(wanted: str, sources: str) -> str:
    """The number N of the line "[sN] …" that holds the wanted words."""
    for line in sources.splitlines():
        numbered = re.match(r"\[s(\d+)\]", line)
        if numbered and wanted in line:
            return numbered[1]
    raise AssertionError(f"no source sentence holds {wanted!r}")
