"""The chat in a real browser: WCAG 2.1 A and AA by axe-core, the keyboard's way, a narrow window, no outside request.

Needs `pip install playwright axe-playwright-python` and Chromium on the path; skipped where they are not.
"""

import json
import os
import re
import shutil
import socket
import threading
import time
from datetime import date

import pytest
from fake_assistant import FakeAssistant, answer, citation, list_answer, refusal, strategy_index
from test_ui_app import small_pdf
from test_ui_markup import PAYLOADS

from assistant.answers import Row
from assistant.settings import Settings
from ui.brand import RESULTS

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
ATTACK = "![x](https://evil.invalid/a.png) <img src=https://evil.invalid/b.png> <form action=https://evil.invalid>"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    import uvicorn

    from ui.app import create_app

    pdf = tmp_path_factory.mktemp("pdf") / "plan.pdf"
    pdf.write_bytes(small_pdf())
    answers = {"lista": list_answer(), "vägra": refusal(), "elak": answer(ATTACK), "alla": attacked()}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("index")
    options = Settings(index_dir=folder / "index", documents_tab=True)
    app = create_app(FakeAssistant(answers, strategy_index(pdf)), options)
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


IN_BOTH = pytest.mark.parametrize("page", ["light", "dark"], indirect=True)


@pytest.fixture
def page(browser, address, request):
    size = {"width": 1280, "height": 900}
    context = browser.new_context(locale="en-US", color_scheme=getattr(request, "param", "light"), viewport=size)
    page = context.new_page()
    page.outside = []
    own = (address, "data:", "blob:")
    page.on("request", lambda request: None if request.url.startswith(own) else page.outside.append(request.url))
    page.goto(address)
    page.wait_for_selector(".rus-question")
    yield page
    assert page.outside == []
    context.close()


def attacked():
    """An answer with every payload in its text, its rows and its source."""
    said = "\n\n".join(PAYLOADS)
    rows = tuple(Row(payload, (("Namn", payload),), (1,)) for payload in PAYLOADS)
    return answer(f"{said} [1]", rows=rows, citations=(citation(title=said, section=PAYLOADS, quote=said, url=said),))


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


def engine():
    """The version of axe-core that is used."""
    return re.search(r"axe v(\d+[.]\d+)", axe.Axe().axe_script)[1]


def violations(page):
    found = axe.Axe().run(page, options=RULES).response["violations"]
    return [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found]


@pytest.fixture(scope="module")
def scanned():
    """Faults by state. With WRITE_ACCESSIBILITY set, the accessibility statement is made from them."""
    states = {}
    yield states
    if os.environ.get("WRITE_ACCESSIBILITY"):
        tool = f"axe-core {engine()}"
        checks = ["keyboard", "reflow", "motion", "language"]
        found = {"made": f"{date.today()}", "tool": tool, "browser": "Chromium", "states": states, "checks": checks}
        RESULTS.write_text(json.dumps(found, indent=1) + "\n")


@pytest.fixture
def scan(page, scanned):
    """Looks for faults in the state that the page is in now."""

    def look(state):
        page.wait_for_timeout(300)
        found = violations(page)
        scanned[state] = scanned.get(state, 0) + len(found)
        assert found == [], state

    return look


def open_tab(page, name):
    page.get_by_role("tab", name=name, exact=True).click()


def test_the_statement_rests_on_every_state_that_is_scanned():
    with open(__file__, encoding="utf-8") as own:
        states = {line.split('scan("')[1].split('"')[0] for line in own if line.strip().startswith('scan("')}
    shipped = json.loads(RESULTS.read_text(encoding="utf-8"))["states"]
    assert set(shipped) == states and set(shipped.values()) == {0}


@IN_BOTH
def test_no_state_of_the_chat_breaks_wcag(page, scan):
    scan("start")
    ask(page, "Vad är bredbandsmålet?")
    scan("answer")
    page.click("#rus-chat a[href='#kalla-1-1']")
    page.wait_for_selector("#rus-panel .rus-frame")
    scan("source")
    page.click("[data-wide]")
    scan("wide")
    page.click("[data-back]")
    assert page.get_attribute("[data-wide]", "aria-pressed") == "false"
    ask(page, "lista")
    scan("list")
    ask(page, "vägra")
    scan("refusal")
    page.click("#rus-chat a[href='#fel-1']")
    page.wait_for_selector("dialog[open]")
    scan("feedback")
    page.click("dialog[open] button[value=cancel]")
    page.click(".rus-kept summary")
    scan("kept")
    page.click("#rus-filter > button")
    page.wait_for_selector("#rus-toggle", state="visible")
    scan("filter")


