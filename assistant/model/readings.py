"""Readings of cited sentences: what they also say when what their reader knows is put in.

A later sentence about "projektet" tells of the project that one before it names, and each figure of a series belongs
to the words that open it. Every reading is a whole sentence, so that statements are proved by it as by any other.
Knows nothing of statements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from assistant.model.clauses import sentences_of
from assistant.model.rows import row_readings

_TOPIC = re.compile(
    r"(?:^|\| )(?P<name>[A-ZÅÄÖ][\w&.-]*(?: [\w&.-]+){0,4}?) "
    r"(?:är (?!ägare|projektägare|huvudman|ordförande|part\b|med\b)|var (?=ett|en|läne|region)"
    r"|ska |skulle |ger |gav |erbjuder |handlar |startade |startar )"
)
_NO_TOPIC = re.compile(
    r"\b(?:Den|Det|De|Detta|Denna|Dessa|Vi|Här|Målet|Syftet|Budgeten|Arbetet|Projektet|Insatsen|Satsningen|Programmet"
    r"|\w*(?:kommun|region|högskol|universitet|länsstyrels|förbund|verket|styrelse|nämnd|stiftels|förening)\w*|AB)\b",
    re.IGNORECASE,
)
"""What is no topic, or does things rather than is one: who owns or pays."""
_ANOTHER = re.compile(
    r"\b(?:är|heter|hette|kallas|kallades|finns) (?!ägare)[A-ZÅÄÖ]"
    r"|\b(?:[Ee]tt annat|[Ee]n annan|[Dd]et andra|[Dd]en andra)\b"
)
"""A sentence that names something else, of which what follows may tell."""
_MEANT = re.compile(
    r"\b(?:(?P<thing>projektet|insatsen|satsningen|programmet|initiativet|åtgärden|stödet)(?P<its>s?)"
    r"|(?P<part>(?:projekt)?ägare|huvudman|(?:total|samlad)?budgeten|finansiär))\b(?! (?:för|till|av) [A-ZÅÄÖ])",
    re.IGNORECASE,
)
_OWNED = re.compile(
    r"^(?P<before>[A-ZÅÄÖ][^,.;|]*?) (?:(?:är|var) (?:projekt)?ägare\b|äg(?:er|de) projektet)"
    r"|\b[Ää]gare (?:är|var) (?P<after>[^,.;|]+?)(?= och |[,.;|]|$)"
)
_NAMED = r"[A-ZÅÄÖ][\w&-]*(?: (?:kommun(?:er)?|län|i|[A-ZÅÄÖ&][\w&-]*))*"
_TAKING_PART = re.compile(rf"(?P<names>(?:{_NAMED}(?:, | och | samt ))*{_NAMED}) medverkar(?! i)")
_EACH = re.compile(
    r"(?<![\w,–-])(?P<figure>\d{1,3}(?:[ \u00a0]?\d{3})*(?:,\d+)?(?: ?%| [^\W\d]+){0,2})"
    r" (?:år )?(?P<year>(?:19|20)\d\d)\b"
)
_BETWEEN = frozenset({",", "och", "samt", ", och", ", samt"})
_STOOD = re.compile(r"\b(?:var|är|blev|uppgick till|låg på|uppmättes till)\s*$")


def readings(sentences: Sequence[str], passages: Sequence[str]) -> tuple[str, ...]:
    """The sentences and what they also say, in order; `passages` are the texts that they stand in."""
    halves = sentences_of(sentences)
    found = [reading for one in halves for reading in (one, *_with_topic(one, halves, passages))]
    found += [reading for one in sentences for reading in row_readings(one, passages)]
    return tuple(dict.fromkeys(reading for one in found for reading in (tuple(_each_of_series(one)) or (one,))))


def _with_topic(sentence: str, cited: Sequence[str], passages: Sequence[str]) -> Iterator[str]:
    """The sentence with its topic's name in place of "projektet", or beside what belongs to it."""
    topic = next((found for text in (*passages, " ".join(cited)) if (found := _topic_before(sentence, text))), None)
    if not topic or not _MEANT.search(sentence) or topic in sentence:
        return
    yield _MEANT.sub(lambda one: f"{topic}{one['its']}" if one["thing"] else f"{one['part']} för {topic}", sentence)
    yield from _roles(sentence, topic)


def _roles(sentence: str, topic: str) -> Iterator[str]:
    """Who owns the topic, told from either side, and who takes part in it."""
    for owned in _OWNED.finditer(sentence):
        owner = owned["before"] or owned["after"]
        yield from (f"{owner} äger {topic}.", f"{topic} ägs av {owner}.")
    yield from (f"{part['names']} medverkar i {topic}." for part in _TAKING_PART.finditer(sentence))


def _topic_before(sentence: str, text: str) -> str | None:
    """The name that the nearest sentence before it, which tells what something is, begins with."""
    there = sentences_of([text])
    before = there[max(0, there.index(sentence) - 3) : there.index(sentence)] if sentence in there else ()
    for one in reversed(before):
        if (found := _TOPIC.search(one)) and not _NO_TOPIC.search(found["name"]):
            return found["name"]
        if _ANOTHER.search(one):
            return None
    return None


def _each_of_series(sentence: str) -> Iterator[str]:
    """Each figure of a series of years, or of a change, by itself, and the change between any two of a series."""
    pairs = list(_EACH.finditer(sentence))
    gaps = [sentence[one.end() : other.start()].strip() for one, other in pairwise(pairs)]
    if not gaps:
        return
    lead, rest = sentence[: pairs[0].start()], sentence[pairs[-1].end() :]
    if gaps == ["till"] and lead.endswith("från "):
        yield from (sentence, f"{lead}{pairs[0].group()}{rest}")
        yield f"{lead.removesuffix('från ')}till {pairs[1].group()}{rest}"
    if not all(gap in _BETWEEN for gap in gaps):
        return
    for pair in pairs:
        yield f"{lead}{pair.group()}{rest}"
    if _STOOD.search(lead):
        for first, last in combinations(sorted(pairs, key=lambda pair: pair["year"]), 2):
            change = _STOOD.sub(_moved(first["figure"], last["figure"]), lead)
            yield f"{change} från {first.group()} till {last.group()}{rest}"


def _moved(first: str, last: str) -> str:
    """What has happened between two figures."""
    before, after = (float(re.sub(r"[^\d,]", "", one).replace(",", ".")) for one in (first, last))
    return "ökade" if after > before else "minskade" if after < before else "låg kvar"
