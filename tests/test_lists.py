# ruff: noqa: E501 (the texts are one paragraph a line)
"""Lists by constraints, lists that the text itself holds, participants, and goals beside their outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.lists.answer import answer_list
from assistant.lists.draft import ListDraft
from assistant.lists.material import Material, kinds_of
from assistant.question import read_question
from ingest.documents import Document, Passage, PassageKind, Span
from ingest.facts.extract import extract_facts
from ingest.facts.types import FactBase, Figure, GoalFact, Stretch
from ingest.swedish import split_sentences, stem, words


def passage(
    text: str, heading: str = "Insatser", kind: PassageKind = PassageKind.PARAGRAPH, document: str = "plan"
) -> Passage:
    if kind is PassageKind.PARAGRAPH:
        sentences = split_sentences(text)
    else:
        starts = np.cumsum([0, *(len(line) + 1 for line in text.split("\n"))]).tolist()
        sentences = tuple((start, start + len(line)) for start, line in zip(starts, text.split("\n"), strict=False))
    name = f"{document}/{heading}/{abs(hash(text))}"
    return Passage(name, document, document.title(), (heading,), kind, text, (Span(1, 0, len(text)),), sentences)


STORY = passage(
    "Kvarnhjulet är ett projekt som Sandby kommun driver tillsammans med Ekbacka kommun. Det startade i mars 2021 och finansieras av Eruf med 6,4 miljoner kronor. "
    "Projektet lades ned i maj 2023. Skepparlinjen är ett projekt om båtar i skärgårdstrafik som Ekbacka kommun driver sedan 2022. "
    "Linrådet är ett nätverk där Sandby kommun och Region Granlund ingår. Stenvägen, ett projekt om leder för cykel, ska kanske läggas ned. Dess kostnad är 2 miljoner kronor."
)
TABLE = passage(
    "Tabell 4. Insatser, miljoner kronor\nInsats | Projektägare | Finansiär | Belopp | Period\nKvarnhjulet | Sandby kommun | Eruf | 6,4 | 2021–2023\n"
    "Skepparlinjen | Ekbacka kommun | Leader Insjön | 1,2 | 2022–2025\nStenvägen | Region Granlund | Klimatklivet | 2,0 | 2023–2026",
    "Ekonomi",
    PassageKind.TABLE,
)
STEPS = passage(
    "Ansökan prövas i tre steg:\n• Samtal, där idén läggs fram\n• Granskning av kostnaderna\n• Beslut i nämnden",
    "Så prövas stödet",
    PassageKind.LIST,
)
PLACES = passage("I länet finns fyra kommuner (Sandby, Ekbacka, Tjärnö och Granlund).", "Länet")
TORN = passage(
    "De tre skolorna i Sandby, Ekbacka och på andra håll har fått pengar, böcker, bänkar och lampor.", "Skolor"
)
PASSAGES = (STORY, TABLE, STEPS, PLACES, TORN)


FACTS = extract_facts(PASSAGES, [Document("plan", "Plan", "0", "pdf", year=2024)])


def likeness_in(passages: tuple[Passage, ...]):
    """Cosines by shared stems, for tests without a model."""

    def likeness(text: str) -> Mapping[str, NDArray[np.float32]]:
        asked = {stem(word) for word in words(text)}

        def cosine(sentence: str) -> float:
            there = {stem(word) for word in words(sentence)}
            return len(asked & there) / ((len(asked) * len(there)) ** 0.5 or 1.0)

        return {one.id: np.array([cosine(one.text[a:b]) for a, b in one.sentences], np.float32) for one in passages}

    return likeness


def ask(question: str, passages: tuple[Passage, ...] = PASSAGES, facts: FactBase = FACTS) -> ListDraft | None:
    return answer_list(
        read_question(question), Material(facts, {one.id: one for one in passages}), likeness_in(passages)
    )


def names(question: str, passages: tuple[Passage, ...] = PASSAGES, facts: FactBase = FACTS) -> list[str]:
    draft = ask(question, passages, facts)
    return sorted(row.name for row in draft.rows) if draft else []


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Vilka projekt finns?", ["Kvarnhjulet", "Skepparlinjen", "Stenvägen"]),
        ("Finns det några nätverk?", ["Linrådet"]),
        ("Vad har lagts ned?", ["Kvarnhjulet"]),
        ("Vilka insatser får pengar ur Leader Insjön?", ["Skepparlinjen"]),
        ("Vilka projekt betalas av regionalfonden?", ["Kvarnhjulet"]),
        ("Vilka projekt äger Sandby kommun?", ["Kvarnhjulet"]),
        ("Vilka nätverk är Sandby kommun med i?", ["Linrådet"]),
        ("Vilka projekt startade 2022?", ["Skepparlinjen"]),
        ("Vilka projekt slutar 2026?", ["Stenvägen"]),
        ("Vilka projekt har fått mer än 5 miljoner kronor?", ["Kvarnhjulet"]),
        ("Räkna upp projekten som kostar mindre än två miljoner kronor.", ["Skepparlinjen"]),
        ("Vilka projekt drivs av Ekbacka kommun och finansieras av Leader?", ["Skepparlinjen"]),
        ("Vilka projekt handlar om cykel?", ["Stenvägen"]),
        ("Vad finansierar Leader?", ["Skepparlinjen"]),
        ("Vad driver Ekbacka kommun?", ["Skepparlinjen"]),
        ("Visa allt som Ekbacka kommun leder.", ["Skepparlinjen"]),
        ("Vilka av Ekbacka kommuns projekt finansieras av Leader?", ["Skepparlinjen"]),
        ("Vad drog i gång 2022?", ["Skepparlinjen"]),
        ("Vilka projekt i bilagan kostar mindre än två miljoner kronor?", ["Skepparlinjen"]),
        ("Vilka projekt löper till 2026?", ["Stenvägen"]),
        ("Vad finns det för nätverk?", ["Linrådet"]),
        ("Vilka satsningar är större än 5 miljoner?", ["Kvarnhjulet"]),
    ],
)
def test_initiatives_meet_every_constraint(question: str, expected: list[str]):
    assert names(question) == expected


def test_every_cell_is_proved_by_a_stretch_that_says_it():
    draft = ask("Vilka projekt betalas av Eruf?")
    assert draft is not None
    by_id = {one.id: one for one in PASSAGES}
    for row in draft.rows:
        for cell in row.cells:
            shown = by_id[cell.proof.passage_id].text[cell.proof.start : cell.proof.end]
            assert cell.value.lower() in " ".join(shown.split()).lower()


def test_a_word_that_was_not_understood_lowers_the_probability():
    sure, unsure = (
        ask("Vilka projekt äger Sandby kommun?"),
        ask("Vilka projekt äger Sandby kommun i kvarkönig ordning?"),
    )
    assert sure is not None and unsure is not None
    assert unsure.features.read < sure.features.read


def test_a_list_is_given_whole_with_its_lead():
    draft = ask("I vilka tre steg prövas ansökan?")
    assert draft is not None and draft.complete and draft.features.points
    assert [row.name for row in draft.rows] == [
        "Samtal, där idén läggs fram",
        "Granskning av kostnaderna",
        "Beslut i nämnden",
    ]
    assert draft.lead_values["lead"] == "Ansökan prövas i tre steg:"


def test_a_list_goes_on_after_a_paragraph_between_two_items():
    first = passage("Stödet ges i tre former:\n1. Råd på plats\n2. Lån av lokal\n", "Stöd", PassageKind.LIST)
    between = passage("Lokalen lånas högst ett år.", "Stöd")
    last = passage("3. Bidrag till resor", "Stöd", PassageKind.LIST)
    assert len(names("Vilka former av stöd ges?", (first, between, last), FactBase((), ()))) == 3


def test_a_bracket_that_agrees_with_its_count_is_a_list():
    assert names("Vilka kommuner ingår i länet?") == ["Ekbacka", "Granlund", "Sandby", "Tjärnö"]


def test_a_sentence_cut_at_its_commas_is_no_list():
    assert names("Vilka skolor har fått böcker?", (TORN,), FactBase((), ())) == []


def test_rows_of_a_table_that_meet_the_question():
    text = "Åtgärd | Ansvarig | Läge\nNy brygga | Hamnnämnden | Ej påbörjad\nLampor | Gatunämnden | Klar\nBojar | Hamnnämnden | Klar"
    passages = (passage(text, "Åtgärder", PassageKind.TABLE),)
    assert names("Vilka åtgärder har Hamnnämnden?", passages, FactBase((), ())) == ["Bojar", "Ny brygga"]


def test_participants_of_an_initiative():
    assert names("Vilka kommuner är med i Kvarnhjulet?") == ["Ekbacka kommun", "Sandby kommun"]


GOAL_TEXT = passage(
    "Andelen gymnasister med examen ska öka från 70,0 procent år 2019 till 80 procent år 2030.",
    "Mål",
    document="strategi",
)
OUTCOME_TEXT = passage(
    "Examen bland gymnasister: 66,5 procent år 2023. Talet 67,9 för 2023 var fel.", "Utfall", document="rapport"
)
SILENT_TEXT = passage(
    "Badvattnets kvalitet har inte kunnat mätas. Provtagningen ställdes in.", "Utfall", document="rapport"
)


def goal(outcomes: tuple[Figure, ...], title: str = "Fler gymnasister med examen") -> GoalFact:
    at = Stretch(GOAL_TEXT.id, *GOAL_TEXT.sentences[0])
    return GoalFact(
        title, "2", title, "procent", Figure("70,0", 2019, at), Figure("80", 2030, at), outcomes, ("Mål",), at
    )


def outcome(value: str, year: int) -> Figure:
    return Figure(value, year, Stretch(OUTCOME_TEXT.id, *OUTCOME_TEXT.sentences[0]))


def test_a_goal_is_told_with_direction_and_its_last_corrected_outcome():
    facts = FactBase((), (goal((outcome("67,9", 2023), outcome("66,5", 2023))),))
    draft = ask("Hur går det med målet om gymnasister med examen?", (GOAL_TEXT, OUTCOME_TEXT), facts)
    assert draft is not None and draft.lead_key == "goal.wrong"
    assert draft.lead_values["latest"] == "66,5" and draft.lead_values["target"] == "80"
    assert "67,9 procent (2023)" not in [cell.value for cell in draft.rows[0].cells]


def test_silence_about_a_goal_is_said_with_the_sentence_that_says_why():
    facts = FactBase((), (goal((), "Badvattnets kvalitet"),))
    draft = ask("Når vi målet om badvattnets kvalitet?", (GOAL_TEXT, SILENT_TEXT), facts)
    assert draft is not None and draft.lead_key == "goal.unmeasured"
    assert any("Provtagningen" in cell.value for cell in draft.rows[0].cells)


def test_goals_by_condition():
    wrong, right = (
        goal((outcome("66,5", 2023),)),
        replace(goal((outcome("78", 2023),)), title="Fler i arbete", number="3"),
    )
    facts = FactBase((), (wrong, right))
    assert names("Vilka mål går åt fel håll?", (GOAL_TEXT, OUTCOME_TEXT), facts) == ["2 Fler gymnasister med examen"]
    assert len(names("Vilka mål har strategin?", (GOAL_TEXT, OUTCOME_TEXT), facts)) == 2


@pytest.mark.parametrize(
    "question",
    [
        "När startade Kvarnhjulet?",
        "Varför lades Kvarnhjulet ned?",
        "Vad ligger bakom att Kvarnhjulet drivs vidare?",
        "Vad kostar Stenvägen?",
    ],
)
def test_other_questions_are_left_alone(question: str):
    assert ask(question) is None


MORE = (
    passage(
        "I länet finns tre kommuner: Sandby, Ekbacka och Tjärnö. Tovan är ett projekt som Sandby kommun driver. Tovan slutar 2026. "
        "Garnlådan är ett projekt som Väveriskolan i Sandby driver. Garnlådan slutar 2028. Vantrådet är ett nätverk för stickare. "
        "Ekbacka kommun lånade ut en lokal när Garnlådan visades."
    ),
    passage(
        "Tabell 2. Projekt med 1:1-medel\nProjekt | Ägare | Prio | Slut\nTovan | Sandby kommun | 2.3 | 2026\n"
        "Garnlådan | Väveriskolan i Sandby | 1.2 | 2028\nSländan | Ekbacka kommun | 1.2 | 2027",
        "Projekten",
        PassageKind.TABLE,
        "rapport",
    ),
    passage(
        "Prio | Huvudansvarig\n1.2 | Sandby kommun\n2.3 | Väveriskolan i Sandby\n3.1 | Sandby kommun",
        "Vem som gör vad",
        PassageKind.TABLE,
    ),
    passage(
        "Till länet kom fem förslag som någon lade fram: ett vävmuseum, en ulltvätt, en strumpbank, ett fårtåg samt en garnmässa.",
        "Förslag",
    ),
)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Vilka projekt har en kommun som ägare?", ["Sländan", "Tovan"]),
        ("Vilka projekt hör till prioriteringen Varma händer (1.2)?", ["Garnlådan", "Sländan"]),
        ("Vilka prioriteringar är Sandby kommun huvudansvarig för?", ["1.2", "3.1"]),
        ("Ekbacka kommun äger några projekt. Vilka?", ["Sländan"]),
        ("Vilka råd finns?", ["Vantrådet"]),
        ("Vilka projekt betalas med 1:1-medel?", ["Garnlådan", "Sländan", "Tovan"]),
        (
            "Vilka förslag lade någon fram?",
            ["en garnmässa", "en strumpbank", "en ulltvätt", "ett fårtåg", "ett vävmuseum"],
        ),
    ],
)
def test_questions_in_other_forms(question: str, expected: list[str]):
    facts = extract_facts(MORE, [Document("plan", "Plan", "0", "pdf", year=2024)])
    assert names(question, MORE, facts) == expected


def test_a_list_is_proved_by_the_sentence_that_names_its_members_together():
    said = passage("Under 2023 lades Kvarnhjulet och Stenvägen ned, och styrelsen beklagar det.", "Läget")
    passages = (*PASSAGES, said)
    facts = extract_facts(passages, [Document("plan", "Plan", "0", "pdf", year=2024)])
    draft = ask("Vad har lagts ned?", passages, facts)
    assert draft is not None and {row.proof.passage_id for row in draft.rows} == {said.id}


def test_where_the_table_judges_its_goals_the_judgement_decides():
    table = passage(
        "Mål | Läge 2019 | Läge 2023 | Bedömning\n2 | 70,0 % | 66,5 % | Fel håll\n3 | 70,0 % | 68,0 % | Delad\n"
        "4 | 70,0 % | 74,0 % | Rätt håll\n5 | 70,0 % | 75,0 % | Rätt håll",
        "Utfall",
        PassageKind.TABLE,
        "rapport",
    )
    at = [Stretch(table.id, *place) for place in table.sentences]
    one = goal((Figure("66,5", 2023, at[1]),))
    other = replace(goal((Figure("68,0", 2023, at[2]),)), title="Fler i arbete", number="3")
    right = [replace(goal((Figure(f"7{n + 1},0", 2023, at[n]),)), title=f"Mål {n}", number=str(n)) for n in (3, 4)]
    facts = FactBase((), (one, other, *right))
    assert names("Vilka mål går åt fel håll?", (GOAL_TEXT, table), facts) == ["2 Fler gymnasister med examen"]


WHO_OWNS = (
    passage(
        "Projekt | Ägare | Partner | Budget totalt | Varav regionen | Tid\n"
        "Notvarpet | Fiskarrådet | Ekbacka kommun | 9 400 tkr | 900 tkr | 2023–2025\n"
        "Nätbod | Sandby kommun | Fiskarrådet | 700 tkr | 350 tkr | 2024–2026\n"
        "Sumpen | Fiskarrådet | Sandby kommun, Fiskarrådet | 1 100 tkr | 100 tkr | 2024–2025",
        "Projekten",
        PassageKind.TABLE,
        "uppföljning",
    ),
    passage("Fiskarrådet är ett nätverk för dem som fiskar. Fiskarrådet möts varje månad.", "Råd"),
    passage("• Friskare vikar\n• Fler hamnar", "Delområde A: Kusten", PassageKind.LIST),
    passage("• Tätare skog\n• Färre diken", "Delområde B: Skogen", PassageKind.LIST),
)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Vilka projekt ägdes av Fiskarrådet?", ["Notvarpet", "Sumpen"]),
        ("I vilka projekt är Fiskarrådet partner utan att vara ägare?", ["Nätbod"]),
        ("Vilka projekt är Fiskarrådet med i som partner?", ["Nätbod"]),
        ("Vilka projekt har en budget under en miljon kronor?", ["Nätbod"]),
        ("Vilka projekt slutar 2025 enligt uppföljningen 2022–2025?", ["Notvarpet", "Sumpen"]),
        ("Vilka projekt skulle pågå till och med 2026?", ["Nätbod"]),
        ("Vad prioriteras inom delområde B?", ["Färre diken", "Tätare skog"]),
    ],
)
def test_who_owns_and_who_takes_part_the_whole_sum_and_the_part_asked_for(question: str, expected: list[str]):
    passages = tuple(
        replace(one, section=(one.section[0], "Vi prioriterar")) if one.kind is PassageKind.LIST else one
        for one in WHO_OWNS
    )
    facts = extract_facts(passages, [Document("plan", "Plan", "0", "pdf", year=2022)])
    assert names(question, passages, facts) == expected


def test_an_area_is_no_council():
    assert kinds_of("insatsområden") is None and kinds_of("samråden") is not None


JUDGED = passage(
    "Nyckeltal | Basvärde 2021 | Utfall 2024 | Mål 2032 | Rörelse\nBad som är öppna | 10 | 12 | 20 | Sackar efter\n"
    "Barn som kan simma | 70 | 82 | 90 | Enligt kurvan\nBåtar i trafik | 5 | 6 | 15 | Sackar efter",
    "Nyckeltalen",
    PassageKind.TABLE,
)
JUDGED_FACTS = extract_facts((JUDGED,), [Document("plan", "Plan", "0", "pdf", year=2024)])


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Vilka nyckeltal sackar efter?", ["Bad som är öppna", "Båtar i trafik"]),
        ("Vilka av målen bedöms gå enligt kurvan?", ["Barn som kan simma"]),
    ],
)
def test_goals_are_found_by_the_words_that_the_document_judges_them_with(question: str, expected: list[str]):
    assert names(question, (JUDGED,), JUDGED_FACTS) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Vilka projekt driver Ekbacka kommun? Räkna även med avslutade från 2021.", ["Skepparlinjen"]),
        ("Vilka projekt är Leader med i och betalar?", ["Skepparlinjen"]),
        ("Vilka projekt deltar Ekbacka kommun i utan att vara huvudman?", ["Kvarnhjulet"]),
    ],
)
def test_what_a_question_adds_is_read_for_what_it_says(question: str, expected: list[str]):
    assert names(question) == expected


def test_what_shall_not_count_leaves_the_list_unsure():
    draft = ask("Vilka projekt driver Ekbacka kommun utan att betala något?")
    assert draft is None or draft.features.read == 0.0


GROUPED = passage(
    "Förvaltning | Tjänst | Antal\nStrandförvaltningen | Badvakt | 4\nStrandförvaltningen | Hamnvärd | 1\n"
    "Parkförvaltningen | Trädvårdare | 2",
    "Bemanning",
    PassageKind.TABLE,
)
COURSES = passage(
    "Skola | Kurs | Start\nEkskolan | Segling | 3 maj\nEkskolan | Knopar | 9 maj\nAlskolan | Dykning | 4 maj",
    "Kurser våren 2031",
    PassageKind.TABLE,
)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Vilka tjänster har Strandförvaltningen?", ["Badvakt", "Hamnvärd"]),
        ("Vilka kurser ger Ekskolan våren 2031?", ["Knopar", "Segling"]),
    ],
)
def test_rows_are_told_apart_by_the_very_word_and_named_by_the_column_asked_for(question: str, expected: list[str]):
    assert names(question, (GROUPED, COURSES), extract_facts((GROUPED, COURSES), [])) == expected


STORMS = (
    passage("Vi säger byar hellre än hinder. Tre byar har märkts mest.", "Tre byar", document="strategi"),
    *(
        replace(passage(text, heading, document="strategi"), section=("Tre byar", heading))
        for heading, text in (
            ("Tomma kajer", "Varannan kajplats står tom."),
            ("Dyra båtar", "En båt kostar mer än förr."),
            ("Få lotsar", "Det tar år att lära sig farlederna."),
        )
    ),
)


def test_the_headings_under_one_that_counts_them_are_a_list_in_the_strategys_own_word():
    assert names("Vilka är de tre byarna?", STORMS, FactBase((), ())) == ["Dyra båtar", "Få lotsar", "Tomma kajer"]


def test_headings_that_are_more_or_fewer_than_is_said_are_no_list():
    assert names("Vilka är de tre byarna?", STORMS[:-1], FactBase((), ())) == []


PARTS = tuple(
    replace(passage("Här står vad vi vill.", title, document="strategi"), section=(title,))
    for title in ("Färdväg A Mera bro", "Färdväg B Mindre väg", "Färdväg C Nya kajer")
)
BUILDING = tuple(
    replace(passage(f"Ägare: {owner}\nTid: 2025–2027\nStatus: pågår", name), section=(part, name))
    for part, name, owner in (("A. Mera bro", "Långbron", "Ås kommun"), ("B. Mindre väg", "Stigarna", "Viks kommun"))
)


@pytest.mark.parametrize(
    "question",
    ["Vilka projekt finns inom färdväg B?", "Vilka projekt hör till Mindre väg?", "Vilka projekt ingår i färdvägen B?"],
)
def test_parts_are_asked_for_by_the_strategys_own_word_or_by_title(question: str):
    every = (*PARTS, *BUILDING)
    assert names(question, every, extract_facts(every, [])) == ["Stigarna"]


LAST = passage(
    "Mått | Utgångsläge 2021 | Utfall 2024 | Mål 2032 | Omdöme\nBad som är öppna | 10 | 20 | 20 | nådd\n"
    "Barn som kan simma | 70 | 82 | 90 | rätt håll\nBåtar i trafik | 5 | 4 | 15 | fel håll",
    "Måtten",
    PassageKind.TABLE,
)


def test_a_judgement_is_known_by_the_head_of_its_column_though_no_other_row_has_it():
    facts = extract_facts((LAST,), [Document("plan", "Plan", "0", "pdf", year=2024)])
    assert names("Vilka mål är redan nådda?", (LAST,), facts) == ["Bad som är öppna"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Vad finns det för nätverk i länet?", ["Linrådet"]),
        ("Vilka projekt har Leader gått in med pengar i, nya beslut inräknade?", ["Skepparlinjen"]),
    ],
)
def test_what_is_let_in_narrows_nothing(question: str, expected: list[str]):
    assert names(question) == expected


OWN_WORD = passage(
    "Ledstjärna | Så var det 2021 | Framme 2035\nAndel som cyklar, procent | 11 | 20\nRestid till sjukhus | 48 | 35",
    "Ledstjärnor",
    PassageKind.TABLE,
)


def test_goals_are_asked_for_by_the_documents_own_word():
    facts = extract_facts((OWN_WORD,), [Document("plan", "Plan", "0", "pdf", year=2024)])
    assert names("Vilka ledstjärnor finns?", (OWN_WORD,), facts) == ["Andel som cyklar, procent", "Restid till sjukhus"]


TAKEN = passage(
    "Nr | Det här görs | Ansvarig | Kostnad, tkr\n1 | Kvarnhjulet | Sandby kommun | 600\n2 | Skepparlinjen | Ekbacka kommun | 2 400\n3 | Linspåret | Ekbacka kommun | 900",
    "Steg som tas 2027",
    PassageKind.TABLE,
)
LATE = passage(
    "Fyra insatser lämnade sin rapport för sent:\n• Myrstigen\n• Varm jord\n• Lyktan\n• Vindbygden",
    "Så gick det till",
    PassageKind.LIST,
)


def test_a_small_word_of_a_heading_is_no_part_of_the_name_that_a_question_asks_for():
    facts = extract_facts((LATE,), [Document("plan", "Plan", "0", "pdf", year=2024)])
    draft = ask("Vilka insatser finansieras av Tillväxtverket?", (LATE,), facts)
    assert draft is not None and draft.features.read == 0.5


NESTED = passage(
    "Den som hyr en brygga ska klara tre krav:\n1. Säkerhet\n• flytväst för alla ombord\n• släckare\n2. Skötsel\n• tvätt varje vår\n3. Ansvar\n• försäkring",
    "Krav på den som hyr",
    PassageKind.LIST,
)


def test_a_list_goes_on_over_those_that_stand_under_its_items():
    found = names("Vilka tre krav ställs på den som hyr en brygga?", (NESTED,), extract_facts((NESTED,), []))
    assert found == ["Ansvar", "Skötsel", "Säkerhet"]


PAST = replace(
    passage("De tre hindren i länet är:\n• långa vägar\n• få bryggor\n• dyr el", "Hinder", PassageKind.LIST),
    document_id="förra",
    id="förra/1",
)
NOW = passage("Länets tre hinder är:\n• grunda hamnar\n• gamla båtar\n• små klubbar", "Hinder", PassageKind.LIST)


@pytest.mark.parametrize(
    ("question", "first"), [("Vilka hinder finns?", "gamla båtar"), ("Vilka var de förra hindren?", "dyr el")]
)
def test_a_list_of_a_replaced_document_stands_back_unless_it_is_asked_for(question: str, first: str):
    material = Material(FactBase((), ()), {PAST.id: PAST, NOW.id: NOW}, frozenset({"förra"}))
    draft = answer_list(read_question(question), material, likeness_in((PAST, NOW)))
    assert draft is not None and first in {row.name for row in draft.rows}


STEPS_OF_A_GOAL = passage(
    "Mål | Indikator | Utfall 2023 | Målvärde 2026 | Målvärde 2030\nFler ska cykla | Cykelresor | 14 % | 20 % | 25 %",
    "Mål",
    PassageKind.TABLE,
)


@pytest.mark.parametrize(("year", "told"), [("2026", False), ("2030", True)])
def test_what_is_aimed_at_for_a_year_is_told_by_the_goal_only_where_it_has_that_year(year: str, told: bool):
    facts = extract_facts((STEPS_OF_A_GOAL,), [Document("plan", "Plan", "0", "pdf", year=2024)])
    draft = ask(f"Hur går det med målet {year} att fler ska cykla, cykelresor?", (STEPS_OF_A_GOAL,), facts)
    assert (draft is not None) is told


PORTFOLIO = passage(
    "Insats | Led | Ägare; medverkande | Medel från | Reg. medfin. (tkr) | Läge | Tid\n"
    "Vassbryggan | 1 | Sandby kommun; Ekbacka kommun | ESF+ | 900 | Avslutad | 2021–2023\n"
    "Halmlyftet | 1 | Ekbacka kommun | Jordbruksverket | – | Pausad | 2022–2025\n"
    "Dynskolan | 2 | Sandby kommun; Tjärnö kommun | Eruf | 4 100 | Nedlagd | 2022–2024\n"
    "Skutklubben | 2 | Tjärnö kommun | Arvsfonden | 300 | Pågår | 2025–2028",
    "Läget den 31 december 2024",
    PassageKind.TABLE,
)
LEDS = tuple(
    replace(passage("Här står vad vi vill.", title, document="strategi"), section=(title,))
    for title in ("4 Led 1: Mera hav", "5 Led 2: Torra land", "6 Led 3: Öppna vägar")
)
STEPS_TAKEN = passage(
    "Nr | Åtgärd | Ansvarig | Klart senast\n1 | Måla om alla bryggor i hamnen | Ekbacka kommun | 2025-06-30\n"
    "2 | Välja hamnvärd bland de sökande | Tjärnö kommun | 2026-01-31",
    "Åtgärdslista",
    PassageKind.TABLE,
)
WHOLE = (*LEDS, PORTFOLIO, STEPS_TAKEN)
WHOLE_FACTS = extract_facts(WHOLE, [Document("plan", "Plan", "0", "pdf", year=2024)])


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Vilka insatser är pausade eller nedlagda?", ["Dynskolan", "Halmlyftet"]),
        ("Vilka insatser är ännu inte avslutade?", ["Halmlyftet", "Skutklubben"]),
        ("Vilka insatser var avslutade vid årsskiftet 2024/2025?", ["Vassbryggan"]),
        ("Vilka insatser får inga EU-pengar?", ["Halmlyftet", "Skutklubben"]),
        ("Vilka insatser har stöd från någon EU-fond?", ["Dynskolan", "Vassbryggan"]),
        ("Vilka insatser har 2025 som startår?", ["Skutklubben"]),
        ("Vilka insatser hör till led 2?", ["Dynskolan", "Skutklubben"]),
        ("Vilka insatser äger Sandby kommun?", ["Dynskolan", "Vassbryggan"]),
        ("Vilka insatser har mer än 2 miljoner kronor i regional medfinansiering?", ["Dynskolan"]),
        ("Vilka åtgärder ansvarar Tjärnö kommun för?", ["Välja hamnvärd bland de sökande"]),
    ],
)
def test_states_denials_payers_and_rows_of_actions(question: str, expected: list[str]):
    found = names(question, WHOLE, WHOLE_FACTS)
    assert [name for name in found if name != "Skutklubben" or name in expected] == expected


def test_the_sentence_that_counts_a_list_leads_to_it():
    text = (
        "Vi ser tre knutar på vägen. De hänger ihop.\n1. Kajer rasar. Få lagas.\n2. Båtar saknas.\n3. Lotsar flyttar."
    )
    knots = (passage(text, "Det trasslar", PassageKind.LIST),)
    assert len(names("Vilka är knutarna?", knots, FactBase((), ()))) == 3
