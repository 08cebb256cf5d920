"""Labelled values: boxes and lines of facts ("Ägare: Norrviks kommun"), and goals that are told so, each as a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.documents import Passage, PassageKind
from ingest.facts.figures import PERIOD, SUM
from ingest.facts.rows import ATTRIBUTES, BETWEEN, LONGEST_NAME, Cell, Row
from ingest.facts.types import Attribute
from ingest.facts.vocabulary import meaning_of, said

_LABEL = re.compile(
    r"(?:^|(?<=\n)|(?<=[.;|•·(–—-] )|(?<=\) ))[ \t]*(?:[•·–—-] )?(?P<label>[A-ZÅÄÖ][^\W\d]"
    r"(?:[\w/&() -]|t\.o\.m\.|inkl\.){0,38}?"
    r"|(?:19|20)\d\d(?=[ \t]\|))[ \t]*(?::|[ \t]\|)[ \t\n]+(?=\S)"
)
_OF_GOALS = frozenset(("goal", "indicator", "base", "target", "outcome", "milestone"))
_BESIDE = re.compile(r"[ \t]+[·•][ \t]+")
_ITEM = re.compile(r"[•·–-] *\S")
_RUN_IN = 4
"""Words of a name that stands with a full stop before its labels."""
_NUMBERING = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2})*\.?|[A-Z]\."
    r"|(?:[A-ZÅÄÖ]\w+(?:blad|kort)|Projekt|Insats|Satsning|Åtgärd|Aktivitet|Initiativ)(?: nr\.?)? \d{1,3}"
    r"(?: [–-]|[.:])?)\s+"
)
"""What counts a heading: "3.1 Kraftlyftet", "Insatsblad 3 Kraftlyftet", "Projekt 3: Kraftlyftet"."""


def titled(heading: str) -> str:
    """What a heading names: without its count, and what stands in brackets after it."""
    return re.sub(r"^Läs mer om |\s*\([^)]*\)\s*$", "", _NUMBERING.sub("", heading))


def boxes_of(passages: Sequence[Passage]) -> Iterator[Row]:
    """The labelled values of all passages, each box of them as a row whose cells prove themselves."""
    for passage in passages:
        table = passage.kind is PassageKind.TABLE
        lies = table and any(line.count(BETWEEN) > 1 for line in passage.text.split("\n"))
        for meanings in (_OF_GOALS, *(() if lies else (ATTRIBUTES | {"name"},))):
            yield from _boxes_of(passage, meanings)


def _boxes_of(passage: Passage, meanings: frozenset[str]) -> Iterator[Row]:
    """The boxes of one passage; a label that comes again, or another name, begins the next one."""
    box: list[Cell] = []
    name, before = "", 0
    for cell in _values(passage, meanings):
        above = _name_above(passage.text[before : cell.start])
        named = cell.meaning == "name"
        again = cell.meaning != "outcome" and cell.meaning in [one.meaning for one in box]
        before = cell.end
        if named and above:
            name = above  # under a name of its own "Vad" says what it is
            continue
        if above or named or again:
            yield from _row(passage, name, box)
            box = []
            name = cell.text if named else above
        box += [] if named else [cell]
    yield from _row(passage, name, box)


def _row(passage: Passage, name: str, box: Sequence[Cell]) -> Iterator[Row]:
    told = {cell.meaning for cell in box}
    of_goal = bool(told & _OF_GOALS)
    if not box or (of_goal and not ("target" in told and told & {"base", "outcome"})):
        return
    start = max(0, passage.text.rfind("\n", 0, box[0].start) + 1) if of_goal else box[0].start
    title = Cell(name or _heading(passage), start, start, "goal" if of_goal else "name", "")
    yield Row(passage, (*(() if "goal" in told else (title,)), *box), start, box[-1].end, "", turned=not of_goal)


def _values(passage: Passage, meanings: frozenset[str]) -> Iterator[Cell]:
    """The labelled values whose labels mean one of `meanings`, with the label as their head; each is proved from its
    label on.
    """
    text = passage.text
    labels = [found for found in _LABEL.finditer(text) if meaning_of(found["label"]) in meanings]
    ends = [found.start("label") for found in labels[1:]] + [len(text)]
    for label, after in zip(labels, ends, strict=False):
        head, start, end = label["label"], label.end(), _value_end(text, label.end(), after)
        shown, *others = _BESIDE.split(text[start:end].rstrip(" .;|•·–\n"))
        if shown.strip():
            yield Cell(
                shown.strip(), label.start("label"), start + len(shown), meaning_of(label["label"]), label["label"]
            )
        for other in others:  # "Medel: Leader · 2023–2026 · 4,2 mnkr": a value that needs no label
            told = "period" if PERIOD.fullmatch(other) else Attribute.SUM if SUM.fullmatch(other) else None
            if told in meanings:
                place = text.index(other, start)
                yield Cell(other, place, place + len(other), told, head)


def _value_end(text: str, start: int, after: int) -> int:
    """Where a value ends that begins at `start`: with its line, or with the items that stand under its label."""
    first, *others = text[start:after].split("\n")
    end = start + len(first)
    if _ITEM.match(first):
        for line in others:
            if not _ITEM.match(line) or len(line) > LONGEST_NAME or line.rstrip().endswith((":", ".")):
                break
            end += 1 + len(line)
    return end


def _name_above(text: str) -> str:
    """The last line of what stands between two labels, where it can be a name."""
    lines = [line.strip(" •·–") for line in text.split("\n") if line.strip(" .;|•·–()")]
    last = re.split(r"(?<=[.!?]) (?=\S)", lines[-1].strip())[-1].strip() if lines else ""
    last = last[:-1] if len(last.split()) <= _RUN_IN and lines and text.rstrip("\n").endswith(". ") else last
    fits = 2 < len(last) <= LONGEST_NAME and last[0].isupper() and not last.endswith((".", ":", ",", ";"))
    return last if fits and ": " not in last else ""


def _heading(passage: Passage) -> str:
    """The innermost heading that is no mere "Fakta"."""
    plain = (one for one in reversed(passage.section) if not said("labels", "box").fullmatch(one.strip()))
    return titled(next(plain, ""))
