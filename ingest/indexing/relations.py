"""What documents say of themselves and how they are related: their dates, and which replaces which.

Of what a document's cover and opening state only that counts whose subject is the document: its title, its own kind of
text in the definite form ("strategin" in a strategy) or "den". A report on a plan speaks of another document's dates,
so that there "planen" does not count.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.documents import Document, Passage
from ingest.plain import parse_date
from ingest.store.records import DocumentRecord
from ingest.titles import plain_title, title_parts

_WORD = re.compile(r"\w+")
_YEAR = r"(?:19|20)\d\d"
_VERSION_WORDS = re.compile(
    rf"""\b{_YEAR}-\d\d-\d\d\b                                  # 2024-05-14
    |\b{_YEAR}(?:\s?[-–—/]\s?(?:{_YEAR}|\d\d))?\b            # 2015, 2015–2023, 2015/16
    |\b(?:version|ver|utgåva|utg|upplaga|revision|rev|v)\.?\s?\d+(?:\.\d+)*\b
    |\b\d+(?::[ae])?\s(?:upplagan|utgåvan)\b
    |\b(?:regional(?:t|a)?|nytt?|nya|ny)\b
    |\b(?:(?:revidera|uppdatera|omarbeta|besluta)[dt]|antag(?:en|et)|slutversion|remissversion|utkast)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_SHORTEST_TITLE = 8
"""Letters that must be left of a title without its year: a bare "Rapport 2020" says nothing of what it is about."""

_OPENING_PASSAGES, _COVER_CHARS = 12, 120
_DAY = rf"(?P<date>\d{{1,2}} [a-zåäö]+ {_YEAR}|{_YEAR}-\d\d-\d\d|{_YEAR})(?![\d:–-])"
_REPORT = r"(?:uppföljning|rapport|redovisning|bokslut|utvärdering|lägesbild|report)"
_KINDS = "strategi|plan|program|policy|överenskommelse|riktlinje|vision"
_OWN_KIND = re.compile(rf"({_KINDS})(?:n|en|er|s)?\b", re.IGNORECASE)
_SPAN = re.compile(rf"\b({_YEAR})\s?[–—-]\s?({_YEAR})\b")
_REPORT_YEAR = re.compile(rf"{_REPORT}\w*\s+(?:för\s+|år\s+)*({_YEAR})\b(?![–-])", re.IGNORECASE)
_NUMBERED = re.compile(rf"\b(?:\w*FS|dir\.?|SOU|Ds|prop\.?)\s+({_YEAR}):\d+", re.IGNORECASE)
_COVER_DATE = re.compile(
    rf"(?<!som )\b(?:antage[nt]|beslut|besluta[dt]|fastställ[dt])\b[^.\n]{{0,60}}?\b{_DAY}", re.IGNORECASE
)
_FIRST = r"(?:\A|(?<=\n)|(?<=[.!?] ))"
"""Where a sentence begins."""
_ADOPTED = r"(?:antogs|antagits|beslutades|fastställdes|godkändes)"
_ADOPTS = r"(?:antog|beslutade(?: om)?|fastställde|godkände)"
_HOLDS = r"\b(?:gäller|giltig|sträcker sig|löper)\b"
_UNTIL = r"(?:till och med|t\.?\s?o\.?\s?m\.?|fram till|till)(?: utgången av)?(?: år)?"
_REPLACES = r"\b(?:ersätter|avlöser|efterträder)\s+(?!inte\b)"


@dataclass(frozen=True, slots=True)
class Stated:
    """Dates are ISO dates or years; `replaces` are the words that name what the document replaces, else empty."""

    adopted: str | None = None
    year: int | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    replaces: str = ""


def stated(title: str, passages: Sequence[Passage]) -> Stated:
    """What the cover and the opening of the document state of it."""
    opening = passages[:_OPENING_PASSAGES]
    cover, text = _cover(title, opening), "\n".join(passage.text for passage in opening)
    itself, is_report = _subject(title, cover), re.search(_REPORT, cover, re.IGNORECASE) is not None
    found = _COVER_DATE.search(cover) or _adoption(itself, text)
    # of a date that does not exist, such as 31 november, the year may
    adopted = (parse_date(found["date"]) or re.findall(_YEAR, found["date"])[-1]) if found else None
    span = None if is_report else _SPAN.search(cover)
    numbered = _NUMBERED.search(cover) or (_REPORT_YEAR.search(cover) if is_report else None)
    year = next((int(one[:4]) for one in (adopted, numbered and numbered[1], span and span[1]) if one), None)
    holds = re.search(rf"{_FIRST}{itself}[^.\n]{{0,120}}?{_HOLDS}[^.\n]{{0,20}}?{_UNTIL} ({_YEAR})", text)
    replaced = re.search(rf"{_FIRST}{itself}[^.\n]{{0,60}}?{_REPLACES}([^.\n]{{4,120}})", text)
    return Stated(
        adopted,
        year,
        span[1] if span else adopted if holds else None,
        span[2] if span else holds[1] if holds else None,
        replaced[1] if replaced else "",
    )


def _cover(title: str, opening: Sequence[Passage]) -> str:
    """The title, and the headings and short lines of the first page; of a web page the headings alone."""
    paged = bool(opening) and opening[0].page is not None
    first = [passage for passage in opening if passage.page == 1] if paged else opening[:1]
    lines = [line for passage in first for line in passage.text.splitlines()] if first and first[0].page else []
    headings = (heading for one in first for heading in one.section)
    return "\n".join((title, *headings, *(line for line in lines if len(line) < _COVER_CHARS)))


