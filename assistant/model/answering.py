"""One answer by a chat model: the prompt, the reply as it streams, the proof, and what is told besides.

Proved statements are shown as they are, others as the sentences they point at: nothing that points at a source is
dropped. Whoever calls this turns what is shown into lines with citations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from assistant.catalogue import Catalogue
from assistant.model.chat_model import ChatModel
from assistant.model.clauses import content, shared
from assistant.model.lock import ClaimContext, verify_claim
from assistant.model.prompt import CONTEXT_TOKENS, PASSAGES_SHOWN, ShownPassage, Surroundings, build_prompt
from assistant.model.replies import ReplyNotes, ReplyReader, Statement

_YES_OR_NO = re.compile(r"\W*(?:ja|nej|yes|no)\W*", re.IGNORECASE)
_SENTENCES_IN_PLACE = 3
"""Most sentences that stand in place of one statement: those that share most of its words."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What an answer shows: a text, the numbers of its sources, whether it is an item, and in whose words it is."""

    text: str
    source_numbers: tuple[int, ...]
    bullet: bool
    own_words: bool
    """Whether the text is a document's sentence, word for word."""


@dataclass(slots=True)
class Proving:
    """Proves the statements of one reply. `replaced` counts the sentences shown in place of unproved statements.

    `sentences` are the texts of [s1], [s2] …; `context_of` gives what a statement with these sources may name.
    """

    sentences: Sequence[str]
    context_of: Callable[[tuple[int, ...]], ClaimContext]
    replaced: int = 0
    reasons: list[str] = field(default_factory=list)
    _given: set[str] = field(default_factory=set, init=False)

    def shown(self, statements: Iterable[Statement]) -> Iterator[Shown]:
        """What is shown of the statements, in order; nothing twice."""
        yes_or_no = ""
        for statement in statements:
            if _YES_OR_NO.fullmatch(statement.text):  # says nothing by itself: proved with what it opens
                yes_or_no = statement.text.rstrip(" .,!") + ". "
                continue
            statement, yes_or_no = replace(statement, text=yes_or_no + statement.text), ""
            verdict = verify_claim(
                statement.text,
                [self.sentences[number - 1] for number in statement.source_numbers],
                self.context_of(statement.source_numbers),
                statement.bullet,
            )
            if not verdict.kept:
                self.reasons.append(verdict.reason)
                yield from self._in_place(statement)
            elif self._is_new(statement.text):
                yield Shown(statement.text, statement.source_numbers, statement.bullet, own_words=False)

    def _in_place(self, statement: Statement) -> Iterator[Shown]:
        own = content(statement.text)
        nearest = sorted(
            statement.source_numbers, key=lambda number: shared(own, content(self.sentences[number - 1])), reverse=True
        )[:_SENTENCES_IN_PLACE]
        for number in sorted(nearest):
            sentence = " ".join(self.sentences[number - 1].split())
            if self._is_new(sentence):
                self.replaced += 1
                yield Shown(sentence, (number,), statement.bullet, own_words=True)

    def _is_new(self, text: str) -> bool:
        key = " ".join(text.casefold().split()).strip(" .")
        if key in self._given:
            return False
        self._given.add(key)
        return True


class ModelAnswer:
    """Asks a chat model one question about some passages, best first, and proves what it writes.

    `names` are the words, in lower case, that the documents write with a capital within a sentence.
    """

    def __init__(
        self,
        question: str,
        passages: Sequence[ShownPassage],
        around: Surroundings,
        names: frozenset[str] = frozenset(),
        passages_shown: int = PASSAGES_SHOWN,
        context_tokens: int = CONTEXT_TOKENS,
    ) -> None:
        self._question = question
        self._passages = passages
        self._names = names
        self.prompt = build_prompt(question, passages, around, passages_shown, context_tokens)
        self._reader = ReplyReader(len(self.prompt.sources))
        sentences = [passages[number].sentences[sentence] for number, sentence in self.prompt.sources]
        self._proving = Proving(sentences, self._context)
        self.generator = ""
        """The name of the model that wrote, once it has begun."""

    @property
    def notes(self) -> ReplyNotes:
        """What is told of the reply besides its statements; final when `shown` has ended."""
        return self._reader.notes

    @property
    def replaced(self) -> int:
        """How many sentences are shown in the documents' own words in place of statements that were not proved."""
        return self._proving.replaced

    def shown(self, chat: ChatModel) -> Iterator[Shown]:
        """What may be shown, each statement as soon as it is proved or replaced.

        :raises ModelFailed: after what came before the failure.
        """
        yield from self._proving.shown(self._reader.statements(self._pieces(chat)))

    def proved(self, reply: str) -> Iterator[Shown]:
        """What may be shown of a reply that is there already."""
        yield from self._proving.shown(self._reader.statements([reply]))

    def sources_of(self, shown: Shown) -> tuple[tuple[int, int], ...]:
        """The places, in `passages` and in the passage's sentences, of the sentences behind what is shown."""
        return tuple(self.prompt.sources[number - 1] for number in shown.source_numbers)

    def notices(self, catalogue: Catalogue) -> tuple[str, ...]:
        """Sentences for the reader about what was replaced, left out or cut."""
        notes, told = self.notes, []
        for key, count in (("unmarked", notes.unmarked), ("unknown_marks", notes.unknown_marks)):
            if count:
                told.append(catalogue.text(f"model.{key}", {"count": str(count)}))
        if self.replaced:
            key = "model.replaced_one" if self.replaced == 1 else "model.replaced"
            told.insert(0, catalogue.text(key, {"count": str(self.replaced)}))
        flags: tuple[tuple[str, Callable[[ReplyNotes], bool]], ...] = (
            ("half", lambda one: one.refused),
            ("capped", lambda one: one.capped),
            ("cut", lambda one: one.cut),
            ("empty", lambda one: one.empty),
        )
        return (*told, *(catalogue.text(f"model.{key}") for key, holds in flags if holds(notes)))

    def _pieces(self, chat: ChatModel) -> Iterator[str]:
        for text, name in chat.write(self.prompt):
            self.generator = name
            yield text

    def _context(self, source_numbers: tuple[int, ...]) -> ClaimContext:
        cited = [self._passages[self.prompt.sources[number - 1][0]] for number in source_numbers]
        headings = dict.fromkeys(heading for one in cited for heading in (*one.section, one.title))
        texts = dict.fromkeys(" ".join(one.sentences) for one in cited)
        return ClaimContext(self._question, tuple(headings), tuple(texts), self._names)
