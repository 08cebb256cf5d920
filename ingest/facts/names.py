"""What can be the name of an initiative, by its words alone, and the names that the language of a sentence tells: after
"heter" or a kind word, by an apposition, as an example, in an enumeration or a list that is announced.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import pairwise

from ingest.documents import PassageKind
from ingest.facts.figures import YEAR_FORM
from ingest.facts.units import TOKEN, Unit, Word
from ingest.facts.vocabulary import (
    MONTHS,
    NUMERALS,
    is_definite_kind,
    is_header,
    is_kind,
    kind_of,
    meaning_of,
    points_back,
    terms,
)
from ingest.swedish import STOPWORDS

Key = tuple[str, ...]
_WITH_VERB = 3
"""Words of a name that may hold a verb: more are a sentence."""
LONGEST = 7
JOINERS = frozenset("i på för av till om från med & mot".split())
YEARS = re.compile(rf"{YEAR_FORM}(?:[–-]{YEAR_FORM})?\Z")
"""A year or a period, and nothing after it."""
VERB = re.compile(r"\w{2,}(?:ades|rivs|äggs|ndes|rdes|dde)")
_POINTING = frozenset("föreliggande följande den det de denna detta dessa vår våra vårt länets regionens".split())
_LIKE_VERB = re.compile(r"[a-zåäö]{2,}(?:ar|er|as|ås|[^aeiouyåäö]ts|lls|de|te|[ia]ts)")
_ENDS_EXTENT = frozenset("eller när men åt under efter vid inom genom hos sedan senare nu en ett med".split())
_CERTAIN = 3
"""Words of a name that punctuation ends, though the last may look like a verb."""
_SEVERAL = ("ar", "er", "or", "arna", "erna", "orna", "nätverk", "projekt", "program")
_PLACED = frozenset("i på från till".split())
_EXAMPLES = frozenset("exempel exemplet exemplen sätt sättet resultatet följden".split())
_ARTICLES = frozenset("ett en det den länets regionens".split())


class Cue(StrEnum):
    """How a candidate was found."""

    TABLE = "table"
    HEADING = "heading"
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


def bare(key: Key) -> Key:
    """A name without the kind word or opener before it: "Projektet Varma viken", "I Varma viken"."""
    while len(key) > 1 and key[1][0].isupper() and opens(key[0]):
        key = key[1:]
    return key


def is_council(key: Key) -> bool:
    """Whether words are a compound kind word and one capital: a name where that is a place, "Energirådet Norrvik"."""
    return len(key) == 2 and is_definite_kind(key[0].lower()) and not points_back(key[0].lower())


def opens(word: str) -> bool:
    """Whether a word before a name is none of it: a kind word, a stopword or an ordinary opener."""
    lowered = word.lower()
    return is_definite_kind(lowered) or lowered in STOPWORDS or lowered in terms("names", "none")


def fits(key: Key, told: bool = False) -> bool:
    """Whether words can be a name at all: it starts with a capital, is short and is no ordinary opener.

    A verb ends a name, unless a cell of its own has `told` how far it goes.
    """
    if not key or len(key) > LONGEST or not key[0][0].isupper() or key[-1].lower() in JOINERS - {"med"}:
        return False
    letters = sum(letter.isalnum() for word in key for letter in word)
    lowered = [word.lower() for word in key]
    finite = any(word in terms("names", "finite") or VERB.fullmatch(word) for word in lowered[1:])
    finite = finite or lowered[0] in terms("names", "finite") or "sig" in lowered
    finite = finite and not (told and len(key) <= _WITH_VERB)
    opener = lowered[0] in terms("names", "none") or lowered[0] in STOPWORDS
    coded = len(key) > 1 and re.fullmatch(r"[A-ZÅÄÖ]\d{1,2}", key[0]) is not None
    label = len(key) == 1 and (is_header(key[0]) or is_kind(lowered[0]))
    every = (
        len(key) == 2
        and lowered[0] in ("alla", "samtliga")
        and (is_kind(lowered[1]) or lowered[1] in terms("questions", "parts") or is_header(lowered[1]))
    )
    total = every or lowered[0] in terms("names", "totals")
    pointing = label or total or lowered[0] in _POINTING or sum(meaning_of(word) is not None for word in key) >= 2
    return (
        letters >= 3
        and any(letter.isalpha() for letter in key[0][1:] + "".join(key[1:]))
        and not pointing
        and not coded
        and not finite
        and not (opener and len(key) == 1)
        and not _is_label(key)
    )


def _is_label(key: Key) -> bool:
    """ "PÅ VÄG", "BROMSAD": capitals all through are a label, unless they are one short abbreviation."""
    capitals = all(word.isupper() for word in key if word[0].isalpha())
    return capitals and (len(key) > 1 or len(key[0]) > 5)


def plain(word: Word) -> str:
    """A word as names hold it: dashes between years alike."""
    return re.sub(r" ?[–-] ?", "–", word.text) if word.text[0].isdigit() else word.text


def of_sentence(unit: Unit) -> Iterator[tuple[Sequence[Word], Cue]]:
    """The names that one sentence tells, each with how."""
    words, text = unit.words, unit.passage.text
    if unit.passage.kind is PassageKind.TABLE:
        return
    said = terms("names", "said")
    for number, word in enumerate(words):
        lowered = word.text.lower()
        if lowered in said:
            yield words[:number], Cue.NAMED
            yield _extent(words, number + 1, text), Cue.NAMED
        if lowered == "till" and number and words[number - 1].text.lower() == "namn":
            yield _extent(words, number + 1, text), Cue.NAMED
        if word.text[0].isupper():
            if number and not word.broken and is_definite_kind(words[number - 1].text.lower()):
                yield _extent(words, number, text), Cue.CALLED
                if words[number - 1].text[0].isupper() and not points_back(words[number - 1].text.lower()):
                    yield words[number - 1 : number + 1], Cue.CALLED
            yield from _apposed(words, number, text)
            yield from _titled(words, number)
    yield from _enumerated(words, text)
    yield from _exemplified(words, text)


def _extent(words: Sequence[Word], start: int, text: str) -> Sequence[Word]:
    """The name that begins at `start`, where punctuation or a verb ends it; nothing where its end is not told.

    It goes on over a preposition before another capital only where an abbreviation in brackets follows.
    """
    end = start + 1
    if start >= len(words):
        return ()
    while end < len(words) and end - start < LONGEST and not words[end].broken:
        word, ahead = words[end].text, words[end + 1].text if end + 1 < len(words) else ""
        if words[end - 1].text.endswith("-"):  # "Gång- och cykelvägen" is one name
            end += 2
            continue
        if _acts(word) or (word == "som" and _acts(ahead)) or word in ("och", "samt", "där", "fram"):
            break
        if word in _ENDS_EXTENT:
            return ()
        end += 1
    whole = words[start:end]
    sure = whole[:-1] if len(whole) <= _CERTAIN else whole
    if any(_LIKE_VERB.fullmatch(word.text) and word.text not in STOPWORDS for word in sure):
        return ()
    placed = (
        n
        for n, (one, ahead) in enumerate(pairwise(whole))
        if n and one.text in _PLACED and (ahead.text[0].isupper() or ahead.text in MONTHS)
    )
    told = re.match(r" \([A-ZÅÄÖ]", text[whole[-1].end :]) is not None
    return whole if told else whole[: next(placed, None)]


def _acts(word: str) -> bool:
    """Whether a word is a verb that says what a name does."""
    return word in terms("names", "finite") or VERB.fullmatch(word) is not None


def announced(units: Sequence[Unit]) -> dict[int, list[tuple[Sequence[Word], Cue]]]:
    """The items of lists that are announced as efforts ("… lett till dessa satsningar:"), by their units' numbers."""
    found: dict[int, list[tuple[Sequence[Word], Cue]]] = defaultdict(list)
    lead: Unit | None = None
    for unit in units:
        if not unit.opens_item:
            announces = unit.text.rstrip().endswith(":")
            lead = unit if announces and any(_is_several(word.text.lower()) for word in unit.words) else None
        elif lead is not None and lead.passage is unit.passage and unit.words[0].text[0].isupper():
            end = next((n for n, word in enumerate(unit.words) if n and word.broken), len(unit.words))
            found[unit.number].append((unit.words[:end], Cue.LISTED))
    return found


