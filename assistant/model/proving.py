"""From a model's statements to what is shown: proved ones as they are, others as the sentences they point at.

Nothing that points at a source is dropped: what the lock cannot prove is replaced by the documents' own words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from assistant.model.clauses import content, shared
from assistant.model.lock import ClaimContext, verify_claim
from assistant.model.replies import Statement

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
