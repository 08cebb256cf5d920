"""The states and years that a list question asks for: "pausade eller nedlagda", "vid årsskiftet 2024/25", "före 2023".

A state has a day, an event a year: "vilka var avslutade i mars 2025" asks what was over then, "vilka avslutades 2025"
what ended in that year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.lists.constraints import MEETING, Event, Standing, Years
from ingest.facts.figures import YEAR_FORM
from ingest.facts.vocabulary import MONTHS, expression, said, statuses, table

_SPAN = re.compile(rf"\b({YEAR_FORM})\s?(?:[–-]|till|och)\s?({YEAR_FORM})\b")
_NAMED_YEARS = re.compile(
    rf"\b(?:[A-ZÅÄÖ]\w+|\w*(?i:uppfölj|rapport|redovisning|bokslut|strategi|program)\w*) (?:för |från |av |år(?:en)? )*"
    rf"{YEAR_FORM}(?:\s?[–-]\s?{YEAR_FORM})?\b|\b(?:även|också|inklusive)\b[^.?!]*{YEAR_FORM}"
)
"""Years that belong to a name or a document's title, or that are let in besides."""
_DENIED = re.compile(r"\b(?:inte|ej|ännu inte)(?P<longer> längre)?(?: (?!bara)\w+)? $")
_OVER_AND_DONE = frozenset(("avslutat", "nedlagt", "permanent"))
_OR = re.compile(r"(?:,? (?:eller|och|samt|respektive)|,)(?: \w+){0,2} ")
_ON_DAY = re.compile(
    rf"\b(?:vid|per|i|från|under) (?:\w+ ){{0,2}}?(?:årsskiftet|utgången|slutet|början|mitten|{'|'.join(MONTHS)})"
    rf"(?: av| på)?(?: år)? {YEAR_FORM}(?:/(?:\d\d)+)?"
)
"""The day that a state is asked for: "vid årsskiftet 2024/25"."""
_HAPPENED = re.compile(r"\b(?:\w+des|lades|drogs|upphörde|tog slut|slutade|fick|gick|skulle|ska|avslutas)\b")
"""Verbs that tell an event, which a day dates."""
_TOLD_AS = re.compile(
    r"\b(?:st(?:år|od)|ange[rs]|angavs|redovisa\w*|räkna\w*|betrakta\w*|märk\w+|markera\w*|klassa\w*|bedöm\w*|lista\w*|kalla\w*"
    r"|uppge[rs]|uppgavs|beskriv\w*) som $"
)
"""What a document says that an effort is: "redovisas som klara"."""
_LATEST = 9999


def states_asked(text: str) -> list[Standing]:
    """The states asked for, several where they are joined; an ending with a year is an event, and "även äldre" asks for
    none.
    """
    found: dict[str, re.Match[str]] = {}
    for status in table("status_asked"):
        match = said("status_asked", status).search(text)
        if match and not any(match.start() < one.end() and one.start() < match.end() for one in found.values()):
            found[status.replace("_", " ")] = match
    kept = {status: match for status, match in found.items() if _is_state(status, match, text)}
    if not kept:
        return []
    first = next(iter(kept))
    denied = _DENIED.search(text[: kept[first].start()])
    if denied and (first in _OVER_AND_DONE or denied["longer"]):
        return [Standing(statuses() - _OVER_AND_DONE if first in _OVER_AND_DONE else _OVER_AND_DONE)]
    joined = [status for status, match in kept.items() if _joined(kept[first], match, text)]
    return [Standing(frozenset([first, *joined]))]


def _joined(one: re.Match[str], other: re.Match[str], text: str) -> bool:
    """Whether a question names two states side by side: "pausade eller nedlagda"."""
    between = text[min(one.end(), other.end()) : max(one.start(), other.start())]
    return _OR.fullmatch(between) is not None


def _is_state(status: str, match: re.Match[str], text: str) -> bool:
    before = text[: match.start()]
    if before.endswith("som ") and not _TOLD_AS.search(before):
        return False
    dated = re.search(YEAR_FORM, _without_names(text)) or re.search(r"\b(?:även|också|oavsett)\b", before)
    return status != "avslutat" or not dated


def _day(text: str) -> re.Match[str] | None:
    """The day on which a question asks for a state, None where it asks what happened then."""
    asks_state = any(said("status_asked", status).search(text) for status in table("status_asked"))
    return _ON_DAY.search(text) if asks_state and not _HAPPENED.search(text) else None


def _without_names(text: str) -> str:
    """The question without the years that name documents, and without the day that it asks for a state on."""
    met, day = MEETING.search(text), _day(text)
    text = text.replace(met["day"], " ") if met else text
    return _NAMED_YEARS.sub(" ", text.replace(day[0], " ") if day else text)


def years_asked(text: str) -> Iterator[Years]:
    """The years asked for, with what happened in them; none of those that name a document or a meeting."""
    if (day := _day(text)) and said("status_asked", "avslutat").search(text):
        yield Years("over", 0, int(re.findall(YEAR_FORM, day[0])[0]))
    text = _without_names(text)
    span = _SPAN.search(text)
    years = [int(year) for year in re.findall(rf"(?<![\d–-]){YEAR_FORM}(?![\d–-])", text)]
    event = _event(text)
    if span:
        yield Years(event, int(span[1]), int(span[2]))
    elif years:
        first, last = years[0], years[-1]
        if re.search(rf"(?<!stöd )(?<!medel )(?<!pengar )\b(?:till|t\.?o\.?m\.?|till och med) (?:år )?{first}", text):
            event = "end"
        elif since := re.search(rf"\b(efter|sedan|från och med|from) {first}", text):
            first, last = first + (since[1] == "efter"), _LATEST
        elif re.search(rf"\b(?:före|innan) {first}", text):
            first, last = 0, first - 1
        yield Years(event, first, last)


def _event(text: str) -> Event:
    if any(one.states & {"nedlagt", "pausat", "ej påbörjat"} for one in states_asked(text)):
        return "during"
    if expression("times", "asked_end").search(text) or said("status_asked", "avslutat").search(text):
        return "end"
    started = expression("times", "asked_adopted").search(text) or expression("times", "asked_start").search(text)
    return "start" if started else "during"
