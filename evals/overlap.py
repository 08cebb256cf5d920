"""When two texts say the same piece of a document: passages and quotes against gold evidence, rows against gold names.

Everything here is made for judging, apart from the product's own reading, so that a fault there cannot hide itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

SHORTEST_PIECE = 4
"""Words from which on half of a text may stand for it."""

_LINE_END_HYPHEN = re.compile(r"(?<=\w)[-\u2010]\s*\n\s*(?=[a-zåäöéü])")
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"\w+")


def fold_space(text: str) -> str:
    """`text` in NFC without soft hyphens, hyphenated line ends joined, each run of white space one space."""
    text = unicodedata.normalize("NFC", text).replace("\u00ad", "")
    return _SPACE.sub(" ", _LINE_END_HYPHEN.sub("", text)).strip()


def fold(text: str) -> str:
    """`fold_space` in NFKC and without case, for comparing rather than for quoting."""
    return fold_space(unicodedata.normalize("NFKC", text)).casefold()


def words(text: str) -> list[str]:
    """The folded words of `text`, figures among them."""
    return _WORD.findall(fold(text))


def is_relevant(text: str, evidence: str) -> bool:
    """Whether `text` holds `evidence`, letters and figures alone compared, or half of its words in order.

    Half of the distinct words must be there too, so that a word repeated does not count twice.
    """
    return letters(evidence) in letters(text) or _half_in_order(_plain_words(evidence), _plain_words(text))


def supports(quote: str, evidence: str) -> bool:
    """Whether a quote and a piece of evidence overlap.

    One holds the other, or they share half of the shorter one's words in order. Pieces of fewer than four words must be
    held whole. An empty quote supports nothing.
    """
    if not letters(quote):
        return False
    if letters(quote) in letters(evidence) or is_relevant(quote, evidence):
        return True
    said, sought = _plain_words(quote), _plain_words(evidence)
    shorter = min(len(said), len(sought))
    return shorter >= SHORTEST_PIECE and 2 * _common_subsequence(said, sought) >= shorter


def _half_in_order(sought: Sequence[str], found: Sequence[str]) -> bool:
    distinct = set(sought)
    if not sought or 2 * len(distinct & set(found)) < len(distinct):
        return False
    return 2 * _common_subsequence(sought, found) >= len(sought)


def _common_subsequence(left: Sequence[str], right: Sequence[str]) -> int:
    """Length of the longest common subsequence. Wagner and Fischer, Journal of the ACM 21(1) 1974."""
    row = [0] * (len(right) + 1)
    for word in left:
        diagonal = 0
        for column, other in enumerate(right, start=1):
            above = row[column]
            row[column] = diagonal + 1 if word == other else max(above, row[column - 1])
            diagonal = above
    return row[-1]


def letters(text: str) -> str:
    """The letters and figures of `text` without case, for finding a piece whatever stands between its words."""
    text = unicodedata.normalize("NFKC", text).replace("\u00ad", "").casefold()
    return "".join(character for character in text if character.isalnum())


def _plain_words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).replace("\u00ad", "").casefold())


def same_name(name: str, other: str) -> bool:
    """Whether two names are equal when folded, or one holds the other as whole words ("projektet X" and "X (Y)")."""
    left, right = words(name), words(other)
    if not left or not right:
        return False
    shorter, longer = sorted((left, right), key=len)
    return any(longer[i : i + len(shorter)] == shorter for i in range(len(longer) - len(shorter) + 1))


def matched_names(found: Sequence[str], gold: Sequence[Sequence[str]]) -> int:
    """How many of the `found` names pair off with a gold name, see `paired_names`."""
    return len(paired_names([(name,) for name in found], gold))


def paired_names(found: Sequence[Sequence[str]], gold: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """The (found, gold) positions of names that pair off, each used once, closest pairs first.

    Either side holds for each name the spellings that are accepted. Pairing off keeps a row named "Kronoberg" from
    standing for every name that contains it, and a name given twice from counting twice.
    """
    fits = []
    for row, spellings in enumerate(found):
        for column, accepted in enumerate(gold):
            near = [_closeness(one, other) for one in spellings for other in accepted if same_name(one, other)]
            if near:
                fits.append((-max(near), row, column))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, row, column in sorted(fits):
        if row not in pairs and column not in taken:
            pairs[row] = column
            taken.add(column)
    return list(pairs.items())


def _closeness(name: str, other: str) -> float:
    """1.0 for equal names, less the more words one has beyond the other."""
    lengths = sorted((len(words(name)), len(words(other))))
    return lengths[0] / lengths[1]
