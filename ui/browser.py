"""What the browser is told with every page: its language, and what it may load (nothing from outside)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.catalogue import Language

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",  # Gradio's HTML component compiles its template
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    b"content-security-policy": CONTENT_SECURITY_POLICY.encode(),
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}
_UPLOADS = re.compile("(?:/(?:en|sv))?(?:/gradio_api)?/upload")
"""Where Gradio would take files from anybody. The chat has no use for them."""
_HTML_LANGUAGE = re.compile(rb'(<html[^>]*?\blang=")[^"]*(")', re.DOTALL)
_OUTSIDE_META = re.compile(rb'\s*<meta\s+(?:property|name)="(?:og|twitter):[^>]*>')


@dataclass(frozen=True, slots=True)
class BrowserRules:
    """ASGI layer that sets the headers on every answer and the language on the chat's pages.

    Gradio takes its language from the browser as soon as its script runs, so the page tells the script beforehand
    that the browser speaks the page's language. `pages` maps a path to its language.
    """

    app: ASGIApp
    pages: Mapping[str, Language]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; rewrite what comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", "")) or "/"
        if _UPLOADS.match(path):
            await Response(status_code=404)(scope, receive, _with_headers(send))
            return
        language = self.pages.get(path) if scope["method"] == "GET" else None
        if language is None:
            await self.app(scope, receive, _with_headers(send))
            return
        headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        await self.app({**scope, "headers": headers}, receive, _PageRewriter(_with_headers(send), language))


def localised(body: bytes, language: Language) -> bytes:
    """The page with its language set and announced to scripts, and without metadata that names outside addresses."""
    known = json.dumps({"language": language, "languages": [language]})
    script = (
        f"<script>for (const [name, value] of Object.entries({known})) "
        "Object.defineProperty(navigator, name, {get: () => value});</script>"
    )
    body = _OUTSIDE_META.sub(b"", body)
    body = _HTML_LANGUAGE.sub(rb"\g<1>" + language.encode() + rb"\g<2>", body, count=1)
    return body.replace(b"<head>", b"<head>" + script.encode(), 1)


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            added = [(name, value) for name, value in HEADERS.items() if name not in present]
            message = {**message, "headers": [*message["headers"], *added]}
        await send(message)

    return send_with_headers


class _PageRewriter:
    """Collects one HTML page, rewrites it and sends it with its new length. Other types pass through."""

    def __init__(self, send: Send, language: Language) -> None:
        self._send = send
        self._language = language
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            types = [value for name, value in message["headers"] if name.lower() == b"content-type"]
            if types and types[0].startswith(b"text/html"):
                self._start = message
                return
        elif message["type"] == "http.response.body" and self._start is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self._start)
            return
        await self._send(message)

    async def _finish(self, start: Message) -> None:
        body = localised(self._body, self._language)
        kept = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        headers = [*kept, (b"content-length", str(len(body)).encode())]
        await self._send({**start, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})
