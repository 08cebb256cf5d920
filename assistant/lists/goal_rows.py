"""Goals against their outcomes: the goal or goals that a question means, each with where it stands, which way it goes
and what the documents say of how it went.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache
from statistics import fmean

from assistant.lists.constraints import ListQuestion, Priority
from assistant.lists.draft import Cell, Likeness, ListDraft, ListFeatures, ListRow, Nearness
from assistant.lists.goal_standing import (
    Direction,
    GoalStanding,
    cells_of,
    figure_said,
    gap,
    name_of,
    standing,
    text_at,
)
from assistant.lists.material import Material
from assistant.lists.points import holds
from assistant.question import Ask, Question
from ingest.documents import Passage
from ingest.facts.figures import YEAR_FORM, last_year
from ingest.facts.types import GoalFact, Stretch
from ingest.facts.vocabulary import expression, terms
from ingest.swedish import content_words, stem, words

_FEWEST = 3
"""Goals of a document that sets goals."""
_WAYS: Mapping[str, tuple[Direction, ...]] = {
    "asks_wrong": ("wrong",),
    "asks_unmeasured": ("unmeasured",),
    "asks_unchanged": ("unchanged",),
    "asks_missed": ("wrong", "right", "unchanged"),
    "asks_reached": ("reached",),
    "asks_right": ("right", "reached"),
}
"""What a question asks for (a cue of the vocabulary), and the directions that meet it; the first that fits counts."""
_AIMED_IN = re.compile(rf"\bmål(?:et|värdet?|nivån?|sättningen)?(?: för| till| år){{0,2}} {YEAR_FORM}\b", re.IGNORECASE)
"""What is aimed at for one year: "målvärdet 2026"."""
_JUDGED: Mapping[str, Direction] = {
    "fel": "wrong",
    "rätt": "right",
    "oföränd": "unchanged",
    "uppnått": "reached",
    "uppnådd": "reached",
    "nådd": "reached",
    "nått": "reached",
    "målet": "reached",
}
UNREAD = "goal.unread"
"""What leads to a goal without an outcome, of which no document says that there is none."""
_ROW, _CHART = 200, 900
"""Characters up to which a proof is about its goal alone, and up to which a passage may be the labels of a chart."""
_SAID, _BY_MEANING = 0.3, 1.2
"""The share of the question's words that a goal must hold, or the score from which meaning alone is enough."""
_NEAR, _CLEARLY, _HOLDS_NOW, _TOLD = 1.0, 0.12, 0.4, 0.1
"""The goal that is meant scores at least the first, and the others less than it by the second; the others are what it
counts that a goal is of the strategy that holds now, and that it has outcomes."""


def answer_goals(question: Question, asked: ListQuestion, material: Material, likeness: Likeness) -> ListDraft | None:
    """The goal or goals that a question means, each beside its outcomes; None for other questions.

    Of several only those that are set under the parts of the strategy that the question names, where some are.
    """
    facts, passages = material.facts, material.passages
    if not facts.goals:
        return None
    plain = _in_plain_words(question, material)
    if expression("cues", "asks_several").search(plain.text):
        parts = tuple(one for one in asked.constraints if isinstance(one, Priority))
        return _several(plain, parts, _told_in(facts.goals, asked.sources, passages), passages)
    named = expression("cues", "asks_goal").search(question.text)
    if (
        question.ask in (Ask.NAME, Ask.PLACE)
        or not (named or expression("cues", "asks_standing").search(question.text))
        or expression("cues", "asks_other").search(question.text)
    ):
        return None
    nearness = Nearness(question.text, passages, likeness)
    goal, score = _meant(question, facts.goals, nearness)
    if goal is None:
        return None
    told = standing(goal, passages)
    years = {str(one.year) for one in (goal.base, goal.target, goal.postponed, *told.outcomes) if one}
    if _AIMED_IN.search(question.text) and years.isdisjoint(re.findall(YEAR_FORM, question.text)):
        return None
    found = _single(told, score, _comments(question, told, facts.goals, nearness))
    silent = any(expression("cues", "silent").search(cell.value) for row in found.rows for cell in row.cells)
    return found if told.direction != "unmeasured" or silent else replace(found, lead_key=UNREAD)


def _in_plain_words(question: Question, material: Material) -> Question:
    """The question with "mål" in place of the documents' own word for it."""
    if not material.goal_words:
        return question
    own = re.compile(rf"\b(?:{'|'.join(material.goal_words)})\w{{0,4}}", re.IGNORECASE)
    return replace(question, text=own.sub("mål", question.text))


def _told_in(
    goals: Sequence[GoalFact], sources: Collection[str], passages: Mapping[str, Passage]
) -> Sequence[GoalFact]:
    """The goals that some documents set, where they set several; all where they set none."""
    own = tuple(goal for goal in goals if passages[goal.proof.passage_id].document_id in sources)
    return own if len(own) >= _FEWEST else goals


