"""What a question wants, and whether a sentence holds it.

The kind of thing (a share, a sum, a year, a reason, a name); the attribute of its subject (its owner, its end …), whose
cues stand in the vocabulary of the facts; the one numbered thing that it is about ("§ 113", "version 2.1"); the form in
which it is written (a reference number); the document that it means. Knows nothing of scores or the index.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.question import Ask, Question
from ingest.documents import Document, Passage, PassageKind
from ingest.facts.figures import numbers
from ingest.facts.vocabulary import NUMERALS, expression, meaning_of, table, terms
from ingest.plain import NO_CELL
from ingest.swedish import STOPWORDS, content_words, stem, words

YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_SHARE = re.compile(r"\d\s*(%|procent)|\b(hälften|tredjedel|fjärdedel|majoriteten)\b", re.IGNORECASE)
_MONEY = re.compile(
    r"\d\s*(kr|kronor|mkr|mnkr|tkr|miljon|miljard|tusen|euro|msek)|\b(mkr|kronor|kostnadsfri\w*|gratis)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"(?<![\d–-])(?!(?:19|20)\d\d(?!\s?\d{3}))\d+|\b(?:två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv|hälften"
    r"|(?:tre|fjär|fem)(?:de|te)del\w*|dubbelt|flera|många|inga|inget|en (?:kilo)?meter|en mil)\b",
    re.IGNORECASE,
)
_LARGE = re.compile(r"\d[ \u00a0.]?\d{3}(?!\d)|\d,\d")
_DATE = re.compile(
    r"(?<![\d:])(?:19|20)\d\d(?![\d:])|\b(?:januari|februari|mars|april|maj|juni|juli|augusti|september|oktober"
    r"|november|december|hösten|våren|sommaren|(?:\d+|en|ett|två|tre|fyra|fem|sex|sju|åtta|nio|tio|tolv)"
    r" (?:dag(?:ar)?|veck(?:a|or)|månad(?:er)?|år))\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:vår|höst|sommar|vinter|dag|veck|månad|kvartal|halvår|år|timm|omedelbart|genast)\w*", re.IGNORECASE
)
_REASON = re.compile(
    r"\b(för att|eftersom|därför|på grund av|bero[rd]de?|beror|syfte[t]?|orsak|anledning|bidr[ao]g|mål[et]*|"
    r"genom att|detta för|i syfte|handlar om|då|innebär|gör att|vilket)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[\w,] )[A-ZÅÄÖ][\w-]+")
_NAMED = re.compile(r"(?<=[\w,:] )[A-ZÅÄÖ][\w-]+|\d+")
_WHICH = re.compile(
    r"\W*(?:och )?(?:i |på |av |hos |från |till |med )?(?:vilke[nt]|vems?)\b"
    r"(?! (?:roll|betydelse|uppgift|funktion|inverkan|effekt))",
    re.IGNORECASE,
)
"""Questions for one thing by name or number."""
_PERSON = re.compile(r"[A-ZÅÄÖ][a-zåäöé]+(?:-[A-ZÅÄÖ][a-zåäöé]+)? [A-ZÅÄÖ][a-zåäöé]{2,}")
_HELD = {Ask.DATE: _DATE, Ask.REASON: _REASON, Ask.NAME: _NAME, Ask.FIGURE: _FIGURE}
_ASKS_SHARE = re.compile(r"\b(andel|andelen|procent|hur stor del|share|percent\w*)\b", re.IGNORECASE)
_ASKS_MONEY = re.compile(r"\b(pengar|kosta\w*|kronor|budget|summa|belopp|money|cost\w*|budget)\b", re.IGNORECASE)
_ROLE = re.compile(
    r"\b(?:vem|vad heter|namnet på|who|name of)\b.*?\b\w*(?:chef|direktör|ordförande|ledare|handläggare|strateg"
    r"|samordnare|råd|ansvarig|person|director|manager)(?:en|n|e)?\b",
    re.IGNORECASE,
)
"""Questions for a person by role: a sentence that names nobody does not hold what is asked for."""
_SO_MANY = re.compile(
    rf"\b(?:\d{{1,2}}|{'|'.join(word for word in NUMERALS if NUMERALS[word] > 1)})\b(?= [a-zåäö])", re.I
)
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
_LABEL = re.compile(
    r"(§|\b(?:nummer|nr|punkt|version|kapitel|avsnitt|mål|delmål|prioritering|bilaga|tabell|ärende|åtgärd|insatsområde|etapp|fas"
    r"|steg|nivå|zon|klass|kategori|delområde|utgåva|upplaga|revision))(?:en|et)?\s*(\d+(?:\.\d+)*)(?!\d)",
    re.IGNORECASE,
)
"""Things that documents number: a question that names one is about it and not about its neighbour."""
_HEAD_WORDS, _COLUMN_WORDS = 8, 3
"""Words that a cell over a column has at most, and where nothing but its meaning tells that it is one."""
REPORT = re.compile(r"uppfölj|rapport|redovisning|bokslut", re.IGNORECASE)
"""Words of titles of what follows a plan up."""
EARLIER = re.compile(r"\b(?:gamla|förra|tidigare|äldre|föregående|previous|old)\b", re.IGNORECASE)
"""Words by which a text means a document that another has replaced."""
_PLAN = re.compile(r"\b(?:(?P<strategy>\w*strategin|rus|strategy)|planen|programmet|dokumentet)\b", re.IGNORECASE)
_STRATEGY = re.compile(r"strategi|\brus\b", re.IGNORECASE)
"""Words of the title or name of a strategy."""
_SAYS_REPORT = re.compile(r"\b(?:rapporten|uppföljningen|årsrapporten|redovisningen)\b", re.IGNORECASE)
_OTHER = re.compile(
    r"plan|program|protokoll|möte|utvärdering|beslut|revider|policy|riktlinje|frågor|nyheter|ordlista|nätverk",
    re.IGNORECASE,
)
"""Words of titles that are no strategy's: one may be called by its name alone."""
_DEFINITE = re.compile(r"(\w{4,}?)(?:met|et|en|n)")
_ENOUGH = 0.5
"""The share of a text's words that a title must have for the text to mean it."""