@IN_BOTH
def test_no_other_tab_breaks_wcag(page, scan):
    open_tab(page, "Om strategin")
    page.locator(".rus-tour [data-question]").first.click()
    page.wait_for_selector("#rus-chat .rus-actions")
    open_tab(page, "Om strategin")
    scan("strategy")
    open_tab(page, "Dokument")
    scan("documents")
    page.locator("[data-do=change]").first.click()
    scan("describe")
    page.click("dialog[open] button[value=cancel]")
    page.locator("[data-do=remove]").first.click()
    scan("remove")
    page.click("dialog[open] button[value=cancel]")
    page.locator("[data-do=read]").first.click()
    page.wait_for_selector(".rus-reading")
    scan("reading")
    open_tab(page, "Om tjänsten")
    scan("about")
    page.click(".rus-footer a")
    page.wait_for_url("**/tillganglighet**")
    scan("statement")


@IN_BOTH
def test_nothing_is_lost_at_320_pixels_and_400_percent(page, scan):
    ask(page, "lista")
    page.set_viewport_size({"width": 320, "height": 640})
    scan("narrow")
    page.click("#rus-chat a[href='#kalla-1-1']")
    page.wait_for_selector("body.rus-sheet #rus-panel-column[role=dialog]")
    page.wait_for_function("document.activeElement.id === 'rus-panel-heading'")
    scan("sheet")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#kalla-1-1"
    assert page.locator("#rus-panel-column").is_hidden()
    page.set_viewport_size({"width": 320, "height": 225})  # 1280 × 900 at 400 percent
    page.click("#rus-clear")
    page.wait_for_selector("#rus-questions .rus-question")
    page.evaluate("scrollTo(0, 0)")
    assert page.locator("#rus-question textarea").bounding_box()["y"] < 2 * 225
    for tab in ("Om strategin", "Dokument", "Läsvy", "Om tjänsten", "Fråga"):
        open_tab(page, tab)
        page.wait_for_timeout(200)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, tab
    scan("zoomed")
    open_tab(page, "Om strategin")
    page.locator(".rus-map summary").first.wait_for()
    assert page.locator(".rus-map [data-level=goal] button").count() == 1
    scan("map")


def test_nothing_moves_where_the_system_asks_for_none(page):
    page.emulate_media(reduced_motion="reduce")
    moving = "[...document.querySelectorAll('*')].filter(e => getComputedStyle(e).animationName !== 'none').length"
    assert page.evaluate(moving) == 0


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


def test_an_answer_with_markup_loads_and_runs_nothing(page):
    ask(page, "elak")
    message = page.locator("#rus-chat [data-testid=bot]").last
    assert "<img src=https://evil.invalid/b.png>" in message.inner_text()
    assert message.locator("img, form, iframe, script").count() == 0
    assert message.locator("a:not([href^='#'])").count() == 0


def test_sixty_payloads_in_text_table_source_and_question_run_and_fetch_nothing(page):
    page.on("dialog", lambda dialog: pytest.fail(f"something ran: {dialog.message}"))
    ask(page, "alla")
    page.wait_for_selector("#rus-panel-heading[data-target]")
    chat = page.locator("#rus-chat [data-testid=bot]").last
    assert chat.locator("img, svg, form, iframe, script, style, object, embed, base, meta").count() == 0
    assert chat.locator("a:not([href^='#'])").count() == 0
    page.click("#rus-chat a[href='#kalla-1']")
    page.wait_for_selector(".rus-sources")
    assert page.locator("#rus-panel").locator("script, svg, form, iframe, object, embed, a[href^='java']").count() == 0
    ask(page, PAYLOADS[0])
    assert page.locator("#rus-chat [data-testid=user] img").count() == 0
    page.reload()
    page.wait_for_selector("#rus-chat .rus-actions")
    page.click(".rus-kept summary")
    page.wait_for_timeout(300)


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
    page.on("dialog", lambda dialog: dialog.accept())
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


