"""A question in its conversation: how it is asked to be answered, and made standalone from the questions before it.

Knows nothing of documents. Only what the questions themselves say is used, so that the same conversation always gives
the same standalone question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.model.prompt import Manner
from assistant.question import Ask, Question, read_question
from ingest.swedish import stem, words

_PLEASE = (
    r"(?:och |ok(?:ej)?,? |tack,? |bra,? |please )?(?:(?:kan|kunde|skulle) (?:du|ni) |vill du |can you |could you )?"
    r"(?:säg|säga|skriv|skriva|svara|förklara|uttrycka?|ta|gör|göra|ge|say|write|explain|make|put)?"
    r" ?(?:det(?: där)?|mig|oss|svaret|it|that|this|the answer)? ?(?:e[nt]t? |lite |på |med |i |a |in |with |as )*"
)
_WORDS: dict[Manner, str] = {
    "short": r"kort(?:are|fattat?|are version|are svar)?|korta (?:ner|av)(?: det| svaret)?|shorter|brief(?:ly|er)?",
    "plain": (
        r"lättläst(?: svenska)?|enkel svenska|enkla ord|enklare(?: ord| språk| svenska)?|klarspråk|vanliga ord"
        r"|simpler|plain(?:er)?(?: language| words| swedish| english)?|easy to read|simple words"
    ),
}
_ALONE = {
    manner: re.compile(rf"\W*{_PLEASE}(?:{said})(?:,? (?:tack|please|än så|är du snäll))*\W*", re.IGNORECASE)
    for manner, said in _WORDS.items()
}
_BESIDE = {
    manner: re.compile(
        rf"(?:[,.;!?–]\s*(?:(?:svara|skriv|förklara|answer|explain)\s+)?|\s(?:svara|skriv|förklara)\s+)"
        rf"(?:på |i |med |in |with )?(?:{said})(?:,? tack)?(?=\W*$)|^(?:kort(?:fattat)?|briefly)[,:]\s*",
        re.IGNORECASE,
    )
    for manner, said in _WORDS.items()
}
_SUMMARY = re.compile(r"\b(?:sammanfatt\w+|summari[sz]e|summary|i korthet|huvuddragen)\b", re.IGNORECASE)

_PRONOUN = re.compile(
    r"\b(det|den|de|dem|dess|deras|detta|dessa|denna|där|då|dit|därifrån|han|hon|"
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
_EXPLETIVE = re.compile(
    r"\b(finns|fanns|blir|blev|går|gick|är|var|har|hade|ska|skulle|kan|kommer|betyder|står|heter|gäller) det\b"
    r"(?= (sig|att|några|någon|något|för|med|som|\w+ ))|\bdet (finns|gäller|står)\b"
    r"|\b(de|den|det) (?=\w+(a|e|en|et|na)\b)|\b(is|are) there\b|\bdå\W*$",
    re.IGNORECASE,
)
"""Where "det", "den", "de" and "då" are grammar and point at nothing before."""
_NAMED_ITSELF = re.compile(r"\b(?:den|det|de) \w+(?: \w+)?, .*\b(?:den|det|de)\W*$", re.IGNORECASE)
"""It points back at what it has just named: "Och den äldre planen, när antogs den?"."""
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
_PREPOSITION = r"(?i:i|på|för|hos|inom|under|av|med|till|från|in|for|at|of|from)"
_NAME = r"[A-ZÅÄÖ]\S*(?:\s+[A-ZÅÄÖ]\S*)*"
_ELLIPSIS = re.compile(
    rf"^\W*(?P<joined>(?i:och |men |and )?)"
    rf"(?P<rest>(?P<placed>{_PREPOSITION})\s+.+?|[A-ZÅÄÖ]\S*?(?:\s\S+?){{0,3}}?)(?P<then>(?i:\s+då)?)\W*$"
)
_SHORT_TERMS, _FEW_TERMS = 3, 2
"""Content words up to which a question is an ellipsis, and one that names nothing cannot stand alone."""
_OPENERS = frozenset(
    "vad vem vilka vilken vilket hur när var varför finns är har kan ska what who which how when where".split()
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked, without the words for how it is to be answered, and that manner; `turns` come before it."""

    question: str
    turns: tuple[str, ...]
    manner: Manner


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


def read_manner(typed: str, history: Sequence[str]) -> Wish:
    """What a question wishes. "Kortare, tack" asks the last question of the history again."""
    turns = list(history)
    for manner, said in _ALONE.items():
        if said.fullmatch(typed):
            while turns and any(one.fullmatch(turns[-1]) for one in _ALONE.values()):
                turns.pop()
            return Wish(turns[-1], tuple(turns[:-1]), manner) if turns else Wish(typed, (), "answer")
    for manner, said in _BESIDE.items():
        plain = said.sub("", typed).strip(" .,;!?")
        if said.search(typed) and len(plain.split()) > 1:
            return Wish(plain + "?" * ("?" in typed), tuple(turns), manner)
    return Wish(typed, tuple(turns), "summary" if _SUMMARY.search(typed) else "answer")


