"""What speaks for and against a candidate being the name of an initiative, counted over all its occurrences."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.facts.figures import SUM, YEAR
from ingest.facts.names import Cue, Key, bare, key_of
from ingest.facts.rows import Row
from ingest.facts.units import Unit, Usage, Word, different
from ingest.facts.vocabulary import ends_body, funds, kind_of, points_back, said, terms
from ingest.swedish import STOPWORDS, stem

_COINED = re.compile(r"[a-zåäö][A-ZÅÄÖ]|[^\W\d]{2}\d\d")
"""Words that nobody writes but as a name: "YrkesSM", "BY2030"."""
_BETWEEN = frozenset("inte ännu nu också även sedan därefter dessutom".split())
"""What may stand between a name, an auxiliary and the verb that says what it does."""
_STRONG = (Cue.TABLE, Cue.NAMED, Cue.APPOSITION, Cue.TITLED, Cue.RUN_IN, Cue.CALLED, Cue.LISTED)


@dataclass(slots=True)
class Evidence:
    """Counts over the occurrences of one candidate."""

    cues: Counter[Cue]
    counts: Counter[str] = field(default_factory=Counter)
    documents: set[str] = field(default_factory=set)
    lowered: int = 0
    proper: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """unit.words[first:last] is a known name, perhaps with a genitive ending."""

    key: Key
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Told:
    """What the units around a name tell, by their numbers: sums, years, efforts."""

    sums: frozenset[int]
    dated: frozenset[int]
    efforts: frozenset[int]

    def around(self, unit: Unit) -> Iterator[str]:
        """The signs that a unit and the one after it give to every name in it."""
        if unit.number in self.efforts or unit.number + 1 in self.efforts:
            yield "near_effort"
        if unit.number in self.dated:
            yield "dated"
        if unit.number in self.sums or unit.number + 1 in self.sums:
            yield "money"

    @classmethod
    def of(cls, units: Sequence[Unit]) -> _Told:
        nouns = terms("names", "effort_nouns")
        digits = [unit for unit in units if unit.figures]
        return cls(
            sums=frozenset(unit.number for unit in digits if SUM.search(unit.passage.text, unit.start, unit.end)),
            dated=frozenset(unit.number for unit in digits if YEAR.search(unit.passage.text, unit.start, unit.end)),
            efforts=frozenset(unit.number for unit in units if any(word.text in nouns for word in unit.words)),
        )


def by_first(keys: Iterator[Key] | Sequence[Key]) -> dict[str, list[Key]]:
    """Keys under their first word, longest first."""
    found: dict[str, list[Key]] = defaultdict(list)
    for key in keys:
        found[key[0]].append(key)
    for same in found.values():
        same.sort(key=len, reverse=True)
    return found


def matches(unit: Unit, known: Mapping[str, Sequence[Key]]) -> Iterator[Match]:
    """Names in a unit, longest first, without overlap. A last word may have "s" or a hyphenated part after it."""
    words = unit.words
    past = 0
    for number, word in enumerate(words):
        if number < past:
            continue
        text = word.text
        there = known.get(text, ())
        if text[-1] == "s":
            there = (*there, *known.get(text[:-1], ()))
        if "-" in text:
            there = (*there, *known.get(text.split("-")[0], ()))
        for key in there:
            if _is_at(key, words, number):
                past = number + len(key)
                yield Match(key, number, past)
                break


def _is_at(key: Key, words: Sequence[Word], number: int) -> bool:
    last = number + len(key) - 1
    if last >= len(words):
        return False
    for place, part in enumerate(key, number):
        word = words[place]
        if (word.text != part and not _is_form(word.text, part, place == last)) or (place > number and word.broken):
            return False
    return True


def _is_form(text: str, part: str, last: bool) -> bool:
    """Whether a word is a part of a name in another form: years with another dash, the last word with an ending."""
    if text[0].isdigit() and text.replace(" ", "").replace("-", "–") == part:
        return True
    return last and (text == part + "s" or (part.isupper() and text.startswith(part + "-")))


def gather(
    units: Sequence[Unit], rows: Sequence[Row], found: Mapping[Key, Counter[Cue]], usage: Usage
) -> dict[Key, Evidence]:
    """The evidence for every candidate."""
    result = {key: Evidence(cues) for key, cues in found.items()}
    known = by_first(list(found))
    hits: list[tuple[Unit, Match]] = [(unit, match) for unit in different(units) for match in matches(unit, known)]
    told = _Told.of(units)
    before: tuple[Unit, Match] | None = None
    for unit, match in hits:
        evidence = result[match.key]
        evidence.documents.add(unit.passage.document_id)
        evidence.counts.update(_signs(unit, match, told))
        if before and before[0] is unit and _enumerated(unit, before[1], match):
            _count_neighbours(result[before[1].key], evidence)
        before = unit, match
    _count_siblings(units, result)
    for key, evidence in result.items():
        evidence.lowered = usage.times[key[0].lower()] if len(key) == 1 and not key[0].isupper() else 0
        evidence.proper = evidence.counts["all"] > 1 and stem(key[0]) not in usage.ordinary
    for row in rows:
        _count_cells(row, result)
    return result


def _count_cells(row: Row, result: Mapping[Key, Evidence]) -> None:
    """Which candidates stand as owners or funders, or as goals or priorities, in a table."""
    for cell in row.cells:
        parts: list[str] = []
        if cell.meaning in ("owner", "participant", "funder"):
            parts = re.split(r",| och ", cell.text)
        elif cell.meaning in ("goal", "indicator", "priority"):
            parts = [cell.text]
        for part in parts:
            if (key := key_of(part.strip())) in result:
                sign = "body_cell" if cell.meaning in ("owner", "participant", "funder") else "goal_cell"
                result[key].counts[sign] += 1


def _enumerated(unit: Unit, left: Match, right: Match) -> bool:
    between = unit.passage.text[unit.words[left.last - 1].end : unit.words[right.first].start].strip()
    return between in (",", "och", "samt", ", och", "eller", "/", ";", "med") and left.last <= right.first


def _count_neighbours(left: Evidence, right: Evidence) -> None:
    """A member of an enumeration beside one that is surely a name is likely to be one."""
    for one, other in ((right, left), (left, right)):
        if any(other.cues[cue] for cue in _STRONG) or other.counts["kind_before"]:
            one.counts["neighbour"] += 1


def _count_siblings(units: Sequence[Unit], result: Mapping[Key, Evidence]) -> None:
    """Which headings stand among headings that the texts use as names: accordions, portraits, catalogues."""
    children: dict[tuple[str, ...], set[Key]] = defaultdict(set)
    for unit in units:
        path = (unit.passage.document_id, *unit.passage.section)
        if len(path) > 1:
            heading = re.split(r":| [–—-] |\s*\(", path[-1])[0]
            children[path[:-1]].add(bare(key_of(heading)))
    for path, keys in children.items():
        if len(path) > 1 and len(keys) > 1 and any(kind_of(word.lower()) for word in key_of(path[-1])):
            for key in keys & set(result):
                result[key].counts["kind_parent"] = 1
        used = [key for key in keys if key in result and result[key].counts["inside"]]
        for key in keys:
            others = len(keys) - 1
            if key in result and others >= 2 and (len(used) - (key in used)) * 2 >= others:
                result[key].counts["siblings"] += 1


def _signs(unit: Unit, match: Match, told: _Told) -> Iterator[str]:
    """The signs of one occurrence."""
    yield "all"
    words = unit.words
    before = words[match.first - 1].text.lower() if match.first and not words[match.first].broken else ""
    if before:
        yield "inside"
        yield from _signs_before(unit, match, before)
    elif not match.first and (unit.start == 0 or unit.opens_item or unit.passage.text[unit.start - 1] == "\n"):
        yield "opens"
    if unit.opens_item and not match.first and any(kind_of(word.lower()) for word in unit.passage.section[-1:]):
        yield "kind_before"
    bracketed = match.first and unit.passage.text[words[match.first].start - 1] == "("
    if bracketed and ends_body(words[match.first - 1].text):
        yield "body_before"
    yield from _signs_after(unit, match, before)
    yield from told.around(unit)


def _signs_before(unit: Unit, match: Match, before: str) -> Iterator[str]:
    """What the word right before, and the few before that, say of a name."""
    if kind_of(before) and not before.endswith(("ar", "er")):
        yield "kind_before"
        if points_back(before):
            yield "called"
    if before in terms("bodies", "starts") or said("bodies", "nouns").fullmatch(before):
        yield "body_before"
    if before in terms("names", "before_place"):
        yield "place_before"
    if before in terms("names", "before_effort"):
        yield "effort_before"
    led = before == "för" and match.first > 1 and unit.words[match.first - 2].text.lower() in terms("names", "leads")
    if led or before in terms("names", "acted_on"):
        yield "acted_on"
    near = unit.words[max(0, match.first - 4) : match.first - 1]
    if before == "i" and any(word.text.lower() in terms("names", "joined") for word in near):
        yield "joined"


def _signs_after(unit: Unit, match: Match, before: str) -> Iterator[str]:
    """What follows a name: what efforts do, what bodies do, what persons are."""
    words = unit.words
    following = (word.text.lower() for word in words[match.last : match.last + 4])
    ahead = [word for word in following if word not in _BETWEEN][:2]
    broken = bool(ahead) and words[match.last].broken
    called = match.first and words[match.first - 1].text.lower() in terms("names", "before_person")
    if called or (broken and ahead[0] in terms("names", "persons_do")):
        yield "person"
    if broken and ahead[0] == "som" and ahead[-1] in terms("names", "efforts_do"):
        yield "effort_verb"
    if broken or not ahead:
        return
    if ahead[0] in terms("names", "efforts_do") or (
        ahead[0] in ("har", "är", "som", "ska") and ahead[-1] in terms("names", "efforts_do")
    ):
        yield "effort_verb"
    if (
        ahead[0] in terms("names", "bodies_do")
        and before not in terms("names", "before_place")
        and before not in terms("names", "before_effort")
    ):
        yield "body_verb"


def looks_like_body(key: Key) -> bool:
    """Whether words are built like the name of a body: "Länsstyrelsen i Norrvik", "Ekby kommun", "Norrbygg AB"."""
    return (
        ends_body(key[-1])
        or ends_body(key[0])
        or key[0].lower() in terms("bodies", "starts")
        or key[-1] == "AB"
        or (len(key) > 1 and key[-1] in ("Park", "Studio"))
    )


def features(key: Key, evidence: Evidence, places: frozenset[str]) -> dict[str, float]:
    """Named features of a candidate, each 0 to about 3: see name_weights.json."""
    counts = evidence.counts
    used = counts["inside"] > 0
    return {
        "bias": 1.0,
        "opens": min(2.0, counts["opens"]) * (used or evidence.proper),
        "near_effort": counts["near_effort"] / max(counts["all"], 1),
        "dated": counts["dated"] / max(counts["all"], 1),
        "money": counts["money"] / max(counts["all"], 1),
        "body_verb": counts["body_verb"] / max(counts["all"], 1),
        "place_before": counts["place_before"] / max(counts["all"], 1),
        "siblings": float(counts["siblings"] > 0),
        "documents": math.log(max(1, len(evidence.documents))),
        "kind_before": min(2.0, counts["kind_before"] + 2 * counts["kind_parent"] * counts["siblings"]),
        "body_cell": min(2.0, counts["body_cell"] + counts["body_before"]),
        "ordinary": math.log1p(evidence.lowered),
        "proper": float(evidence.proper and len(key) == 1),
        **{sign: min(2.0, counts[sign]) for sign in _TWICE},
        **_of_cues(evidence, used),
        **_of_form(key, places, used),
    }


_TOLD = (Cue.TITLED, Cue.NAMED, Cue.APPOSITION, Cue.CALLED, Cue.LISTED)
_PLAIN = tuple(cue for cue in Cue if cue not in (Cue.APPOSITION, Cue.CALLED, Cue.CAPITALS, Cue.ITEM, Cue.RUN_IN))
_TWICE = ("neighbour", "acted_on", "joined", "effort_verb", "effort_before", "person", "goal_cell", "called")


def _of_cues(evidence: Evidence, used: bool) -> dict[str, float]:
    """What the cues that found a candidate say; some only where a sentence uses it too."""
    cues, counts = evidence.cues, evidence.counts
    told = any(cues[cue] for cue in _TOLD) or (counts["kind_parent"] and counts["siblings"])
    return {
        **{cue.value: float(cues[cue] > 0) for cue in _PLAIN},
        **{f"{cue.value}_used": float(cues[cue] > 0 and used) for cue in (Cue.ITEM, Cue.RUN_IN)},
        "heading_used": float(cues[Cue.HEADING] > 0 and (used or counts["opens"] > 0)),
        "apposed": min(2.0, cues[Cue.APPOSITION]),
        "unseen_inside": float(not (used or evidence.proper or told)),
    }


def _of_form(key: Key, places: frozenset[str], used: bool) -> dict[str, float]:
    """What the words of a candidate say by themselves."""
    kind = kind_of(key[-1].lower()) or kind_of(key[0].lower())
    name = " ".join(key)
    compound = kind is not None and len(key) == 1 and len(key[0]) >= len(kind[1]) + 3
    return {
        "place": float(name in places or name.removesuffix("s") in places),
        "place_inside": float(key[0] in places or key[0].removesuffix("s") in places),
        "body": float(looks_like_body(key)),
        "fund": float(funds().match(name) is not None),
        "kind_end": float(kind is not None),
        "compound": float(compound),
        "compound_used": float(compound and used),
        "long": float(len(key) > 4),
        "lower_tail": float(len(key) > 1 and key[-1][0].islower()),
        "stop_first": float(key[0].lower() in STOPWORDS and not used),
        "hyphen": float("-" in key[0].rstrip("-")),
        "coined": float(_COINED.search(key[0]) is not None),
        "genitive": float(key[-1].endswith("s") and not key[-1].endswith("ss") and len(key) == 1),
    }
