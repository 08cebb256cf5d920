from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.documents import BlockKind, Document, ReadDocument
from ingest.errors import EmptyFile, UnreadableDocument
from ingest.passages import cut
from ingest.plain import decode, parse_date
from ingest.web.web_reader import read_html

FILLER = (
    "Länets kommuner arbetar tillsammans för att fler ska kunna leva och verka i hela länet under lång tid framöver. "
)

PAGE = f"""<!DOCTYPE html><html lang="sv"><head><meta charset="utf-8">
<title>Vår plan – Region Exempel</title><meta property="og:site_name" content="Region Exempel">
<meta name="last-modified" content="2021-01-01"></head><body>
<div class="cookie-banner"><p>Vi använder kakor på webbplatsen för statistik.</p><button>Godkänn</button></div>
<header><a href="/">Hem</a><nav><ul><li><a href="/a">Meny A</a></li></ul></nav></header>
<nav class="breadcrumb"><a href="/">Start</a> / Vår plan</nav>
<main><h1>Vår plan</h1><p>{FILLER * 2}</p>
<h2><span class="kicker">Område 1:</span>Vi växer hållbart</h2>
<p>{FILLER}</p><p>Målen är:</p>
<ul><li>Fler jobb.</li><li>Renare luft.<ul><li>Mindre utsläpp.</li></ul></li><li>Fler jobb.</li></ul>
<h3><button aria-expanded="false" aria-controls="p1">Så gör vi</button></h3>
<div id="p1" hidden><p>Panelens text.</p></div>
<button aria-expanded="false" aria-controls="p2">Vem gör vad?</button>
<div id="p2" style="display:none"><p>Alla gör.</p></div>
<details><summary>Mer om pengar</summary><p>Budgeten är 5 mnkr.</p></details>
<aside class="kontakt"><h2>Kontakt</h2>
<p>Ada Lind, <a href="mailto:ada@region.example">ada@region.example</a></p></aside>
<h2>Uppföljning</h2>
<table><caption>Tabell 1. Utfall</caption><tr><th>År</th><th>Antal</th></tr><tr><td rowspan="2">2020</td><td>5</td></tr>
<tr><td>6</td></tr></table>
<dl><dt>Ansvarig</dt><dd>Nämnden</dd></dl>
<h6>Djupt ner</h6><p>Samma korta stycke.</p><p>Samma korta stycke.</p>
<div class="share">Dela sidan: <a href="#">E-post</a></div>
<section class="feedback"><p>Hjälpte informationen dig?</p></section>
<h2>Relaterade länkar</h2><ul><li><a href="/x">En annan sida</a></li></ul>
<p>Senast uppdaterad: 14 mars 2023</p></main>
<footer><p>Exempelgatan 1</p></footer><script>var a = "skript";</script></body></html>"""


def lines(document: ReadDocument) -> list[tuple[str, int, str]]:
    """What was read; `left_out` gives the rest."""
    return [(b.kind.value, b.level, b.text) for b in document.blocks if b.kind is not BlockKind.FURNITURE]


def left_out(document: ReadDocument) -> list[str]:
    return [line for b in document.blocks if b.kind is BlockKind.FURNITURE for line in b.text.split("\n")]


def test_the_whole_content_in_order_and_nothing_else() -> None:
    found = read_html(PAGE.encode())
    assert (found.title, found.updated) == ("Vår plan", "2023-03-14")
    assert lines(found) == [
        ("heading", 1, "Vår plan"),
        ("paragraph", 0, (FILLER * 2).strip()),
        ("heading", 2, "Område 1: Vi växer hållbart"),
        ("paragraph", 0, FILLER.strip()),
        ("paragraph", 0, "Målen är:"),
        ("list_item", 0, "• Fler jobb."),
        ("list_item", 0, "• Renare luft."),
        ("list_item", 0, "• Mindre utsläpp."),
        ("list_item", 0, "• Fler jobb."),
        ("heading", 3, "Så gör vi"),
        ("paragraph", 0, "Panelens text."),
        ("heading", 4, "Vem gör vad?"),
        ("paragraph", 0, "Alla gör."),
        ("heading", 4, "Mer om pengar"),
        ("paragraph", 0, "Budgeten är 5 mnkr."),
        ("heading", 2, "Uppföljning"),
        ("caption", 0, "Tabell 1. Utfall"),
        ("table", 0, "År | Antal\n2020 | 5\n2020 | 6"),
        ("list_item", 0, "• Ansvarig: Nämnden"),
        ("heading", 6, "Djupt ner"),
        ("paragraph", 0, "Samma korta stycke."),
        ("paragraph", 0, "Samma korta stycke."),
        ("heading", 2, "Kontakt"),
        ("paragraph", 0, "Ada Lind, ada@region.example"),
    ]
    assert found.report.furniture_removed > 5
    assert {"• Meny A", "Start / Vår plan", "Relaterade länkar", "Exempelgatan 1"} <= set(left_out(found))
    assert "Panelens text." not in left_out(found)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "iso-8859-1", "utf-16"])
