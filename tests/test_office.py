from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest
from docx.oxml import parse_xml

from ingest.documents import ReadDocument, ReadOptions
from ingest.errors import DamagedFile, EmptyFile, LimitExceeded, PasswordNeeded, WrongType
from ingest.read import media_type_of, read

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def blocks(document: ReadDocument) -> list[tuple[str, str, int]]:
    return [(block.kind.value, block.text, block.level) for block in document.blocks]


def test_word(tmp_path: Path) -> None:
    document = docx.Document()
    document.core_properties.title = "Handlingsplan"
    document.add_heading("Mål", 1)
    document.add_paragraph("Länet ska växa.")
    document.add_heading("Insatser", 2)
    document.add_paragraph("Bygga vägar", style="List Bullet")
    table = document.add_table(2, 2)
    for cell, text in zip((c for row in table.rows for c in row.cells), ("År", "Antal", "2020", "5"), strict=True):
        cell.text = text
    inserted = f'<w:p xmlns:w="{WORD}"><w:ins w:id="1" w:author="a"><w:r><w:t>Tillagt.</w:t></w:r></w:ins>'
    inserted += '<w:del w:id="2" w:author="a"><w:r><w:delText>Struket.</w:delText></w:r></w:del></w:p>'
    document.element.body.insert(0, parse_xml(inserted))
    document.save(str(tmp_path / "plan.docx"))
    found = read(tmp_path / "plan.docx")
    assert found.title == "Handlingsplan"
    assert blocks(found) == [
        ("paragraph", "Tillagt.", 0),
        ("heading", "Mål", 1),
        ("paragraph", "Länet ska växa.", 0),
        ("heading", "Insatser", 2),
        ("list_item", "• Bygga vägar", 0),
        ("table", "År | Antal\n2020 | 5", 0),
    ]


def test_slides(tmp_path: Path) -> None:
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text = "Kompetensförsörjning"
    slide.placeholders[1].text = "Fler utbildningar\nBättre matchning"
    slide.notes_slide.notes_text_frame.text = "Säg detta."
    empty = presentation.slides.add_slide(presentation.slide_layouts[6])
    empty.shapes.add_textbox(0, 0, 100, 100).text_frame.text = "Fritt stående text"
    presentation.save(str(tmp_path / "bilder.pptx"))
    found = read(tmp_path / "bilder.pptx")
    assert blocks(found) == [
        ("heading", "Kompetensförsörjning", 1),
        ("list_item", "• Fler utbildningar", 0),
        ("list_item", "• Bättre matchning", 0),
        ("paragraph", "Säg detta.", 0),
        ("heading", "Bild 2", 1),
        ("paragraph", "Fritt stående text", 0),
    ]


def test_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Uppföljning"
    for row in (
        ("Mått", "Värde", "Datum"),
        ("Utsläpp", 1.5, date(2023, 3, 1)),
        (None, None, None),
        ("Andel", 0.25, None),
    ):
        sheet.append(row)
    sheet["B4"].number_format = "0 %"
    book.create_sheet("Dold").sheet_state = "hidden"
    book.save(tmp_path / "tal.xlsx")
    assert blocks(read(tmp_path / "tal.xlsx")) == [
        ("heading", "Uppföljning", 1),
        ("table", "Mått | Värde | Datum\nUtsläpp | 1,5 | 2023-03-01\nAndel | 25 %", 0),
    ]


def test_comma_separated_values_in_windows_1252(tmp_path: Path) -> None:
    (tmp_path / "tal.csv").write_bytes("Kommun;Antal\nÄlmhult;3\nVäxjö;5\n".encode("cp1252"))
    assert blocks(read(tmp_path / "tal.csv")) == [("table", "Kommun | Antal\nÄlmhult | 3\nVäxjö | 5", 0)]


def test_markdown(tmp_path: Path) -> None:
    text = "---\ndiarienummer: KS 12\n---\n"
    text += "# Plan\n\nEtt **viktigt**\nstycke.\n\n- ett\n- två\n\n| A | B |\n|---|---|\n| 1 | 2 |\n"
    (tmp_path / "plan.md").write_text(text, encoding="utf-8")
    found = read(tmp_path / "plan.md")
    assert found.title == "Plan"
    assert blocks(found) == [
        ("heading", "Plan", 1),
        ("paragraph", "diarienummer: KS 12", 0),
        ("paragraph", "Ett viktigt stycke.", 0),
        ("list_item", "• ett", 0),
        ("list_item", "• två", 0),
        ("table", "A | B\n1 | 2", 0),
    ]


def test_plain_text(tmp_path: Path) -> None:
    text = "Bakgrund\n\nLänet har länge arbetat med för-\nnyelse inom studie-\noch yrkesvägledning.\n\n"
    text += "Mål:\n- ett\n- två\n"
    (tmp_path / "plan.txt").write_text(text, encoding="utf-8")
    assert blocks(read(tmp_path / "plan.txt")) == [
        ("heading", "Bakgrund", 1),
        ("paragraph", "Länet har länge arbetat med förnyelse inom studie- och yrkesvägledning.", 0),
        ("paragraph", "Mål:", 0),
        ("list_item", "• ett", 0),
        ("list_item", "• två", 0),
    ]


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 2_000_000)
    with pytest.raises(LimitExceeded):
        read(tmp_path / "bomb.docx", ReadOptions(maximum_unpacked_bytes=1_000_000))


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("a.pdf", b"", EmptyFile),
        ("b.txt", b" \n\n", EmptyFile),
        ("c.pdf", b"<!DOCTYPE html><html><body>Sidan saknas</body></html>", WrongType),
        ("d.docx", b"bara text", WrongType),
        ("e.exe", b"MZ\x00\x01\x02\x00\x00", WrongType),
        ("f.docx", b"PK\x03\x04trasig", DamagedFile),
        ("g.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, WrongType),
        ("h.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), PasswordNeeded),
        ("i.html", b"<html><head><title>Tom</title></head><body></body></html>", EmptyFile),
    ],
)
def test_unreadable_files_say_so(tmp_path: Path, name: str, content: bytes, error: type[Exception]) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error) as caught:
        read(tmp_path / name)
    assert type(caught.value) is error
    assert str(caught.value).endswith(".")


def test_broken_xml_in_an_office_file_is_damage(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.docx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types")
        archive.writestr("word/document.xml", "<w:document")
    with pytest.raises(DamagedFile):
        read(tmp_path / "x.docx")


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.pdf", b"skr\xe4p f\xf6re huvudet\n%PDF-1.4\n", "pdf"),
        ("a.txt", b"%PDF-1.7\n", "pdf"),
        ("a", b"<!-- x --> <HTML><body>", "html"),
        ("a.txt", "vanlig text".encode("utf-16"), "text"),
        ("a.md", b"# Rubrik", "markdown"),
        ("a.tsv", b"a\tb", "csv"),
    ],
)
def test_the_content_decides_the_type(tmp_path: Path, name: str, content: bytes, expected: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert media_type_of(tmp_path / name) == expected
