"""Whether words of a question are said by a text, either word being a part of the other."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.matching import match


def holds(word: str, there: Sequence[str]) -> float:
    """How well the best of some words stands for a word of the question, 0 to 1; the word may be their compound."""
    word = word.lower()
    return max((max(match(word, other), 0.9 * match(other, word)) for other in there), default=0.0)
