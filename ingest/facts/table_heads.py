"""Heads of tables: which line is one, and what each of its cells says that the column holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from ingest.facts.figures import SUM, YEAR_ALONE
from ingest.facts.table_rows import ATTRIBUTES, BETWEEN
from ingest.facts.vocabulary import meaning_of, status_of, terms

FIGURE = re.compile(r"\W*\d")
FIGURES = frozenset(("base", "target", "outcome"))
"""What columns of figures mean."""
FEWEST_YEARS = 2
"""Columns or rows of years from which they count up years."""
_HEAD_WORDS = 4
_PARTICLES = frozenset("till med i på av från".split())


def heads(head: tuple[str, ...], texts: tuple[str, ...], below: str | None) -> bool:
    """Whether a line is a head: of the table that it opens over the line `below`, though most of its words are the
    document's own, or of another within it (`below` None).
    """
    if below is not None:
        own_words = all(text and len(text.split()) <= _HEAD_WORDS for text in texts)
        return is_head(texts, own_words) or _heads_years(texts, below.split(BETWEEN))
    return is_head(texts) and (not head or _again(head, texts))


def is_head(texts: Sequence[str], own_words: bool = False) -> bool:
    """Whether cells are a head: at least two of them mean something, and few are figures. With `own_words` the others
    may be more."""
    known = sum(meaning_of(text) is not None and not is_status(text) and not SUM.match(text) for text in texts)
    figures = sum(bool(FIGURE.match(text)) and meaning_of(text) is None for text in texts)
    return known >= 2 and (own_words or known * 2 >= len(texts)) and not figures


def _heads_years(texts: Sequence[str], below: Sequence[str]) -> bool:
    """Whether cells are a head over figures for one year after the other: "Så var det 2023", "Sikte 2040"."""
    pairs = zip(texts, below, strict=False)
    dated = [found[1] for text, under in pairs if FIGURE.match(under) and (found := YEAR_ALONE.search(text))]
    plain = len(texts) == len(below) and not any(FIGURE.match(text) for text in texts)
    return len(dated) >= FEWEST_YEARS and grow(dated) and plain and meaning_of(texts[0]) not in ATTRIBUTES


def grow(years: Sequence[str]) -> bool:
    """Whether each year is later than the one before."""
    return all(one < other for one, other in pairwise(years))


def is_status(text: str) -> bool:
    """Whether a cell holds a status and nothing else: "Avslutat" heads no column beside "Nedlagt"."""
    found = status_of(text, cell=True)
    return found is not None and found[1].group() == text


def goes_on(head: tuple[str, ...], texts: tuple[str, ...]) -> bool:
    """Whether a line is the second line of a head whose cells are merged."""
    plain = texts[0] in ("", head[0]) if len(texts) == len(head) else is_head(texts)
    return plain and any(meaning_of(text) for text in texts[1:]) and not any(FIGURE.match(text) for text in texts)


def _again(head: tuple[str, ...], texts: tuple[str, ...]) -> bool:
    """Whether a line within a table is the head of another: its first cell heads the same, and all others head too."""
    return meaning_of(texts[0]) == meaning_of(head[0]) and all(meaning_of(text) for text in texts if text)


def merged(above: tuple[str, ...], below: tuple[str, ...]) -> tuple[str, ...]:
    """Two lines of a head as one. Where the upper has fewer cells, each but the first stands over equally many."""
    over = above
    if len(below) > len(above) > 1 and (len(below) - 1) % (len(above) - 1) == 0:
        each = (len(below) - 1) // (len(above) - 1)
        over = (above[0], *(text for text in above[1:] for _ in range(each)))
    if len(over) != len(below):
        return below
    return tuple(text if text == up else f"{up} {text}".strip() for up, text in zip(over, below, strict=True))


@lru_cache(maxsize=1000)
def meanings_of(head: tuple[str, ...]) -> tuple[str | None, ...]:
    """What each head means. Words that a head shares with the one beside it stand over both: "Tid Start", "Tid Slut".

    "base year" is the year of a base value, told in a column of its own.
    """
    found: list[str | None] = []
    for number, text in enumerate(head):
        words = text.split()
        near = [head[n].split() for n in (number - 1, number + 1) if 0 <= n < len(head)]
        shared = max((_shared(words, other) for other in near), default=0)
        upper, own = " ".join(words[:shared]), " ".join(words[shared:]).lower()
        over, meaning = meaning_of(upper), meaning_of(own)
        if upper and over in FIGURES and own in terms("labels", "year"):
            meaning = f"{over} year"
        elif over == "target" and own.isdigit():
            later = (other for other in head if other.startswith(upper) and other > text)
            meaning = "milestone" if any(later) else over
        elif own in terms("labels", "value") or (over in FIGURES and meaning == "outcome" and not own.isdigit()):
            meaning = over or meaning
        found.append(meaning or over or meaning_of(text) or meaning_of(_last(words)))
    return tuple(found)


def _last(words: Sequence[str]) -> str:
    """The last word of a head, which tells what it is: "Beräknad kostnad"; not the end of a verb: "Hjälper till"."""
    return words[-1] if words and words[-1] not in _PARTICLES else ""


def _shared(words: Sequence[str], other: Sequence[str]) -> int:
    """How many first words two heads share, of which each has more."""
    most = min(len(words), len(other)) - 1
    return next((n for n in range(max(0, most)) if words[n] != other[n]), max(0, most))
