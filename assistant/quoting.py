"""Answers in the documents' own words: the refusal, the comparison, the goals, the list or the quotes that answer.

Knows nothing of language models, nor of how a finished answer is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant import guard
from assistant.answers import Refusal, Status
from assistant.asked import Asked
from assistant.comparison import Side
from assistant.drafting import Line, escape, quoted
from assistant.extractive import select
from assistant.listing.answer import answer_list
from assistant.listing.outcomes import answer_goals
from assistant.listing.rows import ListRow
from assistant.proof import Quote
from assistant.question import Ask
from assistant.refusal import Verdict, decide
from assistant.starters import topics
from assistant.versions import describe, find_changes
from ingest.documents import Passage

EXTRACTIVE = "extractive"
_RANKED_FOR_LISTS = 20


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before its check. A row is (name, cells as (column, value), quotes)."""

    lines: tuple[Line, ...]
    status: Status = "answered"
    refusal: Refusal | None = None
    rows: tuple[tuple[str, tuple[tuple[str, str], ...], tuple[Quote, ...]], ...] | None = None
    generator: str = EXTRACTIVE
    notices: tuple[str, ...] = ()
    unknown_marks: int = 0
    suggestions: tuple[str, ...] = ()
    shared_words: float = 1.0


def answer_by_quotes(asked: Asked, proved: Callable[[Line], bool]) -> Draft:
    """The answer in the documents' own words. `proved` tells whether a line says what its quotes say."""
    if early := guard.refusal_before_search(asked.question):
        return refused(asked, Verdict(early))
    verdict = decide(asked.question, asked.candidates, asked.index)
    # Lists, goals and versions are judged entry by entry: they may answer where no single sentence is enough. Where a
    # rule found a name or figure missing, only a list that says all of it may.
    sure = verdict is not None and verdict.certain
    if not sure and (changes := _changes(asked)):
        return changes
    # A goal is found by its meaning too, unless the question hangs on a name or a figure that is not there.
    if not (sure and (asked.question.names or asked.question.numbers)) and (goals := _goals(asked)):
        return goals
    if (verdict is None or verdict.refusal == "not_in_documents") and (listed := _list(asked, sure, proved)):
        return listed
    if verdict is not None:
        return refused(asked, verdict)
    quotes = select(asked.question, asked.candidates)
    return Draft(tuple(_side_by_side(asked, quotes)), notices=_replaced(asked, quotes[0]))


def answer_both_sides(asked: Asked, compared: Sequence[Side], both: Sequence[Asked]) -> Draft | None:
    """What the documents say of each side, side by side; None where they say it of neither."""
    lines: list[Line] = []
    missing: list[str] = []
    for side, found in zip(compared, both, strict=True):
        if decide(found.question, found.candidates, found.index) is None:
            lines += [Line(f"{escape(side.name)}:"), *quoted(select(found.question, found.candidates)[0])]
        else:
            missing.append(asked.catalogue.text("answer.side_missing", {"side": side.name}))
    if len(missing) == len(both):
        return None
    return Draft(tuple(lines), "partial" if missing else "answered", notices=tuple(missing))


def refused(asked: Asked, verdict: Verdict) -> Draft:
    """A refusal, with the stretch of the documents that comes closest and questions that they can answer."""
    lines = [Line(asked.catalogue.text(f"answer.{verdict.refusal}"))]
    if verdict.closest is not None:
        if verdict.refusal == "not_in_documents":
            lines.append(Line(asked.catalogue.text("answer.closest")))
        lines.extend(quoted(verdict.closest))
    suggestions = topics(asked.index, asked.catalogue, asked.hits) if verdict.refusal != "unsafe" else ()
    return Draft(tuple(lines), "refused", verdict.refusal, suggestions=suggestions)


def _changes(asked: Asked) -> Draft | None:
    changes = find_changes(asked.question, asked.index)
    if changes is None:
        return None
    text = asked.catalogue.text
    before = text("answer.before", {"title": describe(changes.older)})
    after = text("answer.after", {"title": describe(changes.newer)})
    lines = [Line(text("answer.changes", {"count": str(len(changes.pairs))}))]
    rows = []
    for pair in changes.pairs:
        lines += [Line(f"{before}:"), *quoted(pair.older), Line(f"{after}:"), *quoted(pair.newer)]
        cells = ((before, " ".join(pair.older.text.split())), (after, " ".join(pair.newer.text.split())))
        rows.append((" – ".join(pair.newer.passage.section[-1:]), cells, (pair.older, pair.newer)))
    return Draft(tuple(lines), rows=tuple(rows))


