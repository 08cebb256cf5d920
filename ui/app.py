"""The web service: the chat in Swedish at / and in English at /en/ (or the other way round), pages and originals."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.catalogue import Catalogue, Language
from ingest.errors import RusError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.assistant import Assistant


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """How the chat is served.

    `language` is the one at /; `root_path` is the path that a proxy puts before it; `pdf_password` opens protected
    documents; `page_scale` is pixels per point of a page image; `feedback_folder` is where users' feedback is kept,
    None where none is asked for.
    """

    language: Language = "sv"
    root_path: str = ""
    pdf_password: str | None = None
    page_scale: float = 1.6
    feedback_folder: Path | None = None


def create_app(assistant: Assistant, options: ChatOptions | None = None) -> FastAPI:
    """The service as an ASGI application. Makes no request of its own and lets the browser make none to others."""
    import gradio as gr
    from fastapi import FastAPI
    from fastapi.responses import RedirectResponse

    from ui.api import create_api
    from ui.browser import BrowserRules
    from ui.chat import build_chat, page_head, theme
    from ui.pages import Pages, page_routes

    options = options or ChatOptions()
    other: Language = "en" if options.language == "sv" else "sv"
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    pages = Pages(assistant, options.page_scale, options.pdf_password)

    @app.get(f"/{other}", include_in_schema=False)
    def other_language() -> RedirectResponse:
        return RedirectResponse(f"{options.root_path}/{other}/")

    app.include_router(page_routes(pages))
    app.mount("/api", create_api(assistant))
    # The longer path first: a mount at / takes every path that is left.
    for language, path, base in ((other, f"/{other}", "../"), (options.language, "/", "")):
        catalogue = Catalogue.load(language)
        gr.mount_gradio_app(
            app,
            build_chat(assistant, catalogue, pages, base, options.feedback_folder),
            path,
            root_path=options.root_path + path.rstrip("/") if options.root_path else None,
            theme=theme(),
            head=page_head(catalogue),
            footer_links=[],
            run_history=False,
            enable_monitoring=False,
            show_error=False,
            ssr_mode=False,
            mcp_server=False,
            pwa=False,
        )
    app.add_middleware(BrowserRules, pages={"/": options.language, f"/{other}/": other})
    return app


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
