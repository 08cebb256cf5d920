"""List answers out of the register's goals, challenges, focus areas, priorities and strategic areas."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.listing.rows import ListAnswer, ListRow, Material, stating
from assistant.listing.topic import covered, named_documents, strategies, years_asked
from ingest.documents import Passage
from ingest.register.entries import Goal, Mention, Point
from ingest.swedish import content_words, fold

_HALF = 0.5
"""Less of the topic than this in the best entry: the register does not answer."""
_NEARLY_BEST = 0.8
_GOAL_COLUMNS = ("Målvärde", "År")
_NAMES = {
    "goals": "mål",
    "challenges": "utmaningar",
    "focus_areas": "insatsområden",
    "priorities": "prioriteringar",
    "areas": "strategiska områden",
}


def from_points(material: Material) -> ListAnswer | None:
    """All goals, challenges, focus areas, priorities or areas that fit the question's topic, number, year and
    document.
    """
    wanted = material.wanted
    entries: Sequence[Goal | Point] = getattr(material.register, wanted.collection or "")
    by_id = material.by_id
    named, terms = named_documents(material)
    years = years_asked(material)
    of_strategy = strategies(material)
    fitting: list[tuple[float, int, Goal | Point, Mention]] = []
    for number, entry in enumerate(entries):
        if isinstance(entry, Goal) and years and not _of_year(entry, years, by_id[entry.mention.passage_id].title):
            continue
        mentions = _mentions(entry)
        mentions = tuple(m for m in mentions if not named or by_id[m.passage_id].document_id in named) or (
            () if named else mentions
        )
        if mentions and _numbered(wanted.number, [by_id[m.passage_id] for m in mentions]):
            score, mention = max(
                ((covered(terms, _about(entry, by_id[m.passage_id])), m) for m in mentions),
                key=lambda found: (round(found[0], 2), by_id[found[1].passage_id].document_id in of_strategy),
            )
            fitting.append((score, number, entry, mention))
    best = max((score for score, *_ in fitting), default=0.0)
    if best < _HALF:
        return None
    rows = [_point_row(entry, by_id[m.passage_id], m) for score, _, entry, m in fitting if score >= _NEARLY_BEST * best]
    return ListAnswer(tuple(rows), len(entries), _NAMES[wanted.collection or ""])


def _mentions(entry: Goal | Point) -> tuple[Mention, ...]:
    return (entry.mention,) if isinstance(entry, Goal) else entry.mentions


def _of_year(goal: Goal, years: frozenset[int], title: str) -> bool:
    """Whether a goal is for one of the years; one without a year of its own is for that in its strategy's title."""
    if goal.year is None:
        return any(str(year) in title for year in years)
    return goal.year in years or goal.base_year in years


def _numbered(number: str | None, passages: Iterable[Passage]) -> bool:
    """Whether one of the passages stands under a heading with the number that the question names."""
    if number is None:
        return True
    heading = re.compile(rf"\w+(?: \w+)? {re.escape(number)}\b", re.IGNORECASE)
    return any(heading.match(text) for passage in passages for text in passage.section)


def _about(entry: Goal | Point, passage: Passage) -> str:
    own = f"{entry.title} {entry.target}" if isinstance(entry, Goal) else entry.text
    return f"{own} {' '.join(passage.section)}"


def _point_row(entry: Goal | Point, passage: Passage, mention: Mention) -> ListRow:
    own = (passage, mention.start, mention.end)
    if isinstance(entry, Goal):
        values = (" ".join(part for part in (entry.value, entry.unit) if part), str(entry.year or ""))
        proofs = [stating(value, (own, *((passage, *place) for place in passage.sentences))) for value in values]
        cells = [
            (column, value)
            for column, value, proof in zip(_GOAL_COLUMNS, values, proofs, strict=True)
            if value and proof
        ]
        return ListRow(entry.title, tuple(cells), *own, tuple(proof for proof in proofs if proof and proof != own))
    name = entry.text
    headings = [heading for heading in passage.section if fold(name)[:12] in fold(heading)]
    stretch = " ".join(passage.text[mention.start : mention.end].split()).rstrip(" .;,")
    if headings:
        match = re.search(re.escape(fold(name)[:12]), fold(headings[-1]))
        name = headings[-1][match.start() :] if match else headings[-1]
    elif covered(content_words(name), stretch) < 1.0:
        name = stretch
    return ListRow(
        name[:1].upper() + name[1:],
        (("Avsnitt", passage.section[-1]),) if passage.section else (),
        passage,
        mention.start,
        mention.end,
    )
