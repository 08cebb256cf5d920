"""Goals against their outcomes: the goal or goals that a question means, each with where it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from statistics import fmean

import numpy as np

from assistant.lists.comments import comments_on, text_at, topic_of, words_of
from assistant.lists.draft import Cell, Likeness, ListDraft, ListFeatures, ListRow
from assistant.lists.points import holds
from assistant.lists.standing import Direction, Standing, cells_of, figure_said, gap, name_of, standing
from assistant.question import Question
from ingest.documents import Passage
from ingest.facts.types import FactBase, GoalFact, Stretch
from ingest.swedish import words

_GOAL = re.compile(r"\w*mål(?:et|en|ets|ens|sättning\w*|värdet?)?\b|\bgoals?\b|\btargets?\b", re.IGNORECASE)


_STANDING = re.compile(
    r"\bhur (?:går|gick|ligger|ser|långt|har|utvecklas|utvecklats)\b|\b(?:når|nås|nått|nåtts"
    r"|nå|uppnå\w*|uppfyll\w*|klarar|klarats?)\b"
    r"|\bpå väg\b|utfall\w*|\butveckl\w*|\b(?:öka|minska|sjunk|stig|växer|förbättra|försämra"
    r"|snabba)\w*|\bblir det (?:fler|färre|mer|mindre)\b"
    r"|\bfas\b|\btakt\w*|\blova\w*|\bstartvärde\w*|\b(?:mer|fler|färre|mindre|bättre|sämre"
    r"|högre|lägre|snabbare|renare)\b|\bvänder\b|\bblivit \w+(?:are|re)\b|\buppföljningen\b"
    r"|\boutcome|\breached?\b|\bon track\b",
    re.IGNORECASE,
)


_OTHER = re.compile(
    r"^\W*vilka\b|\bändra\w*|\bvarför\b|\bberor\b|\bförklar\w*|\b(?:gamla|förra) (?:strategin"
    r"|planen)\b|\bwhy\b|\bchanged?\b",
    re.IGNORECASE,
)
"""Asks for causes or for what was changed, not for where a goal stands."""


_LIST = re.compile(
    r"\b(?:vilka|hur många|which|how many)\b(?: \w+){0,3} (?:\w*mål(?:en)?|goals|targets)\b"
    r"|\b(?:alla|samtliga) (?:\w+ )?mål\b",
    re.IGNORECASE,
)


_WAYS: tuple[tuple[tuple[Direction, ...], str], ...] = (
    (("wrong",), r"\bfel (?:håll|riktning)|\bförsämra\w*|\bbakåt"),
    (("unmeasured",), r"\b(?:inte|ej) (?:\w+ )?(?:mät\w*|följ\w*|bedöm\w*|redovisa\w*)|\bsakna\w*|\butan utfall"),
    (("unchanged",), r"\boföränd\w*|\bstår stilla|\bstill(?:a|astående)"),
    (("wrong", "right", "unchanged"), r"\b(?:inte|ej) (?:\w+ )?(?:nått|nåtts|nås|uppnå\w*|uppfyll\w*)"),
    (("reached",), r"\b(?:nått|nåtts|nådde|uppnå\w*|uppfyll\w*|i mål|klarat\w*)"),
    (("right", "reached"), r"\brätt (?:håll|riktning)|\bpå väg|\bförbättra\w*"),
)


_CONDITIONS = tuple((directions, re.compile(pattern, re.IGNORECASE)) for directions, pattern in _WAYS)


_ROW = 200
"""Characters up to which a stretch that proves a figure is about its goal alone."""


_SAID, _BY_MEANING = 0.3, 1.2
"""The share of the question's words that a goal must hold, or the score from which meaning alone is enough."""


_TOLD = 0.1
"""What it counts that a goal has outcomes."""
_NEAR, _CLEARLY, _HOLDS_NOW = 1.0, 0.12, 0.4
"""The goal that is meant scores at least the first, and the others less than it by the second; the last is what it
counts that a goal is of the strategy that holds now. One whose year has passed is not meant unless its year is."""


