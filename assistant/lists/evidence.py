"""Whether an entity meets a constraint, by its facts and windows: how surely, in which words, and where that stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.lists.constraints import Amount, Constraint, Party, Priority, Subject, Years
from assistant.lists.lexicon import (
    ADOPTED,
    BEGAN,
    DENIED,
    ENDED,
    ENDING,
    FUNDER_HEAD,
    LABEL,
    MONEY,
    OWNED,
    OWNER_HEAD,
    OWNING,
    SCALE,
    STARTING,
    STATUSES,
    SUM_HEAD,
    TIME_HEAD,
    Status,
)
from assistant.lists.windows import Window
from ingest.facts.lexicon import MONTHS
from ingest.facts.types import Attribute, Entity, Fact, Stretch
from ingest.swedish import content_words, stem

FACT, BOUND, BESIDE, NEAR = 1.0, 0.9, 0.7, 0.5
"""How sure: a typed fact or table cell; said of the entity in its sentence; stands beside its name; after its name."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """How surely (0 to 1) a constraint is met, the value as written and the stretch that says it."""

    strength: float
    value: str
    proof: Stretch


def weigh(constraint: Constraint, entity: Entity, windows: Sequence[Window]) -> Evidence | None:
    """The surest evidence that an entity meets a constraint, None where nothing says so."""
    return max(_all(constraint, entity, windows), key=lambda found: found.strength, default=None)


def _all(constraint: Constraint, entity: Entity, windows: Sequence[Window]) -> Iterator[Evidence]:
    match constraint:
        case Party():
            yield from _party(constraint, entity, windows)
        case Years():
            yield from _years(constraint, entity, windows)
        case Amount():
            yield from _amounts(constraint, entity, windows)
        case Priority():
            yield from _priority(constraint, entity, windows)
        case Subject():
            return
        case _:
            yield from _status(constraint, entity, windows)


def _facts(entity: Entity, *attributes: Attribute) -> Iterator[Fact]:
    return (fact for fact in entity.facts if fact.attribute in attributes)


def cells(window: Window) -> list[tuple[str, str]]:
    """(column head, cell) of a table row or of a labelled line; empty for other text and for rows that fit no head."""
    if label := LABEL.match(window.text):
        return [("", ""), (label["label"], label["value"])]
    head, row = window.head.split(" | "), window.text.split(" | ")
    return list(zip(head, row, strict=True)) if window.head and len(head) == len(row) and row != head else []


def _status(status: Status, entity: Entity, windows: Sequence[Window]) -> Iterator[Evidence]:
    last = next((fact for fact in reversed(entity.facts) if fact.attribute is Attribute.STATUS), None)
    if status == "ongoing" and last is not None and last.value.startswith("pågå"):
        yield Evidence(BESIDE, last.value, last.proof)
    says = re.compile(rf"\b(?:{STATUSES[status][1]})", re.IGNORECASE)
    for window in windows:
        for match in says.finditer(window.text):
            about_it = window.named or _BACK.search(window.text)
            if about_it and not DENIED.search(window.text[: match.start()]):
                strength = BOUND if window.named and match.start() < 200 else BESIDE if window.named else NEAR
                yield Evidence(strength, match[0], window.stretch)
        over = says.search(window.over[-1]) if window.named and window.over else None
        if over:
            yield Evidence(BESIDE, over[0], window.stretch)


_BACK = re.compile(
    r"\b(?:det|den|projektet|försöket|nätverket|insatsen|verksamheten|tjänsten|satsningen"
    r"|programmet|initiativet|arbetet|rådet)\b",
    re.IGNORECASE,
)
"""Points back to what was named before."""


def _party(party: Party, entity: Entity, windows: Sequence[Window]) -> Iterator[Evidence]:
    named = re.compile(
        rf"(?<![\w-])(?:{'|'.join(map(re.escape, party.names))})(?:s|ens|medel|projektet)?(?![\w-])", re.IGNORECASE
    )
    roles = {
        "owner": (Attribute.OWNER,),
        "funder": (Attribute.FUNDER,),
        "participant": (Attribute.PARTICIPANT, Attribute.OWNER),
        "any": (Attribute.PARTICIPANT, Attribute.OWNER, Attribute.FUNDER),
    }[party.role]
    # A table's column of owners is surer than what a sentence seems to say.
    owned = party.role == "owner" and any(_owner_cell(window) for window in windows)
    for fact in () if owned else _facts(entity, *roles):
        if named.search(fact.value):
            yield Evidence(FACT, fact.value, fact.proof)
    for window in windows:
        if party.role == "owner" and window.table and _stands_next(named, entity, window):
            yield Evidence(BOUND, window.text, window.stretch)
        if not owned or window.table:
            yield from _party_in(party, named, window)


def _stands_next(named: re.Pattern[str], entity: Entity, window: Window) -> bool:
    """Whether a row whose columns were lost begins with the entity's name and the party right after it."""
    rest = next(
        (window.text[len(name) :] for name in (entity.name, *entity.aliases) if window.text.startswith(name)), ""
    )
    return named.match(rest.lstrip()) is not None


