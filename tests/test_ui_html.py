import base64
import io
from datetime import datetime
from html.parser import HTMLParser

import pytest
from bs4 import BeautifulSoup
from fake_assistant import (
    PAGE_TEXT,
    PDF,
    QUOTE,
    WEB_TEXT,
    FakeIndex,
    answer,
    citation,
    list_answer,
    refusal,
    strategy_index,
    web_citation,
)

from assistant.answers import Row
from assistant.catalogue import Catalogue
from assistant.evidence import page_text
from assistant.settings import Settings
from ingest.errors import RusError
from ingest.facts.types import FactBase
from ui.brand import ScanResults, check_brand, colours, contact_address, contrast, statement_html
from ui.conversation import Turn, copied_html, copies_html, kept_html, restored_turns
from ui.documents_tab import documents_html, reading_html
from ui.export import (
    KINDS,
    csv_text,
    feedback_form,
    file_html,
    file_of,
    keep_feedback,
    question_lines,
    table_cells,
)
from ui.guide import guide_html, questions_html, role_questions, terms, tour_questions
from ui.markup import render
from ui.sources import (
    PageImage,
    Place,
    find_quote,
    list_panel,
    marked,
    message_panel,
    source_panel,
)

SV = Catalogue.load("sv")
EVIL = "\"'><img src=x onerror=alert(1)><script>alert(1)</script>"
IMAGE = PageImage(2, "sida/plan/2?v=g1", 900, 1200, ((0.1, 0.2, 0.3, 0.02),))
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
            Place(EVIL, (IMAGE,), "original/x"),
            SV,
        ),
        source_panel(1, citation(quote=EVIL, title=EVIL), Place(None, (), None), SV),
        list_panel(Turn(1, "?", answer=answer(citations=(citation(title=EVIL, quote=EVIL),))), SV),
        questions_html("Frågor", (EVIL,), SV),
        copies_html((Turn(1, EVIL, answer=answer(EVIL, question=EVIL)),), SV),
        copied_html(answer(EVIL, citations=(citation(quote=EVIL, title=EVIL),)), SV),
        kept_html((Turn(1, EVIL, answer=answer(EVIL)),)),
        render("kept", SV, {}),
        documents_html(FakeIndex(), lambda document: None, SV, True),
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
    assert find_quote("90 procent av invånarna", PAGE_TEXT) == (0, 0)
    assert find_quote("", PAGE_TEXT) == (0, 0)
    assert "<mark>" not in marked(PAGE_TEXT, "90 procent av invånarna")


def test_the_panel_shows_document_page_section_quote_and_image():
    soup = BeautifulSoup(
        source_panel(1, citation(page_label="i"), Place(PAGE_TEXT, (IMAGE,), "original/plan#page=2"), SV), "lxml"
    )
    assert soup.mark.text == QUOTE
    assert [item.text for item in soup.select("dd")] == [PDF.title, "s. i (fil 2)", "Mål › Digitalt"]
    assert soup.img["src"] == "sida/plan/2?v=g1"
    assert QUOTE in soup.img["alt"] and "Sida 2" in soup.img["alt"]
    assert soup.select_one(".rus-frame")["style"] == "left:10.000%;top:20.000%;width:30.000%;height:2.000%"
    assert soup.select_one(".rus-original")["href"] == "original/plan#page=2"
    assert soup.h2["tabindex"] == "-1"


def test_a_passage_that_is_a_table_is_shown_as_one_with_the_quoted_row_marked():
    place = Place("Mål | År\nBredband | 2030\nResor | 2035", (), None, is_table=True)
    soup = BeautifulSoup(source_panel(1, citation(quote="Bredband | 2030"), place, SV), "lxml")
    assert [[cell.text for cell in row.select("td")] for row in soup.select("blockquote tr")][1] == ["Bredband", "2030"]
    assert [mark.text for mark in soup.select("mark")] == ["Bredband", "2030"]


def test_a_heading_that_is_quoted_stands_marked_above_its_passage():
    headed = citation(section=("Mål", "Grön verkstad"), quote="Grön verkstad\nVi bygger.")
    soup = BeautifulSoup(source_panel(1, headed, Place("Vi bygger. Vi odlar.", (), None), SV), "lxml")
    assert soup.mark is not None and soup.mark.text.split() == ["Grön", "verkstad", "Vi", "bygger."]


