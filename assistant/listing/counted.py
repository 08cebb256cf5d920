"""Lists that a text counts out: "fyra delprojekt. Tre låg i A, B och C. Det fjärde hette D", "Det första är A. …".

A sentence says how many of what; the sentences after it name them, and the numbers must agree. Knows nothing of
questions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.listing.enumerations import Enumeration, Item, in_sentence
from ingest.documents import Passage
from ingest.register.cues import PLURALS
from ingest.register.titles import OPENERS, is_finite

_CARDINALS = {word: number for number, word in enumerate("två tre fyra fem sex sju åtta nio tio".split(), start=2)}
_COUNTED = re.compile(rf"\b(?P<number>(?i:{'|'.join(_CARDINALS)})|[2-9])\s+(?:\w+\s+)?(?P<noun>[a-zåäö]{{3,}})\b")
_SOME = re.compile(
    rf"(?:de )?(?P<number>{'|'.join(_CARDINALS)}|en|ett)(?: andra| övriga| av (?:dem|dessa))?\b", re.IGNORECASE
)
_ORDINAL = re.compile(
    r"(?:det|den) (?:ena|andra|första|tredje|fjärde|femte|sjätte|sjunde|sista) (?:\w+ )?"
    r"(?:är|var|heter|hette|kallas|kallades|gäller|gällde|handlar om|handlade om)\s+(?:att\s+)?",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"(?P<name>[A-ZÅÄÖ][\w-]*(?: [\w-]+){0,3}?) (?P<verb>[a-zåäö]{2,})\b")
_LONGEST_CHARS = 90


def counted_lists(passage: Passage) -> Iterator[Enumeration]:
    """The lists of a passage that its sentences count out, each with the counting sentence as its lead."""
    for number, (start, end) in enumerate(passage.sentences):
        for counted in _COUNTED.finditer(passage.text, start, end):
            wanted = _CARDINALS.get(counted["number"].lower()) or int(counted["number"])
            efforts = bool(PLURALS.match(counted["noun"]))
            items, last = _named_after(passage, number + 1, wanted, efforts)
            if len(items) == wanted:
                yield Enumeration(passage, passage.text[start:end], items, start, passage.sentences[last][1], False)
                break


def _named_after(passage: Passage, number: int, wanted: int, efforts: bool) -> tuple[tuple[Item, ...], int]:
    """The items that the sentences from `number` name, until there are enough, and the last of those sentences.

    `efforts`: projects and the like are counted, which may stand as the subjects of sentences.
    """
    items: list[Item] = []
    last = number - 1
    for place in range(number, len(passage.sentences)):
        if len(items) >= wanted:
            break
        start, end = passage.sentences[place]
        found = _named_in(passage, start, end) or (_subject(passage, start, end) if efforts else ())
        if found:
            items.extend(found)
            last = place
    return tuple(items), last


def _named_in(passage: Passage, start: int, end: int) -> Sequence[Item]:
    """What one sentence names: "Det andra är A", "Två låg i A och B"."""
    ordinal = _ORDINAL.match(passage.text, start, end)
    if ordinal:
        return (_named(passage, ordinal.end(), end),)
    some = _SOME.match(passage.text, start, end)
    if some:
        told = _CARDINALS.get(some["number"].lower(), 1)
        return next((one.items for one in in_sentence(passage, start, end) if len(one.items) == told), ())
    return ()


def _subject(passage: Passage, start: int, end: int) -> Sequence[Item]:
    """The name that a sentence begins with: "Klimatvägledarna ger råd till företag"."""
    found = _SUBJECT.match(passage.text, start, end)
    if found is None or not is_finite(found["verb"]) or found["name"].split()[0].lower() in OPENERS:
        return ()
    return (Item(found.start("name"), found.end("name")),)


def _named(passage: Passage, start: int, end: int) -> Item:
    """What an ordinal sentence names: up to a comma, a full stop, or "och" before a verb."""
    text = passage.text
    stop = re.compile(r"[,;:.](?=\s|$)|\s+(?:som|där|vilket)\b").search(text, start, end)
    right = stop.start() if stop else end
    for joint in re.finditer(r"\s+och\s+(\w+)", text[start:right]):
        if is_finite(joint[1].lower()):
            right = start + joint.start()
            break
    return Item(start, min(right, start + _LONGEST_CHARS))
