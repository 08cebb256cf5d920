"""Synonyms that the region keeps itself: a text file with one group of words or phrases a line, parted by commas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assistant.settings import SettingsError
from ingest.swedish import stem


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Words that stand for each other, by stem."""

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
        """The synonyms of the terms, without the terms themselves."""
        found = (word for term in terms for word in self.groups.get(stem(term), ()))
        return tuple(dict.fromkeys(found))
