"""Candidate names of initiatives: runs of words whose extent the layout or the language tells.

A name's end is told by a cell, a heading, quotation marks, the head of an item, "heter", an apposition or an
enumeration; where nothing tells, by what the occurrences have in common.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from ingest.documents import PassageKind
from ingest.facts.figures import YEAR_FORM
from ingest.facts.tabular import Cell, FactLine, Row
from ingest.facts.units import TOKEN, Unit, Usage, Word, different
from ingest.facts.vocabulary import (
    NUMERALS,
    is_definite_kind,
    is_header,
    is_kind,
    kind_of,
    meaning_of,
    points_back,
    terms,
)
from ingest.swedish import STOPWORDS, stem

Key = tuple[str, ...]
LONGEST = 7
_JOINERS = frozenset("i på för av till om från med & mot".split())
YEARS = re.compile(rf"{YEAR_FORM}(?:[–-]{YEAR_FORM})?\Z")
"""A year or a period, and nothing after it."""
_ACTION = re.compile(r"åtgärd|aktivitet", re.IGNORECASE)
_NUMBERING = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*\.?|[A-Z]\.)\s+")
_QUOTED = re.compile(r"(?:(?P<before>\w+) )?[”\"“»](?P<name>\w[^”\"“»«.!?\n]{2,48})[”\"“«]")
_VERB = re.compile(r"\w{2,}(?:ades|rivs|äggs|ndes|rdes|dde)")
_POINTING = frozenset("föreliggande följande den det de denna detta dessa vår våra vårt länets regionens".split())
_ENDS_NAME = frozenset("som och eller ett en det den där för".split())
_LIKE_VERB = re.compile(r"[a-zåäö]{2,}(?:ar|er|as|ås|[^aeiouyåäö]ts|lls|de|te|[ia]ts)")
_ENDS_EXTENT = frozenset("eller när men åt under efter vid inom genom hos sedan senare nu en ett med".split())
_CERTAIN = 3
"""Words of a name that punctuation ends, though the last may look like a verb."""
_SEVERAL = ("ar", "er", "or", "arna", "erna", "orna", "nätverk", "projekt", "program")
_PLACED = frozenset("i på från till".split())
_EXAMPLES = frozenset("exempel exemplet exemplen sätt sättet resultatet följden".split())
_ARTICLES = frozenset("ett en det den länets regionens".split())
_NEVER_LAST = frozenset("och som den det en ett inte samt eller men att där när fram också även sin sitt sina".split())


class Cue(StrEnum):
    """How a candidate was found."""

    TABLE = "table"
    FACTS = "facts"
    HEADING = "heading"
    QUOTED = "quoted"
    ITEM = "item"
    RUN_IN = "run_in"
    NAMED = "named"
    CALLED = "called"
    LISTED = "listed"
    APPOSITION = "apposition"
    ENUMERATED = "enumerated"
    TITLED = "titled"
    CAPITALS = "capitals"


def key_of(name: str) -> Key:
    """The words of a name; case kept, dashes between years alike."""
    return tuple(
        re.sub(r" ?[–-] ?", "–", word) if YEARS.match(word.replace(" ", "")) else word for word in TOKEN.findall(name)
    )


def candidates(
    units: Sequence[Unit], rows: Iterable[Row], facts: Iterable[FactLine], usage: Usage
) -> dict[Key, Counter[Cue]]:
    """All candidates with how often each cue found them."""
    units = different(units)
    found: dict[Key, Counter[Cue]] = defaultdict(Counter)
    boxes = {(line.passage.id, line.name): (line.name, Cue.FACTS) for line in facts if line.boxed}
    for name, cue in (*_of_rows(rows), *_of_headings(units), *boxes.values()):
        name = re.sub(r"\s*\([^)]*\)\s*$", "", _NUMBERING.sub("", name))
        key = bare(key_of(name))
        if fits(key) or (cue in (Cue.TABLE, Cue.FACTS) and _is_small_name(key)):
            found[key][cue] += 1
    listed = _listed(units)
    for unit in units:
        for words, cue in (*_of_item(unit), *_of_language(unit), *listed.get(unit.number, ())):
            key = bare(tuple(_plain(word) for word in words))
            if fits(key) or (cue is Cue.QUOTED and _is_small_name(key)):
                found[key][cue] += 1
    for key, times in _common_runs(units, found, usage).items():
        found[key][Cue.CAPITALS] += times
    for key in [key for key in found if (*key[:-1], key[-1][:-1]) in found and key[-1].endswith("s")]:
        found[*key[:-1], key[-1][:-1]] += found.pop(key)
    return found


def bare(key: Key) -> Key:
    """A name without the kind word or opener before it: "Projektet Varma viken", "I Varma viken"."""
    while len(key) > 1 and key[1][0].isupper() and _opens(key[0]):
        key = key[1:]
    return key


def _opens(word: str) -> bool:
    lowered = word.lower()
    return is_definite_kind(lowered) or lowered in STOPWORDS or lowered in terms("names", "none")


def _goes_before(word: str) -> bool:
    """Whether a word at the beginning of a sentence is no name: "Projektet är …", "I länet är …"."""
    lowered = word.lower()
    return points_back(lowered) or lowered in STOPWORDS or lowered in terms("names", "none")


def fits(key: Key) -> bool:
    """Whether words can be a name at all: it starts with a capital, is short and is no ordinary opener."""
    if not key or len(key) > LONGEST or not key[0][0].isupper() or key[-1].lower() in _JOINERS - {"med"}:
        return False
    letters = sum(letter.isalnum() for word in key for letter in word)
    lowered = [word.lower() for word in key]
    finite = any(word in terms("names", "finite") or _VERB.fullmatch(word) for word in lowered[1:])
    finite = finite or lowered[0] in terms("names", "finite") or "sig" in lowered
    opener = lowered[0] in terms("names", "none") or lowered[0] in STOPWORDS
    coded = len(key) > 1 and re.fullmatch(r"[A-ZÅÄÖ]\d{1,2}", key[0]) is not None
    label = len(key) == 1 and (is_header(key[0]) or is_kind(lowered[0]))
    pointing = label or lowered[0] in _POINTING or sum(meaning_of(word) is not None for word in key) >= 2
    return (
        letters >= 3
        and any(letter.isalpha() for letter in key[0][1:] + "".join(key[1:]))
        and not pointing
        and not coded
        and not finite
        and not (opener and len(key) == 1)
        and not _is_label(key)
    )


def _is_small_name(key: Key) -> bool:
    """Whether a cell that is written small can be a name: "kraftlots"."""
    small = 0 < len(key) <= 3 and key[0].islower() and key[0] not in STOPWORDS
    return small and fits((key[0].capitalize(), *key[1:])) and kind_of(key[0]) is None


def _is_label(key: Key) -> bool:
    """ "PÅ VÄG", "BROMSAD": capitals all through are a label, unless they are one short abbreviation."""
    capitals = all(word.isupper() for word in key if word[0].isalpha())
    return capitals and (len(key) > 1 or len(key[0]) > 5)


def _plain(word: Word) -> str:
    return re.sub(r" ?[–-] ?", "–", word.text) if word.text[0].isdigit() else word.text


def _of_rows(rows: Iterable[Row]) -> Iterator[tuple[str, Cue]]:
    for row in rows:
        cell = row.first("name")
        if cell is not None and len(row.cells) > 1:
            name = named_by(cell)
            yield name, Cue.TABLE if name == cell.text or not _ACTION.match(cell.header) else Cue.ITEM


def is_whole(cell: Cell) -> bool:
    """Whether a row is about the initiative of its name cell, and not about an action within it."""
    return not _ACTION.match(cell.header) or named_by(cell) == re.sub(r"\s*\([^)]*\)\s*$", "", cell.text)


def named_by(cell: Cell) -> str:
    """The name in a name cell: without what stands in brackets; of an action only what stands before a dash or
    colon.
    """
    name = re.sub(r"\s*\([^)]*\)\s*$", "", cell.text)
    if not _ACTION.match(cell.header):
        return name
    head = re.split(r"\s[–-]\s|:\s|,\s", name)[0]
    bare_name = len(name.split()) <= 3 and not re.match(r"\w+a\b", name)
    return head if head != name else name if bare_name else ""


def _of_headings(units: Sequence[Unit]) -> Iterator[tuple[str, Cue]]:
    """Each leaf heading once a document; what stands before a colon or after "för" in a short one counts too."""
    seen: set[tuple[str, ...]] = set()
    for unit in units:
        path = (unit.passage.document_id, *unit.passage.section)
        if len(path) < 2 or path in seen:
            continue
        seen.add(path)
        heading = re.sub(r"\s*\([^)]*\)\s*$", "", _NUMBERING.sub("", path[-1]))
        yield heading, Cue.HEADING
        parts = re.split(r":| [–—-] ", heading)
        if len(parts) > 1:
            yield parts[0], Cue.HEADING


def _of_item(unit: Unit) -> Iterator[tuple[Sequence[Word], Cue]]:
    """The head of a list item or paragraph: "Fjordlyftet: …", "Fjordlyftet PÅ VÄG …", "Fjordlyftet. Projektet …"."""
    words = unit.words
    if unit.opens_item:
        for number, word in enumerate(words[1 : LONGEST + 1], 1):
            between = unit.passage.text[words[number - 1].end : word.start]
            if word.broken:
                if any(mark in between for mark in ":–,(—") or " - " in between:
                    yield words[:number], Cue.ITEM
                break
    elif unit.start == 0 or unit.passage.text[: unit.start].endswith("\n"):
        short = len(words) <= 5 and not any(word.broken for word in words[1:])
        if short and unit.text.rstrip().endswith(".") and unit.end < len(unit.passage.text):
            yield words, Cue.RUN_IN


def _of_language(unit: Unit) -> Iterator[tuple[Sequence[Word], Cue]]:
    words, text = unit.words, unit.passage.text
    if unit.passage.kind is PassageKind.TABLE:
        return
    said = terms("names", "said")
    for match in _QUOTED.finditer(text, unit.start, unit.end):
        if match["name"][0].isupper() or kind_of((match["before"] or "").lower()):
            yield [word for word in words if match.start("name") <= word.start < match.end("name")], Cue.QUOTED
    for number, word in enumerate(words):
        lowered = word.text.lower()
        if lowered in said:
            if number <= LONGEST and words[0].text[0].isupper() and not any(one.broken for one in words[1:number]):
                yield words[:number], Cue.NAMED
                if any(kind_of(one.text.lower()) for one in words[number + 1 : number + 7]):
                    yield words[:number], Cue.APPOSITION
            yield from ((run, Cue.NAMED) for run in _after(words, number + 1))
        if lowered == "till" and number and words[number - 1].text.lower() == "namn":
            yield from ((run, Cue.NAMED) for run in _after(words, number + 1))
        if word.text[0].isupper():
            if number and not word.broken and is_definite_kind(words[number - 1].text.lower()):
                yield _extent(words, number, text), Cue.CALLED
            yield from _apposed(words, number, text)
            yield from _titled(words, number)
    yield from _enumerated(words, text)
    yield from _exemplified(words, text)


def _extent(words: Sequence[Word], start: int, text: str) -> Sequence[Word]:
    """The name that begins at `start`, where punctuation or a verb ends it; nothing where its end is not told.

    It goes on over a preposition before another capital only where an abbreviation in brackets follows.
    """
    end = start + 1
    while end < len(words) and end - start < LONGEST and not words[end].broken:
        word, ahead = words[end].text, words[end + 1].text if end + 1 < len(words) else ""
        if _acts(word) or (word == "som" and _acts(ahead)) or word in ("och", "samt", "där"):
            break
        if word in _ENDS_EXTENT:
            return ()
        end += 1
    whole = words[start:end]
    ended = end == len(words) or words[end].broken
    sure = whole[:-1] if ended and len(whole) <= _CERTAIN else whole
    if any(_LIKE_VERB.fullmatch(word.text) and word.text not in STOPWORDS for word in sure):
        return ()
    told = re.match(r" \([A-ZÅÄÖ]", text[whole[-1].end :]) is not None
    place = next(
        (n for n, one in enumerate(whole[1:-1], 1) if one.text in _PLACED and whole[n + 1].text[0].isupper()), 0
    )
    return whole if told or not place else whole[:place]


def _acts(word: str) -> bool:
    """Whether a word is a verb that says what a name does."""
    return word in terms("names", "finite") or _VERB.fullmatch(word) is not None


def _listed(units: Sequence[Unit]) -> dict[int, list[tuple[Sequence[Word], Cue]]]:
    """The items of lists that are announced as efforts ("… lett till dessa satsningar:"), by their units' numbers."""
    found: dict[int, list[tuple[Sequence[Word], Cue]]] = defaultdict(list)
    lead: Unit | None = None
    for unit in units:
        if not unit.opens_item:
            several = any(_is_several(word.text.lower()) for word in unit.words)
            lead = unit if several and unit.text.rstrip().endswith(":") else None
        elif lead is not None and lead.passage is unit.passage and unit.words[0].text[0].isupper():
            end = next((n for n, word in enumerate(unit.words) if n and word.broken), len(unit.words))
            found[unit.number].append((unit.words[:end], Cue.LISTED))
    return found


