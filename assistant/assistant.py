"""The assistant: one question in, one proved answer out.

The order of work: complete a follow-up, refuse what must be refused, search, judge, answer (a list, a model's text or
quotes), and check the finished answer against the pages. An answer that fails the check is not sent.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant import guard
from assistant.answers import Answer, Hit, Refusal, Row, Status
from assistant.catalogue import Catalogue
from assistant.drafting import Line, Marks, escape, quoted, write
from assistant.extractive import select
from assistant.followup import Resolution, resolve
from assistant.generation import Generator, ModelText, NoModelAnswer
from assistant.glossary import in_swedish
from assistant.goals_outcome import answer_goals
from assistant.judge import Candidate, judge, rerank
from assistant.library import Library
from assistant.listing import answer_list
from assistant.proof import Quote, faults
from assistant.question import Ask, Question, read_question
from assistant.refusal import Verdict, decide
from assistant.search import Findings, search
from assistant.starters import starters, topics
from ingest.index.passage_index import PassageIndex

EXTRACTIVE = "extractive"
_HITS = 10
_RANKED_FOR_LISTS = 20


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question on its way: as typed, as understood, and what search found for it."""

    typed: str
    resolution: Resolution
    question: Question
    catalogue: Catalogue
    findings: Findings
    candidates: tuple[Candidate, ...]
    hits: tuple[Hit, ...]
    began: float
    search_seconds: float


@dataclass(frozen=True, slots=True)
class _Draft:
    """An answer before its check."""

    lines: tuple[Line, ...]
    status: Status = "answered"
    refusal: Refusal | None = None
    rows: tuple[tuple[str, tuple[tuple[str, str], ...], tuple[Quote, ...]], ...] | None = None
    generator: str = EXTRACTIVE
    notices: tuple[str, ...] = ()
    unknown_marks: int = 0
    suggestions: tuple[str, ...] = ()
    shared_words: float = 1.0


