"""What readers of Office files, tables and messages keep, leave out and tell, one invented file for each kind."""

from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest
from docx.oxml import parse_xml
from PIL import Image
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE

from ingest.documents import Document, ReadDocument, ReadOptions
from ingest.errors import WrongType
from ingest.gather import find_files
from ingest.office.workbook import shown_number
from ingest.read import read
from ingest.titles import told_apart

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def texts(document: ReadDocument) -> list[str]:
    return [block.text for block in document.blocks]


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def saved(document: docx.document.Document, *paragraphs: str, path: Path) -> ReadDocument:
    for paragraph in paragraphs:
        document.element.body.insert(-1, parse_xml(f"<w:p {W}>{paragraph}</w:p>"))
    document.save(str(path))
    return read(path)


def test_text_that_is_moved_hidden_or_struck_is_not_read_and_told(tmp_path: Path) -> None:
    found = saved(
        docx.Document(),
        f'<w:moveFrom w:id="1" w:author="a">{run("Flyttad mening.")}</w:moveFrom>',
        run("Båthuset rivs."),
        f'<w:moveTo w:id="2" w:author="a">{run("Flyttad mening.")}</w:moveTo>',
        run("Priset är ") + run("90", "<w:strike/>") + run("120 kronor.") + run("Hemligt.", "<w:vanish/>"),
        path=tmp_path / "a.docx",
    )
    assert texts(found) == ["Båthuset rivs.", "Flyttad mening.", "Priset är 120 kronor."]
    assert found.report.warnings == (
        "1 stycke med överstruken text lästes inte.",
        "1 stycke med dold text lästes inte.",
    )


def test_content_controls_around_rows_and_cells_and_merged_heads(tmp_path: Path) -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{run(text)}</w:p></w:tc>"

    def control(inner: str) -> str:
        return f"<w:sdt><w:sdtPr/><w:sdtContent>{inner}</w:sdtContent></w:sdt>"

    start, goes_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    spans = '<w:gridSpan w:val="2"/>'
    rows = (
        f"<w:tr>{cell('Mätare', start)}{cell('Utfall', spans)}</w:tr>"
        f"<w:tr>{cell('', goes_on)}{cell('2031')}{cell('2032')}</w:tr>"
        f"<w:tr>{cell('Bin')}{cell('4')}{control(cell('6'))}</w:tr>"
        + control(f"<w:tr>{cell('Getter')}{cell('1')}{cell('2')}</w:tr>")
    )
    document = docx.Document()
    document.element.body.insert(0, parse_xml(f"<w:tbl {W}>{rows}</w:tbl>"))
    assert texts(saved(document, path=tmp_path / "a.docx")) == [
        "Mätare | Utfall 2031 | Utfall 2032\nBin | 4 | 6\nGetter | 1 | 2"
    ]


def test_headers_automatic_numbers_and_inherited_headings(tmp_path: Path) -> None:
    document = docx.Document()
    style = document.styles.add_style("Vår rubrik", 1)
    style.base_style = document.styles["Heading 2"]
    document.sections[0].header.paragraphs[0].text = "Dnr RN 2031/77"
    document.add_heading("Fårplan", 1)
    document.add_paragraph("Beten", style="Vår rubrik")
    numbering = document.part.numbering_part.element
    levels = '<w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:lvlText w:val="Punkt %1"/></w:lvl>'
    numbering.insert(0, parse_xml(f'<w:abstractNum {W} w:abstractNumId="90">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {W} w:numId="91"><w:abstractNumId w:val="90"/></w:num>'))
    number = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="91"/></w:numPr></w:pPr>'
    found = saved(document, number + run("Fåren räknas."), number + run("Fåren klipps."), path=tmp_path / "a.docx")
    assert [(block.text, block.level) for block in found.blocks] == [
        ("Fårplan", 1),
        ("Dnr RN 2031/77", 0),
        ("Beten", 2),
        ("Punkt 3 Fåren räknas.", 0),
        ("Punkt 4 Fåren klipps.", 0),
    ]


