"""Every list that the documents hold, whole, with its lead: bullets and numbers, rows of a table, and sentences that
announce and count what they enumerate. A sentence merely cut at its commas is no list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from ingest.documents import Passage, PassageKind
from ingest.facts.types import Attribute, Stretch
from ingest.facts.vocabulary import MONTHS, NUMERALS, meaning_of
from ingest.plain import BULLETS
from ingest.swedish import stem, words

_BULLET = re.compile(rf"[ \t]*([{BULLETS}»*o–-]|\d{{1,2}}[.)]|[a-zåäö]\)|[IVX]{{1,4}}\.|§+ ?\d{{1,3}})\s+(?=\S)")
_NO_NOUN = "|".join((*"till procent år kronor miljoner mnkr mkr tkr av månader dagar timmar gånger".split(), *MONTHS))
_COUNT = re.compile(
    rf"(?<![,§])(?<!§ )\b(\d{{1,2}}|{'|'.join(NUMERALS)})\b(?= (?!(?:{_NO_NOUN})\b)[a-zåäö])", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-ZÅÄÖ])")
_NUMERIC = re.compile(r"[\d\s.,%–-]+")
_ANNOUNCING = re.compile(r"(?P<colon>:)\s+| (?:är|heter|var|omfattar|består av)\s+")
_BRACKETED = re.compile(r" \((?P<items>[^()]{5,400})\)")
_SHORTEST, _LONGEST_LEAD, _LONGEST_ITEMS = 4, 160, 400
"""Characters of a lead, and of what it leads to."""
_LONGEST_PLURAL = 4
"""Letters that an ending of the plural has at most: "Kurs" heads "kurserna"."""
_BETWEEN = re.compile(r",\s+(?:och |samt )?|\s+(?:och|samt)\s+")
_BETWEEN_GROUPS = re.compile(r",\s+(?:samt )?|\s+samt\s+")
_CLAUSE = re.compile(
    r"^(?:medan|men|som|där|när|eftersom|vilket|att|inte)\b|\b(?:är|har|hade|var|ska|skulle"
    r"|kan|får|blev|finns|\w+(?:ades|erar|ade))\b"
)
"""A part of a sentence that says something by itself is no item of an enumeration."""
_FEWEST, _MOST = 2, 40
_OF_BOXES = frozenset((*Attribute, "period", "name"))
"""What the lines of a box mean: they are no list."""
_BEFORE = 250
"""Characters before a sentence that tell what it is about."""
Item = tuple[str, Stretch]


@dataclass(frozen=True, slots=True)
class Enumeration:
    """One list of the documents. `lead` announces it, `headings` stand over it, `head` is the head of a table,
    `context` what stands before the lead in its passage. `form` says how the list is written. `said` are the words of
    its lead (and head), its heading, the headings above, and of all of it.
    """

    lead: str
    passage: Passage
    headings: tuple[str, ...]
    items: tuple[Item, ...]
    form: str
    proof: Stretch
    head: str = ""
    context: str = ""
    said: tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]] = field(init=False)

    def __post_init__(self) -> None:
        lead = words(f"{self.lead} {self.head if self.form == 'rows' else ''}")
        around = f"{self.lead} {self.head} {self.context} {' '.join(self.headings)} {self.passage.title}"
        every = words(f"{around} {' '.join(text for text, _ in self.items)}")
        heading = words(" ".join(self.headings[-1:]))
        if self.form == "sentence":
            counted = max((match.start() for match in _COUNT.finditer(self.lead)), default=len(self.lead))
            lead, heading = [*lead[-4:], *words(self.lead[counted:])], []
        above = words(" ".join(self.headings[:-1]))
        object.__setattr__(self, "said", tuple(map(frozenset, (lead, heading, above, every))))

    @property
    def counted(self) -> int | None:
        """The number of items that the lead or else the heading announces."""
        texts = (self.lead, *(self.headings[-1:] if self.form != "sentence" else ()))
        return next((number for text in texts if (number := count_in(text))), None)

    @property
    def whole(self) -> bool:
        """Whether the text's own count, where it has one, is that of the items."""
        return self.counted in (None, len(self.items))


def count_in(text: str) -> int | None:
    """How many things a text says there are ("tre aktiviteter"), the last such number that a list may have."""
    for match in reversed(list(_COUNT.finditer(text))):
        word = match[1].lower()
        number = int(word) if word.isdigit() else NUMERALS[word]
        if _FEWEST <= number <= _MOST:
            return number
    return None


def enumerations(passages: Mapping[str, Passage]) -> Iterator[Enumeration]:
    """Every list of two to forty items, in order."""
    found: list[Enumeration] = []
    for _, group in groupby(passages.values(), key=lambda passage: (passage.document_id, passage.section)):
        section = list(group)
        found += _bulleted(section)
        for passage in section:
            if passage.kind is PassageKind.TABLE:
                found += _rows(passage)
            else:
                found += _announced(passage)
    found += _headed(passages)
    return (one for one in found if _FEWEST <= len(one.items) <= _MOST and not _is_box(one))