class Assistant:
    """Answers questions about the documents of one index. Safe to share between threads."""

    def __init__(self, library: Library, generator: Generator | None, question_maximum_chars: int) -> None:
        self._library = library
        self._generator = generator
        self._maximum_chars = question_maximum_chars

    @property
    def index(self) -> PassageIndex:
        """The generation that serves now."""
        return self._library.index

    def refresh(self) -> bool:
        """Pick up a newer generation of the index; True when there was one."""
        return self._library.refresh()

    def starters(self, language: str = "sv") -> tuple[str, ...]:
        """Questions to begin with, made from what the documents hold."""
        return starters(self._library.index, Catalogue.load("en" if language == "en" else "sv"))

    def ask(self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()) -> Answer:
        """The whole answer at once.

        `history` holds the earlier questions, oldest first; `documents` restricts the search to these ids.

        :raises BadQuestion: when the question is empty or too long.
        """
        last: Answer | None = None
        for piece in self.stream(question, history, documents):
            if isinstance(piece, Answer):
                last = piece
        assert last is not None
        return last

    def stream(
        self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()
    ) -> Iterator[str | Answer]:
        """The answer piece by piece: proved stretches of its text, and last the Answer itself.

        :raises BadQuestion: when the question is empty or too long.
        """
        asked = self._search(question, history, documents)
        draft = self._without_model(asked)
        if draft.status == "refused" or draft.rows is not None or self._generator is None:
            answer = self._finish(asked, draft)
            yield answer.text
            yield answer
            return
        yield from self._with_model(self._generator, asked, draft)

    def _search(self, typed: str, history: Sequence[str], documents: Sequence[str]) -> _Asked:
        began = time.perf_counter()
        swedish = Catalogue.load("sv")
        sizes = {"length": str(len(typed)), "maximum": str(self._maximum_chars)}
        guard.check(
            typed,
            self._maximum_chars,
            empty=swedish.text("answer.empty_question"),
            too_long=swedish.text("answer.long_question", sizes),
        )
        resolution = resolve(typed, history)
        question = read_question(resolution.standalone)
        question = in_swedish(question) if question.english else question
        library = self._library
        findings = search(
            library.index,
            question,
            library.embedder.embed_query(question.text),
            library.expansion(question),
            frozenset(documents),
        )
        searched = time.perf_counter()
        candidates = judge(question, library.index, findings)
        findings = rerank(findings, candidates)
        hits = findings.hits(library.index, _HITS)
        catalogue = Catalogue.load("en" if question.english else "sv")
        return _Asked(typed, resolution, question, catalogue, findings, candidates, hits, began, searched - began)

    def _without_model(self, asked: _Asked) -> _Draft:
        """The refusal, the list or the quotes that answer."""
        if early := guard.refusal_before_search(asked.question):
            return self._refuse(asked, Verdict(early))
        verdict = decide(asked.question, asked.candidates, self._library.index)
        # A list is judged entry by entry, so that it may be complete where no single sentence is enough.
        goals = self._goals(asked) if verdict is None or not verdict.certain else None
        if goals is not None:
            return goals
        # Where a rule found a name or figure missing, only a list that says all of it may answer.
        sure = verdict is not None and verdict.certain
        listed = self._list(asked, sure) if verdict is None or verdict.refusal == "not_in_documents" else None
        if listed is not None:
            return listed
        if verdict is not None:
            return self._refuse(asked, verdict)
        lines = [line for quote in select(asked.question, asked.candidates) for line in quoted(quote)]
        return _Draft(tuple(lines), notices=self._older(asked.candidates[:1]))

    def _goals(self, asked: _Asked) -> _Draft | None:
        index = self._library.index
        found = answer_goals(asked.question, index.register.goals, index.passages, asked.catalogue)
        if found is None:
            return None
        return _Draft(found.lines, found.status, rows=found.rows, notices=found.notices)

    def _list(self, asked: _Asked, sure: bool) -> _Draft | None:
        if asked.question.ask not in (Ask.LIST, Ask.FIGURE, Ask.PLACE):
            return None
        index = self._library.index
        ranked = [index.passages[number] for number in asked.findings.order[:_RANKED_FOR_LISTS]]
        found = answer_list(
            asked.question,
            ranked,
            index.passages,
            index.register,
            asked.findings.sentences,
            index.documents,
            index.lexical.frequency,
        )
        if found is None or (sure and not (found.whole or found.announced)):
            return None
        rows = [
            (row, Line(escape(row.name), (Quote(row.passage, row.start, row.end),), bullet=True)) for row in found.rows
        ]
        proved = [(row, line) for row, line in rows if self._proved([line], 1.0)]
        if not proved:
            return None
        values = {"found": str(len(proved)), "examined": str(found.examined), "collection": found.collection}
        some = found.examined > len(found.rows) and asked.question.ask is not Ask.FIGURE
        key = "answer.found_of_examined" if some else "answer.count_of"
        return _Draft(
            (Line(asked.catalogue.text(key, values)), *(line for _, line in proved)),
            rows=tuple((row.name, row.cells, line.quotes) for row, line in proved),
        )

    def _refuse(self, asked: _Asked, verdict: Verdict) -> _Draft:
        lines = [Line(asked.catalogue.text(f"answer.{verdict.refusal}"))]
        if verdict.closest is not None:
            if verdict.refusal == "not_in_documents":
                lines.append(Line(asked.catalogue.text("answer.closest")))
            lines.extend(quoted(verdict.closest))
        suggestions = topics(self._library.index, asked.catalogue, asked.hits) if verdict.refusal != "unsafe" else ()
        return _Draft(tuple(lines), "refused", verdict.refusal, suggestions=suggestions)

    def _with_model(self, generator: Generator, asked: _Asked, fallback: _Draft) -> Iterator[str | Answer]:
        """The model's statements, each yielded once it is proved; the quotes when it is away, late or unproved."""
        marks = self._marks()
        lines: list[Line] = []
        shown = ""
        model = ModelText(asked.candidates)
        try:
            for line in model.lines(generator.write(asked.question, asked.candidates)):
                if not self._proved([*lines, line], generator.shared_words):
                    model.dropped += 1
                    continue
                lines.append(line)
                text = write(lines, marks).text
                yield text[len(shown) :]
                shown = text
        except NoModelAnswer as error:
            away = asked.catalogue.text("answer.model_away", {"model": generator.name})
            yield from self._instead(asked, fallback, (away, error.message), model, "\n\n" if shown else "")
            return
        if not lines and model.refused:
            refusal = replace(self._refuse(asked, _silent(asked.candidates)), generator=generator.name)
            yield from self._instead(asked, refusal, (), model)
        elif not lines:
            yield from self._instead(asked, fallback, (asked.catalogue.text("answer.model_unproved"),), model)
        else:
            yield self._finish(
                asked,
                _Draft(
                    tuple(lines),
                    "partial" if model.dropped else "answered",
                    generator=generator.name,
                    notices=(*fallback.notices, *_left_out(model, asked.catalogue)),
                    unknown_marks=model.unknown,
                    shared_words=generator.shared_words,
                ),
            )

    def _instead(
        self, asked: _Asked, draft: _Draft, notices: tuple[str, ...], model: ModelText, joint: str = ""
    ) -> Iterator[str | Answer]:
        """Another answer in place of the model's, which says why and what the model made up."""
        told = (*draft.notices, *notices, *_left_out(model, asked.catalogue))
        answer = self._finish(asked, replace(draft, notices=told, unknown_marks=model.unknown))
        yield joint + answer.text
        yield answer

    def _marks(self) -> Marks:
        index = self._library.index
        return Marks({document.id: document for document in index.documents}, index.page)

    def _proved(self, lines: Sequence[Line], shared_words: float) -> bool:
        written = write([line for line in lines if line.quotes], self._marks())
        return not faults(written.text, written.citations, self._library.index.page, shared_words)

    def _finish(self, asked: _Asked, draft: _Draft) -> Answer:
        """Write the draft, check it, and send it only when it is proved."""
        marks = self._marks()
        proved = tuple(line for line in draft.lines if not line.quotes or self._proved([line], draft.shared_words))
        written = write(proved, marks)
        rows = None
        if draft.rows is not None:
            rows = tuple(Row(name, cells, marks.of(quotes)) for name, cells, quotes in draft.rows)
        status, refusal = draft.status, draft.refusal
        if status != "refused" and not any(line.quotes for line in proved):
            status, refusal = "refused", "not_in_documents"
            written = write((Line(asked.catalogue.text("answer.not_in_documents")),), marks)
        now = time.perf_counter()
        return Answer(
            question=asked.typed,
            standalone_question=asked.question.text,
            text=written.text,
            status=status,
            refusal=refusal,
            citations=tuple(marks.citations),
            hits=asked.hits,
            rows=rows,
            generator=draft.generator,
            search_seconds=asked.search_seconds,
            answer_seconds=now - asked.began,
            index_id=self._library.index.id,
            unknown_marks=draft.unknown_marks,
            notices=draft.notices,
            resolution=asked.resolution.how,
            suggestions=draft.suggestions,
        )

    def _older(self, candidates: Sequence[Candidate]) -> tuple[str, ...]:
        """A sentence for each quoted document that a newer one supersedes."""
        superseded = {document.supersedes for document in self._library.index.documents if document.supersedes}
        titles = {c.passage.title for c in candidates if c.passage.document_id in superseded}
        catalogue = Catalogue.load("sv")
        return tuple(catalogue.text("answer.older_version", {"title": title}) for title in sorted(titles))


def _silent(candidates: Sequence[Candidate]) -> Verdict:
    """The refusal of a model that did not find the answer among the candidates, with the best of them."""
    best = candidates[0]
    return Verdict("not_in_documents", Quote(best.passage, *best.passage.sentences[best.sentence]))


def _left_out(model: ModelText, catalogue: Catalogue) -> tuple[str, ...]:
    """Sentences about the marks and statements of a model that were left out."""
    counts = (("answer.model_marks", model.unknown), ("answer.model_dropped", model.dropped))
    return tuple(catalogue.text(key, {"count": str(count)}) for key, count in counts if count)
