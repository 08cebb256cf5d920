"""A small assistant with real records, for tests of the browser chat. Its documents and texts are invented."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.answers import Answer, Citation, Row
from ingest.documents import Document, Page, Passage, PassageKind, ReadingReport, Span, passage_id

PAGE_TEXT = "Målet är att 80 procent av invånarna ska ha bredband 2027.\nArbetet leds av länets kommuner gemensamt."
QUOTE = "80 procent av invånarna ska ha bredband 2027"
WEB_TEXT = "Region Exempel vill halvera utsläppen. <img src=x onerror=alert(1)> Det följs upp varje år."


@dataclass(frozen=True)
class FakeRecord:
    document: Document
    status: str
    passages: int = 0
    report: ReadingReport = ReadingReport()
    reason: str | None = None


def passage(document: Document, section: tuple[str, ...], text: str, page: int | None) -> Passage:
    spans = (Span(page, 0, len(text)),)
    name = passage_id(document.id, section, text, 0)
    return Passage(name, document.id, document.title, section, PassageKind.PARAGRAPH, text, spans, ((0, len(text)),))


PDF = Document("plan", "Utvecklingsplan för Exempel", "0" * 64, "pdf", "plan.pdf", year=2024, page_count=2)
WEB = Document("webb", "Klimatsidan", "1" * 64, "html", url="https://exempel.invalid/klimat", valid_from="2020")
SCAN = Document("skannad", "Gammal <b>rapport</b>", "2" * 64, "pdf", "gammal.pdf")
PDF_PASSAGE = passage(PDF, ("Mål", "Digitalt"), PAGE_TEXT, 2)
WEB_PASSAGE = passage(WEB, ("Klimat",), WEB_TEXT, None)
RECORDS = (
    FakeRecord(PDF, "read", 1, ReadingReport(pages=2, pages_by_ocr=(1,))),
    FakeRecord(WEB, "read", 1),
    FakeRecord(SCAN, "unreadable", 0, reason="Skannad, kunde inte läsas."),
)


@dataclass
class FakeIndex:
    pdf: Path | None = None
    id: str = "g1"
    records: tuple[FakeRecord, ...] = RECORDS
    passages: tuple[Passage, ...] = (PDF_PASSAGE, WEB_PASSAGE)

    def page(self, document_id: str, number: int | None) -> Page:
        return Page(number, PAGE_TEXT, "i") if document_id == "plan" else Page(None, WEB_TEXT)

    def source(self, document_id: str) -> Path | None:
        return self.pdf if document_id == "plan" else None


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
        "boxes": ((2, 72.0, 700.0, 300.0, 714.0),),
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
    return answer("Två projekt nämns.", rows=rows, citations=(citation(1), web_citation(2)))


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

    def starters(self) -> tuple[str, ...]:
        return ("Vad är bredbandsmålet?", "Vilka projekt finns?")
