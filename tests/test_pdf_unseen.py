"""What a PDF holds beside the text that people see: hidden text, watermarks, form values, comments, titles."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText, Text
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ingest.documents import ReadOptions
from ingest.pdf.outline import stands_in
from ingest.pdf.pdf_reader import read_pdf
from ingest.titles import is_sensible_title

BODY = "Taxan beslutas av nämnden varje höst och gäller hela året."


@pytest.fixture
def drawn(tmp_path):
    """Makes a PDF of one page from a function that draws on it, and reads it."""

    def read(draw, title="Taxan", change=None):
        path = tmp_path / "prov.pdf"
        canvas = Canvas(str(path))
        canvas.setTitle(title)
        canvas.setFont("Helvetica", 11)
        draw(canvas)
        canvas.save()
        if change is not None:
            writer = PdfWriter(clone_from=PdfReader(io.BytesIO(path.read_bytes())))
            change(writer)
            writer.write(path)
        return read_pdf(path, ReadOptions(ocr=False))

    return read


def text_of(document):
    return document.pages[0].text


def undrawn(canvas, x, y, text):
    layer = canvas.beginText(x, y)
    layer.setTextRenderMode(3)
    layer.textOut(text)
    layer.setTextRenderMode(0)
    canvas.drawText(layer)


def test_a_text_layer_under_drawn_text_is_read_once(drawn):
    def draw(canvas):
        canvas.drawString(70, 700, BODY)
        undrawn(canvas, 70.5, 699.4, "Taxan bes1utas av namnden varje host och galler hela aret.")

    document = drawn(draw)
    assert text_of(document) == BODY
    assert any("osynlig text" in warning for warning in document.report.warnings)


def test_a_text_layer_without_drawn_text_is_read(drawn):
    def draw(canvas):
        from PIL import Image

        canvas.drawImage(ImageReader(Image.new("RGB", (50, 50), "white")), 0, 0, 595, 842)
        undrawn(canvas, 70, 700, BODY)

    document = drawn(draw)
    assert text_of(document) == BODY and not document.report.warnings


def test_white_text_is_read_only_on_dark_ground(drawn):
    def draw(canvas):
        canvas.drawString(70, 700, BODY)
        canvas.setFillColorRGB(0.1, 0.2, 0.5)
        canvas.rect(60, 590, 400, 30, stroke=0, fill=1)
        canvas.setFillColorRGB(1, 1, 1)
        canvas.drawString(70, 600, "Synlig rubrik i vitt")
        canvas.drawString(70, 500, "Hemlig anteckning i vitt")

    document = drawn(draw)
    assert "Synlig rubrik" in text_of(document) and "Hemlig" not in text_of(document)
    assert any("osynlig text" in warning for warning in document.report.warnings)


@pytest.mark.parametrize("colour", [(0, 0, 0), (1, 1, 1)])
def test_covered_text_is_not_read_and_what_is_written_over_it_is(drawn, colour):
    def draw(canvas):
        canvas.drawString(70, 700, BODY)
        canvas.drawString(70, 650, "Avgiften är 400 kronor")
        canvas.setFillColorRGB(*colour)
        canvas.rect(60, 640, 300, 30, stroke=0, fill=1)
        canvas.setFillColorRGB(*(1 - part for part in colour))
        canvas.drawString(70, 650, "Avgiften är 520 kronor")

    assert "520" in text_of(drawn(draw)) and "400" not in text_of(drawn(draw))


def test_a_watermark_is_not_text(drawn):
    def draw(canvas):
        for number in range(20):
            canvas.drawString(70, 700 - 14 * number, BODY)
        canvas.saveState()
        canvas.translate(150, 350)
        canvas.rotate(45)
        canvas.setFont("Helvetica-Bold", 80)
        canvas.setFillGray(0.85)
        canvas.drawString(0, 0, "KONCEPT")
        canvas.restoreState()
        canvas.setFont("Helvetica-Bold", 90)
        canvas.setFillGray(0.8)
        canvas.drawString(80, 560, "UTKAST")

    document = drawn(draw)
    assert "KONCEPT" not in text_of(document) and "UTKAST" not in text_of(document)
    assert text_of(document).count("Taxan") == 20
    assert any("vattenstämpel" in warning for warning in document.report.warnings)


def test_a_large_pale_title_of_its_own_is_text(drawn):
    def draw(canvas):
        canvas.drawString(70, 500, BODY)
        canvas.setFont("Helvetica-Bold", 44)
        canvas.setFillGray(0.65)
        canvas.drawString(70, 700, "Badtaxa")

    assert "Badtaxa" in text_of(drawn(draw))


def test_form_values_stand_with_their_labels_and_are_told(drawn):
    def draw(canvas):
        canvas.drawString(70, 700, "Sökande:")
        canvas.drawString(70, 670, "Ort:")
        canvas.acroForm.textfield(name="a", x=150, y=695, width=250, height=18, value="Åby hembygdsförening")
        canvas.acroForm.textfield(name="b", x=150, y=665, width=250, height=18, value="")
        canvas.drawString(70, 600, BODY)

    document = drawn(draw)
    lines = text_of(document).splitlines()
    assert any("Sökande" in line and "Åby hembygdsförening" in line for line in lines)
    assert any("1 ifyllt formulärfält" in warning for warning in document.report.warnings)


def test_comments_and_attachments_are_told(drawn):
    def change(writer):
        writer.add_annotation(0, Text(rect=(50, 550, 70, 570), text="Kolla beloppet"))
        writer.add_attachment("kalkyl.xlsx", b"tal")

    document = drawn(lambda canvas: canvas.drawString(70, 700, BODY), change=change)
    assert "Kolla" not in text_of(document)
    assert any("1 kommentar " in warning for warning in document.report.warnings)
    assert document.attachments == (("kalkyl.xlsx", b"tal"),)


def test_what_is_typed_on_a_page_of_a_file_without_a_form_is_read(drawn):
    def change(writer):
        writer.add_annotation(0, FreeText(rect=(70, 550, 300, 570), text="Beslut: beviljas"))

    document = drawn(lambda canvas: canvas.drawString(70, 700, BODY), change=change)
    assert BODY in text_of(document)


@pytest.mark.parametrize(
    "title",
    ["(anonymous)", "Bild 1", "Slide 12", "Microsoft Word - plan_v3.docx", "Rapportmall", "PowerPoint-presentation"],
)
def test_a_programs_title_is_none(title):
    assert not is_sensible_title(title)


@pytest.mark.parametrize("title", ["Bildningsplan för länet", "Normalarbetsdag", "Delårsrapport 2 (2024)"])
def test_a_real_title_is_one(title):
    assert is_sensible_title(title)


def test_a_title_left_by_another_document_gives_way_to_the_largest_text(drawn):
    def draw(canvas):
        canvas.setFont("Helvetica-Bold", 20)
        canvas.drawString(70, 760, "Riktlinjer för badplatser")
        canvas.setFont("Helvetica", 11)
        for number in range(8):
            canvas.drawString(70, 700 - 14 * number, BODY)

    assert drawn(draw, title="Kallelse till styrgruppen").title == "Riktlinjer för badplatser"
    assert drawn(draw, title="Riktlinje om badplatserna").title == "Riktlinje om badplatserna"
    assert stands_in("Badplats", "om badplatserna") and not stands_in("Kallelse", "om badplatserna")


def test_minutes_are_not_called_by_their_first_item(drawn):
    def draw(canvas):
        canvas.setFont("Helvetica-Bold", 14)
        canvas.drawString(70, 760, "HN § 12 Ny brygga vid udden")
        canvas.setFont("Helvetica", 11)
        for number in range(8):
            canvas.drawString(70, 700 - 14 * number, BODY)

    assert drawn(draw, title="Sammanträdesprotokoll").title == "Sammanträdesprotokoll"


def test_notes_written_on_the_page_are_told(drawn):
    def change(writer):
        writer.add_annotation(0, FreeText(rect=(50, 500, 200, 520), text="Höjs nästa år"))

    document = drawn(lambda canvas: canvas.drawString(70, 700, BODY), change=change)
    assert "Höjs" in text_of(document) or any("1 kommentar " in warning for warning in document.report.warnings)
