"""Every list that the documents hold, whole, with its lead: bullets and numbers, rows of a table, headings that are
counted. A sentence cut at its commas is no list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby

from ingest.documents import Passage, PassageKind
from ingest.facts.types import Attribute, Stretch
from ingest.facts.vocabulary import MONTHS, NUMERALS, meaning_of
from ingest.plain import BULLETS
from ingest.swedish import stem, words

_BULLET = re.compile(rf"[ \t]*([{BULLETS}»*o–-]|\d{{1,2}}[.)]|[a-zåäö]\))\s+(?=\S)")
_NO_NOUN = "|".join((*"till procent år kronor miljoner mnkr mkr tkr av månader dagar timmar gånger".split(), *MONTHS))
_COUNT = re.compile(
    rf"(?<![,§])(?<!§ )\b(\d{{1,2}}|{'|'.join(NUMERALS)})\b(?= (?!(?:{_NO_NOUN})\b)[a-zåäö])", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-ZÅÄÖ])")
_NUMERIC = re.compile(r"[\d\s.,%–-]+")
_SHORTEST = 4
_ANNOUNCED = (
    re.compile(r"(?P<lead>[^.!?:]{4,160})(?P<colon>:)\s+(?P<items>[^.:!?;]{5,400})"),
    re.compile(r"(?P<lead>[^.!?:()]{4,160}) \((?P<items>[^()]{5,400})\)"),
    re.compile(r"(?P<lead>[^.!?:]{4,160}?) (?:är|heter|var|omfattar|består av) (?P<items>[^.:!?;]{5,400})"),
)
_CLAUSE = re.compile(
    r"^(?:medan|men|som|där|när|eftersom|vilket|att|inte)\b|\b(?:är|har|hade|var|ska|skulle"
    r"|kan|får|blev|finns|\w+(?:ades|erar|ade))\b"
)
"""A part of a sentence that says something by itself is no item of an enumeration."""
_LONGEST_PLURAL = 4
"""Letters that an ending of the plural has at most: "Kurs" heads "kurserna"."""
_BETWEEN_GROUPS = re.compile(r",\s+(?:samt )?|\s+samt\s+")
_BETWEEN = re.compile(r",\s+(?:och |samt )?|\s+(?:och|samt)\s+")
_OPENING = 3
"""Sentences of a section that may count the headings under it."""
_FEWEST, _MOST = 2, 40
_OF_BOXES = frozenset((*Attribute, "period", "name"))
"""What the lines of a box mean: they are no list."""
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
        over = self.headings[-1:] if self.form != "sentence" else ()
        return next((number for text in (self.lead, *over) if (number := count_in(text))), None)

    @property
    def whole(self) -> bool:
        """Whether the text's own count, where it has one, is that of the items."""
        return self.counted in (None, len(self.items))


def count_in(text: str) -> int | None:
    """How many things a text says there are ("tre aktiviteter"), the last such number that a list may have."""
    return next(reversed(_counts(text)), None)


def _counts(text: str) -> list[int]:
    said = (match[1].lower() for match in _COUNT.finditer(text))
    numbers = (int(word) if word.isdigit() else NUMERALS[word] for word in said)
    return [number for number in numbers if _FEWEST <= number <= _MOST]


def enumerations(passages: Mapping[str, Passage]) -> Iterator[Enumeration]:
    """Every list of two to forty items, in order."""
    found: list[Enumeration] = []
    for _, group in groupby(passages.values(), key=lambda passage: (passage.document_id, passage.section)):
        section = list(group)
        found += _bulleted(section)
        for passage in section:
            found += _rows(passage) if passage.kind is PassageKind.TABLE else _announced(passage)
    found += _headed(passages)
    return (one for one in found if _FEWEST <= len(one.items) <= _MOST)


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
        items = tuple((heading, Stretch(part.id, *part.sentences[0])) for heading, part in parts.items())
        own = tuple(item for item in items if not count_in(item[0]))  # "Tre perspektiv" is a list of its own
        leads = (*(_SENTENCE.split(first.text)[:_OPENING] if path in opening else ()), path[-1])
        for some in (items, own):
            if lead := next((one for one in leads if _counts(one) == [len(some)]), ""):
                yield Enumeration(lead, first, path[1:], some, "items", some[0][1], context=first.text)
                break


def _bulleted(section: list[Passage]) -> Iterator[Enumeration]:
    """The lists of one section. A list goes on over passages, a paragraph between two of its items, and what stands
    under one of them with another bullet; a paragraph that ends with a colon begins another.
    """
    opened: Enumeration | None = None
    items: list[Item] = []
    sign, plain, plain_at, before = "", "", None, ""
    for passage, at, line in _lines(section):
        text, bullet = " ".join(line.split()), _BULLET.match(line)
        if bullet and passage.kind is not PassageKind.FOOTNOTE:
            own = "1" if bullet[1][0].isdigit() else bullet[1]
            if opened is None or plain.endswith(":") or (plain and own != sign):
                yield from (_closed(opened, items),) if opened else ()
                lead, around = _SENTENCE.split(plain)[-1], plain or before
                opened = Enumeration(lead, passage, passage.section, (), "items", plain_at or at, context=around)
                items, sign = [], own
            if own == sign:
                items.append((" ".join(line[bullet.end() :].split()), at))
            plain, plain_at = "", None
        elif text:
            plain, plain_at, before = text, at, plain
    yield from (_closed(opened, items),) if opened else ()


def _closed(opened: Enumeration, items: list[Item]) -> Enumeration:
    """The list with its items. Of the sentences before them the one that counts them leads to them, else the last."""
    leads = (one for one in _SENTENCE.split(opened.context) if _counts(one) == [len(items)])
    return replace(opened, items=tuple(items), lead=next(leads, opened.lead))


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
    """What sentences enumerate after a colon or a count: "Arenor: A, B och C", "tre arenor (A, B och C)"."""
    for first, last in passage.sentences:
        text, at = passage.text[first:last], Stretch(passage.id, first, last)
        for announced in (found for pattern in _ANNOUNCED for found in pattern.finditer(text)):
            # Where the last part is joined by "samt", an "och" stands inside a part.
            between = _BETWEEN_GROUPS if " samt " in announced["items"] else _BETWEEN
            parts = [part.strip() for part in between.split(announced["items"]) if part.strip()]
            if any(len(part.split()) > 8 or _CLAUSE.search(part) or _NUMERIC.fullmatch(part) for part in parts):
                continue
            items = tuple((part, at) for part in parts)
            context = passage.text[max(0, first - 250) : first]
            one = Enumeration(announced["lead"], passage, passage.section, items, "sentence", at, context=context)
            if one.counted == len(parts) or (announced.groupdict().get("colon") and len(parts) > _FEWEST):
                yield one
