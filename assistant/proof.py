"""The proof: checks a finished answer against the pages, from its text and citations alone.

A statement is proved when it is the quotes' own words: whole sentences or lines of them, or a name cut out of one.
Knows nothing of search, questions, language models or how the answer came about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from assistant.answers import Citation
from assistant.drafting import PageLookup
from ingest.plain import BULLETS
from ingest.swedish import split_sentences

_MARK = re.compile(r"\[(\d+)\]")
_BOLD = re.compile(r"(?<!\\)\*\*")
_RULE = re.compile(r"[|\s:-]*-[|\s:-]*")
_NEGATION = (
    r"\b(?:inte|ej|icke|aldrig|ingen|inget|inga|ingenting|varken|knappast|utan|"
    r"not|never|no|none|nothing|neither|nor|without|hardly|\w+n['’]t)\b"
)
_DENIED_BEFORE = re.compile(rf"{_NEGATION}\s+\Z")
_DENIED_AFTER = re.compile(rf"\s+{_NEGATION}")
_LONGEST_DENIAL = 20
_EDGES = f" *-|–.;,{BULLETS}"
_ENUMERATOR = re.compile(r"^\d{1,2}[.)]\s+")
_LONGEST_ENUMERATOR = 5
_ITEM_WORDS = 14
"""Longest item that may be cut out of a sentence."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an answer must not be sent: the statement and what is wrong with it."""

    statement: str
    reason: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of an answer, its marks, and whether it is an item of a list."""

    text: str
    marks: tuple[int, ...]
    item: bool


def faults(text: str, citations: Sequence[Citation], page_of: PageLookup) -> tuple[Fault, ...]:
    """Everything that speaks against sending the answer; empty when it is proved.

    Each quote must stand on its page in whole words, white space folded. Each statement must have a mark, only marks
    that there are, and say what its quotes say.
    """
    found = [Fault(one.quote, "quote_not_on_page") for one in citations if not _stands_on_page(one, page_of)]
    by_mark = {citation.mark: citation for citation in citations}
    for statement in statements(text):
        if not statement.marks or any(mark not in by_mark for mark in statement.marks):
            found.append(Fault(statement.text, "unknown_mark" if statement.marks else "uncited"))
            continue
        proof = [by_mark[mark] for mark in statement.marks]
        quotes = tuple(dict.fromkeys(citation.quote for citation in proof))
        headings = tuple(dict.fromkeys(heading for citation in proof for heading in citation.section))
        plain = re.sub(r"\\(.)", r"\1", _BOLD.sub("", statement.text))
        if not is_verbatim(plain, quotes, headings, statement.item):
            found.append(Fault(statement.text, "words"))
    return tuple(found)


def _stands_on_page(citation: Citation, page_of: PageLookup) -> bool:
    try:
        page = page_of(citation.document_id, citation.page)
    except KeyError:
        return False
    return any(_places_of(_folded(citation.quote), _folded(page.text)))


def statements(text: str) -> list[Statement]:
    """The statements of an answer, in order: what stands before each group of marks on a line.

    Text after the last mark of a line is a statement without marks. Headings, bold lead-ins that end with a colon and
    the heads and rules of tables state nothing.
    """
    result: list[Statement] = []
    lines = [line.strip() for line in text.splitlines()]
    for rest, following in zip_longest(lines, lines[1:], fillvalue=""):
        head = rest.startswith("|") and _RULE.fullmatch(following)
        if not rest or head or rest.startswith("#") or _RULE.fullmatch(rest) or rest.endswith((":", ":**")):
            continue
        for part in re.finditer(r"(?P<body>.*?)(?P<marks>(?:\s*\[\d+\](?:\(#[\w-]+\))?)+|$)", rest):
            body = part["body"].strip(" *-|•.")
            if body:
                marks = tuple(int(mark) for mark in _MARK.findall(part["marks"]))
                result.append(Statement(body, marks, rest.startswith(("- ", "|"))))
    return result


def is_verbatim(statement: str, quotes: Sequence[str], headings: Sequence[str], item: bool) -> bool:
    """Whether the statement is whole sentences or lines of the quotes; an `item` may be a name out of one.

    One heading may stand in brackets before the statement, as what its sentence is about.
    """
    plain = _folded(statement)
    added = (f"[{_folded(heading)}] " for heading in headings)
    plain = next((plain[len(one) :] for one in added if plain.startswith(one)), plain)
    return _is_whole(plain, quotes) or (item and _is_name_from(plain, (*quotes, *headings)))


def _is_whole(statement: str, quotes: Sequence[str]) -> bool:
    """Whether the statement is whole sentences or lines of the quotes, one after the other, and nothing else."""
    wanted = statement.strip(_EDGES)
    pieces = [_folded(quote[start:end]) for quote in quotes for start, end in split_sentences(quote)]
    lines = [_folded(line) for quote in quotes for line in quote.splitlines()]
    for run in (pieces, lines):
        for first in range(len(run)):
            said = ""
            for piece in run[first:]:
                said = f"{said} {piece}".strip()
                whole = said.strip(_EDGES)
                if wanted in (whole, _ENUMERATOR.sub("", whole)):
                    return True
                if len(whole) > len(wanted) + _LONGEST_ENUMERATOR:
                    break
    return False


def _is_name_from(item: str, texts: Sequence[str]) -> bool:
    """Whether an item of a list is a name cut out of one of the texts.

    What a name's sentence denies is not the name, but a denial next to the words makes them part of a sentence.
    """
    wanted = item.strip(_EDGES).lower()
    if len(wanted.split()) > _ITEM_WORDS:
        return False
    for text in (_folded(one).lower() for one in texts):
        if found := list(_places_of(wanted, text)):
            return not any(_is_denied(text, start, end) for start, end in found)
    return False


def _is_denied(text: str, start: int, end: int) -> bool:
    """Whether a denial stands right before or after text[start:end]."""
    return bool(_DENIED_BEFORE.search(text[max(0, start - _LONGEST_DENIAL) : start]) or _DENIED_AFTER.match(text, end))


def _places_of(words: str, text: str) -> Iterator[tuple[int, int]]:
    """Where words, their white space folded, stand whole in a folded text: text[start:end]."""
    start = text.find(words)
    while words and start >= 0:
        end = start + len(words)
        if not _is_part(text[start - 1 : start]) and not _is_part(text[end : end + 1]):
            yield start, end
        start = text.find(words, start + 1)


def _is_part(letter: str) -> bool:
    """Whether a character goes on a word."""
    return letter.isalnum() or letter == "_"


def _folded(text: str) -> str:
    return " ".join(text.split())
