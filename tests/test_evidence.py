"""The evidence PDF, read back: first page, cited pages, highlights, and what stands in for pages that are no PDF."""

from __future__ import annotations

import io
from datetime import date

import numpy as np
import pypdfium2
import pytest
from pdf_writer import Sheet, save
from pypdf import PdfReader

from assistant.catalogue import Catalogue
from assistant.evidence import evidence_pdf
from ingest.documents import ReadOptions
from ingest.pdf.evidence_pdf import EvidenceHead, EvidencePage, MarkedQuote, write_evidence
from ingest.pdf.pdf_reader import read_pdf

HEAD = EvidenceHead("Hur ofta städas ängsbadet?", (("Svar", "Varje dag – även på söndagar [1] & <i>åäö</i>"),))


@pytest.fixture
def original(tmp_path):
    first = Sheet().write(70, 700, "Omslag till badplanen för kommunen", 18)
    second = Sheet().write(70, 700, "Badet städas varje dag av driften.").write(70, 680, "Toaletterna är öppna.")
    return save(tmp_path / "bad.pdf", [first, second], "Badplan")


def boxes_of(path, page, quote):
    read = read_pdf(path, ReadOptions(ocr=False)).pages[page - 1]
    start = read.text.index(quote)
    own = read.boxes[start : start + len(quote)]
    own = own[~np.isnan(own[:, 0])]
    return ((float(own[:, 0].min()), float(own[:, 1].min()), float(own[:, 2].max()), float(own[:, 3].max())),)


def written(pages, **options):
    target = io.BytesIO()
    write_evidence(target, HEAD, pages, **options)
    return target


def test_cited_page_is_taken_over_with_its_quote_highlighted(original):
    quote = MarkedQuote(3, "Badet städas varje dag", boxes_of(original, 2, "Badet städas varje dag"))
    target = written([EvidencePage("Badplan, s. 2", (quote,), original, 2)])
    reader = PdfReader(target)
    assert len(reader.pages) == 2
    first = reader.pages[0].extract_text()
    assert "Hur ofta städas ängsbadet?" in first and "även på söndagar [1] & <i>åäö</i>" in first
    page = reader.pages[1]
    assert "Toaletterna" in page.extract_text() and "[3]" in page.extract_text()
    drawn = pypdfium2.PdfDocument(target)[1].get_textpage()
    mark = drawn.search("[3]").get_next()
    assert drawn.get_charbox(mark[0] + mark[1] - 1)[2] < 70  # at the edge, where it covers no text
    (highlight,) = [one.get_object() for one in page["/Annots"]]
    assert highlight["/Subtype"] == "/Highlight" and highlight["/Contents"] == "[3] Badet städas varje dag"
    x0, y1, x1, top, left, y0, right, bottom = map(float, highlight["/QuadPoints"])
    assert (x0, y0, x1, y1) == pytest.approx(quote.boxes[0], abs=0.1)
    assert (top, left, right, bottom) == (y1, x0, x1, y0)


def test_highlight_shows_when_the_page_is_drawn(original):
    box = boxes_of(original, 2, "Badet städas")[0]
    target = written([EvidencePage("Badplan", (MarkedQuote(1, "Badet städas", (box,)),), original, 2)])
    pixels = pypdfium2.PdfDocument(target)[1].render().to_numpy()
    x, y = int(box[0]) + 3, int(842 - box[3]) + 1
    blue, green, red = pixels[y, x, :3].tolist()
    assert red > blue + 40 and green > blue + 40


def test_fonts_are_embedded(original):
    target = written([])
    fonts = PdfReader(target).pages[0]["/Resources"]["/Font"].values()
    embedded = [one.get_object() for one in fonts if one.get_object()["/Subtype"] == "/TrueType"]
    assert embedded and all("/FontFile2" in one["/FontDescriptor"] for one in embedded)


def test_a_web_page_is_a_page_of_text_with_its_quote():
    page = EvidencePage(
        "Öppettider", (MarkedQuote(2, "Badet\nÖppet till 21", ()),), None, None, "Läs mer\nÖppet till 21 i juli"
    )
    text = PdfReader(written([page])).pages[1].extract_text()
    assert "Läs mer" in text and "Öppet till 21 [2] i juli" in text


@pytest.mark.parametrize("content", [None, b"%PDF-1.4 ingenting", b""])
def test_an_original_that_is_gone_or_broken_leaves_its_quotes(tmp_path, content):
    path = tmp_path / "borta.pdf"
    if content is not None:
        path.write_bytes(content)
    page = EvidencePage("Borta, s. 4", (MarkedQuote(1, "Det stod här", ()),), path, 4)
    reader = PdfReader(written([page]))
    assert len(reader.pages) == 2 and "Det stod här" in reader.pages[1].extract_text()


def test_a_page_that_the_original_lacks_leaves_its_quotes(original):
    page = EvidencePage("Badplan, s. 9", (MarkedQuote(1, "Det stod här", ()),), original, 9)
    assert "Det stod här" in PdfReader(written([page])).pages[1].extract_text()


def test_the_evidence_of_an_answer_over_the_invented_documents(assistant_with):
    assistant = assistant_with(None)
    answer = assistant.ask("Vilka mål har strategin?")
    assert answer.citations
    made = evidence_pdf(answer, assistant.index, Catalogue.load("sv"), date(2026, 3, 1))
    reader = PdfReader(io.BytesIO(made))
    first = reader.pages[0].extract_text()
    assert "Fråga" in first and "Vilka mål har strategin?" in first and "2026-03-01" in first
    assert len(reader.pages) > 1
    rest = " ".join(" ".join(page.extract_text().split()) for page in reader.pages[1:])
    assert all(f"[{citation.mark}]" in rest for citation in answer.citations)