def answer_goals(
    question: Question, facts: FactBase, passages: Mapping[str, Passage], likeness: Likeness
) -> ListDraft | None:
    """The goal or goals that a question means, each beside its outcomes; None for other questions."""
    if not facts.goals:
        return None
    if _LIST.search(question.text):
        return _several(question, facts.goals, passages)
    named = bool(_GOAL.search(question.text))
    if not (named or _STANDING.search(question.text)) or _OTHER.search(question.text):
        return None
    goal, score = _meant(question, facts.goals, passages, likeness)
    if goal is None or (not named and _speaks_of_other(question, goal, facts)):
        return None
    told_in = {passages[figure.proof.passage_id].document_id for one in facts.goals for figure in one.outcomes}
    return _single(question, standing(goal, passages), score, told_in, passages, likeness)


def _speaks_of_other(question: Question, goal: GoalFact, facts: FactBase) -> bool:
    """Whether the question names an entity or place that is no part of the goal."""
    there = words(f"{goal.title} {goal.indicator or ''}")
    names = [name for entity in facts.entities for name in (entity.name, *entity.aliases) if name in question.text]
    regional = (name for name in names if not name.startswith(("Region ", "Länsstyrelsen")))
    return any(not all(word in there for word in words(name)) for name in regional)


_MARKS = re.compile(r"\b(grön|gul|röd|rött|gult|grönt|bromsa|på väg|i mål)", re.IGNORECASE)


def _mark(text: str) -> str:
    """The colour or word that a text judges by, in one form."""
    found = _MARKS.search(text)
    return found[1].lower().replace("rött", "röd").rstrip("t") if found else ""


def _several(question: Question, goals: Sequence[GoalFact], passages: Mapping[str, Passage]) -> ListDraft | None:
    """The goals that meet the question's condition and subject, of the strategy that holds now or the one named."""
    asked = next((directions for directions, cue in _CONDITIONS if cue.search(question.text)), ())
    current = _current(goals, question, passages)
    mark = _mark(question.text)
    if mark and (
        marked := [
            told for goal in current if (told := standing(goal, passages)).judged and _mark(told.judged[0]) == mark
        ]
    ):
        return _goals(marked, current, mark, passages)
    subject = [
        word
        for word in topic_of(question)
        if not re.fullmatch(r"(?:19|20)\d\d", word) and not any(cue.search(word) for _, cue in _CONDITIONS)
    ]
    if subject:
        about = [goal for goal in current if fmean(holds(word, words_of(goal)) for word in subject) >= 0.5]
        current = about or ([] if not asked else current)
    found = [told for goal in current if (told := standing(goal, passages)) and (not asked or told.direction in asked)]
    if not found:
        return None
    return _goals(found, current, asked[0] if asked else "", passages)


def _goals(
    found: Sequence[Standing], current: Sequence[GoalFact], condition: str, passages: Mapping[str, Passage]
) -> ListDraft:
    known = fmean(standing(goal, passages).direction not in ("unmeasured", "unknown") for goal in current)
    strength = 0.9 if condition in ("", "unmeasured") else 0.9 * known
    return ListDraft(
        lead_key="list.goals",
        lead_values={"found": str(len(found)), "examined": str(len(current)), "condition": condition},
        rows=tuple(ListRow(name_of(told.goal), cells_of(told), told.goal.proof) for told in found),
        examined=len(current),
        complete=condition in ("", "unmeasured") or known == 1.0,
        features=ListFeatures(1.0, strength, known, 0.5, points=False),
    )


def _current(goals: Sequence[GoalFact], question: Question, passages: Mapping[str, Passage]) -> list[GoalFact]:
    """The goals of the document that looks furthest ahead, or of the one whose years the question names."""
    by_document: dict[str, list[GoalFact]] = {}
    for goal in goals:
        by_document.setdefault(passages[goal.proof.passage_id].document_id, []).append(goal)
    for document, own in by_document.items():
        years = re.findall(r"(?:19|20)\d\d", question.text)
        title = passages[own[0].proof.passage_id].title
        if years and all(year in f"{title} {document}" for year in years):
            return own

    def ahead(own: list[GoalFact]) -> tuple[float, int]:
        return max((goal.target.year or 0) if goal.target else 0 for goal in own), len(own)

    return max(by_document.values(), key=lambda own: (len(own) >= 3, *ahead(own)))


