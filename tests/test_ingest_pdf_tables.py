"""Tables, price lists, definitions and lists that real documents set in ways that are easily torn apart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pdf_writer import Sheet, save

from ingest.documents import BlockKind, Document, Passage, PassageKind, ReadDocument, ReadOptions
from ingest.passages import cut
from ingest.pdf.appearance import Style
from ingest.pdf.cleaning import clean_line, starts_with_bullet
from ingest.pdf.lines import Line
from ingest.pdf.pdf_reader import read_pdf

PROSE = [
    "Fritidsplanen gäller hela kommunen och följs upp en gång om året av nämnden.",
    "Uppföljningen redovisas för fullmäktige i mars och läggs sedan ut på webben.",
    "Planen kan ändras under tiden om nämnden finner att det behövs för barnens skull.",
]
ROW_POINTS = 18


def read(path: Path, *sheets: Sheet) -> ReadDocument:
    return read_pdf(save(path / "prov.pdf", list(sheets)), ReadOptions(ocr=False))


def texts(document: ReadDocument, kind: BlockKind) -> list[str]:
    return [block.text for block in document.blocks if block.kind is kind]


def passages(document: ReadDocument, kind: PassageKind) -> list[Passage]:
    owner = Document("prov", "Fritidsplan", "0", "pdf")
    return [passage for passage in cut(owner, document) if passage.kind is kind]


def ruled(sheet: Sheet, y: float, rows: Sequence[Sequence[str]], xs: Sequence[float], right: float) -> Sheet:
    """Writes a table with all rules, its upper edge at `y`; `xs` are the left edges of the columns."""
    for number, row in enumerate(rows):
        for x, cell in zip(xs, row, strict=True):
            if cell:
                sheet.write(x + 5, y - ROW_POINTS * number - 13, cell)
    bottom = y - ROW_POINTS * len(rows)
    sheet.rules += [(xs[0], y - ROW_POINTS * number, right) for number in range(len(rows) + 1)]
    sheet.walls += [(x, bottom, y) for x in (*xs, right)]
    return sheet


def test_a_table_of_several_pages_tells_its_head_in_every_passage(tmp_path: Path):
    head = ("Bad", "Driftsansvarig", "Anslag (tkr)")
    rows = [(f"Strandbad {number}", f"förening {number}", str(100 + number)) for number in range(40)]
    first, second = Sheet(), Sheet()
    first.paragraph(70, 790, PROSE)
    ruled(first, 740, [head, *rows[:34]], (60, 250, 420), 530)
    ruled(second, 780, rows[34:], (60, 250, 420), 530)
    second.paragraph(70, 600, PROSE)
    document = read(tmp_path, first, second)
    found = passages(document, PassageKind.TABLE)
    assert found[0].head == "" and found[0].text.startswith("Bad | Driftsansvarig | Anslag (tkr)\n")
    last = found[-1]
    assert last.head == "Bad | Driftsansvarig | Anslag (tkr)"
    assert last.text.startswith("Strandbad 34 | förening 34 | 134\n")
    assert last.headed_text.splitlines()[-7:-5] == [last.head, "Strandbad 34 | förening 34 | 134"]
    for passage in found:
        (span,) = passage.spans
        assert document.pages[span.page - 1].text[span.start : span.end] == passage.text


def test_a_table_that_repeats_its_head_on_the_next_page_needs_no_other(tmp_path: Path):
    head = ("Bad", "Driftsansvarig", "Anslag (tkr)")
    rows = [(f"Strandbad {number}", f"förening {number}", str(100 + number)) for number in range(40)]
    sheets = [ruled(Sheet(), 780, [head, *part], (60, 250, 420), 530) for part in (rows[:30], rows[30:])]
    found = passages(read(tmp_path, *sheets), PassageKind.TABLE)
    assert [(passage.head, passage.text.splitlines()[0]) for passage in found] == [("", " | ".join(head))] * 2


def test_heads_that_span_columns_are_read_in_each_of_them(tmp_path: Path):
    xs, right = (60, 180, 300, 360, 420, 480), 540
    sheet = Sheet()
    sheet.paragraph(70, 790, PROSE)
    rows = [
        ("", "", "Läge", "", "Sikte", ""),
        ("Område", "Mått", "2021", "2023", "2027", "2031"),
        ("Simning", "Andel som kan simma", "71 %", "74 %", "80 %", "90 %"),
        ("Lek", "Lekplatser per distrikt", "3", "4", "5", "6"),
        ("Beslut", "Nämnden beslutar om nya mått vart fjärde år efter samråd.", "", "", "", ""),
    ]
    for number, row in enumerate(rows):
        for x, cell in zip(xs, row, strict=True):
            if cell:
                sheet.write(x + 4, 727 - ROW_POINTS * number, cell, size=8)
    sheet.rules += [(60, 740 - ROW_POINTS * number, right) for number in (0, 2, 3, 4, 5)]
    sheet.walls += [(x, 650, 740) for x in (60, 180, right)]
    sheet.walls += [(x, 668, 740) for x in (300, 420)] + [(x, 668, 722) for x in (360, 480)]
    (table,) = texts(read(tmp_path, sheet), BlockKind.TABLE)
    assert table.splitlines() == [
        "Område | Mått | Läge 2021 | Läge 2023 | Sikte 2027 | Sikte 2031",
        "Simning | Andel som kan simma | 71 % | 74 % | 80 % | 90 %",
        "Lek | Lekplatser per distrikt | 3 | 4 | 5 | 6",
        "Beslut | Nämnden beslutar om nya mått vart fjärde år efter samråd.",
    ]


def test_terms_and_definitions_side_by_side_stay_together(tmp_path: Path):
    sheet = Sheet()
    sheet.paragraph(70, 790, PROSE)
    entries = [
        ("Fritidsgård", ["Lokal för unga som är öppen minst fyra", "kvällar i veckan och har egen personal."]),
        (
            "Fältassistent",
            ["Person som möter unga ute på kvällar", "och helger. Arbetet leds av enheten", "för ungdomsstöd."],
        ),
        ("Öppettid", ["Tid då någon ur personalen är på plats", "och dörren är olåst."]),
    ]
    y = 720.0
    for term, lines in entries:
        sheet.write(74, y, term)
        y = sheet.paragraph(190, y, lines) - 1
    (table,) = texts(read(tmp_path, sheet), BlockKind.TABLE)
    assert table.splitlines() == [f"{term} | {' '.join(lines)}" for term, lines in entries]


def test_a_price_list_with_dot_leaders_is_a_table_and_no_contents_page(tmp_path: Path):
    sheet = Sheet().write(70, 760, "Taxa för båtplatser", size=16, font="bold")
    sheet.paragraph(70, 735, PROSE)
    sheet.write(70, 670, "Plats per säsong", font="bold").write(400, 670, "Kronor", font="bold")
    prices = (("Jolle", "350"), ("Roddbåt", "275"), ("Segelbåt, brygga", "2 450"), ("Kajak", "90"))
    for number, (place, price) in enumerate(prices):
        sheet.write(70, 652 - 15 * number, place + "." * (110 - len(place)) + f" {price}")
    document = read(tmp_path, sheet)
    assert texts(document, BlockKind.CONTENTS) == []
    (table,) = texts(document, BlockKind.TABLE)
    assert table.splitlines() == ["Plats per säsong | Kronor", *(f"{place} | {price}" for place, price in prices)]


def test_leaders_to_prices_that_are_set_to_the_right_are_no_contents_page(tmp_path: Path):
    sheet = Sheet().write(70, 700, "Taxa för kolonilotter", size=16, font="bold")
    prices = (("Liten lott", "640 kr"), ("Stor lott", "1 180 kr"), ("Förråd", "95 kr"), ("Vatten", "210 kr"))
    for number, (what, price) in enumerate(prices):
        sheet.write(70, 652 - 15 * number, f"{what} " + "." * (100 - 2 * len(what)))
        sheet.write(480, 652 - 15 * number, price)
    document = read(tmp_path, sheet)
    assert texts(document, BlockKind.CONTENTS) == []
    assert texts(document, BlockKind.TABLE) == ["\n".join(f"{what} | {price}" for what, price in prices)]


def test_contents_with_dot_leaders_stay_contents(tmp_path: Path):
    sheet = Sheet()
    for number, title in enumerate(("Bakgrund", "Syfte", "Ansvar", "Uppföljning")):
        sheet.write(70, 700 - 15 * number, title + "." * 60 + f" {number + 2}")
    (contents,) = texts(read(tmp_path, sheet, *(Sheet().write(70, 700, t) for t in PROSE)), BlockKind.CONTENTS)
    assert contents.count("\n") == 3


def test_table_cells_that_stand_at_one_height_on_every_page_are_no_running_header(tmp_path: Path):
    head = ("Förening", "Uppdrag")
    sheets = []
    for number in range(4):
        sheet = Sheet().write(62, 805, f"Del {number}", size=14, font="bold")
        rows = [head, ("Bollklubben", "Sköter planen"), *((f"Klubb {number} {row}", "Annat") for row in range(5))]
        sheets.append(ruled(sheet, 790, rows, (60, 250), 520))
    tables = texts(read(tmp_path, *sheets), BlockKind.TABLE)
    assert [table.splitlines()[:2] for table in tables] == [["Förening | Uppdrag", "Bollklubben | Sköter planen"]] * 4


def test_turned_text_in_the_margin_and_a_number_beside_the_heading_are_furniture(tmp_path: Path):
    sheets = []
    for number, title in enumerate(("Samråd", "Granskning", "Antagande", "Laga kraft")):
        sheet = Sheet().write(120, 760, title, size=15, font="bold").write(45, 760, "FTN 2025:3", size=11, font="bold")
        sheet.paragraph(120, 730, [f"{line} Del {number}." for line in PROSE], size=9)
        sheet.turned.append((25, 300, 6, "regular", "Blankett FT-7 utgåva 2"))
        sheets.append(sheet)
    document = read(tmp_path, *sheets)
    assert texts(document, BlockKind.HEADING) == ["Samråd", "Granskning", "Antagande", "Laga kraft"]
    assert not any("Blankett" in page.text or "FTN" in page.text for page in document.pages)
    assert all("Blankett FT-7 utgåva 2" in text for text in texts(document, BlockKind.FURNITURE))


def test_bullets_before_figures_and_quotation_marks_belong_to_their_items(tmp_path: Path):
    sheet = Sheet().write(70, 760, "Kommunen ska under planens tid nå dessa mål:")
    items = ["40 procent av barnen ska kunna simma", '"Sommarlov" ska finnas i varje ort', "Nya lekplatser byggs"]
    for number, item in enumerate(items):
        sheet.write(100, 740 - 15 * number, "o", font="mono").write(118, 740 - 15 * number, item)
    assert texts(read(tmp_path, sheet), BlockKind.LIST_ITEM) == [f"o {item}" for item in items]


def test_an_item_goes_on_in_a_line_set_flush_with_its_number(tmp_path: Path):
    sheet = Sheet()
    sheet.paragraph(70, 790, PROSE)
    sheet.write(70, 730, "Ansökan prövas i två steg:")
    sheet.write(70, 705, "1) Nämnden ser om föreningen har rätt till stöd och hör den som är")
    sheet.write(70, 692, "ansvarig.")
    sheet.write(70, 667, "2) Nämnden beslutar.")
    (found,) = passages(read(tmp_path, sheet), PassageKind.LIST)
    assert found.text.splitlines()[1] == (
        "1) Nämnden ser om föreningen har rätt till stöd och hör den som är ansvarig."
    )
    assert found.text.splitlines()[2] == "2) Nämnden beslutar."


def test_items_of_minutes_have_their_number_heading_and_register_number(tmp_path: Path):
    sheet = Sheet().write(70, 790, "Protokoll", size=16, font="bold").write(70, 770, "Fritidsnämnden den 4 mars")
    for number, (title, decision) in enumerate(
        (("Ny rutschbana", "Nämnden köper en rutschbana."), ("Stängd bana", "Nämnden stänger banan på Berget."))
    ):
        y = 740 - 110 * number
        sheet.write(70, y, f"§ {7 + number}", size=12, font="bold").write(420, y, f"Dnr FTN 2025/{31 + number}")
        sheet.write(70, y - 18, title, size=12, font="bold").write(70, y - 42, "Beslut", font="bold")
        sheet.write(70, y - 56, decision).write(70, y - 75, "Bakgrund", font="bold")
        sheet.write(70, y - 89, "Ärendet har beretts av kontoret under vintern.")
    found = {passage.text: passage.section for passage in passages(read(tmp_path, sheet), PassageKind.PARAGRAPH)}
    assert found["Nämnden stänger banan på Berget."] == ("Protokoll", "§ 8 Stängd bana", "Beslut")
    assert found["Dnr FTN 2025/32"] == ("Protokoll", "§ 8 Stängd bana")


def test_letters_of_symbol_fonts_are_greek_and_their_bullets_bullets():
    style = Style(10.0, False, False, 0, "Symbol")

    def line(text: str) -> Line:
        return Line(text, list(range(len(text))), 0, 0, 100, 10, style, 0)

    assert clean_line(line("\uf061-strålning och T\uf067")).characters == "α-strålning och Tγ"
    assert not starts_with_bullet("\uf061-strålning")
    assert clean_line(line("\uf0b7 Ny lekplats")).characters == "• Ny lekplats"
    assert clean_line(line("\uf06e Ny lekplats")).characters == "• Ny lekplats"
    assert clean_line(line("vid \uf0b3 65 och \uf0a3 30")).characters == "vid ≥ 65 och ≤ 30"
    assert clean_line(line("\uf0b7 3 nya bryggor")).characters == "• 3 nya bryggor"
    assert starts_with_bullet("\uf06e Ny lekplats")


def test_a_row_that_the_page_end_breaks_is_joined_under_its_head(tmp_path: Path):
    first, second = Sheet(), Sheet()
    rows = [("Åtgärd", "Beskrivning"), ("Lekplats", "Byggs ny"), ("Brygga", "Lagas och får ett räcke samt en")]
    first.paragraph(70, 790, PROSE)
    ruled(first, 200, rows, (60, 200), 530)
    ruled(second, 780, [("", "ramp för rullstolar."), ("Hall", "Målas om")], (60, 200), 530)
    second.paragraph(70, 600, PROSE)
    found = passages(read(tmp_path, first, second), PassageKind.TABLE)[-1]
    assert found.head == "Åtgärd | Beskrivning"
    assert found.text == "Brygga | Lagas och får ett räcke samt en ramp för rullstolar.\nHall | Målas om"
    assert [span.page for span in found.spans] == [1, 2]


def test_a_paragraph_between_two_items_does_not_break_the_list(tmp_path: Path):
    sheet = Sheet()
    sheet.paragraph(70, 790, PROSE)
    lines = [
        "Ansökan görs i tre steg:",
        "1. Blanketten lämnas till nämnden.",
        "Den finns på webben och i receptionen i stadshuset.",
        "2. Handläggaren bedömer ansökan.",
        "3. Nämnden beslutar.",
    ]
    for number, line in enumerate(lines):
        sheet.write(70, 730 - 20 * number, line)
    sheet.write(70, 610, "Beslutet kan överklagas.")
    assert [found.text for found in passages(read(tmp_path, sheet), PassageKind.LIST)] == ["\n".join(lines)]


def test_bar_charts_side_by_side_keep_each_figure_with_its_label_and_title(tmp_path: Path):
    sheet = Sheet().write(60, 790, "Läget för badandet", size=16, font="bold")
    charts = [
        ("Bad per barn", ((2020, 14, 60), (2022, 17, 75))),
        ("Andel som kan simma", ((2020, 61, 80), (2022, 58, 72))),
    ]
    for x, (title, bars) in zip((60, 310), charts, strict=True):
        sheet.write(x, 740, title, font="bold").write(x, 585, f"Källa: {title[:5].strip()}mätningen", size=8)
        sheet.rules.append((x, 620, x + 200))
        for number, (year, figure, height) in enumerate(bars):
            left = x + 20 + 90 * number
            sheet.bars.append((left, 620, 40, height))
            sheet.write(left + 13, 624 + height, str(figure)).write(left + 9, 606, str(year))
    sheet.paragraph(60, 540, PROSE)
    tables = texts(read(tmp_path, sheet), BlockKind.TABLE)
    assert [table.splitlines()[:3] for table in tables] == [
        [title, *(f"{year} | {figure}" for year, figure, _ in bars)] for title, bars in charts
    ]


def test_an_empty_cell_keeps_its_place_with_and_without_rules(tmp_path: Path):
    rows = [
        ("Led", "Ägare", "Klar", "Meter"),
        ("Bäckleden", "", "2031", "410"),
        ("Åsleden", "Samfälligheten", "", "95"),
    ]
    first, second = Sheet(), Sheet()
    first.paragraph(70, 790, PROSE)
    ruled(first, 700, rows, (60, 180, 330, 420), 530)
    second.paragraph(70, 790, PROSE)
    for number, row in enumerate((*rows, ("Norrleden", "Kommunen", "2033", "720"))):
        for x, cell in zip((70, 190, 340, 430), row, strict=True):
            if cell:
                second.write(x, 700 - 16 * number, cell)
    for table in texts(read(tmp_path, first, second), BlockKind.TABLE):
        assert table.splitlines()[:3] == [
            "Led | Ägare | Klar | Meter",
            "Bäckleden |  | 2031 | 410",
            "Åsleden | Samfälligheten |  | 95",
        ]


def test_a_label_over_several_rows_belongs_to_each_of_them(tmp_path: Path):
    sheet = Sheet()
    sheet.paragraph(70, 790, PROSE)
    rows = [("Lek", "Mått", "Utfall"), ("Ute", "Timmar", "14"), ("", "Barn", "320"), ("Inne", "Timmar", "9")]
    ruled(sheet, 700, rows, (60, 200, 340), 480)
    sheet.rules = [rule for rule in sheet.rules if rule[1] != 700 - 2 * ROW_POINTS]
    sheet.rules.append((200, 700 - 2 * ROW_POINTS, 480))
    (table,) = texts(read(tmp_path, sheet), BlockKind.TABLE)
    assert table.splitlines()[1:3] == ["Ute | Timmar | 14", "Ute | Barn | 320"]


def test_tables_of_one_width_below_each_other_stay_apart(tmp_path: Path):
    sheet = Sheet()
    sheet.paragraph(70, 790, PROSE)
    ruled(sheet, 700, [("Bana", "Banans längd"), ("Norra", "3 km")], (60, 200), 480)
    ruled(sheet, 640, [("Vem", "När"), ("Nämnden", "Mars"), ("Kontoret", "Maj")], (60, 300), 480)
    assert [table.splitlines()[0] for table in texts(read(tmp_path, sheet), BlockKind.TABLE)] == [
        "Bana | Banans längd",
        "Vem | När",
    ]


def test_larger_headings_among_prices_part_the_list(tmp_path: Path):
    sheet = Sheet().write(70, 770, "Taxa för hallen", size=18, font="bold")
    y = 730
    for heading, prices in (("Hyra", (("Bord", "40 kr"), ("Scen", "900 kr"))), ("Städning", (("Golv", "350 kr"),) * 2)):
        sheet.write(70, y, heading, size=13, font="bold")
        for number, (name, price) in enumerate(prices, 1):
            sheet.write(70, y - 16 * number, name + "." * 60 + price)
        y -= 70
    sections = {passage.section[-1] for passage in passages(read(tmp_path, sheet), PassageKind.TABLE)}
    assert sections == {"Hyra", "Städning"}


def test_text_below_a_heading_near_the_edge_is_no_running_header(tmp_path: Path):
    sheets = []
    for number in range(4):
        sheet = Sheet().write(70, 810, "Fritidsnämnden", size=8)
        sheet.write(70, 775, f"§ {number + 3} Beslut om bana {'ABCD'[number]}", size=13, font="bold")
        sheet.write(70, 755, f"Dnr FTN 2033/{number + 5}").paragraph(70, 735, PROSE)
        sheets.append(sheet)
    document = read(tmp_path, *sheets)
    assert [page.text.count("Dnr FTN 2033/") for page in document.pages] == [1, 1, 1, 1]
    assert "Fritidsnämnden" not in document.pages[2].text


def test_an_item_may_begin_with_bold_words(tmp_path: Path):
    sheet = Sheet()
    sheet.paragraph(70, 790, [*PROSE, *PROSE])
    for number, name in enumerate(("Stigen till Lillsjön", "Rutschbanan vid Berga")):
        y = 690 - 45 * number
        sheet.write(70, y, "•").write(84, y, name, font="bold").write(210, y, "KLAR Den är byggd och hålls öppen för")
        sheet.write(84, y - 13, "alla, också den som åker rullstol.")
    items = texts(read(tmp_path, sheet), BlockKind.LIST_ITEM)
    assert [item.count("rullstol") for item in items] == [1, 1]


def test_small_numbered_items_that_no_mark_refers_to_are_a_list(tmp_path: Path):
    sheet = Sheet()
    sheet.paragraph(70, 790, [*PROSE, *PROSE])
    for number, item in enumerate(("Lek för alla.", "Rum att växa.", "Vatten nära."), 1):
        sheet.write(70, 300 - 14 * number, f"{number}. {item}", size=8)
    document = read(tmp_path, sheet)
    assert texts(document, BlockKind.LIST_ITEM) == ["1. Lek för alla.", "2. Rum att växa.", "3. Vatten nära."]


def test_rules_that_part_some_columns_part_rows_without_upright_rules_too(tmp_path: Path):
    sheet = Sheet()
    sheet.paragraph(70, 790, PROSE)
    rows = [("Fond", "Bad", "Mkr"), ("Bofonden", "Norra", "1,5"), ("", "Södra", "2,5"), ("Arvet", "Östra", "3,5")]
    ruled(sheet, 700, rows, (60, 200, 340), 480)
    sheet.walls = []
    sheet.rules = [rule for rule in sheet.rules if rule[1] != 700 - 2 * ROW_POINTS]
    sheet.rules.append((200, 700 - 2 * ROW_POINTS, 480))
    (table,) = texts(read(tmp_path, sheet), BlockKind.TABLE)
    assert table.splitlines()[1:] == ["Bofonden | Norra | 1,5", "Bofonden | Södra | 2,5", "Arvet | Östra | 3,5"]


def test_leaders_to_two_prices_are_no_contents_page(tmp_path: Path):
    sheet = Sheet()
    sheet.paragraph(70, 790, PROSE)
    halls = [("Stora hallen", "210", "640"), ("Lilla hallen", "120", "380"), ("Omklädning", "40", "90")]
    for x, head in zip((70, 300, 420), ("Hall", "Klubb", "Bolag"), strict=True):
        sheet.write(x, 720, head)
    for number, (hall, club, firm) in enumerate(halls):
        sheet.write(70, 704 - 16 * number, f"{hall} {'.' * 60} {club}")
        sheet.write(370, 704 - 16 * number, f"{'.' * 20} {firm}")
    (table,) = texts(read(tmp_path, sheet), BlockKind.TABLE)
    assert "Lilla hallen | 120 | 380" in table.splitlines()


def test_an_arrow_that_comes_out_as_a_letter_is_a_bullet(tmp_path: Path):
    sheet = Sheet()
    sheet.paragraph(70, 790, PROSE)
    sheet.paragraph(70, 720, ["Badvakten gör detta:", "Ø mäter vattnet", "Ø 2 bojar läggs ut", "Ø skriver i boken"])
    items = texts(read(tmp_path, sheet), BlockKind.LIST_ITEM)
    assert len(items) == 3 and items[1].endswith("2 bojar läggs ut")


def test_a_numbered_item_may_begin_with_a_bold_sentence(tmp_path: Path):
    sheet = Sheet()
    sheet.paragraph(70, 790, [*PROSE, *PROSE])
    for number, name in enumerate(("Det finns för få bad", "Vägen dit är lång"), 1):
        y = 690 - 45 * number
        sheet.write(70, y, f"{number}. {name} i kommunen.", font="bold").write(240, y, "De som")
        sheet.write(84, y - 13, "finns ligger långt bort.")
    items = texts(read(tmp_path, sheet), BlockKind.LIST_ITEM)
    assert [item.endswith("De som finns ligger långt bort.") for item in items] == [True, True]


def test_an_angle_before_each_line_is_a_bullet(tmp_path: Path):
    sheet = Sheet()
    sheet.paragraph(70, 790, PROSE)
    for number, item in enumerate(("fler bryggor", "öppna bad", "skyltar")):
        sheet.write(70, 690 - 14 * number, f"› {item}")
    assert texts(read(tmp_path, sheet), BlockKind.LIST_ITEM) == ["› fler bryggor", "› öppna bad", "› skyltar"]
