import re

import pytest
from fake_assistant import answer, citation, list_answer, refusal
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.catalogue import Catalogue
from assistant.drafting import escape
from ui.conversation import Turn, answer_text, history, messages, turn_markdown
from ui.markup import escape_text, safe_markdown

SV = Catalogue.load("sv")
GFM = MarkdownIt("gfm-like", {"html": True, "linkify": False})
ATTACKS = (
    "![x](https://evil.invalid/x.png)",
    "[klicka](https://evil.invalid)",
    "[a]: https://evil.invalid\n\n[a]",
    "![a][a]\n\n[a]: https://evil.invalid",
    "[1]: https://evil.invalid\n\n[1]",
    "[1](https://evil.invalid)",
    "<img src=x onerror=alert(1)>",
    "<form action=https://evil.invalid><input name=a></form>",
    "\\<b>fet</b>",
    "<https://evil.invalid>",
    "text\n\n    <img src=x>",
    "```\n<img src=x>\n```",
    "~~~\n<img src=x>\n~~~",
    "`<img src=x>`",
    "<svg/onload=alert(1)>",
)


def active_tokens(markdown: str) -> list[str]:
    """Tokens that could act, apart from links into the page."""
    found = []
    for token in (inner for outer in GFM.parse(markdown) for inner in (outer, *(outer.children or ()))):
        if token.type in ("image", "html_block", "html_inline", "code_block", "code_inline", "fence"):
            found.append(token.type)
        if token.type == "link_open" and not str(token.attrs["href"]).startswith("#kalla-"):
            found.append(str(token.attrs["href"]))
    return found


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_in_an_answer_acts(attack):
    assert active_tokens(safe_markdown(attack, {1: "#kalla-1-1"})) == []
    assert active_tokens(escape_text(attack)) == []


@given(st.text(alphabet="<>[]()!`~\\ \n\ta1:/.@#*|-\"'&", max_size=60))
def test_nothing_acts_whatever_the_text(text):
    assert active_tokens(safe_markdown(text, {1: "#kalla-1-1"})) == []
    assert active_tokens(escape_text(text)) == []


@given(st.text(alphabet="<>[]()!`~\\ a1:/.@#*|_-+\"'&åÄ;", max_size=60))
def test_escaped_text_is_shown_as_it_was(text):
    inline = [token for token in GFM.parse(escape_text(text)) if token.type == "inline"]
    shown = "".join(child.content for token in inline for child in token.children)
    assert shown.split() == text.split()


@pytest.mark.parametrize("address", ["https://evil.invalid", "www.evil.invalid", "WWW.evil.invalid", "a@evil.invalid"])
def test_addresses_do_not_become_links(address):
    assert not re.search(r"(?<!\\)(://|@)|www\.", safe_markdown(address, {}), re.IGNORECASE)


def test_marks_become_links_and_other_numbers_stay_text():
    assert safe_markdown("Målet är 80 % [1][2] enligt [2015].", {1: "#kalla-3-1", 2: "#kalla-3-2"}) == (
        "Målet är 80 % [[1]](#kalla-3-1)[[2]](#kalla-3-2) enligt \\[2015\\]."
    )


def test_text_that_is_already_escaped_is_not_escaped_twice():
    text = escape("Kapitel [3] och *stjärnan* <b> i t_ext")
    assert safe_markdown(text, {3: "#kalla-1-3"}) == text.replace("\\<", "&lt;")


def test_headings_stay_below_those_of_the_page():
    assert safe_markdown("# Ett\n## Två", {}) == "### Ett\n#### Två"


def test_a_refusal_says_so_before_anything_else():
    shown = turn_markdown(Turn(1, "Hur blir vädret?", answer=refusal()), SV)
    assert shown.startswith(f'<p class="rus-band rus-band-refused">{SV.text("ui.refusal.not_in_documents")}</p>')


def test_circumstances_are_shown():
    shown = turn_markdown(
        Turn(
            1, "Och 2024?", answer=answer(notices=("Äldre version.",), resolution="topic", standalone_question="Mål?")
        ),
        SV,
    )
    assert "> Observera: Äldre version." in shown
    assert "> Frågan förstås som: Mål?" in shown


def test_questions_are_shown_as_typed():
    user, assistant = messages([Turn(1, "<b>hej</b> ![x](y)", note="Frågan är tom.")], SV)
    assert user == {"role": "user", "content": "&lt;b\\>hej&lt;/b\\> !\\[x\\](y)"}
    assert assistant["content"] == "**Frågan är tom.**"


def test_marks_are_links_only_in_the_finished_answer():
    assert "#kalla" not in turn_markdown(Turn(1, "?", text="Målet är 80 [1]"), SV)
    assert "[[1]](#kalla-1-1)" in turn_markdown(Turn(1, "?", answer=answer()), SV)


def test_a_table_is_offered_only_for_lists():
    assert "#spara-2-xlsx" in turn_markdown(Turn(2, "?", answer=list_answer()), SV)
    assert "#spara-2-xlsx" not in turn_markdown(Turn(2, "?", answer=answer()), SV)


def test_only_answered_questions_are_history():
    turns = (Turn(1, "Ett", answer=answer()), Turn(2, "", note="Frågan är tom."), Turn(3, "Två", answer=answer()))
    assert history(turns) == ("Ett", "Två")


def test_a_citation_that_is_not_there_gets_no_link():
    shown = turn_markdown(Turn(1, "?", answer=answer("Ett [1] och två [7].", citations=(citation(1),))), SV)
    assert "\\[7\\]" in shown


def test_the_band_says_how_sure_the_answer_is_and_is_not_said_twice():
    sure = turn_markdown(Turn(1, "?", answer=answer()), SV)
    assert sure.startswith(f'<p class="rus-band rus-band-answered">{SV.text("ui.band.answered")}</p>')
    perhaps = turn_markdown(Turn(1, "?", answer=answer(SV.text("answer.places"), status="partial")), SV)
    assert perhaps.count(SV.text("ui.band.partial")) == 1


def test_a_table_without_a_name_over_its_first_column_gets_one():
    table = "Två mål:\n\n|  | Mål |\n| --- | --- |\n| Skog [1] | 5 [1] |\n|  | 7 [1] |"
    shown = answer_text(answer(table), SV)
    assert f"| {SV.text('column.name')} | Mål |" in shown and "|  | 7 [1] |" in shown


def test_the_name_of_a_place_is_a_heading_and_a_bold_sentence_is_none():
    shown = turn_markdown(Turn(1, "?", answer=answer("**Plan, s. 2 – Mål:**\n\n**Målet är 80.** Mer. [1]")), SV)
    assert "### Plan, s. 2 – Mål\n" in shown and "**Målet är 80.** Mer." in shown
