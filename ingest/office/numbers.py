"""Numbers and dates of a spreadsheet as a Swedish reader sees them, by the cell's number format."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|[_*].')
_PLACES = re.compile(r"[0#?](?:[, ]?[0#?])*(?:\.([0#?]+))?(,*)")
_MARK = "\x00"


def shown_value(value: object, form: str) -> str:
    """The value of a cell with number format `form`: decimal comma, per cent and unit, ISO dates."""
    match value:
        case None:
            return ""
        case bool():
            return "Ja" if value else "Nej"
        case int() | float():
            return shown_number(value, form)
        case datetime():
            return _shown_date(value.date(), form) if value.time() == time.min else value.isoformat(" ", "minutes")
        case date():
            return _shown_date(value, form)
        case time():
            return value.isoformat("minutes")
        case timedelta():
            minutes = round(value.total_seconds() / 60)
            return f"{minutes // 60}:{minutes % 60:02d}"
    return str(value)


def _shown_date(value: date, form: str) -> str:
    """An ISO date, or the year or month alone where the format shows no more."""
    plain = _LITERAL.sub("", form).casefold()
    if "y" in plain and "d" not in plain:
        return f"{value:%Y-%m}" if "m" in plain else str(value.year)
    return value.isoformat()


def shown_number(value: float, form: str) -> str:
    """The number as format `form` shows it: "0,0 %" in share, "# ##0 kr" with its unit, "00000" with its zeros.

    Formats that say nothing of digits give ten of them at most.
    """
    sections = form.split(";")
    chosen = sections[1] if value < 0 and len(sections) > 1 and "General" not in form else sections[0]
    literals: list[str] = []

    def take(found: re.Match[str]) -> str:
        literals.append(found[1] or found[2] or found[3] or "")
        return _MARK

    plain = _LITERAL.sub(take, chosen)
    places = _PLACES.search(plain)
    digits = plain.replace(_MARK, "")
    if "%" in digits:
        value *= 100
    if places is None or "E+" in digits or "/" in digits:
        text = f"{value:.10g}".replace(".", ",")
        return f"{text} %" if "%" in digits else text
    before, after = plain[: places.start()], plain[places.end() :]
    parts = iter(literals)
    lead = re.sub(_MARK, lambda _: next(parts), before)
    tail = re.sub(_MARK, lambda _: next(parts), after)
    value /= 1000 ** len(places[2])
    number = _grouped(abs(value) if chosen is not sections[0] else value, places[0], places[1] or "")
    return " ".join(f"{lead}{number}{' ' if tail.strip() else ''}{tail}".split())


def _grouped(value: float, places: str, decimals: str) -> str:
    """Digits by the format's places: at least as many as its zeros, in groups of three where it has a divider."""
    text = f"{value:.{len(decimals)}f}"
    kept = len(decimals.rstrip("#?"))
    whole, _, rest = text.partition(".")
    while len(rest) > kept and rest.endswith("0"):
        rest = rest[:-1]
    whole_places = places.partition(".")[0].rstrip(",")
    sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    whole = whole.zfill(whole_places.count("0"))
    if re.search(r"[,\u00a0 ](?=[#0])", whole_places):
        whole = f"{int(whole):,}".replace(",", " ")
    return f"{sign}{whole}" + (f",{rest}" if rest else "")