def _is_several(word: str) -> bool:
    kind = kind_of(word)
    return kind is not None and word.endswith(_SEVERAL)


def _after(words: Sequence[Word], start: int) -> Iterator[Sequence[Word]]:
    """What follows "heter": up to the next punctuation, and up to the first preposition before that."""
    run = _until_break(words, start)
    yield run
    stop = next((number for number, word in enumerate(run) if number and word.text in _JOINERS), 0)
    if stop:
        yield run[:stop]


def _until_break(words: Sequence[Word], start: int) -> Sequence[Word]:
    """Words from `start` to the next punctuation, at most five; for an effort said to be called that."""
    end = start
    while end < len(words) and end - start < 5 and not (end > start and words[end].broken):
        if end > start and words[end].text.lower() in terms("names", "finite") | _ENDS_NAME:
            break
        end += 1
    return words[start:end]


def _apposed(words: Sequence[Word], number: int, text: str) -> Iterator[tuple[Sequence[Word], Cue]]:
    """ "Varma viken, ett nätverk", "Varma viken är ett treårigt projekt": a kind word says what the run is."""
    for end in range(number + 1, min(number + 5, len(words))):
        word = words[end]
        lowered = word.text.lower()
        apposed = word.broken and "," in text[words[end - 1].end : word.start]
        if apposed or (not word.broken and lowered in {"är", "var", "blir"} and not _goes_before(words[number].text)):
            ahead = words[end : end + 7] if apposed else words[end + 1 : end + 7]
            opener = ahead[0].text.lower() if ahead else ""
            if opener in _ARTICLES or opener in NUMERALS or is_definite_kind(opener):
                stop = next((n for n, one in enumerate(ahead) if n and (one.broken or one.text == "som")), len(ahead))
                if any(kind_of(one.text.lower()) for one in ahead[:stop]):
                    joined = 1 < number <= 6 and words[number - 1].text == "och"
                    whole = not apposed and (not number or joined)
                    yield from [(words[number:end], Cue.APPOSITION)] * (1 + whole)
                    yield from [(words[: number - 1], Cue.APPOSITION)] * (2 * whole * joined)
        joined = words[end - 1].text[0].isupper() or words[end - 1].text.lower() in _JOINERS
        if word.broken or lowered in terms("names", "finite") or (word.text[0].isupper() and not joined):
            return


