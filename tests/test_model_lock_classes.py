"""Classes of faults in a statement, each beside a true statement of the same sentences."""

from __future__ import annotations

import pytest

from assistant.model.bindings import names
from assistant.model.lock import ClaimContext, verify_claim

PAIRS = [
    (
        "a date is one figure",
        ["Sista dagen flyttas från 2031 till den 15 mars 2032."],
        "Sista dagen flyttas till den 15 mars 2032",
        "Sista dagen flyttas till den 15 mars 2031",
    ),
    (
        "outside for inside",
        ["I hamnområdet ska gatorna saltas dagligen; utanför det räcker det med sand."],
        "Gatorna i hamnområdet ska saltas dagligen",
        "Utanför hamnområdet ska gatorna saltas dagligen",
    ),
    (
        "sought told as granted",
        ["Roddklubben söker 2,5 miljoner kronor för en ny brygga."],
        "Roddklubben har sökt 2,5 miljoner kronor för en ny brygga",
        "Roddklubben fick 2,5 miljoner kronor för en ny brygga",
    ),
    (
        "earlier for later",
        ["Slussen öppnades i juni 2029, fyra veckor senare än tänkt."],
        "Slussen öppnades i juni 2029, fyra veckor senare än tänkt",
        "Slussen öppnades i juni 2029, fyra veckor tidigare än tänkt",
    ),
    (
        "planned told as done",
        ["Så här långt har 60 av planerade 95 bojar bytts ut."],
        "Så här långt har 60 bojar bytts ut",
        "Så här långt har 95 bojar bytts ut",
    ),
    (
        "without the exception",
        ["Alla hamnar utom Sandviken har en kran."],
        "Alla hamnar har en kran utom Sandviken",
        "Alla hamnar har en kran",
    ),
    (
        "the opposite",
        ["Uppgången kommer från utländska båtgäster; de svenska båtgästerna blev färre."],
        "Uppgången kommer från utländska båtgäster",
        "Uppgången kommer från svenska båtgäster",
    ),
    (
        "passive for active",
        ["Den handskrivna loggboken, som fördes i tre exemplar, ersätts av en app."],
        "En app ersätter den handskrivna loggboken",
        "Den handskrivna loggboken ersätter en app",
    ),
    (
        "another thing counted",
        ["Färjan har haft 7 400 överfarter hittills."],
        "Hittills har färjan haft 7 400 överfarter",
        "Färjan har haft 7 400 trafikanter hittills",
    ),
    (
        "the subject of another verb",
        ["Kustbolaget äger fyren och Lotsbolaget sköter driften."],
        "Kustbolaget äger fyren",
        "Lotsbolaget äger fyren",
    ),
    (
        "who gave for who took",
        ["Rederiet kan på sikt ta över bryggan från Hamnbolaget."],
        "Rederiet kan på sikt ta över bryggan",
        "Hamnbolaget kan på sikt ta över bryggan",
    ),
    (
        "a name of the passage for a pronoun's",
        ["Lanternan är en kurs i Fyrvik.", "Den vänder sig till nya seglare."],
        "Lanternan vänder sig till nya seglare",
        "Kompassen vänder sig till nya seglare",
    ),
]
TABLE = (
    "Tabell 3. Insats | Ägare | Parter | Finansiär | Mnkr | Tid | Läge Bryggljus (spår 1). Lampor vid vattnet."
    " | Lerviks hamn | Roddklubben, Sjöby kommun | Kustfonden | 6,5 | 2028–2030 | Avslutat"
    " Fyrkursen (spår 2). Kvällskurser. | Sjöby kommun | Lerviks hamn | Havsrådet | 2,0 | 2029–2032 | Försenat"
)
ROW = (
    "Bryggljus (spår 1). Lampor vid vattnet. | Lerviks hamn | Roddklubben, Sjöby kommun | Kustfonden | 6,5 | 2028–2030"
    " | Avslutat"
)
OF_A_ROW = [
    "Roddklubben äger Bryggljus",
    "Bryggljus ägs av Roddklubben",
    "Bryggljus ägs av Kustfonden",
    "Lerviks hamn finansierar Bryggljus",
    "Bryggljus ägs av Kustfonden och finansieras av Lerviks hamn",
    "Bryggljus finansieras av Havsrådet",
    "Bryggljus pågår",
    "Bryggljus är försenat",
    "Bryggljus har en budget på 2,0 miljoner kronor",
    "Bryggljus pågick 2029–2032",
]
ELSEWHERE = "Kompassen är en kurs för unga seglare."


def verdict(statement, sentences):
    mid = frozenset(name for text in (*sentences, ELSEWHERE) for name in names(f"och {text}"))
    return verify_claim(statement, sentences, ClaimContext("", (), (" ".join([ELSEWHERE, *sentences]),), mid))


@pytest.mark.parametrize(("sentences", "true"), [(two, three) for _, two, three, _ in PAIRS], ids=[p[0] for p in PAIRS])
def test_the_true_one_is_kept(sentences, true):
    assert verdict(true, sentences).reason == ""


@pytest.mark.parametrize(("sentences", "false"), [(two, four) for _, two, _, four in PAIRS], ids=[p[0] for p in PAIRS])
def test_the_false_one_is_not(sentences, false):
    assert not verdict(false, sentences).kept


@pytest.mark.parametrize("passage", [TABLE, ROW], ids=["with its head", "alone"])
@pytest.mark.parametrize("statement", OF_A_ROW)
def test_no_cell_of_a_row_is_told_as_another(statement, passage):
    mid = frozenset(names(f"och {passage.replace('|', 'och')}"))
    assert not verify_claim(statement, [ROW], ClaimContext("", (), (passage,), mid)).kept
