"""What a list question asks for, as constraints that each thing in the list must meet."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.lists.lexicon import (
    Role,
    Status,
)
from ingest.facts.types import EntityKind


@dataclass(frozen=True, slots=True)
class Party:
    """A body, place or fund that has a part in what is asked for. `names` are all its names, in lower case."""

    names: tuple[str, ...]
    role: Role
    municipality: bool = False


@dataclass(frozen=True, slots=True)
class Years:
    """What started, ended or went on in the years `first` to `last`, both included."""

    event: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Amount:
    """More than (`over`) or less than so many kronor."""

    kronor: float
    over: bool


@dataclass(frozen=True, slots=True)
class Priority:
    """A numbered or titled part of the strategy: its number, and the words of its title in stems."""

    number: str | None
    title: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """What the things asked for are about, in the question's own words."""

    words: tuple[str, ...]


Constraint = Status | Party | Years | Amount | Priority | Subject


@dataclass(frozen=True, slots=True)
class ListQuestion:
    """A list question, read.

    `noun` is what is asked for, as written. `kinds` None: the noun is no kind of initiative; empty: every kind.
    `count` is the number that the question presupposes, `sources` the ids of the documents it names, `about` the
    entities it names; `tabled`: only rows of a table are meant. `read` is the part of its content words that
    was understood.
    """

    noun: str
    kinds: frozenset[EntityKind] | None
    constraints: tuple[Constraint, ...]
    count: int | None
    sources: frozenset[str]
    about: tuple[str, ...]
    tabled: bool
    read: float
