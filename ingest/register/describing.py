"""What an entry of the register says of an initiative: its name and kind, and the years, actors and sums beside it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import cast

from ingest.documents import Passage
from ingest.register.cues import CAPITAL_HEADS, PLURALS, head_of, is_actor, kind_of_head
from ingest.register.entries import Initiative, Kind, Mention
from ingest.register.joining import ENOUGH, OWNED, YEAR, Name
from ingest.swedish import words

_SUM = re.compile(
    r"(?<![\d,:])\d+(?:[ \u00a0]\d{3})*(?:[.,]\d+)?\s?(?:kr\b|kronor|tkr|mkr|mnkr|mdkr|miljoner(?: "
    r"kronor)?|miljarder(?: kronor)?)"
)


_ACTOR = re.compile(
    r"\b(?:Region(?:en)? [A-ZÅÄÖ]\w+(?: [A-ZÅÄÖ]\w+| län)?|Länsstyrelsen(?: i [A-ZÅÄÖ]\w+ län)?|"
    r"[A-ZÅÄÖ]\w+ (?:kommun|universitet|högskola)"
    r"|[A-ZÅÄÖ]\w+(?:(?<!nät)verket|myndigheten|universitetet|förmedlingen|högskolan|kulturrådet|"
    r"styrelsen|fullmäktige|nämnden))\b"
)


_YEAR_ALONE = re.compile(rf"(?<!\w)(?:{YEAR.pattern})(?!\w)")


def describe(
    group: Sequence[Name], places: Sequence[int], sentences: Sequence[tuple[Passage, int, int]]
) -> Initiative | None:
    """The entry of one group of names, which `places` (numbers of sentences) name; None where it is no initiative."""
    if not places:
        return None
    main = max(group, key=_naming_strength)
    name = _display(main)
    if is_actor(name) and main.score < 2 * ENOUGH and not {"cue", "named", "apposition", "copula"} & set(main.weights):
        return None
    aliases = [_display(other) for other in group if other is not main]
    aliases += [form for other in group for form in other.forms if form not in {name, *aliases}]
    introduced = max(group, key=lambda one: one.best[0]).best[1]
    if introduced not in places:
        introduced = places[0]
    telling = [introduced, *(place for place in places if place != introduced)]
    texts = [sentences[place][0].text[sentences[place][1] : sentences[place][2]] for place in telling]
    near = texts[:1] + [text for text in texts[1:6]]
    kinds: Counter[str] = Counter()
    for one in group:
        kinds.update(one.kinds)
    return Initiative(
        name=name,
        aliases=tuple(dict.fromkeys(alias for alias in aliases if alias != name)),
        kind=cast(Kind, _kind(main, kinds) or _kind_nearby(sentences, introduced)),
        section=sentences[introduced][0].section,
        years=_collect(_YEAR_ALONE, [name, *near]),
        actors=tuple(actor for actor in _collect(_ACTOR, near) if actor not in name),
        sums=_collect(_SUM, near),
        mentions=tuple(Mention(sentences[place][0].id, *sentences[place][1:]) for place in places),
        best=list(places).index(introduced),
    )


def _naming_strength(name: Name) -> tuple[bool, bool, bool, int]:
    """The name that an entry goes by: sure, with a capital inside, no bare abbreviation, the longest."""
    form = _display(name)
    capital = any(part[:1].isupper() for part in (f for f in name.forms))
    return (name.score >= ENOUGH, capital and not form.isupper(), len(form) > 3, min(len(name.key), 8))


def _display(name: Name) -> str:
    """The form to show: rather one with no owner before it, with a capital and a year, definite, often used."""

    def worth(form: str) -> tuple[bool, bool, bool, bool, int, int]:
        head = head_of(form.split()[-1].lower())
        definite = head is not None and head[2]
        return (
            not OWNED.match(form),
            form[:1].isupper(),
            bool(YEAR.search(form)),
            definite,
            name.forms[form],
            len(form),
        )

    form = max(name.forms, key=worth)
    return form[:1].upper() + form[1:]


def _kind(main: Name, kinds: Counter[str]) -> str | None:
    """The kind that the name's own head says, else the one most often cued."""
    for part in _display(main).split():
        head = head_of(part.lower())
        vague = head is not None and head[1] == "samverkan" and bool(kinds)  # Any effort may be a joint one.
        if (
            head
            and not vague
            and head[1] in CAPITAL_HEADS
            and not PLURALS.match(part.lower())
            and "cue" not in main.weights
        ):
            return kind_of_head(head[1])
    return kinds.most_common(1)[0][0] if kinds else None


def _kind_nearby(sentences: Sequence[tuple[Passage, int, int]], introduced: int) -> str:
    """What the sentence after the introduction, or the introduction, calls it: "Satsningen …", "… ett projekt"."""
    passage = sentences[introduced][0]
    following = [
        place for place in (introduced + 1, introduced) if place < len(sentences) and sentences[place][0] is passage
    ]
    for place in following:
        text = passage.text[sentences[place][1] : sentences[place][2]]
        for word in words(text):
            head = head_of(word)
            if (
                head
                and not head[0]
                and (head[2] or place == introduced)
                and head[1] not in {"arbete", "system", "stöd", "plan"}
            ):
                return kind_of_head(head[1])
    return "other"


def _collect(pattern: re.Pattern[str], texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match.group().strip() for text in texts for match in pattern.finditer(text)))