def holds_kind(question: Question, text: str) -> bool:
    """Whether the sentence holds the kind of thing asked for; True where the question asks for no kind."""
    if question.ask is Ask.NAME and _ROLE.search(question.text):
        named = {match.group() for match in _PERSON.finditer(text)}
        return any(name.lower() not in question.text.lower() for name in named)
    kind = _HELD.get(question.ask)
    if question.ask is Ask.FIGURE:
        kind = _MONEY if _ASKS_MONEY.search(question.text) else kind
        kind = _SHARE if _ASKS_SHARE.search(question.text) else kind
    return kind is None or kind.search(text) is not None


def names_asked(question: Question, text: str) -> bool:
    """Whether a sentence tells what is asked for and not that it is there alone: several things, what a word means, a
    figure of money, a time, an aim, a number in its form. True where none of these is asked for.
    """
    if (form := form_of(question)) is not None and not form.search(text):
        return False
    if _WHICH.match(question.text) and " | " not in text and not _names_another(question.text, text):
        return False
    if _MEANING.search(question.text):
        return _DEFINES.search(text) is not None
    if asks_aim(question):
        return _AIMS.search(text) is not None or next(numbers(text), None) is not None
    if not set(content_words(text)) - set(content_words(question.text)):
        return False  # a label without a value
    if question.ask is Ask.DATE and not (_DATE.search(text) or _TIME.search(text)):
        return False
    if "sum" in asked_attributes(question.text):
        # a column's head may say that its figures are money; a sentence says it itself
        forms = (_FIGURE,) if " | " in text else (_MONEY, _SHARE, _LARGE)
        if not any(form.search(text) for form in forms):
            return False
    if question.ask is Ask.LIST:
        after = max((found.end() for found in _SO_MANY.finditer(text)), default=0)
        return _SEVERAL.search(text, after) is not None
    return True


def _names_another(question: str, text: str) -> bool:
    """Whether a sentence has a name or a figure, its first word apart, that the question has not."""
    return any(word.lower() not in question.lower() for word in _NAMED.findall(text))


def asks_aim(question: Question) -> bool:
    """Whether a question asks what is aimed at, and not how far it has come."""
    return _AIM.search(question.text) is not None


def asked_attributes(question: str) -> tuple[str, ...]:
    """The attributes that a question asks for, in the table's order; none where it asks for something else."""
    return tuple(name for name in table("asked") if expression("asked", name).search(question))


def share_told(attributes: Sequence[str], text: str, passage: Passage) -> float:
    """Share of the attributes, 0 to 1, that the stretch speaks of; a row of a table speaks with its head."""
    if passage.kind is PassageKind.TABLE:
        text = f"{passage.head_row} {text}"
    told = sum(expression("told", name).search(text) is not None for name in attributes)
    return told / len(attributes) if attributes else 0.0


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


def document_meant(text: str, documents: Sequence[Document]) -> Document | None:
    """The document whose title a text says, else the newest of the kind that it says; None where it means none.

    One that another has replaced is meant only where the text says so.
    """
    asked = [word for word in words(text) if word not in STOPWORDS]
    best = max(documents, key=lambda one: (_said(asked, one.title), _years_said(asked, one.title)), default=None)
    if best and _said(asked, best.title) >= _ENOUGH:
        return best
    replaced = {one.supersedes for one in documents}
    holding = [one for one in documents if (one.id in replaced) == bool(EARLIER.search(text))]
    bases = _indefinite(asked)
    kind = [one for one in holding if any(said.endswith(base) for said in words(one.title) for base in bases)]
    plan = _PLAN.search(text)
    if plan and plan["strategy"]:  # a plan for the strategy is not the strategy
        kind = [one for one in kind if not (_OTHER.search(one.title) or REPORT.search(one.title))]
    if kind:
        return _newest(kind)
    if _SAYS_REPORT.search(text):
        return _newest(one for one in documents if REPORT.search(one.title))
    if plan is None:
        return None
    plain = [one for one in holding if not REPORT.search(one.title)]
    meant = [one for one in plain if not _OTHER.search(one.title)] or plain
    named = [one for one in meant if plan["strategy"] and _STRATEGY.search(f"{one.title} {one.id}")]
    return _newest(named or meant)


def _indefinite(said: Iterable[str]) -> list[str]:
    """The definite words without their ending: "taxa" of "taxan"."""
    return [found[1] for word in said if (found := _DEFINITE.fullmatch(word))]


def _newest(documents: Iterable[Document]) -> Document | None:
    """The newest by its own year or the years of its title."""
    years = [([one.year or 0, *map(int, re.findall(r"20\d\d", one.title))], one) for one in documents]
    return max(years, key=lambda pair: max(pair[0]))[1] if years else None


def _years_said(asked: Sequence[str], title: str) -> int:
    """How many of a title's numbers are said: they tell the versions of one document apart."""
    return len({word for word in words(title) if word.isdigit()} & set(asked))


def _said(asked: Sequence[str], title: str) -> float:
    """The share of the words that the title has, or of the title's that the words have, whichever is more."""
    there, said = set(words(title)), set(asked)
    named = {stem(word) for word in there if not word.isdigit() and word not in STOPWORDS}
    whole = float(len(named) > 1 and named <= {stem(word) for word in (*said, *_indefinite(said))})
    return max(whole, len(there & said) / len(said)) if said else 0.0
