"""How goals went: the sentence or table row elsewhere that names a goal's indicator with a figure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.documents import Passage, PassageKind
from ingest.register.entries import Goal, Mention
from ingest.swedish import content_words, stem

_OUTCOME = re.compile(
    r"\b(?:har|hade|var|uppgick|ökade|minskade|ökat|minskat|uppgår|låg|blev|sjönk|steg)\b", re.IGNORECASE
)
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_ANY_YEAR = re.compile(r"(?<![\d,.])(?:19|20)\d\d(?![\d,.]\d)")
_WEAK = frozenset(
    stem(word)
    for word in (
        "län länet länets region kommun kommuner kvinnor män invånare andel andelen total totala antal antalet utsläpp"
    ).split()
)


def stems(text: str) -> frozenset[str]:
    """The stems of a text's content words."""
    return frozenset(stem(word) for word in content_words(text))


@dataclass(frozen=True, slots=True)
class _Told:
    """A sentence or a table's row with a figure, which may tell how a goal went."""

    mention: Mention
    text: str
    stems: frozenset[str]
    tabled: bool


def with_outcomes(goals: Sequence[Goal], passages: Sequence[Passage]) -> Iterator[Goal]:
    """Adds to each goal the sentence or row elsewhere that names its indicator with a figure in the past tense."""
    stated = {goal.mention.passage_id for goal in goals}
    told = [one for passage in passages if passage.id not in stated for one in _telling(passage)]
    for goal in goals:
        worth = [(found, one.mention) for one in told if (found := _worth(goal, one))]
        best = max(worth, key=lambda found: found[0], default=None)
        yield goal if best is None or goal.outcome else replace(goal, outcome=best[1])


def _telling(passage: Passage) -> Iterator[_Told]:
    tabled = passage.kind is PassageKind.TABLE
    for start, end in passage.sentences:
        text = passage.text[start:end]
        figures = _FIGURE.findall(text)
        if (tabled or _OUTCOME.search(text)) and any(not _ANY_YEAR.fullmatch(value) for value in figures):
            yield _Told(Mention(passage.id, start, end), text, stems(text), tabled)


def _worth(goal: Goal, told: _Told) -> tuple[bool, int, int] | None:
    """How well a sentence tells of a goal: whether it is a row with the goal's target, the words shared, its year."""
    own = frozenset(stem(word) for word in content_words(goal.indicator) if len(word) > 4 and not word[0].isdigit())
    shared, strong = len(own & told.stems), own - _WEAK
    row = (
        told.tabled
        and bool(goal.value and goal.year)
        and {goal.value, str(goal.year)} <= set(re.findall(r"[\d.,]+", told.text))
    )
    if not strong & told.stems or not (
        row or (3 * len(strong & told.stems) >= 2 * len(strong) and shared >= min(2, len(own)))
    ):
        return None
    return row, shared, max((int(year) for year in _ANY_YEAR.findall(told.text)), default=0)
