"""The web service: the chat in Swedish at / and in English at /en/, page images and originals beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.catalogue import Catalogue, Language

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.assistant import Assistant


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """How the chat is served. `root_path` is the path that a proxy puts before it; `page_scale` is pixels per point."""

    root_path: str = ""
    page_scale: float = 1.6


def create_app(assistant: Assistant, options: ChatOptions | None = None) -> FastAPI:
    """The service as an ASGI application. Makes no request of its own and lets the browser make none to others."""
    import gradio as gr
    from fastapi import FastAPI

    from ui.browser import BrowserRules
    from ui.chat import behaviour, build_chat, style, theme
    from ui.pages import Pages, page_routes

    options = options or ChatOptions()
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    pages = Pages(assistant, options.page_scale)
    app.include_router(page_routes(pages))
    mounts: tuple[tuple[Language, str, str], ...] = (("en", "/en", "../"), ("sv", "/", ""))
    for language, path, base in mounts:
        catalogue = Catalogue.load(language)
        gr.mount_gradio_app(
            app,
            build_chat(assistant, catalogue, pages, base),
            path,
            root_path=options.root_path + path.rstrip("/") if options.root_path else None,
            theme=theme(),
            css=style(),
            head=behaviour(catalogue),
            footer_links=[],
            run_history=False,
            enable_monitoring=False,
            show_error=False,
            ssr_mode=False,
            mcp_server=False,
            pwa=False,
        )
    app.add_middleware(BrowserRules, pages={"/": "sv", "/en": "en", "/en/": "en"})
    return app


def serve(assistant: Assistant, host: str, port: int, options: ChatOptions | None = None) -> None:
    """Serve the chat until the process is told to stop."""
    import uvicorn

    uvicorn.run(create_app(assistant, options), host=host, port=port, log_level="warning")