def test_the_panel_of_a_web_page_has_text_and_link_but_no_page():
    place = Place(WEB_TEXT, (), "https://exempel.invalid/klimat")
    soup = BeautifulSoup(source_panel(1, web_citation(), place, SV), "lxml")
    assert soup.mark.text == "vill halvera utsläppen"
    assert soup.img is None and "s. " not in soup.dl.text
    assert soup.select_one(".rus-original").text.startswith(SV.text("ui.panel.original_web"))


def test_a_source_that_was_read_again_says_so():
    assert SV.text("ui.panel.replaced") in source_panel(1, citation(), Place(None, (), None), SV)


def test_printed_page_numbers_are_told_only_when_they_differ():
    assert page_text(12, "11", SV) == "s. 11 (fil 12)"
    assert page_text(12, "12", SV) == page_text(12, None, SV) == "s. 12"


def test_every_source_of_the_answer_can_be_opened_from_the_list():
    soup = BeautifulSoup(list_panel(Turn(4, "?", answer=list_answer()), SV), "lxml")
    assert [link["href"] for link in soup.select("a")] == ["#kalla-4-1", "#kalla-4-2"]
    assert SV.text("ui.panel.empty") in message_panel("ui.panel.empty", SV)


def test_documents_are_listed_with_status_and_reason():
    soup = BeautifulSoup(documents_html(FakeIndex(), lambda document: None, SV, True), "lxml")
    assert soup.caption.text == "3 dokument, 2 lästa, 2 textstycken"
    rows = [[cell.text for cell in row.select("th, td")] for row in soup.select("tbody tr")]
    assert rows[0][0].startswith(PDF.title) and "2024" in rows[0]
    assert "Sidor lästa ur bild: 1." in rows[0]
    assert rows[2][0] == "Gammal <b>rapport</b>" and any("Kunde inte läsas." in cell for cell in rows[2])
    assert any("Skannad, kunde inte läsas." in cell for cell in rows[2])


def test_csv_cannot_run_formulas_but_keeps_numbers():
    text = csv_text([["=SUMMA(A1)", "@x", "+46", "-4,2 %", "−3", "+a"]])
    assert text == "\ufeff'=SUMMA(A1);'@x;+46;-4,2 %;−3;'+a\r\n"


def test_rows_as_csv_name_their_proof():
    lines = csv_text(table_cells(list_answer(), SV)).removeprefix("\ufeff").splitlines()
    assert lines[0] == "Namn;Belopp;År;Källa"
    assert lines[1] == f"Fiber i glesbygd;4,2 mkr;;{PDF.title}, s. 2"
    assert lines[2] == f'\'=SUMMA(A1);;2023;"{PDF.title}, s. 2; Klimatsidan"'


def saved(kind, *answers, index=None):
    return file_of(answers, kind, NOON, index or FakeIndex(), SV, None)


def texts_of_file(kind, content):
    import docx
    import openpyxl
    import pypdf

    if kind == "docx":
        return "".join(text for _, text in notes_of(docx.Document(io.BytesIO(content))))
    if kind == "pdf":
        return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    if kind == "xlsx":
        return str(list(openpyxl.load_workbook(io.BytesIO(content)).active.values))
    return content.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_every_file_tells_the_printed_page_beside_the_files_own(kind):
    cited = answer(citations=(citation(page_label="iii"),), rows=(Row("Fiber", (), (1,)),))
    content = saved(kind, cited, index=FakeIndex(label="iii"))
    assert "s. iii (fil 2)" in " ".join(texts_of_file(kind, content).split()).replace("\\", "")


def test_the_reading_view_names_what_is_left_out():
    soup = BeautifulSoup(reading_html(PDF.title, FakeIndex().reading("plan"), 2, IMAGE, SV), "lxml")
    assert SV.text("ui.reading.furniture") in soup.select_one(".rus-left-out").text
    assert soup.strong.text == PAGE_TEXT.split("\n")[0]
    assert PAGE_TEXT.split("\n")[1] in [one.text for one in soup.select(".rus-reading p")]


def guide(index, address="original/plan#page=2"):
    return BeautifulSoup(guide_html(index, lambda document, page: address, SV), "lxml")


def test_the_strategy_is_a_list_that_asks_and_leads_to_the_page():
    soup = guide(FakeIndex())
    button = soup.select(".rus-part button[data-question]")[-1]
    assert "Bredband åt <alla>" in button["data-question"] and "Mål: 80 % (2027)" in button.text
    place = soup.select_one("a.rus-place")
    assert place["href"].endswith("#page=2") and "s. i (fil 2)" in place.text
    assert SV.text("ui.strategy.nothing") in guide(FakeIndex(facts=FactBase((), ()))).text


