"""Answers without a language model: which stretches of the documents are quoted for a question.

Quotes are whole sentences in their order on the page. Neighbouring sentences of one passage are quoted together when
both help, a sentence that points back brings the one it points to, and a list is quoted whole with its lead-in.
Knows nothing of marks, boxes or Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.judge import Candidate
from assistant.pointing import points_back
from assistant.proof import Quote
from assistant.question import Ask, Question
from assistant.wanted import counts, explains, focus
from ingest.documents import Passage, PassageKind

_NEIGHBOUR = 0.02
"""A neighbouring sentence is quoted along when its probability is at least this share of the best one's."""
_NEIGHBOUR_OF_SETTLED = 0.3
"""The same share where the best sentence holds the figure, date or name that is asked for."""
_NEIGHBOUR_OF_ROW = 0.6
"""The same share for the rows of a table."""
_FURTHER = 0.55
"""A further place is quoted when its probability is at least this share of the best one's, for open questions."""
_MOST_PLACES = 3
_COUNTING = 0.1
"""Share of the best probability from which a sentence that counts the very thing asked for comes first."""
_EXPLAINING = 0.2
"""The same share for a sentence that says what the thing asked about is."""
_OPEN = frozenset({Ask.REASON, Ask.COMPARE, Ask.OVERVIEW})
_TOLD = frozenset({Ask.OVERVIEW, Ask.REASON})
"""Questions that a sentence answers, never the row of a table."""
_SHORT = frozenset({Ask.FIGURE, Ask.DATE, Ask.NAME, Ask.PLACE, Ask.YES_NO})
_LONGEST_WORDS = {True: 60, False: 140}
"""Words that one quote may have: for questions with a short answer, and for others."""
_CAPTION = re.compile(r"^\W*(tabell|figur|diagram|bild|karta|table|figure)\s*\d", re.IGNORECASE)
_BOTH_SIDES = re.compile(
    r"\b(hur (har det gått|gick det|går det)|vad har (faktiskt )?(hänt|skett|gjorts)|utfall\w*|nått|uppfyll\w*|uppnå\w*"
    r"|resultat\w*|respektive|samma (sak|som)|skilj\w*|skillnad\w*|jämför\w*|båda dokument\w*)\b"
    r"|\boch\b.*\bnu\W*$",
    re.IGNORECASE,
)
_OTHER_DOCUMENT = 0.25
"""A question about two sides (goal and outcome, one document and another) is answered from another document too when
its best sentence has at least this share of the best one's probability."""


def select(question: Question, candidates: Sequence[Candidate]) -> tuple[Quote, ...]:
    """The quotes that answer, best first; `candidates` come best first and are not empty."""
    if _BOTH_SIDES.search(question.text):
        return _both_sides(question, candidates)
    best = _best(question, candidates)
    quotes = [_around(question, best, candidates)]
    for candidate in candidates if question.ask in _OPEN else ():
        if len(quotes) == _MOST_PLACES or candidate.probability < _FURTHER * best.probability:
            break
        if not any(_overlap(quote, candidate) for quote in quotes):
            quotes.append(_around(question, candidate, candidates))
    return tuple(quotes)


def _best(question: Question, candidates: Sequence[Candidate]) -> Candidate:
    """The most probable sentence; a caption only names a table, and a figure asked for stands beside what it counts.

    What a section has in its heading is best told from where that section begins.
    """
    stating = [candidate for candidate in candidates if not _CAPTION.search(candidate.text)] or list(candidates)
    if question.ask in _TOLD:
        stating = [one for one in stating if one.passage.kind is not PassageKind.TABLE] or stating
    if question.ask is Ask.FIGURE:
        least, counted = _COUNTING * stating[0].probability, focus(question)
        counting = (c for c in stating if counts(counted, c.text) and c.probability >= least)
        return next(counting, stating[0])
    if question.ask is Ask.DEFINITION:
        least = _EXPLAINING * stating[0].probability
        explaining = (c for c in stating if c.probability >= least and _explains(question, c))
        return next(explaining, stating[0])
    if question.ask is Ask.OVERVIEW:
        opening = (c for c in stating if c.sentence == 0 and c.feature("coverage_heading") == 1.0)
        return next(opening, stating[0])
    return stating[0]


def _explains(question: Question, candidate: Candidate) -> bool:
    return explains(question, candidate.text, " ".join(candidate.passage.section[-1:]))


def _both_sides(question: Question, candidates: Sequence[Candidate]) -> tuple[Quote, ...]:
    """The best quote, and the best one of another document, or else of another section."""
    best = _best(question, candidates)
    least = _OTHER_DOCUMENT * best.probability
    others = [candidate for candidate in candidates if candidate.probability >= least]
    second = next((other for other in others if other.passage.document_id != best.passage.document_id), None)
    second = second or next((other for other in others if other.passage.id != best.passage.id), None)
    chosen = [best] if second is None else [best, second]
    return tuple(_around(question, candidate, candidates) for candidate in chosen)


def _around(question: Question, best: Candidate, candidates: Sequence[Candidate]) -> Quote:
    """The best sentence with those neighbours that belong to the answer."""
    passage = best.passage
    if passage.kind is PassageKind.LIST and _wants_whole_list(question, best):
        return Quote(passage, passage.sentences[0][0], passage.sentences[-1][1])
    probabilities = {
        candidate.sentence: candidate.probability for candidate in candidates if candidate.passage.id == passage.id
    }
    first = last = best.sentence
    limit = _LONGEST_WORDS[question.ask in _SHORT]
    least = _neighbour(question, best) * best.probability
    while True:
        chosen: tuple[int, int] | None = None
        before, after = probabilities.get(first - 1, 0.0), probabilities.get(last + 1, 0.0)
        if first > 0 and points_back(_sentence(passage, first)):
            before = max(before, best.probability)
        options = sorted(((before, first - 1, last), (after, first, last + 1)), reverse=True)
        for value, start, end in options:
            fits = start >= 0 and end < len(passage.sentences) and _word_count(passage, start, end) <= limit
            if fits and value >= least:
                chosen = (start, end)
                break
        if chosen is None:
            return Quote(passage, passage.sentences[first][0], passage.sentences[last][1])
        first, last = chosen


def _neighbour(question: Question, best: Candidate) -> float:
    if best.passage.kind is PassageKind.TABLE:
        return _NEIGHBOUR_OF_ROW
    settled = question.ask in _SHORT and question.ask is not Ask.YES_NO and not best.feature("kind_missing")
    settled |= question.ask is Ask.DEFINITION and _explains(question, best)
    return _NEIGHBOUR_OF_SETTLED if settled else _NEIGHBOUR


def _wants_whole_list(question: Question, best: Candidate) -> bool:
    return question.ask is Ask.LIST or best.text.rstrip().endswith(":")


def _overlap(quote: Quote, candidate: Candidate) -> bool:
    start, end = candidate.passage.sentences[candidate.sentence]
    return quote.passage.id == candidate.passage.id and quote.start < end and start < quote.end


def _sentence(passage: Passage, number: int) -> str:
    start, end = passage.sentences[number]
    return passage.text[start:end]


def _word_count(passage: Passage, first: int, last: int) -> int:
    return len(passage.text[passage.sentences[first][0] : passage.sentences[last][1]].split())
