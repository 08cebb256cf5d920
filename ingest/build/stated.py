"""What a document says of itself where it begins: when it was adopted, how long it holds, what it replaces.

Only statements whose subject is the document count: its title, its own kind of text in the definite form ("strategin"
in a strategy) or "den". A report on a plan speaks of another document's dates, so that there "planen" does not count.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.documents import Document, Passage
from ingest.web.web_reader import parse_date

_OPENING_PASSAGES = 12
_COVER_CHARS = 120
_YEAR = r"(?:19|20)\d\d"
_DAY = rf"(?P<date>\d{{1,2}} [a-zåäö]+ {_YEAR}|{_YEAR}-\d\d-\d\d|{_YEAR})(?![\d:–-])"
_REPORT = r"(?:uppföljning|rapport|redovisning|bokslut|utvärdering|lägesbild|report)"
_OWN_KIND = re.compile(
    r"(strategi|plan|program|policy|överenskommelse|riktlinje|vision)(?:n|en|er|s)?\b", re.IGNORECASE
)
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
_UNTIL = r"(?:till och med|t\.?\s?o\.?\s?m\.?|fram till|till)(?: utgången av)?(?: år)?"


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
    first = [passage for passage in opening if passage.page == 1] if passages and passages[0].page else opening[:1]
    cover = "\n".join([title, *(heading for one in first for heading in one.section)])
    if first and first[0].page:
        lines = (line for passage in first for line in passage.text.splitlines())
        cover += "\n" + "\n".join(line for line in lines if len(line) < _COVER_CHARS)
    text = "\n".join(passage.text for passage in opening)
    itself = _subject(title, cover)
    is_report = re.search(_REPORT, cover, re.IGNORECASE) is not None
    found = _COVER_DATE.search(cover) or _adoption(itself, text)
    # of a date that does not exist, such as 31 november, the year may
    adopted = (parse_date(found["date"]) or re.findall(_YEAR, found["date"])[-1]) if found else None
    span = None if is_report else _SPAN.search(cover)
    numbered = _NUMBERED.search(cover) or (_REPORT_YEAR.search(cover) if is_report else None)
    year = next((int(one[:4]) for one in (adopted, numbered and numbered[1], span and span[1]) if one), None)
    holds = re.search(
        rf"{_FIRST}{itself}[^.\n]{{0,120}}?\b(?:gäller|giltig|sträcker sig|löper)\b[^.\n]{{0,20}}?{_UNTIL} ({_YEAR})",
        text,
    )
    replaced = re.search(
        rf"{_FIRST}{itself}[^.\n]{{0,60}}?\b(?:ersätter|avlöser|efterträder)\s+(?!inte\b)([^.\n]{{4,120}})", text
    )
    return Stated(
        adopted,
        year,
        span[1] if span else adopted if holds else None,
        span[2] if span else holds[1] if holds else None,
        replaced[1] if replaced else "",
    )


def with_stated(document: Document, said: Stated) -> Document:
    """The document with what it states of itself wherever its owner has said nothing."""
    return replace(
        document,
        year=document.year or said.year,
        valid_from=document.valid_from or said.valid_from,
        valid_to=document.valid_to or said.valid_to,
    )


def _subject(title: str, cover: str) -> str:
    """A pattern for the words with which a text names itself."""
    kinds = {re.escape(kind.lower()) for kind in _OWN_KIND.findall(cover)}
    if re.search(_REPORT, cover, re.IGNORECASE):
        names = [rf"(?i:\w*{_REPORT}(?:en|n))", "Denna rapport"]
    else:
        names = [rf"(?i:\w*{kind}(?:et|en|n|met))" for kind in sorted(kinds)] + ["Den(?:na)?"]
    return rf"(?<!\w)(?:{'|'.join([re.escape(title), *names])})\b(?! (?:regionala|nationella|tidigare|förra))"


def _adoption(itself: str, text: str) -> re.Match[str] | None:
    passive = rf"{_FIRST}{itself}[^.,\n]{{0,80}}?\b{_ADOPTED}\b[^.\n]{{0,60}}?\b{_DAY}"
    active = rf"\b{_ADOPTS}\b (?:den )?{itself}[^.\n]{{0,30}}?\b{_DAY}"
    return re.search(passive, text) or re.search(active, text, re.IGNORECASE)
