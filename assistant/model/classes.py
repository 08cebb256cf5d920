"""Closed classes of words (direction, begin and end, all and only, modality, cause, denial …) and their agreement.

The classes are read from classes.toml, which explains its own form. Knows nothing of clauses, numbers or names.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

_FIGURE = r"(?=\s+\d)(?!\s+(?:19|20)\d\d)"


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a class: how a statement says it, and how a document may say it."""

    name: str
    said: re.Pattern[str]
    proved: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class WordClass:
    """A class of words and the rules by which a statement must agree with its sentence."""

    name: str
    rules: frozenset[str]
    values: tuple[Value, ...]

    @property
    def joins(self) -> bool:
        """Whether its words join clauses, rather than stand in one."""
        return "joins" in self.rules

    def disagrees(self, statement: str, sentence: str, so_far: str) -> bool:
        """Whether the statement has, lacks or turns a value that the sentence does not.

        What the statement says before, up to and with this clause (`so_far`), is not lacking where it is inherited.
        """
        said = {value.name for value in self.values if value.said.search(statement)}
        there = {value.name for value in self.values if value.proved.search(sentence)}
        if "added" in self.rules and said - there:
            return True
        if "dropped" in self.rules:
            own = so_far if "inherited" in self.rules else statement
            plain = {value.name for value in self.values if value.said.search(sentence)}
            return bool(plain - {value.name for value in self.values if value.proved.search(own)})
        return "exclusive" in self.rules and bool(said - there and there - said)


def disagreement(clause: str, proof: str, sentence: str, so_far: str) -> str | None:
    """The name of the first class in which a clause and its proof disagree, None when they agree in all.

    A cause joins two clauses: it is looked for in the whole sentence. `so_far`: see `WordClass.disagrees`.
    """
    found = (one for one in _classes() if one.disagrees(clause, sentence if one.joins else proof, so_far))
    return next((one.name for one in found), None)


@lru_cache(maxsize=100_000)
def is_classed(word: str) -> bool:
    """Whether a word belongs to any of the classes, so that they judge it."""
    return any(value.proved.fullmatch(word) for one in _classes() for value in one.values)


def commands(text: str) -> bool:
    """Whether the text tells its reader what to answer, as a document's own words never prove a statement."""
    values = next(one.values for one in _classes() if one.name == "attribution")
    return any(value.name == "commanded" and value.said.search(text) is not None for value in values)


def denials(text: str) -> int:
    """How many words of the text deny something."""
    (denied,) = next(one.values for one in _classes() if one.name == "denial")
    return len(denied.said.findall(text))


@cache
def _classes() -> tuple[WordClass, ...]:
    tables = tomllib.loads((Path(__file__).parent / "classes.toml").read_text(encoding="utf-8"))
    return tuple(_word_class(name, table) for name, table in tables.items())


def _word_class(name: str, table: Mapping[str, object]) -> WordClass:
    rules = table["rule"]
    assert isinstance(rules, list)
    values = tuple(_value(key, entry) for key, entry in table.items() if key != "rule")
    return WordClass(name, frozenset(map(str, rules)), values)


def _value(name: str, entry: object) -> Value:
    parts = entry if isinstance(entry, dict) else {"words": entry}
    words, also = str(parts["words"]), str(parts.get("also", ""))
    return Value(name, _pattern(words), _pattern(f"{words} {also}"))


def _pattern(words: str) -> re.Pattern[str]:
    """A pattern for any of the words: "*" is any letters, "_" a space (see classes.toml)."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(_form, words.split()))})", re.IGNORECASE)


def _form(word: str) -> str:
    shown, _, never = word.partition("!")
    form = re.escape(shown).replace(r"\*", r"\w*").replace(r"_\#", _FIGURE).replace(r"_\?", r"(?=\s+\w)").replace("_", r"\s+")
    return rf"{form}(?!\w)" + (rf"(?!\s+{never}\b)" if never else "")
