import re

import pytest
from fake_assistant import PDF_PASSAGE, WEB, FakeAssistant, FakeIndex, citation, web_citation
from fastapi.testclient import TestClient

from assistant.settings import Settings
from ingest.errors import IndexDamaged
from ui.app import CONTENT_SECURITY_POLICY, create_app, localised
from ui.sources import Pages, drawn_page

PDF_WIDTH, PDF_HEIGHT = 400, 600


def small_pdf() -> bytes:
    """Two empty pages, enough for drawing and marking."""
    page = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {PDF_WIDTH} {PDF_HEIGHT}]>>"
    objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>", page, page]
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    start = len(data)
    data += (
        f"xref\n0 5\n0000000000 65535 f \n{table}trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n{start}\n%%EOF".encode()
    )
    return data


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    path = tmp_path_factory.mktemp("pdf") / "plan.pdf"
    path.write_bytes(small_pdf())
    return FakeAssistant(index=FakeIndex(pdf=path))


@pytest.fixture(scope="module")
def client(assistant):
    return TestClient(create_app(assistant, Settings()))


@pytest.mark.parametrize(
    ("path", "language", "title"), [("/", "sv", "RUS-assistenten"), ("/en/", "en", "RUS Assistant")]
)
def test_the_page_is_in_its_language_whatever_the_browser_asks_for(client, path, language, title):
    page = client.get(path, headers={"accept-language": "de"})
    assert page.status_code == 200
    assert re.search(rf'<html[^>]*\blang="{language}"', page.text)
    assert page.text.index("Object.defineProperty(navigator") < page.text.index("<meta")
    assert f"<title>{title}</title>" in page.text or f'"title":"{title}"' in page.text


def test_the_short_address_of_the_other_language_leads_to_it(client):
    assert client.get("/en").url.path == "/en/"


def test_every_answer_carries_the_policy_and_the_page_names_no_outside_address(client):
    page = client.get("/")
    assert page.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "https:" not in CONTENT_SECURITY_POLICY
    addresses = set(re.findall(r"https?://[^\s\"'<>)]+", page.text)) - {"http://testserver", "http://testserver/"}
    assert addresses <= {"http://", "https://"}
    assert client.get("/theme.css").headers["content-security-policy"] == CONTENT_SECURITY_POLICY


def test_nothing_is_recorded_or_reported(client):
    config = client.get("/config").json()
    assert config["analytics_enabled"] is False
    assert client.get("/monitoring").status_code in (403, 404)
    assert config.get("run_history") in (False, None)


def test_all_texts_of_the_page_are_swedish(client):
    page = client.get("/").text
    assert "Svaren tas fram maskinellt" in page
    assert "Answers are made by a machine" not in page


def test_a_page_image_is_served(client):
    image = client.get("/sida/plan/2")
    assert image.headers["content-type"] == "image/webp"
    assert image.content[8:12] == b"WEBP"


@pytest.mark.parametrize(
    "path",
    [
        "/sida/plan/3",
        "/sida/plan/0",
        "/sida/webb/1",
        "/sida/okand/1",
        "/original/webb",
        "/original/..%2F..%2Fetc%2Fpasswd",
    ],
)
def test_what_is_not_there_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_the_original_pdf_opens_in_the_browser(client):
    original = client.get("/original/plan")
    assert original.headers["content-type"] == "application/pdf"
    assert "attachment" not in original.headers.get("content-disposition", "")


def test_a_stored_web_page_never_runs_in_the_chat(tmp_path):
    path = tmp_path / "sida.html"
    path.write_text("<script>alert(1)</script>")

    class WebIndex(FakeIndex):
        def source(self, document_id):
            return path

    page = TestClient(create_app(FakeAssistant(index=WebIndex()), Settings())).get("/original/webb")
    assert page.headers["content-type"] == "application/octet-stream"
    assert page.headers["content-security-policy"] == "sandbox"
    assert page.headers["content-disposition"].startswith("attachment")


def test_a_citation_is_framed_where_its_boxes_stand(assistant):
    place = Pages(assistant).place(citation(boxes=((2, 40.0, 540.0, 120.0, 570.0),)))
    (image,) = place.images
    ((left, top, width, height),) = image.frames
    assert place.passage == PDF_PASSAGE.text
    assert left == pytest.approx(0.1, abs=0.01) and width == pytest.approx(0.2, abs=0.01)
    assert top == pytest.approx(0.05, abs=0.01) and height == pytest.approx(0.05, abs=0.01)
    assert image.address == "sida/plan/2?v=g1" and place.original == "original/plan#page=2"


def test_a_web_citation_leads_to_its_page_and_to_nothing_but_the_web(assistant):
    pages = Pages(assistant)
    assert pages.place(web_citation()).original == WEB.url
    gone = citation(passage_id="borta", url="javascript:alert(1)")
    assert pages.place(gone).passage is None
    assert pages.place(gone).original is None


def test_page_images_are_kept_and_only_some(assistant):
    pages = Pages(assistant)
    assert pages.image("plan", 1) is pages.image("plan", 1) is not None
    for number in range(100):
        pages.image("plan", number)
    assert drawn_page.cache_info().currsize < 40


def test_the_languages_can_change_places(assistant):
    client = TestClient(create_app(assistant, Settings(language="en")))
    assert 'lang="en"' in client.get("/").text[:300]
    assert 'lang="sv"' in client.get("/sv/").text[:300]


