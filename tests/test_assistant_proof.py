"""Quotes, marks, boxes and Markdown of an answer, and what its last check lets through."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from assistant_tools import PLAN, page_of, passage
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.drafting import Line, Marks, Quote, cite, escape, quoted, write
from assistant.model.lock import ClaimContext, verify_claim
from assistant.proof import faults
from ingest.documents import Page, PassageKind, Span

TEXT = (
    "Regionen har 12 kommuner. Företagen i Alboga deltog inte. Andelen ökade från 5 procent 2019 till 10 procent 2024. "
    "Norrby högskola och Sunnanå kommun gjorde fyra studier."
)
ONE = passage(TEXT, section=("Mål", "Hälsa 2030"))


def written(lines, page_of):
    """The lines as text, and their citations."""
    marks = Marks({PLAN.id: PLAN}, page_of)
    return write(lines, marks), marks.citations


def checked(statement: str, sentence: int, one=ONE, item: bool = False) -> list[str]:
    """The reasons against a statement that cites one sentence of the passage."""
    line = Line(escape(statement), (Quote(one, *one.sentences[sentence]),), bullet=item)
    return [fault.reason for fault in faults(*written([line], page_of(one)), page_of(one))]


def written_quote(start: int, end: int, one=ONE):
    return written(quoted(Quote(one, start, end)), page_of(one))


def test_sentences_of_one_quote_pass_although_only_one_of_them_denies():
    text, citations = written_quote(0, len(TEXT))
    assert text.count("[1]") == 1 and len(citations) == 1
    assert faults(text, citations, page_of(ONE)) == ()


def test_values_of_a_cell_that_one_place_proves_share_its_mark():
    first, other = Quote(ONE, *ONE.sentences[2]), Quote(ONE, *ONE.sentences[3])
    values = (("10 procent (2024)", (first,)), ("5 procent (2019)", (first,)), ("fyra studier", (other,)))
    line = Line("", cells=((("Andelen", (first,)),), values), columns=("", "Utfall"))
    text, _ = written([line], page_of(ONE))
    assert "| Andelen [1] | 10 procent (2024); 5 procent (2019) [1]; fyra studier [2] |" in text


@pytest.mark.parametrize(
    ("statement", "sentence", "reason"),
    [
        ("Regionen har 13 kommuner.", 0, "number"),
        ("Regionen har tolv kommuner.", 0, None),
        ("Företagen i Alboga deltog.", 1, "denial"),
        ("Regionen har inte 12 kommuner.", 0, "denial"),
        ("Företagen i Norrby deltog inte.", 1, "name"),
        ("Andelen ökade från 10 procent 2019 till 5 procent 2024.", 2, "number"),
        ("Andelen ökade från 5 procent 2024 till 10 procent 2019.", 2, "number"),
        ("År 2024 hade andelen ökat till 10 procent.", 2, None),
        ("Norrby högskola gjorde fem studier.", 3, "number"),
        ("Norrby högskola gjorde 4 studier.", 3, None),
        ("Norrby gjorde fyra studier 2030.", 3, "number"),
        ("Bageriet säljer kakor och bullar billigt.", 0, "words"),
        ("Regionen bakar kakor och säljer bullar billigt.", 0, "words"),
    ],
)
def test_a_freely_worded_statement_keeps_figures_names_and_denial(statement, sentence, reason):
    proof = TEXT[slice(*ONE.sentences[sentence])]
    verdict = verify_claim(statement, [proof], ClaimContext(headings=(*ONE.section, ONE.title)))
    assert (verdict.kept, verdict.reason) == (reason is None, reason or "")


@pytest.mark.parametrize(
    "statement", ["Regionen har 12 kommun.", "Regionen har kommuner.", "Kommuner har 12 regionen.", "har 12 kommuner"]
)
def test_a_quoting_answer_holds_whole_sentences_only(statement):
    assert checked(statement, 0) == ["words"]
    assert checked("Regionen har 12 kommuner.", 0) == []


def test_a_row_may_name_what_stands_in_a_sentence_that_denies_something_else():
    one = passage("Projektet Grön verkstad nådde inte målet. Nätverk för skolchefer och bagare finns.")
    assert checked("Grön verkstad", 0, one=one, item=True) == []
    assert checked("Grön verkstad nådde", 0, one=one, item=True) != []
    assert checked("Grön verkstaden", 0, one=one, item=True) != []


@pytest.mark.parametrize(
    "change", [{"page": 1}, {"page": None}, {"document_id": "annan"}, {"quote": "Regionen har 1"}, {"quote": " "}]
)
def test_a_quote_must_stand_in_whole_words_on_its_page(change):
    text, citations = written_quote(*ONE.sentences[0])
    wrong = [replace(citations[0], **change)]
    assert "quote_not_on_page" in [fault.reason for fault in faults(text, wrong, page_of(ONE))]


def test_statements_without_marks_or_with_unknown_ones_are_faults():
    proved, citations = written_quote(*ONE.sentences[0])
    text = f"{proved}\n\nAllt är bra.\n\nRegionen har 12 kommuner. [2]\n\nDet gäller:"
    assert [fault.reason for fault in faults(text, citations, page_of(ONE))] == ["uncited", "unknown_mark"]


def test_a_quote_over_two_pages_is_cited_on_both():
    text = "Första halvan står här och andra halvan där."
    cut = text.index("och")
    spans = (Span(1, 0, cut), Span(2, 5, 5 + len(text) - cut, offset=cut))
    one = replace(passage(text), spans=spans)
    pages = {1: Page(1, text[:cut]), 2: Page(2, "Topp " + text[cut:])}
    found = cite(Quote(one, 0, len(text)), 3, PLAN, lambda _, number: pages[number])
    assert [(c.mark, c.page, c.quote) for c in found] == [
        (3, 1, "Första halvan står här"),
        (4, 2, "och andra halvan där."),
    ]
    told, citations = written(quoted(Quote(one, 0, len(text))), lambda _, number: pages[number])
    assert told == f"{text} [1][2]"
    assert faults(told, citations, lambda _, number: pages[number]) == ()


def headed(heading: str, between: str):
    """The citations of a quote with its heading, on a page where `between` stands between the two."""
    one = passage("Vi bygger. Vi odlar.", section=("Mål", "Grön verkstad"))
    top = f"Mål\n{heading}\n{between}"
    moved = replace(one, spans=(Span(2, len(top), len(top) + len(one.text)),))
    return [
        (c.page, c.quote)
        for c in cite(Quote(moved, 0, 10, "Grön verkstad"), 1, PLAN, lambda *_: Page(2, top + one.text))
    ]


def test_a_heading_is_quoted_with_what_stands_under_it_or_else_alone():
    assert headed("Grön verkstad", "") == [(2, "Grön verkstad\nVi bygger.")]
    assert headed("Grön verkstad", "Vi prövar.\n") == [(2, "Grön verkstad")]
    assert headed("Brun verkstad", "") == [(2, "Vi bygger.")]


def test_a_heading_on_the_page_before_is_cited_there():
    one = passage("Vi bygger.", section=("Grön verkstad",))
    pages = {1: Page(1, "Grön verkstad"), 2: Page(2, one.text)}
    (citation,) = cite(Quote(one, 0, 10, "Grön verkstad"), 1, PLAN, lambda _, number: pages[number])
    assert (citation.page, citation.quote) == (1, "Grön verkstad")


def test_a_citation_carries_the_printed_number_of_its_page():
    (citation,) = cite(Quote(passage("Vi bygger."), 0, 10), 1, PLAN, lambda *_: Page(3, "Vi bygger.", label="iii"))
    assert (citation.page, citation.page_label) == (3, "iii")


def test_boxes_make_one_rectangle_a_line():
    text = "abc\ndef"
    boxes = np.array([[x, y, x + 5, y + 10] for y in (700, 680) for x in (50, 55, 60)], np.float32)
    boxes = np.insert(boxes, 3, np.nan, axis=0)
    page = Page(2, text, width=595, height=842, boxes=boxes)
    (citation,) = cite(Quote(passage(text), 0, len(text)), 1, PLAN, lambda *_: page)
    assert citation.boxes == ((2, 50, 700, 65, 710), (2, 50, 680, 65, 690))


def test_the_items_of_a_list_are_lines_and_the_same_quote_keeps_its_mark():
    one = passage("Regionen driver:\n• Rådet\n• 2) Forum", kind=PassageKind.LIST)
    quote = Quote(one, 0, len(one.text))
    marks = Marks({PLAN.id: PLAN}, page_of(one))
    assert write(quoted(quote), marks) == "Regionen driver: [1]\n\n- Rådet [1]\n- 2\\) Forum [1]"
    assert marks.of([quote]) == (1,) and len(marks.citations) == 1


@given(st.text(alphabet="abc åäö1[]()<>*_`#|~!&;\\.-+=:/\"'", min_size=1, max_size=60))
@example("![bild](https://elak.invalid/x.png)")
@example("<script>alert(1)</script>")
@example("&lt;b&gt; &#42;")
@example("+ 5 procent")
@example("- minus")
@example("7. juni")
@example("=== a")
@example("    kod")
def test_escaped_text_is_shown_as_it_is_and_does_nothing(text):
    shown = " ".join(text.split())
    if not shown:
        return
    (paragraph,) = [token for token in MarkdownIt("commonmark").parse(escape(shown)) if token.type == "inline"]
    assert all(child.type in ("text", "text_special", "entity") for child in paragraph.children)
    assert "".join(child.content for child in paragraph.children) == shown


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("Den drivs av tre kommuner.", True),
        ("Satsningen startade 2021.", True),
        ("Det är en modell för skolan.", True),
        ("Den här rapporten handlar om skolan.", False),
        ("Den regionala planen gäller skolan.", False),
        ("Det finns tre skolor.", False),
        ("Skolan i Alboga drivs av kommunen.", False),
        ("Den drivs av Skolmodellen.", False),
    ],
)
def test_a_quote_without_its_subject_gets_its_heading_in_brackets(text, added):
    one = passage(text, section=("Lärande", "Skolmodellen"))
    told, citations = written_quote(0, len(text), one)
    assert told.startswith(r"\[Skolmodellen\] ") is added
    assert citations[0].quote == text
    assert faults(told, citations, page_of(one)) == ()


def test_only_a_heading_of_the_cited_section_may_stand_in_brackets():
    one = passage("Den drivs av tre kommuner.", section=("Lärande", "Skolmodellen"))
    text, citations = written_quote(0, len(one.text), one)
    assert faults(text.replace("Skolmodellen", "Bussarna"), citations, page_of(one))


def test_rows_of_a_table_stand_under_their_columns_and_the_head_states_nothing():
    text = "Tabell 2: Mål\nMål | Nivå | År\nResor | 25 % | 2035\nUtsläpp | 75 % | 2030"
    one = passage(text, kind=PassageKind.TABLE)
    start = text.index("Utsläpp")
    told, citations = written_quote(start, len(text), one)
    assert told == "| Mål | Nivå | År |\n| --- | --- | --- |\n| Utsläpp | 75 % | 2030 [1] |"
    assert faults(told, citations, page_of(one)) == ()
    assert faults(told.replace("75", "57"), citations, page_of(one))


def test_a_table_line_that_is_no_row_is_quoted_as_it_stands():
    text = "Mål | Nivå\nFotnot om nivån"
    one = passage(text, kind=PassageKind.TABLE)
    assert written_quote(text.index("Fotnot"), len(text), one)[0] == "- Fotnot om nivån [1]"
