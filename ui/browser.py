"""What the browser is told with every page: its language, and what it may load (nothing from outside)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
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
_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
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
        language = self.pages.get(path) if scope["method"] == "GET" else None
        start: Message | None = None
        body = b""

        async def passed(message: Message) -> None:
            """Send on with the headers; a page is collected, and sent whole with its new length."""
            nonlocal start, body
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if language and headers.get("content-type", "").startswith("text/html"):
                    start = message
                    return
            elif start is not None and language:
                body += message.get("body", b"")
                if message.get("more_body", False):
                    return
                message = {"type": "http.response.body", "body": localised(body, language)}
                MutableHeaders(scope=start)["content-length"] = str(len(message["body"]))
                await send(start)
            await send(message)

        if _UPLOADS.match(path):
            await Response(status_code=404)(scope, receive, passed)
            return
        if language:  # what is to be rewritten must come as it is
            plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            scope = {**scope, "headers": plain}
        await self.app(scope, receive, passed)


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
