"""What a page's end, a margin, a head set to the right or a list with dots must not take from a table or a heading."""

import pytest
from reportlab.pdfgen.canvas import Canvas

from ingest.documents import BlockKind, ReadOptions
from ingest.pdf.pdf_reader import read_pdf

PROSE = "Styrelsen går igenom listan två gånger om året och stryker det som är gjort."


@pytest.fixture
def pages(tmp_path):
    """Draws a PDF, one function a page, and reads it."""

    def read(*draws):
        path = tmp_path / "prov.pdf"
        canvas = Canvas(str(path))
        canvas.setTitle("Provet")
        for draw in draws:
            canvas.setFont("Helvetica", 10)
            draw(canvas)
            canvas.showPage()
        canvas.save()
        return read_pdf(path, ReadOptions(ocr=False))

    return read


def rows(canvas, top, cells, xs, pitch=24, rules=()):
    for number, row in enumerate(cells):
        for x, cell in zip(xs, row, strict=True):
            for line, part in enumerate(cell.split("/")):
                canvas.drawString(x, top - pitch * number - 12 * line, part)
    for y in rules:
        canvas.line(60, y, 520, y)


def tables(document):
    return [block.text for block in document.blocks if block.kind is BlockKind.TABLE]


def test_a_head_whose_cells_end_where_the_figures_do_belongs_to_a_ruled_table(pages):
    prices = [("Stora salen", "4 100", "900"), ("Lilla salen", "650", "80"), ("Köket", "1 200", "310")]

    def draw(canvas):
        canvas.drawString(60, 760, PROSE)
        canvas.setFont("Helvetica-Bold", 10)
        canvas.drawString(70, 700, "Rum")
        canvas.drawRightString(380, 700, "Företag (kronor)")
        canvas.drawRightString(500, 700, "Förening (kronor)")
        canvas.setFont("Helvetica", 10)
        for number, (room, one, other) in enumerate(prices):
            y = 680 - 20 * number
            canvas.drawString(70, y, room)
            canvas.drawRightString(380, y, one)
            canvas.drawRightString(500, y, other)
        for y in (692, 672, 652, 632):
            canvas.line(60, y, 520, y)

    (table,) = tables(pages(draw))
    assert table.splitlines()[0] == "Rum | Företag (kronor) | Förening (kronor)"
    assert table.splitlines()[2] == "Lilla salen | 650 | 80"


def test_a_price_list_with_dots_on_the_page_after_the_contents_keeps_its_rows(pages):
    dots = "." * 60

    def contents(canvas):
        canvas.drawString(60, 760, "Innehåll")
        for number, name in enumerate(("Om badet", "Priser i badet", "Regler i badet")):
            canvas.drawString(60, 730 - 16 * number, f"{name} {dots} {number + 1}")

    def price(canvas):
        canvas.drawString(60, 760, PROSE)
        for number, row in enumerate((("Vuxen", "1 150"), ("Barn", "490"), ("Familj", "2 300"), ("Grupp", "3 800"))):
            canvas.drawString(60, 700 - 16 * number, f"{row[0]} {dots}")
            canvas.drawRightString(500, 700 - 16 * number, row[1])

    document = pages(contents, price)
    (table,) = tables(document)
    assert "Barn | 490" in table.splitlines() and "Grupp | 3 800" in table.splitlines()


def test_an_item_of_minutes_has_its_number_past_the_reference_between(pages):
    def draw(canvas):
        for number, name in enumerate(("Val av justerare", "Avgift för hamnen", "Ny lekplats")):
            y = 740 - 110 * number
            canvas.setFont("Helvetica", 10)
            canvas.drawString(60, y, f"§ {31 + number}")
            canvas.drawString(60, y - 22, f"Dnr KS 2026/00{number}7")
            canvas.setFont("Helvetica-Bold", 13)
            canvas.drawString(60, y - 46, name)
            canvas.setFont("Helvetica", 10)
            canvas.drawString(60, y - 70, PROSE)

    headings = [block.text for block in pages(draw).blocks if block.kind is BlockKind.HEADING]
    assert headings == ["§ 31 Val av justerare", "§ 32 Avgift för hamnen", "§ 33 Ny lekplats"]


def test_labels_and_filled_in_values_of_another_size_are_rows(pages):
    def draw(canvas):
        for number, (label, value) in enumerate((("Förening:", "Ås SK"), ("Belopp:", "12 400 kronor"), ("Ort:", "Ås"))):
            canvas.setFont("Helvetica", 11)
            canvas.drawString(60, 700 - 34 * number, label)
            canvas.setFont("Helvetica", 10)
            canvas.drawString(220, 701.2 - 34 * number, value)

    text = " ".join(block.text for block in pages(draw).blocks)
    assert "Belopp: | 12 400 kronor" in text or "Belopp: 12 400 kronor" in text


