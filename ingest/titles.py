"""What documents are called and say of themselves: their titles and dates, and which replaces which.

Of what a document's cover and opening state only that counts whose subject is the document: its title, its own kind of
text in the definite form ("strategin" in a strategy) or "den". A report on a plan speaks of another document's dates,
so that there "planen" does not count.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from urllib.parse import urlsplit

from ingest.documents import BlockKind, Document, Passage, ReadDocument
from ingest.plain import parse_date
from ingest.store.records import DocumentRecord

_PROGRAMS_WORDS = re.compile(
    r"""(?ix) ^(?:
      anonymous | unspecified | untitled\b.* | namnlös\w* | titel | rubrik | title | unknown
    | \(.*\) | <.*> | \[.*\] | https?://.* | about:blank | \w*_\w*
    | (?:bild|slide|sida|page|blad|sheet|ark|kapitel|layout) \s* \d*
    | (?:ny\ )? (?:microsoft\ )?(?:office\ )?(?:power\s?point|word|excel)?[- ]?
      (?:presentation|document|dokument|arbetsbok|workbook|book|bok) \s* \d*
    | microsoft\ (?:word|power\s?point|excel|office)\b.*
    | [^/\\]*\.(?:do[ct][xm]?|pp[ts][xm]?|pot[xm]?|xl[st][xm]?|pdf|indd|qxd|rtf|odt|tmp|html?|tex|dvi)
    | .*\b(?:\w*mall(?:en)?|template)\b.* | klicka\ här.* | click\ to.*
    )$"""
)
"""Titles that a program or a template has put in, names of files and addresses."""
_TITLE_CHARS = 200
_YEARS_AT_END = re.compile(r"\s*\b(?:19|20)\d\d(?:\s?[–-]\s?(?:19|20)?\d\d)?\Z")

_YEAR = r"(?:19|20)\d\d"
_YEARS = re.compile(rf"\b{_YEAR}(?:\s?[-–—/]\s?(?:{_YEAR}|\d\d))?\b")
_SHORTEST_NAME = 8
_OPENING_PASSAGES, _COVER_CHARS = 12, 120
_DAY = rf"(?P<date>\d{{1,2}} [a-zåäö]+ {_YEAR}|{_YEAR}-\d\d-\d\d|{_YEAR})(?![\d:–-])"
_REPORT = r"(?:uppföljning|rapport|redovisning|bokslut|utvärdering|lägesbild|report)"
_KINDS = "strategi|plan|program|policy|överenskommelse|riktlinje|vision"
_OWN_KIND = re.compile(rf"({_KINDS})(?:n|en|er|s)?\b", re.IGNORECASE)
_SPAN = re.compile(rf"\b({_YEAR})\s?[–—-]\s?({_YEAR})\b")
_REPORT_YEAR = re.compile(rf"{_REPORT}\w*\s+(?:för\s+|år\s+)*({_YEAR})\b(?![–-])", re.IGNORECASE)
_COVER_DATE = re.compile(
    rf"(?<!som )\b(?:antage[nt]|beslut|besluta[dt]|fastställ[dt])\b[^.\n]{{0,60}}?\b{_DAY}", re.IGNORECASE
)
_FIRST = r"(?:\A|(?<=\n)|(?<=[.!?] ))"
"""Where a sentence begins."""
_ADOPTED = r"(?:antogs|antagits|beslutades|fastställdes|godkändes)"
_ADOPTS = r"(?:antog|beslutade(?: om)?|fastställde|godkände)"
_REPLACES = r"\b(?:ersätter|avlöser|efterträder)\s+(?!inte\b)"


def is_sensible_title(title: str) -> bool:
    """Whether a stated title is a title: words for the most part, and no file name, template's or program's default."""
    letters = sum(map(str.isalpha, title))
    return letters >= 4 and letters >= 0.4 * len(title) and not _PROGRAMS_WORDS.match(title)


def sensible_title(read: ReadDocument, media_type: str) -> str | None:
    """The stated title where it is one, else the first heading near the beginning, None where there is none.

    Headings of a workbook name sheets: there it is the caption of the first table.
    """
    stated = " ".join((read.title or "").split())
    if is_sensible_title(stated):
        return stated
    kind = BlockKind.CAPTION if media_type in ("xlsx", "ods", "csv") else BlockKind.HEADING
    texts = (" ".join(block.text.split()) for block in read.blocks[:12] if block.kind is kind)
    return next((text for text in texts if len(text) <= _TITLE_CHARS and not _PROGRAMS_WORDS.match(text)), None)


def told_apart(documents: Sequence[Document]) -> dict[str, str]:
    """A title for each document id; documents of one title get what parts them: year, period, publisher, file or id.

    A mark from an earlier time is taken off first.
    """
    plain = {document.id: plain_title(document) for document in documents}
    titles = dict(plain)
    for title, count in Counter(title.casefold() for title in plain.values()).items():
        alike = [document for document in documents if plain[document.id].casefold() == title]
        if count > 1:
            marks = zip(*map(_marks, alike), strict=True)
            chosen = next(kind for kind in marks if all(kind) and len(set(kind)) == count)
            titles |= {one.id: f"{plain[one.id]} ({mark})" for one, mark in zip(alike, chosen, strict=True)}
    return titles


def plain_title(document: Document) -> str:
    """The title without what tells the document apart from others."""
    endings = (f" ({mark})" for mark in _marks(document) if mark)
    return next((document.title.removesuffix(end) for end in endings if document.title.endswith(end)), document.title)


def title_parts(title: str) -> list[str]:
    """The parts of a title by which a text may call the document: "Ljus i dalen" of "Ljus i dalen – program 2010"."""
    return [part.strip() for part in re.split(r"[.:] | [–—-] ", title)]


def without_years(title: str) -> str:
    """A title without the years at its end: "Läget" of "Läget 2024", "Vägen dit" of "Vägen dit 2024–2030"."""
    return _YEARS_AT_END.sub("", title)


def _marks(document: Document) -> tuple[str, ...]:
    """What may part a document from others of its title, the best first; the id always does."""
    return (
        str(document.year or ""),
        "–".join(filter(None, (document.valid_from, document.valid_to))),
        document.publisher or "",
        PurePath(document.path or urlsplit(document.url or "").path).name,
        document.id,
    )


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
    reported = _REPORT_YEAR.search(cover) if is_report else None
    year = next((int(one[:4]) for one in (adopted, reported and reported[1], span and span[1]) if one), None)
    replaced = re.search(rf"{_FIRST}{itself}[^.\n]{{0,60}}?{_REPLACES}([^.\n]{{4,120}})", text)
    first, last = span.groups() if span else (None, None)
    return Stated(adopted, year, first, last, replaced[1] if replaced else "")


def _cover(title: str, opening: Sequence[Passage]) -> str:
    """The title, and the headings and short lines of the first page; of a web page the headings alone."""
    paged = bool(opening) and opening[0].page is not None
    first = [passage for passage in opening if passage.page == 1] if paged else opening[:1]
    headings = [heading for one in first for heading in one.section]
    lines = [line for passage in first if paged for line in passage.text.splitlines() if len(line) < _COVER_CHARS]
    return "\n".join((title, *headings, *lines))


def _subject(title: str, cover: str) -> str:
    """A pattern for the words with which a text names itself."""
    if re.search(_REPORT, cover, re.IGNORECASE):
        names = [rf"(?i:\w*{_REPORT}(?:en|n))", "Denna rapport"]
    else:
        # "utvecklingsstrategin" names a document that calls itself so, and "gåvopolicyn" none that is a policy of else
        called = (*_OWN_KIND.findall(cover), *re.findall(rf"\b\w*(?:{_KINDS})\b", cover, re.IGNORECASE))
        kinds = sorted({re.escape(kind.lower()) for kind in called})
        names = [rf"(?i:{kind}(?:et|en|n|met))" for kind in kinds] + ["Den(?:na)?"]
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
        lines = re.finditer(rf"(?m)^.{{1,{_COVER_CHARS}}}$", passage.text) if passage.page in (1, None) else ()
        for start, end in (line.span() for line in lines):
            if _COVER_DATE.search(passage.text, start, end):
                return passage, start, end
    for passage in opening:
        if found := _adoption(itself, passage.text):
            start, end = next(place for place in passage.sentences if place[1] > found.start())
            return passage, start, end
    return None


def relate(records: Sequence[DocumentRecord]) -> tuple[DocumentRecord, ...]:
    """The records, each that names one of the others as what it replaces linked to that one."""
    names = {record.document.id: _names(plain_title(record.document)) for record in records}
    linked = []
    for record in records:
        words, own = _plain(record.succeeds), names[record.document.id]
        replaced = (
            other
            for other, called in names.items()
            if not own & called and any(f" {name} " in f" {words} " for name in called)
        )
        document = replace(record.document, supersedes=next(replaced, None))
        linked.append(replace(record, document=document))
    return tuple(linked)


def _names(title: str) -> set[str]:
    """What a document goes by: its title with or without years, and each part of it that is more than a word."""
    parts = (title, *title_parts(title))
    names = {_plain(name) for part in parts for name in (part, _YEARS.sub(" ", part))}
    return {name for name in names if " " in name and len(name) >= _SHORTEST_NAME}


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
