"""The assistant: one question in, one proved answer out.

One straight way: complete a follow-up, look up once, choose the band, answer in the documents' own words or by a
model, and prove each line once. A line that is not proved is not sent.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant import answerability
from assistant.answerability import limit, list_features, probability
from assistant.answers import Answer, Hit, Refusal, Row, Status
from assistant.catalogue import Catalogue
from assistant.compose import Draft, answer, is_told_whole, places, refused, shortened
from assistant.dialogue import read_manner
from assistant.drafting import Line, Marks, write
from assistant.inquiry import Inquiry, Library, likeness_over, look_up
from assistant.lists.answer import answer_list
from assistant.lists.enumerations import count_in
from assistant.lists.goal_rows import UNREAD
from assistant.model.chat_model import ChatModel
from assistant.model.consulting import rewritten
from assistant.model.prompt import CONTEXT_TOKENS, Manner
from assistant.model.replies import ReplyNotes
from assistant.modelled import Modelled, judged_list
from assistant.overview import overview, starters, topics
from assistant.proof import faults
from assistant.question import Question
from assistant.spans import Candidate
from assistant.tabulate import list_draft
from assistant.wanted import asks_aim, names_asked, tells_of_opposite
from ingest.errors import BadQuestion, ModelFailed
from ingest.store.passage_index import PassageIndex
from ingest.swedish import is_english

_FOREIGN_TERMS = 0.25
"""Share of a foreign-looking question's words that may be missing for it to be taken for one about the documents."""
_OF_QUOTES = ("quote_not_on_page", "unknown_mark")
"""Faults that a row of a table may not have, whatever its wording."""


