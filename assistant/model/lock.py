"""The lock: whether a statement that a model wrote says what the sentences say that it points at.

Numbers are bound to their unit and company, years to their event, names to their sentence and role; closed classes of
words must agree clause by clause; and no part of a statement may be new. What the lock cannot prove is to be replaced
by the sentences themselves. Knows nothing of models, marks or how an answer is written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from assistant.drafting import points_back
from assistant.matching import Synonyms, match, swedish_words
from assistant.model.bindings import agent_replaced, figure_fault, is_among, names, names_fault, subject_moved
from assistant.model.clauses import (
    Clause,
    aligned,
    as_sentence,
    content,
    denials,
    disagreement,
    is_classed,
    sentences_of,
    shared,
    split_clauses,
)
from assistant.model.quantities import figures, is_number, spelled_out, swedish_figures
from assistant.proof import is_verbatim
from ingest.swedish import is_english, stem

_TOLD_WORDS = 3
"""A statement with a new word must have so many content words that are told, and at least as many as are new."""
_BEFORE = 2
"""So many sentences before one that points back may hold what it points at."""
_ENGLISH_ANCHORS = 0.3
"""Least share of an English statement's words that a Swedish sentence has: figures, names, kindred words."""
_ENGLISH_TOLD = 2
"""An English statement has at least so many such words."""
_KINDRED = 4
"""So many first letters alike make an English word a Swedish one's kin ("project", "projekt")."""
_ANSWER = re.compile(r"^\W*(?:ja|nej|yes|no)\b[,.:]?\s*", re.IGNORECASE)
_NO = re.compile(r"^\W*(?:nej|no)\b", re.IGNORECASE)
_BECAUSE = re.compile(
    r"\b(?:eftersom|därför att|då|på grund av|tack vare|till följd av|med hänvisning till|beror (?:i huvudsak )?på"
    r"|berodde på|tillskrivs|förklaras av|hänförlig\w* till|because(?: of)?|due to|thanks to)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\d\s+([^\W\d_]+)")
"""What a figure counts is never new."""
_MENTION = re.compile(r"[^\w]+")
_MAIN_CLAUSES = re.compile(r",?\s+(?:och|men|medan|samt|varav|and|but|while)\s+", re.IGNORECASE)
_SUBORDINATOR = re.compile(r"\b(?:att|som om|that|as if)\b", re.IGNORECASE)
_OPENING_WORDS = 2
"""One of so many words at the beginning of a main clause is told with it."""
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
    plain = spelled_out(" ".join(statement.split()))
    if is_verbatim(plain, sentences, context.headings, item):
        return _KEPT
    proofs = sentences_of([spelled_out(one) for one in sentences])
    if not proofs or not content(plain):
        return Verdict(False, "words")
    english = is_english(plain) and not is_english(" ".join(sentences))
    reason = (
        _number_fault(plain, proofs, context, english)
        or _name_fault(plain, proofs, context)
        or _class_fault(plain, proofs, english)
        or _cause_fault(plain, proofs)
        or (_english_fault(plain, proofs) if english else _word_fault(plain, proofs, context))
        or (None if english else _opening_fault(plain, proofs))
    )
    return Verdict(False, reason) if reason else _KEPT


def _number_fault(statement: str, proofs: Sequence[str], context: ClaimContext, english: bool) -> str | None:
    there = {figure.value for figure in figures(" ".join((*context.headings, *context.passages)))}
    known = there & {figure.value for figure in figures(context.question)}
    own = _without(swedish_figures(statement) if english else statement, context.headings)
    return "number" if figure_fault(own, proofs, known) else None


def _name_fault(statement: str, proofs: Sequence[str], context: ClaimContext) -> str | None:
    mid = context.names_written_mid_sentence
    for clause in aligned(_without(statement, context.headings), proofs):
        if subject_moved(clause.text, proofs, context.headings) or agent_replaced(clause.text, proofs):
            return "role"
        if not all(_may_be_named(name, clause, proofs, context) for name in names(clause.text, mid)):
            return "name"
    every = {stem(name) for text in (statement, *proofs) for name in names(text, mid)}
    return "role" if names_fault(statement, proofs, every) else None


def _may_be_named(name: str, clause: Clause, proofs: Sequence[str], context: ClaimContext) -> bool:
    """A name of the sentence, a heading, the question where the documents have it, or of a sentence before."""
    mid = context.names_written_mid_sentence
    if is_among(name, [clause.sentence, *(" ".join(names(heading, mid)) for heading in context.headings)]):
        return True
    if is_among(name, [context.question]) and is_among(name, (*proofs, *context.passages)):
        return True
    if names(clause.sentence, mid) or not any(map(points_back, (clause.sentence, as_sentence(clause.proof)))):
        return False
    before = _predecessors(proofs, context.passages)
    return is_among(name, (*proofs, *(next((one for one in found if names(one, mid)), "") for found in before)))


