"""Dates as texts and web pages write them."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = "jan feb mar apr maj jun jul aug sep okt nov dec may oct".split(" ")
_MONTH_NUMBERS = {name: min(number, 12) for number, name in enumerate(_MONTHS, 1)} | {"may": 5, "oct": 10}
_ISO = re.compile(r"\b((?:19|20)\d\d)-(\d\d)-(\d\d)")
_WRITTEN = re.compile(r"\b(\d{1,2})(?::?e)?[. ]+([a-zåäö]{3,9})\.?,?\s+((?:19|20)\d\d)\b", re.IGNORECASE)


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