def _goals(asked: Asked) -> Draft | None:
    scope = asked.scope
    found = answer_goals(asked.question, scope.register.goals, scope.passages, asked.catalogue, asked.likeness)
    if found is None:
        return None
    return Draft(found.lines, found.status, rows=found.rows, notices=found.notices)


def _side_by_side(asked: Asked, quotes: Sequence[Quote]) -> Iterator[Line]:
    """The quotes as lines; those of different documents each under its document's title and year."""
    documents = {document.id: document for document in asked.index.documents}
    several = len({quote.passage.document_id for quote in quotes}) > 1
    for quote in quotes:
        if several:
            yield Line(f"{escape(describe(documents[quote.passage.document_id]))}:")
        yield from quoted(quote)


def _list(asked: Asked, sure: bool, proved: Callable[[Line], bool]) -> Draft | None:
    if asked.question.ask not in (Ask.LIST, Ask.FIGURE, Ask.PLACE):
        return None
    scope = asked.scope
    found = answer_list(
        asked.question,
        _ranked(asked),
        scope.passages,
        scope.register,
        asked.findings.sentences[scope.sentences],
        asked.index.documents,
        asked.index.lexical.frequency,
    )
    if found is None or (sure and not (found.whole or found.announced)):
        return None
    alone = [(row, Line(escape(row.name), (_proof(row),), bullet=True)) for row in found.rows]
    together = _under_their_lead([quote for _, line in alone for quote in line.quotes])
    if together is not None and all(proved(replace(line, quotes=(together,))) for _, line in alone):
        alone = [(row, replace(line, quotes=(together,))) for row, line in alone]
    kept = [(row, line) for row, line in alone if proved(line)]
    if not kept:
        return None
    values = {"found": str(len(kept)), "examined": str(found.examined), "collection": found.collection}
    some = found.examined > len(found.rows) and asked.question.ask is not Ask.FIGURE
    heading = Line(asked.catalogue.text("answer.found_of_examined" if some else "answer.count_of", values))
    return Draft(
        (heading, *(line for _, line in kept)),
        rows=tuple(
            (row.name, row.cells, (*line.quotes, *(Quote(*cell) for cell in row.further))) for row, line in kept
        ),
    )


def _proof(row: ListRow) -> Quote:
    """The stretch that proves a row, with the heading that names it where the stretch itself does not."""
    quote, name = Quote(row.passage, row.start, row.end), row.name.casefold()
    if name in " ".join(quote.text.split()).casefold():
        return quote
    return replace(quote, heading=next((one for one in row.passage.section[::-1] if name in one.casefold()), ""))


def _under_their_lead(items: Sequence[Quote]) -> Quote | None:
    """The one stretch that holds all these items and the sentence that leads to them, where they make up one list.

    An item alone ("Byanätverket") does not prove what it is an example of.
    """
    passage, start, end = items[0].passage, items[0].start, items[-1].end
    if any(item.passage.id != passage.id for item in items) or len(items) < 2:
        return None
    lead = max((sentence for sentence in passage.sentences if sentence[1] <= start), default=None)
    if lead is None or not passage.text[lead[0] : lead[1]].rstrip().endswith(":"):
        return None
    ends, starts = (lead[1], *(item.end for item in items)), (item.start for item in items)
    between = "".join(passage.text[one:other] for one, other in zip(ends, starts, strict=False))
    return None if any(letter.isalnum() for letter in between) else Quote(passage, lead[0], end)


def _ranked(asked: Asked) -> list[Passage]:
    """The best passages, best first."""
    return [asked.index.passages[number] for number in asked.findings.order[:_RANKED_FOR_LISTS]]


def _replaced(asked: Asked, quote: Quote) -> tuple[str, ...]:
    """A sentence where the quoted document has a newer version."""
    if any(document.supersedes == quote.passage.document_id for document in asked.index.documents):
        return (asked.catalogue.text("answer.older_version", {"title": quote.passage.title}),)
    return ()
