"""What a chat model is shown of an inquiry, and its proved statements as lines with quotes.

The model writes, the program proves (assistant/model/). Knows nothing of bands or marks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from assistant.drafting import Line, escape, quoted
from assistant.inquiry import Inquiry
from assistant.known_names import named_entities
from assistant.model.answering import ModelAnswer
from assistant.model.chat_model import ChatModel
from assistant.model.prompt import ShownPassage, Surroundings
from assistant.model.roles import names
from assistant.proof import Quote
from ingest.documents import Document, Passage, PassageKind
from ingest.facts.types import Entity

PASSAGES_SHOWN = 18
_BEST_SENTENCES = 4


class Modelled:
    """One inquiry put to a chat model: the lines that are proved, and what is told besides."""

    def __init__(self, inquiry: Inquiry, context_tokens: int) -> None:
        self._passages = [hit.passage for hit in inquiry.findings.hits(inquiry.index, PASSAGES_SHOWN)]
        documents = {document.id: document for document in inquiry.index.documents}
        shown = [_shown(one, documents[one.document_id], inquiry) for one in self._passages]
        mid_sentence = frozenset(word for one in self._passages for word in names(one.text))
        self.answer = ModelAnswer(
            inquiry.question.text, shown, _around(inquiry), mid_sentence, PASSAGES_SHOWN, context_tokens
        )

    def lines(self, chat: ChatModel) -> Iterator[Line]:
        """Each statement as soon as it is proved or replaced by the sentences it points at.

        :raises ModelFailed: after what came before the failure.
        """
        for one in self.answer.shown(chat):
            quotes = tuple(self._quote(*source) for source in self.answer.sources_of(one))
            if one.own_words and len(quotes) == 1:
                yield from quoted(quotes[0])
            else:
                yield Line(escape(one.text), quotes, bullet=one.bullet, verified=True)

    def _quote(self, passage: int, sentence: int) -> Quote:
        own = self._passages[passage]
        return Quote(own, *own.sentences[sentence])


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


def _around(inquiry: Inquiry) -> Surroundings:
    entities = [entity for _, entity in named_entities(inquiry.question.text, inquiry.index)]
    return Surroundings(
        today=date.today().isoformat(),
        turns=inquiry.turns,
        facts=tuple(row for entity in entities if (row := _fact_row(entity))),
        abbreviations=inquiry.index.abbreviations,
    )


def _fact_row(entity: Entity) -> str:
    """ "Grön verkstad: owner Norrby kommun; sum 6,5 miljoner kronor"."""
    told = dict.fromkeys(f"{fact.attribute.value} {fact.value}" for fact in entity.facts)
    return f"{entity.name}: {'; '.join(told)}" if told else ""
