"""Which names stand for the same thing: keys of stems, abbreviations, short forms, compounds and misspellings."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from ingest.documents import Passage
from ingest.register.abbreviations import definitions
from ingest.register.cues import head_of, is_generic, is_place, kind_of_head
from ingest.register.titles import UNUSUAL, Candidate
from ingest.swedish import fold, stem, words

ENOUGH = 3
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?:\s?[–-]\s?(?:19|20)\d\d)?(?!\d)")
_ALSO_CALLED = re.compile(
    r"\s*[(,]?\s*(?:som )?(?:även |också |tidigare |vardagligt |egentligen )*"
    r"(?:kalla(?:de?s?|s|ts)|tidigare|vardagligt|benämnd|heter|hette)\s*(?:för |beskriven som |kallad )?[\"”“]?\Z"
)
_TITLED = re.compile(
    r"\s*(?:\([^)]*\))?\s*,?\s*(?:med (?:titeln?|namnet)|kallade?s?|som heter|benämnd|vid namn|heter)\s*[\"”“]?"
)
_IT_WAS_CALLED = re.compile(r"(?:Det|Den) (?:heter|hette|kallas|kallades|fick namnet) ")
_TYPE_BEFORE = re.compile(
    r"^(?:(?i:den )?(?i:regional)a? \w+(?:strategin?|plan(?:en)?|program(?:met)?) )(?=[A-ZÅÄÖ]\w+ (?:19|20)\d\d)"
)
"""What a strategy is, before its name: "den regionala utvecklingsstrategin Mårdal 2040"."""
OWNED = re.compile(r"[A-ZÅÄÖ]\w+s [a-zåäö]+(?:strategi|plan|program|kluster|nätverk|råd|forum|verktyg|modell|policy)\Z")
_DATED = re.compile(r"\w+ 20\d\d")
Key = tuple[str, ...]


@dataclass(slots=True)
class Name:
    """All that is known of one name (a key) while it is decided."""

    key: Key
    order: int
    forms: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    weights: dict[str, int] = field(default_factory=dict)
    best: tuple[int, int] = (0, 0)

    @property
    def score(self) -> int:
        """What speaks for the name, each sort of evidence counted once."""
        return sum(self.weights.values())


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate in its sentence: `place` numbers the sentences, `passage` the passages."""

    candidate: Candidate
    form: str
    key: Key
    place: int
    context: bool


def name_key(name: str) -> Key:
    """The stems of a name without years, articles and the place whose it is: forms of one name share their key."""
    name = _TYPE_BEFORE.sub("", name)
    parts = [word for word in words(name) if not YEAR.fullmatch(word)]
    if len(parts) == 1 and _DATED.fullmatch(name) and head_of(parts[0]) is None:
        return (stem_of(parts[0]), name[-4:])
    parts = [re.sub(r":(?:s|en|ens|ar|arna)$|-(?:19|20)\d\d$", "", word) for word in parts]
    while len(parts) > 1 and parts[0] in {"den", "det", "de", "en", "ett"}:
        parts = parts[1:]
    owned = OWNED.match(name)
    if len(parts) > 1 and parts[0].endswith("s") and not is_place(parts[1]) and (is_place(parts[0]) or owned):
        parts = parts[1:]
    head = head_of(parts[1]) if len(parts) == 2 and parts[0].startswith("regional") else None
    if head and not is_generic(head[0]):
        parts = parts[1:]
    return tuple(stem_of(part) for part in parts)


@lru_cache(maxsize=50_000)
def stem_of(word: str) -> str:
    """The stem, with the definite ending of compounds that Snowball leaves ("labbet", "policyn") taken off."""
    head = head_of(word)
    if head and head[0]:
        return fold(head[0]) + "+" + head[1].removesuffix("ar")
    return stem(word)


def join_names(
    names: dict[Key, Name], found: Sequence[Found], sentences: Sequence[tuple[Passage, int, int]]
) -> dict[Key, Key]:
    """Which names stand for the same: abbreviations, "även kallad", short forms and compounds of a longer name."""
    parent: dict[Key, Key] = {}

    def join(one: Key, other: Key) -> None:
        first, second = root(parent, one), root(parent, other)
        if first != second:
            parent[second] = first

    for one, other in (*_defined(names, found, sentences), *_short_forms(names), *_compound_forms(names)):
        join(one, other)
    return parent


def root(parent: dict[Key, Key], key: Key) -> Key:
    """The key that stands for all that are joined with `key`."""
    while parent.get(key, key) != key:
        key = parent[key]
    return key


def _defined(
    names: dict[Key, Name], found: Sequence[Found], sentences: Sequence[tuple[Passage, int, int]]
) -> Iterator[tuple[Key, Key]]:
    """Pairs that a sentence itself equates, main name first."""
    by_place: dict[int, list[Found]] = defaultdict(list)
    for one in found:
        by_place[one.place].append(one)
    for place, here in by_place.items():
        passage, start, end = sentences[place]
        text = passage.text[start:end]
        if sentences[place - 1][0] is passage:
            yield from _named_after(text, by_place.get(place - 1, ()), here)
        yield from _abbreviated(names, text, place, here)
        for one, other in _neighbours(here):
            for pair in _equated(one, other, text[one.candidate.end : other.candidate.start]):
                for key in pair:
                    names[key].weights["equated"] = 1
                yield pair


