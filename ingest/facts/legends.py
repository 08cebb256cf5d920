"""Legends: what the signs of a document stand for, as it explains them itself ("● klar, ◐ pågår")."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from ingest.documents import Passage
from ingest.facts.vocabulary import MARKS, status_of

_SIGN = rf"[\u25a0-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff{''.join(MARKS)}]"
_EXPLAINED = re.compile(rf"({_SIGN})\ufe0f?\s*[=:|–-]?\s*([^\W\d_][^\n.;,]*?)\s*(?=[.;,|\n]|{_SIGN}|\Z)")
_LONGEST_WORDS = 6
_FEWEST = 2
"""Signs that a legend explains; one alone before several texts is a bullet."""


def legends_of(passages: Sequence[Passage]) -> dict[str, Mapping[str, str]]:
    """For each document its signs with the words that explain them, where some tell a status: rows of a table may begin
    with a sign and a name.
    """
    found: dict[tuple[str, tuple[str, ...]], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for passage in passages:
        for sign, words in _EXPLAINED.findall(passage.text):
            found[passage.document_id, passage.section][sign].add(words)
    legends: dict[str, dict[str, str]] = defaultdict(dict)
    for (document, _), signs in found.items():
        told = {sign: words.pop() for sign, words in signs.items() if len(words) == 1}
        short = all(len(words.split()) <= _LONGEST_WORDS for words in told.values())
        tells = any(status_of(words, cell=True) for words in told.values())
        if len(told) == len(signs) >= _FEWEST and short and tells:
            legends[document] |= {sign: words for sign, words in told.items() if sign not in legends[document]}
    return dict(legends)
