"""Tables: which cell is what of which initiative, whatever way the table lies.

The meaning of a column comes from its head, else from what its cells hold; a head is kept for the table's next page,
a name for the rows under it that leave it empty. A table whose first column holds the labels is turned.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import groupby, pairwise

from ingest.documents import Passage, PassageKind
from ingest.facts.figures import PERIOD, SUM, YEAR_ALONE
from ingest.facts.types import Attribute, Stretch
from ingest.facts.vocabulary import MARKS, funds, meaning_of, said, status_of, terms
from ingest.plain import NO_CELL

BETWEEN = " | "
_FIGURE = re.compile(r"\W*\d")
_FIGURE_YEAR = re.compile(r"(?:19|20)\d\d")
_FEWEST_YEARS = 2
ATTRIBUTES = frozenset((*Attribute, "period"))
_COUNTED_IN = re.compile(
    r"(?:[Bb]elopp|[Ss]ummor|[Ss]iffror|[Kk]ostnader|[Pp]engar)\w*[^.]{0,40}?"
    r" i (miljoner kronor|tusen kronor|mnkr|mkr|tkr|kronor)\b"
)
_CAPTION = re.compile(r"(?:[Tt]abell|[Ff]igur) \d")
_FIGURES = frozenset(("base", "target", "outcome"))
LONGEST_NAME = 60
_HEAD_WORDS = 4
_PARTICLES = frozenset("till med i på av från".split())
_SHARE = 0.6
"""The share of a column's cells that tell what it holds."""


@dataclass(frozen=True, slots=True)
class Cell:
    """passage.text[start:end] and what its column says it is, None where the head does not tell."""

    text: str
    start: int
    end: int
    meaning: str | None
    header: str

    def part(self, start: int, end: int, meaning: str | None, header: str) -> Cell:
        """The characters `start` to `end` of its text, without white space around, as a cell of their own."""
        text = self.text[start:end]
        left = self.start + start + len(text) - len(text.lstrip())
        return Cell(text.strip(), left, left + len(text.strip()), meaning, header)


@dataclass(frozen=True, slots=True)
class Row:
    """One data row: passage.text[start:end]. In a turned table, a column: each cell then proves itself."""

    passage: Passage
    cells: tuple[Cell, ...]
    start: int
    end: int
    caption: str
    turned: bool = False
    signs: Mapping[str, str] = field(default_factory=lambda: MARKS)
    """What the signs in its cells stand for."""

    def first(self, meaning: str) -> Cell | None:
        """The first cell of that meaning that is not empty."""
        return next((cell for cell in self.cells if cell.meaning == meaning and cell.text), None)

    def line_of(self, cell: Cell) -> Stretch:
        """The line of the table that holds a cell: the row, or of a turned table the one with the cell's label."""
        if not self.turned:
            return Stretch(self.passage.id, self.start, self.end)
        text = self.passage.text
        end = text.find("\n", cell.end)
        return Stretch(self.passage.id, text.rfind("\n", 0, cell.start) + 1, len(text) if end < 0 else end)

    @property
    def dated(self) -> bool:
        """Whether a column tells the time."""
        return any(cell.meaning in ("period", Attribute.START, Attribute.END) for cell in self.cells)

    def worded(self, meaning: str) -> Cell | None:
        """The first cell of that meaning that holds words, and no mere number or code."""
        return next((cell for cell in self.all(meaning) if re.search(r"[^\W\d]{3}", cell.text)), None)

    def all(self, meaning: str) -> tuple[Cell, ...]:
        """All filled cells of that meaning."""
        return tuple(cell for cell in self.cells if cell.meaning == meaning and cell.text)


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
            turned = (_turned(rows) or _turned_years(rows)) if rows else []
            filled = turned or list(_filled_down(_typed(rows), last))
            last = filled[-1] if filled and not turned else None
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
        elif _goes_on(head, texts) if fresh else _heads(head if own else (), texts, below if opens else None):
            head, fresh, own = (_merged(head, texts) if fresh else texts), True, True
            titles, captions = titles or captions[:1], []
        else:
            head = head if own or len(texts) <= len(head) else ()
            fresh = False
            over = (*titles, *captions[:1], *captions[-1:]) if not own else (*titles, *captions[-1:])
            rows.append(_row(passage, line, start, head, " ".join(filter(None, dict.fromkeys((unit, *over))))))
        start += len(line) + 1
    return head, rows


