"""Every list that the documents hold, whole, with its lead: bullets and numbers, rows of a table, headings under a
section, and sentences that announce and count what they enumerate. A sentence merely cut at its commas is no list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from ingest.documents import Passage, PassageKind
from ingest.facts.types import Stretch
from ingest.facts.vocabulary import MONTHS, NUMERALS
from ingest.swedish import stem

_BULLET = re.compile(r"[ \t]*([•■▪‣●○◦*o–-]|\d{1,2}[.)]|[a-zåäö]\))\s+(?=\S)")
_NO_NOUN = "|".join((*"till procent år kronor miljoner mnkr mkr tkr av månader dagar timmar gånger".split(), *MONTHS))
_COUNT = re.compile(
    rf"(?<![,§])(?<!§ )\b(\d{{1,2}}|{'|'.join(NUMERALS)})\b(?= (?!(?:{_NO_NOUN})\b)[a-zåäö])", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-ZÅÄÖ])")
_NUMERIC = re.compile(r"[\d\s.,%–-]+")
_ANNOUNCED = re.compile(
    r"(?P<lead>[^:.!?]{4,160}?)(?::| är| heter| var| omfattar| består av)\s+(?P<items>[^:.!?;]{5,400})[.]?$"
)
_BRACKETED = re.compile(r"(?P<lead>[^().:!?]{4,120}) \((?P<items>[^()]{5,400})\)")
_BETWEEN = re.compile(r",\s+(?:och |samt )?|\s+(?:och|samt)\s+")
_BETWEEN_GROUPS = re.compile(r",\s+(?:samt )?|\s+samt\s+")
_ORDINAL = re.compile(
    r"(?:Den|Det|För det|Ett|En)? ?(?:första|andra|tredje|fjärde|femte|sjätte|sjunde|åttonde)\b", re.IGNORECASE
)
_CLAUSE = re.compile(
    r"^(?:medan|men|som|där|när|eftersom|vilket|att|inte)\b|\b(?:är|har|hade|var|ska|skulle"
    r"|kan|får|blev|finns|\w+(?:ades|erar|ade))\b"
)
"""A part of a sentence that says something by itself is no item of an enumeration."""
_FEWEST, _MOST = 2, 40
_BEFORE = 250
"""Characters before a sentence that tell what it is about."""


@dataclass(frozen=True, slots=True)
class Enumeration:
    """One list of the documents. `lead` announces it, `headings` stand over it, `counted` is the number that its lead
    says, `head` is the head of a table, `context` what stands before the lead in its passage. `items` are
    (text, stretch). `form` says how the list is written.
    """

    lead: str
    headings: tuple[str, ...]
    document_id: str
    title: str
    items: tuple[tuple[str, Stretch], ...]
    form: str
    proof: Stretch
    head: str = ""
    context: str = ""

    @property
    def counted(self) -> int | None:
        """The number of items that the lead or else the heading announces."""
        for text in (self.lead, *(self.headings[-1:] if self.form != "sentence" else ())):
            for match in reversed(list(_COUNT.finditer(text))):
                word = match[1].lower()
                number = int(word) if word.isdigit() else NUMERALS[word]
                if _FEWEST <= number <= _MOST:
                    return number
        return None

    @property
    def whole(self) -> bool:
        """Whether the text's own count, where it has one, is that of the items."""
        return self.counted in (None, len(self.items))


def enumerations(passages: Mapping[str, Passage]) -> Iterator[Enumeration]:
    """Every list of at least two items, in order."""
    for _, group in groupby(passages.values(), key=lambda passage: (passage.document_id, passage.section)):
        section = list(group)
        yield from _bulleted(section)
        for passage in section:
            if passage.kind is PassageKind.TABLE:
                yield from _rows(passage)
            else:
                yield from _announced(passage)
                yield from _ordinal(passage)
    yield from _headings(passages.values())


