"""Tables: which cell is what of which initiative, whatever way the table lies.

The meaning of a column comes from its head, else from what its cells hold; a head is kept for the table's next page,
a name for the rows under it that leave it empty.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby, pairwise

from ingest.documents import Passage, PassageKind
from ingest.facts.figures import PERIOD, SUM, YEAR_ALONE
from ingest.facts.rows import ATTRIBUTES, BETWEEN, LONGEST_NAME, Cell, Row, parted
from ingest.facts.types import Attribute
from ingest.facts.vocabulary import MARKS, funds, is_status, meaning_of, said, status_of
from ingest.plain import NO_CELL

_COUNTED_IN = re.compile(
    r"(?:[Bb]elopp|[Ss]ummor|[Ss]iffror|[Kk]ostnader|[Pp]engar)\w*[^.]{0,40}?"
    r" i (miljoner kronor|tusen kronor|mnkr|mkr|tkr|kronor)\b"
)
"""Where a document says, outside the table, what its sums are counted in."""
_FIGURE = re.compile(r"\W*\d")
_FIGURES = frozenset(("base", "target", "outcome"))
"""What columns of figures mean."""
_CODE = re.compile(r"[A-ZÅÄÖ]?\d{1,2}(?:\.\d{1,2})*[a-z]?\.?")
"""What numbers a row: "M1", "2b"."""
_FEWEST_YEARS = 2
_HEAD_WORDS = 4
_PARTICLES = frozenset("till med i på av från".split())
_EMPTY = NO_CELL + "- "
_LONGEST_LINE = 160
"""Characters of a cell that holds the figures of a card; a longer one is its text."""
_SHARE = 0.6
"""The share of a column's cells that tell what it holds."""


def rows_of(passages: Sequence[Passage], part_words: Collection[str] = ()) -> Iterator[Row]:
    """The data rows of all tables; a table without a head of its own takes that of the table before it, if as wide.

    `part_words` are what the strategy calls its parts, in lower case: a column so headed holds parts.
    """
    units: dict[str, str] = {}
    for passage in passages:
        if told := _COUNTED_IN.search(passage.text):
            units.setdefault(passage.document_id, told[1])
    tables = (passage for passage in passages if passage.kind is PassageKind.TABLE)
    for _, group in groupby(tables, key=lambda passage: (passage.document_id, passage.section)):
        head: tuple[str, ...] = ()
        for passage in group:
            head = tuple(part.strip() for part in passage.head.split(BETWEEN)) if passage.head else head
            head, rows = _read(passage, head, units.get(passage.document_id, ""))
            if rows:
                rows = [_of_parts(row, part_words) for row in rows]
                yield from map(parted, _turned(rows) or _carded(list(_filled_down(_typed(rows)))))


def _of_parts(row: Row, part_words: Collection[str]) -> Row:
    """The row with its cells under the strategy's own word for its parts as such."""
    cells = (
        replace(one, meaning="priority") if one.meaning is None and one.header.lower() in part_words else one
        for one in row.cells
    )
    return replace(row, cells=tuple(cells))


def _read(passage: Passage, head: tuple[str, ...], unit: str) -> tuple[tuple[str, ...], list[Row]]:
    """The rows of one passage with the meanings that heads tell, and the head that holds at its end.

    A line of one cell is the title of the table or of the group of rows under it; `unit` is what sums are counted in.
    """
    rows: list[Row] = []
    title, over, start, own = "", "", 0, False
    lines = passage.text.split("\n")
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        texts = tuple(part.strip() for part in line.split(BETWEEN))
        if len(texts) == 1:
            title, over = title or ("" if own else line.strip()), line.strip()
        elif not own and _heads(texts, None if rows or head else below.split(BETWEEN)):
            head, own, over = texts, True, ""
        else:
            head = head if own or len(texts) <= len(head) else ()
            rows.append(_row(passage, line, start, head, " ".join(filter(None, dict.fromkeys((unit, title, over))))))
        start += len(line) + 1
    return head, rows


def _heads(texts: Sequence[str], below: Sequence[str] | None) -> bool:
    """Whether cells are a head: at least two of them mean something, and few are figures.

    Over the line `below` it is the first of its table, where most words may be the document's own, and it may head
    figures for one year after the other: "Så var det 2023", "Sikte 2040".
    """
    known = sum(meaning_of(text) is not None and not is_status(text) and not SUM.match(text) for text in texts)
    figures = any(_FIGURE.match(text) and meaning_of(text) is None for text in texts)
    own_words = below is not None and all(text and len(text.split()) <= _HEAD_WORDS for text in texts)
    if known >= 2 and (own_words or known * 2 >= len(texts)) and not figures:
        return True
    pairs = zip(texts, below or (), strict=False)
    years = [found[1] for text, under in pairs if _FIGURE.match(under) and (found := YEAR_ALONE.search(text))]
    plain = len(texts) == len(below or ()) and not any(map(_FIGURE.match, texts))
    return plain and _count_up(years) and meaning_of(texts[0]) not in ATTRIBUTES


