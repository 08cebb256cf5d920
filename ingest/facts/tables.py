"""Tables as facts see them: cells with the meaning of their column; a head is kept for the table's next page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.documents import Passage, PassageKind
from ingest.facts.lexicon import HEADERS

_BETWEEN = " | "
_LABEL = re.compile(
    r"(?P<label>(?:Projekt)?[Ää]gare|Ansvarig|Huvudman|Projektägare|Parter|Part(?:ner|ners)|Samverkan|"
    r"Medverkande|Deltagare|Finansiär(?:er)?|"
    r"Finansiering|Löptid|Projekttid|Period|Tid|Start|Slut|Budget|Totalbudget|Beviljat|Status|Läge)(?:: | \| |"
    r" (?=[\wÅÄÖ]))(?P<value>.+)"
)
_FIGURE = re.compile(r"\W*\d")


@dataclass(frozen=True, slots=True)
class Cell:
    """passage.text[start:end] and what its column says it is, None where the head does not tell."""

    text: str
    start: int
    end: int
    meaning: str | None
    header: str


@dataclass(frozen=True, slots=True)
class Row:
    """One data row: passage.text[start:end]."""

    passage: Passage
    cells: tuple[Cell, ...]
    start: int
    end: int
    caption: str

    def first(self, meaning: str) -> Cell | None:
        """The first cell of that meaning that is not empty."""
        return next((cell for cell in self.cells if cell.meaning == meaning and cell.text), None)

    def all(self, meaning: str) -> tuple[Cell, ...]:
        """All filled cells of that meaning."""
        return tuple(cell for cell in self.cells if cell.meaning == meaning and cell.text)


def rows_of(passages: Sequence[Passage]) -> Iterator[Row]:
    """The data rows of all tables; a table without a head of its own takes that of the table before it, if as wide."""
    head: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    for passage in passages:
        if passage.kind is not PassageKind.TABLE:
            continue
        here = (passage.document_id, *passage.section)
        if here != place:
            head, place = (), here
        if passage.head:
            head = tuple(part.strip() for part in passage.head.split(_BETWEEN))
        caption: list[str] = []
        start, own = 0, False
        for line in passage.text.split("\n"):
            if _BETWEEN not in line:
                caption.append(line.strip())
            elif not own and is_head(texts := tuple(part.strip() for part in line.split(_BETWEEN))):
                head, own = texts, True
            elif len(line.split(_BETWEEN)) <= len(head) or own:
                yield _row(passage, line, start, head, " ".join(caption))
            else:
                head = ()
                yield _row(passage, line, start, head, " ".join(caption))
            start += len(line) + 1


@dataclass(frozen=True, slots=True)
class FactLine:
    """A line of a small table of facts about one thing: "Ägare | Norrviks kommun". `name` is what stands above it."""

    passage: Passage
    name: str
    meaning: str
    value: str
    start: int
    end: int


def fact_lines(passages: Sequence[Passage]) -> Iterator[FactLine]:
    """The labelled lines of all tables of facts: two of them at least, under a heading or the name at the line
    before.
    """
    orders: dict[str, list[str]] = {}
    for passage in passages:
        if passage.kind is PassageKind.TABLE and len(_LABEL.findall(passage.text)) >= 2:
            yield from _facts_of(passage, orders.setdefault(passage.document_id, []))


def _facts_of(passage: Passage, order: list[str]) -> Iterator[FactLine]:
    """`order` is the usual order of the labels, learned as it goes: lines that lost theirs take what is missing."""
    name = passage.section[-1] if passage.section else ""
    loose: list[tuple[int, str]] = []
    seen: list[str] = []
    start = 0
    for line in passage.text.split("\n"):
        match = _LABEL.match(line)
        meaning = meaning_of(match["label"]) if match else None
        if match is None or meaning is None:
            loose.append((start, line))
        else:
            if meaning in seen:
                above = loose.pop()[1] if loose else ""
                name, seen = re.split(r"(?<=[.!?]) ", above)[-1].strip(), []
                loose.clear()
            missing = [one for one in order[: order.index(meaning)] if one not in seen] if meaning in order else []
            for (left, text), lost in zip(loose[-len(missing) :] if missing else [], missing, strict=False):
                yield FactLine(passage, name, lost, text.strip(), left, left + len(text))
            loose.clear()
            seen += [*missing, meaning]
            if meaning not in order:
                order.append(meaning)
            yield FactLine(passage, name, meaning, match["value"].strip(), start, start + len(line))
        start += len(line) + 1


def is_head(texts: Sequence[str]) -> bool:
    """Whether cells are a head: at least two of them mean something, and few are figures."""
    known = sum(meaning_of(text) is not None for text in texts)
    figures = sum(bool(_FIGURE.match(text)) and meaning_of(text) is None for text in texts)
    return known >= 2 and known * 2 >= len(texts) and not figures


@lru_cache(maxsize=50_000)
def meaning_of(header: str) -> str | None:
    """What a header means, None for one that is not known."""
    plain = header.strip(" .:*").lower()
    if not plain or len(plain) > 60:
        return None
    return next((meaning for meaning, pattern in HEADERS if pattern.match(plain)), None)


def _row(passage: Passage, line: str, start: int, head: tuple[str, ...], caption: str) -> Row:
    cells: list[Cell] = []
    position = start
    for number, part in enumerate(line.split(_BETWEEN)):
        left = position + len(part) - len(part.lstrip())
        header = head[number] if number < len(head) else ""
        cells.append(Cell(part.strip(), left, left + len(part.strip()), meaning_of(header), header))
        position += len(part) + len(_BETWEEN)
    return Row(passage, tuple(cells), start, start + len(line), caption)
