"""Whether a statement says what its quotes say: figures, years, names, negation and words, compared one by one.

Knows nothing of pages, marks or how the statement came about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.matching import best_match, text_words
from ingest.sentences import split_sentences
from ingest.swedish import STOPWORDS, stem, words

_NUMBER = re.compile(r"\d{1,3}(?:[ \u00a0]\d{3})+(?!\d)(?:,\d+)?|\d+(?:[.,:]\d+)*|[^\W\d_]+")
_NUMERALS = {
    word: str(number)
    for number, forms in enumerate(
        "två two|tre three|fyra four|fem five|sex six|sju seven|åtta eight|nio nine|tio ten|elva eleven|tolv twelve"
        "|tretton thirteen|fjorton fourteen|femton fifteen".split("|"),
        start=2,
    )
    for word in forms.split()
}
_YEAR = re.compile(r"(?:19|20)\d\d")
_NAME = re.compile(r"\b[^\W\d_a-zåäöéü][\w&-]*")
_NEGATION = re.compile(
    r"\b(inte|ej|icke|aldrig|ingen|inget|inga|ingenting|varken|knappast|utan|"
    r"not|never|no|none|nothing|neither|nor|without|hardly|\w+n['’]t)\b",
    re.IGNORECASE,
)
_NO_NAMES = STOPWORDS | {"år", "totalt", "sammanlagt", "year", "total"}
"""Words that open a sentence without naming anything."""
_EDGES = " *-|•–‣▪·.;,"
_ENUMERATOR = re.compile(r"^\d{1,2}[.)]\s+")
_LONGEST_ENUMERATOR = 5
_NEARLY_ALL, _SOME = 0.7, 0.3
"""Shares of a sentence's words from which a statement says the sentence, and from which it may say part of it."""
_NAME_WORDS, _ITEM_WORDS = 5, 14
"""Longest name that may be put together, and longest item that may be cut out of a sentence."""


def contradiction(
    statement: str, quotes: Sequence[str], headings: Sequence[str], title: str, shared_words: float, item: bool
) -> str | None:
    """What keeps the statement from being proved: "number", "name", "negation" or "words"; None when it is proved.

    `headings` and `title` may be named in the statement, in full; one heading may stand in brackets before it. With
    `shared_words` 1 the statement must be a whole sentence or line of its quotes; an `item` of a list may also be a
    name made of their and the headings' words. Below 1 it may be worded freely, as long as that share of its content
    words stands in them.
    """
    plain = _without_addition(_folded(statement), headings)
    if _verbatim(plain, quotes) or (item and _is_name_from(plain, (*quotes, *headings))):
        return None
    differs = (
        _numbers_differ(_without(plain, (title, *headings)), quotes)
        or _names_differ(_without(plain, (title,)), (*quotes, *headings))
        or _denial_differs(plain, quotes)
    )
    if differs is not None or shared_words == 1.0:
        return differs or "words"
    own = [word for word in text_words(plain) if not word.isdigit()]
    there = text_words(" ".join((*quotes, *headings, title)))
    shared = sum(best_match(word, there) > 0 for word in own)
    return "words" if shared < shared_words * len(own) else None


def _without_addition(statement: str, headings: Sequence[str]) -> str:
    """The statement without the heading that the program put in brackets before it."""
    added = next(
        (f"[{_folded(heading)}] " for heading in headings if statement.startswith(f"[{_folded(heading)}] ")), ""
    )
    return statement[len(added) :]


def _verbatim(statement: str, quotes: Sequence[str]) -> bool:
    """Whether the statement is whole sentences or lines of the quotes, one after the other, and nothing else."""
    wanted = statement.strip(_EDGES)
    pieces = [_folded(quote[start:end]) for quote in quotes for start, end in split_sentences(quote)]
    lines = [_folded(line) for quote in quotes for line in quote.splitlines()]
    for run in (pieces, lines):
        for first in range(len(run)):
            said = ""
            for piece in run[first:]:
                said = f"{said} {piece}".strip()
                whole = said.strip(_EDGES)
                if wanted in (whole, _ENUMERATOR.sub("", whole)):
                    return True
                if len(whole) > len(wanted) + _LONGEST_ENUMERATOR:
                    break
    return False