def _subject(title: str, cover: str) -> str:
    """A pattern for the words with which a text names itself."""
    # "utvecklingsstrategin" names a document that calls itself so, and "gåvopolicyn" none that is a policy of else
    called = (*_OWN_KIND.findall(cover), *re.findall(rf"\b\w*(?:{_KINDS})\b", cover, re.IGNORECASE))
    kinds = {re.escape(kind.lower()) for kind in called}
    if re.search(_REPORT, cover, re.IGNORECASE):
        names = [rf"(?i:\w*{_REPORT}(?:en|n))", "Denna rapport"]
    else:
        names = [rf"(?i:{kind}(?:et|en|n|met))" for kind in sorted(kinds)] + ["Den(?:na)?"]
    return rf"(?<!\w)(?:{'|'.join([re.escape(title), *names])})\b(?! (?:regionala|nationella|tidigare|förra))"


def _adoption(itself: str, text: str) -> re.Match[str] | None:
    passive = rf"{_FIRST}{itself}[^.,\n]{{0,80}}?\b{_ADOPTED}\b[^.\n]{{0,60}}?\b{_DAY}"
    active = rf"\b{_ADOPTS}\b (?:den )?{itself}[^.\n]{{0,30}}?\b{_DAY}"
    return re.search(passive, text) or re.search(active, text, re.IGNORECASE)


def adoption(title: str, passages: Sequence[Passage]) -> tuple[Passage, int, int] | None:
    """Where the cover or the opening says when the document was adopted: passage.text[start:end]; None where neither
    does. `passages` are those of the document, in reading order.
    """
    opening = passages[:_OPENING_PASSAGES]
    itself = _subject(title, _cover(title, opening))
    for passage in opening:
        for start, end in _lines(passage) if passage.page in (1, None) else ():
            if _COVER_DATE.search(passage.text, start, end):
                return passage, start, end
    for passage in opening:
        if found := _adoption(itself, passage.text):
            place = next(place for place in passage.sentences if place[1] > found.start())
            return passage, *place
    return None


def _lines(passage: Passage) -> Iterator[tuple[int, int]]:
    """The short lines of a passage, as a cover has them."""
    for found in re.finditer(rf"(?m)^.{{1,{_COVER_CHARS}}}$", passage.text):
        yield found.span()


def relate(records: Sequence[DocumentRecord]) -> tuple[DocumentRecord, ...]:
    """The records with later versions linked to earlier ones."""
    documents = [r.document if r.supersedes_stated else replace(r.document, supersedes=None) for r in records]
    read = {record.document.id: record.published for record in records if record.passages}
    earlier = versions([document for document in documents if document.id in read], read)
    earlier |= named_versions(documents, {record.document.id: record.succeeds for record in records})
    linked = (replace(one, supersedes=earlier.get(one.id, one.supersedes)) for one in documents)
    return tuple(replace(record, document=document) for document, record in zip(linked, records, strict=True))


def named_versions(documents: Sequence[Document], succeeds: Mapping[str, str]) -> dict[str, str]:
    """For each document that names one of the others as what it replaces (`succeeds`, by id), the id of that one."""
    titles = {document.id: _names(plain_title(document)) for document in documents}
    found: dict[str, str] = {}
    for document in documents:
        words = f" {' '.join(_WORD.findall(succeeds[document.id].casefold()))} "
        for other, names in titles.items():
            own = other == document.id or titles[document.id] & names
            if not own and any(len(name) >= _SHORTEST_TITLE and f" {name} " in words for name in names):
                found[document.id] = document.supersedes or other
    return found


def _names(title: str) -> set[str]:
    """What a document goes by: its title, and each part of it that is more than a word; years do not count."""
    parts = (title, *title_parts(title))
    names = (" ".join(_WORD.findall(_VERSION_WORDS.sub(" ", part).casefold())) for part in parts)
    return {name for name in names if " " in name}


def versions(documents: Sequence[Document], published: Mapping[str, str | None]) -> dict[str, str]:
    """For each document that replaces an earlier version, the id of that version.

    Two documents are versions of one another when their titles agree apart from years and version words, their
    publishers do not differ, and one has a later date: valid_from, else what the document itself states (`published`,
    by id), else the year. What an owner has stated is kept.
    """
    families: dict[str, list[tuple[str, str, str | None]]] = defaultdict(list)
    for document in documents:
        name, date = _bare_title(plain_title(document)), _date(document, published.get(document.id))
        if sum(map(str.isalpha, name)) >= _SHORTEST_TITLE and date:
            families[name].append((date, document.id, document.publisher))
    found = {document.id: document.supersedes for document in documents if document.supersedes}
    for family in map(sorted, families.values()):
        for place, (later, newer, publisher) in enumerate(family):
            for earlier, older, other in reversed(family[:place]):
                same_publisher = None in (publisher, other) or publisher == other
                if same_publisher and earlier[: len(later)] < later[: len(earlier)]:
                    found.setdefault(newer, older)
    return found


def _date(document: Document, published: str | None) -> str | None:
    if published and document.year in (None, int(published[:4])):
        return document.valid_from or published
    return document.valid_from or (str(document.year) if document.year else None)


def _bare_title(title: str) -> str:
    return " ".join(_WORD.findall(_VERSION_WORDS.sub(" ", title.replace("_", " ")).casefold()))
