"""What a question takes for granted that the documents contradict: an opposite event, another figure, another count.

The rules are about the language of administration (adopted and rejected, opened and closed), never about a subject.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.judge import Candidate
from assistant.matching import best_match, text_words
from assistant.proof import Quote
from assistant.question import Question

_ABOUT_THE_SAME = 0.35
"""Share of the question's words that a passage must hold before it can contradict the question."""
_PRESUMES = re.compile(r"^\W*(varför|hur kommer det sig|av vilk|när|vem|vilka är|why|how come|when)\b", re.IGNORECASE)
_NO_COUNT = r"(?! (?:\d|en\b|ett\b|två|tre|fyra|fem|sex|sju|åtta|nio|tio|hälften))"
"""After "minst" and "högst" a number makes a limit, not a superlative."""
# What a question may take for granted, and what the documents then say instead.
_OPPOSITES = tuple(
    (re.compile(taken), re.compile(said))
    for taken, said in (
        (
            r"\b(lades|läggs|lagts|lagt|lade)\b.{0,40}\bne[rd]\b|\bnedlagd\w*|\bavveckla\w*|\bstäng(de|t|s)\w*"
            r"|\bupphör\w*|\bavskaffa\w*|\bslopa\w*",
            r"\bpermanent\w*|\binför(a|de|s|as|t)\b",
        ),
        (
            r"\b(röstade|sade|sa)\b.{0,40}\bnej\b|\bavslog\w*\b|\bförkasta\w*",
            r"\bantog\w*|\bantagit\w*|\bbeslutade\b|\bgodkän\w*",
        ),
        (r"\böppna\w*|\bstartade?s?\b|\binrätta\w*", r"\bavveckla\w*|\bstängdes\b|\b(lades|lagts) ne[rd]\b"),
        (r"\b(högst|störst|flest|mest)\b", rf"\b(lägst|minst|färst)\b{_NO_COUNT}"),
        (r"\b(lägst|minst|färst)\b", rf"\b(högst|störst|flest|mest)\b{_NO_COUNT}"),
        (r"\bmisslycka\w*", r"\bframgångsrik\w*|\blycka(ts|des)\b"),
        (r"\b(fick|får)\b(?! inte)", r"\b(fick|får) (\w+ )?inte\b|\baldrig\b"),
        (r"\bville\b(?! inte)", r"\b(har aldrig|aldrig funnits|ville inte|inte velat)\b"),
        (r"\bingen\b|\binga\b", r"\bsamtliga\b|\balla\b"),
    )
)
_EVENTS, _ENDS = 3, 2
"""The first of them are events so grave that a text about them names them, and an end where it names what ended."""
_COUNTS = {
    word: number for number, word in enumerate("två tre fyra fem sex sju åtta nio tio elva tolv".split(), start=2)
}
_COUNTED_THING = re.compile(r"\b(\w+|\d{1,2}) ([^\W\d]{5,})")
_UNIT_FIGURE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(%|procent|ton|miljoner|mkr|kronor|kr)")
_PASSAGES = 3


def contradiction(question: Question, candidates: Sequence[Candidate]) -> Quote | None:
    """The sentence that contradicts what the question takes for granted, or None. Candidates come best first."""
    if not _PRESUMES.search(question.text):
        return None
    passages = {c.passage.id: c for c in candidates if c.feature("coverage_passage") >= _ABOUT_THE_SAME}
    for candidate in list(passages.values())[:_PASSAGES]:
        passage = candidate.passage
        for start, end in passage.sentences:
            text = passage.text[start:end]
            if _opposite(question.text, text) or _other_figure(question.text, text):
                return Quote(passage, start, end)
    return _miscounted(question, candidates)


def unheard_of(question: Question, candidates: Sequence[Candidate]) -> bool:
    """Whether the question takes for granted an end, a refusal or a failure that no passage near it tells of."""
    if not _PRESUMES.search(question.text):
        return False
    passages = [candidate.passage for candidate in candidates]
    names = [name.lower() for name in question.names if " " not in name]
    named = [one for one in passages if all(best_match(name, text_words(one.headed_text)) for name in names)]
    for place, (event, _) in enumerate(_OPPOSITES[:_EVENTS]):
        near = (named or passages) if place < _ENDS else passages
        if event.search(question.text.lower()) and not any(event.search(one.text.lower()) for one in near):
            return True
    return False


def _opposite(question: str, text: str) -> bool:
    """Whether the text says the opposite, and not also what the question takes for granted."""
    asked, told = question.lower(), text.lower()
    return any(
        taken.search(asked) and said.search(told) and not taken.search(said.sub(" ", told))
        for taken, said in _OPPOSITES
    )


def _other_figure(question: str, text: str) -> bool:
    """A figure with the same unit as the question's, and not the question's."""
    told = set(_UNIT_FIGURE.findall(text))
    return any(
        (figure, unit) not in told and any(other == unit for _, other in told)
        for figure, unit in _UNIT_FIGURE.findall(question)
    )


def _miscounted(question: Question, candidates: Sequence[Candidate]) -> Quote | None:
    """The sentence that gives another number of the things the question counts, where none gives the question's."""
    asked = _counted(question.text)
    other: Quote | None = None
    for passage in {candidate.passage.id: candidate.passage for candidate in candidates}.values():
        for start, end in passage.sentences if asked else ():
            told = _counted(passage.text[start:end])
            for count, thing in asked:
                same = [number for number, word in told if best_match(thing, (word,)) == 1.0]
                if count in same:
                    return None
                if same and other is None:
                    other = Quote(passage, start, end)
    return other


def _counted(text: str) -> list[tuple[int, str]]:
    """The counted things of a text, such as (4, "prioriteringarna")."""
    found = _COUNTED_THING.finditer(text.lower())
    read = ((_COUNTS.get(m[1], int(m[1]) if m[1].isdigit() and len(m[1]) < 3 else 0), m[2]) for m in found)
    return [(count, thing) for count, thing in read if count > 1]
