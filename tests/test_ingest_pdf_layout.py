"""Layouts that are easily misread: justified lines, page numbers in odd places, contents without dots, law text."""

from __future__ import annotations

from pathlib import Path

from pdf_writer import Sheet, save

from ingest.documents import BlockKind, ReadDocument, ReadOptions
from ingest.pdf.reader import read_pdf

LETTER_POINTS = 6
"""Width of a letter of Courier in 10 points."""


def read(path: Path, *sheets: Sheet) -> ReadDocument:
    return read_pdf(save(path / "prov.pdf", list(sheets)), ReadOptions(ocr=False))


def texts(document: ReadDocument, kind: BlockKind) -> list[str]:
    return [block.text for block in document.blocks if block.kind is kind]


def justify(sheet: Sheet, x: float, y: float, lines: list[str], width: float) -> None:
    """Writes lines in Courier, all but the last stretched to `width` points by their word spaces."""
    for number, text in enumerate(lines):
        words = text.split()
        free = width - LETTER_POINTS * sum(map(len, words))
        gap = free / (len(words) - 1) if number < len(lines) - 1 else LETTER_POINTS
        place = x
        for word in words:
            sheet.write(place, y - 13 * number, word, font="mono")
            place += LETTER_POINTS * len(word) + gap


def test_stretched_word_spaces_are_no_columns(tmp_path: Path):
    lines = [
        "Utvecklingsnämnden ska årligen redovisa alla",
        "kompetensförsörjningsinsatser inom länet och",
        "vilka folkbildningsorganisationer som varit",
        "samverkanspartner vid utbildningstillfällena",
        "under det år som gått.",
    ]
    sheet = Sheet()
    justify(sheet, 70, 700, lines, 330)
    assert texts(read(tmp_path, sheet), BlockKind.PARAGRAPH) == [" ".join(lines)]


def test_table_heads_with_even_gaps_stay_cells(tmp_path: Path):
    sheet = Sheet()
    places = (70, 126, 182, 220)
    for row, cells in enumerate(
        (("Kommun", "Bussar", "Tåg", "Bil"), ("Norrby", "12", "3", "7"), ("Byn", "8", "4", "9"))
    ):
        for x, cell in zip(places, cells, strict=True):
            sheet.write(x, 700 - 13 * row, cell, font="mono")
    rows = ["Kommun | Bussar | Tåg | Bil", "Norrby | 12 | 3 | 7", "Byn | 8 | 4 | 9"]
    assert texts(read(tmp_path, sheet), BlockKind.TABLE) == ["\n".join(rows)]


def test_a_page_number_high_up_the_page_parts_no_columns(tmp_path: Path):
    def page(number: int) -> Sheet:
        heads = [f"{a}{b}" for a in ("skog", "sjö", "berg", "ängs") for b in ("vägen", "byn", "stigen", "huset")]
        heads = heads[number:] + heads[:number]
        sheet = Sheet()
        for side, x in (("vänster", 70), ("höger", 310)):
            sheet.paragraph(x, 740, [f"{head} är ett ord i {side} spalt" for head in heads])
        return sheet.write(292, 170, str(number))

    document = read(tmp_path, page(1), page(2), page(3))
    assert texts(document, BlockKind.FURNITURE) == ["1", "2", "3"]
    sides = [word for word in document.pages[0].text.split() if word in ("vänster", "höger")]
    assert sides == sorted(sides, reverse=True)
    assert len(sides) == 32
