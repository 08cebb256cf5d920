"""Layouts that are easily misread: justified lines, page numbers in odd places, contents without dots, law text."""

from __future__ import annotations

from pathlib import Path

from pdf_writer import Sheet, save

from ingest.documents import BlockKind, ReadDocument, ReadOptions
from ingest.pdf.pdf_reader import read_pdf

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


def test_contents_without_dots_stay_out_on_both_pages(tmp_path: Path):
    heads = [f"Om {word} i bygden" for word in ("vägar", "broar", "skolor", "bad", "bibliotek", "sjöar", "skogar")]
    first = Sheet().write(70, 740, "Innehåll", 14, "bold").write(70, 715, "Del ett", 11, "bold")
    second = Sheet()
    for number, head in enumerate(heads):
        sheet, y = (first, 690) if number < 4 else (second, 740)
        sheet.write(70, y - 14 * number, head).write(400, y - 14 * number, str(number + 3))
    body = [Sheet().write(70, 740, head, 13, "bold").write(70, 700, "Här står det mer om detta.") for head in heads]
    document = read(tmp_path, first, second, *body)
    contents = texts(document, BlockKind.CONTENTS)
    assert len(contents) == 2
    assert all(head in "\n".join(contents) for head in ("Innehåll", "Del ett", *heads))
    assert texts(document, BlockKind.HEADING) == heads
    assert not texts(document, BlockKind.TABLE)


def test_the_number_of_a_paragraph_of_law_is_no_page_number(tmp_path: Path):
    def page(number: int) -> Sheet:
        thing = ("vägarna", "broarna", "skolorna", "baden", "skogarna")[number - 1]
        sheet = Sheet().write(70, 790, f"{number} §", font="bold").write(100, 790, f"Kommunen ska sköta {thing}.")
        return sheet.write(70, 400, f"Kommunen ska se till att {thing} hålls hela.").write(290, 40, str(number))

    document = read(tmp_path, *(page(number) for number in range(1, 6)))
    assert texts(document, BlockKind.FURNITURE) == ["1", "2", "3", "4", "5"]
    assert document.blocks[0].text.startswith("1 § Kommunen")


def test_a_reference_that_a_line_breaks_begins_no_item(tmp_path: Path):
    lines = [
        "Det framgår av förarbetena till lagen om vägar (prop. 1972/73:4",
        "s. 14). Se också nästa avsnitt om broar.",
    ]
    sheet = Sheet()
    for number, text in enumerate([*lines, "1) väg", "2) bro"]):
        sheet.write(70, 700 - 13 * number, text)
    document = read(tmp_path, sheet)
    assert texts(document, BlockKind.PARAGRAPH) == [" ".join(lines)]
    assert texts(document, BlockKind.LIST_ITEM) == ["1) väg", "2) bro"]


def test_text_after_the_last_item_is_no_part_of_it(tmp_path: Path):
    sheet = Sheet().write(70, 700, "• bygga en bro över ån nedanför kvarnen, där det i dag bara finns ett vad, och")
    sheet.write(70, 687, "• måla kvarnen.").write(
        76, 674, "Arbetet ska vara klart till sommaren, när nästa marknad hålls."
    )
    document = read(tmp_path, sheet)
    assert texts(document, BlockKind.LIST_ITEM)[-1] == "• måla kvarnen."


def test_a_sentence_about_a_diagram_is_no_caption(tmp_path: Path):
    sheet = Sheet().write(70, 700, "Diagram 1 visar hur många som cyklar till skolan varje dag.")
    sheet.write(70, 660, "Diagram 1. Andel elever som cyklar")
    document = read(tmp_path, sheet)
    assert texts(document, BlockKind.CAPTION) == ["Diagram 1. Andel elever som cyklar"]


def test_a_table_keeps_the_head_above_its_first_rule_and_the_row_below_its_last(tmp_path: Path):
    sheet = Sheet().write(70, 760, "Läget i korthet", font="bold")
    rows = [("Mål", "Utfall", "Nivå"), ("Fler resor", "12", "15"), ("Mer skog", "7", "9"), ("Bad", "3", "4")]
    for number, row in enumerate(rows):
        for x, cell in zip((70, 220, 320), row, strict=True):
            sheet.write(x, 700 - 22 * number, cell, font="regular" if number else "bold")
    sheet.rules += [(65, 692 - 22 * number, 400) for number in range(3)]
    document = read(tmp_path, sheet)
    assert texts(document, BlockKind.TABLE) == ["\n".join(" | ".join(row) for row in rows)]
    assert texts(document, BlockKind.HEADING) == ["Läget i korthet"]