def test_what_is_copied_is_plain_text_with_bullets_cells_apart_and_numbered_sources(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for question, number in (("lista", 1), ("Vad är bredbandsmålet?", 2)):
        ask(page, question)
        page.click(f"#rus-chat a[href='#kopiera-{number}']")
        page.wait_for_function("document.querySelector('#rus-status').innerText.includes('opierat')")
        text = page.evaluate("navigator.clipboard.readText()")
        assert "[1] ”" in text and "Källor" in text and "<" not in text.replace("<b>", "")
        assert ("\t" in text) == (question == "lista")


def test_conversations_are_named_found_and_deleted_one_by_one(page):
    ask(page, "Vad är bredbandsmålet?")
    page.click(".rus-kept summary")
    page.click(".rus-kept li button:has-text('Byt namn')")
    page.fill(".rus-kept li input", "Bredband <b>")
    page.keyboard.press("Enter")
    assert "Bredband <b>" in page.inner_text(".rus-kept li .rus-question")
    page.fill("[data-find]", "finns inte alls")
    assert page.locator(".rus-kept li").count() == 0 and page.inner_text(".rus-kept [role=status]")
    page.fill("[data-find]", "bredband")
    page.click(".rus-kept li button:has-text('Ta bort')")
    assert page.evaluate("localStorage.getItem('rus-samtal')") == "{}"


def test_the_tour_remembers_what_has_been_read(page):
    open_tab(page, "Om strategin")
    page.locator(".rus-tour [data-question]").first.click()
    page.wait_for_selector("#rus-chat .rus-actions")
    page.reload()
    page.wait_for_selector("#rus-chat .rus-actions")
    open_tab(page, "Om strategin")
    page.wait_for_function("document.querySelector('.rus-tour-count').innerText.startsWith('1 av ')")
    page.click("[data-tour-again]")
    assert page.inner_text(".rus-tour-count").startswith("0 av ")


def test_a_role_is_remembered(page):
    page.click("[data-role=new]")
    page.reload()
    page.wait_for_selector("[data-for=new]:visible")
    assert page.locator("[data-for=all]").is_hidden()


@pytest.mark.parametrize("width", [320, 1280])
def test_a_new_question_stands_at_the_top_and_its_answer_below_it(page, width):
    page.set_viewport_size({"width": width, "height": 700})
    ask(page, "lista")
    ask(page, "Vad är bredbandsmålet?")
    assert 0 <= page.locator("#rus-chat [data-testid=user]").last.bounding_box()["y"] < 60


def test_a_page_without_pages_has_no_steps_between_them(page):
    open_tab(page, "Läsvy")
    for number in (0, 1):
        page.click("#rus-reading-document input")
        choice = page.get_by_role("option").nth(number)
        is_web = "Klimatsidan" in choice.inner_text()
        choice.click()
        page.wait_for_selector("#rus-reading h3:has-text('Webbsidans text')" if is_web else "#rus-reading-page")
        assert page.locator(".rus-step:visible").count() == (0 if is_web else 2)


def test_a_lost_server_is_told_and_the_conversation_stays(page):
    ask(page, "Vad är bredbandsmålet?")
    page.route("**/gradio_api/**", lambda route: route.abort())
    page.fill("#rus-question textarea", "lista")
    page.press("#rus-question textarea", "Enter")
    page.wait_for_function("document.querySelector('#rus-status').innerText.includes('Förbindelsen')")
    assert page.locator(".toast-body:visible").count() == 0
    assert page.locator("#rus-chat a[href='#kalla-1-1']").count() == 1


def test_a_question_that_a_reload_broke_off_stands_in_the_field(page):
    page.evaluate("sessionStorage.setItem('rus-fraga-nu', 'Vilka projekt finns?')")
    page.reload()
    page.wait_for_function("document.querySelector('#rus-question textarea')?.value === 'Vilka projekt finns?'")
    page.wait_for_function("document.querySelector('#rus-status').innerText.includes('laddades om')")
