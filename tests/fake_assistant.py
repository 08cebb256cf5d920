"""A small assistant with real records, for tests of the browser chat. Its documents and texts are invented."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.answers import Answer, Citation, Row
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
    passage_id,
)
from ingest.facts.types import Attribute, Entity, EntityKind, Fact, FactBase, Figure, GoalFact, Stretch
from ingest.store.records import DocumentRecord, DocumentStatus

PAGE_TEXT = "Målet är att 80 procent av invånarna ska ha bredband 2027.\nArbetet leds av länets kommuner gemensamt."
QUOTE = "80 procent av invånarna ska ha bredband 2027"
WEB_TEXT = "Region Exempel vill halvera utsläppen. <img src=x onerror=alert(1)> Det följs upp varje år."


def passage(document: Document, section: tuple[str, ...], text: str, page: int | None) -> Passage:
    spans = (Span(page, 0, len(text)),)
    name = passage_id(document.id, section, text, 0)
    return Passage(name, document.id, document.title, section, PassageKind.PARAGRAPH, text, spans, ((0, len(text)),))


PDF = Document("plan", "Utvecklingsplan för Exempel", "0" * 64, "pdf", "plan.pdf", year=2024, page_count=2)
WEB = Document("webb", "Klimatsidan", "1" * 64, "html", url="https://exempel.invalid/klimat", valid_from="2020")
SCAN = Document("skannad", "Gammal <b>rapport</b>", "2" * 64, "pdf", "gammal.pdf")
PDF_PASSAGE = passage(PDF, ("Mål", "Digitalt"), PAGE_TEXT, 2)
WEB_PASSAGE = passage(WEB, ("Klimat",), WEB_TEXT, None)
GOAL = GoalFact(
    "Bredband åt <alla>",
    None,
    None,
    "%",
    None,
    Figure("80 %", 2027, Stretch(PDF_PASSAGE.id, 0, 10)),
    (),
    (),
    Stretch(PDF_PASSAGE.id, 0, 10),
)
FACTS = FactBase((), (GOAL,))
RECORDS = (
    DocumentRecord(PDF, DocumentStatus.READ, 1, report=ReadingReport(pages=2, pages_by_ocr=(1,)), reading="r1"),
    DocumentRecord(WEB, DocumentStatus.READ, 1, reading="r2"),
    DocumentRecord(SCAN, DocumentStatus.UNREADABLE, reason="Skannad, kunde inte läsas."),
)


@dataclass
class FakeIndex:
    pdf: Path | None = None
    id: str = "g1"
    records: tuple[DocumentRecord, ...] = RECORDS
    passages: tuple[Passage, ...] = (PDF_PASSAGE, WEB_PASSAGE)
    facts: FactBase = FACTS
    label: str = "i"

    @property
    def documents(self) -> tuple[Document, ...]:
        return tuple(record.document for record in self.records if record.passages)

    @property
    def rows(self) -> dict[str, int]:
        return {passage.id: row for row, passage in enumerate(self.passages)}

    def record(self, document_id: str) -> DocumentRecord | None:
        return next((record for record in self.records if record.document.id == document_id), None)

    def page(self, document_id: str, number: int | None) -> Page:
        return Page(number, PAGE_TEXT, self.label) if document_id == "plan" else Page(None, WEB_TEXT)

    def reading(self, document_id: str) -> ReadDocument:
        if document_id != "plan":
            block = Block(BlockKind.PARAGRAPH, WEB_TEXT, (Span(None, 0, len(WEB_TEXT)),))
            return ReadDocument((Page(None, WEB_TEXT),), (block,), ReadingReport())
        first, second = PAGE_TEXT.split("\n")
        blocks = (
            Block(BlockKind.FURNITURE, "Exempel <2024>", (Span(2, 0, 0),)),
            Block(BlockKind.HEADING, first, (Span(2, 0, len(first)),), 2),
            Block(BlockKind.LIST_ITEM, second, (Span(2, len(first) + 1, len(PAGE_TEXT)),)),
        )
        return ReadDocument((Page(1, ""), Page(2, PAGE_TEXT, "i")), blocks, RECORDS[0].report)

    def source(self, document_id: str) -> Path | None:
        return self.pdf if document_id == "plan" else None


def strategy_index(pdf: Path | None = None) -> FakeIndex:
    """An index with a vision, two priorities, a goal by its number, and initiatives by heading and by fact."""
    vision = passage(PDF, ("Vision",), "Ett län i rörelse.", 2)
    travel = passage(PDF, ("Prioritering 1: Resor för alla",), "Resor ska gå tätare.", 2)
    books = passage(PDF, ("Prioritering 2: Läsning",), "Läsklubben leder arbetet.", 2)
    goals = passage(PDF, ("Mål",), "1.1 Fler turer: 40 år 2030. Bussringen kör.", 2)

    def named(name: str, kind: EntityKind, where: Passage, *facts: Fact) -> Entity:
        return Entity(name, (), kind, where.section, (Stretch(where.id, 0, 10),), 0, facts)

    proof = Stretch(goals.id, 0, 10)
    belongs = Fact(Attribute.PRIORITY, travel.section[0], proof)
    efforts = named("Läsklubben", "network", books), named("Bussringen", "project", goals, belongs)
    priorities = named("Resor för alla", "other", travel), named("Läsning", "other", books)
    target = Figure("40", 2030, proof)
    goal = GoalFact("Fler turer", "1.1", None, None, None, target, (), goals.section, proof)
    facts = FactBase(efforts, (goal,), priorities=priorities)
    return FakeIndex(pdf=pdf, passages=(vision, travel, books, goals, PDF_PASSAGE, WEB_PASSAGE), facts=facts)


def citation(mark: int = 1, **changes: object) -> Citation:
    values = {
        "mark": mark,
        "document_id": PDF.id,
        "title": PDF.title,
        "page": 2,
        "section": PDF_PASSAGE.section,
        "quote": QUOTE,
        "url": None,
        "passage_id": PDF_PASSAGE.id,
        "boxes": ((2, 72.0, 500.0, 300.0, 514.0),),
    }
    return Citation(**{**values, **changes})


def web_citation(mark: int = 1) -> Citation:
    return Citation(
        mark, WEB.id, WEB.title, None, WEB_PASSAGE.section, "vill halvera utsläppen", WEB.url, WEB_PASSAGE.id
    )


def answer(text: str = "Bredbandsmålet är 80 procent [1].", **changes: object) -> Answer:
    values = {
        "question": "Vad är bredbandsmålet?",
        "standalone_question": "Vad är bredbandsmålet?",
        "text": text,
        "status": "answered",
        "refusal": None,
        "citations": (citation(),),
        "hits": (),
        "rows": None,
        "generator": "extractive",
        "search_seconds": 0.01,
        "answer_seconds": 0.02,
        "index_id": "g1",
    }
    return Answer(**{**values, **changes})


def list_answer() -> Answer:
    rows = (Row("Fiber i glesbygd", (("Belopp", "4,2 mkr"),), (1,)), Row("=SUMMA(A1)", (("År", "2023"),), (1, 2)))
    text = (
        "Två projekt nämns.\n\n|  | Belopp | År |\n| --- | --- | --- |\n"
        "| Fiber i glesbygd [1] | 4,2 mkr [1] |  |\n| =SUMMA(A1) [1][2] |  | 2023 [2] |"
    )
    return answer(text, rows=rows, citations=(citation(1), web_citation(2)))


def refusal() -> Answer:
    return answer(
        "Dokumenten säger inget om det.",
        status="refused",
        refusal="not_in_documents",
        citations=(),
        suggestions=("Vad är bredbandsmålet?",),
    )


@dataclass
class FakeAssistant:
    answers: dict[str, Answer] = field(default_factory=dict)
    index: FakeIndex = field(default_factory=FakeIndex)
    asked: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)

    def ask(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Answer:
        self.asked.append((question, tuple(history), tuple(documents)))
        return self.answers.get(question, answer(question=question))

    def stream(
        self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()
    ) -> Iterator[str | Answer]:
        found = self.ask(question, history, documents)
        yield from found.text.split(" ")
        yield found

    def refresh(self) -> bool:
        return False

    def starters(self, language: str = "sv") -> tuple[str, ...]:
        return ("Vad är bredbandsmålet?", "Vilka projekt finns?")