def _count_up(years: Sequence[str]) -> bool:
    return len(years) >= _FEWEST_YEARS and all(one < other for one, other in pairwise(years))


def _row(passage: Passage, line: str, start: int, head: tuple[str, ...], caption: str) -> Row:
    cells: list[Cell] = []
    position, meanings = start, _meanings_of(head)
    for number, part in enumerate(line.split(BETWEEN)):
        left = position + len(part) - len(part.lstrip())
        header, meaning = (head[number], meanings[number]) if number < len(head) else ("", None)
        cells.append(Cell(part.strip(), left, left + len(part.strip()), meaning, header))
        position += len(part) + len(BETWEEN)
    return Row(passage, tuple(cells), start, start + len(line), caption)


@lru_cache(maxsize=1000)
def _meanings_of(head: tuple[str, ...]) -> tuple[str | None, ...]:
    """What each head means. Words that it shares with the one beside it stand over both: "Tid Start", "Tid Slut"."""
    found: list[str | None] = []
    for number, text in enumerate(head):
        words = text.split()
        near = [head[n].split() for n in (number - 1, number + 1) if 0 <= n < len(head)]
        shared = max((_shared(words, other) for other in near), default=0)
        upper, own = " ".join(words[:shared]), " ".join(words[shared:]).lower()
        over, meaning = meaning_of(upper), meaning_of(own)
        if over == "target" and own.isdigit():
            later = any(other.startswith(upper) and other > text for other in head)
            meaning = "milestone" if later else over
        elif over in _FIGURES and meaning == "outcome" and not own.isdigit():
            meaning = over
        found.append(meaning or over or meaning_of(text) or meaning_of(_last(words)))
    return tuple(found)


def _last(words: Sequence[str]) -> str:
    """The last word of a head, which tells what it is: "Beräknad kostnad"; not the end of a verb: "Hjälper till"."""
    return words[-1] if words and words[-1] not in _PARTICLES else ""


def _shared(words: Sequence[str], other: Sequence[str]) -> int:
    """How many first words two heads share, of which each has more."""
    most = min(len(words), len(other)) - 1
    return next((n for n in range(max(0, most)) if words[n] != other[n]), max(0, most))


def _typed(rows: Sequence[Row]) -> list[Row]:
    """Rows whose columns without a known head take their meaning from what the cells hold."""
    width = max(len(row.cells) for row in rows)
    columns = [[row.cells[n] for row in rows if n < len(row.cells)] for n in range(width)]
    meanings = [next((cell.meaning for cell in column if cell.meaning), None) for column in columns]
    if any(map(_are_roles, columns)):
        meanings = [None if meaning == "name" else meaning for meaning in meanings]
    known = set(meanings)
    for number, column in enumerate(columns):
        told = _held(column) if meanings[number] in (None, "outcome") else None
        if meanings[number] == "outcome" and told != Attribute.STATUS:  # "Läge 2026-04-30" heads either
            continue
        if told == Attribute.OWNER and told in meanings:  # beside those who own, others take part
            told = Attribute.PARTICIPANT
        if told and told not in known:
            meanings[number] = told
    meanings = _labelled(columns, _by_years(columns, meanings))
    return [
        replace(row, cells=tuple(replace(cell, meaning=meanings[n]) for n, cell in enumerate(row.cells)))
        for row in rows
    ]


def _labelled(columns: Sequence[Sequence[Cell]], meanings: list[str | None]) -> list[str | None]:
    """The meanings with that of the column that names what the others tell of: an indicator beside figures, an
    initiative beside two attributes.
    """
    worded = [n for n, column in enumerate(columns) if _are_names(column)]
    if len(_FIGURES & set(meanings)) >= 2:
        codes = [n for n in worded if all(_CODE.fullmatch(cell.text) for cell in columns[n] if cell.text)]
        free = [n for n in worded if meanings[n] in (None, "name", "priority") and n not in codes]
        if free and not any(meanings[n] in ("goal", "indicator") for n in worded):
            meanings[free[0]] = "indicator"
    elif not {"name", "goal", "indicator", *_FIGURES} & set(meanings):
        free = [n for n in worded if meanings[n] is None]
        if free and free[0] < 2 <= len(ATTRIBUTES & set(meanings)):
            meanings[free[0]] = "name"
    return meanings


def _by_years(columns: Sequence[Sequence[Cell]], meanings: list[str | None]) -> list[str | None]:
    """The meanings with those of columns of figures that the document's own words with a year head: what was stands
    first ("Så var det 2023"), what shall be last ("Sikte 2040").
    """
    years: dict[int, str] = {}
    for number, column in enumerate(columns):
        header, filled = column[0].header, _filled(column)
        found = YEAR_ALONE.search(header)
        figures = sum(_FIGURE.match(text) is not None for text in filled) > len(filled) / 2
        if found and found[1] != header and meaning_of(header) is None and figures:
            years[number] = found[1]
    if "base" in meanings or not _count_up(list(years.values())):
        return meanings
    told = dict.fromkeys(years) | {min(years): "base", max(years): "target"}
    return [told.get(number, meaning) for number, meaning in enumerate(meanings)]


