"""The texts that people read, one file per language, frozen after loading.

Keys are dotted paths through the tables of `assistant/texts/LANGUAGE.toml`; a text may hold {placeholders}. A missing
key or value is a programming error and raises KeyError; the tests hold both languages to the same keys.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

Language = Literal["sv", "en"]
LANGUAGES: tuple[Language, ...] = ("sv", "en")

_FOLDER = Path(__file__).parent / "texts"
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_NO_VALUES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All texts of one language by dotted key."""

    language: Language
    texts: Mapping[str, str]

    @staticmethod
    @cache
    def load(language: Language) -> Catalogue:
        """The catalogue of `language`; read once per process."""
        with (_FOLDER / f"{language}.toml").open("rb") as file:
            return Catalogue(language, MappingProxyType(dict(_flatten("", tomllib.load(file)))))

    def text(self, key: str, values: Mapping[str, str] = _NO_VALUES) -> str:
        """The text of `key` with its placeholders filled. KeyError for an unknown key or a value that is not given."""
        return _PLACEHOLDER.sub(lambda match: values[match[1]], self.texts[key])

    def has(self, key: str) -> bool:
        """Whether there is a text of that key."""
        return key in self.texts

    def placeholders(self, key: str) -> frozenset[str]:
        """The names that `text` needs values for."""
        return frozenset(_PLACEHOLDER.findall(self.texts[key]))


def _flatten(prefix: str, table: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flatten(f"{prefix}{name}.", value)
        else:
            yield prefix + name, str(value)