def _owner_cell(window: Window) -> bool:
    return any(OWNER_HEAD.search(column) for column, _ in cells(window))


def _party_in(party: Party, named: re.Pattern[str], window: Window) -> Iterator[Evidence]:
    """What one window says of a party's part."""
    head = {"owner": OWNER_HEAD, "funder": FUNDER_HEAD}.get(party.role)
    row = cells(window)
    for column, cell in row[1:]:
        if (match := named.search(cell)) and (head is None or head.search(column)):
            yield Evidence(FACT, cell, window.stretch)
    if row and head is not None and any(head.search(column) for column, _ in row):
        return
    for match in named.finditer(window.text):
        before, after = window.text[: match.start()], window.text[match.end() :]
        if _left_out(before, after):
            continue
        if party.role == "owner":
            if _owns(before, after):
                yield Evidence(BOUND if window.named else BESIDE, match[0], window.stretch)
        elif party.role != "funder" or not party.municipality or MONEY.search(window.text):
            yield Evidence(BESIDE if window.named else NEAR, match[0], window.stretch)
    if party.municipality and party.role in ("participant", "any"):
        if match := re.search(r"\b(?:alla|samtliga|länets) (?:\w+ )?kommuner(?:na)?\b", window.text, re.IGNORECASE):
            yield Evidence(BESIDE if window.named else NEAR, match[0], window.stretch)
        if window.over and named.search(window.over[-1]) and window.named and not _left_out(window.text, window.text):
            yield Evidence(BESIDE, window.over[-1], window.stretch)


_OUT_BEFORE = re.compile(r"\b(?:utan|utom|förutom|ej|inte)(?: \w+){0,2} $", re.IGNORECASE)
_HOPED = re.compile(r"\b(?:söka|ansöka|avser|hoppas)\b(?: \w+){0,6} $", re.IGNORECASE)
_OUT_AFTER = re.compile(
    r"^\W*(?:\w+ ){0,3}(?:står? (?:\w+ )?utanför|stod utanför|avst[åo]d\w*|lämnade|är (?:ännu"
    r" |fortfarande )?inte med|valde att inte|tackade nej|deltar inte)",
    re.IGNORECASE,
)


def _left_out(before: str, after: str) -> bool:
    """Whether the text says that the one named takes no part."""
    return bool(
        _HOPED.search(before)
        or _OUT_BEFORE.search(before)
        or _OUT_AFTER.search(after)
        or re.search(r"\bavstod (?:kommunen|man)\b", after)
    )


def _owns(before: str, after: str) -> bool:
    return bool(
        re.match(rf"(?: kommun)?(?:,? som| ska| har| har \w+)? (?:\w+ )?{OWNING}\b", after)
        or re.match(
            r"(?: kommun)? (?:är|var|som) (?:\w+ )?(?:projektägare|ägare|huvudman|ansvarig|samordnare|initiativtagare)",
            after,
        )
        or re.search(rf"\b{OWNED}\b(?: \w+){{0,4}} av (?:\w+ ){{0,2}}$", before)
        or re.search(rf"\b{OWNING} $", before)
        or re.search(r"\b(?:projektägare|huvudman|ansvarig|ägare)(?: är|:)? $", before, re.IGNORECASE)
    )