def _headed(passages: Mapping[str, Passage]) -> Iterator[Enumeration]:
    """The headings right under one that counts them, in its own words or in its first sentences: "Fyra hinder"."""
    under: dict[tuple[str, ...], dict[str, Passage]] = {}
    opening: dict[tuple[str, ...], Passage] = {}
    for passage in passages.values():
        path = (passage.document_id, *passage.section)
        opening.setdefault(path, passage)
        if len(path) > _FEWEST:
            under.setdefault(path[:-1], {}).setdefault(path[-1], passage)
    for path, parts in under.items():
        first = opening.get(path, next(iter(parts.values())))
        lead = path[-1] if count_in(path[-1]) else _lead(first.text) if path in opening else ""
        items = tuple((heading, Stretch(part.id, *part.sentences[0])) for heading, part in parts.items())
        if count_in(lead) == len(items):
            yield Enumeration(lead, first, path[1:], items, "items", items[0][1])


def _is_box(one: Enumeration) -> bool:
    """Whether the items are the facts of one thing: "Ägare: Norrviks kommun"."""
    labels = sum(meaning_of(text.partition(":")[0]) in _OF_BOXES for text, _ in one.items if ":" in text)
    return one.form == "items" and 2 * labels >= len(one.items)


@dataclass(slots=True)
class _Open:
    """A list while its items are gathered; `sign` is the kind of its bullets."""

    lead: str
    passage: Passage
    proof: Stretch
    context: str
    sign: str
    items: list[Item] = field(default_factory=list)

    def closed(self) -> Enumeration:
        return Enumeration(
            self.lead,
            self.passage,
            self.passage.section,
            tuple(self.items),
            "items",
            self.proof,
            context=self.context,
        )

    def takes(self, bullet: str, plain: str, item: str) -> bool:
        """Whether an item goes on with this list, after the plain text that stands before it."""
        counted = self.closed().counted
        lower = len(self.items) > 1 and all(text[:1].islower() for text, _ in self.items)
        anew = (
            plain.endswith(":")
            or _sign(bullet) != self.sign
            or (self.sign == "1" and int(re.sub(r"\D", "", bullet)) == 1)
            or (plain and counted is not None and len(self.items) >= counted)
            or (lower and item[:1].isupper() and item[1:2].islower())
            or (counted is None and len(plain) > 200)
        )
        return not anew


def _lead(plain: str) -> str:
    """The sentence that leads to items: the last one, or the last one that counts where that announces nothing."""
    last = _SENTENCE.split(plain)[-1]
    counting = (sentence for sentence in reversed(_SENTENCE.split(plain)) if count_in(sentence))
    return last if last.endswith(":") else next(counting, last)


def _sign(bullet: str) -> str:
    return "1" if bullet[0].isdigit() else bullet[0] if bullet[0] == "§" else bullet


def _bulleted(section: list[Passage]) -> Iterator[Enumeration]:
    """The lists of one section; a list goes on over passages, over a paragraph between two of its items, and over the
    list that stands under one of them.
    """
    opened: list[_Open] = []  # each but the first stands under the last item of the one before
    plain, before = "", ""
    plain_at: Stretch | None = None
    for passage, at, line in _lines(section):
        text, bullet = " ".join(line.split()), _BULLET.match(line)
        if bullet and passage.kind is not PassageKind.FOOTNOTE:
            item = " ".join(line[bullet.end() :].split())
            goes_on = [place for place, one in enumerate(opened) if one.takes(bullet[1], plain, item)]
            under = opened and not plain and _sign(bullet[1]) != opened[-1].sign
            kept = goes_on[-1] + 1 if goes_on else len(opened) if under else 0
            yield from (one.closed() for one in opened[kept:])
            opened = opened[:kept]
            if not goes_on:
                lead = opened[-1].items[-1][0] if under else _lead(plain)
                opened.append(_Open(lead, passage, plain_at or at, plain or before, _sign(bullet[1])))
            opened[-1].items.append((item, at))
            plain, plain_at = "", None
        elif text:
            plain, plain_at, before = text, at, plain
    yield from (one.closed() for one in opened)


def _lines(section: list[Passage]) -> Iterator[tuple[Passage, Stretch, str]]:
    for passage in section:
        start = 0
        for line in passage.text.split("\n") if passage.kind is not PassageKind.TABLE else ():
            yield passage, Stretch(passage.id, start, start + len(line)), line
            start += len(line) + 1


