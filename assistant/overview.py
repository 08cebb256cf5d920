"""Questions about the documents as a whole: what can be asked, how the strategy is built, what to read, summaries.

Answered from the facts and from the documents' own leading sentences, each with its source; never paraphrased.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.answers import Hit, Status
from assistant.catalogue import Catalogue
from assistant.compose import Draft, DraftRow
from assistant.drafting import Line, Quote, escape, quoted
from assistant.wanted import REPORT, document_meant
from ingest.documents import Passage, PassageKind
from ingest.facts.figures import YEAR_FORM
from ingest.facts.types import Entity, FactBase, Stretch
from ingest.facts.vocabulary import NUMERALS, said
from ingest.store.passage_index import PassageIndex
from ingest.swedish import STOPWORDS, content_words, fold, stem, words
from ingest.titles import adoption

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
    r"^\W*(och )?(vilka|hur många|vad heter|nämn|lista|räkna upp|visa|ge mig|which|what|list|name|how many)\b",
    re.IGNORECASE,
)
_OF_STRATEGY = frozenset(
    """
    strategi strategin strategins rus länet länets regionen regionens regional regionala utvecklingsstrategin
    utvecklingsstrategi stora enligt heter
    finns har bygger vilar rymmer anger beskrivs dokumenten pekas lyfts ut fram alla samtliga
    strategy strategys region regions documents describe described
    """.split()
)
"""Words of such a question that narrow nothing."""
_ADOPTION = re.compile(
    r"^\W*(?:och )?(?:när|vem|av vem|vilk(?:et|en) (?:datum|dag|år|nämnd|instans)|when)\b.*"
    r"\b(?:antogs|antog|antagits|beslutades|beslutade om|fastställdes?|godkändes|klubbade?s?|adopted|decided)\b",
    re.IGNORECASE,
)
_COMMON = ("priorit", "challenge", "focus", "insatsområd", "area")
"""Nouns that mean a level whatever a strategy calls it."""
_STEM = 6
_STARTERS, _SUGGESTIONS, _LONGEST_TOPIC_WORDS = 6, 3, 6
_NUMBERING = re.compile(r"^(?:\d+\.?)+\s+|^(?:kapitel|avsnitt|del)\s+\d+\W+", re.IGNORECASE)
_ANY_REPORT = frozenset(
    """
    inledning bakgrund syfte mal innehall sammanfattning slutsatser slutsats resultat metod forord valkommen referenser
    kallor bilaga bilagor utmaningar prioriteringar insatser uppfoljning genomforande analys avslutning diskussion
    """.split()
)
"""Headings, folded."""
_MOST_OF_A_KIND, _MOST_SENTENCES, _SHORTEST_WORDS = 12, 10, 6


def overview(question: str, index: PassageIndex, catalogue: Catalogue) -> Draft | None:
    """The answer to a question about the whole, None for other questions."""
    if _HELP.search(question):
        asking = tuple(Line(escape(one), bullet=True) for one in starters(index, catalogue))
        return _of(catalogue, "help", (*_documents(index), Line(catalogue.text("overview.ask")), *asking))
    if _READ_FIRST.search(question):
        return _of(catalogue, "read_first", _documents(index))
    if _STRUCTURE.search(question):
        return _of(catalogue, "structure", _structure(index, catalogue))
    if (level := _level_asked(question, index, catalogue)) or (level := _adopted(question, index)):
        return level
    found = _SUMMARY.search(question)
    return _summary(found["what"], index, catalogue) if found else None


def starters(index: PassageIndex, catalogue: Catalogue) -> tuple[str, ...]:
    """Up to six questions that these documents can answer: first the lists, then the best-known initiatives."""
    facts = index.facts
    told = {"priorities": facts.priorities or facts.focus_areas, "goals": facts.goals, "challenges": facts.challenges}
    questions = [catalogue.text(f"answer.starter_{key}") for key, entries in told.items() if entries]
    known = sorted(facts.efforts, key=lambda one: -len(one.mentions))
    questions += [catalogue.text("answer.starter_what", {"name": one.name}) for one in known[:_STARTERS]]
    return tuple(questions[:_STARTERS])


def topics(index: PassageIndex, catalogue: Catalogue, hits: Sequence[Hit]) -> tuple[str, ...]:
    """Up to three sharper questions: about what is named in the passages that came closest, then about their sections.

    Headings that any report may have ("Bakgrund") say too little to ask about.
    """
    passages = [hit.passage for hit in hits] or list(index.passages)
    places = {passage.id: place for place, passage in enumerate(passages)}
    introduced = sorted(
        (places[entry.mentions[entry.introduced].passage_id], entry.name)
        for entry in index.facts.efforts
        if entry.mentions[entry.introduced].passage_id in places and len(entry.name.split()) <= _LONGEST_TOPIC_WORDS
    )
    named = [catalogue.text("answer.starter_what", {"name": name}) for _, name in introduced[: _SUGGESTIONS - 1]]
    headings = dict.fromkeys(_NUMBERING.sub("", one.section[-1]) for one in passages if one.section)
    about = (
        catalogue.text("answer.suggest_what", {"topic": heading})
        for heading in headings
        if len(heading.split()) <= _LONGEST_TOPIC_WORDS and fold(heading) not in _ANY_REPORT
    )
    return (*named, *about)[:_SUGGESTIONS]


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


def _named(name: str, proof: Stretch, index: PassageIndex) -> DraftRow:
    passage = index.passages[index.rows[proof.passage_id]]
    there = passage.text[proof.start : proof.end]
    heading = "" if name in there else next((one for one in passage.section[::-1] if name in one), "")
    return DraftRow(name, (), (Quote(passage, proof.start, proof.end, heading),))


def _bullets(rows: Sequence[DraftRow]) -> list[Line]:
    return [Line(escape(row.name), row.quotes, bullet=True, verified=True) for row in rows]


def _structure(index: PassageIndex, catalogue: Catalogue) -> list[Line]:
    """The areas, priorities and focus areas of the strategy, and its goals."""
    lines = []
    for key in ("areas", "priorities", "focus_areas", "goals"):
        entries = [(one.name, one.mentions[one.introduced]) for one in _set_out(index.facts).get(key, ())]
        if key == "goals":
            entries = [(one.title, one.proof) for one in index.facts.goals]
        if entries:
            rows = [_named(name, proof, index) for name, proof in dict.fromkeys(entries)][:_MOST_OF_A_KIND]
            lines += [Line(f"**{catalogue.text(f'overview.{key}')}:**"), *_bullets(rows)]
    return lines


def _set_out(facts: FactBase) -> Mapping[str, Sequence[Entity]]:
    """What the strategy sets out, by level."""
    return {
        "priorities": facts.priorities,
        "challenges": facts.challenges,
        "focus_areas": facts.focus_areas,
        "areas": facts.areas,
    }


def _level_asked(question: str, index: PassageIndex, catalogue: Catalogue) -> Draft | None:
    """All of the level of the strategy that a question asks for; None where it narrows it or asks for else."""
    titled = {word for document in index.documents for word in words(document.title)}
    for level, set_out in _set_out(index.facts).items() if _ASKS_ALL.search(question) else ():
        own = "|".join({re.escape(one.kind_word) for one in set_out if one.kind_word.isalpha()}) or r"\0"
        english = level.replace("_", " ")
        noun = said("set_out", level).search(question) or re.search(
            rf"\b(?:{own}\w{{0,4}}|{english})\b", question, re.I
        )
        others = content_words(question[: noun.start()] + question[noun.end() :]) if noun else []
        if noun and all(_narrows_nothing(word) or word in titled for word in others):
            called = [one for one in set_out if stem(noun[0].lower())[:_STEM] in fold(one.kind_word)]
            if entries := called or (set_out if not called and noun[0].lower().startswith(_COMMON) else ()):
                return _level(noun[0].lower(), entries, question, index, catalogue)
    return None


def _narrows_nothing(word: str) -> bool:
    years = re.fullmatch(rf"{YEAR_FORM}(?:-{YEAR_FORM})?", word)
    return word in _OF_STRATEGY or NUMERALS.get(word, 0) > 1 or years is not None


def _level(
    noun: str, entries: Sequence[Entity], question: str, index: PassageIndex, catalogue: Catalogue
) -> Draft | None:
    """The entries of one level as a list with its count, by the document that names most, the newest of several."""
    by_document: dict[str, list[DraftRow]] = {}
    for entity in entries:
        row = _named(entity.name, entity.mentions[entity.introduced], index)
        by_document.setdefault(row.quotes[0].passage.document_id, []).append(row)
    order = [document.id for document in sorted(index.documents, key=lambda one: one.year or 0)]
    rows = max(by_document.items(), key=lambda one: (len(one[1]), order.index(one[0])))[1]
    if len(rows) < 2:
        return None
    lead = catalogue.text("overview.count", {"count": str(len(rows)), "noun": noun})
    told = next((NUMERALS[word] for word in words(question) if NUMERALS.get(word, 0) > 1), len(rows))
    status: Status = "answered" if told == len(rows) else "partial"
    confidence = 0.9 if status == "answered" else 0.5
    return Draft((Line(lead), *_bullets(rows)), status, rows=tuple(rows), confidence=confidence)


def _adopted(question: str, index: PassageIndex) -> Draft | None:
    """When the document that is asked about was adopted, in the words of its cover or opening."""
    if not _ADOPTION.search(question):
        return None
    asked = [word for word in content_words(question) if not _ADOPTION.search(f"när {word}")]
    document = document_meant(" ".join(asked), index.documents)
    own = [one for one in index.passages if document is not None and one.document_id == document.id]
    found = adoption(document.title, own) if document is not None else None
    return Draft(quoted(Quote(*found)), "answered", confidence=0.95) if found else None


def _summary(what: str, index: PassageIndex, catalogue: Catalogue) -> Draft | None:
    """The leading sentences of a document by section, or of the section that is named."""
    asked = {word for word in words(what) if word not in STOPWORDS}
    document = document_meant(what, index.documents)
    inside = [one for one in index.passages if _tells(one) and (document is None or one.document_id == document.id)]
    headed = [one for one in inside if asked and 2 * len(asked & set(words(" ".join(one.section)))) >= len(asked)]
    if document is None and not headed:
        return Draft((Line(catalogue.text("overview.no_summary")),), "refused", "too_vague")
    by_section: dict[tuple[str, ...], Passage] = {}
    for passage in headed or inside:
        by_section.setdefault(passage.section if headed else passage.section[:2], passage)
    lines = [
        _bullet(passage.section[-1] if passage.section else passage.title, Quote(passage, *passage.sentences[0]))
        for passage in list(by_section.values())[:_MOST_SENTENCES]
    ]
    return _of(catalogue, "summary", lines)


def _tells(passage: Passage) -> bool:
    """Whether the passage begins with a whole sentence of prose."""
    if passage.kind is not PassageKind.PARAGRAPH or not passage.sentences:
        return False
    first = passage.text[slice(*passage.sentences[0])].strip()
    return first[-1:] in ".!?" and len(first.split()) >= _SHORTEST_WORDS
