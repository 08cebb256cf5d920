"""From evidence to a draft: an answer, a list, places where the answer may be, or a refusal.

Every line is copied from the documents. Knows nothing of language models, nor of how a finished answer is checked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answers import Refusal, Status
from assistant.catalogue import Catalogue
from assistant.drafting import Line, Quote, escape, points_back, quoted
from assistant.question import Ask, Question
from assistant.spans import Candidate
from ingest.documents import Passage, PassageKind
from ingest.facts.figures import changed, numbers, set_right
from ingest.facts.vocabulary import expression
from ingest.swedish import content_words, stem, words

EXTRACTIVE = "extractive"
PLACES_SHOWN = 3
_PLACE_WORDS = 90
"""Words that a place to look shows at most: the likely sentence and what surrounds it."""
_SHORT = frozenset({Ask.FIGURE, Ask.DATE, Ask.NAME, Ask.PLACE, Ask.YES_NO})
_ANSWER_WORDS = {True: 40, False: 110}
"""Words that an answer has at most: where a clause answers, and where an explanation is asked for."""
_SECOND_SHARE = {True: 0.10, False: 0.06}
"""A further sentence is quoted when its share is at least this part of the best one's."""
_PREDECESSOR_WORDS = 25
_CORRECTION_REACH = 2
_TELLING = 5
"""Letters from which a word that two sentences share tells that they are about one thing."""
_BESIDE = 0.4
"""Share of common words, figures apart, from which two lines of one passage are of one form."""
_NEARLY_SAME = 0.8
"""Share of common words (Jaccard) from which two stretches say the same."""


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One row of a list answer before its marks are numbered: its name with what proves it, and its cells.

    A cell is a column with its values, each with the quote that proves it.
    """

    name: str
    cells: tuple[tuple[str, tuple[tuple[str, Quote], ...]], ...]
    quotes: tuple[Quote, ...]

    @property
    def all_quotes(self) -> tuple[Quote, ...]:
        """What proves the row and its cells."""
        return (*self.quotes, *(quote for _, values in self.cells for _, quote in values))


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before its check. `confidence` is the calibrated probability, 0 to 1, that it is right."""

    lines: tuple[Line, ...]
    status: Status = "answered"
    refusal: Refusal | None = None
    rows: tuple[DraftRow, ...] | None = None
    generator: str = EXTRACTIVE
    notices: tuple[str, ...] = ()
    unknown_marks: int = 0
    suggestions: tuple[str, ...] = ()
    confidence: float = 0.0


def answer(question: Question, ranked: Sequence[Candidate], confidence: float) -> Draft:
    """The first band: the sentence that answers, then what belongs to it. `ranked` comes best first."""
    best = ranked[0]
    short = question.ask in _SHORT
    right = _what_sets_right(question, best, ranked)
    quotes = [*([_sentence(right)] if right else []), _with_predecessor(best)]
    for other in ranked[1:]:
        if other.share < _SECOND_SHARE[short] * best.share or len(quotes) == PLACES_SHOWN:
            break
        length = sum(len(quote.text.split()) for quote in quotes) + len(other.text.split())
        known = _is_beside(question, best, other) or any(_says(quote, other) for quote in quotes)
        if length <= _ANSWER_WORDS[short] and not known:
            quotes.append(_sentence(other))
    return Draft(tuple(line for quote in quotes for line in quoted(quote)), confidence=confidence)


def _what_sets_right(question: Question, best: Candidate, ranked: Sequence[Candidate]) -> Candidate | None:
    """The sentence that sets a figure of the best one right or changes it, and shares a word with it or with the
    question; None where none does.
    """
    figures = {one.amount for one in numbers(best.text)}
    every = content_words(f"{best.text} {question.text}")
    said = {stem(word) for word in every if word.isalpha() and len(word) >= _TELLING}
    for other in ranked if figures else ():
        told = set_right(other.text) or changed(other.text)
        stale = told is not None and told[1].amount in figures and told[0].amount not in figures
        if stale and other.passage.id != best.passage.id and not said.isdisjoint(map(stem, content_words(other.text))):
            return other
    return None


def _is_beside(question: Question, best: Candidate, other: Candidate) -> bool:
    """Whether a line of the best one's passage says the same of something else: it lacks words of the question that the
    best one has ("format A3" where A1 is asked for), and is otherwise like it, or a row of the same table; or a row of
    any table, where the question means the best one.
    """
    if other.feature("row_passed_over") > best.feature("row_passed_over"):
        return True
    own, others = (set(words(one.text)) for one in (best, other))
    lacks = (own - others) & set(words(question.text))
    alike = len(own & others) >= _BESIDE * sum(not word.isdigit() for word in own | others)
    alike = alike or other.passage.kind is PassageKind.TABLE
    return other.passage.id == best.passage.id and bool(lacks) and alike


def is_told_whole(question: Question, draft: Draft) -> bool:
    """Whether the quotes name all that a question compares by name, and hold what the first of them leads to."""
    quotes = [quote for line in draft.lines for quote in line.quotes]
    told = " ".join(f"{quote.text} {quote.passage.section[-1:]}" for quote in quotes)
    named = (re.search(rf"\b{re.escape(name)}", told) is not None for name in question.names)
    leads = bool(quotes) and _leads_on(quotes[0].passage, quotes[0].text)
    return not leads and (question.ask is not Ask.COMPARE or len(question.names) < 2 or all(named))


def shortened(draft: Draft) -> Draft:
    """The draft with the first of its quoted lines alone; lists and refusals as they are."""
    first = next((place for place, line in enumerate(draft.lines) if line.all_quotes), None)
    return draft if first is None or draft.rows is not None else replace(draft, lines=draft.lines[: first + 1])