_YEAR = r"(?:19|20)\d\d"
_RANGE = re.compile(rf"({_YEAR})(?:\s?[–-]\s?|/| till (?:och med )?(?:\w+ )?|, därefter )({_YEAR}|\d\d)(?!\d)")
_DAY = re.compile(rf"\b({_YEAR})-(?:0\d|1[0-2])(?:-\d\d)?\b")
_MONTH = "|".join((*MONTHS, "våren", "hösten", "sommaren", "vintern"))


def events(text: str, title: str) -> Iterator[tuple[str, int, str]]:
    """(event, year, words) of what a text says began, ended or was adopted when; a title's year stands in for none."""
    text = _DAY.sub(r"\1", text)
    for match in _RANGE.finditer(text):
        if re.search(r"(?:läs|skol)året $", text[: match.start()]):
            continue
        last = int(match[2]) if len(match[2]) == 4 else int(match[1][:2] + match[2])
        if "årsskiftet" in text[max(0, match.start() - 14) : match.start()]:
            yield "end", int(match[1]), match[0]
        elif int(match[1]) <= last:
            yield "start", int(match[1]), match[0]
            yield "end", last, match[0]
    bare = _RANGE.sub(" ", text)
    for event, verb, done in (("start", STARTING, BEGAN), ("end", ENDING, ENDED), ("adopted", ADOPTED, ADOPTED)):
        for match in re.finditer(rf"\b{verb}\b((?:\W+(?!{_YEAR})\w+){{0,6}}?)\W+({_YEAR})\b", bare, re.IGNORECASE):
            if not re.search(rf"\b(?:{ENDING if event == 'start' else STARTING})\b", match[1], re.IGNORECASE):
                yield event, int(match[2]), match[0]
        for match in re.finditer(rf"\b({_YEAR})((?:\W+(?!{_YEAR})\w+){{0,4}}?)\W+{done}\b", bare, re.IGNORECASE):
            if not re.search(rf"[.;,]|\b(?:och|men|{STARTING}|{ENDING})\b", match[2], re.IGNORECASE):
                yield event, int(match[1]), match[0]
        year = re.findall(_YEAR, title)
        if len(year) == 1 and not re.search(_YEAR, text):
            for match in re.finditer(rf"\b{verb}\b(?:\W+\w+){{0,3}}?\W+(?:{_MONTH})\b", text, re.IGNORECASE):
                yield event, int(year[0]), match[0]


def period(entity: Entity, windows: Sequence[Window]) -> Iterator[tuple[str, int, str, Stretch, float]]:
    """(start or end, year, words, proof, strength) of all that is said of when an entity began and ended."""
    read = {(window.stretch.passage_id, window.stretch.start) for window in windows}
    for fact in _facts(entity, Attribute.START, Attribute.END):
        if (fact.proof.passage_id, fact.proof.start) in read:
            continue
        found = re.findall(_YEAR, fact.value) or ([str(fact.year)] if fact.year else [])
        if found:
            yield (
                fact.attribute.value,
                int(found[-1 if fact.attribute is Attribute.END else 0]),
                fact.value,
                fact.proof,
                BESIDE,
            )
    own = re.compile("|".join(re.escape(name) for name in (entity.name, *entity.aliases)))
    for window in windows:
        row = cells(window)
        for column, cell in row[1:]:
            if TIME_HEAD.search(column):
                for event, year, words in events(cell, ""):
                    yield event, year, words, window.stretch, FACT
                if re.search(r"start", column, re.IGNORECASE) and re.fullmatch(_YEAR, cell):
                    yield "start", int(cell), cell, window.stretch, FACT
                if re.search(r"slut", column, re.IGNORECASE) and re.fullmatch(_YEAR, cell):
                    yield "end", int(cell), cell, window.stretch, FACT
        if not row:
            for event, year, words in events(own.sub("", window.text), window.title):
                yield event, year, words, window.stretch, BESIDE if window.named else NEAR


