"""The assistant: one question in, one proved answer out.

The order of work: complete a follow-up, search, answer in the documents' own words or by a model, and check the
finished answer against the pages. An answer that fails the check is not sent.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant import guard
from assistant.answers import Answer, Hit, Row
from assistant.asked import HITS, Asked, look_up
from assistant.catalogue import Catalogue
from assistant.comparison import sides
from assistant.drafting import Line, Marks, write
from assistant.followup import resolve
from assistant.generation import Generator, ModelText, NoModelAnswer
from assistant.judge import Candidate
from assistant.library import Library
from assistant.proof import Quote, faults
from assistant.question import read_question
from assistant.quoting import Draft, answer_both_sides, answer_by_quotes, refused
from assistant.refusal import Verdict
from assistant.starters import starters
from assistant.versions import find_changes, version_meant, version_sides
from ingest.index.passage_index import PassageIndex
from ingest.swedish import is_english


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

        `history` holds the earlier questions, oldest first; `documents` restricts the answer to these ids.

        :raises BadQuestion: when the question is empty or too long.
        """
        last: Answer | None = None
        for piece in self.stream(question, history, documents):
            if isinstance(piece, Answer):
                last = piece
        assert last is not None
        return last

    def search(self, query: str, documents: Sequence[str] = ()) -> tuple[Hit, ...]:
        """The passages nearest to a query, best first; `documents` restricts the search to these ids.

        :raises BadQuestion: when the query is empty or too long.
        """
        self._check(query, Catalogue.load("sv"))
        resolution = resolve(query, ())
        return look_up(query, resolution, read_question(query), frozenset(documents), self._library).hits

    def stream(
        self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()
    ) -> Iterator[str | Answer]:
        """The answer piece by piece: proved stretches of its text, and last the Answer itself.

        :raises BadQuestion: when the question is empty or too long.
        """
        asked, draft = self._in_own_words(question, history, frozenset(documents))
        if draft.status == "refused" or draft.rows is not None or self._generator is None:
            answer = self._finish(asked, draft)
            yield answer.text
            yield answer
            return
        yield from self._with_model(self._generator, asked, draft)

    def _in_own_words(self, typed: str, history: Sequence[str], documents: frozenset[str]) -> tuple[Asked, Draft]:
        """What the documents say: those that are valid now, and where they are silent, those that they replaced."""
        words = Catalogue.load("en" if is_english(typed) else "sv")
        self._check(typed, words)
        resolution = resolve(typed, history)
        question = read_question(resolution.standalone)
        meant, valid = (question, documents) if documents else version_meant(question, self._library.index.documents)
        asked = look_up(typed, resolution, meant, valid, self._library)
        compared = None
        if not documents and find_changes(question, self._library.index) is None:
            compared = version_sides(question, self._library.index.documents)
        compared = compared or sides(meant)
        if compared:
            both = [
                look_up(typed, resolution, side.question, side.documents or valid, self._library) for side in compared
            ]
            if draft := answer_both_sides(asked, compared, both):
                return replace(asked, hits=_in_turn([one.hits for one in both])), draft
        draft = answer_by_quotes(asked, self._is_proved)
        if valid != documents and draft.refusal == "not_in_documents":
            wider = look_up(typed, resolution, question, documents, self._library)
            answer = answer_by_quotes(wider, self._is_proved)
            return (asked, draft) if answer.status == "refused" else (wider, answer)
        return asked, draft

    def _check(self, typed: str, words: Catalogue) -> None:
        sizes = {"length": str(len(typed)), "maximum": str(self._maximum_chars)}
        guard.check(
            typed,
            self._maximum_chars,
            empty=words.text("answer.empty_question"),
            too_long=words.text("answer.long_question", sizes),
        )

    def _with_model(self, generator: Generator, asked: Asked, fallback: Draft) -> Iterator[str | Answer]:
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
            refusal = replace(refused(asked, _silent(asked.candidates)), generator=generator.name)
            yield from self._instead(asked, refusal, (), model)
        elif not lines:
            yield from self._instead(asked, fallback, (asked.catalogue.text("answer.model_unproved"),), model)
        else:
            yield self._finish(
                asked,
                Draft(
                    tuple(lines),
                    "partial" if model.dropped else "answered",
                    generator=generator.name,
                    notices=(*fallback.notices, *_left_out(model, asked.catalogue)),
                    unknown_marks=model.unknown,
                    shared_words=generator.shared_words,
                ),
            )

    def _instead(
        self, asked: Asked, draft: Draft, notices: tuple[str, ...], model: ModelText, joint: str = ""
    ) -> Iterator[str | Answer]:
        """Another answer in place of the model's, which says why and what the model made up."""
        told = (*draft.notices, *notices, *_left_out(model, asked.catalogue))
        answer = self._finish(asked, replace(draft, notices=told, unknown_marks=model.unknown))
        yield joint + answer.text
        yield answer

    def _marks(self) -> Marks:
        index = self._library.index
        return Marks({document.id: document for document in index.documents}, index.page)

    def _is_proved(self, line: Line) -> bool:
        return self._proved([line], 1.0)

    def _proved(self, lines: Sequence[Line], shared_words: float) -> bool:
        written = write([line for line in lines if line.quotes], self._marks())
        return not faults(written.text, written.citations, self._library.index.page, shared_words)

    def _finish(self, asked: Asked, draft: Draft) -> Answer:
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
            standalone_question=asked.resolution.standalone,
            text=written.text,
            status=status,
            refusal=refusal,
            citations=tuple(marks.citations),
            hits=asked.hits_behind(quote for _, _, quotes in draft.rows or () for quote in quotes),
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


def _in_turn(ranked: Sequence[Sequence[Hit]]) -> tuple[Hit, ...]:
    """The best of each ranking first, then the second best, each passage once."""
    mixed = (hit for place in zip(*ranked, strict=False) for hit in place)
    return tuple({hit.passage.id: hit for hit in reversed(list(mixed))}.values())[::-1][:HITS]


def _silent(candidates: Sequence[Candidate]) -> Verdict:
    """The refusal of a model that did not find the answer among the candidates, with the best of them."""
    best = candidates[0]
    return Verdict("not_in_documents", Quote(best.passage, *best.passage.sentences[best.sentence]))


def _left_out(model: ModelText, catalogue: Catalogue) -> tuple[str, ...]:
    """Sentences about the marks and statements of a model that were left out."""
    counts = (("answer.model_marks", model.unknown), ("answer.model_dropped", model.dropped))
    return tuple(catalogue.text(key, {"count": str(count)}) for key, count in counts if count)