def _several(
    question: Question, parts: Sequence[Priority], goals: Sequence[GoalFact], passages: Mapping[str, Passage]
) -> ListDraft | None:
    """The goals that meet the question's condition and subject, of the strategy that holds now or the one named."""
    asked = next((of for way, of in _WAYS.items() if expression("cues", way).search(question.text)), ())
    current = [standing(goal, passages) for goal in _current(goals, question, passages)]
    judged_so = [one for one in current if one.judged and one.judged[0].lower() in question.text.lower()]
    if judged_so and judged_so[0].judged:
        return _goals(judged_so, current, judged_so[0].judged[0].lower())
    topic = [
        word
        for word in _topic(question)
        if not word.isdigit() and not any(expression("cues", way).search(word) for way in _WAYS)
    ]
    if under := [
        one for one in current if any(part.is_named(heading) for part in parts for heading in one.goal.section)
    ]:
        current = under
    elif topic:
        about = [one for one in current if fmean(holds(word, _words_of(one.goal)) for word in topic) >= 0.5]
        current = about or ([] if not asked else current)
    found = [told for told in current if not asked or _way(told) in asked]
    return _goals(found, current, asked[0] if asked else "") if found else None


def _way(told: GoalStanding) -> Direction:
    """Which way a goal goes by the documents' own judgement, by its figures where they do not judge."""
    judged = told.judged[0].lower() if told.judged else ""
    way = next((way for start, way in _JUDGED.items() if judged.startswith(start)), told.direction)
    return told.direction if way == "right" and told.direction == "reached" else way


def _goals(found: Sequence[GoalStanding], current: Sequence[GoalStanding], condition: str) -> ListDraft:
    known = fmean(told.direction not in ("unmeasured", "unknown") for told in current)
    plain = condition in ("", "unmeasured")
    return ListDraft(
        lead_key="list.goals",
        lead_values={"found": str(len(found)), "examined": str(len(current)), "condition": condition},
        rows=tuple(ListRow(name_of(told.goal), cells_of(told), told.goal.proof) for told in found),
        examined=len(current),
        complete=plain or known == 1.0,
        features=ListFeatures(1.0, 0.9 if plain else 0.9 * known, known, 0.5, points=False),
    )


def _current(goals: Sequence[GoalFact], question: Question, passages: Mapping[str, Passage]) -> list[GoalFact]:
    """The goals of the document that looks furthest ahead, or of the one whose years the question names."""
    by_document: dict[str, list[GoalFact]] = {}
    for goal in goals:
        by_document.setdefault(passages[goal.proof.passage_id].document_id, []).append(goal)
    years = re.findall(YEAR_FORM, question.text)
    for document, own in by_document.items():
        title = passages[own[0].proof.passage_id].title
        if years and len(own) >= _FEWEST and all(year in f"{title} {document}" for year in years):
            return own

    def ahead(own: list[GoalFact]) -> tuple[bool, int, int]:
        titled = last_year(passages[own[0].proof.passage_id].title)
        return len(own) >= _FEWEST, max((goal.target and goal.target.year) or titled for goal in own), len(own)

    return max(by_document.values(), key=ahead)


def _meant(question: Question, goals: Sequence[GoalFact], nearness: Nearness) -> tuple[GoalFact | None, float]:
    """The goal that a question means by its words and by meaning, with a score of about 0 to 2."""
    passages, topic = nearness.passages, _topic(question)
    scored: list[tuple[float, float, GoalFact]] = []
    told = (figure.year or 0 for goal in goals for figure in goal.outcomes)
    latest = max(told, default=0)
    current = {id(goal) for goal in _current(goals, question, passages)}
    for goal in goals:
        year = goal.target.year or 0 if goal.target else 0
        if 0 < year < latest and str(year) not in question.text:
            continue  # One whose year has passed is not meant unless its year is.
        proofs = [goal.proof, *(figure.proof for figure in (goal.base, goal.target, *goal.outcomes) if figure)]
        near = max(map(nearness.at, proofs))
        number = re.escape(goal.number or "-")
        named = re.search(rf"\b(?:mål|riktmärke|indikator) {number}\b", question.text) is not None
        own = _words_of(goal)
        beside = words(" ".join(text_at(proof, passages) for proof in proofs if proof.end - proof.start <= _ROW))
        said = fmean(max(holds(word, own), 0.8 * holds(word, beside)) for word in topic) if topic else 0.0
        bonus = _HOLDS_NOW * (id(goal) in current)
        scored.append((said + 0.25 * min(near, 4.0) + 2.0 * named + bonus, said + named, goal))
    if not scored:
        return None, 0.0
    scored.sort(key=lambda one: -one[0] - _TOLD * bool(one[2].outcomes))
    score, said, goal = scored[0]
    alone = sum(one[0] >= score - _CLEARLY for one in scored) == 1 and score >= _BY_MEANING
    return (goal, score) if score >= _NEAR and (said >= _SAID or alone) else (None, score)