def test_a_long_name_that_nearly_reaches_the_next_column_keeps_its_cell(pages):
    cells = [("Projekt", "Ägare", "År"), ("Ljusa", "Byalaget", "2024"), ("Lagom", "Kustlotsen", "2025")]
    name = "Brygga till yttre skären"
    gap = 6  # points at 10: wider than a space, narrower than what parts columns by itself

    def one(canvas):
        right = 64 + canvas.stringWidth(name, "Helvetica", 10) + gap
        rows(canvas, 700, [*cells, (name, "Fiskeläget", "2026")], (64, right, 400), rules=range(716, 600, -24))

    (table,) = tables(pages(one))
    assert table.splitlines()[-1] == f"{name} | Fiskeläget | 2026"


def test_figures_set_to_the_right_do_not_grow_together_with_the_next_column(pages):
    cells = [("Damm", "Djup (m)", "Skick"), *((f"Damm {n}", f"{n},{n}", "Helt tät") for n in range(5, 11))]

    def one(canvas):
        for number, (name, depth, state) in enumerate(cells):
            y = 700 - 24 * number
            canvas.drawString(64, y, name)
            canvas.drawRightString(300, y, depth)
            canvas.drawString(307, y, state)
            canvas.line(60, y + 16, 520, y + 16)
        canvas.line(60, 540, 520, 540)

    (table,) = tables(pages(one))
    assert table.splitlines() == [" | ".join(row) for row in cells]


def test_what_stands_between_two_tables_of_one_width_is_a_row_of_neither(pages):
    note, caption = "Djupen är mätta en gång om våren, när isen har gått.", "Tabell 9. Dammarnas ägare sedan i fjol"
    ruled = [716, 692, 668, 644, 564, 540, 516, 492]

    def one(canvas):
        rows(canvas, 700, [("Damm", "Djup"), ("Norra", "4"), ("Södra", "6")], (64, 300), rules=ruled)
        canvas.drawString(64, 626, note)
        canvas.drawString(64, 590, caption)
        rows(canvas, 548, [("Ägare", "Damm"), ("Byalaget", "Norra"), ("Hembygden", "Södra")], (64, 200))

    first, second = tables(pages(one))
    assert first.splitlines() == ["Damm | Djup", "Norra | 4", "Södra | 6"]
    assert second.splitlines() == ["Ägare | Damm", "Byalaget | Norra", "Hembygden | Södra"]


def test_figures_set_to_the_right_keep_the_cells_that_begin_close_after_them(pages):
    sums = ("9,5", "12 400", "14,25", "1 870", "74")

    def one(canvas):
        for number, (name, kronor, years) in enumerate(
            [("Brygga", "Kostnad", "År"), *((f"Brygga {n}", one, "2024–2026") for n, one in enumerate(sums))]
        ):
            top = 700 - 24 * number
            canvas.drawString(64, top, name)
            canvas.drawRightString(300, top, kronor)
            canvas.drawString(306, top, years)
        for y in range(716, 550, -24):
            canvas.line(60, y, 520, y)

    (table,) = tables(pages(one))
    assert table.splitlines()[1:] == [f"Brygga {n} | {one} | 2024–2026" for n, one in enumerate(sums)]


def test_two_tables_of_one_width_with_a_note_and_a_caption_between_are_two(pages):
    notes = (
        "Beloppen är avrundade. För bryggan vid Myrdal anges hela kostnaden och inte årets.",
        "Tabell 2. Båtar som föreningarna har köpt för egna pengar under samma tid, alla i drift.",
    )

    def one(canvas):
        rows(canvas, 700, [("Plats", "Klart"), ("Ekbacken", "2026"), ("Myrdal", "2027")], (64, 200), rules=())
        for number, note in enumerate(notes):
            canvas.drawString(60, 620 - 14 * number, note)
        boats = [("Båt", "Förening", "Köpt"), ("Måsen", "Ås SK", "2021"), ("Tärnan", "Vik SK", "2022")]
        rows(canvas, 580, boats, (64, 150, 420))
        for y in (716, 692, 668, 644, 596, 572, 548, 524):
            canvas.line(60, y, 520, y)

    first, second = tables(pages(one))
    assert first.splitlines()[-1] == "Myrdal | 2027"
    assert second.splitlines()[-1] == "Tärnan | Vik SK | 2022"


