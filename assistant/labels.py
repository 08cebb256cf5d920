"""What documents number ("§ 113", "etapp 4") or write in a form of its own (a reference number), and mere head rows.

Knows nothing of scores or search.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.matching import best_match, text_words
from assistant.question import Question
from ingest.documents import Passage, PassageKind

_LABEL = re.compile(
    r"(§|\b(?:punkt|version|kapitel|avsnitt|mål|delmål|prioritering|bilaga|tabell|ärende|åtgärd|insatsområde|etapp|fas"
    r"|steg|nivå|zon|klass|kategori|delområde|utgåva|upplaga|revision))(?:en|et)?\s*(\d+(?:\.\d+)*)(?!\d)",
    re.IGNORECASE,
)
"""Things that documents number: a question that names one is about it and not about its neighbour."""


_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def label_of(question: Question) -> tuple[str, str] | None:
    """The one numbered thing that the question names, as its word and number: "§ 113", "version 2.1"."""
    named = {(word.lower(), number) for word, number in _LABEL.findall(question.text)}
    return named.pop() if len(named) == 1 else None


def is_labelled(label: tuple[str, str], passage: Passage, number: int) -> bool:
    """Whether the sentence's passage is about that thing, or its row: by name, or by the number in its first cell."""
    word, sought = label
    named = re.compile(rf"{re.escape(word)}\w*\s*{re.escape(sought)}(?![\d.]*\d)", re.IGNORECASE)
    if passage.kind is not PassageKind.TABLE:
        return named.search(passage.headed_text) is not None
    row = passage.text[slice(*passage.sentences[number])]
    first = row.split(" | ")[0].strip()
    return first == sought or named.search(" ".join((row, *passage.section))) is not None


def is_head(passage: Passage, number: int) -> bool:
    """Whether a row only names the columns: the first one, without figures but years, over rows that have some."""
    if passage.kind is not PassageKind.TABLE or number or passage.head:
        return False
    first, *others = (passage.text[slice(*place)] for place in passage.sentences)
    named = _YEAR.sub("", first) if " | " in first else first
    return not re.search(r"\d", named) and any(re.search(r"\d", one) for one in others)


_ADOPTED = r"anta(?:s|gen|get|gna|gs)\b|antog|beslut|fastställ|träd\w* i kraft|gäller från|giltig"
_FORMS = tuple(
    (re.compile(asked, re.IGNORECASE), re.compile(written, re.IGNORECASE | re.DOTALL))
    for asked, written in (
        (
            r"\b(?:diarienummer|diarienumret|diarienr|dnr|ärendenummer|ärendenumret)\b",
            r"\b(?:dnr|diarie\w+|ärendenummer)\b[\s.:]*(?:[a-zåäö]{1,6}[ -]?)?\d"
            r"|\b[a-zåäö]{1,6}[ -]?(?:19|20)\d\d[/:-]\d{2,}\b",
        ),
        (r"\b(?:e-?post|mejl|mail)\w*", r"\S@\S"),
        (r"\btelefon\w*", r"\b0\d{1,3}\s?[-–/]\s?\d[\d ]{4,}|\+46[\d ()-]{7,}|\b0\d{9}\b|\b\d{3,5} ?\d\d ?\d\d\b"),
        (r"\borganisationsnum\w+|\borg\.?\s?nr\b", r"\b\d{6}-\d{4}\b"),
        (
            r"^\W*(?:vem|vilka?|vilket|vilken \w+)\b.{0,30}\b(?:antog|beslutade om|fastställde|godkände)\b",
            rf"{_ADOPTED}|godkän",
        ),
        (
            r"^\W*(?:när|vilket datum|vilken dag|vilket år)\b"
            r".*\b(?:antog|antag|antas|beslutades|fastställ|träd\w* i kraft)",
            rf"(?:{_ADOPTED}).{{0,80}}\d|\d\d.{{0,80}}(?:{_ADOPTED})|\b(?:19|20)\d\d-\d\d-\d\d\b"
            r"|\b\d{1,2} (?:jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)\w* (?:19|20)\d\d",
        ),
    )
)
"""What is written in a form that shows whether a text has it: how it is asked for, and the form."""
_NAMED = 0.9


def form_of(question: Question) -> re.Pattern[str] | None:
    """The form in which what the question asks for is written; None where it asks for something without a form."""
    return next((written for asked, written in _FORMS if asked.search(question.text)), None)


def names_title(question: Question, title: str) -> bool:
    """Whether the question says every word of a document's title."""
    there = text_words(question.text)
    said = [word for word in text_words(title) if not word.isdigit()]
    return bool(said) and all(best_match(word, there) >= _NAMED for word in said)


def in_form(form: re.Pattern[str], texts: Iterable[str]) -> bool:
    """Whether one of the texts holds something in that form."""
    return any(form.search(text) for text in texts)
