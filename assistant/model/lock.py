"""The lock: whether a statement that a model wrote says what the sentences say that it points at.

Numbers are bound to their unit and company, years to their event, names to their sentence and role; closed classes of
words must agree clause by clause; and no part of a statement may be new. What the lock cannot prove is to be replaced
by the sentences themselves. Knows nothing of models, marks or how an answer is written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from assistant.matching import match
from assistant.model.bindings import figure_fault, is_among, names, names_fault, subject_moved
from assistant.model.clauses import (
    Clause,
    aligned,
    content,
    disagreement,
    is_classed,
    sentences_of,
    shared,
)
from assistant.model.quantities import figures, is_number, spelled_out
from assistant.query_expansion import Synonyms
from assistant.verbatim import is_verbatim
from ingest.swedish import is_english, stem

_TOLD_WORDS = 3
"""A statement with a new word must have so many content words that are told, and at least as many as are new."""
_ANSWER = re.compile(r"^\W*(?:ja|nej|yes|no)\b[,.:]?\s*", re.IGNORECASE)
_BECAUSE = re.compile(
    r"\b(?:eftersom|därför att|då|på grund av|tack vare|till följd av|med hänvisning till|beror (?:i huvudsak )?på"
    r"|berodde på|tillskrivs|förklaras av|hänförlig\w* till|because(?: of)?|due to|thanks to)\b",
    re.IGNORECASE,
)
_MENTION = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class ClaimContext:
    """What a statement may name besides its sentences.

    `headings` are the cited passages' headings and titles; `passages` the texts that the sentences stand in;
    `names_written_mid_sentence` the words, in lower case, that the documents write with a capital within a sentence.
    """

    question: str = ""
    headings: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()
    names_written_mid_sentence: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a statement is kept; if not, what fails: "number", "name", "role", "words" or a word class."""

    kept: bool
    reason: str = ""


_KEPT = Verdict(True)


def verify_claim(statement: str, sentences: Sequence[str], context: ClaimContext, item: bool = False) -> Verdict:
    """Whether the statement is proved by the sentences. An `item` of a list may be a name cut out of one of them.

    English statements about Swedish sentences must keep numbers, names and word classes; their words are free.
    """
    plain = spelled_out(" ".join(statement.split()))
    if is_verbatim(plain, sentences, context.headings, item):
        return _KEPT
    proofs = tuple(map(spelled_out, sentences_of(sentences)))
    if not proofs or not content(plain):
        return Verdict(False, "words")
    english = is_english(plain) and not is_english(" ".join(sentences))
    reason = (
        _number_fault(plain, proofs, context, english)
        or _name_fault(plain, proofs, context)
        or _class_fault(plain, proofs, english)
        or _cause_fault(plain, proofs)
        or (None if english else _word_fault(plain, proofs, context))
    )
    return Verdict(False, reason) if reason else _KEPT


def _number_fault(statement: str, proofs: Sequence[str], context: ClaimContext, english: bool) -> str | None:
    there = {figure.value for figure in figures(" ".join((*context.headings, *context.passages)))}
    known = " ".join(figure.value for figure in figures(context.question) if figure.value in there)
    return "number" if figure_fault(_without(statement, context.headings), proofs, known, english) else None


def _name_fault(statement: str, proofs: Sequence[str], context: ClaimContext) -> str | None:
    mid = context.names_written_mid_sentence
    for clause in aligned(_without(statement, context.headings), proofs):
        if subject_moved(clause.text, proofs, context.headings):
            return "role"
        if not all(_may_be_named(name, clause, proofs, context) for name in names(clause.text, mid)):
            return "name"
    every = {stem(name) for text in (statement, *proofs) for name in names(text, mid)}
    return "role" if names_fault(statement, proofs, every) else None


def _may_be_named(name: str, clause: Clause, proofs: Sequence[str], context: ClaimContext) -> bool:
    """A name of the sentence, a heading, or the question where the documents have it."""
    mid = context.names_written_mid_sentence
    if is_among(name, [clause.sentence]) or any(
        is_among(name, [" ".join(names(heading, mid))]) for heading in context.headings
    ):
        return True
    return is_among(name, (*proofs, *context.passages)) and is_among(name, [context.question])


def _cause_fault(statement: str, proofs: Sequence[str]) -> str | None:
    """Whether the statement gives a cause that the sentences do not give, or takes the effect for the cause."""
    for sentence in sentences_of([statement]):
        for effect, cause in _reasons(sentence):
            given = [reason for proof in proofs for reason in _reasons(proof)]
            if not any(_gives(effect, cause, back, there) for back, there in given):
                return "cause"
    return None


def _gives(effect: Sequence[str], cause: Sequence[str], back: Sequence[str], there: Sequence[str]) -> bool:
    """Whether a reason of the sentences, `there` for `back`, holds the cause as cause and some of the effect."""
    as_cause = shared(cause, there)
    return bool(as_cause) and as_cause >= shared(cause, back) and (not effect or shared(effect, back) > 0)


def _reasons(sentence: str) -> list[tuple[list[str], list[str]]]:
    """The content words of each effect in the sentence, and of its cause."""
    found = ((sentence[: one.start()], sentence[one.end() :]) for one in _BECAUSE.finditer(sentence))
    return [(content(effect), content(cause)) for effect, cause in found if content(cause)]


def _class_fault(statement: str, proofs: Sequence[str], english: bool) -> str | None:
    plain, whole = _ANSWER.sub("", statement), " ".join(proofs)
    clauses = [Clause(plain, whole, whole)] if english else aligned(plain, proofs)
    return next((fault for clause in clauses if (fault := disagreement(clause))), None)


def _word_fault(statement: str, proofs: Sequence[str], context: ClaimContext) -> str | None:
    """Whether too many words are new, or a whole part of them, or nothing is said but a heading."""
    there = set(content(" ".join(proofs)))
    statement = _without(_ANSWER.sub("", statement), context.headings)
    own = [word for word in content(statement) if not is_number(word)]
    new = [not is_classed(word) and not _is_told(word, there) for word in own]
    if any(new) and len(own) - sum(new) < max(_TOLD_WORDS, sum(new)):
        return "words"
    if not content(statement) or (own and not shared(own, content(" ".join(proofs)))):
        return "words"
    return None


def _is_told(word: str, there: Collection[str]) -> bool:
    """Whether the word, or a synonym of it, stands among the others."""
    return any(match(one, other) > 0 for one in (word, *Synonyms().of([word])) for other in there)


def _without(statement: str, headings: Sequence[str]) -> str:
    """The statement without the titles and headings that it names in full."""
    for mention in sorted(headings, key=len, reverse=True):
        if _MENTION.sub("", mention):
            statement = statement.replace(" ".join(mention.split()), " ")
    return statement