def _rows(passage: Passage) -> Iterator[Enumeration]:
    """The rows of a table, named by their first cell that is no number; a merged cell stands for the rows under it."""
    lines, start = [], 0
    for line in passage.text.split("\n"):
        lines.append((line, Stretch(passage.id, start, start + len(line))))
        start += len(line) + 1
    rows = [(line.split(" | "), at) for line, at in lines if " | " in line]
    if len(rows) <= _FEWEST:
        return
    caption = " ".join(line for line, at in lines if at.start < rows[0][1].start)
    head, label = rows[0][0], ""
    items: list[Item] = []
    for row, at in rows[1:]:
        label = row[0].strip() or label
        if row != head and not any(cell.lower().startswith(("summa", "totalt")) for cell in row[:2]):
            items.append((" | ".join((label, *row[1:])), at))
    labels = sum(meaning_of(text.partition(" | ")[0]) in _OF_BOXES for text, _ in items)
    if items and labels * 2 < len(items):
        yield Enumeration(caption, passage, passage.section, tuple(items), "rows", items[0][1], " | ".join(head))


def row_name(head: str, row: str, noun: str = "") -> str:
    """What names a row: the cell under the column that the noun asked for heads, under one of names, or its first that
    is no number.
    """
    parts, columns = row.split(" | "), head.split(" | ")
    cells = list(zip(columns, parts, strict=False))
    headed = next((part for column, part in cells if part and noun and _heads(column, noun)), "")
    if names_row(headed):
        return headed
    named = [part for column, part in cells if meaning_of(column) == "name"]
    return next((part for part in (*named, *parts) if part and not _NUMERIC.fullmatch(part)), parts[0])


def names_row(text: str) -> bool:
    """Whether a cell can name its row: by words, or as a code ("1.2")."""
    return (
        re.search(r"[^\W\d]{2}", _BETWEEN.sub(" ", text)) is not None or re.fullmatch(r"\d+(\.\d+)+", text) is not None
    )


def _heads(column: str, noun: str) -> bool:
    """Whether a column holds what a noun asks for: "Prio" for "prioriteringar"."""
    meaning, head, asked = meaning_of(column), column.lower(), noun.lower()
    plural = len(head) >= _SHORTEST and asked.startswith(head) and len(asked) - len(head) <= _LONGEST_PLURAL
    return plural or stem(head) == stem(asked) or (meaning is not None and meaning == meaning_of(noun))


def _announced(passage: Passage) -> Iterator[Enumeration]:
    """Sentences with a colon or a count before what they enumerate, such as "Arenor: A, B och C"."""
    for first, last in passage.sentences:
        start = first
        for text in passage.text[first:last].split("\n"):
            at = Stretch(passage.id, start, start + len(text))
            telling = ("," in text or " och " in text) and (":" in text or _COUNT.search(text))
            if telling:
                yield from _told_at_once(passage, text, at)
            start += len(text) + 1


def _told_at_once(passage: Passage, text: str, at: Stretch) -> Iterator[Enumeration]:
    """What the end of a sentence enumerates after its lead, and what its brackets do."""
    for sign in _ANNOUNCING.finditer(text):
        lead, rest = _lead_before(text, sign.start(), ":.!?"), text[sign.end() :].removesuffix(".")
        if len(lead) >= _SHORTEST and _SHORTEST < len(rest) <= _LONGEST_ITEMS and not re.search("[:.!?;]", rest):
            yield from _parts(passage, lead, rest, sign["colon"] is not None, at)
            break
    for bracket in _BRACKETED.finditer(text):
        if len(lead := _lead_before(text, bracket.start(), "().:!?")) >= _SHORTEST:
            yield from _parts(passage, lead, bracket["items"], False, at)


def _lead_before(text: str, end: int, signs: str) -> str:
    """What stands right before a place, back to the nearest of some signs."""
    return text[max(text.rfind(sign, 0, end) for sign in signs) + 1 : end][-_LONGEST_LEAD:]


def _parts(passage: Passage, lead: str, items: str, colon: bool, at: Stretch) -> Iterator[Enumeration]:
    """What a sentence enumerates, where the parts are short and no clauses, and announced by a colon or counted."""
    # Where the last part is joined by "samt", an "och" stands inside a part.
    between = _BETWEEN_GROUPS if re.search(r"\bsamt\b", items) else _BETWEEN
    parts = [part.strip(" .") for part in between.split(items) if part.strip(" .")]
    if any(len(part.split()) > 8 or _CLAUSE.search(part) or _NUMERIC.fullmatch(part) for part in parts):
        return
    context = passage.text[max(0, at.start - _BEFORE) : at.start]
    named = tuple((part, at) for part in parts)
    found = Enumeration(lead, passage, passage.section, named, "sentence", at, context=context)
    if (colon and len(parts) > _FEWEST) or found.counted == len(parts):
        yield found
