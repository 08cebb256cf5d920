"""Reading whole PDF files that the tests write themselves: order, kinds, spans, boxes and errors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pdf_writer import Sheet, save

from ingest.documents import BlockKind, ReadOptions
from ingest.errors import DamagedFile, EmptyFile, LimitExceeded, PasswordNeeded, WrongType
from ingest.pdf.pdf_reader import read_pdf

LEFT = [
    "Kommunen vill att fler ska kunna",
    "bo kvar i byarna. Därför byggs det",
    "små hus nära hållplatserna, och",
    "bussen går oftare på kvällarna.",
    "Skolan har fått en ny matsal med",
    "plats för hela byns föreningar.",
]
RIGHT = [
    "Sjön är navet i bygden. Vid den",
    "nya bryggan finns bastu och kafé,",
    "och på vintern plogas en bana för",
    "skridskor runt hela viken i norr.",
    "Föreningen sköter banan själv och",
    "får bidrag till bränslet varje år.",
]


def texts(read, *kinds):
    return [block.text for block in read.blocks if block.kind in kinds]


def check_spans(read):
    for block in read.blocks:
        for span in block.spans:
            page = read.pages[span.page - 1]
            assert block.text[span.offset : span.offset + span.end - span.start] == page.text[span.start : span.end]
    for page in read.pages:
        assert page.boxes.shape == (len(page.text), 4)


def report(tmp_path, pages=4):
    sheets = []
    for number in range(1, pages + 1):
        sheet = Sheet().write(57, 800, "Byarådet", 8).write(400, 800, "Årsrapport om bygden", 8)
        sheet.write(280, 30, f"Sida {number}", 8)
        sheet.write(57, 740, f"Kapitel {number} om vägar", 16, "bold")
        sheet.paragraph(
            57, 700, [f"Stycke {number} handlar om vägar och broar i bygden, och om hur de", "sköts året om."]
        )
        sheets.append(sheet)
    return save(tmp_path / "rapport.pdf", sheets, title="Bygdens vägar")


def test_headers_footers_and_page_numbers_are_left_out(tmp_path):
    read = read_pdf(report(tmp_path), ReadOptions())
    assert read.title == "Bygdens vägar"
    assert texts(read, BlockKind.HEADING) == [f"Kapitel {n} om vägar" for n in range(1, 5)]
    assert all("Byarådet" not in page.text and "Sida" not in page.text for page in read.pages)
    assert read.report.furniture_removed == 12
    assert [page.label for page in read.pages] == ["1", "2", "3", "4"]
    check_spans(read)


@pytest.mark.parametrize("row_by_row", [False, True])
def test_columns_are_read_one_after_the_other(tmp_path, row_by_row):
    drawn = [(57, 700 - 13 * i, line) for i, line in enumerate(LEFT)]
    right = [(320, 700 - 13 * i, line) for i, line in enumerate(RIGHT)]
    order = [place for pair in zip(drawn, right, strict=True) for place in pair] if row_by_row else drawn + right
    sheet = Sheet()
    for x, y, line in order:
        sheet.write(x, y, line, 10)
    read = read_pdf(save(tmp_path / "spalter.pdf", [sheet]), ReadOptions())
    assert read.pages[0].text.replace("\n", " ") == " ".join(LEFT + RIGHT)


def test_boxes_follow_the_characters(tmp_path):
    sheet = Sheet().write(100, 500, "Bron över ån är ny och bred nog för bussen.")
    read = read_pdf(save(tmp_path / "rad.pdf", [sheet]), ReadOptions())
    page = read.pages[0]
    start = page.text.index("ån")
    x0, y0, x1, y1 = page.boxes[start]
    assert 100 < x0 < x1 < 200
    assert y0 < 500 < y1
    assert np.all(np.diff(page.boxes[:, 0]) > 0)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_turned_and_cropped_pages_read_in_order(tmp_path, rotate):
    sheet = Sheet(rotate=rotate, crop=(50, 50, 545, 792))
    sheet.paragraph(100, 600, LEFT)
    sheet.write(5, 820, "Utanför bilden")
    read = read_pdf(save(tmp_path / "vriden.pdf", [sheet]), ReadOptions())
    if rotate == 0:
        assert read.pages[0].text == " ".join(LEFT)
    assert sorted(read.pages[0].text.split()) == sorted(" ".join(LEFT).split())
    assert "Utanför" not in read.pages[0].text


def test_text_drawn_twice_is_read_once(tmp_path):
    sheet = Sheet()
    for offset in (0, 0.3):
        sheet.write(100 + offset, 600, "Lillebro skola bygger ut", 18)
    read = read_pdf(save(tmp_path / "skugga.pdf", [sheet]), ReadOptions())
    assert read.pages[0].text == "Lillebro skola bygger ut"


def test_a_paragraph_goes_on_over_the_page(tmp_path):
    first, second = Sheet(), Sheet()
    first.paragraph(57, 700, ["Byalaget söker pengar till en ny brygga vid sjön, och medlemmarna har redan sam-"])
    second.paragraph(57, 760, ["lat virke till den. Arbetet börjar i maj."])
    second.write(57, 700, "Ett annat stycke.")
    read = read_pdf(save(tmp_path / "brytning.pdf", [first, second]), ReadOptions())
    block = read.blocks[0]
    assert block.text.endswith("har redan samlat virke till den. Arbetet börjar i maj.")
    assert [span.page for span in block.spans] == [1, 2]
    check_spans(read)


def test_footnotes_leave_the_paragraph_whole(tmp_path):
    sheet = Sheet().write(57, 740, "Vägarna", 16, "bold")
    sheet.write(57, 700, "Vägföreningen rustade bron år 2019")
    sheet.write(218, 704, "1", 6).write(222, 700, " och grusvägen året därpå.")
    sheet.rules.append((57, 90, 160))
    sheet.write(57, 82, "1", 5).write(61, 78, "Vägföreningens årsberättelse.", 8)
    read = read_pdf(save(tmp_path / "not.pdf", [sheet]), ReadOptions())
    assert texts(read, BlockKind.PARAGRAPH) == ["Vägföreningen rustade bron år 2019 och grusvägen året därpå."]
    assert texts(read, BlockKind.FOOTNOTE) == ["1 Vägföreningens årsberättelse."]
    check_spans(read)


def test_lists_and_ruled_tables(tmp_path):
    sheet = Sheet().write(57, 740, "Byarådet beslutade tre saker:")
    for index, item in enumerate(["laga bron", "måla skolan", "öppna badet"]):
        sheet.write(70, 720 - 14 * index, "\u2022", 10).write(84, 720 - 14 * index, item, 10)
    rows = [("Plats", "Kostnad"), ("Bron", "120 000 kr"), ("Skolan", "45 000 kr"), ("Badet", "9 500 kr")]
    for index, (place, cost) in enumerate(rows):
        sheet.write(62, 600 - 20 * index, place).write(250, 600 - 20 * index, cost)
        sheet.rules.append((57, 613 - 20 * index, 400))
    sheet.rules.append((57, 533, 400))
    read = read_pdf(save(tmp_path / "tabell.pdf", [sheet]), ReadOptions())
    assert texts(read, BlockKind.LIST_ITEM) == ["• laga bron", "• måla skolan", "• öppna badet"]
    assert texts(read, BlockKind.TABLE) == ["Plats | Kostnad\nBron | 120 000 kr\nSkolan | 45 000 kr\nBadet | 9 500 kr"]


def test_outline_gives_the_levels_and_contents_stay_out(tmp_path):
    contents = Sheet().write(57, 740, "Innehåll", 12, "bold")
    names = ["Vägar", "Broar", "Skolor", "Sjöar"]
    for index, name in enumerate(names):
        contents.write(57, 700 - 15 * index, f"{name} {'.' * 60} {index + 2}")
    sheets = [contents]
    for name in names:
        sheet = Sheet().write(57, 740, name, 10, "bold")
        sheet.paragraph(57, 715, [f"Här står något om {name.lower()} i bygden och vad de kostar.", "Det är allt."])
        sheets.append(sheet)
    outline = [(name, index + 1) for index, name in enumerate(names)]
    read = read_pdf(save(tmp_path / "lista.pdf", sheets, outline=outline), ReadOptions())
    assert texts(read, BlockKind.HEADING) == names
    assert {block.level for block in read.blocks if block.kind is BlockKind.HEADING} == {1}
    assert texts(read, BlockKind.CONTENTS)[0].startswith("Innehåll\nVägar")
    assert "....." not in "".join(page.text for page in read.pages)


def test_errors_name_the_file_and_the_reason(tmp_path):
    empty, page, junk = tmp_path / "tom.pdf", tmp_path / "sida.pdf", tmp_path / "skräp.pdf"
    empty.write_bytes(b"")
    page.write_bytes(b"<!doctype html><p>Hej")
    junk.write_bytes(b"%PDF-1.4\n" + b"x" * 500)
    for path, error in ((empty, EmptyFile), (page, WrongType), (junk, DamagedFile)):
        with pytest.raises(error, match=path.name):
            read_pdf(path, ReadOptions())
    with pytest.raises(EmptyFile, match="ingen text"):
        read_pdf(save(tmp_path / "blank.pdf", [Sheet()]), ReadOptions())
    with pytest.raises(LimitExceeded, match="4 sidor"):
        read_pdf(report(tmp_path), ReadOptions(maximum_pages=3))


def test_passwords(tmp_path):
    from pypdf import PdfWriter

    for name, password in (("öppen.pdf", ""), ("låst.pdf", "hemligt")):
        writer = PdfWriter(clone_from=report(tmp_path))
        writer.encrypt(password, "ägare", algorithm="RC4-128")
        writer.write(tmp_path / name)
    assert len(read_pdf(tmp_path / "öppen.pdf", ReadOptions()).pages) == 4
    assert len(read_pdf(tmp_path / "låst.pdf", ReadOptions(password="hemligt")).pages) == 4
    for password in (None, "fel"):
        with pytest.raises(PasswordNeeded, match=r"låst\.pdf"):
            read_pdf(tmp_path / "låst.pdf", ReadOptions(password=password))


def test_a_cut_off_file_keeps_its_whole_pages(tmp_path):
    whole = report(tmp_path)
    cut = tmp_path / "avkortad.pdf"
    cut.write_bytes(whole.read_bytes()[: whole.read_bytes().index(b"xref") - 400])
    read = read_pdf(cut, ReadOptions())
    assert texts(read, BlockKind.HEADING)[:3] == [f"Kapitel {n} om vägar" for n in range(1, 4)]
    assert "skadad" in " ".join(read.report.warnings)


WORDS = st.lists(st.sampled_from("vägen bron sjön skolan byn året möte råd plan barn".split()), min_size=1, max_size=60)


SAID_AGAIN = [*"bron vägen vägen bron vägen bron".split(), *["vägen"] * 6, *"sjön vägen sjön byn vägen bron".split()]


@given(st.lists(WORDS, min_size=1, max_size=5), st.integers(20, 80))
@example([["vägen"], ["sjön", "bron"], SAID_AGAIN], 20)  # was taken for a font without a readable encoding
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_is_lost_or_invented(tmp_path, paragraphs, width):
    sheet, y = Sheet(), 780.0
    for words in paragraphs:
        lines, line = [], ""
        for word in words:
            if len(line) + len(word) > width:
                lines.append(line)
                line = ""
            line = f"{line} {word}".strip()
        y = sheet.paragraph(57, y, [*lines, line], 9, 11) - 10
    read = read_pdf(save(tmp_path / "slump.pdf", [sheet]), ReadOptions())
    check_spans(read)
    found = [word for block in read.blocks for word in block.text.split()]
    assert found == [word for words in paragraphs for word in words]