def test_a_line_over_a_group_of_rows_may_reach_over_columns(pages):
    groups = ["Havsfonden för bryggor, badplatser och farleder", "Landsbygdens egen fond för hamnar"]
    cells = [("Plats", "Förening", "Tkr"), ("Ekvik", "Ås SK", "12"), ("Myrdal", "Byalaget", "30")]

    def one(canvas):
        for number, row in enumerate((cells[0], (groups[0],), cells[1], (groups[1],), cells[2])):
            for x, cell in zip((64, 180, 440), row, strict=False):
                canvas.drawString(x, 700 - 24 * number, cell)
        for y in range(716, 590, -24):
            canvas.line(60, y, 520, y)

    (table,) = tables(pages(one))
    head, first, second = (" | ".join(row) for row in cells)
    assert table.splitlines() == [head, groups[0], first, groups[1], second]


def test_a_dash_beside_words_is_a_cell_and_no_bullet(pages):
    cells = [("Damm", "2023", "Mål"), ("Norra", "4", "minst 5"), ("Södra", "–", "ej bestämt")]

    def one(canvas):
        rows(canvas, 700, cells, (64, 260, 300), rules=range(716, 640, -24))

    (table,) = tables(pages(one))
    assert table.splitlines()[-1] == "Södra | – | ej bestämt"


def test_bars_that_lie_between_label_and_figure_are_rows(pages):
    bars = [("Havsfonden", 90, "29,6"), ("Byafonden", 180, "59,8"), ("Egna medel", 12, "4,1")]

    def one(canvas):
        canvas.drawString(60, 740, PROSE)
        for number, (label, width, figure) in enumerate(bars):
            y = 680 - 20 * number
            canvas.drawString(64, y, label)
            canvas.rect(200, y - 2, width, 10, stroke=0, fill=1)
            canvas.drawString(200 + width + 6, y, figure)

    (table,) = tables(pages(one))
    assert table.splitlines() == [f"{label} | {figure}" for label, _, figure in bars]


XS = (64, 170, 300, 420)
WORKS = (("Bron", "Viks kommun", "4,2", "2026"), ("Kajen", "Ås kommun", "1,7", "2027"))


def ruled(canvas, top, head, body, under=()):
    """A head over a rule, rows under it; after each row the line `under` gives it, over the whole width, if any."""
    rows(canvas, top, [head], XS)
    canvas.line(60, top - 8, 520, top - 8)
    y = top - 24
    for number, row in enumerate(body):
        rows(canvas, y, [row], XS)
        canvas.line(60, y - 8, 520, y - 8)
        if under:
            canvas.drawString(64, y - 24, under[number])
            canvas.line(60, y - 32, 520, y - 32)
        y -= 48 if under else 24


def test_lines_over_the_whole_width_do_not_hide_the_columns_from_the_head(pages):
    told = (
        "Läget: pålarna står och farbanan läggs innan vintern kommer till sjön",
        "Läget: stenen är beställd hos två brott",
    )

    def draw(canvas):
        ruled(canvas, 700, ("Bygge", "Byggherre", "Mnkr", "Klart"), WORKS, told)

    (table,) = tables(pages(draw))
    assert table.splitlines()[:2] == ["Bygge | Byggherre | Mnkr | Klart", "Bron | Viks kommun | 4,2 | 2026"]


def test_a_head_said_again_on_the_next_page_is_no_row_though_its_cells_have_two_lines(pages):
    head = ("Bygge", "Byggherre", "Mnkr", "Klart")

    def draw(canvas):
        ruled(canvas, 760, head, WORKS)

    def again(canvas):
        ruled(
            canvas,
            760,
            ("Bygge", "Byggherre", "", ""),
            (("Tornet", "Ås kommun", "3,3", "2028"), ("Muren", "Viks kommun", "9,1", "2029")),
        )
        for x, lines in ((300, ("Utlagt", "mnkr")), (420, ("Klart", "senast"))):
            for y, line in zip((766, 754), lines, strict=True):
                canvas.drawString(x, y, line)

    document = pages(draw, again)
    text = "\n".join(tables(document))
    assert text.startswith("Bygge | Byggherre | Mnkr | Klart\nBron")
    assert "Bygge | Byggherre | Utlagt mnkr | Klart senast\nTornet | Ås kommun | 3,3 | 2028" in text


