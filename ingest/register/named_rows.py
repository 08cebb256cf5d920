"""Names in the first column of a table whose header says what its rows are: "Projekt | Period | Medel"."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.documents import Passage
from ingest.register.cues import head_of, is_place, kind_of_head, plural_head
from ingest.register.table_cells import read_table
from ingest.register.titles import Candidate, is_finite

_DOCUMENTS = frozenset("dokument styrdokument strategidokument insatser åtgärder aktiviteter namn benämning".split())
_INFINITIVES = frozenset(
    """
    utveckla stärka öka minska skapa främja stödja bidra arbeta verka ta göra ge bygga genomföra förbättra höja sänka
    underlätta möjliggöra säkra säkerställa samordna samverka införa utreda kartlägga fortsätta erbjuda öppna informera
    utbilda revidera följa bevaka delta anordna ordna starta inrätta
    """.split()
)
_LONGEST_NAME = 6


def by_row(passage: Passage) -> Iterator[tuple[int, Candidate]]:
    """Each name with the start of its row; nothing for a table whose first column holds no initiatives."""
    table = read_table(passage)
    if table is None:
        return
    header = table.header[0].lower()
    head = head_of(header) or plural_head(header)
    if head is None and header not in _DOCUMENTS:
        return
    typed = table.column(r"typ\b|slag\b|form\b")
    for row in table.rows:
        name = row.cells[0]
        parts = name.text.lower().split()
        if not parts or not name.text[0].isupper() or len(parts) > _LONGEST_NAME or is_place(name.text):
            continue
        if parts[0] in _INFINITIVES or any(is_finite(part) for part in parts):
            continue
        told = head_of(row.cell(typed).lower()) or head
        kind = kind_of_head(told[1]) if told else None
        yield row.start, Candidate(name.start - row.start, name.end - row.start, kind, "enumerated", 3)
