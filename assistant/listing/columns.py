"""List answers out of a table's columns: the rows that a column marks as asked for (a status, somebody in charge, a
year), or what stands in the column itself ("Vilka kommuner ansvarar för …?").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.listing.enumerations import FIGURE
from assistant.listing.nouns import plural_shown
from assistant.listing.rows import ListAnswer, ListRow, Material
from assistant.listing.status import status_asked, statuses
from assistant.listing.topic import covered
from assistant.matching import best_match, text_words
from assistant.question import Question
from ingest.documents import Passage
from ingest.register.cues import head_of
from ingest.register.goal_tables import holds_goals
from ingest.register.table_cells import Cell, Table, TableRow, read_table
from ingest.swedish import content_words, stem

_CODE = re.compile(r"[A-Z]{0,3}[\d.]*")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_STARTS = re.compile(r"\b(?:börja|starta|inled)\w*", re.IGNORECASE)
_ENDS = re.compile(r"\b(?:slut|avslut|klar|färdig|senast)\w*", re.IGNORECASE)
_SAME = 0.9
_STATUS_WORDS = 6
"""Words that a cell may have and still be a status, not a comment."""


@dataclass(frozen=True, slots=True)
class _Labelled:
    """A table of what is asked for: each row is named in the column `label`."""

    passage: Passage
    table: Table
    label: int

    def others(self, row: TableRow) -> Iterator[tuple[int, Cell]]:
        """The cells beside the one that names the row, with their columns."""
        return ((number, cell) for number, cell in enumerate(row.cells) if number != self.label)


def from_columns(material: Material) -> ListAnswer | None:
    """The rows of the tables nearest to the question that a column marks as asked for; None where none does so."""
    tables = sorted(
        _tables(material), key=lambda one: material.nearness(one.passage, range(len(one.passage.sentences)))
    )
    for nearest in reversed(tables):
        parts = [one for one in tables if _same_table(one, nearest)]
        marked = [(part, cell, row) for part in parts for cell, row in _marked(part, material)]
        if marked:
            rows = {cell.text: ListRow(cell.text, (), part.passage, row.start, row.end) for part, cell, row in marked}
            examined = sum(len(part.table.rows) for part in parts)
            return ListAnswer(tuple(rows.values()), examined, plural_shown(material.wanted.noun), announced=True)
    return None


def goals_marked(passages: Sequence[Passage], question: Question) -> bool:
    """Whether a table of goals marks one with the status that the question asks for."""
    asked = status_asked(question)
    tables = (read_table(passage) for passage in passages)
    cells = (cell for table in tables if table and holds_goals(table) for row in table.rows for cell in row.cells)
    return bool(asked) and any(_has_status(cell, asked) for cell in cells)


def _same_table(one: _Labelled, other: _Labelled) -> bool:
    """Whether two passages are parts of one table."""
    own, others = one.passage, other.passage
    return (own.document_id, own.section, one.table.header) == (others.document_id, others.section, other.table.header)


def _tables(material: Material) -> Iterator[_Labelled]:
    for passage in material.passages:
        table = read_table(passage)
        if table is not None and table.rows and (label := _label(table)) is not None:
            yield _Labelled(passage, table, label)


def _label(table: Table) -> int | None:
    """The first column that tells the rows apart and holds more than figures and codes."""
    for number in range(len(table.header)):
        cells = {row.cell(number) for row in table.rows}
        if len(cells) == len(table.rows) and not any(FIGURE.fullmatch(text) or _CODE.fullmatch(text) for text in cells):
            return number
    return None


def _marked(part: _Labelled, material: Material) -> Iterator[tuple[Cell, TableRow]]:
    """The cells that answer, each with its row."""
    table, asked = part.table, status_asked(material.question)
    if _names_rows(part, material):
        if asked:
            rows = [row for row in table.rows if any(_has_status(cell, asked) for _, cell in part.others(row))]
        else:
            dated = _YEAR.search(material.question.text)
            rows = _of_years(part, material) if dated else _of_value(part, material) or _whole(part, material)
        yield from ((row.cells[part.label], row) for row in rows)
    elif not material.wanted.collection and (column := _asked_column(part, material)) is not None:
        noun = stem((material.wanted.noun or "").lower())
        cells = ((row.cells[column], row) for row in table.rows if column < len(row.cells))
        yield from ((cell, row) for cell, row in cells if any(stem(word) == noun for word in text_words(cell.text)))


def _names_rows(part: _Labelled, material: Material) -> bool:
    """Whether the table's rows are what is asked for: its column, caption or heading says so."""
    if material.wanted.collection == "goals":
        return holds_goals(part.table)
    noun = (material.wanted.noun or "").lower()
    if not noun:
        return False
    head = head_of(noun)
    said = content_words(" ".join((part.table.header[part.label], part.table.caption, *part.passage.section[-1:])))
    return any(stem(word) in (stem(noun), stem(head[1]) if head else "") for word in said)


def _has_status(cell: Cell, asked: frozenset[str]) -> bool:
    return len(cell.text.split()) <= _STATUS_WORDS and asked <= statuses(cell.text)


def _of_years(part: _Labelled, material: Material) -> list[TableRow]:
    """The rows whose years are those asked for, or hold the one asked for; or begin or end in it."""
    text = material.question.text
    years = sorted(map(int, _YEAR.findall(text)))
    found = []
    for row in part.table.rows if material.wanted.collection == "initiatives" else ():
        there = [int(year) for _, cell in part.others(row) for year in _YEAR.findall(cell.text)]
        if not there:
            continue
        first, last = min(there), max(there)
        if len(years) > 1:
            fits = (first, last) == (years[0], years[-1])
        elif _STARTS.search(text) or _ENDS.search(text):
            fits = years[0] == (first if _STARTS.search(text) else last)
        else:
            fits = first <= years[0] <= last
        found += [row] * fits
    return found


def _of_value(part: _Labelled, material: Material) -> list[TableRow]:
    """The rows that say, in the column that the question names, most of what the question says."""
    column = _asked_column(part, material)
    if column is None:
        return []
    said = text_words(" ".join((material.wanted.noun or "", part.table.header[column])))
    terms = [term for term in text_words(material.question.text) if best_match(term, said) < _SAME]
    worth = [_shared(terms, row.cell(column)) for row in part.table.rows]
    return [row for row, one in zip(part.table.rows, worth, strict=True) if one and one == max(worth)]


def _whole(part: _Labelled, material: Material) -> list[TableRow]:
    """All rows of a table whose title, headings and caption say what the question asks about."""
    passage, terms = part.passage, material.wanted.topic
    told = covered(terms, " ".join((passage.title, *passage.section, part.table.caption)))
    return list(part.table.rows) if terms and told >= _SAME and material.wanted.collection == "initiatives" else []


def _shared(terms: Sequence[str], text: str) -> int:
    there = {stem(word) for word in text_words(text)}
    return sum(stem(term) in there for term in terms)


def _asked_column(part: _Labelled, material: Material) -> int | None:
    """The column beside the label whose header says a word of the question ("ansvarar": "Ansvarig")."""
    asked = [term for term in content_words(material.question.text) if term != (material.wanted.noun or "").lower()]
    for number, header in enumerate(part.table.header):
        words = [word for word in content_words(header) if len(word) > 3]
        if number != part.label and any(stem(word)[:6] == stem(term)[:6] for word in words for term in asked):
            return number
    return None
