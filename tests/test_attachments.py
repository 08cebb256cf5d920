"""Files attached to a PDF are told, so that a person can read them in for themselves."""

import io

from pypdf import PdfWriter
from reportlab.pdfgen import canvas

from ingest.documents import ReadOptions
from ingest.read import read


def test_an_attachment_is_told(tmp_path):
    drawn = io.BytesIO()
    page = canvas.Canvas(drawn)
    page.drawString(70, 700, "Antalet platser vid varje brygga framgår av den bifogade tabellen.")
    page.save()
    writer = PdfWriter(clone_from=drawn)
    writer.add_attachment("bryggor.csv", b"Brygga;Platser\nNorra;44\n")
    writer.write(tmp_path / "hamn.pdf")
    found = read(tmp_path / "hamn.pdf", ReadOptions(ocr=False))
    assert any("bryggor.csv lästes inte" in one for one in found.report.warnings)
