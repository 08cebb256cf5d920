"""What a question wants, and whether a sentence holds it.

The kind of thing (a share, a sum, a year, a reason, a name); the attribute of its subject (its owner, its end …), whose
cues stand in the vocabulary of the facts; the one numbered thing that it is about ("§ 113", "version 2.1"); the form in
which it is written (a reference number). Knows nothing of scores or the index.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from assistant.matching import match
from assistant.question import Ask, Question
from assistant.word_coverage import YEAR
from ingest.documents import Passage, PassageKind
from ingest.facts.figures import numbers
from ingest.facts.vocabulary import NUMERALS, expression, meaning_of, table, terms
from ingest.plain import NO_CELL
from ingest.swedish import content_words

_SHARE = re.compile(r"\d\s*(%|procent)|\b(hälften|tredjedel|fjärdedel|majoriteten)\b")
_MONEY = re.compile(
    r"\d\s*(kr|kronor|mkr|mnkr|tkr|miljon|miljard|tusen|euro|msek)|\b(mkr|kronor|kostnadsfri\w*|gratis)\b"
)
_TIME = re.compile(
    r"\b(?:vår|höst|sommar|vinter|dag|veck|månad|kvartal|halvår|år|timm|omedelbart|genast)\w*", re.IGNORECASE
)
_LARGE = re.compile(r"\d[ \u00a0.]?\d{3}(?!\d)|\d,\d")
_FIGURE = re.compile(r"(?<![\d–-])(?!(?:19|20)\d\d(?!\s?\d{3}))\d+(?:[ .,\u00a0]\d+)*")
_COUNT_WORD = re.compile(
    r"\b(två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv|hälften|tredjedel\w*|fjärdedel\w*|femtedel\w*|dubbelt|flera|många|"
    r"inga|inget|en (?:kilo)?meter|en mil)\b"
)
_ASKS_SHARE = re.compile(r"\b(andel|andelen|procent|hur stor del|share|percent\w*)\b", re.IGNORECASE)
_ASKS_MONEY = re.compile(r"\b(pengar|kosta\w*|kronor|budget|summa|belopp|money|cost\w*|budget)\b", re.IGNORECASE)
_HELD = {
    Ask.DATE: re.compile(
        r"(?<![\d:])(19|20)\d\d(?![\d:])|\b(januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|"
        r"december|hösten|våren|sommaren)\b|"
        r"\b(\d+|en|ett|två|tre|fyra|fem|sex|sju|åtta|nio|tio|tolv) (dag(ar)?|veck(a|or)|månad(er)?|år)\b",
        re.IGNORECASE,
    ),
    Ask.REASON: re.compile(
        r"\b(för att|eftersom|därför|på grund av|bero[rd]de?|beror|syfte[t]?|orsak|anledning|bidr[ao]g|mål[et]*|"
        r"genom att|detta för|i syfte|handlar om|då|innebär|gör att|vilket)\b",
        re.IGNORECASE,
    ),
    Ask.NAME: re.compile(r"(?<=[\w,] )[A-ZÅÄÖ][\w-]+"),
    Ask.PLACE: re.compile(r"\b(i|på|från|vid|till) [A-ZÅÄÖ]\w+"),
}
_ROLE = re.compile(
    r"\b(?:vem|vad heter|namnet på|who|name of)\b.*?"
    r"\b\w*(?:chef|direktör|ordförande|ledare|handläggare|strateg|samordnare|råd|ansvarig|person|director|manager)(?:en|n|e)?\b",
    re.IGNORECASE,
)
"""Questions for a person by role: a sentence that names nobody does not hold what is asked for."""
_PERSON = re.compile(r"[A-ZÅÄÖ][a-zåäöé]+(?:-[A-ZÅÄÖ][a-zåäöé]+)? [A-ZÅÄÖ][a-zåäöé]{2,}")
_SO_MANY = re.compile(
    rf"\b(?:\d{{1,2}}|{'|'.join(word for word in NUMERALS if NUMERALS[word] > 1)})\b(?= [a-zåäö])", re.I
)
_ONE = re.compile(r"\b(?:en|ett|någon|något|one|some|an?)\b(?= [a-zåäö])", re.IGNORECASE)
_SEVERAL = re.compile(r"\w\W* (?:och|samt|and) \w")
_MEANING = re.compile(
    r"\b(?:menas|avses) med\b|\bvad (?:innebär|betyder) det att\b|\bdefiniera\w*|\bdefinitionen\b|\bwhat is meant\b",
    re.IGNORECASE,
)
_DEFINES = re.compile(
    r"\b(?:är|avses|avser|innebär|betyder|menas|kallas|kallat|definieras|räknas|utgörs|står för|is|means|called)\b"
    r"| \| |^[^.:]{2,40}:",
    re.IGNORECASE,
)
_AIM = re.compile(
    r"\b(?:vad|vilket) (?:är|var|gäller|blir)\b[^?]{0,30}?\b\w*mål(?:et|värdet|nivån)?\b|\btargets?\b", re.IGNORECASE
)
_AIMS = re.compile(r"\b\w*mål\w*|\bska\b|\bsyft\w*|\bför att\b|\bgoals?\b|\btargets?\b", re.IGNORECASE)
_WHICH = re.compile(r"\W*(?:\w{1,6} )?(?:vilk(?:en|et)|which)\b", re.IGNORECASE)
_FOCUS = re.compile(
    r"\b(?:h?ur (?:många|manga|mnga|mycket|stor andel av|stor del av)|vilk(?:en|et|a)|how many|which|antalet?|andelen)"
    r"\s+(?:av\s+|nya\s+|fler\s+|olika\s+)*(?P<focus>[^\W\d_][\w-]+)",
    re.IGNORECASE,
)


def focus(question: Question) -> str | None:
    """The word that the question counts or chooses among ("hur många X", "vilket X")."""
    words = [found["focus"].lower() for found in _FOCUS.finditer(question.text)]
    return next((word for word in reversed(words) if word in question.terms), None)


_NAMED = 0.9


def holds_kind(question: Question, text: str) -> bool:
    """Whether the sentence holds the kind of thing asked for; True where the question asks for no kind."""
    lowered = text.lower()
    if question.ask is Ask.NAME and _ROLE.search(question.text):
        named = {match.group() for match in _PERSON.finditer(text)}
        return any(name.lower() not in question.text.lower() for name in named)
    if question.ask is not Ask.FIGURE:
        return question.ask not in _HELD or _HELD[question.ask].search(text) is not None
    if _ASKS_SHARE.search(question.text):
        return bool(_SHARE.search(lowered))
    if _ASKS_MONEY.search(question.text):
        return bool(_MONEY.search(lowered))
    return bool(_FIGURE.search(text) or _COUNT_WORD.search(lowered))


def names_asked(question: Question, text: str) -> bool:
    """Whether a sentence names what is asked for by name, and not by a number or an article alone: "tre av byarna", "en
    by". Of several things it must name more than one; what a word means it must say, and not use the word alone; a sum
    has a figure, a time a date, a goal a figure that is no year or a word of aiming, a number or address its form. True
    where none is asked for.
    """
    if (form := form_of(question)) is not None and not form.search(text):
        return False
    if _MEANING.search(question.text):
        return _DEFINES.search(text) is not None
    if _AIM.search(question.text):
        return _AIMS.search(text) is not None or next(numbers(text), None) is not None
    if not set(content_words(text)) - set(content_words(question.text)):
        return False  # a label without a value
    if question.ask is Ask.DATE and not (holds_kind(question, text) or _TIME.search(text)):
        return False
    if any(one.name == "sum" for one in asked_attributes(question.text)):
        # a column's head may say that its figures are money; a sentence says it itself
        forms = (_FIGURE,) if " | " in text else (_MONEY, _SHARE, _LARGE)
        if not any(form.search(text.lower()) for form in forms):
            return False
    if question.ask is Ask.LIST:
        after = max((found.end() for found in _SO_MANY.finditer(text)), default=0)
        return _SEVERAL.search(text, after) is not None
    thing = focus(question) if _WHICH.match(question.text) else None
    if thing is None:
        return True
    mentions = (*_SO_MANY.finditer(text), *_ONE.finditer(text))
    bare = [
        found.end()
        for found in mentions
        if any(match(thing, word.lower()) >= _NAMED for word in re.findall(r"\w+", text[found.end() :])[:3])
    ]
    return not bare or any(_HELD[Ask.NAME].search(text, end) for end in bare)


def counts(thing: str | None, text: str) -> bool:
    """Whether a figure or count word stands right before the thing ("900 ansökningar", "fyra nya delprojekt")."""
    if thing is None:
        return False
    said = [word.group() for word in re.finditer(r"[\w:%]+", text)]
    for place, word in enumerate(said):
        counting = _FIGURE.fullmatch(word) or _COUNT_WORD.fullmatch(word.lower())
        if counting and any(match(thing, after.lower()) > 0 for after in said[place + 1 : place + 4]):
            return True
    return False


@dataclass(frozen=True, slots=True)
class AskedAttribute:
    """One attribute: the cues of questions and of sentences, as patterns over lower-case text."""

    name: str
    asked: re.Pattern[str]
    told: re.Pattern[str]


@cache
def _attributes() -> tuple[AskedAttribute, ...]:
    return tuple(AskedAttribute(name, expression("asked", name), expression("told", name)) for name in table("asked"))


def asked_attributes(question: str) -> tuple[AskedAttribute, ...]:
    """The attributes that a question asks for, in the table's order; none where it asks for something else."""
    lowered = question.lower()
    return tuple(attribute for attribute in _attributes() if attribute.asked.search(lowered))


