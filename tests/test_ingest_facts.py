"""Typed facts out of invented passages: names, kinds, attributes, goals with their figures, and their proof."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from ingest.documents import Document, Passage, PassageKind, Span
from ingest.facts.extract import extract_facts
from ingest.facts.record import from_record, register_record, to_record
from ingest.facts.types import Attribute, Entity, FactBase
from ingest.swedish import split_sentences


def passage(text: str, section: Sequence[str] = (), document: str = "strategi", kind: str = "paragraph") -> Passage:
    """A passage on page 3 of a document."""
    return Passage(
        id=f"{document}-{abs(hash((text, tuple(section)))):x}",
        document_id=document,
        title=document,
        section=tuple(section),
        kind=PassageKind(kind),
        text=text,
        spans=(Span(3, 0, len(text)),),
        sentences=split_sentences(text),
    )


def document(name: str, year: int) -> Document:
    return Document(id=name, title=name, sha256="0", media_type="pdf", year=year)


def facts_of(*passages: Passage) -> FactBase:
    return extract_facts(passages, [document("strategi", 2021), document("uppföljning", 2024)])


def entity(facts: FactBase, name: str) -> Entity:
    return next(one for one in facts.entities if name in (one.name, *one.aliases))


def values(one: Entity, attribute: Attribute) -> list[str]:
    return [fact.value for fact in one.facts if fact.attribute is attribute]


def initiatives(facts: FactBase) -> set[str]:
    return {one.name for one in facts.entities if one.kind not in ("organisation", "municipality")}


TABLE = passage(
    "Tabell 3. Insatser, miljoner kronor\n"
    "Insats | Projektägare | Finansiär | Beviljat | Period | Läge\n"
    "Myrstigen | Granviks kommun | ESF+ | 4,5 | 2021–2023 | Avslutat\n"
    "Varm jord | Lantbruksgymnasiet i Ekby | Vinnova | 2,25 | 2022–2025 | Pågår\n"
    "Summa | | | 6,75 | |",
    ["Pengar"],
    "uppföljning",
    "table",
)
NEXT_PAGE = passage(
    "Ljus i byn | Ekby kommun | Boverket | 1,1 | 2023–2024 | Pausat", ["Pengar"], "uppföljning", "table"
)


def test_a_table_gives_names_and_attributes_by_the_meaning_of_its_head():
    found = facts_of(TABLE)
    assert initiatives(found) == {"Myrstigen", "Varm jord"}
    path = entity(found, "Myrstigen")
    assert values(path, Attribute.OWNER) == ["Granviks kommun"]
    assert values(path, Attribute.FUNDER) == ["ESF+"]
    assert values(path, Attribute.SUM) == ["4,5"]
    assert [fact.unit for fact in path.facts if fact.attribute is Attribute.SUM] == ["miljoner kronor"]
    assert [fact.year for fact in path.facts if fact.attribute is Attribute.START] == [2021]
    assert [fact.year for fact in path.facts if fact.attribute is Attribute.END] == [2023]
    assert values(path, Attribute.STATUS)[-1] == "avslutat"


def test_the_head_holds_for_the_rows_on_the_next_page():
    light = entity(facts_of(TABLE, NEXT_PAGE), "Ljus i byn")
    assert values(light, Attribute.OWNER) == ["Ekby kommun"]
    assert values(light, Attribute.STATUS)[-1] == "pausat"


def test_the_head_of_one_section_is_no_head_of_a_table_in_another():
    other = passage("Anna Berg | Handläggare | anna@example.org", ["Kontakt"], "uppföljning", "table")
    assert "Anna Berg" not in initiatives(facts_of(TABLE, other))


def test_a_small_table_of_facts_belongs_to_the_heading_above_it():
    box = passage(
        "Ägare | Ekby kommun\nParter | Granviks kommun, Hantverksföreningen\nFinansiär | Leader Åsarna 1,2 mnkr\n"
        "Löptid | 2022-03-01–2024-08-31\nStatus | Nedlagt",
        ["Insatser", "Stenbron"],
        kind="table",
    )
    bridge = entity(facts_of(box), "Stenbron")
    assert values(bridge, Attribute.OWNER) == ["Ekby kommun"]
    assert "Hantverksföreningen" in values(bridge, Attribute.PARTICIPANT)
    assert values(bridge, Attribute.FUNDER) == ["Leader Åsarna"]
    assert [fact.year for fact in bridge.facts if fact.attribute is Attribute.END] == [2024]
    assert values(bridge, Attribute.STATUS)[-1] == "nedlagt"


@pytest.mark.parametrize("heading", ["Insatsblad 4 Bryggan", "Projekt 4: Bryggan", "Åtgärd nr 4 – Bryggan"])
def test_the_count_of_a_fact_sheet_is_no_part_of_its_name(heading: str):
    text = "Insatsägare: Viks hamn AB\nBudget: 3,5 mnkr\nPeriod: 2024–2027\nLäge: Försenad"
    facts = facts_of(passage(text, ["Fakta", heading], "uppföljning"))
    assert values(entity(facts, "Bryggan"), Attribute.OWNER) == ["Viks hamn AB"]


def test_labelled_lines_of_text_make_a_box_whose_name_stands_before_them():
    run_in = (
        "Bäverdammen. Huvudman: Ekmora kommun. Finansiering: ESF+ (4 mnkr). "
        "Period: mars 2022 – juni 2024. Läge: pausat."
    )
    lines = "Projektägare: Lidby kommun\nMedfinansiärer: Leader Skogsbygd, Jordbruksverket\nTotal budget: 3,4 mnkr"
    found = facts_of(passage(run_in, ["Satsningar"]), passage(lines, ["Projekt", "Storspoven"], kind="list"))
    assert initiatives(found) == {"Bäverdammen", "Storspoven"}
    dam, curlew = entity(found, "Bäverdammen"), entity(found, "Storspoven")
    assert values(dam, Attribute.OWNER) == ["Ekmora kommun"] and values(dam, Attribute.STATUS)[-1] == "pausat"
    assert [fact.year for fact in dam.facts if fact.attribute is Attribute.END] == [2024]
    assert values(curlew, Attribute.FUNDER) == ["Leader Skogsbygd", "Jordbruksverket"]


def test_an_action_within_an_initiative_is_no_initiative():
    actions = passage(
        "Åtgärd | Ansvarig | Start | Slut\nStenbron – ny ansökan om medel | Ekby kommun | 2025 | 2026\n"
        "Ta fram en plan för skötsel av leder | Granviks kommun | 2025 | 2025",
        ["Åtgärder"],
        kind="table",
    )
    found = initiatives(facts_of(actions))
    assert not any("ansökan" in name or "plan" in name for name in found)


PROSE = (
    passage(
        "I Granvik, Ekby och Norrsele kommuner pågår sedan 2021 projektet Rent hus. Granviks kommun äger projektet, "
        "som finansieras med 3,2 miljoner kronor ur Klimatklivet. Projektet avslutas i december 2024.",
        ["Energi"],
    ),
    passage("Rent hus lades ned i förtid den 3 maj 2023.", ["Läget"], "uppföljning"),
    passage("Nätverket Skogsbordet, ett nätverk för länets snickare, bildades 2019.", ["Trä"]),
    passage("Skogsbordet leds av Norrsele kommun och har träffats tolv gånger.", ["Trä"], "uppföljning"),
)


def test_sentences_tell_owner_money_years_and_who_takes_part():
    house = entity(facts_of(*PROSE), "Rent hus")
    assert house.kind == "project"
    assert set(values(house, Attribute.OWNER)) == {"Granviks kommun"}
    assert "3,2 miljoner kronor" in values(house, Attribute.SUM)
    assert "Klimatklivet" in values(house, Attribute.FUNDER)
    assert [fact.year for fact in house.facts if fact.attribute is Attribute.START][-1] == 2021
    assert {"Ekby", "Norrsele"} <= set(values(house, Attribute.PARTICIPANT))


def test_the_latest_status_wins():
    assert values(entity(facts_of(*PROSE), "Rent hus"), Attribute.STATUS)[-1] == "nedlagt"


def test_an_owner_is_not_one_who_takes_part_and_a_network_is_one():
    board = entity(facts_of(*PROSE), "Skogsbordet")
    assert board.kind == "network"
    assert set(values(board, Attribute.OWNER)) == {"Norrsele kommun"}


def test_every_value_is_proved_by_a_stretch_that_stands_in_its_passage():
    passages = (TABLE, *PROSE)
    texts = {one.id: one.text for one in passages}
    for one in facts_of(*passages).entities:
        for proof in (*one.mentions, *(fact.proof for fact in one.facts)):
            assert 0 <= proof.start < proof.end <= len(texts[proof.passage_id])


@pytest.mark.parametrize("word", ["Nej", "Tabell 3", "Granvik", "Granviks kommun", "Klimatklivet", "Summa", "Pågår"])
def test_places_bodies_funds_and_labels_are_no_initiatives(word):
    faq = passage("Nej. Granvik söker. Tabell 3 visar att Klimatklivet i Granvik och Ekby räcker.", ["Frågor"])
    assert word not in initiatives(facts_of(TABLE, NEXT_PAGE, *PROSE, faq))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("I projektet Halva dagen får elever gå hos ett företag. Projektet pågår 2022–2024.", "Halva dagen"),
        ("Fritt vatten 2035 är en överenskommelse mellan regionen och 40 företag.", "Fritt vatten 2035"),
        ("Tre projekt bär området: Vadarfågel, Strandkant och Tusen bryggor.", "Tusen bryggor"),
        (
            "Projektet Skogs- och vattenvägar leder besökare till sjön. Skogs- och vattenvägar drivs av Ekmora kommun.",
            "Skogs- och vattenvägar",
        ),
        ("Med Fröbanken ges unga odlare en start. Fröbanken drivs av Ekmora kommun.", "Fröbanken"),
    ],
)
def test_names_in_running_text(text: str, name: str):
    assert name in initiatives(facts_of(passage(text, ["Satsningar"])))


def test_municipalities_and_bodies_are_learned():
    found = facts_of(*PROSE, TABLE)
    assert {one.name for one in found.entities if one.kind == "municipality"} == {"Granvik", "Ekby", "Norrsele"}
    assert "Lantbruksgymnasiet i Ekby" in {one.name for one in found.entities if one.kind == "organisation"}


def test_an_abbreviation_and_a_new_name_are_the_same_initiative():
    found = facts_of(
        passage("Projektet Samlad vägledning (SAV) startade 2022.", ["Skola"]),
        passage("Under 2023 nådde SAV 40 elever. SAV drivs av Ekby kommun.", ["Skola"], "uppföljning"),
        passage("Projektet Byabussen startade 2020. Byabussen kör i Ekby.", ["Resor"]),
        passage("Byabussen bytte namn till Turbilen i januari 2023. Turbilen fortsätter.", ["Resor"], "uppföljning"),
    )
    assert entity(found, "SAV") == entity(found, "Samlad vägledning")
    assert entity(found, "Turbilen") == entity(found, "Byabussen")


def test_a_second_edition_and_look_alikes_are_never_joined():
    rows = "Projekt | Ägare | Tid\nKlart vatten | Ekby kommun | 2018–2020\nKlart vatten 2.0 | Ekby kommun | 2021–2024"
    similar = "\nVattenlyftet | Granviks kommun | 2020–2022\nVattenlyktan | Granviks kommun | 2022–2023"
    found = facts_of(passage(rows + similar, ["Vatten"], kind="table"))
    assert initiatives(found) == {"Klart vatten", "Klart vatten 2.0", "Vattenlyftet", "Vattenlyktan"}


def test_a_cell_may_hold_a_name_with_its_description_and_several_labelled_values():
    told = passage(
        "Projekt och syfte | Vem | Tid, budget och medel\n"
        "Hamnljus Nya lyktor längs hela kajen och ute på piren. | Ägare: Ekby kommun Parter: Granviks kommun, Byalaget"
        " | 2023–2026 12,5 mnkr Havsfonden\n"
        "Båtbuss En linje mellan öarna som går året om i alla väder. | Ägare: Sjötrafiken Parter: Ekby kommun"
        " | 2024–2025 3,1 mnkr Havsfonden",
        ["Projekten"],
        "rapport",
        "table",
    )
    found = facts_of(told)
    light = entity(found, "Hamnljus")
    values = {(fact.attribute.value, fact.value) for fact in light.facts}
    assert {("owner", "Ekby kommun"), ("participant", "Granviks kommun"), ("participant", "Byalaget")} <= values
    assert {("start", "2023"), ("end", "2026"), ("funder", "Havsfonden")} <= values
    assert any(name == "sum" and "12,5" in value for name, value in values)


def test_a_name_that_opens_its_cell_with_a_full_stop_tells_in_brackets_what_it_belongs_to():
    told = passage(
        "Projekt och område | Ägare | Tid\n"
        "Hamnljus 2.0 (område 2). Nya lyktor längs hela kajen. | Ekby kommun | 2023–2026\n"
        "Fiber sista biten (område 3). Bredband till öarna. | Granviks kommun | 2024–2025",
        ["Projekten"],
        "rapport",
        "table",
    )
    found = facts_of(told)
    assert initiatives(found) == {"Hamnljus 2.0", "Fiber sista biten"}
    fiber = entity(found, "Fiber sista biten")
    assert ("priority", "område 3") in {(fact.attribute.value, fact.value) for fact in fiber.facts}


def test_a_card_of_two_lines_is_one_row():
    told = passage(
        "Hamnljus | PÅGÅR\n"
        "12,5 mnkr Leader 2023–2026 | Ekby kommun tänder nya lyktor längs hela kajen.\n"
        "Båtbuss & Bro | PAUSAT\n"
        "3,1 mnkr beviljat (sökt: 9,0 mnkr) Klimatklivet 2024–2025 | Granviks kommun kör en linje mellan öarna.",
        ["Insatser"],
        kind="table",
    )
    found = facts_of(told)
    assert {"Hamnljus", "Båtbuss & Bro"} <= initiatives(found)
    values = {(fact.attribute.value, fact.value) for fact in entity(found, "Båtbuss & Bro").facts}
    assert {("start", "2024"), ("end", "2025"), ("sum", "3,1 mnkr"), ("funder", "Klimatklivet")} <= values
    assert ("sum", "12,5 mnkr") not in values


def test_the_row_beside_an_empty_corner_names_the_columns():
    told = passage(
        "– | Fiberrådet | Länk 34 | Sista biten\n"
        "Vad | Kartläggning av fiber | Studie för väg och bana | Anropsstyrd trafik\n"
        "Ägare | Ekby kommun | Granviks kommun | Ekby kommun\n"
        "Budget | 2,1 mnkr | 1,6 mnkr | 11,2 mnkr\n"
        "Läge | Avslutat | Avslutat | Pågår",
        ["Insatser"],
        kind="table",
    )
    found = facts_of(told)
    assert {"Fiberrådet", "Länk 34", "Sista biten"} <= initiatives(found)
    values = {(one.attribute.value, one.value) for one in entity(found, "Länk 34").facts}
    assert {("owner", "Granviks kommun"), ("sum", "1,6 mnkr")} <= values


def test_a_heading_over_a_sentence_that_names_an_effort_is_not_its_name():
    told = "Det som började under namnet Lanthandeln heter sedan i fjol Servicebryggan. Projektet ägs av Ekby kommun."
    under = passage(told, ["Läget", "Service och sammanhållning"])
    found = facts_of(under, passage("Servicebryggan växer.", ["Läget"]))
    assert "Service och sammanhållning" not in initiatives(found)


def test_what_was_given_wrongly_before_is_no_fact():
    table = passage("Projekt | Ägare | Belopp\nHamnljus | Ekby kommun | 31,5 mnkr", ["Projekt"], kind="table")
    right = "Hamnljus får 33,1 miljoner kronor. För Hamnljus angavs 30,5 miljoner kronor i rapporten."
    found = facts_of(table, passage(right, ["Rättelse"], "uppföljning"))
    sums = values(entity(found, "Hamnljus"), Attribute.SUM)
    assert sums[-1] == "33,1 miljoner kronor" and not any("30,5" in one for one in sums)


def test_names_that_each_have_a_row_are_two_however_alike():
    told = passage(
        "Insats | Ägare\nLotsen | Ekby kommun\nLotsarna | Granviks kommun\nVattenvårdsplan | Ekby kommun",
        ["Insatser"],
        kind="table",
    )
    found = facts_of(told, passage("Lotsarna möter nya båtägare. Lotsen är en bok.", ["Läget"], "uppföljning"))
    assert {"Lotsen", "Lotsarna"} <= initiatives(found)


GOALS = passage(
    "Nr | Mål | Indikator | Utgångsvärde | Målvärde\n"
    "1.1 | Fler läser vidare | Andel unga med examen | 71,5 % (2020) | 80 % (2030)\n"
    "1.2 | Kortare resa | Restid med buss Ekby–Granvik | 1 tim 10 min (2020) | under 55 minuter (2029)",
    ["Mål"],
    kind="table",
)


def test_goals_have_number_indicator_base_and_target():
    first, second = facts_of(GOALS).goals
    assert (first.number, first.title, first.indicator) == ("1.1", "Fler läser vidare", "Andel unga med examen")
    assert (first.base.value, first.base.year, first.target.value, first.target.year) == ("71,5", 2020, "80", 2030)
    assert (second.base.value, second.target.value) == ("1 tim 10 min", "55")


def test_outcomes_are_joined_by_number_and_a_correction_comes_last():
    follow_up = passage(
        "Mål | Utgångsvärde | Utfall | Mål 2030\n"
        "1.1 Examen bland unga | 71,5 % (2020) | 73,0 % (2022), 76,4 % (2023) | 80 %",
        ["Läget"],
        "uppföljning",
        "table",
    )
    right = passage(
        "I tabellen anges att 76,4 procent av de unga hade examen 2023. Rätt uppgift är 75,9 procent.",
        ["Rättelse"],
        "uppföljning",
    )
    goal = facts_of(GOALS, follow_up, right).goals[0]
    assert [(one.value, one.year) for one in goal.outcomes] == [("73,0", 2022), ("76,4", 2023), ("75,9", 2023)]


@pytest.mark.parametrize(
    "right", ["var 75,9 procent och inte 76,4 procent.", "var inte 76,4 procent utan 75,9 procent."]
)
def test_a_sentence_that_sets_a_figure_right_corrects_the_outcome_and_sets_no_goal(right):
    told = "Mål | Utfall\n1.1 Examen bland unga | 73,0 % (2022), 76,4 % (2023)"
    follow_up = passage(told, ["Läget"], "uppföljning", "table")
    correction = passage(f"Mål 1.1. Andelen unga med examen 2023 {right}", ["Rättelse"], "uppföljning")
    found = facts_of(GOALS, follow_up, correction).goals
    assert [(one.value, one.year) for one in found[0].outcomes][-1] == ("75,9", 2023)
    assert len(found) == len(facts_of(GOALS).goals)


@pytest.mark.parametrize(
    ("heading", "text", "year"),
    [
        ("Beslut", "Målåret för examen bland unga flyttas till 2033.", 2033),
        ("Beslut", "Målet om examen får slutåret 2033 i stället för 2030.", 2033),
        ("Beslut", "Slutåret för examen flyttas från 2027 till 2033.", None),  # no goal is for 2027
        ("Det här föreslås", "Målåret för examen bland unga flyttas till 2033.", None),
    ],
)
def test_a_target_is_put_off_by_what_is_decided_later_and_keeps_its_own_proof(heading, text, year):
    goal = facts_of(GOALS, passage(text, [heading], "uppföljning")).goals[0]
    assert (goal.target.value, goal.target.year) == ("80", 2030)
    assert (goal.postponed.year if goal.postponed else None) == year


def test_a_bare_number_joins_a_goal_under_another_name_where_the_base_is_the_same():
    set_by = passage(
        "Mål | Indikator | Basvärde | Målvärde\n3 | Andel hushåll som sorterar matavfall | 41,5 % | 80 %\n"
        "4 | Antal badplatser med god status | 12 | 20",
        ["Mål"],
        "plan",
        "table",
    )
    told = "Mål | Kort namn | Bas | Utfall 2025\n3 | Sortering | 41,5 % | 57,0 %\n4 | Sjöar | 31 | 35"
    first, second = facts_of(set_by, passage(told, ["Läget"], "uppföljning", "table")).goals
    assert [(one.value, one.year) for one in first.outcomes] == [("57,0", 2025)]
    assert second.outcomes == ()


def test_a_series_of_years_tells_the_outcomes_of_the_goal_that_it_aims_at():
    goal = "Målet är mätbart. Antalet jobb i skogen ska öka från 4 150 år 2022 till 5 000 år 2035."
    series = "Jobb i skogen\n2022 | 4 150\n2023 | 4 210\n2024 | 4 090\nMål 2035 | 5 000"
    found = facts_of(passage(goal, ["Mål"]), passage(series, ["Läget"], "uppföljning", "table")).goals
    assert [(one.value, one.year) for one in found[0].outcomes] == [("4 210", 2023), ("4 090", 2024)]


def test_goals_are_read_out_of_sentences():
    found = facts_of(
        passage(
            "För området gäller två mål. Andelen resor med buss ska öka från 9,5 procent (2020) till 15 procent "
            "år 2030. "
            "Antalet byar med butik ska vara 40 år 2028.",
            ["Resor", "Mål"],
        )
    ).goals
    assert [(goal.base.value if goal.base else None, goal.target.value, goal.target.year) for goal in found] == [
        ("9,5", "15", 2030),
        (None, "40", 2028),
    ]


def test_the_result_of_a_project_is_no_goal_of_the_strategy():
    text = "Satsningen Rent hus har nått 31 familjer (målet är 40) och 12 av dem har bytt panna."
    assert facts_of(passage(text, ["Energi"], "uppföljning")).goals == ()


def test_priorities_and_challenges_are_headings_and_items():
    found = facts_of(
        passage("Att skogen räcker.", ["Prioritering 1: Levande skog"]),
        passage("Länet har två utmaningar:\n• Långa vägar\n• Få barn", ["Utmaningar"], kind="list"),
    )
    assert [one.name for one in found.priorities] == ["Levande skog"]
    assert [one.name for one in found.challenges] == ["Långa vägar", "Få barn"]


def test_facts_survive_a_round_through_json_and_print_with_quotes():
    passages = (TABLE, *PROSE, GOALS)
    found = facts_of(*passages)
    assert from_record(json.loads(json.dumps(to_record(found)))) == found
    printed = register_record(found, passages)
    path = next(one for one in printed["initiatives"] if one["name"] == "Myrstigen")
    assert path["owner"]["value"] == "Granviks kommun"
    assert path["owner"]["quote"].startswith("Myrstigen | Granviks kommun")
    assert path["owner"]["page"] == 3


def test_nothing_is_found_in_nothing():
    assert facts_of() == FactBase(entities=(), goals=(), abbreviations={})


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Projektet Lindbacken har gett fyra byar nya mötesplatser.", "Lindbacken"),
        ("Satsningen Ljus över land ska pröva nya lampor.", "Ljus över land"),
        ("Ett sätt att nå unga är Mot öppet hav, som har funnits sedan 2015.", "Mot öppet hav"),
    ],
)
def test_names_that_only_prose_tells(text: str, name: str):
    assert name in initiatives(facts_of(passage(text)))


def test_items_under_a_lead_that_announces_efforts_are_names():
    announced = passage("Planen har lett till dessa satsningar:\n• LODIS\n• Havets kraft\n• Nästa strand", kind="list")
    assert {"LODIS", "Havets kraft", "Nästa strand"} <= initiatives(facts_of(announced))


@pytest.mark.parametrize(
    "text", ["I en del fall är den gamla samverkan svagare.", "Förslaget om insatsområdet Skapa trygghet har prövats."]
)
def test_what_begins_a_sentence_is_no_name_for_that(text: str):
    assert initiatives(facts_of(passage(text))) == set()


def test_goals_whose_number_and_target_both_stand_under_mal():
    text = """Mål | Indikator | Utgångsläge | 2023 | 2024 | Mål (slutår) | Bedömning