class Assistant:
    """Answers questions about the documents of one index. Safe to share between threads."""

    def __init__(
        self,
        library: Library,
        chat: ChatModel | None,
        question_maximum_chars: int,
        context_tokens: int = CONTEXT_TOKENS,
        rewrites: bool = False,
    ) -> None:
        self._library = library
        self._chat = chat
        self._maximum_chars = question_maximum_chars
        self._context_tokens = context_tokens
        self._rewrites = rewrites

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

    def stream(
        self, question: str, history: Sequence[str] = (), documents: Sequence[str] = ()
    ) -> Iterator[str | Answer]:
        """The answer piece by piece: proved stretches of its text, and last the Answer itself.

        :raises BadQuestion: when the question is empty or too long.
        """
        wish = read_manner(question, history)
        inquiry = replace(self._look_up(wish.question, wish.turns, frozenset(documents)), typed=question)
        draft = self._draft(inquiry)
        beyond_model = draft.refusal in ("unsafe", "out_of_scope", "too_vague") or draft.rows is not None
        if self._chat is None or beyond_model or not inquiry.ranked:
            finished = self._finish(inquiry, shortened(draft) if wish.manner == "short" else draft)
            yield finished.text
            yield finished
            return
        yield from self._with_model(self._chat, inquiry, draft, wish.manner)

    def _look_up(self, typed: str, history: Sequence[str], documents: frozenset[str]) -> Inquiry:
        words = Catalogue.load("en" if is_english(typed) else "sv")
        if not typed.strip():
            raise BadQuestion(words.text("answer.empty_question"))
        if len(typed) > self._maximum_chars:
            sizes = {"length": str(len(typed)), "maximum": str(self._maximum_chars)}
            raise BadQuestion(words.text("answer.long_question", sizes))
        self._library.refresh()
        return look_up(typed, history, documents, self._library)

    def search(self, query: str, documents: Sequence[str] = ()) -> tuple[Hit, ...]:
        """The passages nearest to a query, best first; `documents` restricts the search to these ids.

        :raises BadQuestion: when the query is empty or too long.
        """
        return self._look_up(query, (), frozenset(documents)).hits()

    def _draft(self, inquiry: Inquiry) -> Draft:
        """The answer in the documents' own words, in the band that its probability gives it."""
        question, ranked, index = inquiry.question, inquiry.ranked, inquiry.index
        if whole := overview(question.text, index, inquiry.catalogue):
            return whole
        if early := answerability.refusal_before_search(question):
            return self._refused(inquiry, early)
        foreign = answerability.is_foreign(question)
        if not ranked or (foreign and ranked[0].feature("terms_far") > _FOREIGN_TERMS):
            return self._refused(inquiry, "out_of_scope" if foreign else "not_in_documents")
        if answerability.is_of_unknown(question, ranked, index):
            return self._refused(inquiry, "not_in_documents", ranked[0])
        confidence = _sureness(inquiry)
        if listed := self._list(inquiry, confidence):
            return listed
        told = _is_told(question, ranked[0]) and not answerability.is_sum_of_unknown(question, index)
        if told and confidence >= limit("answer"):
            drafted = answer(question, ranked, confidence)
            if is_told_whole(question, drafted):
                return drafted
        return places(ranked, inquiry.catalogue, confidence)

    def _list(self, inquiry: Inquiry, of_best: float) -> Draft | None:
        """The list or the goals that the question asks for; None where none answers, or the best sentence is surer.

        Where the best sentence leads to the list ("tre nätverk:") or counts its rows, it is at least as sure as that.
        """
        material = inquiry.holdings.material(inquiry.documents)
        found = answer_list(inquiry.question, material, likeness_over(inquiry))
        if found is None or not found.rows:
            return None
        confidence = probability(list_features(found), "lists")
        best, first = inquiry.ranked[0], material.passages[found.rows[0].proof.passage_id]
        leads = best.text.endswith(":") and first.id == best.passage.id
        counts = count_in(best.text) == len(found.rows) and first.document_id == best.passage.document_id
        if leads or counts:
            confidence = max(confidence, of_best)
        if confidence < min(of_best, limit("list")):
            return None
        unread = found.lead_key == UNREAD and not asks_aim(inquiry.question)
        status: Status = "answered" if confidence >= limit("list") and not unread else "partial"
        if self._chat is None:
            return list_draft(found, material.passages, inquiry.catalogue, status, confidence)
        found, lead, told = judged_list(found, inquiry, material, self._chat)
        draft = list_draft(found, material.passages, inquiry.catalogue, status, confidence)
        lines = (lead, *draft.lines) if lead else draft.lines
        return replace(draft, lines=lines, notices=(told,) if told else ())

    def _refused(self, inquiry: Inquiry, refusal: Refusal, closest: Candidate | None = None) -> Draft:
        suggestions = topics(inquiry.index, inquiry.catalogue, inquiry.hits())
        return refused(refusal, closest, inquiry.catalogue, suggestions)

    def _searched_again(self, chat: ChatModel, inquiry: Inquiry, confidence: float) -> Inquiry:
        """The inquiry with what a search in the model's words finds, where that is surer than its own."""
        if not self._rewrites or confidence >= limit("answer"):
            return inquiry
        text = rewritten(chat, inquiry.question.text, inquiry.turns)
        fits = text is not None and len(text) <= self._maximum_chars
        other = self._look_up(text, (), inquiry.documents) if text and fits else inquiry
        if other.holdings is not inquiry.holdings or not other.ranked or _sureness(other) <= _sureness(inquiry):
            return inquiry  # rows of a newer generation, which may serve by now, name other passages
        return replace(inquiry, findings=other.findings, ranked=other.ranked)

    def _with_model(self, chat: ChatModel, inquiry: Inquiry, fallback: Draft, manner: Manner) -> Iterator[str | Answer]:
        """The model's statements, each yielded once it is proved; where it fails, the draft in own words instead."""
        words, marks = inquiry.catalogue, self._marks(inquiry.index)
        lines: list[Line] = []
        shown = ""
        told: tuple[str, ...] = ()
        modelled = Modelled(inquiry, self._context_tokens, manner)
        try:
            again = self._searched_again(chat, inquiry, fallback.confidence)
            if again is not inquiry:
                inquiry, modelled = again, Modelled(again, self._context_tokens, manner)
            for line in modelled.lines(chat):
                if not self._proved(line, inquiry.index):
                    continue
                lines.append(line)
                text = write(lines, marks)
                yield text[len(shown) :]
                shown = text
        except ModelFailed as failed:
            told = (failed.message,)
        notes = modelled.answer.notes
        if lines and not told:
            status, confidence = _of_model(lines, notes, fallback)
            draft = Draft(tuple(lines), status, generator=modelled.answer.generator, confidence=confidence)
            yield self._finish(inquiry, replace(draft, notices=modelled.answer.notices(words)))
            return
        if notes.refused and not told:
            looked = places(inquiry.ranked, words, fallback.confidence)
            fallback = replace(looked, generator=modelled.answer.generator)
            told = (words.text("model.none"),)
        elif not told:
            told = (words.text("model.empty" if notes.empty else "answer.model_unproved"),)
        finished = self._finish(inquiry, replace(fallback, notices=(*fallback.notices, *told)))
        yield ("\n\n" if shown else "") + finished.text
        yield finished

    @staticmethod
    def _marks(index: PassageIndex) -> Marks:
        return Marks({document.id: document for document in index.documents}, index.page)

    def _proved(self, line: Line, index: PassageIndex) -> bool:
        """Whether the quotes stand on their pages, and the line says what they say."""
        marks = self._marks(index)
        text = write([line], marks)
        found = faults(text, marks.citations, index.page)
        return not any(not line.verified or fault.reason in _OF_QUOTES for fault in found)

    def _finish(self, inquiry: Inquiry, draft: Draft) -> Answer:
        """Write the draft, proved line by line, and number its marks."""
        marks = self._marks(inquiry.index)
        proved = tuple(line for line in draft.lines if not line.all_quotes or self._proved(line, inquiry.index))
        text = write(proved, marks)
        rows = None
        if draft.rows is not None:
            rows = tuple(
                Row(
                    row.name,
                    tuple((label, "; ".join(value for value, _ in values)) for label, values in row.cells),
                    marks.of(row.all_quotes),
                )
                for row in draft.rows
            )
        status, refusal = draft.status, draft.refusal
        if status != "refused" and not any(line.all_quotes for line in proved):
            status, refusal = "refused", "not_in_documents"
            text = write((Line(inquiry.catalogue.text("answer.not_in_documents")),), marks)
        return Answer(
            question=inquiry.typed,
            standalone_question=inquiry.resolution.standalone,
            text=text,
            status=status,
            refusal=refusal,
            citations=tuple(marks.citations),
            hits=inquiry.hits(quote for row in draft.rows or () for quote in row.quotes),
            rows=rows,
            generator=draft.generator,
            search_seconds=inquiry.search_seconds,
            answer_seconds=time.perf_counter() - inquiry.began,
            index_id=inquiry.index.id,
            unknown_marks=draft.unknown_marks,
            notices=draft.notices,
            resolution=inquiry.resolution.how,
            suggestions=draft.suggestions,
            confidence=draft.confidence,
        )


def _is_told(question: Question, best: Candidate) -> bool:
    """Whether a sentence names what is asked for, and neither it nor what stands over it tells of the opposite."""
    over = (best.passage.title, *best.passage.section, best.text)
    return names_asked(question, best.text) and not tells_of_opposite(question, " ".join(over))


def _of_model(lines: Sequence[Line], notes: ReplyNotes, fallback: Draft) -> tuple[Status, float]:
    """Status and confidence of a model's answer. Where not one of its statements was proved, the sentences that they
    pointed at are no surer than those that the program found.
    """
    if not any(line.verified for line in lines):
        return "answered" if fallback.status == "answered" else "partial", fallback.confidence
    if notes.refused or notes.cut:
        return "partial", fallback.confidence
    return "answered", max(fallback.confidence, limit("answer"))


def _sureness(inquiry: Inquiry) -> float:
    """The probability that the best sentences found answer the question."""
    question, findings = inquiry.question, inquiry.findings
    found = answerability.answerability_features(question, inquiry.ranked, findings, inquiry.is_followup)
    return probability(found)