def _is_several(word: str) -> bool:
    kind = kind_of(word)
    return kind is not None and word.endswith(_SEVERAL)


def _apposed(words: Sequence[Word], number: int, text: str) -> Iterator[tuple[Sequence[Word], Cue]]:
    """ "Varma viken, ett nätverk", "Varma viken är ett treårigt projekt": a kind word says what the run is."""
    for end in range(number + 1, min(number + 5, len(words))):
        apposed = words[end].broken and "," in text[words[end - 1].end : words[end].start]
        if apposed or (words[end].text in {"är", "var", "blir"} and not _goes_before(words[number].text)):
            ahead = words[end : end + 7] if apposed else words[end + 1 : end + 7]
            opener = ahead[0].text.lower() if ahead else ""
            if opener in _ARTICLES or opener in NUMERALS or is_definite_kind(opener):
                stop = next((n for n, one in enumerate(ahead) if n and (one.broken or one.text == "som")), len(ahead))
                if any(kind_of(one.text.lower()) for one in ahead[:stop]):
                    yield from [(words[number:end], Cue.APPOSITION)] * (1 + (not apposed and not number))
        if words[end].broken:
            return


def _exemplified(words: Sequence[Word], text: str) -> Iterator[tuple[Sequence[Word], Cue]]:
    """ "Ett sätt att arbeta med det är Varma viken, som …": what an example, a way or an effort is."""
    for number, word in enumerate(words[1:], 1):
        if (
            word.text[0].isupper()
            and not word.broken
            and words[number - 1].text in {"är", "var", "blev"}
            and not points_back(word.text.lower())
        ):
            before = words[max(0, number - 9) : number - 1]
            if any(one.text.lower() in _EXAMPLES or kind_of(one.text.lower()) for one in before):
                yield from [(_extent(words, number, text), Cue.APPOSITION)] * 2


def _titled(words: Sequence[Word], number: int) -> Iterator[tuple[Sequence[Word], Cue]]:
    """ "Handlingsplan för ren luft 2022–2025", "Kulturplan 2024–2027": the title of a plan up to its years."""
    opens = [word.text for word in words[number : number + 2]]
    first = number + 1 if kind_of(opens[0].lower()) else number + 2 if kind_of(opens[-1]) else len(words)
    after = plain(words[first]) if first < len(words) else ""
    goes_on = after in JOINERS | {"om"} or after[:1].isupper() or YEARS.match(after)
    if goes_on and not is_definite_kind(opens[0].lower()):
        for end in range(number + 1, min(number + LONGEST + 1, len(words))):
            if words[end].broken:
                return
            if YEARS.match(plain(words[end])):
                yield words[number : end + 1], Cue.TITLED
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


def _goes_before(word: str) -> bool:
    """Whether a word at the beginning of a sentence is no name: "Projektet är …", "I länet är …"."""
    lowered = word.lower()
    return points_back(lowered) or lowered in STOPWORDS or lowered in terms("names", "none")