def _heads(head: tuple[str, ...], texts: tuple[str, ...], below: str | None) -> bool:
    """Whether a line is a head: of the table that it opens over the line `below`, though most of its words are the
    document's own, or of another within it (`below` None).
    """
    if below is not None:
        own_words = all(text and len(text.split()) <= _HEAD_WORDS for text in texts)
        return is_head(texts, own_words) or _heads_years(texts, below.split(BETWEEN))
    return is_head(texts) and (not head or _again(head, texts))


def is_head(texts: Sequence[str], own_words: bool = False) -> bool:
    """Whether cells are a head: at least two of them mean something, and few are figures. With `own_words` the others
    may be more."""
    known = sum(meaning_of(text) is not None and not is_status(text) and not SUM.match(text) for text in texts)
    figures = sum(bool(_FIGURE.match(text)) and meaning_of(text) is None for text in texts)
    return known >= 2 and (own_words or known * 2 >= len(texts)) and not figures


def _heads_years(texts: Sequence[str], below: Sequence[str]) -> bool:
    """Whether cells are a head over figures for one year after the other: "Så var det 2023", "Sikte 2040"."""
    pairs = zip(texts, below, strict=False)
    dated = [found[1] for text, under in pairs if _FIGURE.match(under) and (found := YEAR_ALONE.search(text))]
    plain = len(texts) == len(below) and not any(_FIGURE.match(text) for text in texts)
    return len(dated) >= _FEWEST_YEARS and _grow(dated) and plain and meaning_of(texts[0]) not in ATTRIBUTES


def _grow(years: Sequence[str]) -> bool:
    return all(one < other for one, other in pairwise(years))


def is_status(text: str) -> bool:
    """Whether a cell holds a status and nothing else: "Avslutat" heads no column beside "Nedlagt"."""
    found = status_of(text, cell=True)
    return found is not None and found[1].group() == text


def _goes_on(head: tuple[str, ...], texts: tuple[str, ...]) -> bool:
    """Whether a line is the second line of a head whose cells are merged."""
    plain = texts[0] in ("", head[0]) if len(texts) == len(head) else is_head(texts)
    return plain and any(meaning_of(text) for text in texts[1:]) and not any(_FIGURE.match(text) for text in texts)


def _again(head: tuple[str, ...], texts: tuple[str, ...]) -> bool:
    """Whether a line within a table is the head of another: its first cell heads the same, and all others head too."""
    return meaning_of(texts[0]) == meaning_of(head[0]) and all(meaning_of(text) for text in texts if text)


def _merged(above: tuple[str, ...], below: tuple[str, ...]) -> tuple[str, ...]:
    """Two lines of a head as one. Where the upper has fewer cells, each but the first stands over equally many."""
    over = above
    if len(below) > len(above) > 1 and (len(below) - 1) % (len(above) - 1) == 0:
        each = (len(below) - 1) // (len(above) - 1)
        over = (above[0], *(text for text in above[1:] for _ in range(each)))
    if len(over) != len(below):
        return below
    return tuple(text if text == up else f"{up} {text}".strip() for up, text in zip(over, below, strict=True))


@lru_cache(maxsize=1000)
def _meanings(head: tuple[str, ...]) -> tuple[str | None, ...]:
    """What each head means. Words that a head shares with the one beside it stand over both: "Tid Start", "Tid Slut".

    "base year" is the year of a base value, told in a column of its own.
    """
    found: list[str | None] = []
    for number, text in enumerate(head):
        words = text.split()
        near = [head[n].split() for n in (number - 1, number + 1) if 0 <= n < len(head)]
        shared = max((_shared(words, other) for other in near), default=0)
        upper, own = " ".join(words[:shared]), " ".join(words[shared:]).lower()
        over, meaning = meaning_of(upper), meaning_of(own)
        if upper and over in _FIGURES and own in terms("labels", "year"):
            meaning = f"{over} year"
        elif own in terms("labels", "value") or (over in _FIGURES and meaning == "outcome" and not own.isdigit()):
            meaning = over or meaning
        found.append(meaning or over or meaning_of(text) or meaning_of(_last(words)))
    return tuple(found)


def _last(words: Sequence[str]) -> str:
    """The last word of a head, which tells what it is: "Beräknad kostnad"; not the end of a verb: "Hjälper till"."""
    return words[-1] if words and words[-1] not in _PARTICLES else ""


