"""Tables as facts see them: cells with the meaning of their column; a head is kept for the table's next page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.documents import Passage, PassageKind
from ingest.facts.lexicon import HEADERS

_BETWEEN = " | "
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
    owner = ""
    for passage in passages:
        if passage.kind is not PassageKind.TABLE:
            continue
        if passage.document_id != owner:
            head, owner = (), passage.document_id
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


def is_head(texts: Sequence[str]) -> bool:
    """Whether cells are a head: at least two of them mean something, and few are figures."""
    known = sum(meaning_of(text) is not None for text in texts)
    figures = sum(bool(_FIGURE.match(text)) and meaning_of(text) is None for text in texts)
    return known >= 2 and known * 2 >= len(texts) and not figures


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
