"""What can be the name of an initiative, by its words alone, and the ways in which a name can be told."""

from __future__ import annotations

import re
from enum import StrEnum

from ingest.facts.figures import YEAR_FORM
from ingest.facts.units import TOKEN, Word
from ingest.facts.vocabulary import is_definite_kind, is_header, is_kind, meaning_of, points_back, terms
from ingest.swedish import STOPWORDS

Key = tuple[str, ...]
_WITH_VERB = 3
"""Words of a name that may hold a verb: more are a sentence."""
LONGEST = 7
JOINERS = frozenset("i på för av till om från med & mot".split())
YEARS = re.compile(rf"{YEAR_FORM}(?:[–-]{YEAR_FORM})?\Z")
"""A year or a period, and nothing after it."""
VERB = re.compile(r"\w{2,}(?:ades|rivs|äggs|ndes|rdes|dde)")
_POINTING = frozenset("föreliggande följande den det de denna detta dessa vår våra vårt länets regionens".split())


class Cue(StrEnum):
    """How a candidate was found."""

    TABLE = "table"
    HEADING = "heading"
    ITEM = "item"
    RUN_IN = "run_in"
    NAMED = "named"
    CALLED = "called"
    LISTED = "listed"
    APPOSITION = "apposition"
    ENUMERATED = "enumerated"
    TITLED = "titled"
    CAPITALS = "capitals"


def key_of(name: str) -> Key:
    """The words of a name; case kept, dashes between years alike."""
    return tuple(
        re.sub(r" ?[–-] ?", "–", word) if YEARS.match(word.replace(" ", "")) else word for word in TOKEN.findall(name)
    )


def bare(key: Key) -> Key:
    """A name without the kind word or opener before it: "Projektet Varma viken", "I Varma viken"."""
    while len(key) > 1 and key[1][0].isupper() and opens(key[0]):
        key = key[1:]
    return key


def is_council(key: Key) -> bool:
    """Whether words are a compound kind word and one capital: a name where that is a place, "Energirådet Norrvik"."""
    return len(key) == 2 and is_definite_kind(key[0].lower()) and not points_back(key[0].lower())


def opens(word: str) -> bool:
    """Whether a word before a name is none of it: a kind word, a stopword or an ordinary opener."""
    lowered = word.lower()
    return is_definite_kind(lowered) or lowered in STOPWORDS or lowered in terms("names", "none")


def fits(key: Key, told: bool = False) -> bool:
    """Whether words can be a name at all: it starts with a capital, is short and is no ordinary opener.

    A verb ends a name, unless a cell of its own has `told` how far it goes.
    """
    if not key or len(key) > LONGEST or not key[0][0].isupper() or key[-1].lower() in JOINERS - {"med"}:
        return False
    letters = sum(letter.isalnum() for word in key for letter in word)
    lowered = [word.lower() for word in key]
    finite = any(word in terms("names", "finite") or VERB.fullmatch(word) for word in lowered[1:])
    finite = finite or lowered[0] in terms("names", "finite") or "sig" in lowered
    finite = finite and not (told and len(key) <= _WITH_VERB)
    opener = lowered[0] in terms("names", "none") or lowered[0] in STOPWORDS
    coded = len(key) > 1 and re.fullmatch(r"[A-ZÅÄÖ]\d{1,2}", key[0]) is not None
    label = len(key) == 1 and (is_header(key[0]) or is_kind(lowered[0]))
    every = (
        len(key) == 2
        and lowered[0] in ("alla", "samtliga")
        and (is_kind(lowered[1]) or lowered[1] in terms("questions", "parts") or is_header(lowered[1]))
    )
    total = every or lowered[0] in terms("names", "totals")
    pointing = label or total or lowered[0] in _POINTING or sum(meaning_of(word) is not None for word in key) >= 2
    return (
        letters >= 3
        and any(letter.isalpha() for letter in key[0][1:] + "".join(key[1:]))
        and not pointing
        and not coded
        and not finite
        and not (opener and len(key) == 1)
        and not _is_label(key)
    )


def _is_label(key: Key) -> bool:
    """ "PÅ VÄG", "BROMSAD": capitals all through are a label, unless they are one short abbreviation."""
    capitals = all(word.isupper() for word in key if word[0].isalpha())
    return capitals and (len(key) > 1 or len(key[0]) > 5)


def plain(word: Word) -> str:
    """A word as names hold it: dashes between years alike."""
    return re.sub(r" ?[–-] ?", "–", word.text) if word.text[0].isdigit() else word.text