def _named_after(text: str, before: Sequence[Found], here: Sequence[Found]) -> Iterator[tuple[Key, Key]]:
    """ "Det hette X" names what the sentence before introduced."""
    introduced = [one for one in before if one.candidate.evidence in {"indefinite", "produced", "head"}]
    if introduced and _IT_WAS_CALLED.match(text):
        yield max(here, key=lambda one: one.candidate.weight).key, introduced[-1].key


def _abbreviated(names: dict[Key, Name], text: str, place: int, here: Sequence[Found]) -> Iterator[tuple[Key, Key]]:
    for definition in definitions(text):
        short, long = name_key(definition.short), name_key(definition.long)
        names.setdefault(short, Name(short, place)).forms[definition.short] += 1
        if long in names:
            yield long, short
        for one in here:
            if one.candidate.evidence == "copula" and one.candidate.end < definition.start:
                yield one.key, short
            if definition.long in one.form or (one.form in definition.long and len(one.key) > 1):
                yield one.key, short


def _neighbours(here: Sequence[Found]) -> Iterator[tuple[Found, Found]]:
    """Each candidate of a sentence with the nearest before it."""
    for other in here:
        earlier = [one for one in here if one.candidate.end < other.candidate.start and one.candidate.weight >= 1]
        if earlier and other.candidate.weight >= 1:
            yield max(earlier, key=lambda one: (one.candidate.end, one.candidate.weight)), other


def _equated(one: Found, other: Found, between: str) -> Iterator[tuple[Key, Key]]:
    """The pair, main name first, when what stands between two candidates says that they are one thing."""
    called = _ALSO_CALLED.search(between)
    evidence = (one.candidate.evidence, other.candidate.evidence)
    put_after = between == " " and evidence == ("definite", "cue")
    if called and not re.search(r"[.,;:]", between[: called.start()]):
        yield one.key, other.key
    elif put_after or _TITLED.fullmatch(between) or (evidence[1] == "apposition" and between in {", ", "; "}):
        yield other.key, one.key


def _short_forms(names: dict[Key, Name]) -> Iterator[tuple[Key, Key]]:
    """A name and the longer names that begin with it; only where it is one compound or has a proper noun's rarity."""
    by_first: dict[str, list[Name]] = defaultdict(list)
    for name in names.values():
        by_first[name.key[0]].append(name)
    for name in names.values():
        longer = [
            other
            for other in by_first[name.key[0]]
            if len(other.key) > len(name.key) and other.key[: len(name.key)] == name.key and other.score >= ENOUGH
        ]
        unusual = any(UNUSUAL.fullmatch(form) for form in name.forms)
        telling = len(name.key) > 1 or "+" in name.key[0] or len(name.key[0]) >= 10 or unusual
        if telling and len({other.key[len(name.key)] for other in longer}) == 1:
            for other in longer:
                yield other.key, name.key
    by_last: dict[str, list[Name]] = defaultdict(list)
    for name in names.values():
        by_last[name.key[-1]].append(name)
    for name in names.values():
        ends = [
            other
            for other in by_last[name.key[-1]]
            if len(name.key) > 1 and other.key[1:] == name.key and other.score >= ENOUGH
        ]
        if len(ends) == 1:
            yield ends[0].key, name.key


def _compound_forms(names: dict[Key, Name]) -> Iterator[tuple[Key, Key]]:
    """ "fjordprojektet" for the project "Fjord i förändring"; "skogsstrategin" for "skog- och trästrategin"."""
    by_first: dict[str, list[Name]] = defaultdict(list)
    coordinated: dict[str, Key] = {}
    for name in names.values():
        by_first[name.key[0].rstrip("-")].append(name)
        if len(name.key) >= 2 and "+" in name.key[-1]:
            head = name.key[-1].partition("+")[2]
            hyphened = [word for form in name.forms for word in form.split() if word.endswith("-")]
            for word in hyphened:
                coordinated[fold(word.rstrip("-")) + "+" + head] = name.key
    for name in names.values():
        if len(name.key) != 1 or "+" not in name.key[0]:
            continue
        first, _, head = name.key[0].partition("+")
        for bare in (first, first.removesuffix("s")):
            if bare + "+" + head in coordinated:
                yield coordinated[bare + "+" + head], name.key
        stems = {stem(first), stem(first.removesuffix("s")), first, first.removesuffix("s")}
        full = [
            other
            for part in stems
            for other in by_first.get(part, ())
            if other is not name
            and other.score >= ENOUGH
            and (kind_of_head(head) in other.kinds or head in {"projekt", "satsning", "verktyg"})
        ]
        if (
            full
            and head in {"projekt", "satsning", "verktyg", "nätverk", "modell", "program"}
            and len({f.key for f in full}) == 1
        ):
            yield full[0].key, name.key
