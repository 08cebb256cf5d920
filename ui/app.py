"""The web service: the chat in Swedish at / and in English at /en/ (or the other way round), pages and originals.

Every answer tells the browser what it may load, which is nothing from outside, and the chat's pages their language.
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass

import gradio as gr
import uvicorn
from fastapi import APIRouter, FastAPI, HTTPException
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.assistant import Assistant
from assistant.catalogue import Catalogue, Language
from assistant.settings import Settings
from ingest.errors import RusError
from ui.brand import LOGO_TYPES, ScanResults, check_brand, colours, statement_html
from ui.document_routes import document_routes
from ui.doors import create_api
from ui.events import Events
from ui.sources import Pages, page_routes
from ui.window import build_window, page_head, style_sheet, theme

# Gradio's HTML component compiles its template, and needs 'unsafe-eval' for it.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
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


def create_app(assistant: Assistant, settings: Settings) -> FastAPI:
    """The service as an ASGI application. Makes no request of its own and lets the browser make none to others.

    :raises SettingsError: for a colour or a logo of the region that cannot be used.
    """
    check_brand(settings)
    first: Language = settings.language
    other: Language = "en" if first == "sv" else "sv"
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(page_routes(Pages(assistant, "", settings.opening_password())))
    app.include_router(_own_pages(settings, first, other))
    app.include_router(document_routes(assistant, settings))
    app.mount("/api", create_api(assistant))
    # The longer path first: a mount at / takes every path that is left.
    for language, path, base in ((other, f"/{other}", "../"), (first, "/", "")):
        catalogue = Catalogue.load(language)
        events = Events(assistant, catalogue, Pages(assistant, base, settings.opening_password()), settings)
        gr.mount_gradio_app(
            app,
            build_window(events),
            path,
            theme=theme(),
            head=page_head(catalogue, colours(settings.region_colour)),
            footer_links=[],
            run_history=False,
            enable_monitoring=False,
            show_error=False,
            ssr_mode=False,
            mcp_server=False,
        )
    app.add_middleware(BrowserRules, pages={"/": first, f"/{other}/": other})
    return app


def _own_pages(settings: Settings, first: Language, other: Language) -> APIRouter:
    """The accessibility statement, the region's logo, and the short address of the other language."""
    router = APIRouter(include_in_schema=False)

    @router.get(f"/{other}")
    def other_language() -> RedirectResponse:
        return RedirectResponse(f"/{other}/")

    @router.get("/tillganglighet")
    def statement(lang: Language = first) -> HTMLResponse:
        style = style_sheet() + colours(settings.region_colour)
        return HTMLResponse(statement_html(ScanResults.load(), settings, Catalogue.load(lang), style))

    @router.get("/logotyp")
    def logo() -> FileResponse:
        if settings.region_logo is None:
            raise HTTPException(404)
        kind, sandboxed = LOGO_TYPES[settings.region_logo.suffix.lower()], {"Content-Security-Policy": "sandbox"}
        return FileResponse(settings.region_logo, media_type=kind, headers=sandboxed)

    return router


def serve(assistant: Assistant, settings: Settings) -> None:
    """Serve the chat until the process is told to stop.

    :raises RusError: when the address cannot be listened on.
    """
    host, port = settings.host, settings.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        raise RusError(
            f"Det går inte att lyssna på {host}, port {port}: avsluta det program som använder porten, eller välj "
            "andra värden för --host och --port."
        ) from error
    with listening:
        config = uvicorn.Config(create_app(assistant, settings), log_level="warning")
        uvicorn.Server(config).run(sockets=[listening])


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