def _bulleted(section: list[Passage]) -> Iterator[Enumeration]:
    """The lists of one section; a list goes on over passages, and over a paragraph between two of its items."""
    current: Enumeration | None = None
    plain, plain_at, sign, before = "", None, "", ""
    for passage in section:
        start = 0
        for line in passage.text.split("\n") if passage.kind is not PassageKind.TABLE else ():
            at, text = Stretch(passage.id, start, start + len(line)), " ".join(line.split())
            start += len(line) + 1
            bullet = _BULLET.match(line)
            if bullet and passage.kind is not PassageKind.FOOTNOTE:
                item = " ".join(line[bullet.end() :].split())
                kind = "1" if bullet[1][0].isdigit() else bullet[1]
                if current is None or _begins_anew(current, bullet[1], kind, sign, plain, item):
                    if current is not None:
                        yield from _if_several(current)
                    current = Enumeration(
                        _SENTENCE.split(plain)[-1],
                        passage.section,
                        passage.document_id,
                        passage.title,
                        (),
                        "items",
                        plain_at or at,
                        context=plain or before,
                    )
                current = replace(current, items=(*current.items, (item, at)))
                plain, plain_at, sign = "", None, kind
            elif text:
                open_item = (
                    current is not None
                    and current.items
                    and passage.kind is PassageKind.LIST
                    and not text.endswith(":")
                )
                if open_item and current is not None and (text[0].islower() or not _ended(current.items[-1][0])):
                    last, where = current.items[-1]
                    joined = Stretch(where.passage_id, where.start, at.end) if where.passage_id == passage.id else where
                    current = replace(current, items=(*current.items[:-1], (f"{last} {text}", joined)))
                else:
                    plain, plain_at, before = text, at, plain
    if current is not None:
        yield from _if_several(current)


def _begins_anew(current: Enumeration, bullet: str, kind: str, sign: str, plain: str, item: str) -> bool:
    """Whether an item begins another list than the one that is open."""
    if plain.endswith(":") or kind != sign:
        return True
    if kind == "1" and int(re.sub(r"\D", "", bullet)) == 1:
        return True
    if plain and current.counted is not None and len(current.items) >= current.counted:
        return True
    lower = all(text[:1].islower() for text, _ in current.items)
    return (lower and len(current.items) > 1 and item[:1].isupper() and item[1:2].islower()) or (
        plain != "" and current.counted is None and len(plain) > 200
    )


def _ended(text: str) -> bool:
    return text.endswith((".", ",", ";", "!", "?", ":", "och", "samt"))


def _if_several(found: Enumeration) -> Iterator[Enumeration]:
    if _FEWEST <= len(found.items) <= _MOST:
        yield found


def _rows(passage: Passage) -> Iterator[Enumeration]:
    """The rows of a table, named by their first cell that is no number."""
    lines, start = [], 0
    for line in passage.text.split("\n"):
        lines.append((line, Stretch(passage.id, start, start + len(line))))
        start += len(line) + 1
    rows = [(line.split(" | "), at) for line, at in lines if " | " in line]
    caption = " ".join(line for line, _ in lines[: next((n for n, (line, _) in enumerate(lines) if " | " in line), 0)])
    if len(rows) < _FEWEST + 1:
        return
    head, label = rows[0][0], ""
    items: list[tuple[str, Stretch]] = []
    for row, at in rows[1:]:
        # A merged cell stands for the rows under it.
        label = row[0].strip() or label
        if row != head and not any(cell.lower().startswith(("summa", "totalt")) for cell in row[:2]):
            items.append((" | ".join((label, *row[1:])), at))
    yield from _if_several(
        Enumeration(
            caption,
            passage.section,
            passage.document_id,
            passage.title,
            tuple(items),
            "rows",
            items[0][1],
            " | ".join(head),
        )
    )


def row_name(head: str, row: str, noun: str = "") -> str:
    """What names a row: the cell under the column that the noun asked for heads, else its first that is no number."""
    parts, columns = row.split(" | "), head.split(" | ")
    for column, part in zip(columns, parts, strict=False):
        if noun and stem(column) == stem(noun):
            return part
    return next((part for part in parts if not _NUMERIC.fullmatch(part)), parts[0])