def _exemplified(words: Sequence[Word], text: str) -> Iterator[tuple[Sequence[Word], Cue]]:
    """ "Ett sätt att arbeta med det är Varma viken, som …": what an example, a way or an effort is."""
    for number, word in enumerate(words[1:], 1):
        copula = words[number - 1].text.lower() in {"är", "var", "blev"} and not word.broken
        if copula and word.text[0].isupper() and not points_back(word.text.lower()):
            before = words[max(0, number - 9) : number - 1]
            if any(one.text.lower() in _EXAMPLES or kind_of(one.text.lower()) for one in before):
                yield from [(_extent(words, number, text), Cue.APPOSITION)] * 2


def _titled(words: Sequence[Word], number: int) -> Iterator[tuple[Sequence[Word], Cue]]:
    """ "Handlingsplan för ren luft 2022–2025", "Kulturplan 2024–2027": the title of a plan up to its years."""
    kind = kind_of(words[number].text.lower())
    adjective = kind is None and number + 1 < len(words) and kind_of(words[number + 1].text)
    if not (kind or adjective) or is_definite_kind(words[number].text.lower()):
        return
    after = words[number + 1 + bool(adjective) :][:1]
    ahead = words[number + 1 : number + 4]
    soon = len(ahead) > 1 and not ahead[0].broken and YEARS.match(_plain(ahead[1])) and not ahead[1].broken
    if not after or not (
        soon or after[0].text in _JOINERS | {"om"} or after[0].text[0].isupper() or YEARS.match(_plain(after[0]))
    ):
        return
    for end in range(number + 1, min(number + LONGEST + 1, len(words))):
        if words[end].broken:
            return
        if YEARS.match(_plain(words[end])):
            worded = words[end - 1].text in ("år", "åren")
            yield words[number : end - 1 if worded else end + 1], Cue.TITLED
            return


