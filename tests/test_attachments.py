"""Files attached to a PDF: read under their own name, without a page; what is not read is told."""

import io

import pytest
from pypdf import PdfWriter
from reportlab.pdfgen import canvas

from ingest.documents import Document, ReadOptions
from ingest.passages import cut
from ingest.read import read

TABLE = "Brygga;Platser\nNorra;44\nSödra;17\n".encode()


@pytest.fixture
def with_files(tmp_path):
    def write(**files):
        drawn = io.BytesIO()
        page = canvas.Canvas(drawn)
        page.drawString(70, 700, "Antalet platser vid varje brygga framgår av den bifogade tabellen.")
        page.save()
        writer = PdfWriter(clone_from=drawn)
        for name, content in files.items():
            writer.add_attachment(name.replace("_", "."), content)
        path = tmp_path / "hamn.pdf"
        writer.write(path)
        return path

    return write


def test_an_attached_table_is_read_under_its_name_and_has_no_page(with_files):
    found = read(with_files(bryggor_csv=TABLE), ReadOptions(ocr=False))
    document = Document("d", "Hamn", "0", "pdf")
    table = next(one for one in cut(document, found) if "Södra | 17" in one.text)
    assert table.section == ("Bilaga: bryggor.csv",) and table.page is None
    page = next(one for one in found.pages if one.number is None)
    assert page.text[table.start : table.end] == table.text
    assert any("bryggor.csv lästes som ett eget avsnitt" in one for one in found.report.warnings)


def test_what_cannot_be_read_is_told_and_the_rest_is_read(with_files):
    found = read(with_files(bild_png=b"\x89PNG\r\n\x1a\n\x00\x00", bryggor_csv=TABLE), ReadOptions(ocr=False))
    assert any("bild.png lästes inte" in one for one in found.report.warnings)
    assert any("Norra | 44" in block.text for block in found.blocks)
    assert not found.attachments


def test_an_attachment_of_an_attachment_is_named(with_files, tmp_path):
    inner = with_files(bryggor_csv=TABLE).read_bytes()
    found = read(with_files(plan_pdf=inner), ReadOptions(ocr=False))
    assert any("bryggor.csv i plan.pdf lästes inte" in one for one in found.report.warnings)
    assert not any("Norra | 44" in block.text for block in found.blocks)
