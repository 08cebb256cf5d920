"""Goals against their outcomes: where a goal stands, which way it goes, and what the documents leave unsaid."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

import numpy as np

from assistant.lists.draft import Cell, Likeness, ListDraft, ListFeatures, ListRow
from assistant.matching import match
from assistant.question import Question
from ingest.documents import Passage
from ingest.facts.types import FactBase, Figure, GoalFact, Stretch
from ingest.swedish import content_words, stem, words

Direction = Literal["reached", "right", "wrong", "unchanged", "unknown", "unmeasured"]

_GOAL = re.compile(r"\w*mål(?:et|en|ets|ens|sättning\w*|värdet?)?\b|\bgoals?\b|\btargets?\b", re.IGNORECASE)
_STANDING = re.compile(
    r"\bhur (?:går|gick|ligger|ser|långt|har|utvecklas|utvecklats)\b|\b(?:når|nås|nått|nåtts"
    r"|nå|uppnå\w*|uppfyll\w*|klarar|klarats?)\b"
    r"|\bpå väg\b|\butfall\w*|\butveckl\w*|\b(?:öka|minska|sjunk|stig|växer|förbättra|försämra"
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
_JUDGED = re.compile(
    r"(?:rätt|fel) (?:riktning|håll)[^|.;\n]{0,40}|\b(?:i stort sett )?oförändra[dt]\b|\bför"
    r" långsam\w*|\bBROMSAD\b|\bPÅ VÄG\b|\bI MÅL\b"
    r"|\b(?:grön|gul|röd)t?\b|\b(?:kan|kunnat) (?:inte|ej) [^|.;]{0,30}|\buppgift saknas\b"
    r"|\b(?:delvis )?uppnått\b|\bej uppnått\b",
    re.IGNORECASE,
)
_SILENT = re.compile(
    r"\b(?:inte|ej)\b(?: \w+){0,4} (?:mäts?|mätts?|mätas|följa?s?|följts?|bedömas?|bedömts"
    r"|redovisas?|jämföras?)\b|\bföljs inte\b"
    r"|\b(?:ej|inte) bedöm\w*|\b(?:uppgift|värde|data|statistik)\w* saknas|\bsaknas\b|\bgår"
    r" (?:inte|ej) att\b|\bklassar\b|\bförst (?:19|20)\d\d",
    re.IGNORECASE,
)
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
_CODE = 5
"""Characters under which a goal's title is a code ("M5")."""
_CHART = 900
"""Characters up to which a passage may be the labels of a chart."""
_ROW = 200
"""Characters up to which a stretch that proves a figure is about its goal alone."""
_SAID, _BY_MEANING = 0.3, 1.3
"""The share of the question's words that a goal must hold, or the score from which meaning alone is enough."""
_NEAR, _CLEARLY, _HOLDS_NOW = 1.0, 0.12, 0.4
"""The goal that is meant scores at least the first, and the others less than it by the second; the last is what it
counts that a goal is of the strategy that holds now, and against one whose year has passed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a goal stands: the latest figure of each year, oldest first, and which way it goes from the first to the
    last. `judged` is the documents' own judgement, with its stretch.
    """

    goal: GoalFact
    outcomes: tuple[Figure, ...]
    direction: Direction
    judged: tuple[str, Stretch] | None


def number(written: str) -> float | None:
    """The number in a figure as written: "12,0", "71 940", "högst 6 %". None where it has none."""
    found = re.search(r"\d{1,3}(?:[ \u00a0.]\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?", written)
    if found is None:
        return None
    plain = re.sub(r"[ \u00a0]|\.(?=\d{3}\b)", "", found[0])
    return float(plain.replace(",", "."))


def standing(goal: GoalFact, passages: Mapping[str, Passage]) -> Standing:
    """Where a goal stands by its figures; a later figure of a year corrects an earlier one."""
    latest: dict[int | None, Figure] = {}
    for figure in goal.outcomes:
        latest.pop(figure.year, None)
        latest[figure.year] = figure
    outcomes = tuple(sorted(latest.values(), key=lambda figure: figure.year or 0))
    judged = next((told for figure in reversed(outcomes) if (told := _judged(figure.proof, passages))), None)
    return Standing(goal, outcomes, _direction(goal, outcomes), judged)