def _enumerated(words: Sequence[Word], text: str) -> Iterator[tuple[Sequence[Word], Cue]]:
    """Members of "A, B i c och D" that begin with a capital letter, where all do and there are at least two commas; of
    "tre projekt …: A, B och C" every one.
    """
    colon = next((n for n, word in enumerate(words) if n and ":" in text[words[n - 1].end : word.start]), 0)
    announced = colon and any(kind_of(word.text.lower()) for word in words[:colon])
    if announced and all(_members(words[colon:], text)):
        yield from ((member, Cue.LISTED) for member in _members(words[colon:], text) if len(member) <= 4)
    parts: list[list[Word]] = [[]]
    commas = 0
    for word in words:
        if word.broken and parts[-1]:
            commas += text[parts[-1][-1].end : word.start].strip() == ","
            parts.append([])
        parts[-1].append(word)
    if commas < 2:
        return
    for part in parts[1:]:
        halves = [number for number, word in enumerate(part) if word.text in ("och", "samt")]
        pieces = [part[: halves[0]], part[halves[0] + 1 :]] if halves else [part]
        for piece in pieces[: 1 + (part is parts[-1])]:
            if 2 <= len(piece) <= 4 and piece[0].text[0].isupper() and any(one.text[0].islower() for one in piece[1:]):
                yield piece, Cue.ENUMERATED