def _is_name_from(item: str, texts: Sequence[str]) -> bool:
    """Whether an item of a list is a name cut out of one of the texts, with what its fellows share in front or not.

    What a name's sentence denies is not the name, but a denial next to the words makes them part of a sentence.
    """
    named = [re.escape(word) for word in item.strip(_EDGES).split()]
    if not named or len(named) > _ITEM_WORDS:
        return False
    wanted = rf"(?<!\w){' '.join(named)}(?!\w)"
    denied = rf"{_NEGATION.pattern}\s+{wanted}|{wanted}\s+{_NEGATION.pattern}"
    # "nätverk för kulturchefer" out of "nätverk för skolchefer, kulturchefer"
    shared = [
        rf"(?<!\w){' '.join(named[:cut])}\s\w[^.]*(?:,|\s(?:och|samt)) {' '.join(named[cut:])}(?!\w)"
        for cut in range(1, len(named) if len(named) <= _NAME_WORDS else 0)
    ]
    for text in map(_folded, texts):
        if re.search(wanted, text, re.IGNORECASE):
            return re.search(denied, text, re.IGNORECASE) is None
        if any(re.search(pattern, text, re.IGNORECASE) for pattern in shared):
            return True
    return False


def _without(statement: str, mentions: Sequence[str]) -> str:
    """The statement without the titles and headings that it names in full."""
    for mention in sorted(mentions, key=len, reverse=True):
        statement = statement.replace(_folded(mention), " ")
    return statement


def _numbers_differ(statement: str, quotes: Sequence[str]) -> str | None:
    """Every number must be the quotes' own, and in their order: "från 5 till 10" is not "från 10 till 5"."""
    said = list(dict.fromkeys(_numbers(statement)))
    proofs = [_numbers(quote) for quote in quotes]
    if not set(said) <= {number for proof in proofs for number in proof}:
        return "number"
    for proof in proofs:
        for years in (True, False):
            rest = iter(proof)
            own = [number for number in said if number in proof and bool(_YEAR.fullmatch(number)) is years]
            if not all(number in rest for number in own):
                return "number"
    return None


def _numbers(text: str) -> list[str]:
    """Figures and numerals in order, written alike: "4 200" and "fyra" as "4200" and "4"."""
    found = (re.sub(r"[ \u00a0]", "", match.group()).lower() for match in _NUMBER.finditer(text))
    return [_NUMERALS.get(token, token) for token in found if token[0].isdigit() or token in _NUMERALS]


def _names_differ(statement: str, texts: Sequence[str]) -> str | None:
    """Every capitalised word must stand in the texts, in whatever form."""
    there = frozenset(word for text in texts for word in text_words(text))
    stems = {stem(word) for word in there}
    for match in _NAME.finditer(statement):
        parts = [part for part in words(match.group()) if part not in _NO_NAMES]
        # The first word may have its capital from the beginning alone, and then be kin to a word that is there.
        begins = not statement[: match.start()].strip(_EDGES + "\"”»'(")
        if any(stem(part) not in stems and not (begins and best_match(part, there) > 0) for part in parts):
            return "name"
    return None


def _denial_differs(statement: str, quotes: Sequence[str]) -> str | None:
    """A statement denies as often as the sentences whose words it holds; otherwise when and only when its quotes do."""
    own = set(words(_NEGATION.sub(" ", statement)))
    said = len(_NEGATION.findall(statement))
    whole = touched = 0
    any_whole = False
    for quote in quotes:
        for start, end in split_sentences(quote):
            there = set(words(_NEGATION.sub(" ", quote[start:end])))
            shared = len(own & there) / max(1, len(there))
            denials = len(_NEGATION.findall(quote[start:end]))
            any_whole |= shared >= _NEARLY_ALL
            whole += denials * (shared >= _NEARLY_ALL)
            touched += denials * (_SOME <= shared < _NEARLY_ALL)
    if any_whole:
        return None if whole <= said <= whole + touched else "negation"
    denied = any(_NEGATION.search(quote) for quote in quotes)
    return None if bool(said) == denied else "negation"


def _folded(text: str) -> str:
    return " ".join(text.split())