def _single(told: GoalStanding, score: float, comments: Sequence[Cell]) -> ListDraft:
    """One goal: the lead says which way it goes; what the documents comment stands in cells of its row."""
    goal = told.goal
    last = told.outcomes[-1] if told.outcomes else None
    before = goal.base or (told.outcomes[0] if len(told.outcomes) > 1 else None)
    values = {"goal": name_of(goal), "unit": goal.unit or "", "gap": gap(told)}
    for part, figure in (("latest", last), ("earlier", before), ("target", goal.target)):
        values |= {part: figure.value if figure else "", f"{part}_said": figure_said(figure, goal) if figure else "–"}
    if goal.target and goal.postponed:
        values["target_said"] = figure_said(replace(goal.target, year=goal.postponed.year), goal)
    known = fmean(bool(part) for part in (goal.target, last, before))
    return ListDraft(
        lead_key=f"goal.{told.direction}",
        lead_values=values,
        rows=(ListRow(name_of(goal), (*cells_of(told), *comments), goal.proof),),
        examined=1,
        complete=bool(goal.target) and bool(last or comments),
        features=ListFeatures(min(1.0, score), min(1.0, score / 1.6) * (0.5 + 0.5 * known), known, 0.5, points=False),
    )


def _topic(question: Question) -> list[str]:
    """The words of a question that say which goal it means."""
    plain = (
        re.sub(r"(?<=\w{4})s?(?:mål|utfall)(?:et|en|ets|ens)?$", "", word) for word in content_words(question.text)
    )
    return [word for word in plain if word and not _is_wide(word)]


def _is_wide(word: str) -> bool:
    return stem(word) in _wide()


@cache
def _wide() -> frozenset[str]:
    return frozenset(stem(word) for word in terms("goals", "wide"))


def _words_of(goal: GoalFact) -> list[str]:
    """The words of a goal's title, indicator and heading."""
    return words(f"{goal.title} {goal.indicator or ''} {' '.join(goal.section[-1:])}")


def _comments(question: Question, told: GoalStanding, goals: Sequence[GoalFact], nearness: Nearness) -> list[Cell]:
    """The sentences of a follow-up that say most of how it went; where no outcome is known the one that says why with
    the next, and the passages of other documents where the figures may be.
    """
    passages, goal = nearness.passages, told.goal
    told_in = {passages[figure.proof.passage_id].document_id for one in goals for figure in one.outcomes}
    mine = [
        word for word in dict.fromkeys((*_words_of(goal), *_topic(question))) if len(word) > 4 and not _is_wide(word)
    ]
    figures = (*told.outcomes, goal.base, goal.target)
    cited = {(figure.proof.passage_id, figure.proof.start) for figure in figures if figure}
    found: list[tuple[float, Stretch]] = []
    for passage, order, near in nearness.above(1.5 if told.outcomes else 0.5):
        start, end = passage.sentences[order]
        text = " ".join(passage.text[start:end].split())
        followed = (
            passage.document_id in told_in and text.endswith(".")
            if told.outcomes
            else expression("cues", "silent").search(text)
        )
        if not followed or (passage.id, start) in cited:
            continue
        said = sum(holds(word, words(text)) >= 0.6 for word in mine)
        if said >= (1 if near > 2.5 else 2):
            last = order if told.outcomes else min(order + 1, len(passage.sentences) - 1)
            found.append((near + 0.3 * min(said, 4), Stretch(passage.id, start, passage.sentences[last][1])))
    best = [at for _, at in sorted(found, key=lambda one: -one[0])[:2]]
    best += [] if told.outcomes else _places(goal, (_topic(question), mine), nearness)
    return [Cell("comment", text_at(at, passages), at) for at in best]


def _places(goal: GoalFact, sought: Sequence[Sequence[str]], nearness: Nearness) -> list[Stretch]:
    """The passages of other documents that name the goal's indicator and hold figures, as a chart's labels do."""
    own = nearness.passages[goal.proof.passage_id].document_id
    found: list[tuple[float, Passage]] = []
    for passage in dict.fromkeys(passage for passage, _, _ in nearness.above(0.0)):
        if passage.document_id == own or len(re.findall(r"\d+", passage.text)) < 3 or len(passage.text) > _CHART:
            continue
        there = words(f"{passage.text} {' '.join(passage.section[-1:])}")
        said = max(fmean(holds(word, there) for word in some) if some else 0.0 for some in sought)
        found.append(
            (said + 0.1 * bool(expression("cues", "asks_goal").search(" ".join(passage.section[-1:]))), passage)
        )
    best = sorted(found, key=lambda one: -one[0])[:2]
    return [Stretch(one.id, 0, len(one.text)) for said, one in best if said >= 0.5]