def share_told(attributes: tuple[AskedAttribute, ...], text: str, passage: Passage) -> float:
    """Share of the attributes, 0 to 1, that the stretch speaks of; a row of a table speaks with its head."""
    if not attributes:
        return 0.0
    if passage.kind is PassageKind.TABLE:
        text = f"{passage.head_row} {text}"
    lowered = text.lower()
    return sum(attribute.told.search(lowered) is not None for attribute in attributes) / len(attributes)


_LABEL = re.compile(
    r"(§|\b(?:nummer|nr|punkt|version|kapitel|avsnitt|mål|delmål|prioritering|bilaga|tabell|ärende|åtgärd|insatsområde|etapp|fas"
    r"|steg|nivå|zon|klass|kategori|delområde|utgåva|upplaga|revision))(?:en|et)?\s*(\d+(?:\.\d+)*)(?!\d)",
    re.IGNORECASE,
)
"""Things that documents number: a question that names one is about it and not about its neighbour."""
_HEAD_WORDS = 8
"""Words that a cell over a column has at most."""
_COLUMN_WORDS = 3
"""Words that the name of a column has at most, where nothing but its meaning tells that it is one."""


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


def may_hold(label: tuple[str, str], passage: Passage) -> bool:
    """Whether the passage is about that thing, or has an item of its number under its word."""
    word, sought = label
    if word not in passage.headed_text.lower():
        return False
    item = re.search(rf"(?m)^\W*{re.escape(sought)}[.):]?\s", "\n".join((*passage.section, passage.text)))
    return item is not None or any(is_labelled(label, passage, number) for number in range(len(passage.sentences)))