def test_charts_and_reading_order_of_slides(tmp_path: Path) -> None:
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    slide.shapes.add_textbox(0, 5_000_000, 100, 100).text_frame.text = "Nederst"
    slide.shapes.add_textbox(0, 1_000_000, 100, 100).text_frame.text = "Överst"
    chart = CategoryChartData()
    chart.categories = ["2031", "2032"]
    chart.add_series("Lamm", (12, 15.5))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 3_000_000, 100, 100, chart)
    presentation.save(str(tmp_path / "a.pptx"))
    assert texts(read(tmp_path / "a.pptx")) == ["Bild 1", "Överst", "– | Lamm\n2031 | 12\n2032 | 15,5", "Nederst"]
    assert read(tmp_path / "a.pptx").title is None


def test_a_workbook_tells_what_it_hides_and_repeats_merged_labels(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ("Fårkalkyl 2031",),
        ("Hage", "Djur", "Antal"),
        ("Norr", "Får", 1200),
        (None, "Lamm", 5),
        ("Dold", "Get", 1),
        ("Summa", None, "=SUM(C3:C5)"),
    ):
        sheet.append(row)
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A3:A4")
    sheet["C3"].number_format = '#,##0 "st"'
    sheet.row_dimensions[5].hidden = True
    book.save(tmp_path / "a.xlsx")
    found = read(tmp_path / "a.xlsx")
    assert texts(found)[1:] == ["Fårkalkyl 2031", "Hage | Djur | Antal\nNorr | Får | 1 200 st\nNorr | Lamm | 5\nSumma"]
    assert found.title == "Fårkalkyl 2031"
    assert set(found.report.warnings) == {"1 cell med formel utan värde lästes inte.", "1 dold rad lästes inte."}


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (0.253, "0.0%", "25,3 %"),
        (1234.5, "#,##0.00", "1 234,50"),
        (7, "000", "007"),
        (-1500, "#,##0;-#,##0", "-1 500"),
        (2.5, "General", "2,5"),
        (12000, '#,##0,"tkr"', "12 tkr"),
        (99, "#,##0 [$kr-41D]", "99 kr"),
    ],
)
def test_number_formats(value: float, form: str, shown: str) -> None:
    assert shown_number(value, form) == shown


def test_rich_text_mail_and_tables_in_text_form(tmp_path: Path) -> None:
    (tmp_path / "a.rtf").write_bytes(rb"{\rtf1\ansi\ansicpg1252 Hyran f\'f6r hagen \'e4r 75 kronor.\par}")
    assert texts(read(tmp_path / "a.rtf")) == ["Hyran för hagen är 75 kronor."]
    mail = (
        'Subject: Hagen\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="x"\n\n--x\n'
        "Content-Type: text/plain; charset=utf-8\n\nHagen hyrs ut.\n--x\nContent-Type: application/pdf\n"
        "Content-Disposition: attachment; filename=avtal.pdf\n\nabc\n--x--\n"
    )
    (tmp_path / "a.eml").write_text(mail, encoding="utf-8")
    found = read(tmp_path / "a.eml")
    assert found.title == "Hagen" and texts(found) == ["Ämne: Hagen", "Hagen hyrs ut."]
    assert "avtal.pdf" in found.report.warnings[0]
    (tmp_path / "a.csv").write_text('sep=;\nHage;Not\nNorr;"Rad ett\nrad två"\n', encoding="utf-8")
    assert texts(read(tmp_path / "a.csv")) == ["Hage | Not\nNorr | Rad ett rad två"]


def test_opendocument_is_known_and_needs_the_program_that_reads_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.odt", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<none/>")
    with pytest.raises(WrongType, match="RUS_LIBREOFFICE"):
        read(tmp_path / "a.odt")


