"""Parts of the PDF reader: cleaning, readable text, marks on page images, character recognition."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pdf_writer import Sheet, save

from ingest.documents import ReadOptions
from ingest.errors import LimitExceeded, NoTextLayer, RusError
from ingest.pdf import ocr
from ingest.pdf.appearance import Style
from ingest.pdf.cleaning import Text, clean_line, close_cells, continue_text, vocabulary_of
from ingest.pdf.lines import Line
from ingest.pdf.outline import iso_date
from ingest.pdf.pdf_reader import read_pdf
from ingest.pdf.render import RenderedPage, affine, from_frame, mark_boxes, render_page, to_frame
from ingest.pdf.sheets import is_readable
from ingest.titles import is_sensible_title

STYLE = Style(10.0, False, False, 0, "Prov")


def line(text: str) -> Line:
    return Line(text, list(range(len(text))), 50, 100, 500, 112, STYLE, 0)


def joined(*lines: str, known: str = "") -> str:
    vocabulary = vocabulary_of([line(text) for text in (known, *lines)])
    text = Text()
    for part in lines:
        continue_text(text, clean_line(line(part)), vocabulary)
    assert len(text.characters) == len(text.source)
    return text.characters


@pytest.mark.parametrize(
    ("lines", "known", "expected"),
    [
        (("Planen för utveck-", "ling är klar"), "", "Planen för utveckling är klar"),
        (("Planen för utveck\u2010", "ling är klar"), "", "Planen för utveckling är klar"),
        (("anslag 1:1-", "medel"), "", "anslag 1:1-medel"),
        (("kultur-", "och fritidsnämnden"), "", "kultur- och fritidsnämnden"),
        (("det är gemen-", "samt för alla"), "ett gemensamt mål", "det är gemensamt för alla"),
        (("våra e-", "tjänster"), "", "våra e-tjänster"),
        (("bron i Norr-", "Sör"), "", "bron i Norr-Sör"),
        (("skatte-", "tabell"), "en skatte-tabell", "skatte-tabell"),
        (("kostnad/", "intäkt"), "", "kostnad/intäkt"),
        (("se https://exempel.se/", "rapport"), "", "se https://exempel.se/rapport"),
    ],
)
def test_words_broken_at_the_line_end(lines, known, expected):
    assert joined(*lines, known=known) == expected


@pytest.mark.parametrize(
    ("drawn", "clean"),
    [
        ("e\ufb00ekt och \ufb01nans", "effekt och finans"),
        ("1½ år, 20 m² och 10³", "1½ år, 20 m² och 10³"),
        ("a\u030atgärd", "åtgärd"),
        ("sam\u00adverkan", "samverkan"),
        ("\uf0b7 punkt", "• punkt"),
        ("  för   långt  ", "för långt"),
    ],
)
def test_characters_in_normal_form(drawn, clean):
    text = clean_line(line(drawn))
    assert text.characters == clean
    assert len(text.source) == len(clean)


@pytest.mark.parametrize(
    ("cell", "whole"),
    [
        ("Handelskam maren | 7,5", "Handelskammaren | 7,5"),
        ("Vägprojekt | 2024–2 027", "Vägprojekt | 2024–2027"),
        ("2024–20 27 | 2024–2027", "2024–2027 | 2024–2027"),
        ("stads mark | 2024–2027 3", "stads mark | 2024–2027 3"),  # no such word stands whole
        ("byggd mark | Vik kommun", "byggd mark | Vik kommun"),
        ("2024–2 0270", "2024–2 0270"),
    ],
)
def test_words_and_years_that_a_narrow_cell_broke_are_made_whole(cell, whole):
    rest = [line("Handelskammaren ansvarar för vägprojektet"), line("byggdmark är mark byggd på mark som är mark")]
    text = clean_line(line(cell))
    closed = close_cells(text, vocabulary_of([*rest, line(cell)]))
    assert text.characters == whole
    assert (closed > 0) == (cell != whole)
    assert len(text.source) == len(whole)


def test_text_that_no_one_can_read_is_told_from_text():
    swedish = (
        "Kommunerna i länet samarbetar om vägar, broar och kollektivtrafik. Målet är att fler ska kunna bo och arbeta "
        "i byarna utan egen bil, och att näringslivet får de transporter som det behöver under hela året."
    )
    moved = str.maketrans("abcdefghijklmnopqrstuvwxyzåäö", "qxzjkvwpmåbhgöfdycäuolrtnesia")
    assert is_readable(swedish)
    assert is_readable("• • • • • • 12 345")
    assert is_readable("Это предложение написано по-русски и должно остаться как есть, оно довольно длинное. " * 3)
    assert not is_readable(swedish.translate(moved))
    assert not is_readable("".join(chr(0xE000 + ord(character)) for character in swedish))


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_frames_go_there_and_back(turn):
    boxes = np.array([[100, 200, 150, 220], [60, 70, 61, 90]], dtype=np.float32)
    crop = (50.0, 60.0, 500.0, 700.0)
    assert np.allclose(from_frame(to_frame(boxes, crop, turn), crop, turn), boxes)
    a, b, c, d, e, f = affine(crop, turn, 1.0)
    x0, top, x1, bottom = to_frame(boxes, crop, turn)[0]
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (100, 150) for y in (200, 220)]
    assert min(x for x, _ in corners) == pytest.approx(x0)
    assert max(x for x, _ in corners) == pytest.approx(x1)
    assert min(y for _, y in corners) == pytest.approx(top)
    assert max(y for _, y in corners) == pytest.approx(bottom)


@pytest.mark.parametrize("rotate", [0, 90])
def test_marks_lie_on_the_ink(tmp_path: Path, rotate: int):
    import io

    from PIL import Image

    path = save(tmp_path / "rad.pdf", [Sheet(rotate=rotate).write(200, 400, "HIMMEL", 40, "bold")])
    page = read_pdf(path, ReadOptions()).pages[0]
    rendered = render_page(path, 1, 2.0)
    (left, top, width, height), *others = mark_boxes(rendered, [tuple(box) for box in page.boxes.tolist()])
    assert not others or rotate
    pixels = np.asarray(Image.open(io.BytesIO(rendered.image)).convert("L"))
    assert (pixels.shape[1], pixels.shape[0]) == (rendered.width_px, rendered.height_px)
    assert (pixels[top : top + height, left : left + width] < 100).any()


def test_rendering_has_a_pixel_limit_and_knows_its_pages(tmp_path: Path):
    path = save(tmp_path / "stor.pdf", [Sheet(width=20_000, height=20_000).write(200, 400, "stor")])
    rendered = render_page(path, 1, 2.0)
    assert rendered.width_px * rendered.height_px <= 12_100_000
    with pytest.raises(RusError, match="sida 2"):
        render_page(path, 2, 1.0)


def test_marks_skip_characters_without_a_place():
    page = RenderedPage(b"", 100, 100, (1.0, 0.0, 0.0, -1.0, 0.0, 100.0))
    nan = float("nan")
    assert mark_boxes(page, [(10, 10, 20, 20), (nan, nan, nan, nan), (20, 10, 30, 20)]) == ((10, 80, 21, 11),)


@pytest.mark.parametrize(
    ("title", "sensible"),
    [
        ("Årsrapport för bygden", True),
        ("Microsoft Word - utkast_v3.docx", False),
        ("rapport_slutlig_2", False),
        ("untitled", False),
        ("12", False),
    ],
)
def test_titles_that_are_file_names_are_not_titles(title, sensible):
    assert is_sensible_title(title) is sensible


def test_dates():
    assert iso_date("D:20230615091200+02'00'") == "2023-06-15"
    assert iso_date("D:20231415") is None
    assert iso_date("i går") is None


def scan(path: Path, text: str) -> Path:
    """A PDF whose one page is a picture of `text`."""
    import io

    from PIL import Image

    drawn = save(path.with_name("förlaga.pdf"), [Sheet(width=420, height=200).write(40, 100, text, 16)])
    picture = Image.open(io.BytesIO(render_page(drawn, 1, 3.0).image))
    picture.save(path, "PDF", resolution=216)
    return path


def test_a_scan_without_recognition_says_so(tmp_path: Path):
    with pytest.raises(NoTextLayer, match="skannad och kunde inte läsas"):
        read_pdf(scan(tmp_path / "skannad.pdf", "Byarådet möts i maj"), ReadOptions(ocr=False))


def test_recognition_that_is_out_of_time_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ingest.pdf.sheets.available_languages", lambda: ("swe",))
    with pytest.raises(LimitExceeded, match="hann inte"):
        read_pdf(scan(tmp_path / "skannad.pdf", "Byarådet möts i maj"), ReadOptions(ocr_seconds=0.0))


@pytest.mark.skipif("swe" not in ocr.available_languages(), reason="Tesseract with Swedish is not installed")
def test_a_scan_is_read_with_places_and_confidence(tmp_path: Path):
    page = read_pdf(scan(tmp_path / "skannad.pdf", "Byarådet möts på skolan i maj"), ReadOptions()).pages[0]
    assert page.text == "Byarådet möts på skolan i maj"
    assert page.ocr_confidence is not None and page.ocr_confidence > 0.7
    x0, y0, x1, y1 = page.boxes[page.text.index("skolan")]
    assert 130 < x0 < x1 < 220
    assert 85 < y0 < 105 < y1 < 125
