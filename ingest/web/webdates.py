"""When a web page was published and last changed, from its metadata and from lines such as "Senast uppdaterad"."""

from __future__ import annotations

import json
import re
from datetime import date
from email.utils import parsedate_to_datetime

from bs4 import BeautifulSoup

_MONTHS = "jan feb mar apr maj jun jul aug sep okt nov dec may oct".split(" ")
_MONTH_NUMBERS = {name: min(number, 12) for number, name in enumerate(_MONTHS, 1)} | {"may": 5, "oct": 10}
_ISO = re.compile(r"\b((?:19|20)\d\d)-(\d\d)-(\d\d)")
_WRITTEN = re.compile(r"\b(\d{1,2})(?::?e)?[. ]+([a-zåäö]{3,9})\.?,?\s+((?:19|20)\d\d)\b", re.IGNORECASE)
_UPDATED_LINE = re.compile(
    r"(?i)(?:senast|sist)\s+(?:uppdaterad|uppdaterat|ändrad|granskad|reviderad)|\buppdaterad\b|last\s+(?:updated|modified)"
)
_PUBLISHED_LINE = re.compile(r"(?i)\bpublicera(?:d|t|des)\b|\bpublished\b")
_UPDATED_META = (
    "article:modified_time og:updated_time last-modified dcterms.modified dc.date.modified datemodified modified"
).split(" ")
_PUBLISHED_META = (
    "article:published_time og:published dcterms.issued dcterms.created dc.date.issued dc.date datepublished published "
    "publishdate"
).split(" ")
_NEAR_CHARS = 60


def parse_date(text: str) -> str | None:
    """The first date in `text` as an ISO date: "2023-03-14", "14 mars 2023" or the form of HTTP headers."""
    if found := _ISO.search(text):
        return _iso(int(found[1]), int(found[2]), int(found[3]))
    if found := _WRITTEN.search(text):
        month = _MONTH_NUMBERS.get(found[2].casefold()[:3])
        return _iso(int(found[3]), month, int(found[1])) if month else None
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except ValueError:
        return None


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def page_dates(soup: BeautifulSoup) -> tuple[str | None, str | None]:
    """Publication date and date of the last change, as ISO dates; None where the page does not tell.

    What the page says to its readers counts before what it says to machines.
    """
    text = soup.get_text(" ", strip=True)
    published = _near(text, _PUBLISHED_LINE) or _in_metadata(soup, _PUBLISHED_META, "datePublished")
    updated = _near(text, _UPDATED_LINE) or _in_metadata(soup, _UPDATED_META, "dateModified")
    return published, updated


def _near(text: str, line: re.Pattern[str]) -> str | None:
    """The date that follows the words directly."""
    for found in line.finditer(text):
        after = text[found.end() : found.end() + _NEAR_CHARS]
        if (_ISO.search(after) or _WRITTEN.search(after)) and (day := parse_date(after)):
            return day
    return None


def _in_metadata(soup: BeautifulSoup, names: list[str], json_name: str) -> str | None:
    contents: dict[str, str] = {}
    for meta in soup.find_all("meta"):
        name = str(meta.get("name") or meta.get("property") or meta.get("itemprop") or "").casefold()
        contents.setdefault(name, str(meta.get("content", "")))
    for name in names:
        if day := parse_date(contents.get(name, "")):
            return day
    for script in soup.find_all("script", type="application/ld+json"):
        if day := _in_json(script.get_text(), json_name):
            return day
    return None


def _in_json(text: str, name: str) -> str | None:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    for entry in data if isinstance(data, list) else [data]:
        if isinstance(entry, dict) and isinstance(entry.get(name), str):
            return parse_date(entry[name])
    return None
