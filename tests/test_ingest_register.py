# ruff: noqa: E501 (one case a line)
"""The register of an invented region: what it finds, how it joins, and that it invents nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategy_texts import INITIATIVES, passages_of, region_passages

from ingest.documents import Passage, PassageKind, Span
from ingest.register.abbreviations import definitions, learn_abbreviations
from ingest.register.entries import Register
from ingest.register.extract import extract_register
from ingest.register.joining import name_key
from ingest.swedish import fold

PASSAGES = region_passages()
REGISTER = extract_register(PASSAGES)
BY_ID = {passage.id: passage for passage in PASSAGES}


def named(name: str):
    return next(
        entry for entry in REGISTER.initiatives if name_key(name) in map(name_key, (entry.name, *entry.aliases))
    )


def found_in(text: str) -> list[str]:
    return [entry.name for entry in extract_register(passages_of(text, "d")).initiatives]


def table_of(*rows: str) -> Passage:
    text = "\n".join(rows)
    ends = [len("\n".join(rows[: number + 1])) for number in range(len(rows))]
    sentences = tuple((end - len(row), end) for row, end in zip(rows, ends, strict=True))
    return Passage("t", "d", "D", (), PassageKind.TABLE, text, (Span(1, 0, len(text)),), sentences)


def test_finds_every_initiative_and_no_other():
    known = {name_key(form) for entry in REGISTER.initiatives for form in (entry.name, *entry.aliases)}
    assert [name for name in INITIATIVES if name_key(name) not in known] == []
    assert len(REGISTER.initiatives) == len(INITIATIVES)


def test_joins_the_forms_of_a_name():
    assert "RUS" in named("Fjällmark 2040").aliases
    assert "FIK" in named("Fjällmarks industrikluster").aliases
    assert len(named("Omställningschecken").mentions) == 2


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Fjällmark 2040", "strategy"),
        ("Byvägar i samverkan", "project"),
        ("Servicerådet Fjällmark", "network"),
        ("NOTA", "tool"),
        ("Klimatlyftet", "programme"),
        ("Kulturplan", "plan"),
    ],
)
def test_tells_the_kind(name: str, kind: str):
    assert named(name).kind == kind


def test_years_actors_sums_and_section_come_from_the_sentences_that_name_it():
    entry = named("Byvägar i samverkan")
    assert entry.years == ("2021",)
    assert entry.actors == ("Region Fjällmark", "Norrviks kommun")
    assert entry.section[-1] == "Livskraftiga orter"


def test_places_people_and_authorities_are_no_initiatives():
    names = " ".join(fold(form) for entry in REGISTER.initiatives for form in (entry.name, *entry.aliases))
    for word in ("trafikverket", "tillvaxtverket", "bergstrom", "norrvik", "postnord", "saxnas", "kulturradet"):
        assert word not in names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Vi driver nätverk, till exempel Odlarringen, Fiskenätet och kustnätverket.", ["Odlarringen", "Fiskenätet", "Kustnätverket"]),
        ("Ett projekt, Ljus i tunneln, har startats av kommunen.", ["Ljus i tunneln"]),
        ("ESF-projektet Vägen hem avslutades.", ["Vägen hem"]),
        ("En handlingsplan och flera delprojekt pågår. Arbetsgrupper finns.", []),
        ("Anna Ek flyttade till Uppsala i maj.", []),
        ("I området finns 40 företag.", []),
        ("Projektet Hamn för alla skulle ge byarna liv.", ["Hamn för alla"]),
        ("Rådgivning pågår. Inom LINA genomfördes projektet Fri rodd i hela länet åren 2021–2022.", ["Fri rodd i hela länet"]),
        ("Nätverket för byalag lades ner 2020. Därefter hände lite. Förebilden finns i Norge.", ["Nätverket för byalag"]),
        ("Därför fanns det en tanke. Dessutom har Almi bidragit. Bakom satsningen stod Region Mårdal.", []),
        ("Vi följer den nationella strategin för sociala och kreativa näringar.", ["Nationella strategin för sociala och kreativa näringar"]),
        ("Det så kallade Granngårdsnätet kopplar ihop handlare.", ["Granngårdsnätet"]),
        ("Fossilfritt Mårdal – en klimatöverenskommelse – har fått stöd.", ["Fossilfritt Mårdal"]),
        ("Det stora arbetet, eller SILVA som projektet oftast kallas, är klart.", ["SILVA"]),
        ("Nästa steg beskrivs i Handlingsplan skog 2023–2026.", ["Handlingsplan skog 2023–2026"]),
        ("Inom ramen för Rena Vatten har skolor deltagit.", ["Rena Vatten"]),
        ("Kommunen drev ett Norgekontor ihop med Östby. Det hette Mårdal North Support.", ["Mårdal North Support"]),
        ("Föredragande: statsrådet Ringdal", []),
    ],
)  # fmt: skip
def test_reads_cues(text: str, expected: list[str]):
    assert found_in(text) == expected


def test_reads_the_names_of_a_table_and_no_deeds():
    names = table_of("Projektnamn | Typ", "Unga röster | Program", "KLIV | Förstudie")
    entries = extract_register([names]).initiatives
    assert [(entry.name, entry.kind) for entry in entries] == [("Unga röster", "programme"), ("KLIV", "project")]
    deeds = table_of("Åtgärder | Status", "Stärka laddnätet | Pågår", "Samordna bussar | Klart")
    assert extract_register([deeds]).initiatives == ()


def test_a_heading_that_its_own_text_names_is_a_name_unless_it_is_written_small():
    report = "# Årsrapport\n## Omställning\n### Fjordlyktan\nFjordlyktan pågick i tre år och projektet kostade 4 miljoner kronor.\n"
    assert found_in(report) == ["Fjordlyktan"]
    assert found_in(report + "### Övrigt\nAlla såg hur fjordlyktan slocknade.\n") == []


def test_a_projects_compound_before_a_name_is_no_part_of_it():
    assert found_in("Odlingsprojektet Rena åkrar bedrivs 2024–2026 av hushållen.") == ["Rena åkrar"]


def test_a_name_is_known_by_the_place_of_the_document_when_it_is_repeated():
    text = "Region Mårdal leder arbetet. Vi tog Skördefest Mårdal till fler byar. Hit kom Skördefest Mårdal i fjol."
    assert found_in(text) == ["Skördefest Mårdal"]
    assert (
        found_in("Region Mårdal leder arbetet. Vi gjorde en Lägesbild Mårdals län. En Lägesbild Mårdals län kom.") == []
    )


def test_the_publisher_is_no_initiative():
    passages = passages_of("Projektet Strandboken har skrivit texten. Projektet Byklang fick stöd.", "d")
    assert [entry.name for entry in extract_register(passages).initiatives] == ["Strandboken", "Byklang"]
    assert [entry.name for entry in extract_register(passages, ["Strandboken"]).initiatives] == ["Byklang"]


def test_documents_share_an_entry_by_its_alias():
    one = passages_of("Länets regionala utvecklingsstrategi (RUS) heter Mårdal 2040.", "en")
    two = passages_of("Den regionala utvecklingsstrategin antogs 2020. Mårdal 2040 är länets strategi.", "två")
    assert [entry.name for entry in extract_register((*one, *two)).initiatives] == ["Mårdal 2040"]


def test_goals_have_their_figures():
    found = {goal.title: (goal.value, goal.unit, goal.year, goal.base_year) for goal in REGISTER.goals}
    assert found["Fler invånare"] == ("260 000", None, 2040, 2021)
    assert found["Kortare restider"] == ("55", "minuter", 2035, None)
    assert ("98", "procent", 2030, 2020) in found.values()
    assert ("70", "procent", 2030, 2010) in found.values()
    assert ("83", "%", 2040, None) in found.values()
    assert len(found) == 5


def test_a_goal_has_its_outcome_only_where_the_documents_tell():
    outcomes = {goal.title: goal.outcome for goal in REGISTER.goals}
    told = outcomes["Fler invånare"]
    assert told is not None
    assert "251 900" in BY_ID[told.passage_id].text[told.start : told.end]
    assert outcomes["Kortare restider"] is None


def test_headings_and_lists_give_challenges_focus_areas_priorities_and_areas():
    assert [point.text for point in REGISTER.focus_areas] == ["Pålitliga resor", "Service nära"]
    assert [point.label for point in REGISTER.priorities] == ["Prioritering 1", "Prioritering 2"]
    assert [point.text for point in REGISTER.areas] == ["Livskraftiga orter", "Ett näringsliv i omställning"]
    assert len(REGISTER.challenges) == 3


def test_the_same_challenge_in_two_documents_is_one():
    again = passages_of("# Utmaningar\n- Befolkningen åldras och unga flyttar bort\n- Dyra bostäder", "ny")
    challenges = extract_register((*PASSAGES, *again)).challenges
    assert len(challenges) == 4
    assert len(challenges[0].mentions) == 2


def test_every_mention_names_its_entry():
    for entry in REGISTER.initiatives:
        forms = [name_key(form) for form in (entry.name, *entry.aliases)]
        for mention in entry.mentions:
            key = name_key(BY_ID[mention.passage_id].text[mention.start : mention.end])
            assert any(set(form) & set(key) for form in forms)
            assert (mention.start, mention.end) in BY_ID[mention.passage_id].sentences


def test_survives_json():
    assert Register.from_record(json.loads(json.dumps(REGISTER.to_record()))) == REGISTER


@given(st.lists(st.sampled_from([passage.text for passage in PASSAGES] + ["", "•", "(A) B (", "– 2030 –"]), max_size=6))
@settings(max_examples=25, deadline=None)
def test_any_order_of_texts_gives_names_that_stand_in_them(texts: list[str]):
    joined = "\n".join(texts)
    passages = passages_of("# R\n" + joined, "d")
    everything = " ".join(fold(passage.text) for passage in passages)
    for entry in extract_register(passages).initiatives:
        assert " ".join(fold(entry.name).split()) in " ".join(everything.split())


def calls_of(work: Callable[[], object]) -> int:
    """How many Python functions are called: the work that is done, whatever the machine does besides."""
    count = 0

    def seen(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def test_twice_as_many_passages_take_about_twice_the_work():
    assert calls_of(lambda: extract_register(PASSAGES * 10)) < 3 * calls_of(lambda: extract_register(PASSAGES * 5))


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("genom Samverkan Nordkusten (SNK) har", "SNK", "Samverkan Nordkusten"),
        ("med NOVA (ny översikt av vattnets ansvar) kan", "NOVA", "ny översikt av vattnets ansvar"),
        ("den regionala utvecklingsstrategin (RUS) är", "RUS", "regionala utvecklingsstrategin"),
    ],
)
def test_learns_abbreviations(text: str, short: str, long: str):
    assert learn_abbreviations(passages_of(text, "d")) == {short: long}


def test_brackets_that_define_nothing_teach_nothing():
    assert list(definitions("enligt statistik från länet (SCB) och kommunen (2022)")) == []
