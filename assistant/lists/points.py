"""The list in the text that answers: the one whose lead, heading or head names what the question asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import fmean

import numpy as np

from assistant.lists.draft import Likeness, ListDraft, ListFeatures, ListRow
from assistant.lists.enumerations import Enumeration, row_name
from assistant.lists.material import Material
from assistant.lists.parties import Party
from assistant.lists.request import Amount, Constraint, ListQuestion, Priority, Standing, Subject, Years
from assistant.matching import match
from ingest.documents import Passage
from ingest.facts.types import Stretch
from ingest.facts.vocabulary import NUMERALS, tells_status, terms
from ingest.swedish import content_words, words

_ENOUGH = 0.75
"""A list whose score is lower names something else than what was asked for."""
_ELSEWHERE = 0.8
"""What a word of the subject is worth where headings, context or items say it, and not the lead."""
_FORMS = {"items": 0.1, "rows": 0.0, "sentence": 0.0, "headings": -0.15, "series": 0.1}


def points(asked: ListQuestion, text: str, material: Material, likeness: Likeness) -> ListDraft | None:
    """The one list of the text that answers, None where no list's lead names what is asked for."""
    found, passages = list(material.lists), material.passages
    if asked.tabled and not asked.noun:
        found = [one for one in found if one.form == "rows" and (not asked.sources or one.document_id in asked.sources)]
    if any(isinstance(one, Standing | Years | Amount) for one in asked.constraints):
        # Points of the text cannot meet what is asked of each: only rows can.
        found = (
            [one for one in found if one.form == "rows"]
            if asked.tabled or asked.kinds is None or not asked.noun
            else []
        )
    if not found or not (asked.noun or asked.tabled or _subject(asked)):
        return None
    if asked.about:
        found = [one for one in found if _speaks_of(asked.about, one, passages)]
    if not found:
        return None
    cosines = likeness(text)
    every = np.concatenate(list(cosines.values()))
    mean, deviation = float(every.mean()), float(every.std()) or 1.0
    nearness = [(_nearest(one, passages, cosines) - mean) / deviation for one in found]
    scores = [_score(asked, one, near) for one, near in zip(found, nearness, strict=True)]
    best = max(range(len(found)), key=lambda number: scores[number])
    if scores[best] < _ENOUGH:
        return None
    return _draft(asked, _narrowed(asked, found[best], passages), scores[best])


def _speaks_of(names: Sequence[str], one: Enumeration, passages: Mapping[str, Passage]) -> bool:
    """Whether a list stands in a passage or under a heading that names what the question names."""
    text = " ".join((*one.headings, passages[one.proof.passage_id].text)).lower()
    return any(name.lower() in text for name in names)


def _nearest(one: Enumeration, passages: Mapping[str, Passage], cosines: Mapping[str, np.ndarray]) -> float:
    """The cosine of the sentence that is nearest among the list's lead and items."""
    best = -1.0
    for at in {one.proof, *(at for _, at in one.items)}:
        for number, (start, end) in enumerate(passages[at.passage_id].sentences):
            if start < at.end and end > at.start:
                best = max(best, float(cosines[at.passage_id][number]))
    return best


