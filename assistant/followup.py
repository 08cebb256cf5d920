"""Makes a follow-up question standalone from the questions before it, and says how.

Knows nothing of documents or answers. Only what the questions themselves say is used, so that the same conversation
always gives the same standalone question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.question import Ask, Question, read_question
from ingest.swedish import stem, words

_PRONOUN = re.compile(
    r"\b(det|den|de|dem|dess|deras|detta|dessa|denna|där|då|dit|därifrån|dit|han|hon|"
    r"it|its|they|them|their|that|those|these|there)\b",
    re.IGNORECASE,
)
_SOME_THING = re.compile(
    r"\b(projektet|satsningen|insatsen|åtgärden|modellen|metoden|tjänsten|förstudien|programmet|nätverket|verktyget|stödet"
    r"|uppdraget|initiativet|samarbetet|målet(?! (?:om|att|för(?! (?:år )?\d{4})))"
    r"|the (project|programme|network|initiative|tool))\b",
    re.IGNORECASE,
)
"""Things that were named before, unless the question names them itself."""
# Words after which "det", "den", "de" is grammar and points at nothing before.
_EXPLETIVE = re.compile(
    r"\b(finns|fanns|blir|blev|går|gick|är|var|har|hade|ska|skulle|kan|kommer|betyder|står|heter|gäller) det\b"
    r"(?= (sig|att|några|någon|något|för|med|som|\w+ ))|\bdet (finns|gäller|står)\b"
    r"|\b(de|den|det) (?=\w+(a|e|en|et|na)\b)"
    r"|\bis there\b|\bare there\b",
    re.IGNORECASE,
)
# "Och den äldre planen, när antogs den?" points back at what it has just named itself.
_NAMED_ITSELF = re.compile(r"\b(?:den|det|de) \w+(?: \w+)?, .*\b(?:den|det|de)\W*$", re.IGNORECASE)
_CONTINUES = re.compile(
    r"^\W*(och|men|så|även|and|but)\b|\bdå\W*$|\bvilka (fler|mer|andra)\b|\b(fler|mer)\b\W*\w*\W*$", re.IGNORECASE
)
_MORE = re.compile(
    r"^\W*(och |finns det |are there )?(vilka |några |any )?(fler|mer|andra|more|others)\b\W*$", re.IGNORECASE
)
_ABOUT_ALL = re.compile(
    r"\b(i|har|för|inom|med) (länet|regionen|strategin|rus|kommunen)\b"
    r"|\b(länet|regionen|strategin) (har|ska|består|antogs)\b",
    re.IGNORECASE,
)
"""A question about the whole region or strategy begins anew."""
_PREPOSITIONS = "i|på|för|hos|inom|under|av|med|till|från|in|for|at|of|from"
_ELLIPSIS = re.compile(
    rf"^\W*(?P<joined>(?i:och |men |and )?)"
    rf"(?P<rest>(?i:{_PREPOSITIONS})\s+.+?|[A-ZÅÄÖ]\S*?(?:\s\S+?){{0,3}}?)(?P<then>(?i:\s+då)?)\W*$"
)
_BEGINS_WITH_PREPOSITION = re.compile(rf"(?:{_PREPOSITIONS})\b", re.IGNORECASE)
_SHORT_TERMS = 3
_FEW_TERMS = 2
"""Content words up to which a question without a name of its own cannot stand alone."""
_OPENERS = frozenset(
    "vad vem vilka vilken vilket hur när var varför finns är har kan ska what who which how when where".split()
)


@dataclass(frozen=True, slots=True)
class Resolution:
    """The question as it is answered, and how it came about (None where nothing was added)."""

    standalone: str
    how: str | None


class Names(Protocol):
    """What the documents know of names."""

    def told(self, text: str) -> Sequence[tuple[str, bool]]:
        """The names in a text, as the documents write them, and whether each is a body or place."""
        ...

    def covers(self, name: str, terms: Sequence[str]) -> bool:
        """Whether what the documents say where they name this has most of the terms."""
        ...


def resolve(question: str, history: Sequence[str], names: Names) -> Resolution:
    """Complete `question` from the earlier questions, oldest first.

    The topic of the conversation (what was named last, else content words) replaces nothing in the text: it is named
    after it, since a wrong replacement would change what is asked, and an added topic only narrows it.
    """
    topic: Question | None = None
    subject = ""
    for earlier in history:
        if earlier.strip():
            topic = read_question(_complete(earlier, topic, subject, names)[0])
            subject = _subject(topic, subject, names)
    standalone, how = _complete(question, topic, subject, names)
    return Resolution(standalone, how)


def _complete(text: str, topic: Question | None, subject: str, names: Names) -> tuple[str, str | None]:
    cleaned = " ".join(text.split())
    if topic is None or not topic.terms:
        return cleaned, None
    if _MORE.match(cleaned):
        return topic.text, "same"
    question = read_question(cleaned)
    ellipsis = _ELLIPSIS.match(cleaned)
    if (
        ellipsis
        and question.ask is Ask.FACT
        and len(question.terms) <= _SHORT_TERMS
        and words(ellipsis["rest"])[0] not in _OPENERS
        and (
            ellipsis["joined"]
            or ellipsis["then"]
            or _BEGINS_WITH_PREPOSITION.match(ellipsis["rest"])
            or names.told(cleaned)
        )
    ):
        return _swap_place(topic, ellipsis["rest"]), "ellipsis"
    if _NAMED_ITSELF.search(cleaned) or not _needs_topic(question, cleaned, topic, subject, names):
        return cleaned, None
    if all(part.lower() in cleaned.lower() for part in subject.split()):
        return cleaned, None
    return f"{cleaned.rstrip(' ?.!')} ({subject})?", "topic"


def _needs_topic(question: Question, cleaned: str, topic: Question, subject: str, names: Names) -> bool:
    """Whether the question points back, goes on, or asks for something that is told of the subject, naming no other."""
    told = names.told(cleaned)
    named = bool(question.names or told)
    points_back = _PRONOUN.search(_EXPLETIVE.sub(" ", re.sub(r"\bdå\W*$", "", cleaned))) or (
        not named and _SOME_THING.search(cleaned)
    )
    asked_alike = {stem(term) for term in question.terms} & {stem(term) for term in topic.terms}
    if not points_back and asked_alike and len(question.terms) > len(asked_alike):
        # "Vad är målet för energin då?" after "Vad är målet för utsläppen?": the same of something else.
        return False
    if not points_back and any(not is_body for _, is_body in told):
        # "Och när startade Energihuset?" is about what it names; "Och i Norrby?" is not.
        return False
    if points_back or _CONTINUES.search(cleaned):
        return True
    if _ABOUT_ALL.search(cleaned):
        return False
    if len(question.terms) <= 1:
        return True
    if question.ask in (Ask.LIST, Ask.OVERVIEW):
        return False
    few = len(question.terms) <= _FEW_TERMS
    return (few and not named) or names.covers(subject, question.terms)


def _subject(topic: Question, before: str, names: Names) -> str:
    """What the conversation is about: the names of the last question that has some, else its terms."""
    added = re.search(r"\(([^()]+)\)\?$", topic.text)
    known = [name for name, _ in names.told(topic.text)]
    if named := [next((one for one in topic.names if name in one), name) for name in known]:
        return ", ".join((*named[:-1], _with_tail(named[-1], topic) if " " not in named[-1] else named[-1]))
    if topic.names and not added:
        return ", ".join((*topic.names[:-1], _with_tail(topic.names[-1], topic)))
    return added[1] if added else before or " ".join(topic.terms)


def _with_tail(name: str, topic: Question) -> str:
    """A name may go on in small letters ("Grön verkstad"): words that end the question right after it belong to it."""
    tail = re.search(rf"{re.escape(name)}((?: \w+){{1,2}})\W*$", topic.text)
    return name + tail[1] if tail and all(word in topic.terms for word in words(tail[1])) else name


def _swap_place(topic: Question, rest: str) -> str:
    """The earlier question with its last name replaced by `rest`, after the same preposition if `rest` begins with one.

    Without a name, what stands after that preposition is replaced; without the preposition, `rest` is added.
    """
    base = topic.text.rstrip(" ?.!")
    preposition, _, name = rest.partition(" ")
    if not re.fullmatch(_PREPOSITIONS, preposition, re.IGNORECASE):
        kept, last, after = base.rpartition(topic.names[-1]) if topic.names else ("", "", "")
        return f"{kept}{rest}{after}?" if last else f"{base} {rest}?"
    phrase = rf"\b(?i:{re.escape(preposition)})\s+[A-ZÅÄÖ]\S*(?:\s+[A-ZÅÄÖ]\S*)*"
    named = list(re.finditer(phrase, base))
    if not named and name[:1].isupper() and topic.names:
        kept, _, after = base.rpartition(topic.names[-1])
        return f"{kept}{name}{after}?"
    if not named:
        kept, last, _ = base.rpartition(f" {preposition.lower()} ")
        return f"{kept if last else base} {preposition.lower()} {name}?"
    return f"{base[: named[-1].start()]}{preposition.lower()} {name}{base[named[-1].end() :]}?"
