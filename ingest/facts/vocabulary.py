"""The closed classes of Swedish administration, read from vocabulary.toml once and compiled where first used."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import get_args

from ingest.facts.types import EntityKind

MONTHS = tuple("januari februari mars april maj juni juli augusti september oktober november december".split())
NUMERALS = {
    word: number
    for number, forms in enumerate(
        "noll|en ett one|två two båda|tre three|fyra four|fem five|sex six|sju seven|åtta eight|nio nine|tio ten|"
        "elva eleven|tolv twelve|tretton|fjorton|femton|sexton|sjutton|arton|nitton|tjugo".split("|")
    )
    for word in forms.split()
}


_AREA = re.compile(r"område(?:t|ts|n|na|nas)?\Z")
"""A compound that looks as if it ended in "rådet"."""
_LONGEST_ENDING = 2
"""Letters of an ending that the pattern of a header may leave."""
MARKS = {
    mark: status
    for status, marks in (
        ("nedlagt", "✗✘❌×"),
        ("avslutat", "✓✔✅☑"),
        ("pågår", "●🟢▶"),
        ("pausat", "⏸‖"),
        ("ej påbörjat", "○◯☐"),
    )
    for mark in marks
}
"""Signs that stand for a status in a column."""


@cache
def table(section: str) -> Mapping[str, str]:
    """One table of the vocabulary: its values by name, in the file's order, each on one line."""
    kept = tomllib.loads((Path(__file__).parent / "vocabulary.toml").read_text(encoding="utf-8"))
    return {name: re.sub(r"[ \n]+", " ", text.replace("|\n|", "|")).strip() for name, text in kept[section].items()}


@cache
def terms(section: str, name: str) -> frozenset[str]:
    """The words of one class, in lower case."""
    return frozenset(word.replace("_", " ") for word in table(section)[name].split())


@cache
def said(section: str, name: str) -> re.Pattern[str]:
    """A pattern for any word of one class as a whole word."""
    return re.compile(rf"(?<!\w)(?:{_alternatives(table(section)[name])})(?!\w)", re.IGNORECASE)


@cache
def expression(section: str, name: str) -> re.Pattern[str]:
    """The regular expression of that name."""
    return re.compile(table(section)[name], re.IGNORECASE)


@cache
def _any_of(*sections: str) -> re.Pattern[str]:
    words = " ".join(words for section in sections for words in table(section).values())
    return re.compile(rf"(?<!\w)(?:{_alternatives(words)})(?!\w)", re.IGNORECASE)


def tells_any(text: str, *sections: str) -> bool:
    """Whether a text has a word of any class of the sections: one search that spares one for each class."""
    return _any_of(*sections).search(text) is not None


def _alternatives(words: str) -> str:
    """The words as one expression, under their first letters: a search then tries few of them at each place."""
    under: dict[str, list[str]] = {}
    for word in sorted(words.split(), key=len, reverse=True):
        under.setdefault(word[0] if word[0].isalpha() else "", []).append(word)
    parts = [
        f"{first}(?:{'|'.join(_expression(word[len(first) :]) for word in same)})" for first, same in under.items()
    ]
    return "|".join(parts)


def _expression(word: str) -> str:
    plain = re.escape(word).replace(r"\*", r"\w*").replace("_", r"\s")
    return plain.replace(r"\.\.", r"(?:\s\w+){0,3}?\s")


def _forms(head: str) -> tuple[str, ...]:
    """A head with its definite and plural forms, genitives left out."""
    if head in terms("kinds", "neuter"):
        ending = "t" if head[-1] == "e" else "met" if head.endswith("um") or head == "program" else "et"
        extra = ("forumet",) if head == "forum" else ()
        return (head, head + ending, head + ("n" if head[-1] == "e" else "en"), head + "men", *extra)
    if head[-1] == "a":
        return (head, head + "n", head[:-1] + "or", head[:-1] + "orna")
    if head[-1] in "iyé":
        return (head, head + "n", head + "er", head + "erna")
    return (head, head + "en", head + "n", head + "ar", head + "er", head + "arna", head + "erna")


@cache
def _kinds() -> dict[str, tuple[EntityKind, str]]:
    """Each form of each kind word with its kind and head."""
    kinds: tuple[EntityKind, ...] = get_args(EntityKind)
    heads = table("kinds")
    return {form: (kind, head) for kind in kinds for head in heads.get(kind, "").split() for form in _forms(head)}


@cache
def _longest() -> int:
    return max(map(len, _kinds()))


def is_area(word: str) -> bool:
    """Whether a lower-case word is a form of "område" or its compound: "insatsområden" does not end in "råden"."""
    return _AREA.search(word) is not None


@lru_cache(maxsize=100_000)
def kind_of(word: str) -> tuple[EntityKind, str] | None:
    """Kind and head of a lower-case word that is one of the kind words or a compound ending in one."""
    if word in terms("kinds", "none") or is_area(word):
        return None
    known = _kinds()
    for start in (0, *range(max(3, len(word) - _longest()), len(word) - 2)):
        if found := known.get(word[start:]):
            return found
    return None


