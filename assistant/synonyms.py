"""Words that stand for each other: a Swedish thesaurus, and what the region adds in a text file of its own.

The region's file has one group of words or phrases a line, parted by commas. The thesaurus has a headword a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from assistant.settings import SettingsError
from ingest.swedish import stem


@dataclass(frozen=True, slots=True)
class Synonyms:
    """The region's groups, by the stems of their members. `of` adds the thesaurus to them."""

    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path | None) -> Synonyms:
        """Read the region's file; none gives no synonyms. Lines that begin with # are comments.

        :raises SettingsError: when the file cannot be read.
        """
        if path is None:
            return cls()
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"Filen med synonymer, {path}, kan inte läsas ({error}). Rätta RUS_SYNONYMS_FILE."
            ) from error
        groups: dict[str, tuple[str, ...]] = {}
        for line in lines:
            members = tuple(word.strip() for word in line.split("#")[0].split(",") if word.strip())
            for member in members:
                others = (*groups.get(stem(member), ()), *members)
                groups[stem(member)] = tuple(dict.fromkeys(word for word in others if word != member))
        return cls(groups)

    def of(self, terms: Iterable[str]) -> tuple[str, ...]:
        """The synonyms of the terms, the region's own first."""
        stems = [stem(term) for term in terms]
        found = (word for groups in (self.groups, _thesaurus()) for name in stems for word in groups.get(name, ()))
        return tuple(dict.fromkeys(found))


@cache
def _thesaurus() -> dict[str, tuple[str, ...]]:
    """The synonyms of each headword, by its stem."""
    groups: dict[str, tuple[str, ...]] = {}
    for line in (Path(__file__).parent / "texts" / "thesaurus_sv.txt").read_text(encoding="utf-8").splitlines():
        headword, colon, words = line.partition(": ")
        if colon and not headword.startswith("#"):
            name = stem(headword)
            groups[name] = (*groups.get(name, ()), *words.split(", "))
    return groups
