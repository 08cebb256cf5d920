from __future__ import annotations

from collections.abc import Sequence

from hypothesis import example, given
from hypothesis import strategies as st

from ingest.documents import (
    Block,
    BlockKind,
    Document,
    Page,
    Passage,
    PassageKind,
    ReadDocument,
    ReadingReport,
    Span,
)
from ingest.passages import cut, heads_table

DOCUMENT = Document(id="d", title="Strategin", sha256="0", media_type="pdf")
Piece = tuple[BlockKind, str]


def read_document(pages: Sequence[Sequence[Piece]], levels: int = 1) -> ReadDocument:
    """A document whose page texts are the pieces, one to a line."""
    blocks: list[Block] = []
    made: list[Page] = []
    for number, pieces in enumerate(pages, 1):
        text = ""
        for kind, piece in pieces:
            start = len(text) + bool(text)
            text = f"{text}\n{piece}" if text else piece
            level = levels if kind is BlockKind.HEADING else 0
            blocks.append(Block(kind, piece, (Span(number, start, start + len(piece)),), level))
        made.append(Page(number, text))
    return ReadDocument(tuple(made), tuple(blocks), ReadingReport(pages=len(made)))


def texts(passages: Sequence[Passage]) -> list[str]:
    return [passage.text for passage in passages]


H, P, L, T, C, F = (
    BlockKind.HEADING,
    BlockKind.PARAGRAPH,
    BlockKind.LIST_ITEM,
    BlockKind.TABLE,
    BlockKind.CAPTION,
    BlockKind.FOOTNOTE,
)


def test_paragraphs_merge_within_a_section_and_never_across_a_heading() -> None:
    read = read_document([[(H, "Mål"), (P, "Ett."), (P, "Två."), (H, "Medel"), (P, "Tre.")]])
    passages = cut(DOCUMENT, read)
    assert [(p.section, p.text) for p in passages] == [(("Mål",), "Ett.\nTvå."), (("Medel",), "Tre.")]
    assert passages[0].sentences == ((0, 4), (5, 9))


def test_section_is_the_path_of_headings() -> None:
    levels = [(1, "A"), (2, "B"), (4, "C"), (3, "D"), (1, "E")]
    blocks: list[Block] = []
    text = ""
    for level, name in levels:
        for kind, piece, depth in ((H, name, level), (P, f"Under {name} står det här.", 0)):
            blocks.append(Block(kind, piece, (Span(None, len(text), len(text) + len(piece)),), depth))
            text += piece + "\n"
    read = ReadDocument((Page(None, text),), tuple(blocks), ReadingReport())
    assert [p.section for p in cut(DOCUMENT, read)] == [
        ("A",),
        ("A", "B"),
        ("A", "B", "C"),
        ("A", "B", "D"),
        ("E",),
    ]


def test_a_list_keeps_its_lead_in_and_is_one_passage() -> None:
    long = "Länet har arbetat brett. " * 12
    read = read_document(
        [[(P, long.strip()), (P, "Målen är:"), (L, "• fler jobb"), (L, "• renare luft"), (P, "Slut. " * 50)]]
    )
    passages = cut(DOCUMENT, read)
    assert [p.kind for p in passages] == [PassageKind.PARAGRAPH, PassageKind.LIST, PassageKind.PARAGRAPH]
    assert passages[1].text == "Målen är:\n• fler jobb\n• renare luft"


def test_a_long_list_is_cut_between_items_and_repeats_nothing() -> None:
    items = [(L, f"• insats nummer {number} i en lång rad av insatser") for number in range(60)]
    passages = cut(DOCUMENT, read_document([[(P, "Insatser:"), *items]]), maximum_chars=400)
    assert len(passages) > 3
    assert all(p.kind is PassageKind.LIST and len(p.text) <= 400 for p in passages)
    assert "\n".join(texts(passages)) == "\n".join(text for _, text in [(P, "Insatser:"), *items])


def test_tables_and_footnotes_stand_alone() -> None:
    read = read_document(
        [[(P, "Före."), (C, "Tabell 1. Antal"), (T, "År | Antal\n2020 | 5"), (P, "Efter."), (F, "1 Källa.")]]
    )
    assert [(p.kind, p.text) for p in cut(DOCUMENT, read)] == [
        (PassageKind.PARAGRAPH, "Före."),
        (PassageKind.TABLE, "Tabell 1. Antal\nÅr | Antal\n2020 | 5"),
        (PassageKind.PARAGRAPH, "Efter."),
        (PassageKind.FOOTNOTE, "1 Källa."),
    ]


def test_a_full_stop_in_a_cell_does_not_part_the_row() -> None:
    (table,) = cut(
        DOCUMENT, read_document([[(T, "Ord | Betydelse\nVik | En bukt. Den är liten.\nÖ | Land i vatten.")]])
    )
    assert [table.text[start:end] for start, end in table.sentences] == table.text.split("\n")


def test_a_table_is_kept_with_its_head_where_a_list_would_be_cut() -> None:
    rows = "\n".join(["År | Antal", *(f"20{number} | {number} 000 invånare" for number in range(10, 60))])
    assert len(cut(DOCUMENT, read_document([[(T, rows)]]), maximum_chars=500)) == 1
    assert len(cut(DOCUMENT, read_document([[(T, rows)]]), maximum_chars=200)) > 1


def test_each_of_two_tables_keeps_its_own_caption() -> None:
    read = read_document([[(C, "Tabell 1"), (T, "a | b"), (C, "Tabell 2"), (T, "c | d")]])
    assert texts(cut(DOCUMENT, read)) == ["Tabell 1\na | b", "Tabell 2\nc | d"]