def is_kind(word: str) -> bool:
    """Whether a lower-case word is a form of a common kind word and no compound: "satsningar"."""
    found = _kinds().get(word)
    return found is not None and found[1] in terms("kinds", "common")


@lru_cache(maxsize=50_000)
def is_definite_kind(word: str) -> bool:
    """Whether a lower-case word is a definite kind word that can point back or stand before a name: "projektet"."""
    found = kind_of(word)
    return found is not None and not word.endswith(found[1]) and not word.endswith(("ar", "er", "or"))


def points_back(word: str) -> bool:
    """Whether a lower-case word is a definite kind word, no compound, that points to an effort named before and not to
    the document or a part of the effort.
    """
    found = _kinds().get(word)
    return found is not None and is_definite_kind(word) and found[1] not in terms("kinds", "parts")


@lru_cache(maxsize=50_000)
def meaning_of(header: str) -> str | None:
    """What a table's head or a label means, None for one that is not known."""
    plain = header.strip(" .:*").lower()
    if not plain or len(plain) > 60:
        return None
    return next((meaning for meaning in table("headers") if expression("headers", meaning).match(plain)), None)


def is_header(word: str) -> bool:
    """Whether a word alone is a header in some form: "Klart", "Perioden", but not the name "Klarvik"."""
    plain = word.lower()
    found = (expression("headers", meaning).match(plain) for meaning in table("headers"))
    return any(match and len(plain) - match.end() <= _LONGEST_ENDING for match in found)


@lru_cache(maxsize=50_000)
def ends_body(word: str) -> bool:
    """Whether a word ends as the names of bodies do: "kommun", "Länsstyrelsen"."""
    return said("bodies", "ends").fullmatch(word) is not None


def status_of(text: str, cell: bool = False) -> tuple[str, re.Match[str]] | None:
    """The status that a text tells first in the vocabulary's order, as it is written in the register.

    A cell or a labelled value may use words that tell no status in a sentence ("klar", "i fas").
    """
    for section in ("status", "status_cells") if cell else ("status",):
        if not tells_any(text, section):
            continue
        for status in table("status"):
            if match := said(section, status).search(text):
                return status.replace("_", " "), match
    return None


def is_status(text: str) -> bool:
    """Whether a cell holds a status and nothing else: "Avslutat" heads no column beside "Nedlagt"."""
    found = status_of(text, cell=True)
    return found is not None and found[1].group() == text


@cache
def statuses() -> frozenset[str]:
    """The states that the register knows, one of which holds for each effort."""
    return frozenset(name.replace("_", " ") for name in table("status"))


def tells_status(status: str, text: str) -> bool:
    """Whether a text has a word for a status as the register writes it."""
    name = status.replace(" ", "_")
    return said("status" if name in table("status") else "status_beside", name).search(text) is not None


@cache
def fund_names() -> tuple[tuple[str, ...], ...]:
    """The funds, each with all its names in lower case."""
    return tuple(tuple(names.split("|")) for names in table("money").values())


@cache
def funds_of_the_union() -> tuple[tuple[str, ...], ...]:
    """The funds of the European Union, each with all its names in lower case."""
    return tuple(tuple(table("money")[name].split("|")) for name in sorted(terms("funds", "union")))


@cache
def funds() -> re.Pattern[str]:
    """A pattern for the name of a fund, of an authority that pays, or of own money, with what is added to it."""
    names = sorted((re.escape(name) for names in fund_names() for name in names), key=len, reverse=True)
    added = r"(?:(?:\s|\s&\s|[ –-])[A-ZÅÄÖ][\w–-]+){0,3}"
    return re.compile(
        rf"(?<![\w-])(?:(?i:interreg|leader){added}|(?i:{'|'.join(names)})"
        r"|Europeiska (?:regionala utvecklings|social|havs-[\w ,-]{0,40}|jordbruks)\w*fond\w*(?: plus)?|EU:s [\w-]+fond"
        r"|[Ss]tatsbidrag\w*(?: (?:från )?[A-ZÅÄÖ]\w+| god och nära vård)?|[Ss]tadsmiljöavtal\w*"
        r"|Myndigheten för [\w ]{4,40}?(?=[ ,.)])|Statens [a-zåäö]+råd|[A-Z]\w*-stiftelsen|\w{4,}fonden"
        r"|(?:[Rr]egionens?|[Rr]egionala|egna|statliga) (?:egna )?(?:projekt|folkhälso|kultur|utvecklings)?medel)"
        r"(?![\w-]|\+\w)"
    )


@cache
def all_towns() -> re.Pattern[str]:
    """ "Alla länets kommuner", "de fem kommunerna"; `count` is the number told."""
    return re.compile(
        r"\b(?:(?:alla|samtliga)(?: av)?(?: (?:länets|de))?|de|länets)(?: (?P<count>\w+))? kommuner(?:na)?s?\b"
        r"(?! i (?!länet))",
        re.IGNORECASE,
    )
