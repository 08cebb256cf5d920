"""The lock: whether a statement that a model wrote says what the sentences say that it points at.

Numbers are bound to their unit and company, years to their event, names to their sentence and role; closed classes of
words must agree clause by clause; and no part of a statement may be new. What the lock cannot prove is to be replaced
by the sentences themselves. Knows nothing of models, marks or how an answer is written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from assistant.glossary import swedish_words
from assistant.matching import match
from assistant.model.classes import commands, denials, disagreement, is_classed
from assistant.model.clauses import Clause, aligned, content, sentences_of
from assistant.model.names import foreign_names, is_among, name_replaced, names, roles_swapped
from assistant.model.numbers import figures, is_number, numbers_differ
from assistant.pointing import points_back
from assistant.verbatim import is_verbatim
from ingest.swedish import is_english, stem

_NEW_WORDS = 0.3
"""Largest share of a statement's content words that may be new."""
_NEW_RUN = 2
"""So many new content words one after the other are a claim of their own."""
_ENGLISH_ANCHORS = 0.3
"""Least share of an English statement's words that a Swedish sentence has: figures, names, kindred words."""
_KINDRED = 4
"""So many first letters alike make an English word a Swedish one's kin ("project", "projekt")."""
_ANSWER = re.compile(r"^\W*(?:ja|nej|yes|no)\b[,.:]?\s*", re.IGNORECASE)
_NO = re.compile(r"^\W*(?:nej|no)\b", re.IGNORECASE)
_MENTION = re.compile(r"[^\w]+")
_PREFIXES = ("o", "miss", "icke-", "non-")
_PARTS = re.compile(
    r"\s*[,;:]\s+|\s[–—-]\s|\s*[()]\s*|\s+(?:och|samt|men|medan|eftersom|efter|före|genom|trots|tack vare|för att"
    r"|så att|på grund av|utan|inför|sedan|vilket|som|innan|med|after|because|but|and|which|by|through)\s+"
)


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
    plain = " ".join(statement.split())
    if is_verbatim(plain, sentences, context.headings, item):
        return _KEPT
    proofs = sentences_of(sentences)
    if not proofs or not content(plain):
        return Verdict(False, "words")
    english = is_english(plain) and not is_english(" ".join(sentences))
    reason = (
        _number_fault(plain, proofs, context, english)
        or _name_fault(plain, proofs, context)
        or _class_fault(plain, proofs, english)
        or (_english_fault(plain, proofs, context) if english else _word_fault(plain, proofs, context))
    )
    return Verdict(False, reason) if reason else _KEPT


def _number_fault(statement: str, proofs: Sequence[str], context: ClaimContext, english: bool) -> str | None:
    around = " ".join((*context.headings, *context.passages))
    there = {figure.value for figure in figures(around)}
    known = " ".join(figure.value for figure in figures(context.question) if figure.value in there)
    plain = _without(statement, context.headings)
    if numbers_differ(plain, proofs, known, english):
        return "number"
    for clause in aligned(plain, proofs):
        own = {figure.value for figure in figures(clause.text)}
        every = [{figure.value for figure in figures(proof)} for proof in proofs]
        stated = own & set().union(*every)
        if not english and len(stated) > 0 and not any(stated <= one for one in every):
            return "number"
    return None


def _name_fault(statement: str, proofs: Sequence[str], context: ClaimContext) -> str | None:
    mid = context.names_written_mid_sentence
    for clause in aligned(_without(statement, context.headings), proofs):
        foreign = foreign_names(clause, mid)
        if any(not _may_be_named(name, clause, proofs, context) for name in foreign):
            return "name"
        if name_replaced(clause, foreign, mid) or roles_swapped(clause, mid):
            return "role"
    return None


def _may_be_named(name: str, clause: Clause, proofs: Sequence[str], context: ClaimContext) -> bool:
    """A name from elsewhere: a heading's, the question's where the documents have it, or that of a sentence before."""
    mid = context.names_written_mid_sentence
    if any(is_among(name, [" ".join(names(heading, mid))]) for heading in context.headings):
        return True
    elsewhere = is_among(name, (*proofs, *context.passages))
    unnamed = points_back(clause.sentence) and not names(clause.sentence, mid)
    return elsewhere and (unnamed or is_among(name, [context.question]))


def _class_fault(statement: str, proofs: Sequence[str], english: bool) -> str | None:
    if _NO.search(statement) and not any(denials(proof) for proof in proofs):
        return "denial"
    whole = " ".join(proofs)
    plain = _ANSWER.sub("", statement)
    for clause in [Clause(plain, whole, whole)] if english else aligned(plain, proofs):
        if reason := disagreement(clause.text, clause.proof):
            return reason
        if not english and denials(clause.text) != denials(clause.proof):
            return "denial"
    return None


def _word_fault(statement: str, proofs: Sequence[str], context: ClaimContext) -> str | None:
    """New words: too many, several in a row, a whole part of them, or the opposite of a word that is there."""
    headings = [heading for heading in context.headings if not commands(heading)]
    there = set(content(" ".join((*proofs, *headings, *_predecessors(proofs, context.passages)))))
    own = [word for word in content(_ANSWER.sub("", statement)) if not is_number(word)]
    new = [not is_classed(word) and not any(match(word, other) > 0 for other in there) for word in own]
    if any(_is_opposite(word, other) for word in own for other in there if word not in there):
        return "denial"
    if sum(new) > _NEW_WORDS * len(own) or any(all(new[at : at + _NEW_RUN]) for at in range(len(new) - _NEW_RUN + 1)):
        return "words"
    if own and not any(match(word, other) > 0 for word in own for other in content(" ".join(proofs))):
        return "words"
    known = {word for word, is_new in zip(own, new, strict=True) if not is_new}
    for part in _PARTS.split(statement):
        words_here = [word for word in content(part) if not is_number(word)]
        if words_here and len(words_here) > 1 and not known & set(words_here):
            return "words"
    return None


def _predecessors(proofs: Sequence[str], passages: Sequence[str]) -> list[str]:
    """The sentences that stand before those that point back to them ("Det invigdes 2017.")."""
    found: list[str] = []
    for passage in passages:
        there = sentences_of([passage])
        found += [before for before, one in pairwise(there) if one in proofs and points_back(one)]
    return found


def _english_fault(statement: str, proofs: Sequence[str], context: ClaimContext) -> str | None:
    """Whether too little of an English statement can be found in its Swedish sentences."""
    there = set(content(" ".join((*proofs, *(one for one in context.headings if not commands(one))))))
    own = content(statement)
    kindred = sum(any(word[:_KINDRED] == other[:_KINDRED] for other in there) for word in own)
    translated = sum(
        any(match(part, other) > 0 for one in swedish for part in content(one) for other in there)
        for swedish in swedish_words(statement)
    )
    return "words" if kindred + translated < _ENGLISH_ANCHORS * len(own) else None


def _is_opposite(word: str, other: str) -> bool:
    """Whether one of two words is the other with a prefix that denies it ("ojämlik", "jämlik")."""
    shorter, longer = sorted((stem(word), stem(other)), key=len)
    return len(shorter) > 2 and any(longer == prefix + shorter for prefix in _PREFIXES)


def _without(statement: str, headings: Sequence[str]) -> str:
    """The statement without the titles and headings that it names in full."""
    for mention in sorted(headings, key=len, reverse=True):
        if _MENTION.sub("", mention):
            statement = statement.replace(" ".join(mention.split()), " ")
    return statement