def test_an_old_format_is_read_by_the_program_that_is_set(tmp_path: Path) -> None:
    newer = docx.Document()
    newer.add_paragraph("Från den gamla filen.")
    newer.save(str(tmp_path / "ny.docx"))
    old = tmp_path / "gammal.doc"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"))
    program = tmp_path / "omvandla"
    program.write_text(f'#!/bin/sh\ncp "{tmp_path}/ny.docx" "$6/gammal.docx"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    with pytest.raises(WrongType):
        read(old)
    assert texts(read(old, ReadOptions(libreoffice=str(program)))) == ["Från den gamla filen."]


def test_a_link_out_of_the_folder_is_told_and_not_followed(tmp_path: Path) -> None:
    inside = tmp_path / "mapp"
    inside.mkdir()
    (tmp_path / "hemlig.txt").write_text("Hemligt.", encoding="utf-8")
    os.symlink(tmp_path / "hemlig.txt", inside / "lank.txt")
    (one,) = find_files(inside)
    assert one.failure is not None and "länk ut ur mappen" in one.failure.message


def test_documents_of_one_title_are_told_apart() -> None:
    first, second = (Document(f"plan-{year}", "Plan", "", "pdf", year=year) for year in (2031, 2032))
    assert told_apart([first, second]) == {"plan-2031": "Plan (2031)", "plan-2032": "Plan (2032)"}


def test_a_mark_from_an_earlier_time_is_not_marked_again() -> None:
    first, second = (Document(f"plan-{year}", f"Plan ({year})", "", "pdf", year=year) for year in (2031, 2032))
    assert told_apart([first, second]) == {"plan-2031": "Plan (2031)", "plan-2032": "Plan (2032)"}
    assert told_apart([first]) == {"plan-2031": "Plan"}


def test_tables_of_one_sheet_and_rows_that_begin_empty(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["Hage", "Hyra"], ["Norr", 40], [None, 55], [], ["Extra"], ["Sak", "Pris"], ["Grind", 9]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    assert texts(read(tmp_path / "a.xlsx"))[1:] == ["Hage | Hyra\nNorr | 40\n– | 55", "Extra", "Sak | Pris\nGrind | 9"]


def test_a_spanning_head_takes_no_row_of_data(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(3, 3)
    for row, cells in zip(table.rows, (("Hage", "Hyra", ""), ("Norr", "4", "5"), ("Syd", "6", "7")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    document.save(str(tmp_path / "a.docx"))
    (lines,) = texts(read(tmp_path / "a.docx"))
    assert lines.splitlines() == ["Hage | Hyra | Hyra", "Norr | 4 | 5", "Syd | 6 | 7"]


def test_front_matter_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "---\ntitle: Hagarna\ndate: 2031-05-06\ntags:\n  - bete\n  - stängsel\nom: |\n  Två\n  rader.\n---\n"
        "\nHagen hyrs ut.\n"
    )
    found = read(tmp_path / "a.md")
    assert (found.title, found.published) == ("Hagarna", "2031-05-06")
    assert texts(found) == ["date: 2031-05-06", "tags: bete, stängsel", "om: Två rader.", "Hagen hyrs ut."]
    (tmp_path / "c.md").write_text("---\n: [\n---\n\nHagen hyrs ut.\n")
    assert texts(read(tmp_path / "c.md")) == [": [", "Hagen hyrs ut."]


def test_bold_lines_without_a_style_head_what_follows(tmp_path: Path) -> None:
    bold = "<w:b/>"
    found = saved(
        docx.Document(),
        run("Plan för bryggorna", f'{bold}<w:sz w:val="44"/>'),
        run("§ 4", bold) + run(" Dnr BR 2031/7"),
        run("Beslut", bold),
        run("Nämnden bygger bryggan."),
        run("Obs", bold) + run(" att isen är tunn"),
        run("Alla bryggor tas in i november.", bold),
        path=tmp_path / "a.docx",
    )
    assert [(block.text, block.level) for block in found.blocks] == [
        ("Plan för bryggorna", 1),
        ("§ 4 Dnr BR 2031/7", 4),
        ("Beslut", 5),
        ("Nämnden bygger bryggan.", 0),
        ("Obs att isen är tunn", 0),
        ("Alla bryggor tas in i november.", 0),
    ]


def test_signs_of_the_symbol_font_are_read(tmp_path: Path) -> None:
    sign = '<w:r><w:sym w:font="Symbol" w:char="F0{}"/></w:r>'
    found = saved(
        docx.Document(),
        sign.format("62") + run("-mätaren visar ") + sign.format("B3") + run(" 5."),
        path=tmp_path / "a.docx",
    )
    assert texts(found) == ["β-mätaren visar ≥ 5."]


def test_a_slide_that_is_but_a_picture_is_told(tmp_path: Path) -> None:
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    Image.new("RGB", (40, 30), "navy").save(tmp_path / "a.png")
    slide.shapes.add_picture(str(tmp_path / "a.png"), 0, 0)
    presentation.save(str(tmp_path / "a.pptx"))
    assert any("foto eller en skärmbild" in warning for warning in read(tmp_path / "a.pptx").report.warnings)