def places(ranked: Sequence[Candidate], catalogue: Catalogue, confidence: float) -> Draft:
    """The middle band: the best passages, each with the likely sentence in bold, said to be places to look."""
    lines = [Line(catalogue.text("answer.places"))]
    for candidate in places_to_look(ranked):
        lines.append(Line(f"**{_place_name(candidate.passage, catalogue)}:**"))
        lines.extend(_marked(_surroundings(candidate), candidate))
    return Draft(tuple(lines), "partial", confidence=confidence)


def places_to_look(ranked: Sequence[Candidate]) -> list[Candidate]:
    """The best sentence of each of the best passages; passages with the same text count once."""
    chosen: list[Candidate] = []
    for candidate in ranked:
        if not any(_alike(candidate.passage.text, one.passage.text) for one in chosen):
            chosen.append(candidate)
        if len(chosen) == PLACES_SHOWN:
            break
    return chosen


def refused(
    refusal: Refusal, closest: Candidate | None, catalogue: Catalogue, suggestions: tuple[str, ...] = ()
) -> Draft:
    """The third band: a typed refusal, with the sentence of the documents that comes closest."""
    lines = [Line(catalogue.text(f"answer.{refusal}"))]
    if closest is not None:
        lines += [Line(catalogue.text("answer.closest")), *quoted(_sentence(closest))]
    return Draft(tuple(lines), "refused", refusal, suggestions=suggestions if refusal != "unsafe" else ())


def _sentence(candidate: Candidate) -> Quote:
    return _stretch(candidate.passage, candidate.sentence, candidate.sentence)


def _stretch(passage: Passage, first: int, last: int) -> Quote:
    return Quote(passage, passage.sentences[first][0], passage.sentences[last][1])


def _with_predecessor(candidate: Candidate) -> Quote:
    """The sentence, with the short one before it where it points back, the list that it leads to, and what corrects it
    right after it."""
    passage, first = candidate.passage, candidate.sentence
    if _leads_on(passage, candidate.text):
        whole = passage.kind is PassageKind.LIST
        found = (_stretch(passage, first, end) for end in range(len(passage.sentences) - 1, first, -1))
        fitting = (one for one in found if whole or len(one.text.split()) <= _ANSWER_WORDS[False])
        return next(fitting, _sentence(candidate))
    last = _corrected(passage, first)
    if first and passage.kind is not PassageKind.TABLE and points_back(candidate.text):
        first -= len(_stretch(passage, first - 1, first - 1).text.split()) <= _PREDECESSOR_WORDS
    return _stretch(passage, first, last)


def _leads_on(passage: Passage, text: str) -> bool:
    """Whether a sentence leads to what comes after it: by a colon, or as the open first line of a list."""
    text = text.rstrip()
    opens = passage.kind is PassageKind.LIST and len(passage.sentences) > 1 and text[:1].isalpha()
    return text.endswith(":") or (
        opens and text[-1:].isalnum() and passage.text[slice(*passage.sentences[0])].rstrip() == text
    )


def _corrected(passage: Passage, number: int) -> int:
    """The sentence that corrects a sentence close after it ("Rätt siffra är 12"), else the sentence itself."""
    for later in range(number + 1, min(number + 1 + _CORRECTION_REACH, len(passage.sentences))):
        if expression("cues", "corrects").search(passage.text[slice(*passage.sentences[later])]):
            return later
    return number


def _surroundings(candidate: Candidate) -> Quote:
    """As much of the passage around the sentence as a place to look may show, whole sentences."""
    passage = candidate.passage
    first = last = candidate.sentence
    if passage.kind is PassageKind.TABLE:
        return _sentence(candidate)
    grown = True
    while grown:
        grown = False
        for start, end in ((first, last + 1), (first - 1, last)):
            if start < 0 or end == len(passage.sentences):
                continue
            if len(_stretch(passage, start, end).text.split()) <= _PLACE_WORDS:
                first, last, grown = start, end, True
                break
    return _stretch(passage, first, last)


def _marked(quote: Quote, likely: Candidate) -> tuple[Line, ...]:
    """The quote as lines, the likely sentence in bold; a table as its rows."""
    if quote.passage.kind in (PassageKind.TABLE, PassageKind.LIST):
        return quoted(quote)
    start, end = likely.passage.sentences[likely.sentence]
    before, middle, after = (
        escape(" ".join(quote.passage.text[one:other].split()))
        for one, other in ((quote.start, start), (start, end), (end, quote.end))
    )
    return (Line(" ".join(part for part in (before, f"**{middle}**", after) if part), (quote,)),)


def _place_name(passage: Passage, catalogue: Catalogue) -> str:
    """ "Title, s. 12 – Heading", as Markdown."""
    page = catalogue.text("answer.page", {"page": str(passage.page)}) if passage.page else ""
    place = ", ".join(part for part in (passage.title, page) if part)
    heading = passage.section[-1] if passage.section and passage.section[-1] != passage.title else ""
    return escape(" – ".join(part for part in (place, heading) if part))


def _says(quote: Quote, other: Candidate) -> bool:
    start = other.passage.sentences[other.sentence][0]
    inside = quote.passage.id == other.passage.id and quote.start <= start < quote.end
    return inside or _alike(quote.text, other.text)


def _alike(one: str, other: str) -> bool:
    a, b = set(words(one)), set(words(other))
    return one == other or (bool(a | b) and len(a & b) >= _NEARLY_SAME * len(a | b))