def _score(asked: ListQuestion, one: Enumeration, deviations: float) -> float:
    """How well a list answers, about 0 to 2: noun in its lead, subject in it, its count, its meaning."""
    lead = words(f"{one.lead} {one.head if one.form == 'rows' else ''}")
    heading = words(" ".join(one.headings[-1:]))
    subject = _subject(asked)
    nouns = (asked.noun,) if asked.noun and asked.noun not in terms("questions", "any_part") else subject
    if one.form == "sentence":
        lead, heading = [*lead[-4:], *_counted_noun(one.lead)], []
    above = words(" ".join(one.headings[:-1]))
    noun = (
        1.0
        if asked.tabled and not asked.noun
        else fmean(max(holds(word, lead), 0.9 * holds(word, heading), 0.6 * holds(word, above)) for word in nouns)
        if nouns
        else 0.0
    )
    around = (one.lead, one.head, one.context, *one.headings, one.title)
    about = words(" ".join((*around, *(text for text, _ in one.items))))
    leading = words(one.lead)
    topic = fmean(max(holds(word, leading), _ELSEWHERE * holds(word, about)) for word in subject) if subject else 0.5
    count = 0.0 if asked.count is None else 0.3 if asked.count == len(one.items) else -0.3
    count += 0.0 if one.counted is None else 0.1 if one.whole else -0.1
    source = 0.2 if one.document_id in asked.sources else -0.2 if asked.sources else 0.0
    meaning = float(np.clip(deviations / 5, 0, 1)) * (1.0 if asked.noun else 2.0)
    weight = max(0.5, min(1.0, 0.35 * len(subject)))
    return 0.8 * noun + weight * topic + 0.4 * meaning + count + source + _FORMS[one.form] - 0.4 * (noun == 0)


def _counted_noun(lead: str) -> list[str]:
    """The words right after a numeral: "Fem områden har valts …" announces areas."""
    there = words(lead)
    places = [place for place, word in enumerate(there) if word in NUMERALS]
    return [word for place in places for word in there[place + 1 : place + 3]]


def holds(word: str, there: Sequence[str]) -> float:
    """How well the best of some words stands for a word of a question, 0 to 1; the word may be their compound."""
    word = word.lower()
    return max((max(match(word, other), 0.9 * match(other, word)) for other in there), default=0.0)


def _subject(asked: ListQuestion) -> tuple[str, ...]:
    parties = tuple(word for one in asked.constraints if isinstance(one, Party) for word in content_words(one.names[0]))
    titles = tuple(word for one in asked.constraints if isinstance(one, Priority) for word in one.title)
    return (*asked.subject, *parties, *titles, *(word for name in asked.about for word in content_words(name)))


def _understood(asked: ListQuestion, one: Enumeration) -> float:
    """The share of the question's noun and subject that the list's lead, headings and head say; its items say half."""
    over = words(f"{one.lead} {one.head} {one.context} {' '.join(one.headings)}")
    items = words(" ".join(text for text, _ in one.items))
    asked_for = [word for word in (asked.noun, *_subject(asked)) if word]
    return fmean(max(holds(word, over), 0.5 * holds(word, items)) for word in asked_for) if asked_for else 0.5


def _narrowed(asked: ListQuestion, one: Enumeration, passages: Mapping[str, Passage]) -> Enumeration:
    """Of a table, the rows that meet the question's constraints, where some do; of other lists all items."""
    if one.form != "rows":
        return one
    items = one.items
    for constraint in asked.constraints:
        kept = tuple(item for item in items if _row_meets(constraint, one, item, passages))
        items = kept or items
    return replace(one, items=items)


def _row_meets(
    constraint: Constraint, one: Enumeration, item: tuple[str, Stretch], passages: Mapping[str, Passage]
) -> bool:
    if isinstance(constraint, Subject):
        there = words(item[0])
        return any(holds(word, there) >= 0.9 for word in constraint.words)
    if isinstance(constraint, Party):
        return constraint.is_named(item[0])
    return not isinstance(constraint, Standing) or tells_status(constraint.status, item[0])


def _draft(asked: ListQuestion, one: Enumeration, score: float) -> ListDraft:
    name = (lambda text: row_name(one.head, text, asked.noun)) if one.form == "rows" else (lambda text: text)
    rows = tuple(ListRow(name(text), (), at) for text, at in one.items)
    size = asked.count or one.counted
    counted = 0.5 if size is None else float(size == len(rows))
    whole = one.whole and asked.count in (None, len(rows))
    return ListDraft(
        lead_key="list.points",
        lead_values={
            "found": str(len(rows)),
            "noun": asked.noun,
            "lead": one.lead or (one.headings[-1] if one.headings else ""),
        },
        rows=rows,
        examined=len(rows),
        complete=whole,
        features=ListFeatures(_understood(asked, one), min(1.0, score / 2), 1.0, counted, points=True),
    )