def _announced(passage: Passage) -> Iterator[Enumeration]:
    """Sentences with a colon or a count before what they enumerate, such as "Arenor: A, B och C"."""
    for start, end in _lines(passage):
        text = passage.text[start:end]
        for match in filter(None, (_ANNOUNCED.search(text), *_BRACKETED.finditer(text))):
            yield from _parts(passage, match, Stretch(passage.id, start, end))


def _parts(passage: Passage, match: re.Match[str], at: Stretch) -> Iterator[Enumeration]:
    """What a sentence enumerates, where the parts are short and no clauses, and announced by a colon or counted."""
    # Where the last part is joined by "samt", an "och" stands inside a part.
    between = _BETWEEN_GROUPS if re.search(r"\bsamt\b", match["items"]) else _BETWEEN
    parts = [part.strip(" .") for part in between.split(match["items"]) if part.strip(" .")]
    items = tuple((part, at) for part in parts)
    context = passage.text[max(0, at.start - _BEFORE) : at.start]
    found = Enumeration(
        match["lead"], passage.section, passage.document_id, passage.title, items, "sentence", at, context=context
    )
    colon = match.string[match.end("lead")] == ":" and len(parts) > _FEWEST
    short = all(len(part.split()) <= 8 and not _CLAUSE.search(part) and not _NUMERIC.fullmatch(part) for part in parts)
    if short and (colon or found.counted == len(parts)):
        yield from _if_several(found)


def _ordinal(passage: Passage) -> Iterator[Enumeration]:
    """Sentences that count themselves ("Den första är …", "Den andra är …"), led by the sentence before them."""
    items: list[tuple[str, Stretch]] = []
    lead, lead_at = "", Stretch(passage.id, 0, 0)
    for start, end in passage.sentences:
        text, at = " ".join(passage.text[start:end].split()), Stretch(passage.id, start, end)
        if _ORDINAL.match(text):
            items.append((text, at))
        elif not items:
            lead, lead_at = text, at
    if len(items) > _FEWEST:
        yield Enumeration(lead, passage.section, passage.document_id, passage.title, tuple(items), "items", lead_at)


def _lines(passage: Passage) -> Iterator[tuple[int, int]]:
    """Where the sentences stand, cut where the document breaks a line."""
    for first, last in passage.sentences:
        start = first
        for line in passage.text[first:last].split("\n"):
            yield start, start + len(line)
            start += len(line) + 1


_SERIES = re.compile(
    r"^(?:\d+(?:\.\d+)*\.? )?(?P<word>[A-ZÅÄÖ]\w+) (?P<number>\d{1,2}|[A-Z])[:.]? (?P<title>.+)|^(?P<plain>.+)"
)


def _headings(passages: Iterable[Passage]) -> Iterator[Enumeration]:
    """The headings right under a section, and headings of one numbered series ("Kurs 1 …", "Kurs 2 …")."""
    under: dict[tuple[str, tuple[str, ...]], dict[str, Passage]] = {}
    series: dict[tuple[str, str], dict[str, tuple[str, Passage]]] = {}
    for passage in passages:
        for depth, heading in enumerate(passage.section):
            if depth:
                under.setdefault((passage.document_id, passage.section[:depth]), {}).setdefault(heading, passage)
            match = _SERIES.match(heading)
            if match and match["word"]:
                own = series.setdefault((passage.document_id, match["word"].lower()), {})
                own.setdefault(match["number"], (heading, passage))
    for (document, path), children in under.items():
        items = tuple((heading, _opening(passage)) for heading, passage in children.items())
        first = next(iter(children.values()))
        yield from _if_several(Enumeration(path[-1], path, document, first.title, items, "headings", items[0][1]))
    for (document, word), numbered in series.items():
        items = tuple((heading, _opening(passage)) for heading, passage in numbered.values())
        first = next(iter(numbered.values()))[1]
        yield from _if_several(
            Enumeration(word, first.section[:1], document, first.title, items, "series", items[0][1])
        )


def _opening(passage: Passage) -> Stretch:
    start, end = passage.sentences[0] if passage.sentences else (0, len(passage.text))
    return Stretch(passage.id, start, end)
