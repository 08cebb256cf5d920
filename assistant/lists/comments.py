"""What the documents say of how a goal went, and of what they leave unsaid."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from statistics import fmean

import numpy as np

from assistant.lists.draft import Likeness
from assistant.lists.points import holds
from assistant.lists.standing import Standing
from assistant.question import Question
from ingest.documents import Passage
from ingest.facts.types import GoalFact, Stretch
from ingest.swedish import content_words, stem, words

_WIDE = frozenset(
    stem(word)
    for word in """
    mål målet målen utfall utfallet går ligger utvecklats utvecklas utveckling nått når nå klarar uppfyllt jämfört
    långt kommit strategin uppföljningen rapporten länet regionen hur vad ser läget säger till ökat ökar minskat
    tänkt väg stor andel andelen antal antalet är det fler färre idag senaste blir bor unga personer invånare
    procent folk mer mindre bättre sämre lovat fas takt egentligen startvärde rätt blev vänder gått kommer hittills
    just nu jämförelse målvärde målnivå
    """.split()
)


def topic_of(question: Question) -> list[str]:
    """The words of a question that say which goal it means."""
    plain = (
        re.sub(r"(?<=\w{4})s?(?:mål|utfall)(?:et|en|ets|ens)?$", "", word) for word in content_words(question.text)
    )
    return [word for word in plain if word and stem(word) not in _WIDE]


def words_of(goal: GoalFact) -> list[str]:
    """The words of a goal's title, indicator and heading."""
    return words(f"{goal.title} {goal.indicator or ''} {' '.join(goal.section[-1:])}")


def text_at(at: Stretch, passages: Mapping[str, Passage]) -> str:
    """The text of a stretch with white space folded."""
    return " ".join(passages[at.passage_id].text[at.start : at.end].split())


_OF_GOALS = re.compile(r"\w*mål(?:en|et)?\b", re.IGNORECASE)
_SILENT = re.compile(
    r"\b(?:inte|ej)\b(?: \w+){0,4} (?:mäts?|mätts?|mätas|följa?s?|följts?|bedömas?|bedömts"
    r"|redovisas?|jämföras?)\b|\bföljs inte\b"
    r"|\b(?:ej|inte) bedöm\w*|\b(?:uppgift|värde|data|statistik)\w* saknas|\bsaknas\b|\bgår"
    r" (?:inte|ej) att\b|\bklassar\b|\bförst (?:19|20)\d\d",
    re.IGNORECASE,
)


_CHART = 900
"""Characters up to which a passage may be the labels of a chart."""


def comments_on(
    question: Question, told: Standing, told_in: set[str], passages: Mapping[str, Passage], likeness: Likeness
) -> list[tuple[str, Stretch]]:
    """The sentences of a follow-up that say most of how it went. Where no outcome is known: the one that says why, with
    the next, and the passages of other documents where the figures may be.
    """
    cosines = likeness(question.text)
    every = np.concatenate(list(cosines.values()))
    mean, deviation = float(every.mean()), float(every.std()) or 1.0
    mine = [
        word
        for word in dict.fromkeys((*words_of(told.goal), *topic_of(question)))
        if len(word) > 4 and stem(word) not in _WIDE
    ]
    figures = (*told.outcomes, told.goal.base, told.goal.target)
    cited = {(figure.proof.passage_id, figure.proof.start) for figure in figures if figure}
    found: list[tuple[float, str, Stretch]] = []
    for passage in passages.values():
        for order, (start, end) in enumerate(passage.sentences):
            near = (float(cosines[passage.id][order]) - mean) / deviation
            text = " ".join(passage.text[start:end].split())
            said = sum(holds(word, words(text)) >= 0.6 for word in mine)
            silent = not told.outcomes and _SILENT.search(text) is not None
            followed = bool(told.outcomes) and passage.document_id in told_in and text.endswith(".")
            if not (silent or followed) or near < (0.5 if silent else 1.5) or (passage.id, start) in cited:
                continue
            if said < (1 if near > 2.5 else 2):
                continue
            if silent:
                end = passage.sentences[min(order + 1, len(passage.sentences) - 1)][1]
                near += 2.0
            at = Stretch(passage.id, start, end)
            found.append((near + 0.3 * min(said, 4), text_at(at, passages), at))
    best = sorted(found, key=lambda one: -one[0])[:2]
    return [(text, at) for _, text, at in best] + (
        [] if told.outcomes else _places(told.goal, topic_of(question), mine, passages)
    )


def _places(
    goal: GoalFact, topic: Sequence[str], mine: Sequence[str], passages: Mapping[str, Passage]
) -> list[tuple[str, Stretch]]:
    """The passages of other documents that name the goal's indicator and hold figures, as a chart's labels do."""
    own = passages[goal.proof.passage_id].document_id
    found: list[tuple[float, Passage]] = []
    for passage in passages.values():
        if passage.document_id == own or len(re.findall(r"\d+", passage.text)) < 3 or len(passage.text) > _CHART:
            continue
        there = words(f"{passage.text} {' '.join(passage.section[-1:])}")
        said = max(fmean(holds(word, there) for word in some) if some else 0.0 for some in (topic, mine))
        found.append((said + 0.1 * bool(_OF_GOALS.search(" ".join(passage.section[-1:]))), passage))
    best = sorted(found, key=lambda one: -one[0])[:2]
    return [(" ".join(one.text.split()), Stretch(one.id, 0, len(one.text))) for said, one in best if said >= 0.5]
