"""The list in the text that answers: the one whose lead, heading or head names what the question asks for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from statistics import fmean

from assistant.lists.constraints import Amount, Constraint, ListQuestion, Party, Priority, Standing, Subject, Years
from assistant.lists.draft import Likeness, ListDraft, ListFeatures, ListRow, Nearness
from assistant.lists.enumerations import Enumeration, Item, row_name
from assistant.lists.material import Material, part_number
from assistant.matching import match
from assistant.wanted import EARLIER
from ingest.facts.vocabulary import said, tells_status, terms
from ingest.swedish import STOPWORDS, content_words, words

_ENOUGH = 0.75
"""A list whose score is lower names something else than what was asked for."""
_ELSEWHERE = 0.8
"""What a word of the subject is worth where headings, context or items say it, and not the lead."""
_PAST = 0.3
"""What a list loses that stands in a document that another has replaced, where none is asked for."""
_SAME = 0.9


def points(asked: ListQuestion, text: str, material: Material, likeness: Likeness) -> ListDraft | None:
    """The one list of the text that answers, None where no list's lead names what is asked for."""
    rows_alone = asked.tabled and not asked.noun
    if any(isinstance(one, Amount) for one in asked.constraints):
        return None
    if any(isinstance(one, Standing | Years) for one in asked.constraints):
        rows_alone = True  # points of the text cannot meet what is asked of each: only rows can
    sought = [word for word in (asked.noun.lower(), *_subject(asked)) if word]
    if not sought and not asked.tabled:
        return None
    spoken = {word: _spoken(word, material.words) for word in sought}
    numbers = {number for matched in spoken.values() for word in matched for number in material.words[word]}
    found = [one for number, one in enumerate(material.lists) if number in numbers or rows_alone]
    if rows_alone:
        found = [one for one in found if one.form == "rows" and (not asked.sources or _in(asked, one))]
    numbers_asked = {one.number for one in asked.constraints if isinstance(one, Priority) and one.number}
    within = [one for one in found if numbers_asked & {part_number(heading) for heading in one.headings}]
    found = within or found
    past = material.replaced if not EARLIER.search(text) else frozenset()
    scored = [(_score(asked, one, spoken) - _PAST * (one.passage.document_id in past), one) for one in found]
    best = max((one[0] for one in scored), default=0.0)
    # Meaning decides between the lists whose words come near the best.
    near = [(score, one) for score, one in scored if score >= best - 0.8]
    if not near:
        return None
    nearness = Nearness(text, material.passages, likeness)
    weight = 0.4 if asked.noun else 0.8
    meant = ((score, one, max(map(nearness.at, (one.proof, *(at for _, at in one.items))))) for score, one in near)
    summed = ((score + weight * min(max(meaning / 5, 0.0), 1.0), one) for score, one, meaning in meant)
    score, chosen = max(summed, key=lambda pair: pair[0])
    narrowed = _narrowed(asked, chosen)
    if score < _ENOUGH or not narrowed.items:
        return None
    read = 0.0 if said("questions", "unread").search(text) else _understood(asked, narrowed)
    return _draft(asked, narrowed, score, read)


def _in(asked: ListQuestion, one: Enumeration) -> bool:
    return one.passage.document_id in asked.sources


def _spoken(word: str, there: Collection[str]) -> dict[str, float]:
    """The words of the lists that stand for a word of the question, with how well, 0 to 1; "till" is no part of
    "tillväxt".
    """
    telling = (other for other in there if other == word or other not in STOPWORDS)
    scores = ((other, max(match(word, other), 0.9 * match(other, word))) for other in telling)
    return {other: score for other, score in scores if score}


def _best(matched: Mapping[str, float], there: frozenset[str]) -> float:
    return max((matched[word] for word in matched.keys() & there), default=0.0)