def test_furniture_between_blocks_never_enters_a_passage() -> None:
    read = read_document(
        [[(P, "Före."), (BlockKind.FURNITURE, "Sida 4"), (P, "Efter."), (BlockKind.CONTENTS, "Mål ... 3")]]
    )
    assert texts(cut(DOCUMENT, read)) == ["Före.", "Efter."]


def test_a_paragraph_across_pages_names_both() -> None:
    pages = (Page(4, "Arbetet med kompe"), Page(5, "tens går vidare.\nNästa stycke."), Page(6, "Sist."))
    blocks = (
        Block(P, "Arbetet med kompetens går vidare.", (Span(4, 0, 17, 0), Span(5, 0, 16, 17))),
        Block(P, "Nästa stycke.", (Span(5, 17, 30),)),
        Block(P, "Sist.", (Span(6, 0, 5),)),
    )
    first, second = cut(DOCUMENT, ReadDocument(pages, blocks, ReadingReport()))
    assert first.text == "Arbetet med kompetens går vidare.\nNästa stycke."
    assert (first.page, first.page_end) == (4, 5)
    assert first.spans == (Span(4, 0, 17, 0), Span(5, 0, 30, 17))
    assert (second.text, second.page) == ("Sist.", 6)


def test_a_list_goes_on_over_the_page() -> None:
    read = read_document([[(P, "Målen är:"), (L, "• ett")], [(L, "• två"), (P, "Slut på listan.")]])
    assert texts(cut(DOCUMENT, read)) == ["Målen är:\n• ett\n• två", "Slut på listan."]


def test_an_overlong_paragraph_is_cut_between_sentences() -> None:
    text = " ".join(f"Mening nummer {number} står här." for number in range(200))
    passages = cut(DOCUMENT, read_document([[(P, text)]]), maximum_chars=300)
    assert all(len(p.text) <= 300 and p.text.endswith(".") for p in passages)
    assert " ".join(texts(passages)) == text


def test_equal_texts_of_one_section_get_different_ids() -> None:
    long = "Samma stycke står två gånger i dokumentet. " * 15
    passages = cut(DOCUMENT, read_document([[(P, long.strip()), (P, long.strip())]]))
    assert len(passages) == 2
    assert len({p.id for p in passages}) == 2


WORDS = st.lists(st.sampled_from(["länet", "mål.", "Växer", "2025", "t.ex.", "bostäder!"]), min_size=1, max_size=60)
PIECES = st.tuples(st.sampled_from(list(BlockKind)), WORDS.map(" ".join))


@given(st.lists(st.lists(PIECES, max_size=8), min_size=1, max_size=4), st.integers(60, 400))
@example([[(BlockKind.TABLE, " ".join(["länet bostäder! Växer"] * 6))]], 60)  # a row of 131 characters
def test_every_passage_is_a_piece_of_its_pages(pages: list[list[Piece]], maximum_chars: int) -> None:
    read = read_document(pages)
    passages = cut(DOCUMENT, read, maximum_chars)
    by_number = {page.number: page for page in read.pages}
    for passage in passages:
        for span in passage.spans:
            piece = by_number[span.page].text[span.start : span.end]
            assert passage.text[span.offset : span.offset + len(piece)] == piece
        if len(passage.spans) == 1:
            assert by_number[passage.page].text[passage.start : passage.end] == passage.text
        assert passage.text == passage.text.strip() != ""
        assert len(passage.text) <= (6 if passage.kind is PassageKind.TABLE else 2) * maximum_chars
        assert passage.sentences
    kept = [piece for page in pages for kind, piece in page if kind not in (H, BlockKind.CONTENTS, BlockKind.FURNITURE)]
    assert sorted(" ".join(texts(passages)).split()) == sorted(" ".join(kept).split())
    assert len({p.id for p in passages}) == len(passages)
    assert cut(DOCUMENT, read, maximum_chars) == passages


def page_of(levels: list[tuple[int, str]]) -> ReadDocument:
    """A page of headings, each with its level, and paragraphs, at level 0."""
    blocks: list[Block] = []
    text = ""
    for level, piece in levels:
        kind = BlockKind.HEADING if level else BlockKind.PARAGRAPH
        blocks.append(Block(kind, piece, (Span(1, len(text), len(text) + len(piece)),), level))
        text += piece + "\n"
    return ReadDocument((Page(1, text),), tuple(blocks), ReadingReport())


def test_a_heading_with_nothing_under_it_belongs_to_the_next_of_its_page() -> None:
    levels = [(5, "Del A"), (1, "Skogen"), (0, "Granen växer."), (2, "ETT LIV"), (2, "I LÄ"), (0, "Det blåser.")]
    assert [p.section for p in cut(DOCUMENT, page_of(levels))] == [
        ("Del A: Skogen",),
        ("Del A: Skogen", "ETT LIV I LÄ"),
    ]


def test_parts_of_one_row_are_siblings_whatever_they_look_like() -> None:
    levels = [(1, "Inriktning 1: Skog"), (3, "Granen"), (0, "Den växer."), (2, "Inriktning 2: Hav"), (0, "Det blåser.")]
    assert [p.section for p in cut(DOCUMENT, page_of(levels))] == [
        ("Inriktning 1: Skog", "Granen"),
        ("Inriktning 2: Hav",),
    ]


def test_a_row_whose_cell_comes_again_below_it_heads_no_table() -> None:
    cards = ["Badviken | KLAR", "Byggd 2031 | Bryggan hålls öppen.", "Kajen | KLAR", "Byggd 2032 | Kajen är lagad."]
    assert not heads_table(cards[0], cards[1:])
    assert heads_table("Brygga | Läge", ["Badviken | klar", "Kajen | klar"])
