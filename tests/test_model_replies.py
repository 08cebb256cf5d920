"""How models really write: each form of marks, lists, wrappings and refusals, and what is read out of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.model.replies import STATEMENTS_SHOWN, ReplyNotes, ReplyReader, Statement
from ingest.errors import ModelFailed

SOURCES = 8
BRIDGE, FERRY = "Bron öppnades 2021.", "Färjan går varje timme."


def read(*pieces: str) -> tuple[list[Statement], ReplyNotes]:
    reader = ReplyReader(SOURCES)
    return list(reader.statements(pieces)), reader.notes


def short(text: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(statement.text.rstrip("."), statement.source_numbers) for statement in read(text)[0]]


BOTH = [("Bron öppnades 2021", (1,)), ("Färjan går varje timme", (2,))]
TOGETHER = [("Bron öppnades 2021", (1, 2)), ("Färjan går varje timme", (1, 2))]
ONE = [("Bron öppnades 2021", (1,))]

FORMS = {
    "as asked": ("Bron öppnades 2021 [s1]. Färjan går varje timme [s2].", BOTH),
    "after the stop": ("Bron öppnades 2021. [s1] Färjan går varje timme. [s2]", BOTH),
    "no space": ("Bron öppnades 2021[s1]. Färjan går varje timme[s2].", BOTH),
    "capital": ("Bron öppnades 2021 [S1]. Färjan går varje timme [S2].", BOTH),
    "round": ("Bron öppnades 2021 (s1). Färjan går varje timme (s2).", BOTH),
    "lenticular": ("Bron öppnades 2021【s1】. Färjan går varje timme【s2】.", BOTH),
    "lenticular with a dagger": ("Bron öppnades 2021【1†source】. Färjan går varje timme【2†L1-L3】.", BOTH),
    "bare number": ("Bron öppnades 2021 [1]. Färjan går varje timme [2].", BOTH),
    "double brackets": ("Bron öppnades 2021 [[s1]]. Färjan går varje timme [[s2]].", BOTH),
    "escaped": (r"Bron öppnades 2021 \[s1\]. Färjan går varje timme \[s2\].", BOTH),
    "the word in brackets": ("Bron öppnades 2021 [källa 1]. Färjan går varje timme (källa: s2).", BOTH),
    "the English word": ("Bron öppnades 2021 [source: s1]. Färjan går varje timme [Source 2].", BOTH),
    "semicolon": ("Bron öppnades 2021 [s1; s2].", [("Bron öppnades 2021", (1, 2))]),
    "comma": ("Bron öppnades 2021 [s1, s2].", [("Bron öppnades 2021", (1, 2))]),
    "comma without s": ("Bron öppnades 2021 [1, 2].", [("Bron öppnades 2021", (1, 2))]),
    "och": ("Bron öppnades 2021 [s1 och s2].", [("Bron öppnades 2021", (1, 2))]),
    "side by side": ("Bron öppnades 2021 [s1][s2].", [("Bron öppnades 2021", (1, 2))]),
    "range": ("Bron öppnades 2021 [s1-s3].", [("Bron öppnades 2021", (1, 2, 3))]),
    "range with a dash": ("Bron öppnades 2021 [s1–3].", [("Bron öppnades 2021", (1, 2, 3))]),
    "marks first": ("[s1] Bron öppnades 2021. [s2] Färjan går varje timme.", BOTH),
    "marks first with colons": ("[s1]: Bron öppnades 2021.\n[s2]: Färjan går varje timme.", BOTH),
    "mark in mid-sentence": ("Bron [s1] öppnades 2021.", ONE),
    "two marks in one sentence": (
        "Bron öppnades 2021 [s1], och färjan går varje timme [s2].",
        [("Bron öppnades 2021, och färjan går varje timme", (1, 2))],
    ),
    "gathered at the end": ("Bron öppnades 2021. Färjan går varje timme. [s1][s2]", TOGETHER),
    "gathered on a line": ("Bron öppnades 2021. Färjan går varje timme.\n\n[s1], [s2]", TOGETHER),
    "gathered under a word": ("Bron öppnades 2021.\nFärjan går varje timme.\n\nKällor: [s1], [s2]", TOGETHER),
    "sources without brackets": ("Bron öppnades 2021.\n\nKällor: s1", ONE),
    "footnotes": ("Bron öppnades 2021.[^1] Färjan går varje timme.[^2]\n\n[^1]: s1\n[^2]: s2", BOTH),
    "footnotes with other numbers": ("Bron öppnades 2021.[^1]\n\n[^1]: [s7]", [("Bron öppnades 2021", (7,))]),
    "raised numbers": ("Bron öppnades 2021.¹ Färjan går varje timme.²", BOTH),
    "bullets": ("Svar:\n- Bron öppnades 2021 [s1]\n- Färjan går varje timme [s2]", BOTH),
    "numbered": ("1. Bron öppnades 2021 [s1]\n2) Färjan går varje timme [s2]", BOTH),
    "nested": ("- **Trafik**\n  - Bron öppnades 2021 [s1]\n    * Färjan går varje timme [s2]", BOTH),
    "heading": ("## Trafiken\n\nBron öppnades 2021 [s1].", ONE),
    "bold heading": ("**Trafiken**\n\nBron öppnades 2021 [s1].", ONE),
    "bold": ("**Bron** öppnades *2021* [s1].", ONE),
    "bold mark": ("Bron öppnades 2021 **[s1]**.", ONE),
    "quotation": ("> Bron öppnades 2021 [s1].", ONE),
    "table": (
        "| Vad | När | Källa |\n|---|---|---|\n| Bron | 2021 | [s1] |\n| Färjan | varje timme | [s2] |",
        [("Bron, 2021", (1,)), ("Färjan, varje timme", (2,))],
    ),
    "code fence": ("```\nBron öppnades 2021 [s1].\n```", ONE),
    "markdown fence": ("```markdown\nBron öppnades 2021 [s1].\n```", ONE),
    "JSON": ('{"answer": "Bron öppnades 2021 [s1]. Färjan går varje timme [s2]."}', BOTH),
    "JSON with citations": (
        '{"statements": [{"text": "Bron öppnades 2021.", "citations": ["s1"]},'
        ' {"text": "Färjan går varje timme.", "sources": [2]}]}',
        BOTH,
    ),
    "JSON in a fence": ('```json\n[{"sentence": "Bron öppnades 2021.", "source": "s1"}]\n```', ONE),
    "thought": ("<think>\nBron kostade nog 90 miljoner [s3].\n</think>\n\nBron öppnades 2021 [s1].", ONE),
    "thought without a beginning": ("Bron kostade 90 miljoner, tror jag. </think>Bron öppnades 2021 [s1].", ONE),
    "channels": (
        "<|channel|>analysis<|message|>Hmm [s2].<|end|><|start|>assistant<|channel|>final<|message|>"
        "Bron öppnades 2021 [s1].",
        ONE,
    ),
    "tool call": ('<tool_call>{"name": "sok", "arguments": {"q": "bron"}}</tool_call>\nBron öppnades 2021 [s1].', ONE),
    "tool call alone": ('{"name": "sok", "arguments": {"q": "bron"}}', []),
    "HTML": ("<p>Bron öppnades <b>2021</b> [s1].</p><ul><li>Färjan går varje timme [s2].</li></ul>", BOTH),
    "HTML entities": ("Bron &ouml;ppnades 2021 [s1].", ONE),
    "script": ("<script>alert('[s1]')</script>Bron öppnades 2021 [s1].", ONE),
    "image": ("![bro](https://elak.example/x.png) Bron öppnades 2021 [s1].", ONE),
    "link": ("[Bron](https://elak.example) öppnades 2021 [s1].", ONE),
    "link on the mark": ("Bron öppnades 2021 [s1](https://elak.example).", ONE),
    "link to an own mark": ("Bron öppnades 2021 [s1](#s1).", ONE),
    "bare address": ("Bron öppnades 2021 https://elak.example/bro [s1].", ONE),
    "speaker": ("Svar: Bron öppnades 2021 [s1].", ONE),
    "a chatty lead": ("Här är vad källmeningarna säger:\n\nBron öppnades 2021 [s1].", ONE),
    "abbreviation": (
        "Bron, dvs. förbindelsen över sundet, öppnades 2021 [s1].",
        [("Bron, dvs. förbindelsen över sundet, öppnades 2021", (1,))],
    ),
    "decimals": ("Bron kostade 6,5 miljoner kronor [s1].", [("Bron kostade 6,5 miljoner kronor", (1,))]),
    "a page reference is no mark": ("Bron öppnades 2021 (s. 3) [s1].", [("Bron öppnades 2021 (s. 3)", (1,))]),
    "a year in brackets is no mark": ("Bron öppnades [2021] [s1].", [("Bron öppnades [2021]", (1,))]),
    "CRLF": ("Bron öppnades 2021 [s1].\r\nFärjan går varje timme [s2].\r\n", BOTH),
    "unknown among known": ("Bron öppnades 2021 [s1][s44].", ONE),
    "unknown alone": ("Bron öppnades 2021 [s44].", []),
    "no mark": ("Bron öppnades 2021.", []),
    "English": ("The bridge opened in 2021 [s1].", [("The bridge opened in 2021", (1,))]),
    "empty": ("", []),
    "white space": (" \n\n ", []),
}


@pytest.mark.parametrize(("reply", "statements"), FORMS.values(), ids=FORMS.keys())
def test_each_form_is_read(reply, statements):
    assert short(reply) == statements


REFUSALS = [
    "EJ I KÄLLORNA",
    "EJ I KÄLLORNA.",
    "**EJ I KÄLLORNA**",
    "EJ I KÄLLORNA [s1]",
    "Ej i källorna",
    "Det framgår inte av källorna.",
    "Tyvärr saknas uppgifter om brons kostnad.",
    "Jag hittar ingen uppgift om det i underlaget.",
    "Källmeningarna besvarar inte frågan [s1][s2].",
    "Inget av dokumenten nämner någon kostnad.",
    "The sources do not mention the cost.",
    "I'm sorry, but I cannot answer that from the provided documents.",
    "There is no information about the cost.",
    "Die Quellen enthalten leider keine Angaben.",
    "<think>Bron? [s1]</think>EJ I KÄLLORNA",
    '{"answer": "EJ I KÄLLORNA", "citations": []}',
]


@pytest.mark.parametrize("reply", REFUSALS)
def test_a_denial_is_a_refusal_whatever_its_words(reply):
    statements, notes = read(reply)
    assert statements == [] and notes.refused and not notes.unmarked


@pytest.mark.parametrize(
    "reply",
    [
        "Bron öppnades 2021 [s1]. Vad den kostade framgår inte.",
        "Bron öppnades 2021 [s1].\n\nKostnaden finns det ingen uppgift om.",
        "- Bron öppnades 2021 [s1]\n- Kostnad: EJ I KÄLLORNA",
    ],
)
def test_a_half_refusal_leaves_the_other_half(reply):
    statements, notes = read(reply)
    assert [statement.source_numbers for statement in statements] == [(1,)] and notes.refused


def test_a_denial_with_a_mark_is_a_statement():
    statements, notes = read("Företagen deltog inte i bygget [s1].")
    assert [one.text for one in statements] == ["Företagen deltog inte i bygget."] and not notes.refused


def test_unknown_marks_and_unmarked_statements_are_counted():
    _, notes = read("Bron öppnades 2021 [s0][s44].\nFärjan går varje timme.")
    assert (notes.unknown_marks, notes.unmarked) == (2, 2)


def test_items_and_rows_are_told_from_sentences():
    statements, _ = read("Bron öppnades 2021 [s1].\n- Färjan går [s2]\n\n| Vad |\n|---|\n| Tåget [s3] |")
    assert [statement.bullet for statement in statements] == [False, True, True]


def test_two_hundred_lines_are_capped():
    statements, notes = read("\n".join(f"- Bro {number} öppnades [s1]" for number in range(200)))
    assert len(statements) == STATEMENTS_SHOWN and notes.capped


def test_an_empty_reply_is_told():
    assert read("")[1].empty and read("<think>Hm.</think>")[1].empty and not read("Ja.")[1].empty


def test_broken_json_is_cut():
    statements, notes = read('{"statements": [{"text": "Bron öppn')
    assert statements == [] and notes.cut


def test_what_came_before_a_failure_is_read_and_the_rest_is_not():
    def pieces():
        yield f"{BRIDGE} [s1] Färjan går varje"
        raise ModelFailed("cut", "Svaret bröts.")

    reader = ReplyReader(SOURCES)
    statements = reader.statements(pieces())
    assert next(statements).text == BRIDGE
    with pytest.raises(ModelFailed):
        next(statements)
    assert reader.notes.cut


def test_a_statement_comes_while_the_rest_still_streams():
    def pieces():
        yield f"{BRIDGE} [s1] Färjan g"
        raise AssertionError("read on before the first statement was given")

    assert next(ReplyReader(SOURCES).statements(pieces())).text == BRIDGE


PARTS = [
    BRIDGE,
    FERRY,
    " [s1]",
    "[s2]",
    "[s",
    "3]",
    ".",
    "\n",
    "- ",
    "[s99]",
    "[^1]",
    "<think>Hm [s2].</think>",
    " ord",
    "**",
]


@given(st.lists(st.sampled_from(PARTS), max_size=12), st.data())
def test_how_the_text_is_cut_into_pieces_changes_nothing(parts, data):
    text = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert read(text) == read(*pieces)
