"""What a chat model is shown of an inquiry, and its proved statements as lines with quotes.

The model writes, the program proves (assistant/model/). Knows nothing of bands or marks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from assistant.drafting import Line, Quote, escape, quoted
from assistant.inquiry import Inquiry
from assistant.lists.constraints import Subject
from assistant.lists.draft import ListDraft
from assistant.lists.material import Material, all_of, shown, written
from assistant.lists.request import read_request
from assistant.model.answering import ModelAnswer, Shown
from assistant.model.bindings import names
from assistant.model.chat_model import ChatModel
from assistant.model.consulting import judged, reworded
from assistant.model.prompt import Manner, ShownPassage, Surroundings
from ingest.documents import Document, Passage, PassageKind
from ingest.facts.types import Attribute, Entity

PASSAGES_SHOWN = 18
_BEST_SENTENCES = 4
_HELD = (Attribute.OWNER, Attribute.SUM, Attribute.START, Attribute.END, Attribute.STATUS)
_SEVERAL = (Attribute.FUNDER, Attribute.PARTICIPANT)


class Modelled:
    """One inquiry put to a chat model: the lines that are proved, and what is told besides."""

    def __init__(self, inquiry: Inquiry, context_tokens: int, manner: Manner = "answer") -> None:
        self._question, self._manner = inquiry.question.text, manner
        self._passages = [hit.passage for hit in inquiry.findings.hits(inquiry.index, PASSAGES_SHOWN)]
        documents = {document.id: document for document in inquiry.index.documents}
        shown = [_shown(one, documents[one.document_id], inquiry) for one in self._passages]
        mid_sentence = frozenset(word for one in self._passages for word in names(one.text))
        around = Surroundings(
            today=date.today().isoformat(),
            turns=inquiry.turns,
            facts=tuple(row for entity in inquiry.entities if (row := _fact_row(entity))),
            abbreviations=inquiry.index.abbreviations,
            manner="summary" if manner == "summary" else "answer",
        )
        self.answer = ModelAnswer(inquiry.question.text, shown, around, mid_sentence, PASSAGES_SHOWN, context_tokens)

    def lines(self, chat: ChatModel) -> Iterator[Line]:
        """Each statement as soon as it is proved or replaced by the sentences it points at.

        :raises ModelFailed: after what came before the failure.
        """
        for one in self._shown(chat):
            sources = [(self._passages[passage], sentence) for passage, sentence in self.answer.sources_of(one)]
            quotes = tuple(Quote(passage, *passage.sentences[sentence]) for passage, sentence in sources)
            if one.own_words and len(quotes) == 1:
                yield from quoted(quotes[0])
            else:
                yield Line(escape(one.text), quotes, bullet=one.bullet, verified=True)

    def _shown(self, chat: ChatModel) -> Iterator[Shown]:
        """The answer's statements; a shorter or plainer answer is made of the proved statements of the full one."""
        if self._manner not in ("short", "plain"):
            yield from self.answer.shown(chat)
        elif full := list(self.answer.shown(chat)):
            yield from reworded(chat, self._question, full, self._manner)


def _shown(passage: Passage, document: Document, inquiry: Inquiry) -> ShownPassage:
    best = [one.sentence for one in inquiry.ranked if one.passage.id == passage.id][:_BEST_SENTENCES]
    return ShownPassage(
        document_id=passage.document_id,
        title=passage.title,
        section=passage.section,
        place=inquiry.index.rows[passage.id],
        sentences=tuple(passage.text[start:end] for start, end in passage.sentences),
        dates=_dates(document),
        best=tuple(best),
        whole=passage.kind in (PassageKind.LIST, PassageKind.TABLE),
    )


def _dates(document: Document) -> str:
    valid = "–".join(part for part in (document.valid_from, document.valid_to) if part)
    return ", ".join(part for part in (str(document.year or ""), f"gäller {valid}" if valid else "") if part)


def judged_list(
    found: ListDraft, inquiry: Inquiry, material: Material, chat: ChatModel
) -> tuple[ListDraft, Line | None, str]:
    """A list of initiatives without the rows that the model says do not belong, its first sentence, and what is told.

    The table, its cells and its counts stay the program's, and so does all that facts decide: the model judges only
    whether a thing is about the subject that the question asks about.
    """
    if found.lead_key != "list.found":
        return found, None, ""
    by_subject = any(isinstance(one, Subject) for one in read_request(inquiry.question, material).constraints)
    passages = inquiry.index.passages
    quotes = [
        Quote(passages[inquiry.index.rows[row.proof.passage_id]], row.proof.start, row.proof.end) for row in found.rows
    ]
    verdict = judged(
        chat, inquiry.question.text, [f"{r.name}: {q.text}" for r, q in zip(found.rows, quotes, strict=True)]
    )
    left_out = verdict.left_out if by_subject else ()
    kept = tuple(row for place, row in enumerate(found.rows) if place not in left_out)
    names = ", ".join(found.rows[place].name for place in left_out)
    told = inquiry.catalogue.text("model.left_out", {"names": names}) if names else verdict.failure
    lead = None
    if verdict.lead and not set(left_out) & {number - 1 for number in verdict.lead.source_numbers}:
        proof = tuple(quotes[number - 1] for number in verdict.lead.source_numbers)
        lead = Line(escape(verdict.lead.text), proof, verified=True)
    return replace(found, rows=kept, lead_values={**found.lead_values, "found": str(len(kept))}), lead, told


def _fact_row(entity: Entity) -> str:
    """ "Grön verkstad: owner Norrby kommun; sum 6,5 miljoner kronor": what holds, and all who pay and take part."""
    several = (fact for attribute in _SEVERAL for fact in all_of(entity, attribute))
    held = (fact for attribute in _HELD if (fact := shown(entity, attribute)))
    told = dict.fromkeys(f"{fact.attribute.value} {written(fact)}" for fact in (*held, *several))
    return f"{entity.name}: {'; '.join(told)}" if told else ""