def test_a_head_over_others_is_spread_as_far_as_the_rule_under_it(pages):
    def draw(canvas):
        canvas.drawString(170, 714, "Utlagt, mnkr")
        canvas.line(166, 708, 410, 708)
        rows(canvas, 696, [("", "2026", "2027", "")], XS)
        rows(canvas, 705, [("Ort", "", "", "Summa")], XS)
        canvas.line(60, 690, 520, 690)
        for number, row in enumerate((("Vik", "1", "2", "3"), ("Ås", "4", "5", "9"))):
            rows(canvas, 676 - 24 * number, [row], XS)
            canvas.line(60, 668 - 24 * number, 520, 668 - 24 * number)

    (table,) = tables(pages(draw))
    assert table.splitlines()[0] == "Ort | Utlagt, mnkr 2026 | Utlagt, mnkr 2027 | Summa"


def test_cells_set_in_the_middle_of_one_row_are_one_row(pages):
    def draw(canvas):
        canvas.line(60, 714, 520, 714)
        rows(canvas, 700, [("Krets", "Samlar", "Kallar", "Sedan")], XS)
        canvas.line(60, 692, 520, 692)
        canvas.drawString(300, 678, "Stiftelsen")
        rows(canvas, 672, [("Kajvännerna", "roddare", "", "2024")], XS)
        canvas.drawString(300, 666, "Kajen")
        canvas.line(60, 658, 520, 658)

    (table,) = tables(pages(draw))
    assert table.splitlines()[1:] == ["Kajvännerna | roddare | Stiftelsen Kajen | 2024"]


def test_a_row_whose_cells_all_go_on_after_the_pages_end_is_one_row(pages):
    xs = (64, 200, 400)
    cells = [("Plats", "Arbete", "Klart"), *((f"Kaj {n}", "Ny brygga", "maj 2026") for n in range(1, 6))]

    def one(canvas):
        canvas.drawString(60, 790, PROSE)
        rows(canvas, 216, [*cells, ("Muren vid", "Fogas om av", "oktober")], xs, rules=range(232, 40, -24))

    def two(canvas):
        rows(
            canvas,
            760,
            [("slussen", "två murare", "2029"), ("Kaj 9", "Ny brygga", "maj 2027")],
            xs,
            rules=[776, 752, 728],
        )

    (table,) = tables(pages(one, two))
    assert "Muren vid | Fogas om av | oktober slussen | två murare | 2029\nKaj 9 | Ny brygga | maj 2027" in table


def test_a_small_line_that_begins_with_a_year_is_no_footnote(pages):
    def draw(canvas):
        canvas.drawString(60, 760, PROSE)
        canvas.drawString(60, 740, PROSE)
        canvas.setFont("Helvetica", 8)
        canvas.drawString(60, 120, "Planen antogs av hamnstyrelsen den 4 maj")
        canvas.drawString(60, 110, "2031, paragraf 18, och gäller i åtta år.")

    blocks = pages(draw).blocks
    assert not any(block.kind is BlockKind.FOOTNOTE for block in blocks)
    assert "den 4 maj 2031, paragraf 18" in " ".join(block.text for block in blocks)


def test_a_heading_over_a_rule_of_its_own_is_no_row_of_the_table_under_it(pages):
    def draw(canvas):
        canvas.drawString(64, 724, "Byggen vid kajen")
        canvas.line(62, 720, 300, 720)
        ruled(canvas, 700, ("Bygge", "Byggherre", "Mnkr", "Klart"), WORKS)

    (table,) = tables(pages(draw))
    assert table.splitlines()[0] == "Bygge | Byggherre | Mnkr | Klart"


def test_upright_rules_close_a_table_whose_rows_no_rule_parts(pages):
    xs, years = (64, 200, 330), ("2031", "2032", "2033")

    def table(canvas, top, name):
        rows(canvas, top, [("År", name, "Båtar")], xs)
        rows(canvas, top - 20, [(year, str(40 + n), str(7 - n)) for n, year in enumerate(years)], xs, pitch=16)
        for y in (top + 14, top - 6):
            canvas.line(60, y, 460, y)
        for x in (195, 325):
            canvas.line(x, top + 14, x, top - 58)

    def draw(canvas):
        table(canvas, 740, "Badande")
        canvas.drawString(64, 668, PROSE)
        table(canvas, 640, "Paddlare")

    document = pages(draw)
    assert [text.splitlines()[1:] for text in tables(document)] == 2 * [
        ["2031 | 40 | 7", "2032 | 41 | 6", "2033 | 42 | 5"]
    ]
    assert any(block.text == PROSE for block in document.blocks)


