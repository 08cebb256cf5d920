"""The web service: the chat in Swedish at / and in English at /en/ (or the other way round), pages and originals."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.catalogue import Catalogue, Language
from ingest.errors import RusError
from ui.brand import Brand

if TYPE_CHECKING:
    from fastapi import APIRouter, FastAPI

    from assistant.assistant import Assistant
    from ui.events import Events


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """How the chat is served.

    `language` is the one at /; `root_path` is the path that a proxy puts before it; `pdf_password` opens protected
    documents; `page_scale` is pixels per point of a page image; `feedback_folder` is where users' feedback is kept,
    None where none is asked for. `index_directory` is where documents may be added by those whom `documents_tab` lets
    (see Rights), in uploads of at most `upload_bytes` and `upload_files`; None where nobody may.
    """

    language: Language = "sv"
    root_path: str = ""
    pdf_password: str | None = None
    page_scale: float = 1.6
    feedback_folder: Path | None = None
    index_directory: Path | None = None
    documents_tab: bool | None = None
    upload_bytes: int = 200 << 20
    upload_files: int = 100
    brand: Brand = field(default_factory=Brand)


def create_app(assistant: Assistant, options: ChatOptions | None = None) -> FastAPI:
    """The service as an ASGI application. Makes no request of its own and lets the browser make none to others."""
    from fastapi import FastAPI

    from ui.browser import BrowserRules
    from ui.document_routes import Rights, UploadLimits, document_routes
    from ui.doors import create_api
    from ui.events import Events
    from ui.index_jobs import IndexJobs
    from ui.pages import Pages, page_routes

    options = options or ChatOptions()
    other: Language = "en" if options.language == "sv" else "sv"
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    pages = Pages(assistant, options.page_scale, options.pdf_password)
    rights = Rights(options.documents_tab if options.index_directory else False)
    app.include_router(page_routes(pages))
    app.include_router(_own_pages(options, other))
    if options.index_directory is not None:
        limits = UploadLimits(options.upload_bytes, options.upload_files)
        app.include_router(document_routes(assistant, IndexJobs(options.index_directory), rights, limits))
    app.mount("/api", create_api(assistant))
    # The longer path first: a mount at / takes every path that is left.
    for language, path, base in ((other, f"/{other}", "../"), (options.language, "/", "")):
        catalogue = Catalogue.load(language)
        _mount(
            app,
            Events(assistant, catalogue, pages, base, options.feedback_folder, options.brand, rights),
            path,
            options,
        )
    app.add_middleware(BrowserRules, pages={"/": options.language, f"/{other}/": other})
    return app


def _mount(app: FastAPI, events: Events, path: str, options: ChatOptions) -> None:
    """Put the window of one language at its path."""
    import gradio as gr

    from ui.window import build_window, page_head, theme

    gr.mount_gradio_app(
        app,
        build_window(events),
        path,
        root_path=options.root_path + path.rstrip("/") if options.root_path else None,
        theme=theme(),
        head=page_head(events.catalogue, options.brand.colours()),
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        show_error=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
    )


def _own_pages(options: ChatOptions, other: Language) -> APIRouter:
    """The accessibility statement, the region's logo, and the short address of the other language."""
    from fastapi import APIRouter, HTTPException
    from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

    from ui.brand import LOGO_TYPES
    from ui.statement import ScanResults, statement_html
    from ui.window import style_sheet

    router, brand = APIRouter(include_in_schema=False), options.brand

    @router.get(f"/{other}")
    def other_language() -> RedirectResponse:
        return RedirectResponse(f"{options.root_path}/{other}/")

    @router.get("/tillganglighet")
    def statement(lang: Language = options.language) -> HTMLResponse:
        style = style_sheet() + brand.colours()
        return HTMLResponse(statement_html(ScanResults.load(), brand, Catalogue.load(lang), style))

    @router.get("/logotyp")
    def logo() -> FileResponse:
        if brand.logo is None:
            raise HTTPException(404)
        kind, sandboxed = LOGO_TYPES[brand.logo.suffix.lower()], {"Content-Security-Policy": "sandbox"}
        return FileResponse(brand.logo, media_type=kind, headers=sandboxed)

    return router


def serve(assistant: Assistant, host: str, port: int, options: ChatOptions | None = None) -> None:
    """Serve the chat until the process is told to stop.

    :raises RusError: when the address cannot be listened on.
    """
    import uvicorn

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        raise RusError(
            f"Det går inte att lyssna på {host}, port {port}: avsluta det program som använder porten, eller välj "
            "andra värden för --host och --port."
        ) from error
    with listening:
        config = uvicorn.Config(create_app(assistant, options), log_level="warning")
        uvicorn.Server(config).run(sockets=[listening])
