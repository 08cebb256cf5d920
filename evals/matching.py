"""When two texts say the same piece of a document: passages and quotes against gold evidence, rows against gold names.

Everything here is made for judging, apart from the product's own reading, so that a fault there cannot hide itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

SHORTEST_RUN = 3
"""Words that stand side by side in both texts count as common. Shorter runs are mostly "i den" and "och att": counted
as a plain subsequence they make every fifth passage of a report relevant to a short piece of evidence."""

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


def common_words(left: Sequence[str], right: Sequence[str]) -> int:
    """How many words stand in both, in the same order, in runs of at least `SHORTEST_RUN`."""
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size >= SHORTEST_RUN)


def holds_evidence(text: str, evidence: str) -> bool:
    """Whether `text` holds `evidence`, or at least half of its words in order and every figure among them.

    Half is for evidence that a page break or a footnote cuts. The figures keep "61 percent of all farms have a well"
    from being taken for "75 percent of all farms shall have a well".
    """
    if fold(evidence) in fold(text):
        return True
    sought, found = words(evidence), words(text)
    if any(word not in found for word in sought if any(character.isdigit() for character in word)):
        return False
    common = common_words(found, sought)
    return common > 0 and 2 * common >= len(sought)


def overlaps(quote: str, evidence: str) -> bool:
    """Whether one holds the other, or half of the shorter one's words in order. An empty quote overlaps nothing."""
    if not words(quote):
        return False
    return holds_evidence(quote, evidence) or holds_evidence(evidence, quote)


def same_name(name: str, other: str) -> bool:
    """Whether two names are equal when folded, or one holds the other as whole words ("projektet X" and "X (Y)")."""
    left, right = words(name), words(other)
    if not left or not right:
        return False
    shorter, longer = sorted((left, right), key=len)
    return any(longer[i : i + len(shorter)] == shorter for i in range(len(longer) - len(shorter) + 1))


def matched_names(found: Sequence[str], gold: Sequence[Sequence[str]]) -> int:
    """How many of the `found` names pair off with a gold name, each of either side used once, closest pairs first.

    `gold` holds for each name the spellings that are accepted. Pairing off keeps a row named "Kronoberg" from standing
    for every name that contains it, and a name given twice from counting twice.
    """
    pairs = []
    for row, name in enumerate(found):
        for column, spellings in enumerate(gold):
            fits = [_closeness(name, spelling) for spelling in spellings if same_name(name, spelling)]
            if fits:
                pairs.append((-max(fits), row, column))
    rows: set[int] = set()
    columns: set[int] = set()
    for _, row, column in sorted(pairs):
        if row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
    return len(rows)


def _closeness(name: str, other: str) -> float:
    """1.0 for equal names, less the more words one has beyond the other."""
    lengths = sorted((len(words(name)), len(words(other))))
    return lengths[0] / lengths[1]
