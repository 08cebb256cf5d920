"""Goal against outcome: each goal beside the latest figure that the documents give, and nothing where they are silent.

One goal is answered in a sentence, goal first and then outcome; several in a table. Knows nothing of marks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.answers import Status
from assistant.catalogue import Catalogue
from assistant.drafting import Line, escape, quoted
from assistant.listing.columns import goals_marked
from assistant.listing.rows import FARTHEST
from assistant.listing.topic import covered_narrowly
from assistant.proof import Quote
from assistant.question import Question
from ingest.documents import Passage, PassageKind
from ingest.register.entries import Goal, Mention
from ingest.register.goal_tables import outcome_cell
from ingest.swedish import content_words, stem

Likeness = Callable[[str], NDArray[np.float32]]
"""The cosine of each sentence of all passages with a text, shape (sentences,)."""
_GOAL = re.compile(r"\b(?:\w*mål(?:et|en|ets|ens)?|målsättning\w*|goals?|targets?)\b", re.IGNORECASE)
_OUTCOME = re.compile(
    r"\b(?<!ska )(?<!ska vara )(?:nått|nåtts|nå|nås|når|nådde|uppnå\w*|uppfyll\w*|utfall\w*|resultat\w*|på väg"
    r"|i fas|läget|lyckat\w*|klarat|klara|har (?:\w+ ){0,3}(?:hänt|skett|ökat|minskat|förbättrats|försämrats)"
    r"|hur (?:går|gick|har) det\b(?: gått)?|hur långt|hur ser det ut|jämfört med målet|reached|met|achieved"
    r"|outcomes?)\b",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\b(?:\w*målen|alla mål|samtliga mål|vilka (?:\w+ )?mål|målsättningarna|goals|targets)\b", re.IGNORECASE
)
_WHICH = re.compile(r"\W*(?:vilka|hur många|which|how many)\b", re.IGNORECASE)
_OF_ALL = re.compile(
    r"\bmålen\b.*\b(?:uppfyll|uppnå|nått|nåtts)|\b(?:uppfyll|uppnå|nått|nåtts)\w*.*\bmålen\b", re.IGNORECASE
)
_WIDE = frozenset(
    stem(word)
    for word in """
    mål målet målen målsättning utfall utfallet resultat resultatet nått nåtts nå nås uppnått uppnås uppfyllt uppfylls
    strategin strategins rapporten uppföljningen regionen länet länets gick går gått klarat klara lyckats vilka finns
    jämfört långt kommit ligger utvecklats utvecklas ser ut läget idag nuläget säger ökad minskad förbättrad ökat
    minskat bättre goal goals target targets outcome reached achieved
    """.split()
)
_STANDING = re.compile(
    r"\butfall\w*|\bhur (?:går|gick|har) det\b(?: gått)? (?:med|för)\b|\bhur långt (?:har|är)\b.*\bkommit\b"
    r"|\bhur ligger\b.*\btill\b|\bjämfört med målet\b",
    re.IGNORECASE,
)
"""Asks how something went without naming a goal."""
_GOAL_ENDING = re.compile(r"(?<=\w{4})s?mål(?:et|en|ets|ens)?$")
_ONE = 0.6
"""Share of the question's words that one goal must hold to be the goal that is meant; meaning may stand for words."""
_MEANING = 1 / 3
"""What one standard deviation of meaning adds to that share."""
_MOST = 3
"""More goals than this that are equally near in meaning are not meant."""
_CLEARLY = 0.15


@dataclass(frozen=True, slots=True)
class GoalsAnswer:
    """Goals beside their outcomes. A row is (goal, cells, quotes); rows are None for a single goal."""

    lines: tuple[Line, ...]
    rows: tuple[tuple[str, tuple[tuple[str, str], ...], tuple[Quote, ...]], ...] | None
    status: Status
    notices: tuple[str, ...]


