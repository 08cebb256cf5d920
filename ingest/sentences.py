"""Where sentences begin and end in cleaned Swedish (and English) text.

A line break always ends a sentence, because cleaned text breaks lines only between blocks, list items and table rows.
Within a line a sentence ends at . ! ? or … when what follows looks like a beginning and the full stop does not belong
to an abbreviation, an initial or the number of a list item.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_WITHIN_SENTENCES = """
a.a. alt. ang. avd. bil. bl. bl.a. c. ca. d.v.s. dir. dnr. dr. dvs. e.g. ev. ex. exkl. f.d. f.k. f.n. f.ö. fig. forts.
fr.o.m. föreg. förf. förk. förs. g.m. i.e. i.o.m. i.st.f. inkl. inst. jfr. kap. kl. lagst. lic. m.a.o. m.a.p. m.h.a.
m.t.p. max. mdr. motsv. mr. mrs. ms. n.b. nr. nuv. o.dyl. o.s.a. p. p.g.a. p.s.s. pga. ph. pp. prel. prof. prop. resp.
rskr. s. s.a.s. s.k. s.s. sid. skr. skv. ss. stf. t.ex. t.f. t.h. t.o.m. t.v. tab. tel. tfn. tidl. u.a. u.p.a. uppl.
urspr. utg. v. vol. vs. äv.
"""
"""Abbreviations that are followed by the rest of their sentence, whatever its first letter."""

_BEFORE_NUMBERS = "anm. apr. art. aug. dec. feb. febr. jan. jul. jun. mar. mom. nov. oct. okt. sek. sep. sept. st."
"""Abbreviations, the months among them, that go on only with a number; before a capital letter the sentence is over."""

_INSIDE = frozenset(_WITHIN_SENTENCES.split())
_INSIDE_BEFORE_NUMBERS = frozenset(_BEFORE_NUMBERS.split())
_INITIALS = re.compile(r"(?:[A-ZÅÄÖÉ]\.-?)+")
_END = re.compile(r"(?:[.!?]+|…)[\"”’»)\]]*(?:(?<=[^\W\d_][.!?])\d{1,2})?(?=\s)")
_BEGINNING = re.compile(r"\s+(?:[\"“”'’«»(\[•–—*¿¡-]\s?)*[^\W_]")
_NUMBER_OF_ITEM = re.compile(r"(?:[•–*-]\s*)?(?:\d{1,3}(?:\.\d{1,3})*|[a-zA-ZåäöÅÄÖ]|[ivxIVX]{1,5})[.)]")
_LINE = re.compile(r"[^\n]+")


def split_sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end offsets of the sentences of `text`, in order, without overlap.

    Every character outside them is white space: nothing of the text is lost.
    """
    found: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        start = line.start()
        for end in _END.finditer(text, line.start(), line.end()):
            if _ends_sentence(text, start, end):
                found += trimmed(text, start, end.end())
                start = end.end()
        found += trimmed(text, start, line.end())
    return tuple(found)


def trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretch without white space at its ends; nothing where there is nothing else."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _ends_sentence(text: str, start: int, end: re.Match[str]) -> bool:
    beginning = _BEGINNING.match(text, end.end())
    if beginning is None:
        # A line that ends, or only signs follow: these stay with the sentence before them.
        return False
    first = beginning.group()[-1]
    if first.islower():
        return False
    if not end.group().startswith(".") or end.group().startswith(".."):
        return True
    before = text[start : end.start() + 1].lstrip()
    if _NUMBER_OF_ITEM.fullmatch(before):
        return False
    token = before.split()[-1].lstrip("(\"”“[«»'")
    if _INITIALS.fullmatch(token) or token.casefold() in _INSIDE:
        return False
    return not (first.isdigit() and token.casefold() in _INSIDE_BEFORE_NUMBERS)
