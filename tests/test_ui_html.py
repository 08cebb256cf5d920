import csv
import io
from datetime import datetime
from html.parser import HTMLParser

import pytest
from bs4 import BeautifulSoup
from fake_assistant import (
    PAGE_TEXT,
    PDF,
    QUOTE,
    RECORDS,
    WEB_TEXT,
    FakeIndex,
    answer,
    citation,
    list_answer,
    web_citation,
)

from assistant.catalogue import Catalogue
from ui.citations import (
    Frame,
    PageImage,
    Place,
    empty_panel,
    find_quote,
    list_panel,
    marked,
    page_text,
    questions_html,
    source_panel,
)
from ui.conversation import Turn
from ui.documents import documents_csv, documents_html
from ui.export import answer_markdown, csv_text, files_html, rows_csv
from ui.reading import reading_html

SV = Catalogue.load("sv")
EVIL = "\"'><img src=x onerror=alert(1)><script>alert(1)</script>"
IMAGE = PageImage(2, "sida/plan/2?v=g1", 900, 1200, (Frame(0.1, 0.2, 0.3, 0.02),))
NOON = datetime(2026, 3, 1, 12, 0)


class Tags(HTMLParser):
    """Collects the tags and attributes that a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.seen.extend(name for name, _ in attrs if name.startswith("on"))


@pytest.mark.parametrize(
    "markup",
    [
        source_panel(
            1,
            citation(title=EVIL, section=(EVIL,), quote=EVIL, ocr=True),
            Place(EVIL, EVIL, (IMAGE,), "original/x"),
            SV,
        ),
        source_panel(1, citation(quote=EVIL, title=EVIL), Place(None, None, (), None), SV),
        list_panel(Turn(1, "?", answer=answer(citations=(citation(title=EVIL, quote=EVIL),))), SV),
        questions_html("Frågor", (EVIL,)),
        files_html((Turn(1, EVIL, answer=answer(EVIL, question=EVIL)),), SV, NOON),
        documents_html(RECORDS, SV),
        reading_html(EVIL, FakeIndex().reading("webb"), None, None, SV),
    ],
)
def test_no_text_becomes_markup(markup):
    seen = Tags(markup).seen
    assert "script" not in seen and "b" not in seen
    assert not any(name.startswith("on") for name in seen)
    assert seen.count("img") == markup.count('<div class="rus-page">')


def test_the_quote_is_marked_in_its_passage_across_line_breaks():
    assert "<mark>80 procent av invånarna</mark>" in marked(
        "att 80 procent av invånarna ska", "80 procent av invånarna"
    )
    assert "<mark>2027.\nArbetet</mark>" in marked(PAGE_TEXT, "2027. Arbetet")


def test_a_quote_that_is_not_there_is_not_marked_elsewhere():
    assert find_quote("90 procent av invånarna", PAGE_TEXT) is None
    assert find_quote("", PAGE_TEXT) is None
    assert "<mark>" not in marked(PAGE_TEXT, "90 procent av invånarna")


def test_the_panel_shows_document_page_section_quote_and_image():
    soup = BeautifulSoup(
        source_panel(1, citation(), Place(PAGE_TEXT, "i", (IMAGE,), "original/plan#page=2"), SV), "lxml"
    )
    assert soup.mark.text == QUOTE
    assert [item.text for item in soup.select("dd")] == [PDF.title, "s. 2 (tryckt sida i)", "Mål › Digitalt"]
    assert soup.img["src"] == "sida/plan/2?v=g1"
    assert QUOTE in soup.img["alt"] and "Sida 2" in soup.img["alt"]
    assert soup.select_one(".rus-frame")["style"] == "left:10.000%;top:20.000%;width:30.000%;height:2.000%"
    assert soup.select_one(".rus-original")["href"] == "original/plan#page=2"
    assert soup.h2["tabindex"] == "-1"


def test_a_heading_that_is_quoted_stands_marked_above_its_passage():
    headed = citation(section=("Mål", "Grön verkstad"), quote="Grön verkstad\nVi bygger.")
    soup = BeautifulSoup(source_panel(1, headed, Place("Vi bygger. Vi odlar.", None, (), None), SV), "lxml")
    assert soup.mark is not None and soup.mark.text.split() == ["Grön", "verkstad", "Vi", "bygger."]


def test_the_panel_of_a_web_page_has_text_and_link_but_no_page():
    place = Place(WEB_TEXT, None, (), "https://exempel.invalid/klimat")
    soup = BeautifulSoup(source_panel(1, web_citation(), place, SV), "lxml")
    assert soup.mark.text == "vill halvera utsläppen"
    assert soup.img is None and "s. " not in soup.dl.text
    assert soup.select_one(".rus-original").text.startswith(SV.text("ui.panel.original_web"))


def test_a_source_that_was_read_again_says_so():
    assert SV.text("ui.panel.replaced") in source_panel(1, citation(), Place(None, None, (), None), SV)


def test_printed_page_numbers_are_told_only_when_they_differ():
    assert page_text(12, "11", SV) == "s. 12 (tryckt sida 11)"
    assert page_text(12, "12", SV) == page_text(12, None, SV) == "s. 12"


def test_every_source_of_the_answer_can_be_opened_from_the_list():
    soup = BeautifulSoup(list_panel(Turn(4, "?", answer=list_answer()), SV), "lxml")
    assert [link["href"] for link in soup.select("a")] == ["#kalla-4-1", "#kalla-4-2"]
    assert SV.text("ui.panel.empty") in empty_panel(SV)


def test_documents_are_listed_with_status_and_reason():
    soup = BeautifulSoup(documents_html(RECORDS, SV), "lxml")
    assert soup.caption.text == "3 dokument, 2 lästa, 2 textstycken"
    rows = [[cell.text for cell in row.select("th, td")] for row in soup.select("tbody tr")]
    assert rows[0][:2] == [PDF.title, "Läst"]
    assert "Sidor lästa ur bild: 1." in rows[0]
    assert rows[2][:2] == ["Gammal <b>rapport</b>", "Kunde inte läsas"]
    assert "Skannad, kunde inte läsas." in rows[2]


def test_documents_as_csv_hold_every_column():
    rows = list(csv.reader(io.StringIO(documents_csv(RECORDS, SV).removeprefix("\ufeff")), delimiter=";"))
    assert len(rows) == 4 and {len(row) for row in rows} == {12}


def test_csv_cannot_run_formulas_but_keeps_numbers():
    text = csv_text([["=SUMMA(A1)", "@x", "+46", "-4,2 %", "−3", "+a"]])
    assert text == "\ufeff'=SUMMA(A1);'@x;+46;-4,2 %;−3;'+a\r\n"


def test_rows_as_csv_name_their_proof():
    lines = rows_csv(list_answer(), SV).removeprefix("\ufeff").splitlines()
    assert lines[0] == "Namn;Belopp;År;Källa"
    assert lines[1] == f"Fiber i glesbygd;4,2 mkr;;{PDF.title}, s. 2"
    assert lines[2] == f'\'=SUMMA(A1);;2023;"{PDF.title}, s. 2; Klimatsidan"'


def test_the_exported_answer_carries_its_sources_and_the_warning():
    text = answer_markdown(answer(), SV, NOON)
    assert "Bredbandsmålet är 80 procent [1]." in text
    assert f"[1] ”{QUOTE}” {PDF.title}, s. 2" in text
    assert "2026-03-01 12:00" in text and SV.text("ui.machine_notice") in text


def test_the_reading_view_names_what_is_left_out():
    soup = BeautifulSoup(reading_html(PDF.title, FakeIndex().reading("plan"), 2, IMAGE, SV), "lxml")
    assert SV.text("ui.reading.furniture") in soup.select_one(".rus-left-out").text
    assert soup.strong.text == PAGE_TEXT.split("\n")[0]
    assert soup.select_one(".rus-reading li").text == PAGE_TEXT.split("\n")[1]


def test_an_empty_page_says_so():
    assert SV.text("ui.reading.empty_page") in reading_html(PDF.title, FakeIndex().reading("plan"), 1, None, SV)