def test_the_map_hangs_every_part_under_the_one_it_belongs_to():
    soup = guide(strategy_index())
    first, second = soup.select(".rus-map [data-level=priority] > li")
    assert [one.text for one in first.select(":scope > .rus-node .rus-kind")] == ["Prioritering 1"]
    assert [one.text for one in first.select("[data-level=goal] button")] == ["Fler turer Mål: 40 (2030)"]
    assert [one.text for one in first.select("[data-level=initiative] button")] == ["Bussringen"]
    assert [one.text for one in second.select("[data-level=initiative] button")] == ["Läsklubben"]
    assert "Ett län i rörelse." in soup.select_one(".rus-map .rus-node button").text
    assert len(soup.select(".rus-map button")) == len(soup.select(".rus-map .rus-node a")) == 6


def test_an_empty_page_says_so():
    assert SV.text("ui.reading.empty_page") in reading_html(PDF.title, FakeIndex().reading("plan"), 1, None, SV)


TURNS = (Turn(1, "Vad är bredbandsmålet?", answer=answer()), Turn(2, "Vilka projekt?", answer=list_answer()))


def notes_of(document):
    """The footnotes of a Word file: (number, text), the rules left out."""
    from lxml import etree

    (part,) = (one.target_part for one in document.part.rels.values() if one.reltype.endswith("/footnotes"))
    name = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    notes = [one for one in etree.fromstring(part.blob) if one.get(f"{name}type") is None]
    return [(int(one.get(f"{name}id")), "".join(one.itertext()).strip()) for one in notes]


def test_a_word_file_holds_the_answer_its_table_and_a_footnote_for_each_source():
    import docx

    document = docx.Document(io.BytesIO(saved("docx", answer(), list_answer())))
    text = [paragraph.text for paragraph in document.paragraphs]
    assert {"Vad är bredbandsmålet?", "Bredbandsmålet är 80 procent ."} <= set(text)
    notes = notes_of(document)
    assert [number for number, _ in notes] == [1, 2, 3]
    assert notes[0][1].startswith(f"”{QUOTE}” {PDF.title}, s. 2")
    referred = document.element.body.xpath(".//w:footnoteReference/@w:id")
    assert referred == ["1", "2", "3"]
    (table,) = document.tables
    assert [cell.text for cell in table.rows[0].cells] == ["Namn", "Belopp", "År"]
    assert "2" in table.rows[2].cells[0].text  # the mark that has its note already


def test_a_workbook_holds_the_rows_as_text_and_no_formula():
    import openpyxl

    sheet = openpyxl.load_workbook(io.BytesIO(saved("xlsx", list_answer()))).active
    assert [cell.value for cell in sheet[1]] == ["Namn", "Belopp", "År", "Källa"]
    assert sheet["A3"].value == "=SUMMA(A1)" and sheet["A3"].data_type == "s"


def test_files_are_made_whatever_control_characters_a_text_has():
    odd = answer("Svar\x01 [1].", question="Fråga\x02\x0b", citations=(citation(quote="a\x03b"),))
    for kind in KINDS:
        assert saved(kind, odd)


def test_a_file_is_carried_by_the_page():
    soup = BeautifulSoup(file_html("svar-1.csv", saved("csv", list_answer())), "lxml")
    assert "Fiber i glesbygd" in base64.b64decode(soup.div["data-content"]).decode()


def test_what_is_copied_has_no_markup_and_numbered_sources():
    rich = copied_html(answer("**Målet** är 80 % \\| 90 % [1].\n\n- Ett [1]\n- Två"), SV)
    assert "80 % | 90 %" in rich and f"[1] ”{QUOTE}” {PDF.title}, s. 2" in rich
    assert "<strong>Målet</strong>" in rich and "<sup>[1]</sup>" in rich and "<li>Två</li>" in rich


def test_a_conversation_comes_back_from_the_browser_as_it_was():
    text = BeautifulSoup(kept_html(TURNS), "lxml").div["data-turns"]
    assert restored_turns(text, SV) == TURNS


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"number": 1}]'])
def test_a_conversation_that_cannot_be_read_is_told(text):
    with pytest.raises(RusError, match="annan version"):
        restored_turns(text, SV)


