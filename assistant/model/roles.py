"""Names in a statement: whether the cited sentence names the same, and in the same roles."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from assistant.matching import match, text_words
from assistant.model.bindings import is_number
from assistant.model.clauses import RELATIVE, Clause, content, split_clauses
from assistant.pointing import points_back
from ingest.swedish import STOPWORDS, stem, words

_NAME = re.compile(r"(?<![\w-])(?:[^\W\d_a-zåäöéü][\w&-]*|[a-zåäö]+[A-ZÅÄÖ]\w*)")
_EDGES = " *-|•–‣▪·.;,:\"”“»«'’()["
_NO_NAMES = STOPWORDS | frozenset(
    "år totalt sammanlagt year total ja nej yes region county municipality municipalities sweden swedish english"
    " european january february march april may june july august september october november december i".split()
)
"""Capitalised words that name nothing by themselves, the English for places and months among them."""
_NEW_SUBJECT = re.compile(r",?\s+(?:och|samt|men|medan|and|but|while)\s+(?=[A-ZÅÄÖ])|,\s+(?=[A-ZÅÄÖ])")


def foreign_names(clause: Clause, mid_sentence: Collection[str]) -> list[str]:
    """The names in the clause that its sentence does not have, in whatever form."""
    there = {stem(word) for word in _all_words(clause.sentence)}
    return [name for name in names(clause.text, mid_sentence) if stem(name) not in there]


def names(text: str, mid_sentence: Collection[str] = ()) -> list[str]:
    """The parts of names in a text, in lower case.

    A first word has its capital from its place; it is a name only when the documents write it so within a sentence.
    """
    found: list[str] = []
    for found_name in _NAME.finditer(text):
        before = text[: found_name.start()].rstrip()
        begins = not before.strip(_EDGES) or before.endswith((".", "!", "?"))
        for part in words(found_name.group()):
            pieces = [part, *part.replace(":", "-").split("-")] if "-" in part or ":" in part else [part]
            if part not in _NO_NAMES and not (begins and part not in mid_sentence):
                found.append(pieces[0])
    return found


def is_among(name: str, texts: Iterable[str]) -> bool:
    """Whether any of the texts has the name, in whatever form."""
    wanted = stem(name)
    return any(wanted == stem(word) for text in texts for word in _all_words(text))


def subject_moved(clause: Clause, proofs: Sequence[str], headings: Sequence[str]) -> bool:
    """Whether what the clause begins with stands only in another clause than all that is told of it.

    A clause that points back, or leaves its subject to the heading, may be told of what stands before it.
    """
    parts = [(part, content(part)) for proof in proofs for part in split_clauses(proof)]
    above = [word for heading in headings for word in content(heading)]
    pieces = (content(piece) for piece in _NEW_SUBJECT.split(clause.text))
    return any(_is_moved([word for word in piece if not word[0].isdigit()], parts, above) for piece in pieces)


def _is_moved(own: Sequence[str], parts: Sequence[tuple[str, list[str]]], above: Sequence[str]) -> bool:
    """Whether the words begin as one part does, and go on with what another part tells of a subject of its own."""
    if not own or not parts or _has(above, own[0]):
        return False
    source, its_words = max(parts, key=lambda part: _run(own, part[1]))
    run = _run(own, its_words)
    rest = [word for word in own[run:] if not is_number(word)]
    told, there = max(parts, key=lambda part: sum(_has(part[1], word) for word in rest))
    if not run or 2 * run > len(its_words) or points_back(told[:1].upper() + told[1:]):
        return False
    if any(map(RELATIVE.match, (told, source))) or _has(there, own[0]) or _has(own, there[0] if there else ""):
        return False
    return any(_has(there, word) for word in rest) and not any(_has(its_words, word) for word in rest)


def _run(words_: Sequence[str], there: Collection[str]) -> int:
    """How many of the words, from the first on, stand in the other text."""
    return next((number for number, word in enumerate(words_) if not _has(there, word)), len(words_))


def _has(there: Iterable[str], word: str) -> bool:
    return any(match(word, other) > 0 for other in there)


def _all_words(text: str) -> set[str]:
    return set(words(text)) | text_words(text)
