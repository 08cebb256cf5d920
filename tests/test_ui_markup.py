"""Nothing that a document, title, question or comment holds becomes markup: sixty payloads through every builder."""

from dataclasses import replace

import pytest
from fake_assistant import PDF_PASSAGE, RECORDS, FakeIndex, answer, citation
from test_ui_html import Tags

from assistant.answers import Row
from assistant.catalogue import Catalogue
from assistant.settings import Settings
from ingest.documents import Block, BlockKind, Page, ReadDocument, ReadingReport, Span
from ingest.facts.types import Entity, FactBase, Stretch
from ingest.indexing.building import Progress, Step
from ingest.indexing.planning import Action
from ui.brand import ScanResults, statement_html
from ui.conversation import Turn, copied_html, copies_html, kept_html, messages
from ui.documents_tab import documents_html, job_html, manage_html, reading_html
from ui.export import feedback_form
from ui.guide import guide_html, start_html
from ui.index_jobs import FileResult, JobState
from ui.markup import rich_text, safe_markdown
from ui.sources import Place, list_panel, source_panel

SV = Catalogue.load("sv")
OUTSIDE = "https://evil.invalid/"
HANDLERS = (
    "onerror",
    "onload",
    "onclick",
    "onfocus autofocus",
    "onmouseover",
    "ontoggle",
    "onanimationstart",
    "onbegin",
)
ELEMENTS = ("img src=x", "svg", "body", "details open", "video src=x", "iframe src=x", "input", "math")
SCHEMES = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "//evil.invalid/x",
    OUTSIDE,
    "file:///etc/passwd",
)
PAYLOADS = (
    *(f"<{element} {handler}=alert(1)>" for element, handler in zip(ELEMENTS, HANDLERS, strict=True)),
    *(f"\"'><{element} {handler}=alert(1) x=\"'" for element, handler in zip(ELEMENTS, HANDLERS, strict=True)),
    *(f"[klicka]({scheme})" for scheme in SCHEMES),
    *(f"![bild]({scheme})" for scheme in SCHEMES),
    *(f'<a href="{scheme}">x</a>' for scheme in SCHEMES),
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<style>@import 'https://evil.invalid/x.css'</style>",
    "<link rel=stylesheet href=https://evil.invalid/x>",
    "<form action=https://evil.invalid><input name=a></form>",
    "<base href=https://evil.invalid/>",
    "<meta http-equiv=refresh content='0;url=https://evil.invalid'>",
    "<object data=x>",
    "<embed src=x>",
    "<template><script>alert(1)</script></template>",
    "--><img src=x onerror=alert(1)>",
    "]]><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "`<img src=x onerror=alert(1)>`",
    "$$\\href{javascript:alert(1)}{x}$$",
    "<https://evil.invalid>",
    "[x]: https://evil.invalid\n\n[x]",
    "{{7*7}} ${7*7} {value}",
)
ALLOWED = set(
    (
        "em strong tbody td h4 a p blockquote mark span div ul ol li button label input table caption thead tr th h1 "
        "h2 h3 dl dt dd q sup b details summary section dialog form fieldset legend textarea select option progress"
    ).split()
)


def shown(payload):
    """Everything that the chat builds of HTML, with the payload in every place that a stranger can fill."""
    record = replace(
        RECORDS[0],
        document=replace(
            RECORDS[0].document, title=payload, kind=payload, publisher=payload, valid_from=payload, url=payload
        ),
        reason=payload,
        report=ReadingReport(warnings=(payload,)),
    )
    cited = citation(title=payload, section=(payload,), quote=payload, url=payload, page_label=payload)
    asked = Turn(1, payload, answer=answer(payload, question=payload, citations=(cited,), suggestions=(payload,)))
    read = ReadDocument(
        (Page(1, payload),), (Block(BlockKind.HEADING, payload, (Span(1, 0, len(payload)),), 1),), record.report
    )
    index = FakeIndex(
        passages=(replace(PDF_PASSAGE, title=payload, text=f"Med {payload} avses här {payload} och mer text."),)
    )
    yield source_panel(1, cited, Place(payload, (), None), SV)
    yield list_panel(asked, SV)
    yield documents_html(replace(index, records=(record,)), lambda document: None, SV, True)
    yield reading_html(payload, read, 1, None, SV)
    yield copies_html((asked,), SV) + kept_html((asked,))
    yield copied_html(asked.answer, SV)
    yield start_html((payload,), index.facts, SV)
    yield guide_html(index, lambda document, page: payload, SV)
    named = Entity(payload, (), "project", (payload,), (Stretch(index.passages[0].id, 0, 4),), 0, ())
    known = replace(index, facts=FactBase((named,), (), priorities=(named, replace(named, name=f"{payload}2"))))
    yield guide_html(known, lambda document, page: payload, SV)
    yield job_html(JobState("add", True, progress=Progress(Step.READING, payload, 0, 2)), SV)
    yield job_html(JobState("add", files=(FileResult(payload, Action.UNREADABLE, 0, 0, payload),)), SV)
    yield manage_html(SV, "") + feedback_form(SV)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_builder_lets_markup_through(payload):
    for markup in shown(payload):
        seen = Tags(markup).seen
        assert set(seen) <= ALLOWED, markup
        assert f'src="{OUTSIDE}' not in markup and 'href="java' not in markup.lower()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_answer_brings_a_link_image_or_element(payload):
    from markdown_it import MarkdownIt

    row = Row(payload, (("Namn | x", payload),), (1,))
    turn = Turn(1, payload, answer=answer(f"{payload} [1]", question=payload, rows=(row,)))
    for message in messages([turn], SV, feedback=True):
        own = message["content"].replace("&lt;", "‹")
        page = MarkdownIt("gfm-like", {"html": False, "linkify": False}).render(own)
        assert "<img" not in page and "<script" not in page
        assert set(_addresses(page)) <= {"#"}, page


def _addresses(page):
    import re

    return [address[:1] for address in re.findall(r'href="([^"]*)"', page)]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_brand_and_no_file_becomes_markup(payload):
    page = statement_html(
        ScanResults("2026-01-01", payload, payload, {"start": 0}, ()),
        Settings(region_name=payload, region_contact=payload),
        SV,
        "",
    )
    assert not set(Tags(page.split("<main>")[1]).seen) & {
        "script",
        "img",
        "svg",
        "iframe",
        "form",
        "base",
        "meta",
        "link",
    }
    assert set(Tags(rich_text(safe_markdown(payload, {}))).seen) <= ALLOWED