def _filled(column: Sequence[Cell]) -> list[str]:
    return [cell.text for cell in column if cell.text.strip(_EMPTY)]


def _held(column: Sequence[Cell]) -> str | None:
    """What most of a column's cells hold, None where they hold nothing known."""
    filled = _filled(column)
    votes = Counter(meaning for text in filled if (meaning := _held_in(MARKS.get(text, text))))
    best, times = votes.most_common(1)[0] if votes else ("", 0)
    return best if times >= 2 and times >= _SHARE * len(filled) else None


def _held_in(text: str) -> str | None:
    """What a cell is by its form, None where that tells nothing."""
    if PERIOD.match(text):
        return "period"
    if (found := status_of(text, cell=len(text) < 30)) and found[1].start() == 0:
        return Attribute.STATUS
    if funds().match(text):
        return Attribute.FUNDER
    if len(text) < LONGEST_NAME and (said("bodies", "ends").search(text) or said("bodies", "starts").match(text)):
        return Attribute.OWNER
    return None


def _are_names(column: Sequence[Cell]) -> bool:
    """Whether the cells of a column can be names: words, short, each another."""
    filled = [cell.text for cell in column if cell.text]
    short = all(len(text) <= LONGEST_NAME and re.match(r"\W*[^\W\d]", text) for text in filled)
    return bool(filled) and short and len(set(filled)) * 5 >= len(filled) * 4


def _are_roles(column: Sequence[Cell]) -> bool:
    """Whether most cells of a column say what a person is: "ordförande", "ledamot". Its rows are about persons."""
    filled = _filled(column)
    roles = sum(said("names", "persons").search(text) is not None for text in filled)
    return len(filled) > 1 and roles >= _SHARE * len(filled)


def _filled_down(rows: Sequence[Row]) -> Iterator[Row]:
    """Rows that leave their name, or the group in their first column, empty take it from the row above them, which then
    proves it too.
    """
    above: Row | None = None
    for row in rows:
        if above is not None and sum(bool(cell.text.strip(_EMPTY)) for cell in row.cells) > 1:
            cells = list(row.cells)
            for number, (cell, upper) in enumerate(zip(cells, above.cells, strict=False)):
                left = cell.meaning == "name" or (number == 0 and cell.meaning in ATTRIBUTES)
                if left and cell.meaning == upper.meaning and not cell.text.strip(_EMPTY):
                    cells[number] = replace(upper, header=cell.header)
            row = replace(row, cells=tuple(cells))
        above = row
        yield row


def _carded(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows, every card of two lines without heads as one: over the figures and the text a name and its status."""
    lines = iter(zip(rows, [*rows[1:], None], strict=True))
    for row, below in lines:
        name, *others = row.cells
        under = below is not None and not any(cell.header for cell in (*row.cells, *below.cells))
        if below and under and others and is_status(others[-1].text) and not is_status(below.cells[-1].text):
            figures = [part for cell in below.cells if len(cell.text) <= _LONGEST_LINE for part in _by_form(cell)]
            cells = (replace(name, meaning="name"), replace(others[-1], meaning=Attribute.STATUS), *figures)
            yield replace(row, cells=cells, end=below.end)
            next(lines)
        else:
            yield row


def _by_form(cell: Cell) -> Iterator[Cell]:
    for meaning, form in (("period", PERIOD), (Attribute.SUM, SUM), (Attribute.FUNDER, funds())):
        if found := form.search(cell.text):
            yield cell.part(*found.span(), meaning, cell.header)


def _turned(rows: Sequence[Row]) -> list[Row]:
    """The columns of a table whose first column holds the labels and whose first row the names; none of others."""
    corner, *names = rows[0].cells
    labels = [meaning_of(row.cells[0].text) for row in rows[1:]]
    if not corner.text.strip(_EMPTY):  # the row beside an empty corner names, so that no label does
        labels = [None if label == "name" else label for label in labels]
    known = sum(label in ATTRIBUTES for label in labels)
    if known < 2 or known * 2 < len(labels) or len(names) < 2 or "name" in labels:
        return []
    if any(meaning_of(cell.text) for cell in names) or corner.meaning:
        return []
    columns: list[Row] = []
    for number, name in enumerate(names, 1):
        told = [
            replace(row.cells[number], meaning=label, header=row.cells[0].text)
            for row, label in zip(rows[1:], labels, strict=True)
            if number < len(row.cells)
        ]
        cells = (replace(name, meaning="name", header=""), *told)
        columns.append(replace(rows[0], cells=cells, start=name.start, end=name.end, turned=True))
    return columns