def test_encodings(encoding: str) -> None:
    page = PAGE.replace("–", "-").replace('<meta charset="utf-8">', f'<meta charset="{encoding}">')
    assert lines(read_html(page.encode(encoding)))[0] == ("heading", 1, "Vår plan")


@pytest.mark.parametrize(
    ("data", "stated", "expected"),
    [
        ("åäö".encode(), "iso-8859-1", "åäö"),
        ("åäö”".encode("cp1252"), None, "åäö”"),
        ("åäö–".encode("cp1252"), "iso-8859-1", "åäö–"),
        ("Łódź".encode("iso-8859-2"), "iso-8859-2", "Łódź"),
        (b'<meta charset="koi8-r">' + "мир".encode("koi8-r"), None, '<meta charset="koi8-r">мир'),
        ("å".encode("cp1252"), "utf-8", "å"),
        ("åäöåäö".encode()[:-1], "utf-8", "åäöåä\ufffd"),
        ("å".encode("cp1252"), "base64", "å"),
    ],
)
def test_decoding(data: bytes, stated: str | None, expected: str) -> None:
    assert decode(data, stated) == expected


def test_a_page_without_any_structure() -> None:
    """Tables that place things, headings made of bold type, nothing closed, nothing named."""
    links = "".join(f"<a href=/{number}>Menyval {number}</a><br>" for number in range(9))
    soup = (
        f"<HTML><TITLE>Planen</TITLE><BODY><P>Vi använder kakor (cookies). Läs mer om kakor på webbplatsen."
        f"<TABLE><TR><TD>{links}<TD VALIGN=top><FONT SIZE=6><B>Planen</B></FONT><P>{FILLER * 3}"
        f"<P><FONT SIZE=4><B>Utmaningar</B></FONT><UL><LI>Långa avstånd i glesa bygder."
        f"<LI>Långa avstånd i glesa bygder."
        f"</UL><P>{FILLER * 2}<TD><B>Relaterat</B><BR>{links}<TR><TD>© Region Exempel</TABLE>"
    )
    assert lines(read_html(soup.encode("cp1252"))) == [
        ("heading", 1, "Planen"),
        ("paragraph", 0, (FILLER * 3).strip()),
        ("heading", 1, "Utmaningar"),
        ("list_item", 0, "• Långa avstånd i glesa bygder."),
        ("list_item", 0, "• Långa avstånd i glesa bygder."),
        ("paragraph", 0, (FILLER * 2).strip()),
    ]


def test_lines_divided_by_breaks() -> None:
    page = f"<main><h1>A</h1>{FILLER}<br><br><b>Bakgrund</b><br>{FILLER}</main>"
    assert [line[::2] for line in lines(read_html(page.encode()))] == [
        ("heading", "A"),
        ("paragraph", FILLER.strip()),
        ("heading", "Bakgrund"),
        ("paragraph", FILLER.strip()),
    ]


def test_glossaries_and_text_under_a_heading_that_could_announce_links_stay() -> None:
    page = (
        f"<main><h1>Plan</h1><p>{FILLER}</p><h2>Ordförklaringar</h2><dl><dt>Hage</dt><dd>Inhägnad mark.</dd></dl>"
        "<h2>Läs mer om bete</h2><p>Betet öppnar i maj.</p>"
        "<h2>Läs mer</h2><ul><li><a href=/x>En annan sida med langt namn</a></li></ul></main>"
    )
    found = [text for _, _, text in lines(read_html(page.encode()))]
    assert {"• Hage: Inhägnad mark.", "Betet öppnar i maj."} <= set(found)
    assert not any("annan sida" in text for text in found)


def test_a_page_about_cookies_is_read() -> None:
    page = (
        f"<body><h1>Kakor på webbplatsen</h1><p>Vi använder kakor på webbplatsen för statistik. {FILLER * 2}</p>"
        f"<section id=kakor><h2>Våra kakor</h2><p>Kakan hage sparas i 30 dagar. {FILLER}</p></section></body>"
    )
    text = read_html(page.encode()).pages[0].text
    assert "för statistik" in text and "30 dagar" in text


@pytest.mark.parametrize(
    "tabs",
    [
        '<div role="tablist"><a role="tab" href="#b" >Avgift</a></div><div role="tabpanel" id="b" hidden>{}</div>',
        '<button role="tab" id="t">Avgift</button><div role="tabpanel" aria-labelledby="t" aria-hidden="true">{}</div>',
        '<ul><li data-bs-toggle="tab" data-bs-target="#b">Avgift</li></ul><div id="b" style="display:none">{}</div>',
    ],
)
def test_hidden_tab_panels_are_read_under_the_name_of_their_tab(tabs: str) -> None:
    page = f"<main><h1>Bete</h1><p>{FILLER}</p>{tabs.format('<p>Betet kostar 75 kronor.</p>')}</main>"
    assert lines(read_html(page.encode()))[-2:] == [
        ("heading", 2, "Avgift"),
        ("paragraph", 0, "Betet kostar 75 kronor."),
    ]


