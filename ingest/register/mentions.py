"""Finds every sentence that names an entry, in any of its forms."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from ingest.documents import Passage
from ingest.register.joining import YEAR, Key, Name, stem_of
from ingest.swedish import words

_SUFFIX = re.compile(r":\w{1,4}$|-(?:19|20)\d\d$")


def find_mentions(accepted: Sequence[Sequence[Name]], sentences: Sequence[tuple[Passage, int, int]]) -> list[list[int]]:
    """For each entry the numbers of the sentences that name it, found by the stems of its names, longest first."""
    by_first: dict[str, list[tuple[Key, int, bool]]] = defaultdict(list)
    for number, group in enumerate(accepted):
        for name in group:
            exact = len(name.key) == 1 and all(form.partition(":")[0].isupper() for form in name.forms)
            by_first[name.key[0]].append((name.key, number, exact))
    for entries in by_first.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    found: list[list[int]] = [[] for _ in accepted]
    for place, (passage, start, end) in enumerate(sentences):
        text = passage.text[start:end]
        read = [(_SUFFIX.sub("", word) if ":" in word or "-" in word else word, word) for word in words(text)]
        stems = [stem_of(bare) for bare, _ in read]
        position = 0
        while position < len(stems):
            step = 1
            for key, number, exact in by_first.get(stems[position], ()):
                if _matches(stems, position, key) and not (exact and not _stands_exact(text, read[position][0])):
                    if not found[number] or found[number][-1] != place:
                        found[number].append(place)
                    step = len(key)
                    break
            position += step
    return found


def _matches(stems: Sequence[str], position: int, key: Key) -> bool:
    """Whether the key's stems follow from `position`, years between them passed over."""
    for part in key:
        while position < len(stems) and YEAR.fullmatch(stems[position]) and not YEAR.fullmatch(part):
            position += 1
        if position >= len(stems) or stems[position] != part:
            return False
        position += 1
    return True


def _stands_exact(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word.upper())}(?!\w)", text) is not None