def test_localising_touches_nothing_but_the_head():
    body = b'<html a="b"\n lang="en"><head><meta property="og:image" content="https://x"/><p lang="en">'
    page = localised(body, "sv")
    assert b'lang="sv"><head><script>' in page and page.endswith(b'</script><p lang="en">')


class Press:
    """An event as the browser sends it."""

    def __init__(self, **data):
        self.__dict__.update(data)


@pytest.fixture
def events(assistant):
    from assistant.catalogue import Catalogue
    from ui.events import Events

    return Events(FakeAssistant(index=assistant.index), Catalogue.load("sv"), Pages(assistant), Settings())


def test_history_and_chosen_documents_reach_the_assistant(events):
    *_, (turns, *_) = events.asked(" Ett ", (), ["plan", "webb"])
    *_, (turns, *_) = events.asked("Två", turns, ["webb"])
    assert events.assistant.asked == [("Ett", (), ()), ("Två", ("Ett",), ("webb",))]
    assert [turn.number for turn in turns] == [1, 2]


def test_all_documents_are_marked_or_none(events):
    everything = events.toggled(["plan"]).value
    assert "plan" in everything and events.toggled(everything).value == []


def test_only_files_that_there_are_are_saved(events):
    *_, (turns, *_) = events.asked("Ett", (), ["plan", "webb"])
    for number, name in ((1, "svar-1.docx"), (0, "samtal.docx")):
        assert f'data-name="{name}"' in events.saved(turns, Press(number=number, kind="docx"))
    assert 'data-name="kallsidor-1.pdf"' in events.saved(turns, Press(number=1, kind="pdf"))
    for number, kind in ((7, "docx"), ("1", "docx"), (1, "exe"), (1, None)):
        assert events.saved(turns, Press(number=number, kind=kind)) == ""


def test_a_damaged_index_is_told_on_the_page(events, monkeypatch):
    def damaged(*place):
        raise IndexDamaged("Indexet är skadat. Laga det: rus ingest --rebuild")

    for name in ("page", "reading"):
        monkeypatch.setattr(FakeIndex, name, damaged)
    shown = events.opened((), Press(client=None, headers={}))
    assert any("rus ingest --rebuild" in str(part) for part in shown)
    assert "rus ingest --rebuild" in events.read("plan", 1)[2]


def test_without_a_chosen_document_nothing_is_asked(events):
    *_, (turns, *_) = events.asked("Ett", (), [])
    assert events.assistant.asked == []
    assert turns[0].note == events.catalogue.text("ui.ask.filter_none")


def test_an_answer_that_is_stopped_says_so(events):
    shown = events.asked("Ett", (), ["plan"])
    next(shown)
    (turns, *_) = next(shown)
    (turns, chat, *_) = events.stopped(turns)
    assert turns[0].answer is None and events.catalogue.text("ui.ask.stopped") in chat[-1]["content"]
    assert events.stopped(())[0] == ()


def test_sources_open_and_what_is_gone_is_told(events):
    *_, (turns, *_) = events.asked("Ett", (), ["plan"])
    unknown = events.catalogue.text("ui.panel.unknown")
    assert "<mark>" in events.source_opened(turns, Press(number=1, mark=1))
    assert 'href="#kalla-1-1"' in events.source_opened(turns, Press(number=1, mark=0))
    for number, mark in ((1, 9), (7, 1), (7, 0), ("x", None)):
        assert unknown in events.source_opened(turns, Press(number=number, mark=mark))


def test_the_reading_view_keeps_to_the_pages_there_are(events):
    assert "Sida 2 av 2" in events.read("plan", 99)[1]
    assert events.catalogue.text("ui.reading.web") in events.read("webb", 1)[2]
    assert events.catalogue.text("ui.reading.unavailable") in events.read("skannad", 1)[2]
    assert "Sida 1 av 2" in events.read("plan", None)[1] and "Sida 1 av 2" in events.read("plan", -5)[1]


def test_a_document_that_has_come_since_may_answer_and_a_question_can_stand_alone(events):
    *_, (turns, *_) = events.asked("Ett", (), ["plan"], ["plan"])
    assert events.assistant.asked[-1] == ("Ett", (), ())
    *_, (turns, *_) = events.asked("Två", turns, ["plan"], ["plan", "webb"])
    assert events.assistant.asked[-1] == ("Två", ("Ett",), ("plan",))
    *_, (turns, *_) = events.suggested(turns, ["plan", "webb"], ["plan", "webb"], Press(question="Tre", alone=True))
    assert events.assistant.asked[-1] == ("Tre", (), ()) and len(turns) == 3


def test_the_statement_and_the_logo_are_served(assistant, tmp_path):
    logo = tmp_path / "logo.svg"
    logo.write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    client = TestClient(
        create_app(assistant, Settings(region_name="Region Exempel", region_logo=logo, region_colour="#7a1f4b"))
    )
    page = client.get("/tillganglighet?lang=en")
    assert page.status_code == 200 and "Region Exempel is responsible" in page.text and "#7a1f4b" in page.text
    drawn = client.get("/logotyp")
    assert (
        drawn.headers["content-type"].startswith("image/svg") and drawn.headers["content-security-policy"] == "sandbox"
    )
    assert TestClient(create_app(assistant, Settings())).get("/logotyp").status_code == 404
    assert client.get("/tillganglighet?lang=xx").status_code == 422
