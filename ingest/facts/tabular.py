"""Tables: which cell is what of which initiative, whatever way the table lies.

The meaning of a column comes from its head, else from what its cells hold; a head is kept for the table's next page,
a name for the rows under it that leave it empty.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from ingest.documents import Passage, PassageKind
from ingest.facts.figures import PERIOD, YEAR_ALONE
from ingest.facts.table_heads import FEWEST_YEARS, FIGURE, FIGURES, goes_on, grow, heads, meanings_of, merged
from ingest.facts.table_rows import ATTRIBUTES, BETWEEN, LONGEST_NAME, Cell, Row
from ingest.facts.turned import turned, turned_years
from ingest.facts.types import Attribute
from ingest.facts.vocabulary import MARKS, funds, meaning_of, said, status_of
from ingest.plain import NO_CELL

_COUNTED_IN = re.compile(
    r"(?:[Bb]elopp|[Ss]ummor|[Ss]iffror|[Kk]ostnader|[Pp]engar)\w*[^.]{0,40}?"
    r" i (miljoner kronor|tusen kronor|mnkr|mkr|tkr|kronor)\b"
)
_CAPTION = re.compile(r"(?:[Tt]abell|[Ff]igur) \d")
_SHARE = 0.6
"""The share of a column's cells that tell what it holds."""


def rows_of(passages: Sequence[Passage], legends: Mapping[str, Mapping[str, str]]) -> Iterator[Row]:
    """The data rows of all tables; a table without a head of its own takes that of the table before it, if as wide.

    `legends` say for each document what its signs stand for.
    """
    units: dict[str, str] = {}
    for passage in passages:
        if told := _COUNTED_IN.search(passage.text):
            units.setdefault(passage.document_id, told[1])
    tables = (passage for passage in passages if passage.kind is PassageKind.TABLE)
    for _, group in groupby(tables, key=lambda passage: (passage.document_id, passage.section)):
        head: tuple[str, ...] = ()
        last: Row | None = None
        for passage, caption in _captioned(tuple(group)):
            head = tuple(part.strip() for part in passage.head.split(BETWEEN)) if passage.head else head
            head, rows = _read(passage, head, f"{units.get(passage.document_id, '')} {caption}".strip())
            if own := legends.get(passage.document_id):
                rows = [replace(row, signs={**MARKS, **own}) for row in rows]
            lying = (turned(rows) or turned_years(rows)) if rows else []
            filled = lying or list(_filled_down(_typed(rows), last))
            last = filled[-1] if filled and not lying else None
            yield from filled


def _captioned(passages: Sequence[Passage]) -> list[tuple[Passage, str]]:
    """Each passage of a table with the caption that stands under the last of those with its head."""
    found: list[tuple[Passage, str]] = []
    caption, head = "", ""
    for passage in reversed(passages):
        last = passage.text.rpartition("\n")[2]
        own = last if _CAPTION.match(last) and BETWEEN not in last else ""
        caption = own or (caption if passage.head == head else "")
        head = passage.head
        found.append((passage, caption))
    return found[::-1]


def _read(passage: Passage, head: tuple[str, ...], unit: str) -> tuple[tuple[str, ...], list[Row]]:
    """The rows of one passage with the meanings that heads tell, and the head that holds at its end."""
    rows: list[Row] = []
    titles: list[str] = []
    captions: list[str] = []
    start, fresh, own = 0, False, False
    lines = passage.text.split("\n")
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        texts = tuple(part.strip() for part in line.split(BETWEEN))
        opens = not (own or rows or head)
        if len(texts) == 1:
            captions.append(line.strip())
        elif goes_on(head, texts) if fresh else heads(head if own else (), texts, below if opens else None):
            head, fresh, own = (merged(head, texts) if fresh else texts), True, True
            titles, captions = titles or captions[:1], []
        else:
            head = head if own or len(texts) <= len(head) else ()
            fresh = False
            over = (*titles, *captions[:1], *captions[-1:]) if not own else (*titles, *captions[-1:])
            rows.append(_row(passage, line, start, head, " ".join(filter(None, dict.fromkeys((unit, *over))))))
        start += len(line) + 1
    return head, rows


def _row(passage: Passage, line: str, start: int, head: tuple[str, ...], caption: str) -> Row:
    cells: list[Cell] = []
    position = start
    meanings = meanings_of(head)
    for number, part in enumerate(line.split(BETWEEN)):
        left = position + len(part) - len(part.lstrip())
        header, meaning = (head[number], meanings[number]) if number < len(head) else ("", None)
        cells.append(Cell(part.strip(), left, left + len(part.strip()), meaning, header))
        position += len(part) + len(BETWEEN)
    return Row(passage, tuple(cells), start, start + len(line), caption)


