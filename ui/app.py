"""The web service: the chat in Swedish at / and in English at /en/ (or the other way round), pages and originals."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from assistant.catalogue import Catalogue, Language
from assistant.settings import Settings
from ingest.errors import RusError
from ui.brand import Brand

if TYPE_CHECKING:
    from fastapi import APIRouter, FastAPI

    from assistant.assistant import Assistant
    from ui.events import Events


def create_app(assistant: Assistant, settings: Settings) -> FastAPI:
    """The service as an ASGI application. Makes no request of its own and lets the browser make none to others.

    :raises SettingsError: for a colour or a logo of the region that cannot be used.
    """
    from fastapi import FastAPI

    from ui.browser import BrowserRules
    from ui.document_routes import document_routes
    from ui.doors import create_api
    from ui.events import Events
    from ui.sources import Pages, page_routes

    brand = Brand(
        settings.region_name,
        settings.region_logo,
        settings.region_colour,
        settings.region_contact,
        settings.region_welcome,
    )
    first: Language = settings.language
    other: Language = "en" if first == "sv" else "sv"
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(page_routes(Pages(assistant, "", settings.opening_password())))
    app.include_router(_own_pages(brand, first, other))
    app.include_router(document_routes(assistant, settings))
    app.mount("/api", create_api(assistant))
    # The longer path first: a mount at / takes every path that is left.
    for language, path, base in ((other, f"/{other}", "../"), (first, "/", "")):
        pages = Pages(assistant, base, settings.opening_password())
        _mount(app, Events(assistant, Catalogue.load(language), pages, settings, brand), path)
    app.add_middleware(BrowserRules, pages={"/": first, f"/{other}/": other})
    return app


def _mount(app: FastAPI, events: Events, path: str) -> None:
    """Put the window of one language at its path."""
    import gradio as gr

    from ui.window import build_window, page_head, theme

    gr.mount_gradio_app(
        app,
        build_window(events),
        path,
        theme=theme(),
        head=page_head(events.catalogue, events.brand.colours()),
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        show_error=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
    )


def _own_pages(brand: Brand, first: Language, other: Language) -> APIRouter:
    """The accessibility statement, the region's logo, and the short address of the other language."""
    from fastapi import APIRouter, HTTPException
    from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

    from ui.brand import LOGO_TYPES, ScanResults, statement_html
    from ui.window import style_sheet

    router = APIRouter(include_in_schema=False)

    @router.get(f"/{other}")
    def other_language() -> RedirectResponse:
        return RedirectResponse(f"/{other}/")

    @router.get("/tillganglighet")
    def statement(lang: Language = first) -> HTMLResponse:
        style = style_sheet() + brand.colours()
        return HTMLResponse(statement_html(ScanResults.load(), brand, Catalogue.load(lang), style))

    @router.get("/logotyp")
    def logo() -> FileResponse:
        if brand.logo is None:
            raise HTTPException(404)
        kind, sandboxed = LOGO_TYPES[brand.logo.suffix.lower()], {"Content-Security-Policy": "sandbox"}
        return FileResponse(brand.logo, media_type=kind, headers=sandboxed)

    return router


def serve(assistant: Assistant, settings: Settings) -> None:
    """Serve the chat until the process is told to stop.

    :raises RusError: when the address cannot be listened on.
    """
    import uvicorn

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
