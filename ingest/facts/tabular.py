"""Tables, fact boxes and labelled lines: which cell is what of which initiative.

The meaning of a column comes from its head; a head is kept for the table's next page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ingest.documents import Passage, PassageKind
from ingest.facts.types import Attribute
from ingest.facts.vocabulary import meaning_of, said

_BETWEEN = " | "
_FIGURE = re.compile(r"\W*\d")
_LABEL = re.compile(
    r"(?:^|(?<=\n)|(?<=[.;|•·(–—-] )|(?<=\) ))[ \t]*(?:[•·–—-] )?(?P<label>[A-ZÅÄÖ][^\W\d][\w/&() -]{0,38}?"
    r"|(?:19|20)\d\d(?=[ \t]\|))[ \t]*(?::|[ \t]\|)[ \t\n]+(?=\S)"
)
_ATTRIBUTES = frozenset((*Attribute, "period"))
_OF_GOALS = frozenset(("goal", "indicator", "base", "target", "outcome", "milestone"))
_COUNTED_IN = re.compile(
    r"(?:[Bb]elopp|[Ss]ummor|[Ss]iffror|[Kk]ostnader|[Pp]engar)\w*[^.]{0,40}?"
    r" i (miljoner kronor|tusen kronor|mnkr|mkr|tkr|kronor)\b"
)
_LONGEST_NAME = 60
_RUN_IN = 4
"""Words of a name that stands with a full stop before its labels."""


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

    def worded(self, meaning: str) -> Cell | None:
        """The first cell of that meaning that holds words, and no mere number or code."""
        return next((cell for cell in self.all(meaning) if re.search(r"[^\W\d]{3}", cell.text)), None)

    def all(self, meaning: str) -> tuple[Cell, ...]:
        """All filled cells of that meaning."""
        return tuple(cell for cell in self.cells if cell.meaning == meaning and cell.text)


@dataclass(frozen=True, slots=True)
class FactLine:
    """A labelled value about one thing: "Ägare: Norrviks kommun". `name` is what the label, the line or the heading
    above says it is about; `boxed`: several such lines stand together.
    """

    passage: Passage
    name: str
    meaning: str
    value: str
    start: int
    end: int
    boxed: bool


def rows_of(passages: Sequence[Passage]) -> Iterator[Row]:
    """The data rows of all tables; a table without a head of its own takes that of the table before it, if as wide."""
    units: dict[str, str] = {}
    for passage in passages:
        if told := _COUNTED_IN.search(passage.text):
            units.setdefault(passage.document_id, told[1])
    tables = (passage for passage in passages if passage.kind is PassageKind.TABLE)
    for _, group in groupby(tables, key=lambda passage: (passage.document_id, passage.section)):
        head: tuple[str, ...] = ()
        for passage in group:
            head = tuple(part.strip() for part in passage.head.split(_BETWEEN)) if passage.head else head
            head, rows = _read(passage, head, units.get(passage.document_id, ""))
            yield from rows


def _read(passage: Passage, head: tuple[str, ...], unit: str) -> tuple[tuple[str, ...], list[Row]]:
    """The rows of one passage with the meanings that heads tell, and the head that holds at its end."""
    rows: list[Row] = []
    captions: list[str] = []
    start, own = 0, False
    for line in passage.text.split("\n"):
        texts = tuple(part.strip() for part in line.split(_BETWEEN))
        if len(texts) == 1:
            captions.append(line.strip())
        elif not own and is_head(texts):
            head, own = texts, True
        else:
            head = head if own or len(texts) <= len(head) else ()
            caption = " ".join(dict.fromkeys((*captions[:1], *captions[-1:], unit)))
            rows.append(_row(passage, line, start, head, caption))
        start += len(line) + 1
    return head, rows


def is_head(texts: Sequence[str]) -> bool:
    """Whether cells are a head: at least two of them mean something, and few are figures."""
    known = sum(meaning_of(text) is not None for text in texts)
    figures = sum(bool(_FIGURE.match(text)) and meaning_of(text) is None for text in texts)
    return known >= 2 and known * 2 >= len(texts) and not figures


def _meaning(head: str) -> str | None:
    """What a head means; where the whole of it tells nothing, its last word may."""
    return meaning_of(head) or (meaning_of(head.split()[-1]) if head else None)


def _row(passage: Passage, line: str, start: int, head: tuple[str, ...], caption: str) -> Row:
    cells: list[Cell] = []
    position = start
    meanings = [_meaning(text) for text in head]
    for number, part in enumerate(line.split(_BETWEEN)):
        left = position + len(part) - len(part.lstrip())
        header, meaning = (head[number], meanings[number]) if number < len(head) else ("", None)
        cells.append(Cell(part.strip(), left, left + len(part.strip()), meaning, header))
        position += len(part) + len(_BETWEEN)
    return Row(passage, tuple(cells), start, start + len(line), caption)


def fact_lines(passages: Sequence[Passage]) -> Iterator[FactLine]:
    """The labelled values of all passages, of tables and of text."""
    for passage in passages:
        yield from _lines_of(passage)


def goal_boxes(passages: Sequence[Passage]) -> Iterator[Row]:
    """Goals told by labelled values ("Nuläge 2022: 8 ton", "Mål 2030: 5 ton"), each as a row of what it tells."""
    for passage in passages:
        box: list[Cell] = []
        before, name = 0, ""
        for cell in _values(passage, _OF_GOALS):
            if box and cell.meaning != "outcome" and cell.meaning in [one.meaning for one in box]:
                yield from _goal_row(passage, name, box)
                box = []
            if not box:
                above = passage.text[before : passage.text.rfind(cell.header, before, cell.start)]
                name = _name_above(above) or _heading(passage)
            box.append(cell)
            before = cell.end
        yield from _goal_row(passage, name, box)


def _goal_row(passage: Passage, name: str, box: Sequence[Cell]) -> Iterator[Row]:
    meanings = {cell.meaning for cell in box}
    if "target" in meanings and meanings & {"base", "outcome"}:
        start = max(0, passage.text.rfind("\n", 0, box[0].start) + 1)
        titled = () if "goal" in meanings else (Cell(name, start, start, "goal", ""),)
        yield Row(passage, (*titled, *box), start, box[-1].end, "")


def _values(passage: Passage, meanings: frozenset[str]) -> Iterator[Cell]:
    """The labelled values whose labels mean one of `meanings`, with the label as their head."""
    text = passage.text
    marked = ":" in text or "|" in text
    found = [
        (str(meaning), match["label"], match.start("label"), match.end())
        for match in (_LABEL.finditer(text) if marked else ())
        if (meaning := meaning_of(match["label"])) in meanings
    ]
    for number, (meaning, label, _, start) in enumerate(found):
        line_end = text.find("\n", start)
        after = found[number + 1][2] if number + 1 < len(found) else len(text)
        end = min(after, line_end if line_end > 0 else len(text))
        shown = text[start:end].rstrip(" .;|•·–\n")
        if shown.strip():
            yield Cell(shown.lstrip(), start, start + len(shown), meaning, label)


def _lines_of(passage: Passage) -> Iterator[FactLine]:
    """The labelled values of a passage; a label that comes again, or another name, begins the next box."""
    if passage.kind is PassageKind.TABLE and any(line.count(_BETWEEN) > 1 for line in passage.text.split("\n")):
        return
    boxes: list[tuple[str, list[Cell]]] = []
    before, titled = 0, False
    for cell in _values(passage, _ATTRIBUTES | {"name"}):
        above = _name_above(passage.text[before : passage.text.rfind(cell.header, before, cell.start)])
        if cell.meaning == "name" and boxes and boxes[-1][0] and titled:
            before = cell.end
            continue  # Under a name of its own "Vad" says what it is.
        titled = bool(above) or (titled and bool(boxes))
        if not boxes or above or cell.meaning in ("name", *(one.meaning for one in boxes[-1][1])):
            boxes.append((above or _heading(passage), []))
        if cell.meaning == "name":
            boxes[-1] = (cell.text, [])
        else:
            boxes[-1][1].append(cell)
        before = cell.end
    for name, own in boxes:
        for cell in own:
            start = passage.text.rfind(cell.header, 0, cell.start)
            yield FactLine(passage, name, str(cell.meaning), cell.text, start, cell.end, len(own) > 1)


def _name_above(text: str) -> str:
    """The last line of what stands between two labels, where it can be a name."""
    lines = [line.strip(" •·–") for line in text.split("\n") if line.strip(" .;|•·–()")]
    last = re.split(r"(?<=[.!?]) (?=\S)", lines[-1].strip())[-1].strip() if lines else ""
    last = last[:-1] if len(last.split()) <= _RUN_IN and lines and text.rstrip("\n").endswith(". ") else last
    fits = 2 < len(last) <= _LONGEST_NAME and last[0].isupper() and not last.endswith((".", ":", ",", ";"))
    return last if fits else ""


def _heading(passage: Passage) -> str:
    """The innermost heading that is no mere "Fakta"."""
    plain = (one for one in reversed(passage.section) if not said("labels", "box").fullmatch(one.strip()))
    return next(plain, "")