def answer_goals(
    question: Question,
    goals: Sequence[Goal],
    passages: Sequence[Passage],
    catalogue: Catalogue,
    likeness: Likeness,
) -> GoalsAnswer | None:
    """The goals that a question about goal and outcome means, each with what the documents say of how it went.

    None for other questions, and where no goal of the register is meant.
    """
    named = bool(_GOAL.search(question.text))
    if not goals or not (_STANDING.search(question.text) or (named and _OUTCOME.search(question.text))):
        return None
    if _WHICH.match(question.text) and goals_marked(passages, question):
        return None
    by_id = {passage.id: passage for passage in passages}
    goals = _current(goals)
    words = (_GOAL_ENDING.sub("", word) for word in content_words(question.text))
    topic = tuple(word for word in words if stem(word) not in _WIDE and not word.isdigit())
    meant = _meant(topic, goals, passages, likeness) if topic else ()
    if not named:
        meant = tuple(goal for goal in meant if goal.outcome)
    if len(meant) == 1:
        return _single(meant[0], by_id, catalogue)
    if not meant and (not named or (topic and not _ALL.search(question.text))):
        return None
    return _table(meant or _told_first(goals, by_id), passages, by_id, catalogue)


def _told_first(goals: Sequence[Goal], by_id: Mapping[str, Passage]) -> tuple[Goal, ...]:
    """The goals of the document with the most outcomes first, each document's in their order."""
    told = Counter(by_id[goal.mention.passage_id].document_id for goal in goals if goal.outcome)
    return tuple(sorted(goals, key=lambda goal: -told[by_id[goal.mention.passage_id].document_id]))


def _current(goals: Sequence[Goal]) -> tuple[Goal, ...]:
    """Of goals that share a title, as a strategy and the one before it do, the one for the latest year."""
    latest: dict[frozenset[str], Goal] = {}
    for goal in goals:
        key = frozenset(stem(word) for word in content_words(goal.title))
        if key not in latest or (goal.year or 0) > (latest[key].year or 0):
            latest[key] = goal
    return tuple(latest.values())


def _meant(
    topic: Sequence[str], goals: Sequence[Goal], passages: Sequence[Passage], likeness: Likeness
) -> tuple[Goal, ...]:
    """The goals that the question means, by its words and by meaning; none where no goal is near enough."""
    by_id = {passage.id: passage for passage in passages}
    standing = dict(_standings(topic, passages, likeness))
    scored = [(_holds(topic, goal, by_id) + _MEANING * _nearest(goal, standing, by_id), goal) for goal in goals]
    best = max(score for score, _ in scored)
    meant = tuple(goal for score, goal in scored if score >= best - _CLEARLY) if best >= _ONE else ()
    return meant if len(meant) <= _MOST or best >= 1.0 else ()


def _standings(
    topic: Sequence[str], passages: Sequence[Passage], likeness: Likeness
) -> Iterator[tuple[tuple[str, int], float]]:
    """How many deviations nearer than others each sentence is to the topic, by its passage and where it begins.

    What is near to every such question, whatever it asks about, is taken off by half.
    """
    asked, any_topic = likeness(f"Hur går det med {' '.join(topic)}?"), likeness("Hur går det?")
    nearer = _deviations(asked) - 0.5 * _deviations(any_topic)
    places = ((passage.id, start) for passage in passages for start, _ in passage.sentences)
    yield from zip(places, nearer.clip(0.0, FARTHEST).tolist(), strict=True)


