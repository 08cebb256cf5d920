"""Names in a statement: whether the cited sentence names the same, and in the same roles."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from assistant.matching import text_words
from assistant.model.clauses import Clause, content
from ingest.swedish import STOPWORDS, stem, words

_NAME = re.compile(r"(?<![\w-])(?:[^\W\d_a-zåäöéü][\w&-]*|[a-zåäö]+[A-ZÅÄÖ]\w*)")
_EDGES = " *-|•–‣▪·.;,:\"”“»«'’()["
_NO_NAMES = STOPWORDS | frozenset(
    "år totalt sammanlagt year total ja nej yes region county municipality municipalities sweden swedish english"
    " european january february march april may june july august september october november december i".split()
)
"""Capitalised words that name nothing by themselves, the English for places and months among them."""
_BY = re.compile(r"\b(?:av|by)\b", re.IGNORECASE)
_ACTORS = re.compile(
    r"(?:kommun|region|län|företag|skol|projekt|program|strategi|universitet|högskol|myndighet|länsstyrels|regering"
    r"|stat|nämnd|utskott|styrels|fullmäktig|förening|organisation|näringsliv|akademi|forskar|barn|elev|ungdom"
    r"|invånar|medborgar|kvinn|män|gäst|besökar|arbetsgivar|rektor|politik|tjänsteperson|fond|bolag|nätverk|råd"
    r"|vård|polis|museum|muse|bibliotek|kontor|grupp|förvaltning|verket|aktör|part)",
    re.IGNORECASE,
)
"""Heads of the words for those who act or are acted upon."""


def foreign_names(clause: Clause, mid_sentence: Collection[str]) -> list[str]:
    """The names in the clause that its sentence does not have, in whatever form."""
    there = {stem(word) for word in _all_words(clause.sentence)}
    return [name for name in names(clause.text, mid_sentence) if stem(name) not in there]


def names(text: str, mid_sentence: Collection[str] = ()) -> list[str]:
    """The parts of names in a text, in lower case.

    A first word has its capital from its place; it is a name only when the documents write it so within a sentence.
    """
    found: list[str] = []
    for match in _NAME.finditer(text):
        before = text[: match.start()].rstrip()
        begins = not before.strip(_EDGES) or before.endswith((".", "!", "?"))
        for part in words(match.group()):
            pieces = [part, *part.replace(":", "-").split("-")] if "-" in part or ":" in part else [part]
            if part not in _NO_NAMES and not (begins and part not in mid_sentence):
                found.append(pieces[0])
    return found


def is_among(name: str, texts: Iterable[str]) -> bool:
    """Whether any of the texts has the name, in whatever form."""
    wanted = stem(name)
    return any(wanted == stem(word) for text in texts for word in _all_words(text))


def name_replaced(clause: Clause, foreign: Sequence[str], mid_sentence: Collection[str]) -> bool:
    """Whether the clause has a name from elsewhere and leaves out one that its proof has."""
    own = names(clause.proof, mid_sentence)
    return bool(foreign) and not all(is_among(name, [clause.text]) for name in own)


def roles_swapped(clause: Clause, mid_sentence: Collection[str]) -> bool:
    """Whether two who act stand on other sides of a shared word than in the proof, both in the same voice."""
    if bool(_BY.search(clause.text)) != bool(_BY.search(clause.proof)):
        return False
    said = _places(clause.text, clause.proof)
    acting = set(names(clause.text, mid_sentence))
    ends = [at for at, (word, _) in enumerate(said) if word in acting or _ACTORS.search(word)]
    for first in ends:
        for last in ends:
            if last - first < 2 or said[first][1] <= said[last][1]:
                continue
            if any(said[last][1] < there < said[first][1] for _, there in said[first + 1 : last]):
                return True
    return False


def _places(text: str, proof: str) -> list[tuple[str, int]]:
    """The content words of the text that stand once in the proof, and their places there."""
    there = content(proof)
    found: list[tuple[str, int]] = []
    for word in content(text):
        at = [place for place, other in enumerate(there) if stem(other) == stem(word)]
        if len(at) == 1:
            found.append((word, at[0]))
    return found


def _all_words(text: str) -> set[str]:
    return set(words(text)) | text_words(text)