def test_feedback_becomes_lines_of_a_question_file(tmp_path):
    folder = tmp_path / "omdömen"
    assert list(question_lines(folder)) == []
    keep_feedback(folder, answer(), True, "", "", "sv", NOON)
    keep_feedback(folder, list_answer(), False, "incomplete", "Ett\nsaknas", "sv", NOON)
    keep_feedback(folder, refusal(), True, "<b>", "", "en", NOON)
    good, bad, refused = question_lines(folder)
    assert good["evidence"] == [QUOTE] and good["answerable"] is True and good["kind"] == "fact"
    assert bad["evidence"] == [] and bad["reason"] == "incomplete" and bad["comment"] == "Ett saknas"
    assert refused["answerable"] is False and refused["kind"] == "unanswerable" and refused["reason"] == ""


def test_a_damaged_line_of_feedback_is_named(tmp_path):
    (tmp_path / "feedback.jsonl").write_text("{}\n")
    with pytest.raises(RusError, match="Rad 1"):
        list(question_lines(tmp_path))


def test_the_form_asks_for_a_reason_that_is_known():
    soup = BeautifulSoup(feedback_form(SV), "lxml")
    assert len(soup.select("input[type=radio]")) == 4 and soup.dialog["aria-labelledby"] == soup.h2["id"]


def test_the_panel_leads_to_the_sources_before_and_after():
    soup = BeautifulSoup(source_panel(3, citation(2), Place(PAGE_TEXT, (), None), SV, (1, 2, 5)), "lxml")
    assert [link["href"] for link in soup.select(".rus-panel-links a")] == ["#kalla-3-1", "#kalla-3-5", "#kalla-3"]
    assert soup.h2["data-target"] == "#kalla-3-2"


def test_the_tour_has_ten_questions_and_roles_only_what_can_be_answered():
    nothing = FactBase((), ())
    assert "Vilka mål har strategin?" not in tour_questions(nothing, SV)
    assert "Vilka mål har strategin?" in tour_questions(FakeIndex().facts, SV)
    assert len(tour_questions(FakeIndex().facts, SV)) <= 10
    assert all("mål" not in question for question in role_questions(nothing, SV)["official"])


def test_words_are_explained_as_the_documents_do_it_and_where():
    from dataclasses import replace

    text = "Med nära vård avses vård som ges nära hemmet. Regionala rådet för vatten (RRV) leder arbetet."
    defining = replace(FakeIndex().passages[0], text=text)
    found = terms([defining])
    assert [(name, meaning) for name, meaning, _ in found] == [
        ("Nära vård", "vård som ges nära hemmet."),
        ("RRV", "Regionala rådet för vatten"),
    ]
    assert f"{PDF.title}, s. i (fil 2)" in guide(FakeIndex(passages=(defining,))).select_one(".rus-terms").text
    assert guide(FakeIndex()).select_one(".rus-terms") is None


def test_a_regions_colour_must_be_readable_and_its_logo_there(tmp_path):
    assert round(contrast("#000000", "#ffffff")) == 21 and contrast("#0b5345", "#0b5345") == 1
    assert "#005ea5" in colours("#005ea5") and colours(None) == ""
    check_brand(Settings(region_colour="#005ea5"))
    for wrong in ({"region_colour": "#ffee00"}, {"region_colour": "red"}, {"region_logo": tmp_path / "saknas.png"}):
        with pytest.raises(RusError):
            check_brand(Settings(**wrong))
    assert contact_address("a@b.invalid") == "mailto:a@b.invalid"


def test_the_statement_says_what_was_tested_and_names_the_region():
    page = statement_html(
        ScanResults.load(), Settings(region_name="Region Exempel", region_contact="a@b.invalid"), SV, ""
    )
    soup = BeautifulSoup(page, "lxml")
    assert "Region Exempel" in soup.p.text and soup.html["lang"] == "sv"
    assert soup.find("a", href="mailto:a@b.invalid") and "Digg" in soup.text and "axe-core" in soup.text
    asked = (
        "delvis förenlig",
        "Självskattning",
        "uppdaterades senast",
        "prövades senast",
        "(12 §",
        "(9 §)",
        "WCAG 1.3.1",
    )
    assert all(part in soup.text for part in asked)  # what the authority's instruction says that it shall hold
    assert soup.find("a", href="https://www.digg.se/tdosanmalan")
    assert "fann 2 fel" in statement_html(ScanResults("2026-01-01", "x", "y", {"start": 2}, ()), Settings(), SV, "")