def _judged(proof: Stretch, passages: Mapping[str, Passage]) -> tuple[str, Stretch] | None:
    found = _JUDGED.search(passages[proof.passage_id].text, proof.start, proof.end)
    return (" ".join(found[0].split()), proof) if found else None


def _direction(goal: GoalFact, outcomes: Sequence[Figure]) -> Direction:
    """Which way the last outcome lies from the base (else the first outcome), seen from the target."""
    if not outcomes:
        return "unmeasured"
    last = number(outcomes[-1].value)
    target = number(goal.target.value) if goal.target else None
    first_figure = goal.base or (outcomes[0] if len(outcomes) > 1 else None)
    first = number(first_figure.value) if first_figure else None
    if last is None or target is None or first is None or first == target:
        return "unknown"
    if (last >= target) if target > first else (last <= target):
        return "reached"
    if abs(last - first) < 0.02 * abs(target - first):
        return "unchanged"
    return "right" if (last > first) == (target > first) else "wrong"


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
        for word in _topic(question)
        if not re.fullmatch(r"(?:19|20)\d\d", word) and not any(cue.search(word) for _, cue in _CONDITIONS)
    ]
    if subject:
        about = [goal for goal in current if fmean(_holds(word, _words_of(goal)) for word in subject) >= 0.5]
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
        rows=tuple(ListRow(_name(told.goal), _cells(told), told.goal.proof) for told in found),
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


def _topic(question: Question) -> list[str]:
    plain = (
        re.sub(r"(?<=\w{4})s?(?:mål|utfall)(?:et|en|ets|ens)?$", "", word) for word in content_words(question.text)
    )
    return [word for word in plain if word and stem(word) not in _WIDE]


def _words_of(goal: GoalFact) -> list[str]:
    return words(f"{goal.title} {goal.indicator or ''} {' '.join(goal.section[-1:])}")


def _holds(word: str, there: Sequence[str]) -> float:
    return max((max(match(word, other), 0.9 * match(other, word)) for other in there), default=0.0)


def _meant(
    question: Question, goals: Sequence[GoalFact], passages: Mapping[str, Passage], likeness: Likeness
) -> tuple[GoalFact | None, float]:
    """The goal that a question means by its words and by meaning, with a score of about 0 to 2."""
    topic = _topic(question)
    cosines = likeness(question.text)
    every = np.concatenate(list(cosines.values()))
    mean, deviation = float(every.mean()), float(every.std()) or 1.0
    scored: list[tuple[float, int, float, GoalFact]] = []
    latest = max((figure.year or 0 for goal in goals for figure in goal.outcomes), default=0)
    current = {id(goal) for goal in _current(goals, question, passages)}
    for goal in goals:
        proofs = [goal.proof, *(figure.proof for figure in (goal.base, goal.target, *goal.outcomes) if figure)]
        near = (max(_cosine(proof, passages, cosines) for proof in proofs) - mean) / deviation
        named = goal.number is not None and re.search(rf"\bmål {re.escape(goal.number)}\b", question.text) is not None
        own = _words_of(goal)
        beside = words(" ".join(_text(proof, passages) for proof in proofs if proof.end - proof.start <= _ROW))
        said = fmean(max(_holds(word, own), 0.8 * _holds(word, beside)) for word in topic) if topic else 0.0
        year = goal.target.year or 0 if goal.target else 0
        expired = 0 < year < latest and str(year) not in question.text
        holds = _HOLDS_NOW * (id(goal) in current) - _HOLDS_NOW * expired
        scored.append((said + 0.25 * min(near, 4.0) + 2.0 * named + holds, year, said + named, goal))
    scored.sort(key=lambda one: -one[0])
    best = [one for one in scored if one[0] >= scored[0][0] - _CLEARLY]
    score, _, said, goal = max(best, key=lambda one: (bool(one[3].outcomes), one[1], one[0]))
    alone = len(best) == 1 and score >= _BY_MEANING
    return (goal, score) if score >= _NEAR and (said >= _SAID or alone) else (None, score)