def is_numbered(word: str, passage: Passage) -> bool:
    """Whether the passage numbers things of that name: by name, or in the column of a table that it heads."""
    if re.search(rf"{re.escape(word)}\w*\s*\d", passage.headed_text, re.IGNORECASE):
        return True
    head = passage.head_row.lower().split(" | ")
    return passage.kind is PassageKind.TABLE and head[0].strip(" .").startswith(word)


def is_head(passage: Passage, number: int) -> bool:
    """Whether a row only names the columns: the first one, most of whose cells are words for what columns hold, or that
    has no figures but years over rows that have some."""
    if passage.kind is not PassageKind.TABLE or passage.head:
        return False
    rows = [passage.text[slice(*place)] for place in passage.sentences]
    start = next((place for place, row in enumerate(rows) if " | " in row), 0)  # a caption may stand before
    if number != start:
        return False
    first, *others = rows[start:]
    if others and " | " in first and not first.split(" | ")[0].strip(f"| {NO_CELL}"):
        return True  # the cell over the names of the rows is empty
    named = YEAR.sub("", first) if " | " in first else first
    cells = first.split(" | ")
    if cells[0].rstrip().endswith(":"):
        return False  # a label and its value
    meanings = sum(meaning_of(cell) is not None for cell in cells)
    if 2 * meanings > len(cells) > 2:
        return True
    if re.search(r"\d", named) or not others or any(len(cell.split()) > _HEAD_WORDS for cell in cells):
        return False
    short = all(len(cell.split()) <= _COLUMN_WORDS for cell in cells)
    labels = len(cells) > 2 and len(others) > 1 and all(cell[1:] == cell[1:].lower() for cell in cells)
    return any(re.search(r"\d", one) for one in others) or (short and (meanings > 0 or labels))


def form_of(question: Question) -> re.Pattern[str] | None:
    """The form in which what the question asks for is written; None where it asks for something without a form."""
    names = (name for name in table("forms_asked") if expression("forms_asked", name).search(question.text))
    return next((expression("forms", name) for name in names), None)


def tells_of_opposite(question: Question, text: str) -> bool:
    """Whether a text speaks of the other of two things that the question keeps apart and not of the one that it asks
    for: of the second child where the third is meant, of what holds inside where the outside is.
    """
    asked, told = (frozenset(re.findall(r"[^\W\d_]+", one.lower())) for one in (question.text, text))
    for name in table("opposites"):
        group = terms("opposites", name)
        meant = asked & group
        if meant and told & group and not told & meant:
            return True
    return False


def in_form(form: re.Pattern[str], texts: Iterable[str]) -> bool:
    """Whether one of the texts holds something in that form."""
    return any(form.search(text) for text in texts)