def _meant(
    question: Question, goals: Sequence[GoalFact], passages: Mapping[str, Passage], likeness: Likeness
) -> tuple[GoalFact | None, float]:
    """The goal that a question means by its words and by meaning, with a score of about 0 to 2."""
    topic = topic_of(question)
    cosines = likeness(question.text)
    every = np.concatenate(list(cosines.values()))
    mean, deviation = float(every.mean()), float(every.std()) or 1.0
    scored: list[tuple[float, float, GoalFact]] = []
    latest = max((figure.year or 0 for goal in goals for figure in goal.outcomes), default=0)
    current = {id(goal) for goal in _current(goals, question, passages)}
    for goal in goals:
        proofs = [goal.proof, *(figure.proof for figure in (goal.base, goal.target, *goal.outcomes) if figure)]
        near = (max(_cosine(proof, passages, cosines) for proof in proofs) - mean) / deviation
        named = goal.number is not None and re.search(rf"\bmål {re.escape(goal.number)}\b", question.text) is not None
        own = words_of(goal)
        beside = words(" ".join(text_at(proof, passages) for proof in proofs if proof.end - proof.start <= _ROW))
        said = fmean(max(holds(word, own), 0.8 * holds(word, beside)) for word in topic) if topic else 0.0
        year = goal.target.year or 0 if goal.target else 0
        if 0 < year < latest and str(year) not in question.text:
            continue
        bonus = _HOLDS_NOW * (id(goal) in current)
        scored.append((said + 0.25 * min(near, 4.0) + 2.0 * named + bonus, said + named, goal))
    if not scored:
        return None, 0.0
    scored.sort(key=lambda one: -one[0] - _TOLD * bool(one[2].outcomes))
    score, said, goal = scored[0]
    best = [one for one in scored if one[0] >= score - _CLEARLY]
    alone = len(best) == 1 and score >= _BY_MEANING
    return (goal, score) if score >= _NEAR and (said >= _SAID or alone) else (None, score)


def _cosine(proof: Stretch, passages: Mapping[str, Passage], cosines: Mapping[str, np.ndarray]) -> float:
    places = passages[proof.passage_id].sentences
    own = [
        float(cosines[proof.passage_id][n])
        for n, (start, end) in enumerate(places)
        if start < proof.end and end > proof.start
    ]
    return max(own, default=-1.0)


def _single(
    question: Question,
    told: Standing,
    score: float,
    told_in: set[str],
    passages: Mapping[str, Passage],
    likeness: Likeness,
) -> ListDraft:
    """One goal: the lead says which way it goes; what the documents comment stands in cells of its row."""
    goal = told.goal
    last = told.outcomes[-1] if told.outcomes else None
    before = goal.base or (told.outcomes[0] if len(told.outcomes) > 1 else None)
    values = {"goal": name_of(goal), "unit": goal.unit or "", "gap": gap(told)}
    for part, figure in (("latest", last), ("earlier", before), ("target", goal.target)):
        values |= {part: figure.value if figure else "", f"{part}_said": figure_said(figure, goal) if figure else "–"}
    comments = tuple(Cell("comment", text, at) for text, at in comments_on(question, told, told_in, passages, likeness))
    row = ListRow(name_of(goal), (*cells_of(told), *comments), goal.proof)
    known = fmean(bool(part) for part in (goal.target, last, before))
    return ListDraft(
        lead_key=f"goal.{told.direction}",
        lead_values=values,
        rows=(row,),
        examined=1,
        complete=bool(goal.target) and bool(last or comments),
        features=ListFeatures(min(1.0, score), min(1.0, score / 1.6) * (0.5 + 0.5 * known), known, 0.5, points=False),
    )
