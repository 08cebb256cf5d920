"""The chat in a real browser: WCAG 2.1 A and AA by axe-core, the keyboard's way, a narrow window, no outside request.

Needs `pip install playwright axe-playwright-python` and Chromium on the path; skipped where they are not.
"""

import shutil
import socket
import threading
import time

import pytest
from fake_assistant import FakeAssistant, FakeIndex, answer, list_answer, refusal
from test_ui_app import small_pdf

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
ATTACK = "![x](https://evil.invalid/a.png) <img src=https://evil.invalid/b.png> <form action=https://evil.invalid>"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    import uvicorn

    from ui.app import ChatOptions, create_app

    pdf = tmp_path_factory.mktemp("pdf") / "plan.pdf"
    pdf.write_bytes(small_pdf())
    answers = {"lista": list_answer(), "vägra": refusal(), "elak": answer(ATTACK)}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ChatOptions(feedback_folder=tmp_path_factory.mktemp("feedback"))
    app = create_app(FakeAssistant(answers, FakeIndex(pdf=pdf)), options)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}/"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(params=["light", "dark"])
def page(browser, address, request):
    size = {"width": 1280, "height": 900}
    context = browser.new_context(locale="en-US", color_scheme=request.param, viewport=size)
    page = context.new_page()
    page.outside = []
    own = (address, "data:", "blob:")
    page.on("request", lambda request: None if request.url.startswith(own) else page.outside.append(request.url))
    page.goto(address)
    page.wait_for_selector(".rus-question")
    yield page
    assert page.outside == []
    context.close()


def ask(page, question):
    page.fill("#rus-question textarea", question)
    page.press("#rus-question textarea", "Enter")
    page.wait_for_function(
        "question => [...document.querySelectorAll('#rus-chat [data-testid=user]')].pop()?.innerText.trim()"
        " === question && document.querySelector('#rus-chat [role=log]').getAttribute('aria-busy') === 'false'",
        arg=question,
    )
    page.wait_for_selector("#rus-stop", state="hidden")
    page.wait_for_timeout(200)


def violations(page):
    found = axe.Axe().run(page, options=RULES).response["violations"]
    return [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found]


def test_no_view_breaks_wcag(page):
    assert violations(page) == []
    ask(page, "Vad är bredbandsmålet?")
    assert violations(page) == []
    page.click("#rus-chat a[href='#kalla-1-1']")
    page.wait_for_selector("#rus-panel .rus-frame")
    assert violations(page) == []
    page.click("[data-wide]")
    assert violations(page) == []
    page.click("[data-back]")
    ask(page, "lista")
    ask(page, "vägra")
    assert violations(page) == []
    page.click("#rus-chat a[href='#fel-1']")
    page.wait_for_selector("dialog[open]")
    assert violations(page) == []
    page.click("dialog button[value=cancel]")
    page.click(".rus-kept summary")
    assert violations(page) == []
    for tab in ("Om strategin", "Dokument", "Läsvy", "Om tjänsten"):
        page.get_by_role("tab", name=tab, exact=True).click()
        page.wait_for_timeout(300)
        assert violations(page) == [], tab


def test_the_keyboard_leads_from_question_to_source_and_back(page):
    focused = (
        "document.activeElement.getAttribute('href') || document.activeElement.id || document.activeElement.tagName"
    )
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate(focused) == "TEXTAREA"
    page.keyboard.type("Vad är bredbandsmålet?")
    page.keyboard.press("Enter")
    page.wait_for_selector("#rus-chat a[href='#kalla-1-1']")
    page.wait_for_selector("#rus-stop", state="hidden")
    for _ in range(10):
        page.keyboard.press("Shift+Tab")
        if page.evaluate(focused) == "#kalla-1-1":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("#rus-panel mark")
    page.wait_for_function("document.activeElement.id === 'rus-panel-heading'")
    page.keyboard.press("Escape")
    assert page.evaluate(focused) == "#kalla-1-1"


def test_the_page_reflows_at_320_pixels(page):
    ask(page, "lista")
    page.set_viewport_size({"width": 320, "height": 640})
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert violations(page) == []
    page.click("#rus-chat a[href='#kalla-1-1']")
    page.wait_for_selector("body.rus-sheet #rus-panel-column[role=dialog]")
    page.wait_for_function("document.activeElement.id === 'rus-panel-heading'")
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#kalla-1-1"
    assert page.locator("#rus-panel-column").is_hidden()


def test_an_answer_with_markup_loads_and_runs_nothing(page):
    ask(page, "elak")
    message = page.locator("#rus-chat [data-testid=bot]").last
    assert "<img src=https://evil.invalid/b.png>" in message.inner_text()
    assert message.locator("img, form, iframe, script").count() == 0
    assert message.locator("a:not([href^='#'])").count() == 0


def test_swedish_in_an_english_browser(page):
    assert page.evaluate("document.documentElement.lang") == "sv"


def test_the_best_source_is_open_as_soon_as_the_answer_is_there(page):
    ask(page, "Vad är bredbandsmålet?")
    page.wait_for_selector("#rus-panel .rus-frame")
    assert page.locator("#rus-panel mark").count() == 1
    assert page.get_attribute("#rus-chat a[href='#kalla-1-1']", "aria-current") == "true"


def test_a_conversation_survives_a_reload_and_can_be_deleted(page):
    ask(page, "Vad är bredbandsmålet?")
    page.wait_for_function("localStorage.getItem('rus-samtal')?.includes('bredbandsmålet')")
    page.reload()
    page.wait_for_selector("#rus-chat a[href='#kalla-1-1']")
    page.click("#rus-clear")
    page.wait_for_selector("#rus-questions .rus-question")
    page.click(".rus-kept summary")
    page.click("[data-delete-all]")
    assert page.evaluate("localStorage.getItem('rus-samtal')") == "{}"


def test_a_question_in_the_address_is_asked(page, address):
    page.goto(f"{address}?q=lista")
    page.wait_for_selector("#rus-chat .rus-actions")
    assert page.inner_text("#rus-chat [data-testid=user]").strip() == "lista"


def test_an_answer_is_saved_as_a_word_file(page):
    ask(page, "Vad är bredbandsmålet?")
    with page.expect_download() as download:
        page.click("#rus-chat a[href='#spara-1-docx']")
    assert download.value.suggested_filename == "svar-1.docx"
