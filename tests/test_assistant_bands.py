"""The three bands of an answer without a language model: sure, places to look, refused."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from assistant_tools import StemEmbedder, candidate, incoming, passage

from assistant.answerability import is_of_unknown, is_sum_of_unknown
from assistant.assistant import Assistant
from assistant.catalogue import Catalogue
from assistant.compose import Draft, answer, is_told_whole
from assistant.drafting import Quote, quoted
from assistant.inquiry import Library
from assistant.lists.draft import Cell, ListDraft, ListFeatures, ListRow
from assistant.matching import Synonyms
from assistant.question import read_question
from assistant.tabulate import list_draft
from assistant.wanted import tells_of_opposite
from ingest.documents import PassageKind
from ingest.facts.types import Stretch
from ingest.indexing.building import build
from ingest.indexing.planning import BuildOptions

SWEDISH = Catalogue.load("sv")
FIRST_PLACE = SWEDISH.text("answer.places")


def test_a_sure_answer_begins_with_the_sentence_that_answers(assistant_with):
    answer = assistant_with().ask("Hur många personer sysselsätter skogsbruket?")
    assert answer.status == "answered" and answer.text.startswith(
        "Skogsbruket sysselsätter 4 200 personer i länet. [1]"
    )
    assert answer.citations[0].quote == "Skogsbruket sysselsätter 4 200 personer i länet."


def test_an_unsure_answer_shows_places_with_the_likely_sentence_in_bold(assistant_with):
    answer = assistant_with().ask("Vem beslutar om skogsbruket?")
    assert answer.status == "partial" and answer.refusal is None and answer.text.startswith(FIRST_PLACE)
    assert re.search(r"\*\*Skogsbruket sysselsätter 4 200 personer i länet\.\*\*", answer.text)
    assert 1 <= len(answer.citations) <= 3
    assert len({citation.passage_id for citation in answer.citations}) == len(answer.citations)


def test_a_passage_that_stands_in_two_documents_is_one_place(tmp_path):
    text = "# Ängar\n\nÄngarna vid Lillsjön slås i augusti varje år. Höet körs till gårdarna i Tranby."
    documents = [incoming(tmp_path, name, text, title=name) for name in ("bok", "avskrift")]
    documents.append(incoming(tmp_path, "annat", "# Vägar\n\nVägen till Tranby asfalterades av kommunen i höstas."))
    build(documents, tmp_path / "index", StemEmbedder(), BuildOptions(workers=1))
    answer = Assistant(Library(tmp_path / "index", StemEmbedder(), Synonyms()), None, 2000).ask("Vad gäller ängarna?")
    assert sum("Ängarna vid Lillsjön" in citation.quote for citation in answer.citations) == 1


@pytest.mark.parametrize("question", ["Vad är Kvarnhjulet?", "Hur många anställda har Zorbia kommun?"])
def test_a_name_that_no_document_knows_is_refused(assistant_with, question):
    answer = assistant_with().ask(question)
    assert (answer.status, answer.refusal, answer.rows) == ("refused", "not_in_documents", None)


PAPERS = {
    "vrak": ("Riktlinje för båtvrak", "Vrak bogseras bort av hamnkontoret. Kostnaden bärs av ägaren."),
    "bryggor": (
        "Policy för bryggor",
        "Antagen av hamnstyrelsen 2031-04-09. Dnr HS 2031/58.\n\nBryggor får vara tio meter.",
    ),
    "leder": (
        "Plan för leder",
        "| Nr | Led | Ansvarig |\n|---|---|---|\n| 4 | Ringleden etapp 1 | Ek |\n| 7 | Ringleden etapp 4 | Alm |",
    ),
    "rutin": (
        "Rutin för båtlyft",
        "| Revision | Datum | Ändring |\n|---|---|---|\n| 3 | 2027-02-01 | Tabell 4 om stroppar |\n"
        "| 5 | 2030-05-06 | Texten från revision 3 förkortad |",
    ),
    "bodar": (
        "Förteckning över bodar",
        "| Bod | Platser | Vakt |\n|---|---|---|\n| Boden 6 | 9 | Ek |\n"
        "| Boden 7 | 12 | Alm |\n| Boden 8 | 30 | Sälg |",
    ),
    "skötsel": ("Skötsel", "| Arbete | Hur ofta | Ansvarig |\n|---|---|---|\n| Målning | Varje vår | Snickaren |"),
    "avgifter": (
        "Avgifter vid kajen",
        "Avgiften för den första båten är 300 kronor. Platsen gäller inom hamnen. Hyran för segelloftet är 900 kronor.",
    ),
    "artikel": ("Hamnfesten", "Hamnfesten hålls den 10 oktober 2031 på kajen."),
    "spår": (
        "Spår i sjön",
        "| – | Gäss | Änder |\n|---|---|---|\n| 2031 | 1990 | 1475 |\n| 2035 | 1930 | 1690 |",
    ),
    "begrepp": (
        "Begrepp för skären",
        "| Skärgårdsort | Ort på en ö med minst en brygga, en bod och en båt som går till fastlandet året om. |\n"
        "|---|---|\n| Reservkaj | Kaj som sparas för tiden efter 2045. |",
    ),
    "ord": ("Ord", "| Pir | Mur ut i vattnet. |\n|---|---|\n| Boj | Flytande märke. Den är röd. |"),
}


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("papers")
    documents = [incoming(folder, name, f"# {title}\n\n{text}", title) for name, (title, text) in PAPERS.items()]
    build(documents, folder / "index", StemEmbedder(), BuildOptions(workers=1))
    return Assistant(Library(folder / "index", StemEmbedder(), Synonyms()), None, 2000)


@pytest.mark.parametrize(
    "question",
    [
        "När antogs riktlinjen för båtvrak?",
        "Vilket diarienummer har riktlinjen för båtvrak?",
        "Vilken e-postadress nämner riktlinjen för båtvrak?",
        "Vilket datum är revision 4 av rutinen för båtlyft?",
        "När publicerades artikeln om hamnfesten?",
    ],
)
def test_a_day_or_number_that_the_document_does_not_have_is_refused_though_another_has_one(papers, question):
    assert papers.ask(question).status == "refused"


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Vilket diarienummer har policyn för bryggor?", "HS 2031/58"),
        ("När antogs policyn för bryggor?", "2031-04-09"),
        ("Vem ansvarar för Ringleden etapp 4?", "etapp 4 | Alm"),
        ("Vilket datum är revision 3 av rutinen för båtlyft?", "3 | 2027-02-01"),
        ("Hur många platser har boden 7?", "Boden 7 | 12"),
        ("Vem ansvarar för målning?", "Målning | Varje vår | Snickaren"),
        ("Vad är en skärgårdsort?", "Skärgårdsort | Ort på en ö"),
        ("Hur många änder räknar vi med 2031?", "2031 | 1990 | 1475"),
    ],
)
def test_what_has_a_form_or_a_number_is_found_in_that_form(papers, question, first):
    answer = papers.ask(question)
    assert answer.status != "refused" and first in answer.citations[0].quote


def test_a_table_without_a_head_is_shown_without_one(papers):
    text = papers.ask("Vad är en boj?").text
    assert "|  |  |\n| --- | --- |\n| Boj | Flytande märke. Den är röd." in text


@pytest.mark.parametrize(
    "question", ["Vad kostade Grön verkstad?", "När antogs Vidingestrategin?", "Vad är Kvarnhjulet?"]
)
def test_the_record_tells_how_sure_the_answer_is(assistant_with, question):
    confidence = assistant_with().ask(question).to_record()["confidence"]
    assert isinstance(confidence, float) and 0 <= confidence <= 1


def test_a_name_in_lower_case_is_known(assistant_with):
    answer = assistant_with().ask("vad samarbetar norrby högskola om?")
    assert answer.status != "refused" and "lövträ" in answer.text


PROJECTS = passage("Nya kajen leds av Sunne hamn. Kostnaden är 7 miljoner kronor.")


def drafted(*cells: Cell, complete: bool = True):
    row = ListRow("Nya kajen", cells, Stretch(PROJECTS.id, 0, 29))
    features = ListFeatures(1.0, 1.0, 1.0, 0.5, points=False)
    found = ListDraft("list.found", {"found": "1"}, (row,), 1, complete, features)
    return list_draft(found, {PROJECTS.id: PROJECTS}, SWEDISH, "answered", 0.9)


def test_a_cell_comes_with_what_proves_it():
    (row,) = drafted(Cell("owner", "Sunne hamn", Stretch(PROJECTS.id, 0, 29))).rows
    ((label, ((value, quote),)),) = row.cells
    assert (label, value) == (SWEDISH.text("column.owner"), "Sunne hamn") and value in quote.text


def test_a_cell_that_does_not_stand_in_its_proof_is_left_out():
    (row,) = drafted(Cell("owner", "Vinge hamn", Stretch(PROJECTS.id, 0, 29))).rows
    assert row.cells == ()


@pytest.mark.parametrize("complete", [True, False])
def test_an_incomplete_list_says_so(complete):
    said = [line.text for line in drafted(complete=complete).lines]
    assert (SWEDISH.text("list.perhaps_incomplete") in said) is not complete


@pytest.mark.parametrize(
    ("quoted_text", "both"),
    [
        ("Sjölyftet lagar bryggor.", False),
        ("Sjölyftet lagar bryggor, Sjölotsen visar vägen.", True),
    ],
)
def test_a_comparison_that_tells_of_one_side_alone_is_not_told(quoted_text: str, both: bool):
    told = passage(quoted_text)
    draft = Draft(tuple(quoted(Quote(told, 0, len(quoted_text)))))
    assert is_told_whole(read_question("Vad skiljer Sjölyftet från Sjölotsen?"), draft) is both
    assert is_told_whole(read_question("Vad gör Sjölyftet?"), draft)


def test_a_lead_comes_with_what_it_leads_to_or_is_no_sure_answer():
    text = "Hamnen ska ha tre saker:\nKranen lyfter båtar. Bryggan tar emot gäster. Bastun värmer alla."
    whole, alone = passage(text), passage("Hamnen ska ha tre saker:")
    question = read_question("Vad ska hamnen ha?")
    told = answer(question, [candidate(whole)], 0.9)
    assert told.lines[0].quotes[0].text.endswith("värmer alla.") and is_told_whole(question, told)
    assert not is_told_whole(question, answer(question, [candidate(alone)], 0.9))


def test_what_corrects_a_sentence_is_told_with_it():
    text = "I bilagan anges att bryggan har kostat 18 000 kronor. Det är fel. Rätt belopp är 81 000 kronor. Den är blå."
    question = read_question("Hur mycket har bryggan kostat?")
    draft = answer(question, [candidate(passage(text))], 0.9)
    assert draft.lines[0].quotes[0].text == text.removesuffix(" Den är blå.")


@pytest.mark.parametrize(
    ("later", "told"),
    [
        ("Antalet bryggor var 206 och inte 212.", True),
        ("Antalet bryggor är inte 212 utan 206.", True),
        ("Antalet bryggor höjs från 212 till 230.", True),
        ("Antalet bryggor var 206 och inte 90.", False),  # sets another figure right
        ("Antalet bojar var 206 och inte 212.", False),  # is about another thing
    ],
)
def test_a_figure_that_is_set_right_elsewhere_is_told_after_what_is_right(later, told):
    question = read_question("Hur många bryggor fick hamnen?")
    found = [candidate(passage("Hamnen fick 212 nya bryggor."), probability=0.9), candidate(passage(later), 0, 0.01)]
    quotes = [quote.text for line in answer(question, found, 0.9).lines for quote in line.quotes]
    assert quotes == ([later] if told else []) + ["Hamnen fick 212 nya bryggor."]


def test_what_changes_a_figure_of_a_row_shares_its_word_with_the_question():
    row, later = "Lillsjöns badplats | 30,0", "Den totala budgeten höjs från 30,0 till 34,5 mnkr."
    table = replace(passage(row), kind=PassageKind.TABLE, sentences=((0, len(row)),))
    found = [candidate(table, probability=0.9), candidate(passage(later), 0, 0.01)]
    told = answer(read_question("Vilken budget har Lillsjöns badplats?"), found, 0.9)
    assert [quote.text for line in told.lines for quote in line.quotes] == [later, row]
    other = answer(read_question("Vilken kostnad har Lillsjöns badplats?"), found, 0.9)
    assert [quote.text for line in other.lines for quote in line.quotes] == [row]


def test_a_line_of_the_same_form_about_something_else_is_not_told_beside_the_one_that_is_meant():
    lines = "Kajplats i läge A3 kostar 40 kr\nKajplats i läge B3 kostar 90 kr"
    both = replace(passage(lines), sentences=((0, 31), (32, 63)))
    found = [candidate(both, 1, 0.6), candidate(both, 0, 0.4)]
    drafted = answer(read_question("Vad kostar en kajplats i läge B3?"), found, 0.9)
    assert [quote.text for line in drafted.lines for quote in line.quotes] == ["Kajplats i läge B3 kostar 90 kr"]


@pytest.mark.parametrize("name", ["Leaderpengarna", "Leaderstödet"])
def test_money_of_a_known_name_is_no_unknown_name(tmp_path, name):
    text = "# Kajen\n\nKajen fick 40 000 kronor från Leader Insjön. Pengarna gick till plankor."
    build([incoming(tmp_path, "kaj", text)], tmp_path / "index", StemEmbedder(), BuildOptions(workers=1))
    library = Library(tmp_path / "index", StemEmbedder(), Synonyms())
    assert not is_of_unknown(read_question(f"Vad gick {name} till?"), (), library.index)
    assert is_of_unknown(read_question("Vad gick Zorbiapengarna till?"), (), library.index)


@pytest.mark.parametrize(
    "question",
    [
        "Vad är avgiften för den andra båten vid kajen?",
        "Vad är hyran för bastuflotten?",
    ],
)
def test_what_is_told_of_the_other_of_two_or_of_something_else_is_no_sure_answer(papers, question):
    assert papers.ask(question).status != "answered"


def test_what_is_told_of_the_very_thing_is(papers):
    question = read_question("Vad är avgiften för den första båten?")
    assert not tells_of_opposite(question, "Avgiften för den första båten är 300 kronor, för den andra 200.")
    assert not is_sum_of_unknown(read_question("Vad är hyran för segelloftet?"), papers.index)