def _shared(words: Sequence[str], other: Sequence[str]) -> int:
    """How many first words two heads share, of which each has more."""
    most = min(len(words), len(other)) - 1
    return next((n for n in range(max(0, most)) if words[n] != other[n]), max(0, most))


def _row(passage: Passage, line: str, start: int, head: tuple[str, ...], caption: str) -> Row:
    cells: list[Cell] = []
    position = start
    meanings = _meanings(head)
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
    known = set(meanings)
    for number, column in enumerate(columns):
        told = _held(column, rows[0].signs) if meanings[number] is None else None
        if told == Attribute.OWNER and told in meanings:  # beside those who own, others take part
            told = Attribute.PARTICIPANT
        if told and told not in known:
            meanings[number] = told
    meanings = _by_years(columns, meanings)
    if len(_FIGURES & set(meanings)) >= 2:
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
    elif "name" not in meanings and not {"goal", "indicator", *_FIGURES} & set(meanings):
        words = [n for n, column in enumerate(columns) if meanings[n] is None and _are_names(column)]
        if words and len(ATTRIBUTES & set(meanings)) >= 2 and words[0] < 2:
            meanings[words[0]] = "name"
    return [
        replace(row, cells=tuple(replace(cell, meaning=meanings[n]) for n, cell in enumerate(row.cells)))
        for row in rows
    ]


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
    if len(years) < _FEWEST_YEARS or "base" in meanings or not _grow(list(years.values())):
        return meanings
    told = {number: "milestone" for number in years} | {min(years): "base", max(years): "target"}
    return [told.get(number, meaning) for number, meaning in enumerate(meanings)]


def _are_figures(column: Sequence[Cell]) -> bool:
    """Whether most filled cells of a column are figures."""
    filled = [cell.text for cell in column if cell.text.strip("–- ")]
    return sum(_FIGURE.match(text) is not None for text in filled) > len(filled) / 2


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


def _turned(rows: Sequence[Row]) -> list[Row]:
    """The columns of a table whose first column holds the labels and whose first row the names; none of others."""
    corner = rows[0].cells[0]
    labels = [meaning_of(row.cells[0].text) for row in rows[1:]]
    if not corner.text.strip(NO_CELL):  # the row beside an empty corner names, so that no label does
        labels = [None if label == "name" else label for label in labels]
    known = [label for label in labels if label in ATTRIBUTES]
    if len(known) < 2 or len(known) * 2 < len(labels) or len(rows[0].cells) < 3:
        return []
    if any(meaning_of(cell.text) for cell in rows[0].cells[1:]) or labels.count("name") or corner.meaning:
        return []
    turned: list[Row] = []
    for number, name in enumerate(rows[0].cells[1:], 1):
        cells = [replace(name, meaning="name", header="")]
        for row, label in zip(rows[1:], labels, strict=True):
            if number < len(row.cells):
                cells.append(replace(row.cells[number], meaning=label, header=row.cells[0].text))
        turned.append(replace(rows[0], cells=tuple(cells), start=name.start, end=name.end, turned=True))
    return turned


def _turned_years(rows: Sequence[Row]) -> list[Row]:
    """The columns of a table whose first column counts up years, and whose first row names what is measured: each with
    its outcomes by year, and what is aimed at in the row of the last year, where words tell it apart.
    """
    corner, *named = rows[0].cells
    labels = [row.cells[0].text for row in rows[1:]]
    measured = [_FIGURE_YEAR.fullmatch(label) is not None for label in labels]
    if sum(measured) < _FEWEST_YEARS or meaning_of(corner.text) not in (None, "period") or not named:
        return []
    if any(meaning_of(cell.text) or not re.search(r"[^\W\d]{3}", cell.text) for cell in named):
        return []
    aims = [label for label, plain in zip(labels, measured, strict=True) if YEAR_ALONE.search(label) and not plain]
    turned: list[Row] = []
    for number, name in enumerate(named, 1):
        cells = [replace(name, meaning="indicator", header="")]
        for row, label in zip(rows[1:], labels, strict=True):
            meaning = meaning_of(label) or ("target" if label in aims[-1:] else None)
            if number < len(row.cells):
                cells.append(replace(row.cells[number], meaning=meaning, header=label))
        turned.append(replace(rows[0], cells=tuple(cells), start=name.start, end=name.end, turned=True))
    return turned
