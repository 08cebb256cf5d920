"""Questions about the documents as a whole: what can be asked, how the strategy is built, what to read, summaries.

Answered from the facts and from the documents' own leading sentences, each with its source; never paraphrased.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from assistant.answers import Status
from assistant.catalogue import Catalogue
from assistant.compose import Draft, DraftRow
from assistant.document_meant import REPORT, document_meant
from assistant.drafting import Line, escape, quoted
from assistant.proof import Quote
from assistant.starters import starters
from ingest.documents import Passage, PassageKind
from ingest.facts.figures import YEAR_FORM
from ingest.facts.types import Entity, FactBase, GoalFact, Stretch
from ingest.facts.vocabulary import NUMERALS, said
from ingest.indexing.relations import adoption
from ingest.store.passage_index import PassageIndex
from ingest.swedish import STOPWORDS, content_words, words

_HELP = re.compile(
    r"\bvad kan (du|jag|man|ni) (hjälpa|svara|fråga|göra)|\bhur (fungerar|använder) (du|jag|det här)\b|\bvad är du\b"
    r"|\bwhat can (you|i)\b|\bhow do(es)? (this|it) work\b",
    re.IGNORECASE,
)
_STRUCTURE = re.compile(
    r"\bhur är (\w+ )*(strategin|rus|planen|programmet) (uppbyggd|upplagd|strukturerad|indelad|uppdelad)"
    r"|\bvad består (strategin|rus) av\b|\bstrategins (delar|struktur|uppbyggnad)\b"
    r"|\bhow is the strategy (built|structured)",
    re.IGNORECASE,
)
_READ_FIRST = re.compile(
    r"\bvad (ska|bör) (jag|man) läsa (först)?\b|\bvar (ska|bör) (jag|man) börja\b"
    r"|\bvilka dokument (finns|har du|är inlästa)"
    r"|\bwhat should i read\b|\bwhich documents\b",
    re.IGNORECASE,
)
_SUMMARY = re.compile(r"\b(sammanfatta|summera|sammanfattning av|summari[sz]e)\b(?P<what>.*)", re.IGNORECASE)
_ASKS_ALL = re.compile(
    r"^\W*(och )?(vilka|hur många|nämn|lista|räkna upp|visa|ge mig|which|what|list|name|how many)\b", re.IGNORECASE
)
_OF_STRATEGY = frozenset(
    """strategi strategin strategins rus länet länets regionen regionens regional regionala utvecklingsstrategin
    finns har bygger vilar rymmer anger beskrivs dokumenten pekas lyfts ut fram alla samtliga
    strategy strategys region regions documents
    describe described""".split()
)
"""Words of such a question that narrow nothing."""
_ADOPTION = re.compile(
    r"^\W*(?:och )?(?:när|vem|av vem|vilk(?:et|en) (?:datum|dag|år|nämnd|instans)|when)\b.*"
    r"\b(?:antogs|antog|antagits|beslutades|beslutade om|fastställdes?|godkändes|klubbade?s?|adopted|decided)\b",
    re.IGNORECASE,
)
_MOST_OF_A_KIND, _MOST_SENTENCES, _SHORTEST_WORDS = 12, 10, 6


def overview(question: str, index: PassageIndex, catalogue: Catalogue) -> Draft | None:
    """The answer to a question about the whole, None for other questions."""
    if _HELP.search(question):
        asking = tuple(Line(escape(one), bullet=True) for one in starters(index, catalogue))
        return _of(catalogue, "help", (*_documents(index), Line(catalogue.text("overview.ask")), *asking))
    if _READ_FIRST.search(question):
        return _of(catalogue, "read_first", _documents(index))
    if _STRUCTURE.search(question):
        return _of(catalogue, "structure", tuple(_structure(index, catalogue)))
    if level := _level_asked(question, index.facts):
        return _level(*level, question, index, catalogue)
    if _ADOPTION.search(question) and (adopted := _adopted(question, index)):
        return adopted
    if found := _SUMMARY.search(question):
        return _summary(found["what"], index, catalogue)
    return None


def _of(catalogue: Catalogue, key: str, lines: Sequence[Line]) -> Draft | None:
    if not any(line.quotes for line in lines):
        return None
    return Draft((Line(catalogue.text(f"overview.{key}")), *lines), "answered", confidence=0.95)


def _documents(index: PassageIndex) -> tuple[Line, ...]:
    """The documents, plans before reports, each with how it begins."""
    lines = []
    for document in sorted(index.documents, key=lambda one: (bool(REPORT.search(one.title)), -(one.year or 0))):
        first = next((one for one in index.passages if one.document_id == document.id and _tells(one)), None)
        if first is not None:
            year = f" ({document.year})" if document.year and str(document.year) not in document.title else ""
            lines.append(_bullet(f"{document.title}{year}", Quote(first, *first.sentences[0])))
    return tuple(lines)


def _bullet(name: str, quote: Quote) -> Line:
    """ "**Name:** sentence", the sentence copied from the quote and the name from its document or headings."""
    return Line(f"**{escape(name)}:** {escape(' '.join(quote.text.split()))}", (quote,), bullet=True, verified=True)


def _structure(index: PassageIndex, catalogue: Catalogue) -> Iterator[Line]:
    facts = index.facts
    by_id = {passage.id: passage for passage in index.passages}
    for key, entries in _levels(facts):
        shown = list(dict.fromkeys(entries))[:_MOST_OF_A_KIND]
        if shown:
            yield Line(f"**{catalogue.text(f'overview.{key}')}:**")
        for name, proof in shown:
            passage = by_id[proof.passage_id]
            yield Line(escape(name), (Quote(passage, proof.start, proof.end),), bullet=True, verified=True)


def _level_asked(question: str, facts: FactBase) -> tuple[str, Sequence[Entity]] | None:
    """The noun that asks for a level of the strategy as a whole, with all of it; None where the question narrows it or
    asks for else.
    """
    if not _ASKS_ALL.search(question):
        return None
    for level, entries in _set_out(facts).items():
        noun = said("set_out", level).search(question) or re.search(rf"\b{level.replace('_', ' ')}\b", question, re.I)
        others = content_words(question[: noun.start()] + question[noun.end() :]) if noun else []
        if noun and entries and all(map(_narrows_nothing, others)):
            return noun[0].lower(), entries
    return None


def _set_out(facts: FactBase) -> Mapping[str, Sequence[Entity]]:
    """What the strategy sets out, by level."""
    return {
        "priorities": facts.priorities,
        "challenges": facts.challenges,
        "focus_areas": facts.focus_areas,
        "areas": facts.areas,
    }


def _narrows_nothing(word: str) -> bool:
    years = re.fullmatch(rf"{YEAR_FORM}(?:-{YEAR_FORM})?", word)
    return word in _OF_STRATEGY or NUMERALS.get(word, 0) > 1 or years is not None


def _level(
    noun: str, entries: Sequence[Entity], question: str, index: PassageIndex, catalogue: Catalogue
) -> Draft | None:
    """The entries of one level as a list with its count."""
    by_id = {passage.id: passage for passage in index.passages}
    by_document: dict[str, list[DraftRow]] = {}
    titles = " ".join(document.title for document in index.documents)
    years = [year for year in re.findall(YEAR_FORM, question) if year in titles]
    for entity in entries:
        proof = entity.mentions[entity.introduced]
        if not all(year in by_id[proof.passage_id].title for year in years):
            continue  # of another document than the one whose years are named
        row = DraftRow(entity.name, (), (Quote(by_id[proof.passage_id], proof.start, proof.end),))
        by_document.setdefault(by_id[proof.passage_id].document_id, []).append(row)
    # one document sets them: the one that names most, the newest of several
    order = [document.id for document in sorted(index.documents, key=lambda one: one.year or 0)]
    rows = max(by_document.items(), key=lambda one: (len(one[1]), order.index(one[0])), default=("", []))[1]
    if len(rows) < 2:
        return None
    lead = catalogue.text("overview.count", {"count": str(len(rows)), "noun": noun})
    lines = [Line(escape(row.name), row.quotes, bullet=True, verified=True) for row in rows]
    told = next((NUMERALS[word] for word in words(question) if NUMERALS.get(word, 0) > 1), len(rows))
    status: Status = "answered" if told == len(rows) else "partial"
    return Draft((Line(lead), *lines), status, rows=tuple(rows), confidence=0.9 if status == "answered" else 0.5)


def _levels(facts: FactBase) -> Iterable[tuple[str, list[tuple[str, Stretch]]]]:
    def named(entities: Sequence[Entity]) -> list[tuple[str, Stretch]]:
        return [(one.name, one.mentions[one.introduced]) for one in entities]

    def goals(entries: Sequence[GoalFact]) -> list[tuple[str, Stretch]]:
        return [(one.title, one.proof) for one in entries]

    return (
        ("areas", named(facts.areas)),
        ("priorities", named(facts.priorities)),
        ("focus_areas", named(facts.focus_areas)),
        ("goals", goals(facts.goals)),
    )


def _adopted(question: str, index: PassageIndex) -> Draft | None:
    """When the document that is asked about was adopted, in the words of its cover or opening."""
    asked = [word for word in content_words(question) if not _ADOPTION.search(f"när {word}")]
    document = document_meant(" ".join(asked), index.documents)
    own = [one for one in index.passages if document is not None and one.document_id == document.id]
    found = adoption(document.title, own) if document is not None else None
    return Draft(tuple(quoted(Quote(*found))), "answered", confidence=0.95) if found else None


def _summary(what: str, index: PassageIndex, catalogue: Catalogue) -> Draft | None:
    """The leading sentences of a document by section, or of the section that is named."""
    asked = [word for word in words(what) if word not in STOPWORDS]
    document = document_meant(what, index.documents)
    inside = [one for one in index.passages if _tells(one) and (document is None or one.document_id == document.id)]
    headed = [one for one in inside if asked and _share(asked, " ".join(one.section)) >= 0.5]
    if document is None and not headed:
        return Draft((Line(catalogue.text("overview.no_summary")),), "refused", "too_vague")
    by_section: dict[tuple[str, ...], Passage] = {}
    depth: Callable[[Passage], tuple[str, ...]] = (lambda one: one.section) if headed else (lambda one: one.section[:2])
    for passage in headed or inside:
        by_section.setdefault(depth(passage), passage)
    lines = [
        _bullet(passage.section[-1] if passage.section else passage.title, Quote(passage, *passage.sentences[0]))
        for passage in list(by_section.values())[:_MOST_SENTENCES]
    ]
    return _of(catalogue, "summary", lines)


def _share(asked: Sequence[str], text: str) -> float:
    there = set(words(text))
    return sum(word in there for word in asked) / len(asked) if asked else 0.0


def _tells(passage: Passage) -> bool:
    """Whether the passage begins with a whole sentence of prose."""
    if passage.kind is not PassageKind.PARAGRAPH or not passage.sentences:
        return False
    first = passage.text[slice(*passage.sentences[0])].strip()
    return first[-1:] in ".!?" and len(first.split()) >= _SHORTEST_WORDS