def resolve(question: str, history: Sequence[str], names: Names) -> Resolution:
    """Complete `question` from the earlier questions, oldest first.

    The topic of the conversation (what was named last, else content words) replaces nothing in the text: it is named
    after it, since a wrong replacement would change what is asked, and an added topic only narrows it.
    """
    topic: Question | None = None
    subject = ""
    for earlier in history:
        if earlier.strip():
            topic = read_question(_complete(earlier, topic, subject, names).standalone)
            subject = _subject(topic, subject, names)
    return _complete(question, topic, subject, names)


def _complete(text: str, topic: Question | None, subject: str, names: Names) -> Resolution:
    cleaned = " ".join(text.split())
    if topic is None or not topic.terms:
        return Resolution(cleaned, None)
    if _MORE.match(cleaned):
        return Resolution(topic.text, "same")
    question, told = read_question(cleaned), names.told(cleaned)
    short = question.ask is Ask.FACT and len(question.terms) <= _SHORT_TERMS
    ellipsis = _ELLIPSIS.match(cleaned) if short else None
    if (
        ellipsis
        and words(ellipsis["rest"])[0] not in _OPENERS
        and (ellipsis["joined"] or ellipsis["then"] or ellipsis["placed"] or told)
    ):
        return Resolution(_swapped(topic, ellipsis["rest"], ellipsis["placed"]), "ellipsis")
    said = all(part.lower() in cleaned.lower() for part in subject.split())
    needs = _needs_topic(question, topic, told)
    needs = names.covers(subject, question.terms) if needs is None else needs
    if said or not needs or _NAMED_ITSELF.search(cleaned):
        return Resolution(cleaned, None)
    return Resolution(f"{cleaned.rstrip(' ?.!')} ({subject})?", "topic")


def _needs_topic(question: Question, topic: Question, told: Sequence[tuple[str, bool]]) -> bool | None:
    """Whether the question points back or goes on, and is not about something that it names itself; None where that
    depends on whether what is told of the subject has its words.
    """
    named = bool(question.names or told)
    if _PRONOUN.search(_EXPLETIVE.sub(" ", question.text)) or (not named and _SOME_THING.search(question.text)):
        return True
    asked_alike = {stem(term) for term in question.terms} & {stem(term) for term in topic.terms}
    if asked_alike and len(question.terms) > len(asked_alike):
        # "Vad är målet för energin då?" after "Vad är målet för utsläppen?": the same of something else.
        return False
    if any(not is_body for _, is_body in told):
        # "Och när startade Energihuset?" is about what it names; "Och i Norrby?" is not.
        return False
    if _CONTINUES.search(question.text):
        return True
    if _ABOUT_ALL.search(question.text):
        return False
    if len(question.terms) <= 1:
        return True
    if question.ask in (Ask.LIST, Ask.OVERVIEW):
        return False
    return True if len(question.terms) <= _FEW_TERMS and not named else None


def _subject(topic: Question, before: str, names: Names) -> str:
    """What the conversation is about: the names of the last question that has some, else its terms."""
    added = re.search(r"\(([^()]+)\)\?$", topic.text)
    known = [next((one for one in topic.names if name in one), name) for name, _ in names.told(topic.text)]
    if named := known or ([] if added else list(topic.names)):
        return ", ".join((*named[:-1], _with_tail(named[-1], topic)))
    return added[1] if added else before or " ".join(topic.terms)


def _with_tail(name: str, topic: Question) -> str:
    """A name may go on in small letters ("Grön verkstad"): words that end the question right after it belong to it."""
    tail = re.search(rf"{re.escape(name)}((?: \w+){{1,2}})\W*$", topic.text)
    return name + tail[1] if tail and all(word in topic.terms for word in words(tail[1])) else name


def _swapped(topic: Question, rest: str, preposition: str | None) -> str:
    """The earlier question with what stands after the same preposition, or its last name, replaced by `rest`; where
    there is neither, `rest` is added.
    """
    base = topic.text.rstrip(" ?.!")
    if preposition:
        found = re.search(rf"(.*\b)(?i:{preposition})\s+(?:{_NAME}|.*)", base)
        return f"{found[1]}{rest[0].lower()}{rest[1:]}{base[found.end() :]}?" if found else f"{base} {rest}?"
    before, _, after = base.rpartition(topic.names[-1]) if topic.names else (f"{base} ", "", "")
    return f"{before}{rest}{after}?"