def _members(words: Sequence[Word], text: str) -> list[list[Word]]:
    """The parts of an enumeration; an empty one for each that does not begin with a capital or is no mere name."""
    members: list[list[Word]] = [[]]
    for word in words:
        if (word.broken and members[-1]) or word.text in ("och", "samt"):
            members.append([])
        if word.text not in ("och", "samt"):
            members[-1].append(word)
    return [one if one and one[0].text[0].isupper() and len(one) <= 5 else [] for one in members]


def _common_runs(units: Sequence[Unit], known: dict[Key, Counter[Cue]], usage: Usage) -> Counter[Key]:
    """Runs that begin with a capital and are no known candidate, as long as what they share.

    A run must stand within a sentence once; or begin two sentences with a word that is never written small.
    """
    by_first: dict[str, list[Key]] = defaultdict(list)
    for key in known:
        by_first[key[0]].append(key)
    runs: dict[str, list[tuple[bool, Key]]] = defaultdict(list)
    for inside, run in _runs(units):
        if not any(run[: len(key)] == key for key in by_first.get(run[0], ())):
            runs[run[0]].append((inside, run))
    counts: Counter[Key] = Counter()
    for first, own in runs.items():
        certain = any(inside for inside, _ in own) or (len(own) > 1 and stem(first) not in usage.ordinary)
        for key, times in _grown([run for _, run in own]).items() if certain else ():
            if fits(key):
                counts[key] += times
    return counts


def _runs(units: Sequence[Unit]) -> Iterator[tuple[bool, Key]]:
    """Whether it stands within a sentence, and the words up to the next punctuation, for each word with a capital."""
    for unit in units:
        words = unit.words
        for number, word in enumerate(words):
            before = words[number - 1].text if number else ""
            goes_on = before[:1].isupper() and not word.broken and not _opens(before)
            if not word.text[0].isupper() or goes_on or (not number and _opens(word.text)):
                continue
            end = number + 1
            while end < len(words) and end - number < LONGEST and not words[end].broken:
                end += 1
            yield number > 0 and not word.broken, tuple(_plain(one) for one in words[number:end])


def _grown(runs: Sequence[Key]) -> Counter[Key]:
    """The runs of capitals, each drawn out by the small words that most of its occurrences go on with, in groups."""
    heads: dict[Key, list[Key]] = defaultdict(list)
    for run in runs:
        length = 1
        while length < len(run) and (
            run[length][0].isupper() or (length == 1 and run[1][0].isdigit() and len(run[1]) < 5)
        ):
            length += 1
        heads[run[:length]].append(run)
    counts: Counter[Key] = Counter()
    waiting = [(head, own) for head, own in heads.items()]
    while waiting:
        key, own = waiting.pop()
        groups: dict[str, list[Key]] = defaultdict(list)
        for run in own:
            if len(run) > len(key) and run[len(key)] not in terms("names", "finite"):
                groups[run[len(key)]].append(run)
        shared = {word: group for word, group in groups.items() if len(group) > 1}
        if len(key) < LONGEST and sum(map(len, shared.values())) * 10 > 6 * len(own):
            waiting += [((*key, word), group) for word, group in shared.items()]
            continue
        while len(key) > 1 and key[-1].lower() in _JOINERS | terms("names", "finite") | _NEVER_LAST:
            key = key[:-1]
        counts[key] += len(own)
    return counts