def test_tables_of_one_width_under_headings_each_have_their_head(pages):
    def draw(canvas):
        for number, year in enumerate(("2031", "2032")):
            top = 740 - 130 * number
            canvas.setFont("Helvetica-Bold", 13)
            canvas.drawString(60, top + 22, f"Invigt {year}")
            canvas.setFont("Helvetica", 9)
            cells = [
                ("Brygga", "Byggd av", "Läge"),
                (f"Norra {year}", "hamnen", "klar"),
                ("Södra", "klubben", "väntar"),
            ]
            rows(canvas, top, cells, (64, 220, 400), rules=[top - 8, top - 32, top - 56])

    document = pages(draw)
    assert [text.splitlines()[0] for text in tables(document)] == 2 * ["Brygga | Byggd av | Läge"]
    assert [text.splitlines()[1] for text in tables(document)] == [
        "Norra 2031 | hamnen | klar",
        "Norra 2032 | hamnen | klar",
    ]


def test_columns_whose_lines_stand_at_heights_of_their_own_are_read_one_after_the_other(pages):
    left = [f"Vänstra spalten, rad {number}, om allt det som hamnen vill göra." for number in range(9)]
    right = [f"Högra spalten, rad {number}, om det som redan har blivit gjort." for number in range(9)]

    def draw(canvas):
        canvas.setFont("Helvetica", 8)
        for number, (one, other) in enumerate(zip(left, right, strict=True)):
            canvas.drawString(60, 740 - 12 * number, one)
            canvas.drawString(330, 734 - 12 * number, other)

    text = "\n".join(block.text for block in pages(draw).blocks)
    assert text.index(left[-1]) < text.index(right[0])


def test_the_last_line_of_a_paragraph_over_two_columns_belongs_to_it(pages):
    left = [f"Norra hamnen har fått brygga nummer {number} lagad." for number in range(8)]
    right = [f"Södra hamnen väntar på brygga nummer {number}." for number in range(8)]

    def draw(canvas):
        canvas.drawString(
            60, 760, "Hamnarna rustas i god takt. Det som återstår är bryggorna i söder, som väntar på att"
        )
        canvas.drawString(60, 747, "muddringen blir klar.")
        for number, (one, other) in enumerate(zip(left, right, strict=True)):
            canvas.drawString(60, 710 - 13 * number, one)
            canvas.drawString(330, 710 - 13 * number, other)

    texts = [block.text for block in pages(draw).blocks]
    assert any(text.endswith("väntar på att muddringen blir klar.") for text in texts)


def test_labelled_lines_of_a_box_are_lines_of_their_own(pages):
    lines = ["Badviken rustas för alla som vill bada.", "Ägare: Sandby kommun", "Medverkar: Ekbacka kommun,"]
    lines += ["Tjärnö båtklubb", "Totalt: 2,4 mnkr"]

    def draw(canvas):
        canvas.drawString(60, 780, PROSE)
        canvas.setFillGray(0.92)
        canvas.rect(60, 640, 240, 100, stroke=0, fill=1)
        canvas.setFillGray(0)
        for number, line in enumerate(lines):
            canvas.drawString(66, 722 - 13 * number, line)
        canvas.drawString(60, 600, PROSE)

    texts = [block.text for block in pages(draw).blocks]
    assert texts[1:5] == [lines[0], lines[1], "Medverkar: Ekbacka kommun, Tjärnö båtklubb", lines[4]]


def test_a_raised_mark_is_no_digit_of_the_figure_before_it(pages):
    def draw(canvas):
        rows(canvas, 740, [("Bad", "2032"), ("Badviken", "18 450"), ("Kajen", "17 200")], (64, 250), rules=[756, 732])
        canvas.line(60, 680, 520, 680)
        width = canvas.stringWidth("18 450", "Helvetica", 10)
        canvas.setFont("Helvetica", 6)
        canvas.drawString(250 + width, 720, "1)")

    assert "18 4501" not in tables(pages(draw))[0]


def test_two_lines_beside_a_tall_letter_are_two(pages):
    def draw(canvas):
        canvas.setFont("Helvetica", 30)
        canvas.drawString(60, 700, "H")
        canvas.setFont("Helvetica", 10)
        canvas.drawString(90, 712, "amnarna i norr har lagats under två år,")
        canvas.drawString(90, 699, "och nu återstår bara de som ligger ute på öarna.")
        canvas.drawString(60, 600, PROSE)

    text = " ".join(block.text for block in pages(draw).blocks)
    assert "amnarna i norr har lagats under två år, och nu återstår bara de som ligger ute på öarna." in text