def _text(at: Stretch, passages: Mapping[str, Passage]) -> str:
    return " ".join(passages[at.passage_id].text[at.start : at.end].split())


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
    values = {"goal": _name(goal), "unit": goal.unit or ""}
    for name, figure in (("latest", last), ("earlier", before), ("target", goal.target)):
        values |= {name: figure.value if figure else "", f"{name}_year": str(figure.year or "") if figure else ""}
    comments = tuple(Cell("comment", text, at) for text, at in _comments(question, told, told_in, passages, likeness))
    row = ListRow(_name(goal), (*_cells(told), *comments), goal.proof)
    known = fmean(bool(part) for part in (goal.target, last, before))
    return ListDraft(
        lead_key=f"goal.{told.direction}",
        lead_values=values,
        rows=(row,),
        examined=1,
        complete=bool(goal.target) and bool(last or comments),
        features=ListFeatures(min(1.0, score), min(1.0, score / 1.6) * (0.5 + 0.5 * known), known, 0.5, points=False),
    )


def _name(goal: GoalFact) -> str:
    """What a goal is called: its title, with its indicator where the title is a mere code."""
    return f"{goal.title} {goal.indicator}" if len(goal.title) < _CODE and goal.indicator else goal.title


def _cells(told: Standing) -> tuple[Cell, ...]:
    goal = told.goal
    cells = [Cell("base", _figure(goal.base, goal), goal.base.proof)] if goal.base else []
    cells += [Cell("outcome", _figure(figure, goal), figure.proof) for figure in reversed(told.outcomes)]
    cells += [Cell("target", _figure(goal.target, goal), goal.target.proof)] if goal.target else []
    proof = told.outcomes[-1].proof if told.outcomes else goal.proof
    cells.append(Cell("direction", f"goal.way_{told.direction}", proof, worded=True))
    cells += [Cell("judgement", *told.judged)] if told.judged else []
    return tuple(cells)


def _figure(figure: Figure, goal: GoalFact) -> str:
    unit = goal.unit if goal.unit and goal.unit not in figure.value and len(goal.unit) <= 20 else ""
    return " ".join(part for part in (figure.value, unit, f"({figure.year})" if figure.year else "") if part)


def _comments(
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
        for word in dict.fromkeys((*_words_of(told.goal), *_topic(question)))
        if len(word) > 4 and stem(word) not in _WIDE
    ]
    figures = (*told.outcomes, told.goal.base, told.goal.target)
    cited = {(figure.proof.passage_id, figure.proof.start) for figure in figures if figure}
    found: list[tuple[float, str, Stretch]] = []
    for passage in passages.values():
        for order, (start, end) in enumerate(passage.sentences):
            near = (float(cosines[passage.id][order]) - mean) / deviation
            text = " ".join(passage.text[start:end].split())
            said = sum(_holds(word, words(text)) >= 0.6 for word in mine)
            if (
                near < 1.5
                or said < (1 if near > 2.5 else 2)
                or (passage.id, start) in cited
                or not (text.endswith(".") or _SILENT.search(text))
            ):
                continue
            if not told.outcomes and _SILENT.search(text):
                end = passage.sentences[min(order + 1, len(passage.sentences) - 1)][1]
                near += 2.0
            elif not told.outcomes or passage.document_id not in told_in:
                continue
            at = Stretch(passage.id, start, end)
            found.append((near + 0.3 * min(said, 4), _text(at, passages), at))
    best = sorted(found, key=lambda one: -one[0])[:2]
    return [(text, at) for _, text, at in best] + (
        [] if told.outcomes else _places(told.goal, _topic(question), mine, passages)
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
        said = max(fmean(_holds(word, there) for word in some) if some else 0.0 for some in (topic, mine))
        found.append((said + 0.1 * bool(_GOAL.search(" ".join(passage.section[-1:]))), passage))
    best = sorted(found, key=lambda one: -one[0])[:2]
    return [(" ".join(one.text.split()), Stretch(one.id, 0, len(one.text))) for said, one in best if said >= 0.5]
