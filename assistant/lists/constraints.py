"""What a list question asks of each thing in the list: the types that reading fills and proving meets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from assistant.lists.material import part_number
from assistant.lists.parties import Party
from ingest.facts.types import EntityKind
from ingest.swedish import content_words, stem


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands so: a status as the register writes it ("nedlagt", "pågår")."""

    status: str


@dataclass(frozen=True, slots=True)
class Years:
    """What started, ended or went on in the years `first` to `last`, both included."""

    event: Literal["start", "end", "during"]
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
    title: frozenset[str]

    def heads(self, headings: Iterable[str]) -> bool:
        """Whether one of some headings is that of the part."""
        return any(self.is_named(heading) for heading in headings)

    def is_named(self, heading: str) -> bool:
        """Whether a heading, or the value of a fact, names the part."""
        if self.number is not None:
            return self.number in (part_number(heading), heading)
        return self.title <= {stem(word) for word in content_words(heading)}


@dataclass(frozen=True, slots=True)
class Subject:
    """What the things asked for are about, in the question's own words."""

    words: tuple[str, ...]


Constraint = Standing | Party | Years | Amount | Priority | Subject


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

    @property
    def subject(self) -> tuple[str, ...]:
        """The words of its subject, none where it names none."""
        return next((one.words for one in self.constraints if isinstance(one, Subject)), ())