def _cause_fault(statement: str, proofs: Sequence[str]) -> str | None:
    """Whether the statement gives a cause that no sentence gives, or takes the effect for the cause."""
    given = [there for proof in proofs for _, there in _reasons(proof)]
    for effect, cause in (reason for sentence in sentences_of([statement]) for reason in _reasons(sentence)):
        if not any(shared(cause, there) > shared(effect, there) for there in given):
            return "cause"
    return None


def _reasons(sentence: str) -> Iterator[tuple[list[str], list[str]]]:
    """The content words of each effect in the sentence, and of its cause."""
    for found in _BECAUSE.finditer(sentence):
        if cause := content(sentence[found.end() :]):
            yield content(sentence[: found.start()]), cause


def _class_fault(statement: str, proofs: Sequence[str], english: bool) -> str | None:
    if _NO.search(statement) and not any(map(denials, proofs)):
        return "denial"
    plain = _ANSWER.sub("", statement)
    if english:  # compared as a whole, by names and figures
        own = content(swedish_figures(plain))
        whole = " ".join([proof for proof in proofs if shared(own, content(proof))] or proofs)
        return disagreement(Clause(plain, plain, whole, whole))
    for clause in aligned(plain, proofs):
        if reason := disagreement(clause) or ("denial" if denials(clause.text) != denials(clause.proof) else None):
            return reason
    return None


def _word_fault(statement: str, proofs: Sequence[str], context: ClaimContext) -> str | None:
    """Whether too many words are new, or a whole part of them, or nothing is said but a heading."""
    before = [one for found in _predecessors(proofs, context.passages) for one in found]
    there = set(content(" ".join((*proofs, *before))))
    statement = _without(_ANSWER.sub("", statement), context.headings)
    own = [word for word in content(statement) if not is_number(word)]
    new = [word for word in own if not is_classed(word) and not _is_told(word, there)]
    known = set(own) - set(new)
    parts = ({word for word in content(part) if not is_number(word)} for part in _PARTS.split(statement))
    is_new = (
        (new and len(own) - len(new) < max(_TOLD_WORDS, len(new)))
        or any(counted.lower() in new for counted in _COUNTED.findall(statement))
        or not content(statement)
        or (own and not shared(own, content(" ".join(proofs))))
        or any(len(part) > 1 and not part & known for part in parts)
    )
    return "words" if is_new else None


def _opening_fault(statement: str, proofs: Sequence[str]) -> str | None:
    """Whether a clause leaves out what the main clauses begin with in the sentence that it is taken from.

    "Säg att det brinner" does not say that it burns: what another clause, a call or a phrase holds is no claim.
    """
    said = {form for word in content(statement) for form in (word, *Synonyms().of([word]))}
    for clause in aligned(statement, proofs):
        cell = max(clause.sentence.split(" | "), key=lambda part: shared(content(clause.text), content(part)))
        openings = [_opening(part) for part in _MAIN_CLAUSES.split(cell)]
        begun = any(not words_ or any(_is_told(word, said) for word in words_) for words_ in openings)
        if not begun and (_SUBORDINATOR.search(cell) or not points_back(clause.sentence)):
            return "opening"
    return None


def _opening(main_clause: str) -> list[str]:
    """The content words that a main clause begins with, before what depends on it."""
    return [word for word in content(_SUBORDINATOR.split(main_clause)[0]) if not is_number(word)][:_OPENING_WORDS]


def _is_told(word: str, there: Collection[str]) -> bool:
    """Whether the word, or a synonym of it, stands among the others."""
    return any(match(one, other) > 0 for one in (word, *Synonyms().of([word])) for other in there)


def _predecessors(proofs: Sequence[str], passages: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """For each sentence that points back ("Det invigdes 2017.") the sentences before it, the nearest first."""
    for passage in passages:
        there = sentences_of([passage])
        for place, one in enumerate(there):
            if one in proofs and any(map(points_back, (one, *map(as_sentence, split_clauses(one))))):
                yield there[max(0, place - _BEFORE) : place][::-1]


def _english_fault(statement: str, proofs: Sequence[str]) -> str | None:
    """Whether too little of an English statement can be found in its Swedish sentences."""
    there = set(content(" ".join(proofs)))
    own = content(statement)
    kindred = sum(any(word[:_KINDRED] == other[:_KINDRED] for other in there) for word in own)
    translated = sum(
        any(match(part, other) > 0 for one in swedish for part in content(one) for other in there)
        for swedish in swedish_words(statement)
    )
    return "words" if kindred + translated < max(_ENGLISH_TOLD, _ENGLISH_ANCHORS * len(own)) else None


def _without(statement: str, headings: Sequence[str]) -> str:
    """The statement without the titles and headings that it names in full."""
    for mention in sorted(headings, key=len, reverse=True):
        if _MENTION.sub("", mention):
            statement = statement.replace(" ".join(mention.split()), " ")
    return statement