def test_struck_text_is_left_out_and_told() -> None:
    found = read_html(f"<main><p>{FILLER}</p><p>Priset är <s>50</s> <del>60</del> 75 kronor.</p></main>".encode())
    assert "Priset är 75 kronor." in found.pages[0].text
    assert found.report.warnings == ("2 överstrukna textställen lästes inte.",)


def test_heads_over_several_columns_are_one_head() -> None:
    page = (
        "<main><table><tr><th rowspan=2>Hage</th><th colspan=2>Djur</th></tr><tr><th>2031</th><th>2032</th></tr>"
        "<tr><td>Norr</td><td colspan=2>saknas</td></tr><tr><td>Syd</td><td>4</td><td>6</td></tr></table></main>"
    )
    (table,) = [text for kind, _, text in lines(read_html(page.encode())) if kind == "table"]
    assert table == "Hage | Djur 2031 | Djur 2032\nNorr | saknas | saknas\nSyd | 4 | 6"


def test_a_link_list_under_a_heading_of_its_own_is_content() -> None:
    links = "<ul><li><a href=/a>Ljuset</a><li><a href=/b>Vinden</a></ul>"
    page = f"<main><h1>Projekt</h1><p>{FILLER}</p><h2>Pågående projekt</h2>{links}</main>"
    assert ("list_item", 0, "• Ljuset") in lines(read_html(page.encode()))


def test_invisible_signs_are_cleaned_away() -> None:
    page = "<main><p>Kompetens&shy;försörj\u200bning&nbsp;är e\ufb03cient, A\u030angström.</p></main>"
    assert read_html(page.encode()).pages[0].text == "Kompetensförsörjning är efficient, Ångström."


def test_deep_nesting_is_survived() -> None:
    page = "<main>" + "<div><font><b>" * 1200 + FILLER + "</main>"
    try:
        read_html(page.encode())
    except UnreadableDocument as error:
        assert error.message.endswith(".")


def test_an_empty_page_is_told() -> None:
    with pytest.raises(EmptyFile):
        read_html(b"<html><body><nav>Meny</nav></body></html>", "https://region.example/")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("14 mars 2023", "2023-03-14"),
        ("den 2:e okt. 2020", "2020-10-02"),
        ("2023-03-14T10:00:00Z", "2023-03-14"),
        ("Thu, 02 Apr 2015 16:55:44 GMT", "2015-04-02"),
        ("31 februari 2020", None),
        ("våren 2023", None),
        ("", None),
    ],
)
def test_dates(text: str, expected: str | None) -> None:
    assert parse_date(text) == expected


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 12))
def test_damaged_pages_are_read_or_refused(seed: int, wounds: int) -> None:
    chance = random.Random(seed)
    data = bytearray(PAGE.encode())
    for _ in range(wounds):
        start = chance.randrange(len(data))
        match chance.randrange(3):
            case 0:
                del data[start : start + chance.randrange(200)]
            case 1:
                data[start : start + 1] = bytes([chance.randrange(256)])
            case _:
                data[start:start] = data[chance.randrange(len(data)) :][: chance.randrange(300)]
    try:
        found = read_html(bytes(data))
    except UnreadableDocument:
        return
    page = found.pages[0]
    assert all(
        page.text[span.start : span.end] == block.text
        for block in found.blocks
        for span in block.spans
        if block.kind is not BlockKind.FURNITURE
    )
    passages = cut(Document("d", "t", "0", "html"), found)
    assert all(page.text[passage.start : passage.end] == passage.text for passage in passages)
    assert read_html(bytes(data)).blocks == found.blocks


def test_headings_nested_by_the_thousand_are_read() -> None:
    page = "<main>" + "<h1>Plan för <b>Norrby" * 1500 + "</main><p>Norrby ska få en ny cykelväg längs ån.</p>"
    assert read_html(page.encode()).pages[0].text.startswith("Plan för Norrby")


def test_the_marks_of_footnotes_are_no_part_of_the_text() -> None:
    page = f"""<main><h1>Läget</h1><p>{FILLER}<sup id="r1"><a href="#n1">1</a></sup></p>
    <p>Kort.<a href="#n2">[2]</a></p>
    <ol><li id="n1">Se <a href="https://exempel.example/r">rapporten</a>.</li><li id="n2"><p>Egen beräkning.</p></li>
    </ol></main>"""
    assert [text for _, _, text in lines(read_html(page.encode()))] == [
        "Läget",
        FILLER.strip(),
        "Kort.",
        "1. Se rapporten.",
        "2. Egen beräkning.",
    ]


def test_dates_in_a_graph_of_metadata_are_found() -> None:
    said = '{"@graph":[{"@type":"Thing"},{"@type":"WebPage","datePublished":"2021-02-03","dateModified":"2022-04-05"}]}'
    found = read_html(f'<script type="application/ld+json">{said}</script><h1>Hagar</h1><p>Hagen hyrs ut.</p>'.encode())
    assert (found.published, found.updated) == ("2021-02-03", "2022-04-05")
