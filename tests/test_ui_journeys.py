"""Whole journeys in a real browser over a real index: a document is added and asked about, feedback becomes a question.

Needs `pip install playwright` and Chromium on the path, and the default model; skipped where they are not.
"""

import socket
import threading
import time

import pytest
from test_ui_accessibility import ask, browser, open_tab  # noqa: F401 - the browser is a fixture

from assistant.assistant import Assistant
from assistant.inquiry import Library
from assistant.matching import Synonyms
from assistant.settings import Settings
from ingest.indexing.building import build
from ingest.indexing.planning import BuildOptions
from ingest.store.records import Incoming
from ui.export import question_lines

pytestmark = pytest.mark.skipif("not __import__('shutil').which('chromium')", reason="Chromium is not installed")
FIRST = "# Ån\n\n## Vattnet\n\nVattenvård i Lillån leds av länsstyrelsen. Arbetet följs upp varje höst.\n"
SECOND = "# Bron\n\n## Om bron\n\nBron över Storån blev klar 2019 och kostade 14 miljoner kronor.\n"


@pytest.fixture
def served(embedder, tmp_path, request, monkeypatch):
    import uvicorn

    from ui.app import create_app

    monkeypatch.setenv("RUS_CACHE_DIR", str(request.config.cache.mkdir("models")))
    (tmp_path / "vatten.md").write_text(FIRST)
    index = tmp_path / "index"
    build([Incoming("vatten", tmp_path / "vatten.md")], index, embedder, BuildOptions(workers=1))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assistant = Assistant(Library(index, embedder, Synonyms()), None, 2000)
    app = create_app(assistant, Settings(index_dir=index))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}/", tmp_path
    server.should_exit = True
    thread.join(10)


def test_a_document_is_added_asked_about_and_rated(served, browser):  # noqa: F811
    address, folder = served
    page = browser.new_page(locale="sv-SE", viewport={"width": 1280, "height": 900})
    outside = []
    page.on(
        "request",
        lambda asked: None if asked.url.startswith((address, "data:", "blob:")) else outside.append(asked.url),
    )
    page.goto(address)
    open_tab(page, "Dokument")
    (folder / "bro.md").write_text(SECOND)
    (folder / "trasig.pdf").write_bytes(b"%PDF-1.4 trasig")
    page.set_input_files("[data-files]", [folder / "bro.md", folder / "trasig.pdf"])
    page.wait_for_function("document.querySelector('.rus-job-status').innerText.startsWith('Klart')", timeout=120_000)
    assert "1 av 2" in page.inner_text(".rus-job-status")
    assert "trasig.pdf" in page.inner_text(".rus-job")
    page.wait_for_selector("[data-document=bro]")
    open_tab(page, "Fråga")
    ask(page, "Vad kostade bron över Storån?")
    assert "14 miljoner kronor" in page.inner_text("#rus-chat [data-testid=bot]")
    page.wait_for_selector("#rus-panel mark")
    with page.expect_download() as download:
        page.click("#rus-chat a[href='#spara-1-pdf']")
    assert download.value.suggested_filename == "kallsidor-1.pdf"
    page.click("#rus-chat a[href='#bra-1']")
    page.wait_for_function("document.querySelector('#rus-status').innerText.includes('Tack')")
    (line,) = question_lines(folder / "feedback")
    assert line["question"] == "Vad kostade bron över Storån?" and line["good"] is True
    assert outside == []
    page.context.close()