def _deviations(cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray((cosines - cosines.mean()) / (cosines.std() or 1.0), dtype=np.float32)


def _nearest(goal: Goal, standing: Mapping[tuple[str, int], float], by_id: Mapping[str, Passage]) -> float:
    """How near the nearest sentence of a goal or of its outcome is."""
    return max(
        standing[mention.passage_id, start]
        for mention in (goal.mention, goal.outcome)
        if mention
        for start, end in by_id[mention.passage_id].sentences
        if start < mention.end and end > mention.start
    )


def _holds(topic: Sequence[str], goal: Goal, by_id: Mapping[str, Passage]) -> float:
    stated = by_id[goal.mention.passage_id].text[goal.mention.start : goal.mention.end]
    heading = goal.section[-1] if goal.section else ""
    return covered_narrowly(topic, f"{goal.title} {goal.indicator} {stated} {heading}")


def _single(goal: Goal, by_id: Mapping[str, Passage], catalogue: Catalogue) -> GoalsAnswer:
    stated = _quote(goal.mention, by_id)
    if goal.outcome is None:
        return GoalsAnswer(quoted(stated), None, "partial", (catalogue.text("answer.outcome_missing"),))
    return GoalsAnswer((*quoted(stated), *quoted(_quote(goal.outcome, by_id))), None, "answered", ())


def _table(
    goals: Sequence[Goal], passages: Sequence[Passage], by_id: Mapping[str, Passage], catalogue: Catalogue
) -> GoalsAnswer:
    """Every goal with its target, year and outcome; first what the documents say of all the goals together."""
    overall = _of_all(passages)
    lines = list(quoted(overall)) if overall else []
    lines.append(Line(catalogue.text("answer.goals_found", {"found": str(len(goals))})))
    rows = []
    missing = 0
    for goal in goals:
        outcome = _quote(goal.outcome, by_id) if goal.outcome else None
        stated = _quote(goal.mention, by_id)
        dated = _dated(goal, stated)
        quotes = tuple(dict.fromkeys(quote for quote in (stated, dated, outcome) if quote))
        told = _told(outcome) if outcome else catalogue.text("answer.outcome_not_stated")
        missing += outcome is None
        cells = (
            ("Målvärde", " ".join(part for part in (goal.value, goal.unit) if part)),
            ("År", str(goal.year) if dated else ""),
            ("Utfall", told),
        )
        rows.append((goal.title, cells, quotes))
        lines.append(Line(escape(goal.title), quotes, bullet=True))
    for quote in _outcomes(goals, by_id):
        lines += quoted(quote)
    values = {"missing": str(missing), "found": str(len(goals))}
    notices = (catalogue.text("answer.outcomes_missing", values),) if missing else ()
    return GoalsAnswer(tuple(lines), tuple(rows), "partial" if missing else "answered", notices)


def _outcomes(goals: Sequence[Goal], by_id: Mapping[str, Passage]) -> Iterator[Quote]:
    """What tells how these goals went, once: the sentences, and of each table the part that holds all the rows."""
    tables: dict[str, list[Mention]] = {}
    told = dict.fromkeys(goal.outcome for goal in goals if goal.outcome)
    for mention in told:
        tabled = by_id[mention.passage_id].kind is PassageKind.TABLE
        tables.setdefault(mention.passage_id if tabled else f"{mention}", []).append(mention)
    for rows in tables.values():
        whole = Mention(rows[0].passage_id, min(row.start for row in rows), max(row.end for row in rows))
        yield _quote(whole, by_id)


def _dated(goal: Goal, stated: Quote) -> Quote | None:
    """What says the goal's year: its own sentence or row, else another of the passage, such as a table's header."""
    passage = stated.passage
    places = ((stated.start, stated.end), *passage.sentences)
    found = (place for place in places if goal.year and str(goal.year) in passage.text[slice(*place)])
    return next((Quote(passage, *place) for place in found), None)


def _told(outcome: Quote) -> str:
    """The outcome as shown: the sentence, or the cell of its row."""
    return outcome_cell(outcome.passage, outcome.start) or " ".join(outcome.text.split())


def _of_all(passages: Sequence[Passage]) -> Quote | None:
    """The sentence that says how far the goals as a whole are reached, where the documents say so."""
    for passage in passages:
        for start, end in passage.sentences:
            if _OF_ALL.search(passage.text, start, end):
                return Quote(passage, start, end)
    return None


def _quote(mention: Mention, by_id: Mapping[str, Passage]) -> Quote:
    return Quote(by_id[mention.passage_id], mention.start, mention.end)