def _years(years: Years, entity: Entity, windows: Sequence[Window]) -> Iterator[Evidence]:
    said = list(period(entity, windows))
    if years.event == "during":
        # Going on in those years cannot be read off one sentence: it holds unless all that is known speaks against it.
        known = {event: [year for what, year, *_ in said if what == event] for event in ("start", "end")}
        late = known["start"] and min(known["start"]) > years.last
        early = known["end"] and max(known["end"]) < years.first
        if not late and not early:
            stretch = said[0][3] if said else windows[0].stretch if windows else entity.mentions[0]
            yield Evidence(BOUND if said else NEAR, said[0][2] if said else "", stretch)
        return
    sure = {year for event, year, _, _, strength in said if event == years.event and strength == FACT}
    # What began earlier did not begin then, whatever else began in it; a table's period is surer than any sentence.
    earlier = years.event == "start" and any(event == "start" and year < years.first for event, year, *_ in said)
    for event, year, words, proof, strength in said:
        if event == years.event and years.first <= year <= years.last and (year in sure if sure else not earlier):
            yield Evidence(strength, words, proof)


_SUM = re.compile(
    r"(?<![\d,])(\d{1,3}(?:[  .]\d{3})+|\d+)(,\d+)?\s*(miljon\w*|mkr|mnkr|tkr|tusen|kronor|kr)\b", re.IGNORECASE
)


def kronor(text: str, unit: str = "") -> Iterator[tuple[float, str]]:
    """The sums of money in a text, in kronor, as written; `unit` counts where the numbers have none."""
    for match in _SUM.finditer(text):
        scale = next(value for name, value in SCALE.items() if match[3].lower().startswith(name))
        yield float(re.sub(r"\D", "", match[1]) + (match[2] or "").replace(",", ".")) * scale, match[0]
    found = re.search(r"\b(miljoner|mkr|mnkr|tkr|tusen|kronor)\b", unit, re.IGNORECASE)
    bare = re.fullmatch(r"\s*(\d+(?:[ \u00a0]\d{3})*)(?:,(\d+))?\s*", text)
    if found and bare:
        scale = next(value for name, value in SCALE.items() if found[1].lower().startswith(name))
        yield float(re.sub(r"\D", "", bare[1]) + "." + (bare[2] or "0")) * scale, text


def _amounts(amount: Amount, entity: Entity, windows: Sequence[Window]) -> Iterator[Evidence]:
    found = [
        (value, words, fact.proof, FACT)
        for fact in _facts(entity, Attribute.SUM)
        for value, words in kronor(f"{fact.value} {fact.unit or ''}")
    ]
    for window in windows:
        for column, cell in cells(window)[1:]:
            if SUM_HEAD.search(column) or FUNDER_HEAD.search(column):
                unit = f"{column} {' '.join(window.over)}"
                found += [(value, words, window.stretch, FACT) for value, words in kronor(cell, unit)]
        if not window.head and window.named:
            found += [(value, words, window.stretch, BESIDE) for value, words in kronor(window.text)]
    sure = [one for one in found if one[3] == FACT]
    for value, words, proof, strength in sure or found:
        if value > amount.kronor if amount.over else value < amount.kronor:
            yield Evidence(strength, words, proof)


def _priority(priority: Priority, entity: Entity, windows: Sequence[Window]) -> Iterator[Evidence]:
    for fact in _facts(entity, Attribute.PRIORITY):
        if _fits(priority, fact.value):
            yield Evidence(FACT, fact.value, fact.proof)
    for window in windows:
        over = next((heading for heading in reversed(window.over) if _fits(priority, heading)), None)
        if over and window.named:
            listed = bool(window.head)
            yield Evidence(FACT if listed else BESIDE, over, window.stretch)
        elif (
            window.named
            and (
                match := re.search(
                    rf"\b(?:prioritering|kurs|insatsområde|målområde|område) {priority.number}\b",
                    window.text,
                    re.IGNORECASE,
                )
            )
            and priority.number
        ):
            yield Evidence(BOUND, match[0], window.stretch)


def _fits(priority: Priority, heading: str) -> bool:
    if priority.number is not None:
        named = rf"\b(?:prioritering|kurs|område|\w+område) {priority.number}\b|^{priority.number}\. (?=[A-ZÅÄÖ])"
        return bool(re.search(named, heading, re.IGNORECASE))
    stems = {stem(word) for word in content_words(heading)}
    return bool(priority.title) and stems.issuperset(priority.title)