def _typed(rows: Sequence[Row]) -> list[Row]:
    """Rows whose columns without a known head take their meaning from what the cells hold.

    Where two attributes are known and no column names what they are about, the first column of words does.
    """
    width = max((len(row.cells) for row in rows), default=0)
    columns = [[row.cells[n] for row in rows if n < len(row.cells)] for n in range(width)]
    meanings = [next((cell.meaning for cell in column if cell.meaning), None) for column in columns]
    if any(map(_are_roles, columns)):
        meanings = [None if meaning == "name" else meaning for meaning in meanings]
    meanings = [_by_cells(column, meaning, meanings) for column, meaning in zip(columns, meanings, strict=True)]
    known = set(meanings)
    for number, column in enumerate(columns):
        told = _held(column, rows[0].signs) if meanings[number] is None else None
        if told == Attribute.OWNER and told in meanings:  # beside those who own, others take part
            told = Attribute.PARTICIPANT
        if told and told not in known:
            meanings[number] = told
    meanings = _by_years(columns, meanings)
    if len(FIGURES & set(meanings)) >= 2:
        label = next(
            (
                n
                for n, column in enumerate(columns)
                if meanings[n] in (None, "name", "priority") and _are_names(column) and not _are_codes(column)
            ),
            None,
        )
        named = [column for n, column in enumerate(columns) if meanings[n] in ("goal", "indicator")]
        if label is not None and not any(map(_are_names, named)):
            meanings[label] = "indicator"
    elif "name" not in meanings and not {"goal", "indicator", *FIGURES} & set(meanings):
        words = [n for n, column in enumerate(columns) if meanings[n] is None and _are_names(column)]
        if words and len(ATTRIBUTES & set(meanings)) >= 2 and words[0] < 2:
            meanings[words[0]] = "name"
    return [
        replace(row, cells=tuple(replace(cell, meaning=meanings[n]) for n, cell in enumerate(row.cells)))
        for row in rows
    ]


def _by_cells(column: Sequence[Cell], meaning: str | None, meanings: Sequence[str | None]) -> str | None:
    """The meaning of a column's head, unless its cells are of another kind: "Läge 2026-04-30" over words tells a status
    and no outcome, "Regionala medel" over figures a sum and no funder.
    """
    if meaning == "outcome" and Attribute.STATUS not in meanings and _held(column, MARKS) == Attribute.STATUS:
        return Attribute.STATUS
    if meaning == Attribute.FUNDER and Attribute.SUM not in meanings and _are_figures(column):
        return Attribute.SUM
    return meaning


def _by_years(columns: Sequence[Sequence[Cell]], meanings: list[str | None]) -> list[str | None]:
    """The meanings with those of columns of figures that the document's own words with a year head: what was stands
    first ("Så var det 2023"), what shall be last ("Sikte 2040").
    """
    years = {
        number: found[1]
        for number, column in enumerate(columns)
        if (found := YEAR_ALONE.search(column[0].header))
        and found[1] != column[0].header
        and meaning_of(column[0].header) is None
        and _are_figures(column)
    }
    if len(years) < FEWEST_YEARS or "base" in meanings or not grow(list(years.values())):
        return meanings
    told = {number: "milestone" for number in years} | {min(years): "base", max(years): "target"}
    return [told.get(number, meaning) for number, meaning in enumerate(meanings)]


def _are_figures(column: Sequence[Cell]) -> bool:
    """Whether most filled cells of a column are figures."""
    filled = [cell.text for cell in column if cell.text.strip("–- ")]
    return sum(FIGURE.match(text) is not None for text in filled) > len(filled) / 2


def _held(column: Sequence[Cell], signs: Mapping[str, str]) -> str | None:
    """What most of a column's cells hold, None where they hold nothing known."""
    filled = [cell.text for cell in column if cell.text.strip("–- ")]
    votes = Counter(meaning for text in filled if (meaning := _held_in(signs.get(text, text))))
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
    if len(text) < 60 and (said("bodies", "ends").search(text) or said("bodies", "starts").match(text)):
        return Attribute.OWNER
    return None


def _are_names(column: Sequence[Cell]) -> bool:
    """Whether the cells of a column can be names: words, short, each another."""
    filled = [cell.text for cell in column if cell.text]
    short = all(len(text) <= LONGEST_NAME and re.match(r"\W*[^\W\d]", text) for text in filled)
    return bool(filled) and short and len(set(filled)) * 5 >= len(filled) * 4


def _are_roles(column: Sequence[Cell]) -> bool:
    """Whether most cells of a column say what a person is: "ordförande", "ledamot". Its rows are about persons."""
    filled = [cell.text for cell in column if cell.text.strip("–- ")]
    roles = sum(said("names", "persons").search(text) is not None for text in filled)
    return len(filled) > 1 and roles >= _SHARE * len(filled)


def _are_codes(column: Sequence[Cell]) -> bool:
    """Whether the cells of a column number their rows: "M1", "2b"."""
    return all(re.fullmatch(r"[A-ZÅÄÖ]?\d{1,2}(?:\.\d{1,2})*[a-z]?\.?", cell.text) for cell in column if cell.text)


def _filled_down(rows: Sequence[Row], above: Row | None) -> Iterator[Row]:
    """Rows that leave their name, or the group in their first column, empty take it from the row above them.

    Such a group is proved from its own cell on, where that stands in the same passage.
    """
    for row in rows:
        if above is not None and sum(bool(cell.text.strip(NO_CELL)) for cell in row.cells) > 1:
            row = _under(above, row)
        above = row
        yield row


def _under(above: Row, row: Row) -> Row:
    """The row with the name and the group that it leaves to the one above it."""
    cells = list(row.cells)
    for number, (cell, upper) in enumerate(zip(cells, above.cells, strict=False)):
        group = number == 0 and cell.meaning in ATTRIBUTES and cell.meaning == upper.meaning
        if (cell.meaning == "name" and not cell.text) or (group and not cell.text.strip(NO_CELL)):
            within = group and above.passage is row.passage
            cells[number] = replace(upper, header=cell.header, start=upper.start if within else cell.start)
    return replace(row, cells=tuple(cells))
