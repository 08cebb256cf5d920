# ruff: noqa: E501 (the texts are one paragraph a line)
"""Two invented strategy texts of an invented region, as passages, for the tests of the register and of list answers."""

from __future__ import annotations

from ingest.documents import Block, BlockKind, Document, Page, Passage, ReadDocument, ReadingReport, Span
from ingest.passages import cut

PLAN = """
# Ett Fjällmark som håller ihop
Fjällmark 2040 är den regionala utvecklingsstrategin (RUS) för Fjällmarks län. Den antogs av regionfullmäktige i mars 2022.
## Målområde 1: Livskraftiga orter
### Mål
- Fler invånare. Folkmängden i länet ska vara minst 260 000 år 2040 (248 300 år 2021).
- Kortare restider. Restiden med tåg mellan Norrvik och Tallköping ska senast 2035 vara högst 55 minuter.
- Andelen hushåll med tillgång till snabbt bredband ska öka från 84 procent 2020 till 98 procent 2030.
### Utmaningar
- Befolkningen åldras och unga flyttar.
- Långa avstånd gör det dyrt att driva samhällsservice.
### Prioriteringar
#### Prioritering 1: Orter som hör ihop
Vi vill knyta ihop orterna med kollektivtrafik och digital infrastruktur.
##### Fokusområden
###### Pålitliga resor
- Tätare turer i stråken.
- Gemensamt biljettsystem.
###### Service nära
- Servicepunkter i varje kommundel.
#### Prioritering 2: Ett kulturliv för alla
Kultur ska nå alla som bor i länet.
## Målområde 2: Ett näringsliv i omställning
### Mål
- Utsläppen av växthusgaser ska minska med 70 procent till 2030 jämfört med 2010.
- Sysselsättningsgraden ska uppgå till 83 % senast 2040.
### Utmaningar
- Brist på utbildad arbetskraft inom industrin.
"""

REPORT = """
# Så gick det 2022–2024
## Livskraftiga orter
Projektet Byvägar i samverkan har pågått sedan 2021 och drivs av Region Fjällmark tillsammans med Norrviks kommun. Under 2023 beviljades projektet 4,5 miljoner kronor. Genom satsningen ”Tåget först” har turtätheten ökat mellan Norrvik och Tallköping.
Fjällmarks bredbandsstrategi antogs 2020. Bredbandsstrategin har följts av en handlingsplan. Trafikverket och Postnord deltar i arbetet.
Region Fjällmark samordnar Servicerådet Fjällmark, som möts fyra gånger om året, samt byanätverket. Byanätverket samlar föreningar i hela länet.
### Kultur
Under namnet Scen överallt erbjuds gästspel på små orter. Kulturskolorna i länet har gemensamt tagit fram verktyget NOTA, som visar vilka barn som nås. Folkmängden i länet uppgick till 251 900 personer 2023.
Kulturförvaltningen ansvarar för länets kulturplan 2023–2026. Kulturrådet har bidragit med medel.
## Ett näringsliv i omställning
Flera projekt, såsom Grön gjuteri, SmartVirke och Återbruk i norr, har fått stöd av Tillväxtverket. Arbetet bedrivs inom Fjällmarks industrikluster (FIK). FIK startades 2019 på initiativ av Saxnäs Stål AB.
Omställningschecken riktar sig till företag med färre än 50 anställda. Under 2022 delades 130 omställningscheckar ut.
Klimatlyftet är ett program för små företag som vill minska sina utsläpp. Klimatlyftet har drivits i Norrvik, Tallköping och Ängby. Utsläppen av växthusgaser har minskat med 24 procent sedan 2010.
Exempel på initiativ är Jobbspåret, Yrkeslots Fjällmark och Matchning på riktigt.
Följande program har beslutats:
- Program för jämlik hälsa 2023–2030
- Livsmedelsprogrammet: antogs av regionfullmäktige 2022
- Energiprogram Fjällmark
Arbetsförmedlingen, Länsstyrelsen i Fjällmarks län och Högskolan i Norrvik deltar i Kompetensråd Fjällmark. Anna Bergström leder arbetet. I december 2023 möttes alla i Norrvik.
"""

INITIATIVES = (
    "Fjällmark 2040",
    "Byvägar i samverkan",
    "Tåget först",
    "Bredbandsstrategi",
    "Servicerådet Fjällmark",
    "Byanätverket",
    "Scen överallt",
    "NOTA",
    "Kulturplan",
    "Grön gjuteri",
    "SmartVirke",
    "Återbruk i norr",
    "Fjällmarks industrikluster",
    "Omställningschecken",
    "Klimatlyftet",
    "Jobbspåret",
    "Yrkeslots Fjällmark",
    "Matchning på riktigt",
    "Program för jämlik hälsa",
    "Livsmedelsprogrammet",
    "Energiprogram Fjällmark",
    "Kompetensråd Fjällmark",
)


def passages_of(text: str, document_id: str) -> tuple[Passage, ...]:
    """Passages of a text in which # begins a heading and - a list item; every other line is a paragraph."""
    page_text = ""
    blocks: list[Block] = []
    for line in text.strip().splitlines():
        marks = len(line) - len(line.lstrip("#"))
        shown = line.lstrip("# ") if marks else line.replace("- ", "• ", 1) if line.startswith("- ") else line
        kind = BlockKind.HEADING if marks else BlockKind.LIST_ITEM if line.startswith("- ") else BlockKind.PARAGRAPH
        page_text += "\n" if page_text else ""
        start = len(page_text)
        page_text += shown
        blocks.append(Block(kind, shown, (Span(1, start, len(page_text)),), marks))
    read = ReadDocument((Page(1, page_text),), tuple(blocks), ReadingReport())
    return cut(Document(document_id, document_id.title(), "0", "pdf"), read)


def region_passages() -> tuple[Passage, ...]:
    """The plan and the report of the invented region."""
    return passages_of(PLAN, "plan") + passages_of(REPORT, "rapport")
