"""The windows of an entity: each sentence, row or list item that speaks of it.

A piece that names the entity is its window, and so are the pieces after it until another entity is named or the
paragraph, item or passage ends. A heading that names an entity speaks for everything under it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.lists.lexicon import LABEL
from ingest.documents import Passage, PassageKind
from ingest.facts.types import Entity, Stretch

_ITEM = re.compile(r"[ \t]*(?:[•■–▪‣*-]|\d{1,2}[.)]|[a-z]\))\s+")
_JOINT = re.compile(r"[\s,]*(?:\([^)]*\)[\s,]*)?(?:och|samt|eller|&)?[\s,]*(?:\w+(?:et|en|na) )?")
"""What stands between the members of one enumeration, which share what is said of them."""
_CLAUSE = re.compile(r"[;:–]|, (?:men|medan|som|där|vilket)\b| (?:men|medan)\b")


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of text about one entity.

    `text` is the piece with white space folded, or the clause of it that is about the entity. `head` is the head of its
    table, `over` the headings and the caption over it, `title` the document's. `named`: the piece names the entity
    itself. `sentence` is the piece's number among the passage's sentences, `table`: it is a row.
    """

    stretch: Stretch
    text: str
    head: str
    over: tuple[str, ...]
    document_id: str
    title: str
    named: bool
    sentence: int
    table: bool


class Names:
    """The names of entities, found in text as written or in capitals, with the endings that names take."""

    def __init__(self, entities: Sequence[Entity]) -> None:
        self._owner: dict[str, int] = {}
        for number, entity in enumerate(entities):
            for name in (entity.name, *entity.aliases):
                self._owner.setdefault(name, number)
                self._owner.setdefault(name.upper(), number)
        longest = sorted(filter(None, self._owner), key=len, reverse=True)
        pattern = r"(?<![\w-])(" + "|".join(map(re.escape, longest)) + r")(?:s|n|t|en|et|ns|ets)?(?![\w-])"
        self._pattern = re.compile(pattern) if longest else None

    def found(self, text: str) -> list[tuple[int, int, int]]:
        """(entity number, start, end) of each name in the text, in order."""
        if self._pattern is None:
            return []
        return [(self._owner[match[1]], *match.span()) for match in self._pattern.finditer(text)]


def find_windows(entities: Sequence[Entity], passages: Mapping[str, Passage]) -> tuple[tuple[Window, ...], ...]:
    """The windows of each entity, in the order of the passages."""
    names = Names(entities)
    windows: list[list[Window]] = [[] for _ in entities]
    stated = _mentions(entities)
    before: Passage | None = None
    current: tuple[int, ...] = ()
    for passage in passages.values():
        headed = _headed(names, passage)
        same = before is not None and (before.document_id, before.section) == (passage.document_id, passage.section)
        if not (same and passage.kind is PassageKind.LIST and not _ITEM.match(passage.text)):
            current = headed
        head, last = "", headed
        tabled = passage.kind is PassageKind.TABLE
        for number, start, end, begins in _pieces(passage):
            text = " ".join(passage.text[start:end].split())
            if passage.kind is PassageKind.TABLE and not head and " | " in text:
                head = text
            found = names.found(text)
            here = tuple(dict.fromkeys(who for who, *_ in found)) or _stated(stated, passage.id, start, end)
            # What follows an enumeration of several is about none of them.
            before_it = current if len(current) == 1 or current == headed else ()
            current = here or (headed if begins else before_it)
            if passage.kind is PassageKind.TABLE and not here and LABEL.match(text):
                current = last
            last = current
            for who in current:
                clause = _clause(text, found, who) if len(here) > 1 and passage.kind is not PassageKind.TABLE else text
                over = (*passage.section, *_captions(passage))
                stretch = Stretch(passage.id, start, end)
                known = bool(here) or current == headed
                windows[who].append(
                    Window(stretch, clause, head, over, passage.document_id, passage.title, known, number, tabled)
                )
            if passage.kind is PassageKind.TABLE:
                current = headed
        before = passage
    return tuple(map(tuple, windows))


def _pieces(passage: Passage) -> Iterator[tuple[int, int, int, bool]]:
    """(sentence number, start, end, whether it begins a row, item or paragraph) of each piece of a passage."""
    if passage.kind is PassageKind.TABLE:
        start = 0
        for line in passage.text.split("\n"):
            yield sum(first <= start for first, _ in passage.sentences) - 1, start, start + len(line), True
            start += len(line) + 1
        return
    for number, (start, end) in enumerate(passage.sentences):
        yield number, start, end, start == 0 or "\n" in passage.text[passage.sentences[number - 1][1] : start]


def _headed(names: Names, passage: Passage) -> tuple[int, ...]:
    """The entity that the innermost heading names."""
    for heading in reversed(passage.section[-2:]):
        if found := names.found(heading):
            return tuple(dict.fromkeys(who for who, *_ in found))[:1]
    return ()


def _captions(passage: Passage) -> tuple[str, ...]:
    """The lines above a table's head."""
    if passage.kind is not PassageKind.TABLE:
        return ()
    lines = passage.text.split("\n")
    rows = [number for number, line in enumerate(lines) if " | " in line]
    return tuple(lines[: rows[0]]) if rows else ()


def _mentions(entities: Sequence[Entity]) -> dict[str, list[tuple[int, int, int]]]:
    stated: dict[str, list[tuple[int, int, int]]] = {}
    for number, entity in enumerate(entities):
        for mention in entity.mentions:
            stated.setdefault(mention.passage_id, []).append((mention.start, mention.end, number))
    return stated


def _stated(stated: Mapping[str, list[tuple[int, int, int]]], passage_id: str, start: int, end: int) -> tuple[int, ...]:
    """The entities that extraction found in this very piece under a form that is no name of theirs."""
    inside = (who for first, last, who in stated.get(passage_id, ()) if start <= first and last <= end)
    return tuple(dict.fromkeys(inside))


def _clause(text: str, found: Sequence[tuple[int, int, int]], who: int) -> str:
    """The part of a piece with several names that is about one of them: its enumeration and the clause around it."""
    groups: list[list[tuple[int, int, int]]] = []
    for name in found:
        if groups and _JOINT.fullmatch(text[groups[-1][-1][2] : name[1]]):
            groups[-1].append(name)
        else:
            groups.append([name])
    own = [number for number, group in enumerate(groups) if any(name[0] == who for name in group)]
    parts = []
    for number in own:
        start, end = groups[number][0][1], groups[number][-1][2]
        first = groups[number - 1][-1][2] if number else 0
        last = groups[number + 1][0][1] if number + 1 < len(groups) else len(text)
        cuts = [match.end() for match in _CLAUSE.finditer(text, first, start)] if number else []
        tails = [match.start() for match in _CLAUSE.finditer(text, end, last)] if number + 1 < len(groups) else []
        parts.append(text[cuts[-1] if cuts else (first if number else 0) : tails[-1] if tails else last])
    return " … ".join(parts)
