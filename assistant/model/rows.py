"""Readings of a table's row: what its cells say of what the row is about, by the head of each column.

Only heads that tell a role are read (who owns, pays, takes part; how much, when, how it goes). A row whose head is not
among the passages says but how it goes, which a cell tells by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_CELL = " | "
_HEADS = {
    "owner": re.compile(r"(?:projekt)?ägare|huvudman", re.IGNORECASE),
    "part": re.compile(r"parter|medverkande|deltagare|partner|samverkansparter", re.IGNORECASE),
    "funder": re.compile(r"(?:med)?finansiär(?:er)?|finansiering", re.IGNORECASE),
    "budget": re.compile(
        r"(?P<unit>mnkr|mkr|tkr)|(?:total )?budget,? ?\(?(?P<of>mnkr|mkr|tkr|miljoner kronor)\)?", re.I
    ),
    "time": re.compile(r"(?:projekt)?tid|(?:projekt)?period", re.IGNORECASE),
    "state": re.compile(r"läge|status", re.IGNORECASE),
}
_LEAST_HEADS = 2
"""So many cells that are heads make a row a head."""
_NAME = re.compile(r"^(?:[^|:]+: )?(?P<name>[^|(:]*?[^|(:.\s])\.?(?: \(|\. |$)")
_STATE = re.compile(
    r"(?:pågår|planera[dt]|avsluta[dt]|försena[dt]|pausa[dt]|avbrut(?:et|en)|klart?|påbörja[dt])\b.*", re.IGNORECASE
)
_ENDED = re.compile(r"avslutat?|avslutad|avbrut", re.IGNORECASE)
_PERIOD = re.compile(r"(?:19|20)\d\d[–-](?:19|20)?\d\d")


def row_readings(sentence: str, passages: Sequence[str]) -> Iterator[str]:
    """What the row says, all in one sentence and each cell in its own; nothing of what is no row."""
    name, *cells = sentence.split(_CELL)
    named = _NAME.match(name)
    if not cells or named is None:
        return
    head = next((found for text in passages if (found := _head(len(cells), text))), [""] * len(cells))
    roles = [_role(label, cell) for label, cell in zip(head, cells, strict=True)]
    told = [(role, cell) for (role, _), cell in zip(roles, cells, strict=True) if role and cell]
    ended = any(role == "state" and _ENDED.match(cell) for role, cell in told)
    units = {cell: unit for (_, unit), cell in zip(roles, cells, strict=True)}
    said = [_said(role, cell, units[cell], ended) for role, cell in told]
    for one in dict.fromkeys((" och ".join(said), *said) if said else ()):
        yield f"{named['name']} {one}."
    for role, cell in told:
        yield from _active(role, cell, named["name"])


def _head(cells: int, text: str) -> list[str] | None:
    """The labels of the first row of so many cells, but for the first one, that is a head."""
    pieces = text.split(_CELL)
    for start in range(len(pieces) - cells):
        labels = pieces[start + 1 : start + 1 + cells]
        last = labels[-1].split(" ")[0]  # the next row follows in the same cell
        labels = [*labels[:-1], last]
        if sum(bool(_role(label, "")[0]) for label in labels) >= _LEAST_HEADS:
            return labels
    return None


def _role(label: str, cell: str) -> tuple[str, str]:
    """The role that a head gives to its cell, or the cell to itself, and the unit of money ("" where there is none)."""
    for role, head in _HEADS.items():
        if found := head.fullmatch(label):
            units = [unit for unit in found.groupdict().values() if unit]
            return role, units[0] if units else ""
    return ("state" if _STATE.fullmatch(cell) else "time" if _PERIOD.fullmatch(cell) else "", "")


def _said(role: str, cell: str, unit: str, ended: bool) -> str:
    state = cell[:1].lower() + cell[1:] if not cell.isupper() else cell.lower()
    return {
        "owner": f"ägs av {cell}",
        "part": f"har som parter {cell}",
        "funder": f"finansieras av {cell}",
        "budget": f"har en budget på {cell} {unit}".rstrip(),
        "time": f"{'pågick' if ended else 'pågår'} {cell}",
        "state": state if state.split(" ")[0].endswith("r") else f"är {state}",
    }[role]


def _active(role: str, cell: str, name: str) -> Iterator[str]:
    """What the row says told of who does it."""
    if role in ("owner", "funder"):
        yield f"{cell} {'äger' if role == 'owner' else 'finansierar'} {name}."
    if role == "part":
        yield from (f"{part} medverkar i {name}." for part in cell.split(", "))
