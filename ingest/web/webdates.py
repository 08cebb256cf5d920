"""When a web page was published and last changed: as it says to its readers, else as htmldate finds in its metadata."""

from __future__ import annotations

import re
from datetime import date

from bs4 import BeautifulSoup

_MONTHS = "jan feb mar apr maj jun jul aug sep okt nov dec may oct".split(" ")
_MONTH_NUMBERS = {name: min(number, 12) for number, name in enumerate(_MONTHS, 1)} | {"may": 5, "oct": 10}
_ISO = re.compile(r"\b((?:19|20)\d\d)-(\d\d)-(\d\d)")
_WRITTEN = re.compile(r"\b(\d{1,2})(?::?e)?[. ]+([a-zåäö]{3,9})\.?,?\s+((?:19|20)\d\d)\b", re.IGNORECASE)
_UPDATED_LINE = re.compile(
    r"(?i)(?:senast|sist)\s+(?:uppdaterad|uppdaterat|ändrad|granskad|reviderad)|\buppdaterad\b|last\s+(?:updated|modified)"
    r"|(?:uppdaterades|ändrades|granskades|reviderades)(?:\s+senast)?"
)
_PUBLISHED_LINE = re.compile(r"(?i)\bpublicera(?:d|t|des)\b|\bpublished\b")
_NEAR_CHARS = 60


def parse_date(text: str) -> str | None:
    """The first date in `text` as an ISO date: "2023-03-14" or "14 mars 2023"; None without one that exists."""
    if found := _ISO.search(text):
        return _iso(int(found[1]), int(found[2]), int(found[3]))
    if found := _WRITTEN.search(text):
        month = _MONTH_NUMBERS.get(found[2].casefold()[:3])
        return _iso(int(found[3]), month, int(found[1])) if month else None
    return None


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def page_dates(soup: BeautifulSoup) -> tuple[str | None, str | None]:
    """Publication date and date of the last change, as ISO dates; None where the page does not tell.

    A single date in the metadata is that of publication, unless the page itself calls it that of a change.
    """
    from htmldate import find_date

    text, page = soup.get_text(" ", strip=True), str(soup)
    published, updated = _near(text, _PUBLISHED_LINE), _near(text, _UPDATED_LINE)
    first, last = (find_date(page, extensive_search=False, original_date=original) for original in (True, False))
    return published or (first if first != updated else None), updated or (last if last != first else None)


def _near(text: str, line: re.Pattern[str]) -> str | None:
    """The date that follows the words directly."""
    days = (parse_date(text[found.end() : found.end() + _NEAR_CHARS]) for found in line.finditer(text))
    return next((day for day in days if day), None)
