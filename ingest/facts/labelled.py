"""Labelled values: fact boxes and lines ("Ägare: Norrviks kommun"), and goals that are told so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.documents import Passage, PassageKind
from ingest.facts.figures import PERIOD, SUM
from ingest.facts.table_heads import is_status
from ingest.facts.table_rows import ATTRIBUTES, BETWEEN, LONGEST_NAME, Cell, Row
from ingest.facts.types import Attribute
from ingest.facts.vocabulary import funds, meaning_of, said, terms

_LABEL = re.compile(
    r"(?:^|(?<=\n)|(?<=[.;|•·(–—-] )|(?<=\) ))[ \t]*(?:[•·–—-] )?(?P<label>[A-ZÅÄÖ][^\W\d]"
    r"(?:[\w/&() -]|t\.o\.m\.|inkl\.){0,38}?"
    r"|(?:19|20)\d\d(?=[ \t]\|))[ \t]*(?::|[ \t]\|)[ \t\n]+(?=\S)"
)
_PLAIN_LABEL = re.compile(r"(?P<label>[A-ZÅÄÖ]\w+) (?=[\dA-ZÅÄÖ])")
_OF_GOALS = frozenset(("goal", "indicator", "base", "target", "outcome", "milestone"))
_BESIDE = re.compile(r"[ \t]+[·•][ \t]+")
_BETWEEN_VALUES = re.compile(r" [·•|] ")
_ITEM = re.compile(r"[•·–-] *\S")
_SIDE_BY_SIDE = 3
"""Values of one line from which they need no labels."""
_LONGEST_VALUE = 8
"""Words of such a value."""
_RUN_IN = 4
"""Words of a name that stands with a full stop before its labels."""


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
    start = 0
    for line in text.split("\n") if passage.kind is PassageKind.TABLE else ():
        match = _PLAIN_LABEL.match(line)
        plain = match and BETWEEN not in line and match["label"].lower() in terms("labels", "plain")
        if match and plain and (meaning := meaning_of(match["label"])) in meanings:
            found.append((str(meaning), match["label"], start, start + match.end()))
        start += len(line) + 1
    found.sort(key=lambda one: one[2])
    if "name" in meanings and passage.kind is not PassageKind.TABLE:
        yield from _unlabelled(text, [place for _, _, place, _ in found])
    for number, (meaning, label, _, start) in enumerate(found):
        after = found[number + 1][2] if number + 1 < len(found) else len(text)
        end = _value_end(text, start, after)
        shown, *others = _BESIDE.split(text[start:end].rstrip(" .;|•·–\n"))
        if shown.strip() and meaning in meanings:
            yield Cell(shown.lstrip(), start, start + len(shown), meaning, label)
        for other in others:  # "Medel: Leader · 2023–2026 · 4,2 mnkr": a value that needs no label
            told = "period" if PERIOD.fullmatch(other) else Attribute.SUM if SUM.fullmatch(other) else None
            if told in meanings:
                place = text.index(other, start)
                yield Cell(other, place, place + len(other), told, label)


def _value_end(text: str, start: int, after: int) -> int:
    """Where a value ends that begins at `start`: with its line, or with the items that stand under its label."""
    first, *others = text[start:after].split("\n")
    end = start + len(first)
    if _ITEM.match(first):
        for line in others:
            if not _ITEM.match(line) or len(line) > LONGEST_NAME or line.rstrip().endswith((":", ".")):
                break
            end += 1 + len(line)
    return end


def _unlabelled(text: str, labels: Sequence[int]) -> Iterator[Cell]:
    """The values of lines that set them side by side without labels: "Budget 2,7 mnkr · Leader · 2024–2025 · Avslutat".

    `labels` are the places of labels; a line that has one is told by it.
    """
    for line in re.finditer(r"[^\n]+", text):
        between = [one.span() for one in _BETWEEN_VALUES.finditer(text, *line.span())]
        if len(between) + 1 < _SIDE_BY_SIDE or any(line.start() <= place < line.end() for place in labels):
            continue
        starts, ends = (line.start(), *(end for _, end in between)), (*(start for start, _ in between), line.end())
        cells = [cell for start, end in zip(starts, ends, strict=True) if (cell := _by_form(text, start, end))]
        if len({cell.meaning for cell in cells} & {"period", Attribute.SUM, Attribute.STATUS}) > 1:
            yield from cells


def _by_form(text: str, start: int, end: int) -> Cell | None:
    """A stretch of text as a value that its form tells, None where it tells nothing."""
    start = end - len(text[start:end].lstrip(" ·•|"))
    value = text[start:end].rstrip(" .·•|")
    if len(value.split()) > _LONGEST_VALUE:
        return None
    forms = {
        "period": PERIOD.fullmatch(value),
        Attribute.SUM: SUM.search(value),
        Attribute.FUNDER: funds().match(value),
    }
    told = next((meaning for meaning, found in forms.items() if found), None)
    if told is None and is_status(value):
        told = Attribute.STATUS
    return Cell(value, start, start + len(value), told, "") if told else None


def _lines_of(passage: Passage) -> Iterator[FactLine]:
    """The labelled values of a passage; a label that comes again, or another name, begins the next box."""
    if passage.kind is PassageKind.TABLE and any(line.count(BETWEEN) > 1 for line in passage.text.split("\n")):
        return
    boxes: list[tuple[str, list[Cell]]] = []
    before, titled = 0, False
    for cell in _values(passage, ATTRIBUTES | {"name"}):
        between = passage.text[before : passage.text.rfind(cell.header, before, cell.start)]
        above = _name_above(between) if cell.header or "\n" in between else ""
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
    fits = 2 < len(last) <= LONGEST_NAME and last[0].isupper() and not last.endswith((".", ":", ",", ";"))
    fits = fits and ": " not in last  # a label and its value, whatever it means
    return last if fits else ""


def _heading(passage: Passage) -> str:
    """The innermost heading that is no mere "Fakta"."""
    plain = (one for one in reversed(passage.section) if not said("labels", "box").fullmatch(one.strip()))
    return next(plain, "").removeprefix("Läs mer om ")