Q1 | Ekrar per ko | 4,0 (2021) | 4,4 | 4,9 | 6,0 (2031) | Rätt håll
Q2 | Lador, % | 61 (2021) | 60 | 58 | 70 (2031) | Fel håll"""
    head, whole = text.partition("\n")[0], ((0, len(text)),)
    spans = (Span(1, 0, len(text)),)
    table = Passage("p", "d", "Ladrapporten", ("Läget",), PassageKind.TABLE, text, spans, whole, head=head)
    first, second = extract_facts((table,), (Document("d", "Ladrapporten", "0" * 64, "pdf"),)).goals
    assert (first.number, second.number) == ("Q1", "Q2")
    assert [goal.target and goal.target.value for goal in (first, second)] == ["6,0", "70"]
    assert [one.value for one in first.outcomes] == ["4,4", "4,9"]


def test_a_table_that_lies_on_its_side():
    turned = (
        "Projekt | Grankotten | Lavskrikan\nHuvudman | Ekmora kommun | Lidby kommun\nBudget, mnkr | 2,1 | 5,0\n"
        "Tid | 2021–2022 | 2022–2024\nStatus | Avslutat | Nedlagt"
    )
    bird = entity(facts_of(passage(turned, ["Översikt"], kind="table")), "Lavskrikan")
    assert values(bird, Attribute.OWNER) == ["Lidby kommun"] and values(bird, Attribute.SUM) == ["5,0"]
    assert values(bird, Attribute.STATUS)[-1] == "nedlagt"


def test_a_table_without_a_head_is_read_by_what_its_cells_hold():
    rows = "✓ | Myggfritt | Ekmora kommun | 2020–2022\n● | Snöspår | Lidby kommun | 2021–2025"
    found = facts_of(passage(rows, ["Lista"], kind="table"))
    assert initiatives(found) == {"Myggfritt", "Snöspår"}
    assert values(entity(found, "Myggfritt"), Attribute.STATUS)[-1] == "avslutat"
    assert values(entity(found, "Snöspår"), Attribute.OWNER) == ["Lidby kommun"]


def test_a_name_merged_over_rows():
    rows = (
        "Satsning | Leder | Medverkar | Start | Slut\n"
        "Gråhägern | Ekmora kommun | Lidby kommun | 2023 | 2026\n | Ekmora kommun | Norrmarks högskola | 2023 | 2026"
    )
    heron = entity(facts_of(passage(rows, ["Satsningar"], kind="table")), "Gråhägern")
    assert set(values(heron, Attribute.OWNER)) == {"Ekmora kommun"}
    assert set(values(heron, Attribute.PARTICIPANT)) == {"Lidby kommun", "Norrmarks högskola"}
    assert [fact.year for fact in heron.facts if fact.attribute is Attribute.END][-1] == 2026


def test_goals_of_labelled_lines():
    box = "Indikator: Restid till sjukhus\nNuläge 2022: 48 minuter\nMål 2030: 35 minuter\nUtfall 2024: 44 minuter"
    (road,) = facts_of(passage(box, ["Fakta"], kind="list")).goals
    assert (road.indicator, road.base.value, road.target.value) == ("Restid till sjukhus", "48", "35")
    assert [(one.value, one.year) for one in road.outcomes] == [("44", 2024)]


def test_nothing_is_said_of_the_members_of_an_enumeration_by_what_follows_it():
    found = facts_of(
        TABLE,
        passage("I fjol avslutades Myrstigen och Varm jord. Ett nytt arbete kostar 88 miljoner kronor.", ["Läget"]),
    )
    assert "88 miljoner kronor" not in values(entity(found, "Varm jord"), Attribute.SUM)


def test_what_should_have_been_is_no_status():
    told = passage("Varm jord skulle ha avslutats 2024 men har förlängts till 2026.", ["Läget"], "uppföljning")
    assert "avslutat" not in values(entity(facts_of(TABLE, told), "Varm jord"), Attribute.STATUS)


def test_the_head_of_a_table_says_what_its_rows_are():
    told = passage(
        "Varm jord är en plan för fler växthus. Varm jord löper på. Projekt och planer liknar varandra.", ["Odling"]
    )
    rows = passage(TABLE.text.replace("Insats |", "Projekt |"), ["Pengar"], "uppföljning", "table")
    assert entity(facts_of(rows, told), "Varm jord").kind == "project"


def test_names_of_prose_that_are_told_in_other_ways():
    found = facts_of(
        passage(
            "Region Norrsele har bildat Kraftringen Norrsele. Kraftringen är ett forum. Energirådet Norrsele är "
            "platsen för råd. Energirådet Norrsele möts varje vår. Granvik planerar Torv till sjöss, som spar el.",
            ["Energi"],
        ),
        passage("Energirådet Norrsele utökades. Kraftringen Norrsele har träffats.", ["Läget"], "uppföljning"),
        passage("Torv till sjöss har inte startat.", ["Läget"], "uppföljning"),
        passage("Ett nätverk om leder. Två möten per år.", ["Samverkan", "Skogsmark", "Ledsamverkan kust"]),
    )
    named = initiatives(found)
    assert {"Energirådet Norrsele", "Torv till sjöss", "Ledsamverkan kust"} <= named
    assert entity(found, "Kraftringen Norrsele") is entity(found, "Kraftringen")


def test_municipalities_are_learned_from_an_enumeration_of_them():
    found = facts_of(
        passage("Länet har tre kommuner: Storvik, Lillhed och Åkersta. Lärbron är ett nätverk i Storvik och Lillhed."),
        passage("Vi vill att samtliga kommuner ska vara med i Lärbron senast 2027."),
    )
    towns = {one.name for one in found.entities if one.kind == "municipality"}
    assert towns == {"Storvik", "Lillhed", "Åkersta"}
    assert "Åkersta" not in values(entity(found, "Lärbron"), Attribute.PARTICIPANT)


def test_short_names_in_a_numbered_table_of_outcomes_are_no_initiatives():
    table = passage(
        "Mål | Kort namn | Bas 2022 | Utfall 2024\n1 | Skolgång | 79,8 % | 80,1 %\n2 | Nya bolag | 9,1 | 8,7",
        ["Utfall"],
        "uppföljning",
        "table",
    )
    assert not initiatives(facts_of(table))


GROUPED = passage(
    "Tabell 7. Insatser per kapitel, tkr\nInsats | Ägare | Deltar | Budget totalt | Varav regionen | Tid\n"
    "Delområde A – Sjön\nVassklipp 1) | Sjöhamns kommun | Byalaget | 900 | 200 | 2023–2025\n"
    "Summa delområde A | | | 900 | 200 |\nDelområde B – Skogen\n"
    "Stigfinnare | Ekhult | samtliga kommuner | 1 400 | 0 | 2024–2026\nDelsumma | | | 1 400 | 0 |",
    ["Insatserna"],
    "uppföljning",
    "table",
)


def test_the_line_over_a_group_holds_for_its_rows_and_a_sum_is_no_initiative():
    facts = facts_of(passage("I länet finns tre kommuner: Sjöhamn, Ekhult och Myrås."), GROUPED)
    assert initiatives(facts) == {"Vassklipp", "Stigfinnare"}
    parts = [values(entity(facts, name), Attribute.PRIORITY) for name in ("Vassklipp", "Stigfinnare")]
    assert parts == [["Delområde A – Sjön"], ["Delområde B – Skogen"]]
    assert {"Sjöhamn", "Ekhult"} <= set(values(entity(facts, "Stigfinnare"), Attribute.PARTICIPANT))


def test_a_title_that_opens_a_paragraph_is_the_name_of_the_effort_that_it_tells_of():
    text = (
        "Kor blir klippare. Betet hölls kort av tolv djur. Marken ligger vid ån. Stängslet drogs om två gånger. "
        "Ingen klagade. Grannarna tittade på. Projektet betalades av Vinnova.\n"
        "Lugn. Det var tyst på ängen hela sommaren."
    )
    facts = facts_of(passage(text, ["Ur årets arbete"], "uppföljning"))
    assert initiatives(facts) == {"Kor blir klippare"}
    assert values(entity(facts, "Kor blir klippare"), Attribute.FUNDER) == ["Vinnova"]


@pytest.mark.parametrize(("verb", "target"), [("höjs", "95"), ("bör höjas", "80")])
def test_a_later_document_moves_a_target_unless_it_only_proposes_to(verb: str, target: str):
    later = passage(f"Målet om fler som läser vidare (1.1) {verb} från 80 till 95 procent.", ["Beslut"], "uppföljning")
    assert facts_of(GOALS, later).goals[0].target.value == target


def test_a_column_of_codes_names_no_goals():
    head = "Nr | Mål i korthet | Bas 2020 | 2023 | Mål 2030 | Omdöme"
    told = f"{head}\nM1 | Badande | 40 | 52 | 60 | gul\nM2 | Seglare | 9 | 8 | 12 | röd"
    goals = facts_of(passage(told, ["Läget"], "uppföljning", "table")).goals
    assert [(one.number, one.title, one.target.value) for one in goals] == [
        ("M1", "Badande", "60"),
        ("M2", "Seglare", "12"),
    ]


def test_values_beside_a_labelled_one_need_no_label_and_labels_are_no_names():
    line = "Ägare: Ekhults kommun · Parter: Byalaget · Medel: Leader · 2023–2026 · 4,2 mnkr · Läge: Pågår"
    listed = "Svampen är ett projekt i skogen.\n• Medverkande: Byalaget\n• Resultat hittills: tolv korgar"
    facts = facts_of(
        passage(f"Boken låg länge i dvala. {line}", ["Projekt", "Blåbär"], "uppföljning"),
        passage(listed, ["Projekt", "Läs mer om Svampen"], "uppföljning", "list"),
    )
    assert initiatives(facts) == {"Blåbär"}
    one = entity(facts, "Blåbär")
    told = (Attribute.FUNDER, Attribute.SUM, Attribute.START, Attribute.END)
    assert [set(values(one, attribute)) for attribute in told] == [{"Leader"}, {"4,2 mnkr"}, {"2023"}, {"2026"}]


def test_items_under_a_label_are_its_values_and_no_names():
    plan = passage(
        "Ett bageri blir skola.\n• Driver: Ugnsbolaget\n• Deltagare:\n• Ekby skola\n• Granviks kommun\n"
        "• Tid: 2025–2027\n• Kostnad: 2,5 miljoner kronor",
        ["1 Mat", "1.2 Brödbänken"],
        kind="list",
    )
    facts = facts_of(plan)
    bench = entity(facts, "Brödbänken")
    assert set(values(bench, Attribute.PARTICIPANT)) == {"Ekby skola", "Granviks kommun"}
    assert values(bench, Attribute.SUM) == ["2,5 miljoner kronor"]
    assert initiatives(facts) == {"Brödbänken"}


def test_a_group_in_the_first_column_holds_for_the_rows_under_it_and_is_proved_from_its_cell_on():
    table = passage(
        "Stöd från | Projekt | Mnkr | Tid\nVinnova | Myrstigen | 4,0 | 2021–2023\n– | Varm jord | 2,0 | 2022–2025\n"
        "Leader | Kallkällan | 1,0 | 2023–2024",
        ["Pengar"],
        kind="table",
    )
    soil = entity(facts_of(table), "Varm jord")
    (fund,) = [fact for fact in soil.facts if fact.attribute is Attribute.FUNDER]
    assert fund.value == "Vinnova"
    assert table.text[fund.proof.start : fund.proof.end] == (
        "Vinnova | Myrstigen | 4,0 | 2021–2023\n– | Varm jord | 2,0 | 2022–2025"
    )


def test_columns_tell_by_what_they_hold_who_takes_part_and_how_it_stands():
    table = passage(
        "Projekt | Ansvarig | På tåget | Vad säger de\n"
        "Myrstigen | Granviks kommun | Ekby kommun, Länsstyrelsen | Avslutad. Sjutton stigar blev märkta på våren.\n"
        "Varm jord | Ekby kommun | Granviks kommun | Pågår 2022–2026. Odlarna har fått hjälp med jordprov.\n"
        "Kallkällan | Ekby kommun | Granviks kommun | Pausad i väntan på ett besked om marken.",
        ["Läget"],
        kind="table",
    )
    facts = facts_of(table)
    assert set(values(entity(facts, "Myrstigen"), Attribute.PARTICIPANT)) == {"Ekby kommun", "Länsstyrelsen"}
    assert values(entity(facts, "Kallkällan"), Attribute.STATUS)[-1] == "pausat"
    soil = entity(facts, "Varm jord")
    assert [values(soil, one)[-1] for one in (Attribute.START, Attribute.END)] == ["2022", "2026"]


def test_a_table_of_corrections_sets_the_outcome_of_a_goal_right():
    goals = passage(
        "Indikator | Basvärde 2021 | Utfall 2023 | Mål 2030\nAntal simkunniga barn | 70 | 88 | 95",
        ["Mål"],
        "uppföljning",
        "table",
    )
    table = passage(
        "Dokument | Det stod | Ska vara | Orsak\nUppföljningen, simkunniga barn | 88 procent | 84 procent | Räknat fel",
        ["Rättelser"],
        "uppföljning",
        "table",
    )
    (goal,) = facts_of(goals, table).goals
    assert [one.value for one in goal.outcomes] == ["88", "84"]


def test_labels_that_open_sentences_are_no_box():
    text = "Det finns tre vägar: Läge: havet. Tid: alla år."
    assert initiatives(facts_of(passage(text, ["Byggen", "Långbron"]))) == set()


def test_the_first_line_of_a_table_heads_it_though_most_of_its_words_are_the_documents_own():
    text = (
        "Nr | Det ska byggas | Sträcka | Gräver | Hjälper till | Klart senast | Kostar (tkr)\n"
        "1 | Långbron | Norra | Viks kommun | Ås kommun | 2028 | 1200\n"
        "2 | Kajvägen | Södra | Ås kommun | Viks kommun | 2029 | 900"
    )
    bridge = entity(facts_of(passage(text, ["Byggen"], kind="table")), "Långbron")
    assert values(bridge, Attribute.OWNER) == ["Viks kommun"]
    assert values(bridge, Attribute.PARTICIPANT) == ["Ås kommun"]
    assert [(fact.value, fact.unit) for fact in bridge.facts if fact.attribute is Attribute.SUM] == [("1200", "tkr")]
    assert [fact.year for fact in bridge.facts if fact.attribute is Attribute.END] == [2028]


def test_those_who_sat_at_a_meeting_are_no_initiatives():
    text = "Namn | Uppdrag | Anmärkning\nAnna Ek | ordförande |\nBo Alm | ledamot | jävig\nEva Ask | ersättare |"
    assert initiatives(facts_of(passage(text, ["Närvarande"], kind="table"))) == set()


def test_what_a_row_says_of_others_does_not_tell_what_its_own_thing_is():
    text = (
        "Projekt | Ägare | Parter | Status\nLångbron | Viks kommun | Nätverket Kajen | pågår\n"
        "Stigen | Ås kommun | Nätverket Kajen | pågår"
    )
    assert entity(facts_of(passage(text, ["Byggen"], kind="table")), "Långbron").kind == "project"


def test_a_cell_names_who_owns_and_with_whom():
    text = (
        "Projekt | Huvudman och medverkande | Period\n"
        "Långbron | Viks kommun med Ås kommun | 2025–2027\nStigen | Ås kommun tillsammans med Viks kommun | 2026–2027"
    )
    bridge = entity(facts_of(passage(text, ["Byggen"], kind="table")), "Långbron")
    assert values(bridge, Attribute.OWNER) == ["Viks kommun"] and values(bridge, Attribute.PARTICIPANT) == ["Ås kommun"]


def test_an_effort_belongs_to_the_part_whose_title_heads_it_without_the_strategys_word_for_parts():
    parts = [
        passage("Vi bygger.", [f"Färdväg {letter} {title}"])
        for letter, title in zip("ABC", ("Mera bro", "Mindre väg", "Nya kajer"), strict=True)
    ]
    told = passage("Ägare: Viks kommun\nTid: 2025–2027\nStatus: pågår", ["B. Mindre väg", "Stigen"], "uppföljning")
    assert values(entity(facts_of(*parts, told), "Stigen"), Attribute.PRIORITY)[0] == "B. Mindre väg"


YEARS = (
    "Ledstjärna | Så var det 2021 | På halva vägen 2030 | Framme 2040\n"
    "Andel som cyklar, procent | 11 | 15 | 20\nRestid till sjukhus | 48 | 40 | 35"
)


def test_columns_of_years_in_the_documents_own_words_set_goals():
    bike, road = facts_of(passage(YEARS, ["Ledstjärnor"], kind="table")).goals
    assert (bike.title, bike.base.value, bike.base.year) == ("Andel som cyklar, procent", "11", 2021)
    assert (road.target.value, road.target.year) == ("35", 2040)


def test_columns_of_money_by_year_set_no_goals():
    money = "Område | Bundet 2025 | Fritt 2025 | Plan 2026\n1 Skog | 3,1 | 2,4 | 5,0\n2 Hav | 3,9 | 1,6 | 5,5"
    past = "Kommun | Invånare 2023 | Ändrat sedan 2013\nEkby | 3 850 | 120\nGranvik | 1 900 | 80"
    assert not facts_of(passage(money, ["Pengar"], kind="table"), passage(past, ["Länet"], kind="table")).goals


def test_headings_of_years_are_no_parts_of_the_strategy():
    headings = ["Tas 2025", "Tas 2026", "Tas 2027"]
    assert not facts_of(*(passage("Det här görs i länet.", ["Planen", one]) for one in headings)).priorities


FOLLOWED = (
    "Nr | Indikator | 2021 | Senaste | Mål 2030 | Bedömning\n"
    "A1 | Andel som cyklar, procent | 11 | 13 | 20 | ▲ Rätt riktning"
)


def test_a_goal_needs_no_base_value_and_its_latest_figure_is_for_the_year_that_the_report_says():
    said = passage("Senaste värde avser 2023.", ["Indikatorer"], "uppföljning")
    (bike,) = facts_of(said, passage(FOLLOWED, ["Indikatorer"], "uppföljning", "table")).goals
    assert (bike.number, bike.base, bike.target.value) == ("A1", None, "20")
    assert [(one.value, one.year) for one in bike.outcomes] == [("11", 2021), ("13", 2023)]


def test_a_row_without_a_base_value_follows_up_the_goal_of_its_number():
    setting = "Nr | Mål | Basvärde 2020 | Målvärde 2030\nA1 | Fler ska ta cykeln | 10 | 21"
    (bike,) = facts_of(
        passage(setting, ["Mål"], kind="table"), passage(FOLLOWED, ["Indikatorer"], "uppföljning", "table")
    ).goals
    assert bike.title == "Fler ska ta cykeln" and len(bike.outcomes) == 2


def test_what_is_aimed_at_for_an_earlier_year_is_no_outcome():
    head = "Mål | Indikator | Utfall 2023 | Målvärde 2026 | Målvärde 2030"
    table = f"{head}\nFler ska cykla | Cykelresor | 14 % | 20 % | 25 %"
    (bike,) = facts_of(passage(table, ["Mål"], kind="table")).goals
    assert (bike.target.value, bike.target.year) == ("25", 2030)
    assert [(one.value, one.year) for one in bike.outcomes] == [("14", 2023)]


def test_a_column_is_what_its_cells_are_where_its_head_could_mean_more():
    rows = (
        "Projekt | Projektägare | Regionala medel | Läge 2026-04-30\n"
        "Slussporten | Viks hamn AB | 3,5 mnkr | Pågår\nSkogsrummet | Ekmora kommun | 2 mnkr | Avslutat"
    )
    slussporten = entity(facts_of(passage(rows, ["Fakta"], "uppföljning", "table")), "Slussporten")
    assert values(slussporten, Attribute.SUM) == ["3,5 mnkr"]
    assert values(slussporten, Attribute.STATUS) == ["pågår"]
    assert not values(slussporten, Attribute.FUNDER)


def test_outcomes_are_told_year_by_year_by_the_number_of_a_goal():
    strategy = passage(
        "Fyra mål har satts. Mål 3. Andelen bönder som odlar lin ska öka från 12 procent 2020 till 40 procent 2035.",
        document="strategi",
    )
    report = passage(
        "Linet har fått fäste. Andelen linodlare, mål 3, var 15 procent 2022, 17 procent 2023 och 19 procent 2024.",
        document="rapport",
    )
    documents = [
        Document("strategi", "Strategi", "0", "pdf", year=2021),
        Document("rapport", "R", "1", "pdf", year=2025),
    ]
    (goal,) = extract_facts((strategy, report), documents).goals
    assert goal.number == "3"
    assert [(one.value, one.year) for one in goal.outcomes] == [("15", 2022), ("17", 2023), ("19", 2024)]