def _score(asked: ListQuestion, one: Enumeration, spoken: Mapping[str, Mapping[str, float]]) -> float:
    """How well a list answers by its words, about 0 to 1.6: noun in its lead, subject in it, its count, its source."""
    lead, heading, above, every = one.said
    subject = _subject(asked)
    noun = asked.noun.lower()
    nouns = (noun,) if noun and noun not in terms("questions", "any_part") else subject
    named = (
        fmean(
            max(_best(spoken[word], lead), 0.9 * _best(spoken[word], heading), 0.6 * _best(spoken[word], above))
            for word in nouns
        )
        if nouns
        else 0.0
    )
    named = 1.0 if asked.tabled and not noun else named
    topic = (
        fmean(max(_best(spoken[word], lead), _ELSEWHERE * _best(spoken[word], every)) for word in subject)
        if subject
        else 0.5
    )
    count = 0.0 if asked.count is None else 0.3 if asked.count == len(one.items) else -0.3
    count += 0.0 if one.counted is None else 0.1 if one.whole else -0.1
    source = 0.2 if _in(asked, one) else -0.2 if asked.sources else 0.0
    weight = max(0.5, min(1.0, 0.35 * len(subject)))
    return 0.8 * named + weight * topic + count + source - 0.4 * (named == 0)


def holds(word: str, there: Collection[str]) -> float:
    """How well the best of some words stands for a word of a question, 0 to 1; the word may be their compound."""
    return max(_spoken(word.lower(), there).values(), default=0.0)


def _subject(asked: ListQuestion) -> tuple[str, ...]:
    parties = tuple(word for one in asked.constraints if isinstance(one, Party) for word in content_words(one.names[0]))
    titles = tuple(word for one in asked.constraints if isinstance(one, Priority) for word in one.title)
    about = tuple(word for name in asked.about for word in content_words(name))
    return tuple(word.lower() for word in (*asked.subject, *parties, *titles, *about))


def _understood(asked: ListQuestion, one: Enumeration) -> float:
    """The share of the question's noun and subject that the list's lead, headings and head say; its items say half."""
    over = words(f"{one.lead} {one.head} {one.context} {' '.join(one.headings)}")
    items = words(" ".join(text for text, _ in one.items))
    told_apart = one.form == "rows" and asked.kinds is None  # the rows left all have the word that narrows them
    each = frozenset(items).intersection(*(words(text) for text, _ in one.items)) if told_apart else frozenset()
    said = [
        max(holds(word, over), 0.5 * holds(word, items), float(word in each))
        for word in (asked.noun, *_subject(asked))
        if word
    ]
    return fmean(said) if said else 0.5


def _narrowed(asked: ListQuestion, one: Enumeration) -> Enumeration:
    """Of a table, the rows that meet the question's constraints, where some do; of other lists all items."""
    items = one.items
    for constraint in asked.constraints if one.form == "rows" else ():
        meeting = _meeting(constraint, items)
        items = meeting if meeting or isinstance(constraint, Standing) else items
    if one.form == "rows":
        named = [name.lower() for name in asked.about]
        items = tuple(item for item in items if any(name in item[0].lower() for name in named)) or items
    return replace(one, items=items)


def _meeting(constraint: Constraint, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The rows that meet a constraint; of a subject those that have its very word before those that are like it."""
    if isinstance(constraint, Party):
        return tuple(item for item in items if constraint.is_party(item[0]))
    if isinstance(constraint, Standing):
        return tuple(item for item in items if any(tells_status(one, item[0]) for one in constraint.states))
    if not isinstance(constraint, Subject):
        return items
    said = [(item, frozenset(words(item[0]))) for item in items]
    exact = tuple(item for item, there in said if not there.isdisjoint(constraint.words))
    return exact or tuple(item for item, there in said if any(holds(word, there) >= _SAME for word in constraint.words))


def _draft(asked: ListQuestion, one: Enumeration, score: float, read: float) -> ListDraft:
    rows = tuple(
        ListRow(row_name(one.head, text, asked.noun) if one.form == "rows" else text, (), at) for text, at in one.items
    )
    size = asked.count or one.counted
    counted = 0.5 if size is None else float(size == len(rows))
    return ListDraft(
        lead_key="list.points",
        lead_values={
            "found": str(len(rows)),
            "noun": asked.noun,
            "lead": one.lead or (one.headings[-1] if one.headings else ""),
        },
        rows=rows,
        examined=len(rows),
        complete=one.whole and asked.count in (None, len(rows)),
        features=ListFeatures(read, min(1.0, score / 2), 1.0, counted, points=True),
    )
